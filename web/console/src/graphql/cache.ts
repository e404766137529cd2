import { cacheExchange } from "@urql/exchange-graphcache";

// What has no global id belongs to the record it was read with. Types that are not named here work as well; naming
// them tells the cache that it is meant so.
const EMBEDDED = [
  "FacilitatorEdge",
  "FacilitatorPage",
  "FeePreview",
  "Moderation",
  "Money",
  "Note",
  "NotePage",
  "Organization",
  "PageInfo",
  "Person",
  "RateLimit",
  "ReferralEdge",
  "ReferralPage",
  "SourceReport",
  "Stage",
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
    },
    updates: {
      Mutation: {
        // A new referral belongs into lists, and only the gateway knows where.
        createReferral: (_result, _arguments, cache) => forgetLists(cache),
        shareReferral: (_result, _arguments, cache) => forgetLists(cache),
      },
    },
  });
}

function forgetLists(cache: Parameters<import("@urql/exchange-graphcache").UpdateResolver>[2]) {
  for (const { fieldName, fieldKey } of cache.inspectFields("Query")) {
    if (fieldName === "referrals") cache.invalidate("Query", fieldKey);
  }
}
