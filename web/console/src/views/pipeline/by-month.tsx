import { VENDORS, vendorName } from "../../format/words";
import { type Column, columnName, Columns } from "./columns";
import { missing, takesPart } from "./completeness";
import { FigureTable } from "./figure-table";
import { type Month, monthsBefore, monthsBetween } from "./months";
import { Picture } from "./picture";
import type { PictureOf } from "./pipeline";
import { listOf } from "./state";
import { type Cell, NOTHING, total } from "./tally";

/** So many months have a column of their own; what is older is one column together. */
const MOST_MONTHS = 24;

/** The months from the first to the last with a referral, and the empty ones between them. */
export function monthsOf(cells: readonly Cell[]): Month[] {
  const keys = cells.flatMap(({ month }) => (month === null ? [] : [month])).sort();
  const [first, last] = [keys[0], keys.at(-1)];
  if (first === undefined || last === undefined) return [];
  const oldest = monthsBefore(last, MOST_MONTHS - 1);
  if (first >= oldest) return monthsBetween(first, last).map((key) => ({ key }));
  const earlier = { key: monthsBefore(oldest, 1), isUntil: true };
  return [earlier, ...monthsBetween(oldest, last).map((key) => ({ key }))];
}

const isIn = ({ key, isUntil }: Month, month: string | null) =>
  month !== null && (isUntil ? month <= key : month === key);

export function ByMonth({ progress, filters, measure, heads }: PictureOf) {
  const { cells, sources } = progress;
  const vendors = VENDORS.filter((vendor) => takesPart(sources, vendor));
  const unknown = missing(sources).filter((vendor) => !cells.some((cell) => cell.vendor === vendor));

  const columnOf = (month: Month | null, mine: Cell[]): Column => ({
    month,
    href: month && listOf(filters, { month }),
    figure: total(mine, measure),
    parts: new Map(vendors.map((vendor) => [vendor, total(mine.filter((cell) => cell.vendor === vendor), measure)])),
  });
  const dateless = cells.filter((cell) => cell.month === null);
  const columns = [
    ...monthsOf(cells).map((month) => columnOf(month, cells.filter((cell) => isIn(month, cell.month)))),
    ...(dateless.length > 0 ? [columnOf(null, dateless)] : []),
  ];

  return (
    <Picture
      title="By month of creation"
      progress={progress}
      picture={<Columns columns={columns} vendors={vendors} measure={measure} />}
      table={
        <FigureTable
          caption={`${heads.figure} by month and vendor`}
          head="Month"
          columns={[...vendors.map(vendorName), `${heads.figure}, all`]}
          rows={columns.map((column) => ({
            key: column.month?.key ?? "none",
            name: columnName(column),
            href: column.href,
            figures: [
              ...vendors.map((vendor) => (unknown.includes(vendor) ? null : (column.parts.get(vendor) ?? NOTHING))),
              column.figure,
            ],
          }))}
          totals={[
            ...vendors.map((vendor) => total(cells.filter((cell) => cell.vendor === vendor), measure)),
            total(cells, measure),
          ]}
          measure={measure}
          withCounts={measure.show === "value"}
        />
      }
    />
  );
}
