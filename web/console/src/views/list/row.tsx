import { Skeleton } from "@mantine/core";
import { type MouseEvent, memo } from "react";
import { Link, useLocation } from "wouter";
import { Moment } from "../../components/moment";
import { Money } from "../../components/money";
import { Party, partyName } from "../../components/party";
import { referredNames } from "../../components/referral-title";
import { StaleMark } from "../../components/stale-mark";
import { StatusChip } from "../../components/status-chip";
import { VendorChip } from "../../components/vendor-chip";
import { formatMoney } from "../../format/money";
import type { ReferralRowFragment } from "../../graphql/generated/graphql";
import styles from "./table.module.css";

/** One referral. The whole row leads to its page; the keyboard has the link in it. */
export const Row = memo(function Row({ row }: { row: ReferralRowFragment }) {
  const [, navigate] = useLocation();
  const path = `/referrals/${row.id}`;
  const title = referredNames(row);

  const open = (event: MouseEvent) => {
    const isLink = (event.target as Element).closest("a") !== null;
    // Whoever marks a name to copy it does not want to go away.
    if (isLink || getSelection()?.toString()) return;
    if (event.ctrlKey || event.metaKey) window.open(path, "_blank", "noreferrer");
    else navigate(path);
  };

  return (
    <tr className={styles.row} data-stale={row.stale || undefined} onClick={open}>
      <th scope="row" className={styles.title}>
        <Link href={path} title={row.name ? `${title} – ${row.name}` : title}>
          {title}
        </Link>
        {row.name && <span className={styles.name}>{row.name}</span>}
        {row.stale && <StaleMark />}
      </th>
      <td title={row.referrer ? partyName(row.referrer) : undefined}>
        <Party party={row.referrer} />
      </td>
      <td title={row.recipient ? partyName(row.recipient) : undefined}>
        <Party party={row.recipient} />
      </td>
      <td>
        <VendorChip vendor={row.vendor} />
      </td>
      <td>
        <StatusChip status={row.status} vendorStatus={row.vendorStatus} />
      </td>
      <td className={styles.right} title={row.value ? formatMoney(row.value.amount, row.value.currency) : undefined}>
        <Money value={row.value} />
      </td>
      <td className={styles.right}>
        <Moment at={row.createdAt} as="date" />
      </td>
      <td className={styles.right}>
        <Moment at={row.updatedAt} as="date" />
      </td>
    </tr>
  );
});

/** Where a row will be. */
export function SkeletonRow() {
  return (
    <tr className={styles.row} aria-hidden>
      {[70, 80, 75, 80, 60, 50, 80, 80].map((width, at) => (
        <td key={at}>
          {/* The last three columns are at the right. */}
          <Skeleton height={10} width={`${width}%`} ml={at > 4 ? "auto" : undefined} />
        </td>
      ))}
    </tr>
  );
}
