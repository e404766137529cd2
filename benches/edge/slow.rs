//! Two thousand connections at once that say nothing, or a line every now and then.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::client::{Connection, ms, percentile};
use crate::gateway::Gateway;

const CONFIG: &str = "[server]\nheader_timeout = \"3s\"\n[cache]\nfresh = \"1h\"\n";
const HEADER_TIMEOUT: Duration = Duration::from_secs(3);

/// So many, half of them silent.
const SLOW: u32 = 2_000;
/// They come within a second: the kernel forgets some of those that come faster than it has room for, and their
/// clients never learn of it.
const APART: Duration = Duration::from_micros(500);

const QUERY: &str = "{ referrals(first: 20) { nodes { id name status } } }";

/// So many ordinary requests make a figure, one every few milliseconds.
const USUAL: u64 = 400;
const PACE: Duration = Duration::from_millis(5);

pub(crate) async fn run() {
    let gateway = Gateway::start(CONFIG, "", None).await;
    let address = &*gateway.address;
    times(address).await;
    let mut usual = times(address).await;
    let slow = linger_elsewhere(address);
    let ((), mut meanwhile) = tokio::join!(slow, times(address));
    let mut after = times(address).await;
    let line = |name: &str, times: &mut Vec<Duration>| {
        let (half, most) = (percentile(times, 50), percentile(times, 99));
        println!(
            "slow: ordinary requests {name}: p50 {:.2} ms, p99 {:.2} ms",
            ms(half),
            ms(most)
        );
        most
    };
    let before = line("before", &mut usual);
    let during = line("meanwhile", &mut meanwhile);
    line("after", &mut after);
    println!(
        "slow: p99 meanwhile is {:.2} of that before, target at most 2",
        during.as_secs_f64() / before.as_secs_f64()
    );
}

/// Ordinary requests, one after the other, on a thread of their own: how long the others' two thousand tasks keep a thread of
/// this process busy is no part of it.
async fn times(address: &str) -> Vec<Duration> {
    let address = address.to_owned();
    let asking = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime
            .expect("a runtime can be had")
            .block_on(ask(&address))
    });
    asking.await.expect("they are answered")
}

async fn ask(address: &str) -> Vec<Duration> {
    let mut connection = Connection::open(address).await.expect("it listens");
    let mut times = Vec::new();
    for number in 0..USUAL {
        let answer = connection.ask(QUERY, number).await.expect("it answers");
        assert_eq!(answer.status, 200);
        times.push(answer.took);
        sleep(PACE).await;
    }
    times
}

/// All of them in a process of the least priority: they are to take connections from the gateway, not its processors.
async fn linger_elsewhere(address: &str) {
    let this = std::env::current_exe().expect("it was started from a file");
    let status = tokio::process::Command::new("nice")
        .args(["-n", "19"])
        .arg(this)
        .args(["linger", address])
        .status();
    assert!(status.await.is_ok_and(|status| status.success()));
}

/// What that process does.
pub(crate) async fn linger_all(address: &str) {
    let opened = Instant::now();
    let closed = join_all((0..SLOW).map(|number| linger(address, number))).await;
    let in_time = closed.iter().flatten().count();
    let longest = closed.iter().flatten().max().copied().unwrap_or_default();
    println!(
        "slow: {in_time} of {SLOW} slow connections were closed by the gateway, the last {:.1} s after it was opened (header_timeout {:.0} s); all within {:.1} s",
        longest.as_secs_f64(),
        HEADER_TIMEOUT.as_secs_f64(),
        opened.elapsed().as_secs_f64()
    );
}

/// Stays until the gateway closes; how long that took, if it did.
async fn linger(address: &str, number: u32) -> Option<Duration> {
    sleep(APART * number).await;
    let is_silent = number.is_multiple_of(2);
    let mut stream = TcpStream::connect(address).await.ok()?;
    let opened = Instant::now();
    let (mut from, mut to) = stream.split();
    let talk = async {
        if !is_silent {
            to.write_all(b"POST /graphql HTTP/1.1\r\n").await.ok()?;
            while to.write_all(b"a: b\r\n").await.is_ok() {
                sleep(Duration::from_millis(500)).await;
            }
        }
        std::future::pending::<Option<()>>().await
    };
    let listen = async {
        let mut answer = Vec::new();
        // A reset is as good an end as another.
        from.read_to_end(&mut answer).await.ok();
    };
    let until_closed = async {
        tokio::select! { _ = talk => {}, () = listen => {} }
    };
    timeout(4 * HEADER_TIMEOUT, until_closed).await.ok()?;
    Some(opened.elapsed())
}
