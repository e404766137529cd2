//! Referrals approved and denied.

use pretty_assertions::assert_eq;

use super::*;

const PATH: &str = "/referrals/moderate";
const NOW: i64 = 1_793_491_200_000;

fn action(id: &Value, action: &str) -> Value {
    json!({ "referralId": id, "action": action })
}

impl Bench {
    async fn moderate(&self, actions: &[Value]) -> Answer {
        let body = json!({ "actions": actions });
        self.write("POST", PATH, &body).await
    }

    /// One of the seed's.
    async fn row(&self, is: impl Fn(&Value) -> bool) -> Value {
        let rows = self.rows("/referrals?limit=100").await;
        rows.into_iter().find(|row| is(row)).unwrap()
    }

    async fn again(&self, row: &Value) -> Value {
        let id = row["id"].as_str().unwrap();
        self.get(&format!("/referrals/{id}")).await.json()
    }
}

fn is_pending(row: &Value) -> bool {
    row["moderationStatus"] == "PENDING"
}

fn is_cancellable(row: &Value, side: &str) -> bool {
    let reward = &row[format!("{side}Reward")];
    reward["cancellable"] == true && reward["dateCancelled"].is_null()
}

fn sides(row: &Value) -> [&str; 2] {
    ["referredModerationStatus", "referrerModerationStatus"].map(|name| row[name].as_str().unwrap())
}

#[tokio::test]
async fn each_action_is_about_its_sides() {
    for (name, referred, referrer) in [
        ("APPROVED", "APPROVED", "APPROVED"),
        ("DENIED", "DENIED", "DENIED"),
        ("REFERRER_APPROVED", "PENDING", "APPROVED"),
        ("REFERRED_APPROVED", "APPROVED", "PENDING"),
        ("REFERRER_DENIED", "PENDING", "DENIED"),
        ("REFERRED_DENIED", "DENIED", "PENDING"),
    ] {
        let bench = Bench::new();
        let is = |row: &Value| {
            let can =
                |side: &str| row[format!("{side}Reward")].is_null() || is_cancellable(row, side);
            sides(row) == ["PENDING", "PENDING"] && can("referred") && can("referrer")
        };
        let row = bench.row(is).await;
        let done = bench.moderate(&[action(&row["id"], name)]).await;
        assert_eq!(
            (done.status, done.text.as_str(), done.problems.len()),
            (200, "", 0),
            "{name}"
        );
        let after = bench.again(&row).await;
        assert_eq!(sides(&after), [referred, referrer], "{name}");
        assert_eq!(after["moderationStatus"], "ACTIONED");
        assert_eq!(
            (&after["dateModerated"], &after["dateModified"]),
            (&json!(NOW), &json!(NOW))
        );
        bench.emulator.reset();
        assert_eq!(bench.again(&row).await, row);
    }
}

#[tokio::test]
async fn a_denial_cancels_the_reward_and_an_approval_takes_that_back() {
    let bench = Bench::new();
    let is = |row: &Value| is_cancellable(row, "referrer") && is_cancellable(row, "referred");
    let row = bench.row(is).await;
    for (name, referred, referrer) in [
        ("REFERRER_DENIED", json!(null), json!(NOW)),
        ("DENIED", json!(NOW), json!(NOW)),
        ("REFERRED_APPROVED", json!(null), json!(NOW)),
        ("APPROVED", json!(null), json!(null)),
        ("DENIED", json!(NOW), json!(NOW)),
    ] {
        assert_eq!(
            bench.moderate(&[action(&row["id"], name)]).await.status,
            200
        );
        let after = bench.again(&row).await;
        assert_eq!(
            (
                &after["referredReward"]["dateCancelled"],
                &after["referrerReward"]["dateCancelled"]
            ),
            (&referred, &referrer),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_reward_that_cannot_be_cancelled_stops_the_whole_moderation() {
    let bench = Bench::new();
    let is = |row: &Value| {
        let reward = &row["referrerReward"];
        reward["cancellable"] == false && reward["dateCancelled"].is_null()
    };
    let fixed = bench.row(is).await;
    let other = bench.row(is_pending).await;
    let actions = [
        action(&other["id"], "APPROVED"),
        action(&fixed["id"], "REFERRER_DENIED"),
    ];
    let refused = bench.moderate(&actions).await;
    assert_eq!(
        (refused.status, &refused.json()["apiErrorCode"]),
        (400, &json!("REWARD_NOT_CANCELLABLE"))
    );
    assert_eq!(
        (bench.again(&fixed).await, bench.again(&other).await),
        (fixed.clone(), other)
    );
    assert_eq!(
        bench
            .moderate(&[action(&fixed["id"], "REFERRER_APPROVED")])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn an_unknown_id_stops_all_or_only_itself() {
    let bench = Bench::new();
    let row = bench.row(is_pending).await;
    let actions = [
        action(&row["id"], "APPROVED"),
        action(&json!("000000000000000000000000"), "APPROVED"),
    ];
    let refused = bench.moderate(&actions).await;
    assert_eq!(
        (refused.status, &refused.json()["apiErrorCode"]),
        (404, &json!("REFERRAL_NOT_FOUND"))
    );
    assert_eq!(bench.again(&row).await, row);
    bench.set("moderate_unknown", "partial");
    assert_eq!(bench.moderate(&actions).await.status, 200);
    assert_eq!(sides(&bench.again(&row).await), ["APPROVED", "APPROVED"]);
}

#[tokio::test]
async fn a_moderation_has_one_to_a_hundred_whole_actions() {
    let bench = Bench::new();
    let id = bench.row(is_pending).await["id"].clone();
    let one = action(&id, "APPROVED");
    for actions in [
        vec![],
        vec![one.clone(); 101],
        vec![json!({ "referralId": id })],
        vec![json!({ "action": "APPROVED" })],
        vec![action(&id, "approved")],
        vec![json!({ "referralId": 1, "action": "APPROVED" })],
        vec![json!(1)],
    ] {
        let refused = bench.moderate(&actions).await;
        assert_eq!(
            (refused.status, &refused.json()["apiErrorCode"]),
            (400, &json!("VALIDATION_FAILED")),
            "{actions:?}"
        );
    }
    assert_eq!(bench.write("POST", PATH, &json!({})).await.status, 400);
    assert_eq!(bench.moderate(&vec![one.clone(); 100]).await.status, 200);
    let mut noted = one;
    noted["reason"] = json!("fine");
    let done = bench.moderate(&[noted]).await;
    assert_eq!(
        (done.status, &done.problems[..]),
        (
            200,
            &["undocumented field \"actions[0].reason\"".to_owned()][..]
        )
    );
}

#[tokio::test]
async fn a_new_referral_is_moderated_like_the_others() {
    let bench = Bench::new();
    bench.set("auto_moderation", "pending");
    let body = json!({ "id": "u", "accountId": "a", "referredByCodes": ["ADAOKORO"] });
    bench.write("PUT", "/open/account/a/user/u", &body).await;
    let row = bench.row(|row| row["dateReferralStarted"] == NOW).await;
    bench.hand.advance(std::time::Duration::from_secs(5));
    assert_eq!(
        bench
            .moderate(&[action(&row["id"], "APPROVED")])
            .await
            .status,
        200
    );
    let after = bench.again(&row).await;
    assert_eq!(
        (sides(&after), &after["dateModerated"]),
        (["APPROVED"; 2], &json!(NOW + 5_000))
    );
}

#[tokio::test]
async fn moderation_takes_the_key_and_on_some_tenants_is_not_there() {
    let bench = Bench::new();
    let row = bench
        .row(|row| is_pending(row) && row["programId"].is_string())
        .await;
    let body = json!({ "actions": [action(&row["id"], "APPROVED")] });
    let claims = json!({ "user": { "id": "u", "accountId": "a", "firstName": "B" } });
    let token = ("x-saasquatch-user-token", jwt(&claims, API_KEY));
    assert_eq!(
        bench.write_with("POST", PATH, token, &body).await.status,
        401
    );
    bench.set("tenant", "ga");
    bench.set("moderate_on_ga", "refused");
    let refused = bench.write("POST", PATH, &body).await;
    assert_eq!(
        (refused.status, &refused.json()["rsCode"]),
        (403, &json!("RS051"))
    );
    bench.set("moderate_on_ga", "accepted");
    assert_eq!(bench.write("POST", PATH, &body).await.status, 200);
}
