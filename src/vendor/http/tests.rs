//! What the vendor is asked, how often, and what is known of it afterwards.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use pretty_assertions::assert_eq;
use tokio::net::TcpListener;
use tokio::time::Instant;
use url::Url;

use super::*;
use crate::clock::ClockHand;
use crate::model::Vendor;
use crate::vendor::breaker::Circuit;
use crate::vendor::stub::{self, Stub};
use crate::vendor::vitals::Health;
use crate::vendor::{Call, Kind};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_failed_call_is_logged_within_a_span_that_names_vendor_operation_and_request() {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let logging = tracing::subscriber::set_default(log);

    let nowhere = Url::parse("http://127.0.0.1:9").unwrap();
    let (connect, _) = stub::connect(None);
    let client = Client::new(Vendor::Plannr, nowhere, &connect).unwrap();
    let sent = client
        .send(&stub::call(), client.get("list_referrals", ["api"]))
        .await;
    assert!(sent.is_err_and(|error| error.kind == Kind::Unavailable));
    drop(logging);

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let span = format!(
        "vendor_call{{vendor=\"plannr\" operation=\"list_referrals\" request_id=\"{}\"}}",
        stub::REQUEST_ID
    );
    assert!(text.contains("WARN") && text.contains(&span), "{text}");
}

const SECOND: Duration = Duration::from_secs(1);

/// A client that retries twice, by a clock that moves with whoever sleeps; each wait is half of its bound.
fn client(base: &str, change: impl FnOnce(&mut Connect)) -> (Client, ClockHand) {
    let (mut connect, hand) = stub::connect(None);
    hand.move_with_sleepers();
    connect.limits.retries = 2;
    connect.random = Random::from_fn(|| 0.5);
    change(&mut connect);
    let base = Url::parse(base).unwrap();
    (Client::new(Vendor::Plannr, base, &connect).unwrap(), hand)
}

/// A vendor that answers 503 so many times, then 200.
async fn failing(times: usize) -> Stub {
    let left = AtomicUsize::new(times);
    Stub::start(move |_| {
        let step = |left: usize| left.checked_sub(1);
        match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step) {
            Ok(_) => (503, String::new()),
            Err(_) => (200, "{}".to_owned()),
        }
    })
    .await
}

/// An address that takes connections and never answers.
async fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    (listener, base)
}

async fn read(client: &Client) -> crate::vendor::Result<Answer> {
    client.send(&stub::call(), client.get("read", ["x"])).await
}

fn count(client: &Client, outcome: &str) -> u64 {
    let counted = client.vitals().counts().read();
    let mut calls = counted.calls.into_iter();
    calls.find(|(known, _)| *known == outcome).unwrap().1
}

#[tokio::test]
async fn a_read_that_fails_twice_is_made_three_times_after_random_waits() {
    let stub = failing(2).await;
    let clock = std::cell::OnceCell::new();
    let (client, _) = client(&stub.base, |connect| {
        assert!(clock.set(connect.clock.clone()).is_ok());
    });
    assert!(read(&client).await.is_ok());
    assert_eq!(stub.asked().len(), 3);
    let waited = clock.get().unwrap().elapsed();
    assert_eq!(waited, Duration::from_millis(25 + 50));
    assert_eq!(client.vitals().counts().read().retries, 2);
    assert_eq!(
        (count(&client, "unavailable"), count(&client, "ok")),
        (2, 1)
    );
}

#[tokio::test]
async fn a_read_is_given_up_after_its_third_failure() {
    let stub = failing(9).await;
    let (client, _) = client(&stub.base, |_| {});
    let error = read(&client).await.err().unwrap();
    assert_eq!((error.kind, error.status), (Kind::Unavailable, Some(503)));
    assert_eq!(stub.asked().len(), 3);
}

#[tokio::test]
async fn what_is_no_read_is_never_made_again() {
    let stub = failing(9).await;
    let (client, _) = client(&stub.base, |_| {});
    for method in [Method::POST, Method::PATCH, Method::PUT, Method::DELETE] {
        let request = client.request("write", method, ["x"]);
        let error = client.send(&stub::call(), request).await.err().unwrap();
        assert!(!error.is_unsent());
    }
    assert_eq!(stub.asked().len(), 4);
}

#[tokio::test]
async fn what_the_vendor_refuses_is_not_asked_again() {
    for status in [400, 401, 403, 404, 409, 302] {
        let stub = Stub::start(move |_| (status, String::new())).await;
        let (client, _) = client(&stub.base, |_| {});
        assert!(read(&client).await.is_err());
        assert_eq!(stub.asked().len(), 1, "{status}");
        assert_eq!(client.compartment().circuit(), Circuit::Closed);
    }
}

#[tokio::test]
async fn a_timeout_is_not_retried_and_proves_nothing() {
    let (_listener, base) = silent().await;
    let (client, _) = client(&base, |connect| {
        connect.limits.timeout = SECOND;
    });
    let error = read(&client).await.err().unwrap();
    assert_eq!(error.kind, Kind::Timeout);
    assert!(!error.is_unsent());
    assert_eq!(count(&client, "timeout"), 1);
    assert_eq!(client.vitals().counts().read().retries, 0);
}

#[tokio::test]
async fn no_retry_begins_that_the_deadline_would_cut_off() {
    let stub = failing(9).await;
    let (client, _) = client(&stub.base, |connect| {
        connect.random = Random::from_fn(|| 0.99);
    });
    let call = Call {
        deadline: Instant::now() + Duration::from_millis(45),
        ..stub::call()
    };
    let sent = client.send(&call, client.get("read", ["x"])).await;
    assert!(sent.is_err());
    assert_eq!(client.vitals().counts().read().retries, 0);
    assert!(stub.asked().len() <= 1);
}

#[tokio::test]
async fn when_everything_fails_retries_stay_within_their_budget() {
    let stub = failing(usize::MAX).await;
    let (client, hand) = client(&stub.base, |_| {});
    for _ in 0..100 {
        assert!(read(&client).await.is_err());
        // Long enough for the breaker to forget: it is the budget that is looked at.
        hand.advance(20 * SECOND);
    }
    let calls = stub.asked().len();
    assert!((115..=120).contains(&calls), "{calls}");
}

#[tokio::test]
async fn a_connection_that_cannot_be_made_proves_that_nothing_was_sent() {
    let (listener, base) = silent().await;
    drop(listener);
    let (client, _) = client(&base, |_| {});
    let error = read(&client).await.err().unwrap();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.is_unsent());
    assert_eq!(count(&client, "unavailable"), 3, "it is retried");
}

#[tokio::test]
async fn a_connection_that_ends_after_the_request_proves_nothing() {
    let (listener, base) = silent().await;
    let accept = async move {
        let (connection, _) = listener.accept().await.unwrap();
        assert!(connection.peek(&mut [0; 4]).await.unwrap() > 0);
    };
    // The first connection ends after it has carried something, all later ones are refused.
    let accepting = tokio::spawn(accept);
    let (client, _) = client(&base, |_| {});
    let error = read(&client).await.err().unwrap();
    accepting.await.unwrap();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(!error.is_unsent(), "what was sent once stays sent");
}

#[tokio::test]
async fn a_call_whose_turn_does_not_come_was_not_sent_and_is_no_failure() {
    let stub = failing(0).await;
    let (client, _) = client(&stub.base, |connect| connect.limits.concurrency = 0);
    for _ in 0..20 {
        let call = Call {
            deadline: Instant::now(),
            ..stub::call()
        };
        let sent = client.send(&call, client.get("read", ["x"])).await;
        let error = sent.err().unwrap();
        assert_eq!(error.kind, Kind::Deadline);
        assert!(error.is_unsent());
    }
    assert_eq!(client.vitals().counts().read().expired_in_queue, 20);
    assert_eq!(client.compartment().circuit(), Circuit::Closed);
    assert_eq!(client.vitals().health(), Health::Unknown);
}

#[tokio::test]
async fn an_open_circuit_sends_nothing_and_says_when_to_come_back() {
    let stub = failing(10).await;
    let (client, hand) = client(&stub.base, |connect| connect.limits.retries = 0);
    for _ in 0..10 {
        assert!(read(&client).await.is_err());
    }
    let error = read(&client).await.err().unwrap();
    assert_eq!(error.kind, Kind::CircuitOpen);
    assert_eq!(error.retry_after, Some(SECOND));
    assert!(error.is_unsent() && error.is_retryable());
    assert_eq!(stub.asked().len(), 10);
    assert_eq!(client.vitals().counts().read().refused_by_breaker, 1);
    assert_eq!(client.vitals().health(), Health::Down);
    hand.advance(SECOND);
    assert_eq!(client.vitals().health(), Health::Degraded);
    assert!(read(&client).await.is_ok());
    assert_eq!(client.compartment().circuit(), Circuit::Closed);
}

#[tokio::test]
async fn a_hung_vendor_is_noticed_although_requests_have_no_more_time_than_calls() {
    let (_listener, base) = silent().await;
    let (client, _) = client(&base, |connect| {
        connect.limits.timeout = SECOND;
    });
    let call = Call {
        deadline: Instant::now() + Duration::from_millis(950),
        ..stub::call()
    };
    let calls = (0..10).map(|_| client.send(&call, client.get("read", ["x"])));
    for sent in join_all(calls).await {
        assert!(sent.is_err_and(|error| error.kind == Kind::Deadline));
    }
    assert_eq!(client.compartment().circuit(), Circuit::Open);
}

#[tokio::test]
async fn a_call_that_its_request_gave_up_early_says_nothing_of_the_vendor() {
    let (_listener, base) = silent().await;
    let (client, _) = client(&base, |connect| {
        connect.limits.timeout = Duration::from_mins(10);
    });
    let call = Call {
        deadline: Instant::now() + Duration::from_millis(20),
        ..stub::call()
    };
    let calls = (0..20).map(|_| client.send(&call, client.get("read", ["x"])));
    assert!(join_all(calls).await.iter().all(Result::is_err));
    assert_eq!(client.compartment().circuit(), Circuit::Closed);
    assert_eq!(client.vitals().health(), Health::Unknown);
}

#[tokio::test]
async fn a_read_waits_a_short_pause_out_and_is_made_again() {
    let first = AtomicUsize::new(0);
    let stub = Stub::start(move |_| match first.fetch_add(1, Ordering::SeqCst) {
        0 => (429, String::new()),
        _ => (200, "{}".to_owned()),
    })
    .await;
    let (client, _) = client(&stub.base, |_| {});
    assert!(read(&client).await.is_ok());
    assert_eq!(stub.asked().len(), 2);
}

#[tokio::test]
async fn a_vendors_own_words_are_heard_before_the_pause() {
    let stub = Stub::start(|_| (403, "slow down".to_owned())).await;
    let (client, _) = client(&stub.base, |_| {});
    let client = client.classified_by(|error| {
        error.kind = Kind::RateLimited;
        error.retry_after = Some(9 * SECOND);
    });
    let error = read(&client).await.err().unwrap();
    assert!(!error.is_unsent());
    let error = read(&client).await.err().unwrap();
    assert_eq!(error.kind, Kind::RateLimited);
    assert_eq!(error.retry_after, Some(9 * SECOND));
    assert!(error.is_unsent());
    assert_eq!(stub.asked().len(), 1);
    assert_eq!(client.vitals().health(), Health::Degraded);
    assert!(client.vitals().paused_until().is_some());
}
