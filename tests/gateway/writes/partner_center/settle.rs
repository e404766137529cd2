//! New referrals and changes that were not answered: what became of them is found out, and nothing is there twice.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use super::{
    ONE, REFERRAL, REFERRALS, asked, count_named, create, fail, least, some, text, update,
};
use crate::harness::World;
use crate::writes::{assert_documented, patient, read, sent, sent_once, until};

fn named() -> Value {
    let mut input = least();
    input["name"] = json!("Only once");
    input
}

#[tokio::test]
async fn a_referral_whose_answer_is_lost_is_found_by_its_reference() {
    let kinds = [
        Kind::DropAfter,
        Kind::StatusAfter { status: 502 },
        Kind::StatusAfter { status: 500 },
        Kind::Truncate,
        Kind::EmptyBody,
        Kind::MalformedJson,
    ];
    for kind in kinds {
        for reference in [None, Some("CRM-7")] {
            let world = World::start().await;
            fail(&world, "POST", REFERRALS, 0, kind.clone());
            let mut input = named();
            input["externalReference"] = json!(reference);
            let payload = create(&world, "k", &input).await;
            assert_eq!(payload["outcome"], "APPLIED", "{kind:?}");
            assert_eq!(payload["operation"]["state"], "CONFIRMED");
            let id = text(&payload["referral"]["id"]);
            assert_eq!(read(&world, id, REFERRAL).await, payload["referral"]);
            assert_eq!(count_named(&world, "Only once").await, 1, "{kind:?}");
            sent_once(&world, "partner-center");
            assert_documented(&world);
        }
    }
}

#[tokio::test]
async fn what_microsoft_has_nothing_of_after_the_quiet_time_is_sent_again_once() {
    for kind in [
        Kind::DropBefore,
        Kind::status(500),
        Kind::Html { status: 502 },
    ] {
        let world = patient().await;
        fail(&world, "POST", REFERRALS, 0, kind.clone());
        let payload = create(&world, "k", &named()).await;
        let expected = json!({
            "referral": null, "sharedReferral": null, "outcome": "UNKNOWN",
            "operation": { "idempotencyKey": "k", "state": "UNKNOWN" }, "userErrors": [],
        });
        assert_eq!(payload, expected, "{kind:?}");
        world.hand.advance(Duration::from_secs(29));
        until(&world, "k", "UNKNOWN").await;
        assert_eq!(sent(&world, "partner-center").len(), 1);
        world.hand.advance(Duration::from_secs(1));
        until(&world, "k", "CONFIRMED").await;
        let sent = sent(&world, "partner-center");
        assert_eq!(sent.len(), 2, "{kind:?}");
        assert_eq!(sent[0].body, sent[1].body, "the reference is another one");
        assert_eq!(count_named(&world, "Only once").await, 1, "{kind:?}");
        assert_documented(&world);
    }
}

#[tokio::test]
async fn while_nobody_can_look_it_is_unknown_and_then_what_it_came_to() {
    let world = patient().await;
    world.sandbox.fault(Fault {
        method: Some("GET".to_owned()),
        ..Fault::new("partner-center", Kind::status(503))
    });
    fail(&world, "POST", REFERRALS, 0, Kind::DropAfter);
    let payload = create(&world, "k", &named()).await;
    assert_eq!(
        (&payload["outcome"], &payload["operation"]["state"]),
        (&json!("UNKNOWN"), &json!("UNKNOWN"))
    );
    world.sandbox.clear_faults();
    world.hand.advance(Duration::from_mins(2));
    until(&world, "k", "CONFIRMED").await;
    assert_eq!(create(&world, "k", &named()).await["outcome"], "APPLIED");
    assert_eq!(count_named(&world, "Only once").await, 1);
    sent_once(&world, "partner-center");
}

#[tokio::test]
async fn a_referral_that_appears_late_is_found_and_not_sent_again() {
    let world = patient().await;
    fail(&world, "POST", REFERRALS, 0, Kind::CommitLate { ms: 50 });
    create(&world, "k", &named()).await;
    until(&world, "k", "CONFIRMED").await;
    assert_eq!(count_named(&world, "Only once").await, 1);
    sent_once(&world, "partner-center");
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_read_back_and_made_once() {
    let kinds = [
        (Kind::DropAfter, 1),
        (Kind::StatusAfter { status: 502 }, 1),
        (Kind::DropBefore, 2),
        (Kind::status(503), 2),
    ];
    for (kind, sends) in kinds {
        for is_expected in [true, false] {
            let world = patient().await;
            let before = some(&world, "INDEPENDENT", "ACTIVE").await;
            let (id, version) = (
                text(&before["id"]),
                before["version"].as_str().filter(|_| is_expected),
            );
            fail(&world, "PATCH", ONE, 0, kind.clone());
            let patch = json!({ "notes": "Only once.", "status": "CLOSED", "substatus": "LOST" });
            update(&world, "k", id, version, &patch).await;
            world.hand.advance(Duration::from_secs(31));
            until(&world, "k", "CONFIRMED").await;
            let told = update(&world, "k", id, version, &patch).await;
            assert_eq!(told["outcome"], "APPLIED", "{kind:?} {is_expected}");
            assert_eq!(
                (
                    &told["referral"]["status"],
                    &told["referral"]["description"]
                ),
                (&json!("LOST"), &json!("Only once."))
            );
            assert_eq!(
                asked(&world, "PATCH").len(),
                sends,
                "{kind:?} {is_expected}"
            );
            assert_documented(&world);
        }
    }
}

#[tokio::test]
async fn a_change_that_others_came_before_while_nobody_knew_of_it_is_for_a_person_to_look_at() {
    let world = patient().await;
    let before = some(&world, "INDEPENDENT", "ACTIVE").await;
    let (id, version) = (text(&before["id"]), text(&before["version"]));
    // It never arrives, and somebody else changes the referral before it is sent again.
    fail(&world, "PATCH", ONE, 0, Kind::DropBefore);
    fail(&world, "GET", ONE, 0, Kind::Hold);
    let (mine, another) = (json!({ "notes": "mine" }), json!({ "notes": "another's" }));
    let others = async {
        world.sandbox.until_held(1).await;
        let payload = update(&world, "other", id, Some(version), &another).await;
        assert_eq!(payload["outcome"], "APPLIED");
        world.sandbox.release();
    };
    let (told, ()) = tokio::join!(update(&world, "mine", id, Some(version), &mine), others);
    // Theirs may have come after ours, which must then not be told to have had no effect.
    assert_eq!(told["outcome"], "UNKNOWN");
    until(&world, "mine", "NEEDS_REVIEW").await;
    // The look may have come before their change: then ours was sent again, on its condition, in vain.
    assert!(asked(&world, "PATCH").len() <= 3);
    let now = some(&world, "INDEPENDENT", "ACTIVE").await;
    assert_eq!(
        (text(&now["id"]), &now["description"]),
        (id, &json!("another's"))
    );
}
