//! Reading a vendor's lists through the cache: pages, whole lists, and single rows. What a list brings is known as
//! records from then on.

use std::sync::Arc;

use jiff::Timestamp;

use super::listed::{Ids, Listed};
use super::record::{Kind, Record};
use super::whole::{Snapshot, read_all};
use super::{Began, Key, Loaded, Registry};
use crate::vendor::{Adapter, Call, Native, Page, Position};

/// Where a list's rows come from.
pub struct From<'a> {
    /// The workspace's vendors and cache.
    pub registry: &'a Registry,
    /// The vendor asked.
    pub adapter: &'a Arc<dyn Adapter>,
    /// For which request.
    pub call: &'a Call,
}

impl From<'_> {
    /// A page as kept, unless it is older than the page before it: what moved from that one to this meanwhile would be
    /// on neither.
    pub(super) async fn page<T: Listed>(
        &self,
        native: &Native,
        at: Option<&Position>,
        not_before: Option<Timestamp>,
    ) -> super::Outcome<Page<T>> {
        let loaded = self.any_page(native, at, not_before).await?;
        let came_too_early = |loaded: &Loaded<Page<T>>| {
            !loaded.is_stale()
                && not_before.is_some_and(|not_before| loaded.fetched_at < not_before)
        };
        // It was under way already when the page before it was read.
        if loaded.as_ref().is_some_and(came_too_early) {
            return self.any_page(native, at, not_before).await;
        }
        Ok(loaded)
    }

    async fn any_page<T: Listed>(
        &self,
        native: &Native,
        at: Option<&Position>,
        not_before: Option<Timestamp>,
    ) -> super::Outcome<Page<T>> {
        let (adapter, call) = (self.adapter.clone(), self.registry.detached(self.call));
        let (native, at) = (native.clone(), at.cloned());
        let prime = self.primer();
        let key = self.key(Page::<T>::KIND, &native, at.as_ref());
        let flights = &self.registry.flights;
        let fetch = |began| async move {
            let mut page = T::page(&*adapter, &call, &native, at.as_ref()).await?;
            let mut ids = Ids::default();
            ids.reserve(page.rows.len());
            page.rows.retain(|row| ids.insert(row.remote_id().clone()));
            prime.rows(&page.rows, began);
            Ok(Some(Arc::new(page)))
        };
        flights
            .load_one(key, not_before, self.call.deadline, fetch)
            .await
    }

    pub(super) async fn snapshot<T: Listed>(&self, native: &Native) -> super::Outcome<Snapshot<T>> {
        let (adapter, call) = (self.adapter.clone(), self.registry.detached(self.call));
        let native = native.clone();
        let max_scan = self.registry.max_scan;
        let prime = self.primer();
        let key = self.key(Snapshot::<T>::KIND, &native, None);
        let flights = &self.registry.flights;
        let fetch = |began| async move {
            // What is known of a page at once is not left for the end, when there is nothing more to wait for.
            let tell = |rows: &[Arc<T>]| prime.rows(rows, began);
            let snapshot = read_all(&*adapter, &call, &native, max_scan, tell).await?;
            Ok(Some(Arc::new(snapshot)))
        };
        flights.load_one(key, None, self.call.deadline, fetch).await
    }

    pub(super) async fn single<T: Listed>(&self, id: &str) -> super::Outcome<T> {
        let (adapter, call) = (self.adapter.clone(), self.registry.detached(self.call));
        let key = self.registry.scope(&**self.adapter).key(T::KIND, id.into());
        let id = id.to_owned();
        let fetch = |_| async move {
            let record = T::single(&*adapter, &call, &id).await?;
            Ok(record.map(Arc::new))
        };
        let flights = &self.registry.flights;
        flights.load_one(key, None, self.call.deadline, fetch).await
    }

    fn key(&self, kind: Kind, native: &Native, at: Option<&Position>) -> Key {
        let query: Vec<String> = native
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let at = at.map(|at| &*at.0).unwrap_or_default();
        self.registry
            .scope(&**self.adapter)
            .key(kind, format!("{}\n{at}", query.join("\n")).into())
    }

    fn primer(&self) -> Primer {
        Primer {
            cache: self.registry.cache.clone(),
            scope: self.registry.scope(&**self.adapter),
        }
    }
}

/// Makes the rows of a list known as records.
struct Primer {
    cache: Arc<super::Cache>,
    scope: super::Scope,
}

impl Primer {
    /// Notes them in a task of its own, behind whoever waits for the list: that takes a tenth of the time that reading it
    /// does. Who looks for one of them before is at worst one who asks the vendor for it.
    fn rows<T: Listed>(&self, rows: &[Arc<T>], began: Began) {
        let rows = rows.iter().filter(|row| row.is_complete());
        let rows: Vec<Arc<T>> = rows.cloned().collect();
        let (cache, scope) = (self.cache.clone(), self.scope.clone());
        tokio::spawn(async move {
            for row in rows {
                let key = scope.key(T::KIND, row.remote_id().clone());
                cache.put_shared(&key, &row, began);
            }
        });
    }
}
