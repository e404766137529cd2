//! What is asked of a vendor to change, and what came of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Date, Decimal, FacilitatorRole, FacilitatorSide};

/// One change at one vendor, as it was asked for. It has no `Debug`: it is full of what no log may show.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "write", rename_all = "snake_case", deny_unknown_fields)]
pub enum Write {
    /// Make a referral.
    Create {
        /// The vendor's own input type, as its adapter reads and writes it.
        input: Value,
    },
    /// Change fields of a referral.
    Update {
        /// The vendor's id of it.
        referral: String,
        /// Only if this is still its version.
        expected_version: Option<String>,
        /// The vendor's own patch type, as its adapter reads and writes it.
        patch: Value,
    },
    /// Approve or deny referrals.
    Moderate {
        /// At least one, and no more than the vendor takes at once.
        decisions: Vec<Decision>,
    },
    /// Give a referral another facilitator.
    AddFacilitator {
        /// The vendor's id of the referral.
        referral: String,
        /// Who, and as what.
        facilitator: NewFacilitator,
    },
    /// Take a facilitator from a referral.
    RemoveFacilitator {
        /// The vendor's id of the referral.
        referral: String,
        /// What tells the facilitator apart below it.
        key: String,
    },
    /// Ask another firm for a connection.
    RequestConnection {
        /// The code of the adviser there.
        adviser_key: String,
    },
    /// Make the connected referral for a second party in the same engagement.
    Share {
        /// The vendor's id of the first; none while it is still to be made by the step before.
        referral: Option<String>,
        /// The vendor's own input type.
        target: Value,
    },
    /// Turn a referral into a finance deal.
    Convert {
        /// The vendor's id of the referral.
        referral: String,
        /// What the deal is to be.
        conversion: Conversion,
    },
    /// Add a note to a referral.
    AddNote {
        /// The vendor's id of the referral.
        referral: String,
        /// What it says.
        content: String,
    },
}

/// Approve or deny one referral.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The vendor's id of it.
    pub referral: String,
    /// Which of the two.
    pub verdict: Verdict,
    /// Whose part of it.
    pub side: ModerationSide,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a moderator decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Go on.
    Approve,
    /// Do not.
    Deny,
}

/// Whose part of a referral a decision is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ModerationSide {
    /// Both.
    Both,
    /// Who introduces.
    Referrer,
    /// Who is introduced.
    Referred,
}

/// A facilitator to be added.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct NewFacilitator {
    /// Who.
    pub party: FacilitatorParty,
    /// As what.
    pub role: FacilitatorRole,
    /// On whose side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<FacilitatorSide>,
}

/// Who is to be a facilitator.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FacilitatorParty {
    /// A user whom the vendor knows by this id.
    User(String),
    /// A company that the vendor knows by this id.
    Company(String),
    /// Someone whom the vendor need not know yet.
    TeamMember(TeamMember),
}

/// Someone who works on a referral with us.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TeamMember {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// E-mail address, by which team members are told apart.
    pub email: String,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// What they are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// What the deal is to be that a referral is turned into. What is left out is up to the vendor.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conversion {
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deal_name: Option<String>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deal_description: Option<String>,
    /// Whether fees are worked out at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_fee_calculation: Option<bool>,
    /// How its amount is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_structure: Option<AmountStructure>,
    /// The first day of its period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_start: Option<Date>,
    /// The last day of its period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_end: Option<Date>,
}

/// How a deal's amount is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AmountStructure {
    /// At once.
    OneTime,
    /// Every month.
    Monthly,
    /// Every year.
    Annual,
    /// In another way.
    Custom,
}

/// The deal that a referral was turned into.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(Debug))]
pub struct FinanceDeal {
    /// The vendor's id of it.
    pub remote_id: String,
    /// What it is called.
    pub name: Option<String>,
    /// What it is worth.
    pub amount: Option<Decimal>,
}

/// Something that keeps a write from being made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(Debug))]
pub struct Problem {
    /// Of which kind.
    pub code: ProblemCode,
    /// A sentence for people.
    pub message: String,
    /// Where in the input: names of fields as the schema spells them, and places in lists. Empty for the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
}

/// What kind of thing keeps a write from being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProblemCode {
    /// A value is not what it must be.
    Invalid,
    /// What it is about is not there.
    NotFound,
    /// Something else is there already, or is under way.
    Conflict,
    /// The vendor does not let these credentials do it.
    Forbidden,
    /// The vendor has no such thing.
    Unsupported,
    /// Not from where it stands now.
    IllegalTransition,
    /// It has changed since.
    VersionMismatch,
    /// The key was used for another write.
    IdempotencyMismatch,
    /// The vendor was asked too often.
    RateLimited,
    /// The vendor could not be reached; nothing was changed.
    Unavailable,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WriteOutcome {
    /// It took effect.
    Applied,
    /// What it asks for was so before.
    AlreadyApplied,
    /// It did not and will not take effect.
    Rejected,
    /// Nobody knows yet.
    Unknown,
}

impl Problem {
    /// A problem of the whole write.
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            path: Vec::new(),
        }
    }

    /// A value that is not what it must be; the path's parts are separated by points, as in `customerProfile.name`.
    pub fn invalid(path: &str, message: impl Into<String>) -> Self {
        Self::new(ProblemCode::Invalid, message).at(path)
    }

    /// The same problem, of the field at this path.
    pub fn at(mut self, path: &str) -> Self {
        self.path = path.split('.').map(str::to_owned).collect();
        self
    }

    /// The same problem, of something within this.
    pub fn within<'a>(mut self, outer: impl IntoIterator<Item = &'a str>) -> Self {
        let mut path: Vec<String> = outer.into_iter().map(str::to_owned).collect();
        path.append(&mut self.path);
        self.path = path;
        self
    }
}

impl WriteOutcome {
    /// As the schema spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "APPLIED",
            Self::AlreadyApplied => "ALREADY_APPLIED",
            Self::Rejected => "REJECTED",
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl Write {
    /// The vendor's ids of the referrals that it is about.
    pub fn referrals(&self) -> Vec<&str> {
        match self {
            Self::Create { .. } | Self::RequestConnection { .. } => vec![],
            Self::Update { referral, .. }
            | Self::AddFacilitator { referral, .. }
            | Self::RemoveFacilitator { referral, .. }
            | Self::Convert { referral, .. }
            | Self::AddNote { referral, .. } => vec![referral],
            Self::Share { referral, .. } => referral.as_deref().into_iter().collect(),
            Self::Moderate { decisions } => decisions.iter().map(|it| &*it.referral).collect(),
        }
    }

    /// What kind of write it is, for logs and metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create_referral",
            Self::Update { .. } => "update_referral",
            Self::Moderate { .. } => "moderate_referrals",
            Self::AddFacilitator { .. } => "add_facilitator",
            Self::RemoveFacilitator { .. } => "remove_facilitator",
            Self::RequestConnection { .. } => "request_connection",
            Self::Share { .. } => "share_referral",
            Self::Convert { .. } => "convert_referral",
            Self::AddNote { .. } => "add_note",
        }
    }
}
