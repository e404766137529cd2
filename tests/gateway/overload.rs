//! More than the gateway can do: who is told to come back, who is not, and that every request is counted once.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::poll_fn;
use pretty_assertions::assert_eq;
use referral_gateway::http::admission::{Permit, Priority, Shed};
use referral_gateway::http::rate::Caller;
use referral_gateway::model::Workspace;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::harness::{World, client, send};

const LIST: &str = "{ referrals(first: 3, filter: { vendors: [PLANNR] }) { nodes { id } } }";

type Waiting = Pin<Box<dyn Future<Output = Result<Permit, Shed>> + Send>>;

/// All places are taken, and so many cheap reads wait that no further one would get its turn in time.
struct Crowd {
    #[expect(dead_code, reason = "held, and not looked at")]
    permits: Vec<Permit>,
    waiting: Vec<Waiting>,
}

async fn crowd(world: &World) -> Crowd {
    crowd_of(world, "everyone", 1).await
}

/// The same, all of it of one caller and of this cost. Where callers are not told apart, they are of this name.
async fn crowd_of(world: &World, name: &str, cost: u32) -> Crowd {
    let caller = Caller {
        workspace: Workspace::default(),
        name: Some(name.into()),
    };
    let deadline = Instant::now() + Duration::from_mins(1);
    let mut permits = Vec::new();
    let mut waiting = Vec::new();
    loop {
        let admission = world.app.admission.clone();
        let caller = caller.clone();
        let admit = async move {
            admission
                .admit(caller, Priority::Read, cost, deadline)
                .await
        };
        let mut admit: Waiting = Box::pin(admit);
        let polled = poll_fn(|cx| Poll::Ready(admit.as_mut().poll(cx))).await;
        match polled {
            Poll::Ready(Ok(permit)) => permits.push(permit),
            Poll::Pending => waiting.push(admit),
            Poll::Ready(Err(Shed)) => return Crowd { permits, waiting },
        }
    }
}

fn assert_overloaded(status: u16, headers: &reqwest::header::HeaderMap, json: &Value) {
    assert_eq!(status, 503, "{json:#}");
    assert_eq!(headers["retry-after"], "1");
    assert_eq!(json.get("data"), None);
    let error = &json["errors"][0];
    let id = headers["x-request-id"].to_str().unwrap();
    assert_eq!(
        error["extensions"],
        json!({ "code": "OVERLOADED", "retryable": true, "retryAfterSeconds": 1, "requestId": id })
    );
}

/// Outcomes of requests as they are counted, and how many came in.
async fn outcomes(world: &World) -> (u64, Vec<(String, u64)>) {
    let text = send(world.http.get(format!("{}/metrics", world.url))).await;
    let text = text.text().await.unwrap();
    let number = |value: &str| value.trim().parse::<u64>().unwrap();
    let mut received = 0;
    let mut outcomes = Vec::new();
    for line in text.lines() {
        if let Some(value) = line.strip_prefix("referral_gateway_requests_received_total ") {
            received = number(value);
        }
        if let Some(rest) = line.strip_prefix("referral_gateway_requests_total{outcome=\"") {
            let (outcome, value) = rest.split_once("\"}").unwrap();
            if number(value) > 0 {
                outcomes.push((outcome.to_owned(), number(value)));
            }
        }
    }
    outcomes.sort();
    (received, outcomes)
}

fn counted(pairs: &[(&str, u64)]) -> Vec<(String, u64)> {
    let pairs = pairs
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count));
    pairs.collect()
}

#[tokio::test]
async fn a_read_too_many_is_told_to_come_back_and_nothing_is_asked_for_it() {
    let world = World::start().await;
    let crowd = crowd(&world).await;
    let answer = world.post(&json!({ "query": LIST })).await;
    assert_overloaded(answer.status, &answer.headers, &answer.json);
    let answer = world.get(&[("query", LIST)]).await;
    assert_overloaded(answer.status, &answer.headers, &answer.json);
    assert_eq!(world.calls().values().sum::<usize>(), 0);
    for path in ["health/live", "health/ready", "metrics"] {
        let answer = send(world.http.get(format!("{}/{path}", world.url))).await;
        assert_eq!(answer.status(), 200, "{path}");
    }
    drop(crowd);
    world.data(LIST).await;
}

#[tokio::test]
async fn a_caller_that_sends_too_much_is_shed_itself_and_another_has_its_turn() {
    let world = World::start().await;
    let crowd = crowd_of(&world, "somebody else", 1).await;
    let body = json!({ "query": LIST });
    let reading = world.post(&body);
    let (answer, ()) = tokio::join!(reading, async {
        while world.app.admission.waiting() == crowd.waiting.len() {
            tokio::task::yield_now().await;
        }
        drop(crowd);
    });
    assert_eq!(answer.status, 200, "{:#}", answer.json);
}

#[tokio::test]
async fn where_dear_reads_are_too_many_cheap_ones_go_on_though_their_document_was_dear_before() {
    let world = World::start().await;
    let rows = "(first: $first) { nodes { id } }";
    let names = ["a", "b", "c", "d", "e", "f"];
    let lists = names
        .map(|name| format!("{name}: referrals{rows}"))
        .join(" ");
    let query = format!("query Lists($first: Int!) {{ {lists} }}");
    let body = |first| json!({ "query": query, "variables": { "first": first } });
    assert_eq!(world.post(&body(100)).await.status, 200);

    let crowd = crowd_of(&world, "everyone", 1_000).await;
    for first in [100, 99] {
        let answer = world.post(&body(first)).await;
        assert_overloaded(answer.status, &answer.headers, &answer.json);
    }
    let body = body(1);
    let (cheap, ()) = tokio::join!(world.post(&body), async {
        while world.app.admission.waiting() == crowd.waiting.len() {
            tokio::task::yield_now().await;
        }
        drop(crowd);
    });
    assert_eq!(cheap.status, 200, "{:#}", cheap.json);
}

#[tokio::test]
async fn a_write_gets_its_turn_where_reads_are_shed() {
    let world = World::start().await;
    let crowd = crowd(&world).await;
    let body = json!({ "query": "mutation { addNote(input: { referralId: \"x\", text: \"y\" }) { outcome } }" });
    let writing = world.post(&body);
    let (writing, ()) = tokio::join!(writing, async {
        // It has come and waits once a read that came after it was shed.
        let read = json!({ "query": LIST });
        let other = reqwest_post(&world, &read).await;
        assert_eq!(other, 503);
        drop(crowd);
    });
    assert_ne!(writing.status, 503, "{:#}", writing.json);
}

async fn reqwest_post(world: &World, body: &Value) -> u16 {
    let request = client().post(format!("{}/graphql", world.url));
    let request = request.header("content-type", "application/json");
    send(request.body(body.to_string())).await.status().as_u16()
}

#[tokio::test]
async fn a_read_that_joins_one_in_flight_is_never_shed_and_every_request_is_counted_once() {
    let world = World::start().await;
    world.sandbox.fault(Fault::new("plannr", Kind::Hold));
    let first = world.data(LIST);
    let rest = async {
        world.sandbox.until_held(1).await;
        let crowd = crowd(&world).await;
        let shed = world
            .post(&json!({ "query": "{ vendors { vendor } }" }))
            .await;
        assert_eq!(shed.status, 503);
        let joined = world.data(LIST);
        let release = async {
            // Who joins is there, and waits for the first alone.
            while outcomes(&world).await.0 < 3 {
                tokio::task::yield_now().await;
            }
            world.sandbox.clear_faults();
        };
        let (joined, ()) = tokio::join!(joined, release);
        drop(crowd);
        joined
    };
    let (first, joined) = tokio::join!(first, rest);
    assert_eq!(first, joined);
    assert_eq!(world.calls()["plannr"], 1);
    world.query("{ nothing }").await;
    world.post(&json!({ "query": "{" })).await;
    assert_eq!(world.post(&json!([])).await.status, 400);
    let expected = counted(&[
        ("errors", 1),
        ("joined", 1),
        ("ok", 1),
        ("refused", 2),
        ("shed", 1),
    ]);
    assert_eq!(outcomes(&world).await, (6, expected));
}

#[tokio::test]
async fn a_request_whose_client_leaves_before_it_has_sent_it_has_failed() {
    use tokio::io::AsyncWriteExt as _;
    let world = World::start().await;
    let address = world.url.trim_start_matches("http://");
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    while outcomes(&world).await.0 < 1 {
        tokio::task::yield_now().await;
    }
    drop(connection);
    let left = loop {
        let (received, outcomes) = outcomes(&world).await;
        if !outcomes.is_empty() {
            break (received, outcomes);
        }
    };
    // Its body broke off: who looks at it first decides what that is called.
    assert_eq!(left.0, 1);
    assert_eq!(left.1.len(), 1);
    assert!(
        ["failed", "refused"].contains(&left.1[0].0.as_str()),
        "{left:?}"
    );
}
