//! Referrals that are accepted and rejected.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::*;

/// The newest with this status and direction.
async fn newest(router: &Router, status: &str, direction: &str) -> Value {
    let path = format!("/api/v1/referrals?filter[status]={status}&filter[direction]={direction}");
    rows(router, &path).await.remove(0)
}

fn path(row: &Value, verb: &str) -> String {
    format!("/api/v1/referrals/{}/{verb}", row["uuid"].as_str().unwrap())
}

async fn accept(router: &Router, row: &Value) -> Answer {
    post(router, &path(row, "accept"), &Value::Null).await
}

async fn reject(router: &Router, row: &Value) -> Answer {
    let body = json!({ "rejection_reason": "No capacity." });
    post(router, &path(row, "reject"), &body).await
}

#[tokio::test]
async fn an_accepted_referral_has_clones_in_the_recipients_firm() {
    let (sandbox, router, _) = vendor();
    let row = newest(&router, "pending", "received").await;
    let answer = accept(&router, &row).await;
    assert_eq!(answer.status, 200);
    assert_eq!(problems(&sandbox), [""; 0]);
    let accepted = answer.json;
    assert_eq!(accepted["status"], "accepted");
    assert_eq!(accepted["updated_at"], "2026-11-02T09:00:00+00:00");
    assert_eq!(accepted["expires_at"], row["expires_at"]);
    let clones = accepted["cloned_clients"].as_array().unwrap();
    assert_eq!(clones.len(), row["clients"].as_array().unwrap().len());
    let clone = clones[0]["uuid"].as_str().unwrap();
    let account = get(&router, &format!("/api/v1/account/{clone}")).await;
    assert_eq!(account.json["name"], row["clients"][0]["name"]);
    let one = format!("/api/v1/referrals/{}", row["uuid"].as_str().unwrap());
    assert_eq!(get(&router, &one).await.json, accepted);
    sandbox.reset();
    assert_eq!(get(&router, &one).await.json, row);
}

#[tokio::test]
async fn acceptance_may_count_the_months_anew() {
    let (sandbox, router, _) = vendor();
    sandbox
        .set_switch("plannr", "accepted_expires_at", "restarted")
        .unwrap();
    let path = "/api/v1/referrals?filter[status]=pending&filter[direction]=received&per_page=500";
    let all = rows(&router, path).await;
    let row = all.iter().find(|row| row["duration_months"] == 2).unwrap();
    let accepted = accept(&router, row).await.json;
    assert_eq!(accepted["expires_at"], "2027-01-02T09:00:00+00:00");
}

#[tokio::test]
async fn a_rejected_referral_has_its_reason_and_no_clones() {
    let (sandbox, router, _) = vendor();
    let row = newest(&router, "pending", "received").await;
    let rejected = reject(&router, &row).await;
    assert_eq!(rejected.status, 200);
    assert_eq!(problems(&sandbox), [""; 0]);
    assert_eq!(rejected.json["status"], "rejected");
    assert_eq!(rejected.json["rejection_reason"], "No capacity.");
    assert_eq!(rejected.json["cloned_clients"], json!([]));
}

#[tokio::test]
async fn a_rejection_needs_a_reason() {
    let (sandbox, router, _) = vendor();
    let row = newest(&router, "pending", "received").await;
    sandbox.set_switch("plannr", "max_length", "255").unwrap();
    for body in [
        Value::Null,
        json!({}),
        json!({ "rejection_reason": "" }),
        json!({ "rejection_reason": null }),
        json!({ "rejection_reason": "x".repeat(256) }),
    ] {
        let answer = post(&router, &path(&row, "reject"), &body).await;
        assert_eq!(answer.status, 422, "{body}");
        assert!(!problems(&sandbox).is_empty());
    }
    assert_eq!(newest(&router, "pending", "received").await, row);
}

#[tokio::test]
async fn only_the_recipient_may_answer() {
    let (sandbox, router, _) = vendor();
    let row = newest(&router, "pending", "sent").await;
    for (value, status) in [("403", 403), ("422", 422), ("404", 404), ("409", 409)] {
        sandbox.set_switch("plannr", "wrong_party", value).unwrap();
        assert_eq!(accept(&router, &row).await.status, status);
        assert_eq!(reject(&router, &row).await.status, status);
    }
    let second = second_account_uuid().to_string();
    let theirs = get_as(&router, &second, ALL).await.json;
    let own = rows(&router, ALL).await;
    let foreign = theirs["data"].as_array().unwrap().iter();
    let foreign = foreign
        .filter(|row| own.iter().all(|own| own["uuid"] != row["uuid"]))
        .collect::<Vec<_>>();
    assert_eq!(accept(&router, foreign[0]).await.status, 404);
}

#[tokio::test]
async fn only_a_pending_referral_can_be_answered() {
    let (sandbox, router, _) = vendor();
    let row = newest(&router, "pending", "received").await;
    assert_eq!(accept(&router, &row).await.status, 200);
    for (value, status) in [("422", 422), ("403", 403), ("404", 404), ("409", 409)] {
        sandbox.set_switch("plannr", "wrong_state", value).unwrap();
        assert_eq!(accept(&router, &row).await.status, status);
        for other in ["rejected", "expired"] {
            let other = newest(&router, other, "received").await;
            assert_eq!(reject(&router, &other).await.status, status);
        }
    }
}

#[tokio::test]
async fn another_firm_can_answer_outside_the_api() {
    let (_, router, _) = vendor();
    for (verb, status) in [
        ("accept", "accepted"),
        ("reject", "rejected"),
        ("expire", "expired"),
    ] {
        let row = newest(&router, "pending", "sent").await;
        let uuid = row["uuid"].as_str().unwrap();
        let hook = format!("/_test/referrals/{uuid}/{verb}");
        assert_eq!(send(&router, "POST", &hook, &[], "").await.status, 204);
        assert_eq!(send(&router, "POST", &hook, &[], "").await.status, 409);
        let one = get(&router, &format!("/api/v1/referrals/{uuid}"))
            .await
            .json;
        assert_eq!(one["status"], status);
        assert_eq!(
            one["cloned_clients"].as_array().unwrap().is_empty(),
            verb != "accept"
        );
    }
}

#[tokio::test]
async fn a_body_where_none_is_documented_is_noted() {
    let (sandbox, router, _) = vendor();
    let row = newest(&router, "pending", "received").await;
    let answer = post(&router, &path(&row, "accept"), &json!({})).await;
    assert_eq!(answer.status, 200);
    assert_eq!(problems(&sandbox), ["a body where none is documented"]);
}
