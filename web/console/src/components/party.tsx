import type { PartyNameFragment } from "../graphql/generated/graphql";
import { None } from "./money";
import styles from "./text.module.css";

export function partyName(party: PartyNameFragment): string {
  if (party.__typename === "Person") return party.name ?? party.email ?? "Unnamed person";
  return party.name ?? "Unnamed organization";
}

/** Someone by name, with where they work. */
export function Party({ party, withOrganization = false }: { party?: PartyNameFragment | null; withOrganization?: boolean }) {
  if (!party) return <None />;
  const organization = withOrganization && party.__typename === "Person" ? party.organization?.name : null;
  return (
    <>
      {partyName(party)}
      {organization && <span className={styles.quiet}> · {organization}</span>}
    </>
  );
}
