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
