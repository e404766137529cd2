//! Calls under way: whoever misses a record that is being fetched waits for that fetch. The fetch runs in a task of its
//! own, so that a client who leaves costs nobody else the answer.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::cache::{Began, Cache, Reading};
use super::counts::Use;
use super::key::Key;
use super::record::Record;
use super::{Loaded, Outcome};
use crate::vendor::{Error, error};

/// What a fetch brought for one key, for everyone who waits.
type Arrival = Result<Option<(Arc<dyn Any + Send + Sync>, Timestamp)>, Error>;
type Waiting = watch::Receiver<Option<Arrival>>;

/// What is fetched, and since which write: a fetch begun before a write is not joined after it.
type Route = (Key, u64);

/// The fetches under way, by what they fetch.
#[derive(Clone)]
pub struct Flights {
    cache: Arc<Cache>,
    running: Arc<Mutex<HashMap<Route, Waiting>>>,
}

/// Where a fetch hands over each record as it arrives, so that a slow one holds up no other. Dropped, also by a panic,
/// it takes the keys that never arrived off the list; those who wait then see the channel close.
pub struct Landing<T> {
    flights: Flights,
    senders: Mutex<HashMap<Key, Departure>>,
    kind: PhantomData<fn(T)>,
}

/// A fetch of one key, as it began.
struct Departure {
    began: Began,
    sender: watch::Sender<Option<Arrival>>,
}

/// A key whose record is awaited.
struct Awaited<T> {
    key: Key,
    arrival: Waiting,
    /// What is given out if the fetch fails.
    old: Option<Loaded<T>>,
}

impl Flights {
    /// None yet; what they bring goes into this cache.
    pub fn new(cache: Arc<Cache>) -> Self {
        Self {
            cache,
            running: Arc::default(),
        }
    }

    /// The same fetches; what those bring that begin from here on goes into this cache.
    pub fn over(&self, cache: Arc<Cache>) -> Self {
        Self {
            cache,
            running: self.running.clone(),
        }
    }

    /// Loads records: from the cache, from a fetch under way, or by one fetch for all the rest. Nobody waits beyond
    /// `until`. What was read before `not_before` is given out only if it cannot be read anew.
    pub async fn load<T, F, Fut>(
        &self,
        keys: Vec<Key>,
        not_before: Option<Timestamp>,
        until: Instant,
        fetch: F,
    ) -> HashMap<Key, Outcome<T>>
    where
        T: Record,
        F: FnOnce(Vec<Key>, Landing<T>) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let mut outcomes = HashMap::with_capacity(keys.len());
        let mut awaited = Vec::new();
        let mut senders = HashMap::new();
        // Those that somebody waits for come first.
        let (mut missing, mut aging) = (Vec::new(), Vec::new());
        {
            let mut running = locked(&self.running);
            for key in keys {
                let old = match self.reading::<T>(&key, not_before) {
                    Reading::Current(known) => {
                        self.cache.count_known(&key, known.as_ref());
                        outcomes.insert(key, Ok(known));
                        continue;
                    }
                    Reading::Aging(known) => {
                        if let Some(departure) = self.depart(&mut running, &key).1 {
                            self.cache.count(&key, Use::Refresh);
                            senders.insert(key.clone(), departure);
                            aging.push(key.clone());
                        }
                        self.cache.count_known(&key, Some(&known));
                        outcomes.insert(key, Ok(Some(known)));
                        continue;
                    }
                    Reading::Old(known) => Some(known),
                    Reading::Nothing => None,
                };
                let (arrival, departure) = self.depart(&mut running, &key);
                if let Some(departure) = departure {
                    self.cache.count(&key, Use::Miss);
                    senders.insert(key.clone(), departure);
                    missing.push(key.clone());
                } else {
                    self.cache.count(&key, Use::Coalesced);
                }
                awaited.push(Awaited { key, arrival, old });
            }
        }
        if !senders.is_empty() {
            let landing = Landing {
                flights: self.clone(),
                senders: Mutex::new(senders),
                kind: PhantomData,
            };
            missing.append(&mut aging);
            tokio::spawn(fetch(missing, landing));
        }
        for awaited in awaited {
            let key = awaited.key.clone();
            outcomes.insert(key, self.arrived(awaited, until).await);
        }
        outcomes
    }

    /// Loads one record in the same way. The fetch is told when it began.
    pub async fn load_one<T, F, Fut>(
        &self,
        key: Key,
        not_before: Option<Timestamp>,
        until: Instant,
        fetch: F,
    ) -> Outcome<T>
    where
        T: Record,
        F: FnOnce(Began) -> Fut,
        Fut: Future<Output = Result<Option<Arc<T>>, Error>> + Send + 'static,
    {
        let own = key.clone();
        let mut outcomes = self
            .load(vec![key.clone()], not_before, until, |_, landing| {
                let fetched = landing.began(&own).map(fetch);
                async move {
                    if let Some(fetched) = fetched {
                        landing.land(&own, fetched.await);
                    }
                }
            })
            .await;
        outcomes.remove(&key).unwrap_or_else(|| Err(lost(&key)))
    }

    fn reading<T: Record>(&self, key: &Key, not_before: Option<Timestamp>) -> Reading<T> {
        let is_too_old =
            |known: &Loaded<T>| not_before.is_some_and(|not_before| known.fetched_at < not_before);
        match self.cache.get::<T>(key) {
            Reading::Current(Some(known)) | Reading::Aging(known) if is_too_old(&known) => {
                Reading::Old(known)
            }
            reading => reading,
        }
    }

    /// Joins the fetch of this key, or begins one.
    fn depart(
        &self,
        running: &mut HashMap<Route, Waiting>,
        key: &Key,
    ) -> (Waiting, Option<Departure>) {
        let began = self.cache.begin(key.scope());
        let route = (key.clone(), began.writes());
        if let Some(arrival) = running.get(&route) {
            return (arrival.clone(), None);
        }
        let (sender, arrival) = watch::channel(None);
        running.insert(route, arrival.clone());
        (arrival, Some(Departure { began, sender }))
    }

    async fn arrived<T: Record>(&self, awaited: Awaited<T>, until: Instant) -> Outcome<T> {
        let Awaited { key, arrival, old } = awaited;
        let outcome = arrived(&key, arrival, until).await;
        match (outcome, old) {
            (Err(error), Some(old)) => {
                let old = self.cache.bridge(old, error)?;
                self.cache.count(&key, Use::Stale);
                Ok(Some(old))
            }
            (outcome, _) => outcome,
        }
    }
}

impl<T: Record> Landing<T> {
    /// Hands over what came of one key: to the cache, then to everyone who waits. Whoever comes next finds it there.
    pub fn land(&self, key: &Key, outcome: Result<Option<Arc<T>>, Error>) {
        let Some(Departure { began, sender }) = locked(&self.senders).remove(key) else {
            return;
        };
        let cache = &self.flights.cache;
        let arrival = match outcome {
            Ok(value) => {
                cache.put(key, value.clone(), began);
                Ok(value.map(|value| (value as Arc<dyn Any + Send + Sync>, began.at())))
            }
            Err(error) => {
                cache.note_failure(key, &error, began);
                Err(error)
            }
        };
        locked(&self.flights.running).remove(&(key.clone(), began.writes()));
        sender.send_replace(Some(arrival));
    }

    /// When the fetch of this key began.
    fn began(&self, key: &Key) -> Option<Began> {
        locked(&self.senders)
            .get(key)
            .map(|departure| departure.began)
    }
}

impl<T> Drop for Landing<T> {
    fn drop(&mut self) {
        let mut running = locked(&self.flights.running);
        for (key, departure) in locked(&self.senders).drain() {
            running.remove(&(key, departure.began.writes()));
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
        failure: None,
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
