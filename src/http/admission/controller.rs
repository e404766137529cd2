//! The rules of admission, without anyone who waits: plain state and times that are passed in.

use std::time::Duration;

use tokio::time::Instant;

use super::queue::Queue;

/// The limit is looked at this often.
const WINDOW: Duration = Duration::from_millis(50);

/// Work that begins later than this after it was admitted, on the average of a window, waits for others' work. (The least
/// of a window says less: the runtime does not begin things in their order.) A limit that falls for another reason, such as
/// other programs on the machine, does no harm: who is shed does not depend on it. So short a time that under load there is
/// about one at work for each thread: what was admitted waits in the runtime's queue, and there who is to be told to come back
/// waits behind it.
const TARGET: Duration = Duration::from_micros(250);

/// So many must have begun in a window before it says anything.
const SAMPLES: u32 = 3;

/// What the limit is multiplied with when it falls, and when it grows: by so little that it does not overshoot, and yet
/// tenfold in half a second.
const FALL: f64 = 0.7;
const GROWTH: f64 = 1.25;

/// So many for each thread at the start, and at most.
const USUAL: u32 = 8;
const MOST: u32 = 64;

/// A few may wait whatever the pace was: one long stretch of work would turn them away otherwise.
const ALWAYS: usize = 8;

/// A longer time between two turns counts as this.
const SLOWEST: Duration = Duration::from_millis(500);

/// In which order turns are given, and how long a wait is worth it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Lane {
    /// What changes something.
    Write,
    /// Reads that cost little.
    Cheap,
    /// Reads that cost much.
    Dear,
}

/// What becomes of who arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It may begin.
    Admitted,
    /// It waits for its turn.
    Waits,
    /// It is not worth waiting.
    Shed,
}

/// Decides who works, who waits and who is shed, of these callers.
pub struct Controller<C, T> {
    floor: f64,
    most: f64,
    limit: f64,
    working: u32,
    waiting: [Queue<C, T>; Lane::ALL.len()],
    /// How long it takes from one turn to the next while others wait.
    pace: Duration,
    /// When the last turn was given, or the first began to wait, while anyone waits.
    turned: Option<Instant>,
    window: Window,
}

struct Window {
    since: Instant,
    begun: u32,
    /// All their lags together.
    lag: Duration,
    most_working: u32,
    was_full: bool,
}

impl Lane {
    /// All of them, those first that get their turn first.
    pub const ALL: [Self; 3] = [Self::Write, Self::Cheap, Self::Dear];

    /// Its name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Cheap => "cheap_read",
            Self::Dear => "dear_read",
        }
    }

    /// How long a wait is worth it.
    pub fn patience(self) -> Duration {
        match self {
            Self::Write => Duration::from_millis(800),
            Self::Cheap => Duration::from_millis(250),
            Self::Dear => Duration::from_millis(100),
        }
    }
}

impl<C: PartialEq, T> Controller<C, T> {
    /// For so many threads.
    pub fn new(workers: usize, now: Instant) -> Self {
        let workers = u32::try_from(workers).unwrap_or(u32::MAX).clamp(1, 1024);
        Self {
            floor: f64::from(workers),
            most: f64::from(workers * MOST),
            limit: f64::from(workers * USUAL),
            working: 0,
            waiting: Default::default(),
            pace: Duration::from_millis(1),
            turned: None,
            window: Window::new(now, 0),
        }
    }

    /// How many may work.
    pub fn limit(&self) -> f64 {
        self.limit
    }

    /// How many do.
    pub fn working(&self) -> u32 {
        self.working
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.waiting.iter().map(Queue::len).sum()
    }

    /// Someone arrives.
    pub fn arrive(&mut self, lane: Lane, caller: C, who: T, now: Instant) -> Arrival {
        self.look(now);
        if self.is_free() {
            self.take();
            return Arrival::Admitted;
        }
        if self.is_hopeless(lane, &caller, now) {
            return Arrival::Shed;
        }
        self.turned.get_or_insert(now);
        self.waiting[lane as usize].push(caller, now, who);
        Arrival::Waits
    }

    /// Whether this caller would be shed if it arrived.
    pub fn would_shed(&mut self, lane: Lane, caller: &C, now: Instant) -> bool {
        self.look(now);
        !self.is_free() && self.is_hopeless(lane, caller, now)
    }

    fn is_free(&self) -> bool {
        self.waiting() == 0 && self.has_room()
    }

    fn is_hopeless(&mut self, lane: Lane, caller: &C, now: Instant) -> bool {
        self.window.was_full = true;
        let (own, before) = (&self.waiting[lane as usize], &self.waiting[..lane as usize]);
        let ahead = own.ahead_of(caller) + before.iter().map(Queue::len).sum::<usize>();
        let wait = self
            .pace
            .saturating_mul(u32::try_from(ahead).unwrap_or(u32::MAX));
        // The pace may have been better than it is now: then what its caller waits with shows it.
        let since = own.since(caller);
        let waited = since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        ahead >= ALWAYS && wait.max(waited) > lane.patience()
    }

    /// Who gets a turn now, if there is room; to be asked until there is nobody.
    pub fn next(&mut self, now: Instant) -> Option<T> {
        if !self.has_room() {
            return None;
        }
        let next = self.waiting.iter_mut().find_map(Queue::pop)?;
        self.take();
        if let Some(turned) = self.turned {
            let took = now.saturating_duration_since(turned).min(SLOWEST);
            self.pace = self.pace * 7 / 8 + took / 8;
        }
        self.turned = (self.waiting() > 0).then_some(now);
        Some(next)
    }

    /// Someone begins to work, so long after having been admitted.
    pub fn begun(&mut self, lag: Duration, now: Instant) {
        self.look(now);
        self.window.begun += 1;
        self.window.lag += lag;
    }

    /// Someone has done the work, or left before.
    pub fn leave(&mut self, now: Instant) {
        self.look(now);
        self.working = self.working.saturating_sub(1);
    }

    /// One more works.
    fn take(&mut self) {
        self.working += 1;
        self.window.most_working = self.window.most_working.max(self.working);
    }

    fn has_room(&self) -> bool {
        f64::from(self.working) + 1.0 <= self.limit
    }

    /// Moves the limit at the end of a window.
    fn look(&mut self, now: Instant) {
        let window = &self.window;
        if now.saturating_duration_since(window.since) < WINDOW {
            return;
        }
        let is_late = window.begun >= SAMPLES && window.lag > TARGET * window.begun;
        if is_late {
            let used = self.limit.min(f64::from(window.most_working));
            self.limit = (used * FALL).max(self.floor);
        } else if window.was_full {
            self.limit = (self.limit * GROWTH).min(self.most);
        }
        self.window = Window::new(now, self.working);
    }
}

impl Window {
    fn new(since: Instant, working: u32) -> Self {
        Self {
            since,
            begun: 0,
            lag: Duration::ZERO,
            most_working: working,
            was_full: false,
        }
    }
}
