//! Users who are created, changed and referred.

use std::time::Duration;

use pretty_assertions::assert_eq;

use super::*;

const PATH: &str = "/open/account/acct-900/user/user-900";
const LIST: &str = "/open/referrals?referredAccountId=acct-900&referredUserId=user-900";

fn bea(more: &Value) -> Value {
    let mut body = json!({ "id": "user-900", "accountId": "acct-900" });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// Bea, referred by Ada.
fn referred() -> Value {
    bea(&json!({
        "firstName": "Bea", "lastName": "Bloom", "email": "bea@example.test", "locale": "en_US", "countryCode": "US",
        "referredByCodes": ["ADAOKORO"],
    }))
}

#[tokio::test]
async fn an_upsert_creates_a_user_and_an_account_and_then_changes_them() {
    let bench = Bench::new();
    let made = bench
        .write(
            "PUT",
            PATH,
            &bea(&json!({ "firstName": "Bea", "email": "bea@example.test" })),
        )
        .await;
    assert_eq!(
        (made.status, made.problems.len()),
        (200, 0),
        "{}",
        made.text
    );
    let body = made.json();
    assert_eq!(
        (
            &body["id"],
            &body["firstName"],
            &body["lastName"],
            &body["imageUrl"]
        ),
        (&json!("user-900"), &json!("Bea"), &Value::Null, &json!(""))
    );
    assert_eq!(body["referralCodes"], json!({ "customer-referral": "BEA" }));
    assert_eq!(body["dateCreated"], 1_793_491_200_000_i64);
    assert!(body.get("referral").is_none());
    assert_eq!(bench.get("/account/acct-900").await.status, 200);

    let more = json!({
        "lastName": "Bloom", "referable": false, "segments": ["a", "b"], "customFields": { "x": 1 },
        "imageUrl": "https://images.example.test/b.png", "referralCode": "BEA2026",
    });
    let changed = bench.write("POST", PATH, &bea(&more)).await;
    assert_eq!(changed.status, 201);
    let changed = bench
        .write("POST", PATH, &bea(&json!({ "segments": ["~a"] })))
        .await;
    let body = changed.json();
    assert_eq!(
        (&body["firstName"], &body["lastName"]),
        (&json!("Bea"), &json!("Bloom"))
    );
    assert_eq!(
        (&body["referable"], &body["segments"]),
        (&json!(false), &json!(["b"]))
    );
    assert_eq!(body["customFields"], json!({ "x": 1 }));
    assert_eq!(body, bench.get(PATH).await.json());
    let user = bench.get("/account/acct-900/user/user-900").await.json();
    assert_eq!(
        (&user["referralCode"], &user["lastInitial"]),
        (&json!("BEA2026"), &json!("B"))
    );
    assert_eq!(bench.get("/user?referralCode=BEA2026").await.json(), user);
    assert_eq!(bench.get("/user?referralCode=BEA").await.status, 404);
    assert_eq!(bench.get("/users?limit=100").await.json()["totalCount"], 24);

    bench.emulator.reset();
    assert_eq!(bench.get(PATH).await.status, 404);
}

#[tokio::test]
async fn a_code_refers_a_new_user_and_the_open_list_finds_the_referral() {
    let bench = Bench::new();
    let before = bench.rows("/referrals?limit=100").await;
    let made = bench.write("PUT", PATH, &referred()).await;
    assert_eq!(
        (made.status, made.problems.len()),
        (200, 0),
        "{}",
        made.text
    );
    assert_eq!(made.json()["referredByCodes"], json!(["ADAOKORO"]));
    let rows = bench.rows(LIST).await;
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row["referralCodeUsed"], "ADAOKORO");
    assert_eq!(row["referredUser"]["email"], "bea@example.test");
    assert_eq!(row["referrerUser"]["firstName"], "Ada");
    assert_eq!(row["programId"], "customer-referral");
    assert_eq!(row["dateReferralStarted"], 1_793_491_200_000_i64);
    assert_eq!(row["dateModerated"], 1_793_491_200_002_i64);
    let id = row["id"].as_str().unwrap();
    assert_eq!(&bench.get(&format!("/referrals/{id}")).await.json(), row);
    let after = bench.rows("/referrals?limit=100").await;
    assert_eq!((&after[0], &after[1..]), (row, &before[..]));

    let keys = |row: &Value| {
        row.as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    assert!(before.iter().any(|seeded| keys(seeded) == keys(row)));
    let reward = |row: &Value| keys(&row["referrerReward"]);
    assert!(
        before
            .iter()
            .any(|seeded| seeded["referrerReward"].is_object() && reward(seeded) == reward(row))
    );

    bench.emulator.reset();
    assert_eq!(bench.rows("/referrals?limit=100").await, before);
}

#[tokio::test]
async fn an_upsert_that_is_repeated_makes_no_second_referral() {
    let bench = Bench::new();
    for _ in 0..3 {
        assert_eq!(bench.write("PUT", PATH, &referred()).await.status, 200);
    }
    // Another code, and another user of the account, are as little use.
    let body = bea(&json!({ "referredByCodes": ["BOBMARSH"] }));
    bench.write("PUT", PATH, &body).await;
    let body = json!({ "id": "other", "accountId": "acct-900", "referredByCodes": ["BOBMARSH"] });
    let other = bench
        .write("PUT", "/open/account/acct-900/user/other", &body)
        .await;
    assert_eq!(other.status, 200);
    assert_eq!(bench.rows("/referrals?limit=100").await.len(), 73);
}

#[tokio::test]
async fn who_can_be_referred_again_is_as_the_switch_says() {
    let bench = Bench::new();
    let email = PEOPLE[1].email();
    let path = format!("/open/account/{email}/user/{email}");
    let body = json!({ "id": email, "accountId": email, "referredByCodes": ["ADAOKORO"] });
    bench.write("PUT", &path, &body).await;
    assert_eq!(bench.rows("/referrals?limit=100").await.len(), 72);
    // In a smaller world nobody was referred in that program yet.
    for (switch, count) in [("per_account", 2), ("per_program", 3)] {
        bench.emulator.resize(2);
        bench.set("referred_once", switch);
        bench.set("refer_existing_user", "honoured");
        let key = UserKey::of(&bench.get("/user?referralCode=ADAOKORO").await.json());
        let path = format!("/open/account/{}/user/{}", key.account, key.user);
        let body =
            json!({ "id": key.user, "accountId": key.account, "referredByCodes": ["BOBMARSH"] });
        bench.set("refer_existing_user", "ignored");
        bench.write("PUT", &path, &body).await;
        assert_eq!(bench.emulator.count(), 2);
        bench.set("refer_existing_user", "honoured");
        bench.write("PUT", &path, &body).await;
        assert_eq!(bench.emulator.count(), count, "{switch}");
    }
}

#[tokio::test]
async fn nobody_refers_their_own_account() {
    let bench = Bench::new();
    let body = bea(&json!({ "referralCode": "BEA" }));
    bench.write("PUT", PATH, &body).await;
    let body = bea(&json!({ "referredByCodes": ["BEA"] }));
    assert_eq!(bench.write("PUT", PATH, &body).await.status, 200);
    assert!(bench.rows(LIST).await.is_empty());
}

#[tokio::test]
async fn a_new_referral_can_come_to_light_later() {
    let bench = Bench::new();
    bench.set("referral_appears", "later");
    bench.write("PUT", PATH, &referred()).await;
    assert!(bench.rows(LIST).await.is_empty());
    bench.hand.advance(Duration::from_millis(1_999));
    assert!(bench.rows(LIST).await.is_empty());
    assert_eq!(bench.rows("/referrals?limit=100").await.len(), 72);
    bench.hand.advance(Duration::from_millis(1));
    let rows = bench.rows(LIST).await;
    assert_eq!(rows[0]["dateReferralStarted"], 1_793_491_200_000_i64);
    assert_eq!(bench.rows("/referrals?limit=100").await.len(), 73);
}

#[tokio::test]
async fn a_new_referral_is_approved_or_waits_for_moderation() {
    for (switch, status, side) in [
        ("approved", "ACTIONED", "APPROVED"),
        ("pending", "PENDING", "PENDING"),
    ] {
        let bench = Bench::new();
        bench.set("auto_moderation", switch);
        bench.write("PUT", PATH, &referred()).await;
        let row = bench.rows(LIST).await.remove(0);
        assert_eq!(row["moderationStatus"], status);
        assert_eq!(
            (
                &row["referredModerationStatus"],
                &row["referrerModerationStatus"]
            ),
            (&json!(side), &json!(side))
        );
        assert_eq!(row["dateModerated"].is_null(), switch == "pending");
    }
}

#[tokio::test]
async fn a_code_that_nobody_has_is_refused_or_ignored() {
    let bench = Bench::new();
    let body = bea(&json!({ "referredByCodes": ["NOBODYS"] }));
    let refused = bench.write("PUT", PATH, &body).await;
    assert_eq!(
        (refused.status, &refused.json()["rsCode"]),
        (400, &json!("RS034"))
    );
    assert_eq!(bench.get(PATH).await.status, 404);
    bench.set("unknown_code", "ignored");
    assert_eq!(bench.write("PUT", PATH, &body).await.status, 200);
    assert!(bench.rows(LIST).await.is_empty());
}

#[tokio::test]
async fn bad_fields_are_refused_with_their_codes() {
    let bench = Bench::new();
    for (more, rs_code) in [
        (json!({ "email": "bea" }), json!("RS023")),
        (json!({ "email": "bea @example.test" }), json!("RS023")),
        (json!({ "locale": "english" }), json!("RS039")),
        (json!({ "locale": "EN_us" }), json!("RS039")),
        (json!({ "referralCode": "WITH-DASH" }), json!("RS034")),
        (
            json!({ "referralCode": "SIXTEENLETTERSXX" }),
            json!("RS034"),
        ),
        (
            json!({ "referralCodes": { "customer-referral": "BOBMARSH" } }),
            json!("RS034"),
        ),
        (json!({ "countryCode": "USA" }), Value::Null),
        (json!({ "id": "other" }), Value::Null),
        (json!({ "accountId": "other" }), Value::Null),
        (json!({ "firstName": null }), Value::Null),
        (json!({ "referredByCodes": "ADAOKORO" }), Value::Null),
    ] {
        let refused = bench.write("PUT", PATH, &bea(&more)).await;
        assert_eq!(
            (refused.status, &refused.json()["rsCode"]),
            (400, &rs_code),
            "{more}"
        );
        assert_eq!(refused.json()["apiErrorCode"], "VALIDATION_FAILED");
    }
    let refused = bench.write("PUT", PATH, &json!({})).await;
    assert_eq!(
        refused.json()["message"],
        "id is required. accountId is required."
    );
    assert_eq!(bench.get(PATH).await.status, 404);
}

#[tokio::test]
async fn what_is_not_documented_is_noted_and_does_nothing() {
    let bench = Bench::new();
    let body = bea(&json!({ "externalId": 1, "referredBy": { "code": "ADAOKORO" } }));
    let made = bench.write("PUT", &format!("{PATH}?dry=1"), &body).await;
    assert_eq!(made.status, 200);
    assert_eq!(
        made.problems,
        [
            "query parameter dry is not documented",
            "undocumented field \"externalId\"",
            "undocumented field \"referredBy\"",
        ]
    );
    assert!(bench.rows(LIST).await.is_empty());
}

#[tokio::test]
async fn the_older_pages_have_an_object_for_classic_programs() {
    let bench = Bench::new();
    bench.set("generation", "2020");
    let body = bea(&json!({ "referredBy": { "code": "ADAOKORO", "isConverted": true } }));
    let made = bench.write("PUT", PATH, &body).await;
    assert_eq!(made.problems, [""; 0]);
    let row = bench.rows(LIST).await.remove(0);
    assert_eq!(
        (&row["programId"], row["dateReferralPaid"].is_i64()),
        (&Value::Null, true)
    );

    bench.emulator.reset();
    bench.set("tenant", "classic");
    bench.write("PUT", PATH, &referred()).await;
    assert!(bench.rows(LIST).await.is_empty());
}

#[tokio::test]
async fn the_code_of_a_user_who_is_there_changes_only_by_switch() {
    let bench = Bench::new();
    bench.set("code_on_existing_user", "ignored");
    bench
        .write("PUT", PATH, &bea(&json!({ "referralCode": "FIRST" })))
        .await;
    let body = bea(&json!({ "referralCode": "SECOND" }));
    let kept = bench.write("PUT", PATH, &body).await.json();
    assert_eq!(kept["referralCodes"]["customer-referral"], "FIRST");
    bench.set("code_on_existing_user", "honoured");
    let changed = bench.write("PUT", PATH, &body).await.json();
    assert_eq!(changed["referralCodes"]["customer-referral"], "SECOND");
}

#[tokio::test]
async fn codes_are_made_from_names_and_no_two_users_have_the_same() {
    let bench = Bench::new();
    let mut codes = BTreeSet::new();
    for (id, name) in [("1", "Ada"), ("2", "Ada"), ("3", "山田"), ("4", "山田")] {
        let path = format!("/open/account/{id}/user/{id}");
        let body = json!({ "id": id, "accountId": id, "firstName": name, "lastName": "Okoro" });
        let made = bench.write("PUT", &path, &body).await.json();
        let code = made["referralCodes"]["customer-referral"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(code.len() <= 15);
        codes.insert(code);
    }
    assert_eq!(codes.len(), 4);
}

#[tokio::test]
async fn only_the_key_and_the_users_own_write_token_upsert() {
    let bench = Bench::new();
    let token = |user: Value| {
        (
            "x-saasquatch-user-token",
            jwt(&json!({ "user": user }), API_KEY),
        )
    };
    let read = token(json!({ "id": "user-900", "accountId": "acct-900" }));
    let write = token(json!({ "id": "user-900", "accountId": "acct-900", "firstName": "Bea" }));
    let other = token(json!({ "id": "user-901", "accountId": "acct-900", "firstName": "Bea" }));
    for (header, status) in [
        (read, 403),
        (other, 403),
        (("x-none", String::new()), 401),
        (write, 200),
    ] {
        assert_eq!(
            bench
                .write_with("PUT", PATH, header, &referred())
                .await
                .status,
            status
        );
    }
    bench.set("open_endpoints", "off");
    assert_eq!(bench.write("PUT", PATH, &referred()).await.status, 403);
}

#[tokio::test]
async fn an_account_has_at_most_a_thousand_users() {
    let bench = Bench::new();
    for number in 0..=1_000 {
        let path = format!("/open/account/crowd/user/{number}");
        let body = json!({ "id": number.to_string(), "accountId": "crowd" });
        let made = bench.write("PUT", &path, &body).await;
        if number == 1_000 {
            assert_eq!(
                (made.status, &made.json()["rsCode"]),
                (400, &json!("RS013"))
            );
        }
    }
}

#[tokio::test]
async fn a_world_that_is_shaken_up_keeps_what_was_written() {
    let bench = Bench::new();
    bench.write("PUT", PATH, &referred()).await;
    bench.emulator.scramble(7);
    assert_eq!(bench.rows(LIST).await[0]["referralCodeUsed"], "ADAOKORO");
    assert_eq!(bench.rows("/referrals?limit=100").await.len(), 73);
}
