//! New referrals between two people.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{AUTHORIZATION, NOW, filled, filled_with, pair, people};
use crate::harness::World;
use crate::writes::{
    COMMON, assert_documented, body, lines, mutate, newest, operation, problems, read, sent,
    sent_once,
};

const PATH: &str = "/api/referral-opps";

/// What a referral is, as far as a write makes it.
const REFERRAL: &str = "id vendor remoteId name description status stage { label } direction value { amount currency }
    referred { ... on Person { remoteId } } recipient { ... on Person { remoteId } } referrer { ... on Person { remoteId } }
    facilitators { nodes { role side party { ... on Person { remoteId } } } } notes { nodes { content } }
    allowedActions externalReference createdAt updatedAt fetchedAt stale";

async fn create(world: &World, key: &str, introzy: Value) -> Value {
    let input = json!({ "idempotencyKey": key, "referral": { "introzy": introzy } });
    let selection = format!("{COMMON} referral {{ {REFERRAL} }} sharedReferral {{ id }}");
    mutate(world, "createReferral", input, &selection).await
}

#[tokio::test]
async fn a_new_referral_is_sent_as_documented_and_is_there_at_once() {
    let world = World::start().await;
    let [seeker, provider] = pair(&world).await;
    let connector = people(&world).await[5].clone();
    let product = "99999999-aaaa-4aaa-8aaa-999999999999";
    let before = newest(&world, "INTROZY", 100, "id").await;
    let payload = create(
        &world,
        "new",
        json!({
            "seekerId": seeker, "providerId": provider, "connectorId": connector, "productId": product,
            "name": "Harbour → \"Pine\"", "description": "Zwei Zeilen:\n日本語 🙂", "expectedValue": "12345678901234567.80",
            "currency": "EUR",
        }),
    )
    .await;

    let request = sent_once(&world, "introzy");
    assert_eq!((&*request.method, &*request.path), ("POST", PATH));
    assert_eq!(request.raw_query, "");
    assert_eq!(request.header("authorization"), Some(AUTHORIZATION));
    assert_eq!(request.header("accept"), Some("application/json"));
    body(&request);
    // As text: a number that went through a float would have lost digits.
    assert_eq!(
        request.body,
        format!(
            "{{\"seekerId\":\"{seeker}\",\"providerId\":\"{provider}\",\"connectorId\":\"{connector}\",\
             \"name\":\"Harbour → \\\"Pine\\\"\",\"description\":\"Zwei Zeilen:\\n日本語 🙂\",\
             \"expectedValue\":12345678901234567.80,\"currency\":\"EUR\",\"productId\":\"{product}\"}}"
        )
    );
    assert_documented(&world);

    let referral = &payload["referral"];
    let remote_id = referral["remoteId"].as_str().unwrap();
    let person = |id: &str| json!({ "remoteId": id });
    assert_eq!(
        payload,
        json!({
            "outcome": "APPLIED",
            "operation": { "idempotencyKey": "new", "state": "CONFIRMED" },
            "userErrors": [],
            "sharedReferral": null,
            "referral": {
                "id": super::id(remote_id), "vendor": "INTROZY", "remoteId": remote_id,
                "name": "Harbour → \"Pine\"", "description": "Zwei Zeilen:\n日本語 🙂",
                "status": "ACTIVE", "stage": { "label": "Lead" }, "direction": null,
                "value": { "amount": "12345678901234567.80", "currency": "EUR" },
                "referred": [person(&seeker)], "recipient": person(&provider), "referrer": person(&connector),
                "facilitators": { "nodes": [{ "role": "CONNECTOR", "side": null, "party": person(&connector) }] },
                "notes": { "nodes": [] },
                "allowedActions": ["ADD_FACILITATOR", "REMOVE_FACILITATOR", "ADD_NOTE", "CONVERT"],
                "externalReference": null,
                "createdAt": NOW, "updatedAt": NOW, "fetchedAt": NOW, "stale": false,
            },
        })
    );

    let id = referral["id"].as_str().unwrap();
    assert_eq!(&read(&world, id, REFERRAL).await, referral);
    let after = newest(&world, "INTROZY", 100, "id").await;
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(
        after[0]["id"], referral["id"],
        "a list shows what was there before"
    );
    assert_eq!(
        operation(&world, "new").await,
        json!({ "idempotencyKey": "new", "state": "CONFIRMED", "settledAt": NOW, "referral": { "id": id } })
    );
}

#[tokio::test]
async fn what_is_left_out_or_null_of_a_new_referral_is_left_to_introzy() {
    let world = World::start().await;
    let [seeker, provider] = pair(&world).await;
    let input = json!({
        "seekerId": seeker, "providerId": provider, "connectorId": null, "name": null, "description": null,
        "expectedValue": null, "currency": null, "productId": null,
    });
    let payload = create(&world, "bare", input).await;
    let expected = json!({ "seekerId": seeker, "providerId": provider });
    assert_eq!(body(&sent_once(&world, "introzy")), expected);
    assert_documented(&world);
    let referral = &payload["referral"];
    assert!(
        referral["name"].as_str().unwrap().contains(" → "),
        "{referral:#}"
    );
    assert_eq!(referral["value"], Value::Null);
    assert_eq!(referral["description"], Value::Null);
    assert!(referral["referrer"]["remoteId"].is_string(), "{referral:#}");
}

/// What a 201 leaves out is read before it is shown.
#[tokio::test]
async fn the_facilitators_that_introzy_adds_by_itself_are_there_whatever_the_answer_shows() {
    for (value, count) in [("present", 1), ("absent", 1), ("with_source", 2)] {
        let world = World::start().await;
        world
            .sandbox
            .set_switch("introzy", "auto_facilitators", value)
            .unwrap();
        let [_, provider] = pair(&world).await;
        let seeker = super::employed(&world, &provider).await;
        let input = json!({ "seekerId": seeker, "providerId": provider });
        let payload = create(&world, "auto", input).await;
        let id = payload["referral"]["id"].as_str().unwrap();
        let now = read(&world, id, "facilitators { totalCount }").await;
        assert_eq!(now["facilitators"]["totalCount"], count, "{value}");
        let shown = payload["referral"]["facilitators"]["nodes"].as_array();
        assert!(
            value == "absent" || shown.unwrap().len() == count,
            "{payload:#}"
        );
    }
}

#[tokio::test]
async fn the_same_again_under_another_key_is_already_applied_with_the_record() {
    let world = World::start().await;
    let pair = pair(&world).await;
    let input = filled(&pair);
    let first = create(&world, "first", input.clone()).await;
    let second = create(&world, "second", input).await;
    assert_eq!(second["outcome"], "ALREADY_APPLIED", "{second:#}");
    assert_eq!(
        second["operation"],
        json!({ "idempotencyKey": "second", "state": "CONFIRMED" })
    );
    assert_eq!(second["userErrors"], json!([]));
    assert_eq!(second["referral"], first["referral"]);
    assert_eq!(sent(&world, "introzy").len(), 2);
    assert_eq!(newest(&world, "INTROZY", 100, "id").await.len(), 73);
    assert_documented(&world);
}

#[tokio::test]
async fn other_content_between_the_same_two_is_a_conflict_with_the_one_in_the_way() {
    let world = World::start().await;
    let pair = pair(&world).await;
    let first = create(&world, "first", filled(&pair)).await;
    for (key, difference) in [
        ("name", json!({ "name": "Other" })),
        ("description", json!({ "description": "Other" })),
        ("value", json!({ "expectedValue": "1" })),
        ("currency", json!({ "currency": "USD" })),
    ] {
        let other = create(&world, key, filled_with(&pair, &difference)).await;
        assert_eq!(other["outcome"], "REJECTED", "{other:#}");
        assert_eq!(
            other["operation"],
            json!({ "idempotencyKey": key, "state": "REJECTED" })
        );
        assert_eq!(
            problems(&other),
            [("CONFLICT".to_owned(), "input.referral.introzy".to_owned())]
        );
        let message = "Introzy has another referral between this seeker and provider.";
        assert_eq!(other["userErrors"][0]["message"], message);
        assert_eq!(other["referral"], first["referral"]);
        assert_eq!(operation(&world, key).await["state"], "REJECTED");
    }
    assert_eq!(newest(&world, "INTROZY", 100, "id").await.len(), 73);
}

/// Where Introzy takes a pair for the same in both directions.
#[tokio::test]
async fn the_exchanged_pair_is_a_conflict_or_a_referral_of_its_own() {
    for (value, outcome) in [("ordered", "APPLIED"), ("unordered", "REJECTED")] {
        let world = World::start().await;
        world
            .sandbox
            .set_switch("introzy", "duplicate_pair", value)
            .unwrap();
        let [one, other] = pair(&world).await;
        let first = create(
            &world,
            "there",
            json!({ "seekerId": one, "providerId": other }),
        )
        .await;
        let back = create(
            &world,
            "back",
            json!({ "seekerId": other, "providerId": one }),
        )
        .await;
        assert_eq!(back["outcome"], outcome, "{back:#}");
        let is_same = back["referral"]["id"] == first["referral"]["id"];
        assert_eq!(is_same, outcome == "REJECTED");
    }
}

#[tokio::test]
async fn without_a_key_the_gateway_gives_one_and_the_operation_is_found_by_it() {
    let world = World::start().await;
    let [seeker, provider] = pair(&world).await;
    let input =
        json!({ "referral": { "introzy": { "seekerId": seeker, "providerId": provider } } });
    let payload = mutate(
        &world,
        "createReferral",
        input,
        &format!("{COMMON} referral {{ id }}"),
    )
    .await;
    let key = payload["operation"]["idempotencyKey"].as_str().unwrap();
    assert_eq!(
        operation(&world, key).await["referral"],
        payload["referral"]
    );
    assert_eq!(lines(&sent(&world, "introzy")), [format!("POST {PATH}")]);
}

#[tokio::test]
async fn people_whom_introzy_does_not_know_are_told_as_such() {
    for (status, code) in [("404", "NOT_FOUND"), ("400", "INVALID")] {
        let world = World::start().await;
        world
            .sandbox
            .set_switch("introzy", "unknown_party", status)
            .unwrap();
        let [seeker, _] = pair(&world).await;
        let nobody = "00000000-0000-4000-8000-000000000000";
        let input = json!({ "seekerId": seeker, "providerId": nobody });
        let payload = create(&world, "nobody", input).await;
        assert_eq!(payload["outcome"], "REJECTED", "{payload:#}");
        assert_eq!(
            problems(&payload),
            [(code.to_owned(), "input.referral.introzy".to_owned())],
            "{payload:#}"
        );
        assert_eq!(payload["referral"], Value::Null);
    }
}
