//! How often what was kept could be used: one number for each vendor, kind and use.

use std::sync::atomic::{AtomicU64, Ordering};

use super::record::Kind;
use crate::model::Vendor;

/// What came of looking for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It was kept and could be given out.
    Hit,
    /// It was kept and given out although the vendor could not be asked for it since.
    Stale,
    /// The vendor had to be asked.
    Miss,
    /// The vendor was being asked already.
    Coalesced,
    /// The vendor is asked although an answer was given out: the next one shall be newer.
    Refresh,
}

/// The numbers. They only grow.
#[derive(Debug)]
pub struct Counts(Box<[AtomicU64]>);

impl Use {
    /// Every use.
    pub const ALL: [Self; 5] = [
        Self::Hit,
        Self::Stale,
        Self::Miss,
        Self::Coalesced,
        Self::Refresh,
    ];

    /// As metrics name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Stale => "stale",
            Self::Miss => "miss",
            Self::Coalesced => "coalesced",
            Self::Refresh => "refresh",
        }
    }
}

impl Default for Counts {
    fn default() -> Self {
        let numbers = Vendor::ALL.len() * Kind::ALL.len() * Use::ALL.len();
        Self((0..numbers).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Counts {
    /// How often this came of looking for this vendor's records of this kind.
    pub fn get(&self, vendor: Vendor, kind: Kind, used: Use) -> u64 {
        self.0[place(vendor, kind, used)].load(Ordering::Relaxed)
    }

    /// How often this came of looking, over all vendors and kinds.
    pub fn sum(&self, used: Use) -> u64 {
        let each = |vendor: &Vendor| {
            Kind::ALL
                .iter()
                .map(|kind| self.get(*vendor, *kind, used))
                .sum::<u64>()
        };
        Vendor::ALL.iter().map(each).sum()
    }

    pub(super) fn add(&self, vendor: Vendor, kind: Kind, used: Use) {
        self.0[place(vendor, kind, used)].fetch_add(1, Ordering::Relaxed);
    }
}

fn place(vendor: Vendor, kind: Kind, used: Use) -> usize {
    (vendor as usize * Kind::ALL.len() + kind as usize) * Use::ALL.len() + used as usize
}
