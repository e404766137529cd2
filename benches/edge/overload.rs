//! Ten times what the gateway can do, on one of its threads, so that the client has a core of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::time::{Instant as Due, sleep_until};

use crate::client::{Answer, Connection, ms, percentile};
use crate::gateway::Gateway;

const CONFIG: &str = "[cache]\nfresh = \"1h\"\n";

/// Resolved field by field from the cache: about a millisecond of work, and no vendor is asked.
const ROWS: &str = "referrals(first: 100) { nodes { id name status createdAt updatedAt details { __typename } referrer { __typename ... on Person { name email } ... on Organization { name } } referred { __typename ... on Person { name email } ... on Organization { name } } recipient { __typename } facilitators(first: 2) { nodes { __typename } } } }";

const CONNECTIONS: u32 = 500;
/// The machine's own pace changes within seconds, so that what is compared is measured in turns.
const TURNS: u32 = 6;
const PEAK: Duration = Duration::from_secs(2);
const USUAL: Duration = Duration::from_secs(3);
const OVERLOAD: Duration = Duration::from_secs(4);
const AFTER: Duration = Duration::from_secs(5);
const SLICE: Duration = Duration::from_millis(250);

/// An answer, and when it came.
struct Came {
    at: Duration,
    answer: Answer,
}

/// What to shed one costs does not depend on what it asks for: the dearer the answers, the less of the peak it takes.
pub(crate) async fn run() {
    let gateway = Gateway::start(CONFIG, "", Some(1)).await;
    println!("overload with requests for one list:");
    run_with(&gateway, &format!("{{ {ROWS} }}")).await;
    println!("overload with requests for three:");
    let three = format!("{{ one: {ROWS} two: {ROWS} three: {ROWS} }}");
    run_with(&gateway, &three).await;
}

async fn run_with(gateway: &Gateway, query: &str) {
    let load = Load {
        address: gateway.address.as_str().into(),
        query: query.into(),
        numbers: AtomicU64::default(),
    };
    load.closed_loop(1, PEAK / 4).await;
    let mut peaks = vec![load.peak(gateway).await];
    let usual = load.paced(peaks[0] / 2.0, USUAL).await;
    let mut usual = took(&usual, 200);
    let (mut came, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let before = peaks.last().copied().unwrap_or_default();
        let offered = load.overload(gateway, before * 10.0).await;
        let after = load.peak(gateway).await;
        let good = rate(took(&offered, 200).len(), OVERLOAD);
        ratios.push(good / f64::midpoint(before, after));
        peaks.push(after);
        came.extend(offered);
    }
    let turns = f64::from(TURNS);
    // Each but the first and the last lies between two turns.
    let peak = peaks
        .windows(2)
        .map(|two| f64::midpoint(two[0], two[1]))
        .sum::<f64>()
        / turns;
    println!(
        "overload: peak {peak:.0} answers a second ({:.2} ms each); at half of it p50 {:.2} ms, p99 {:.2} ms",
        1e3 / peak,
        ms(percentile(&mut usual, 50)),
        ms(percentile(&mut usual, 99))
    );
    report(&came, peak, OVERLOAD * TURNS);
    ratios.sort_by(f64::total_cmp);
    println!("overload: goodput turn by turn, in order of size: {ratios:.2?}");
    let after = load.paced(peak / 2.0, AFTER).await;
    println!(
        "overload: afterwards, at half the peak again, normal after {:.2} s, target within 2 (nothing shed, p50 at most twice the usual)",
        normal_after(&after, percentile(&mut usual, 50)).as_secs_f64()
    );
}

/// How much of a time the gateway had a processor, and how much it wanted one in vain.
struct Share {
    busy: f64,
    waited: f64,
}

impl Share {
    fn since(gateway: &Gateway, before: (Duration, Duration), time: Duration) -> Self {
        let (busy, waited) = gateway.processor_time();
        Self {
            busy: busy.saturating_sub(before.0).as_secs_f64() / time.as_secs_f64(),
            waited: waited.saturating_sub(before.1).as_secs_f64() / time.as_secs_f64(),
        }
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (busy, waited) = (self.busy * 100.0, self.waited * 100.0);
        write!(
            f,
            "the gateway ran {busy:.0} % of the time and waited {waited:.0} % for a processor"
        )
    }
}

/// What sends requests, each with a number of its own.
struct Load {
    address: Arc<str>,
    query: Arc<str>,
    numbers: AtomicU64,
}

impl Load {
    /// How many answers a second there are at most.
    async fn peak(&self, gateway: &Gateway) -> f64 {
        let used = gateway.processor_time();
        let peak = self.closed_loop(16, PEAK).await;
        let share = Share::since(gateway, used, PEAK);
        println!("overload: a peak of {peak:.0} answers a second; {share}");
        peak
    }

    /// What comes of so many requests a second, which are more than can be answered.
    async fn overload(&self, gateway: &Gateway, rate: f64) -> Vec<Came> {
        let used = gateway.processor_time();
        let came = self.paced(rate, OVERLOAD).await;
        let share = Share::since(gateway, used, OVERLOAD);
        println!("overload: {rate:.0} a second wanted; {share}");
        came
    }

    /// Answers a second where each connection sends again once it was answered.
    async fn closed_loop(&self, connections: u32, time: Duration) -> f64 {
        let began = Instant::now();
        let one = async || {
            let mut connection = Connection::open(&self.address).await.expect("it listens");
            let mut answers = 0_u32;
            while began.elapsed() < time {
                let answer = self.ask(&mut connection).await;
                answers += u32::from(answer.status == 200);
            }
            answers
        };
        let answers = join_all((0..connections).map(|_| one())).await;
        f64::from(answers.into_iter().sum::<u32>()) / began.elapsed().as_secs_f64()
    }

    /// So many requests a second, spread over all connections, whether or not others are answered.
    async fn paced(&self, rate: f64, time: Duration) -> Vec<Came> {
        let every = Duration::from_secs_f64(f64::from(CONNECTIONS) / rate);
        let began = Due::now() + Duration::from_millis(100);
        let one = async |place: u32| {
            let mut connection = Connection::open(&self.address).await.expect("it listens");
            let mut due = began + every * place / CONNECTIONS;
            let mut came = Vec::new();
            while due < began + time {
                sleep_until(due).await;
                let answer = self.ask(&mut connection).await;
                let at = Due::now().saturating_duration_since(began);
                came.push(Came { at, answer });
                // What could not be sent while it waited is not made up for.
                while due < Due::now() {
                    due += every;
                }
            }
            came
        };
        let came = join_all((0..CONNECTIONS).map(one)).await;
        // What came late is no part of what was done in that time.
        let came = came.into_iter().flatten();
        came.filter(|it| it.at < time).collect()
    }

    async fn ask(&self, connection: &mut Connection) -> Answer {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let asked = connection.ask(&self.query, number).await;
        asked.expect("it answers")
    }
}

fn report(came: &[Came], peak: f64, time: Duration) {
    let (mut good, mut shed) = (took(came, 200), took(came, 503));
    assert_eq!(
        good.len() + shed.len(),
        came.len(),
        "every request is answered or shed"
    );
    println!(
        "overload: {:.1} times the peak offered; goodput {:.3} of it, target at least 0.9, p99 {:.0} ms; shed answers p50 {:.2} ms, p99 {:.2} ms, target 5",
        rate(came.len(), time) / peak,
        rate(good.len(), time) / peak,
        ms(percentile(&mut good, 99)),
        ms(percentile(&mut shed, 50)),
        ms(percentile(&mut shed, 99))
    );
}

fn rate(count: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / time.as_secs_f64()
}

/// The end of the last slice in which something was shed or the answers were slow.
fn normal_after(came: &[Came], usual: Duration) -> Duration {
    let mut normal = Duration::ZERO;
    let mut from = Duration::ZERO;
    while from < AFTER {
        let is_in = |it: &&Came| it.at >= from && it.at < from + SLICE;
        let slice: Vec<&Came> = came.iter().filter(is_in).collect();
        let was_shed = slice.iter().any(|it| it.answer.status != 200);
        let mut times: Vec<Duration> = slice.iter().map(|it| it.answer.took).collect();
        if was_shed || percentile(&mut times, 50) > 2 * usual {
            normal = from + SLICE;
        }
        from += SLICE;
    }
    normal
}

fn took(came: &[Came], status: u16) -> Vec<Duration> {
    let of = came.iter().filter(|it| it.answer.status == status);
    of.map(|it| it.answer.took).collect()
}
