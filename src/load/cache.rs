//! The store behind the loaders: vendors' records and lists, bounded by weight. The only file that knows moka, which
//! keeps and evicts; how long a record counts as fresh is decided here, by the clock that was passed in.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::record::{Kind, Record};
use super::{Loaded, Outcome};
use crate::clock::Clock;
use crate::model::{Vendor, Workspace};

/// What is known of vendors' records.
pub struct Cache {
    store: moka::sync::Cache<Key, Entry>,
    clock: Clock,
    fresh: SignedDuration,
    missing: SignedDuration,
}

/// What the keys of one vendor's records in one workspace have in common. Nothing is cached without it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    workspace: Workspace,
    vendor: Vendor,
    account: Arc<str>,
}

/// What tells one cached record from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    scope: Scope,
    kind: Kind,
    id: Arc<str>,
}

#[derive(Clone)]
struct Entry {
    value: Option<Arc<dyn Any + Send + Sync>>,
    fetched_at: Timestamp,
    weight: u32,
}

impl Scope {
    /// The scope of a vendor's records in a workspace, as seen from an account where that matters.
    pub fn new(workspace: Workspace, vendor: Vendor, account: &str) -> Self {
        Self {
            workspace,
            vendor,
            account: account.into(),
        }
    }

    /// Whose records these are.
    pub fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// The key of one record.
    pub fn key(&self, kind: Kind, id: Arc<str>) -> Key {
        Key {
            scope: self.clone(),
            kind,
            id,
        }
    }
}

impl Key {
    /// Whose record it is.
    pub fn vendor(&self) -> Vendor {
        self.scope.vendor
    }

    /// The id within its kind.
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }
}

impl Cache {
    /// An empty cache of at most so many bytes.
    pub fn new(clock: Clock, max_bytes: u64, fresh: Duration, missing: Duration) -> Self {
        let store = moka::sync::Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|_, entry: &Entry| entry.weight)
            .build();
        let signed = |duration| SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        Self {
            store,
            clock,
            fresh: signed(fresh),
            missing: signed(missing),
        }
    }

    /// What is known of a record and still fresh; the outer `None` when nothing is.
    pub fn get<T: Record>(&self, key: &Key) -> Option<Option<Loaded<T>>> {
        let entry = self.store.get(key)?;
        let age = self.clock.now().duration_since(entry.fetched_at);
        match entry.value {
            None => (age < self.missing).then_some(None),
            Some(value) if age < self.fresh => {
                let value = value.downcast::<T>().ok()?;
                Some(Some(Loaded {
                    value,
                    fetched_at: entry.fetched_at,
                    stale: false,
                }))
            }
            Some(_) => None,
        }
    }

    /// Keeps a record, or that there is none, as read now.
    pub fn put<T: Record>(&self, key: Key, value: Option<Arc<T>>) -> Option<Loaded<T>> {
        let fetched_at = self.clock.now();
        let weight =
            value.as_ref().map_or(0, |value| value.weight()) + size_of::<Key>() + key.id.len() + 64;
        let entry = Entry {
            value: value
                .clone()
                .map(|value| value as Arc<dyn Any + Send + Sync>),
            fetched_at,
            weight: u32::try_from(weight).unwrap_or(u32::MAX),
        };
        self.store.insert(key, entry);
        value.map(|value| Loaded {
            value,
            fetched_at,
            stale: false,
        })
    }

    /// Forgets a record, so that it is asked for anew.
    pub fn forget(&self, key: &Key) {
        self.store.invalidate(key);
    }

    /// What all that is kept weighs together.
    pub fn weight(&self) -> u64 {
        self.store.run_pending_tasks();
        self.store.weighted_size()
    }

    /// Keeps what came of a call; errors are never kept.
    pub fn put_outcome<T: Record>(
        &self,
        key: Key,
        outcome: Result<Option<Arc<T>>, crate::vendor::Error>,
    ) -> Outcome<T> {
        outcome.map(|value| self.put(key, value))
    }
}

/// A bounded store of anything else that is dear to make again, evicted by use.
pub struct Bounded<K, V>(moka::sync::Cache<K, V>)
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
                .build(),
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
