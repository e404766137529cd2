//! Calls under way: whoever misses a record that is being fetched waits for that fetch. The fetch runs in a task of its
//! own, so that a client who leaves costs nobody else the answer.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::cache::{Cache, Key};
use super::record::Record;
use super::{Loaded, Outcome};
use crate::vendor::{Error, error};

/// What a fetch brought for one key, for everyone who waits.
type Arrival = Result<Option<(Arc<dyn Any + Send + Sync>, jiff::Timestamp)>, Error>;
type Waiting = watch::Receiver<Option<Arrival>>;

/// The fetches under way, by what they fetch.
#[derive(Clone)]
pub struct Flights {
    cache: Arc<Cache>,
    running: Arc<Mutex<HashMap<Key, Waiting>>>,
}

/// Where a fetch hands over each record as it arrives, so that a slow one holds up no other. Dropped, also by a panic,
/// it takes the keys that never arrived off the list; those who wait then see the channel close.
pub struct Landing<T> {
    flights: Flights,
    senders: Mutex<HashMap<Key, watch::Sender<Option<Arrival>>>>,
    kind: PhantomData<fn(T)>,
}

impl Flights {
    /// None yet; what they bring goes into this cache.
    pub fn new(cache: Arc<Cache>) -> Self {
        Self {
            cache,
            running: Arc::default(),
        }
    }

    /// Loads records: from the cache, from a fetch under way, or by one fetch for all the rest. Nobody waits beyond
    /// `until`.
    pub async fn load<T, F, Fut>(
        &self,
        keys: Vec<Key>,
        until: Instant,
        fetch: F,
    ) -> HashMap<Key, Outcome<T>>
    where
        T: Record,
        F: FnOnce(Vec<Key>, Landing<T>) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let mut outcomes = HashMap::with_capacity(keys.len());
        let mut waiting = Vec::new();
        let mut senders = HashMap::new();
        {
            let mut running = locked(&self.running);
            for key in keys {
                if let Some(known) = self.cache.get::<T>(&key) {
                    outcomes.insert(key, Ok(known));
                } else if let Some(arrival) = running.get(&key) {
                    waiting.push((key, arrival.clone()));
                } else {
                    let (sender, arrival) = watch::channel(None);
                    running.insert(key.clone(), arrival.clone());
                    senders.insert(key.clone(), sender);
                    waiting.push((key, arrival));
                }
            }
        }
        if !senders.is_empty() {
            let missing = senders.keys().cloned().collect();
            let landing = Landing {
                flights: self.clone(),
                senders: Mutex::new(senders),
                kind: PhantomData,
            };
            tokio::spawn(fetch(missing, landing));
        }
        for (key, arrival) in waiting {
            let outcome = arrived(&key, arrival, until).await;
            outcomes.insert(key, outcome);
        }
        outcomes
    }

    /// Loads one record in the same way.
    pub async fn load_one<T, F, Fut>(&self, key: Key, until: Instant, fetch: F) -> Outcome<T>
    where
        T: Record,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<Option<Arc<T>>, Error>> + Send + 'static,
    {
        let own = key.clone();
        let mut outcomes = self
            .load(vec![key.clone()], until, |_, landing| {
                let fetched = fetch();
                async move { landing.land(&own, fetched.await) }
            })
            .await;
        outcomes.remove(&key).unwrap_or_else(|| Err(lost(&key)))
    }
}

impl<T: Record> Landing<T> {
    /// Hands over what came of one key: to the cache, then to everyone who waits. Whoever comes next finds it there.
    pub fn land(&self, key: &Key, outcome: Result<Option<Arc<T>>, Error>) {
        let arrival = self.flights.cache.put_outcome(key.clone(), outcome);
        let arrival = arrival.map(|found| {
            found.map(|loaded| {
                (
                    loaded.value as Arc<dyn Any + Send + Sync>,
                    loaded.fetched_at,
                )
            })
        });
        locked(&self.flights.running).remove(key);
        if let Some(sender) = locked(&self.senders).remove(key) {
            sender.send_replace(Some(arrival));
        }
    }
}

impl<T> Drop for Landing<T> {
    fn drop(&mut self) {
        let mut running = locked(&self.flights.running);
        for key in locked(&self.senders).keys() {
            running.remove(key);
        }
    }
}

fn locked<M>(mutex: &Mutex<M>) -> MutexGuard<'_, M> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn arrived<T: Record>(key: &Key, mut arrival: Waiting, until: Instant) -> Outcome<T> {
    let seen = match timeout_at(until, arrival.wait_for(Option::is_some)).await {
        Ok(Ok(seen)) => seen.clone(),
        Ok(Err(_)) => return Err(lost(key)),
        Err(_) => {
            let detail = "the request's time was used up while waiting";
            return Err(Error::new(
                key.vendor(),
                "load",
                error::Kind::Deadline,
                detail,
            ));
        }
    };
    let Some((value, fetched_at)) = seen.ok_or_else(|| lost(key))?? else {
        return Ok(None);
    };
    let value = value.downcast::<T>().map_err(|_| lost(key))?;
    Ok(Some(Loaded {
        value,
        fetched_at,
        stale: false,
    }))
}

/// The fetch ended without a word on this key: it panicked, or forgot it.
fn lost(key: &Key) -> Error {
    Error::new(
        key.vendor(),
        "load",
        error::Kind::Unavailable,
        "the fetch ended without an answer",
    )
}
