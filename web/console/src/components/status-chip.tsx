import { statusName } from "../format/words";
import type { ReferralStatus } from "../graphql/generated/graphql";
import { Chip, type Tone } from "./chip";

const TONES: Record<ReferralStatus, Tone> = {
  PENDING: "warn",
  ACTIVE: "info",
  WON: "good",
  LOST: "neutral",
  DECLINED: "bad",
  EXPIRED: "neutral",
  UNRECOGNIZED: "odd",
};

/** Where a referral stands, with the vendor's own word for those who point at it. */
export function StatusChip({ status, vendorStatus }: { status: ReferralStatus; vendorStatus?: string | null }) {
  return (
    <Chip tone={TONES[status]} title={vendorStatus ?? undefined}>
      {statusName(status)}
    </Chip>
  );
}
