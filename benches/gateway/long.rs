//! The first page over a vendor that can neither sort nor filter and has 10,000 referrals: how long it takes beside the
//! same calls made directly, the first alone and then as many at once as the gateway's cap allows.

use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use referral_gateway::sandbox::Sandbox;
use serde_json::json;

use crate::client::{self, Connection};
use crate::speed::median;
use crate::world::World;

const ROWS: usize = 10_000;

/// `limits.concurrency`, by default.
const AT_ONCE: usize = 16;

const DELAY_MS: u64 = 20;

const ROUNDS: usize = 15;

const QUERY: &str = "{ referrals(first: 50, filter: { vendors: [INTROZY] }) { nodes { id vendor name createdAt } } }";

/// Gives the vendor its referrals.
pub(crate) fn prepare(sandbox: &Sandbox) {
    sandbox
        .resize("introzy", ROWS)
        .expect("the sandbox knows this vendor");
}

/// Measures and prints.
pub(crate) async fn run(world: &World) {
    let body = json!({ "query": QUERY }).to_string();
    let mut gateway = Connection::open(world.gateway.address, client::post(&body)).await;
    gateway.exchange().await;
    let paths = world.vendors.take_asked();
    let urls: Vec<_> = paths
        .iter()
        .map(|path| format!("{}{path}", world.origin))
        .collect();
    world.vendors.set_delay(DELAY_MS);
    let (mut own, mut through) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        own.push(direct(&urls).await);
        world.forget();
        let before = world.vendors.calls();
        let asked = Instant::now();
        gateway.exchange().await;
        through.push(asked.elapsed().as_secs_f64() * 1e3);
        let calls = world.vendors.calls() - before;
        assert!(calls <= 101, "{calls} calls");
    }
    let (own, through) = (median(own), median(through));
    println!(
        "{ROWS} deals at {DELAY_MS} ms, {} calls: {through:.0} ms through the gateway, {own:.0} ms directly, {AT_ONCE} at once: {:.2} times; target about 1",
        urls.len(),
        through / own,
    );
}

/// How many milliseconds the calls take by themselves, the first before the others.
async fn direct(urls: &[String]) -> f64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the vendors' own time is measured without the gateway"
    )]
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .expect("TLS can be set up");
    let one = async |url: &String| {
        #[expect(
            clippy::disallowed_methods,
            reason = "the vendors' own time is measured without the gateway"
        )]
        let answer = client.get(url).send().await.expect("the vendors answer");
        answer.bytes().await.expect("the answers end");
    };
    let asked = Instant::now();
    one(&urls[0]).await;
    stream::iter(&urls[1..])
        .map(one)
        .buffer_unordered(AT_ONCE)
        .collect::<()>()
        .await;
    asked.elapsed().as_secs_f64() * 1e3
}
