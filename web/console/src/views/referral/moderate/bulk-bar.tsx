import { Button } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "../../../components/dialog";
import type { Decision, ReferralRowFragment } from "../../../graphql/generated/graphql";
import { BulkDecide } from "./bulk-decide";
import { accepts } from "./selection";
import { decisionName } from "./words";
import styles from "./selection.module.css";

const DECISIONS: Decision[] = ["APPROVE", "DENY"];

interface BulkBarProps {
  rows: readonly ReferralRowFragment[];
  onClear: () => void;
}

/** What can be done with the rows that are ticked. */
export function BulkBar({ rows, onClear }: BulkBarProps) {
  const [opened, setOpened] = useState<{ decision: Decision; rows: readonly ReferralRowFragment[] } | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [isDecided, setDecided] = useState(false);

  const close = () => {
    setOpen(false);
    // What was decided needs no ticks any more; what was only looked at keeps them.
    if (isDecided) onClear();
    setDecided(false);
  };

  return (
    <>
      {rows.length > 0 && (
        <section className={styles.bar} aria-label="Selected referrals">
          <span className={styles.count} role="status">
            {rows.length === 1 ? "1 referral selected" : `${rows.length} referrals selected`}
          </span>
          {DECISIONS.map((decision) => {
            const able = rows.filter((row) => accepts(row, decision));
            return (
              <Button
                key={decision}
                size="xs"
                variant={decision === "APPROVE" ? "filled" : "default"}
                disabled={able.length === 0}
                onClick={() => {
                  setOpened({ decision, rows: able });
                  setOpen(true);
                }}
              >
                {decisionName(decision, null)} {able.length}…
              </Button>
            );
          })}
          <Button size="xs" variant="subtle" onClick={onClear}>
            Clear
          </Button>
        </section>
      )}
      {opened && (
        <Dialog
          isOpen={isOpen}
          onClose={close}
          title={`${decisionName(opened.decision, null)} ${opened.rows.length === 1 ? "one referral" : `${opened.rows.length} referrals`}`}
          size="lg"
        >
          <BulkDecide {...opened} onDecided={() => setDecided(true)} onClose={close} />
        </Dialog>
      )}
    </>
  );
}
