//! Changed referrals.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::create::example;
use super::*;

const NOW: &str = "2026-11-01T00:00:00.0000000Z";

/// A seeded referral that meets a filter.
async fn seeded(bench: &Bench, filter: &str) -> Value {
    bench.list(&[("$filter", filter)]).await.remove(0)
}

fn id(row: &Value) -> &str {
    row["id"].as_str().unwrap()
}

fn replace(path: &str, value: &Value) -> Value {
    json!({"op": "replace", "path": path, "value": value})
}

fn moved(status: &str, substatus: &str) -> Value {
    json!([
        replace("/status", &json!(status)),
        replace("/substatus", &json!(substatus))
    ])
}

#[tokio::test]
async fn a_patch_changes_the_referral_and_its_version_and_answers_nothing() {
    let bench = Bench::new().await;
    let row = seeded(&bench, "status eq 'New'").await;
    let member = json!({
        "firstName": "Sue", "lastName": "Smith", "phoneNumber": "1", "email": "sue@example.test",
    });
    let operations = json!([
        replace("/details/dealValue", &json!("10000")),
        replace("/details/currency", &json!("EUR")),
        replace("/statusReason", &json!("Called twice.")),
        {"op": "add", "path": "/team/-", "value": member},
        {"op": "add", "path": "/externalReferenceId", "value": "CRM-1"},
    ]);
    let (answer, problems) = bench.patch(id(&row), &[], &operations).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    assert_eq!((answer.text.as_str(), problems.len()), ("", 0));
    assert!(!answer.headers.contains_key("etag"));
    assert!(answer.headers.contains_key("request-id"));
    let after = bench.one(id(&row)).await;
    assert_ne!(after["eTag"], row["eTag"]);
    assert_eq!(after["updatedDateTime"], NOW);
    assert_eq!(after["details"]["dealValue"], 10_000, "strings are coerced");
    assert_eq!(after["details"]["currency"], "EUR");
    assert_eq!(after["externalReferenceId"], "CRM-1");
    assert_eq!(after["team"].as_array().unwrap().last(), Some(&member));
    for name in [
        "createdDateTime",
        "status",
        "acceptedDateTime",
        "customerProfile",
    ] {
        assert_eq!(after[name], row[name], "{name}");
    }
    let all = bench.list(&[("$orderby", "updatedDateTime desc")]).await;
    assert_eq!(all[0], after);
    bench.emulator.reset();
    assert_eq!(bench.one(id(&row)).await, row);
}

#[tokio::test]
async fn a_client_may_prefer_the_referral_as_it_is_now() {
    let bench = Bench::new().await;
    let row = seeded(&bench, "status eq 'New'").await;
    let operations = json!([replace("/salesStage", &json!("Develop"))]);
    let prefer = [("prefer", "return=representation")];
    let (answer, problems) = bench.patch(id(&row), &prefer, &operations).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(problems, [""; 0]);
    assert_eq!(answer.json(), bench.one(id(&row)).await);
    assert_eq!(
        answer.header("etag"),
        answer.json()["eTag"].as_str().unwrap()
    );
    assert!(!answer.headers.contains_key("preference-applied"));
    bench.set("preference_applied", "present");
    let (answer, _) = bench.patch(id(&row), &prefer, &operations).await;
    assert_eq!(answer.header("preference-applied"), "return=representation");

    bench.set("patch_etag", "present");
    let other = [("prefer", "return=minimal")];
    let (answer, problems) = bench.patch(id(&row), &other, &operations).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(problems.len(), 1);
    let version = bench.one(id(&row)).await["eTag"].clone();
    assert_eq!(answer.header("etag"), version.as_str().unwrap());
}

#[tokio::test]
async fn a_version_that_has_passed_is_not_changed() {
    let bench = Bench::new().await;
    let row = seeded(&bench, "status eq 'New'").await;
    let version = row["eTag"].as_str().unwrap();
    let operations = json!([replace("/details/notes", &json!("x"))]);
    let headers = [("if-match", version)];
    let (answer, problems) = bench.patch(id(&row), &headers, &operations).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(problems, [""; 0]);
    let after = bench.one(id(&row)).await;

    for (status, code) in [
        ("412", "preconditionFailed"),
        ("412", "resourceModified"),
        ("409", "resourceModified"),
    ] {
        bench.set("etag_mismatch", status);
        bench.set("etag_mismatch_code", code);
        let (answer, _) = bench.patch(id(&row), &headers, &operations).await;
        assert_eq!(answer.status.as_str(), status);
        assert_eq!(answer.json()["error"]["code"], code);
        assert_eq!(
            answer.json()["error"]["innerError"]["code"],
            "resourceModified"
        );
    }
    assert_eq!(bench.one(id(&row)).await, after);
    let bare = after["eTag"].as_str().unwrap().trim_matches('"');
    let (answer, problems) = bench
        .patch(id(&row), &[("if-match", bare)], &operations)
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(problems.len(), 1);
    let (answer, _) = bench
        .patch(id(&row), &[("if-match", "*")], &operations)
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_active_referral_cannot_become_new_again() {
    let bench = Bench::new().await;
    let row = seeded(&bench, "status eq 'Active' and substatus eq 'Accepted'").await;
    let (answer, problems) = bench.patch(id(&row), &[], &moved("New", "Pending")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["error"]["code"], "invalidRequest");
    assert_eq!(problems, [""; 0], "the operations as such are documented");
    assert_eq!(bench.one(id(&row)).await, row);
}

#[tokio::test]
async fn a_closed_referral_stays_closed() {
    let bench = Bench::new().await;
    let row = seeded(&bench, "substatus eq 'Won'").await;
    for (status, substatus) in [("New", "Received"), ("Active", "Accepted")] {
        let (answer, _) = bench.patch(id(&row), &[], &moved(status, substatus)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    let (answer, _) = bench.patch(id(&row), &[], &moved("Closed", "Lost")).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let after = bench.one(id(&row)).await;
    assert_eq!(after["substatus"], "Lost");
    assert_eq!(after["closedDateTime"], row["closedDateTime"]);
}

#[tokio::test]
async fn status_and_substatus_have_to_fit_after_all_operations() {
    let bench = Bench::new().await;
    let row = seeded(&bench, "status eq 'New'").await;
    for operations in [
        json!([replace("/status", &json!("Active"))]),
        json!([replace("/substatus", &json!("Accepted"))]),
        moved("Active", "Won"),
        moved("Closed", "Accepted"),
        moved("None", "None"),
        json!([replace("/status", &Value::Null)]),
    ] {
        let (answer, _) = bench.patch(id(&row), &[], &operations).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{operations}");
    }
    let mut reversed = moved("Active", "Accepted");
    reversed.as_array_mut().unwrap().reverse();
    let (answer, _) = bench.patch(id(&row), &[], &reversed).await;
    assert_eq!(
        answer.status,
        StatusCode::NO_CONTENT,
        "the order does not matter"
    );
}

#[tokio::test]
async fn the_times_of_a_referral_follow_its_status() {
    let bench = Bench::new().await;
    let new = "status eq 'New' and direction eq 'Incoming'";
    let row = seeded(&bench, new).await;
    assert!(row["expirationDateTime"].is_string() && row["acceptedDateTime"].is_null());
    bench
        .patch(id(&row), &[], &moved("Active", "Accepted"))
        .await;
    let active = bench.one(id(&row)).await;
    assert_eq!(active["acceptedDateTime"], NOW);
    assert_eq!(active["expirationDateTime"], Value::Null);
    assert_eq!(active["closedDateTime"], Value::Null);
    bench.hand.advance(Duration::from_secs(1));
    bench.patch(id(&row), &[], &moved("Closed", "Won")).await;
    let closed = bench.one(id(&row)).await;
    assert_eq!(closed["acceptedDateTime"], NOW);
    assert_eq!(closed["closedDateTime"], "2026-11-01T00:00:01.0000000Z");
    assert_eq!(closed["updatedDateTime"], closed["closedDateTime"]);

    let row = seeded(&bench, new).await;
    bench
        .patch(id(&row), &[], &moved("Closed", "Declined"))
        .await;
    let declined = bench.one(id(&row)).await;
    assert_eq!(declined["acceptedDateTime"], Value::Null);
    assert_eq!(declined["closedDateTime"], "2026-11-01T00:00:01.0000000Z");
}

#[tokio::test]
async fn sharing_with_microsofts_sellers_cannot_be_undone() {
    let bench = Bench::new().await;
    let (created, _) = bench.create(&example()).await;
    let row = created.json();
    let path = "/consent/consentToShareReferralWithMicrosoftSellers";
    for (value, status) in [
        (json!(false), StatusCode::NO_CONTENT),
        (json!(true), StatusCode::NO_CONTENT),
        (json!(true), StatusCode::NO_CONTENT),
        (json!(false), StatusCode::BAD_REQUEST),
        (Value::Null, StatusCode::BAD_REQUEST),
    ] {
        let operations = json!([replace(path, &value)]);
        let (answer, _) = bench.patch(id(&row), &[], &operations).await;
        assert_eq!(answer.status, status, "{value}");
    }
    let whole = json!([replace("/consent", &json!({"consentToContact": true}))]);
    let (answer, _) = bench.patch(id(&row), &[], &whole).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn only_add_and_replace_are_operations() {
    let bench = Bench::new().await;
    let row = seeded(&bench, "status eq 'New'").await;
    for operations in [
        json!([{"op": "remove", "path": "/details/notes"}]),
        json!([{"op": "test", "path": "/name", "value": "x"}]),
        json!([{"op": "move", "path": "/name", "from": "/statusReason"}]),
        json!([{"op": "copy", "path": "/name", "from": "/statusReason"}]),
        json!([{"op": "Replace", "path": "/details/notes", "value": "x"}]),
        json!([{"op": "replace", "path": "/details/notes"}]),
        json!([{"op": "replace", "value": "x"}]),
        json!([{"op": "replace", "path": "details/notes", "value": "x"}]),
        json!([{"op": "replace", "path": "/team/-", "value": {}}]),
        json!([]),
        json!({"status": "Active"}),
        json!(["x"]),
    ] {
        let (answer, _) = bench.patch(id(&row), &[], &operations).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{operations}");
        assert_eq!(answer.json()["error"]["code"], "invalidRequest");
    }
    assert_eq!(bench.one(id(&row)).await, row, "nothing was done in part");
}

#[tokio::test]
async fn a_patch_holds_as_a_whole_or_not_at_all() {
    let bench = Bench::new().await;
    let row = seeded(&bench, "status eq 'New'").await;
    let operations = json!([
        replace("/details/notes", &json!("x")),
        replace("/team/99", &json!({"email": "a@b.c"})),
    ]);
    let (answer, _) = bench.patch(id(&row), &[], &operations).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(bench.one(id(&row)).await, row);
}

#[tokio::test]
async fn paths_beyond_the_connectors_list_are_noted_or_refused() {
    let bench = Bench::new().await;
    let row = seeded(&bench, "status eq 'New'").await;
    for path in [
        "/name",
        "/customerProfile/address/city",
        "/customerProfile/team/0/title",
    ] {
        let operations = json!([replace(path, &json!("x"))]);
        bench.set("patch_paths", "any");
        let (answer, problems) = bench.patch(id(&row), &[], &operations).await;
        assert_eq!(
            answer.status,
            StatusCode::NO_CONTENT,
            "{path}: {}",
            answer.text
        );
        assert_eq!(problems, [format!("undocumented path {path:?} of a patch")]);
        assert_eq!(bench.one(id(&row)).await.pointer(path), Some(&json!("x")));
        bench.set("patch_paths", "connector");
        let (answer, _) = bench.patch(id(&row), &[], &operations).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    bench.set("patch_paths", "any");
    for path in [
        "/id",
        "/eTag",
        "/links/self/uri",
        "/direction",
        "/colour",
        "/",
    ] {
        let operations = json!([replace(path, &json!("x"))]);
        let (answer, _) = bench.patch(id(&row), &[], &operations).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn values_of_another_kind_are_not_patched_in() {
    let bench = Bench::new().await;
    let row = seeded(&bench, "status eq 'New'").await;
    for (path, value) in [
        ("/details/dealValue", json!("ten")),
        ("/details/dealValue", json!("01")),
        ("/details/closingDateTime", json!("soon")),
        ("/details/currency", json!("EURO")),
        ("/status", json!("Open")),
        ("/team", json!({})),
        ("/team", json!(["a@b.c"])),
        ("/salesStage", json!(40)),
        ("/qualification", json!("Hot")),
    ] {
        let operations = json!([replace(path, &value)]);
        let (answer, _) = bench.patch(id(&row), &[], &operations).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {value}");
        let target = answer.json()["error"]["target"].clone();
        assert!(
            target.as_str().unwrap().starts_with("[0].value"),
            "{target}"
        );
    }
}

#[tokio::test]
async fn a_patch_is_sent_as_plain_json() {
    let bench = Bench::new().await;
    let row = seeded(&bench, "status eq 'New'").await;
    let path = format!("{LIST}/{}/", id(&row));
    let operations = json!([replace("/details/notes", &json!("x"))]);
    let kind = [("content-type", "application/json-patch+json")];
    let (answer, problems) = bench.write("PATCH", &path, &kind, &operations).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(
        problems,
        ["content-type \"application/json-patch+json\" where JSON is documented"]
    );
}

#[tokio::test]
async fn a_list_that_is_missing_can_be_appended_to() {
    let bench = Bench::new().await;
    let all = bench.list(&[]).await;
    let row = all.iter().find(|row| row.get("team").is_none()).unwrap();
    let operations = json!([{"op": "add", "path": "/team/-", "value": {"email": "a@b.c"}}]);
    let (answer, _) = bench.patch(id(row), &[], &operations).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let after = bench.one(id(row)).await;
    assert_eq!(after["team"], json!([{"email": "a@b.c"}]));
}

#[tokio::test]
async fn a_deal_is_registered_by_appending() {
    let bench = Bench::new().await;
    let (created, _) = bench.create(&example()).await;
    let row = created.json();
    let registration = json!({
        "type": "AzureIPCoSell",
        "solutionDetails": [{"id": "SOL-1", "currency": "USD", "value": 100}],
        "contract": {"currency": "USD", "startDateTime": NOW, "term": "Perpetual", "value": 100},
    });
    let operations = json!([{"op": "add", "path": "/registrations/-", "value": registration}]);
    let (answer, problems) = bench.patch(id(&row), &[], &operations).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    assert_eq!(problems, [""; 0]);
    let operations = json!([replace("/registrations/0/contract/value", &json!(150))]);
    let (answer, problems) = bench.patch(id(&row), &[], &operations).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    assert_eq!(problems, [""; 0]);
    let after = bench.one(id(&row)).await;
    assert_eq!(after["registrationStatus"], "ReviewPending");
    assert_eq!(after["registrations"][0]["contract"]["value"], 150);
    assert_eq!(after["registrations"][0]["registrationDateTime"], NOW);
}

#[tokio::test]
async fn what_is_not_there_cannot_be_changed() {
    let bench = Bench::new().await;
    let operations = json!([replace("/details/notes", &json!("x"))]);
    let (answer, _) = bench
        .patch("00000000-0000-0000-0000-000000000000", &[], &operations)
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.json()["error"]["code"], "itemNotFound");
}
