import {
  ModerateReferralsDocument,
  type ModerateReferralsMutation,
  type WriteOutcome,
} from "../../../graphql/generated/graphql";
import type { About } from "../../operations/store";
import { useWrite, type WriteReport } from "../../operations/use-write";

export type Decided = ModerateReferralsMutation["moderateReferrals"];

interface Options {
  about: Omit<About, "kind">;
  onDone: (payload: Decided) => void;
  onRefused: (payload: Decided) => void;
}

/** What the answer says as a whole: refused when all of it was, unknown as long as some of it is. */
function reportOf({ results, operation, userErrors }: Decided): WriteReport {
  const outcomes = results.map((one) => one.outcome);
  const all = [...userErrors, ...results.flatMap((one) => one.userErrors)];
  return { operation, userErrors: all, outcome: outcomeOf(outcomes) };
}

function outcomeOf(outcomes: WriteOutcome[]): WriteOutcome {
  if (outcomes.includes("UNKNOWN")) return "UNKNOWN";
  return outcomes.every((outcome) => outcome === "REJECTED") ? "REJECTED" : "APPLIED";
}

/** Sends decisions about referrals. */
export function useDecisions({ about, onDone, onRefused }: Options) {
  return useWrite({
    document: ModerateReferralsDocument,
    about: { ...about, kind: "moderateReferrals" },
    payloadOf: (data: ModerateReferralsMutation) => data.moderateReferrals,
    reportOf,
    needsAnswer: true,
    onDone,
    onRefused,
  });
}
