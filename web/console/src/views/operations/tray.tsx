import { Button, Loader, Popover } from "@mantine/core";
import { useAnnounced } from "./announce";
import { Follower } from "./follower";
import { Outcome } from "./outcome";
import { isOpen, useFollowed } from "./store";
import styles from "./tray.module.css";

/** In the shell: the writes whose outcome is awaited, whatever view is open, and what is read out of all of them. */
export function Operations() {
  return (
    <>
      <Follower />
      <Tray />
      <Announcer />
    </>
  );
}

function Tray() {
  const all = useFollowed();
  if (all.length === 0) return null;
  const open = all.filter(isOpen).length;
  const label = open > 0 ? `${open} under way` : `${all.length} to look at`;

  return (
    <Popover position="bottom-end" width={380} trapFocus withinPortal shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`Operations: ${label}`}
          className={styles.button}
          leftSection={open > 0 ? <Loader size={12} color="gray" aria-hidden /> : undefined}
        >
          {open > 0 ? open : all.length}
          <span className={styles.words}>{open > 0 ? " under way" : " to look at"}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.tray} aria-label="Operations">
        {all.map((one) => (
          <Outcome key={one.key} one={one} />
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}

function Announcer() {
  return (
    <div role="status" className="unseen">
      {useAnnounced()}
    </div>
  );
}
