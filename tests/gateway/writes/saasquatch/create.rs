//! Users who are registered with somebody's code, and the referrals that come of it.

use pretty_assertions::assert_eq;
use referral_gateway::model::Vendor;
use serde_json::json;

use super::{REFERRAL, code, create, switch};
use crate::harness::World;
use crate::writes::{assert_documented, body, newest, operation, problems, read, sent_once, until};

const NOW: &str = "2026-11-01T09:00:00Z";

/// With the sandbox's key, and nobody before the colon.
const AUTHORIZATION: &str = "Basic OlRFU1Rfc2FuZGJveC1zYWFzcXVhdGNoLWFwaS1rZXk=";

#[tokio::test]
async fn a_new_referral_is_an_upsert_as_documented_and_is_there_at_once() {
    let world = World::start().await;
    let code = code(&world).await;
    let before = newest(&world, "SAASQUATCH", 100, "id").await;
    let input = json!({
        "accountId": "bea@example.test", "userId": "bea/1 ü", "email": "bea@example.test", "firstName": "Bea",
        "lastName": "Brandt", "locale": "de_DE", "countryCode": "DE", "referralCode": code,
    });
    let payload = create(&world, "new", input).await;

    let request = sent_once(&world, "saasquatch");
    assert_eq!(request.method, "PUT");
    let path = "/api/v1/test_aharbourpine/open/account/bea@example.test/user/bea%2F1%20%C3%BC";
    assert_eq!(request.path.replace("%40", "@"), path);
    assert_eq!(request.raw_query, "");
    assert_eq!(request.header("authorization"), Some(AUTHORIZATION));
    assert_eq!(
        body(&request),
        json!({
            "id": "bea/1 ü", "accountId": "bea@example.test", "email": "bea@example.test", "firstName": "Bea",
            "lastName": "Brandt", "locale": "de_DE", "countryCode": "DE", "referredByCodes": [code],
        })
    );
    assert_documented(&world);

    let referral = &payload["referral"];
    let remote_id = referral["remoteId"].as_str().unwrap();
    let id = crate::writes::id(Vendor::Saasquatch, remote_id);
    let details = &referral["details"];
    assert_eq!(
        payload,
        json!({
            "outcome": "APPLIED",
            "operation": { "idempotencyKey": "new", "state": "CONFIRMED" },
            "userErrors": [],
            "sharedReferral": null,
            "referral": {
                "id": id, "vendor": "SAASQUATCH", "remoteId": remote_id, "status": referral["status"],
                "vendorStatus": referral["vendorStatus"], "direction": null, "value": null,
                "referred": [{
                    "remoteId": "bea/1 ü", "name": "Bea Brandt", "firstName": "Bea", "lastName": "Brandt",
                    "email": "bea@example.test",
                }],
                "moderation": { "status": "ACTIONED", "referrer": "APPROVED", "referred": "APPROVED" },
                "allowedActions": ["DENY"],
                "createdAt": NOW, "fetchedAt": NOW, "stale": false,
                "details": {
                    "referralCodeUsed": code, "programId": details["programId"],
                    "referredUser": {
                        "remoteId": "bea/1 ü", "accountId": "bea@example.test", "locale": "de_DE", "countryCode": "DE",
                    },
                },
            },
        })
    );
    assert_eq!(&read(&world, &id, REFERRAL).await, referral);
    let after = newest(&world, "SAASQUATCH", 100, "id").await;
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after[0]["id"], id, "a list shows what was there before");
    assert_eq!(
        operation(&world, "new").await,
        json!({ "idempotencyKey": "new", "state": "CONFIRMED", "settledAt": NOW, "referral": { "id": id } })
    );
}

#[tokio::test]
async fn what_is_left_out_or_null_of_a_user_is_not_sent() {
    let world = World::start().await;
    let code = code(&world).await;
    let input = json!({ "accountId": "a1", "userId": "u1", "referralCode": code, "email": null, "locale": null });
    let payload = create(&world, "bare", input).await;
    assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
    let expected = json!({ "id": "u1", "accountId": "a1", "referredByCodes": [code] });
    assert_eq!(body(&sent_once(&world, "saasquatch")), expected);
}

/// What the vendor's pages leave open changes nothing of what comes of it.
#[tokio::test]
async fn a_new_referral_is_found_however_the_tenant_is_set_up() {
    for (name, value) in [
        ("list_users", "scalars"),
        ("auto_moderation", "pending"),
        ("nulls", "omitted"),
        ("generation", "2020"),
        ("order", "shuffled"),
        ("open_list_filters", "pairs_only"),
        ("limit_cap", "1000"),
        ("tenant", "ga"),
    ] {
        let world = World::start().await;
        let code = code(&world).await;
        switch(&world, name, value);
        let input = json!({ "accountId": "a1", "userId": "u1", "referralCode": code });
        let payload = create(&world, "new", input).await;
        assert_eq!(payload["outcome"], "APPLIED", "{name} {value}: {payload:#}");
        assert_eq!(payload["referral"]["details"]["referralCodeUsed"], code);
        sent_once(&world, "saasquatch");
    }
}

#[tokio::test]
async fn who_was_referred_before_is_already_applied_and_not_registered_again() {
    let world = World::start().await;
    let code = code(&world).await;
    let input = |code: &str| json!({ "accountId": "a1", "userId": "u1", "referralCode": code });
    let first = create(&world, "first", input(&code)).await;
    let second = create(&world, "second", input(&code)).await;
    assert_eq!(second["outcome"], "ALREADY_APPLIED", "{second:#}");
    assert_eq!(
        second["operation"],
        json!({ "idempotencyKey": "second", "state": "CONFIRMED" })
    );
    assert_eq!(second["referral"]["id"], first["referral"]["id"]);
    sent_once(&world, "saasquatch");
}

/// Nobody can tell at once whether the referral is only late.
#[tokio::test]
async fn who_came_with_another_code_before_is_a_conflict_in_the_end() {
    let world = World::start().await;
    let user = "details { ... on SaasquatchReferral { referrerUser { referralCode } } }";
    let rows = newest(&world, "SAASQUATCH", 60, user).await;
    let mut codes: Vec<&str> = rows
        .iter()
        .filter_map(|row| row["details"]["referrerUser"]["referralCode"].as_str())
        .filter(|code| !code.is_empty())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let input = |code: &str| json!({ "accountId": "a1", "userId": "u1", "referralCode": code });
    let first = create(&world, "first", input(codes[0])).await;
    world.hand.move_with_sleepers();
    let second = create(&world, "second", input(codes[1])).await;
    let state = until(&world, "second", "REJECTED").await;
    assert_eq!(
        state["referral"]["id"], first["referral"]["id"],
        "{second:#}"
    );
    let again = create(&world, "second", input(codes[1])).await;
    assert_eq!(again["outcome"], "REJECTED", "{again:#}");
    assert_eq!(
        problems(&again),
        [(
            "CONFLICT".to_owned(),
            "input.referral.saasquatch".to_owned()
        )]
    );
    let message = again["userErrors"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("the user was referred before"),
        "{message}"
    );
    assert_eq!(again["referral"]["id"], first["referral"]["id"]);
    assert_eq!(newest(&world, "SAASQUATCH", 100, "id").await.len(), 73);
}
