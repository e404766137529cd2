//! One caller sends far too much, another goes on as before: how much longer does the other wait?

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use referral_gateway::callers::key;
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use crate::client::{Connection, ms, percentile};
use crate::gateway::Gateway;

/// Reads that the flood sends: resolved field by field from the cache, a millisecond or more of work each.
const DEAR: &str = "{ referrals(first: 100) { nodes { id name status createdAt updatedAt details { __typename } referrer { __typename } } } }";

/// How long a vendor takes, as one across the network does.
const VENDOR_TAKES_MS: u32 = 30;

const FLOODING: u32 = 400;
const FLOOD_PER_SECOND: u32 = 6_000;
/// So few that the vendor lets them all pass.
const USUAL_PER_SECOND: u32 = 20;
const TIME: Duration = Duration::from_secs(6);

pub(crate) async fn run() {
    for (name, limits) in [
        (
            "each caller limited",
            "[rate]\nper_second = 2000\nburst = 4000\n",
        ),
        ("nobody limited", ""),
    ] {
        measure(name, limits).await;
    }
}

async fn measure(name: &str, limits: &str) {
    let [flood, usual] = [1, 2].map(|seed| key::new([seed; 32]));
    let entry = |caller: &str, sha256: &str| {
        format!(
            "[[callers.keys]]\nname = \"{caller}\"\nscopes = [\"referrals:read\", \"people:read\"]\nsha256 = \"{sha256}\"\n"
        )
    };
    let config = format!(
        "{}{}[cache]\nfresh = \"1h\"\n{limits}",
        entry("flood", &flood.sha256),
        entry("usual", &usual.sha256)
    );
    let gateway = Gateway::start(&config, "", None).await;
    gateway
        .fault(&json!({ "vendor": "plannr", "path": "/api/v1/account", "answer": { "kind": "delay", "ms": VENDOR_TAKES_MS } }))
        .await;
    let address: Arc<str> = gateway.address.as_str().into();
    let numbers = Arc::new(AtomicU64::new(0));
    let as_usual = || times(&address, &usual.key, &numbers);
    as_usual().await;
    let mut before = as_usual().await;
    let over = AtomicBool::new(false);
    let flooding = join_all((0..FLOODING).map(|place| send(&address, &flood.key, place, &over)));
    let (came, mut meanwhile) = tokio::join!(flooding, async {
        let times = as_usual().await;
        over.store(true, Ordering::Relaxed);
        times
    });
    let sum = |of: fn(&Came) -> u32| came.iter().map(of).sum::<u32>();
    let [before, meanwhile] =
        [&mut before, &mut meanwhile].map(|times| (percentile(times, 50), percentile(times, 99)));
    println!(
        "flood, {name}: one caller sent {} requests in {} s ({} answered, the others refused or shed); another's p50 went from {:.1} to {:.1} ms, its p99 from {:.1} to {:.1}, {:.2} times, target at most 1.2",
        sum(|came| came.all),
        TIME.as_secs(),
        sum(|came| came.answered),
        ms(before.0),
        ms(meanwhile.0),
        ms(before.1),
        ms(meanwhile.1),
        meanwhile.1.as_secs_f64() / before.1.as_secs_f64()
    );
}

/// The usual caller's reads, for each of which a vendor is asked.
async fn times(address: &str, key: &str, numbers: &AtomicU64) -> Vec<Duration> {
    let every = Duration::from_secs(1) / USUAL_PER_SECOND;
    let began = Instant::now();
    // One connection could not keep the pace, each answer taking longer than from one request to the next.
    let one = async |place: u32| {
        let mut connection = Connection::open(address)
            .await
            .expect("it listens")
            .with_key(key);
        let mut due = began + every * place;
        let mut times = Vec::new();
        while due < began + TIME {
            sleep_until(due).await;
            let number = numbers.fetch_add(1, Ordering::Relaxed);
            let query =
                format!("{{ people(vendor: PLANNR, search: \\\"nobody {number}\\\") {{ name }} }}");
            let answer = connection.ask(&query, number).await.expect("it answers");
            assert!(
                answer.status == 200 && !answer.has_errors,
                "the usual caller is answered"
            );
            times.push(answer.took);
            due += every * 8;
        }
        times
    };
    join_all((0..8).map(one)).await.concat()
}

#[derive(Default)]
struct Came {
    all: u32,
    answered: u32,
}

async fn send(address: &str, key: &str, place: u32, over: &AtomicBool) -> Came {
    let every = Duration::from_secs(1) * FLOODING / FLOOD_PER_SECOND;
    let mut connection = Connection::open(address)
        .await
        .expect("it listens")
        .with_key(key);
    let mut due = Instant::now() + every * place / FLOODING;
    let mut came = Came::default();
    while !over.load(Ordering::Relaxed) {
        sleep_until(due).await;
        let number = u64::from(place) << 32 | u64::from(came.all);
        let answer = connection.ask(DEAR, number).await.expect("it answers");
        came.all += 1;
        came.answered += u32::from(answer.status == 200);
        while due < Instant::now() {
            due += every;
        }
    }
    came
}
