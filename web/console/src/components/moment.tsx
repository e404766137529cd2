import { formatDate, formatExactly, formatMoment, formatRelative } from "../format/time";
import { None } from "./money";
import styles from "./text.module.css";

interface MomentProps {
  at: string | null | undefined;
  /** The day, the minute, or how long ago. */
  as?: "date" | "moment" | "relative";
}

const FORMATS = { date: formatDate, moment: formatMoment, relative: formatRelative };

/** A moment; pointing at it shows it to the second, with the time zone. */
export function Moment({ at, as = "moment" }: MomentProps) {
  if (!at) return <None />;
  return (
    <time className={styles.time} dateTime={at} title={formatExactly(at)}>
      {FORMATS[as](at)}
    </time>
  );
}
