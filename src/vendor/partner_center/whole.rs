//! The whole of a record: what only this vendor has of it, and what writes compare. Lists are read without most of it
//! ([`wire`](super::wire)).

#![expect(
    clippy::struct_field_names,
    reason = "fields are named as the vendor names them"
)]

use serde::Deserialize;

use super::wire::{InvitedBy, Target};
use crate::model::{DateTime, Decimal};
use crate::vendor::wire::{Row, decimal, filled, flag, list, time};

/// A referral; <https://learn.microsoft.com/partner-center/developer/referral-resources>. Its id and what else only the record
/// needs is left out.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Referral {
    #[serde(default, deserialize_with = "filled")]
    pub(super) engagement_id: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) organization_id: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) organization_name: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) external_reference_id: Option<String>,
    #[serde(default, deserialize_with = "time")]
    pub(super) updated_date_time: Option<DateTime>,
    #[serde(default, deserialize_with = "time")]
    pub(super) accepted_date_time: Option<DateTime>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) status: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) substatus: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) status_reason: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) qualification: Option<String>,
    #[serde(rename = "type", default, deserialize_with = "filled")]
    pub(super) kind: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) referral_source: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) call_to_action: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) e_tag: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    pub(super) favorite: Option<bool>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) campaign_id: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) sales_stage: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) quality: Option<String>,
    #[serde(default, deserialize_with = "flag")]
    pub(super) is_spam: Option<bool>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) mpn_id: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) referral_program: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) deal_sensitivity: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) created_via: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) last_modified_via: Option<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) last_run_id: Option<String>,
    #[serde(default, deserialize_with = "list")]
    pub(super) tags: Vec<String>,
    #[serde(default, deserialize_with = "filled")]
    pub(super) registration_status: Option<String>,
    #[serde(default, deserialize_with = "list")]
    pub(super) registrations: Vec<Registration>,
    #[serde(default, deserialize_with = "list")]
    pub(super) target: Vec<Target>,
    #[serde(default)]
    pub(super) customer_profile: Option<CustomerProfile>,
    #[serde(default)]
    pub(super) consent: Option<Consent>,
    #[serde(default)]
    pub(super) details: Option<Details>,
    #[serde(default)]
    pub(super) invite_context: Option<InviteContext>,
    #[serde(default, deserialize_with = "list")]
    pub(super) team: Vec<Member>,
    #[serde(default)]
    pub(super) tracking_info: Option<TrackingInfo>,
}

/// The customer. `ids` is written `[]` in some samples and `{}` in others.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CustomerProfile {
    #[serde(deserialize_with = "filled")]
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) size: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub(super) is_matching_complete: Option<bool>,
    pub(super) address: Option<Address>,
    #[serde(deserialize_with = "list")]
    pub(super) team: Vec<Member>,
    #[serde(deserialize_with = "list")]
    pub(super) ids: Vec<CustomerId>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Address {
    #[serde(deserialize_with = "filled")]
    pub(super) address_line1: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) address_line2: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) city: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) state: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) postal_code: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) country: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) region: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CustomerId {
    #[serde(deserialize_with = "filled")]
    pub(super) profile_type: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Member {
    #[serde(deserialize_with = "filled")]
    pub(super) first_name: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) last_name: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) phone_number: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) email: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) title: Option<String>,
    pub(super) contact_preference: Option<ContactPreference>,
    #[serde(deserialize_with = "filled")]
    pub(super) email_validation_status: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) phone_validation_status: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ContactPreference {
    #[serde(deserialize_with = "filled")]
    pub(super) locale: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub(super) disable_notifications: Option<bool>,
}

/// What the customer agreed to. The double "To" is the vendor's.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Consent {
    #[serde(deserialize_with = "flag")]
    pub(super) consent_to_to_share_info_with_others: Option<bool>,
    #[serde(deserialize_with = "flag")]
    pub(super) consent_to_contact: Option<bool>,
    #[serde(deserialize_with = "flag")]
    pub(super) consent_to_share_referral_with_microsoft_sellers: Option<bool>,
    #[serde(deserialize_with = "flag")]
    pub(super) consent_to_microsoft_to_contact_specific_partners: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Details {
    #[serde(deserialize_with = "filled")]
    pub(super) notes: Option<String>,
    #[serde(deserialize_with = "decimal")]
    pub(super) deal_value: Option<Decimal>,
    #[serde(deserialize_with = "filled")]
    pub(super) currency: Option<String>,
    #[serde(deserialize_with = "time")]
    pub(super) closing_date_time: Option<DateTime>,
    #[serde(deserialize_with = "flag")]
    pub(super) customer_requested_contact: Option<bool>,
    #[serde(deserialize_with = "filled")]
    pub(super) customer_action: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) incentive_level: Option<String>,
    pub(super) requirements: Option<Requirements>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Requirements {
    #[serde(deserialize_with = "list")]
    pub(super) industries: Vec<Tag>,
    #[serde(deserialize_with = "list")]
    pub(super) products: Vec<Tag>,
    #[serde(deserialize_with = "list")]
    pub(super) services: Vec<Tag>,
    #[serde(deserialize_with = "list")]
    pub(super) solutions: Vec<Solution>,
    pub(super) offers: Option<Row>,
    pub(super) sales_plays: Option<Row>,
    pub(super) additional_requirements: Option<Row>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Tag {
    #[serde(deserialize_with = "filled")]
    pub(super) id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Solution {
    #[serde(deserialize_with = "filled")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) name: Option<String>,
    #[serde(rename = "type", deserialize_with = "filled")]
    pub(super) kind: Option<String>,
    #[serde(deserialize_with = "decimal")]
    pub(super) price: Option<Decimal>,
    #[serde(deserialize_with = "decimal")]
    pub(super) quantity: Option<Decimal>,
    #[serde(deserialize_with = "filled")]
    pub(super) currency: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) publisher_name: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) solution_type: Option<String>,
    #[serde(deserialize_with = "time")]
    pub(super) closing_date_time: Option<DateTime>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct AdditionalRequirements {
    #[serde(deserialize_with = "list")]
    pub(super) attributes: Vec<Attribute>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Attribute {
    #[serde(rename = "type", deserialize_with = "filled")]
    pub(super) kind: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct InviteContext {
    #[serde(deserialize_with = "filled")]
    pub(super) notes: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) assistance_request_code: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) invited_mpn_id: Option<String>,
    pub(super) invited_by: Option<InvitedBy>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct TrackingInfo {
    #[serde(deserialize_with = "filled")]
    pub(super) microsoft_msx_id: Option<String>,
    #[serde(rename = "microsoftUSFedOpportunityId", deserialize_with = "filled")]
    pub(super) microsoft_us_fed_opportunity_id: Option<String>,
    #[serde(rename = "microsoftUSFedLeadId", deserialize_with = "filled")]
    pub(super) microsoft_us_fed_lead_id: Option<String>,
    #[serde(rename = "migratedPSCDealId", deserialize_with = "filled")]
    pub(super) migrated_psc_deal_id: Option<String>,
    #[serde(rename = "migratedPSCPartnerDealId", deserialize_with = "filled")]
    pub(super) migrated_psc_partner_deal_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Registration {
    #[serde(deserialize_with = "filled")]
    pub(super) id: Option<String>,
    #[serde(rename = "type", deserialize_with = "filled")]
    pub(super) kind: Option<String>,
    #[serde(deserialize_with = "time")]
    pub(super) registration_date_time: Option<DateTime>,
    #[serde(deserialize_with = "filled")]
    pub(super) status: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) status_reason: Option<String>,
    pub(super) contract: Option<Contract>,
    #[serde(deserialize_with = "list")]
    pub(super) solution_details: Vec<SolutionDetails>,
    pub(super) status_history: Option<StatusHistory>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Contract {
    #[serde(deserialize_with = "decimal")]
    pub(super) value: Option<Decimal>,
    #[serde(deserialize_with = "filled")]
    pub(super) currency: Option<String>,
    #[serde(deserialize_with = "time")]
    pub(super) start_date_time: Option<DateTime>,
    #[serde(deserialize_with = "time")]
    pub(super) end_date_time: Option<DateTime>,
    #[serde(deserialize_with = "time")]
    pub(super) sign_date_time: Option<DateTime>,
    #[serde(deserialize_with = "filled")]
    pub(super) term: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SolutionDetails {
    #[serde(deserialize_with = "filled")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "decimal")]
    pub(super) value: Option<Decimal>,
    #[serde(deserialize_with = "filled")]
    pub(super) currency: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub(super) is_deployed_on_azure: Option<bool>,
    #[serde(deserialize_with = "filled")]
    pub(super) primary_deployment_on: Option<String>,
    #[serde(deserialize_with = "filled")]
    pub(super) pricing_model: Option<String>,
    pub(super) marketplace_transaction_details: Option<MarketplaceTransactionDetails>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct MarketplaceTransactionDetails {
    #[serde(deserialize_with = "flag")]
    pub(super) is_marketplace_transacted: Option<bool>,
    #[serde(deserialize_with = "time")]
    pub(super) marketplace_transaction_date_time: Option<DateTime>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct StatusHistory {
    #[serde(deserialize_with = "time")]
    pub(super) review_pending_date_time: Option<DateTime>,
    #[serde(deserialize_with = "time")]
    pub(super) action_required_date_time: Option<DateTime>,
    #[serde(deserialize_with = "time")]
    pub(super) passed_date_time: Option<DateTime>,
    #[serde(deserialize_with = "time")]
    pub(super) failed_date_time: Option<DateTime>,
    #[serde(deserialize_with = "time")]
    pub(super) approved_date_time: Option<DateTime>,
}
