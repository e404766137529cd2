import { useQuery } from "urql";
import { Link } from "wouter";
import { Copyable } from "../../components/copyable";
import { Facts } from "../../components/facts";
import { PageSkeleton } from "../../components/loading";
import { Money } from "../../components/money";
import { Empty, Failed } from "../../components/notice";
import { PageHeader } from "../../components/page-header";
import { ReferralLinks } from "../../components/referral-links";
import { Section } from "../../components/section";
import { SourceProblems } from "../../components/sources";
import { VendorChip } from "../../components/vendor-chip";
import { sum } from "../../format/decimal";
import { vendorName } from "../../format/words";
import { hasCode } from "../../graphql/failure";
import {
  EngagementReferralsDocument,
  type EngagementReferralsQuery,
  type ReferralRowFragment,
} from "../../graphql/generated/graphql";
import styles from "./engagement.module.css";

type Engagement = NonNullable<EngagementReferralsQuery["engagement"]>;

/** The referrals of one joint pursuit. */
export default function EngagementPage({ id }: { id: string }) {
  const query = { document: EngagementReferralsDocument, variables: { id } };
  const [{ data, error, fetching }, ask] = useQuery({
    query: query.document,
    variables: query.variables,
    requestPolicy: "cache-and-network",
  });
  const engagement = data?.engagement;
  const isMissing = !engagement && !fetching && (!error || hasCode(error, "BAD_USER_INPUT"));

  return (
    <>
      <PageHeader
        title={isMissing ? "There is no such engagement" : "Engagement"}
        aside={engagement && <VendorChip vendor={engagement.vendor} />}
        query={query}
      />
      {engagement && <Body engagement={engagement} />}
      {!engagement && fetching && <PageSkeleton />}
      {isMissing && (
        <Empty title="No referral belongs to an engagement of this address" action={<Link href="/">To all referrals</Link>} />
      )}
      {!engagement && !isMissing && error && (
        <Failed error={error} onRetry={() => ask({ requestPolicy: "network-only" })} />
      )}
    </>
  );
}

/** What they are worth together, exactly, for each currency. */
function totals(referrals: ReferralRowFragment[]) {
  const values = referrals.flatMap(({ value }) => (value ? [value] : []));
  return [...new Set(values.map(({ currency }) => currency))].map((currency) => ({
    currency,
    amount: sum(values.filter((value) => value.currency === currency).map(({ amount }) => amount)),
  }));
}

function Body({ engagement }: { engagement: Engagement }) {
  const { edges, totalCount, sources } = engagement.referrals;
  const referrals = edges.map((edge) => edge.node);
  const isWhole = totalCount === null || totalCount <= referrals.length;
  return (
    <div className={styles.sections}>
      <Section title="Overview">
        <Facts
          facts={[
            ["Referrals", String(totalCount ?? referrals.length)],
            [
              isWhole ? "Value together" : `Value of the first ${referrals.length}`,
              totals(referrals).map((value) => (
                <div key={value.currency}>
                  <Money value={value} />
                </div>
              )),
            ],
            [
              `${vendorName(engagement.vendor)}'s id`,
              <Copyable key="id" text={engagement.remoteId} what="the engagement's id" />,
            ],
          ]}
        />
      </Section>
      <Section title="Referrals" aside={<Link href={`/?engagement=${engagement.id}`}>Show in the list</Link>}>
        <SourceProblems sources={sources} />
        <ReferralLinks referrals={referrals} />
      </Section>
    </div>
  );
}
