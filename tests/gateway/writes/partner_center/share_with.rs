//! A new referral and its connected one in one mutation: two steps, of which the first stays whatever becomes of the
//! second.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use super::{
    ONE, REFERRAL, REFERRALS, asked, at_microsoft, count_named, create, engaged, fail, microsoft,
    shared, text,
};
use crate::harness::World;
use crate::writes::{
    assert_documented, assert_refused, body, operation, patient, problems, read, sent, until,
};

fn input() -> Value {
    let mut input = shared();
    input["shareWith"] = microsoft();
    input
}

#[tokio::test]
async fn both_are_made_in_one_engagement_and_read_at_once() {
    let world = World::start().await;
    crate::writes::newest(&world, "PARTNER_CENTER", 5, "id").await;
    let payload = create(&world, "both", &input()).await;
    let sent = sent(&world, "partner-center");
    assert_eq!(sent.len(), 2);
    let (one, other) = (body(&sent[0]), body(&sent[1]));
    assert_eq!(
        (&one["engagementId"], &one["shareWith"]),
        (&Value::Null, &Value::Null)
    );
    let (first, second) = (&payload["referral"], &payload["sharedReferral"]);
    assert_eq!(other["engagementId"], first["engagement"]["remoteId"]);
    assert_eq!(
        other["target"],
        json!([{ "type": "BusinessProfileLocation", "id": "msft" }])
    );
    assert!(one["externalReferenceId"] != other["externalReferenceId"]);

    assert_eq!(
        (&payload["outcome"], &payload["userErrors"]),
        (&json!("APPLIED"), &json!([]))
    );
    assert_eq!(
        payload["operation"],
        json!({ "idempotencyKey": "both", "state": "CONFIRMED" })
    );
    assert_eq!(first["engagement"], second["engagement"]);
    assert_eq!(
        first["details"]["target"],
        json!([{ "type": "SOLUTION_PROFILE", "remoteId": "SOL-1" }])
    );
    assert_eq!(second["details"]["target"], json!([at_microsoft()]));
    assert_eq!(
        second["details"]["customerProfile"],
        first["details"]["customerProfile"]
    );
    let mut both = engaged(&world, &first["engagement"]["id"]).await;
    both.sort_by_key(Value::to_string);
    let mut expected = vec![first["id"].clone(), second["id"].clone()];
    expected.sort_by_key(Value::to_string);
    assert_eq!(both, expected);
    for referral in [first, second] {
        assert_eq!(
            read(&world, text(&referral["id"]), REFERRAL).await,
            *referral
        );
    }
    assert_eq!(count_named(&world, "Only once").await, 2);
    assert_eq!(
        operation(&world, "both").await["referral"]["id"],
        first["id"]
    );

    assert_eq!(create(&world, "both", &input()).await, payload);
    let alone = create(&world, "both", &shared()).await;
    assert_refused(&alone, &[("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")]);
    assert_eq!(asked(&world, "POST").len(), 2);
    assert_documented(&world);
}

#[tokio::test]
async fn a_second_step_that_is_not_answered_is_seen_and_completed_later_without_a_duplicate() {
    for (kind, sends) in [
        (Kind::DropAfter, 1),
        (Kind::DropBefore, 2),
        (Kind::status(503), 2),
    ] {
        let world = patient().await;
        fail(&world, "POST", REFERRALS, 1, kind.clone());
        // Nor can anyone look.
        let hidden = Fault {
            method: Some("GET".to_owned()),
            path: Some(REFERRALS.to_owned()),
            after: 1,
            ..Fault::new("partner-center", Kind::status(503))
        };
        world.sandbox.fault(hidden);
        let payload = create(&world, "k", &input()).await;
        assert_eq!(
            payload["outcome"], "APPLIED",
            "the first is there: {payload:#}"
        );
        assert_eq!(payload["referral"]["name"], "Only once");
        assert_eq!(
            (&payload["sharedReferral"], &payload["userErrors"]),
            (&Value::Null, &json!([]))
        );
        assert_eq!(payload["operation"]["state"], "UNKNOWN", "{kind:?}");

        world.sandbox.clear_faults();
        world.hand.advance(Duration::from_mins(2));
        until(&world, "k", "CONFIRMED").await;
        let told = create(&world, "k", &input()).await;
        assert_eq!(told["referral"]["id"], payload["referral"]["id"]);
        assert_eq!(
            told["sharedReferral"]["details"]["target"],
            json!([at_microsoft()])
        );
        assert_eq!(
            engaged(&world, &told["referral"]["engagement"]["id"])
                .await
                .len(),
            2,
            "{kind:?}"
        );
        assert_eq!(asked(&world, "POST").len(), 1 + sends, "{kind:?}");
        assert_documented(&world);
    }
}

#[tokio::test]
async fn a_vendor_that_is_down_for_the_second_step_is_asked_until_it_is_back() {
    for kind in [
        Kind::DropBefore,
        Kind::status(503),
        Kind::RateLimited { seconds: Some(40) },
    ] {
        let world = patient().await;
        world.sandbox.fault(Fault {
            method: Some("GET".to_owned()),
            path: Some(ONE.to_owned()),
            ..Fault::new("partner-center", kind.clone())
        });
        let payload = create(&world, "k", &input()).await;
        assert_eq!(
            (&payload["outcome"], &payload["sharedReferral"]),
            (&json!("APPLIED"), &Value::Null)
        );
        let state = text(&payload["operation"]["state"]);
        assert!(
            state == "UNKNOWN" || state == "SENDING",
            "{kind:?}: {state}"
        );
        assert_eq!(asked(&world, "POST").len(), 1);
        world.sandbox.clear_faults();
        world.hand.advance(Duration::from_mins(2));
        until(&world, "k", "CONFIRMED").await;
        let told = create(&world, "k", &input()).await;
        assert_eq!(
            engaged(&world, &told["referral"]["engagement"]["id"])
                .await
                .len(),
            2
        );
        assert_eq!(asked(&world, "POST").len(), 2, "{kind:?}");
    }
}

#[tokio::test]
async fn a_second_step_that_is_refused_leaves_the_first_and_says_so() {
    for (status, code) in [
        (400, "INVALID"),
        (403, "FORBIDDEN"),
        (404, "NOT_FOUND"),
        (409, "CONFLICT"),
        (422, "INVALID"),
    ] {
        let world = World::start().await;
        fail(&world, "POST", REFERRALS, 1, Kind::status(status));
        let payload = create(&world, "k", &input()).await;
        assert_eq!(payload["outcome"], "APPLIED", "{status}");
        assert_eq!(
            payload["operation"],
            json!({ "idempotencyKey": "k", "state": "PARTIAL" })
        );
        let path = "input.referral.partnerCenter.shareWith".to_owned();
        assert_eq!(problems(&payload), [(code.to_owned(), path)], "{status}");
        assert_eq!(payload["sharedReferral"], Value::Null);
        let first = &payload["referral"];
        assert_eq!(
            engaged(&world, &first["engagement"]["id"]).await,
            [first["id"].clone()]
        );
        assert_eq!(operation(&world, "k").await["state"], "PARTIAL");
        assert_eq!(create(&world, "k", &input()).await, payload);
        assert_eq!(asked(&world, "POST").len(), 2);
    }
}

#[tokio::test]
async fn a_first_step_that_is_refused_is_the_end_of_both() {
    let world = World::start().await;
    let mut input = input();
    // Microsoft wants a contact of the customer for a shared one.
    input["customerProfile"]["team"] = json!([]);
    let payload = create(&world, "k", &input).await;
    assert_eq!(
        (&payload["outcome"], &payload["referral"]),
        (&json!("REJECTED"), &Value::Null)
    );
    assert_eq!(payload["operation"]["state"], "REJECTED");
    let path = "input.referral.partnerCenter".to_owned();
    assert_eq!(
        problems(&payload),
        [("INVALID".to_owned(), path)],
        "{payload:#}"
    );
    let message = text(&payload["userErrors"][0]["message"]);
    assert!(message.contains("customerProfile.team"), "{message}");
    assert_eq!(create(&world, "k", &input).await, payload);
    assert_eq!(asked(&world, "POST").len(), 1);
}

#[tokio::test]
async fn a_first_step_that_is_not_answered_is_settled_before_the_second() {
    for kind in [Kind::DropAfter, Kind::DropBefore] {
        let world = patient().await;
        fail(&world, "POST", REFERRALS, 0, kind.clone());
        create(&world, "k", &input()).await;
        world.hand.advance(Duration::from_secs(31));
        until(&world, "k", "CONFIRMED").await;
        let told = create(&world, "k", &input()).await;
        assert_eq!(told["operation"]["state"], "CONFIRMED", "{kind:?}");
        assert_eq!(
            engaged(&world, &told["referral"]["engagement"]["id"])
                .await
                .len(),
            2
        );
        assert_eq!(count_named(&world, "Only once").await, 2, "{kind:?}");
    }
}
