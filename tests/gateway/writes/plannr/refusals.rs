//! New referrals that Plannr refuses: what it says against them is told as data, and that it answers nobody as an error.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::Kind;
use serde_json::{Value, json};

use super::{Parts, REFERRALS, connections, create, fail};
use crate::harness::{Options, World, codes};
use crate::writes::{COMMON, operation, problems, sent, sent_once, try_mutate};

fn answer(status: u16, body: &Value) -> Kind {
    Kind::Status {
        status,
        body: Some(body.to_string()),
        content_type: None,
        headers: std::collections::BTreeMap::default(),
    }
}

#[tokio::test]
async fn each_refusal_is_a_user_error_and_the_answer_under_its_key() {
    let own = "input.referral.plannr";
    let field = "input.referral.plannr.clientIds.0";
    let array = json!({ "message": "Invalid.", "errors": { "client_uuids.0": ["The client is unknown."] } });
    let string =
        json!({ "message": "Invalid.", "errors": { "client_uuids.0": "The client is unknown." } });
    let cases = [
        (400, json!({ "message": "Bad Request" }), "INVALID", own),
        (
            403,
            json!({ "message": "This action is unauthorized." }),
            "FORBIDDEN",
            own,
        ),
        (
            404,
            json!({ "message": "No query results." }),
            "NOT_FOUND",
            own,
        ),
        (409, json!({ "message": "Conflict" }), "CONFLICT", own),
        (410, json!({}), "NOT_FOUND", own),
        (412, json!({}), "VERSION_MISMATCH", own),
        (413, json!({}), "INVALID", own),
        (422, array, "INVALID", field),
        (422, string, "INVALID", field),
        (422, json!({ "message": "No." }), "INVALID", own),
        (422, json!("<html>"), "INVALID", own),
    ];
    for (status, told, code, path) in cases {
        let world = World::start().await;
        let parts = Parts::of(&world).await;
        fail(&world, REFERRALS, answer(status, &told));
        let payload = create(&world, "k", &parts.least()).await;
        assert_eq!(payload["outcome"], "REJECTED", "{status} {told}");
        assert_eq!(payload["referral"], Value::Null);
        assert_eq!(
            problems(&payload),
            [(code.to_owned(), path.to_owned())],
            "{status} {told}"
        );
        assert_eq!(
            payload["operation"],
            json!({ "idempotencyKey": "k", "state": "REJECTED" })
        );
        assert_eq!(operation(&world, "k").await["state"], "REJECTED");
        assert_eq!(create(&world, "k", &parts.least()).await, payload);
        sent_once(&world, "plannr");
    }
}

#[tokio::test]
async fn what_plannr_says_of_several_fields_is_told_at_each() {
    let told = json!({ "message": "The selection is invalid. (and 5 more errors)", "errors": {
        "connection_uuid": ["The selected connection uuid is invalid."],
        "client_uuids": "Too many.",
        "advice_type": ["The advice type is not offered."],
        "duration_months": ["The duration is too long.", "The duration must be 1."],
        "shared_data.0": ["The selected value is invalid."],
        "sla_deadline": ["The deadline must be a date after today."],
        "note": ["Ask ada.okoro@example.test about 020 7946 0958."],
        "firm": ["The firm is suspended."],
    } });
    let world = World::start().await;
    let parts = Parts::of(&world).await;
    fail(&world, REFERRALS, answer(422, &told));
    let payload = create(&world, "k", &parts.least()).await;
    let mut paths: Vec<String> = problems(&payload)
        .into_iter()
        .map(|(_, path)| path)
        .collect();
    paths.sort();
    let own = |field: &str| format!("input.referral.plannr{field}");
    let expected = [
        "",
        ".adviceType",
        ".clientIds",
        ".connectionId",
        ".durationMonths",
        ".durationMonths",
        ".note",
        ".sharedData.0",
        ".slaDeadline",
    ];
    assert_eq!(paths, expected.map(own));
    let text = payload["userErrors"].to_string();
    assert!(
        text.contains("The firm is suspended.") && !text.contains("ada.okoro"),
        "{text}"
    );
}

#[tokio::test]
async fn what_the_emulator_refuses_is_told_where_the_input_has_it() {
    let long = "x".repeat(300);
    let own = |field: &str| format!("input.referral.plannr{field}");
    let cases = [
        (
            "past_sla_deadline",
            "refused",
            json!({ "slaDeadline": "2026-10-01" }),
            "INVALID",
            ".slaDeadline",
        ),
        (
            "max_length",
            "255",
            json!({ "note": long }),
            "INVALID",
            ".note",
        ),
        (
            "required_fields",
            "with_shared_data",
            json!({}),
            "INVALID",
            ".sharedData",
        ),
        (
            "wrong_state",
            "422",
            json!({ "connectionId": "PENDING" }),
            "INVALID",
            ".connectionId",
        ),
        (
            "wrong_state",
            "403",
            json!({ "connectionId": "PENDING" }),
            "FORBIDDEN",
            "",
        ),
        (
            "wrong_state",
            "404",
            json!({ "connectionId": "PENDING" }),
            "NOT_FOUND",
            "",
        ),
        (
            "wrong_state",
            "409",
            json!({ "connectionId": "PENDING" }),
            "CONFLICT",
            "",
        ),
        (
            "list_body",
            "paginated",
            json!({ "connectionId": "00000000-0000-4000-8000-000000000000" }),
            "INVALID",
            ".connectionId",
        ),
        (
            "list_body",
            "paginated",
            json!({ "clientIds": ["00000000-0000-4000-8000-000000000000"] }),
            "INVALID",
            ".clientIds.0",
        ),
    ];
    for (switch, value, fields, code, path) in cases {
        let world = World::start().await;
        world.sandbox.set_switch("plannr", switch, value).unwrap();
        let mut input = Parts::of(&world).await.least();
        for (name, value) in fields.as_object().unwrap() {
            input[name] = value.clone();
        }
        if input["connectionId"] == "PENDING" {
            input["connectionId"] = connections(&world, "PENDING").await[0]["id"].clone();
        }
        let payload = create(&world, "k", &input).await;
        assert_eq!(payload["outcome"], "REJECTED", "{switch} {value}");
        assert_eq!(
            problems(&payload),
            [(code.to_owned(), own(path))],
            "{switch} {value}"
        );
    }
}

#[tokio::test]
async fn too_many_calls_are_a_user_error_and_the_key_works_later() {
    let world = World::start().await;
    let parts = Parts::of(&world).await;
    fail(&world, REFERRALS, Kind::RateLimited { seconds: Some(30) });
    for _ in 0..2 {
        let payload = create(&world, "k", &parts.least()).await;
        assert_eq!(
            (&payload["outcome"], &payload["operation"]),
            (&json!("REJECTED"), &Value::Null)
        );
        assert_eq!(problems(&payload)[0].0, "RATE_LIMITED");
        assert_eq!(operation(&world, "k").await, Value::Null);
        // Until Plannr wants to be asked again, it is not.
        assert_eq!(sent(&world, "plannr").len(), 1);
    }
    world.hand.advance(Duration::from_secs(31));
    let payload = create(&world, "k", &parts.least()).await;
    assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
    assert_eq!(sent(&world, "plannr").len(), 2);
}

#[tokio::test]
async fn credentials_that_are_not_accepted_are_an_error_and_nothing_is_recorded() {
    let world = World::start().await;
    let parts = Parts::of(&world).await;
    fail(&world, REFERRALS, Kind::ExpiredToken);
    let input = json!({ "idempotencyKey": "k", "referral": { "plannr": parts.least() } });
    let answer = try_mutate(&world, "createReferral", input, COMMON).await;
    let expected = [(
        "createReferral".to_owned(),
        "VENDOR_UNAUTHORIZED".to_owned(),
    )];
    assert_eq!(codes(&answer), expected);
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(
        (&extensions["vendor"], &extensions["retryable"]),
        (&json!("PLANNR"), &json!(false))
    );
    assert_eq!(operation(&world, "k").await, Value::Null);
    let payload = create(&world, "k", &parts.least()).await;
    assert_eq!(payload["outcome"], "APPLIED");
}

#[tokio::test]
async fn a_vendor_that_is_not_asked_for_now_is_an_error_and_nothing_is_recorded() {
    let toml = "[limits]\nvendor_retries = 0";
    let world = World::with(Options {
        toml,
        ..Options::default()
    })
    .await;
    let parts = Parts::of(&world).await;
    super::hide(&world, "/api/v1/referrals/*");
    for number in 0..10 {
        let uuid = format!("00000000-0000-4000-8000-{number:012}");
        let id = crate::writes::id(referral_gateway::model::Vendor::Plannr, &uuid);
        let query = "query($id: ID!) { referral(id: $id) { id } }";
        world.query_with(query, json!({ "id": id })).await;
    }
    let input = json!({ "idempotencyKey": "k", "referral": { "plannr": parts.least() } });
    let answer = try_mutate(&world, "createReferral", input, COMMON).await;
    let expected = [(
        "createReferral".to_owned(),
        "VENDOR_CIRCUIT_OPEN".to_owned(),
    )];
    assert_eq!(codes(&answer), expected);
    assert_eq!(answer["errors"][0]["extensions"]["retryable"], true);
    assert_eq!(operation(&world, "k").await, Value::Null);
    assert_eq!(sent(&world, "plannr").len(), 0);
    world.sandbox.clear_faults();
    world.hand.advance(Duration::from_mins(1));
    // The first call after a pause is a probe, which must be a read.
    crate::writes::newest(&world, "PLANNR", 1, "id").await;
    let payload = create(&world, "k", &parts.least()).await;
    assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
}

#[tokio::test]
async fn without_credentials_nothing_is_written() {
    let world = World::with(Options {
        without: vec!["plannr"],
        ..Options::default()
    })
    .await;
    let plannr = json!({ "connectionId": "a", "clientIds": ["b"], "adviceType": "TAX" });
    let input = json!({ "idempotencyKey": "k", "referral": { "plannr": plannr } });
    for (field, input) in [
        ("createReferral", input),
        ("requestConnection", json!({ "adviserKey": "GR4CE0NL" })),
    ] {
        let answer = try_mutate(&world, field, input, COMMON).await;
        assert_eq!(
            codes(&answer),
            [(field.to_owned(), "VENDOR_NOT_CONFIGURED".to_owned())]
        );
    }
    assert_eq!(world.calls()["plannr"], 0);
}
