//! Reading through the cache: loaders made per request, one per vendor and kind, and the merged list.
//!
//! A record is looked for in the cache, then among the calls under way, then at the vendor: many missing ones in one
//! call where the vendor has such a call. The call belongs to no request, so that it survives the one that began it.
//! What is no longer fresh is given out while it is read anew, and for longer if the vendor cannot be asked.

pub mod cache;
pub mod counts;
pub mod cursor;
pub mod flight;
pub mod freshness;
pub mod from;
pub mod key;
pub mod list;
pub mod listed;
pub mod loaders;
pub mod record;
pub mod source;
pub mod whole;

#[cfg(test)]
mod cache_tests;
#[cfg(test)]
mod tests;

pub use cache::{Began, Bounded, Cache, Lifetimes, Reading};
pub use counts::{Counts, Use};
pub use flight::Flights;
pub use freshness::Freshness;
pub use key::{Key, Scope};
pub use list::{List, ListRequest, Report, ReportStatus};
pub use listed::{Listed, Rank};
pub use loaders::Loaders;
pub use record::{Kind, Record};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::model::{Vendor, Workspace};
use crate::vendor::{Adapter, Error};

/// The vendors of one workspace, and what is known of their records.
pub struct Registry {
    /// Whose.
    pub workspace: Workspace,
    /// The configured vendors.
    pub adapters: BTreeMap<Vendor, Arc<dyn Adapter>>,
    /// Which of its configurations, one after the other, each vendor has; the first where none is said. What was read with
    /// one is not taken for what another would read.
    pub generations: BTreeMap<Vendor, u64>,
    /// Shared by all workspaces; its keys tell them apart.
    pub cache: Arc<Cache>,
    /// The calls under way for what the cache lacks.
    pub flights: Flights,
    /// Tells the time.
    pub clock: Clock,
    /// How long a call that has outlived its request may go on.
    pub call_budget: Duration,
    /// How many rows of one vendor are read for one list.
    pub max_scan: usize,
}

/// A record as it was read.
#[derive(Debug)]
pub struct Loaded<T> {
    /// The record.
    pub value: Arc<T>,
    /// When it was read from the vendor: when that reading began.
    pub fetched_at: Timestamp,
    /// That the vendor could not be asked for it since.
    pub failure: Option<Arc<Failure>>,
}

/// That something kept could not be read anew.
#[derive(Debug)]
pub struct Failure {
    /// When that was tried last, by the clock that never goes back.
    pub at: Duration,
    /// What came of it.
    pub error: Error,
}

/// What came of loading one record; `None` when there is no such one.
pub type Outcome<T> = Result<Option<Loaded<T>>, Error>;

impl Registry {
    /// The adapter of a vendor, if it is configured.
    pub fn adapter(&self, vendor: Vendor) -> Option<&Arc<dyn Adapter>> {
        self.adapters.get(&vendor)
    }

    /// What the keys of this adapter's records have in common.
    pub fn scope(&self, adapter: &dyn Adapter) -> Scope {
        let vendor = adapter.vendor();
        let generation = self.generation(vendor);
        Scope::of_generation(
            self.workspace.clone(),
            vendor,
            adapter.account(),
            generation,
        )
    }

    /// Which of its configurations a vendor has.
    pub fn generation(&self, vendor: Vendor) -> u64 {
        self.generations.get(&vendor).copied().unwrap_or_default()
    }
}

impl<T> Loaded<T> {
    /// Whether it is given out only because the vendor could not be asked since.
    pub fn is_stale(&self) -> bool {
        self.failure.is_some()
    }

    /// Something that came with this.
    pub fn with<U>(&self, value: Arc<U>) -> Loaded<U> {
        Loaded {
            value,
            fetched_at: self.fetched_at,
            failure: self.failure.clone(),
        }
    }
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            fetched_at: self.fetched_at,
            failure: self.failure.clone(),
        }
    }
}
