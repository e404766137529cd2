//! What the emulator remembers.

use super::row::Row;
use super::{PartnerCenter, seed, token};

pub(super) struct Memory {
    /// Newest first.
    pub(super) referrals: Vec<Row>,
    /// How many seeded referrals there have been.
    pub(super) made: u32,
    /// How many writes there have been; ids and versions follow from it.
    pub(super) writes: u64,
    pub(super) tokens: token::Tokens,
    pub(super) answered: u64,
}

impl Memory {
    pub(super) fn seeded() -> Self {
        Self {
            referrals: seed::referrals(seed::REFERRALS),
            made: seed::REFERRALS,
            writes: 0,
            tokens: token::Tokens::seeded(),
            answered: 0,
        }
    }

    /// The number of one more write.
    pub(super) fn next_write(&mut self) -> u64 {
        self.writes += 1;
        self.writes
    }

    /// Where the referral is, if the user may see it.
    pub(super) fn place(&self, app: &PartnerCenter, id: &str) -> Option<usize> {
        let mut rows = self.referrals.iter();
        rows.position(|row| row.id.eq_ignore_ascii_case(id) && app.shows(row))
    }

    /// Whether some referral belongs to this engagement.
    pub(super) fn has_engagement(&self, id: &str) -> bool {
        let mut rows = self.referrals.iter();
        rows.any(|row| {
            let engagement = row.json().text("engagementId");
            engagement.is_some_and(|known| known.eq_ignore_ascii_case(id))
        })
    }

    /// Adds a referral, among those of its time.
    pub(super) fn insert(&mut self, row: Row) {
        let created = row.times.created;
        let mut place = self.referrals.iter();
        let place = place.position(|other| other.times.created <= created);
        let place = place.unwrap_or(self.referrals.len());
        self.referrals.insert(place, row);
    }
}
