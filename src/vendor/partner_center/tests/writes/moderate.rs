//! Answering a new referral.

use pretty_assertions::assert_eq;

use super::*;
use crate::model::{Decision, ModerationSide, Verdict};

fn decide(verdict: Verdict, reason: Option<&str>) -> Write {
    Write::Moderate {
        decisions: vec![Decision {
            referral: "r1".to_owned(),
            verdict,
            side: ModerationSide::Both,
            reason: reason.map(str::to_owned),
        }],
    }
}

fn at(status: &str, substatus: &str) -> Value {
    record(&json!({"status": status, "substatus": substatus, "statusReason": null}))
}

#[tokio::test]
async fn a_new_referral_is_answered_on_condition_of_what_was_read() {
    for (verdict, reason, status, substatus) in [
        (Verdict::Approve, None, "Active", "Accepted"),
        (Verdict::Deny, Some("no time"), "Closed", "Declined"),
    ] {
        let answers = vec![ok(&at("New", "Received")), ok(&at(status, substatus))];
        let stub = in_turn(answers).await;
        let told = write(&stub, &decide(verdict, reason), &sent()).await;
        assert_eq!(told.what, "each applied");
        assert_eq!(lines(&stub), ["GET /r1", "PATCH /r1"]);
        let asked = &api_calls(&stub)[1];
        assert_eq!(asked.header("if-match"), Some(V1));
        let mut expected = vec![
            json!({"op": "replace", "path": "/status", "value": status}),
            json!({"op": "replace", "path": "/substatus", "value": substatus}),
        ];
        if let Some(reason) = reason {
            expected.push(json!({"op": "replace", "path": "/statusReason", "value": reason}));
        }
        assert_eq!(body(asked), Value::Array(expected));
    }
}

#[tokio::test]
async fn what_is_decided_already_is_not_sent() {
    let illegal = vec![(ProblemCode::IllegalTransition, String::new())];
    for (verdict, status, substatus, expected, problems) in [
        (
            Verdict::Approve,
            "Active",
            "Accepted",
            "each already applied",
            vec![],
        ),
        (
            Verdict::Deny,
            "Closed",
            "Declined",
            "each already applied",
            vec![],
        ),
        (
            Verdict::Deny,
            "Active",
            "Accepted",
            "each rejected",
            illegal.clone(),
        ),
        (
            Verdict::Approve,
            "Closed",
            "Expired",
            "each rejected",
            illegal,
        ),
    ] {
        let stub = in_turn(vec![ok(&at(status, substatus))]).await;
        let told = write(&stub, &decide(verdict, None), &sent()).await;
        assert_eq!((told.what, told.codes()), (expected, problems));
        assert_eq!(lines(&stub), ["GET /r1"]);
    }
    let stub = in_turn(vec![ok(&at("Active", "Accepted"))]).await;
    let told = write(&stub, &decide(Verdict::Approve, None), &repeated()).await;
    assert_eq!(told.what, "each applied", "by an earlier attempt");
}

#[tokio::test]
async fn one_that_changes_meanwhile_is_looked_at_again() {
    let answers = vec![
        ok(&at("New", "Pending")),
        refusal(412, "preconditionFailed"),
        ok(&at("Closed", "Expired")),
    ];
    let stub = in_turn(answers).await;
    let told = write(&stub, &decide(Verdict::Approve, None), &sent()).await;
    assert_eq!(
        told.codes(),
        [(ProblemCode::IllegalTransition, String::new())]
    );
}

#[tokio::test]
async fn a_refused_decision_is_rejected_and_one_without_an_answer_is_unknown() {
    let new = || ok(&at("New", "Pending"));
    for (answers, expected) in [
        (vec![refusal(404, "itemNotFound")], ProblemCode::NotFound),
        (vec![new(), refusal(400, "no")], ProblemCode::Invalid),
        (vec![new(), refusal(403, "no")], ProblemCode::Forbidden),
    ] {
        let stub = in_turn(answers).await;
        let told = write(&stub, &decide(Verdict::Approve, None), &sent()).await;
        assert_eq!(told.what, "each rejected");
        assert_eq!(told.codes(), [(expected, String::new())]);
    }
    let stub = in_turn(vec![new(), (500, NOTHING.to_owned())]).await;
    let error = try_write(&stub, &decide(Verdict::Approve, None), &sent()).await;
    assert!(!error.err().unwrap().is_unsent());
}

#[tokio::test]
async fn what_became_of_it_is_seen_in_the_status() {
    for (verdict, status, substatus, accepted, expected) in [
        (Verdict::Approve, "New", "Pending", None, "send again"),
        (Verdict::Approve, "Active", "Accepted", None, "each applied"),
        (Verdict::Deny, "Closed", "Declined", None, "each applied"),
        (Verdict::Deny, "Active", "Accepted", None, "each rejected"),
        (Verdict::Approve, "Closed", "Lost", None, "each rejected"),
        (
            Verdict::Approve,
            "Closed",
            "Won",
            Some("2026-06-11T12:00:01Z"),
            "each applied",
        ),
        (
            Verdict::Approve,
            "Closed",
            "Won",
            Some("2026-06-01T00:00:00Z"),
            "each rejected",
        ),
    ] {
        let mut now = at(status, substatus);
        now["acceptedDateTime"] = accepted.into();
        let stub = in_turn(vec![ok(&now)]).await;
        let told = settle(&stub, &decide(verdict, None), &sent()).await;
        assert_eq!(told.what, expected, "{verdict:?} {status} {accepted:?}");
    }
    let stub = in_turn(vec![refusal(404, "itemNotFound")]).await;
    let told = settle(&stub, &decide(Verdict::Deny, None), &sent()).await;
    assert_eq!(told.what, "each rejected");
}
