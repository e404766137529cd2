//! What is refused, before SaaSquatch is asked or by SaaSquatch.

use pretty_assertions::assert_eq;
use referral_gateway::model::Vendor;
use serde_json::{Value, json};

use super::{code, create, switch};
use crate::harness::{Options, World, codes};
use crate::writes::{COMMON, assert_refused, id, mutate, operation, problems, sent, try_mutate};

#[tokio::test]
async fn what_saasquatch_does_not_accept_is_told_at_its_field() {
    let world = World::start().await;
    let input = json!({ "accountId": "a1", "userId": "u1", "referralCode": "NOBODYS" });
    let payload = create(&world, "code", input).await;
    assert_eq!(payload["outcome"], "REJECTED", "{payload:#}");
    assert_eq!(
        payload["operation"],
        json!({ "idempotencyKey": "code", "state": "REJECTED" })
    );
    let path = "input.referral.saasquatch.referralCode";
    assert_eq!(
        problems(&payload),
        [("INVALID".to_owned(), path.to_owned())]
    );
    let message = "SaaSquatch does not accept this referral code.";
    assert_eq!(payload["userErrors"][0]["message"], message);
    assert_eq!(payload["referral"], Value::Null);
}

#[tokio::test]
async fn closed_open_endpoints_are_told_as_such() {
    let world = World::start().await;
    let code = code(&world).await;
    switch(&world, "open_endpoints", "off");
    let input = json!({ "accountId": "a1", "userId": "u1", "referralCode": code });
    let payload = create(&world, "closed", input.clone()).await;
    assert_eq!(
        problems(&payload),
        [(
            "FORBIDDEN".to_owned(),
            "input.referral.saasquatch".to_owned()
        )],
        "{payload:#}"
    );
    switch(&world, "open_endpoints", "on");
    let payload = create(&world, "closed", input).await;
    assert_eq!(
        payload["outcome"], "APPLIED",
        "the same key is good once the tenant has opened them"
    );
}

#[tokio::test]
async fn a_new_referral_is_refused_with_all_that_is_wrong_with_it() {
    let world = World::start().await;
    let long = |count: usize| "ä".repeat(count);
    let input = json!({
        "accountId": "", "userId": long(201), "referralCode": " ", "email": "bea", "firstName": long(201),
        "lastName": long(201), "locale": "de-DE", "countryCode": "DEU",
    });
    let names = [
        "accountId",
        "userId",
        "referralCode",
        "email",
        "firstName",
        "lastName",
        "locale",
        "countryCode",
    ];
    let paths = names.map(|name| format!("input.referral.saasquatch.{name}"));
    let expected: Vec<_> = paths
        .iter()
        .map(|path| ("INVALID", path.as_str()))
        .collect();
    let payload = create(&world, "bad", input).await;
    assert_refused(&payload, &expected);
    for (name, value) in [
        ("accountId", ".."),
        ("userId", "."),
        ("userId", "a\u{7}b"),
        ("referralCode", "A\nB"),
        ("email", "a@b@c"),
        ("email", "a b@example.test"),
        ("locale", "DE_de"),
    ] {
        let mut input = json!({ "accountId": "a1", "userId": "u1", "referralCode": "CODE" });
        input[name] = json!(value);
        let payload = create(&world, "bad", input).await;
        assert_refused(
            &payload,
            &[("INVALID", &format!("input.referral.saasquatch.{name}"))],
        );
    }
    assert_eq!(world.asked("saasquatch").len(), 0);
    assert_eq!(operation(&world, "bad").await, Value::Null);
}

#[tokio::test]
async fn what_saasquatch_has_no_write_for_is_unsupported() {
    let world = World::start().await;
    let referral = id(Vendor::Saasquatch, "000000000000000000000001");
    for (field, rest, path) in [
        (
            "addFacilitator",
            json!({ "party": { "userId": "u1" }, "role": "FACILITATOR" }),
            "input",
        ),
        ("convertReferral", json!({}), "input"),
        ("addNote", json!({ "content": "x" }), "input"),
        (
            "shareReferral",
            json!({ "target": { "type": "SOLUTION_PROFILE", "id": "1" } }),
            "input",
        ),
    ] {
        let mut input = rest;
        input["referralId"] = json!(referral);
        let payload = mutate(&world, field, input, COMMON).await;
        assert_refused(&payload, &[("UNSUPPORTED", path)]);
        let message = payload["userErrors"][0]["message"].as_str().unwrap();
        assert!(message.starts_with("SaaSquatch has no "), "{message}");
    }
    assert_eq!(sent(&world, "saasquatch").len(), 0);
}

#[tokio::test]
async fn without_credentials_a_new_referral_is_an_error_that_says_so() {
    let world = World::with(Options {
        without: vec!["saasquatch"],
        ..Options::default()
    })
    .await;
    let user = json!({ "accountId": "a1", "userId": "u1", "referralCode": "CODE" });
    let input = json!({ "referral": { "saasquatch": user } });
    let answer = try_mutate(&world, "createReferral", input, COMMON).await;
    let expected = (
        "createReferral".to_owned(),
        "VENDOR_NOT_CONFIGURED".to_owned(),
    );
    assert_eq!(codes(&answer), [expected]);
    assert_eq!(world.asked("saasquatch").len(), 0);
}
