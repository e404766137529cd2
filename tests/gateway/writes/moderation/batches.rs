//! How many calls a moderation takes.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::writes::{assert_documented, lines, newest, operation, sent};

/// Interleaves the vendors as somebody would who decides on a merged list.
fn mixed(many: Vec<String>, few: Vec<String>) -> Vec<String> {
    let every = many.len() / few.len();
    let mut all = Vec::new();
    let mut few = few.into_iter();
    for (place, id) in many.into_iter().enumerate() {
        all.push(id);
        if place % every == every - 1 {
            all.extend(few.next());
        }
    }
    all.extend(few);
    all
}

#[tokio::test]
async fn a_mixed_batch_takes_three_calls_for_250_of_saasquatch_and_one_for_each_other() {
    let world = World::start().await;
    world.sandbox.resize("saasquatch", 260).unwrap();
    let squatch = ids(&world, "SAASQUATCH", 250).await;
    let plannr = that_may(&world, "PLANNR", "APPROVE", 3).await;
    let partner = that_may(&world, "PARTNER_CENTER", "APPROVE", 2).await;
    let introzy = ids(&world, "INTROZY", 1).await;
    let few = [plannr.clone(), introzy.clone(), partner.clone()].concat();
    let all = mixed(squatch.clone(), few);
    assert_eq!(all.len(), 256);
    world.sandbox.clear_log();
    let decisions: Vec<Value> = all.iter().map(|id| approve(id)).collect();
    let payload = moderate(&world, "batch", &decisions).await;

    let calls = sent(&world, "saasquatch");
    let path = "POST /api/v1/test_aharbourpine/referrals/moderate";
    assert_eq!(lines(&calls), [path; 3]);
    let sizes: Vec<usize> = calls.iter().map(|call| actions(call).len()).collect();
    // They are sent at once, and arrive in any order.
    let mut sorted = sizes.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [50, 100, 100]);
    let mut told: Vec<String> = calls.iter().flat_map(actions).collect();
    let mut expected: Vec<String> = squatch
        .iter()
        .map(|id| format!("{} APPROVED", remote(id)))
        .collect();
    told.sort_unstable();
    expected.sort_unstable();
    assert_eq!(told, expected);
    let plannr_calls = sent(&world, "plannr");
    let mut paths = lines(&plannr_calls);
    paths.sort_unstable();
    let mut expected: Vec<String> = plannr
        .iter()
        .map(|id| format!("POST /api/v1/referrals/{}/accept", remote(id)))
        .collect();
    expected.sort_unstable();
    assert_eq!(paths, expected);
    assert_eq!(sent(&world, "partner-center").len(), 2);
    assert_eq!(sent(&world, "introzy").len(), 0);
    assert_documented(&world);

    let results = payload["results"].as_array().unwrap();
    let order: Vec<&str> = results
        .iter()
        .map(|it| it["referralId"].as_str().unwrap())
        .collect();
    assert_eq!(order, all);
    for (place, result) in results.iter().enumerate() {
        let id = &all[place];
        if introzy.contains(id) {
            assert_eq!(result["outcome"], "REJECTED");
            let path = format!("input.decisions.{place}");
            assert_eq!(problems_of(&payload, place), problem("UNSUPPORTED", &path));
            assert_eq!(
                result["userErrors"][0]["message"],
                "Introzy has no moderation."
            );
            continue;
        }
        assert_eq!(result["outcome"], "APPLIED", "{result:#}");
        assert_eq!(result["userErrors"], json!([]));
        assert_eq!(result["referral"]["id"], **id);
        if squatch.contains(id) {
            let moderation = &result["referral"]["moderation"];
            assert_eq!(
                moderation,
                &json!({ "status": "ACTIONED", "referrer": "APPROVED", "referred": "APPROVED", "moderatedAt": "2026-11-01T09:00:00Z" })
            );
        } else {
            assert_eq!(result["referral"]["status"], "ACTIVE", "{result:#}");
        }
    }
    assert_eq!(payload["userErrors"], json!([]));
    assert_eq!(
        payload["operation"],
        json!({ "idempotencyKey": "batch", "state": "CONFIRMED", "referral": null })
    );
    assert_eq!(operation(&world, "batch").await["state"], "CONFIRMED");
}

#[tokio::test]
async fn the_same_key_brings_the_same_results_and_no_further_call() {
    let world = World::start().await;
    let squatch = ids(&world, "SAASQUATCH", 2).await;
    let plannr = that_may(&world, "PLANNR", "DENY", 1).await;
    let introzy = ids(&world, "INTROZY", 1).await;
    let all = [squatch.clone(), plannr, introzy].concat();
    let decisions: Vec<Value> = all.iter().map(|id| deny(id)).collect();
    let first = moderate(&world, "key", &decisions).await;
    let count = sent(&world, "saasquatch").len() + sent(&world, "plannr").len();
    let strip = |payload: &Value| {
        let results = payload["results"].as_array().unwrap().iter();
        let kept = |it: &Value| json!([it["referralId"], it["outcome"], it["userErrors"]]);
        (
            results.map(kept).collect::<Vec<_>>(),
            payload["operation"].clone(),
        )
    };
    let again = moderate(&world, "key", &decisions).await;
    assert_eq!(strip(&again), strip(&first));
    assert_eq!(
        sent(&world, "saasquatch").len() + sent(&world, "plannr").len(),
        count
    );

    let other: Vec<Value> = all.iter().map(|id| approve(id)).collect();
    let mismatch = moderate(&world, "key", &other).await;
    assert_eq!(
        problems(&mismatch),
        problem("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")
    );
    assert_eq!(
        (&mismatch["results"], &mismatch["operation"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(
        sent(&world, "saasquatch").len() + sent(&world, "plannr").len(),
        count
    );
}

#[tokio::test]
async fn a_list_read_before_shows_the_decisions_at_once() {
    let world = World::start().await;
    for vendor in ["SAASQUATCH", "PLANNR", "PARTNER_CENTER"] {
        let id = that_may(&world, vendor, "DENY", 1).await.remove(0);
        let row = "id status moderation { referrer referred } allowedActions";
        let shown = async || {
            let rows = newest(&world, vendor, 100, row).await;
            rows.into_iter().find(|row| row["id"] == *id).unwrap()
        };
        let before = shown().await;
        let payload = moderate(&world, vendor, &[deny(&id)]).await;
        assert_eq!(outcomes(&payload), ["APPLIED"], "{payload:#}");
        let after = shown().await;
        assert_ne!(after, before, "{vendor}");
        let actions = after["allowedActions"].as_array().unwrap();
        assert!(!actions.contains(&json!("DENY")), "{vendor}: {after:#}");
        if vendor == "SAASQUATCH" {
            assert_eq!(
                after["moderation"],
                json!({ "referrer": "DENIED", "referred": "DENIED" })
            );
        } else {
            assert_eq!(after["status"], "DECLINED", "{vendor}");
        }
    }
    assert_documented(&world);
}
