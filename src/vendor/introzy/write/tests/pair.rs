//! Which referral between the two people is the one that was made.

use serde_json::{Value, json};

use super::create::{crowd, full, shown, vendor, with};
use super::*;

/// A new one that Introzy writes otherwise than it was asked for.
fn written_otherwise() -> Vec<Value> {
    let new = || shown("mine", JUST_SINCE);
    vec![
        with(new(), "connector", json!({ "id": USER })),
        with(new(), "connector", Value::Null),
        with(new(), "expectedValue", json!("12345678901234567.894")),
        with(new(), "name", json!(" Move")),
        with(new(), "description", json!("To  the\ncloud")),
    ]
}

#[tokio::test]
async fn a_new_one_is_ours_although_introzy_writes_some_of_it_otherwise() {
    for row in written_otherwise() {
        let world = vendor(refused(409), vec![row.clone()]).await;
        let effect = applied(world.write(&full(), &repeated()).await);
        assert_eq!(effect.referral_id.as_deref(), Some("mine"), "{row}");
        let effect = settled_as_applied(world.settle(&full(), &first()).await);
        assert_eq!(effect.referral_id.as_deref(), Some("mine"), "{row}");
    }
}

#[tokio::test]
async fn one_that_another_write_made_is_not_ours_whatever_it_says() {
    let row = with(shown("mine", SINCE), "connector", json!({ "id": USER }));
    for (row, sent) in [
        (row.clone(), claiming("mine")),
        (with(row.clone(), "createdAt", json!(BEFORE)), repeated()),
        (row, first()),
    ] {
        let world = vendor(refused(409), vec![row]).await;
        let rejection = rejected(world.write(&full(), &sent).await);
        assert_eq!(codes(&rejection), [ProblemCode::Conflict]);
        assert_eq!(rejection.effect.referral_id.as_deref(), Some("mine"));
    }
}

#[tokio::test]
async fn a_value_is_the_same_to_the_cent_and_no_further() {
    let cents = with(
        shown("other", SINCE),
        "expectedValue",
        json!("12345678901234567.88"),
    );
    let world = vendor(refused(409), vec![cents]).await;
    let rejection = rejected(world.write(&full(), &repeated()).await);
    assert_eq!(codes(&rejection), [ProblemCode::Conflict]);
}

fn exchanged() -> Value {
    let row = with(
        shown("exchanged", BEFORE),
        "seeker",
        json!({ "id": PROVIDER }),
    );
    with(row, "provider", json!({ "id": SEEKER }))
}

/// Lists in which the pair may be although it is not seen.
fn partial() -> Vec<Vec<Value>> {
    let unreadable = json!({ "name": "without an id" });
    let nobodys = with(shown("nobodys", SINCE), "seeker", Value::Null);
    vec![
        vec![unreadable.clone()],
        vec![nobodys],
        vec![unreadable, exchanged()],
    ]
}

#[tokio::test]
async fn a_repeated_attempt_that_is_refused_for_what_is_not_seen_stays_unknown() {
    let mut lists = partial();
    lists.push(crowd());
    lists.push(vec![]);
    for rows in lists {
        let world = vendor(refused(409), rows).await;
        unknown(world.write(&full(), &repeated()).await);
        world.sent();
    }
    let world = World::start(|asked| match asked.param("offset") {
        None => refused(409),
        Some(offset) => {
            let row = with(shown(offset, SINCE), "seeker", json!({ "id": USER }));
            let list = json!({ "referralOpps": [row], "hasMore": true });
            wrapped(200, &list)
        }
    })
    .await;
    unknown(world.write(&full(), &repeated()).await);
}

#[tokio::test]
async fn a_first_attempt_that_is_refused_for_what_is_not_seen_is_a_conflict() {
    for rows in partial() {
        let has_exchanged = rows.contains(&exchanged());
        let world = vendor(refused(409), rows).await;
        let rejection = rejected(world.write(&full(), &first()).await);
        assert_eq!(codes(&rejection), [ProblemCode::Conflict]);
        assert_eq!(rejection.effect.referral_id.is_some(), has_exchanged);
    }
}

#[tokio::test]
async fn what_may_be_among_unreadable_rows_is_not_held_to_be_lost() {
    for rows in partial() {
        let world = vendor(refused(500), rows).await;
        let error = world.settle(&full(), &first()).await.err().unwrap();
        assert_eq!(error.kind, Kind::InvalidResponse);
    }
    let old = with(shown("old", BEFORE), "seeker", Value::Null);
    let world = vendor(refused(500), vec![old]).await;
    let settled = world.settle(&full(), &first()).await.unwrap();
    assert!(matches!(settled, Settled::Absent { .. }));
}

#[tokio::test]
async fn two_new_referrals_of_the_same_people_are_twins_whatever_they_say() {
    let world = vendor(refused(500), vec![]).await;
    let twin = |beside: Value| world.adapter.twin_of(&create::write(&beside));
    let plain = twin(json!({}));
    assert!(plain.is_some());
    let shouted = json!({ "name": "Move", "seekerId": SEEKER.to_uppercase() });
    assert_eq!(twin(shouted), plain);
    assert_ne!(twin(json!({ "seekerId": USER })), plain);
    assert_ne!(
        twin(json!({ "seekerId": PROVIDER, "providerId": SEEKER })),
        plain
    );
}
