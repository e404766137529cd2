//! New referrals.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::*;

/// The body of the vendor's example.
pub(super) fn example() -> Value {
    json!({
        "name": "Test Cosell Invite_20",
        "status": "New",
        "substatus": "Pending",
        "statusReason": "Customer engagement was a success!",
        "qualification": "SalesQualified",
        "type": "Shared",
        "target": [{"type": "SolutionProfile", "id": "SOL-34104-EBB"}],
        "customerProfile": {
            "name": "Contoso Customer Inc",
            "address": {
                "addressLine1": "One Microsoft Way", "addressLine2": "34", "city": "Redmond",
                "state": "WA", "postalCode": "98052", "country": "US",
            },
            "size": "10to50employees",
            "team": [{
                "contactPreference": {"locale": "en-us", "disableNotifications": false},
                "firstName": "Sue", "lastName": "Smith", "phoneNumber": "1234567890",
                "email": "sue.smith@contoso.com",
            }],
            "ids": [],
        },
        "consent": {"consentToToShareInfoWithOthers": true, "consentToContact": true},
        "details": {
            "notes": "Customer is looking to leverage Dynamics 365.",
            "dealValue": 50000,
            "currency": "USD",
            "closingDateTime": "2018-11-14T00:00:00Z",
            "requirements": {
                "industries": [{"id": "Manufacturing"}],
                "products": [{"id": "Dynamics365Enterprise"}],
                "services": [{"id": "DeploymentOrMigration"}],
                "solutions": [{
                    "name": "Dynamics 365 for Field Service", "type": "Category",
                    "id": "Dynamics365forFieldService",
                }],
            },
        },
        "team": [{
            "contactPreference": {"locale": "en-us", "disableNotifications": false},
            "firstName": "John", "lastName": "Doe", "phoneNumber": "1231231234",
            "email": "john.doe@microsoft.com",
        }],
        "inviteContext": {
            "notes": "Hi ABC Partner, hoping you can help this customer.",
            "invitedBy": {"organizationId": "msft"},
        },
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut body = example();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

fn without(name: &str) -> Value {
    let mut body = example();
    body.as_object_mut().unwrap().remove(name);
    body
}

#[tokio::test]
async fn the_vendors_example_is_stored_and_starts_accepted() {
    let bench = Bench::new().await;
    let body = example();
    let (answer, problems) = bench.create(&body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(problems, [""; 0]);
    let row = answer.json();
    for (name, value) in body.as_object().unwrap() {
        match name.as_str() {
            "status" => assert_eq!(row[name], "Active"),
            "substatus" => assert_eq!(row[name], "Accepted"),
            _ => assert_eq!(&row[name], value, "{name}"),
        }
    }
    let now = "2026-11-01T00:00:00.0000000Z";
    for name in ["createdDateTime", "updatedDateTime", "acceptedDateTime"] {
        assert_eq!(row[name], now);
    }
    assert_eq!(row["expirationDateTime"], Value::Null);
    assert_eq!(row["direction"], "Outgoing");
    assert_eq!(row["organizationName"], "Harbour & Pine");
    assert_eq!(answer.header("etag"), row["eTag"].as_str().unwrap());
    let id = row["id"].as_str().unwrap();
    let links = row["links"]["self"]["uri"].as_str().unwrap();
    assert!(links.ends_with(id));

    assert_eq!(bench.one(id).await, row);
    let all = bench.list(&[]).await;
    assert_eq!((all.len(), &all[0]), (73, &row));
    let mut names: Vec<_> = row.as_object().unwrap().keys().collect();
    let mut seeded: Vec<_> = all[1].as_object().unwrap().keys().collect();
    names.sort();
    seeded.sort();
    assert_eq!(names, seeded, "no field tells it from a seeded one");

    let (again, _) = bench.create(&body).await;
    assert_ne!(again.json()["id"], row["id"], "nothing is idempotent here");
    bench.emulator.reset();
    assert_eq!(bench.list(&[]).await.len(), 72);
    let (same, _) = bench.create(&body).await;
    assert_eq!(same.json(), row, "the same calls lead to the same world");
}

#[tokio::test]
async fn what_a_new_referral_becomes_is_as_the_switches_say() {
    let bench = Bench::new().await;
    bench.set("create_status", "201");
    bench.set("created_status", "as_sent");
    bench.set("created_closing_date", "missing");
    let (answer, _) = bench.create(&example()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let row = answer.json();
    assert_eq!(
        (&row["status"], &row["substatus"]),
        (&json!("New"), &json!("Pending"))
    );
    assert_eq!(row["expirationDateTime"], "2026-11-15T00:00:00.0000000Z");
    assert!(row["details"].get("closingDateTime").is_none());
    let one = bench.one(row["id"].as_str().unwrap()).await;
    assert_eq!(one["details"]["closingDateTime"], "2018-11-14T00:00:00Z");
}

#[tokio::test]
async fn type_customer_consent_and_details_are_required() {
    let bench = Bench::new().await;
    for name in example().as_object().unwrap().keys() {
        let is_required =
            ["type", "customerProfile", "consent", "details"].contains(&name.as_str());
        let (answer, problems) = bench.create(&without(name)).await;
        if !is_required {
            assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.text);
            continue;
        }
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "invalidRequest");
        assert_eq!(&error["target"], name);
        assert_eq!(error["message"], format!("{name}: is required"));
        assert_eq!(problems, [format!("{name}: is required")]);
        let (null, _) = bench.create(&with(&format!("/{name}"), Value::Null)).await;
        assert_eq!(null.status, StatusCode::BAD_REQUEST, "{name}");
    }
    bench.set("error_target", "referral");
    let (answer, _) = bench.create(&without("type")).await;
    assert_eq!(answer.json()["error"]["target"], "referral");
    bench.set("error_target", "absent");
    let (answer, _) = bench.create(&without("type")).await;
    assert!(answer.json()["error"].get("target").is_none());
}

#[tokio::test]
async fn values_of_another_kind_are_refused_where_they_are() {
    let bench = Bench::new().await;
    for (pointer, value, path) in [
        ("/type", json!("shared"), "type"),
        ("/qualification", json!("Hot"), "qualification"),
        ("/name", json!(7), "name"),
        ("/team", json!({}), "team"),
        ("/team/0/email", json!(["a@b.c"]), "team[0].email"),
        ("/target/0/type", json!("Partner"), "target[0].type"),
        ("/details/dealValue", json!("50000"), "details.dealValue"),
        ("/details/currency", json!("usd"), "details.currency"),
        (
            "/details/closingDateTime",
            json!("2026-01-31"),
            "details.closingDateTime",
        ),
        (
            "/consent/consentToContact",
            json!("true"),
            "consent.consentToContact",
        ),
        ("/engagementId", json!("none"), "engagementId"),
    ] {
        let (answer, problems) = bench.create(&with(pointer, value)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{pointer}");
        assert_eq!(answer.json()["error"]["target"], path);
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
    let (answer, _) = bench.create(&json!("nonsense")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(bench.emulator.count(), 72);
}

#[tokio::test]
async fn what_no_page_has_is_noted_and_not_stored() {
    let bench = Bench::new().await;
    let mut body = with("/details/colour", json!("blue"));
    body["isSpam"] = json!(true);
    body["externalReferenceId"] = Value::Null;
    let headers = [("content-type", "text/plain"), ("x-idempotency", "1")];
    let (answer, problems) = bench.write("POST", LIST, &headers, &body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["isSpam"], false);
    assert_eq!(
        problems,
        [
            "undocumented header \"x-idempotency\"",
            "content-type \"text/plain\" where JSON is documented",
            "undocumented field \"isSpam\"",
            "externalReferenceId: null",
            "undocumented field \"details.colour\"",
        ]
    );
}

#[tokio::test]
async fn the_digits_of_a_deal_value_are_kept() {
    let bench = Bench::new().await;
    let text = example().to_string();
    let text = text.replace("\"dealValue\":50000", "\"dealValue\":9007199254740993.10");
    let request = Request::post(LIST)
        .header("authorization", format!("Bearer {}", bench.token))
        .header("content-type", "application/json")
        .body(Body::from(text))
        .unwrap();
    let answer = send(bench.emulator.router(), request).await;
    assert!(
        answer.text.contains("\"dealValue\":9007199254740993.10,"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn a_status_needs_a_substatus_of_its_own() {
    let bench = Bench::new().await;
    for (status, substatus, stored) in [
        ("New", "Received", Some("Active")),
        ("Active", "Accepted", Some("Active")),
        ("Closed", "Won", Some("Closed")),
        ("New", "Accepted", None),
        ("Active", "Pending", None),
        ("Closed", "Accepted", None),
        ("None", "None", None),
    ] {
        let mut body = with("/status", json!(status));
        body["substatus"] = json!(substatus);
        let (answer, _) = bench.create(&body).await;
        match stored {
            Some(stored) => assert_eq!(answer.json()["status"], stored),
            None => assert_eq!(answer.json()["error"]["code"], "invalidRequest"),
        }
    }
    let mut body = without("status");
    body.as_object_mut().unwrap().remove("substatus");
    bench.set("created_status", "as_sent");
    let (answer, _) = bench.create(&body).await;
    assert_eq!(answer.json()["substatus"], "Pending");
}

#[tokio::test]
async fn a_shared_referral_is_connected_by_its_engagement() {
    let bench = Bench::new().await;
    let (first, _) = bench.create(&example()).await;
    let engagement = first.json()["engagementId"].clone();
    let mut second = with("/engagementId", engagement.clone());
    second["target"] = json!([{"type": "BusinessProfileLocation", "id": "msft"}]);
    let (answer, problems) = bench.create(&second).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(problems, [""; 0]);
    assert_eq!(answer.json()["engagementId"], engagement);
    assert_ne!(answer.json()["id"], first.json()["id"]);
    let filter = format!("engagementId eq '{}'", engagement.as_str().unwrap());
    let related = bench.list(&[("$filter", &filter)]).await;
    assert_eq!(related.len(), 2);

    second["engagementId"] = json!("00000000-0000-4000-8000-000000000000");
    let (unknown, _) = bench.create(&second).await;
    assert_eq!(unknown.json()["error"]["target"], "engagementId");
    bench.set("unknown_engagement", "accepted");
    let (unknown, _) = bench.create(&second).await;
    assert_eq!(unknown.json()["engagementId"], second["engagementId"]);
}

#[tokio::test]
async fn a_shared_referral_needs_a_contact_a_solution_and_a_country_of_two_letters() {
    let bench = Bench::new().await;
    for (pointer, value) in [
        ("/customerProfile/team", json!([])),
        ("/details/requirements/solutions", json!([])),
        ("/details/requirements", Value::Null),
        ("/customerProfile/address/country", json!("USA")),
    ] {
        bench.set("co_sell_rules", "enforced");
        let mut body = with(pointer, value);
        let (answer, _) = bench.create(&body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{pointer}");
        bench.set("co_sell_rules", "off");
        let (answer, _) = bench.create(&body).await;
        assert_eq!(answer.status, StatusCode::OK, "{pointer}");
        bench.set("co_sell_rules", "enforced");
        body["type"] = json!("Independent");
        let (answer, _) = bench.create(&body).await;
        assert_eq!(answer.status, StatusCode::OK, "{pointer}");
    }
}

#[tokio::test]
async fn an_external_reference_is_kept_but_filterable_only_by_switch() {
    let bench = Bench::new().await;
    let body = with("/externalReferenceId", json!("op-17"));
    let (answer, _) = bench.create(&body).await;
    assert_eq!(answer.json()["externalReferenceId"], "op-17");
    let options = [("$filter", "externalReferenceId eq 'op-17'")];
    let refused = bench.get(&uri(&options)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    bench.set("filter_external_reference", "accepted");
    let found = bench.list(&options).await;
    assert_eq!(found, [answer.json()]);
}

#[tokio::test]
async fn a_new_referral_is_among_those_of_its_time() {
    let bench = Bench::new().await;
    let (first, _) = bench.create(&example()).await;
    bench.hand.advance(Duration::from_millis(1500));
    let (second, _) = bench.create(&example()).await;
    assert_eq!(
        second.json()["createdDateTime"],
        "2026-11-01T00:00:01.5000000Z"
    );
    let since = "updatedDateTime gt 2026-11-01T00:00:00.0000000Z";
    let newer = bench.list(&[("$filter", since)]).await;
    assert_eq!(newer, [second.json()]);
    bench.emulator.scramble(7);
    let all = bench.list(&[]).await;
    assert_eq!(all.len(), 74);
    let kept = all
        .iter()
        .find(|row| row["id"] == first.json()["id"])
        .unwrap();
    assert_eq!(kept["customerProfile"], first.json()["customerProfile"]);
}
