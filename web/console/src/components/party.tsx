import type { PartyNameFragment } from "../graphql/generated/graphql";
import { None } from "./money";
import styles from "./text.module.css";

/** The name to show; the vendor may tell of someone without one. */
export function partyName(party: PartyNameFragment): string {
  return nameOf(party) ?? "Unnamed";
}

function nameOf(party: PartyNameFragment): string | null {
  return party.__typename === "Person" ? (party.name ?? party.email) : party.name;
}

/** Someone by name. */
export function Party({ party }: { party: PartyNameFragment | null }) {
  if (!party) return <None />;
  return nameOf(party) ?? <span className={styles.quiet}>{partyName(party)}</span>;
}
