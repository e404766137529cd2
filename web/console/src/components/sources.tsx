import { Check } from "lucide-react";
import { formatRelative } from "../format/time";
import { sourceStatusName, vendorName, withVendorNames } from "../format/words";
import type { SourceFragment, SourceStatus } from "../graphql/generated/graphql";
import { Chip, type Tone } from "./chip";
import { VendorChip } from "./vendor-chip";
import styles from "./sources.module.css";

const TONES: Record<SourceStatus, Tone> = {
  OK: "neutral",
  STALE: "warn",
  PARTIAL: "warn",
  FAILED: "bad",
  TIMED_OUT: "bad",
  RATE_LIMITED: "warn",
  CIRCUIT_OPEN: "bad",
  UNAUTHORIZED: "bad",
  NOT_CONFIGURED: "neutral",
  UNSUPPORTED: "neutral",
};

function consequenceOf({ status, fetchedAt }: SourceFragment): string {
  if (status === "STALE") return fetchedAt ? `Read ${formatRelative(fetchedAt)}.` : "";
  return status === "PARTIAL" ? "Some of its rows are missing." : "Its rows are missing.";
}

// Nothing for the reader to mind: all is there, or nothing was to be expected.
const isFine = ({ status }: SourceFragment) => ["OK", "UNSUPPORTED", "NOT_CONFIGURED"].includes(status);

function titleOf({ message, fetchedAt }: SourceFragment): string | undefined {
  if (message) return withVendorNames(message);
  return fetchedAt ? `Read ${formatRelative(fetchedAt)}` : undefined;
}

/** The vendors of a list, each with how its part went. */
export function SourceChips({ sources }: { sources: SourceFragment[] }) {
  return (
    <ul className={styles.chips} aria-label="Vendors asked">
      {sources.map((source) => (
        <li key={source.vendor} data-source={source.vendor} data-status={source.status}>
          <Chip tone={TONES[source.status]} title={titleOf(source)}>
            <VendorChip vendor={source.vendor} />
            {source.status === "OK" ? <Check size={12} role="img" aria-label="OK" /> : sourceStatusName(source.status)}
          </Chip>
        </li>
      ))}
    </ul>
  );
}

function sentenceOf({ vendor, status, message }: SourceFragment): string {
  return message ? withVendorNames(message) : `${vendorName(vendor)}: ${sourceStatusName(status)}.`;
}

/** What is missing of a list and why, a line for each vendor that did not give all of its part. */
export function SourceProblems({ sources }: { sources: SourceFragment[] }) {
  const problems = sources.filter((source) => !isFine(source));
  if (problems.length === 0) return null;
  return (
    <ul className={styles.problems}>
      {problems.map((source) => (
        <li key={source.vendor} data-tone={TONES[source.status]}>
          {sentenceOf(source)} {consequenceOf(source)}
          {source.retryAfterSeconds !== null && <> It asks to be left alone for {source.retryAfterSeconds} s.</>}
        </li>
      ))}
    </ul>
  );
}
