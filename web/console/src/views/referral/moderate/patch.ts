import type { Values } from "../../../components/form/values";
import type {
  ChangeableFragment,
  PartnerCenterPatch,
  PartnerCenterStatus,
  PartnerCenterSubstatus,
} from "../../../graphql/generated/graphql";

// What the form of a Partner Center referral holds, and what of it is sent: only what is another by now.

const DIRECT = [
  "statusReason",
  "notes",
  "dealValue",
  "currency",
  "closingDate",
  "externalReference",
  "campaignId",
  "referralProgram",
  "salesStage",
] as const satisfies readonly (keyof PartnerCenterPatch)[];

/** The form's fields with the referral's values. */
export function fieldsOf(referral: ChangeableFragment): Values {
  const { details } = referral;
  if (details.__typename !== "PartnerCenterReferral") return {};
  return {
    statusReason: details.statusReason ?? "",
    notes: referral.description ?? "",
    dealValue: details.dealValue ?? "",
    currency: details.currency ?? "",
    closingDate: details.closingDate ?? "",
    externalReference: referral.externalReference ?? "",
    campaignId: details.campaignId ?? "",
    referralProgram: details.referralProgram ?? "",
    salesStage: details.salesStage ?? "",
    consentToShareReferralWithMicrosoftSellers: details.consent?.shareWithMicrosoftSellers === true,
  };
}

/** The fields that differ. What was emptied stays as it was: the schema has no way to take a value away. */
export function patchOf(before: Values, now: Values): PartnerCenterPatch {
  const changed = DIRECT.filter((name) => now[name] && String(now[name]).trim() !== before[name]);
  const patch: PartnerCenterPatch = Object.fromEntries(changed.map((name) => [name, String(now[name]).trim()]));
  const sellers = "consentToShareReferralWithMicrosoftSellers";
  if (now[sellers] === true && before[sellers] !== true) patch[sellers] = true;
  const standing = now["_standing"];
  if (typeof standing !== "string" || !standing) return patch;
  const [status, substatus] = standing.split("/") as [PartnerCenterStatus, PartnerCenterSubstatus];
  return { ...patch, status, substatus };
}

const ENDS = [
  { value: "CLOSED/WON", label: "Closed: won" },
  { value: "CLOSED/LOST", label: "Closed: lost" },
  { value: "CLOSED/DECLINED", label: "Closed: declined" },
  { value: "CLOSED/EXPIRED", label: "Closed: expired" },
];

/** Where it may go from where it stands, as the schema has it. */
export function nextStatuses(status: PartnerCenterStatus | null) {
  if (status === "CLOSED") return [];
  if (status === "ACTIVE") return ENDS;
  return [{ value: "NEW/RECEIVED", label: "New: received" }, { value: "ACTIVE/ACCEPTED", label: "Active: accepted" }, ...ENDS];
}
