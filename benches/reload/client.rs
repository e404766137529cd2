//! Clients that keep their connections as long as they may: one that was told to close, or is found closed, is opened anew.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::CLIENTS;

/// A list over all vendors, one of a single vendor, and one that asks nobody.
const READS: [&str; 3] = [
    "{ referrals(first: 10) { nodes { id status } sources { status } } }",
    "{ referrals(first: 5, filter: { vendors: [INTROZY] }) { nodes { id status } sources { status } } }",
    "{ vendors { vendor } }",
];

const NOTE: &str = "mutation ($input: AddNoteInput!) { addNote(input: $input) { outcome userErrors { message } } }";

const NOTED: &str = "{ referrals(first: 1, orderBy: { field: CREATED_AT, direction: ASC }, filter: { vendors: [INTROZY] }) { nodes { id notes { totalCount } } } }";

/// No request takes longer, unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a client goes on after an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Almost at once.
    Busy,
    /// After a second or three.
    Resting,
}

/// What came of all requests.
#[derive(Default)]
pub(crate) struct Counts {
    requests: AtomicU64,
    /// How many times a connection was opened.
    connections: AtomicU64,
    /// How many answers said that they were their connection's last.
    last: AtomicU64,
    longest_micros: AtomicU64,
    failed: Mutex<BTreeMap<String, u64>>,
}

/// The load.
pub(crate) struct Work {
    is_over: Arc<AtomicBool>,
    clients: JoinSet<u64>,
}

struct Client {
    address: String,
    stream: Option<TcpStream>,
    counts: Arc<Counts>,
}

/// Lets all clients begin.
pub(crate) async fn begin(address: &str, counts: &Arc<Counts>) -> Work {
    let about = noted(address).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    let kinds = CLIENTS
        .iter()
        .flat_map(|(count, pace)| std::iter::repeat_n(*pace, *count));
    for (number, pace) in kinds.enumerate() {
        let client = Client {
            address: address.to_owned(),
            stream: None,
            counts: counts.clone(),
        };
        let (is_over, referral) = (is_over.clone(), about.0.clone());
        clients.spawn(client.run(number, pace, referral, is_over));
    }
    BEFORE.store(about.1, Ordering::Relaxed);
    Work { is_over, clients }
}

/// How many notes there were before.
static BEFORE: AtomicU64 = AtomicU64::new(0);

/// How many notes have been made since.
pub(crate) async fn notes(address: &str) -> u64 {
    noted(address).await.1 - BEFORE.load(Ordering::Relaxed)
}

/// The referral that notes are made about, and how many it has.
async fn noted(address: &str) -> (String, u64) {
    let mut client = Client {
        address: address.to_owned(),
        stream: None,
        counts: Arc::default(),
    };
    let (_, answer) = client
        .send(&json!({ "query": NOTED }))
        .await
        .expect("the gateway answers");
    let node = &answer["data"]["referrals"]["nodes"][0];
    let id = node["id"].as_str().expect("there is a referral").to_owned();
    (id, node["notes"]["totalCount"].as_u64().unwrap_or(0))
}

impl Work {
    /// Ends it; how many notes were confirmed.
    pub(crate) async fn end(self) -> u64 {
        self.is_over.store(true, Ordering::Relaxed);
        self.clients.join_all().await.into_iter().sum()
    }
}

impl Counts {
    /// How many requests failed.
    pub(crate) fn failed(&self) -> u64 {
        self.failures().values().sum()
    }

    /// Tells of all.
    pub(crate) fn print(&self) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        println!(
            "{} requests over {} connections, {} of which were ended by their last answer; the longest took {:.0} ms",
            read(&self.requests),
            read(&self.connections),
            read(&self.last),
            Duration::from_micros(read(&self.longest_micros)).as_secs_f64() * 1e3
        );
        println!("{} failed requests", self.failed());
        for (how, count) in self.failures().iter() {
            println!("  {count}: {how}");
        }
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u64>> {
        self.failed.lock().expect("nobody panics with it")
    }
}

impl Client {
    /// Asks until it is over; how many of its notes were confirmed.
    async fn run(
        mut self,
        number: usize,
        pace: Pace,
        referral: String,
        is_over: Arc<AtomicBool>,
    ) -> u64 {
        let mut notes = 0;
        let mut turn = 0;
        while !is_over.load(Ordering::Relaxed) {
            turn += 1;
            let is_note = number == 0 && turn % 8 == 0;
            let question = if is_note {
                let input = json!({ "idempotencyKey": format!("note-{turn}"), "referralId": referral, "content": format!("Note {turn}") });
                json!({ "query": NOTE, "variables": { "input": input } })
            } else {
                // No two are the same read, or one would be answered with the other.
                let own = json!({ "own": number * 1_000_000 + turn });
                json!({ "query": READS[turn % READS.len()], "variables": own })
            };
            let began = Instant::now();
            let answered = timeout(PATIENCE, self.send(&question)).await;
            self.note(began, &question, answered, &mut notes, is_note);
            let spread = u64::try_from((number * 7 + turn * 13) % 17).unwrap_or(0);
            sleep(match pace {
                Pace::Busy => Duration::from_millis(5 + spread),
                Pace::Resting => Duration::from_millis(900 + 130 * spread),
            })
            .await;
        }
        notes
    }

    fn note(
        &mut self,
        began: Instant,
        question: &Value,
        answered: Result<io::Result<(u16, Value)>, tokio::time::error::Elapsed>,
        notes: &mut u64,
        is_note: bool,
    ) {
        let counts = &self.counts;
        counts.requests.fetch_add(1, Ordering::Relaxed);
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        counts.longest_micros.fetch_max(took, Ordering::Relaxed);
        let failure = match answered {
            Err(_) => "no answer in time".to_owned(),
            Ok(Err(error)) => format!("{}: {error}", error.kind()),
            Ok(Ok((status, answer))) => {
                let text = answer.to_string();
                let is_noted = !is_note || text.contains("\"APPLIED\"");
                let is_whole = ["PARTIAL", "FAILED", "ERROR", "STALE"]
                    .iter()
                    .all(|status| !text.contains(&format!("\"{status}\"")));
                if status == 200 && answer.get("errors").is_none() && is_noted && is_whole {
                    *notes += u64::from(is_note);
                    return;
                }
                format!("{status} {question} {text:.400}")
            }
        };
        self.stream = None;
        *counts.failures().entry(failure).or_default() += 1;
    }

    /// Sends a request, over the connection that there is, if it is still open.
    async fn send(&mut self, question: &Value) -> io::Result<(u16, Value)> {
        let body = question.to_string();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = if let Some(stream) = self.stream.take().filter(is_open) {
            stream
        } else {
            self.counts.connections.fetch_add(1, Ordering::Relaxed);
            TcpStream::connect(&self.address).await?
        };
        stream.set_nodelay(true)?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::with_capacity(4_096);
        loop {
            if stream.read_buf(&mut answer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some((head, body)) = whole(&answer) else {
                continue;
            };
            let status = head.get(9..12).and_then(|status| status.parse().ok());
            let json = serde_json::from_slice(body).unwrap_or_default();
            if head.contains("connection: close") {
                self.counts.last.fetch_add(1, Ordering::Relaxed);
            } else {
                self.stream = Some(stream);
            }
            return Ok((status.unwrap_or(0), json));
        }
    }
}

/// Whether a resting connection was not closed, as far as is known here.
fn is_open(stream: &TcpStream) -> bool {
    let mut byte = [0];
    let read = stream.try_read(&mut byte);
    read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// The head and the body, once all of it is there.
fn whole(answer: &[u8]) -> Option<(&str, &[u8])> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let (_, length) = head.split_once("content-length: ")?;
    let length: usize = length.split("\r\n").next()?.parse().ok()?;
    let body = answer.get(end + 4..)?;
    (body.len() >= length).then_some((head, body))
}
