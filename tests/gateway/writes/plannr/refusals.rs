//! New referrals that Plannr refuses: what it says against them is told as data, and that it answers nobody as an error.

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::Kind;
use serde_json::{Value, json};

use super::{Parts, REFERRALS, connections, create, fail};
use crate::harness::World;
use crate::writes::{operation, problems, sent_once};

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
        if status == 403 {
            // Somebody may give the right meanwhile, and the key is as good as new.
            assert_eq!(operation(&world, "k").await, Value::Null);
            let again = create(&world, "k", &parts.least()).await;
            assert_eq!(again["outcome"], "APPLIED");
            continue;
        }
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
