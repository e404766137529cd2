//! What the gateway adds to the vendors' own time when nothing is cached: one client, rounds of the same vendor calls
//! made directly and of a query that makes them.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use referral_gateway::model::Vendor;
use referral_gateway::sandbox::Sandbox;
use serde_json::json;

use crate::awake::Awake;
use crate::client::{self, Connection};
use crate::speed::median;
use crate::world::World;

/// All that it selects comes with the vendors' lists, so that the vendors are asked once each, all at the same time.
const QUERY: &str = "query Cold($first: Int!) { referrals(first: $first) { nodes { id vendor name status vendorStatus createdAt value { amount currency } recipient { __typename ... on Person { name email } ... on Organization { name } } } } }";

/// Gives every vendor so many referrals.
pub(crate) fn resize(sandbox: &Sandbox, rows: usize) {
    for vendor in Vendor::ALL {
        sandbox
            .resize(vendor.path(), rows)
            .expect("the sandbox knows every vendor");
    }
}

/// Measures at each of the vendors' delays, and prints.
pub(crate) async fn run(world: &World, threads: &str) {
    for (delay_ms, pause_ms, rounds) in [(0, 0, 400), (0, 20, 150), (20, 5, 150)] {
        world.vendors.set_delay(delay_ms);
        print!("vendors at {delay_ms} ms, {threads}");
        if pause_ms > 0 {
            print!(", {pause_ms} ms of rest before each");
        }
        at_delay(world, delay_ms, Duration::from_millis(pause_ms), rounds).await;
    }
    match Awake::keep() {
        Ok(_awake) => {
            print!("vendors at 20 ms, {threads}, 5 ms of rest before each, cores kept awake");
            at_delay(world, 20, Duration::from_millis(5), 150).await;
        }
        Err(error) => println!("the cores cannot be kept awake: {error}"),
    }
    world.vendors.set_delay(0);
}

/// Asks for so many pages, each with nothing cached. Instructions per page are the difference of two runs by the
/// difference of their rounds: of the gateway's thread, which a counter must tell from the others.
pub(crate) async fn repeat(world: &World, rounds: u32) {
    let mut gateway = Connection::open(world.gateway.address, request()).await;
    for _ in 0..rounds {
        world.forget();
        gateway.exchange().await;
    }
}

fn request() -> Vec<u8> {
    client::post(&json!({ "query": QUERY, "variables": { "first": 50 } }).to_string())
}

async fn at_delay(world: &World, delay_ms: u64, pause: Duration, rounds: u32) {
    let mut gateway = Connection::open(world.gateway.address, request()).await;
    for _ in 0..3 {
        world.forget();
        world.vendors.take_asked();
        gateway.exchange().await;
    }
    let direct = Direct::new(&world.origin, world.vendors.take_asked());
    let (mut own, mut again, mut through, mut added) = (vec![], vec![], vec![], vec![]);
    let mut calls = 0;
    for _ in 0..rounds {
        rest(pause).await;
        own.push(direct.slowest().await);
        world.forget();
        rest(pause).await;
        let before = world.vendors.calls();
        let asked = Instant::now();
        gateway.exchange().await;
        through.push(asked.elapsed().as_secs_f64() * 1e3);
        calls += world.vendors.calls() - before;
        again.push(direct.slowest().await);
        let pair = own.last().zip(through.last());
        added.extend(pair.map(|(own, through)| through - own));
    }
    let (own, again, through, added) = (median(own), median(again), median(through), median(added));
    println!(
        ": {through:.2} ms through the gateway, {own:.2} ms the slowest of {} direct calls ({again:.2} again): {added:.2} ms added, {:.2} calls per request{}",
        direct.calls.len(),
        f64::from(calls) / f64::from(rounds),
        if delay_ms == 20 {
            "; target at most 1.5 ms"
        } else {
            ""
        },
    );
}

/// The timer rounds even no time up to a millisecond.
async fn rest(pause: Duration) {
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
}

/// The vendor calls of the query, each by a client of its own as in the gateway.
struct Direct {
    calls: Vec<(reqwest::Client, String)>,
}

impl Direct {
    fn new(origin: &str, paths: Vec<String>) -> Self {
        assert_eq!(paths.len(), 4, "one call per vendor: {paths:?}");
        #[expect(
            clippy::disallowed_methods,
            reason = "the vendors' own time is measured without the gateway"
        )]
        let client = || {
            reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("TLS can be set up")
        };
        let call = |path: String| (client(), format!("{origin}{path}"));
        Self {
            calls: paths.into_iter().map(call).collect(),
        }
    }

    /// Makes all calls at once; how many milliseconds the slowest takes.
    async fn slowest(&self) -> f64 {
        let one = async |(client, url): &(reqwest::Client, String)| {
            let asked = Instant::now();
            #[expect(
                clippy::disallowed_methods,
                reason = "the vendors' own time is measured without the gateway"
            )]
            let answer = client.get(url).send().await.expect("the vendors answer");
            answer.bytes().await.expect("the answers end");
            asked.elapsed().as_secs_f64() * 1e3
        };
        let times = join_all(self.calls.iter().map(one)).await;
        times.into_iter().fold(0.0, f64::max)
    }
}
