//! New referrals and requests for connections that were not answered: what became of them is found out, and nothing is
//! there twice.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::Kind;
use referral_gateway::vendor::plannr::sandbox::FREE_ADVISER_KEYS;
use serde_json::{Value, json};

use super::{
    CONNECTIONS, Parts, REFERRAL, REFERRALS, connect, count_with_note, create, fail, hide,
    post_beside, rows,
};
use crate::harness::World;
use crate::writes::{assert_documented, newest, patient, read, sent, sent_once, until};

fn noted(parts: &Parts) -> Value {
    let mut input = parts.least();
    input["note"] = json!("Only once.");
    input
}

#[tokio::test]
async fn a_referral_whose_answer_is_lost_is_found_and_told_as_if_it_had_been_answered() {
    let kinds = [
        Kind::DropAfter,
        Kind::StatusAfter { status: 502 },
        Kind::StatusAfter { status: 500 },
        Kind::StatusAfter { status: 408 },
        Kind::Truncate,
        Kind::MalformedJson,
        Kind::EmptyBody,
        Kind::WrongContentType {
            content_type: "text/html".to_owned(),
        },
    ];
    for kind in kinds {
        let world = World::start().await;
        let parts = Parts::of(&world).await;
        newest(&world, "PLANNR", 1, "id").await;
        fail(&world, REFERRALS, kind.clone());
        let payload = create(&world, "k", &noted(&parts)).await;
        assert_eq!(payload["outcome"], "APPLIED", "{kind:?}");
        assert_eq!(payload["operation"]["state"], "CONFIRMED");
        assert_eq!(payload["referral"]["description"], "Only once.");
        sent_once(&world, "plannr");
        assert_eq!(count_with_note(&world, "Only once.").await, 1, "{kind:?}");
        let id = payload["referral"]["id"].as_str().unwrap();
        assert_eq!(read(&world, id, REFERRAL).await, payload["referral"]);
        assert_eq!(newest(&world, "PLANNR", 1, "id").await[0]["id"], id);
        assert_eq!(create(&world, "k", &noted(&parts)).await, payload);
        sent_once(&world, "plannr");
        assert_documented(&world);
    }
}

#[tokio::test]
async fn while_nobody_can_look_it_is_unknown_and_then_what_it_came_to() {
    let world = patient().await;
    let parts = Parts::of(&world).await;
    hide(&world, REFERRALS);
    fail(&world, REFERRALS, Kind::DropAfter);
    let payload = create(&world, "k", &noted(&parts)).await;
    let expected = json!({
        "referral": null, "outcome": "UNKNOWN", "operation": { "idempotencyKey": "k", "state": "UNKNOWN" }, "userErrors": [],
    });
    assert_eq!(payload, expected);
    // The same again waits for the same operation.
    assert_eq!(create(&world, "k", &noted(&parts)).await, expected);

    world.sandbox.clear_faults();
    world.hand.advance(Duration::from_mins(2));
    let known = until(&world, "k", "CONFIRMED").await;
    let told = create(&world, "k", &noted(&parts)).await;
    assert_eq!(told["outcome"], "APPLIED");
    assert_eq!(told["referral"]["id"], known["referral"]["id"]);
    assert_eq!(sent(&world, "plannr").len(), 1);
    assert_eq!(count_with_note(&world, "Only once.").await, 1);
}

#[tokio::test]
async fn what_plannr_has_nothing_of_after_the_quiet_time_is_sent_again_once() {
    for kind in [
        Kind::DropBefore,
        Kind::status(500),
        Kind::Html { status: 502 },
    ] {
        let world = patient().await;
        let parts = Parts::of(&world).await;
        fail(&world, REFERRALS, kind.clone());
        let payload = create(&world, "k", &noted(&parts)).await;
        assert_eq!(payload["outcome"], "UNKNOWN", "{kind:?}");
        assert_eq!(payload["operation"]["state"], "UNKNOWN");
        world.hand.advance(Duration::from_secs(29));
        until(&world, "k", "UNKNOWN").await;
        assert_eq!(
            sent(&world, "plannr").len(),
            1,
            "sent again in the quiet time"
        );
        world.hand.advance(Duration::from_secs(1));
        until(&world, "k", "CONFIRMED").await;
        assert_eq!(sent(&world, "plannr").len(), 2, "{kind:?}");
        assert_eq!(count_with_note(&world, "Only once.").await, 1, "{kind:?}");
        assert_eq!(
            create(&world, "k", &noted(&parts)).await["outcome"],
            "APPLIED"
        );
        assert_documented(&world);
    }
}

#[tokio::test]
async fn a_referral_that_appears_late_is_found_and_not_sent_again() {
    let world = patient().await;
    let parts = Parts::of(&world).await;
    fail(&world, REFERRALS, Kind::CommitLate { ms: 50 });
    create(&world, "k", &noted(&parts)).await;
    until(&world, "k", "CONFIRMED").await;
    assert_eq!(sent(&world, "plannr").len(), 1);
    assert_eq!(count_with_note(&world, "Only once.").await, 1);
}

#[tokio::test]
async fn two_that_cannot_be_told_apart_are_for_a_person_to_look_at() {
    let world = patient().await;
    let parts = Parts::of(&world).await;
    // The connection's uuid, the client and the words are the same, and so is the time.
    let body = json!({
        "connection_uuid": parts.connection_uuid, "client_uuids": [parts.clients[0]], "advice_type": "tax",
        "duration_months": null, "note": "Only once.",
    });
    post_beside(&world, REFERRALS, &body).await;
    fail(&world, REFERRALS, Kind::DropAfter);
    let payload = create(&world, "k", &noted(&parts)).await;
    let expected = json!({
        "referral": null, "outcome": "UNKNOWN", "operation": { "idempotencyKey": "k", "state": "NEEDS_REVIEW" },
        "userErrors": [],
    });
    assert_eq!(payload, expected);
    world.hand.advance(Duration::from_mins(2));
    assert_eq!(create(&world, "k", &noted(&parts)).await, expected);
    assert_eq!(count_with_note(&world, "Only once.").await, 2);
}

#[tokio::test]
async fn two_of_our_own_that_are_alike_are_told_apart_by_which_came_first() {
    let world = patient().await;
    let parts = Parts::of(&world).await;
    fail(&world, REFERRALS, Kind::DropAfter);
    fail(&world, REFERRALS, Kind::DropAfter);
    let input = noted(&parts);
    let (one, other) = tokio::join!(create(&world, "a", &input), create(&world, "b", &input));
    assert_eq!(
        (&one["outcome"], &other["outcome"]),
        (&json!("APPLIED"), &json!("APPLIED"))
    );
    assert!(one["referral"]["id"] != other["referral"]["id"], "{one:#}");
    assert_eq!(count_with_note(&world, "Only once.").await, 2);
}

#[tokio::test]
async fn a_refusal_of_a_second_attempt_does_not_hide_what_the_first_did() {
    let world = patient().await;
    let parts = Parts::of(&world).await;
    fail(&world, REFERRALS, Kind::DropBefore);
    let payload = create(&world, "k", &noted(&parts)).await;
    assert_eq!(payload["outcome"], "UNKNOWN");
    let body = json!({ "message": "No.", "errors": { "note": ["The note is too long."] } });
    let kind = Kind::Status {
        status: 422,
        body: Some(body.to_string()),
        content_type: None,
        headers: std::collections::BTreeMap::default(),
    };
    fail(&world, REFERRALS, kind);
    world.hand.advance(Duration::from_secs(31));
    until(&world, "k", "REJECTED").await;
    let told = create(&world, "k", &noted(&parts)).await;
    let path = "input.referral.plannr.note".to_owned();
    assert_eq!(
        crate::writes::problems(&told),
        [("INVALID".to_owned(), path)]
    );
    assert_eq!(count_with_note(&world, "Only once.").await, 0);
}

#[tokio::test]
async fn a_request_for_a_connection_is_settled_in_the_same_way() {
    for (kind, sends) in [(Kind::DropAfter, 1), (Kind::status(503), 2)] {
        let world = patient().await;
        let before = rows(&world, CONNECTIONS).await.len();
        fail(&world, CONNECTIONS, kind.clone());
        connect(&world, "k", FREE_ADVISER_KEYS[1]).await;
        world.hand.advance(Duration::from_secs(31));
        until(&world, "k", "CONFIRMED").await;
        let told = connect(&world, "k", FREE_ADVISER_KEYS[1]).await;
        assert_eq!(told["outcome"], "APPLIED", "{kind:?}");
        assert_eq!(told["connection"]["recipient"]["name"], "Dmitri Volkov");
        assert_eq!(sent(&world, "plannr").len(), sends, "{kind:?}");
        assert_eq!(
            rows(&world, CONNECTIONS).await.len(),
            before + 1,
            "{kind:?}"
        );
        assert_documented(&world);
    }
}
