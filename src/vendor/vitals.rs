//! How calls to a vendor have been going: what the schema tells of its health, latency and rate limit.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::breaker::Circuit;
use super::counts::Counts;
use super::http::Compartment;

/// How many calls the picture is made from.
const REMEMBERED: usize = 50;

/// A vendor's recent calls, and whether more are made at all.
#[derive(Default)]
pub struct Vitals {
    recent: Mutex<Recent>,
    compartments: Mutex<Vec<Arc<Compartment>>>,
    counts: OnceLock<Arc<Counts>>,
}

#[derive(Debug, Default)]
struct Recent {
    calls: VecDeque<(bool, Duration)>,
    rate_limit: Option<RateLimit>,
    clock_offset: SignedDuration,
}

/// How a vendor is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Answers.
    Healthy,
    /// Some recent calls failed, or it wants to be left alone, or one call is to show whether it has recovered.
    Degraded,
    /// The last calls all failed, or it failed so often that it is not asked.
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
    /// From here on tells of this compartment too. Who needs several to be of use is as well as the worst of them.
    pub fn watch(&self, compartment: &Arc<Compartment>) {
        locked(&self.compartments).push(Arc::clone(compartment));
    }

    /// Notes a call: whether the vendor answered as it should, and how long it took.
    pub fn record(&self, answered: bool, took: Duration) {
        let mut recent = locked(&self.recent);
        if recent.calls.len() == REMEMBERED {
            recent.calls.pop_front();
        }
        recent.calls.push_back((answered, took));
    }

    /// Notes what an answer said of the vendor's rate limit, if it said anything.
    pub fn record_rate_limit(&self, rate_limit: RateLimit) {
        if rate_limit.limit.is_some() || rate_limit.remaining.is_some() {
            locked(&self.recent).rate_limit = Some(rate_limit);
        }
    }

    /// Notes the time that an answer gives as its own.
    pub fn record_clock(&self, theirs: Timestamp, ours: Timestamp) {
        let offset = theirs.duration_since(ours);
        // A header has whole seconds, and the answer was on its way for a while: so little says nothing.
        let is_the_same = offset.abs() <= SignedDuration::from_secs(2);
        locked(&self.recent).clock_offset = if is_the_same {
            SignedDuration::ZERO
        } else {
            offset
        };
    }

    /// By how much the vendor's clock is ahead of ours, by its last answer; nothing where the two agree within seconds.
    pub fn clock_offset(&self) -> SignedDuration {
        locked(&self.recent).clock_offset
    }

    /// How the vendor is doing, judged by the last ten calls and by what it does with the next one.
    pub fn health(&self) -> Health {
        let circuit = self.circuit();
        if circuit == Circuit::Open {
            return Health::Down;
        }
        if circuit == Circuit::HalfOpen || self.paused_until().is_some() {
            return Health::Degraded;
        }
        let recent = locked(&self.recent);
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

    /// What happens to the next call.
    pub fn circuit(&self) -> Circuit {
        let compartments = locked(&self.compartments);
        let circuits = compartments.iter().map(|compartment| compartment.circuit());
        circuits.max().unwrap_or(Circuit::Closed)
    }

    /// Until when the vendor wants to be left alone.
    pub fn paused_until(&self) -> Option<Timestamp> {
        let compartments = locked(&self.compartments);
        let pauses = compartments
            .iter()
            .map(|compartment| compartment.paused_until());
        pauses.flatten().max()
    }

    /// The median time of the remembered calls that were answered.
    pub fn latency(&self) -> Option<Duration> {
        let recent = locked(&self.recent);
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
        locked(&self.recent).rate_limit
    }

    /// What became of all its calls.
    pub fn counts(&self) -> &Arc<Counts> {
        self.counts.get_or_init(Arc::default)
    }

    /// From the first call on counts where another has counted before, in whose place this one comes.
    pub fn go_on_counting(&self, counts: Arc<Counts>) {
        // Once calls were counted elsewhere they stay there.
        self.counts.set(counts).ok();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
