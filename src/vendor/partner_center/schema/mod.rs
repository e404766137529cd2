//! The GraphQL types that only this vendor has: a referral's own fields.

mod customer;
mod deal;
mod enums;
mod input;
mod registration;

pub use customer::{
    PartnerCenterAddress, PartnerCenterContactPreference, PartnerCenterCustomerId,
    PartnerCenterCustomerProfile, PartnerCenterMember,
};
pub use deal::{
    PartnerCenterAttribute, PartnerCenterConsent, PartnerCenterInviteContext,
    PartnerCenterOrganization, PartnerCenterRequirements, PartnerCenterSolution,
    PartnerCenterTarget, PartnerCenterTrackingInfo,
};
pub use enums::{
    PartnerCenterAssistanceRequest, PartnerCenterCompanySize, PartnerCenterCustomerIdType,
    PartnerCenterQualification, PartnerCenterReferralType, PartnerCenterSolutionType,
    PartnerCenterStatus, PartnerCenterSubstatus, PartnerCenterTargetType,
};
pub use input::{
    ConsentInput, CustomerAddressInput, CustomerProfileInput, InviteContextInput,
    NewPartnerCenterReferral, PartnerCenterDetailsInput, PartnerCenterPatch,
    PartnerCenterRequirementsInput, PartnerCenterSolutionInput, ReferralTargetInput,
    TeamMemberInput,
};
pub use registration::{
    PartnerCenterMarketplaceTransaction, PartnerCenterRegistration,
    PartnerCenterRegistrationContract, PartnerCenterRegistrationHistory,
    PartnerCenterRegistrationSolution,
};

use async_graphql::SimpleObject;

use crate::model::{DateTime, Decimal};

/// A Microsoft Partner Center referral's own fields: a lead, or a co-sell deal. A field is null when Microsoft sent none
/// or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterReferral {
    /// Whether one partner sees it, or two parties work on it together.
    #[graphql(name = "type")]
    pub kind: Option<PartnerCenterReferralType>,
    /// The type in Microsoft's own words, also where `type` is `UNRECOGNIZED`.
    pub type_text: Option<String>,
    /// The status in Microsoft's terms; the words themselves are in the referral's `vendorStatus`.
    pub status: Option<PartnerCenterStatus>,
    /// What the status means more exactly; the words themselves are in the referral's `vendorStatus`, after the slash.
    pub substatus: Option<PartnerCenterSubstatus>,
    /// A remark about the status, for example why the deal was lost.
    pub status_reason: Option<String>,
    /// How far the lead was qualified before it was passed on.
    pub qualification: Option<PartnerCenterQualification>,
    /// The qualification in Microsoft's own words, also where `qualification` is `UNRECOGNIZED`.
    pub qualification_text: Option<String>,
    /// The partner organization whose copy of the referral this is: the one that the gateway reads as.
    pub organization: Option<PartnerCenterOrganization>,
    /// To whom the referral is addressed: solutions, or locations of an organization. Often empty.
    pub target: Vec<PartnerCenterTarget>,
    /// The customer that the referral is about.
    pub customer_profile: Option<PartnerCenterCustomerProfile>,
    /// What the customer agreed to.
    pub consent: Option<PartnerCenterConsent>,
    /// What the deal is expected to be worth, in major units of `currency`. The referral's `value` carries it too, when a
    /// currency is known.
    pub deal_value: Option<Decimal>,
    /// The currency of `dealValue`, ISO 4217.
    pub currency: Option<String>,
    /// When the deal is expected to close. A moment, although Microsoft's own pages enter a day: midnight UTC.
    pub closing_date: Option<DateTime>,
    /// Whether the customer asked to be contacted.
    pub customer_requested_contact: Option<bool>,
    /// What the customer did that led here, in Microsoft's words. Its values are not documented.
    pub customer_action: Option<String>,
    /// The incentive level, in Microsoft's words. Seen in answers, not documented.
    pub incentive_level: Option<String>,
    /// What the customer is looking for.
    pub requirements: Option<PartnerCenterRequirements>,
    /// The partner-side people who work on it, with their contact preferences. The referral's `facilitators` are the same
    /// people.
    pub team: Vec<PartnerCenterMember>,
    /// Who invited the partner, and with what words.
    pub invite_context: Option<PartnerCenterInviteContext>,
    /// The step of the sales process. An opaque text: `Qualify`, `Develop`, `Propose` and `Close` are documented, and
    /// percentages such as `100` have been seen.
    pub sales_stage: Option<String>,
    /// The version of the record, with the quotes that belong to it. The referral's `version` is the same text.
    pub e_tag: Option<String>,
    /// When the referral was accepted. For outgoing referrals it is the time of creation.
    pub accepted_date: Option<DateTime>,
    /// The id of the marketing campaign.
    pub campaign_id: Option<String>,
    /// Whether the partner marked it as a favorite.
    pub favorite: Option<bool>,
    /// How Microsoft rates the lead, for example `Unknown`. Its values are not documented.
    pub quality: Option<String>,
    /// Whether Microsoft takes it for spam.
    pub is_spam: Option<bool>,
    /// The partner's id in the Microsoft Partner Network.
    pub mpn_id: Option<String>,
    /// The referral program that the deal belongs to. Its values are not documented.
    pub referral_program: Option<String>,
    /// How confidential the deal is, for example `None`. Seen in answers, not documented.
    pub deal_sensitivity: Option<String>,
    /// The application that created it.
    pub created_via: Option<String>,
    /// The application that changed it last.
    pub last_modified_via: Option<String>,
    /// The id of the last run of an application that touched it. Seen in answers, not documented.
    pub last_run_id: Option<String>,
    /// Tags set by Microsoft. Their values are not documented.
    pub tags: Vec<String>,
    /// Where the deal registration stands: `None` and `ReviewPending` have been seen, no list of values is documented.
    pub registration_status: Option<String>,
    /// The deal registrations.
    pub registrations: Vec<PartnerCenterRegistration>,
    /// Ids of the same deal in Microsoft's other systems.
    pub tracking_info: Option<PartnerCenterTrackingInfo>,
    /// Where a marketplace lead came from. Its values are not documented.
    pub referral_source: Option<String>,
    /// What a marketplace lead's customer clicked. Its values are not documented.
    pub call_to_action: Option<String>,
}
