//! A referral, "REFERRER introduces REFERRED to RECIPIENT", and what hangs on it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::texts::{Texts, is_blank};
use super::{DateTime, Decimal, GlobalId, Json, Vendor};

/// One referral of one vendor. Tens of thousands are kept in memory, so its texts and lists have no room to grow.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Referral {
    /// Whose it is.
    pub vendor: Vendor,
    /// The vendor's own id, which the record's key in the cache shares.
    pub remote_id: Arc<str>,
    /// What it is called.
    pub name: Option<Box<str>>,
    /// What it is about.
    pub description: Option<Box<str>>,
    /// In our words.
    pub status: ReferralStatus,
    /// In the vendor's words.
    pub vendor_status: Option<Box<str>>,
    /// Where it stands in the vendor's pipeline.
    pub stage: Option<Stage>,
    /// As seen from the configured account.
    pub direction: Option<Direction>,
    /// What it is worth.
    pub value: Option<Money>,
    /// Who introduces.
    pub referrer: Option<Party>,
    /// Who is introduced.
    pub referred: Box<[Party]>,
    /// To whom.
    pub recipient: Option<Party>,
    /// Who helps it along.
    pub facilitators: Facilitators,
    /// Whether this vendor keeps notes on referrals.
    pub has_notes: bool,
    /// The vendor's id of the connection it was sent along.
    pub connection_id: Option<Box<str>>,
    /// The vendor's id of the engagement it belongs to.
    pub engagement_id: Option<Box<str>>,
    /// Its moderation, where the vendor has one.
    pub moderation: Option<Box<Moderation>>,
    /// What the writes would accept now.
    pub allowed_actions: Box<[ReferralAction]>,
    /// The caller's own reference.
    pub external_reference: Option<Box<str>>,
    /// When it was created.
    pub created_at: Option<DateTime>,
    /// When it last changed.
    pub updated_at: Option<DateTime>,
    /// When it expires.
    pub expires_at: Option<DateTime>,
    /// When it was closed.
    pub closed_at: Option<DateTime>,
    /// The vendor's own version of the record; without one, the record's hash is its version.
    pub version: Option<Box<str>>,
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
    pub currency: Box<str>,
}

/// A step of a vendor's pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The vendor's id of the stage.
    pub remote_id: Option<Box<str>>,
    /// What people call it.
    pub label: Box<str>,
    /// `#RRGGBB`.
    pub color: Option<Box<str>>,
}

/// Someone who takes part.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub enum Party {
    /// A human being.
    Person(Person),
    /// A company or firm.
    Organization(Organization),
}

/// A human being, as far as the vendor tells.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub struct Person {
    texts: Texts<6>,
    organization: Option<Box<Organization>>,
}

/// A company or firm.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub struct Organization(Texts<2>);

/// What is known of a person.
#[derive(Clone, Default)]
#[cfg_attr(test, derive(Debug))]
pub struct PersonTexts<'a> {
    /// The vendor's id.
    pub remote_id: Option<&'a str>,
    /// In full; put together from its parts where there are only those.
    pub name: Option<&'a str>,
    /// Given name.
    pub first_name: Option<&'a str>,
    /// Family name.
    pub last_name: Option<&'a str>,
    /// E-mail address.
    pub email: Option<&'a str>,
    /// Telephone number as the vendor writes it.
    pub phone: Option<&'a str>,
    /// Where they work.
    pub organization: Option<Organization>,
}

/// A referral's facilitators, as its record carries them.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub enum Facilitators {
    /// This vendor has none.
    Unsupported,
    /// The record carries them all.
    Embedded(Box<[Facilitator]>),
    /// They must be read by a call of their own.
    Separate,
}

/// Someone who helps a referral along.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub struct Facilitator {
    /// The vendor of the referral.
    pub vendor: Vendor,
    /// The referral's id at the vendor.
    pub referral_id: Arc<str>,
    /// What tells it apart below its referral: the row's id, or a team member's e-mail address.
    pub key: Arc<str>,
    /// The vendor's own id of the row.
    pub remote_id: Option<Arc<str>>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FacilitatorSide {
    /// The one who looks for help.
    Seeker,
    /// The one who gives it.
    Provider,
}

/// A note on a referral.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
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
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
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
        GlobalId::Referral(self.vendor, self.remote_id.to_string())
    }

    /// Everyone who takes part: referrer, referred, recipient and the facilitators that the record carries.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        let facilitators = match &self.facilitators {
            Facilitators::Embedded(rows) => &**rows,
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
            referral: self.referral_id.to_string(),
            key: self.key.to_string(),
        }
    }
}

impl Party {
    /// How many bytes it holds beside itself.
    pub(super) fn held(&self) -> usize {
        match self {
            Self::Person(person) => {
                let organization = person.organization();
                person.texts.held()
                    + organization.map_or(0, |organization| {
                        size_of::<Organization>() + organization.0.held()
                    })
            }
            Self::Organization(organization) => organization.0.held(),
        }
    }

    /// What it is called.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Person(person) => person.name(),
            Self::Organization(organization) => organization.name().map(Cow::Borrowed),
        }
    }

    /// A person's e-mail address.
    pub fn email(&self) -> Option<&str> {
        match self {
            Self::Person(person) => person.email(),
            Self::Organization(_) => None,
        }
    }
}

impl Person {
    /// The vendor's id.
    pub fn remote_id(&self) -> Option<&str> {
        self.texts.get(0)
    }

    /// In full.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        match self.words_of_name() {
            [Some(first), Some(last)] => Some([first, " ", last].concat().into()),
            [one, other] => one.or(other).map(Cow::Borrowed),
        }
    }

    /// What the name in full is put together from, with a space between: one part or two, or none.
    pub fn words_of_name(&self) -> [Option<&str>; 2] {
        self.texts.get(1).map_or_else(
            || [self.first_name(), self.last_name()],
            |told| [Some(told), None],
        )
    }

    /// Given name.
    pub fn first_name(&self) -> Option<&str> {
        self.texts.get(2)
    }

    /// Family name.
    pub fn last_name(&self) -> Option<&str> {
        self.texts.get(3)
    }

    /// E-mail address.
    pub fn email(&self) -> Option<&str> {
        self.texts.get(4)
    }

    /// Telephone number as the vendor writes it.
    pub fn phone(&self) -> Option<&str> {
        self.texts.get(5)
    }

    /// Where they work.
    pub fn organization(&self) -> Option<&Organization> {
        self.organization.as_deref()
    }
}

impl From<PersonTexts<'_>> for Person {
    fn from(known: PersonTexts<'_>) -> Self {
        let (first_name, last_name) = (known.first_name, known.last_name);
        Self {
            texts: Texts::new([
                known.remote_id,
                known
                    .name
                    .filter(|name| !is_put_together(name, first_name, last_name)),
                first_name,
                last_name,
                known.email,
                known.phone,
            ]),
            organization: known.organization.map(Box::new),
        }
    }
}

impl From<PersonTexts<'_>> for Party {
    fn from(known: PersonTexts<'_>) -> Self {
        Self::Person(known.into())
    }
}

/// Whether the parts say all that a name in full does, so that it need not be kept.
fn is_put_together(name: &str, first: Option<&str>, last: Option<&str>) -> bool {
    let said = |text: &&str| !is_blank(text);
    match (first.filter(said), last.filter(said)) {
        (Some(first), Some(last)) => {
            let rest = name.strip_prefix(first);
            rest.and_then(|rest| rest.strip_prefix(' ')) == Some(last)
        }
        (one, other) => one.or(other) == Some(name),
    }
}

impl Organization {
    /// An organization of this id and name.
    pub fn new(remote_id: Option<&str>, name: Option<&str>) -> Self {
        Self(Texts::new([remote_id, name]))
    }

    /// The vendor's id.
    pub fn remote_id(&self) -> Option<&str> {
        self.0.get(0)
    }

    /// What it is called.
    pub fn name(&self) -> Option<&str> {
        self.0.get(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: Option<&str>, first_name: Option<&str>, last_name: Option<&str>) -> Person {
        Person::from(PersonTexts {
            name,
            first_name,
            last_name,
            ..PersonTexts::default()
        })
    }

    #[test]
    fn a_name_is_put_together_from_its_parts() {
        for (first, last, whole) in [
            (Some("Ada"), Some("Okoro"), Some("Ada Okoro")),
            (Some("Ada"), None, Some("Ada")),
            (Some(" "), Some("Okoro"), Some("Okoro")),
            (Some(""), None, None),
        ] {
            let named = person(None, first, last);
            assert_eq!(named.name().as_deref(), whole);
            assert_eq!(person(whole, first, last), named, "in full it is the same");
        }
    }

    #[test]
    fn a_name_told_in_full_is_kept_where_the_parts_do_not_say_it() {
        for told in [
            "Dr. Ada Okoro",
            "Ada  Okoro",
            "AdaOkoro",
            "Ada",
            "Ada Okoro-Lind",
        ] {
            let named = person(Some(told), Some("Ada"), Some("Okoro"));
            assert_eq!(named.name().as_deref(), Some(told));
        }
    }
}
