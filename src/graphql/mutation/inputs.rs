//! What the mutations are asked with. What only one vendor takes is that vendor's own type.

use async_graphql::{ID, InputObject, OneofObject};

use crate::graphql::types::enums::{
    AmountStructure, Decision, FacilitatorRole, FacilitatorSide, ModerationSide,
};
use crate::model::{self, Date, Vendor};
use crate::vendor::partner_center::schema::{
    PartnerCenterPatch, ReferralTargetInput, TeamMemberInput,
};

/// A new referral.
#[derive(InputObject)]
pub struct CreateReferralInput {
    /// Your own key of this write, 1 to 200 characters. Same key and same input: the first answer again. Kept at least 7
    /// days.
    pub idempotency_key: Option<String>,
    /// At which vendor, and what it is to be.
    pub referral: NewReferral,
}

macro_rules! new_referral {
    ($( $(#[doc = $doc:literal])* $variant:ident = $name:literal, $path:literal, $module:ident, $details:ident, $input:ident; )*) => {
        /// A new referral of exactly one vendor.
        #[derive(OneofObject)]
        pub enum NewReferral {
            $(
                $(#[doc = $doc])*
                $variant(Box<crate::vendor::$module::schema::$input>),
            )*
        }

        impl NewReferral {
            /// Whose it is to be, and what it is to be.
            pub fn into_parts(self) -> (Vendor, serde_json::Value) {
                match self { $( Self::$variant(input) => (Vendor::$variant, as_json(&*input)), )* }
            }
        }
    };
}

crate::vendor::vendors!(new_referral);

/// Changes of a referral.
#[derive(InputObject)]
pub struct UpdateReferralInput {
    /// The referral's global id.
    pub id: ID,
    /// The `version` that the changes are meant for: if the referral has another one by now, nothing is changed.
    pub expected_version: Option<String>,
    /// Your own key of this write, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// What is to change of a Partner Center referral.
    pub partner_center: Box<PartnerCenterPatch>,
}

/// Referrals to approve or deny.
#[derive(InputObject)]
pub struct ModerateReferralsInput {
    /// Your own key of this write, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// 1 to 500, of any vendors, each referral once.
    pub decisions: Vec<ModerationDecision>,
}

/// A referral to approve or deny.
#[derive(InputObject)]
pub struct ModerationDecision {
    /// The referral's global id.
    pub referral_id: ID,
    /// Which of the two.
    pub decision: Decision,
    /// Whose part of it; sides are SaaSquatch's.
    #[graphql(default_with = "ModerationSide::Both")]
    pub side: ModerationSide,
    /// Why, at most 2,000 characters. Plannr wants to know it when a referral is denied; SaaSquatch is not told.
    pub reason: Option<String>,
}

/// Another facilitator for a referral.
#[derive(InputObject)]
pub struct AddFacilitatorInput {
    /// Your own key of this write, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// The referral's global id.
    pub referral_id: ID,
    /// Who.
    pub party: FacilitatorPartyInput,
    /// As what: Introzy has CONNECTOR, FACILITATOR and `REFERRAL_SOURCE`, Partner Center `TEAM_MEMBER`.
    pub role: FacilitatorRole,
    /// On whose side (Introzy).
    pub side: Option<FacilitatorSide>,
}

/// Who is to be a facilitator.
#[derive(OneofObject)]
pub enum FacilitatorPartyInput {
    /// A user whom the vendor knows by this id (Introzy).
    UserId(ID),
    /// A company that the vendor knows by this id (Introzy); it cannot be a CONNECTOR.
    CompanyId(ID),
    /// Someone by name and e-mail address (Partner Center).
    TeamMember(TeamMemberInput),
}

/// A facilitator to take from a referral.
#[derive(InputObject)]
pub struct RemoveFacilitatorInput {
    /// Your own key of this write, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// The facilitator's global id.
    pub facilitator_id: ID,
}

/// A connection to ask another firm for.
#[derive(InputObject)]
pub struct RequestConnectionInput {
    /// Your own key of this write, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// The code of the adviser there, 8 letters and digits. They get an e-mail.
    pub adviser_key: String,
}

/// A second party for a shared referral.
#[derive(InputObject)]
pub struct ShareReferralInput {
    /// The referral's global id.
    pub referral_id: ID,
    /// The second party.
    pub target: ReferralTargetInput,
    /// Your own key of this write, 1 to 200 characters.
    pub idempotency_key: Option<String>,
}

/// A referral to turn into a finance deal. What is left out is up to Introzy.
#[derive(InputObject)]
pub struct ConvertReferralInput {
    /// Your own key of this write, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// The referral's global id.
    pub referral_id: ID,
    /// What the deal is called, at most 200 characters.
    pub deal_name: Option<String>,
    /// What it is about, at most 1,000 characters.
    pub deal_description: Option<String>,
    /// Whether fees are worked out at once; Introzy does so when it is left out.
    pub trigger_fee_calculation: Option<bool>,
    /// How its amount is paid.
    pub amount_structure: Option<AmountStructure>,
    /// The first day of its period.
    pub period_start: Option<Date>,
    /// The last day of its period.
    pub period_end: Option<Date>,
}

/// A note for a referral.
#[derive(InputObject)]
pub struct AddNoteInput {
    /// Your own key of this write, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// The referral's global id.
    pub referral_id: ID,
    /// What it says, 1 to 10,000 characters.
    pub content: String,
}

impl FacilitatorPartyInput {
    /// In the model's words.
    pub fn into_model(self) -> model::FacilitatorParty {
        match self {
            Self::UserId(id) => model::FacilitatorParty::User(id.0),
            Self::CompanyId(id) => model::FacilitatorParty::Company(id.0),
            Self::TeamMember(member) => model::FacilitatorParty::TeamMember(model::TeamMember {
                first_name: member.first_name,
                last_name: member.last_name,
                email: member.email,
                phone_number: member.phone_number,
                title: member.title,
            }),
        }
    }
}

/// An input as its vendor's adapter reads it: without what was left out or is null, which are the same.
pub fn as_json<T: serde::Serialize>(input: &T) -> serde_json::Value {
    let mut json =
        serde_json::to_value(input).expect("an input is texts, numbers and lists of them");
    drop_nulls(&mut json);
    json
}

fn drop_nulls(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
