//! A circuit breaker: a vendor that keeps failing is left alone for a second, then one call shows whether it has
//! recovered. Times are readings of a clock that never goes back.

use std::time::Duration;

/// How many seconds back calls are looked at, the current one included.
const WINDOW: usize = 10;

/// With fewer calls than these, nothing is concluded.
const LEAST_CALLS: u32 = 10;

/// How long an open circuit lets nothing through.
const OPEN_FOR: Duration = Duration::from_secs(1);

/// Counts calls and decides whether more are made.
#[derive(Debug, Default)]
pub struct Breaker {
    state: State,
    /// Goes up with each change of the state: a call that began before says nothing of what is now.
    generation: u64,
    window: [Second; WINDOW],
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Closed,
    /// Nothing goes through until then; afterwards the next call is the probe.
    Open { until: Duration },
    /// A call is on its way to find out. Until then no other is made; one that takes longer, as when the vendor hangs,
    /// must not keep its recovery from being seen.
    Probing { until: Duration },
}

/// The calls that ended within one second.
#[derive(Clone, Copy, Debug, Default)]
struct Second {
    number: u64,
    calls: u32,
    failed: u32,
}

/// What a breaker does with the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Circuit {
    /// It is made.
    Closed,
    /// One call at a time is made, at most one each second while none comes back, to see whether the vendor has
    /// recovered.
    HalfOpen,
    /// It is not made.
    Open,
}

/// A call let through. It must be given back when the call ends, in whatever way.
#[must_use]
#[derive(Debug)]
pub struct Ticket(u64);

/// What a call showed of the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It works.
    Success,
    /// It does not.
    Failure,
    /// Nothing: the call was given up before it could.
    Neither,
}

impl Breaker {
    /// Lets a call through, or says how long to wait.
    pub fn begin(&mut self, now: Duration) -> Result<Ticket, Duration> {
        if let Some(wait) = self.refusal(now) {
            return Err(wait);
        }
        let until = now + OPEN_FOR;
        match &mut self.state {
            State::Closed => {}
            State::Open { .. } => self.change_to(State::Probing { until }),
            State::Probing { until: next } => *next = until,
        }
        Ok(Ticket(self.generation))
    }

    /// How long a call that came now would be told to wait; `None` when it would be let through.
    pub fn refusal(&self, now: Duration) -> Option<Duration> {
        match self.state {
            State::Open { until } | State::Probing { until } => {
                until.checked_sub(now).filter(|wait| !wait.is_zero())
            }
            State::Closed => None,
        }
    }

    /// Takes a ticket back.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a ticket counts once: whoever gives it back has it no more"
    )]
    pub fn end(&mut self, ticket: Ticket, verdict: Verdict, now: Duration) {
        let Ticket(generation) = ticket;
        if generation != self.generation {
            return;
        }
        match (&self.state, verdict) {
            (State::Closed, Verdict::Neither) | (State::Open { .. }, _) => {}
            (State::Closed, Verdict::Success) => {
                self.count(now, false);
            }
            (State::Closed, Verdict::Failure) => {
                let (calls, failed) = self.count(now, true);
                if calls >= LEAST_CALLS && failed * 2 >= calls {
                    self.open(now);
                }
            }
            (State::Probing { .. }, Verdict::Success) => {
                self.window = [Second::default(); WINDOW];
                self.change_to(State::Closed);
            }
            (State::Probing { .. }, Verdict::Failure) => self.open(now),
            // Nothing was found out: the next call may try at once.
            (State::Probing { .. }, Verdict::Neither) => self.state = State::Probing { until: now },
        }
    }

    /// What happens to a call that comes now.
    pub fn circuit(&self, now: Duration) -> Circuit {
        match self.state {
            State::Closed => Circuit::Closed,
            State::Open { until } if now < until => Circuit::Open,
            State::Open { .. } | State::Probing { .. } => Circuit::HalfOpen,
        }
    }

    fn open(&mut self, now: Duration) {
        self.change_to(State::Open {
            until: now + OPEN_FOR,
        });
    }

    fn change_to(&mut self, state: State) {
        self.state = state;
        self.generation += 1;
    }

    /// Counts a call; gives back how many there are in the window, and how many of them failed.
    fn count(&mut self, now: Duration, failed: bool) -> (u32, u32) {
        let number = now.as_secs();
        let place = number % WINDOW as u64;
        let place = usize::try_from(place).expect("it is less than ten");
        let second = &mut self.window[place];
        if second.number != number {
            *second = Second {
                number,
                ..Second::default()
            };
        }
        second.calls = second.calls.saturating_add(1);
        second.failed += u32::from(failed);
        let recent = self.window.iter();
        let recent = recent.filter(|second| second.number + WINDOW as u64 > number);
        recent.fold((0, 0), |(calls, failed), second| {
            (
                second.calls.saturating_add(calls),
                second.failed.saturating_add(failed),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: Duration = Duration::from_secs(100);

    fn fail(breaker: &mut Breaker, times: usize, now: Duration) {
        for _ in 0..times {
            let ticket = breaker.begin(now).unwrap();
            breaker.end(ticket, Verdict::Failure, now);
        }
    }

    #[test]
    fn ten_failures_open_it_and_after_a_second_one_success_closes_it() {
        let mut breaker = Breaker::default();
        fail(&mut breaker, 9, START);
        assert_eq!(breaker.circuit(START), Circuit::Closed);
        fail(&mut breaker, 1, START);
        assert_eq!(breaker.circuit(START), Circuit::Open);
        assert_eq!(breaker.begin(START).unwrap_err(), OPEN_FOR);

        let later = START + OPEN_FOR;
        assert_eq!(breaker.circuit(later), Circuit::HalfOpen);
        let probe = breaker.begin(later).unwrap();
        assert!(breaker.begin(later).is_err(), "one probe at a time");
        breaker.end(probe, Verdict::Success, later);
        assert_eq!(breaker.circuit(later), Circuit::Closed);
        fail(&mut breaker, 9, later);
        assert_eq!(
            breaker.circuit(later),
            Circuit::Closed,
            "the old failures are forgotten"
        );
    }

    #[test]
    fn a_probe_that_hangs_keeps_the_next_one_waiting_for_a_second_only() {
        let mut breaker = Breaker::default();
        fail(&mut breaker, 10, START);
        let (first, second) = (START + OPEN_FOR, START + 2 * OPEN_FOR);
        let hanging = breaker.begin(first).unwrap();
        assert!(breaker.begin(first).is_err());
        let probe = breaker.begin(second).unwrap();
        assert!(breaker.begin(second).is_err());
        breaker.end(probe, Verdict::Success, second);
        assert_eq!(breaker.circuit(second), Circuit::Closed);
        breaker.end(hanging, Verdict::Failure, second);
        assert_eq!(breaker.circuit(second), Circuit::Closed);
    }

    #[test]
    fn half_of_the_calls_must_fail() {
        let mut breaker = Breaker::default();
        for _ in 0..11 {
            let ticket = breaker.begin(START).unwrap();
            breaker.end(ticket, Verdict::Success, START);
        }
        fail(&mut breaker, 10, START);
        assert_eq!(breaker.circuit(START), Circuit::Closed);
        fail(&mut breaker, 1, START);
        assert_eq!(breaker.circuit(START), Circuit::Open);
    }

    #[test]
    fn failures_are_forgotten_after_ten_seconds() {
        let mut breaker = Breaker::default();
        fail(&mut breaker, 9, START);
        fail(&mut breaker, 9, START + Duration::from_secs(10));
        assert_eq!(
            breaker.circuit(START + Duration::from_secs(10)),
            Circuit::Closed
        );
    }

    #[test]
    fn a_call_that_began_before_the_circuit_opened_does_not_close_it() {
        let mut breaker = Breaker::default();
        let slow = breaker.begin(START).unwrap();
        fail(&mut breaker, 10, START);
        let later = START + OPEN_FOR;
        let probe = breaker.begin(later).unwrap();
        breaker.end(slow, Verdict::Success, later);
        assert!(
            breaker.begin(later).is_err(),
            "the probe is still on its way"
        );
        breaker.end(probe, Verdict::Failure, later);
        assert_eq!(breaker.circuit(later), Circuit::Open);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Advance(u64),
        Begin,
        End(prop::sample::Index, Verdict),
    }

    fn step() -> impl Strategy<Value = Step> {
        let verdict = prop_oneof![
            2 => Just(Verdict::Success), 5 => Just(Verdict::Failure), 1 => Just(Verdict::Neither),
        ];
        prop_oneof![
            1 => (0..3_000_u64).prop_map(Step::Advance),
            4 => Just(Step::Begin),
            4 => (any::<prop::sample::Index>(), verdict).prop_map(|(which, verdict)| Step::End(which, verdict)),
        ]
    }

    /// The same, told as plainly as possible: every call ever made, and what is void since.
    #[derive(Default)]
    struct Model {
        ended: Vec<(u64, bool)>,
        /// Calls on their way; the number is `None` once the circuit has changed.
        running: Vec<Option<bool>>,
        open_until: Option<Duration>,
        probing_until: Option<Duration>,
    }

    impl Model {
        fn lets_through(&self, now: Duration) -> bool {
            let is_over = |until: Option<Duration>| until.is_none_or(|until| now >= until);
            is_over(self.probing_until) && is_over(self.open_until)
        }

        fn begin(&mut self, now: Duration) {
            let is_probe = self.open_until.is_some();
            self.probing_until = is_probe.then_some(now + Duration::from_secs(1));
            self.running.push(Some(is_probe));
        }

        fn forget(&mut self) {
            self.running.iter_mut().for_each(|call| *call = None);
            self.probing_until = None;
        }

        fn end(&mut self, index: usize, verdict: Verdict, now: Duration) {
            let Some(is_probe) = self.running.remove(index) else {
                return;
            };
            let opens = match verdict {
                Verdict::Neither => {
                    if is_probe {
                        self.probing_until = None;
                    }
                    return;
                }
                Verdict::Success if is_probe => {
                    self.forget();
                    self.open_until = None;
                    self.ended.clear();
                    return;
                }
                _ if is_probe => true,
                _ => {
                    self.ended
                        .push((now.as_secs(), verdict == Verdict::Failure));
                    let recent = self.ended.iter();
                    let recent: Vec<bool> = recent
                        .filter(|(second, _)| second + 10 > now.as_secs())
                        .map(|(_, failed)| *failed)
                        .collect();
                    let failed = recent.iter().filter(|failed| **failed).count();
                    verdict == Verdict::Failure && recent.len() >= 10 && failed * 2 >= recent.len()
                }
            };
            if opens {
                self.forget();
                self.open_until = Some(now + Duration::from_secs(1));
            }
        }
    }

    proptest! {
        #[test]
        fn it_does_what_the_plain_model_does(steps in prop::collection::vec(step(), 0..400)) {
            let (mut breaker, mut model) = (Breaker::default(), Model::default());
            let mut tickets = Vec::new();
            let mut now = START;
            for step in steps {
                match step {
                    Step::Advance(millis) => now += Duration::from_millis(millis),
                    Step::Begin => {
                        let begun = breaker.begin(now);
                        prop_assert_eq!(begun.is_ok(), model.lets_through(now));
                        if let Ok(ticket) = begun {
                            tickets.push(ticket);
                            model.begin(now);
                        }
                    }
                    Step::End(which, verdict) if !tickets.is_empty() => {
                        let index = which.index(tickets.len());
                        breaker.end(tickets.remove(index), verdict, now);
                        model.end(index, verdict, now);
                    }
                    Step::End(..) => {}
                }
                prop_assert_eq!(breaker.refusal(now).is_none(), model.lets_through(now));
                prop_assert_eq!(breaker.circuit(now) == Circuit::Closed, model.open_until.is_none());
                let wait = breaker.refusal(now).unwrap_or_default();
                prop_assert!(wait <= OPEN_FOR, "nobody is told to wait longer than the circuit is open");
            }
        }
    }
}
