//! New referral opportunities.

use serde_json::{Value, json};

use super::*;

/// A new referral between the two, with these fields beside.
pub(super) fn write(beside: &Value) -> Write {
    let mut input = json!({ "seekerId": SEEKER, "providerId": PROVIDER });
    for (name, value) in beside.as_object().unwrap() {
        input[name] = value.clone();
    }
    Write::Create { input }
}

pub(super) fn full() -> Write {
    write(&json!({
        "connectorId": CONNECTOR, "name": "Move", "description": "To the cloud",
        "expectedValue": "12345678901234567.89", "currency": "EUR", "productId": USER,
    }))
}

/// The same as Introzy shows it.
pub(super) fn shown(id: &str, created_at: &str) -> Value {
    json!({
        "id": id, "pipelineDealId": id, "name": "Move", "description": "To the cloud",
        "expectedValue": "12345678901234567.89", "currency": "EUR",
        "seeker": { "type": "USER", "id": SEEKER }, "provider": { "type": "USER", "id": PROVIDER },
        "connector": { "id": CONNECTOR }, "facilitators": [], "createdAt": created_at, "updatedAt": created_at,
    })
}

pub(super) fn with(mut row: Value, field: &str, value: Value) -> Value {
    row[field] = value;
    row
}

/// A vendor whose POST answers so and whose list has these rows, two on a page.
pub(super) async fn vendor(posted: (u16, String), rows: Vec<Value>) -> World {
    World::start(move |asked| {
        if asked.method == "POST" {
            return posted.clone();
        }
        let offset: usize = asked.param("offset").unwrap().parse().unwrap();
        let page: Vec<_> = rows.iter().skip(offset).take(2).collect();
        wrapped(200, &json!({ "referralOpps": page, "total": rows.len() }))
    })
    .await
}

pub(super) fn crowd() -> Vec<Value> {
    let odd = |id: &str| with(shown(id, SINCE), "seeker", json!({ "id": USER }));
    vec![odd("a"), odd("b"), odd("c"), odd("d"), odd("e")]
}

#[tokio::test]
async fn a_referral_is_sent_as_documented_with_every_digit_and_without_nulls() {
    let world = vendor(wrapped(201, &shown("new", SINCE)), vec![]).await;
    let effect = applied(world.write(&full(), &first()).await);
    assert_eq!(effect.referral_id.as_deref(), Some("new"));
    let referral = effect.referral.unwrap();
    assert_eq!(referral.name.as_deref(), Some("Move"));
    assert_eq!(world.lines(), ["POST /api/referral-opps"]);
    let sent = world.sent();
    body(&sent);
    assert_eq!(
        sent.body,
        format!(
            r#"{{"seekerId":"{SEEKER}","providerId":"{PROVIDER}","connectorId":"{CONNECTOR}","name":"Move","description":"To the cloud","expectedValue":12345678901234567.89,"currency":"EUR","productId":"{USER}"}}"#
        )
    );

    let world = vendor(wrapped(200, &shown("new", SINCE)), vec![]).await;
    let nulls = json!({ "name": null, "expectedValue": null, "productId": null });
    applied(world.write(&write(&nulls), &first()).await);
    let least = json!({ "seekerId": SEEKER, "providerId": PROVIDER });
    assert_eq!(body(&world.sent()), least);
}

#[tokio::test]
async fn a_success_without_a_readable_record_is_looked_up() {
    for posted in [
        (201, String::new()),
        (200, "{}".to_owned()),
        (202, r#"{"success":true,"data":{"name":"Move"}}"#.to_owned()),
    ] {
        let mut rows = crowd();
        rows.push(shown("new", JUST_SINCE));
        let world = vendor(posted.clone(), rows).await;
        let effect = applied(world.write(&full(), &first()).await);
        assert_eq!(effect.referral_id.as_deref(), Some("new"));

        let world = vendor(posted, vec![shown("old", BEFORE)]).await;
        let error = unknown(world.write(&full(), &first()).await);
        assert_eq!(error.kind, Kind::InvalidResponse);
        world.sent();
    }
}

#[tokio::test]
async fn a_duplicate_of_what_was_asked_for_is_already_applied() {
    for (row, sent) in [
        (shown("there", BEFORE), first()),
        (shown("there", SINCE), first()),
        (shown("there", BEFORE), repeated()),
        (shown("there", SINCE), claiming("there")),
    ] {
        let mut rows = crowd();
        rows.push(row);
        let world = vendor(refused(409), rows).await;
        let effect = already_applied(world.write(&full(), &sent).await);
        assert_eq!(effect.referral_id.as_deref(), Some("there"));
        assert!(effect.referral.is_some());
        let pages = vec!["GET /api/referral-opps"; 3];
        assert_eq!(world.lines()[1..], pages);
    }
}

#[tokio::test]
async fn a_duplicate_that_an_earlier_attempt_made_is_applied() {
    let world = vendor(refused(409), vec![shown("mine", JUST_SINCE)]).await;
    let effect = applied(world.write(&full(), &repeated()).await);
    assert_eq!(effect.referral_id.as_deref(), Some("mine"));
}

#[tokio::test]
async fn only_what_was_asked_for_is_compared_and_as_introzy_may_write_it() {
    let least = write(&json!({ "name": " Move ", "description": "", "currency": "eur" }));
    let value = write(&json!({ "expectedValue": "12345678901234567.890" }));
    let people = write(&json!({ "connectorId": CONNECTOR.to_uppercase() }));
    for write in [least, value, people] {
        let world = vendor(refused(409), vec![shown("there", BEFORE)]).await;
        already_applied(world.write(&write, &first()).await);
    }
}

#[tokio::test]
async fn a_duplicate_with_other_content_is_a_conflict_that_shows_it() {
    let there = || shown("there", SINCE);
    let exchanged = with(
        with(there(), "seeker", json!({ "id": PROVIDER })),
        "provider",
        json!({ "id": SEEKER }),
    );
    for row in [
        with(there(), "name", json!("Another")),
        with(there(), "description", Value::Null),
        with(there(), "expectedValue", json!(1)),
        with(there(), "currency", json!("USD")),
        exchanged,
    ] {
        let world = vendor(refused(409), vec![row]).await;
        let rejection = rejected(world.write(&full(), &repeated()).await);
        assert_eq!(codes(&rejection), [ProblemCode::Conflict]);
        assert_eq!(rejection.effect.referral_id.as_deref(), Some("there"));
        world.sent();
    }
}

#[tokio::test]
async fn the_pair_as_it_was_asked_for_is_shown_before_the_exchanged_one() {
    let exchanged = with(
        with(
            shown("exchanged", SINCE),
            "seeker",
            json!({ "id": PROVIDER }),
        ),
        "provider",
        json!({ "id": SEEKER }),
    );
    let ordered = with(shown("ordered", SINCE), "name", json!("Another"));
    for rows in [
        vec![exchanged.clone(), ordered.clone()],
        vec![ordered, exchanged],
    ] {
        let world = vendor(refused(409), rows).await;
        let rejection = rejected(world.write(&full(), &first()).await);
        assert_eq!(rejection.effect.referral_id.as_deref(), Some("ordered"));
    }
}

#[tokio::test]
async fn a_duplicate_that_introzy_does_not_show_is_a_conflict() {
    let world = vendor(refused(409), crowd()).await;
    let rejection = rejected(world.write(&full(), &first()).await);
    assert_eq!(codes(&rejection), [ProblemCode::Conflict]);
    assert!(rejection.effect.referral_id.is_none());
}

#[tokio::test]
async fn a_duplicate_that_cannot_be_looked_up_is_unknown() {
    for status in [401, 404, 429, 500] {
        let world = World::start(move |asked| match asked.method.as_str() {
            "POST" => refused(409),
            _ => refused(status),
        })
        .await;
        unknown(world.write(&full(), &first()).await);
    }
}

#[tokio::test]
async fn unknown_people_are_not_found() {
    let world = vendor(refused(404), vec![]).await;
    let rejection = rejected(world.write(&full(), &first()).await);
    let problem = (ProblemCode::NotFound, String::new());
    assert_eq!(says(&rejection.problems), [problem]);
}

#[tokio::test]
async fn a_new_referral_like_this_one_settles_it() {
    let mut rows = crowd();
    rows.push(with(shown("old", BEFORE), "name", json!("Another")));
    rows.push(shown("new", JUST_SINCE));
    let world = vendor(refused(500), rows).await;
    let effect = settled_as_applied(world.settle(&full(), &first()).await);
    assert_eq!(effect.referral_id.as_deref(), Some("new"));
    assert!(
        world
            .lines()
            .iter()
            .all(|line| line == "GET /api/referral-opps")
    );
}

#[tokio::test]
async fn without_one_it_is_absent_and_may_be_sent_again_after_a_quiet_time() {
    for (rows, sent) in [
        (crowd(), first()),
        (vec![shown("old", BEFORE)], first()),
        (vec![shown("claimed", SINCE)], claiming("claimed")),
        (
            vec![with(shown("other", SINCE), "name", json!("Another"))],
            first(),
        ),
    ] {
        let world = vendor(refused(500), rows).await;
        let settled = world.settle(&full(), &sent).await.unwrap();
        assert!(matches!(
            settled,
            Settled::Absent {
                may_be_sent_again: true
            }
        ));
    }
}
