//! Facts about the crates that the design stands on. One that changes with an upgrade must be noticed before users do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use dataloader::BatchFn;
use pretty_assertions::assert_eq;
use referral_gateway::clock::Clock;
use referral_gateway::load::{Cache, Flights, Kind, Lifetimes, Scope};
use referral_gateway::model::{Note, Vendor, Workspace};
use tokio::time::{Instant, timeout};

struct Leaf(u32);

#[Object]
impl Leaf {
    async fn id(&self) -> u32 {
        self.0
    }

    async fn slow(&self) -> u32 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.0
    }

    async fn hard(&self) -> async_graphql::Result<u32> {
        if self.0 == 0 {
            Err("boom".into())
        } else {
            Ok(self.0)
        }
    }

    async fn soft(&self) -> async_graphql::Result<Option<u32>> {
        if self.0 == 0 {
            Err("boom".into())
        } else {
            Ok(Some(self.0))
        }
    }

    async fn inner(&self) -> Option<async_graphql::Result<u32>> {
        Some(if self.0 == 0 {
            Err("boom".into())
        } else {
            Ok(self.0)
        })
    }
}

struct Query;

#[Object]
impl Query {
    async fn one(&self) -> Leaf {
        Leaf(0)
    }

    async fn hard_list(&self) -> Vec<Leaf> {
        vec![Leaf(0), Leaf(1)]
    }
}

async fn answer(query: &str) -> String {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    serde_json::to_string(&schema.execute(query).await.data).unwrap()
}

#[tokio::test(start_paused = true)]
async fn fields_come_in_the_order_of_the_query_however_long_they_take() {
    assert_eq!(
        answer("{ one { slow id } }").await,
        r#"{"one":{"slow":0,"id":0}}"#
    );
}

#[tokio::test]
async fn a_failed_field_that_cannot_be_null_takes_its_parents_along() {
    assert_eq!(answer("{ one { id hard } }").await, "null");
    assert_eq!(answer("{ hardList { id hard } }").await, "null");
}

#[tokio::test]
async fn a_failed_nullable_field_must_be_an_option_of_a_result_to_fail_alone() {
    assert_eq!(
        answer("{ one { id inner } }").await,
        r#"{"one":{"id":0,"inner":null}}"#
    );
    // The other way round the engine takes the parent along: the reason for the rule in `graphql`.
    assert_eq!(answer("{ one { id soft } }").await, "null");
}

struct Forgetful;

impl BatchFn<u32, u32> for Forgetful {
    async fn load(&mut self, keys: &[u32]) -> std::collections::HashMap<u32, u32> {
        keys.iter()
            .filter(|key| **key != 7)
            .map(|key| (*key, *key))
            .collect()
    }
}

#[tokio::test]
async fn the_loader_answers_a_forgotten_key_with_an_error_where_it_is_asked_with_try_load() {
    let loader = dataloader::cached::Loader::new(Forgetful);
    assert_eq!(loader.try_load(1).await.unwrap(), 1);
    assert!(loader.try_load(7).await.is_err());
}

struct Counting(Arc<AtomicUsize>);

impl BatchFn<u32, u32> for Counting {
    async fn load(&mut self, keys: &[u32]) -> std::collections::HashMap<u32, u32> {
        self.0.fetch_add(1, Ordering::SeqCst);
        keys.iter().map(|key| (*key, *key)).collect()
    }
}

#[tokio::test]
async fn a_hundred_loads_at_once_are_one_batch() {
    let batches = Arc::new(AtomicUsize::new(0));
    let loader = dataloader::cached::Loader::new(Counting(batches.clone()));
    let loads = (0..100).map(|key| loader.try_load(key % 60));
    for loaded in futures_util::future::join_all(loads).await {
        loaded.unwrap();
    }
    assert_eq!(batches.load(Ordering::SeqCst), 1);
}

fn cache() -> Arc<Cache> {
    Arc::new(Cache::new(Clock::system(), 1 << 20, Lifetimes::default()))
}

/// The reason for loading in a detached task: moka's own `try_get_with` dies with the client that began it.
#[tokio::test(start_paused = true)]
async fn a_fetch_outlives_the_clients_that_began_it_and_fills_the_cache() {
    let cache = cache();
    let flights = Flights::new(cache.clone());
    let key =
        Scope::new(Workspace::new("default"), Vendor::Introzy, "").key(Kind::Notes, "1".into());
    let fetches = Arc::new(AtomicUsize::new(0));
    let client = |patience: u64| {
        let (flights, key, fetches) = (flights.clone(), key.clone(), fetches.clone());
        async move {
            let until = Instant::now() + Duration::from_secs(10);
            let load = flights.load_one(key, None, until, |_| async move {
                fetches.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(400)).await;
                Ok(Some(Arc::new(Vec::<Note>::new())))
            });
            timeout(Duration::from_millis(patience), load)
                .await
                .is_ok_and(|outcome| outcome.is_ok())
        }
    };
    let served = futures_util::future::join_all((0..50).map(|_| client(300))).await;
    assert!(
        served.iter().all(|served| !served),
        "nobody waits 400 ms here"
    );
    assert!(
        client(300).await,
        "the call that the impatient began is still under way and serves the next"
    );
    assert_eq!(fetches.load(Ordering::SeqCst), 1);
    assert!(
        cache
            .hit::<Vec<Note>>(&key)
            .is_some_and(|known| known.is_some()),
        "and the cache is filled"
    );
}

#[tokio::test]
async fn a_fetch_that_panics_fails_those_who_wait_and_not_those_who_come_later() {
    let cache = cache();
    let flights = Flights::new(cache.clone());
    let key =
        Scope::new(Workspace::new("default"), Vendor::Introzy, "").key(Kind::Notes, "1".into());
    let until = Instant::now() + Duration::from_secs(10);
    let failed = flights
        .load_one::<Vec<Note>, _, _>(key.clone(), None, until, |_| async { panic!("on purpose") });
    assert!(failed.await.is_err());
    let fine = flights.load_one(key, None, until, |_| async {
        Ok(Some(Arc::new(Vec::<Note>::new())))
    });
    assert!(fine.await.is_ok_and(|found| found.is_some()));
}
