import type { PartyNameFragment } from "../graphql/generated/graphql";
import { partyName } from "./party";

interface Titled {
  name: string | null;
  remoteId: string;
  referred: PartyNameFragment[];
}

/** Who is referred, in short: "Northwind Traders +3". */
export function referredNames({ referred, remoteId }: Titled): string {
  const [first, ...others] = referred;
  if (!first) return remoteId;
  return others.length > 0 ? `${partyName(first)} +${others.length}` : partyName(first);
}

/** What a referral is called; two vendors have no names for them. */
export const referralTitle = (referral: Titled): string => referral.name ?? referredNames(referral);
