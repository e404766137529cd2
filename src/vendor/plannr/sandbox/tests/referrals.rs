//! Referrals that are sent.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::*;

const PATH: &str = "/api/v1/referrals";

/// A connection of this status, in which the own firm asked.
async fn connection(router: &Router, status: &str) -> String {
    let path = format!(
        "/api/v1/referral-connections?filter[status]={status}&filter[direction]=sent&sort=created_at"
    );
    rows(router, &path).await[0]["uuid"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn clients(router: &Router) -> Vec<Value> {
    let path = "/api/v1/account?filter[type]=client&filter[created_before]=2026-06-01&per_page=3";
    let rows = rows(router, path).await;
    rows.iter().map(|row| row["uuid"].clone()).collect()
}

/// All that the vendor's example has.
async fn example(router: &Router) -> Value {
    json!({
        "connection_uuid": connection(router, "accepted").await,
        "client_uuids": clients(router).await,
        "advice_type": "investments",
        "duration_months": 3,
        "shared_data": ["basic_details", "contact_details", "notes"],
        "sla_deadline": "2027-02-28",
        "note": "Client needs help with retirement planning.",
    })
}

async fn with(router: &Router, field: &str, value: Value) -> Answer {
    let mut body = example(router).await;
    body[field] = value;
    post(router, PATH, &body).await
}

async fn without(router: &Router, field: &str) -> Answer {
    let mut body = example(router).await;
    body.as_object_mut().unwrap().remove(field);
    post(router, PATH, &body).await
}

#[tokio::test]
async fn a_referral_that_was_sent_is_in_the_lists_until_the_world_is_reset() {
    let (sandbox, router, _) = vendor();
    let body = example(&router).await;
    let answer = post(&router, PATH, &body).await;
    assert_eq!(answer.status, 200);
    assert_eq!(problems(&sandbox), [""; 0]);
    let row = answer.json;
    for field in [
        "advice_type",
        "duration_months",
        "shared_data",
        "sla_deadline",
        "note",
    ] {
        assert_eq!(row[field], body[field], "{field}");
    }
    assert_eq!(row["connection"]["uuid"], body["connection_uuid"]);
    let sent: Vec<_> = row["clients"].as_array().unwrap().iter().collect();
    let sent: Vec<_> = sent.iter().map(|row| row["uuid"].clone()).collect();
    assert_eq!(json!(sent), body["client_uuids"]);
    assert_eq!(row["cloned_clients"], json!([]));
    assert_eq!(
        (&row["status"], &row["direction"]),
        (&json!("pending"), &json!("sent"))
    );
    assert_eq!(row["sender_account"]["uuid"], json!(account_uuid()));
    assert_eq!(row["created_at"], "2026-11-02T09:00:00+00:00");
    assert_eq!(row["expires_at"], "2027-02-02T09:00:00+00:00");

    let all = rows(&router, ALL).await;
    assert_eq!((all.len(), &all[0]), (73, &row));
    let path = format!("{PATH}/{}", row["uuid"].as_str().unwrap());
    assert_eq!(get(&router, &path).await.json, row);
    let again = post(&router, PATH, &body).await.json;
    assert_ne!(again["uuid"], row["uuid"], "nothing is idempotent here");
    sandbox.reset();
    assert_eq!(rows(&router, ALL).await.len(), 72);
    let same = post(&router, PATH, &body).await.json;
    assert_eq!(same, row, "the same calls lead to the same world");
}

#[tokio::test]
async fn a_created_record_may_be_answered_201() {
    let (sandbox, router, _) = vendor();
    sandbox
        .set_switch("plannr", "create_status", "201")
        .unwrap();
    let body = example(&router).await;
    assert_eq!(post(&router, PATH, &body).await.status, 201);
}

#[tokio::test]
async fn what_is_required_of_a_referral_is_as_the_switch_says() {
    let (sandbox, router, _) = vendor();
    for (value, required) in [
        (
            "first_three",
            &["connection_uuid", "client_uuids", "advice_type"][..],
        ),
        (
            "with_shared_data",
            &[
                "connection_uuid",
                "client_uuids",
                "advice_type",
                "shared_data",
            ],
        ),
        ("first_two", &["connection_uuid", "client_uuids"]),
    ] {
        sandbox
            .set_switch("plannr", "required_fields", value)
            .unwrap();
        for field in example(&router).await.as_object().unwrap().keys() {
            let status = if required.contains(&field.as_str()) {
                422
            } else {
                200
            };
            assert_eq!(without(&router, field).await.status, status, "{field}");
        }
    }
    let empty = post(&router, PATH, &json!({})).await;
    assert_eq!(
        keys(&empty.json["errors"]),
        ["client_uuids", "connection_uuid"]
    );
    assert_eq!(
        empty.json["errors"]["connection_uuid"],
        json!(["The connection uuid field is required."])
    );
    assert_eq!(
        empty.json["message"],
        "The connection uuid field is required."
    );
    sandbox
        .set_switch("plannr", "validation_errors", "string")
        .unwrap();
    let empty = post(&router, PATH, &json!({})).await;
    assert_eq!(
        empty.json["errors"]["connection_uuid"],
        "The connection uuid field is required."
    );
}

#[tokio::test]
async fn a_field_that_is_not_as_documented_is_refused_under_its_name() {
    let (sandbox, router, _) = vendor();
    for (field, value, key) in [
        ("connection_uuid", json!("nonsense"), "connection_uuid"),
        ("client_uuids", json!([]), "client_uuids"),
        ("client_uuids", json!(["nonsense"]), "client_uuids.0"),
        ("advice_type", json!("weather"), "advice_type"),
        ("advice_type", json!(null), "advice_type"),
        ("duration_months", json!(4), "duration_months"),
        ("duration_months", json!("3"), "duration_months"),
        ("shared_data", json!(["notes", "secrets"]), "shared_data.1"),
        ("sla_deadline", json!("28/02/2027"), "sla_deadline"),
        ("sla_deadline", json!("2027-02-30"), "sla_deadline"),
        ("note", json!(7), "note"),
    ] {
        let answer = with(&router, field, value.clone()).await;
        assert_eq!(answer.status, 422, "{field}: {value}");
        assert_eq!(keys(&answer.json["errors"]), [key]);
        assert!(!problems(&sandbox).is_empty());
    }
    let answer = with(&router, "colour", json!("blue")).await;
    assert_eq!(
        answer.status, 200,
        "Laravel overlooks what it does not know"
    );
    assert_eq!(problems(&sandbox), ["undocumented field \"colour\""]);
    assert_eq!(rows(&router, ALL).await.len(), 73);
}

#[tokio::test]
async fn a_referral_needs_an_accepted_connection_of_the_own_firm() {
    let (sandbox, router, _) = vendor();
    for status in ["pending", "denied"] {
        let connection = json!(connection(&router, status).await);
        for (value, expected) in [("422", 422), ("403", 403), ("404", 404), ("409", 409)] {
            sandbox.set_switch("plannr", "wrong_state", value).unwrap();
            let answer = with(&router, "connection_uuid", connection.clone()).await;
            assert_eq!(answer.status, expected, "{status}");
        }
    }
    sandbox.set_switch("plannr", "wrong_state", "422").unwrap();
    let second = second_account_uuid().to_string();
    let theirs = get_as(&router, &second, ALL_CONNECTIONS).await.json;
    let own = rows(&router, ALL_CONNECTIONS).await;
    let foreign = theirs["data"].as_array().unwrap().iter();
    let foreign: Vec<_> = foreign
        .filter(|row| own.iter().all(|own| own["uuid"] != row["uuid"]))
        .collect();
    for uuid in [foreign[0]["uuid"].clone(), json!(account_uuid())] {
        let answer = with(&router, "connection_uuid", uuid).await;
        assert_eq!(answer.status, 422);
        assert!(answer.json["errors"]["connection_uuid"].is_array());
    }
}

#[tokio::test]
async fn clients_are_those_of_the_own_firm() {
    let (_, router, _) = vendor();
    let second = second_account_uuid().to_string();
    let path = "/api/v1/account?filter[type]=client";
    let theirs = get_as(&router, &second, path).await.json["data"][0]["uuid"].clone();
    let employee = json!(account_uuid());
    let own = clients(&router).await[0].clone();
    let answer = with(&router, "client_uuids", json!([own, theirs, employee])).await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        keys(&answer.json["errors"]),
        ["client_uuids.1", "client_uuids.2"]
    );
}

#[tokio::test]
async fn a_referral_is_for_life_when_no_months_are_given() {
    let (sandbox, router, _) = vendor();
    for answer in [
        with(&router, "duration_months", Value::Null).await,
        without(&router, "duration_months").await,
    ] {
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json["duration_months"], Value::Null);
        assert_eq!(answer.json["expires_at"], Value::Null);
        assert_eq!(problems(&sandbox), [""; 0]);
    }
    sandbox
        .set_switch("plannr", "omitted_duration", "refused")
        .unwrap();
    assert_eq!(without(&router, "duration_months").await.status, 422);
}

#[tokio::test]
async fn a_referral_expires_after_its_months_of_wall_clock() {
    let (sandbox, router, hand) = vendor();
    // 2027-01-31, nine o'clock in winter.
    hand.advance(Duration::from_hours(90 * 24));
    let ends = async |months: u8| {
        let answer = with(&router, "duration_months", json!(months)).await;
        answer.json["expires_at"].as_str().unwrap().to_owned()
    };
    assert_eq!(ends(1).await, "2027-02-28T09:00:00+00:00");
    assert_eq!(ends(2).await, "2027-03-31T09:00:00+01:00");
    assert_eq!(ends(6).await, "2027-07-31T09:00:00+01:00");
    sandbox
        .set_switch("plannr", "month_end", "overflow")
        .unwrap();
    assert_eq!(ends(1).await, "2027-03-03T09:00:00+00:00");
    assert_eq!(ends(3).await, "2027-05-01T09:00:00+01:00");

    let statuses = async || {
        let all = rows(&router, "/api/v1/referrals?per_page=5").await;
        let statuses = all
            .iter()
            .map(|row| row["status"].as_str().unwrap().to_owned());
        statuses.filter(|status| status == "expired").count()
    };
    assert_eq!(statuses().await, 0);
    hand.advance(Duration::from_hours(28 * 24));
    assert_eq!(statuses().await, 1);
    hand.advance(Duration::from_hours(200 * 24));
    assert_eq!(statuses().await, 5);
}

#[tokio::test]
async fn deadlines_and_lengths_have_limits_where_the_switches_say() {
    let (sandbox, router, _) = vendor();
    let long = "é".repeat(256);
    assert_eq!(with(&router, "note", json!(long)).await.status, 200);
    let past = json!("2026-11-01");
    assert_eq!(
        with(&router, "sla_deadline", past.clone()).await.status,
        200
    );
    sandbox.set_switch("plannr", "max_length", "255").unwrap();
    sandbox
        .set_switch("plannr", "past_sla_deadline", "refused")
        .unwrap();
    assert_eq!(with(&router, "note", json!(long)).await.status, 422);
    assert_eq!(
        with(&router, "note", json!("é".repeat(255))).await.status,
        200
    );
    assert_eq!(with(&router, "sla_deadline", past).await.status, 422);
    let today = json!("2026-11-02");
    assert_eq!(with(&router, "sla_deadline", today).await.status, 200);
}

#[tokio::test]
async fn clones_are_there_from_the_creation_on_where_the_switch_says() {
    let (sandbox, router, _) = vendor();
    sandbox.set_switch("plannr", "clones", "always").unwrap();
    let body = example(&router).await;
    let row = post(&router, PATH, &body).await.json;
    assert_eq!(row["cloned_clients"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn another_firm_of_the_user_sends_for_itself() {
    let (_, router, _) = vendor();
    let second = second_account_uuid().to_string();
    let path = "/api/v1/account?filter[type]=client&per_page=1";
    let client = get_as(&router, &second, path).await.json["data"][0]["uuid"].clone();
    let path = "/api/v1/referral-connections?filter[status]=accepted";
    let connections = get_as(&router, &second, path).await.json["data"].clone();
    for connection in connections.as_array().unwrap() {
        let body = json!({
            "connection_uuid": connection["uuid"], "client_uuids": [client], "advice_type": "tax",
        });
        let answer = send_as(&router, &second, "POST", PATH, &body.to_string()).await;
        assert_eq!(answer.json["direction"], "sent");
        assert_eq!(answer.json["sender_firm"]["name"], "Fabrikam Finance");
        assert_ne!(answer.json["recipient_firm"], answer.json["sender_firm"]);
    }
    assert_eq!(connections.as_array().unwrap().len(), 3);
    assert_eq!(
        rows(&router, ALL).await.len(),
        73,
        "one of them is to the gateway's own firm"
    );
}
