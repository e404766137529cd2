//! What Introzy is sent to write, and what comes of its answers.

mod check;
mod convert;
mod create;
mod emulated;
mod facilitators;
mod notes;
mod pair;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::model::{Problem, ProblemCode, Write};
use crate::vendor::introzy::configure;
use crate::vendor::stub::{self, Asked, Stub, call};
use crate::vendor::{Adapter, Effect, Error, Kind, Rejection, Sent, Settled, Written};

const SEEKER: &str = "11111111-aaaa-4aaa-8aaa-111111111111";
const PROVIDER: &str = "22222222-aaaa-4aaa-8aaa-222222222222";
const CONNECTOR: &str = "33333333-aaaa-4aaa-8aaa-333333333333";
const USER: &str = "44444444-aaaa-4aaa-8aaa-444444444444";
const COMPANY: &str = "55555555-aaaa-4aaa-8aaa-555555555555";
const SINCE: &str = "2026-06-11T12:00:00Z";
/// As far behind `SINCE` as Introzy's clock may be.
const JUST_SINCE: &str = "2026-06-11T11:59:50.000Z";
const BEFORE: &str = "2026-06-11T11:59:49.999Z";

/// An adapter and the vendor behind it.
struct World {
    vendor: Stub,
    adapter: Arc<dyn Adapter>,
}

impl World {
    async fn start(answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static) -> Self {
        let vendor = Stub::start(answer).await;
        let environment = [
            ("INTROZY_API_KEY", "introzy_abc"),
            ("INTROZY_BASE_URL", vendor.base.as_str()),
        ];
        let connect = stub::connect(None).0;
        let adapter = stub::adapter("introzy", configure, "", &environment, &connect);
        Self { vendor, adapter }
    }

    async fn write(&self, write: &Write, sent: &Sent) -> Result<Written, Error> {
        self.adapter.write(&call(), write, sent).await
    }

    async fn settle(&self, write: &Write, sent: &Sent) -> Result<Settled, Error> {
        self.adapter.settle(&call(), write, sent).await
    }

    /// The calls so far, each as `METHOD path`.
    fn lines(&self) -> Vec<String> {
        self.vendor.asked().iter().map(Asked::line).collect()
    }

    /// The one call that was no read.
    fn sent(&self) -> Asked {
        let mut asked = self.vendor.asked();
        asked.retain(|asked| asked.method != "GET");
        assert_eq!(asked.len(), 1, "one call changes something");
        asked.remove(0)
    }
}

fn first() -> Sent {
    Sent {
        reference: "op-1".to_owned(),
        since: SINCE.parse().unwrap(),
        is_repeated: false,
        claimed: Arc::default(),
    }
}

fn repeated() -> Sent {
    Sent {
        is_repeated: true,
        ..first()
    }
}

fn claiming(id: &str) -> Sent {
    Sent {
        claimed: Arc::new([id.to_owned()].into()),
        ..repeated()
    }
}

fn wrapped(status: u16, data: &Value) -> (u16, String) {
    let body = json!({ "success": true, "data": data, "message": "done" });
    (status, body.to_string())
}

fn refused(status: u16) -> (u16, String) {
    let error = json!({ "code": "SOME_CODE", "message": "No ada@example.test here" });
    (
        status,
        json!({ "success": false, "error": error }).to_string(),
    )
}

fn body(asked: &Asked) -> Value {
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("authorization"), Some("Bearer introzy_abc"));
    assert_eq!(asked.header("accept"), Some("application/json"));
    assert_eq!(asked.raw_query, "");
    serde_json::from_str(&asked.body).unwrap()
}

fn applied(written: Result<Written, Error>) -> Effect {
    match written.unwrap() {
        Written::Applied(effect) => *effect,
        _ => panic!("not applied"),
    }
}

fn already_applied(written: Result<Written, Error>) -> Effect {
    match written.unwrap() {
        Written::AlreadyApplied(effect) => *effect,
        _ => panic!("not applied before"),
    }
}

fn rejected(written: Result<Written, Error>) -> Rejection {
    match written.unwrap() {
        Written::Rejected(rejection) => rejection,
        _ => panic!("not rejected"),
    }
}

/// An error after which the write must be settled.
fn unknown(written: Result<Written, Error>) -> Error {
    let error = written.err().expect("nobody can know");
    assert!(!error.is_unsent(), "{error}");
    let is_refusal = error
        .status
        .is_some_and(|status| (400..500).contains(&status));
    assert!(!is_refusal, "{error}");
    error
}

fn settled_as_applied(settled: Result<Settled, Error>) -> Effect {
    match settled.unwrap() {
        Settled::Applied(effect) => *effect,
        _ => panic!("not applied"),
    }
}

fn codes(rejection: &Rejection) -> Vec<ProblemCode> {
    rejection.problems.iter().map(|it| it.code).collect()
}

fn says(problems: &[Problem]) -> Vec<(ProblemCode, String)> {
    let said = problems.iter();
    said.map(|it| (it.code, it.path.join("."))).collect()
}

/// Every kind of write with which Introzy can be asked to do something.
fn writes() -> Vec<Write> {
    vec![
        create::write(&json!({})),
        facilitators::adding(),
        facilitators::removing(),
        convert::converting(),
        notes::noting("Hello"),
    ]
}

#[tokio::test]
async fn a_refusal_is_told_by_its_status_and_quotes_nothing_that_may_be_about_someone() {
    for status in [400, 422] {
        for write in writes() {
            let world = World::start(move |asked| match asked.method.as_str() {
                "GET" => (200, r#"{"isConverted":false}"#.to_owned()),
                _ => refused(status),
            })
            .await;
            let rejection = rejected(world.write(&write, &first()).await);
            assert_eq!(
                codes(&rejection),
                [ProblemCode::Invalid],
                "{}",
                write.kind()
            );
            let message = &rejection.problems[0].message;
            assert_eq!(message, "Introzy refuses this input (SOME_CODE).");
            world.sent();
        }
    }
}

#[tokio::test]
async fn what_introzy_says_is_read_without_an_envelope_too_and_told_if_it_is_plain() {
    for (body, told) in [
        (
            r#"{"code":"BAD_NAME","message":"<x>"}"#,
            "Introzy refuses this input (BAD_NAME).",
        ),
        (
            r#"{"error":{"code":"X","message":"providerId must be a person"}}"#,
            "Introzy refuses this input: providerId must be a person",
        ),
        (
            r#"{"message":"name is too long"}"#,
            "Introzy refuses this input: name is too long",
        ),
        (
            r#"{"error":{"code":"ada@example.test"}}"#,
            "Introzy refuses this input.",
        ),
        ("<h1>no</h1>", "Introzy refuses this input."),
        ("", "Introzy refuses this input."),
    ] {
        let world = World::start(move |_| (422, body.to_owned())).await;
        let rejection = rejected(world.write(&notes::noting("Hello"), &first()).await);
        assert_eq!(rejection.problems[0].message, told);
    }
}

#[tokio::test]
async fn what_is_no_refusal_of_this_write_stays_an_error() {
    for (status, kind) in [
        (401, Kind::Unauthorized),
        (403, Kind::Unauthorized),
        (429, Kind::RateLimited),
        (500, Kind::Unavailable),
        (503, Kind::Unavailable),
    ] {
        for write in writes() {
            let world = World::start(move |asked| match asked.method.as_str() {
                "GET" => (200, r#"{"isConverted":false}"#.to_owned()),
                _ => refused(status),
            })
            .await;
            let error = world.write(&write, &first()).await.err().unwrap();
            assert_eq!((error.kind, error.status), (kind, Some(status)));
            assert!(!error.is_unsent(), "{error}");
            world.sent();
        }
    }
}

#[tokio::test]
async fn a_success_that_tells_nothing_and_cannot_be_looked_up_is_unknown() {
    for (body, look) in [
        ("", 500),
        ("{}", 429),
        (r#"{"success":false}"#, 401),
        ("<p>", 403),
    ] {
        for write in writes() {
            if let Write::RemoveFacilitator { .. } | Write::Convert { .. } = write {
                continue;
            }
            let world = World::start(move |asked| match asked.method.as_str() {
                "GET" => refused(look),
                _ => (201, body.to_owned()),
            })
            .await;
            unknown(world.write(&write, &first()).await);
            world.sent();
        }
    }
}

#[tokio::test]
async fn a_failed_look_settles_nothing() {
    for write in writes() {
        let world = World::start(|_| refused(500)).await;
        let error = world.settle(&write, &first()).await.err().unwrap();
        assert_eq!(error.kind, Kind::Unavailable);
        assert!(world.lines()[0].starts_with("GET "));
    }
}

#[tokio::test]
async fn what_introzy_has_no_write_for_is_neither_sent_nor_settled() {
    let world = World::start(|_| (200, String::new())).await;
    for write in check::unsupported() {
        let error = world.write(&write, &first()).await.err().unwrap();
        assert_eq!(error.kind, Kind::Unsupported);
        assert!(world.settle(&write, &first()).await.is_err());
    }
    assert_eq!(world.lines(), Vec::<String>::new());
}
