//! Worlds other than the seeded one: larger, smaller, growing, shrinking, or with the times of their rows shaken up.
//! Nothing here is random: the same calls lead to the same world.

use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::world;

/// Where in a vendor's referrals, by their age, some are added or taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Before all others: where a list begins with the newest, every other row moves on.
    #[default]
    Newest,
    /// Amid them.
    Middle,
    /// Behind all others.
    Oldest,
}

/// Numbers that look random and follow from a seed (Steele, Lea and Flood's `splitmix64`).
#[derive(Clone, Debug)]
pub struct Dice(u64);

/// When a row was created and last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// The creation.
    pub created: Timestamp,
    /// The last change.
    pub updated: Timestamp,
}

impl Place {
    /// Where added rows begin, among so many that stand newest first.
    pub fn index(self, rows: usize) -> usize {
        match self {
            Self::Newest => 0,
            Self::Middle => rows / 2,
            Self::Oldest => rows,
        }
    }

    /// Which rows are taken away, among so many that stand newest first.
    pub fn range(self, count: usize, rows: usize) -> Range<usize> {
        let count = count.min(rows);
        let start = match self {
            Self::Newest => 0,
            Self::Middle => (rows - count) / 2,
            Self::Oldest => rows - count,
        };
        start..start + count
    }

    /// When rows that are added here were created, newest first, given when those that are there were, newest first:
    /// the newest ones now, but after all others in any case; those amid the others together with one of them.
    pub fn times(self, count: usize, there: &[Timestamp], now: Timestamp) -> Vec<Timestamp> {
        let now = Timestamp::from_second(now.as_second())
            .expect("the seconds of a timestamp are within its range");
        let seconds = |count: usize| Duration::from_secs(count as u64);
        let (Some(newest), Some(oldest)) = (there.first(), there.last()) else {
            return vec![now; count];
        };
        let times = (0..count).map(|index| match self {
            Self::Newest => now.max(*newest + seconds(1)) + seconds(count - 1 - index),
            Self::Middle => there[there.len() / 2],
            Self::Oldest => *oldest - seconds(index + 1),
        });
        times.collect()
    }
}

impl Dice {
    /// Other numbers for every seed and purpose.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let purpose = world::id("dice", purpose).as_u64_pair().0;
        Self(seed ^ purpose)
    }

    /// A number below this one, which is not zero.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let bound = bound as u64;
        usize::try_from(mixed % bound).expect("a number below a usize is one")
    }

    /// Times for so many rows, newest first: of a few instants, the same for all vendors, so that many rows share one.
    pub fn times(&mut self, rows: usize) -> Vec<Times> {
        let instants = 1 + self.below(rows.max(1) * 2);
        let mut any = || {
            let index = u32::try_from(self.below(instants)).expect("worlds are smaller");
            world::created_at(0, index)
        };
        let mut times: Vec<_> = (0..rows)
            .map(|_| {
                let (one, other) = (any(), any());
                Times {
                    created: one.min(other),
                    updated: one.max(other),
                }
            })
            .collect();
        times.sort_by_key(|times| std::cmp::Reverse(times.created));
        times
    }
}
