//! How much memory a cached referral takes beyond the vendor's JSON: `cargo bench --bench memory`. Counts what is asked
//! of the allocator; docs/benchmarks.md says what each line means.

mod pages;

use std::alloc::System;
use std::collections::HashMap;
use std::net::TcpListener;

use referral_gateway::clock::Clock;
use referral_gateway::config::Config;
use referral_gateway::gateway;
use referral_gateway::http::request_id::RequestIds;
use referral_gateway::load::cursor::{Cursor, Fingerprint};
use referral_gateway::load::list::read;
use referral_gateway::load::{ListRequest, Registry};
use referral_gateway::model::{Order, Referral, ReferralFilter, Vendor, Workspace};
use referral_gateway::random::Random;
use referral_gateway::sandbox::Sandbox;
use referral_gateway::vendor::Call;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::runtime::Runtime;
use tokio::time::{Duration, Instant};

use pages::{ROWS, enlarged};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Room for everything: what is evicted would not be counted.
const CACHE: &str = "[cache]\nmax_bytes = 8000000000\nmax_scan = 20000";

fn main() {
    println!("{ROWS} referrals of each vendor in the cache; bytes per referral:");
    println!(
        "{:16} {:>8} {:>8} {:>12} {:>8} {:>12} {:>14}",
        "", "JSON", "in all", "beyond JSON", "blocks", "weighed as", "weight / truth"
    );
    for vendor in Vendor::ALL {
        measure(*vendor);
    }
    println!("target: at most 2048 beyond the JSON");
}

/// What the rows of a list come to.
#[derive(Default)]
struct Rows {
    count: usize,
    json: usize,
}

fn measure(vendor: Vendor) {
    let start = "2026-11-01T09:00:00Z".parse().expect("a time");
    let (clock, _) = Clock::manual(start);
    let sandbox = Sandbox::new(&clock);
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let origin = format!("http://{}", listener.local_addr().expect("it is bound"));
    let environment: HashMap<&str, String> = sandbox.environment(&origin).into_iter().collect();
    let config = Config::read(Some(CACHE), &|name| environment.get(name).cloned())
        .expect("the sandbox's environment is all that it takes");
    let app = gateway::build(config, &clock, &Random::system(), RequestIds::random())
        .expect("the adapters can be made");

    let workspace = Workspace::default();
    let parts = app.workspaces.get(&workspace).expect("it is the only one");
    let before = ALLOCATOR.stats();
    let rows = fill(&parts.registry, vendor, &sandbox, listener);
    let grown = ALLOCATOR.stats() - before;
    assert_eq!(rows.count, ROWS, "{vendor}");

    let live = grown.bytes_allocated - grown.bytes_deallocated;
    let blocks = grown.allocations - grown.deallocations;
    let weight = usize::try_from(app.cache.size().1).expect("it fits the memory");
    println!(
        "{:16} {:>8} {:>8} {:>12} {:>8.1} {:>12} {:>14.2}",
        vendor.name(),
        rows.json / ROWS,
        live / ROWS,
        (live - rows.json) / ROWS,
        exact(blocks) / exact(ROWS),
        weight / ROWS,
        exact(weight) / exact(live),
    );
}

/// Reads all of a vendor's rows into the cache. Connections and their buffers go with the runtimes: what is left is the
/// cache.
fn fill(registry: &Registry, vendor: Vendor, sandbox: &Sandbox, listener: TcpListener) -> Rows {
    let runtime = || Runtime::new().expect("a runtime can be made");
    let (vendors, reader) = (runtime(), runtime());
    let router = enlarged(sandbox.router());
    listener
        .set_nonblocking(true)
        .expect("a socket of this process");
    vendors.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("it does not block");
        axum::serve(listener, router).await
    });
    let rows = reader.block_on(walk(registry, vendor));
    sandbox.clear_log();
    rows
}

async fn walk(registry: &Registry, vendor: Vendor) -> Rows {
    let list = Fingerprint::of(&"all rows");
    let mut rows = Rows::default();
    let mut request = ListRequest {
        // In one piece: where a walk goes on with a cursor, a page may be read again under another name, and both are kept.
        first: ROWS,
        after: None,
        filter: ReferralFilter {
            vendors: Some(vec![vendor]),
            ..ReferralFilter::default()
        },
        order: Order::default(),
        count: false,
    };
    loop {
        let call = Call {
            request_id: "memory".into(),
            deadline: Instant::now() + Duration::from_mins(1),
        };
        let page = read::<Referral>(registry, &call, &request).await;
        rows.count += page.rows.len();
        let json = page.rows.iter().map(|row| row.value.raw.0.len());
        rows.json += json.sum::<usize>();
        let end = page.rows.len().checked_sub(1).filter(|_| page.has_next);
        let Some(cursor) = end.and_then(|end| page.cursor(end, list)) else {
            return rows;
        };
        request.after = Cursor::read(&cursor, list).ok();
    }
}

fn exact(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("less than four billion"))
}
