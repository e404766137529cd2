//! New referrals that Partner Center takes.

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use serde_json::{Value, json};

use super::{REFERRAL, REFERRALS, create, engaged, grace, least, some, text};
use crate::harness::World;
use crate::writes::{
    assert_documented, assert_refused, body, newest, operation, read, sent, sent_once,
};

#[tokio::test]
async fn a_referral_goes_out_with_all_that_was_said_and_is_read_at_once() {
    let world = World::start().await;
    let before = newest(&world, "PARTNER_CENTER", 5, "id").await;
    let input = json!({
        "type": "INDEPENDENT", "name": "Cloud move", "externalReference": "CRM-7",
        "customerProfile": {
            "name": "Northwind", "size": "EMPLOYEES_10_TO_50", "team": [grace()],
            "address": { "addressLine1": "1 St", "city": "Redmond", "postalCode": "98052", "country": "us" },
        },
        "consent": {
            "consentToContact": true, "consentToShareInfoWithOthers": true,
            "consentToShareReferralWithMicrosoftSellers": true,
        },
        "details": {
            "notes": "Soon.", "dealValue": "9007199254740993.10", "currency": "usd", "closingDate": "2026-12-31T01:00:00+01:00",
            "requirements": {
                "industries": ["Education"], "products": ["Azure"], "services": ["Integration"],
                "solutions": [{ "id": "BigData", "name": "Big data", "type": "CATEGORY" }],
            },
        },
        "status": "ACTIVE", "substatus": "ACCEPTED", "statusReason": "Ours.", "qualification": "SALES_QUALIFIED",
        "team": [{ "firstName": "Bob", "lastName": "Marsh", "email": "bob.marsh@example.test", "phoneNumber": "1", "title": "Architect" }],
        "inviteContext": { "notes": "Hi", "assistanceRequest": "QUOTES_OR_LICENSING", "invitedMpnId": "77" },
        "target": [{ "type": "SOLUTION_PROFILE", "id": "SOL-1" }],
    });
    let payload = create(&world, "a new one", &input).await;

    let sent = sent_once(&world, "partner-center");
    assert_eq!(
        (&*sent.method, &*sent.path, &*sent.raw_query),
        ("POST", REFERRALS, "")
    );
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert!(sent.header("authorization").unwrap().starts_with("Bearer "));
    assert_eq!(
        (sent.header("if-match"), sent.header("prefer")),
        (None, None)
    );
    let expected = json!({
        "type": "Independent", "name": "Cloud move", "externalReferenceId": "CRM-7",
        "customerProfile": {
            "name": "Northwind", "size": "10to50employees", "team": [grace()],
            "address": { "addressLine1": "1 St", "city": "Redmond", "postalCode": "98052", "country": "US" },
        },
        "consent": {
            "consentToContact": true, "consentToToShareInfoWithOthers": true,
            "consentToShareReferralWithMicrosoftSellers": true,
        },
        "details": {
            "notes": "Soon.", "dealValue": amount(), "currency": "USD", "closingDateTime": "2026-12-31T00:00:00Z",
            "requirements": {
                "industries": [{ "id": "Education" }], "products": [{ "id": "Azure" }], "services": [{ "id": "Integration" }],
                "solutions": [{ "id": "BigData", "name": "Big data", "type": "Category" }],
            },
        },
        "status": "Active", "substatus": "Accepted", "statusReason": "Ours.", "qualification": "SalesQualified",
        "team": [{ "firstName": "Bob", "lastName": "Marsh", "email": "bob.marsh@example.test", "phoneNumber": "1", "title": "Architect" }],
        "inviteContext": { "notes": "Hi", "assistanceRequestCode": "QuotesOrLicensing", "invitedMpnId": "77" },
        "target": [{ "type": "SolutionProfile", "id": "SOL-1" }],
    });
    assert_eq!(body(&sent), expected);
    assert!(
        sent.body.contains(":9007199254740993.10"),
        "an amount was rounded"
    );

    let referral = &payload["referral"];
    let id = GlobalId::Referral(
        Vendor::PartnerCenter,
        text(&referral["remoteId"]).to_owned(),
    )
    .to_string();
    let expected = json!({
        "referral": {
            "id": id, "remoteId": referral["remoteId"], "vendor": "PARTNER_CENTER", "name": "Cloud move", "description": "Soon.",
            "status": "ACTIVE", "vendorStatus": "Active/Accepted", "direction": "SENT",
            "createdAt": "2026-11-01T09:00:00Z", "updatedAt": "2026-11-01T09:00:00Z", "expiresAt": null, "closedAt": null,
            "version": referral["version"], "stale": false,
            "allowedActions": ["UPDATE", "ADD_FACILITATOR", "REMOVE_FACILITATOR"],
            "externalReference": "CRM-7", "value": { "amount": "9007199254740993.10", "currency": "USD" },
            "engagement": referral["engagement"],
            "facilitators": { "totalCount": 1, "nodes": [{
                "id": referral["facilitators"]["nodes"][0]["id"], "role": "TEAM_MEMBER",
                "party": { "name": "Bob Marsh", "email": "bob.marsh@example.test", "phone": "1" },
            }] },
            "details": {
                "type": "INDEPENDENT", "status": "ACTIVE", "substatus": "ACCEPTED", "statusReason": "Ours.",
                "qualification": "SALES_QUALIFIED", "salesStage": null, "closingDate": "2026-12-31T00:00:00Z",
                "target": [{ "type": "SOLUTION_PROFILE", "remoteId": "SOL-1" }],
                "customerProfile": {
                    "name": "Northwind", "size": "EMPLOYEES_10_TO_50", "team": [grace()],
                    "address": { "addressLine1": "1 St", "city": "Redmond", "postalCode": "98052", "country": "US" },
                },
                "consent": { "shareInfoWithOthers": true, "contact": true, "shareWithMicrosoftSellers": true },
                "requirements": { "solutions": [{ "remoteId": "BigData", "name": "Big data", "type": "CATEGORY" }] },
                "inviteContext": { "notes": "Hi", "assistanceRequest": "QUOTES_OR_LICENSING" },
                "team": [{ "email": "bob.marsh@example.test", "title": "Architect" }],
            },
        },
        "sharedReferral": null,
        "outcome": "APPLIED",
        "operation": { "idempotencyKey": "a new one", "state": "CONFIRMED" },
        "userErrors": [],
    });
    assert_eq!(payload, expected);
    let version = text(&referral["version"]);
    assert!(
        version.starts_with('"') && version.ends_with('"'),
        "{version}"
    );

    assert_eq!(read(&world, &id, REFERRAL).await, *referral);
    let after = newest(&world, "PARTNER_CENTER", 5, "id").await;
    assert_eq!(after[0], json!({ "id": id }));
    assert_eq!(after[1..], before[..4]);
    assert_eq!(
        engaged(&world, &referral["engagement"]["id"]).await,
        [json!(id)]
    );
    let expected = json!({
        "idempotencyKey": "a new one", "state": "CONFIRMED", "settledAt": "2026-11-01T09:00:00Z", "referral": { "id": id },
    });
    assert_eq!(operation(&world, "a new one").await, expected);

    assert_eq!(create(&world, "a new one", &input).await, payload);
    let refused = create(&world, "a new one", &least()).await;
    assert_refused(
        &refused,
        &[("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")],
    );
    sent_once(&world, "partner-center");
    assert_documented(&world);
}

#[tokio::test]
async fn what_is_left_out_is_not_sent_but_for_a_reference_of_the_gateways_own() {
    let world = World::start().await;
    let one = create(&world, "a", &least()).await;
    let mut blank = least();
    blank["externalReference"] = json!(" ");
    blank["name"] = Value::Null;
    let other = create(&world, "b", &blank).await;
    let sent = sent(&world, "partner-center");
    assert_eq!(sent.len(), 2);
    let mut references = Vec::new();
    for (request, payload) in sent.iter().zip([one, other]) {
        let reference = &payload["referral"]["externalReference"];
        assert!(text(reference).starts_with("rg-"), "{reference}");
        let expected = json!({
            "externalReferenceId": reference, "type": "Independent",
            "customerProfile": { "name": "Northwind", "address": { "country": "US" } },
            "consent": { "consentToToShareInfoWithOthers": false, "consentToContact": true },
            "details": {},
        });
        assert_eq!(body(request), expected);
        references.push(reference.clone());
    }
    assert!(references[0] != references[1]);
    assert_documented(&world);
}

#[tokio::test]
async fn a_second_referral_joins_an_engagement_by_either_of_its_ids() {
    for name in ["id", "remoteId"] {
        let world = World::start().await;
        let first = create(&world, "first", &least()).await;
        let engagement = &first["referral"]["engagement"];
        assert_eq!(engaged(&world, &engagement["id"]).await.len(), 1);
        let mut input = least();
        input["engagementId"] = engagement[name].clone();
        let second = create(&world, "second", &input).await;
        assert_eq!(second["referral"]["engagement"], *engagement, "{second:#}");
        let posted = sent(&world, "partner-center");
        assert_eq!(body(&posted[1])["engagementId"], engagement["remoteId"]);
        let mut both = engaged(&world, &engagement["id"]).await;
        both.sort_by_key(Value::to_string);
        let mut expected = vec![
            first["referral"]["id"].clone(),
            second["referral"]["id"].clone(),
        ];
        expected.sort_by_key(Value::to_string);
        assert_eq!(both, expected);
        assert_documented(&world);
    }
}

#[tokio::test]
async fn every_form_of_the_answer_tells_the_same_referral() {
    let forms = [
        ("create_status", "201"),
        ("created_status", "as_sent"),
        ("nulls", "omitted"),
        ("count", "absent"),
        ("default_order", "oldest"),
        ("page_size", "10"),
    ];
    for (switch, value) in forms {
        let world = World::start().await;
        world
            .sandbox
            .set_switch("partner-center", switch, value)
            .unwrap();
        some(&world, "SHARED", "NEW").await;
        let payload = create(&world, "k", &least()).await;
        assert_eq!(payload["outcome"], "APPLIED", "{switch} {value}");
        let id = text(&payload["referral"]["id"]);
        assert_eq!(
            read(&world, id, REFERRAL).await,
            payload["referral"],
            "{switch} {value}"
        );
        assert_eq!(newest(&world, "PARTNER_CENTER", 5, "id").await[0]["id"], id);
        assert_documented(&world);
    }
}

/// More digits than a float can hold.
fn amount() -> Value {
    serde_json::from_str("9007199254740993.10").unwrap()
}
