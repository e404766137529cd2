//! Deal registrations. Only Microsoft's own Power Platform connector documents them.

use async_graphql::SimpleObject;

use crate::model::{DateTime, Decimal};

/// A deal registration of a Partner Center referral.
/// A field is null when Microsoft sent none or an empty text, a list is empty then.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterRegistration {
    /// Its id.
    pub remote_id: Option<String>,
    /// What is registered; `AzureIPCoSell` is the one documented.
    #[graphql(name = "type")]
    pub kind: Option<String>,
    /// When it was registered.
    pub registered_at: Option<DateTime>,
    /// Where it stands, in Microsoft's words.
    pub status: Option<String>,
    /// A remark about the status.
    pub status_reason: Option<String>,
    /// The contract that is registered.
    pub contract: Option<PartnerCenterRegistrationContract>,
    /// The solutions that are registered.
    pub solutions: Vec<PartnerCenterRegistrationSolution>,
    /// When it came to each status.
    pub history: Option<PartnerCenterRegistrationHistory>,
}

/// The contract of a Partner Center deal registration.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterRegistrationContract {
    /// What it is worth, in major units of `currency`.
    pub value: Option<Decimal>,
    /// The currency of `value`, ISO 4217.
    pub currency: Option<String>,
    /// When it begins.
    pub starts_at: Option<DateTime>,
    /// When it ends.
    pub ends_at: Option<DateTime>,
    /// When it was signed.
    pub signed_at: Option<DateTime>,
    /// For how long it holds: `Perpetual` or `Finite`.
    pub term: Option<String>,
}

/// A solution of a Partner Center deal registration.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterRegistrationSolution {
    /// Its id, such as `SOL-34104-EBB`.
    pub remote_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// What it is worth, in major units of `currency`.
    pub value: Option<Decimal>,
    /// The currency of `value`, ISO 4217.
    pub currency: Option<String>,
    /// Whether it runs on Azure.
    pub is_deployed_on_azure: Option<bool>,
    /// Whose Azure it mainly runs on: `Customer` or `Partner`.
    pub primary_deployment_on: Option<String>,
    /// How it is paid for: `PayAsYouGo` or `Other`.
    pub pricing_model: Option<String>,
    /// Its sale through the marketplace.
    pub marketplace_transaction: Option<PartnerCenterMarketplaceTransaction>,
}

/// The sale of a registered solution through the marketplace.
/// A field is null when Microsoft sent none or an empty text.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterMarketplaceTransaction {
    /// Whether it was sold through the marketplace.
    pub is_transacted: Option<bool>,
    /// When it was.
    pub transacted_at: Option<DateTime>,
}

/// When a Partner Center deal registration came to each of its statuses; null for those it has not come to.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PartnerCenterRegistrationHistory {
    /// Waits for Microsoft's review.
    pub review_pending_at: Option<DateTime>,
    /// The partner has to do something.
    pub action_required_at: Option<DateTime>,
    /// Passed the review.
    pub passed_at: Option<DateTime>,
    /// Failed the review.
    pub failed_at: Option<DateTime>,
    /// Was approved.
    pub approved_at: Option<DateTime>,
}
