import { VendorChip } from "../../components/vendor-chip";
import { VENDORS, vendorName } from "../../format/words";
import { Bars } from "./bars";
import { missing, takesPart } from "./completeness";
import { FigureTable } from "./figure-table";
import { Picture } from "./picture";
import type { PictureOf } from "./pipeline";
import { listOf } from "./state";
import { total } from "./tally";

export function ByVendor({ progress, filters, measure, heads }: PictureOf) {
  const lacking = missing(progress.sources);
  const rows = VENDORS.filter((vendor) => takesPart(progress.sources, vendor)).map((vendor) => ({
    key: vendor,
    name: vendorName(vendor),
    label: <VendorChip vendor={vendor} />,
    href: listOf(filters, { vendor }),
    figure: total(
      progress.cells.filter((cell) => cell.vendor === vendor),
      measure,
    ),
    // Nothing read of a vendor that failed is not the same as nothing there.
    caveat: lacking.includes(vendor) ? "at least" : undefined,
  }));

  return (
    <Picture
      title="By vendor"
      progress={progress}
      picture={<Bars by="vendor" bars={rows} measure={measure} />}
      table={
        <FigureTable
          caption={`${heads.figure} by vendor`}
          head="Vendor"
          columns={[heads.figure]}
          rows={rows.map((row) => ({ ...row, figures: [row.caveat && row.figure.count === 0 ? null : row.figure] }))}
          totals={[total(progress.cells, measure)]}
          measure={measure}
          withCounts={measure.show === "value"}
        />
      }
    />
  );
}
