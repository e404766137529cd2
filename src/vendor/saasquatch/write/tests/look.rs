//! Where the referral of a user is looked for.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::create::{
    JUST_SINCE, OPEN, already_applied, asked, of_another, referral, without_users,
};
use super::*;

/// A vendor that lists nothing openly but takes users, with these rows in the list that is always open.
async fn closed(owner: (u16, String), rows: Vec<Value>) -> World {
    World::start(
        move |asked| match asked.line().replace(TENANT, "").as_str() {
            OPEN => refused(403, "X", None),
            "GET /user" => owner.clone(),
            "GET /referrals" => list(&rows),
            line => {
                let id = line.rsplit('/').next().unwrap();
                let row = rows.iter().find(|row| row["id"] == id).unwrap();
                let whole = match id {
                    "strange" => of_another(referral(id, "FRIEND", JUST_SINCE)),
                    _ => referral(id, "FRIEND", JUST_SINCE),
                };
                assert_eq!(row["referralCodeUsed"], "FRIEND");
                (200, whole.to_string())
            }
        },
    )
    .await
}

#[tokio::test]
async fn where_the_open_list_is_closed_the_referrers_list_is_walked() {
    let owner = (200, json!({ "id": "u1", "accountId": "a1" }).to_string());
    let rows = vec![
        of_another(referral("r0", "FRIEND", JUST_SINCE)),
        referral("r1", "FRIEND", JUST_SINCE),
    ];
    let world = closed(owner, rows).await;
    let effect = already_applied(world.write(&asked(), &first()).await);
    assert_eq!(effect.referral_id.as_deref(), Some("r1"));
    assert_eq!(world.lines(), [OPEN, "GET /user", "GET /referrals"]);
    let questions: Vec<_> = world.vendor.asked().iter().map(Asked::question).collect();
    let question = "referringAccountId=a1&referringUserId=u1&limit=100&offset=0";
    assert_eq!(questions[1..], ["referralCode=FRIEND", question]);
}

#[tokio::test]
async fn rows_without_users_are_read_by_their_ids_newest_first_and_trusted_no_further() {
    let nobodys = (404, String::new());
    let rows = vec![
        without_users(referral("mine", "FRIEND", JUST_SINCE)),
        without_users(referral("other", "OTHER", JUST_SINCE + 9)),
        without_users(referral("strange", "FRIEND", JUST_SINCE + 1)),
    ];
    let world = closed(nobodys, rows).await;
    let settled = world.settle(&asked(), &first()).await.unwrap();
    let Settled::Applied(effect) = settled else {
        panic!("it is there");
    };
    assert_eq!(effect.referral_id.as_deref(), Some("mine"));
    let lines = world.lines();
    assert_eq!(
        lines[3..],
        ["GET /referrals/strange", "GET /referrals/mine"]
    );
    assert_eq!(world.vendor.asked()[2].question(), "limit=100&offset=0");
}

#[tokio::test]
async fn a_long_open_list_is_walked_with_an_end_to_it() {
    let world = World::start(|asked| {
        let offset: i64 = asked.param("offset").unwrap().parse().unwrap();
        let row = of_another(referral(&format!("r{offset}"), "FRIEND", offset));
        (200, json!({ "referrals": [row] }).to_string())
    })
    .await;
    let settled = world.settle(&asked(), &first()).await.unwrap();
    assert!(matches!(settled, Settled::Absent { .. }));
    assert_eq!(world.lines().len(), 20);
}
