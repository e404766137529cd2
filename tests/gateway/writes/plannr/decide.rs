//! Accepting and rejecting referrals that came in.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::Kind;
use serde_json::{Value, json};

use super::{REFERRAL, decide, fail, of_status};
use crate::harness::World;
use crate::writes::{
    assert_documented, body, newest, operation, patient, problems, read, sent_once,
};

#[tokio::test]
async fn a_referral_that_came_in_can_be_accepted_or_rejected_and_shows_it_at_once() {
    let cases = [
        ("APPROVE", "", "accept", "ACTIVE", Value::Null),
        ("DENY", "No room.", "reject", "DECLINED", json!("No room.")),
    ];
    for (decision, reason, word, status, told) in cases {
        let world = World::start().await;
        let id = of_status(&world, "PENDING", "RECEIVED").await.remove(0);
        let before = read(&world, &id, REFERRAL).await;
        assert_eq!(before["allowedActions"], json!(["APPROVE", "DENY"]));
        newest(&world, "PLANNR", 50, "id status").await;
        let payload = decide(&world, "decided", &id, decision, reason).await;

        let sent = sent_once(&world, "plannr");
        let uuid = before["remoteId"].as_str().unwrap();
        assert_eq!(sent.method, "POST");
        assert_eq!(sent.path, format!("/api/v1/referrals/{uuid}/{word}"));
        let account = world.environment["PLANNR_ACCOUNT_UUID"].as_str();
        assert_eq!(sent.header("x-plannr-account-uuid"), Some(account));
        if reason.is_empty() {
            assert_eq!(sent.body, "");
        } else {
            assert_eq!(body(&sent), json!({ "rejection_reason": reason }));
        }

        let after = read(&world, &id, REFERRAL).await;
        let expected = json!({
            "results": [{ "referralId": id, "outcome": "APPLIED", "referral": after, "userErrors": [] }],
            "operation": { "idempotencyKey": "decided", "state": "CONFIRMED" },
            "userErrors": [],
        });
        assert_eq!(payload, expected);
        assert_eq!(
            (&after["status"], &after["details"]["rejectionReason"]),
            (&json!(status), &told)
        );
        assert_eq!(after["updatedAt"], "2026-11-01T09:00:00Z");
        assert_eq!(after["allowedActions"], json!([]));
        assert!(after["version"] != before["version"]);
        let clones = after["details"]["clonedClients"].as_array().unwrap();
        assert_eq!(clones.is_empty(), decision == "DENY");
        let listed = newest(&world, "PLANNR", 50, "id status").await;
        assert!(listed.contains(&json!({ "id": id, "status": status })));
        assert!(!of_status(&world, "PENDING", "RECEIVED").await.contains(&id));
        let known = operation(&world, "decided").await;
        assert_eq!(
            (&known["state"], &known["referral"]),
            (&json!("CONFIRMED"), &Value::Null)
        );

        assert_eq!(
            decide(&world, "decided", &id, decision, reason).await,
            payload
        );
        let other = decide(&world, "decided", &id, "DENY", "Another reason.").await;
        assert_eq!(other["results"], json!([]));
        let mismatch = (
            "IDEMPOTENCY_MISMATCH".to_owned(),
            "input.idempotencyKey".to_owned(),
        );
        assert_eq!(problems(&other), [mismatch]);
        sent_once(&world, "plannr");

        // The same by another key was so before, and its opposite comes too late.
        let again = decide(&world, "again", &id, decision, reason).await;
        assert_eq!(
            again["results"][0]["outcome"], "ALREADY_APPLIED",
            "{again:#}"
        );
        let opposite = if decision == "DENY" {
            "APPROVE"
        } else {
            "DENY"
        };
        let late = decide(&world, "late", &id, opposite, "Changed our minds.").await;
        assert_eq!(late["results"][0]["outcome"], "REJECTED");
        let expected = (
            "ILLEGAL_TRANSITION".to_owned(),
            "input.decisions.0.decision".to_owned(),
        );
        assert_eq!(problems(&late["results"][0]), [expected]);
        assert_eq!(late["results"][0]["referral"], after);
        assert_eq!(late["operation"]["state"], "REJECTED");
        assert_documented(&world);
    }
}

#[tokio::test]
async fn what_cannot_be_decided_is_an_illegal_transition_however_plannr_says_so() {
    for status in ["403", "422", "404", "409"] {
        let world = World::start().await;
        let set = |name| world.sandbox.set_switch("plannr", name, status).unwrap();
        set("wrong_party");
        set("wrong_state");
        let own = of_status(&world, "PENDING", "SENT").await.remove(0);
        let rejected = of_status(&world, "DECLINED", "RECEIVED").await.remove(0);
        for (key, id) in [("party", &own), ("state", &rejected)] {
            let payload = decide(&world, key, id, "APPROVE", "").await;
            let result = &payload["results"][0];
            assert_eq!(result["outcome"], "REJECTED", "{status} {key}");
            let expected = (
                "ILLEGAL_TRANSITION".to_owned(),
                "input.decisions.0.decision".to_owned(),
            );
            assert_eq!(problems(result), [expected], "{status} {key}");
            assert_eq!(result["referral"]["id"], **id);
            assert_eq!(payload["operation"]["state"], "REJECTED");
        }
    }
}

#[tokio::test]
async fn a_decision_whose_answer_is_lost_is_read_back() {
    let kinds = [
        (Kind::DropAfter, true),
        (Kind::StatusAfter { status: 502 }, true),
        (Kind::EmptyBody, true),
        (Kind::DropBefore, false),
        (Kind::status(503), false),
    ];
    for (kind, has_come) in kinds {
        let world = patient().await;
        let id = of_status(&world, "PENDING", "RECEIVED").await.remove(0);
        fail(&world, "/api/v1/referrals/*/reject", kind.clone());
        let payload = decide(&world, "k", &id, "DENY", "No room.").await;
        let outcome = &payload["results"][0]["outcome"];
        assert!(outcome == "APPLIED" || outcome == "UNKNOWN", "{payload:#}");
        world.hand.advance(Duration::from_secs(31));
        crate::writes::until(&world, "k", "CONFIRMED").await;
        let expected =
            json!({ "status": "DECLINED", "details": { "rejectionReason": "No room." } });
        let selection = "status details { ... on PlannrReferral { rejectionReason } }";
        assert_eq!(read(&world, &id, selection).await, expected, "{kind:?}");
        let sends = crate::writes::sent(&world, "plannr").len();
        assert_eq!(sends, if has_come { 1 } else { 2 }, "{kind:?}");
        let told = decide(&world, "k", &id, "DENY", "No room.").await;
        assert_eq!(told["results"][0]["outcome"], "APPLIED");
        assert_documented(&world);
    }
}

#[tokio::test]
async fn a_referral_that_plannr_does_not_have_is_not_found() {
    let world = World::start().await;
    let uuid = "00000000-0000-4000-8000-000000000000";
    let id = crate::writes::id(referral_gateway::model::Vendor::Plannr, uuid);
    let payload = decide(&world, "k", &id, "APPROVE", "").await;
    let result = &payload["results"][0];
    assert_eq!(
        (&result["outcome"], &result["referral"]),
        (&json!("REJECTED"), &Value::Null)
    );
    let expected = (
        "NOT_FOUND".to_owned(),
        "input.decisions.0.referralId".to_owned(),
    );
    assert_eq!(problems(result), [expected]);
}

#[tokio::test]
async fn a_decision_that_nobody_takes_now_is_told_and_its_key_works_later() {
    let kinds = [
        (Kind::RateLimited { seconds: Some(30) }, "RATE_LIMITED"),
        (Kind::ExpiredToken, "UNAVAILABLE"),
    ];
    for (kind, code) in kinds {
        let world = World::start().await;
        let id = of_status(&world, "PENDING", "RECEIVED").await.remove(0);
        // The payload shows it, though Plannr is not asked.
        read(&world, &id, REFERRAL).await;
        fail(&world, "/api/v1/referrals/*/accept", kind.clone());
        let payload = decide(&world, "k", &id, "APPROVE", "").await;
        let result = &payload["results"][0];
        assert_eq!(result["outcome"], "REJECTED", "{kind:?}");
        assert_eq!(problems(result)[0].0, code);
        assert_eq!(payload["operation"], Value::Null);
        assert_eq!(operation(&world, "k").await, Value::Null);
        world.hand.advance(Duration::from_secs(31));
        let payload = decide(&world, "k", &id, "APPROVE", "").await;
        assert_eq!(payload["results"][0]["outcome"], "APPLIED", "{kind:?}");
    }
}
