//! The GraphQL types that only Plannr has.

use async_graphql::{Enum, SimpleObject};

use crate::model::{Date, DateTime, Json};

/// What Plannr tells of a referral beyond the common fields.
#[derive(Clone, Debug, PartialEq, SimpleObject)]
pub struct PlannrReferral {
    /// What the clients want advice on. Null when Plannr does not say.
    pub advice_type: Option<AdviceType>,
    /// For how many months the recipient may see the shared data: 1, 2, 3 or 6. Null means for life.
    pub duration_months: Option<i32>,
    /// Which of the clients' data is shared with the recipient.
    pub shared_data: Vec<SharedDataCategory>,
    /// The day by which the recipient should have answered. Null when none was set.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AdviceType {
    /// Investments.
    Investments,
    /// Protection: life, illness and income insurance.
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
    /// Plannr said something that this gateway does not know. The text is in `raw`. Not accepted in inputs.
    Unrecognized,
}

/// A part of a client's data that is shared with the recipient of a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SharedDataCategory {
    /// Name, date of birth and the like.
    BasicDetails,
    /// Addresses, e-mail addresses and telephone numbers.
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
    /// Protection: life, illness and income insurance.
    Protection,
    /// Cash accounts.
    CashAccounts,
    /// What the client wants to achieve.
    Goals,
    /// The firm's notes on the client.
    Notes,
    /// Plannr said something that this gateway does not know. The text is in `raw`. Not accepted in inputs.
    Unrecognized,
}

/// A client, as Plannr names one inside a referral.
#[derive(Clone, Debug, PartialEq, SimpleObject)]
pub struct PlannrClient {
    /// Plannr's own id of the client's account. The original and its copy have different ones.
    pub remote_id: Option<String>,
    /// The client's name in full.
    pub name: Option<String>,
}

/// A firm that uses Plannr.
#[derive(Clone, Debug, PartialEq, SimpleObject)]
pub struct PlannrFirm {
    /// Plannr's own id of the firm.
    pub remote_id: Option<String>,
    /// What it is called.
    pub name: Option<String>,
}

/// An account of Plannr: someone within a firm.
#[derive(Clone, Debug, PartialEq, SimpleObject)]
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
    /// Where a picture lies. Plannr gives one made of the initials to those who have set none.
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
    /// Plannr said something that this gateway does not know. The text is in `raw`.
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
    /// An employee.
    Member,
    /// An employee who owns the firm's account.
    Owner,
    /// An employee who administers it.
    Admin,
    /// Someone from outside who introduces clients.
    Introducer,
    /// Plannr said something that this gateway does not know. The text is in `raw`.
    Unrecognized,
}
