//! A warm list beside a bare server that sends the same bytes; the same for identical requests sent at once.

use std::time::Duration;

use serde_json::json;
use tokio::runtime::Runtime;

use crate::client::{self, Connection, Rhythm, Run, drive};
use crate::server::Server;
use crate::world::{World, bare};

/// Fifty referrals, each with its value and the parties on both sides.
pub(crate) const FIELDS: &str = "nodes { id vendor name status vendorStatus createdAt value { amount currency } referrer { ...party } recipient { ...party } } } } fragment party on Party { __typename ... on Person { name email } ... on Organization { name } }";

/// As many as keep a server with one thread busy.
const CONNECTIONS: usize = 16;

/// As many as ask the same at once.
const CROWD: usize = 64;

const ROUNDS: usize = 6;
const TURN: Duration = Duration::from_millis(800);

/// One thing that is measured, over all rounds.
struct Series<'a> {
    name: &'static str,
    server: &'a Server,
    connections: Vec<Connection>,
    rhythm: Rhythm,
    runs: Vec<Run>,
    calls: u32,
}

/// Measures in rounds, each of everything in turn, and prints.
pub(crate) fn run(world: &World, client: &Runtime) {
    let answer = client.block_on(probe(world));
    println!("an answer: {} bytes", answer.len());
    let bare = bare(answer.clone());
    client.block_on(async {
        let mut all = Vec::new();
        for (name, is_bare, rhythm) in [
            ("bare", true, Rhythm::Free),
            ("warm", false, Rhythm::Free),
            ("bare, again", true, Rhythm::Free),
            ("warm, again", false, Rhythm::Free),
            ("bare, all at once", true, Rhythm::Together),
            ("identical, all at once", false, Rhythm::Together),
            ("bare, all at once, again", true, Rhythm::Together),
        ] {
            let server = if is_bare { &bare } else { &world.gateway };
            all.push(Series::new(name, server, rhythm).await);
        }
        for series in &mut all {
            series.turn(world, TURN / 4, answer.len()).await;
            series.runs.clear();
        }
        for _ in 0..ROUNDS {
            for series in &mut all {
                series.turn(world, TURN, answer.len()).await;
            }
        }
        report(&all);
    });
}

/// What every answer must look like. The first one brings the rows into the cache.
async fn probe(world: &World) -> Vec<u8> {
    let mut probe = Connection::open(world.gateway.address, request("Probe", true)).await;
    probe.exchange().await;
    let answer = probe.exchange().await.to_vec();
    let json: serde_json::Value = serde_json::from_slice(&answer).expect("answers are JSON");
    let rows = json["data"]["referrals"]["nodes"].as_array().map(Vec::len);
    assert_eq!((rows, json.get("errors")), (Some(50), None));
    answer
}

/// A request of the list: different from every other one, or the same as every other one.
fn request(name: &str, differs: bool) -> Vec<u8> {
    let query = format!("query {name}($first: Int!) {{ referrals(first: $first) {{ {FIELDS}");
    let mut variables = json!({ "first": 50 });
    if differs {
        variables["counter"] = "00000000".into();
    }
    client::post(&json!({ "query": query, "variables": variables }).to_string())
}

impl<'a> Series<'a> {
    async fn new(name: &'static str, server: &'a Server, rhythm: Rhythm) -> Self {
        let count = match rhythm {
            Rhythm::Free => CONNECTIONS,
            Rhythm::Together => CROWD,
        };
        let mut connections = Vec::new();
        for index in 0..count {
            let request = match rhythm {
                Rhythm::Free => request(&format!("Page{index:02}"), true),
                Rhythm::Together => request("Page", false),
            };
            connections.push(Connection::open(server.address, request).await);
        }
        Self {
            name,
            server,
            connections,
            rhythm,
            runs: Vec::new(),
            calls: 0,
        }
    }

    async fn turn(&mut self, world: &World, time: Duration, expected: usize) {
        let calls = world.vendors.calls();
        let run = drive(
            &mut self.connections,
            self.server,
            self.rhythm,
            time,
            expected,
        );
        self.runs.push(run.await);
        self.calls += world.vendors.calls() - calls;
    }

    fn median(&self, of: impl Fn(&Run) -> f64) -> f64 {
        median(self.runs.iter().map(of).collect())
    }
}

fn report(all: &[Series<'_>]) {
    println!(
        "{:26} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7}",
        "", "req/s", "p50", "p99", "cpu/req", "busy", "calls"
    );
    for series in all {
        let requests: u32 = series.runs.iter().map(|run| run.requests).sum();
        println!(
            "{:26} {:>9.0} {:>6.0} us {:>6.0} us {:>6.1} us {:>5.0} % {:>7.4}",
            series.name,
            series.median(Run::rate),
            series.median(|run| run.percentile(50).as_secs_f64() * 1e6),
            series.median(|run| run.percentile(99).as_secs_f64() * 1e6),
            series.median(|run| run.busy_micros().unwrap_or(f64::NAN)),
            series.median(|run| run.load().unwrap_or(f64::NAN) * 100.0),
            f64::from(series.calls) / f64::from(requests),
        );
    }
    for (what, one, other, target) in [
        ("warm / bare", 1, 0, Some("at least 0.06")),
        ("warm again / bare again", 3, 2, None),
        ("noise: warm again / warm", 3, 1, None),
        ("noise: bare again / bare", 2, 0, None),
        (
            "identical at once / bare at once",
            5,
            4,
            Some("at least 0.5"),
        ),
        ("noise: bare at once, again / bare at once", 6, 4, None),
    ] {
        let (one, other) = (&all[one], &all[other]);
        let pairs = || one.runs.iter().zip(&other.runs);
        let rate = median(
            pairs()
                .map(|(one, other)| one.rate() / other.rate())
                .collect(),
        );
        let work = |run: &Run| run.busy_micros().unwrap_or(f64::NAN);
        let work = median(
            pairs()
                .map(|(one, other)| work(other) / work(one))
                .collect(),
        );
        let target = target
            .map(|target| format!("; target {target}"))
            .unwrap_or_default();
        println!(
            "{what}: {rate:.3} in requests per second, {work:.3} in processor time per request{target}"
        );
    }
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
