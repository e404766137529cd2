//! The log, the faults and the control surface, around the real emulators.

mod commits;
mod documents;
mod worlds;

use std::time::Duration;

use axum::Router;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::probe::{Answer, send};
use super::{Fault, Kind, Sandbox};
use crate::clock::Clock;
use crate::vendor::introzy::sandbox::API_KEY;

const LIST: &str = "/introzy/api/referral-opps?limit=2";

fn sandbox() -> (Sandbox, Router) {
    let (clock, _) = Clock::manual("2026-11-02T09:00:00Z".parse().unwrap());
    let sandbox = Sandbox::new(&clock);
    let router = sandbox.router();
    (sandbox, router)
}

async fn introzy(router: &Router, target: &str) -> Answer {
    let bearer = format!("Bearer {API_KEY}");
    let headers = [("authorization", bearer.as_str()), ("X-Trace", "Abc")];
    send(router, "GET", target, &headers, "").await
}

async fn control(router: &Router, method: &str, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    send(router, method, path, &[("host", "127.0.0.1:9999")], &body).await
}

async fn under(answer: Kind) -> Answer {
    let (sandbox, router) = sandbox();
    sandbox.fault(Fault::new("introzy", answer));
    introzy(&router, LIST).await
}

#[tokio::test]
async fn the_log_shows_what_a_vendor_was_sent() {
    let (sandbox, router) = sandbox();
    introzy(
        &router,
        "/introzy/api/people?search=ad%61&nonsense=1&limit=5",
    )
    .await;
    introzy(&router, "/introzy/nowhere").await;
    send(
        &router,
        "POST",
        "/plannr/api/v1/referrals",
        &[],
        "{\"a\":1}",
    )
    .await;

    let logged = &sandbox.requests("introzy")[0];
    assert_eq!(logged.sequence, 1);
    assert_eq!(
        (logged.method.as_str(), logged.path.as_str()),
        ("GET", "/api/people")
    );
    assert_eq!(logged.raw_query, "search=ad%61&nonsense=1&limit=5");
    assert_eq!(logged.parameter("search"), Some("ada"));
    assert_eq!(logged.header("x-trace"), Some("Abc"));
    assert_eq!(logged.status, Some(200));
    assert_eq!(
        logged.problems,
        ["undocumented query parameter \"nonsense\""]
    );
    assert_eq!(sandbox.requests("introzy")[1].status, Some(404));
    let posted = &sandbox.requests("plannr")[0];
    assert_eq!(
        (posted.body.as_str(), posted.status),
        ("{\"a\":1}", Some(401))
    );
    assert_eq!(sandbox.all_requests().len(), 3);

    sandbox.clear_log();
    introzy(&router, LIST).await;
    assert_eq!(sandbox.all_requests()[0].sequence, 4);
}

#[tokio::test]
async fn a_vendor_can_have_a_listener_of_its_own() {
    let (sandbox, _) = sandbox();
    let router = sandbox.vendor_router("introzy").unwrap();
    let answer = introzy(&router, "/api/referral-opps").await;
    assert_eq!(answer.status, 200);
    assert_eq!(sandbox.requests("introzy")[0].path, "/api/referral-opps");
    assert!(sandbox.vendor_router("acme").is_none());
}

#[tokio::test]
async fn a_status_fault_answers_in_place_of_the_vendor() {
    let answer = under(Kind::Status {
        status: 503,
        body: Some("{}".to_owned()),
        content_type: None,
        headers: [("Retry-After".to_owned(), "7".to_owned())].into(),
    })
    .await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.headers["retry-after"], "7");
    assert_eq!(answer.headers["content-type"], "application/json");
}

#[tokio::test]
async fn a_fault_keeps_to_its_method_path_count_and_start() {
    let (sandbox, router) = sandbox();
    sandbox.fault(Fault {
        method: Some("get".to_owned()),
        path: Some("/api/referral-opps/*/facilitators".to_owned()),
        times: Some(1),
        after: 1,
        ..Fault::new("introzy", Kind::status(500))
    });
    let row = introzy(&router, LIST).await.json["data"]["referralOpps"][0]["id"].clone();
    let target = format!(
        "/introzy/api/referral-opps/{}/facilitators",
        row.as_str().unwrap()
    );
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(introzy(&router, &target).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 500, 200]);
    assert_eq!(sandbox.requests("introzy")[2].fault, Some("status"));
    assert!(sandbox.faults().is_empty());
}

#[tokio::test]
async fn a_star_at_the_end_of_a_path_stands_for_any_rest() {
    let (sandbox, router) = sandbox();
    sandbox.fault(Fault {
        path: Some("/api/pipe*".to_owned()),
        ..Fault::new("introzy", Kind::status(500))
    });
    assert_eq!(
        introzy(&router, "/introzy/api/pipelines/referral")
            .await
            .status,
        500
    );
    assert_eq!(introzy(&router, LIST).await.status, 200);
}

#[tokio::test]
async fn broken_bodies_break_in_their_own_ways() {
    let malformed = under(Kind::MalformedJson).await;
    assert_eq!(
        (malformed.status.as_u16(), malformed.json.is_null()),
        (200, true)
    );
    assert!(malformed.bytes.unwrap().starts_with(b"{\"success\":true"));

    let html = under(Kind::Html { status: 200 }).await;
    assert_eq!(html.headers["content-type"], "text/html; charset=UTF-8");

    let empty = under(Kind::EmptyBody).await;
    assert_eq!(
        (empty.status.as_u16(), empty.bytes.unwrap().len()),
        (200, 0)
    );

    let content_type = "application/xml".to_owned();
    let other = under(Kind::WrongContentType { content_type }).await;
    assert_eq!(other.headers["content-type"], "application/xml");
    assert_eq!(other.json["success"], true);

    let huge = under(Kind::HugeBody { bytes: 200_000 }).await;
    assert_eq!(huge.bytes.unwrap().len(), 200_000);
    assert!(huge.json["padding"].is_string());

    assert!(under(Kind::Truncate).await.bytes.is_none());
    assert!(under(Kind::DropBefore).await.bytes.is_none());
}

#[tokio::test(start_paused = true)]
async fn slow_faults_take_their_time_and_then_answer() {
    let start = tokio::time::Instant::now();
    let delayed = under(Kind::Delay { ms: 1_500 }).await;
    assert_eq!(delayed.json["success"], true);
    assert_eq!(start.elapsed().as_millis(), 1_500);

    let dripped = under(Kind::SlowDrip { bytes: 100, ms: 10 }).await;
    assert_eq!(dripped.json["success"], true);
    assert!(start.elapsed() > Duration::from_millis(1_600));

    let hung = under(Kind::Hang).await;
    assert!(hung.bytes.is_none());
    assert!(start.elapsed() > Duration::from_mins(1));
}

/// Everything that the server sends on one connection of its own.
async fn on_the_wire(kind: Kind) -> Vec<u8> {
    let (sandbox, router) = sandbox();
    sandbox.fault(Fault::new("introzy", kind));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let request =
        format!("GET {LIST} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {API_KEY}\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    let mut sent = Vec::new();
    // Ends by a close or a reset; either way it ends without a timeout.
    let _ = client.read_to_end(&mut sent).await;
    server.abort();
    sent
}

#[tokio::test]
async fn a_dropped_connection_carries_no_byte_and_a_truncated_one_half_a_body() {
    assert_eq!(on_the_wire(Kind::DropBefore).await, b"");
    assert_eq!(on_the_wire(Kind::DropAfter).await, b"");

    let sent = String::from_utf8_lossy(&on_the_wire(Kind::Truncate).await).into_owned();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    assert_eq!(body.len(), length.parse::<usize>().unwrap() / 2);
}

#[tokio::test]
async fn a_drop_after_handling_reaches_the_emulator_and_a_drop_before_does_not() {
    for (kind, noted) in [(Kind::DropAfter, 1), (Kind::DropBefore, 0)] {
        let (sandbox, router) = sandbox();
        sandbox.fault(Fault::new("introzy", kind));
        introzy(&router, "/introzy/api/people?nonsense=1").await;
        let logged = &sandbox.requests("introzy")[0];
        assert_eq!((logged.status, logged.problems.len()), (None, noted));
    }
}

#[tokio::test]
async fn faults_are_scripted_over_http() {
    let (_, router) = sandbox();
    let fault =
        json!({ "vendor": "introzy", "path": "/api/*", "times": 1, "answer": { "kind": "html" } });
    let added = control(&router, "POST", "/_sandbox/faults", &fault).await;
    assert_eq!(added.status, 201);
    assert_eq!(
        added.json["faults"][0]["answer"],
        json!({ "kind": "html", "status": 502 })
    );
    assert_eq!(introzy(&router, LIST).await.status, 502);
    assert_eq!(introzy(&router, LIST).await.status, 200);

    let fault = json!({ "vendor": "introzy", "answer": { "kind": "hang" } });
    control(&router, "POST", "/_sandbox/faults", &fault).await;
    control(&router, "DELETE", "/_sandbox/faults", &Value::Null).await;
    let left = control(&router, "GET", "/_sandbox/faults", &Value::Null).await;
    assert_eq!(left.json, json!({ "faults": [] }));
}

#[tokio::test]
async fn bad_input_to_the_control_surface_is_answered_with_a_sentence() {
    let (_, router) = sandbox();
    let cases = [
        (
            "POST",
            "/_sandbox/faults",
            json!({ "vendor": "acme", "answer": { "kind": "hang" } }),
            "no vendor \"acme\"; there are: introzy, plannr",
        ),
        (
            "POST",
            "/_sandbox/faults",
            json!({ "vendor": "plannr", "answer": { "kind": "nap" } }),
            "unknown variant `nap`",
        ),
        (
            "POST",
            "/_sandbox/faults",
            json!({ "vendor": "plannr", "answer": { "kind": "status", "status": 99 } }),
            "status 99 is not between 200 and 999",
        ),
        (
            "POST",
            "/_sandbox/faults",
            json!({ "vendor": "plannr", "time": 1, "answer": { "kind": "hang" } }),
            "unknown field `time`",
        ),
        (
            "POST",
            "/_sandbox/faults",
            json!({ "vendor": "plannr", "times": 0, "answer": { "kind": "hang" } }),
            "times must be at least 1",
        ),
        (
            "PUT",
            "/_sandbox/introzy/switches",
            json!({ "order": "sideways" }),
            "takes one of: newest_first, oldest_first, shuffled",
        ),
        (
            "PUT",
            "/_sandbox/introzy/switches",
            json!({ "mood": "good" }),
            "no switch \"mood\"; there are: meta, order",
        ),
        (
            "PUT",
            "/_sandbox/introzy/switches",
            json!({ "order": 1 }),
            "string values",
        ),
        ("GET", "/_sandbox/acme/switches", Value::Null, "no vendor"),
        (
            "GET",
            "/_sandbox/requests?vendor=acme",
            Value::Null,
            "no vendor",
        ),
        (
            "GET",
            "/_sandbox/requests?vendr=introzy",
            Value::Null,
            "no parameter \"vendr\"",
        ),
    ];
    for (method, path, body, sentence) in cases {
        let answer = control(&router, method, path, &body).await;
        assert_eq!(answer.status, 400, "{method} {path}");
        let error = answer.json["error"].as_str().unwrap();
        assert!(error.contains(sentence), "{error}");
    }
    assert_eq!(
        control(&router, "GET", "/_sandbox/nowhere", &Value::Null)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn switches_are_set_all_or_none() {
    let (sandbox, router) = sandbox();
    let path = "/_sandbox/introzy/switches";
    let body = json!({ "meta": "present", "order": "sideways" });
    control(&router, "PUT", path, &body).await;
    let switches = control(&router, "GET", path, &Value::Null).await.json;
    assert_eq!(switches["switches"][0]["value"], "absent");

    control(&router, "PUT", path, &json!({ "meta": "present" })).await;
    assert!(introzy(&router, LIST).await.json["meta"].is_object());
    sandbox.set_switch("introzy", "meta", "absent").unwrap();
    assert!(introzy(&router, LIST).await.json.get("meta").is_none());
}

#[tokio::test]
async fn a_reset_brings_back_the_start() {
    let (sandbox, router) = sandbox();
    let before = introzy(&router, LIST).await.json;
    sandbox.set_switch("introzy", "stages", "moving").unwrap();
    introzy(&router, LIST).await;
    sandbox.fault(Fault::new("introzy", Kind::status(500)));
    assert_eq!(
        control(&router, "POST", "/_sandbox/reset", &Value::Null)
            .await
            .status,
        204
    );
    assert!(sandbox.all_requests().is_empty());
    assert_eq!(introzy(&router, LIST).await.json, before);
}

#[tokio::test]
async fn the_index_and_the_environment_tell_where_everything_is() {
    let (_, router) = sandbox();
    for path in ["/_sandbox", "/_sandbox/"] {
        let index = control(&router, "GET", path, &Value::Null).await.json;
        assert_eq!(
            index["vendors"][0]["address"],
            "http://127.0.0.1:9999/introzy"
        );
        assert_eq!(index["fault"]["kinds"].as_array().unwrap().len(), 21);
    }
    let environment = control(&router, "GET", "/_sandbox/environment", &Value::Null)
        .await
        .json;
    assert_eq!(
        environment["variables"]["PLANNR_BASE_URL"],
        "http://127.0.0.1:9999/plannr"
    );
    assert_eq!(
        environment["lines"][0],
        "INTROZY_BASE_URL=http://127.0.0.1:9999/introzy"
    );
    let hostless = send(&router, "GET", "/_sandbox/environment", &[], "").await;
    assert_eq!(hostless.status, 400);
}
