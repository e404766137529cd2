import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { StatusChip } from "../../components/status-chip";
import { vendorName } from "../../format/words";
import type { CreateReferralMutation, Vendor } from "../../graphql/generated/graphql";
import styles from "./new.module.css";

type Payload = CreateReferralMutation["createReferral"];

interface CreatedProps {
  vendor: Vendor;
  payload: Pick<Payload, "outcome" | "referral" | "userErrors"> & Partial<Pick<Payload, "sharedReferral">>;
  onAnother?: () => void;
}

/** What came of a creation where the reader is to know more than that it worked. */
export function Created({ vendor, payload, onAnother }: CreatedProps) {
  const { outcome, referral, sharedReferral, userErrors } = payload;
  const heading = useRef<HTMLHeadingElement>(null);
  // The form is gone, and the focus with it.
  useEffect(() => {
    if (onAnother) heading.current?.focus();
  }, [onAnother !== undefined]);

  return (
    <div className={styles.created}>
      <h2 ref={heading} tabIndex={-1} className={styles.createdTitle}>
        {titleOf(outcome, vendor, userErrors.length > 0)}
      </h2>
      {userErrors.length > 0 && (
        <ul className={styles.reasons}>
          {userErrors.map(({ message }, at) => (
            <li key={at}>{message}</li>
          ))}
        </ul>
      )}
      {[referral, sharedReferral].map(
        (row) =>
          row && (
            <p key={row.id} className={styles.createdRow}>
              <Link href={`/referrals/${row.id}`}>{row.name ?? "Open the referral"}</Link>
              <StatusChip status={row.status} vendorStatus={row.vendorStatus} />
            </p>
          ),
      )}
      {onAnother && (
        <Button variant="default" size="xs" onClick={onAnother}>
          Create another
        </Button>
      )}
    </div>
  );
}

function titleOf(outcome: Payload["outcome"], vendor: Vendor, isInPart: boolean) {
  if (outcome === "REJECTED") return "This referral is in the way";
  if (outcome === "ALREADY_APPLIED") return `${vendorName(vendor)} has this referral already: nothing was changed`;
  return isInPart ? "The referral was created, and not all of the rest" : `The referral was created at ${vendorName(vendor)}`;
}
