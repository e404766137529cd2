//! Time, passed in: nothing else in the crate reads a clock.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

/// Tells the time. Cheap to clone; clones share one source.
#[derive(Clone)]
pub struct Clock(Source);

/// Moves a [`Clock::manual`] forward.
#[derive(Clone)]
pub struct ClockHand {
    manual: Arc<Mutex<Manual>>,
    /// Told whenever it has moved.
    moved: watch::Sender<()>,
}

#[derive(Clone)]
enum Source {
    System { made: Instant },
    Manual(ClockHand),
}

struct Manual {
    now: Timestamp,
    elapsed: Duration,
    moves_with_sleepers: bool,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System {
            made: Instant::now(),
        })
    }

    /// A clock that stands still until its hand is moved.
    pub fn manual(start: Timestamp) -> (Self, ClockHand) {
        let manual = Manual {
            now: start,
            elapsed: Duration::ZERO,
            moves_with_sleepers: false,
        };
        let hand = ClockHand {
            manual: Arc::new(Mutex::new(manual)),
            moved: watch::Sender::new(()),
        };
        (Self(Source::Manual(hand.clone())), hand)
    }

    /// The time now, as the world counts it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where time is read"
    )]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System { .. } => Timestamp::now(),
            Source::Manual(hand) => hand.read(|manual| manual.now),
        }
    }

    /// The time since the clock was made. Unlike [`Clock::now`] it never goes back and is never set, so that what is
    /// measured with it lasts as long as it should.
    pub fn elapsed(&self) -> Duration {
        match &self.0 {
            Source::System { made } => made.elapsed(),
            Source::Manual(hand) => hand.read(|manual| manual.elapsed),
        }
    }

    /// Waits. By a manual clock nobody waits: no time has passed afterwards, unless
    /// [its hand moves with sleepers](ClockHand::move_with_sleepers).
    pub async fn sleep(&self, time: Duration) {
        match &self.0 {
            Source::System { .. } => tokio::time::sleep(time).await,
            Source::Manual(hand) => {
                if hand.read(|manual| manual.moves_with_sleepers) {
                    hand.advance(time);
                }
                tokio::task::yield_now().await;
            }
        }
    }

    /// Waits until so much time has passed, by a manual clock as well: for what is done again and again, which would
    /// otherwise never rest there.
    pub async fn pass(&self, time: Duration) {
        let Source::Manual(hand) = &self.0 else {
            return self.sleep(time).await;
        };
        let end = self.elapsed() + time;
        // An error would mean that nobody can move it any more, but this one here could.
        let _ = hand
            .moved
            .subscribe()
            .wait_for(|()| self.elapsed() >= end)
            .await;
    }
}

impl ClockHand {
    /// Moves the clock forward.
    ///
    /// # Panics
    /// When the sum lies beyond the year 9999, which a test would have to ask for.
    pub fn advance(&self, by: Duration) {
        self.read(|manual| {
            let now = manual.now.checked_add(by);
            manual.now = now.expect("the sum is within jiff's range");
            manual.elapsed += by;
        });
        self.moved.send_replace(());
    }

    /// From here on whoever sleeps moves the clock forward by the time slept.
    pub fn move_with_sleepers(&self) {
        self.read(|manual| manual.moves_with_sleepers = true);
    }

    fn read<T>(&self, read: impl FnOnce(&mut Manual) -> T) -> T {
        read(&mut self.manual.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn time_passes_by_a_manual_clock_once_its_hand_has_moved_so_far() {
        let (clock, hand) = Clock::manual("2026-11-01T09:00:00Z".parse().unwrap());
        let mut minute = Box::pin(clock.pass(Duration::from_mins(1)));
        assert!(minute.as_mut().now_or_never().is_none());
        hand.advance(Duration::from_secs(59));
        assert!(minute.as_mut().now_or_never().is_none());
        hand.advance(Duration::from_secs(1));
        assert!(minute.as_mut().now_or_never().is_some());
    }
}
