//! A mistake in the gateway costs the request that meets it, not the process nor the client's connection; and whatever a
//! panic says, its place alone is told.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::panic::{set_hook, take_hook};
use std::sync::{Arc, LazyLock, Once};
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
    Capability, GlobalId, Order, Problem, Referral, ReferralFilter, Vendor, Workspace, Write,
};
use referral_gateway::random::Random;
use referral_gateway::sandbox::Sandbox;
use referral_gateway::telemetry;
use referral_gateway::vendor::{
    Adapter, Call, Native, Page, Plan, Position, Result, Sent, Vitals, Written,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{client, codes, send};
use crate::secrecy::{self, Watch};

/// What the panics say: everything that must not be told.
static PLANTED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let sandbox = Sandbox::new(&Clock::system());
    let environment: HashMap<_, _> = HashMap::from_iter(sandbox.environment("http://127.0.0.1:9"));
    secrecy::secrets(&environment)
});

thread_local! {
    /// Whether panics of this thread are the gateway's, and not those of a test that fails.
    static IS_GATEWAY: Cell<bool> = const { Cell::new(false) };
}

/// Panics of a thread that is the gateway's are told as the gateway tells them.
fn tell_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if IS_GATEWAY.get() {
                telemetry::tell_place(panic);
            } else {
                usual(panic);
            }
        }));
    });
}

/// An adapter full of mistakes.
#[derive(Default)]
struct Broken(Vitals);

#[async_trait]
impl Adapter for Broken {
    fn vendor(&self) -> Vendor {
        Vendor::Introzy
    }

    fn capabilities(&self) -> &'static [Capability] {
        panic!("{}", PLANTED.join(" "))
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
        panic!("{}", PLANTED.join(" "))
    }

    async fn referral(&self, _: &Call, _: &str) -> Result<Option<Referral>> {
        panic!("{}", PLANTED.join(" "))
    }

    fn check_write(&self, _: &Write) -> Vec<Problem> {
        Vec::new()
    }

    async fn write(&self, _: &Call, _: &Write, _: &Sent) -> Result<Written> {
        panic!("{}", PLANTED.join(" "))
    }

    async fn check(&self, _: &Call) -> Result<String> {
        Ok(String::new())
    }
}

async fn gateway() -> (String, Watch) {
    secrecy::listen();
    tell_places();
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
    let watch = Watch::over(app.clone(), &HashMap::new()).and(PLANTED.clone());
    tokio::spawn(async move { axum::serve(listener, router(app)).await });
    (url, watch)
}

async fn ask(url: &str, query: &str) -> Value {
    let body = json!({ "query": query }).to_string();
    // Everything runs on this thread, and the test itself does not while it waits.
    IS_GATEWAY.set(true);
    let response = send(
        client()
            .post(url)
            .header("content-type", "application/json")
            .body(body),
    )
    .await;
    let text = response.text().await.unwrap();
    IS_GATEWAY.set(false);
    assert_eq!(secrecy::told(&text, &PLANTED), None);
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_resolver_that_panics_becomes_an_error_and_the_next_request_is_answered() {
    let (url, _watch) = gateway().await;
    let answer = ask(&url, "{ vendors { capabilities } }").await;
    assert_eq!(codes(&answer), [(String::new(), "INTERNAL".to_owned())]);
    assert_eq!(answer["errors"][0]["extensions"]["retryable"], false);
    assert_eq!(
        ask(&url, "{ __typename }").await,
        json!({ "data": { "__typename": "Query" } })
    );
}

#[tokio::test]
async fn a_client_that_panics_costs_its_vendors_part_alone() {
    let (url, _watch) = gateway().await;
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

#[tokio::test]
async fn a_panic_is_told_by_its_place_and_not_by_what_it_says() {
    let (url, watch) = gateway().await;
    secrecy::heard();
    let id = GlobalId::Referral(Vendor::Introzy, "1".to_owned());
    let note = format!(
        "mutation {{ addNote(input: {{ referralId: \"{id}\", content: \"x\", idempotencyKey: \"k\" }}) {{ outcome }} }}"
    );
    for query in [
        "{ vendors { capabilities } }",
        "{ referrals { nodes { id } } }",
        &note,
    ] {
        ask(&url, query).await;
        let log = secrecy::heard();
        let panics: Vec<&str> = log.lines().filter(|line| line.contains("panic")).collect();
        assert!(!panics.is_empty(), "{query}: {log}");
        assert!(
            panics.iter().any(|line| line.contains("panics.rs:")),
            "{log}"
        );
        assert_eq!(secrecy::told(&log, &PLANTED), None);
    }
    drop(watch);
}
