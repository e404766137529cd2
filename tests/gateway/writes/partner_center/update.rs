//! Changes of a Partner Center referral.

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::Kind;
use serde_json::{Value, json};

use super::{ONE, REFERRAL, asked, fail, grace, pick, some, text, update};
use crate::harness::World;
use crate::writes::{
    assert_documented, assert_refused, body, newest, operation, problems, read, sent, sent_once,
};

fn replace(path: &str, value: impl Into<Value>) -> Value {
    json!({ "op": "replace", "path": path, "value": value.into() })
}

#[tokio::test]
async fn a_change_of_an_expected_version_is_one_patch_and_is_read_at_once() {
    let world = World::start().await;
    let before = some(&world, "SHARED", "ACTIVE").await;
    let (id, version) = (text(&before["id"]), text(&before["version"]));
    let calls = world.calls();
    let patch = json!({
        "status": "CLOSED", "substatus": "WON", "statusReason": "Signed.", "notes": "Well done.", "dealValue": "9007199254740993.10",
        "currency": "eur", "closingDate": "2026-11-02T00:00:00Z", "externalReference": "CRM-9", "salesStage": "100",
        "consentToShareReferralWithMicrosoftSellers": true, "team": [grace()],
        "solutions": [{ "id": "SOL-9", "type": "NAME" }],
    });
    let payload = update(&world, "won", id, Some(version), &patch).await;
    assert_eq!(world.calls()["partner-center"], calls["partner-center"] + 1);

    let sent = sent_once(&world, "partner-center");
    let remote_id = text(&before["remoteId"]);
    assert_eq!(sent.method, "PATCH");
    assert_eq!(
        sent.path,
        format!("/v1.0/engagements/referrals/{remote_id}")
    );
    assert_eq!(sent.header("if-match"), Some(version));
    assert_eq!(sent.header("prefer"), Some("return=representation"));
    let expected = [
        replace("/status", json!("Closed")),
        replace("/substatus", json!("Won")),
        replace("/statusReason", json!("Signed.")),
        replace("/details/notes", json!("Well done.")),
        replace("/externalReferenceId", json!("CRM-9")),
        replace("/salesStage", json!("100")),
        replace("/details/dealValue", amount()),
        replace("/details/currency", json!("EUR")),
        replace("/details/closingDateTime", json!("2026-11-02T00:00:00Z")),
        replace(
            "/consent/consentToShareReferralWithMicrosoftSellers",
            json!(true),
        ),
        replace("/team", json!([grace()])),
        replace(
            "/details/requirements/solutions",
            json!([{ "id": "SOL-9", "type": "Name" }]),
        ),
    ];
    assert_eq!(body(&sent), json!(expected));
    assert!(
        sent.body.contains(":9007199254740993.10"),
        "an amount was rounded"
    );

    let after = &payload["referral"];
    let mut expected = before.clone();
    for (path, value) in [
        ("/status", json!("WON")),
        ("/vendorStatus", json!("Closed/Won")),
        ("/description", json!("Well done.")),
        ("/updatedAt", json!("2026-11-01T09:00:00Z")),
        ("/closedAt", json!("2026-11-01T09:00:00Z")),
        ("/version", after["version"].clone()),
        ("/allowedActions", json!([])),
        ("/externalReference", json!("CRM-9")),
        (
            "/value",
            json!({ "amount": "9007199254740993.10", "currency": "EUR" }),
        ),
        ("/facilitators", after["facilitators"].clone()),
        ("/details/status", json!("CLOSED")),
        ("/details/substatus", json!("WON")),
        ("/details/statusReason", json!("Signed.")),
        ("/details/salesStage", json!("100")),
        ("/details/closingDate", json!("2026-11-02T00:00:00Z")),
        ("/details/consent/shareWithMicrosoftSellers", json!(true)),
        (
            "/details/requirements/solutions",
            json!([{ "remoteId": "SOL-9", "name": null, "type": "NAME" }]),
        ),
        (
            "/details/team",
            json!([{ "email": "grace.oneill@example.test", "title": null }]),
        ),
    ] {
        *expected.pointer_mut(path).unwrap() = value;
    }
    assert_eq!(*after, expected);
    assert!(text(&after["version"]) != version);
    let facilitators = &after["facilitators"];
    assert_eq!(facilitators["totalCount"], 1);
    assert_eq!(facilitators["nodes"][0]["party"]["name"], "Grace O'Neill");
    assert_eq!(
        (&payload["outcome"], &payload["userErrors"]),
        (&json!("APPLIED"), &json!([]))
    );
    assert_eq!(
        payload["operation"],
        json!({ "idempotencyKey": "won", "state": "CONFIRMED" })
    );

    assert_eq!(read(&world, id, REFERRAL).await, *after);
    let listed = newest(&world, "PARTNER_CENTER", 72, REFERRAL).await;
    assert!(listed.contains(after) && !listed.contains(&before));
    assert_eq!(
        operation(&world, "won").await["referral"],
        json!({ "id": id })
    );

    assert_eq!(
        update(&world, "won", id, Some(version), &patch).await,
        payload
    );
    let other = update(&world, "won", id, None, &patch).await;
    assert_refused(&other, &[("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")]);
    sent_once(&world, "partner-center");
    assert_documented(&world);
}

#[tokio::test]
async fn without_an_expected_version_it_is_the_one_that_is_read_before() {
    let world = World::start().await;
    let before = some(&world, "INDEPENDENT", "ACTIVE").await;
    let id = text(&before["id"]);
    let payload = update(&world, "k", id, None, &json!({ "notes": "n" })).await;
    assert_eq!(payload["outcome"], "APPLIED");
    let sent = sent_once(&world, "partner-center");
    assert_eq!(sent.header("if-match"), Some(text(&before["version"])));
    assert_eq!(body(&sent), json!([replace("/details/notes", json!("n"))]));
    // Somebody changes it between our look and our change: then there is a second look.
    fail(&world, "PATCH", ONE, 0, Kind::status(412));
    let payload = update(&world, "again", id, None, &json!({ "notes": "m" })).await;
    assert_eq!(
        (&payload["outcome"], &payload["referral"]["description"]),
        (&json!("APPLIED"), &json!("m"))
    );
    assert_eq!(asked(&world, "PATCH").len(), 3);
    assert_documented(&world);
}

#[tokio::test]
async fn another_version_than_expected_is_refused_with_the_referral_as_it_is() {
    let forms = [
        ("412", "preconditionFailed"),
        ("412", "resourceModified"),
        ("409", "resourceModified"),
        ("409", "preconditionFailed"),
    ];
    for (status, code) in forms {
        let world = World::start().await;
        for (name, value) in [("etag_mismatch", status), ("etag_mismatch_code", code)] {
            let set = world.sandbox.set_switch("partner-center", name, value);
            set.unwrap();
        }
        let before = some(&world, "INDEPENDENT", "ACTIVE").await;
        let (id, version) = (text(&before["id"]), text(&before["version"]));
        let first = update(
            &world,
            "first",
            id,
            Some(version),
            &json!({ "notes": "one" }),
        )
        .await;
        let second = update(
            &world,
            "second",
            id,
            Some(version),
            &json!({ "notes": "two" }),
        )
        .await;
        assert_eq!(second["outcome"], "REJECTED", "{status} {code}");
        let expected = (
            "VERSION_MISMATCH".to_owned(),
            "input.expectedVersion".to_owned(),
        );
        assert_eq!(problems(&second), [expected]);
        assert_eq!(second["referral"], first["referral"]);
        assert_eq!(
            second["operation"],
            json!({ "idempotencyKey": "second", "state": "REJECTED" })
        );
        assert_eq!(
            update(
                &world,
                "second",
                id,
                Some(version),
                &json!({ "notes": "two" })
            )
            .await,
            second
        );
        assert_eq!(sent(&world, "partner-center").len(), 2);
        // With the version that it was shown, it can be had.
        let version = text(&second["referral"]["version"]);
        let third = update(
            &world,
            "third",
            id,
            Some(version),
            &json!({ "notes": "two" }),
        )
        .await;
        assert_eq!(third["referral"]["description"], "two");
    }
}

#[tokio::test]
async fn a_status_that_cannot_follow_is_an_illegal_transition() {
    for is_expected in [true, false] {
        let world = World::start().await;
        for (from, status, substatus) in [
            ("CLOSED", "ACTIVE", "ACCEPTED"),
            ("ACTIVE", "NEW", "PENDING"),
        ] {
            let before = some(&world, "INDEPENDENT", from).await;
            let version = before["version"].as_str().filter(|_| is_expected);
            let patch = json!({ "status": status, "substatus": substatus });
            let payload = update(&world, from, text(&before["id"]), version, &patch).await;
            assert_eq!(payload["outcome"], "REJECTED");
            let expected = (
                "ILLEGAL_TRANSITION".to_owned(),
                "input.partnerCenter.status".to_owned(),
            );
            assert_eq!(problems(&payload), [expected]);
            assert_eq!(payload["referral"], before);
        }
    }
}

#[tokio::test]
async fn a_value_that_the_record_lacks_is_added() {
    let world = World::start().await;
    world
        .sandbox
        .set_switch("partner-center", "nulls", "omitted")
        .unwrap();
    let is_it = |row: &Value| {
        row["details"]["status"] == "ACTIVE" && row["details"]["statusReason"].is_null()
    };
    let before = pick(&world, is_it).await;
    for (key, version) in [("a", None), ("b", Some(()))] {
        let now = read(&world, text(&before["id"]), "version").await;
        let version = version.map(|()| text(&now["version"]));
        let patch = json!({ "campaignId": key, "referralProgram": key });
        let payload = update(&world, key, text(&before["id"]), version, &patch).await;
        assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
    }
}

#[tokio::test]
async fn a_referral_that_is_not_there_cannot_be_changed() {
    let world = World::start().await;
    let missing = "00000000-0000-4000-8000-000000000000";
    let id = crate::writes::id(referral_gateway::model::Vendor::PartnerCenter, missing);
    for (key, version) in [("a", None), ("b", Some("\"v\""))] {
        let payload = update(&world, key, &id, version, &json!({ "notes": "n" })).await;
        assert_eq!(
            (&payload["outcome"], &payload["referral"]),
            (&json!("REJECTED"), &Value::Null)
        );
        assert_eq!(problems(&payload)[0].0, "NOT_FOUND");
    }
}

/// More digits than a float can hold.
fn amount() -> Value {
    serde_json::from_str("9007199254740993.10").unwrap()
}
