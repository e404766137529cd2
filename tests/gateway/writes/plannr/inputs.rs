//! What is wrong with an input for Plannr, told all at once and before anything is sent.

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use serde_json::{Value, json};

use super::{Parts, REFERRAL, connect, create, decide, of_status};
use crate::harness::World;
use crate::writes::{assert_refused, operation, problems, read};

/// The least input with these fields set.
fn with(parts: &Parts, fields: &Value) -> Value {
    let mut input = parts.least();
    for (name, value) in fields.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

#[tokio::test]
async fn a_bad_field_of_a_new_referral_is_told_with_its_path_and_nothing_is_asked() {
    let world = World::start().await;
    let parts = Parts::of(&world).await;
    let client = &parts.clients[0];
    let shouted = client.to_uppercase();
    let referral = GlobalId::Referral(Vendor::Plannr, "a".to_owned()).to_string();
    let engagement = GlobalId::Engagement(Vendor::PartnerCenter, "a".to_owned()).to_string();
    let many: Vec<String> = (0..101).map(|number| format!("client-{number}")).collect();
    let long = "x".repeat(10_001);
    let calls = world.calls();
    let cases = [
        (json!({ "connectionId": "" }), "connectionId"),
        (json!({ "connectionId": "a b" }), "connectionId"),
        (json!({ "connectionId": ".." }), "connectionId"),
        (json!({ "connectionId": referral }), "connectionId"),
        (json!({ "connectionId": engagement }), "connectionId"),
        (json!({ "clientIds": [] }), "clientIds"),
        (json!({ "clientIds": many }), "clientIds"),
        (json!({ "clientIds": [""] }), "clientIds.0"),
        (json!({ "clientIds": [client, referral] }), "clientIds.1"),
        (json!({ "clientIds": [client, shouted] }), "clientIds.1"),
        (json!({ "adviceType": "UNRECOGNIZED" }), "adviceType"),
        (json!({ "durationMonths": 4 }), "durationMonths"),
        (json!({ "durationMonths": 0 }), "durationMonths"),
        (json!({ "durationMonths": -1 }), "durationMonths"),
        (
            json!({ "sharedData": ["GOALS", "UNRECOGNIZED"] }),
            "sharedData.1",
        ),
        (json!({ "note": long }), "note"),
    ];
    for (fields, path) in cases {
        let payload = create(&world, "bad", &with(&parts, &fields)).await;
        let path = format!("input.referral.plannr.{path}");
        assert_refused(&payload, &[("INVALID", &path)]);
        assert_eq!(payload["referral"], Value::Null);
    }
    assert_eq!(world.calls(), calls);
    assert_eq!(operation(&world, "bad").await, Value::Null);
    let longest = with(&parts, &json!({ "note": "x".repeat(10_000) }));
    // The key is as good as new.
    assert_eq!(
        create(&world, "bad", &longest).await["outcome"],
        "APPLIED",
        "bounds are inclusive"
    );
}

#[tokio::test]
async fn all_that_is_wrong_with_a_new_referral_is_told_at_once() {
    let world = World::start().await;
    let calls = world.calls();
    let input = json!({
        "connectionId": " ", "clientIds": ["a", "a", ""], "adviceType": "UNRECOGNIZED", "durationMonths": 12,
        "sharedData": ["UNRECOGNIZED"], "note": "x".repeat(20_000),
    });
    let payload = create(&world, &"k".repeat(201), &input).await;
    let expected = [
        ("INVALID", "input.idempotencyKey"),
        ("INVALID", "input.referral.plannr.connectionId"),
        ("INVALID", "input.referral.plannr.clientIds.1"),
        ("INVALID", "input.referral.plannr.clientIds.2"),
        ("INVALID", "input.referral.plannr.adviceType"),
        ("INVALID", "input.referral.plannr.durationMonths"),
        ("INVALID", "input.referral.plannr.sharedData.0"),
        ("INVALID", "input.referral.plannr.note"),
    ];
    assert_refused(&payload, &expected);
    for error in payload["userErrors"].as_array().unwrap() {
        let message = error["message"].as_str().unwrap();
        let is_sentence = message.starts_with(char::is_uppercase) && message.ends_with('.');
        assert!(is_sentence, "no sentence for people: {message:?}");
    }
    assert_eq!(world.calls(), calls);
}

#[tokio::test]
async fn an_advisers_key_is_eight_letters_and_digits() {
    let world = World::start().await;
    let calls = world.calls();
    for key in ["", "GR4CE0N", "GR4CE0NLX", "GR4CE-NL", "GR4CE NL", "ÅÅÅÅ"] {
        let payload = connect(&world, "bad", key).await;
        assert_refused(&payload, &[("INVALID", "input.adviserKey")]);
        assert_eq!(payload["connection"], Value::Null);
    }
    let payload = connect(&world, "", "?").await;
    let expected = [
        ("INVALID", "input.idempotencyKey"),
        ("INVALID", "input.adviserKey"),
    ];
    assert_refused(&payload, &expected);
    assert_eq!(world.calls(), calls);
}

#[tokio::test]
async fn a_denial_needs_a_reason_and_a_decision_an_id() {
    let world = World::start().await;
    let id = &of_status(&world, "PENDING", "RECEIVED").await[0];
    // The payload shows it, though nothing is sent.
    read(&world, id, REFERRAL).await;
    let calls = world.calls();
    let facilitator = GlobalId::Facilitator {
        vendor: Vendor::Plannr,
        referral: "a".to_owned(),
        key: "b".to_owned(),
    };
    let long = "x".repeat(2_001);
    let cases = [
        (id.clone(), "", "reason"),
        (id.clone(), " \n", "reason"),
        (id.clone(), &*long, "reason"),
        (facilitator.to_string(), "No.", "referralId"),
        ("nonsense".to_owned(), "No.", "referralId"),
    ];
    for (id, reason, path) in cases {
        let payload = decide(&world, "bad", &id, "DENY", reason).await;
        assert_eq!(payload["operation"], Value::Null);
        let result = &payload["results"][0];
        assert_eq!(
            (&result["outcome"], &result["referralId"]),
            (&json!("REJECTED"), &json!(id))
        );
        let path = format!("input.decisions.0.{path}");
        assert_eq!(problems(result), [("INVALID".to_owned(), path)]);
    }
    assert_eq!(world.calls()["plannr"], calls["plannr"]);
}
