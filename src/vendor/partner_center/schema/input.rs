//! What new referrals and changes of them are described by.

use async_graphql::{ID, InputObject};
use serde::{Deserialize, Serialize};

use super::{
    PartnerCenterAssistanceRequest, PartnerCenterCompanySize, PartnerCenterQualification,
    PartnerCenterReferralType, PartnerCenterSolutionType, PartnerCenterStatus,
    PartnerCenterSubstatus, PartnerCenterTargetType,
};
use crate::model::{DateTime, Decimal};

/// A new referral at Partner Center. Microsoft starts deals that a partner creates as ACTIVE, whatever is asked for. No
/// bounds of texts are documented; those given here are the gateway's own.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPartnerCenterReferral {
    /// Whether one partner sees it, or two parties work on it together.
    #[graphql(name = "type")]
    #[serde(rename = "type")]
    pub kind: PartnerCenterReferralType,
    /// What it is called, at most 500 characters.
    pub name: Option<String>,
    /// Your own reference, at most 200 characters. Without one the gateway gives a reference of its own, by which it finds
    /// the referral again if Microsoft does not answer.
    pub external_reference: Option<String>,
    /// The customer.
    pub customer_profile: CustomerProfileInput,
    /// What the customer agreed to.
    pub consent: ConsentInput,
    /// What the deal is about.
    pub details: PartnerCenterDetailsInput,
    /// Where it stands; only with a substatus.
    pub status: Option<PartnerCenterStatus>,
    /// What the status means more exactly: NEW has PENDING and RECEIVED, ACTIVE has ACCEPTED, CLOSED has WON, LOST,
    /// DECLINED and EXPIRED.
    pub substatus: Option<PartnerCenterSubstatus>,
    /// A remark about the status, at most 2,000 characters.
    pub status_reason: Option<String>,
    /// How far it was qualified.
    pub qualification: Option<PartnerCenterQualification>,
    /// The partner-side people who work on it, at most 50.
    pub team: Option<Vec<TeamMemberInput>>,
    /// Who was invited, and with what words.
    pub invite_context: Option<InviteContextInput>,
    /// To whom it is addressed, at most 50.
    pub target: Option<Vec<ReferralTargetInput>>,
    /// The engagement to join, for the second referral of a shared one: its global id, or its `remoteId`.
    pub engagement_id: Option<ID>,
    /// For a SHARED referral: also create the connected one for this party, in the same engagement.
    pub share_with: Option<ReferralTargetInput>,
}

/// The customer of a new Partner Center referral.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerProfileInput {
    /// The company's name, 1 to 500 characters.
    pub name: String,
    /// How many employees it has.
    pub size: Option<PartnerCenterCompanySize>,
    /// Where it is.
    pub address: CustomerAddressInput,
    /// The customer's people, at most 50. A co-sell deal needs at least one.
    pub team: Option<Vec<TeamMemberInput>>,
}

/// The address of a new Partner Center referral's customer; no line has more than 500 characters.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerAddressInput {
    /// Street and number.
    pub address_line1: Option<String>,
    /// The rest of the street address.
    pub address_line2: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The state or province.
    pub state: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The country, two letters of ISO 3166.
    pub country: String,
    /// The region, beside state and country.
    pub region: Option<String>,
}

/// Someone on the partner's or the customer's side of a Partner Center referral.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamMemberInput {
    /// Given name, 1 to 200 characters.
    pub first_name: String,
    /// Family name, 1 to 200 characters.
    pub last_name: String,
    /// E-mail address. Team members are told apart by it.
    pub email: String,
    /// Telephone number, at most 50 characters.
    pub phone_number: Option<String>,
    /// What they are there, at most 200 characters.
    pub title: Option<String>,
}

/// What the customer of a new Partner Center referral agreed to.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentInput {
    /// To be contacted.
    pub consent_to_contact: bool,
    /// That what is known of the customer is shared with others.
    pub consent_to_share_info_with_others: bool,
    /// That Microsoft's sellers see the referral. Cannot be undone.
    pub consent_to_share_referral_with_microsoft_sellers: Option<bool>,
}

/// What a new Partner Center referral is about.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartnerCenterDetailsInput {
    /// What people should know of it, at most 10,000 characters.
    pub notes: Option<String>,
    /// What it is expected to be worth, in major units, 0 or more; only with a currency.
    pub deal_value: Option<Decimal>,
    /// The currency of `dealValue`, three letters of ISO 4217.
    pub currency: Option<String>,
    /// When it is expected to close.
    pub closing_date: Option<DateTime>,
    /// What the customer is looking for.
    pub requirements: Option<PartnerCenterRequirementsInput>,
}

/// What the customer of a new Partner Center referral is looking for: at most 50 of each, as Microsoft names them.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartnerCenterRequirementsInput {
    /// Ids of industries, such as `Education`.
    pub industries: Option<Vec<String>>,
    /// Ids of products, such as `Azure`.
    pub products: Option<Vec<String>>,
    /// Ids of services, such as `Integration`.
    pub services: Option<Vec<String>>,
    /// Solutions. A co-sell deal needs at least one.
    pub solutions: Option<Vec<PartnerCenterSolutionInput>>,
}

/// A solution that the customer of a new Partner Center referral is looking for.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartnerCenterSolutionInput {
    /// Microsoft's id of it, such as `SOL-12345-ABC`, or of a category.
    pub id: String,
    /// What it is called.
    pub name: Option<String>,
    /// How it is named: by a category, or by its own name.
    #[graphql(name = "type")]
    #[serde(rename = "type")]
    pub kind: Option<PartnerCenterSolutionType>,
}

/// Who is invited to a new Partner Center referral.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InviteContextInput {
    /// The words of the invitation, at most 10,000 characters.
    pub notes: Option<String>,
    /// What help is asked of Microsoft.
    pub assistance_request: Option<PartnerCenterAssistanceRequest>,
    /// The invited partner's id in the Microsoft Partner Network.
    pub invited_mpn_id: Option<String>,
}

/// To whom a Partner Center referral is addressed.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferralTargetInput {
    /// What it is.
    #[graphql(name = "type")]
    #[serde(rename = "type")]
    pub kind: PartnerCenterTargetType,
    /// Microsoft's id of it: a solution such as `SOL-12345-ABC`, or a location; `msft` is Microsoft itself.
    pub id: String,
}

/// Changes of a Partner Center referral: what is left out or null stays as it is. At least one.
#[derive(Clone, Default, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartnerCenterPatch {
    /// Where it stands; only together with a substatus that belongs to it. From NEW it may go to ACTIVE or CLOSED, from
    /// ACTIVE to CLOSED, from there nowhere.
    pub status: Option<PartnerCenterStatus>,
    /// What the status means more exactly; only together with a status.
    pub substatus: Option<PartnerCenterSubstatus>,
    /// A remark about the status, at most 2,000 characters.
    pub status_reason: Option<String>,
    /// What people should know of it, at most 10,000 characters.
    pub notes: Option<String>,
    /// What it is expected to be worth, in major units, 0 or more.
    pub deal_value: Option<Decimal>,
    /// The currency of `dealValue`, three letters of ISO 4217.
    pub currency: Option<String>,
    /// When it is expected to close.
    pub closing_date: Option<DateTime>,
    /// Your own reference, at most 200 characters.
    pub external_reference: Option<String>,
    /// The id of the marketing campaign, at most 200 characters.
    pub campaign_id: Option<String>,
    /// The referral program, at most 200 characters.
    pub referral_program: Option<String>,
    /// The step of the sales process, at most 200 characters.
    pub sales_stage: Option<String>,
    /// That Microsoft's sellers see it. Only `true`: it cannot be undone.
    pub consent_to_share_referral_with_microsoft_sellers: Option<bool>,
    /// All partner-side people, in place of those before, at most 50.
    pub team: Option<Vec<TeamMemberInput>>,
    /// All of the customer's people, in place of those before, at most 50.
    pub customer_team: Option<Vec<TeamMemberInput>>,
    /// All solutions that the customer is looking for, in place of those before, at most 50.
    pub solutions: Option<Vec<PartnerCenterSolutionInput>>,
}
