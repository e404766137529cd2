//! New referrals that Plannr takes.

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use serde_json::{Value, json};

use super::{Parts, REFERRAL, REFERRALS, create};
use crate::harness::World;
use crate::writes::{
    assert_documented, assert_refused, body, newest, operation, problems, read, sent_once,
};

#[tokio::test]
async fn a_referral_goes_out_with_all_that_was_said_and_is_read_at_once() {
    let world = World::start().await;
    let parts = Parts::of(&world).await;
    let before = newest(&world, "PLANNR", 5, "id").await;
    let along = along(&world, &parts.connection).await;
    let input = json!({
        "connectionId": parts.connection,
        "clientIds": [parts.clients[0], parts.clients[1]],
        "adviceType": "ESTATE_PLANNING",
        "durationMonths": 3,
        "sharedData": ["BASIC_DETAILS", "INVESTMENTS_AND_PLANS"],
        "slaDeadline": "2026-12-01",
        "note": "Retires in May.",
    });
    let payload = create(&world, "a new one", &input).await;

    let sent = sent_once(&world, "plannr");
    assert_eq!((&*sent.method, &*sent.path), ("POST", REFERRALS));
    assert_eq!(sent.raw_query, "");
    let account = world.environment["PLANNR_ACCOUNT_UUID"].as_str();
    assert_eq!(sent.header("x-plannr-account-uuid"), Some(account));
    assert_eq!(sent.header("accept"), Some("application/json"));
    let expected = json!({
        "connection_uuid": parts.connection_uuid,
        "client_uuids": [parts.clients[0], parts.clients[1]],
        "advice_type": "estate_planning",
        "duration_months": 3,
        "shared_data": ["basic_details", "investments_and_plans"],
        "sla_deadline": "2026-12-01",
        "note": "Retires in May.",
    });
    assert_eq!(body(&sent), expected);

    let referral = &payload["referral"];
    let uuid = referral["remoteId"].as_str().unwrap();
    let id = GlobalId::Referral(Vendor::Plannr, uuid.to_owned()).to_string();
    let clients = referral["details"]["clients"].as_array().unwrap();
    let named: Vec<&Value> = clients.iter().map(|one| &one["remoteId"]).collect();
    assert_eq!(named, [&*parts.clients[0], &*parts.clients[1]]);
    let expected = json!({
        "referral": {
            "id": id, "remoteId": uuid, "vendor": "PLANNR", "name": null, "description": "Retires in May.",
            "status": "PENDING", "vendorStatus": "pending", "direction": "SENT",
            "createdAt": "2026-11-01T09:00:00Z", "updatedAt": "2026-11-01T09:00:00Z", "expiresAt": "2027-02-01T09:00:00Z",
            "version": referral["version"], "stale": false, "allowedActions": [],
            "connection": { "id": parts.connection, "remoteId": parts.connection_uuid, "status": "ACCEPTED" },
            "details": {
                "adviceType": "ESTATE_PLANNING", "durationMonths": 3, "sharedData": ["BASIC_DETAILS", "INVESTMENTS_AND_PLANS"],
                "slaDeadline": "2026-12-01", "clients": clients, "clonedClients": [], "rejectionReason": null,
                "senderFirm": { "name": "Harbour & Pine" }, "recipientFirm": referral["details"]["recipientFirm"],
            },
        },
        "outcome": "APPLIED",
        "operation": { "idempotencyKey": "a new one", "state": "CONFIRMED" },
        "userErrors": [],
    });
    assert_eq!(payload, expected);

    assert_eq!(read(&world, &id, REFERRAL).await, *referral);
    let after = newest(&world, "PLANNR", 5, "id").await;
    assert_eq!(after[0], json!({ "id": id }));
    assert_eq!(after[1..], before[..4]);
    let mut expected = vec![json!(id)];
    expected.extend(along);
    assert_eq!(self::along(&world, &parts.connection).await, expected);
    let expected = json!({
        "idempotencyKey": "a new one", "state": "CONFIRMED", "settledAt": "2026-11-01T09:00:00Z",
        "referral": { "id": id },
    });
    assert_eq!(operation(&world, "a new one").await, expected);

    assert_eq!(create(&world, "a new one", &input).await, payload);
    let mut other = input.clone();
    other["note"] = json!("Retires in June.");
    let refused = create(&world, "a new one", &other).await;
    let expected = [("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")];
    assert_refused(&refused, &expected);
    assert_eq!(refused["referral"], Value::Null);
    sent_once(&world, "plannr");
    assert_documented(&world);
}

/// The referrals along a connection.
async fn along(world: &World, connection: &str) -> Vec<Value> {
    let query =
        "query($id: ID!) { connection(id: $id) { referrals(first: 100) { nodes { id } } } }";
    let data = world.data_with(query, json!({ "id": connection })).await;
    let nodes = data["connection"]["referrals"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["id"].clone()).collect()
}

#[tokio::test]
async fn a_connection_may_be_named_by_its_id_at_plannr_and_what_is_left_out_is_not_sent() {
    let world = World::start().await;
    let parts = Parts::of(&world).await;
    let input = json!({
        "connectionId": parts.connection_uuid, "clientIds": [parts.clients[2]], "adviceType": "OTHER",
        "durationMonths": null, "note": null, "sharedData": null, "slaDeadline": null,
    });
    let payload = create(&world, "short", &input).await;
    assert_eq!(payload["outcome"], "APPLIED");
    assert_eq!(payload["referral"]["connection"]["id"], parts.connection);
    assert_eq!(payload["referral"]["expiresAt"], Value::Null);
    let expected = json!({
        "connection_uuid": parts.connection_uuid, "client_uuids": [parts.clients[2]], "advice_type": "other",
        "duration_months": null,
    });
    assert_eq!(body(&sent_once(&world, "plannr")), expected);

    // Null and left out are the same input, and the two ids of a connection are not.
    let least = json!({
        "connectionId": parts.connection_uuid, "clientIds": [parts.clients[2]], "adviceType": "OTHER",
    });
    assert_eq!(create(&world, "short", &least).await, payload);
    let mut global = least.clone();
    global["connectionId"] = json!(parts.connection);
    let refused = create(&world, "short", &global).await;
    assert_eq!(problems(&refused)[0].0, "IDEMPOTENCY_MISMATCH");
    sent_once(&world, "plannr");
    assert_documented(&world);
}

#[tokio::test]
async fn every_form_of_plannrs_answer_tells_the_same_referral() {
    let forms = [
        ("create_status", "201"),
        ("account_shape", "artifact"),
        ("rejection_reason", "null"),
        ("lifetime_expires_at", "absent"),
        ("clones", "absent"),
        ("list_body", "data_only"),
        ("list_body", "fixed_pages"),
    ];
    for (switch, value) in forms {
        let world = World::start().await;
        world.sandbox.set_switch("plannr", switch, value).unwrap();
        let parts = Parts::of(&world).await;
        newest(&world, "PLANNR", 5, "id").await;
        let payload = create(&world, "k", &parts.least()).await;
        assert_eq!(payload["outcome"], "APPLIED", "{switch} {value}");
        let id = &payload["referral"]["id"];
        let after = newest(&world, "PLANNR", 5, "id").await;
        assert_eq!(after[0]["id"], *id, "{switch} {value}");
        let read = read(&world, id.as_str().unwrap(), REFERRAL).await;
        assert_eq!(read, payload["referral"], "{switch} {value}");
        assert_documented(&world);
    }
}
