//! A vendor's compartment: how many calls may be under way, and whether one may be made at all. What the circuit breaker,
//! the pause and the retry budget each decide for themselves comes together here.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use crate::clock::Clock;
use crate::vendor::Kind;
use crate::vendor::breaker::{Breaker, Circuit, Ticket, Verdict};
use crate::vendor::budget::Budget;
use crate::vendor::pause::{Pause, Paused, SHORT, Trial};

/// What stands between callers and a vendor.
pub struct Compartment {
    clock: Clock,
    permits: Semaphore,
    gates: Mutex<Gates>,
}

#[derive(Default)]
struct Gates {
    breaker: Breaker,
    pause: Pause,
    budget: Budget,
}

/// A call that may be made. However it ends, also by being dropped, its place is given back.
#[must_use]
pub(super) struct Admission<'a> {
    compartment: &'a Compartment,
    ticket: Option<Ticket>,
    trial: Option<Trial>,
    _permit: SemaphorePermit<'a>,
}

/// Why a call is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The vendor failed too often; how long it is left alone.
    Open(Duration),
    /// The vendor asked for a pause.
    Paused(Paused),
    /// The caller's time was used up before its turn came.
    Queue,
}

/// The end of a call, as the compartment sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    /// What it showed of the vendor.
    pub(super) verdict: Verdict,
    /// The pause that the vendor asked for, and as what calls fail meanwhile.
    pub(super) told: Option<(Duration, Kind)>,
}

impl Compartment {
    /// For so many calls at once.
    pub(super) fn new(clock: Clock, concurrency: usize) -> Self {
        Self {
            clock,
            permits: Semaphore::new(concurrency),
            gates: Mutex::default(),
        }
    }

    /// What the circuit breaker does with the next call.
    pub fn circuit(&self) -> Circuit {
        self.gates().breaker.circuit(self.clock.elapsed())
    }

    /// Until when the vendor asked to be left alone.
    pub fn paused_until(&self) -> Option<Timestamp> {
        let remaining = self.pause_left()?;
        self.clock.now().checked_add(remaining).ok()
    }

    /// What is left of the vendor's pause.
    pub(super) fn pause_left(&self) -> Option<Duration> {
        self.gates().pause.remaining(self.clock.elapsed())
    }

    /// Waits for a turn until `deadline`. Where it is not to be had at all, that is said at once; only a read waits for
    /// the end of a short pause.
    pub(super) async fn admit(
        &self,
        is_read: bool,
        deadline: Instant,
    ) -> Result<Admission<'_>, Refusal> {
        let mut may_wait = is_read;
        loop {
            let refusal = match self.turn(deadline).await {
                Ok(admission) => return Ok(admission),
                Err(refusal) => refusal,
            };
            let Refusal::Paused(Paused { remaining, .. }) = refusal else {
                return Err(refusal);
            };
            if !may_wait || remaining > SHORT || Instant::now() + remaining >= deadline {
                return Err(refusal);
            }
            may_wait = false;
            self.clock.sleep(remaining).await;
        }
    }

    /// Asked before the queue, so that nobody waits there for a refusal, and again behind it: the calls that were waited
    /// for may have shown that the vendor is down.
    async fn turn(&self, deadline: Instant) -> Result<Admission<'_>, Refusal> {
        self.gates().refusal(self.clock.elapsed())?;
        let Ok(permit) = timeout_at(deadline, self.permits.acquire()).await else {
            return Err(Refusal::Queue);
        };
        let permit = permit.expect("the semaphore is never closed");
        let (ticket, trial) = self.gates().begin(self.clock.elapsed())?;
        Ok(Admission {
            compartment: self,
            ticket: Some(ticket),
            trial,
            _permit: permit,
        })
    }

    /// Notes that a call is made for the first time.
    pub(super) fn deposit(&self) {
        self.gates().budget.deposit();
    }

    /// Takes a retry from the budget. While the vendor is thought to be down there is none.
    pub(super) fn withdraw(&self) -> bool {
        let mut gates = self.gates();
        gates.breaker.circuit(self.clock.elapsed()) == Circuit::Closed && gates.budget.withdraw()
    }

    fn gates(&self) -> MutexGuard<'_, Gates> {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gates {
    fn refusal(&self, now: Duration) -> Result<(), Refusal> {
        if let Some(paused) = self.pause.refusal(now) {
            return Err(Refusal::Paused(paused));
        }
        self.breaker
            .refusal(now)
            .map_or(Ok(()), |wait| Err(Refusal::Open(wait)))
    }

    fn begin(&mut self, now: Duration) -> Result<(Ticket, Option<Trial>), Refusal> {
        self.refusal(now)?;
        let ticket = self.breaker.begin(now).map_err(Refusal::Open)?;
        let trial = self.pause.begin(now).map_err(Refusal::Paused)?;
        Ok((ticket, trial))
    }
}

impl Admission<'_> {
    /// The call is over. Says what has become of the circuit, if that is something else than before.
    pub(super) fn end(mut self, ending: Ending) -> Option<Circuit> {
        self.give_back(ending)
    }

    fn give_back(&mut self, ending: Ending) -> Option<Circuit> {
        let ticket = self.ticket.take()?;
        let now = self.compartment.clock.elapsed();
        let mut gates = self.compartment.gates();
        let before = gates.breaker.circuit(now);
        gates.breaker.end(ticket, ending.verdict, now);
        let trial = self.trial.take();
        if let Some((wait, kind)) = ending.told {
            gates.pause.tell(now, wait, kind, trial.as_ref());
        }
        if let Some(trial) = trial {
            gates.pause.end(trial, ending.verdict == Verdict::Success);
        }
        let after = gates.breaker.circuit(now);
        (after != before).then_some(after)
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        self.give_back(Ending {
            verdict: Verdict::Neither,
            told: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ClockHand;

    const SECOND: Duration = Duration::from_secs(1);
    const WELL: Ending = Ending {
        verdict: Verdict::Success,
        told: None,
    };
    const BADLY: Ending = Ending {
        verdict: Verdict::Failure,
        told: None,
    };

    fn compartment(concurrency: usize) -> (Compartment, ClockHand) {
        let (clock, hand) = Clock::manual("2026-06-11T12:00:00Z".parse().unwrap());
        (Compartment::new(clock, concurrency), hand)
    }

    fn soon() -> Instant {
        Instant::now() + 10 * SECOND
    }

    async fn fail(compartment: &Compartment, times: usize) {
        for _ in 0..times {
            compartment.admit(true, soon()).await.unwrap().end(BADLY);
        }
    }

    #[tokio::test]
    async fn a_dropped_probe_gives_its_place_to_the_next_call() {
        let (compartment, hand) = compartment(4);
        fail(&compartment, 10).await;
        hand.advance(SECOND);
        let probe = compartment.admit(true, soon()).await.unwrap();
        let refused = compartment.admit(true, soon()).await.err();
        assert_eq!(refused, Some(Refusal::Open(SECOND)));
        drop(probe);
        let probe = compartment.admit(true, soon()).await.unwrap();
        assert_eq!(probe.end(WELL), Some(Circuit::Closed));
    }

    #[tokio::test]
    async fn who_waits_for_a_turn_is_refused_as_soon_as_the_circuit_opens() {
        let (compartment, _) = compartment(10);
        let mut under_way = Vec::new();
        for _ in 0..10 {
            under_way.push(compartment.admit(true, soon()).await.unwrap());
        }
        let mut waiting = Box::pin(compartment.admit(true, soon()));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        for call in under_way {
            call.end(BADLY);
        }
        assert_eq!(waiting.await.err(), Some(Refusal::Open(SECOND)));
    }

    #[tokio::test]
    async fn waiting_for_a_turn_says_nothing_of_the_vendor() {
        let (compartment, _) = compartment(1);
        let call = compartment.admit(true, soon()).await.unwrap();
        for _ in 0..20 {
            let late = compartment.admit(true, Instant::now()).await.err();
            assert_eq!(late, Some(Refusal::Queue));
        }
        assert_eq!(compartment.circuit(), Circuit::Closed);
        assert_eq!(call.end(WELL), None);
    }

    #[tokio::test]
    async fn only_a_read_with_time_enough_waits_a_short_pause_out() {
        let (compartment, hand) = compartment(1);
        hand.move_with_sleepers();
        let pause = async |wait| {
            let told = Some((wait, Kind::RateLimited));
            let call = compartment.admit(true, soon()).await.unwrap();
            call.end(Ending { told, ..WELL });
        };
        pause(SECOND).await;
        assert!(compartment.admit(false, soon()).await.is_err());
        let short = Instant::now() + SECOND / 2;
        assert!(compartment.admit(true, short).await.is_err());
        assert!(compartment.admit(true, soon()).await.is_ok());
        pause(2 * SECOND).await;
        assert!(compartment.admit(true, soon()).await.is_err());
        hand.advance(SECOND);
        assert!(compartment.admit(true, soon()).await.is_ok());
    }

    #[tokio::test]
    async fn there_are_no_retries_while_the_circuit_is_open() {
        let (compartment, hand) = compartment(1);
        assert!(compartment.withdraw());
        fail(&compartment, 10).await;
        assert!(!compartment.withdraw());
        hand.advance(SECOND);
        assert!(!compartment.withdraw());
        compartment.admit(true, soon()).await.unwrap().end(WELL);
        assert!(compartment.withdraw());
    }
}
