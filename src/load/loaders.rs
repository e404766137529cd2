//! The loaders of one request: one per vendor and kind, so that a slow vendor holds up no fast one.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use dataloader::BatchFn;
use dataloader::cached::Loader;
use futures_util::stream::{self, StreamExt as _};
use tokio::time::Instant;

use super::flight::Landing;
use super::record::{EngagementReferrals, Record};
use super::{Freshness, Key, Loaded, Outcome, Registry};
use crate::model::{Connection, Facilitator, FeePreview, Note, Person, Referral, Stage, Vendor};
use crate::vendor::{Adapter, Call, Error, Found, Result, error};

/// How many single reads of one batch are under way at once; the vendor's own cap bounds them further.
const PARALLEL: usize = 16;

/// Everything that one request reads goes through here.
pub struct Loaders {
    /// The vendors of the caller's workspace.
    pub registry: Arc<Registry>,
    /// For which request, and until when.
    pub call: Call,
    /// How old what it has read is.
    pub freshness: Arc<Freshness>,
    by_vendor: Mutex<BTreeMap<Vendor, VendorLoaders>>,
    /// Rows of the lists that this request has read.
    listed: Mutex<Vec<Loaded<Referral>>>,
}

#[derive(Default)]
struct VendorLoaders {
    referrals: Lazy<Referral>,
    connections: Lazy<Connection>,
    engagements: Lazy<EngagementReferrals>,
    facilitators: Lazy<Vec<Facilitator>>,
    notes: Lazy<Vec<Note>>,
    fee_previews: Lazy<FeePreview>,
}

type Lazy<T> = OnceLock<Loader<Arc<str>, Outcome<T>, Batch<T>>>;

/// Loads what one vendor has of one kind.
struct Batch<T> {
    registry: Arc<Registry>,
    adapter: Arc<dyn Adapter>,
    call: Call,
    kind: PhantomData<fn() -> T>,
}

/// How records of a kind are fetched from a vendor.
trait Fetch: Record + Sized {
    /// One record by a call of its own.
    fn one(
        adapter: &dyn Adapter,
        call: &Call,
        id: &str,
    ) -> impl Future<Output = Result<Option<Self>>> + Send;

    /// How many one call can bring, where there is such a call.
    fn bulk_limit(_adapter: &dyn Adapter) -> Option<usize> {
        None
    }

    /// Several in one call.
    fn bulk(
        adapter: &dyn Adapter,
        _call: &Call,
        _ids: &[&str],
    ) -> impl Future<Output = Result<Found<Self>>> + Send {
        let vendor = adapter.vendor();
        async move { Err(Error::unsupported(vendor, "bulk")) }
    }

    /// The id under which it was asked for.
    #[expect(
        clippy::unnecessary_literal_bound,
        reason = "kinds with a bulk call borrow it from the record"
    )]
    fn id(&self) -> &str {
        ""
    }
}

fn unused(registry: &Registry) -> BTreeMap<Vendor, VendorLoaders> {
    let vendors = registry.adapters.keys();
    vendors
        .map(|vendor| (*vendor, VendorLoaders::default()))
        .collect()
}

impl Loaders {
    /// The loaders of a new request.
    pub fn new(registry: Arc<Registry>, call: Call) -> Self {
        Self {
            by_vendor: Mutex::new(unused(&registry)),
            registry,
            call,
            freshness: Arc::default(),
            listed: Mutex::default(),
        }
    }

    /// Forgets what this request has read: a write of its own may have changed it.
    pub fn forget(&self) {
        *self
            .by_vendor
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = unused(&self.registry);
        self.listed().clear();
    }

    /// One referral.
    pub async fn referral(&self, vendor: Vendor, id: &str) -> Outcome<Referral> {
        if let Some(known) = self.cached(vendor, id) {
            return known;
        }
        let is_it =
            |row: &&Loaded<Referral>| row.value.vendor == vendor && *row.value.remote_id == *id;
        let listed = self.listed().iter().find(is_it).cloned();
        if listed.is_some() {
            self.freshness.note(listed.as_ref());
            return Ok(listed);
        }
        self.load(vendor, id, |loaders| &loaders.referrals).await
    }

    /// One connection.
    pub async fn connection(&self, vendor: Vendor, id: &str) -> Outcome<Connection> {
        self.load(vendor, id, |loaders| &loaders.connections).await
    }

    /// The referrals of an engagement; `None` when no referral has it.
    pub async fn engagement(&self, vendor: Vendor, id: &str) -> Outcome<EngagementReferrals> {
        self.load(vendor, id, |loaders| &loaders.engagements).await
    }

    /// A referral's facilitators, by a call of their own.
    pub async fn facilitators(&self, vendor: Vendor, referral: &str) -> Outcome<Vec<Facilitator>> {
        self.load(vendor, referral, |loaders| &loaders.facilitators)
            .await
    }

    /// A referral's notes.
    pub async fn notes(&self, vendor: Vendor, referral: &str) -> Outcome<Vec<Note>> {
        self.load(vendor, referral, |loaders| &loaders.notes).await
    }

    /// What converting a referral would cost.
    pub async fn fee_preview(&self, vendor: Vendor, referral: &str) -> Outcome<FeePreview> {
        self.load(vendor, referral, |loaders| &loaders.fee_previews)
            .await
    }

    /// People found by name or e-mail address.
    pub async fn people(&self, vendor: Vendor, search: &str, limit: usize) -> Outcome<Vec<Person>> {
        let id = format!("{limit} {search}").into();
        let search = search.to_owned();
        self.single(vendor, id, async move |adapter, call| {
            adapter.people(&call, &search, limit).await.map(Some)
        })
        .await
    }

    /// The stages of a vendor's pipeline.
    pub async fn stages(&self, vendor: Vendor) -> Outcome<Vec<Stage>> {
        self.single(vendor, "".into(), async move |adapter, call| {
            adapter.stages(&call).await.map(Some)
        })
        .await
    }

    /// Makes rows of a list known to this request, so that nothing asks for them again.
    pub fn note_listed(&self, rows: &[Loaded<Referral>]) {
        let complete = rows.iter().filter(|row| row.value.complete).cloned();
        self.listed().extend(complete);
    }

    fn listed(&self) -> MutexGuard<'_, Vec<Loaded<Referral>>> {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn load<T: Fetch>(
        &self,
        vendor: Vendor,
        id: &str,
        pick: impl Fn(&VendorLoaders) -> &Lazy<T>,
    ) -> Outcome<T> {
        // Most reads end here, without the detour through a batch.
        if let Some(known) = self.cached(vendor, id) {
            return known;
        }
        let Some(loader) = self.loader(vendor, pick) else {
            return Err(not_configured(vendor));
        };
        let outcome = loader.try_load(id.into()).await.unwrap_or_else(|_| {
            Err(Error::new(
                vendor,
                "load",
                error::Kind::Unavailable,
                "the batch forgot a key",
            ))
        });
        if let Ok(found) = &outcome {
            self.freshness.note(found.as_ref());
        }
        outcome
    }

    fn cached<T: Fetch>(&self, vendor: Vendor, id: &str) -> Option<Outcome<T>> {
        let adapter = self.registry.adapter(vendor)?;
        let key = self.registry.scope(&**adapter).key(T::KIND, id.into());
        let known = self.registry.cache.hit(&key)?;
        self.freshness.note(known.as_ref());
        Some(Ok(known))
    }

    fn loader<T: Fetch>(
        &self,
        vendor: Vendor,
        pick: impl Fn(&VendorLoaders) -> &Lazy<T>,
    ) -> Option<Loader<Arc<str>, Outcome<T>, Batch<T>>> {
        let adapter = self.registry.adapter(vendor)?;
        let make = || {
            Loader::new(Batch {
                registry: self.registry.clone(),
                adapter: adapter.clone(),
                call: self.call.clone(),
                kind: PhantomData,
            })
        };
        let by_vendor = self
            .by_vendor
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Some(pick(by_vendor.get(&vendor)?).get_or_init(make).clone())
    }

    async fn single<T, F, Fut>(&self, vendor: Vendor, id: Arc<str>, fetch: F) -> Outcome<T>
    where
        T: Record,
        F: FnOnce(Arc<dyn Adapter>, Call) -> Fut,
        Fut: Future<Output = Result<Option<T>>> + Send + 'static,
    {
        let Some(adapter) = self.registry.adapter(vendor) else {
            return Err(not_configured(vendor));
        };
        let key = self.registry.scope(&**adapter).key(T::KIND, id);
        let call = self.registry.detached(&self.call);
        let outcome = self
            .registry
            .flights
            .load_one(key, None, self.call.deadline, |_| {
                let fetched = fetch(adapter.clone(), call);
                async move { fetched.await.map(|found| found.map(Arc::new)) }
            })
            .await;
        if let Ok(found) = &outcome {
            self.freshness.note(found.as_ref());
        }
        outcome
    }
}

impl Registry {
    /// The same call, no longer bound to the time of the request that began it.
    pub fn detached(&self, call: &Call) -> Call {
        Call {
            request_id: call.request_id.clone(),
            deadline: Instant::now() + self.call_budget,
        }
    }
}

impl<T: Fetch> BatchFn<Arc<str>, Outcome<T>> for Batch<T> {
    async fn load(&mut self, ids: &[Arc<str>]) -> HashMap<Arc<str>, Outcome<T>> {
        let scope = self.registry.scope(&*self.adapter);
        let keys = ids
            .iter()
            .map(|id| scope.key(T::KIND, id.clone()))
            .collect();
        let (adapter, call) = (self.adapter.clone(), self.registry.detached(&self.call));
        let flights = &self.registry.flights;
        let outcomes = flights
            .load(keys, None, self.call.deadline, |missing, landing| {
                fetch(adapter, call, missing, landing)
            })
            .await;
        outcomes
            .into_iter()
            .map(|(key, outcome)| (key.id().clone(), outcome))
            .collect()
    }
}

/// One call for all where the vendor has one, else one each.
async fn fetch<T: Fetch>(
    adapter: Arc<dyn Adapter>,
    call: Call,
    keys: Vec<Key>,
    landing: Landing<T>,
) {
    let Some(limit) = T::bulk_limit(&*adapter).filter(|limit| *limit > 0 && keys.len() > 1) else {
        return fetch_singly(&*adapter, &call, keys, &landing).await;
    };
    let batches: Vec<Vec<Key>> = keys.chunks(limit).map(<[Key]>::to_vec).collect();
    let fetches = stream::iter(batches);
    let fetch = async |keys| fetch_bulk(&*adapter, &call, keys, &landing).await;
    fetches.for_each_concurrent(PARALLEL, fetch).await;
}

async fn fetch_singly<T: Fetch>(
    adapter: &dyn Adapter,
    call: &Call,
    keys: Vec<Key>,
    landing: &Landing<T>,
) {
    let fetch = async |key: Key| {
        let found = T::one(adapter, call, key.id()).await;
        landing.land(&key, found.map(|found| found.map(Arc::new)));
    };
    stream::iter(keys)
        .for_each_concurrent(PARALLEL, fetch)
        .await;
}

async fn fetch_bulk<T: Fetch>(
    adapter: &dyn Adapter,
    call: &Call,
    keys: Vec<Key>,
    landing: &Landing<T>,
) {
    let ids: Vec<&str> = keys.iter().map(|key| &**key.id()).collect();
    let found = match T::bulk(adapter, call, &ids).await {
        Ok(found) => found,
        // One id that the vendor takes offence at must not cost the others their records.
        Err(error) if error.kind == error::Kind::Rejected => {
            return fetch_singly(adapter, call, keys, landing).await;
        }
        Err(error) => {
            for key in &keys {
                landing.land(key, Err(error.clone()));
            }
            return;
        }
    };
    let mut records: HashMap<String, Arc<T>> = found
        .records
        .into_iter()
        .map(|record| (record.id().to_owned(), record))
        .collect();
    let mut missing = Vec::new();
    for key in keys {
        match records.remove(&**key.id()) {
            None if found.unreadable > 0 => missing.push(key),
            record => landing.land(&key, Ok(record)),
        }
    }
    // A row that cannot be read tells no id. Asked for by itself, each of the missing says what it is: not there, or
    // not readable.
    fetch_singly(adapter, call, missing, landing).await;
}

fn not_configured(vendor: Vendor) -> Error {
    Error::new(vendor, "load", error::Kind::NotConfigured, "no credentials")
}

impl Fetch for Referral {
    async fn one(adapter: &dyn Adapter, call: &Call, id: &str) -> Result<Option<Self>> {
        adapter.referral(call, id).await
    }

    fn bulk_limit(adapter: &dyn Adapter) -> Option<usize> {
        adapter.bulk_limit()
    }

    async fn bulk(adapter: &dyn Adapter, call: &Call, ids: &[&str]) -> Result<Found<Self>> {
        adapter.referrals_by_id(call, ids).await
    }

    fn id(&self) -> &str {
        &self.remote_id
    }
}

impl Fetch for Connection {
    async fn one(adapter: &dyn Adapter, call: &Call, id: &str) -> Result<Option<Self>> {
        adapter.connection(call, id).await
    }

    fn bulk_limit(adapter: &dyn Adapter) -> Option<usize> {
        adapter.bulk_limit()
    }

    async fn bulk(adapter: &dyn Adapter, call: &Call, ids: &[&str]) -> Result<Found<Self>> {
        adapter.connections_by_id(call, ids).await
    }

    fn id(&self) -> &str {
        &self.remote_id
    }
}

impl Fetch for EngagementReferrals {
    async fn one(adapter: &dyn Adapter, call: &Call, id: &str) -> Result<Option<Self>> {
        let page = adapter.engagement(call, id).await?;
        let exists = !page.rows.is_empty() || !page.unreadable.is_empty();
        Ok(exists.then(|| Self(Arc::new(page))))
    }
}

impl Fetch for Vec<Facilitator> {
    async fn one(adapter: &dyn Adapter, call: &Call, id: &str) -> Result<Option<Self>> {
        adapter.facilitators(call, id).await
    }
}

impl Fetch for Vec<Note> {
    async fn one(adapter: &dyn Adapter, call: &Call, id: &str) -> Result<Option<Self>> {
        adapter.notes(call, id).await
    }
}

impl Fetch for FeePreview {
    async fn one(adapter: &dyn Adapter, call: &Call, id: &str) -> Result<Option<Self>> {
        adapter.fee_preview(call, id).await
    }
}
