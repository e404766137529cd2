import { Link } from "wouter";
import { VENDORS, vendorName } from "../../format/words";
import type { Vendor } from "../../graphql/generated/graphql";
import { exact, percent, share, short, unit } from "./figures";
import { type Month, monthName, shortMonthName } from "./months";
import { type Figure, largest, type Measure } from "./tally";
import styles from "./columns.module.css";

export interface Column {
  /** Null for those of which nobody knows when they were made. */
  month: Month | null;
  href: string | null;
  figure: Figure;
  /** What each vendor has of it. */
  parts: Map<Vendor, Figure>;
}

interface ColumnsProps {
  columns: Column[];
  vendors: readonly Vendor[];
  measure: Measure;
}

export const columnName = ({ month }: Column): string => (month ? monthName(month) : "Without a date");

/** A column for each month, made of the vendors' parts. Each vendor has a pattern as well as a colour. */
export function Columns({ columns, vendors, measure }: ColumnsProps) {
  const highest = largest(columns.map((column) => column.figure));
  return (
    <>
      <ul className={styles.legend}>
        {vendors.filter((vendor) => columns.some(({ parts }) => parts.get(vendor)?.count)).map((vendor) => (
          <li key={vendor}>
            <span className={styles.swatch} data-vendor={vendor} aria-hidden />
            {vendorName(vendor)}
          </li>
        ))}
      </ul>
      <ul className={styles.columns} data-by="month">
        {columns.map((column) => (
          <li key={column.month?.key ?? ""} className={styles.item}>
            {column.href ? (
              <Link href={column.href} className={styles.column} title={sentence(column, measure)}>
                <Inside column={column} measure={measure} highest={highest} />
              </Link>
            ) : (
              <div className={styles.column} title={sentence(column, measure)}>
                <Inside column={column} measure={measure} highest={highest} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** The whole column in words: "May 2026: 12 referrals. Plannr 7, SaaSquatch 5." */
function sentence(column: Column, measure: Measure): string {
  const parts = VENDORS.flatMap((vendor) => {
    const part = column.parts.get(vendor);
    return part && part.count > 0 ? [`${vendorName(vendor)} ${exact(part, measure)}`] : [];
  });
  const { figure } = column;
  const whole = `${columnName(column)}: ${exact(figure, measure)} ${unit(figure, measure)}.`;
  return parts.length > 0 ? `${whole} ${parts.join(", ")}.` : whole;
}

function Inside({ column, measure, highest }: { column: Column; measure: Measure; highest: string }) {
  const { month, figure, parts } = column;
  // Amounts below zero make the whole smaller and have no part in it that could be drawn.
  const thickest = largest([...parts.values()]);
  return (
    <>
      <span className="unseen">{sentence(column, measure)}</span>
      <span className={styles.plot} aria-hidden>
        <span className={styles.figure}>{short(figure)}</span>
        <span className={styles.stack} style={{ height: percent(share(figure, highest)) }}>
          {VENDORS.map((vendor) => {
            const part = parts.get(vendor);
            if (!part || part.count === 0) return null;
            return (
              <span
                key={vendor}
                className={styles.part}
                data-vendor={vendor}
                style={{ flexGrow: share(part, thickest) }}
              />
            );
          })}
        </span>
      </span>
      <span className={styles.foot} aria-hidden>
        {month ? (
          <>
            <span>{month.isUntil ? "Earlier" : shortMonthName(month.key)}</span>
            <span className={styles.year}>{month.isUntil ? "" : month.key.slice(0, 4)}</span>
          </>
        ) : (
          <span>No date</span>
        )}
      </span>
    </>
  );
}
