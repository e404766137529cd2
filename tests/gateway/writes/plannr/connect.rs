//! Requests for a connection.

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use referral_gateway::sandbox::Kind;
use referral_gateway::vendor::plannr::sandbox::{
    CONNECTED_ADVISER_KEY, FREE_ADVISER_KEYS, OWN_ADVISER_KEY, PENDING_ADVISER_KEY,
    UNKNOWN_ADVISER_KEY,
};
use serde_json::{Value, json};

use super::{CONNECTION, CONNECTIONS, Parts, connect, connections, create, fail, post_beside};
use crate::harness::World;
use crate::writes::{
    assert_documented, assert_refused, body, operation, patient, problems, sent_once,
};

#[tokio::test]
async fn a_request_goes_out_once_and_the_connection_is_read_at_once() {
    let world = World::start().await;
    let before = connections(&world, "PENDING").await;
    let payload = connect(&world, "ask Grace", FREE_ADVISER_KEYS[0]).await;

    let sent = sent_once(&world, "plannr");
    assert_eq!((&*sent.method, &*sent.path), ("POST", CONNECTIONS));
    let account = world.environment["PLANNR_ACCOUNT_UUID"].as_str();
    assert_eq!(sent.header("x-plannr-account-uuid"), Some(account));
    assert_eq!(body(&sent), json!({ "adviser_key": FREE_ADVISER_KEYS[0] }));

    let uuid = payload["connection"]["remoteId"].as_str().unwrap();
    let id = GlobalId::Connection(Vendor::Plannr, uuid.to_owned()).to_string();
    let expected = json!({
        "connection": {
            "id": id, "remoteId": uuid, "vendor": "PLANNR", "status": "PENDING", "direction": "SENT",
            "sender": { "name": "Ada Okoro" }, "recipient": { "name": "Grace O'Neill" },
            "createdAt": "2026-11-01T09:00:00Z", "updatedAt": "2026-11-01T09:00:00Z", "expiresAt": "2026-12-01T09:00:00Z",
            "referrals": { "nodes": [] },
        },
        "outcome": "APPLIED",
        "operation": { "idempotencyKey": "ask Grace", "state": "CONFIRMED" },
        "userErrors": [],
    });
    assert_eq!(payload, expected);

    let after = connections(&world, "PENDING").await;
    assert_eq!(after[0]["id"], json!(id));
    assert_eq!(after[1..], before);
    let query = format!("query($id: ID!) {{ connection(id: $id) {{ {CONNECTION} }} }}");
    let read = world.data_with(&query, json!({ "id": id })).await;
    assert_eq!(read["connection"], payload["connection"]);
    let query = "{ operation(idempotencyKey: \"ask Grace\") { state settledAt referral { id } connection { id status } } }";
    let expected = json!({ "operation": {
        "state": "CONFIRMED", "settledAt": "2026-11-01T09:00:00Z", "referral": null,
        "connection": { "id": id, "status": "PENDING" },
    } });
    assert_eq!(world.data(query).await, expected);

    let again = connect(&world, "ask Grace", FREE_ADVISER_KEYS[0]).await;
    assert_eq!(again, payload);
    let other = connect(&world, "ask Grace", FREE_ADVISER_KEYS[1]).await;
    assert_refused(&other, &[("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")]);
    sent_once(&world, "plannr");
    assert_documented(&world);
}

#[tokio::test]
async fn an_accepted_request_can_be_used_and_a_pending_one_not_yet() {
    let world = World::start().await;
    let parts = Parts::of(&world).await;
    let asked = connect(&world, "ask", FREE_ADVISER_KEYS[2]).await;
    let (id, uuid) = (&asked["connection"]["id"], &asked["connection"]["remoteId"]);
    let mut input = parts.least();
    input["connectionId"] = id.clone();
    let early = create(&world, "early", &input).await;
    assert_eq!(early["outcome"], "REJECTED");
    let path = "input.referral.plannr.connectionId".to_owned();
    assert_eq!(problems(&early), [("INVALID".to_owned(), path)]);

    let base = &world.environment["PLANNR_BASE_URL"];
    let url = format!(
        "{base}/_test/referral-connections/{}/accept",
        uuid.as_str().unwrap()
    );
    assert_eq!(world.send(world.http.post(url)).await.status, 204);
    let payload = create(&world, "now", &input).await;
    assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
    assert_eq!(payload["referral"]["connection"]["id"], *id);
}

#[tokio::test]
async fn what_plannr_says_against_a_request_is_told_at_the_advisers_key() {
    let cases = [
        ("422", CONNECTED_ADVISER_KEY, "INVALID", "input.adviserKey"),
        ("422", PENDING_ADVISER_KEY, "INVALID", "input.adviserKey"),
        ("422", OWN_ADVISER_KEY, "INVALID", "input.adviserKey"),
        ("422", UNKNOWN_ADVISER_KEY, "INVALID", "input.adviserKey"),
        ("409", CONNECTED_ADVISER_KEY, "CONFLICT", "input"),
        ("409", PENDING_ADVISER_KEY, "CONFLICT", "input"),
    ];
    for form in ["array", "string"] {
        for (status, key, code, path) in cases {
            let world = World::start().await;
            let set = |name, value| world.sandbox.set_switch("plannr", name, value).unwrap();
            set("duplicate_connection", status);
            set("validation_errors", form);
            let payload = connect(&world, "k", key).await;
            assert_eq!(payload["outcome"], "REJECTED", "{key}");
            assert_eq!(payload["connection"], Value::Null);
            assert_eq!(
                payload["operation"],
                json!({ "idempotencyKey": "k", "state": "REJECTED" })
            );
            assert_eq!(problems(&payload), [(code.to_owned(), path.to_owned())]);
            assert_eq!(connect(&world, "k", key).await, payload);
            sent_once(&world, "plannr");
        }
    }
}

#[tokio::test]
async fn a_refusal_of_a_request_is_a_user_error_whatever_its_status() {
    let cases = [
        (400, "INVALID"),
        (403, "FORBIDDEN"),
        (404, "NOT_FOUND"),
        (409, "CONFLICT"),
        (412, "VERSION_MISMATCH"),
        (422, "INVALID"),
    ];
    for (status, code) in cases {
        let world = World::start().await;
        fail(&world, CONNECTIONS, Kind::status(status));
        let payload = connect(&world, "k", FREE_ADVISER_KEYS[0]).await;
        assert_eq!(payload["outcome"], "REJECTED", "{status}");
        let expected = (code.to_owned(), "input".to_owned());
        assert_eq!(problems(&payload), [expected], "{status}");
        if status == 403 {
            continue;
        }
        let again = connect(&world, "k", FREE_ADVISER_KEYS[0]).await;
        assert_eq!(again, payload, "{status}");
        sent_once(&world, "plannr");
    }
    let world = World::start().await;
    fail(&world, CONNECTIONS, Kind::RateLimited { seconds: None });
    let payload = connect(&world, "k", FREE_ADVISER_KEYS[0]).await;
    assert_eq!(problems(&payload)[0].0, "RATE_LIMITED");
    assert_eq!(operation(&world, "k").await, Value::Null);
}

#[tokio::test]
async fn a_request_that_may_be_either_of_two_is_for_a_person_to_look_at() {
    let world = patient().await;
    let body = json!({ "adviser_key": FREE_ADVISER_KEYS[0] });
    post_beside(&world, CONNECTIONS, &body).await;
    fail(&world, CONNECTIONS, Kind::DropAfter);
    // A connection does not show by which key it was asked for.
    let payload = connect(&world, "k", FREE_ADVISER_KEYS[1]).await;
    let expected = json!({
        "connection": null, "outcome": "UNKNOWN", "operation": { "idempotencyKey": "k", "state": "NEEDS_REVIEW" },
        "userErrors": [],
    });
    assert_eq!(payload, expected);
    assert_eq!(connect(&world, "k", FREE_ADVISER_KEYS[1]).await, expected);
}
