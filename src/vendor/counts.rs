//! Counts of what became of calls to a vendor, since the process started.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::error::{Kind, Result};

/// The upper bounds of the times that calls are sorted by, in milliseconds; what took longer comes last.
pub const BUCKETS_MS: [u64; 11] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/// What is counted. Counting takes no lock.
#[derive(Debug, Default)]
pub struct Counts {
    ok: AtomicU64,
    failed: [AtomicU64; Kind::ALL.len()],
    retries: AtomicU64,
    refused_by_breaker: AtomicU64,
    refused_by_pause: AtomicU64,
    expired_in_queue: AtomicU64,
    took_micros: AtomicU64,
    buckets: [AtomicU64; BUCKETS_MS.len() + 1],
}

/// The counts at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Calls that went out, by what came of them: `ok` or the key of an error's kind.
    pub calls: Vec<(&'static str, u64)>,
    /// How many of them were made again.
    pub retries: u64,
    /// Calls that were not made because the circuit was open.
    pub refused_by_breaker: u64,
    /// Calls that were not made because the vendor had asked for a pause.
    pub refused_by_pause: u64,
    /// Calls that were not made because their time was used up while they waited for their turn.
    pub expired_in_queue: u64,
    /// The time that all calls took together.
    pub took: Duration,
    /// How many calls took no longer than each of [`BUCKETS_MS`], those of the buckets before left out; the last are the
    /// rest.
    pub buckets: [u64; BUCKETS_MS.len() + 1],
}

impl Counts {
    /// A call that went out has ended.
    pub fn call<T>(&self, outcome: &Result<T>, took: Duration) {
        add(match outcome {
            Ok(_) => &self.ok,
            Err(error) => &self.failed[error.kind as usize],
        });
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.took_micros.fetch_add(micros, Ordering::Relaxed);
        let bucket = BUCKETS_MS.partition_point(|bound| Duration::from_millis(*bound) < took);
        add(&self.buckets[bucket]);
    }

    /// A call is made again.
    pub fn retry(&self) {
        add(&self.retries);
    }

    /// A call is not made because the circuit is open.
    pub fn refused_by_breaker(&self) {
        add(&self.refused_by_breaker);
    }

    /// A call is not made because the vendor asked for a pause.
    pub fn refused_by_pause(&self) {
        add(&self.refused_by_pause);
    }

    /// A call is not made because its turn did not come in time.
    pub fn expired_in_queue(&self) {
        add(&self.expired_in_queue);
    }

    /// How many there are by now.
    pub fn read(&self) -> Counted {
        let kinds = Kind::ALL.into_iter().zip(&self.failed);
        let failed = kinds.map(|(kind, count)| (kind.key(), get(count)));
        Counted {
            calls: std::iter::once(("ok", get(&self.ok)))
                .chain(failed)
                .collect(),
            retries: get(&self.retries),
            refused_by_breaker: get(&self.refused_by_breaker),
            refused_by_pause: get(&self.refused_by_pause),
            expired_in_queue: get(&self.expired_in_queue),
            took: Duration::from_micros(get(&self.took_micros)),
            buckets: std::array::from_fn(|index| get(&self.buckets[index])),
        }
    }
}

fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

fn get(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Vendor;
    use crate::vendor::Error;

    #[test]
    fn calls_are_counted_by_what_came_of_them_and_how_long_they_took() {
        let counts = Counts::default();
        let late = Err(Error::new(Vendor::ALL[0], "test", Kind::Timeout, ""));
        counts.call(&Ok(()), Duration::from_millis(5));
        counts.call(&Ok(()), Duration::from_millis(6));
        counts.call::<()>(&late, Duration::from_secs(11));
        let counted = counts.read();
        let calls = counted.calls.iter().filter(|(_, count)| *count > 0);
        assert_eq!(calls.collect::<Vec<_>>(), [&("ok", 2), &("timeout", 1)]);
        assert_eq!(counted.took, Duration::from_millis(11_011));
        assert_eq!(counted.buckets, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
}
