//! A vendor that fails costs its own decisions, and no others.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use super::*;
use crate::writes::{operation, sent, until};

/// One of each vendor's, SaaSquatch's first.
async fn three(world: &World) -> [String; 3] {
    let mut all = Vec::new();
    for vendor in ["SAASQUATCH", "PLANNR", "PARTNER_CENTER"] {
        all.extend(that_may(world, vendor, "DENY", 1).await);
    }
    all.try_into().unwrap()
}

fn writes_meet(world: &World, vendor: &str, times: Option<u32>, answer: &Kind) {
    for method in ["POST", "PUT", "PATCH"] {
        let path = match vendor {
            "saasquatch" => "/api/v1/test_aharbourpine/referrals/moderate",
            "plannr" => "/api/v1/referrals/*",
            _ => "/v1.0/engagements/*",
        };
        world.sandbox.fault(Fault {
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            times,
            ..Fault::new(vendor, answer.clone())
        });
    }
}

#[tokio::test]
async fn a_vendor_that_forbids_its_part_leaves_the_others_applied() {
    for (place, vendor) in ["saasquatch", "plannr", "partner-center"]
        .into_iter()
        .enumerate()
    {
        let world = World::start().await;
        let all = three(&world).await;
        writes_meet(&world, vendor, None, &Kind::status(403));
        let decisions: Vec<Value> = all.iter().map(|id| deny(id)).collect();
        let payload = moderate(&world, "key", &decisions).await;
        for (other, outcome) in outcomes(&payload).into_iter().enumerate() {
            let expected = if other == place {
                "REJECTED"
            } else {
                "APPLIED"
            };
            assert_eq!(outcome, expected, "{vendor}: {payload:#}");
        }
        let (code, path) = problems_of(&payload, place).remove(0);
        assert_eq!(code, "FORBIDDEN", "{payload:#}");
        assert!(
            path.starts_with(&format!("input.decisions.{place}")),
            "{path}"
        );
        assert_eq!(payload["operation"]["state"], "PARTIAL", "{vendor}");
        assert_eq!(operation(&world, "key").await["state"], "PARTIAL");
    }
}

#[tokio::test]
async fn a_vendor_that_is_asked_too_often_leaves_the_others_applied() {
    for (place, vendor) in ["saasquatch", "plannr", "partner-center"]
        .into_iter()
        .enumerate()
    {
        let world = World::start().await;
        let all = three(&world).await;
        writes_meet(
            &world,
            vendor,
            None,
            &Kind::RateLimited { seconds: Some(9) },
        );
        let decisions: Vec<Value> = all.iter().map(|id| deny(id)).collect();
        // The vendor's referrals cannot be read either.
        let input = json!({ "decisions": decisions });
        let payload = mutate(&world, "moderateReferrals", input, &without_referrals()).await;
        for (other, outcome) in outcomes(&payload).into_iter().enumerate() {
            let expected = if other == place {
                "REJECTED"
            } else {
                "APPLIED"
            };
            assert_eq!(outcome, expected, "{vendor}: {payload:#}");
        }
        let path = format!("input.decisions.{place}");
        assert_eq!(problems_of(&payload, place), problem("RATE_LIMITED", &path));
        assert_eq!(payload["operation"]["state"], "PARTIAL", "{vendor}");
    }
}

/// Of a batch that consists of one vendor's alone, nothing is recorded.
#[tokio::test]
async fn where_nothing_was_sent_nothing_is_recorded_and_the_same_key_works_later() {
    for (answer, code) in [
        (Kind::RateLimited { seconds: Some(9) }, "RATE_LIMITED"),
        (Kind::ExpiredToken, "UNAVAILABLE"),
    ] {
        let world = World::start().await;
        let [squatch, ..] = three(&world).await;
        writes_meet(&world, "saasquatch", None, &answer);
        let input = json!({ "idempotencyKey": "key", "decisions": [deny(&squatch)] });
        let payload = mutate(&world, "moderateReferrals", input, &without_referrals()).await;
        assert_eq!(outcomes(&payload), ["REJECTED"], "{payload:#}");
        assert_eq!(problems_of(&payload, 0), problem(code, "input.decisions.0"));
        assert_eq!(payload["operation"], Value::Null);
        assert_eq!(operation(&world, "key").await, Value::Null);

        world.sandbox.clear_faults();
        world.hand.advance(Duration::from_mins(2));
        let payload = moderate(&world, "key", &[deny(&squatch)]).await;
        assert_eq!(outcomes(&payload), ["APPLIED"], "{payload:#}");
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_is_settled_to_the_truth() {
    for lost in [
        Kind::DropAfter,
        Kind::StatusAfter { status: 502 },
        Kind::DropBefore,
        Kind::status(500),
    ] {
        for (place, vendor) in ["saasquatch", "plannr", "partner-center"]
            .into_iter()
            .enumerate()
        {
            let world = World::start().await;
            let all = three(&world).await;
            writes_meet(&world, vendor, Some(1), &lost);
            let decisions: Vec<Value> = all.iter().map(|id| deny(id)).collect();
            let payload = moderate(&world, "key", &decisions).await;
            let about = format!("{lost:?} {vendor}: {payload:#}");
            for (other, outcome) in outcomes(&payload).into_iter().enumerate() {
                let is_known = outcome == "APPLIED" || (other == place && outcome == "UNKNOWN");
                assert!(is_known, "{about}");
            }
            if outcomes(&payload)[place] == "UNKNOWN" {
                assert_eq!(payload["operation"]["state"], "UNKNOWN", "{about}");
                world.hand.advance(Duration::from_secs(31));
            }
            until(&world, "key", "CONFIRMED").await;
            let settled = moderate(&world, "key", &decisions).await;
            assert_eq!(outcomes(&settled), ["APPLIED"; 3], "{about}");
            let statuses: Vec<&Value> = (0..3)
                .map(|place| &settled["results"][place]["referral"])
                .collect();
            assert_eq!(statuses[0]["moderation"]["referrer"], "DENIED", "{about}");
            assert_eq!(statuses[1]["status"], "DECLINED", "{about}");
            assert_eq!(statuses[2]["status"], "DECLINED", "{about}");
            let took_effect = matches!(lost, Kind::DropAfter | Kind::StatusAfter { .. });
            let count = sent(&world, vendor).len();
            assert_eq!(count, if took_effect { 1 } else { 2 }, "{about}");
        }
    }
}

#[tokio::test]
async fn one_call_of_three_that_fails_costs_its_own_hundred() {
    let world = World::start().await;
    world.sandbox.resize("saasquatch", 250).unwrap();
    let all = ids(&world, "SAASQUATCH", 250).await;
    world.sandbox.fault(Fault {
        method: Some("POST".to_owned()),
        after: 1,
        times: Some(1),
        ..Fault::new("saasquatch", Kind::status(403))
    });
    let decisions: Vec<Value> = all.iter().map(|id| approve(id)).collect();
    let payload = moderate(&world, "key", &decisions).await;
    let outcomes = outcomes(&payload);
    let rejected = outcomes.iter().filter(|it| **it == "REJECTED").count();
    assert!([50, 100].contains(&rejected), "{rejected}");
    assert_eq!(
        outcomes.iter().filter(|it| **it == "APPLIED").count(),
        250 - rejected
    );
    assert_eq!(payload["operation"]["state"], "PARTIAL");
    for (place, outcome) in outcomes.iter().enumerate() {
        let is_rejected = *outcome == "REJECTED";
        assert_eq!(problems_of(&payload, place).len(), usize::from(is_rejected));
    }
    assert_eq!(payload["userErrors"], json!([]));
}
