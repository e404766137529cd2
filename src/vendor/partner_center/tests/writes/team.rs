//! Adding people and taking them away.

use std::borrow::Cow;

use pretty_assertions::assert_eq;

use super::*;
use crate::model::{FacilitatorParty, FacilitatorRole, NewFacilitator, TeamMember};

fn member(email: &str) -> TeamMember {
    TeamMember {
        first_name: "Ada".to_owned(),
        last_name: "Okoro".to_owned(),
        email: email.to_owned(),
        phone_number: None,
        title: Some("Architect".to_owned()),
    }
}

fn add(email: &str) -> Write {
    Write::AddFacilitator {
        referral: "r1".to_owned(),
        facilitator: NewFacilitator {
            party: FacilitatorParty::TeamMember(member(email)),
            role: FacilitatorRole::TeamMember,
            side: None,
        },
    }
}

fn remove(key: &str) -> Write {
    Write::RemoveFacilitator {
        referral: "r1".to_owned(),
        key: key.to_owned(),
    }
}

fn bo() -> Value {
    json!({"firstName": "Bo", "email": "bo@example.test", "unheardOf": [1.50], "contactPreference": {"locale": "en-us"}})
}

fn ada() -> Value {
    json!({"firstName": "Ada", "lastName": "Okoro", "email": "Ada@Example.test"})
}

fn with_team(team: &[Value]) -> Value {
    record(&json!({"team": team}))
}

/// The key and name of the facilitator that was added.
fn added(told: &Told) -> (&str, Option<Cow<'_, str>>) {
    let facilitator = told.effect.facilitator.as_ref().unwrap();
    (&facilitator.key, facilitator.party.name())
}

const ADDED: (&str, Option<Cow<'_, str>>) = ("ada@example.test", Some(Cow::Borrowed("Ada Okoro")));

#[tokio::test]
async fn a_team_member_is_appended_on_condition_of_what_was_read() {
    let after = with_team(&[bo(), ada()]);
    let stub = in_turn(vec![ok(&with_team(&[bo()])), ok(&after)]).await;
    let told = write(&stub, &add("Ada@Example.test"), &sent()).await;
    assert_eq!((told.what, added(&told)), ("applied", ADDED));
    assert_eq!(told.referral_id(), Some("r1"));
    assert_eq!(lines(&stub), ["GET /r1", "PATCH /r1"]);
    let asked = &api_calls(&stub)[1];
    assert_eq!(asked.header("if-match"), Some(V1));
    assert_eq!(asked.header("prefer"), Some("return=representation"));
    let value = json!({"firstName": "Ada", "lastName": "Okoro", "email": "Ada@Example.test", "title": "Architect"});
    assert_eq!(
        body(asked),
        json!([{"op": "add", "path": "/team/-", "value": value}])
    );
}

#[tokio::test]
async fn where_there_is_no_list_of_people_one_is_set() {
    for (team, op) in [(None, "add"), (Some(Value::Null), "replace")] {
        let team = team.map_or(json!({}), |team| json!({"team": team}));
        let answers = vec![ok(&record(&team)), (204, NOTHING.to_owned())];
        let stub = in_turn(answers).await;
        let told = write(&stub, &add("ada@example.test"), &sent()).await;
        assert_eq!(
            added(&told),
            ADDED,
            "as given, since the vendor tells nothing"
        );
        let patch = body(&api_calls(&stub)[1]);
        assert_eq!(
            (&patch[0]["op"], &patch[0]["path"]),
            (&json!(op), &json!("/team"))
        );
        assert_eq!(patch[0]["value"][0]["email"], "ada@example.test");
    }
}

#[tokio::test]
async fn one_who_is_in_the_team_already_is_not_added_again() {
    let now = ok(&with_team(&[bo(), ada()]));
    let stub = in_turn(vec![now.clone()]).await;
    let told = write(&stub, &add("ADA@example.TEST"), &sent()).await;
    assert_eq!((told.what, added(&told)), ("already applied", ADDED));
    assert_eq!(lines(&stub), ["GET /r1"]);

    let stub = in_turn(vec![now]).await;
    let told = write(&stub, &add("ada@example.test"), &repeated()).await;
    assert_eq!(told.what, "applied", "by an earlier attempt");
}

#[tokio::test]
async fn one_whom_somebody_else_added_meanwhile_is_not_added_twice() {
    let before = ok(&with_team(&[bo()]));
    let answers = vec![
        before,
        refusal(412, "preconditionFailed"),
        ok(&with_team(&[ada()])),
    ];
    let stub = in_turn(answers).await;
    let told = write(&stub, &add("ada@example.test"), &sent()).await;
    assert_eq!(told.what, "already applied");
    assert_eq!(lines(&stub), ["GET /r1", "PATCH /r1", "GET /r1"]);
}

#[tokio::test]
async fn a_team_member_is_taken_away_and_the_others_stay_as_they_came() {
    let stub = in_turn(vec![
        ok(&with_team(&[bo(), ada()])),
        ok(&with_team(&[bo()])),
    ])
    .await;
    let told = write(&stub, &remove("ada@example.test"), &sent()).await;
    assert_eq!(told.what, "applied");
    let asked = &api_calls(&stub)[1];
    assert_eq!(
        (asked.method.as_str(), asked.header("if-match")),
        ("PATCH", Some(V1))
    );
    assert_eq!(
        body(asked),
        json!([{"op": "replace", "path": "/team", "value": [bo()]}])
    );
}

#[tokio::test]
async fn everyone_with_the_address_is_taken_away_so_that_it_is_not_there_afterwards() {
    let twice = with_team(&[ada(), bo(), ada()]);
    let stub = in_turn(vec![ok(&twice), ok(&with_team(&[bo()]))]).await;
    write(&stub, &remove("ada@example.test"), &sent()).await;
    assert_eq!(body(&api_calls(&stub)[1])[0]["value"], json!([bo()]));
}

#[tokio::test]
async fn one_who_is_not_there_need_not_be_taken_away() {
    let stub = in_turn(vec![ok(&with_team(&[bo()]))]).await;
    let told = write(&stub, &remove("ada@example.test"), &sent()).await;
    assert_eq!(told.what, "already applied");

    for write_team in [remove("ada@example.test"), add("ada@example.test")] {
        let stub = in_turn(vec![refusal(404, "itemNotFound")]).await;
        let told = write(&stub, &write_team, &sent()).await;
        assert_eq!(told.codes(), [(ProblemCode::NotFound, String::new())]);
    }
}

#[tokio::test]
async fn a_change_of_the_team_is_tried_four_times() {
    let answers = (0..8).map(|it| match it % 2 {
        0 => ok(&with_team(&[ada()])),
        _ => refusal(412, "preconditionFailed"),
    });
    let stub = in_turn(answers.collect()).await;
    let told = write(&stub, &remove("ada@example.test"), &sent()).await;
    assert_eq!(told.codes(), [(ProblemCode::Conflict, String::new())]);
    assert_eq!(api_calls(&stub).len(), 8);
}

#[tokio::test]
async fn a_refused_change_of_the_team_is_rejected() {
    for (status, expected) in [(400, ProblemCode::Invalid), (403, ProblemCode::Forbidden)] {
        let stub = in_turn(vec![ok(&with_team(&[bo()])), refusal(status, "no")]).await;
        let told = write(&stub, &add("ada@example.test"), &sent()).await;
        assert_eq!(told.codes(), [(expected, String::new())]);
    }
}

#[tokio::test]
async fn what_became_of_it_is_seen_in_the_team() {
    let there = with_team(&[bo(), ada()]);
    let gone = with_team(&[bo()]);
    let mut unversioned = gone.clone();
    unversioned["eTag"] = Value::Null;
    let mut unversioned_there = there.clone();
    unversioned_there["eTag"] = Value::Null;
    for (write, now, expected) in [
        (add("ada@example.test"), &there, "applied"),
        (add("ada@example.test"), &gone, "send again"),
        (add("ada@example.test"), &unversioned, "absent"),
        (remove("ada@example.test"), &gone, "applied"),
        (remove("ada@example.test"), &there, "send again"),
        (remove("ada@example.test"), &unversioned_there, "absent"),
    ] {
        let stub = in_turn(vec![ok(now)]).await;
        let told = settle(&stub, &write, &sent()).await;
        assert_eq!(told.what, expected);
        assert_eq!(lines(&stub), ["GET /r1"]);
        let is_added = matches!(write, Write::AddFacilitator { .. }) && expected == "applied";
        assert_eq!(told.effect.facilitator.is_some(), is_added);
    }
    for write in [add("ada@example.test"), remove("ada@example.test")] {
        let stub = in_turn(vec![refusal(404, "itemNotFound")]).await;
        assert_eq!(settle(&stub, &write, &sent()).await.what, "rejected");
    }
}
