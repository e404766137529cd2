//! How calls to a vendor have been going: what the schema tells of its health, latency and rate limit.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// How many calls the picture is made from.
const REMEMBERED: usize = 50;

/// A vendor's recent calls.
#[derive(Debug, Default)]
pub struct Vitals(Mutex<Recent>);

#[derive(Debug, Default)]
struct Recent {
    calls: VecDeque<(bool, Duration)>,
    rate_limit: Option<RateLimit>,
}

/// How a vendor is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Answers.
    Healthy,
    /// Some recent calls failed.
    Degraded,
    /// The last calls all failed.
    Down,
    /// Not asked yet.
    Unknown,
}

/// What a vendor last said of its rate limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls allowed in its window.
    pub limit: Option<u32>,
    /// Calls left in it.
    pub remaining: Option<u32>,
    /// When it starts anew.
    pub reset_at: Option<Timestamp>,
}

impl Vitals {
    /// Notes a call: whether the vendor answered as it should, and how long it took.
    pub fn record(&self, answered: bool, took: Duration) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.calls.len() == REMEMBERED {
            recent.calls.pop_front();
        }
        recent.calls.push_back((answered, took));
    }

    /// Notes what the vendor said of its rate limit.
    pub fn record_rate_limit(&self, rate_limit: RateLimit) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .rate_limit = Some(rate_limit);
    }

    /// How the vendor is doing, judged by the last ten calls.
    pub fn health(&self) -> Health {
        let recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last: Vec<bool> = recent
            .calls
            .iter()
            .rev()
            .take(10)
            .map(|(answered, _)| *answered)
            .collect();
        let failed = last.iter().filter(|answered| !**answered).count();
        match (last.len(), failed) {
            (0, _) => Health::Unknown,
            (_, 0) => Health::Healthy,
            _ if last.iter().take(3).all(|answered| !answered) => Health::Down,
            _ => Health::Degraded,
        }
    }

    /// The median time of the remembered calls that were answered.
    pub fn latency(&self) -> Option<Duration> {
        let recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut times: Vec<Duration> = recent
            .calls
            .iter()
            .filter(|(answered, _)| *answered)
            .map(|(_, took)| *took)
            .collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied()
    }

    /// What the vendor last said of its rate limit.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .rate_limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_follows_the_last_calls() {
        let vitals = Vitals::default();
        assert_eq!(vitals.health(), Health::Unknown);
        vitals.record(true, Duration::from_millis(8));
        assert_eq!(vitals.health(), Health::Healthy);
        vitals.record(false, Duration::from_secs(5));
        assert_eq!(vitals.health(), Health::Degraded);
        vitals.record(false, Duration::from_secs(5));
        vitals.record(false, Duration::from_secs(5));
        assert_eq!(vitals.health(), Health::Down);
        assert_eq!(vitals.latency(), Some(Duration::from_millis(8)));
    }
}
