import { useQuery } from "urql";
import { Link } from "wouter";
import { Chip } from "../../components/chip";
import { Empty, Failed } from "../../components/notice";
import { PageHeader } from "../../components/page-header";
import { Lines } from "../../components/loading";
import { referralTitle } from "../../components/referral-title";
import { Section } from "../../components/section";
import { StaleMark } from "../../components/stale-mark";
import { StatusChip } from "../../components/status-chip";
import { VendorChip } from "../../components/vendor-chip";
import { hasCode } from "../../graphql/failure";
import { ReferralPageDocument, type ReferralPageQuery } from "../../graphql/generated/graphql";
import { Details } from "./details";
import { Facilitators } from "./facilitators";
import { FeePreview } from "./fee-preview";
import { Notes } from "./notes";
import { Overview } from "./overview";
import { Parties } from "./parties";
import { PartlyFailed } from "./partly-failed";
import { Raw } from "./raw";
import { Related } from "./related";
import { Timeline } from "./timeline";
import styles from "./referral.module.css";

export type Referral = NonNullable<ReferralPageQuery["referral"]>;

/** Everything of one referral. */
export default function ReferralPage({ id }: { id: string }) {
  const query = { document: ReferralPageDocument, variables: { id } };
  const [{ data, error, fetching }, ask] = useQuery({
    query: query.document,
    variables: query.variables,
    requestPolicy: "cache-and-network",
  });
  const referral = data?.referral;

  if (referral) {
    return (
      <>
        <PageHeader
          title={referralTitle(referral)}
          aside={
            <>
              <VendorChip vendor={referral.vendor} />
              <StatusChip status={referral.status} />
              {referral.stage && <Chip title="Stage">{referral.stage.label}</Chip>}
              {referral.stale && <StaleMark />}
            </>
          }
          query={query}
        />
        {error && <PartlyFailed error={error} />}
        <Body referral={referral} />
      </>
    );
  }

  const isMissing = !fetching && (!error || hasCode(error, "BAD_USER_INPUT"));
  return (
    <>
      <PageHeader title={isMissing ? "There is no such referral" : "Referral"} query={query} />
      {fetching && <Skeleton />}
      {isMissing && (
        <Empty title="The vendor has no referral under this address" action={<Link href="/">To all referrals</Link>}>
          It may have been removed, or the address is incomplete.
        </Empty>
      )}
      {!isMissing && error && <Failed error={error} onRetry={() => ask({ requestPolicy: "network-only" })} />}
    </>
  );
}

/** The page's outline until it is there. */
function Skeleton() {
  return (
    <div className={styles.columns}>
      <Section title="Parties">
        <Lines count={6} about="Loading the referral…" />
      </Section>
      <Section title="Overview">
        <Lines count={6} />
      </Section>
    </div>
  );
}

function Body({ referral }: { referral: Referral }) {
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        <Parties referral={referral} />
        {referral.description && (
          <Section title="About">
            <p className={styles.description}>{referral.description}</p>
          </Section>
        )}
        <Facilitators referral={referral} />
        <Notes referral={referral} />
        <Related referral={referral} />
        <Details referral={referral} />
      </div>
      <div className={styles.column}>
        <Overview referral={referral} />
        <Timeline referral={referral} />
        <FeePreview referral={referral} />
        <Raw id={referral.id} />
      </div>
    </div>
  );
}
