//! A referral, "REFERRER introduces REFERRED to RECIPIENT", and what hangs on it.

use super::{DateTime, Decimal, GlobalId, Json, Vendor};

/// One referral of one vendor.
#[derive(Clone, Debug, PartialEq)]
pub struct Referral {
    /// Whose it is.
    pub vendor: Vendor,
    /// The vendor's own id.
    pub remote_id: String,
    /// What it is called.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// In our words.
    pub status: ReferralStatus,
    /// In the vendor's words.
    pub vendor_status: Option<String>,
    /// Where it stands in the vendor's pipeline.
    pub stage: Option<Stage>,
    /// As seen from the configured account.
    pub direction: Option<Direction>,
    /// What it is worth.
    pub value: Option<Money>,
    /// Who introduces.
    pub referrer: Option<Party>,
    /// Who is introduced.
    pub referred: Vec<Party>,
    /// To whom.
    pub recipient: Option<Party>,
    /// Who helps it along.
    pub facilitators: Facilitators,
    /// Whether this vendor keeps notes on referrals.
    pub has_notes: bool,
    /// The vendor's id of the connection it was sent along.
    pub connection_id: Option<String>,
    /// The vendor's id of the engagement it belongs to.
    pub engagement_id: Option<String>,
    /// Its moderation, where the vendor has one.
    pub moderation: Option<Moderation>,
    /// What the writes would accept now.
    pub allowed_actions: Vec<ReferralAction>,
    /// The caller's own reference.
    pub external_reference: Option<String>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it last changed.
    pub updated_at: Option<DateTime>,
    /// When it expires.
    pub expires_at: Option<DateTime>,
    /// When it was closed.
    pub closed_at: Option<DateTime>,
    /// The vendor's own version of the record; without one, the record's hash is its version.
    pub version: Option<String>,
    /// The record as the vendor sent it. What only this vendor has is read from it when it is asked for.
    pub raw: Json,
    /// False for a list row that lacks what a single read would carry (its parties).
    pub complete: bool,
}

/// Where a referral stands, in our words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferralStatus {
    /// Waits for an answer.
    Pending,
    /// Accepted and being worked on.
    Active,
    /// Ended with success.
    Won,
    /// Ended without success.
    Lost,
    /// Refused.
    Declined,
    /// Ran out of time.
    Expired,
    /// The vendor said something that we do not know.
    Unrecognized,
}

/// Which way a referral or connection went, as seen from the configured account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From us.
    Sent,
    /// To us.
    Received,
}

/// A write that a referral would accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferralAction {
    /// Moderate: approve.
    Approve,
    /// Moderate: deny.
    Deny,
    /// Change its fields.
    Update,
    /// Add a facilitator.
    AddFacilitator,
    /// Remove a facilitator.
    RemoveFacilitator,
    /// Add a note.
    AddNote,
    /// Turn it into a deal.
    Convert,
    /// Share it with a second party.
    Share,
}

/// An amount in a currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// Exact, in major units.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: String,
}

/// A step of a vendor's pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The vendor's id of the stage.
    pub remote_id: Option<String>,
    /// What people call it.
    pub label: String,
    /// `#RRGGBB`.
    pub color: Option<String>,
}

/// Someone who takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    /// A human being.
    Person(Person),
    /// A company or firm.
    Organization(Organization),
}

/// A human being, as far as the vendor tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The vendor's id.
    pub remote_id: Option<String>,
    /// In full.
    pub name: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number as the vendor writes it.
    pub phone: Option<String>,
    /// Where they work.
    pub organization: Option<Organization>,
}

/// A company or firm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organization {
    /// The vendor's id.
    pub remote_id: Option<String>,
    /// What it is called.
    pub name: Option<String>,
}

/// A referral's facilitators, as its record carries them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Facilitators {
    /// This vendor has none.
    Unsupported,
    /// The record carries them all.
    Embedded(Vec<Facilitator>),
    /// They must be read by a call of their own.
    Separate,
}

/// Someone who helps a referral along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facilitator {
    /// The vendor of the referral.
    pub vendor: Vendor,
    /// The referral's id at the vendor.
    pub referral_id: String,
    /// What tells it apart below its referral: the row's id, or a team member's e-mail address.
    pub key: String,
    /// The vendor's own id of the row.
    pub remote_id: Option<String>,
    /// What they do.
    pub role: FacilitatorRole,
    /// Whose side they are on.
    pub side: Option<FacilitatorSide>,
    /// Who it is.
    pub party: Party,
    /// When they were added.
    pub created_at: Option<DateTime>,
}

/// What a facilitator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FacilitatorRole {
    /// Made the introduction.
    Connector,
    /// Helps the deal along.
    Facilitator,
    /// Is where the referral came from.
    ReferralSource,
    /// Works on it.
    TeamMember,
    /// A role that we do not know.
    Unrecognized,
}

/// Whose side a facilitator is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FacilitatorSide {
    /// The one who looks for help.
    Seeker,
    /// The one who gives it.
    Provider,
}

/// A note on a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The vendor's id.
    pub remote_id: String,
    /// The text.
    pub content: String,
    /// When it was written.
    pub created_at: Option<DateTime>,
    /// When it last changed.
    pub updated_at: Option<DateTime>,
}

/// Where a referral's moderation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moderation {
    /// Whether it was decided.
    pub status: ModerationProgress,
    /// The referrer's side.
    pub referrer: ModerationStatus,
    /// The referred side.
    pub referred: ModerationStatus,
    /// When it was last decided.
    pub moderated_at: Option<DateTime>,
}

/// Whether moderation has taken place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModerationProgress {
    /// Not yet.
    Pending,
    /// Decided.
    Actioned,
    /// The vendor said something that we do not know.
    Unrecognized,
}

/// What moderation said of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModerationStatus {
    /// Nothing yet.
    Pending,
    /// Approved.
    Approved,
    /// Denied.
    Denied,
    /// The vendor said something that we do not know.
    Unrecognized,
}

/// What turning a referral into a deal would cost.
#[derive(Clone, Debug, PartialEq)]
pub struct FeePreview {
    /// Whether it has been converted already; then the rest is empty.
    pub is_converted: bool,
    /// The vendor's remark.
    pub message: Option<String>,
    /// The organization that owns the deal.
    pub organization_id: Option<String>,
    /// The deal's value; the vendor names no currency here.
    pub deal_value: Option<Decimal>,
    /// The value expected.
    pub expected_value: Option<Decimal>,
    /// How many fee chains there would be.
    pub estimated_chain_count: Option<i64>,
    /// How many facilitators would take part.
    pub facilitator_count: Option<i64>,
    /// The user who made the connection.
    pub connector_user_id: Option<String>,
    /// The fee plans as the vendor writes them: their shape is not documented.
    pub fee_plans: Option<Json>,
    /// The facilitators as the vendor writes them: their shape is not documented.
    pub facilitators: Option<Json>,
}

impl Referral {
    /// Its id in the schema.
    pub fn global_id(&self) -> GlobalId {
        GlobalId::Referral(self.vendor, self.remote_id.clone())
    }

    /// Everyone who takes part: referrer, referred, recipient and the facilitators that the record carries.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        let facilitators = match &self.facilitators {
            Facilitators::Embedded(rows) => rows.as_slice(),
            Facilitators::Unsupported | Facilitators::Separate => &[],
        };
        self.referrer
            .iter()
            .chain(&self.referred)
            .chain(&self.recipient)
            .chain(facilitators.iter().map(|row| &row.party))
    }
}

impl Facilitator {
    /// Its id in the schema.
    pub fn global_id(&self) -> GlobalId {
        GlobalId::Facilitator {
            vendor: self.vendor,
            referral: self.referral_id.clone(),
            key: self.key.clone(),
        }
    }
}

impl Party {
    /// What it is called.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Person(person) => person.name.as_deref(),
            Self::Organization(organization) => organization.name.as_deref(),
        }
    }

    /// A person's e-mail address.
    pub fn email(&self) -> Option<&str> {
        match self {
            Self::Person(person) => person.email.as_deref(),
            Self::Organization(_) => None,
        }
    }
}

impl Person {
    /// A person whose full name is given, or put together from its parts.
    pub fn with_full_name(mut self) -> Self {
        if self.name.is_none() {
            let parts = [self.first_name.as_deref(), self.last_name.as_deref()];
            let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
            self.name = Some(name).filter(|name| !name.is_empty());
        }
        self
    }
}
