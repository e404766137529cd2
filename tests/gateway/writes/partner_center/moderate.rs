//! Answering a new referral.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::Kind;
use serde_json::{Value, json};

use super::{ONE, REFERRAL, asked, decide, fail, some, text};
use crate::harness::World;
use crate::writes::{assert_documented, body, newest, patient, problems, read, sent_once, until};

#[tokio::test]
async fn a_new_referral_can_be_approved_or_denied_and_shows_it_at_once() {
    let cases = [
        ("APPROVE", "DENY", "Active", "Accepted", "ACTIVE"),
        ("DENY", "APPROVE", "Closed", "Declined", "DECLINED"),
    ];
    for (decision, opposite, status, substatus, common) in cases {
        let world = World::start().await;
        let before = some(&world, "SHARED", "NEW").await;
        let id = text(&before["id"]);
        assert_eq!(
            before["allowedActions"].as_array().unwrap()[..2],
            [json!("APPROVE"), json!("DENY")]
        );
        let payload = decide(&world, "decided", id, decision).await;

        let sent = sent_once(&world, "partner-center");
        assert_eq!(sent.method, "PATCH");
        assert_eq!(sent.header("if-match"), Some(text(&before["version"])));
        assert_eq!(sent.header("prefer"), Some("return=representation"));
        let replace =
            |path: &str, value: &str| json!({ "op": "replace", "path": path, "value": value });
        let expected = [
            replace("/status", status),
            replace("/substatus", substatus),
            replace("/statusReason", "As agreed."),
        ];
        assert_eq!(body(&sent), json!(expected));

        let after = read(&world, id, REFERRAL).await;
        let expected = json!({
            "results": [{ "referralId": id, "outcome": "APPLIED", "referral": after, "userErrors": [] }],
            "operation": { "idempotencyKey": "decided", "state": "CONFIRMED" },
            "userErrors": [],
        });
        assert_eq!(payload, expected);
        assert_eq!(
            (&after["status"], &after["vendorStatus"]),
            (&json!(common), &json!(format!("{status}/{substatus}")))
        );
        assert_eq!(after["details"]["statusReason"], "As agreed.");
        assert!(
            newest(&world, "PARTNER_CENTER", 72, REFERRAL)
                .await
                .contains(&after)
        );

        assert_eq!(decide(&world, "decided", id, decision).await, payload);
        let other = decide(&world, "decided", id, opposite).await;
        assert_eq!(
            problems(&other),
            [(
                "IDEMPOTENCY_MISMATCH".to_owned(),
                "input.idempotencyKey".to_owned()
            )]
        );
        let again = decide(&world, "again", id, decision).await;
        assert_eq!(again["results"][0]["outcome"], "ALREADY_APPLIED");
        let late = decide(&world, "late", id, opposite).await;
        let result = &late["results"][0];
        assert_eq!(
            (&result["outcome"], &late["operation"]["state"]),
            (&json!("REJECTED"), &json!("REJECTED"))
        );
        assert_eq!(problems(result)[0].0, "ILLEGAL_TRANSITION");
        assert!(problems(result)[0].1.starts_with("input.decisions.0"));
        assert_eq!(result["referral"], after);
        sent_once(&world, "partner-center");
        assert_documented(&world);
    }
}

#[tokio::test]
async fn a_decision_whose_answer_is_lost_is_read_back() {
    for (kind, sends) in [
        (Kind::DropAfter, 1),
        (Kind::StatusAfter { status: 502 }, 1),
        (Kind::DropBefore, 2),
        (Kind::status(500), 2),
    ] {
        let world = patient().await;
        let before = some(&world, "INDEPENDENT", "NEW").await;
        let id = text(&before["id"]);
        fail(&world, "PATCH", ONE, 0, kind.clone());
        decide(&world, "k", id, "DENY").await;
        world.hand.advance(Duration::from_secs(31));
        until(&world, "k", "CONFIRMED").await;
        let told = decide(&world, "k", id, "DENY").await;
        assert_eq!(told["results"][0]["outcome"], "APPLIED", "{kind:?}");
        assert_eq!(told["results"][0]["referral"]["status"], "DECLINED");
        assert_eq!(asked(&world, "PATCH").len(), sends, "{kind:?}");
        assert_documented(&world);
    }
}

#[tokio::test]
async fn a_decision_that_is_refused_is_told_in_its_result() {
    let cases = [
        (400, "INVALID"),
        (403, "FORBIDDEN"),
        (404, "NOT_FOUND"),
        (409, "CONFLICT"),
        (422, "INVALID"),
    ];
    for (status, code) in cases {
        let world = World::start().await;
        let before = some(&world, "INDEPENDENT", "NEW").await;
        fail(&world, "PATCH", ONE, 0, Kind::status(status));
        let payload = decide(&world, "k", text(&before["id"]), "DENY").await;
        let result = &payload["results"][0];
        assert_eq!(
            (&result["outcome"], &result["referral"]),
            (&json!("REJECTED"), &before),
            "{status}"
        );
        assert_eq!(
            problems(result),
            [(code.to_owned(), "input.decisions.0".to_owned())]
        );
        assert_eq!(payload["userErrors"], json!([]));
    }
    let world = World::start().await;
    let missing = "00000000-0000-4000-8000-000000000000";
    let id = crate::writes::id(referral_gateway::model::Vendor::PartnerCenter, missing);
    let payload = decide(&world, "k", &id, "DENY").await;
    let result = &payload["results"][0];
    assert_eq!(
        (&result["outcome"], &result["referral"]),
        (&json!("REJECTED"), &Value::Null)
    );
    assert_eq!(problems(result)[0].0, "NOT_FOUND");
}
