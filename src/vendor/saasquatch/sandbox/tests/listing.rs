//! Lists: pages, filters, order, and what rows carry.

use pretty_assertions::assert_eq;

use super::*;

fn times(rows: &[Value], name: &str) -> Vec<i64> {
    rows.iter().filter_map(|row| row[name].as_i64()).collect()
}

#[tokio::test]
async fn offsets_lead_through_every_page_once() {
    let bench = Bench::new();
    let whole = bench.rows("/referrals?limit=100").await;
    assert_eq!(whole.len(), 72);
    let mut all = Vec::new();
    for page in 0..8 {
        let body = bench
            .get(&format!("/referrals?offset={}", page * 10))
            .await
            .json();
        let rows = body["referrals"].as_array().unwrap();
        assert_eq!(body["totalCount"], 72);
        assert_eq!(body["count"], rows.len());
        assert_eq!(rows.len(), if page == 7 { 2 } else { 10 });
        all.extend(rows.clone());
    }
    assert_eq!(all, whole);
    assert!(bench.rows("/referrals?offset=500").await.is_empty());
    assert!(bench.rows("/referrals?limit=0").await.is_empty());
}

#[tokio::test]
async fn limits_above_the_cap_and_bad_numbers_are_as_the_switches_say() {
    let bench = Bench::new();
    assert_eq!(bench.rows("/referrals?limit=101").await.len(), 72);
    bench.set("over_limit", "refused");
    let refused = bench.get("/referrals?limit=101").await;
    assert_eq!(
        (refused.status, &refused.json()["apiErrorCode"]),
        (400, &json!("VALIDATION_FAILED"))
    );
    bench.set("limit_cap", "1000");
    assert_eq!(bench.get("/referrals?limit=101").await.status, 200);
    bench.set("limit_cap", "none");
    assert_eq!(bench.get("/referrals?limit=100000").await.status, 200);
    for query in ["limit=x", "limit=-1", "offset=x"] {
        bench.set("bad_paging", "refused");
        assert_eq!(bench.get(&format!("/referrals?{query}")).await.status, 400);
        bench.set("bad_paging", "default");
        assert_eq!(bench.rows(&format!("/referrals?{query}")).await.len(), 10);
    }
}

#[tokio::test]
async fn the_order_is_the_one_of_the_switch_and_stays() {
    let bench = Bench::new();
    let order = async |value: &str| {
        bench.set("order", value);
        times(
            &bench.rows("/referrals?limit=100").await,
            "dateReferralStarted",
        )
    };
    assert!(order("newest").await.is_sorted_by(|a, b| a > b));
    assert!(order("oldest").await.is_sorted());
    let shuffled = order("shuffled").await;
    assert!(!shuffled.is_sorted() && !shuffled.is_sorted_by(|a, b| a >= b));
    assert_eq!(order("shuffled").await, shuffled);
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let bench = Bench::new();
    let all = bench.rows("/referrals?limit=100").await;
    let by_user = bench
        .rows("/referrals?limit=100&referringAccountId=acct-100&referringUserId=user-100")
        .await;
    assert_eq!(by_user.len(), 3);
    assert!(
        by_user
            .iter()
            .all(|row| row["referrerUser"]["id"] == "user-100")
    );
    for (name, status) in [
        ("referredModerationStatus", "DENIED"),
        ("referrerModerationStatus", "PENDING"),
    ] {
        let rows = bench
            .rows(&format!("/referrals?limit=100&{name}={status}"))
            .await;
        let expected = all.iter().filter(|row| row[name] == status).count();
        assert!(expected > 3 && rows.len() == expected);
    }
    assert_eq!(
        bench
            .get("/referrals?referredModerationStatus=denied")
            .await
            .status,
        400
    );
    bench.set("bad_filter", "ignored");
    assert_eq!(
        bench
            .rows("/referrals?limit=100&referredModerationStatus=denied")
            .await
            .len(),
        72
    );
    let noted = bench.get("/referrals?programId=x&referredUserId=y").await;
    assert_eq!(
        noted.problems,
        [
            "query parameter programId is not documented",
            "query parameter referredUserId is not documented"
        ]
    );
}

#[tokio::test]
async fn times_are_filtered_exactly_or_as_ranges() {
    let bench = Bench::new();
    let mut ended = times(
        &bench.rows("/referrals?limit=100").await,
        "dateReferralEnded",
    );
    ended.sort_unstable();
    assert!(ended.len() > 5);
    let (first, last) = (ended[0], ended[ended.len() - 1]);
    let count = async |range: String| {
        let rows = bench
            .rows(&format!("/referrals?limit=100&dateReferralEnded={range}"))
            .await;
        rows.len()
    };
    assert_eq!(count(first.to_string()).await, 1);
    assert_eq!(count(format!("{first},{last}")).await, ended.len());
    assert_eq!(count(format!("{last},")).await, 1);
    assert_eq!(count(format!(",{last}")).await, ended.len());
    bench.set("range_bounds", "end_exclusive");
    assert_eq!(count(format!("{first},{last}")).await, ended.len() - 1);
    bench.set("range_bounds", "inclusive");
    bench.set("range_unit", "seconds");
    assert_eq!(count((first / 1_000).to_string()).await, 1);
    assert_eq!(count(format!("0,{}", last / 1_000 + 1)).await, ended.len());
    bench.set("open_ranges", "refused");
    for range in ["1,", ",1", ",", "x", "1,2,3", ""] {
        let answer = bench
            .get(&format!("/referrals?dateReferralEnded={range}"))
            .await;
        assert_eq!(answer.status, 400, "{range}");
    }
}

#[tokio::test]
async fn rows_carry_users_or_only_scalars() {
    let bench = Bench::new();
    let embedded = bench.rows("/referrals?limit=100").await;
    assert!(embedded[0]["referredUser"]["email"].is_string());
    assert!(embedded.iter().any(|row| row.get("referredUser").is_none()));
    assert!(embedded.iter().any(|row| row.get("referrerUser").is_none()));
    bench.set("list_users", "scalars");
    let scalars = bench.rows("/referrals?limit=100").await;
    let names = [
        "referredUser",
        "referrerUser",
        "referredReward",
        "referrerReward",
    ];
    assert!(
        scalars
            .iter()
            .all(|row| names.iter().all(|name| row.get(*name).is_none()))
    );
    assert_eq!(scalars[0].as_object().unwrap().len(), 15);
    let id = scalars[0]["id"].as_str().unwrap();
    assert_eq!(
        bench.get(&format!("/referrals/{id}")).await.json(),
        embedded[0]
    );
    assert_eq!(bench.get("/referrals/none").await.status, 404);
}

#[tokio::test]
async fn tenants_and_generations_differ() {
    let bench = Bench::new();
    bench.set("tenant", "classic");
    let classic = bench.rows("/referrals?limit=100").await;
    assert!(classic.iter().all(|row| row["programId"].is_null()));
    bench.set("tenant", "ga");
    let modern = bench.rows("/referrals?limit=100").await;
    assert!(modern.iter().all(|row| row["programId"].is_string()));
    assert_eq!((classic.len(), modern.len()), (24, 48));
    let id = classic[0]["id"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/referrals/{id}")).await.status, 404);
    bench.set("user_modified", "referred_user");
    assert!(
        bench
            .rows("/referrals")
            .await
            .iter()
            .all(|row| row["dateUserModified"].is_i64())
    );
    bench.set("generation", "2020");
    assert!(
        bench
            .rows("/referrals")
            .await
            .iter()
            .all(|row| row.get("dateModified").is_none())
    );
    bench.set("nulls", "omitted");
    assert!(
        !bench
            .get("/referrals?limit=100")
            .await
            .text
            .contains(":null")
    );
}

#[tokio::test]
async fn the_open_list_is_of_one_user() {
    let bench = Bench::new();
    let rows = bench
        .rows("/open/referrals?referredAccountId=acct-100&referredUserId=user-100")
        .await;
    assert_eq!(rows.len(), 3);
    assert!(
        rows.iter()
            .all(|row| row["referredUser"]["id"] == "user-100")
    );
    assert_eq!(bench.get("/open/referrals").await.status, 400);
    assert_eq!(
        bench
            .get("/open/referrals?referredUserId=user-100")
            .await
            .status,
        400
    );
    bench.set("open_list_pair", "optional");
    assert_eq!(bench.rows("/open/referrals").await.len(), 10);
    let denied = "/open/referrals?limit=100&referredModerationStatus=DENIED";
    assert!(bench.rows(denied).await.len() < 72);
    bench.set("open_list_filters", "pairs_only");
    let answer = bench.get(denied).await;
    assert_eq!(answer.json()["totalCount"], 72);
    assert_eq!(
        answer.problems,
        ["query parameter referredModerationStatus is not documented"]
    );
}

#[tokio::test]
async fn users_are_listed_and_searched() {
    let bench = Bench::new();
    let body = bench.get("/users?limit=100").await.json();
    assert_eq!(body["totalCount"], PEOPLE.len() - 1);
    let body = bench.get("/users?query=okoro&limit=5").await.json();
    assert_eq!(
        (&body["count"], &body["users"][0]["firstName"]),
        (&json!(1), &json!("Ada"))
    );
}
