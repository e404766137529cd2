import type { ReactNode } from "react";
import { Link } from "wouter";
import { exact, percent, share, unit } from "./figures";
import { type Figure, largest, type Measure } from "./tally";
import styles from "./bars.module.css";

export interface Bar {
  key: string;
  name: string;
  /** The name as it is shown. */
  label: ReactNode;
  href: string;
  figure: Figure;
  /** In front of a figure that is not all; without anything read there is no figure. */
  caveat?: string;
}

interface BarsProps {
  /** Of what the bars are: `status` or `vendor`. */
  by: string;
  bars: Bar[];
  measure: Measure;
}

/** One bar under the other, each a link to its list. The label and the number stand beside it: no colour tells more. */
export function Bars({ by, bars, measure }: BarsProps) {
  const longest = largest(bars.map((bar) => bar.figure));
  return (
    <ul className={styles.bars} data-by={by} data-long={measure.show === "value" || undefined}>
      {bars.map(({ key, label, href, figure, caveat }) => {
        const isUnknown = caveat !== undefined && figure.count === 0;
        return (
          <li key={key} className={styles.item}>
            <Link href={href} className={styles.bar} data-key={key}>
              <span className={styles.label}>{label}</span>
              <span className={styles.track} data-unknown={isUnknown || undefined}>
                <span
                  className={styles.fill}
                  data-key={key}
                  data-caveat={caveat ? true : undefined}
                  style={{ width: percent(share(figure, longest)) }}
                />
              </span>
              <span className={styles.figure}>
                {caveat && <span className={styles.caveat}>{isUnknown ? "unknown" : caveat} </span>}
                {!isUnknown && <Number figure={figure} measure={measure} />}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function Number({ figure, measure }: { figure: Figure; measure: Measure }) {
  // Nothing with a value is not the same as a value of nothing.
  if (measure.show === "value" && figure.count === 0) return <span className={styles.none}>no values</span>;
  return (
    <>
      <data value={figure.amount}>{exact(figure, measure)}</data>
      <span className="unseen"> {unit(figure, measure)}</span>
    </>
  );
}
