//! What a decision may be.

use pretty_assertions::assert_eq;
use referral_gateway::model::Vendor;
use serde_json::{Value, json};

use super::*;
use crate::harness::Options;
use crate::writes::{id, operation, sent, sent_once};

const NOBODY: &str = "000000000000000000000001";

#[tokio::test]
async fn one_to_five_hundred_decisions_are_taken() {
    let world = World::start().await;
    for count in [0, 501] {
        let unknown = |place: usize| approve(&id(Vendor::Introzy, &format!("{place}")));
        let decisions: Vec<Value> = (0..count).map(unknown).collect();
        let payload = moderate(&world, "key", &decisions).await;
        assert_eq!(problems(&payload), problem("INVALID", "input.decisions"));
        let message = "Make 1 to 500 decisions at a time.";
        assert_eq!(payload["userErrors"][0]["message"], message);
        assert_eq!(
            (&payload["results"], &payload["operation"]),
            (&json!([]), &Value::Null)
        );
    }
    let payload = moderate(&world, "", &[]).await;
    let both = [
        problem("INVALID", "input.idempotencyKey"),
        problem("INVALID", "input.decisions"),
    ];
    assert_eq!(problems(&payload), both.concat());

    world.sandbox.resize("saasquatch", 500).unwrap();
    let all = ids(&world, "SAASQUATCH", 500).await;
    let decisions: Vec<Value> = all.iter().map(|id| approve(id)).collect();
    let payload = moderate(&world, "most", &decisions).await;
    assert!(
        outcomes(&payload)
            .iter()
            .all(|outcome| *outcome == "APPLIED")
    );
    assert_eq!(sent(&world, "saasquatch").len(), 5);
}

#[tokio::test]
async fn each_wrong_decision_costs_itself_alone() {
    let world = World::start().await;
    let good = ids(&world, "SAASQUATCH", 2).await;
    let partner = that_may(&world, "PARTNER_CENTER", "DENY", 1)
        .await
        .remove(0);
    let plannr = that_may(&world, "PLANNR", "DENY", 1).await.remove(0);
    let long = "ä".repeat(2_001);
    let mut too_long = deny(&good[1]);
    too_long["reason"] = json!(long);
    let mut one_side = approve(&partner);
    one_side["side"] = json!("REFERRER");
    let mut without_reason = deny(&plannr);
    without_reason["reason"] = Value::Null;
    let payload = moderate(
        &world,
        "key",
        &[
            approve("nonsense"),
            approve(&good[0]),
            deny(&good[0]),
            too_long,
            one_side,
            without_reason,
            approve(&id(Vendor::Saasquatch, NOBODY)),
        ],
    )
    .await;
    let mut expected = ["REJECTED"; 7];
    expected[1] = "APPLIED";
    assert_eq!(outcomes(&payload), expected, "{payload:#}");
    for (place, code, path) in [
        (0, "INVALID", "referralId"),
        (2, "INVALID", "referralId"),
        (3, "INVALID", "reason"),
        (4, "INVALID", "side"),
        (5, "INVALID", "reason"),
        (6, "NOT_FOUND", "referralId"),
    ] {
        let path = format!("input.decisions.{place}.{path}");
        assert_eq!(
            problems_of(&payload, place),
            problem(code, &path),
            "{payload:#}"
        );
    }
    let message = &payload["results"][2]["userErrors"][0]["message"];
    assert_eq!(
        message,
        "This referral is decided on already, in input.decisions.1."
    );
    assert_eq!(payload["results"][0]["referral"], Value::Null);
    assert_eq!(payload["results"][6]["referral"], Value::Null);
    assert_eq!(payload["results"][2]["referral"]["id"], good[0]);
    // What was refused before anything was sent is not part of what was done.
    assert_eq!(payload["operation"]["state"], "PARTIAL");
}

#[tokio::test]
async fn an_unknown_referral_in_a_batch_costs_itself_alone_however_the_vendor_takes_it() {
    for (value, outcome) in [("refused", "REJECTED"), ("partial", "APPLIED")] {
        let world = World::start().await;
        world
            .sandbox
            .set_switch("saasquatch", "moderate_unknown", value)
            .unwrap();
        let mut all = ids(&world, "SAASQUATCH", 40).await;
        all.insert(17, id(Vendor::Saasquatch, NOBODY));
        let decisions: Vec<Value> = all.iter().map(|id| approve(id)).collect();
        let payload = moderate(&world, "key", &decisions).await;
        for (place, found) in outcomes(&payload).into_iter().enumerate() {
            let expected = if place == 17 { outcome } else { "APPLIED" };
            assert_eq!(found, expected, "{value} {place}");
        }
        if value == "refused" {
            let path = "input.decisions.17.referralId";
            assert_eq!(problems_of(&payload, 17), problem("NOT_FOUND", path));
        }
    }
}

#[tokio::test]
async fn sides_are_sent_as_saasquatch_names_them() {
    let world = World::start().await;
    world.sandbox.resize("saasquatch", 200).unwrap();
    let all = ids(&world, "SAASQUATCH", 200).await;
    let rows = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Referral { id moderation { referrer referred }
        details { ... on SaasquatchReferral { referrerReward { cancellable } referredReward { cancellable } } } } } }";
    let data = world.data_with(rows, json!({ "ids": all })).await;
    let may_be_denied = |row: &&Value| {
        let rewards = ["referrerReward", "referredReward"];
        let is = |name: &str| row["details"][name]["cancellable"] != json!(false);
        row["moderation"] == json!({ "referrer": "PENDING", "referred": "PENDING" })
            && rewards.into_iter().all(is)
    };
    let free: Vec<&str> = data["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(may_be_denied)
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    let decisions = [
        ("APPROVE", "BOTH", "APPROVED", ["APPROVED", "APPROVED"]),
        ("DENY", "BOTH", "DENIED", ["DENIED", "DENIED"]),
        (
            "APPROVE",
            "REFERRER",
            "REFERRER_APPROVED",
            ["APPROVED", "PENDING"],
        ),
        (
            "APPROVE",
            "REFERRED",
            "REFERRED_APPROVED",
            ["PENDING", "APPROVED"],
        ),
        ("DENY", "REFERRER", "REFERRER_DENIED", ["DENIED", "PENDING"]),
        ("DENY", "REFERRED", "REFERRED_DENIED", ["PENDING", "DENIED"]),
    ];
    assert!(free.len() >= decisions.len(), "{}", free.len());
    let input: Vec<Value> = free
        .iter()
        .zip(decisions)
        .map(|(id, (decision, side, ..))| json!({ "referralId": id, "decision": decision, "side": side, "reason": "x" }))
        .collect();
    let payload = moderate(&world, "key", &input).await;
    let expected: Vec<String> = free
        .iter()
        .zip(decisions)
        .map(|(id, (_, _, action, _))| format!("{} {action}", remote(id)))
        .collect();
    assert_eq!(actions(&sent_once(&world, "saasquatch")), expected);
    for (place, (.., [referrer, referred])) in decisions.into_iter().enumerate() {
        let moderation = &payload["results"][place]["referral"]["moderation"];
        assert_eq!(moderation["referrer"], referrer, "{place}: {payload:#}");
        assert_eq!(moderation["referred"], referred, "{place}");
    }
}

/// What is not in `allowedActions` is refused, or changes nothing.
#[tokio::test]
async fn allowed_actions_say_beforehand_what_is_accepted() {
    for vendor in ["PLANNR", "PARTNER_CENTER", "SAASQUATCH", "INTROZY"] {
        for action in ["APPROVE", "DENY"] {
            let world = World::start().await;
            let rows = rows(&world, vendor, 60).await;
            let mut results = Vec::new();
            // Those that SaaSquatch refuses are sought out one by one, with so many calls at most.
            for (place, rows) in rows.chunks(10).enumerate() {
                let decision = |(id, _): &(String, _)| {
                    if action == "DENY" {
                        deny(id)
                    } else {
                        approve(id)
                    }
                };
                let decisions: Vec<Value> = rows.iter().map(decision).collect();
                let payload = moderate(&world, &place.to_string(), &decisions).await;
                results.extend(payload["results"].as_array().unwrap().clone());
            }
            for ((id, allowed), result) in rows.iter().zip(&results) {
                let outcome = result["outcome"].as_str().unwrap();
                let may = allowed.iter().any(|it| it == action);
                let about = format!("{vendor} {action} {id} {allowed:?}: {result:#}");
                // Which reward cannot be cancelled SaaSquatch tells, and its lists need not.
                let is_reward = vendor == "SAASQUATCH" && action == "DENY" && outcome == "REJECTED";
                if is_reward {
                    assert_eq!(
                        result["userErrors"][0]["code"], "ILLEGAL_TRANSITION",
                        "{about}"
                    );
                } else if may {
                    assert_eq!(outcome, "APPLIED", "{about}");
                } else if vendor != "SAASQUATCH" {
                    let is_refused = outcome == "REJECTED" || outcome == "ALREADY_APPLIED";
                    assert!(is_refused, "{about}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_vendor_without_credentials_costs_its_own_decisions() {
    let there = World::start().await;
    let plannr = that_may(&there, "PLANNR", "APPROVE", 1).await.remove(0);
    let world = World::with(Options {
        without: vec!["plannr"],
        ..Options::default()
    })
    .await;
    let squatch = ids(&world, "SAASQUATCH", 1).await.remove(0);
    let input = json!({ "decisions": [approve(&plannr), approve(&squatch)] });
    let payload = mutate(&world, "moderateReferrals", input, &without_referrals()).await;
    assert_eq!(outcomes(&payload), ["REJECTED", "APPLIED"]);
    assert_eq!(
        problems_of(&payload, 0),
        problem("UNAVAILABLE", "input.decisions.0")
    );
    let input = json!({ "idempotencyKey": "none", "decisions": [approve(&plannr)] });
    let payload = mutate(&world, "moderateReferrals", input, &without_referrals()).await;
    assert_eq!(
        (outcomes(&payload), &payload["operation"]),
        (vec!["REJECTED"], &Value::Null)
    );
    assert_eq!(operation(&world, "none").await, Value::Null);
}
