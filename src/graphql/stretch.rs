//! How long the work on one request goes on before others get their turn. A thread is not taken away from work that goes
//! on; what has three long lists to put together would keep everyone else on its thread waiting for all three.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use async_graphql::ContextBase;
use tokio::task::yield_now;
use tokio::time::Instant;

/// After so long a stretch of work it is interrupted, where it can be. An ordinary page takes less than this.
const LONG: Duration = Duration::from_micros(500);

/// The stretch of work that a request is in. Clones are the same.
#[derive(Clone, Debug)]
pub struct Stretch(Arc<State>);

#[derive(Debug)]
struct State {
    made: Instant,
    /// How many microseconds after that it began.
    began: AtomicU64,
    was_interrupted: AtomicBool,
}

impl Stretch {
    /// One that begins.
    pub fn new() -> Self {
        Self(Arc::new(State {
            made: Instant::now(),
            began: AtomicU64::new(0),
            was_interrupted: AtomicBool::new(false),
        }))
    }

    /// The work goes on, or begins.
    pub fn begin(&self) {
        self.0.began.store(self.micros(), Ordering::Relaxed);
    }

    /// Whether the work was interrupted, and does not wait for anything else, since this was last asked.
    pub fn take_interrupted(&self) -> bool {
        self.0.was_interrupted.swap(false, Ordering::Relaxed)
    }

    /// Lets others have their turn, if this one has lasted long.
    pub async fn interrupt(&self) {
        let began = self.0.began.load(Ordering::Relaxed);
        if u128::from(self.micros().saturating_sub(began)) < LONG.as_micros() {
            return;
        }
        self.0.was_interrupted.store(true, Ordering::Relaxed);
        yield_now().await;
        self.0.was_interrupted.store(true, Ordering::Relaxed);
        to_the_end().await;
    }

    fn micros(&self) -> u64 {
        let since = Instant::now().saturating_duration_since(self.0.made);
        since.as_micros().try_into().unwrap_or(u64::MAX)
    }
}

impl Default for Stretch {
    fn default() -> Self {
        Self::new()
    }
}

/// Takes in what has arrived meanwhile, and goes behind it.
pub async fn let_others() {
    yield_now().await;
    to_the_end().await;
}

/// Goes to the end of the thread's queue. [`yield_now`] takes in what has arrived, but is woken after it, and what is woken
/// last is polled first; a task that wakes itself while it is polled goes behind all others.
async fn to_the_end() {
    let mut is_at_the_end = false;
    poll_fn(|cx| {
        if is_at_the_end {
            return Poll::Ready(());
        }
        is_at_the_end = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Lets others have their turn, if the work on this request has gone on for long. For the beginnings of what takes long
/// itself: within a list the rows' calls are to be made together, and are not torn apart.
pub async fn interrupt<T: Sync>(ctx: &ContextBase<'_, T>) {
    if let Some(stretch) = ctx.data_opt::<Stretch>() {
        stretch.interrupt().await;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_is_interrupted_once_it_has_gone_on_for_long_and_then_goes_on_anew() {
        let stretch = Stretch::new();
        advance(LONG * 10).await;
        stretch.begin();
        advance(LONG / 2).await;
        assert_eq!(stretch.interrupt().now_or_never(), Some(()));
        assert!(!stretch.take_interrupted());
        advance(LONG / 2).await;
        let mut interruption = Box::pin(stretch.interrupt());
        for _ in 0..2 {
            assert_eq!((&mut interruption).now_or_never(), None);
            assert!(stretch.take_interrupted());
            assert!(!stretch.take_interrupted());
            stretch.begin();
        }
        interruption.await;
        assert_eq!(stretch.interrupt().now_or_never(), Some(()));
    }
}
