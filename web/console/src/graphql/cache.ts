import { cacheExchange, type Entity, type UpdateResolver } from "@urql/exchange-graphcache";

// What has no global id belongs to the record it was read with. Types that are not named here work as well; naming
// them tells the cache that it is meant so.
const EMBEDDED = [
  "AddFacilitatorPayload",
  "AddNotePayload",
  "ConvertReferralPayload",
  "CreateReferralPayload",
  "FacilitatorEdge",
  "FacilitatorPage",
  "FeePreview",
  "FinanceDeal",
  "ModerateReferralsPayload",
  "Moderation",
  "ModerationResult",
  "Money",
  "Note",
  "NotePage",
  "Organization",
  "PageInfo",
  "Person",
  "RateLimit",
  "ReferralEdge",
  "ReferralPage",
  "RemoveFacilitatorPayload",
  "RequestConnectionPayload",
  "ShareReferralPayload",
  "SourceReport",
  "Stage",
  "UpdateReferralPayload",
  "UserError",
];

/**
 * Records are kept once, by their global id: what a mutation answers with shows at once in every list and page that
 * holds the record.
 */
export function normalizedCache() {
  return cacheExchange({
    keys: {
      ...Object.fromEntries(EMBEDDED.map((type) => [type, () => null])),
      // There is one status for each vendor.
      VendorStatus: (status) => status["vendor"] as string,
      Operation: (operation) => operation["idempotencyKey"] as string,
    },
    updates: {
      Mutation: {
        // A new referral belongs into lists, and only the gateway knows where.
        createReferral: (_result, _arguments, cache) => forgetLists(cache),
        shareReferral: (_result, _arguments, cache) => forgetLists(cache),
        addFacilitator: (result, _arguments, cache) => forgetPart(cache, result["addFacilitator"], "facilitators"),
        removeFacilitator: (result, _arguments, cache) => forgetPart(cache, result["removeFacilitator"], "facilitators"),
        moderateReferrals: (result, _arguments, cache) => {
          // What the vendor tells beside the common fields, such as the reason of a refusal.
          const { results } = result["moderateReferrals"] as { results: unknown[] };
          for (const one of results) forgetPart(cache, one, "details");
        },
        addNote: (result, _arguments, cache) => forgetPart(cache, result["addNote"], "notes"),
        // The preview of its fees says now that there is a deal.
        convertReferral: (result, _arguments, cache) => forgetPart(cache, result["convertReferral"], "details"),
        requestConnection: (_result, _arguments, cache) => forget(cache, "Query", "connections"),
      },
      Query: {
        // A write that was not answered, and is known to be made by now.
        operation: (result, _arguments, cache) => {
          const operation = result["operation"] as { state?: string; referral?: unknown } | null;
          if (operation?.state !== "CONFIRMED" && operation?.state !== "PARTIAL") return;
          if (operation.referral) forgetLists(cache);
          for (const part of ["facilitators", "notes", "details"]) forgetPart(cache, operation, part);
        },
      },
    },
  });
}

type Cache = Parameters<UpdateResolver>[2];

function forget(cache: Cache, entity: Entity, field: string) {
  for (const { fieldName, fieldKey } of cache.inspectFields(entity)) {
    if (fieldName === field) cache.invalidate(entity, fieldKey);
  }
}

const forgetLists = (cache: Cache) => forget(cache, "Query", "referrals");

interface Written {
  referral?: { id?: string } | null;
  operation?: Pick<Written, "referral"> | null;
}

/** What a referral's page asks of it with a query of its own. */
function forgetPart(cache: Cache, written: unknown, field: string) {
  const { referral, operation } = (written ?? {}) as Written;
  const id = referral?.id ?? operation?.referral?.id;
  if (id) forget(cache, { __typename: "Referral", id }, field);
}
