import { Link } from "wouter";
import type { ReferralRowFragment } from "../graphql/generated/graphql";
import { Moment } from "./moment";
import { Money } from "./money";
import { partyName } from "./party";
import { referralTitle } from "./referral-title";
import { StatusChip } from "./status-chip";
import styles from "./referral-links.module.css";

/** A short list of referrals, each a link to its page. */
export function ReferralLinks({ referrals }: { referrals: ReferralRowFragment[] }) {
  return (
    <ul className={styles.list}>
      {referrals.map((referral) => (
        <li key={referral.id} className={styles.item}>
          <span className={styles.what}>
            <Link href={`/referrals/${referral.id}`}>{referralTitle(referral)}</Link>
            <span className={styles.quiet}>
              {[referral.referrer, referral.recipient]
                .filter((party) => party !== null)
                .map(partyName)
                .join(" → ")}
            </span>
          </span>
          <span className={styles.facts}>
            {referral.value && <Money value={referral.value} />}
            <span className={styles.quiet}>
              <Moment at={referral.createdAt} as="date" />
            </span>
            <StatusChip status={referral.status} vendorStatus={referral.vendorStatus} />
          </span>
        </li>
      ))}
    </ul>
  );
}
