//! How much each caller may ask for in a time, by cost.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::harness::{Answer, Options, World};

/// With the usual `max_scan` this costs 404 calls and 50 rows.
const QUERY: &str = "{ referrals(first: 50) { nodes { id } } }";

async fn limited() -> World {
    World::with(Options {
        toml: "[rate]\nper_second = 10\nburst = 500",
        ..Options::default()
    })
    .await
}

async fn ask(world: &World, query: &str) -> Answer {
    let body = json!({ "query": query, "extensions": { "cost": true } });
    world.post(&body).await
}

#[tokio::test]
async fn who_waits_as_long_as_told_passes_and_who_waits_a_second_less_does_not() {
    let world = limited().await;
    let first = ask(&world, QUERY).await;
    assert_eq!(first.status, 200);
    assert_eq!(
        first.json["extensions"]["cost"],
        json!({ "calls": 404, "rows": 50, "limit": 25_000, "remaining": 46 })
    );
    let before = world.calls();
    let refused = ask(&world, QUERY).await;
    assert_eq!(refused.status, 429);
    let extensions = &refused.json["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED");
    assert_eq!(extensions["retryable"], true);
    assert_eq!(extensions["retryAfterSeconds"], 41);
    assert_eq!(refused.headers["retry-after"], "41");
    assert!(refused.json.get("data").is_none());
    assert_eq!(world.calls(), before);

    world.hand.advance(Duration::from_secs(40));
    let early = ask(&world, QUERY).await;
    assert_eq!(
        (early.status, early.headers["retry-after"].to_str().unwrap()),
        (429, "1")
    );
    world.hand.advance(Duration::from_secs(1));
    assert_eq!(ask(&world, QUERY).await.status, 200);
}

#[tokio::test]
async fn every_way_in_pays_from_the_same_allowance() {
    let world = limited().await;
    let left = |answer: &Answer| answer.json["extensions"]["cost"]["remaining"].clone();
    let cheap = "{ vendors { vendor } }";
    assert_eq!(left(&ask(&world, cheap).await), 496);
    let cost = json!({ "cost": true }).to_string();
    let by_get = world.get(&[("query", cheap), ("extensions", &cost)]).await;
    assert_eq!(left(&by_get), 492);
    // What costs nothing counts as one.
    assert_eq!(left(&ask(&world, "{ __typename }").await), 491);
    // What is refused before it could cost anything is free.
    ask(&world, "{").await;
    assert_eq!(left(&ask(&world, "{ __typename }").await), 490);
    assert_eq!(world.get(&[("query", QUERY)]).await.status, 200);
    assert_eq!(world.get(&[("query", QUERY)]).await.status, 429);
}

#[tokio::test]
async fn identical_reads_at_once_ask_vendors_once_and_each_is_paid_for_and_told_its_own_rest() {
    let world = limited().await;
    let query = "{ connections { nodes { id } } }";
    let answers = futures_util::future::join_all((0..3).map(|_| ask(&world, query))).await;
    let passed = answers.iter().filter(|answer| answer.status == 200).count();
    let cost = answers[0].json["extensions"]["cost"].clone();
    let left = |answer: &Answer| answer.json["extensions"]["cost"]["remaining"].as_u64();
    let mut left: Vec<_> = answers.iter().filter_map(left).collect();
    left.sort_unstable();
    assert_eq!(left, [500 - 3 * 121, 500 - 2 * 121, 500 - 121]);
    assert_eq!(
        (cost["calls"].as_u64(), cost["rows"].as_u64()),
        (Some(101), Some(20))
    );
    assert_eq!(passed, 3);
    assert_eq!(world.calls()["plannr"], 1);
    assert_eq!(
        ask(&world, "{ __typename }").await.json["extensions"]["cost"]["remaining"],
        500 - 3 * 121 - 1
    );
}

#[tokio::test]
async fn a_write_that_is_refused_for_now_is_not_made() {
    let world = limited().await;
    assert_eq!(ask(&world, QUERY).await.status, 200);
    let write = "mutation { requestConnection(input: { adviserKey: \"ABCD1234\" }) { outcome } }";
    assert_eq!(ask(&world, write).await.status, 429);
    let posts = world
        .asked("plannr")
        .into_iter()
        .filter(|it| it.method == "POST");
    assert_eq!(posts.count(), 0);
}

#[tokio::test]
async fn nobody_is_limited_unless_it_is_configured() {
    let world = World::start().await;
    for _ in 0..200 {
        let answer = ask(&world, QUERY).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json["extensions"]["cost"]["remaining"], Value::Null);
    }
}
