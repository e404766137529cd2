import { partyName } from "../../components/party";
import type { PartyContactFragment } from "../../graphql/generated/graphql";
import styles from "./parties.module.css";

/** Someone, with all ways to reach them that the vendor tells. */
export function PartyCard({ party }: { party: PartyContactFragment }) {
  if (party.__typename === "Organization") {
    return (
      <div className={styles.party}>
        <strong>{partyName(party)}</strong>
        {!party.name && party.remoteId && <span className={styles.quiet}>{party.remoteId}</span>}
      </div>
    );
  }
  return (
    <div className={styles.party}>
      <strong>{partyName(party)}</strong>
      {party.organization?.name && <span>{party.organization.name}</span>}
      {party.email && <a href={`mailto:${party.email}`}>{party.email}</a>}
      {party.phone && <a href={`tel:${party.phone.replace(/[^\d+]/g, "")}`}>{party.phone}</a>}
    </div>
  );
}
