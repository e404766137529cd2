import { Chip } from "../../components/chip";
import { Panel } from "../../components/panel";
import { partyName } from "../../components/party";
import { humanize, roleName } from "../../format/words";
import { ReferralFacilitatorsDocument } from "../../graphql/generated/graphql";
import { useCapability } from "../../graphql/use-capability";
import { AddFacilitator } from "./facilitators/add-facilitator";
import { RemoveFacilitator } from "./facilitators/remove-facilitator";
import { PartyCard } from "./party-card";
import type { Referral } from "./referral";
import styles from "./facilitators.module.css";

/** Who helps it along, where the vendor has such people. */
export function Facilitators({ referral }: { referral: Referral }) {
  const { id, vendor } = referral;
  if (!useCapability(vendor, "MANAGE_FACILITATORS")) return null;
  return (
    <Panel
      title="Facilitators"
      aside={<AddFacilitator referral={referral} />}
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
                  <RemoveFacilitator
                    referral={referral}
                    facilitatorId={facilitator.id}
                    name={partyName(facilitator.party)}
                  />
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </Panel>
  );
}
