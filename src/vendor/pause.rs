//! A rate-limit pause: what the vendor asked for holds for every call to it, not only for the one that was told. Times
//! are readings of a clock that never goes back.

use std::time::Duration;

use super::Kind;

/// What a vendor that asks for more is taken to have asked for.
pub const LONGEST: Duration = Duration::from_hours(24);

/// After so long one call may try all the same: a vendor's mistaken word must not cost a day.
const LONGEST_WITHOUT_TRIAL: Duration = Duration::from_mins(5);

/// A window that will start anew is a forecast; it is believed for no longer.
pub const LONGEST_FORECAST: Duration = Duration::from_mins(1);

/// The pause after a refusal that does not say how long.
pub const UNTOLD: Duration = Duration::from_secs(1);

/// A pause that is over so soon is waited out by reads.
pub const SHORT: Duration = Duration::from_secs(1);

/// The pause that a vendor asked for, if any.
#[derive(Debug, Default)]
pub struct Pause {
    told: Option<Told>,
    /// Goes up with each word of the vendor's.
    number: u64,
}

#[derive(Debug)]
struct Told {
    until: Duration,
    /// As what calls meanwhile fail.
    kind: Kind,
    trial_at: Duration,
    trying: bool,
}

/// The right to call during a pause, to see whether it was meant. It must be given back when the call ends.
#[must_use]
#[derive(Debug)]
pub struct Trial(u64);

/// A call that is not made because of a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paused {
    /// What is left of the pause.
    pub remaining: Duration,
    /// As what the call fails.
    pub kind: Kind,
}

impl Pause {
    /// Lets a call through, possibly as a trial, or says what is left of the pause.
    pub fn begin(&mut self, now: Duration) -> Result<Option<Trial>, Paused> {
        if let Some(paused) = self.refusal(now) {
            return Err(paused);
        }
        let Some(told) = self.told.as_mut().filter(|told| now < told.until) else {
            self.told = None;
            return Ok(None);
        };
        told.trying = true;
        Ok(Some(Trial(self.number)))
    }

    /// What a call that came now would be told; `None` when it would be let through.
    pub fn refusal(&self, now: Duration) -> Option<Paused> {
        let told = self.told.as_ref()?;
        let is_refused = now < told.until && (told.trying || now < told.trial_at);
        is_refused.then(|| Paused {
            remaining: told.until.saturating_sub(now),
            kind: told.kind,
        })
    }

    /// What is left of the pause.
    pub fn remaining(&self, now: Duration) -> Option<Duration> {
        let left = self.told.as_ref()?.until.checked_sub(now)?;
        (!left.is_zero()).then_some(left)
    }

    /// The vendor asks to be left alone. The longest of its words holds, but a trial's word replaces what it tried.
    pub fn tell(&mut self, now: Duration, wait: Duration, kind: Kind, trial: Option<&Trial>) {
        let wait = wait.min(LONGEST);
        let is_trials = trial.is_some_and(|trial| trial.0 == self.number);
        let is_longest = self.remaining(now).is_none_or(|remaining| wait > remaining);
        if wait.is_zero() || !(is_trials || is_longest) {
            return;
        }
        self.number += 1;
        self.told = Some(Told {
            until: now + wait,
            kind,
            trial_at: now + wait.min(LONGEST_WITHOUT_TRIAL),
            trying: false,
        });
    }

    /// Takes a trial back. One that the vendor answered ends the pause, unless the vendor asked for another meanwhile.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a trial counts once: whoever gives it back has it no more"
    )]
    pub fn end(&mut self, trial: Trial, answered: bool) {
        let Trial(number) = trial;
        if number != self.number {
            return;
        }
        match &mut self.told {
            Some(told) if !answered => told.trying = false,
            told => *told = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn nobody_calls_until_the_pause_is_over() {
        let mut pause = Pause::default();
        pause.tell(SECOND, 57 * SECOND, Kind::RateLimited, None);
        let paused = pause.begin(2 * SECOND).unwrap_err();
        assert_eq!(paused.remaining, 56 * SECOND);
        assert_eq!(paused.kind, Kind::RateLimited);
        assert!(pause.begin(58 * SECOND).unwrap().is_none());
        assert_eq!(pause.remaining(58 * SECOND), None);
    }

    #[test]
    fn a_shorter_word_does_not_shorten_the_pause() {
        let mut pause = Pause::default();
        pause.tell(SECOND, 57 * SECOND, Kind::RateLimited, None);
        pause.tell(SECOND, SECOND, Kind::RateLimited, None);
        assert_eq!(pause.remaining(SECOND), Some(57 * SECOND));
    }

    #[test]
    fn after_five_minutes_one_call_may_try_and_an_answer_ends_the_pause() {
        let mut pause = Pause::default();
        let day = Duration::from_hours(24);
        pause.tell(Duration::ZERO, day, Kind::RateLimited, None);
        assert!(pause.begin(299 * SECOND).is_err());
        let trial = pause.begin(300 * SECOND).unwrap().unwrap();
        assert!(pause.begin(300 * SECOND).is_err(), "one at a time");
        pause.end(trial, false);
        let trial = pause.begin(301 * SECOND).unwrap().unwrap();
        pause.end(trial, true);
        assert!(pause.begin(301 * SECOND).unwrap().is_none());
    }

    #[test]
    fn a_trials_word_replaces_what_it_tried() {
        let mut pause = Pause::default();
        let day = Duration::from_hours(24);
        pause.tell(Duration::ZERO, day, Kind::RateLimited, None);
        let trial = pause.begin(300 * SECOND).unwrap().unwrap();
        pause.tell(300 * SECOND, 10 * SECOND, Kind::RateLimited, Some(&trial));
        pause.end(trial, true);
        assert_eq!(pause.remaining(300 * SECOND), Some(10 * SECOND));
    }

    #[derive(Clone, Debug)]
    enum Step {
        Advance(u64),
        Tell(u64),
        Begin,
        EndTrial { answered: bool },
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..400_u64).prop_map(Step::Advance),
            2 => (0..2_000_u64).prop_map(Step::Tell),
            3 => Just(Step::Begin),
            2 => any::<bool>().prop_map(|answered| Step::EndTrial { answered }),
        ]
    }

    proptest! {
        #[test]
        fn it_keeps_quiet_as_told_but_never_longer_than_five_minutes_without_a_try(
            steps in prop::collection::vec(step(), 0..200),
        ) {
            let mut pause = Pause::default();
            let mut now = Duration::ZERO;
            // The plain model: the pauses in force, each with when it was told.
            let mut until = Duration::ZERO;
            let mut told_at = Duration::ZERO;
            let mut trial = None;
            let mut is_void = false;
            for step in steps {
                match step {
                    Step::Advance(seconds) => now += Duration::from_secs(seconds),
                    Step::Tell(seconds) => {
                        let wait = Duration::from_secs(seconds);
                        pause.tell(now, wait, Kind::RateLimited, None);
                        if now + wait > until.max(now) {
                            (until, told_at) = (now + wait, now);
                            is_void = true;
                        }
                    }
                    Step::Begin => {
                        let is_quiet = now < until.min(told_at + LONGEST_WITHOUT_TRIAL);
                        let is_tried = trial.is_some() && !is_void && now < until;
                        let begun = pause.begin(now);
                        prop_assert_eq!(begun.is_err(), is_quiet || is_tried);
                        match begun {
                            Err(paused) => prop_assert_eq!(paused.remaining, until.saturating_sub(now)),
                            Ok(begun) => {
                                prop_assert_eq!(begun.is_some(), now < until);
                                if let Some(begun) = begun {
                                    (trial, is_void) = (Some(begun), false);
                                }
                            }
                        }
                    }
                    Step::EndTrial { answered } => {
                        let Some(ended) = trial.take() else { continue };
                        pause.end(ended, answered);
                        if answered && !is_void {
                            until = until.min(now);
                        }
                    }
                }
                prop_assert_eq!(pause.remaining(now).unwrap_or_default(), until.saturating_sub(now));
            }
        }
    }
}
