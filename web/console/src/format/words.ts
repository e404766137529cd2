import type {
  Direction,
  FacilitatorRole,
  ReferralAction,
  ReferralStatus,
  SourceStatus,
  Vendor,
  VendorHealth,
} from "../graphql/generated/graphql";

// The words for what the schema has as enums. A value that came after this was built is shown by its name.

export const VENDORS: readonly Vendor[] = ["INTROZY", "PLANNR", "PARTNER_CENTER", "SAASQUATCH"];

export const STATUSES: readonly ReferralStatus[] = [
  "PENDING",
  "ACTIVE",
  "WON",
  "LOST",
  "DECLINED",
  "EXPIRED",
  "UNRECOGNIZED",
];

const VENDOR_NAMES: Record<Vendor, string> = {
  INTROZY: "Introzy",
  PLANNR: "Plannr",
  PARTNER_CENTER: "Partner Center",
  SAASQUATCH: "SaaSquatch",
};

const SOURCE_STATUSES: Record<SourceStatus, string> = {
  OK: "OK",
  STALE: "Older rows",
  PARTIAL: "Incomplete",
  FAILED: "Failed",
  TIMED_OUT: "Timed out",
  RATE_LIMITED: "Asked too often",
  CIRCUIT_OPEN: "Left alone",
  UNAUTHORIZED: "Not authorized",
  NOT_CONFIGURED: "Not configured",
  UNSUPPORTED: "Nothing to match",
};

/** `QUOTES_OR_LICENSING` becomes "Quotes or licensing". */
export function humanize(value: string): string {
  const words = value.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The gateway's messages name vendors as the schema does. */
export function withVendorNames(message: string): string {
  return VENDORS.reduce((text, vendor) => text.replaceAll(vendor, VENDOR_NAMES[vendor]), message);
}

export const vendorName = (vendor: Vendor): string => VENDOR_NAMES[vendor] ?? humanize(vendor);
export const statusName = (status: ReferralStatus): string => humanize(status);
export const sourceStatusName = (status: SourceStatus): string => SOURCE_STATUSES[status] ?? humanize(status);
export const healthName = (health: VendorHealth): string => humanize(health);
export const directionName = (direction: Direction): string => humanize(direction);
export const roleName = (role: FacilitatorRole): string => humanize(role);
export const actionName = (action: ReferralAction): string => humanize(action);
