//! Restarts and reloads under load: `cargo bench --bench reload`, with two numbers behind for other amounts of them than 100
//! and 200, and with `undrained` for processes that close what rests at once when they end. Clients keep their connections, and count a request as failed unless it is answered as it should be; one that
//! failed fails the benchmark. Takes some minutes, sends traffic to loopback only, and stops by itself. docs/reliability.md
//! says what each line means.

mod client;
mod gateway;

use std::sync::Arc;
use std::time::{Duration, Instant};

use client::{Counts, Pace, Work};
use gateway::{Gateway, Site};
use referral_gateway::clock::Clock;
use referral_gateway::sandbox::Sandbox;
use tokio::net::TcpListener;

const RESTARTS: usize = 100;
const RELOADS: usize = 200;

/// Every so many reloads bring a configuration that is refused.
const BAD_EVERY: usize = 10;

/// Between two of them the load goes on for a moment.
const MOMENT: Duration = Duration::from_millis(50);

/// However it goes, it ends by then.
const MOST: Duration = Duration::from_mins(20);

#[tokio::main]
async fn main() {
    let within = tokio::time::timeout(MOST, run()).await;
    let failed = within.expect("it ends long before");
    if failed > 0 {
        std::process::exit(1);
    }
}

/// How many requests failed.
async fn run() -> u64 {
    let mut told = std::env::args().filter_map(|argument| argument.parse().ok());
    let restarts = told.next().unwrap_or(RESTARTS);
    let reloads = told.next().unwrap_or(RELOADS);

    let sandbox = Sandbox::new(&Clock::system());
    // Plannr's documented limit would be met after 500 calls.
    let unlimited = sandbox.set_switch("plannr", "rate_limit", "off");
    unlimited.expect("there is such a switch");
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("loopback has a free port");
    let origin = format!("http://{}", listener.local_addr().expect("it is bound"));
    let emulators = sandbox.router();
    tokio::spawn(async move { axum::serve(listener, emulators).await });

    let is_undrained = std::env::args().any(|argument| argument == "undrained");
    let site = Site::new(sandbox.environment(&origin), is_undrained);
    site.configure(0);
    let mut gateway = Gateway::start(&site).await;
    let counts = Arc::new(Counts::default());
    let work = client::begin(&site.address(), &counts).await;
    let began = Instant::now();
    let mut taken = 0;
    let mut refused = 0;
    let mut restarted = 0;
    while restarted < restarts || taken + refused < reloads {
        // As many reloads for each restart as there are in all.
        while (taken + refused) * restarts.max(1) < reloads * (restarted + 1)
            && taken + refused < reloads
        {
            if (taken + refused + 1).is_multiple_of(BAD_EVERY) {
                site.misconfigure();
                gateway.reload("configuration refused, and nothing").await;
                refused += 1;
            } else {
                taken += 1;
                site.configure(taken);
                gateway.reload("configuration taken").await;
            }
            tokio::time::sleep(MOMENT).await;
        }
        if restarted < restarts {
            // What a bad one has left there would keep it from starting.
            site.configure(taken);
            gateway = if restarted.is_multiple_of(2) {
                gateway.overlapped(&site).await
            } else {
                gateway.replaced(&site).await
            };
            restarted += 1;
            tokio::time::sleep(MOMENT).await;
        }
    }
    let took = began.elapsed();
    let failed = finish(work, &counts, &site).await;
    gateway.end().await;
    println!(
        "{restarted} restarts, {taken} reloads taken and {refused} refused, in {:.0} s",
        took.as_secs_f64()
    );
    counts.print();
    failed
}

/// Ends the load, and looks whether each note was made once.
async fn finish(work: Work, counts: &Counts, site: &Site) -> u64 {
    let notes = work.end().await;
    let made = client::notes(&site.address()).await;
    println!("{notes} notes were confirmed, and the vendor has {made} more than before");
    counts.failed() + notes.abs_diff(made)
}

/// How each client asks: most one request after the other, some with rests that are longer than a connection without a
/// request stays open at the end of a process.
const CLIENTS: [(usize, Pace); 2] = [(16, Pace::Busy), (8, Pace::Resting)];
