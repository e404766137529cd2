//! How much each caller may ask for in a time, by cost: the generic cell rate algorithm, which refills evenly and keeps one
//! number for each caller.
//!
//! Its own, and not the crate `governor`: that one keeps any number of keys, which whoever makes up callers could fill the
//! memory with, never lets a request pass that costs more than a whole burst, and does not say what is left.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::model::Workspace;

/// How many callers are told apart. Those beyond share one allowance.
const MAX_CALLERS: usize = 10_000;

/// How often at most it is looked which callers need not be remembered any more.
const SWEEP: Duration = Duration::from_secs(1);

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// Whose data.
    pub workspace: Workspace,
    /// Which caller of the workspace; `None` where callers are not told apart.
    pub name: Option<Arc<str>>,
}

/// What each caller may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How much cost comes back in a second; at least 1.
    pub per_second: u32,
    /// How much may be asked for at once after a quiet time; at least 1.
    pub burst: u32,
}

/// That a caller must wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

/// The callers and what they have used up. A clone counts in the same place.
#[derive(Clone)]
pub struct RateLimiter {
    rate: Option<Rate>,
    clock: Clock,
    callers: Arc<Mutex<Callers>>,
}

#[derive(Default)]
struct Callers {
    /// When each will have everything back, in nanoseconds by the clock that never goes back.
    whole_again: HashMap<Caller, u128>,
    /// The same for all who are not remembered by themselves.
    others: u128,
    swept: Duration,
}

impl RateLimiter {
    /// Everyone has everything yet. Without a rate nobody is limited.
    pub fn new(rate: Option<Rate>, clock: Clock) -> Self {
        Self {
            rate,
            clock,
            callers: Arc::default(),
        }
    }

    /// With another rate. What callers have used up they have still used up.
    pub fn with_rate(&self, rate: Option<Rate>) -> Self {
        Self {
            rate,
            clock: self.clock.clone(),
            callers: self.callers.clone(),
        }
    }

    /// Whether anyone is limited at all.
    pub fn is_on(&self) -> bool {
        self.rate.is_some()
    }

    /// Takes this cost from what the caller has, and tells what is left; `None` without a limit. A request that costs more
    /// than a whole burst passes when nothing of it is used up, and the rest is owed.
    pub fn take(&self, caller: &Caller, cost: u64) -> Result<Option<u64>, Wait> {
        let Some(rate) = self.rate else {
            return Ok(None);
        };
        let elapsed = self.clock.elapsed();
        let now = elapsed.as_nanos();
        let burst = rate.time(rate.burst.into());
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let place = callers.place(caller, elapsed);
        let used = place.saturating_sub(now);
        let needed = rate.time(cost).min(burst);
        if let Some(too_much) = (used + needed).checked_sub(burst).filter(|it| *it > 0) {
            let nanos = u64::try_from(too_much).unwrap_or(u64::MAX);
            return Err(Wait(Duration::from_nanos(nanos)));
        }
        let used = used + rate.time(cost);
        *place = now + used;
        let left = burst.saturating_sub(used) * u128::from(rate.per_second) / 1_000_000_000;
        Ok(Some(u64::try_from(left).unwrap_or(u64::MAX)))
    }
}

impl Rate {
    /// In what time this cost comes back, in nanoseconds, rounded up.
    fn time(self, cost: u64) -> u128 {
        (u128::from(cost) * 1_000_000_000).div_ceil(self.per_second.max(1).into())
    }
}

impl Wait {
    /// In whole seconds, after which the same request passes if nothing else is asked for.
    pub fn seconds(self) -> u64 {
        self.0.as_secs() + u64::from(self.0.subsec_nanos() > 0)
    }
}

impl Callers {
    fn place(&mut self, caller: &Caller, now: Duration) -> &mut u128 {
        let is_known = self.whole_again.contains_key(caller);
        if !is_known && self.whole_again.len() >= MAX_CALLERS && now >= self.swept + SWEEP {
            // Who has everything back is like one who never asked.
            self.whole_again.retain(|_, at| *at > now.as_nanos());
            self.swept = now;
        }
        if !is_known && self.whole_again.len() >= MAX_CALLERS {
            return &mut self.others;
        }
        self.whole_again.entry(caller.clone()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(per_second: u32, burst: u32) -> (RateLimiter, crate::clock::ClockHand) {
        let (clock, hand) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        (
            RateLimiter::new(Some(Rate { per_second, burst }), clock),
            hand,
        )
    }

    fn caller(name: &str) -> Caller {
        Caller {
            workspace: Workspace::new("one"),
            name: Some(name.into()),
        }
    }

    #[test]
    fn what_was_used_up_comes_back_evenly() {
        let (limiter, hand) = limiter(10, 100);
        assert_eq!(limiter.take(&caller("a"), 60), Ok(Some(40)));
        assert_eq!(
            limiter.take(&caller("a"), 60),
            Err(Wait(Duration::from_secs(2)))
        );
        hand.advance(Duration::from_millis(1_999));
        assert!(limiter.take(&caller("a"), 60).is_err());
        hand.advance(Duration::from_millis(1));
        assert_eq!(limiter.take(&caller("a"), 60), Ok(Some(0)));
        hand.advance(Duration::from_hours(1));
        assert_eq!(limiter.take(&caller("a"), 1), Ok(Some(99)));
    }

    #[test]
    fn one_caller_takes_nothing_from_another() {
        let (limiter, _) = limiter(1, 10);
        assert_eq!(limiter.take(&caller("a"), 10), Ok(Some(0)));
        assert!(limiter.take(&caller("a"), 1).is_err());
        assert_eq!(limiter.take(&caller("b"), 10), Ok(Some(0)));
        let elsewhere = Caller {
            workspace: Workspace::new("two"),
            ..caller("a")
        };
        assert_eq!(limiter.take(&elsewhere, 10), Ok(Some(0)));
    }

    #[test]
    fn what_costs_more_than_a_burst_passes_once_and_is_paid_for() {
        let (limiter, hand) = limiter(10, 100);
        assert_eq!(limiter.take(&caller("a"), 300), Ok(Some(0)));
        hand.advance(Duration::from_secs(20));
        assert_eq!(
            limiter.take(&caller("a"), 1),
            Err(Wait(Duration::from_millis(100)))
        );
        hand.advance(Duration::from_secs(10));
        assert_eq!(limiter.take(&caller("a"), 300), Ok(Some(0)));
    }

    #[test]
    fn made_up_callers_take_no_more_than_their_room() {
        let (limiter, hand) = limiter(1, 10);
        for name in 0..MAX_CALLERS + 500 {
            let _ = limiter.take(&caller(&name.to_string()), 10);
        }
        let remembered = || {
            limiter
                .callers
                .lock()
                .expect("nobody panicked")
                .whole_again
                .len()
        };
        assert_eq!(remembered(), MAX_CALLERS);
        assert!(limiter.take(&caller("another"), 1).is_err());
        hand.advance(Duration::from_secs(10));
        assert_eq!(limiter.take(&caller("another"), 1), Ok(Some(9)));
        assert_eq!(remembered(), 1);
    }
}
