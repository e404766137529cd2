import { Section } from "../../../components/section";
import { vendorName } from "../../../format/words";
import type { Referral } from "../referral";
import { Introzy } from "./introzy";
import { PartnerCenter } from "./partner-center";
import { Plannr } from "./plannr";
import { Saasquatch } from "./saasquatch";

/** What only its vendor has, each vendor in its own way. */
export function Details({ referral: { vendor, details } }: { referral: Referral }) {
  return <Section title={`More from ${vendorName(vendor)}`}>{partOf(details)}</Section>;
}

function partOf(details: Referral["details"]) {
  switch (details.__typename) {
    case "IntrozyReferral":
      return <Introzy details={details} />;
    case "PlannrReferral":
      return <Plannr details={details} />;
    case "PartnerCenterReferral":
      return <PartnerCenter details={details} />;
    case "SaasquatchReferral":
      return <Saasquatch details={details} />;
    // A vendor that came after this was built.
    default:
      return null;
  }
}
