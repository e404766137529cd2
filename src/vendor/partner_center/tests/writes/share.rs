//! The connected referral for a second party.

use pretty_assertions::assert_eq;

use super::*;

const TARGET: [&str; 2] = ["BusinessProfileLocation", "msft"];

fn share() -> Write {
    Write::Share {
        referral: Some("r1".to_owned()),
        target: json!({"type": TARGET[0], "id": TARGET[1]}),
    }
}

fn first() -> Value {
    record(&json!({"type": "Shared", "engagementId": "e1"}))
}

/// A referral in the same engagement, addressed to Microsoft.
fn second(reference: Option<&str>, created: &str) -> Value {
    json!({
        "id": "r2", "engagementId": "e1", "externalReferenceId": reference, "createdDateTime": created,
        "target": [{"type": TARGET[0], "id": TARGET[1]}],
    })
}

const NOW: &str = "2026-06-11T12:00:03Z";
const BEFORE: &str = "2026-06-01T00:00:00Z";

#[tokio::test]
async fn the_second_referral_takes_over_what_may_be_said_of_a_new_one() {
    let mut record: Value = serde_json::from_str(REFERRAL).unwrap();
    let additional = json!({"iot": null, "attributes": [{"type": "SolutionArea", "id": "AI"}]});
    record["details"]["requirements"]["additionalRequirements"] = additional;
    record["details"]["incentiveLevel"] = "High".into();
    record["customerProfile"]["isMatchingComplete"] = true.into();
    record["customerProfile"]["ids"] = json!({});
    record["customerProfile"]["team"][0]["emailValidationStatus"] = "None".into();
    record["campaignId"] = Value::Null;
    let digits = "9007199254740993.10";
    let record = record.to_string().replace("50000", digits);
    let answers = vec![(200, record), list(&[]), ok(&second(None, NOW))];
    let stub = in_turn(answers).await;
    let told = write(&stub, &share(), &sent()).await;
    assert_eq!((told.what, told.referral_id()), ("applied", Some("r2")));
    assert_eq!(lines(&stub), ["GET /r1", "GET ", "POST "]);
    let asked = api_calls(&stub);
    let engagement = "37ef26aa-1d15-4533-9f93-a69bd33ab1e5";
    let filter = format!("engagementId eq '{engagement}'");
    assert_eq!(asked[1].param("$filter"), Some(&*filter));
    let expected_digits = format!(r#""dealValue":{digits},"#);
    assert!(
        asked[2].body.contains(&expected_digits),
        "{}",
        asked[2].body
    );
    let mut sample: Value = serde_json::from_str(REFERRAL).unwrap();
    let mut details = sample["details"].take();
    details["dealValue"] = body(&asked[2])["details"]["dealValue"].clone();
    details["requirements"]["additionalRequirements"] =
        json!({"attributes": [{"type": "SolutionArea", "id": "AI"}]});
    let mut profile = sample["customerProfile"].take();
    profile.as_object_mut().unwrap().remove("ids");
    assert_eq!(
        body(&asked[2]),
        json!({
            "type": "Shared",
            "externalReferenceId": "op-1",
            "engagementId": engagement,
            "target": [{"type": "BusinessProfileLocation", "id": "msft"}],
            "name": "Test Cosell Invite_20",
            "qualification": "SalesQualified",
            "customerProfile": profile,
            "consent": {"consentToToShareInfoWithOthers": true, "consentToContact": true},
            "details": details,
        })
    );
}

#[tokio::test]
async fn a_party_that_has_one_gets_no_other() {
    for (sent, created, expected) in [
        (sent(), NOW, "already applied"),
        (repeated(), NOW, "applied"),
        (repeated(), BEFORE, "already applied"),
    ] {
        let rows = [first(), second(None, created)];
        let stub = in_turn(vec![ok(&first()), list(&rows)]).await;
        let told = write(&stub, &share(), &sent).await;
        assert_eq!((told.what, told.referral_id()), (expected, Some("r2")));
        assert_eq!(lines(&stub), ["GET /r1", "GET "]);
    }
}

#[tokio::test]
async fn the_first_itself_and_those_for_others_do_not_count() {
    let mut to_itself = first();
    to_itself["target"] = json!([{"type": TARGET[0], "id": TARGET[1]}]);
    let mut to_another = second(None, NOW);
    to_another["target"] = json!([{"type": TARGET[0], "id": "fabrikam"}]);
    let rows = [to_itself.clone(), to_another];
    let stub = in_turn(vec![ok(&to_itself), list(&rows), ok(&second(None, NOW))]).await;
    assert_eq!(write(&stub, &share(), &sent()).await.what, "applied");
    assert_eq!(lines(&stub)[2], "POST ");
}

#[tokio::test]
async fn what_cannot_be_shared_is_rejected_with_the_record() {
    for fields in [
        json!({"type": "Independent", "engagementId": "e1"}),
        json!({"type": "Shared", "engagementId": null}),
    ] {
        let stub = in_turn(vec![ok(&record(&fields))]).await;
        let told = write(&stub, &share(), &sent()).await;
        assert_eq!(told.codes(), [(ProblemCode::Invalid, String::new())]);
        assert_eq!(
            (told.version(), lines(&stub)),
            (Some(V1), vec!["GET /r1".to_owned()])
        );
    }
    let stub = in_turn(vec![refusal(404, "itemNotFound")]).await;
    let told = write(&stub, &share(), &sent()).await;
    assert_eq!(told.codes(), [(ProblemCode::NotFound, String::new())]);
}

#[tokio::test]
async fn nothing_is_sent_where_it_cannot_be_said_that_there_is_none() {
    let odd = json!({"id": "r2", "createdDateTime": "soon"});
    for answer in [list(&[first(), odd]), (500, NOTHING.to_owned())] {
        let stub = in_turn(vec![ok(&first()), answer]).await;
        let error = try_write(&stub, &share(), &sent()).await.err().unwrap();
        assert!(error.is_unsent());
        assert!(!lines(&stub).contains(&"POST ".to_owned()));
    }
}

#[tokio::test]
async fn a_refused_second_referral_is_rejected_and_one_without_an_answer_is_unknown() {
    let answers = |last| vec![ok(&first()), list(&[first()]), last];
    let stub = in_turn(answers(refusal(400, "no"))).await;
    let told = write(&stub, &share(), &sent()).await;
    assert_eq!(told.codes(), [(ProblemCode::Invalid, String::new())]);
    let stub = in_turn(answers((500, NOTHING.to_owned()))).await;
    let error = try_write(&stub, &share(), &sent()).await.err().unwrap();
    assert!(!error.is_unsent());
}

#[tokio::test]
async fn what_became_of_it_is_seen_in_the_engagement() {
    let stub = in_turn(vec![ok(&first()), list(&[first()])]).await;
    assert_eq!(settle(&stub, &share(), &sent()).await.what, "absent");

    let mut ours = second(Some("op-1"), NOW);
    ours["id"] = "ours".into();
    let rows = [first(), second(None, BEFORE), ours];
    let stub = in_turn(vec![ok(&first()), list(&rows)]).await;
    let told = settle(&stub, &share(), &sent()).await;
    assert_eq!((told.what, told.referral_id()), ("applied", Some("ours")));
    assert_eq!(lines(&stub), ["GET /r1", "GET "]);
}

#[tokio::test]
async fn one_with_our_reference_is_ours_whoever_it_is_said_to_be_addressed_to() {
    for target in [
        json!(null),
        json!([]),
        json!([{"type": "Other", "id": "x"}]),
    ] {
        let mut ours = second(Some(" op-1 "), NOW);
        ours["target"] = target;
        let stub = in_turn(vec![ok(&first()), list(&[first(), ours.clone()])]).await;
        let told = settle(&stub, &share(), &repeated()).await;
        assert_eq!((told.what, told.referral_id()), ("applied", Some("r2")));
        let stub = in_turn(vec![ok(&first()), list(&[first(), ours])]).await;
        let told = write(&stub, &share(), &repeated()).await;
        assert_eq!((told.what, told.referral_id()), ("applied", Some("r2")));
    }
    let mut in_capitals = second(None, NOW);
    in_capitals["target"] = json!([{"type": TARGET[0], "id": "MSFT"}]);
    let stub = in_turn(vec![ok(&first()), list(&[first(), in_capitals])]).await;
    assert_eq!(settle(&stub, &share(), &sent()).await.what, "applied");
}

#[tokio::test]
async fn a_repeated_share_that_is_refused_may_be_refused_for_the_first() {
    let until = |look| {
        let nothing_yet = list(&[first()]);
        vec![
            ok(&first()),
            nothing_yet,
            refusal(409, "conflict"),
            ok(&first()),
            look,
        ]
    };
    let found = list(&[first(), second(Some("op-1"), NOW)]);
    let stub = in_turn(until(found)).await;
    let told = write(&stub, &share(), &repeated()).await;
    assert_eq!((told.what, told.referral_id()), ("applied", Some("r2")));

    let stub = in_turn(until(list(&[first()]))).await;
    let told = write(&stub, &share(), &repeated()).await;
    assert_eq!(told.codes(), [(ProblemCode::Conflict, String::new())]);

    let stub = in_turn(until((500, NOTHING.to_owned()))).await;
    let error = try_write(&stub, &share(), &repeated()).await.err().unwrap();
    assert!(error.status.is_none() && !error.is_unsent());
}

#[tokio::test]
async fn a_share_is_made_after_another_with_the_same_party_and_never_without_a_first() {
    let stub = in_turn(vec![]).await;
    let adapter = adapter(&stub);
    assert!(adapter.twin_of(&share()).is_some());
    assert_eq!(adapter.twin_of(&share()), adapter.twin_of(&share()));
    let early = Write::Share {
        referral: None,
        target: json!({"type": TARGET[0], "id": TARGET[1]}),
    };
    assert_eq!(adapter.twin_of(&early), None);
    let error = adapter.write(&call(), &early, &sent()).await.err().unwrap();
    assert!(error.is_unsent() && stub.asked().is_empty());
}
