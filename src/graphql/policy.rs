//! What it takes to select each field: the one table, in which every field of every type is named. A field that is in no line can
//! be selected by nobody. What vendors add to the schema has its lines in the vendors' own folders.
//!
//! The line between `referrals:read` and `people:read`: names, addresses, numbers, pictures and ids of human beings are
//! theirs, and so is searching by them. What a company is called, and what people wrote into free texts (names of deals,
//! descriptions, notes), belongs to the referral.

use crate::model::Scope;
use crate::model::scope::{Rule, needs, open};
use crate::vendor::VENDORS;

/// Every line.
pub(super) fn rules() -> impl Iterator<Item = &'static Rule> {
    let of_vendors = VENDORS.iter().flat_map(|entry| entry.policy);
    COMMON.iter().chain(of_vendors)
}

/// What all vendors have in common. A type that is not an object type is here where its fields need more than what leads to
/// it: fields of inputs, and of the interface. `Node.id` gives back what was asked with; on one of the types behind it,
/// the field is that type's own.
const COMMON: &[Rule] = &[
    needs(
        Scope::ReferralsRead,
        "Query",
        "node nodes referral referrals connection connections engagement operation vendors \
         _entities",
    ),
    needs(Scope::PeopleRead, "Query", "people"),
    needs(Scope::SchemaRead, "Query", "__schema __type _service"),
    needs(
        Scope::ReferralsWrite,
        "Mutation",
        "createReferral updateReferral requestConnection shareReferral convertReferral addNote",
    ),
    needs(Scope::ReferralsModerate, "Mutation", "moderateReferrals"),
    needs(
        Scope::FacilitatorsWrite,
        "Mutation",
        "addFacilitator removeFacilitator",
    ),
    needs(Scope::ReferralsRead, "Node", "id"),
    needs(Scope::PeopleRead, "ReferralFilter", "email search"),
    needs(
        Scope::ReferralsRead,
        "AddFacilitatorPayload",
        "facilitator referral",
    ),
    open("AddFacilitatorPayload", "outcome operation userErrors"),
    open("AddNotePayload", "note outcome operation userErrors"),
    needs(
        Scope::ReferralsRead,
        "Connection",
        "id vendor remoteId status direction sender recipient createdAt updatedAt expiresAt \
         referrals",
    ),
    needs(Scope::ReferralsRead, "ConnectionEdge", "cursor node"),
    needs(
        Scope::ReferralsRead,
        "ConnectionPage",
        "edges nodes pageInfo totalCount sources",
    ),
    needs(Scope::ReferralsRead, "ConvertReferralPayload", "referral"),
    open(
        "ConvertReferralPayload",
        "deal outcome operation userErrors",
    ),
    needs(
        Scope::ReferralsRead,
        "CreateReferralPayload",
        "referral sharedReferral",
    ),
    open("CreateReferralPayload", "outcome operation userErrors"),
    needs(
        Scope::ReferralsRead,
        "Engagement",
        "id vendor remoteId referrals",
    ),
    needs(
        Scope::ReferralsRead,
        "Facilitator",
        "vendor role side party createdAt",
    ),
    needs(Scope::PeopleRead, "Facilitator", "id remoteId"),
    needs(Scope::ReferralsRead, "FacilitatorEdge", "cursor node"),
    needs(
        Scope::ReferralsRead,
        "FacilitatorPage",
        "edges nodes pageInfo totalCount",
    ),
    open("FinanceDeal", "remoteId name amount"),
    open("ModerateReferralsPayload", "results operation userErrors"),
    needs(
        Scope::ReferralsRead,
        "Moderation",
        "status referrer referred moderatedAt",
    ),
    needs(Scope::ReferralsRead, "ModerationResult", "referral"),
    open("ModerationResult", "referralId outcome userErrors"),
    needs(Scope::ReferralsRead, "Money", "amount currency"),
    needs(
        Scope::ReferralsRead,
        "Note",
        "remoteId content createdAt updatedAt",
    ),
    needs(Scope::ReferralsRead, "NoteEdge", "cursor node"),
    needs(
        Scope::ReferralsRead,
        "NotePage",
        "edges nodes pageInfo totalCount",
    ),
    needs(Scope::ReferralsRead, "Operation", "referral connection"),
    open("Operation", "idempotencyKey state startedAt settledAt"),
    needs(Scope::ReferralsRead, "Organization", "remoteId name"),
    open(
        "PageInfo",
        "hasNextPage hasPreviousPage startCursor endCursor",
    ),
    needs(
        Scope::PeopleRead,
        "Person",
        "remoteId name firstName lastName email phone organization",
    ),
    needs(Scope::ReferralsRead, "RateLimit", "limit remaining resetAt"),
    needs(
        Scope::ReferralsRead,
        "Referral",
        "id vendor remoteId name description status vendorStatus stage direction value referrer \
         referred recipient facilitators notes connection engagement moderation allowedActions \
         externalReference createdAt updatedAt expiresAt closedAt version fetchedAt stale \
         details",
    ),
    needs(Scope::RawRead, "Referral", "raw"),
    needs(Scope::ReferralsRead, "ReferralEdge", "cursor node"),
    needs(
        Scope::ReferralsRead,
        "ReferralPage",
        "edges nodes pageInfo totalCount sources",
    ),
    needs(Scope::ReferralsRead, "RemoveFacilitatorPayload", "referral"),
    open(
        "RemoveFacilitatorPayload",
        "removedFacilitatorId outcome operation userErrors",
    ),
    needs(
        Scope::ReferralsRead,
        "RequestConnectionPayload",
        "connection",
    ),
    open("RequestConnectionPayload", "outcome operation userErrors"),
    needs(
        Scope::ReferralsRead,
        "ShareReferralPayload",
        "referral engagement",
    ),
    open("ShareReferralPayload", "outcome operation userErrors"),
    needs(
        Scope::ReferralsRead,
        "SourceReport",
        "vendor status fetchedAt code message retryAfterSeconds",
    ),
    needs(Scope::ReferralsRead, "Stage", "remoteId label color"),
    needs(Scope::ReferralsRead, "UpdateReferralPayload", "referral"),
    open("UpdateReferralPayload", "outcome operation userErrors"),
    open("UserError", "code message path"),
    needs(
        Scope::ReferralsRead,
        "VendorStatus",
        "vendor configured capabilities health circuit pausedUntil latencyMs rateLimit stages",
    ),
];
