//! Changing fields.

use pretty_assertions::assert_eq;

use super::*;

pub(super) fn update(expected: Option<&str>, patch: &Value) -> Write {
    Write::Update {
        referral: "r1".to_owned(),
        expected_version: expected.map(str::to_owned),
        patch: patch.clone(),
    }
}

fn notes() -> Value {
    json!({"notes": "new"})
}

#[tokio::test]
async fn with_an_expected_version_one_conditional_patch_is_all() {
    let changed = record(&json!({"details": {"notes": "new"}}));
    let stub = in_turn(vec![ok(&changed)]).await;
    let told = write(&stub, &update(Some("\"mine\""), &notes()), &sent()).await;
    assert_eq!((told.what, told.version()), ("applied", Some(V1)));
    assert_eq!(lines(&stub), ["PATCH /r1"]);
    let asked = &api_calls(&stub)[0];
    assert_eq!(asked.header("if-match"), Some("\"mine\""));
    assert_eq!(asked.header("prefer"), Some("return=representation"));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(
        body(asked),
        json!([{"op": "replace", "path": "/details/notes", "value": "new"}])
    );
}

#[tokio::test]
async fn every_field_has_its_path() {
    let member = json!({"firstName": "Ada", "lastName": "Okoro", "email": "ada@example.test"});
    let patch = json!({
        "status": "Closed", "substatus": "Won", "statusReason": "signed", "notes": "n", "dealValue": "0.10",
        "currency": "eur", "closingDate": "2026-12-31T00:00:00Z", "externalReference": "CRM-7", "campaignId": "c",
        "referralProgram": "p", "salesStage": "s", "consentToShareReferralWithMicrosoftSellers": true,
        "team": [member], "customerTeam": [], "solutions": [{"id": "SOL-1", "type": "Name"}],
    });
    let stub = in_turn(vec![ok(&record(&json!({})))]).await;
    write(&stub, &update(Some(V1), &patch), &sent()).await;
    let asked = &api_calls(&stub)[0];
    let replace = |path: &str, value: Value| json!({"op": "replace", "path": path, "value": value});
    assert_eq!(
        body(asked),
        json!([
            replace("/status", json!("Closed")),
            replace("/substatus", json!("Won")),
            replace("/statusReason", json!("signed")),
            replace("/details/notes", json!("n")),
            replace("/externalReferenceId", json!("CRM-7")),
            replace("/campaignId", json!("c")),
            replace("/referralProgram", json!("p")),
            replace("/salesStage", json!("s")),
            replace("/details/dealValue", json!(0.1)),
            replace("/details/currency", json!("EUR")),
            replace("/details/closingDateTime", json!("2026-12-31T00:00:00Z")),
            replace(
                "/consent/consentToShareReferralWithMicrosoftSellers",
                json!(true)
            ),
            replace("/team", json!([member])),
            replace("/customerProfile/team", json!([])),
            replace(
                "/details/requirements/solutions",
                json!([{"id": "SOL-1", "type": "Name"}])
            ),
        ])
    );
    assert!(asked.body.contains(r#""value":0.10}"#), "{}", asked.body);
}

#[tokio::test]
async fn without_one_the_present_version_is_the_condition_and_what_is_absent_is_added() {
    let now = record(&json!({"details": {"notes": null}}));
    let stub = in_turn(vec![ok(&now), ok(&record(&json!({})))]).await;
    let patch = json!({"notes": "new", "campaignId": "c"});
    assert_eq!(
        write(&stub, &update(None, &patch), &sent()).await.what,
        "applied"
    );
    assert_eq!(lines(&stub), ["GET /r1", "PATCH /r1"]);
    let asked = &api_calls(&stub)[1];
    assert_eq!(asked.header("if-match"), Some(V1));
    assert_eq!(
        body(asked),
        json!([
            {"op": "replace", "path": "/details/notes", "value": "new"},
            {"op": "add", "path": "/campaignId", "value": "c"},
        ])
    );
}

#[tokio::test]
async fn a_change_without_a_body_in_return_is_read_and_holds_even_if_it_cannot_be() {
    let changed = record(&json!({"eTag": "\"v2\""}));
    let write_notes = update(Some(V1), &notes());
    let stub = in_turn(vec![(204, NOTHING.to_owned()), ok(&changed)]).await;
    let told = write(&stub, &write_notes, &sent()).await;
    assert_eq!((told.what, told.version()), ("applied", Some("\"v2\"")));
    assert_eq!(lines(&stub), ["PATCH /r1", "GET /r1"]);

    let stub = in_turn(vec![(204, NOTHING.to_owned())]).await;
    let told = write(&stub, &write_notes, &sent()).await;
    assert_eq!((told.what, told.referral_id()), ("applied", Some("r1")));
    assert!(told.effect.referral.is_none());
}

#[tokio::test]
async fn another_version_is_told_with_the_present_record() {
    let now = record(&json!({"eTag": "\"v2\""}));
    let inner = json!({"error": {"code": "conflict", "InnerError": {"code": "resourceModified"}}});
    for refused in [
        refusal(412, "anything"),
        refusal(409, "PreconditionFailed"),
        (409, inner.to_string()),
    ] {
        let stub = in_turn(vec![refused, ok(&now)]).await;
        let told = write(&stub, &update(Some(V1), &notes()), &sent()).await;
        let mismatch = (ProblemCode::VersionMismatch, "expectedVersion".to_owned());
        assert_eq!((told.what, told.codes()), ("rejected", vec![mismatch]));
        assert_eq!(told.version(), Some("\"v2\""));
        assert_eq!(lines(&stub), ["PATCH /r1", "GET /r1"]);
    }
}

#[tokio::test]
async fn another_version_that_an_earlier_attempt_made_is_that_attempts_success() {
    let now = record(&json!({"eTag": "\"v2\"", "details": {"notes": "new"}}));
    let stub = in_turn(vec![refusal(412, "preconditionFailed"), ok(&now)]).await;
    let told = write(&stub, &update(Some(V1), &notes()), &repeated()).await;
    assert_eq!((told.what, told.version()), ("applied", Some("\"v2\"")));

    let stub = in_turn(vec![ok(&now)]).await;
    let told = write(&stub, &update(None, &notes()), &repeated()).await;
    assert_eq!(told.what, "applied", "there is nothing left to send");
}

#[tokio::test]
async fn without_an_expected_version_it_is_read_and_patched_again_three_times() {
    let now = || ok(&record(&json!({})));
    let changed = || refusal(412, "preconditionFailed");
    let stub = in_turn(vec![now(), changed(), now(), ok(&record(&json!({})))]).await;
    assert_eq!(
        write(&stub, &update(None, &notes()), &sent()).await.what,
        "applied"
    );

    let always = (0..8).map(|it| if it % 2 == 0 { now() } else { changed() });
    let stub = in_turn(always.collect()).await;
    let told = write(&stub, &update(None, &notes()), &sent()).await;
    assert_eq!(told.codes(), [(ProblemCode::Conflict, String::new())]);
    assert_eq!(
        lines(&stub).iter().filter(|it| *it == "PATCH /r1").count(),
        4
    );
}

#[tokio::test]
async fn a_status_that_cannot_be_reached_is_not_asked_for() {
    let to_new = json!({"status": "New", "substatus": "Pending"});
    let to_active = json!({"status": "Active", "substatus": "Accepted"});
    let illegal = (ProblemCode::IllegalTransition, "status".to_owned());
    for (is, patch) in [
        ("Active", &to_new),
        ("Closed", &to_new),
        ("Closed", &to_active),
    ] {
        let now = record(&json!({"status": is}));
        let stub = in_turn(vec![ok(&now)]).await;
        let told = write(&stub, &update(None, patch), &sent()).await;
        assert_eq!(
            (told.what, told.codes()),
            ("rejected", vec![illegal.clone()])
        );
        assert_eq!(told.version(), Some(V1));
        assert_eq!(lines(&stub), ["GET /r1"]);

        // With a version it is the vendor who refuses, and is asked why.
        let stub = in_turn(vec![refusal(400, "invalidRequest"), ok(&now)]).await;
        let told = write(&stub, &update(Some(V1), patch), &sent()).await;
        assert_eq!(told.codes(), std::slice::from_ref(&illegal));
    }
    let closed = record(&json!({"status": "Closed", "substatus": "Won"}));
    let stub = in_turn(vec![ok(&closed), ok(&closed)]).await;
    let lost = json!({"status": "Closed", "substatus": "Lost"});
    assert_eq!(
        write(&stub, &update(None, &lost), &sent()).await.what,
        "applied"
    );
}

#[tokio::test]
async fn what_could_not_be_replaced_is_added_under_the_same_condition() {
    let now = record(&json!({"details": {}}));
    let answers = vec![refusal(400, "invalidRequest"), ok(&now), ok(&now)];
    let stub = in_turn(answers).await;
    let told = write(&stub, &update(Some("\"mine\""), &notes()), &sent()).await;
    assert_eq!(told.what, "applied");
    assert_eq!(lines(&stub), ["PATCH /r1", "GET /r1", "PATCH /r1"]);
    let asked = &api_calls(&stub)[2];
    assert_eq!(asked.header("if-match"), Some("\"mine\""));
    assert_eq!(body(asked)[0]["op"], "add");

    let now = record(&json!({"details": {"notes": "old"}}));
    let stub = in_turn(vec![refusal(400, "invalidRequest"), ok(&now)]).await;
    let told = write(&stub, &update(Some(V1), &notes()), &sent()).await;
    assert_eq!(told.codes(), [(ProblemCode::Invalid, String::new())]);
}

#[tokio::test]
async fn a_refused_change_is_rejected() {
    for (status, expected) in [
        (403, ProblemCode::Forbidden),
        (404, ProblemCode::NotFound),
        (409, ProblemCode::Conflict),
    ] {
        let stub = in_turn(vec![refusal(status, "other")]).await;
        let told = write(&stub, &update(Some(V1), &notes()), &sent()).await;
        assert_eq!(told.codes(), [(expected, String::new())], "{status}");
        assert_eq!(lines(&stub), ["PATCH /r1"]);
    }
    let stub = in_turn(vec![refusal(404, "itemNotFound")]).await;
    let told = write(&stub, &update(None, &notes()), &sent()).await;
    assert_eq!(told.codes(), [(ProblemCode::NotFound, String::new())]);
}

#[tokio::test]
async fn a_look_that_fails_before_is_an_error_of_an_unsent_call_and_a_patch_is_not() {
    let failed = || (500, NOTHING.to_owned());
    let write_notes = update(None, &notes());
    let stub = in_turn(vec![failed()]).await;
    let error = try_write(&stub, &write_notes, &sent()).await.err().unwrap();
    assert!(error.is_unsent());

    let now = ok(&record(&json!({})));
    for unknown in [failed(), (202, NOTHING.to_owned())] {
        let stub = in_turn(vec![now.clone(), unknown]).await;
        let error = try_write(&stub, &write_notes, &sent()).await.err().unwrap();
        assert!(!error.is_unsent());
        assert_eq!(api_calls(&stub).len(), 2);
    }

    let refused = refusal(412, "preconditionFailed");
    let stub = in_turn(vec![now, refused, failed()]).await;
    let error = try_write(&stub, &write_notes, &sent()).await.err().unwrap();
    assert!(error.is_unsent(), "the one that was sent did nothing");
}

#[tokio::test]
async fn nothing_is_sent_for_a_record_of_which_anything_is_unreadable() {
    let now = record(&json!({"consent": {"consentToContact": "perhaps"}}));
    let stub = in_turn(vec![ok(&now)]).await;
    let failed = try_write(&stub, &update(None, &notes()), &sent()).await;
    let error = failed.err().unwrap();
    assert_eq!(error.kind, Kind::InvalidResponse);
    assert!(
        error.detail.contains("consent.consentToContact"),
        "{}",
        error.detail
    );
    assert_eq!(lines(&stub), ["GET /r1"]);
}
