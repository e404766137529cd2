import { Copyable } from "../../components/copyable";
import { Facts } from "../../components/facts";
import { Moment } from "../../components/moment";
import { Money } from "../../components/money";
import { Section } from "../../components/section";
import { StageName } from "../../components/stage";
import { StatusChip } from "../../components/status-chip";
import { directionName, humanize, vendorName } from "../../format/words";
import type { Referral } from "./referral";

/** Where it stands and what it is worth. */
export function Overview({ referral }: { referral: Referral }) {
  const { moderation, stage } = referral;
  return (
    <Section title="Overview">
      <Facts
        facts={[
          ["Status", <StatusChip key="status" status={referral.status} />],
          [`In ${vendorName(referral.vendor)}'s words`, referral.vendorStatus],
          ["Stage", stage && <StageName stage={stage} />],
          ["Value", referral.value && <Money value={referral.value} />],
          ["Direction", referral.direction && directionName(referral.direction)],
          ["Moderation", moderation && humanize(moderation.status)],
          ["Referrer's side", moderation && humanize(moderation.referrer)],
          ["Referred side", moderation && humanize(moderation.referred)],
          ["Own reference", referral.externalReference],
          [
            `${vendorName(referral.vendor)}'s id`,
            <Copyable key="id" text={referral.remoteId} what={`${vendorName(referral.vendor)}'s id`} />,
          ],
          ["Read", <Moment key="read" at={referral.fetchedAt} as="relative" />],
        ]}
      />
    </Section>
  );
}
