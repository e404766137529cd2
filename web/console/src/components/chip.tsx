import type { ReactNode } from "react";
import styles from "./chip.module.css";

export type Tone = "neutral" | "info" | "good" | "warn" | "bad" | "odd";

interface ChipProps {
  tone?: Tone;
  title?: string;
  children: ReactNode;
}

/** A word on a ground of its tone. The tone only repeats what the word says. */
export function Chip({ tone = "neutral", title, children }: ChipProps) {
  return (
    <span className={styles.chip} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
