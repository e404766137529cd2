import { Link } from "wouter";
import { Panel } from "../../components/panel";
import { partyName } from "../../components/party";
import { ReferralLinks } from "../../components/referral-links";
import { SourceProblems } from "../../components/sources";
import { humanize } from "../../format/words";
import {
  ConnectionReferralsDocument,
  EngagementReferralsDocument,
  type ReferralRowFragment,
  type SourceFragment,
} from "../../graphql/generated/graphql";
import type { Referral } from "./referral";
import styles from "./referral.module.css";

/** The referrals that belong together with this one. */
export function Related({ referral }: { referral: Referral }) {
  const { engagement, connection } = referral;
  return (
    <>
      {engagement && (
        <Panel
          title="Engagement"
          query={EngagementReferralsDocument}
          variables={{ id: engagement.id }}
          pick={(data) => data.engagement?.referrals}
        >
          {(page) => (
            <Others
              {...page}
              of={referral}
              none="No other referral belongs to it."
              link={<Link href={`/engagements/${engagement.id}`}>Open the engagement</Link>}
            />
          )}
        </Panel>
      )}
      {connection && (
        <Panel
          title="Connection"
          query={ConnectionReferralsDocument}
          variables={{ id: connection.id }}
          pick={(data) => data.connection?.referrals}
        >
          {(page) => (
            <Others
              {...page}
              of={referral}
              none="No other referral went along it."
              link={
                <span className={styles.quiet}>
                  {[connection.sender, connection.recipient]
                    .filter((party) => party !== null)
                    .map(partyName)
                    .join(" ↔ ")}
                  {" · "}
                  {humanize(connection.status)}
                  {" · "}
                  <Link href={`/?connection=${connection.id}`}>All along it</Link>
                </span>
              }
            />
          )}
        </Panel>
      )}
    </>
  );
}

interface OthersProps {
  of: Referral;
  edges: { node: ReferralRowFragment }[];
  sources: SourceFragment[];
  none: string;
  link: React.ReactNode;
}

const SHOWN = 5;

function Others({ of, edges, sources, none, link }: OthersProps) {
  const others = edges.map((edge) => edge.node).filter((referral) => referral.id !== of.id);
  return (
    <>
      <div className={styles.small}>{link}</div>
      <SourceProblems sources={sources} />
      {others.length === 0 ? (
        <p className={styles.quiet}>{none}</p>
      ) : (
        <ReferralLinks referrals={others.slice(0, SHOWN)} />
      )}
      {others.length > SHOWN && <p className={styles.quiet}>and {others.length - SHOWN} more</p>}
    </>
  );
}
