//! For how long the answer to a request may be used again: as long as the oldest thing in it counts as fresh.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::{Loaded, Report, ReportStatus};

/// What one request has read, by age.
#[derive(Debug, Default)]
pub struct Freshness(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    oldest: Option<Timestamp>,
    /// Something in it must be asked for anew each time.
    is_volatile: bool,
}

impl Freshness {
    /// Notes a record; that there is none says too little to be used again.
    pub fn note<T>(&self, found: Option<&Loaded<T>>) {
        match found {
            Some(loaded) if !loaded.is_stale() => self.note_time(loaded.fetched_at),
            _ => self.note_volatile(),
        }
    }

    /// Notes a vendor's part of a list.
    pub fn note_report(&self, report: &Report) {
        match (&report.status, report.fetched_at) {
            (ReportStatus::Ok, Some(at)) => self.note_time(at),
            (ReportStatus::NotConfigured | ReportStatus::Unsupported, _) => {}
            _ => self.note_volatile(),
        }
    }

    /// Notes something that must be asked for anew each time.
    pub fn note_volatile(&self) {
        self.state(|state| state.is_volatile = true);
    }

    /// For how long all of it counts as fresh; `None` when nothing was read, or something that does not last.
    pub fn left(&self, now: Timestamp, fresh: Duration) -> Option<Duration> {
        let (oldest, is_volatile) = self.state(|state| (state.oldest, state.is_volatile));
        let age = Duration::try_from(now.duration_since(oldest?)).unwrap_or_default();
        fresh
            .checked_sub(age)
            .filter(|left| !is_volatile && !left.is_zero())
    }

    fn note_time(&self, at: Timestamp) {
        self.state(|state| state.oldest = Some(state.oldest.map_or(at, |oldest| oldest.min(at))));
    }

    fn state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
