import type { Tone } from "../../components/chip";
import { formatMoment, formatTime } from "../../format/time";
import { humanize, vendorName, withVendorNames } from "../../format/words";
import type { Capability, CircuitState, SourceFragment, StatusQuery } from "../../graphql/generated/graphql";

export type VendorState = StatusQuery["vendors"][number];

/** What a vendor's state means, for somebody who was woken by it. */
export interface Meaning {
  tone: Tone;
  /** How the vendor is doing. */
  state: string;
  /** What readers see of it. */
  lists: string;
}

/** The time alone for today, with the day for any other. */
export function formatWhen(moment: string, now: Date = new Date()): string {
  return new Date(moment).toDateString() === now.toDateString() ? formatTime(moment) : formatMoment(moment);
}

const SLOW_MS = 2_000;

export function meaningOf(vendor: VendorState, source: SourceFragment | undefined, now: Date = new Date()): Meaning {
  return { ...stateOf(vendor, source, now), lists: listsOf(vendor, source, now) };
}

function stateOf(status: VendorState, source: SourceFragment | undefined, now: Date): Omit<Meaning, "lists"> {
  const { vendor, configured, health, circuit, pausedUntil, latencyMs } = status;
  const name = vendorName(vendor);
  if (!configured) return { tone: "neutral", state: `The gateway has no credentials for ${name}.` };
  if (source?.status === "UNAUTHORIZED") {
    return { tone: "bad", state: `${name} refuses the gateway's credentials. They have to be renewed.` };
  }
  if (circuit === "OPEN") {
    return { tone: "bad", state: `${name} does not answer. It failed too often and is left alone for a moment.` };
  }
  if (circuit === "HALF_OPEN") {
    return { tone: "warn", state: `${name} failed too often. The next call shows whether it is back.` };
  }
  if (health === "DOWN") return { tone: "bad", state: `${name} does not answer. Its last calls all failed.` };
  if (pausedUntil && new Date(pausedUntil) > now) {
    return { tone: "warn", state: `${name} asks to be left alone until ${formatWhen(pausedUntil, now)}.` };
  }
  if (health === "DEGRADED") return { tone: "warn", state: `Some of the last calls to ${name} failed.` };
  if (health === "UNKNOWN") return { tone: "neutral", state: `${name} has not been asked since the gateway started.` };
  if (latencyMs != null && latencyMs >= SLOW_MS) return { tone: "warn", state: `${name} answers, but slowly.` };
  return { tone: "good", state: `${name} answers.` };
}

function listsOf({ configured }: VendorState, source: SourceFragment | undefined, now: Date): string {
  if (!configured) return "Lists are without its referrals.";
  if (!source) return "What lists show of it is not known yet.";
  const asOf = source.fetchedAt ? formatWhen(source.fetchedAt, now) : null;
  switch (source.status) {
    case "OK":
      return asOf ? `Lists show all of its referrals, as of ${asOf}.` : "Lists show all of its referrals.";
    case "STALE":
      return asOf ? `Lists show its referrals as of ${asOf}.` : "Lists show older referrals of it.";
    case "PARTIAL":
      return `Lists lack some of its referrals. ${because(source)}`.trim();
    default:
      return `Lists are without its referrals. ${because(source)}`.trim();
  }
}

const because = ({ message }: SourceFragment) => (message ? withVendorNames(message) : "");

/** What is wrong, a line for each vendor, or that nothing is. */
export function summaryOf(meanings: Meaning[], vendors: VendorState[]): { tone: Tone; lines: string[] } {
  const configured = vendors.filter((vendor) => vendor.configured);
  if (configured.length === 0) return { tone: "bad", lines: ["No vendor is configured: there is nothing to show."] };
  const wrong = meanings.filter(({ tone }) => tone === "bad" || tone === "warn");
  if (wrong.length > 0) {
    const tone = wrong.some((meaning) => meaning.tone === "bad") ? "bad" : "warn";
    return { tone, lines: wrong.map(({ state, lists }) => `${state} ${lists}`) };
  }
  if (meanings.some(({ tone }) => tone === "good")) {
    const isAll = meanings.filter(({ tone }) => tone === "good").length === vendors.length;
    return { tone: "good", lines: [isAll ? "All vendors answer." : "All vendors that were asked answer."] };
  }
  return { tone: "neutral", lines: ["No vendor has been asked yet."] };
}

const CIRCUITS: Record<CircuitState, string> = {
  CLOSED: "Calls are made",
  HALF_OPEN: "One call at a time",
  OPEN: "No calls for now",
};

export const circuitName = (circuit: CircuitState): string => CIRCUITS[circuit] ?? circuit;

const CAPABILITIES: Record<Capability, string> = {
  LIST_REFERRALS: "Referrals in lists",
  GET_REFERRAL: "A referral by its id",
  CREATE_REFERRAL: "Create referrals",
  UPDATE_REFERRAL: "Change referrals",
  MODERATE: "Approve and deny",
  MANAGE_FACILITATORS: "Add and remove facilitators",
  NOTES: "Notes",
  CONNECTIONS: "Connections between firms",
  ENGAGEMENTS: "Engagements",
  CONVERT: "Turn into a finance deal",
  PEOPLE: "Search people",
  WEBHOOKS: "Webhooks",
};

/** In the order of the schema. */
export const CAPABILITY_ORDER = Object.keys(CAPABILITIES) as Capability[];

export const capabilityName = (capability: Capability): string => CAPABILITIES[capability] ?? humanize(capability);
