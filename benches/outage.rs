//! What failing vendors cost: `cargo bench --bench outage`. docs/benchmarks.md says what each line means. Takes about a
//! minute, sends traffic to loopback only, and stops by itself.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use referral_gateway::clock::Clock;
use referral_gateway::config::Config;
use referral_gateway::gateway;
use referral_gateway::http::live::Live;
use referral_gateway::http::request_id::RequestIds;
use referral_gateway::http::server;
use referral_gateway::random::Random;
use referral_gateway::sandbox::{Fault, Kind, Sandbox};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval};

const VENDORS: [&str; 4] = ["introzy", "plannr", "partner-center", "saasquatch"];

/// Nothing is cached, so that every request asks the vendors; a call may take a second, so that the run is short.
const CONFIG: &str = "
[limits]
vendor_timeout = \"1s\"
[cache]
fresh = \"0s\"
stale_while_revalidate = \"0s\"
stale_if_error = \"0s\"
missing = \"0s\"
";

/// No two of its requests are the same read: each has a variable of another value, which the query does not use.
const QUERY: &str = "{ referrals(first: 20) { nodes { id } sources { vendor status } } }";

/// So many requests come each second while all vendors fail.
const RATE: u32 = 200;

const OUTAGE: Duration = Duration::from_secs(30);

struct World {
    sandbox: Sandbox,
    url: String,
    http: reqwest::Client,
    counter: AtomicU64,
}

/// An answer's time, and what it says of each vendor.
struct Answer {
    took: Duration,
    statuses: HashMap<String, String>,
}

#[tokio::main]
async fn main() {
    let world = Arc::new(World::start().await);
    for _ in 0..20 {
        world.ask().await;
    }
    jitter(&world).await;
    one_hangs(&world).await;
    all_fail(&world).await;
}

impl World {
    async fn start() -> Self {
        let clock = Clock::system();
        let sandbox = Sandbox::new(&clock);
        let listener = bind().await;
        let origin = format!("http://{}", address(&listener));
        // Plannr's documented limit would be met after 500 calls.
        let unlimited = sandbox.set_switch("plannr", "rate_limit", "off");
        unlimited.expect("there is such a switch");
        let emulators = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, emulators).await });
        let environment: HashMap<&str, String> = sandbox.environment(&origin).into_iter().collect();
        let config = Config::read(Some(CONFIG), &|name| environment.get(name).cloned())
            .expect("the configuration is sound");
        let app = gateway::build(config, &clock, &Random::system(), RequestIds::random())
            .expect("the adapters can be made");
        let listener = bind().await;
        let url = format!("http://{}/graphql", address(&listener));
        let never = std::future::pending();
        tokio::spawn(server::run(listener, Live::new(app), never));
        #[expect(
            clippy::disallowed_methods,
            reason = "the benchmark is a client of the gateway"
        )]
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("TLS can be set up");
        Self {
            sandbox,
            url,
            http,
            counter: AtomicU64::new(0),
        }
    }

    async fn ask(&self) -> Answer {
        let counter = self.counter.fetch_add(1, Ordering::Relaxed);
        let body = json!({ "query": QUERY, "variables": { "counter": counter } });
        let request = self.http.post(&self.url);
        let request = request.header("content-type", "application/json");
        let asked = Instant::now();
        #[expect(
            clippy::disallowed_methods,
            reason = "the benchmark is a client of the gateway"
        )]
        let response = request.body(body.to_string()).send().await;
        let text = response.expect("the gateway answers").text().await;
        let took = asked.elapsed();
        let json: Value =
            serde_json::from_str(&text.expect("the answer ends")).expect("it is JSON");
        assert_eq!(
            json.get("errors"),
            None,
            "who looks at sources gets no errors"
        );
        let sources = json["data"]["referrals"]["sources"].as_array();
        let pair = |source: &Value| {
            let text = |name: &str| source[name].as_str().unwrap_or_default().to_owned();
            (text("vendor"), text("status"))
        };
        Answer {
            took,
            statuses: sources.into_iter().flatten().map(pair).collect(),
        }
    }

    /// One request after the other; their times, sorted.
    async fn times(&self, count: u32) -> Vec<Duration> {
        let mut times = Vec::new();
        for _ in 0..count {
            times.push(self.ask().await.took);
        }
        times.sort_unstable();
        times
    }

    /// How often the vendors were asked since the log was cleared, tokens left out.
    fn calls(&self) -> usize {
        let asked = VENDORS
            .iter()
            .flat_map(|vendor| self.sandbox.requests(vendor));
        asked
            .filter(|request| !request.path.ends_with("/token"))
            .count()
    }
}

/// A read that is tried again waits for a time drawn anew each time.
async fn jitter(world: &World) {
    let usual = world.times(100).await;
    let mut retried = Vec::new();
    for _ in 0..100 {
        world.sandbox.fault(Fault {
            times: Some(1),
            ..Fault::new("plannr", Kind::status(503))
        });
        let answer = world.ask().await;
        assert!(
            answer.statuses.values().all(|status| status == "OK"),
            "{:?}",
            answer.statuses
        );
        retried.push(answer.took);
        // Beside the retries of the others, so that the budget and the circuit stay out of it.
        world.times(10).await;
    }
    retried.sort_unstable();
    println!(
        "a read that is tried again once: {} ms; without: {} ms (least, quarters, most)",
        quarters(&retried),
        quarters(&usual)
    );
}

/// One vendor hangs: what it holds, and what it costs before and after it is left alone.
async fn one_hangs(world: &World) {
    let healthy = world.times(200).await;
    world.sandbox.clear_load();
    world.sandbox.fault(Fault::new("introzy", Kind::Hang));
    let answers = join_all((0..100).map(|_| world.ask())).await;
    let most = world
        .sandbox
        .load("introzy")
        .expect("there is such a vendor")
        .most;
    let slowest = answers
        .iter()
        .map(|answer| answer.took)
        .max()
        .unwrap_or_default();
    let whole = answers.iter().filter(|answer| ok(answer) == 3).count();
    println!(
        "one vendor hangs: {whole} of 100 requests at once had the others' rows whole, the slowest after {:.2} of the time allowed for a call; the vendor held {most} of its 16 places",
        slowest.as_secs_f64()
    );
    let mut left_alone = Vec::new();
    let mut probes = 0;
    while left_alone.len() < 200 {
        let answer = world.ask().await;
        if answer
            .statuses
            .get("INTROZY")
            .is_some_and(|status| status == "CIRCUIT_OPEN")
        {
            left_alone.push(answer.took);
        } else {
            probes += 1;
        }
    }
    left_alone.sort_unstable();
    let more = |percent: usize| {
        let of = |times: &[Duration]| times[times.len() * percent / 100].as_secs_f64() * 1e3;
        of(&left_alone) - of(&healthy)
    };
    println!(
        "once its circuit is open: {:.2} ms more at the median, {:.2} ms at the 99th percentile, target under 5 ms; {probes} requests carried a probe",
        more(50),
        more(99)
    );
    world.sandbox.clear_faults();
    recovery(world).await;
}

/// All vendors fail while requests go on coming.
async fn all_fail(world: &Arc<World>) {
    for vendor in VENDORS {
        world.sandbox.fault(Fault::new(vendor, Kind::status(503)));
    }
    world.sandbox.clear_log();
    let mut requests = Vec::new();
    let mut calls = 0;
    let mut ticks = interval(Duration::from_secs(1) / RATE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let began = Instant::now();
    while began.elapsed() < OUTAGE {
        ticks.tick().await;
        let own = world.clone();
        requests.push(tokio::spawn(async move { own.ask().await }));
        if requests.len().is_multiple_of(100) {
            calls += world.calls();
            world.sandbox.clear_log();
        }
    }
    let sent = requests.len();
    let answers = join_all(requests).await;
    calls += world.calls();
    let failed = answers
        .iter()
        .flatten()
        .filter(|answer| ok(answer) == 0)
        .count();
    println!(
        "all vendors fail for {} s: {sent} requests, {failed} told so, {:.3} vendor calls per request, target at most 1.1",
        OUTAGE.as_secs(),
        exact(calls) / exact(sent)
    );
    world.sandbox.clear_faults();
    recovery(world).await;
}

/// How long it takes until an answer is whole again.
async fn recovery(world: &World) {
    let began = Instant::now();
    while ok(&world.ask().await) < VENDORS.len() {
        tokio::time::sleep(Duration::from_secs(1) / RATE).await;
    }
    println!(
        "whole answers again {:.2} s after the vendors are well, target within 2 s",
        began.elapsed().as_secs_f64()
    );
}

fn ok(answer: &Answer) -> usize {
    answer
        .statuses
        .values()
        .filter(|status| *status == "OK")
        .count()
}

fn quarters(times: &[Duration]) -> String {
    let place = |quarter: usize| (times.len() - 1) * quarter / 4;
    let text = |quarter| format!("{:.1}", times[place(quarter)].as_secs_f64() * 1e3);
    (0..=4).map(text).collect::<Vec<_>>().join(" ")
}

fn exact(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("a run is short"))
}

async fn bind() -> TcpListener {
    let bound = TcpListener::bind("127.0.0.1:0").await;
    bound.expect("loopback has a free port")
}

fn address(listener: &TcpListener) -> std::net::SocketAddr {
    listener.local_addr().expect("it is bound")
}
