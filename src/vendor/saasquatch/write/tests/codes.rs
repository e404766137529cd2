//! Referrals that do not tell the code that they were made with, and codes as they are typed.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::create::{JUST_SINCE, OPEN, asked, referral, rejected, vendor, without_users, write};
use super::*;

fn without_code(started: i64) -> Value {
    let mut row = referral("untold", "", started);
    row["referralCodeUsed"] = Value::Null;
    row
}

#[tokio::test]
async fn a_new_referral_of_the_user_without_a_code_is_the_one_that_was_made() {
    let user = || (200, json!({ "id": "u 2", "accountId": "a/1" }).to_string());
    let world = vendor(user(), vec![], vec![without_code(JUST_SINCE)]).await;
    let written = world.write(&asked(), &first()).await.unwrap();
    let Written::Applied(effect) = written else {
        panic!("not applied");
    };
    assert_eq!(effect.referral_id.as_deref(), Some("untold"));

    let there = || vec![without_code(JUST_SINCE)];
    let world = vendor(user(), there(), there()).await;
    let written = world.write(&asked(), &repeated()).await.unwrap();
    assert!(matches!(written, Written::Applied(_)));
    assert_eq!(world.lines(), [OPEN]);
    let settled = world.settle(&asked(), &repeated()).await.unwrap();
    assert!(matches!(settled, Settled::Applied(_)));

    let rows = vec![without_code(JUST_SINCE), referral("told", "FRIEND", 0)];
    let world = vendor(user(), rows, vec![]).await;
    let settled = world.settle(&asked(), &repeated()).await.unwrap();
    let Settled::Applied(effect) = settled else {
        panic!("it is there");
    };
    assert_eq!(effect.referral_id.as_deref(), Some("told"));
}

#[tokio::test]
async fn an_older_referral_of_the_user_without_a_code_is_not_the_one_that_was_made() {
    let there = || vec![without_code(JUST_SINCE - 1)];
    let world = vendor((200, String::new()), there(), there()).await;
    let settled = world.settle(&asked(), &repeated()).await.unwrap();
    assert!(matches!(settled, Settled::Absent { .. }));
    let rejection = rejected(world.write(&asked(), &repeated()).await);
    assert_eq!(rejection.effect.referral_id.as_deref(), Some("untold"));
}

#[tokio::test]
async fn a_new_row_without_code_and_users_is_read_by_its_id() {
    let world = World::start(
        move |asked| match asked.line().replace(TENANT, "").as_str() {
            OPEN => refused(403, "X", None),
            "GET /user" => refused(404, "X", None),
            "GET /referrals" => list(&[without_users(without_code(JUST_SINCE))]),
            _ => (200, without_code(JUST_SINCE).to_string()),
        },
    )
    .await;
    let settled = world.settle(&asked(), &repeated()).await.unwrap();
    assert!(matches!(settled, Settled::Applied(_)));
}

#[tokio::test]
async fn a_code_is_sent_without_the_white_space_around_it() {
    let made = vec![referral("r1", "friend ", JUST_SINCE)];
    let world = vendor((200, String::new()), vec![], made).await;
    let write = write(&json!({ "referralCode": " FRIEND " }));
    let written = world.write(&write, &first()).await.unwrap();
    assert!(matches!(written, Written::Applied(_)));
    assert_eq!(body(&world.sent()[0])["referredByCodes"], json!(["FRIEND"]));
}
