import { type Fact, Facts } from "../../../components/facts";
import { formatDecimal, formatMoney } from "../../../format/money";
import { humanize } from "../../../format/words";
import type { PartnerCenterDetailsFragment } from "../../../graphql/generated/graphql";

type Details = PartnerCenterDetailsFragment;

/** An enum's value in words, or the vendor's own text where the schema knows none. */
function words(value: string | null, text: string | null = null): string | null {
  if (value === null || value === "UNRECOGNIZED") return text;
  return humanize(value);
}

function yesNo(value: boolean | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  return value ? "Yes" : "No";
}

function addressOf(profile: Details["customerProfile"]): string | null {
  const address = profile?.address;
  if (!address) return null;
  const town = [address.postalCode, address.city, address.state].filter(Boolean).join(" ");
  return [address.addressLine1, address.addressLine2, town, address.country].filter(Boolean).join(", ") || null;
}

function solutionName(solution: NonNullable<Details["requirements"]>["solutions"][number]): string {
  const { name, remoteId, quantity, price, currency } = solution;
  const cost = price && (currency ? formatMoney(price, currency) : formatDecimal(price));
  return [name ?? remoteId ?? "unnamed", quantity && `× ${formatDecimal(quantity)}`, cost && `at ${cost}`]
    .filter(Boolean)
    .join(" ");
}

/** `EMPLOYEES_10_TO_50` becomes "10 to 50 employees". */
function sizeOf(profile: Details["customerProfile"]): string | null {
  if (!profile?.size || profile.size === "UNRECOGNIZED") return profile?.sizeText ?? null;
  return `${humanize(profile.size.replace("EMPLOYEES_", ""))} employees`;
}

/** Microsoft repeats itself in such lists. */
const distinct = (texts: string[] | undefined) => [...new Set(texts)].join(", ");

function customerFacts({ customerProfile, consent }: Details): Fact[] {
  return [
    ["Customer", customerProfile?.name],
    ["Size", sizeOf(customerProfile)],
    ["Address", addressOf(customerProfile)],
    ["Known as", customerProfile?.ids.map(({ typeText, remoteId }) => `${typeText ?? "id"} ${remoteId ?? ""}`).join(", ")],
    ["May be contacted", yesNo(consent?.contact)],
    ["Data may be shared", yesNo(consent?.shareInfoWithOthers)],
    ["Seen by Microsoft's sellers", yesNo(consent?.shareWithMicrosoftSellers)],
  ];
}

function dealFacts({ requirements, ...details }: Details): Fact[] {
  return [
    ["Type", words(details.type, details.typeText)],
    ["Qualification", words(details.qualification)],
    ["Sales stage", details.salesStage],
    ["Why it stands so", details.statusReason],
    ["Solutions", distinct(requirements?.solutions.map(solutionName))],
    ["Products", distinct(requirements?.products)],
    ["Services", distinct(requirements?.services)],
    ["Industries", distinct(requirements?.industries)],
    ["Addressed to", details.target.map(({ remoteId }) => remoteId).join(", ")],
    ["Registration", details.registrationStatus],
    ["Program", details.referralProgram],
    ["Campaign", details.campaignId],
    ["Tags", details.tags.join(", ")],
    ["Created with", details.createdVia],
    ["Last changed with", details.lastModifiedVia],
  ];
}

function inviteFacts({ inviteContext, organization }: Details): Fact[] {
  return [
    ["Organization", organization?.name],
    ["Invited by", inviteContext?.invitedBy?.name],
    ["Invitation", inviteContext?.notes],
    [
      "Help asked for",
      words(inviteContext?.assistanceRequest ?? null, inviteContext?.assistanceRequestText ?? null),
    ],
    ["Invited partner", inviteContext?.invitedMpnId],
  ];
}

export function PartnerCenter({ details }: { details: Details }) {
  return <Facts facts={[...customerFacts(details), ...dealFacts(details), ...inviteFacts(details)]} />;
}
