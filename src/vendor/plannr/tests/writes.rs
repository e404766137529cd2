//! What the tests of writes share.

use pretty_assertions::assert_eq;

use super::*;
use crate::model::{Decision, ModerationSide, ProblemCode, Verdict, WriteOutcome};
use crate::vendor::write::{Decided, Effect};

/// When the writes of these tests began.
pub(super) const SINCE: &str = "2026-06-11T12:00:00Z";

pub(super) fn sent() -> Sent {
    Sent {
        reference: "reference-1".to_owned(),
        since: SINCE.parse().unwrap(),
        is_repeated: false,
        claimed: Arc::default(),
    }
}

pub(super) fn repeated() -> Sent {
    Sent {
        is_repeated: true,
        ..sent()
    }
}

/// Everything that can be said of a new referral.
pub(super) fn input() -> Value {
    json!({
        "connectionId": "Connection-1",
        "clientIds": ["client-2", "client-1"],
        "adviceType": "estate_planning",
        "durationMonths": 6,
        "sharedData": ["income", "investments_and_plans"],
        "slaDeadline": "2026-07-01",
        "note": "Please call in the morning.",
    })
}

/// The same with one field changed.
pub(super) fn with(field: &str, value: Value) -> Write {
    let mut input = input();
    input[field] = value;
    Write::Create { input }
}

pub(super) fn create() -> Write {
    Write::Create { input: input() }
}

/// What Plannr has after [`create`].
pub(super) fn row(uuid: &str, created_at: &str) -> Value {
    json!({
        "uuid": uuid,
        "direction": "sent",
        "status": "pending",
        "connection": { "uuid": "connection-1" },
        "clients": [{ "uuid": "client-1", "name": "Sam Reed" }, { "uuid": "CLIENT-2", "name": "Jo Reed" }],
        "cloned_clients": [],
        "advice_type": "estate_planning",
        "duration_months": 6,
        "shared_data": ["investments_and_plans", "income"],
        "sla_deadline": "2026-07-01",
        "note": "Please call in the morning.",
        "created_at": created_at,
    })
}

pub(super) fn connect(adviser_key: &str) -> Write {
    let adviser_key = adviser_key.to_owned();
    Write::RequestConnection { adviser_key }
}

pub(super) fn approve() -> Decision {
    Decision {
        referral: "r1".to_owned(),
        verdict: Verdict::Approve,
        side: ModerationSide::Both,
        reason: None,
    }
}

pub(super) fn deny(reason: &str) -> Decision {
    Decision {
        verdict: Verdict::Deny,
        reason: Some(reason.to_owned()),
        ..approve()
    }
}

pub(super) fn moderate(decision: Decision) -> Write {
    Write::Moderate {
        decisions: vec![decision],
    }
}

/// Writes that Plannr has no call for.
pub(super) fn others() -> Vec<Write> {
    let referral = || "r1".to_owned();
    vec![
        Write::Update {
            referral: referral(),
            expected_version: None,
            patch: json!({}),
        },
        Write::RemoveFacilitator {
            referral: referral(),
            key: "f1".to_owned(),
        },
        Write::Share {
            referral: None,
            target: json!({}),
        },
        Write::Convert {
            referral: referral(),
            conversion: crate::model::Conversion::default(),
        },
        Write::AddNote {
            referral: referral(),
            content: "Hello".to_owned(),
        },
    ]
}

/// Each problem's code, path and message.
pub(super) fn told(problems: &[Problem]) -> Vec<(ProblemCode, String, &str)> {
    let told = problems
        .iter()
        .map(|it| (it.code, it.path.join("."), &*it.message));
    told.collect()
}

/// Each problem's code and path.
pub(super) fn places(problems: &[Problem]) -> Vec<(ProblemCode, String)> {
    let places = problems.iter().map(|it| (it.code, it.path.join(".")));
    places.collect()
}

pub(super) fn applied(written: Result<Written>) -> Box<Effect> {
    match written {
        Ok(Written::Applied(effect)) => effect,
        Ok(_) => panic!("something else came of it"),
        Err(error) => panic!("{error}"),
    }
}

pub(super) fn rejected(written: Result<Written>) -> Vec<Problem> {
    match written {
        Ok(Written::Rejected(rejection)) => rejection.problems,
        Ok(_) => panic!("something else came of it"),
        Err(error) => panic!("{error}"),
    }
}

/// The one decision's outcome and problems.
pub(super) fn decided(written: Result<Written>) -> (WriteOutcome, Vec<Problem>) {
    match written {
        Ok(Written::Each(decided)) => the_one(decided),
        Ok(_) => panic!("something else came of it"),
        Err(error) => panic!("{error}"),
    }
}

pub(super) fn the_one(mut decided: Vec<Decided>) -> (WriteOutcome, Vec<Problem>) {
    assert_eq!(decided.len(), 1);
    let Decided { outcome, problems } = decided.remove(0);
    (outcome, problems)
}

pub(super) fn failed(written: Result<Written>) -> crate::vendor::Error {
    let Err(error) = written else {
        panic!("it was answered");
    };
    error
}

/// What was asked, call by call.
pub(super) fn lines(vendor: &Stub) -> Vec<String> {
    vendor.asked().iter().map(Asked::line).collect()
}

/// Asserts the headers that every call of Plannr's must have.
pub(super) fn assert_headers(asked: &Asked) {
    for (name, value) in [
        ("authorization", "Bearer token-1"),
        ("x-plannr-account-uuid", "account-1"),
        ("accept", "application/json"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(asked.header(name), Some(value), "{name}");
    }
}

pub(super) fn body(asked: &Asked) -> Value {
    serde_json::from_str(&asked.body).unwrap()
}
