//! A mistake in the gateway costs the request that meets it, not the process nor the client's connection.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use pretty_assertions::assert_eq;
use referral_gateway::clock::Clock;
use referral_gateway::config::Config;
use referral_gateway::gateway;
use referral_gateway::http::request_id::RequestIds;
use referral_gateway::http::router;
use referral_gateway::load::{Cache, Flights, Lifetimes, Registry};
use referral_gateway::model::{
    Capability, GlobalId, Order, Referral, ReferralFilter, Vendor, Workspace,
};
use referral_gateway::random::Random;
use referral_gateway::vendor::{Adapter, Call, Native, Page, Plan, Position, Result, Vitals};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{client, codes, send};

/// An adapter full of mistakes.
#[derive(Default)]
struct Broken(Vitals);

#[async_trait]
impl Adapter for Broken {
    fn vendor(&self) -> Vendor {
        Vendor::Introzy
    }

    fn capabilities(&self) -> &'static [Capability] {
        panic!("a secret that must not come out")
    }

    fn vitals(&self) -> &Vitals {
        &self.0
    }

    fn plan_referrals(&self, _: &ReferralFilter, _: Order) -> Plan {
        Plan::Whole(Native::default())
    }

    async fn referrals(
        &self,
        _: &Call,
        _: &Native,
        _: Option<&Position>,
    ) -> Result<Page<Referral>> {
        panic!("a secret that must not come out")
    }

    async fn referral(&self, _: &Call, _: &str) -> Result<Option<Referral>> {
        panic!("a secret that must not come out")
    }

    async fn check(&self, _: &Call) -> Result<String> {
        Ok(String::new())
    }
}

async fn gateway() -> String {
    let clock = Clock::system();
    let adapter: Arc<dyn Adapter> = Arc::new(Broken::default());
    let cache = Arc::new(Cache::new(clock.clone(), 1 << 20, Lifetimes::default()));
    let registry = Registry {
        workspace: Workspace::default(),
        adapters: BTreeMap::from([(Vendor::Introzy, adapter)]),
        generations: BTreeMap::new(),
        flights: Flights::new(cache.clone()),
        cache: cache.clone(),
        clock: clock.clone(),
        call_budget: Duration::from_secs(10),
        max_scan: 1_000,
    };
    let config = Config::read(Some(""), &|_| None).unwrap();
    let random = Random::system();
    let ids = RequestIds::random();
    let app = gateway::over(vec![registry], cache, config, &clock, &random, ids).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/graphql", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router(app)).await });
    url
}

async fn ask(url: &str, query: &str) -> Value {
    let body = json!({ "query": query }).to_string();
    let response = send(
        client()
            .post(url)
            .header("content-type", "application/json")
            .body(body),
    )
    .await;
    let text = response.text().await.unwrap();
    assert!(!text.contains("secret"), "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_resolver_that_panics_becomes_an_error_and_the_next_request_is_answered() {
    let url = gateway().await;
    let answer = ask(&url, "{ vendors { capabilities } }").await;
    assert_eq!(codes(&answer), [(String::new(), "INTERNAL".to_owned())]);
    assert_eq!(
        ask(&url, "{ __typename }").await,
        json!({ "data": { "__typename": "Query" } })
    );
}

#[tokio::test]
async fn a_client_that_panics_costs_its_vendors_part_alone() {
    let url = gateway().await;
    let id = GlobalId::Referral(Vendor::Introzy, "1".to_owned());
    let answer = ask(
        &url,
        &format!("{{ referral(id: \"{id}\") {{ id }} vendors {{ vendor }} }}"),
    )
    .await;
    assert_eq!(answer["data"]["referral"], Value::Null);
    assert_eq!(answer["data"]["vendors"].as_array().map(Vec::len), Some(4));
    assert_eq!(
        codes(&answer),
        [("referral".to_owned(), "VENDOR_UNAVAILABLE".to_owned())]
    );
    let list = ask(
        &url,
        "{ referrals { nodes { id } sources { vendor status } } }",
    )
    .await;
    assert_eq!(
        list["data"]["referrals"]["sources"][0],
        json!({ "vendor": "INTROZY", "status": "FAILED" })
    );
}
