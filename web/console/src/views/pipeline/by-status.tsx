import { STATUSES, statusName } from "../../format/words";
import { Bars } from "./bars";
import { FigureTable } from "./figure-table";
import { Picture } from "./picture";
import type { PictureOf } from "./pipeline";
import { listOf } from "./state";
import { total } from "./tally";

export function ByStatus({ progress, filters, measure, heads }: PictureOf) {
  const rows = STATUSES.map((status) => ({
    key: status,
    name: statusName(status),
    label: statusName(status),
    href: listOf(filters, { status }),
    figure: total(
      progress.cells.filter((cell) => cell.status === status),
      measure,
    ),
    // Vendors' values that are not documented: mostly there are none.
  })).filter(({ key, figure }) => key !== "UNRECOGNIZED" || figure.count > 0);

  return (
    <Picture
      title="By status"
      progress={progress}
      picture={<Bars by="status" bars={rows} measure={measure} />}
      table={
        <FigureTable
          caption={`${heads.figure} by status`}
          head="Status"
          columns={[heads.figure]}
          rows={rows.map((row) => ({ ...row, figures: [row.figure] }))}
          totals={[total(progress.cells, measure)]}
          measure={measure}
          withCounts={measure.show === "value"}
        />
      }
    />
  );
}
