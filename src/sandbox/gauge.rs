//! How many requests of a vendor are under way at once, and how many have been at most: what its clients' cap on
//! concurrency comes to.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// The requests of one vendor between their arrival and their answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Load {
    /// Under way now.
    pub now: usize,
    /// The most that were under way at once.
    pub most: usize,
}

/// Counts the requests of one vendor.
#[derive(Debug, Default)]
pub(super) struct Gauge(Mutex<Load>);

/// One request under way, answered or given up when this is dropped.
pub(super) struct UnderWay<'a>(&'a Gauge);

impl Gauge {
    /// A request arrives.
    pub(super) fn enter(&self) -> UnderWay<'_> {
        let mut load = self.load();
        load.now += 1;
        load.most = load.most.max(load.now);
        UnderWay(self)
    }

    /// What it shows.
    pub(super) fn read(&self) -> Load {
        *self.load()
    }

    /// Forgets the most, but for what is under way now.
    pub(super) fn clear(&self) {
        let mut load = self.load();
        load.most = load.now;
    }

    fn load(&self) -> MutexGuard<'_, Load> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.load().now -= 1;
    }
}
