import type { Decision, Vendor, WriteOutcome } from "../../../graphql/generated/graphql";
import type { Tone } from "../../../components/chip";

/** The vendors' own words for the two decisions. */
const WORDS: Partial<Record<Vendor, Record<Decision, string>>> = {
  PLANNR: { APPROVE: "Accept", DENY: "Reject" },
  PARTNER_CENTER: { APPROVE: "Accept", DENY: "Decline" },
};

const USUAL: Record<Decision, string> = { APPROVE: "Approve", DENY: "Deny" };

export const decisionName = (decision: Decision, vendor: Vendor | null): string =>
  ((vendor && WORDS[vendor]) ?? USUAL)[decision];

const PAST: Record<string, string> = {
  Accept: "Accepted",
  Reject: "Rejected",
  Decline: "Declined",
  Approve: "Approved",
  Deny: "Denied",
};

/** "Accepted" */
export const decidedName = (decision: Decision, vendor: Vendor | null): string =>
  PAST[decisionName(decision, vendor)] ?? "Decided";

export const OUTCOMES: Record<WriteOutcome, { word: string; tone: Tone }> = {
  APPLIED: { word: "Applied", tone: "good" },
  ALREADY_APPLIED: { word: "Was so before", tone: "neutral" },
  REJECTED: { word: "Refused", tone: "bad" },
  UNKNOWN: { word: "Not known yet", tone: "warn" },
};
