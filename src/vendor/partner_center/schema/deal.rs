//! What a referral is about, who invited whom, and what was agreed to.

use async_graphql::SimpleObject;

use super::{PartnerCenterAssistanceRequest, PartnerCenterSolutionType, PartnerCenterTargetType};
use crate::model::{DateTime, Decimal, Json};

/// An organization in Partner Center.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterOrganization {
    /// Its id; Microsoft itself is `msft`.
    pub remote_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

/// To whom a Partner Center referral is addressed.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterTarget {
    /// What the id stands for.
    #[graphql(name = "type")]
    pub kind: Option<PartnerCenterTargetType>,
    /// The type in Microsoft's own words, also where `type` is `UNRECOGNIZED`.
    pub type_text: Option<String>,
    /// The id of the solution or location, such as `SOL-34104-EBB` or `msft`.
    pub remote_id: Option<String>,
}

/// What a Partner Center customer agreed to. Null where Microsoft does not say.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterConsent {
    /// The customer's data may be shared with other organizations.
    pub share_info_with_others: Option<bool>,
    /// The customer may be contacted.
    pub contact: Option<bool>,
    /// The referral may be shown to Microsoft's sellers. Once true it cannot be taken back.
    pub share_with_microsoft_sellers: Option<bool>,
    /// Microsoft may contact certain partners. Seen in answers, not documented.
    pub microsoft_may_contact_partners: Option<bool>,
}

/// What a Partner Center customer is looking for.
/// A field is null when Microsoft sent none or an empty text, a list is empty then.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterRequirements {
    /// Industries, such as `Education`.
    pub industries: Vec<String>,
    /// Microsoft products, such as `Azure`.
    pub products: Vec<String>,
    /// Services, such as `Integration`.
    pub services: Vec<String>,
    /// Solutions, of a partner or of a category.
    pub solutions: Vec<PartnerCenterSolution>,
    /// Offers as Microsoft writes them: their shape is not documented. Null when there are none.
    pub offers: Option<Json>,
    /// Sales plays as Microsoft writes them: their shape is not documented. Null when there are none.
    pub sales_plays: Option<Json>,
    /// Named attributes from the additional requirements; solution areas and plays have been seen among them.
    pub attributes: Vec<PartnerCenterAttribute>,
    /// The additional requirements as Microsoft writes them, `attributes` included: their shape is free.
    pub additional_requirements: Option<Json>,
}

/// A solution that a Partner Center customer is looking for.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterSolution {
    /// The id of a solution (`SOL-34104-EBB`) or of a category (`Dynamics365forFieldService`).
    pub remote_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// What the id stands for.
    #[graphql(name = "type")]
    pub kind: Option<PartnerCenterSolutionType>,
    /// The type in Microsoft's own words, also where `type` is `UNRECOGNIZED`.
    pub type_text: Option<String>,
    /// Price of one, in major units of `currency`.
    pub price: Option<Decimal>,
    /// How many of it.
    pub quantity: Option<Decimal>,
    /// The currency of `price`, ISO 4217.
    pub currency: Option<String>,
    /// Who publishes it.
    pub publisher_name: Option<String>,
    /// The kind of solution, in Microsoft's words. Seen in answers, its values are not documented.
    pub solution_type: Option<String>,
    /// When its part of the deal is expected to close.
    pub closing_date: Option<DateTime>,
}

/// A named attribute of a Partner Center referral's requirements.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterAttribute {
    /// Its name.
    #[graphql(name = "type")]
    pub kind: Option<String>,
    /// Its value, which Microsoft calls its id.
    pub value: Option<String>,
}

/// With what words a Partner Center partner was invited, and by whom.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterInviteContext {
    /// The words of the invitation.
    pub notes: Option<String>,
    /// What help is asked for.
    pub assistance_request: Option<PartnerCenterAssistanceRequest>,
    /// The request for help in Microsoft's own words, also where `assistanceRequest` is `UNRECOGNIZED`.
    pub assistance_request_text: Option<String>,
    /// The invited partner's id in the Microsoft Partner Network.
    pub invited_mpn_id: Option<String>,
    /// Who invited.
    pub invited_by: Option<PartnerCenterOrganization>,
}

/// Ids of the same deal in Microsoft's other systems.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterTrackingInfo {
    /// Its id in the system that Microsoft calls MSX.
    pub microsoft_msx_id: Option<String>,
    /// The id of the opportunity in Microsoft's system for the federal government of the United States.
    pub microsoft_us_fed_opportunity_id: Option<String>,
    /// The id of the lead in Microsoft's system for the federal government of the United States.
    pub microsoft_us_fed_lead_id: Option<String>,
    /// The id of the deal that was migrated from the system that Microsoft calls PSC.
    pub migrated_psc_deal_id: Option<String>,
    /// The id of the partner's deal that was migrated from the system that Microsoft calls PSC.
    pub migrated_psc_partner_deal_id: Option<String>,
}
