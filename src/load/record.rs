//! What is kept in the cache, by kind.

use std::sync::Arc;

use super::Loaded;
use crate::model::{Connection, Facilitator, FeePreview, Note, Person, Referral, Stage};
use crate::vendor::Page;

/// The kind of a cached record; with the vendor and the id it tells one from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// One referral, by its id.
    Referral,
    /// One connection, by its id.
    Connection,
    /// The facilitators of a referral.
    Facilitators,
    /// The notes of a referral.
    Notes,
    /// The fee preview of a referral.
    FeePreview,
    /// The referrals of an engagement.
    Engagement,
    /// One page of a list that the vendor sorts, by query and position.
    ReferralPage,
    /// A list of referrals read whole, by query.
    ReferralSnapshot,
    /// One page of a list of connections.
    ConnectionPage,
    /// A list of connections read whole.
    ConnectionSnapshot,
    /// People found by a search.
    People,
    /// The stages of the pipeline.
    Stages,
}

impl Kind {
    /// Every kind, in the order in which they are declared.
    pub const ALL: [Self; 12] = [
        Self::Referral,
        Self::Connection,
        Self::Facilitators,
        Self::Notes,
        Self::FeePreview,
        Self::Engagement,
        Self::ReferralPage,
        Self::ReferralSnapshot,
        Self::ConnectionPage,
        Self::ConnectionSnapshot,
        Self::People,
        Self::Stages,
    ];

    /// Whether any write to the vendor may change it.
    pub fn is_list(self) -> bool {
        match self {
            Self::Engagement
            | Self::ReferralPage
            | Self::ReferralSnapshot
            | Self::ConnectionPage
            | Self::ConnectionSnapshot
            | Self::People => true,
            Self::Referral
            | Self::Connection
            | Self::Facilitators
            | Self::Notes
            | Self::FeePreview
            | Self::Stages => false,
        }
    }

    /// As metrics name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Referral => "referral",
            Self::Connection => "connection",
            Self::Facilitators => "facilitators",
            Self::Notes => "notes",
            Self::FeePreview => "fee_preview",
            Self::Engagement => "engagement",
            Self::ReferralPage => "referral_page",
            Self::ReferralSnapshot => "referral_snapshot",
            Self::ConnectionPage => "connection_page",
            Self::ConnectionSnapshot => "connection_snapshot",
            Self::People => "people",
            Self::Stages => "stages",
        }
    }
}

/// Something that can be kept in the cache.
pub trait Record: Send + Sync + 'static {
    /// Its kind. No two types share one.
    const KIND: Kind;

    /// About how many bytes it holds in memory, itself included.
    fn weight(&self) -> usize;
}

/// What a row weighs that is kept both in its list and as a record, in each of the two: three fifths of what it weighs.
///
/// Both hold the same memory, but the store may drop either, and then the other holds it alone. Weighed in full twice,
/// half of the room would stay empty; weighed in one of them alone, what is left when that one is dropped would count for
/// nothing. So it counts for a fifth too much while both are there, and for two fifths too little when one is: memory
/// outgrows the bound by two thirds at the very most, were every row held so.
pub(super) fn weight_of_shared(row: &impl Record) -> usize {
    row.weight() * 3 / 5
}

impl Record for Referral {
    const KIND: Kind = Kind::Referral;

    fn weight(&self) -> usize {
        self.bytes()
    }
}

impl Record for Connection {
    const KIND: Kind = Kind::Connection;

    fn weight(&self) -> usize {
        self.bytes()
    }
}

impl Record for Vec<Facilitator> {
    const KIND: Kind = Kind::Facilitators;

    fn weight(&self) -> usize {
        size_of::<Self>() + self.len() * (size_of::<Facilitator>() + 200)
    }
}

impl Record for Vec<Note> {
    const KIND: Kind = Kind::Notes;

    fn weight(&self) -> usize {
        size_of::<Self>()
            + self
                .iter()
                .map(|note| size_of::<Note>() + note.content.len() + 40)
                .sum::<usize>()
    }
}

impl Record for FeePreview {
    const KIND: Kind = Kind::FeePreview;

    fn weight(&self) -> usize {
        let raw = [&self.fee_plans, &self.facilitators]
            .into_iter()
            .flatten()
            .map(|json| json.0.len());
        size_of::<Self>() + raw.sum::<usize>() + 200
    }
}

/// The referrals of one engagement.
pub struct EngagementReferrals(pub Arc<Page<Referral>>);

impl EngagementReferrals {
    /// The page that holds them all.
    pub fn page(loaded: &Loaded<Self>) -> Loaded<Page<Referral>> {
        loaded.with(loaded.value.0.clone())
    }
}

impl Record for EngagementReferrals {
    const KIND: Kind = Kind::Engagement;

    fn weight(&self) -> usize {
        self.0.rows.iter().map(|row| row.weight()).sum::<usize>() + size_of::<Self>()
    }
}

impl Record for Vec<Person> {
    const KIND: Kind = Kind::People;

    fn weight(&self) -> usize {
        size_of::<Self>() + self.len() * (size_of::<Person>() + 150)
    }
}

impl Record for Vec<Stage> {
    const KIND: Kind = Kind::Stages;

    fn weight(&self) -> usize {
        size_of::<Self>() + self.len() * (size_of::<Stage>() + 60)
    }
}
