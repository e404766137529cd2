//! A client that costs little beside the server: connections kept alive, requests written as prepared bytes, answers
//! looked at no further than their length.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::server::Server;

/// Digits in a prepared request that are counted up, so that no two requests are the same.
const COUNTER: &[u8] = b"00000000";

/// One connection with its prepared request.
pub(crate) struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    counter: Option<usize>,
    count: u32,
    buffer: Vec<u8>,
}

/// What a run of requests came to.
pub(crate) struct Run {
    pub(crate) requests: u32,
    pub(crate) took: Duration,
    /// The processor time of the server's thread.
    pub(crate) busy: Option<Duration>,
    /// From the first byte sent to the last byte received, sorted.
    pub(crate) latencies: Vec<Duration>,
}

/// How connections are driven.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rhythm {
    /// Each sends its next request once its last is answered.
    Free,
    /// All send at once, and again once all are answered.
    Together,
}

/// The bytes of a POST of this JSON.
pub(crate) fn post(body: &str) -> Vec<u8> {
    format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr, request: Vec<u8>) -> Self {
        let stream = TcpStream::connect(address)
            .await
            .expect("the server listens");
        stream
            .set_nodelay(true)
            .expect("a connection of this process");
        let counter = request
            .windows(COUNTER.len())
            .rposition(|bytes| bytes == COUNTER);
        Self {
            stream,
            request,
            counter,
            count: 0,
            buffer: Vec::with_capacity(64 << 10),
        }
    }

    /// Sends the request and reads the answer to its end; the answer's body.
    pub(crate) async fn exchange(&mut self) -> &[u8] {
        if let Some(place) = self.counter {
            self.count += 1;
            let mut rest = self.count;
            for digit in self.request[place..place + COUNTER.len()].iter_mut().rev() {
                *digit = b'0' + u8::try_from(rest % 10).expect("a digit");
                rest /= 10;
            }
        }
        self.stream
            .write_all(&self.request)
            .await
            .expect("the server reads");
        self.buffer.clear();
        let mut whole = None;
        loop {
            let got = self.stream.read_buf(&mut self.buffer).await;
            assert!(got.expect("the server answers") > 0, "the server hung up");
            whole = whole.or_else(|| body_range(&self.buffer));
            if let Some((start, end)) = whole
                && self.buffer.len() >= end
            {
                return &self.buffer[start..end];
            }
        }
    }
}

/// Where the body lies, once the head is there.
fn body_range(answer: &[u8]) -> Option<(usize, usize)> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).expect("heads are ASCII");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let (_, length) = head
        .split_once("content-length: ")
        .expect("the answer says its length");
    let length: usize = length
        .split("\r\n")
        .next()
        .and_then(|digits| digits.parse().ok())
        .expect("a length is a number");
    Some((end + 4, end + 4 + length))
}

/// Drives all connections for a while. Every answer must be as long as `expected`.
pub(crate) async fn drive(
    connections: &mut [Connection],
    server: &Server,
    rhythm: Rhythm,
    time: Duration,
    expected: usize,
) -> Run {
    let latencies = RefCell::new(Vec::with_capacity(1 << 18));
    let one = async |connection: &mut Connection| {
        let sent = Instant::now();
        let length = connection.exchange().await.len();
        assert_eq!(length, expected, "an answer differs from the others");
        latencies.borrow_mut().push(sent.elapsed());
    };
    let busy_before = server.processor_time();
    let started = Instant::now();
    if rhythm == Rhythm::Together {
        while started.elapsed() < time {
            all(connections.iter_mut().map(&one)).await;
        }
    } else {
        let repeat = async |connection: &mut Connection| {
            while started.elapsed() < time {
                one(connection).await;
            }
        };
        all(connections.iter_mut().map(repeat)).await;
    }
    let took = started.elapsed();
    let busy = server.processor_time().zip(busy_before);
    let mut latencies = latencies.into_inner();
    latencies.sort_unstable();
    Run {
        requests: u32::try_from(latencies.len()).expect("a run is short"),
        took,
        busy: busy.map(|(after, before)| after.saturating_sub(before)),
        latencies,
    }
}

/// Waits for all of them, polling only those that have something to say.
async fn all(futures: impl Iterator<Item = impl Future<Output = ()>>) {
    futures
        .collect::<FuturesUnordered<_>>()
        .collect::<()>()
        .await;
}

impl Run {
    /// Requests per second.
    pub(crate) fn rate(&self) -> f64 {
        f64::from(self.requests) / self.took.as_secs_f64()
    }

    /// The server thread's processor time per request, in microseconds.
    pub(crate) fn busy_micros(&self) -> Option<f64> {
        Some(self.busy?.as_secs_f64() * 1e6 / f64::from(self.requests))
    }

    /// The share of the time in which the server's thread was busy.
    pub(crate) fn load(&self) -> Option<f64> {
        Some(self.busy?.as_secs_f64() / self.took.as_secs_f64())
    }

    /// The latency that so many of a hundred requests stayed within.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let last = self.latencies.len() - 1;
        self.latencies[(self.latencies.len() * percent / 100).min(last)]
    }
}
