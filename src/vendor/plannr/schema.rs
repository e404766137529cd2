//! The GraphQL types that only Plannr has.

use async_graphql::{Enum, ID, InputObject, SimpleObject};
use serde::{Deserialize, Serialize};

use crate::model::{Date, DateTime, Json};

/// What Plannr tells of a referral beyond the common fields.
/// A field is null when Plannr sent none, a list is empty then.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PlannrReferral {
    /// What the clients want advice on. Null when Plannr does not say.
    pub advice_type: Option<AdviceType>,
    /// How many months the referral lasts: 1, 2, 3 or 6. Null means for life.
    pub duration_months: Option<i32>,
    /// Which of the clients' data is shared with the recipient; empty when Plannr names none.
    pub shared_data: Vec<SharedDataCategory>,
    /// The day of the deadline that the sender set (SLA). Null when none was set.
    pub sla_deadline: Option<Date>,
    /// The clients who are referred, as the sender's firm keeps them.
    pub clients: Vec<PlannrClient>,
    /// Their copies in the recipient's firm. Plannr makes them at the latest when the referral is accepted; until then
    /// this may be empty.
    pub cloned_clients: Vec<PlannrClient>,
    /// The firm that sent the referral.
    pub sender_firm: Option<PlannrFirm>,
    /// The firm that it was sent to.
    pub recipient_firm: Option<PlannrFirm>,
    /// The adviser who sent the referral; `referrer` is made from it. Null when Plannr names none.
    pub sender_account: Option<PlannrAccount>,
    /// The adviser whom it was sent to; `recipient` is made from it. Null when Plannr names none.
    pub recipient_account: Option<PlannrAccount>,
    /// Why the recipient turned it down. Null unless the referral was rejected.
    pub rejection_reason: Option<String>,
}

/// The kind of advice that clients are referred for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdviceType {
    /// Investments.
    Investments,
    /// Protection.
    Protection,
    /// Mortgages.
    Mortgages,
    /// Estate planning.
    EstatePlanning,
    /// Anything else.
    Other,
    /// Pensions.
    Pensions,
    /// Tax.
    Tax,
    /// A value that Plannr does not document; its own word is in the `raw` of the record. Not accepted in inputs.
    Unrecognized,
}

/// A part of a client's data that is shared with the recipient of a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedDataCategory {
    /// The client's basic details.
    BasicDetails,
    /// The client's contact details.
    ContactDetails,
    /// What the client earns.
    Income,
    /// What the client spends.
    Expenditure,
    /// Who depends on the client.
    Dependants,
    /// Investments and plans.
    InvestmentsAndPlans,
    /// Pensions.
    Pensions,
    /// What the client owes.
    Liabilities,
    /// Protection.
    Protection,
    /// Cash accounts.
    CashAccounts,
    /// What the client wants to achieve.
    Goals,
    /// The firm's notes on the client.
    Notes,
    /// A value that Plannr does not document; its own word is in the `raw` of the record. Not accepted in inputs.
    Unrecognized,
}

/// A client, as Plannr names one inside a referral.
/// A field is null when Plannr sent none.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PlannrClient {
    /// Plannr's own id of the client's account. The original and its copy have different ones.
    pub remote_id: Option<String>,
    /// The client's name in full.
    pub name: Option<String>,
}

/// A firm that uses Plannr.
/// A field is null when Plannr sent none.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PlannrFirm {
    /// Plannr's own id of the firm.
    pub remote_id: Option<String>,
    /// What it is called.
    pub name: Option<String>,
}

/// An account of Plannr: someone within a firm.
/// A field is null when Plannr sent none.
#[derive(Clone, PartialEq, SimpleObject)]
#[cfg_attr(test, derive(Debug))]
pub struct PlannrAccount {
    /// Plannr's own id of the account.
    pub remote_id: Option<String>,
    /// What the account is to its firm. Null when Plannr does not say.
    #[graphql(name = "type")]
    pub kind: Option<PlannrAccountType>,
    /// What the account is within its type. Null when Plannr does not say.
    pub role: Option<PlannrAccountRole>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Name in full.
    pub name: Option<String>,
    /// E-mail address. Plannr calls the field deprecated, so it may be null for accounts that have an address.
    pub email: Option<String>,
    /// The address of a picture.
    pub photo_url: Option<String>,
    /// When the account was created.
    pub created_at: Option<DateTime>,
    /// When the account last changed.
    pub updated_at: Option<DateTime>,
    /// The account's ids in other systems, as Plannr writes them: a list whose items it does not document. Null when
    /// Plannr left it out.
    pub external_references: Option<Json>,
}

/// What an account is to its firm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PlannrAccountType {
    /// A client.
    Client,
    /// Someone who works there.
    Employee,
    /// Someone from outside.
    External,
    /// A value that Plannr does not document; its own word is in the `raw` of the record.
    Unrecognized,
}

/// What an account is within its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PlannrAccountRole {
    /// A client who is one person.
    Individual,
    /// Clients who share an account.
    Joint,
    /// A client that is a trust.
    Trust,
    /// A client that is a business.
    Business,
    /// An employee with the role of member.
    Member,
    /// An employee with the role of owner.
    Owner,
    /// An employee with the role of administrator.
    Admin,
    /// Someone from outside who introduces clients.
    Introducer,
    /// A value that Plannr does not document; its own word is in the `raw` of the record.
    Unrecognized,
}

/// A new referral of clients to the adviser at the other end of a connection. Plannr has no way to take one back.
#[derive(Clone, PartialEq, InputObject, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPlannrReferral {
    /// The connection to send it along, which must be accepted: its global id, or its `remoteId`.
    pub connection_id: ID,
    /// The clients: the `remoteId`s of client accounts of the own firm, at least one and each once.
    pub client_ids: Vec<ID>,
    /// What the clients want advice on.
    pub advice_type: AdviceType,
    /// How many months it lasts: 1, 2, 3 or 6. For life when it is left out.
    pub duration_months: Option<i32>,
    /// Which of the clients' data the recipient gets.
    pub shared_data: Option<Vec<SharedDataCategory>>,
    /// By when the recipient is to act (SLA).
    pub sla_deadline: Option<Date>,
    /// A note to the recipient, at most 10,000 characters (the gateway's own bound; Plannr documents none).
    pub note: Option<String>,
}
