import { ActionIcon, CopyButton } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import styles from "./copyable.module.css";

/** An id: shown whole, and copied at a press. */
export function Copyable({ text, what }: { text: string; what: string }) {
  return (
    <span className={styles.copyable}>
      <span className={styles.text}>{text}</span>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="xs"
            aria-label={copied ? `${what} copied` : `Copy ${what}`}
            onClick={copy}
          >
            {copied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}
