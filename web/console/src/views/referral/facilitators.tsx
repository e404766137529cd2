import { Chip } from "../../components/chip";
import { Panel } from "../../components/panel";
import { humanize, roleName } from "../../format/words";
import { ReferralFacilitatorsDocument } from "../../graphql/generated/graphql";
import { useCapability } from "../../graphql/use-capability";
import { PartyCard } from "./party-card";
import type { Referral } from "./referral";
import styles from "./facilitators.module.css";

/** Who helps it along, where the vendor has such people. */
export function Facilitators({ referral: { id, vendor } }: { referral: Referral }) {
  if (!useCapability(vendor, "MANAGE_FACILITATORS")) return null;
  return (
    <Panel
      title="Facilitators"
      query={ReferralFacilitatorsDocument}
      variables={{ id }}
      pick={(data) => data.referral?.facilitators}
    >
      {({ nodes }) =>
        nodes.length === 0 ? (
          <p className={styles.nobody}>Nobody helps this referral along yet.</p>
        ) : (
          <ul className={styles.list}>
            {nodes.map((facilitator) => (
              <li key={facilitator.id} className={styles.item}>
                <PartyCard party={facilitator.party} />
                <span className={styles.role}>
                  <Chip>{roleName(facilitator.role)}</Chip>
                  {facilitator.side && <Chip>{`${humanize(facilitator.side)}'s side`}</Chip>}
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </Panel>
  );
}
