//! Connections by a clock that stands still: how long each may take for what.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::accepting::{Failure, Failures};
use super::connection::serve;
use super::counts::End;
use crate::config::edge::Edge;

const BOUNDS: Edge = Edge {
    max_connections: 10,
    header_timeout: Duration::from_secs(10),
    idle_timeout: Duration::from_secs(75),
    answer_timeout: Duration::from_secs(30),
    drain_timeout: Duration::from_secs(2),
};

const REQUEST: &str = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// More than a stream of the tests holds.
const LARGE: usize = 64 * 1024;

struct Connected {
    client: DuplexStream,
    server: JoinHandle<End>,
    began: Instant,
    ending: CancellationToken,
}

fn connect() -> Connected {
    let router = Router::new()
        .route("/", get(async || "here\n"))
        .route("/large", get(async || Body::from(vec![b'~'; LARGE])))
        .route(
            "/slow",
            get(async || {
                sleep(Duration::from_mins(10)).await;
                "at last\n"
            }),
        );
    let (client, stream) = duplex(4096);
    let ending = CancellationToken::new();
    let raised = ending.clone();
    let serving = move |request| router.clone().oneshot(request);
    let server = tokio::spawn(async move { serve(stream, serving, BOUNDS, &raised).await });
    Connected {
        client,
        server,
        began: Instant::now(),
        ending,
    }
}

impl Connected {
    async fn send(&mut self, text: &str) {
        self.client.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads an answer up to this text.
    async fn read_until(&mut self, end: &str) -> String {
        let mut text = Vec::new();
        while !text.ends_with(end.as_bytes()) {
            text.push(self.client.read_u8().await.unwrap());
        }
        String::from_utf8(text).unwrap()
    }

    /// How it ended, and after how many seconds.
    async fn end(self) -> (End, u64) {
        let end = self.server.await.unwrap();
        (end, self.began.elapsed().as_secs())
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_closed_when_a_head_should_have_come() {
    assert_eq!(connect().end().await, (End::HeaderTimeout, 10));
}

#[tokio::test(start_paused = true)]
async fn a_head_that_trickles_in_has_no_longer_than_one_that_stops() {
    let mut connected = connect();
    let mut client = std::mem::replace(&mut connected.client, duplex(1).0);
    let trickle = async {
        client.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        while client.write_all(b"a: b\r\n").await.is_ok() {
            sleep(Duration::from_secs(3)).await;
        }
    };
    let ((), ended) = tokio::join!(trickle, connected.end());
    assert_eq!(ended, (End::HeaderTimeout, 10));
}

#[tokio::test(start_paused = true)]
async fn a_connection_may_rest_between_requests_for_longer_than_a_head_may_take() {
    let mut connected = connect();
    for _ in 0..3 {
        connected.send(REQUEST).await;
        let answer = connected.read_until("here\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        sleep(Duration::from_secs(70)).await;
    }
    let mut rest = Vec::new();
    connected.client.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"");
    assert_eq!(connected.end().await, (End::Idle, 215));
}

#[tokio::test(start_paused = true)]
async fn the_head_of_a_later_request_has_its_own_time() {
    let mut connected = connect();
    connected.send(REQUEST).await;
    connected.read_until("here\n").await;
    sleep(Duration::from_secs(50)).await;
    connected.send("GET /").await;
    assert_eq!(connected.end().await, (End::HeaderTimeout, 60));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_being_answered_is_not_cut_by_the_bounds_of_the_connection() {
    let mut connected = connect();
    connected
        .send("GET /slow HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await;
    connected.read_until("at last\n").await;
    assert_eq!(connected.end().await, (End::Done, 600));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_taken_is_given_up() {
    let mut connected = connect();
    connected
        .send("GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    assert_eq!(connected.end().await, (End::SlowReader, 30));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_taken_bit_by_bit_has_no_longer() {
    let mut connected = connect();
    connected
        .send("GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    let mut client = std::mem::replace(&mut connected.client, duplex(1).0);
    let sip = async {
        while client.read_u8().await.is_ok() {
            sleep(Duration::from_millis(500)).await;
        }
    };
    tokio::select! {
        () = sip => panic!("the connection is given up before the client has read what is in it"),
        ended = connected.end() => assert_eq!(ended, (End::SlowReader, 30)),
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_in_time_gets_the_whole_of_a_large_answer() {
    let mut connected = connect();
    connected
        .send("GET /large HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await;
    sleep(Duration::from_secs(29)).await;
    let mut answer = Vec::new();
    connected.client.read_to_end(&mut answer).await.unwrap();
    assert!(answer.ends_with(&vec![b'~'; LARGE]), "{}", answer.len());
    assert_eq!(connected.end().await, (End::Done, 29));
}

#[tokio::test(start_paused = true)]
async fn at_the_end_an_idle_connection_closes_after_a_while_and_a_busy_one_answers_first() {
    let silent = connect();
    let mut idle = connect();
    idle.send(REQUEST).await;
    idle.read_until("here\n").await;
    let mut busy = connect();
    busy.send("GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    sleep(Duration::from_secs(1)).await;
    for connected in [&silent, &idle, &busy] {
        connected.ending.cancel();
    }
    assert_eq!(idle.end().await, (End::Shutdown, 3));
    assert_eq!(silent.end().await, (End::Shutdown, 3));
    let answer = busy.read_until("at last\n").await;
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    assert_eq!(busy.end().await, (End::Shutdown, 600));
}

#[tokio::test(start_paused = true)]
async fn at_the_end_a_request_on_an_idle_connection_is_answered_and_told_to_be_the_last() {
    let mut connected = connect();
    connected.send(REQUEST).await;
    let answer = connected.read_until("here\n").await;
    assert!(!answer.contains("connection: close"), "{answer}");
    connected.ending.cancel();
    sleep(Duration::from_secs(1)).await;
    connected.send(REQUEST).await;
    let answer = connected.read_until("here\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    assert_eq!(connected.end().await, (End::Shutdown, 1));
}

#[tokio::test(start_paused = true)]
async fn at_the_end_a_request_whose_head_has_begun_to_arrive_is_answered() {
    let mut connected = connect();
    connected.send("GET / HTTP/1.1\r\n").await;
    sleep(Duration::from_secs(1)).await;
    connected.ending.cancel();
    sleep(Duration::from_secs(5)).await;
    connected.send("host: localhost\r\n\r\n").await;
    let answer = connected.read_until("here\n").await;
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    assert_eq!(connected.end().await, (End::Shutdown, 6));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_http_and_what_breaks_off_are_told_apart() {
    let mut connected = connect();
    connected.send("\u{16}\u{3}\u{1}\u{0}nonsense\r\n").await;
    let answer = connected.read_until("\r\n\r\n").await;
    assert!(
        answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{answer}"
    );
    assert_eq!(connected.end().await, (End::Malformed, 0));

    let mut connected = connect();
    connected.send("GET / HT").await;
    drop(std::mem::replace(&mut connected.client, duplex(1).0));
    assert_eq!(connected.end().await, (End::Broken, 0));
}

#[tokio::test(start_paused = true)]
async fn http_2_is_closed_at_its_preface_without_an_answer() {
    let mut connected = connect();
    connected.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    let mut answer = Vec::new();
    connected.client.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, b"");
    assert_eq!(connected.end().await, (End::Malformed, 0));
}

#[tokio::test(start_paused = true)]
async fn the_log_tells_of_failures_to_accept_once_a_second_and_nothing_is_lost_from_the_count() {
    let mut failures = Failures::default();
    // EMFILE.
    let full = io::Error::from_raw_os_error(24);
    assert_eq!(
        failures.note(&full, Instant::now()),
        Failure::PauseAndTell(1)
    );
    for _ in 0..4 {
        tokio::time::advance(Duration::from_millis(200)).await;
        assert_eq!(failures.note(&full, Instant::now()), Failure::Pause);
    }
    tokio::time::advance(Duration::from_millis(200)).await;
    assert_eq!(
        failures.note(&full, Instant::now()),
        Failure::PauseAndTell(5)
    );
    let aborted = io::ErrorKind::ConnectionAborted.into();
    assert_eq!(failures.note(&aborted, Instant::now()), Failure::Passing);
}
