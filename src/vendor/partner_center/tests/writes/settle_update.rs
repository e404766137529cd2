//! Finding out about a change of fields.

use pretty_assertions::assert_eq;

use super::update::update;
use super::*;

#[tokio::test]
async fn a_change_of_which_nobody_knows_took_effect_if_every_value_is_there() {
    let patch = json!({
        "status": "Active", "substatus": "Accepted", "statusReason": "ok", "notes": "n", "dealValue": "10", "currency": "usd",
        "closingDate": "2026-12-31T00:00:00Z", "externalReference": "CRM-7", "campaignId": "c", "referralProgram": "p",
        "salesStage": "s", "consentToShareReferralWithMicrosoftSellers": true,
        "team": [{"firstName": "Bo", "lastName": "Li", "email": "bo@example.test"}],
        "customerTeam": [{"firstName": "Cy", "lastName": "Ng", "email": "cy@example.test", "title": "CIO"}],
        "solutions": [{"id": "SOL-1", "name": "S", "type": "Name"}],
    });
    let now = record(&json!({
        "status": "Active", "substatus": "Accepted", "statusReason": "ok", "externalReferenceId": "CRM-7", "campaignId": "c",
        "referralProgram": "p", "salesStage": "s", "consent": {"consentToShareReferralWithMicrosoftSellers": true},
        "details": {
            "notes": "n", "dealValue": 10.0, "currency": "USD", "closingDateTime": "2026-12-31T00:00:00.0000000Z",
            "requirements": {"solutions": [{"id": "SOL-1", "name": "S", "type": "Name"}]},
        },
        "team": [{"firstName": "Bo", "lastName": "Li", "email": "bo@example.test", "phoneNumber": null}],
        "customerProfile": {"team": [{"firstName": "Cy", "lastName": "Ng", "email": "cy@example.test", "title": "CIO"}]},
    }));
    let write = update(Some(V1), &patch);
    let stub = in_turn(vec![ok(&now)]).await;
    assert_eq!(settle(&stub, &write, &sent()).await.what, "applied");
    for (pointer, value) in [
        ("/status", json!("New")),
        ("/substatus", json!("Pending")),
        ("/statusReason", json!(null)),
        ("/details/notes", json!("m")),
        ("/details/dealValue", json!(11)),
        ("/details/currency", json!("EUR")),
        ("/details/closingDateTime", json!(null)),
        ("/externalReferenceId", json!("CRM-8")),
        ("/campaignId", json!("d")),
        ("/referralProgram", json!("q")),
        ("/salesStage", json!("t")),
        (
            "/consent/consentToShareReferralWithMicrosoftSellers",
            json!(false),
        ),
        ("/team", json!([])),
        ("/customerProfile/team/0/title", json!("CEO")),
        ("/details/requirements/solutions/0/type", json!("Category")),
    ] {
        let mut other = now.clone();
        *other.pointer_mut(pointer).unwrap() = value;
        let stub = in_turn(vec![ok(&other)]).await;
        assert_eq!(
            settle(&stub, &write, &sent()).await.what,
            "send again",
            "{pointer}"
        );
    }
    let stub = in_turn(vec![refusal(404, "itemNotFound")]).await;
    let told = settle(&stub, &write, &sent()).await;
    assert_eq!(told.codes(), [(ProblemCode::NotFound, String::new())]);
}

const BEFORE: &str = "2026-06-11T11:59:49Z";
const SINCE: &str = "2026-06-11T11:59:50Z";

fn updated(at: &str) -> Value {
    record(&json!({"eTag": "\"v2\"", "details": {"notes": "another's"}, "updatedDateTime": at}))
}

#[tokio::test]
async fn what_somebody_may_have_changed_since_is_not_changed_again() {
    let notes = json!({"notes": "ours"});
    for (expected, at, told) in [
        (None, SINCE, "ambiguous"),
        (None, BEFORE, "send again"),
        (Some(V1), SINCE, "ambiguous"),
        (Some(V1), BEFORE, "send again"),
        (Some("\"v2\""), SINCE, "send again"),
    ] {
        let stub = in_turn(vec![ok(&updated(at))]).await;
        let write = update(expected, &notes);
        assert_eq!(settle(&stub, &write, &repeated()).await.what, told, "{at}");
    }
    let stub = in_turn(vec![ok(&updated(SINCE))]).await;
    let error = try_write(&stub, &update(None, &notes), &repeated()).await;
    let error = error.err().unwrap();
    assert!(error.status.is_none() && !error.is_unsent());
    assert_eq!(lines(&stub), ["GET /r1"]);
}

#[tokio::test]
async fn another_version_that_an_earlier_attempt_may_have_made_is_no_refusal() {
    let write = update(Some(V1), &json!({"notes": "ours"}));
    let refused = || refusal(412, "preconditionFailed");
    for look in [ok(&updated(SINCE)), (500, NOTHING.to_owned())] {
        let stub = in_turn(vec![refused(), look]).await;
        let error = try_write(&stub, &write, &repeated()).await.err().unwrap();
        assert!(error.status.is_none() && !error.is_unsent());
    }
    let stub = in_turn(vec![refused(), ok(&updated(BEFORE))]).await;
    let told = super::write(&stub, &write, &repeated()).await;
    let mismatch = (ProblemCode::VersionMismatch, "expectedVersion".to_owned());
    assert_eq!((told.what, told.codes()), ("rejected", vec![mismatch]));

    let made = record(&json!({"details": {"notes": "ours"}}));
    let stub = in_turn(vec![refusal(400, "no"), ok(&made)]).await;
    assert_eq!(
        super::write(&stub, &write, &repeated()).await.what,
        "applied"
    );
}

#[tokio::test]
async fn people_in_another_order_and_times_cut_to_the_vendors_digits_are_the_same() {
    let patch = json!({
        "statusReason": " ok ", "closingDate": "2026-12-31T00:00:00.123456789Z",
        "team": [
            {"firstName": "Bo", "lastName": "Li", "email": "Bo@Example.test"},
            {"firstName": "Cy", "lastName": "Ng", "email": "cy@example.test"},
        ],
    });
    let now = record(&json!({
        "statusReason": "ok", "details": {"closingDateTime": "2026-12-31T00:00:00.1234567Z"},
        "team": [
            {"firstName": "Cy", "lastName": "Ng", "email": "CY@example.test"},
            {"firstName": "Bo ", "lastName": "Li", "email": "bo@example.test"},
        ],
    }));
    let write = update(None, &patch);
    let stub = in_turn(vec![ok(&now)]).await;
    assert_eq!(settle(&stub, &write, &repeated()).await.what, "applied");
    for (pointer, value) in [
        ("/team/0/firstName", json!("Di")),
        ("/team/0/email", json!("bo@example.test")),
        (
            "/details/closingDateTime",
            json!("2026-12-31T00:00:00.1234566Z"),
        ),
    ] {
        let mut other = now.clone();
        *other.pointer_mut(pointer).unwrap() = value;
        let stub = in_turn(vec![ok(&other)]).await;
        let told = settle(&stub, &write, &repeated()).await;
        assert_eq!(told.what, "ambiguous", "{pointer}");
    }
}

#[tokio::test]
async fn a_change_that_was_only_taken_in_is_given_time_before_it_is_sent_again() {
    let now = || ok(&record(&json!({"updatedDateTime": BEFORE})));
    let stub = in_turn(vec![now(), (202, NOTHING.to_owned()), now(), now()]).await;
    let adapter = adapter(&stub);
    let write = update(None, &json!({"notes": "ours"}));
    assert!(adapter.write(&call(), &write, &sent()).await.is_err());
    let settled = adapter.settle(&call(), &write, &repeated()).await.unwrap();
    assert_eq!(Told::from(settled).what, "absent");
    let another = Sent {
        reference: "op-2".to_owned(),
        ..repeated()
    };
    let settled = adapter.settle(&call(), &write, &another).await.unwrap();
    assert_eq!(Told::from(settled).what, "send again");
}
