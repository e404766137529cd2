//! The store behind the loaders: vendors' records and lists, bounded by weight. The only file that knows moka, which
//! keeps and evicts; how long a record may be given out, and on what terms, is decided here, by the clock passed in.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;

use super::counts::{Counts, Use};
use super::key::{Key, Scope};
use super::record::{Kind, Record, weight_of_shared};
use super::{Failure, Loaded};
use crate::clock::Clock;
use crate::model::Workspace;
use crate::vendor::{Error, error};

/// After a failed reading, what is kept is given out for so long before the vendor is asked for it again: else every
/// request would wait for a vendor that hangs.
const RESPITE: Duration = Duration::from_secs(1);

/// About what the store needs for each entry beside key and value: its places in two queues and in the table, their
/// counts, times and locks.
const PER_ENTRY: usize = 256;

/// Seeded by chance, as ids come from outside. Every look at a record hashes its key.
type Hasher = foldhash::quality::RandomState;

/// What is known of vendors' records.
pub struct Cache {
    store: moka::sync::Cache<Key, Entry, Hasher>,
    clock: Clock,
    fresh: Duration,
    revalidated: Duration,
    kept: Duration,
    missing: Duration,
    /// How long the store keeps anything.
    stored: Duration,
    noted: Arc<Noted>,
}

/// What is noted beside the store.
#[derive(Default)]
struct Noted {
    /// How many writes each scope has seen. What was read before the last one may be out of date.
    writes: RwLock<HashMap<Scope, u64>>,
    all_writes: AtomicU64,
    counts: RwLock<BTreeMap<Workspace, Arc<Counts>>>,
}

/// How long what was read may be given out, counted from when its reading began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// As it is.
    pub fresh: Duration,
    /// At once, while it is read anew.
    pub stale_while_revalidate: Duration,
    /// Only if it cannot be read anew.
    pub stale_if_error: Duration,
    /// That there is no such record.
    pub missing: Duration,
}

/// When a reading began, and how many writes its scope had seen by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Began {
    at: Timestamp,
    /// The same by a clock that never goes back, by which ages are told.
    since: Duration,
    writes: u64,
}

/// What is known of a record, by what may be done with it.
#[derive(Debug)]
pub enum Reading<T> {
    /// It may be given out as it is; `None` when there is no such record.
    Current(Option<Loaded<T>>),
    /// It may be given out, and should be read anew meanwhile.
    Aging(Loaded<T>),
    /// It may be given out only if it cannot be read anew.
    Old(Loaded<T>),
    /// Nothing that may be given out.
    Nothing,
}

#[derive(Clone)]
struct Entry {
    value: Option<Arc<dyn Any + Send + Sync>>,
    began: Began,
    /// That it could not be read anew since.
    failure: Option<Arc<Failure>>,
    weight: u32,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            fresh: Duration::from_secs(30),
            stale_while_revalidate: Duration::from_mins(5),
            stale_if_error: Duration::from_hours(1),
            missing: Duration::from_secs(5),
        }
    }
}

impl Lifetimes {
    fn longest(&self) -> Duration {
        let given_out = self.fresh.max(self.stale_while_revalidate);
        given_out.max(self.stale_if_error).max(self.missing)
    }
}

impl Began {
    /// When.
    pub fn at(self) -> Timestamp {
        self.at
    }

    /// How many writes the scope had seen by then.
    pub fn writes(self) -> u64 {
        self.writes
    }
}

impl Cache {
    /// An empty cache of at most so many bytes.
    pub fn new(clock: Clock, max_bytes: u64, lifetimes: Lifetimes) -> Self {
        let Lifetimes {
            fresh,
            stale_while_revalidate,
            stale_if_error,
            missing,
        } = lifetimes;
        let stored = lifetimes.longest();
        let store = moka::sync::Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|_, entry: &Entry| entry.weight)
            // Frees memory; what may be given out is decided by our own clock.
            .time_to_live(stored + Duration::from_mins(1))
            .build_with_hasher(Hasher::default());
        Self {
            store,
            clock,
            fresh,
            revalidated: stale_while_revalidate,
            kept: stale_if_error,
            missing,
            stored,
            noted: Arc::default(),
        }
    }

    /// The same records, given out for so long; `None` where that is longer than they are kept.
    pub fn with_lifetimes(&self, lifetimes: Lifetimes) -> Option<Self> {
        (lifetimes.longest() <= self.stored).then(|| Self {
            store: self.store.clone(),
            clock: self.clock.clone(),
            fresh: lifetimes.fresh,
            revalidated: lifetimes.stale_while_revalidate,
            kept: lifetimes.stale_if_error,
            missing: lifetimes.missing,
            stored: self.stored,
            noted: self.noted.clone(),
        })
    }

    /// How long what was read counts as fresh.
    pub fn fresh(&self) -> Duration {
        self.fresh
    }

    /// Notes that a reading begins.
    pub fn begin(&self, scope: &Scope) -> Began {
        // The writes first: one made in between makes the reading look older than it is, never younger.
        let writes = self.writes(scope);
        Began {
            at: self.clock.now(),
            since: self.clock.elapsed(),
            writes,
        }
    }

    /// What is known of a record.
    pub fn get<T: Record>(&self, key: &Key) -> Reading<T> {
        let Some(entry) = self.store.get(key) else {
            return Reading::Nothing;
        };
        if key.kind().is_list() && entry.began.writes != self.writes(key.scope()) {
            return Reading::Nothing;
        }
        let now = self.clock.elapsed();
        let age = now.saturating_sub(entry.began.since);
        let Some(value) = entry.value else {
            return if age < self.missing {
                Reading::Current(None)
            } else {
                Reading::Nothing
            };
        };
        let Ok(value) = value.downcast::<T>() else {
            return Reading::Nothing;
        };
        let was_just_tried = entry
            .failure
            .as_ref()
            .is_some_and(|failure| now.saturating_sub(failure.at) < RESPITE);
        let has_failed = entry.failure.is_some();
        let may_be_given = age < self.revalidated.max(self.kept);
        let loaded = Loaded {
            value,
            fetched_at: entry.began.at,
            failure: entry.failure,
        };
        if age < self.fresh || (was_just_tried && may_be_given) {
            Reading::Current(Some(loaded))
        } else if age < self.revalidated || (has_failed && age < self.kept) {
            // Nobody waits again for what failed before.
            Reading::Aging(loaded)
        } else if age < self.kept {
            Reading::Old(loaded)
        } else {
            Reading::Nothing
        }
    }

    /// A record that may be given out as it is, counted as used; the outer `None` when there is more to do.
    pub fn hit<T: Record>(&self, key: &Key) -> Option<Option<Loaded<T>>> {
        let Reading::Current(known) = self.get(key) else {
            return None;
        };
        self.count_known(key, known.as_ref());
        Some(known)
    }

    /// Keeps what a reading brought, unless a write or a later reading has overtaken it.
    pub fn put<T: Record>(
        &self,
        key: &Key,
        value: Option<Arc<T>>,
        began: Began,
    ) -> Option<Loaded<T>> {
        let weight = value.as_ref().map_or(0, |value| value.weight());
        let kept = value
            .clone()
            .map(|value| value as Arc<dyn Any + Send + Sync>);
        self.keep(key, kept, began, weight);
        value.map(|value| Loaded {
            value,
            fetched_at: began.at,
            failure: None,
        })
    }

    /// Keeps a row of a list as a record, like `put`.
    pub(super) fn put_shared<T: Record>(&self, key: &Key, row: &Arc<T>, began: Began) {
        self.keep(key, Some(row.clone()), began, weight_of_shared(&**row));
    }

    fn keep(
        &self,
        key: &Key,
        value: Option<Arc<dyn Any + Send + Sync>>,
        began: Began,
        weight: usize,
    ) {
        let entry = Entry {
            value,
            began,
            failure: None,
            weight: u32::try_from(weight + weight_beside(key)).unwrap_or(u32::MAX),
        };
        // Held until the entry is in, so that nothing passes between the look and the deed.
        let writes = self
            .noted
            .writes
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let is_current = writes.get(key.scope()).copied().unwrap_or(0) == began.writes;
        let is_latest = || {
            self.store
                .get(key)
                .is_none_or(|known| known.began.since <= began.since)
        };
        if is_current && is_latest() {
            self.store.insert(key.clone(), entry);
        }
    }

    /// Notes that a record could not be read. What is kept of it is from now on said to be stale, or is forgotten where
    /// the failure means that it must not be shown any more.
    pub fn note_failure(&self, key: &Key, error: &Error, began: Began) {
        // That our own time was up before it was asked says nothing of the vendor.
        if error.kind == error::Kind::Deadline && error.is_unsent() {
            return;
        }
        // Held meanwhile, or an entry that a write just took away would come back.
        let _writes = self
            .noted
            .writes
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let known = self.store.get(key);
        let Some(mut entry) = known.filter(|entry| entry.began.since <= began.since) else {
            return;
        };
        if !is_bridged(error) {
            self.store.invalidate(key);
        } else if entry.value.is_some() {
            entry.failure = Some(Arc::new(Failure {
                at: self.clock.elapsed(),
                error: error.clone(),
            }));
            self.store.insert(key.clone(), entry);
        }
    }

    /// An old reading in place of one that failed, if it may still be given out.
    pub fn bridge<T>(&self, old: Loaded<T>, error: Error) -> Result<Loaded<T>, Error> {
        let age = self.clock.now().duration_since(old.fetched_at);
        let is_too_old = Duration::try_from(age).is_ok_and(|age| age >= self.kept);
        if !is_bridged(&error) || is_too_old {
            return Err(error);
        }
        let at = self.clock.elapsed();
        Ok(Loaded {
            failure: Some(Arc::new(Failure { at, error })),
            ..old
        })
    }

    /// Notes a write to a vendor: the records that it touched are forgotten, and with them every list of that vendor and
    /// workspace. A reading begun before may not be kept any more, nor joined.
    pub fn note_write<'a>(
        &self,
        scope: &Scope,
        touched: impl IntoIterator<Item = (Kind, &'a str)>,
    ) {
        let mut writes = self
            .noted
            .writes
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *writes.entry(scope.clone()).or_default() += 1;
        self.noted.all_writes.fetch_add(1, Ordering::SeqCst);
        for (kind, id) in touched {
            self.store.invalidate(&scope.key(kind, id.into()));
        }
    }

    /// How many writes have been noted in all.
    pub fn all_writes(&self) -> u64 {
        self.noted.all_writes.load(Ordering::SeqCst)
    }

    /// How often what was kept of a workspace's could be used.
    pub fn counts(&self, workspace: &Workspace) -> Arc<Counts> {
        let known = self
            .noted
            .counts
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(counts) = known.get(workspace) {
            return counts.clone();
        }
        drop(known);
        let mut all = self
            .noted
            .counts
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        all.entry(workspace.clone()).or_default().clone()
    }

    pub(super) fn count_known<T>(&self, key: &Key, known: Option<&Loaded<T>>) {
        let is_stale = known.is_some_and(Loaded::is_stale);
        self.count(key, if is_stale { Use::Stale } else { Use::Hit });
    }

    /// Notes what came of one look for a record.
    pub(super) fn count(&self, key: &Key, used: Use) {
        let workspace = key.scope().workspace();
        let add = |counts: &Counts| counts.add(key.vendor(), key.kind(), used);
        let known = self
            .noted
            .counts
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(counts) = known.get(workspace) {
            return add(counts);
        }
        drop(known);
        add(&self.counts(workspace));
    }

    /// How many entries there are, and about how many bytes they weigh.
    pub fn size(&self) -> (u64, u64) {
        self.store.run_pending_tasks();
        (self.store.entry_count(), self.store.weighted_size())
    }

    fn writes(&self, scope: &Scope) -> u64 {
        let writes = self
            .noted
            .writes
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        writes.get(scope).copied().unwrap_or(0)
    }
}

/// What an entry takes beside its value.
fn weight_beside(key: &Key) -> usize {
    size_of::<Key>() + size_of::<Entry>() + key.id().len() + PER_ENTRY
}

/// Whether an older answer may stand in for a call that failed so: not where the vendor said that we may not see it, or
/// that what we ask makes no sense.
fn is_bridged(error: &Error) -> bool {
    use error::Kind;
    match error.kind {
        Kind::RateLimited
        | Kind::Timeout
        | Kind::Deadline
        | Kind::Unavailable
        | Kind::CircuitOpen
        | Kind::InvalidResponse => true,
        Kind::NotFound
        | Kind::Unauthorized
        | Kind::Rejected
        | Kind::NotConfigured
        | Kind::Unsupported => false,
    }
}

/// A bounded store of anything else that is dear to make again, evicted by use.
pub struct Bounded<K, V>(moka::sync::Cache<K, V, Hasher>)
where
    K: Eq + std::hash::Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static;

impl<K, V> Bounded<K, V>
where
    K: Eq + std::hash::Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A store whose entries weigh at most `max` in all, each as `weigh` says.
    pub fn new(max: u64, weigh: impl Fn(&K, &V) -> u32 + Send + Sync + 'static) -> Self {
        Self(
            moka::sync::Cache::builder()
                .max_capacity(max)
                .weigher(weigh)
                .build_with_hasher(Hasher::default()),
        )
    }

    /// What is kept under this key.
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Eq + std::hash::Hash + ?Sized,
    {
        self.0.get(key)
    }

    /// Keeps a value.
    pub fn put(&self, key: K, value: V) {
        self.0.insert(key, value);
    }
}

/// A clone is the same store.
impl<K, V> Clone for Bounded<K, V>
where
    K: Eq + std::hash::Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
