//! New referrals.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::vendor::{Effect, Rejection};

pub(super) const OPEN: &str = "GET /open/referrals";
pub(super) const PUT: &str = "PUT /open/account/a%2F1/user/u%202";
/// 10 seconds before the first attempt, and a millisecond more.
pub(super) const JUST_SINCE: i64 = 1_781_179_190_000;
const BEFORE: i64 = JUST_SINCE - 1;

/// A new referral by the code FRIEND, with these fields beside.
pub(super) fn write(beside: &Value) -> Write {
    let mut input = json!({ "accountId": "a/1", "userId": "u 2", "referralCode": "FRIEND" });
    for (name, value) in beside.as_object().unwrap() {
        input[name] = value.clone();
    }
    Write::Create { input }
}

pub(super) fn asked() -> Write {
    write(&json!({}))
}

pub(super) fn referral(id: &str, code: &str, started: i64) -> Value {
    json!({
        "id": id, "referralCodeUsed": code, "dateReferralStarted": started,
        "referredUser": { "id": "u 2", "accountId": "a/1" }, "referrerUser": { "id": "u1", "accountId": "a1" },
    })
}

pub(super) fn of_another(mut row: Value) -> Value {
    row["referredUser"]["id"] = json!("u 3");
    row
}

pub(super) fn without_users(mut row: Value) -> Value {
    for side in ["referredUser", "referrerUser"] {
        row.as_object_mut().unwrap().remove(side);
    }
    row
}

/// A vendor whose open list has the first rows before a user is put and the second afterwards.
pub(super) async fn vendor(put: (u16, String), before: Vec<Value>, after: Vec<Value>) -> World {
    let was_put = AtomicBool::new(false);
    World::start(move |asked| {
        if asked.method == "PUT" {
            was_put.store(true, Ordering::SeqCst);
            return put.clone();
        }
        let rows = if was_put.load(Ordering::SeqCst) {
            &after
        } else {
            &before
        };
        match asked.path.rsplit('/').next().unwrap() {
            "referrals" => list(rows),
            id => match rows.iter().find(|row| row["id"] == id) {
                Some(row) => {
                    let mut row = row.clone();
                    row["referredUser"] = json!({ "id": "u 2", "accountId": "a/1" });
                    row["referrerUser"] = json!({ "id": "u1", "accountId": "a1" });
                    (200, row.to_string())
                }
                None => refused(404, "REFERRAL_NOT_FOUND", None),
            },
        }
    })
    .await
}

fn user() -> (u16, String) {
    (200, json!({ "id": "u 2", "accountId": "a/1" }).to_string())
}

fn applied(written: Result<Written, Error>) -> Effect {
    match written.unwrap() {
        Written::Applied(effect) => *effect,
        _ => panic!("not applied"),
    }
}

pub(super) fn already_applied(written: Result<Written, Error>) -> Effect {
    match written.unwrap() {
        Written::AlreadyApplied(effect) => *effect,
        _ => panic!("not applied before"),
    }
}

pub(super) fn rejected(written: Result<Written, Error>) -> Rejection {
    match written.unwrap() {
        Written::Rejected(rejection) => rejection,
        _ => panic!("not rejected"),
    }
}

#[tokio::test]
async fn a_user_is_put_as_documented_after_a_look_and_the_referral_is_looked_up() {
    let made = || vec![referral("r1", "FRIEND", JUST_SINCE)];
    let full = write(&json!({
        "email": "bea@example.test", "firstName": "Bea", "lastName": "B", "locale": "en_US", "countryCode": "US",
    }));
    let all = json!({
        "id": "u 2", "accountId": "a/1", "email": "bea@example.test", "firstName": "Bea", "lastName": "B",
        "locale": "en_US", "countryCode": "US", "referredByCodes": ["FRIEND"],
    });
    let nulls = write(&json!({ "email": null, "locale": null }));
    let least = json!({ "id": "u 2", "accountId": "a/1", "referredByCodes": ["FRIEND"] });
    for (write, expected) in [(full, all), (nulls, least)] {
        let world = vendor(user(), vec![], made()).await;
        let effect = applied(world.write(&write, &first()).await);
        assert_eq!(effect.referral_id.as_deref(), Some("r1"));
        assert!(effect.referral.unwrap().complete);
        assert_eq!(world.lines(), [OPEN, PUT, OPEN]);
        let looked = &world.vendor.asked()[0];
        let question = "referredAccountId=a/1&referredUserId=u 2&limit=100&offset=0";
        assert_eq!(looked.question(), question);
        assert_eq!(body(&world.sent()[0]), expected);
    }
}

#[tokio::test]
async fn whatever_a_success_says_the_referral_is_looked_up() {
    for put in [(200, ""), (201, "{}"), (204, ""), (200, "<p>")] {
        let made = vec![referral("r1", "friend", BEFORE)];
        let world = vendor((put.0, put.1.to_owned()), vec![], made).await;
        applied(world.write(&asked(), &first()).await);
    }
}

#[tokio::test]
async fn a_row_without_its_users_is_read_by_its_id() {
    let made = vec![without_users(referral("r1", "FRIEND", JUST_SINCE))];
    let world = vendor(user(), vec![], made).await;
    let effect = applied(world.write(&asked(), &first()).await);
    assert!(effect.referral.unwrap().complete);
    assert_eq!(world.lines()[2..], [OPEN, "GET /referrals/r1"]);
}

#[tokio::test]
async fn a_user_who_was_referred_by_this_code_is_not_put() {
    let cases = [
        (BEFORE, first(), false),
        (JUST_SINCE, first(), false),
        (BEFORE, repeated(), false),
        (JUST_SINCE, repeated(), true),
    ];
    for (started, sent, is_ours) in cases {
        let there = vec![
            of_another(referral("r0", "FRIEND", started)),
            referral("r1", "FRIEND", started),
        ];
        let world = vendor(user(), there, vec![]).await;
        let written = world.write(&asked(), &sent).await;
        let effect = if is_ours {
            applied(written)
        } else {
            already_applied(written)
        };
        assert_eq!(effect.referral_id.as_deref(), Some("r1"));
        assert_eq!(world.lines(), [OPEN]);
    }
}

#[tokio::test]
async fn a_referral_that_takes_its_time_is_waited_for() {
    let looks = AtomicUsize::new(0);
    let world = World::start(move |asked| match asked.method.as_str() {
        "PUT" => user(),
        _ if looks.fetch_add(1, Ordering::SeqCst) < 3 => list(&[]),
        _ => list(&[referral("r1", "FRIEND", JUST_SINCE)]),
    })
    .await;
    applied(world.write(&asked(), &first()).await);
    assert_eq!(world.lines(), [OPEN, PUT, OPEN, OPEN, OPEN]);
}

#[tokio::test]
async fn a_referral_that_does_not_appear_is_unknown_at_first_and_a_conflict_in_the_end() {
    let other = || referral("r9", "OTHER", BEFORE);
    let stranger = || of_another(referral("r8", "FRIEND", JUST_SINCE));
    for (rows, shown) in [(vec![], None), (vec![stranger(), other()], Some("r9"))] {
        let world = vendor(user(), rows.clone(), rows.clone()).await;
        let error = unknown(world.write(&asked(), &first()).await);
        assert_eq!(error.kind, Kind::Unavailable);
        assert_eq!(world.sent().len(), 1);

        let world = vendor(user(), rows.clone(), rows).await;
        let rejection = rejected(world.write(&asked(), &repeated()).await);
        assert_eq!(
            says(&rejection.problems),
            [(ProblemCode::Conflict, String::new())]
        );
        let message = &rejection.problems[0].message;
        assert!(message.starts_with("SaaSquatch registered the user but made no referral: "));
        assert_eq!(rejection.effect.referral_id.as_deref(), shown);
    }
}

#[tokio::test]
async fn a_look_that_fails_beforehand_sends_nothing_and_afterwards_leaves_it_unknown() {
    for status in [401, 429, 500] {
        let world = World::start(move |_| refused(status, "X", None)).await;
        let error = world.write(&asked(), &first()).await.err().unwrap();
        assert!(error.is_unsent(), "{error}");
        assert_eq!(world.lines(), [OPEN]);

        let looks = AtomicUsize::new(0);
        let world = World::start(move |asked| match asked.method.as_str() {
            "PUT" => user(),
            _ if looks.fetch_add(1, Ordering::SeqCst) == 0 => list(&[]),
            _ => refused(status, "X", None),
        })
        .await;
        unknown(world.write(&asked(), &first()).await);
    }
    let limited = || refused(403, "X", Some("RS033"));
    let world = World::start(move |_| limited()).await;
    let error = world.write(&asked(), &first()).await.err().unwrap();
    assert_eq!((error.kind, error.is_unsent()), (Kind::RateLimited, true));
}

#[tokio::test]
async fn a_referral_that_is_there_settles_it_and_without_one_it_may_be_sent_again() {
    let there = vec![referral("r1", "FRIEND", JUST_SINCE)];
    let world = vendor(user(), there, vec![]).await;
    let settled = world.settle(&asked(), &first()).await.unwrap();
    assert!(matches!(settled, Settled::Applied(effect) if effect.referral.is_some()));
    let nobodys = refused(404, "X", Some("RS042"));
    for answer in [list(&[]), nobodys, list(&[referral("r9", "OTHER", BEFORE)])] {
        let world = World::start(move |_| answer.clone()).await;
        let settled = world.settle(&asked(), &repeated()).await.unwrap();
        assert!(matches!(
            settled,
            Settled::Absent {
                may_be_sent_again: true
            }
        ));
        assert!(world.sent().is_empty());
    }
    let world = World::start(|_| refused(500, "X", None)).await;
    assert!(world.settle(&asked(), &first()).await.is_err());
}
