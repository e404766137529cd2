import { Button, Progress as ProgressBar } from "@mantine/core";
import { RefreshCw } from "lucide-react";
import { SourceProblems } from "../../components/sources";
import { describe } from "../../graphql/failure";
import { MOST_ROWS, type Progress, type Walk } from "./walk";
import styles from "./progress-line.module.css";

interface ProgressLineProps {
  walk: Walk;
  progress: Progress;
  onAgain: () => void;
}

/** How much the pictures are made of, and what of it is missing or old. */
export function ProgressLine({ walk, progress, onAgain }: ProgressLineProps) {
  const { read, total, phase, sources, error } = progress;
  const isReading = phase === "reading";
  return (
    <div className={styles.progress}>
      <div className={styles.line}>
        <span className={styles.count} data-phase={phase}>
          {countOf(progress)}
        </span>
        {isReading && (
          <>
            <ProgressBar
              className={styles.bar}
              size="sm"
              value={total ? (100 * read) / total : 100}
              striped={total === null}
              animated={total === null}
              aria-label="Referrals read"
            />
            <Button variant="default" size="compact-sm" onClick={walk.stop}>
              Stop
            </Button>
          </>
        )}
        {(phase === "stopped" || phase === "failed") && (
          <Button variant="default" size="compact-sm" onClick={walk.goOn}>
            {phase === "failed" ? "Try again" : "Go on"}
          </Button>
        )}
        {!isReading && (
          <Button
            className={styles.again}
            variant="subtle"
            size="compact-sm"
            leftSection={<RefreshCw size={14} aria-hidden />}
            onClick={onAgain}
          >
            Read again
          </Button>
        )}
      </div>
      <div role="status">
        {/* Page after page would be too much to listen to: beginning and end are read out. */}
        <span className="unseen">{isReading ? "Reading referrals…" : countOf(progress)}</span>
        {phase === "bounded" && (
          <p className={styles.note}>
            No more than {MOST_ROWS.toLocaleString()} referrals are read for the pictures: the newest. A shorter period
            shows all of its own.
          </p>
        )}
        {error && (
          <p className={styles.note} data-tone="bad">
            {describe(error).title}. {describe(error).message} The pictures show what was read before.
          </p>
        )}
        <SourceProblems sources={sources} />
      </div>
    </div>
  );
}

function countOf({ read, total, phase }: Progress): string {
  if (phase === "reading" && read === 0) return "Reading referrals…";
  const done = read.toLocaleString();
  if (phase === "whole") return read === 1 ? "1 referral" : `${done} referrals`;
  if (total === null) return `${done} referrals so far`;
  return `${done} of ${total.toLocaleString()} referrals`;
}
