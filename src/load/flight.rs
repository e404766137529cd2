//! Calls under way: whoever misses a record that is being fetched waits for that fetch. The fetch runs in a task of its
//! own, so that a client who leaves costs nobody else the answer.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

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

/// Takes the keys of a fetch off the list even when the fetch panics; those who wait then see the channel close.
struct Landing {
    flights: Flights,
    senders: HashMap<Key, watch::Sender<Option<Arrival>>>,
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
        F: FnOnce(Vec<Key>) -> Fut,
        Fut: Future<Output = Vec<(Key, Result<Option<Arc<T>>, Error>)>> + Send + 'static,
    {
        let mut outcomes = HashMap::with_capacity(keys.len());
        let mut waiting = Vec::new();
        let mut senders = HashMap::new();
        {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
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
                senders,
            };
            tokio::spawn(land(landing, fetch(missing)));
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
            .load(vec![key.clone()], until, |_| {
                let fetched = fetch();
                async move { vec![(own, fetched.await)] }
            })
            .await;
        outcomes.remove(&key).unwrap_or_else(|| Err(lost(&key)))
    }
}

async fn land<T: Record>(
    mut landing: Landing,
    fetch: impl Future<Output = Vec<(Key, Result<Option<Arc<T>>, Error>)>>,
) {
    for (key, outcome) in fetch.await {
        let cache = landing.flights.cache.clone();
        let arrival = cache.put_outcome(key.clone(), outcome).map(|found| {
            found.map(|loaded| {
                (
                    loaded.value as Arc<dyn Any + Send + Sync>,
                    loaded.fetched_at,
                )
            })
        });
        if let Some(sender) = landing.take(&key) {
            sender.send_replace(Some(arrival));
        }
    }
}

impl Landing {
    /// The cache has the record by now, so that whoever comes next need not wait.
    fn take(&mut self, key: &Key) -> Option<watch::Sender<Option<Arrival>>> {
        self.flights
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
        self.senders.remove(key)
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut running = self
            .flights
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for key in self.senders.keys() {
            running.remove(key);
        }
    }
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
