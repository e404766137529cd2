import type { Tone } from "../../components/chip";
import { vendorName } from "../../format/words";
import type { Vendor } from "../../graphql/generated/graphql";
import type { About, Followed, FollowedState, WriteKind } from "./store";

const KINDS: Record<WriteKind, string> = {
  createReferral: "New referral",
  updateReferral: "Change of a referral",
  moderateReferrals: "Decision",
  addFacilitator: "New facilitator",
  removeFacilitator: "Removal of a facilitator",
  requestConnection: "Request for a connection",
  shareReferral: "Shared referral",
  convertReferral: "Finance deal",
  addNote: "New note",
};

/** "New referral at Plannr" */
export function nameOf({ kind, vendor }: About): string {
  return vendor ? `${KINDS[kind]} at ${vendorName(vendor)}` : KINDS[kind];
}

interface Words {
  chip: string;
  tone: Tone;
  /** What happened. */
  happened: string;
  /** What to do. */
  advice: string;
}

const theVendor = (vendor: Vendor | null) => (vendor ? vendorName(vendor) : "The vendor");

/** What there is to say of a write whose outcome was not known at first. */
export function wordsFor({ state, vendor, kind }: Followed): Words {
  const words: Record<FollowedState, Words> = {
    SENDING: {
      chip: "On its way",
      tone: "info",
      happened: `The gateway is sending it to ${vendor ? vendorName(vendor) : "the vendor"}.`,
      advice: "Nothing to do: this page shows what comes of it. You may leave, or close the tab; it goes on.",
    },
    UNKNOWN: {
      chip: "Not known yet",
      tone: "warn",
      happened: `${theVendor(vendor)} has not answered. The gateway is finding out whether it was made.`,
      advice: "Do not send it again. This page asks until it is known, and nothing is made twice.",
    },
    LOST: {
      chip: "No answer yet",
      tone: "warn",
      happened: "The gateway's answer has not arrived.",
      advice: "Do not send it again. This page asks the gateway until it is known what became of it.",
    },
    ABSENT: {
      chip: "Never arrived",
      tone: "neutral",
      happened: "The gateway knows nothing of it, so nothing was changed.",
      advice: "It can be sent again.",
    },
    CONFIRMED: {
      chip: "Done",
      tone: "good",
      happened: `It was made: ${vendor ? vendorName(vendor) : "the vendor"} has all of it.`,
      advice: "Nothing to do.",
    },
    REJECTED: {
      chip: "Refused",
      tone: "bad",
      happened: "It was refused, and nothing was changed.",
      advice: "Correct it and send it again.",
    },
    PARTIAL: {
      chip: "In part",
      tone: "warn",
      happened: "Part of it took effect, and no more will.",
      advice:
        kind === "moderateReferrals"
          ? "Look at the referrals: those that are still open can be decided again."
          : "Look at what is there before you send the rest again.",
    },
    NEEDS_REVIEW: {
      chip: "Look there",
      tone: "warn",
      happened: `${theVendor(vendor)} gives no way to find out what became of it.`,
      advice: `Look in ${vendor ? vendorName(vendor) : "the vendor's own console"} whether it is there. If it is not, send it again.`,
    },
  };
  return words[state] ?? words.UNKNOWN;
}

/** Where the vendors' own users sign in, for those of which it is documented. */
export const VENDOR_SITES: Partial<Record<Vendor, string>> = {
  PARTNER_CENTER: "https://partner.microsoft.com/dashboard",
  SAASQUATCH: "https://app.referralsaasquatch.com/",
};
