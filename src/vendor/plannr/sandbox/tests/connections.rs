//! Requests for a connection.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::super::{
    CONNECTED_ADVISER_KEY, FREE_ADVISER_KEYS, OWN_ADVISER_KEY, PENDING_ADVISER_KEY,
    UNKNOWN_ADVISER_KEY,
};
use super::*;

const PATH: &str = "/api/v1/referral-connections";

async fn ask(router: &Router, key: &str) -> Answer {
    post(router, PATH, &json!({ "adviser_key": key })).await
}

#[tokio::test]
async fn a_request_for_a_connection_is_pending_for_thirty_days_of_wall_clock() {
    let (sandbox, router, hand) = vendor();
    hand.advance(Duration::from_hours(140 * 24));
    let answer = ask(&router, FREE_ADVISER_KEYS[0]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(problems(&sandbox), [""; 0]);
    let row = answer.json;
    assert_eq!(row["status"], "pending");
    assert_eq!(row["direction"], "sent");
    assert_eq!(row["recipient_firm"]["name"], "O'Neill Estates");
    assert_eq!(row["recipient_account"]["name"], "Grace O'Neill");
    assert_eq!(row["sender_account"]["uuid"], json!(account_uuid()));
    assert_eq!(row["created_at"], "2027-03-22T09:00:00+00:00");
    assert_eq!(row["expires_at"], "2027-04-21T09:00:00+01:00");
    let path = format!("{PATH}/{}", row["uuid"].as_str().unwrap());
    assert_eq!(get(&router, &path).await.json, row);
    assert_eq!(rows(&router, ALL_CONNECTIONS).await[0], row);

    hand.advance(Duration::from_secs(30 * 86_400 - 3_601));
    assert_eq!(get(&router, &path).await.json["status"], "pending");
    hand.advance(Duration::from_secs(1));
    let expired = get(&router, &path).await.json;
    assert_eq!(expired["status"], "expired");
    assert_eq!(expired["updated_at"], expired["expires_at"]);
    sandbox.reset();
    assert_eq!(get(&router, &path).await.status, 404);
}

#[tokio::test]
async fn an_adviser_key_has_to_be_someone_elses() {
    let (sandbox, router, _) = vendor();
    for key in [UNKNOWN_ADVISER_KEY, OWN_ADVISER_KEY, "B0BMARSH"] {
        let answer = ask(&router, key).await;
        assert_eq!(answer.status, 422, "{key}");
        assert!(answer.json["errors"]["adviser_key"][0].is_string());
        assert_eq!(
            problems(&sandbox),
            [""; 0],
            "only the vendor knows whose a key is"
        );
    }
    for body in [
        json!({}),
        json!({ "adviser_key": "SHORT" }),
        json!({ "adviser_key": null }),
        json!([]),
    ] {
        let answer = post(&router, PATH, &body).await;
        assert_eq!(answer.status, 422, "{body}");
        assert_eq!(keys(&answer.json["errors"]), ["adviser_key"]);
        assert!(!problems(&sandbox).is_empty());
    }
    let lower = FREE_ADVISER_KEYS[1].to_lowercase();
    assert_eq!(ask(&router, &lower).await.status, 422);
    sandbox
        .set_switch("plannr", "adviser_key_case", "ignored")
        .unwrap();
    assert_eq!(ask(&router, &lower).await.status, 200);
}

#[tokio::test]
async fn a_connection_can_be_asked_for_once() {
    let (sandbox, router, _) = vendor();
    for key in FREE_ADVISER_KEYS {
        assert_eq!(ask(&router, key).await.status, 200);
        assert_eq!(ask(&router, key).await.status, 422);
    }
    sandbox
        .set_switch("plannr", "duplicate_connection", "409")
        .unwrap();
    for key in [CONNECTED_ADVISER_KEY, PENDING_ADVISER_KEY] {
        assert_eq!(ask(&router, key).await.status, 409);
    }
}

#[tokio::test]
async fn a_denied_connection_can_be_asked_for_again() {
    let (sandbox, router, _) = vendor();
    sandbox
        .set_switch("plannr", "create_status", "201")
        .unwrap();
    let answer = ask(&router, FREE_ADVISER_KEYS[2]).await;
    assert_eq!(answer.status, 201);
    let uuid = answer.json["uuid"].as_str().unwrap();
    let hook = format!("/_test/referral-connections/{uuid}/deny");
    assert_eq!(send(&router, "POST", &hook, &[], "").await.status, 204);
    let again = ask(&router, FREE_ADVISER_KEYS[2]).await;
    assert_eq!(again.status, 201);
    assert_ne!(again.json["uuid"], uuid);
}
