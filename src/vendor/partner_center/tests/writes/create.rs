//! Making a referral.

use pretty_assertions::assert_eq;

use super::*;

/// The least that makes a referral.
pub(super) fn least() -> Value {
    json!({
        "type": "Independent",
        "customerProfile": {"name": "Northwind", "address": {"country": "US"}},
        "consent": {"consentToContact": true, "consentToShareInfoWithOthers": false},
        "details": {},
    })
}

pub(super) fn create(input: &Value) -> Write {
    Write::Create {
        input: input.clone(),
    }
}

/// The least with these fields.
pub(super) fn with(fields: &Value) -> Write {
    let mut input = least();
    let fields = fields.as_object().unwrap().clone();
    input.as_object_mut().unwrap().extend(fields);
    create(&input)
}

#[tokio::test]
async fn a_new_referral_is_sent_as_documented_and_only_what_was_given() {
    let stub = in_turn(vec![(201, REFERRAL.to_owned())]).await;
    let told = write(&stub, &create(&least()), &sent()).await;
    assert_eq!(told.what, "applied");
    let id = "4111fffc-f9ee-4d53-bba6-569135228642";
    assert_eq!(told.referral_id(), Some(id));
    assert_eq!(&*told.effect.referral.unwrap().remote_id, id);
    assert_eq!(lines(&stub), ["POST "]);
    let asked = &api_calls(&stub)[0];
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("accept"), Some("application/json"));
    assert_eq!(asked.header("authorization"), Some("Bearer at-1"));
    assert_eq!(asked.header("if-match"), None);
    assert_eq!(asked.header("prefer"), None);
    assert_eq!(
        body(asked),
        json!({
            "externalReferenceId": "op-1",
            "type": "Independent",
            "customerProfile": {"name": "Northwind", "address": {"country": "US"}},
            "consent": {"consentToToShareInfoWithOthers": false, "consentToContact": true},
            "details": {},
        })
    );
}

#[tokio::test]
async fn all_that_can_be_given_is_sent_in_microsofts_words() {
    let engagement = crate::model::GlobalId::Engagement(Vendor::PartnerCenter, "e1".to_owned());
    let member = json!({"firstName": "Ada", "lastName": "Okoro", "email": "ada@example.test", "phoneNumber": "1", "title": "Architect"});
    let input = json!({
        "type": "Shared",
        "name": "Cloud move",
        "externalReference": "CRM-7",
        "customerProfile": {
            "name": "Northwind", "size": "From10To50", "team": [member],
            "address": {
                "addressLine1": "1 St", "addressLine2": "B", "city": "Redmond", "state": "WA", "postalCode": "98052",
                "country": "us", "region": "West",
            },
        },
        "consent": {
            "consentToContact": true, "consentToShareInfoWithOthers": true,
            "consentToShareReferralWithMicrosoftSellers": true,
        },
        "details": {
            "notes": "n", "dealValue": "5000", "currency": "usd", "closingDate": "2026-12-31T01:00:00+01:00",
            "requirements": {
                "industries": ["Education"], "products": ["Azure"], "services": ["Integration"],
                "solutions": [{"id": "SOL-1", "name": "S", "type": "Name"}, {"id": "BigData"}],
            },
        },
        "status": "Active", "substatus": "Accepted", "statusReason": "ours",
        "qualification": "SalesQualified",
        "team": [{"firstName": "Bo", "lastName": "Li", "email": "bo@example.test"}],
        "inviteContext": {"notes": "Hi", "assistanceRequest": "QuotesOrLicensing", "invitedMpnId": "77"},
        "target": [{"type": "SolutionProfile", "id": "SOL-1"}],
        "engagementId": engagement.to_string(),
        "shareWith": {"type": "BusinessProfileLocation", "id": "msft"},
    });
    let stub = in_turn(vec![(200, REFERRAL.to_owned())]).await;
    assert_eq!(write(&stub, &create(&input), &sent()).await.what, "applied");
    assert_eq!(
        body(&api_calls(&stub)[0]),
        json!({
            "type": "Shared",
            "name": "Cloud move",
            "externalReferenceId": "CRM-7",
            "customerProfile": {
                "name": "Northwind", "size": "10to50employees", "team": [member],
                "address": {
                    "addressLine1": "1 St", "addressLine2": "B", "city": "Redmond", "state": "WA", "postalCode": "98052",
                    "country": "US", "region": "West",
                },
            },
            "consent": {
                "consentToContact": true, "consentToToShareInfoWithOthers": true,
                "consentToShareReferralWithMicrosoftSellers": true,
            },
            "details": {
                "notes": "n", "dealValue": 5000, "currency": "USD", "closingDateTime": "2026-12-31T00:00:00Z",
                "requirements": {
                    "industries": [{"id": "Education"}], "products": [{"id": "Azure"}], "services": [{"id": "Integration"}],
                    "solutions": [{"id": "SOL-1", "name": "S", "type": "Name"}, {"id": "BigData"}],
                },
            },
            "status": "Active", "substatus": "Accepted", "statusReason": "ours",
            "qualification": "SalesQualified",
            "team": [{"firstName": "Bo", "lastName": "Li", "email": "bo@example.test"}],
            "inviteContext": {"notes": "Hi", "assistanceRequestCode": "QuotesOrLicensing", "invitedMpnId": "77"},
            "target": [{"type": "SolutionProfile", "id": "SOL-1"}],
            "engagementId": "e1",
        })
    );
}

#[tokio::test]
async fn a_deal_value_keeps_every_digit() {
    let stub = in_turn(vec![(200, REFERRAL.to_owned())]).await;
    let details = json!({"dealValue": "9007199254740993.010", "currency": "EUR"});
    write(&stub, &with(&json!({"details": details})), &sent()).await;
    let sent = &api_calls(&stub)[0].body;
    let expected = r#""dealValue":9007199254740993.010,"#;
    assert!(sent.contains(expected), "{sent}");
}

#[tokio::test]
async fn a_blank_reference_of_the_callers_gives_way_to_ours() {
    let stub = in_turn(vec![(200, REFERRAL.to_owned())]).await;
    let blank = with(&json!({"externalReference": " "}));
    write(&stub, &blank, &sent()).await;
    let reference = &body(&api_calls(&stub)[0])["externalReferenceId"];
    assert_eq!(reference, "op-1");
    assert_eq!(adapter(&stub).twin_of(&blank), None);
}

#[tokio::test]
async fn a_refused_referral_is_rejected_without_what_may_be_personal() {
    for (status, code, expected) in [
        (400, "invalidRequest", ProblemCode::Invalid),
        (403, "accessDenied", ProblemCode::Forbidden),
        (404, "itemNotFound", ProblemCode::NotFound),
        (409, "conflict", ProblemCode::Conflict),
        (422, "invalidRequest", ProblemCode::Invalid),
    ] {
        let stub = in_turn(vec![refusal(status, code)]).await;
        let told = write(&stub, &create(&least()), &sent()).await;
        assert_eq!(told.codes(), [(expected, String::new())], "{status}");
        let message = &told.problems[0].message;
        assert!(
            message.contains(code) && message.contains("referral"),
            "{message}"
        );
        assert!(!message.contains("ada@"), "{message}");
    }
}

#[tokio::test]
async fn the_vendors_words_are_shown_if_they_are_safe_however_the_envelope_is_cased() {
    let envelopes = [
        (
            json!({"Error": {"Code": "badValue", "Message": "The country is unknown.", "innererror": {}}}),
            "The country is unknown. (badValue)",
        ),
        (
            json!({"error": {"code": "no deal of ada@example.test", "message": "<b>", "target": "a b"}}),
            "PARTNER_CENTER refuses this input.",
        ),
        (
            json!({"message": "no"}),
            "PARTNER_CENTER refuses this input.",
        ),
    ];
    for (envelope, expected) in envelopes {
        let stub = in_turn(vec![(400, envelope.to_string())]).await;
        let told = write(&stub, &create(&least()), &sent()).await;
        assert_eq!(told.problems[0].message, expected);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_tell_what_came_of_it_is_an_error_of_a_sent_call() {
    for (status, answer) in [
        (500, NOTHING),
        (503, NOTHING),
        (200, NOTHING),
        (204, NOTHING),
        (200, "{}"),
        (201, "<html>"),
        (302, NOTHING),
        (429, NOTHING),
    ] {
        let stub = in_turn(vec![(status, answer.to_owned())]).await;
        let error = try_write(&stub, &create(&least()), &sent()).await.err();
        assert!(!error.unwrap().is_unsent(), "{status} {answer}");
        assert_eq!(api_calls(&stub).len(), 1, "never made again by itself");
    }
}

#[tokio::test]
async fn without_a_token_nothing_was_sent() {
    let stub = Stub::start(|_| (400, r#"{"error":"invalid_grant"}"#.to_owned())).await;
    let error = try_write(&stub, &create(&least()), &sent()).await.err();
    assert!(error.unwrap().is_unsent());
    assert!(api_calls(&stub).is_empty());
}

#[tokio::test]
async fn a_shared_referral_is_followed_by_the_one_for_the_other_party() {
    let stub = in_turn(vec![]).await;
    let adapter = adapter(&stub);
    let target = json!({"type": "BusinessProfileLocation", "id": "msft"});
    let shared = with(&json!({"type": "Shared", "shareWith": target}));
    let Some(Write::Share {
        referral,
        target: second,
    }) = adapter.follow_up(&shared)
    else {
        panic!("there is a second step")
    };
    assert_eq!((referral, second), (None, target));
    assert!(adapter.follow_up(&create(&least())).is_none());
    let none = with(&json!({"shareWith": null}));
    assert!(adapter.follow_up(&none).is_none());
}

#[tokio::test]
async fn only_a_reference_of_the_callers_own_may_be_that_of_a_twin() {
    let stub = in_turn(vec![]).await;
    let adapter = adapter(&stub);
    let own = with(&json!({"externalReference": "CRM-7"}));
    assert_eq!(adapter.twin_of(&own).as_deref(), Some("CRM-7"));
    assert_eq!(adapter.twin_of(&create(&least())), None);
}
