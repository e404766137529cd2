import { Skeleton } from "@mantine/core";
import { Link } from "wouter";
import { Moment } from "../../components/moment";
import { Money } from "../../components/money";
import { partyName } from "../../components/party";
import { referredNames } from "../../components/referral-title";
import { StaleMark } from "../../components/stale-mark";
import { StatusChip } from "../../components/status-chip";
import { VendorChip } from "../../components/vendor-chip";
import type { ReferralRowFragment } from "../../graphql/generated/graphql";
import type { RowsProps } from "./rows";
import { SelectOne } from "../referral/moderate/selection";
import styles from "./cards.module.css";

/** The rows as cards, for phones. */
export function Cards({ rows, isLoading, state }: RowsProps) {
  return (
    <ul className={styles.cards}>
      {rows.map((row) => (
        <li key={row.id} className={styles.card}>
          <Card row={row} byUpdate={state.sort === "UPDATED_AT"} />
        </li>
      ))}
      {isLoading &&
        Array.from({ length: rows.length > 0 ? 2 : 6 }, (_, at) => (
          <li key={at} className={styles.card} aria-hidden>
            <Skeleton height={14} width="60%" mb={10} />
            <Skeleton height={10} width="85%" />
          </li>
        ))}
    </ul>
  );
}

function Card({ row, byUpdate }: { row: ReferralRowFragment; byUpdate: boolean }) {
  const way = [row.referrer, row.recipient].filter((party) => party !== null).map(partyName);
  return (
    <>
      <div className={styles.line}>
        <SelectOne row={row} />
        <Link href={`/referrals/${row.id}`} className={styles.title}>
          {referredNames(row)}
        </Link>
        <StatusChip status={row.status} vendorStatus={row.vendorStatus} />
      </div>
      {row.name && <div className={styles.name}>{row.name}</div>}
      <div className={styles.way}>{way.join(" → ")}</div>
      <div className={styles.line}>
        <span className={styles.facts}>
          <VendorChip vendor={row.vendor} />
          {row.stale && <StaleMark />}
          {row.value && <Money value={row.value} />}
        </span>
        <span className={styles.quiet}>
          {byUpdate && "updated "}
          <Moment at={byUpdate ? row.updatedAt : row.createdAt} as="date" />
        </span>
      </div>
    </>
  );
}
