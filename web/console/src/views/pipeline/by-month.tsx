import { VENDORS, vendorName } from "../../format/words";
import { type Column, columnName, Columns } from "./columns";
import { missing, takesPart } from "./completeness";
import { FigureTable } from "./figure-table";
import { isIn, type Month, monthsOf } from "./months";
import { Picture } from "./picture";
import type { PictureOf } from "./pipeline";
import { listOf } from "./state";
import { type Cell, NOTHING, total } from "./tally";

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
    ...monthsOf(cells.map((cell) => cell.month)).map((month) => columnOf(month, cells.filter((cell) => isIn(month, cell.month)))),
    ...(dateless.length > 0 ? [columnOf(null, dateless)] : []),
  ];

  const figuresOf = ({ parts, figure }: Column) => [
    ...vendors.map((vendor) => (unknown.includes(vendor) ? null : (parts.get(vendor) ?? NOTHING))),
    figure,
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
            figures: figuresOf(column),
          }))}
          totals={figuresOf(columnOf(null, [...cells]))}
          measure={measure}
          withCounts={measure.show === "value"}
        />
      }
    />
  );
}
