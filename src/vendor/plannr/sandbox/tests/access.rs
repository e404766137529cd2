//! Who may ask, how often, and in what form lists come.

use std::collections::BTreeSet;
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn a_wrong_or_missing_token_is_401_with_the_documented_body() {
    let (_, router, _) = vendor();
    for headers in [&[][..], &[("authorization", "Bearer nonsense")]] {
        for path in ["/api/v1/referrals", "/api/v1/logins", "/nowhere"] {
            let answer = send(&router, "GET", path, headers, "").await;
            assert_eq!(answer.status, 401);
            assert_eq!(answer.json, json!({ "message": "Unauthenticated." }));
        }
    }
}

#[tokio::test]
async fn the_account_header_is_needed_except_for_logins() {
    let (sandbox, router, _) = vendor();
    let logins = get_as(&router, "", "/api/v1/logins").await;
    assert_eq!(logins.status, 200);
    let accounts: Vec<_> = logins.json["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["account"])
        .collect();
    assert_eq!(accounts[0]["uuid"], json!(account_uuid()));
    assert_eq!(
        [&accounts[0]["type"], &accounts[1]["type"]],
        ["employee", "client"]
    );

    let answer = get_as(&router, "", "/api/v1/referrals").await;
    assert_eq!(answer.status, 422);
    assert!(answer.json["errors"]["x-plannr-account-uuid"].is_array());
    sandbox
        .set_switch("plannr", "validation_errors", "string")
        .unwrap();
    let answer = get_as(&router, "", "/api/v1/referrals").await;
    assert!(answer.json["errors"]["x-plannr-account-uuid"].is_string());
    sandbox
        .set_switch("plannr", "missing_account", "400")
        .unwrap();
    assert_eq!(get_as(&router, "", "/api/v1/referrals").await.status, 400);

    for other in [accounts[1]["uuid"].as_str().unwrap(), "nonsense"] {
        assert_eq!(
            get_as(&router, other, "/api/v1/referrals").await.status,
            403
        );
    }
}

#[tokio::test]
async fn the_preferred_account_is_where_the_switch_says() {
    let (sandbox, router, _) = vendor();
    sandbox
        .set_switch("plannr", "preferred_account", "root")
        .unwrap();
    let logins = get_as(&router, "", "/api/v1/logins").await.json;
    assert_eq!(logins["preferred_account_uuid"], json!(account_uuid()));
    sandbox
        .set_switch("plannr", "preferred_account", "login")
        .unwrap();
    let logins = get_as(&router, "", "/api/v1/logins").await.json;
    assert_eq!(
        logins["data"][2]["preferred_account_uuid"],
        json!(account_uuid())
    );
}

#[tokio::test]
async fn a_list_comes_in_pages_with_links_and_meta() {
    let (sandbox, router, _) = vendor();
    let mut target = "/api/v1/referrals?filter%5Bdirection%5D=sent&per_page=20".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = get(&router, &target).await.json;
        assert_eq!(keys(&page), ["data", "links", "meta"]);
        assert_eq!(keys(&page["links"]), ["first", "last", "next", "prev"]);
        assert_eq!(page["meta"]["per_page"], 20);
        seen.extend(page["data"].as_array().unwrap().clone());
        assert_eq!(page["meta"]["to"], json!(seen.len()));
        let Some(next) = page["links"]["next"].as_str() else {
            assert_eq!(page["meta"]["total"], json!(seen.len()));
            break;
        };
        target = next
            .strip_prefix("http://127.0.0.1:9002")
            .unwrap()
            .to_owned();
    }
    assert!(seen.len() > 20);
    assert_eq!(values(&seen, "direction"), BTreeSet::from(["sent"]));
    assert_eq!(values(&seen, "uuid").len(), seen.len());
    assert!(
        sandbox
            .requests("plannr")
            .iter()
            .all(|logged| logged.problems.is_empty())
    );

    let beyond = get(&router, "/api/v1/referrals?page=99").await.json;
    assert_eq!(
        (&beyond["data"], &beyond["meta"]["from"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(beyond["meta"]["per_page"], 15);
}

#[tokio::test]
async fn links_carry_the_mount_point() {
    let (sandbox, _, _) = vendor();
    let page = get(&sandbox.router(), "/plannr/api/v1/referrals")
        .await
        .json;
    assert_eq!(
        page["links"]["next"],
        "http://127.0.0.1:9002/plannr/api/v1/referrals?page=2"
    );
}

#[tokio::test]
async fn a_list_can_be_data_alone_or_in_pages_of_fixed_size() {
    let (sandbox, router, _) = vendor();
    sandbox
        .set_switch("plannr", "list_body", "data_only")
        .unwrap();
    let list = get(&router, "/api/v1/referrals").await.json;
    assert_eq!(keys(&list), ["data"]);
    assert_eq!(list["data"].as_array().unwrap().len(), 72);
    sandbox
        .set_switch("plannr", "list_body", "fixed_pages")
        .unwrap();
    assert_eq!(rows(&router, ALL).await.len(), 15);
}

#[tokio::test]
async fn what_is_not_documented_is_noted_and_refused_when_strict() {
    let (sandbox, router, _) = vendor();
    let cases = [
        "/api/v1/referral-connections?filter[status]=expired",
        "/api/v1/referrals?filter[client]=x",
        "/api/v1/referrals?limit=5",
        "/api/v1/referrals?sort=note",
        "/api/v1/account?include=everything",
    ];
    for path in cases {
        assert_eq!(get(&router, path).await.status, 200, "{path}");
    }
    assert!(
        sandbox
            .requests("plannr")
            .iter()
            .all(|logged| logged.problems.len() == 1)
    );
    sandbox.set_switch("plannr", "strict_query", "on").unwrap();
    for path in cases {
        assert_eq!(get(&router, path).await.status, 400, "{path}");
    }
}

#[tokio::test]
async fn a_recipient_can_answer_outside_the_api() {
    let (_, router, _) = vendor();
    let pending = rows(
        &router,
        "/api/v1/referral-connections?filter[status]=pending",
    )
    .await;
    let uuid = pending[0]["uuid"].as_str().unwrap();
    let hook = format!("/_test/referral-connections/{uuid}/accept");
    assert_eq!(send(&router, "POST", &hook, &[], "").await.status, 204);
    assert_eq!(send(&router, "POST", &hook, &[], "").await.status, 409);
    let one = get(&router, &format!("/api/v1/referral-connections/{uuid}"))
        .await
        .json;
    assert_eq!(
        (&one["status"], &one["updated_at"]),
        (&json!("accepted"), &json!("2026-11-02T09:00:00+00:00"))
    );
}

#[tokio::test]
async fn five_hundred_requests_a_minute_are_counted_down() {
    let (sandbox, router, hand) = vendor();
    let remaining = |answer: &Answer| {
        answer.headers["x-ratelimit-remaining"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(remaining(&get(&router, "/api/v1/logins").await), "499");
    assert_eq!(remaining(&get(&router, "/nowhere").await), "498");
    sandbox
        .set_switch("plannr", "rate_limit", "5_per_minute")
        .unwrap();
    for _ in 0..3 {
        assert_eq!(get(&router, "/api/v1/logins").await.status, 200);
    }
    hand.advance(Duration::from_secs(20));
    let refused = get(&router, "/api/v1/logins").await;
    assert_eq!(
        (refused.status.as_u16(), remaining(&refused).as_str()),
        (429, "0")
    );
    assert_eq!(refused.json, json!({ "message": "Too Many Attempts." }));
    assert_eq!(refused.headers["retry-after"], "40");
    sandbox
        .set_switch("plannr", "rate_limit_headers", "remaining_only")
        .unwrap();
    assert!(
        !get(&router, "/api/v1/logins")
            .await
            .headers
            .contains_key("retry-after")
    );
    hand.advance(Duration::from_secs(40));
    assert_eq!(get(&router, "/api/v1/logins").await.status, 200);
}
