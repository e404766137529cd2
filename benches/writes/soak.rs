//! Creates 10,000 referrals, a fifth of which meet a fault before or after the vendor has carried them out, and counts what
//! came of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;
use referral_gateway::clock::Clock;
use referral_gateway::config::Config;
use referral_gateway::gateway;
use referral_gateway::http::live::Live;
use referral_gateway::http::request_id::RequestIds;
use referral_gateway::http::server;
use referral_gateway::random::Random;
use referral_gateway::sandbox::{Fault, Kind, Sandbox};
use serde_json::{Value, json};

use crate::amount;
use crate::client::{CREATES, Client, bind, counts, serve};

/// How many of each vendor, unless the command line says otherwise.
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

const CREATE: &str = "mutation ($input: CreateReferralInput!) { createReferral(input: $input) { referral { id } operation { state } userErrors { code message path } } }";

const LOOK: &str =
    "query ($key: String!) { operation(idempotencyKey: $key) { state referral { id } } }";

/// What became of one create.
struct Ended {
    vendor: usize,
    state: String,
    referral: Option<String>,
    was_unknown: bool,
}

pub(crate) async fn run() {
    let each = amount("soak", EACH);
    let sandbox = Sandbox::new(&Clock::system());
    let client = Arc::new(start(&sandbox).await);
    let before = counts(&sandbox);
    break_things(&sandbox);
    let begun = Instant::now();
    let all = (0..each * CREATES.len()).map(|number| create(client.clone(), number));
    let ended: Vec<Ended> = stream::iter(all).buffer_unordered(AT_ONCE).collect().await;
    sandbox.clear_faults();
    let after = counts(&sandbox);

    let mut failures = Vec::new();
    for (vendor, (name, ..)) in CREATES.iter().enumerate() {
        let own = || ended.iter().filter(move |it| it.vendor == vendor);
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        for it in own() {
            *states.entry(&it.state).or_default() += 1;
        }
        let confirmed = states.get("CONFIRMED").copied().unwrap_or_default();
        // Of these nobody knows whether they are there.
        let reviewed = states.get("NEEDS_REVIEW").copied().unwrap_or_default();
        let referrals: HashSet<_> = own()
            .filter(|it| it.state == "CONFIRMED")
            .filter_map(|it| it.referral.as_deref())
            .collect();
        let made = after[vendor] - before[vendor];
        let unknown = own().filter(|it| it.was_unknown).count();
        println!(
            "{name}: {states:?}, {unknown} of them unknown for a while; the vendor has {made} more, {} duplicates",
            made.saturating_sub(confirmed + reviewed)
        );
        let odd = states
            .keys()
            .any(|state| !["CONFIRMED", "REJECTED", "NEEDS_REVIEW"].contains(state));
        let fits = (confirmed..=confirmed + reviewed).contains(&made);
        if !fits || referrals.len() != confirmed || odd {
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

async fn start(sandbox: &Sandbox) -> Client {
    let origin = serve(sandbox).await;
    let environment: HashMap<&str, String> = sandbox.environment(&origin).into_iter().collect();
    let config = Config::read(Some(CONFIG), &|name| environment.get(name).cloned())
        .expect("the configuration is sound");
    let clock = Clock::system();
    let app = gateway::build(config, &clock, &Random::system(), RequestIds::random())
        .expect("the adapters can be made");
    let listener = bind().await;
    let address = listener.local_addr().expect("it is bound");
    let never = std::future::pending();
    tokio::spawn(server::run(listener, Live::new(app), never));
    Client::start(format!("http://{address}/graphql")).await
}

/// From now on a fifth of all creates meet a fault.
fn break_things(sandbox: &Sandbox) {
    for (vendor, method, path) in CREATES {
        let kinds = [
            Kind::DropBefore,
            Kind::DropAfter,
            Kind::StatusAfter { status: 502 },
            Kind::CommitLate { ms: 900 },
            Kind::SlowCommit { ms: 1_500 },
        ];
        for (seed, answer) in kinds.into_iter().enumerate() {
            sandbox.fault(Fault {
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

/// Creates one, and waits until it is known what became of it.
async fn create(client: Arc<Client>, number: usize) -> Ended {
    let vendor = number % CREATES.len();
    let key = format!("soak-{number}");
    let input = json!({ "idempotencyKey": key, "referral": client.referral(vendor, number) });
    let begun = Instant::now();
    loop {
        let answer = client.ask(CREATE, json!({ "input": input })).await;
        let answer = answer.expect("the gateway answers");
        let payload = &answer["data"]["createReferral"];
        let Some(state) = payload["operation"]["state"].as_str() else {
            // Nothing was sent: the same may be asked for again.
            if begun.elapsed() < PATIENCE {
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
            return ended(vendor, &format!("refused: {answer}"), &Value::Null, false);
        };
        if state != "UNKNOWN" && state != "SENDING" {
            return ended(vendor, state, &payload["referral"], false);
        }
        return follow(&client, vendor, &key, begun).await;
    }
}

async fn follow(client: &Client, vendor: usize, key: &str, begun: Instant) -> Ended {
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let answer = client.ask(LOOK, json!({ "key": key })).await;
        let answer = answer.expect("the gateway answers");
        let operation = &answer["data"]["operation"];
        let state = operation["state"].as_str().unwrap_or("lost");
        let is_open = state == "UNKNOWN" || state == "SENDING";
        if !is_open || begun.elapsed() > PATIENCE {
            return ended(vendor, state, &operation["referral"], true);
        }
    }
}

fn ended(vendor: usize, state: &str, referral: &Value, was_unknown: bool) -> Ended {
    Ended {
        vendor,
        state: state.to_owned(),
        referral: referral["id"].as_str().map(str::to_owned),
        was_unknown,
    }
}
