import { Link } from "wouter";
import { exact } from "./figures";
import type { Figure, Measure } from "./tally";
import styles from "./figure-table.module.css";

export interface TableRow {
  key: string;
  name: string;
  href: string | null;
  /** Null where nobody knows. */
  figures: (Figure | null)[];
  /** In front of figures that are not all. */
  caveat?: string;
}

interface FigureTableProps {
  caption: string;
  /** What the rows are. */
  head: string;
  columns: string[];
  rows: TableRow[];
  totals: (Figure | null)[];
  measure: Measure;
  /** With it, a last column has how many referrals the row's last figure is made of. */
  withCounts?: boolean;
}

/** A picture's numbers, every one of them to its last digit. */
export function FigureTable({ caption, head, columns, rows, totals, measure, withCounts }: FigureTableProps) {
  const cells = (figures: (Figure | null)[], caveat = "") => (
    <>
      {figures.map((figure, at) => (
        <td key={at}>
          {figure && caveat} {figure ? <data value={figure.amount}>{exact(figure, measure)}</data> : "unknown"}
        </td>
      ))}
      {withCounts && <td>{figures.at(-1) ? figures.at(-1)?.count.toLocaleString() : "unknown"}</td>}
    </>
  );
  return (
    <div className={styles.scroller} tabIndex={0} role="region" aria-label={caption}>
      <table className={styles.table}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            {withCounts && <th scope="col">Referrals with a value</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, href, figures, caveat }) => (
            <tr key={key} data-key={key}>
              <th scope="row">{href ? <Link href={href}>{name}</Link> : name}</th>
              {cells(figures, caveat)}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr data-key="total">
            <th scope="row">Total</th>
            {cells(totals)}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
