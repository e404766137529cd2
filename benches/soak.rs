//! Writes over vendors that lose, delay and fail them: `cargo bench --bench soak`. Creates 10,000 referrals, a fifth of
//! which meet a fault before or after the vendor has carried them out, and counts what came of them. Takes some minutes,
//! sends traffic to loopback only, and stops by itself. It fails when a referral was created twice, when one is lost, or
//! when an operation says something else than what the vendor has.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;
use referral_gateway::clock::Clock;
use referral_gateway::config::Config;
use referral_gateway::gateway;
use referral_gateway::http::request_id::RequestIds;
use referral_gateway::http::server;
use referral_gateway::random::Random;
use referral_gateway::sandbox::{Fault, Kind, Sandbox};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How many of each vendor, unless the environment's `SOAK` says otherwise.
const EACH: usize = 2_500;

const AT_ONCE: usize = 48;

/// After this an operation that is not settled counts as lost.
const PATIENCE: Duration = Duration::from_mins(5);

/// One of so many requests meets each of the five faults: about a fifth of all meet one.
const ONE_IN: u32 = 23;

/// Shorter than by default, so that the run is. What the vendors are late by stays within the quiet time, as it must.
const CONFIG: &str = "
[limits]
vendor_timeout = \"700ms\"
[writes]
quiet = \"3s\"
";

/// Where each vendor takes a new referral.
const CREATES: [(&str, &str, &str); 4] = [
    ("introzy", "POST", "/api/referral-opps"),
    ("plannr", "POST", "/api/v1/referrals"),
    ("partner-center", "POST", "/v1.0/engagements/referrals"),
    ("saasquatch", "PUT", "/api/v1/*/open/account/*"),
];

const CREATE: &str = "mutation ($input: CreateReferralInput!) { createReferral(input: $input) { outcome referral { id } operation { state } userErrors { code message path } } }";

const LOOK: &str =
    "query ($key: String!) { operation(idempotencyKey: $key) { state referral { id } } }";

struct World {
    sandbox: Sandbox,
    url: String,
    http: reqwest::Client,
    people: Vec<String>,
    connection: String,
    clients: Vec<String>,
    code: String,
}

/// What became of one create.
struct Ended {
    vendor: usize,
    state: String,
    referral: Option<String>,
    was_unknown: bool,
}

#[tokio::main]
async fn main() {
    let each = std::env::var("SOAK")
        .ok()
        .and_then(|text| text.parse().ok());
    let each: usize = each.unwrap_or(EACH);
    let world = Arc::new(World::start().await);
    let before: Vec<usize> = world.counts();
    world.break_things();
    let begun = Instant::now();
    let all = (0..each * CREATES.len()).map(|number| world.create(number));
    let ended: Vec<Ended> = stream::iter(all).buffer_unordered(AT_ONCE).collect().await;
    world.sandbox.clear_faults();
    let after = world.counts();

    let mut failures = Vec::new();
    for (vendor, (name, ..)) in CREATES.iter().enumerate() {
        let own = || ended.iter().filter(move |it| it.vendor == vendor);
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        for it in own() {
            *states.entry(&it.state).or_default() += 1;
        }
        let confirmed = states.get("CONFIRMED").copied().unwrap_or_default();
        let referrals: HashSet<_> = own()
            .filter(|it| it.state == "CONFIRMED")
            .filter_map(|it| it.referral.as_deref())
            .collect();
        let made = after[vendor] - before[vendor];
        let unknown = own().filter(|it| it.was_unknown).count();
        println!(
            "{name}: {states:?}, {unknown} of them unknown for a while; the vendor has {made} more, {} duplicates",
            made.saturating_sub(confirmed)
        );
        let odd = states
            .keys()
            .any(|state| !["CONFIRMED", "REJECTED", "NEEDS_REVIEW"].contains(state));
        if made != confirmed || referrals.len() != confirmed || odd {
            failures.push(*name);
        }
    }
    println!(
        "{} creates in {:.0} s; target: no duplicates, none lost",
        ended.len(),
        begun.elapsed().as_secs_f64()
    );
    assert!(failures.is_empty(), "not as it should be: {failures:?}");
}

impl World {
    async fn start() -> Self {
        let clock = Clock::system();
        let sandbox = Sandbox::new(&clock);
        sandbox
            .set_switch("plannr", "rate_limit", "off")
            .expect("there is such a switch");
        let listener = bind().await;
        let origin = format!("http://{}", address(&listener));
        let emulators = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, emulators).await });
        let environment: HashMap<&str, String> = sandbox.environment(&origin).into_iter().collect();
        let config = Config::read(Some(CONFIG), &|name| environment.get(name).cloned())
            .expect("the configuration is sound");
        let app = gateway::build(&config, &clock, &Random::system(), RequestIds::random())
            .expect("the adapters can be made");
        let listener = bind().await;
        let url = format!("http://{}/graphql", address(&listener));
        let never = std::future::pending();
        tokio::spawn(server::run(listener, app, Duration::ZERO, never));
        #[expect(
            clippy::disallowed_methods,
            reason = "the soak test is a client of the gateway"
        )]
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("TLS can be set up");
        let mut world = Self {
            sandbox,
            url,
            http,
            people: vec![],
            connection: String::new(),
            clients: vec![],
            code: String::new(),
        };
        world.learn().await;
        world
    }

    /// What the inputs ask for.
    async fn learn(&mut self) {
        let query = "{
            introzy: people(vendor: INTROZY, search: \"e\", first: 100) { remoteId }
            plannr: people(vendor: PLANNR, search: \"e\", first: 100) { remoteId }
            connections(first: 100, filter: { status: [ACCEPTED], direction: SENT }) { nodes { remoteId } }
            referrals(first: 1, filter: { vendors: [SAASQUATCH] }) { nodes { details { ... on SaasquatchReferral { referralCodeUsed } } } }
        }";
        let data = self.ask(query, json!({})).await["data"].clone();
        let ids = |rows: &Value| -> Vec<String> {
            let rows = rows.as_array().into_iter().flatten();
            rows.filter_map(|row| Some(row["remoteId"].as_str()?.to_owned()))
                .collect()
        };
        self.people = ids(&data["introzy"]);
        self.clients = ids(&data["plannr"]);
        self.connection = ids(&data["connections"]["nodes"])
            .pop()
            .expect("the sandbox has an accepted connection");
        let code = &data["referrals"]["nodes"][0]["details"]["referralCodeUsed"];
        self.code = code.as_str().expect("the sandbox has codes").to_owned();
        assert!(self.people.len() > 2 && !self.clients.is_empty());
    }

    /// From now on a fifth of all creates meet a fault.
    fn break_things(&self) {
        for (vendor, method, path) in CREATES {
            let kinds = [
                Kind::DropBefore,
                Kind::DropAfter,
                Kind::StatusAfter { status: 502 },
                Kind::CommitLate { ms: 900 },
                Kind::SlowCommit { ms: 1_500 },
            ];
            for (seed, answer) in kinds.into_iter().enumerate() {
                self.sandbox.fault(Fault {
                    vendor: vendor.to_owned(),
                    method: Some(method.to_owned()),
                    path: Some(path.to_owned()),
                    times: None,
                    after: 0,
                    one_in: Some(ONE_IN),
                    seed: seed as u64,
                    answer,
                });
            }
        }
    }

    fn counts(&self) -> Vec<usize> {
        let count = |vendor: &str| {
            let mounted = self.sandbox.vendor(vendor).expect("it is mounted");
            mounted.emulator.count()
        };
        CREATES.iter().map(|(vendor, ..)| count(vendor)).collect()
    }

    /// Creates one, and waits until it is known what became of it.
    async fn create(self: &Arc<Self>, number: usize) -> Ended {
        let vendor = number % CREATES.len();
        let key = format!("soak-{number}");
        let input = json!({ "idempotencyKey": key, "referral": self.referral(vendor, number) });
        let begun = Instant::now();
        let mut was_unknown = false;
        loop {
            let answer = self.ask(CREATE, json!({ "input": input })).await;
            let payload = &answer["data"]["createReferral"];
            let state = match payload["operation"]["state"].as_str() {
                Some(state) => state.to_owned(),
                // Nothing was sent: the same may be asked for again.
                None if begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                }
                None => format!("refused: {answer}"),
            };
            let is_open = state == "UNKNOWN" || state == "SENDING";
            if !is_open {
                let referral = payload["referral"]["id"].as_str().map(str::to_owned);
                return Ended {
                    vendor,
                    state,
                    referral,
                    was_unknown,
                };
            }
            was_unknown = true;
            let (state, referral) = self.follow(&key, begun).await;
            return Ended {
                vendor,
                state,
                referral,
                was_unknown,
            };
        }
    }

    async fn follow(&self, key: &str, begun: Instant) -> (String, Option<String>) {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let answer = self.ask(LOOK, json!({ "key": key })).await;
            let operation = &answer["data"]["operation"];
            let state = operation["state"].as_str().unwrap_or("lost").to_owned();
            let is_open = state == "UNKNOWN" || state == "SENDING";
            if !is_open || begun.elapsed() > PATIENCE {
                let referral = operation["referral"]["id"].as_str();
                return (state, referral.map(str::to_owned));
            }
        }
    }

    /// A referral that no other is like.
    fn referral(&self, vendor: usize, number: usize) -> Value {
        let name = format!("Soak {number}");
        match CREATES[vendor].0 {
            "introzy" => {
                let count = self.people.len();
                let seeker = &self.people[number / 4 % count];
                let provider =
                    &self.people[(number / 4 + 1 + number / 4 / count % (count - 1)) % count];
                json!({ "introzy": {
                    "seekerId": seeker, "providerId": provider, "name": name,
                    "productId": format!("00000000-0000-4000-8000-{number:012}"),
                } })
            }
            "plannr" => json!({ "plannr": {
                "connectionId": self.connection, "clientIds": [self.clients[0]],
                "adviceType": "PENSIONS", "durationMonths": 3, "note": name,
            } }),
            "partner-center" => json!({ "partnerCenter": {
                "type": "INDEPENDENT", "name": name, "qualification": "SALES_QUALIFIED",
                "customerProfile": { "name": "Northwind", "address": { "city": "Reading", "country": "GB" } },
                "consent": { "consentToContact": true, "consentToShareInfoWithOthers": true },
                "details": { "notes": "Soak", "dealValue": "10.50", "currency": "GBP" },
            } }),
            _ => json!({ "saasquatch": {
                "accountId": format!("soak-{number}"), "userId": format!("soak-{number}"),
                "firstName": "Soak", "referralCode": self.code,
            } }),
        }
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = self.http.post(&self.url);
        let request = request.header("content-type", "application/json");
        #[expect(
            clippy::disallowed_methods,
            reason = "the soak test is a client of the gateway"
        )]
        let response = request.body(body.to_string()).send().await;
        let text = response.expect("the gateway answers").text().await;
        serde_json::from_str(&text.expect("the answer ends")).expect("it is JSON")
    }
}

async fn bind() -> TcpListener {
    TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback has a free port")
}

fn address(listener: &TcpListener) -> std::net::SocketAddr {
    listener.local_addr().expect("it is bound")
}
