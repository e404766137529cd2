//! What is kept: given out at once while it is fresh, at once and read anew while it ages, and marked as stale for as
//! long as the vendor cannot be asked, up to the hard limit.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use crate::failures::VENDORS;
use crate::harness::{World, codes};

fn list(vendor: &str) -> String {
    format!(
        "{{ referrals(first: 5, filter: {{ vendors: [{vendor}] }}) {{
            nodes {{ id stale fetchedAt }} sources {{ status code message fetchedAt }} }} }}"
    )
}

fn rows(data: &Value) -> Vec<Value> {
    data["referrals"]["nodes"].as_array().unwrap().clone()
}

fn status(data: &Value) -> &str {
    data["referrals"]["sources"][0]["status"].as_str().unwrap()
}

fn is_marked(data: &Value) -> bool {
    let rows = rows(data);
    let marked = rows.iter().filter(|row| row["stale"] == true).count();
    assert!(marked == 0 || marked == rows.len(), "{data:#}");
    marked > 0
}

/// Asks until the answer is as wanted: what is read anew in the background comes when it comes.
async fn until(world: &World, query: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..2_000 {
        let data = world.data(query).await;
        if wanted(&data) {
            return data;
        }
        tokio::task::yield_now().await;
    }
    panic!("never as wanted: {:#}", world.data(query).await)
}

#[tokio::test]
async fn rows_of_a_vendor_that_died_are_given_out_as_stale_until_the_hard_limit_exactly() {
    for (path, vendor) in VENDORS {
        let world = World::start().await;
        let query = list(vendor);
        let warm = world.data(&query).await;
        assert_eq!((status(&warm), rows(&warm).len()), ("OK", 5), "{vendor}");
        let expected: Vec<Value> = rows(&warm).iter().map(|row| row["id"].clone()).collect();
        world.sandbox.fault(Fault::new(path, Kind::status(503)));

        world.hand.advance(Duration::from_secs(29));
        let fresh = world.data(&query).await;
        assert_eq!(
            (status(&fresh), is_marked(&fresh)),
            ("OK", false),
            "{vendor}"
        );

        // It ages: given out at once, and said to be stale as soon as one attempt to read it anew has failed.
        world.hand.advance(Duration::from_secs(2));
        let aging = until(&world, &query, |data| status(data) == "STALE").await;
        assert!(is_marked(&aging), "{vendor}: {aging:#}");
        let source = &aging["referrals"]["sources"][0];
        assert_eq!(source["code"], "VENDOR_UNAVAILABLE", "{vendor}");
        assert_eq!(
            source["fetchedAt"],
            warm["referrals"]["sources"][0]["fetchedAt"]
        );

        for seconds in [300, 3_599 - 331] {
            world.hand.advance(Duration::from_secs(seconds));
            let old = world.data(&query).await;
            assert_eq!(
                (status(&old), is_marked(&old)),
                ("STALE", true),
                "{vendor}: {old:#}"
            );
            let ids: Vec<Value> = rows(&old).iter().map(|row| row["id"].clone()).collect();
            assert_eq!(ids, expected, "{vendor}");
        }
        // An answer without `sources` has no errors either: the rows are there.
        let plain = format!(
            "{{ referrals(filter: {{ vendors: [{vendor}] }}, first: 5) {{ nodes {{ id stale }} }} }}"
        );
        assert_eq!(rows(&world.data(&plain).await).len(), 5, "{vendor}");

        world.hand.advance(Duration::from_secs(1));
        let gone = world.data(&query).await;
        assert_eq!(
            (status(&gone), rows(&gone).len()),
            ("FAILED", 0),
            "{vendor}: {gone:#}"
        );

        world.sandbox.clear_faults();
        world.hand.advance(Duration::from_secs(2));
        let back = until(&world, &query, |data| status(data) == "OK").await;
        assert!(!is_marked(&back), "{vendor}");
    }
}

#[tokio::test]
async fn what_ages_is_given_out_at_once_and_read_anew_by_one_call() {
    let world = World::start().await;
    let query = list("PLANNR");
    let before = world.data(&query).await;
    world.hand.advance(Duration::from_secs(31));
    world.sandbox.clear_log();
    let aging = world.data(&query).await;
    assert_eq!(aging, before, "what is kept, without a word on its age");
    let renewed = until(&world, &query, |data| *data != before).await;
    assert_eq!(status(&renewed), "OK");
    assert_eq!(
        renewed["referrals"]["nodes"][0]["fetchedAt"],
        "2026-11-01T09:00:31Z"
    );
    assert_eq!(world.calls()["plannr"], 1);
}

#[tokio::test]
async fn a_vendor_that_hangs_holds_up_nobody_who_can_be_given_what_ages() {
    let world = World::start().await;
    let query = list("SAASQUATCH");
    let before = world.data(&query).await;
    world.hand.advance(Duration::from_mins(4));
    world.sandbox.fault(Fault::new("saasquatch", Kind::Hang));
    for _ in 0..20 {
        assert_eq!(world.data(&query).await, before);
    }
    assert_eq!(
        world.calls()["saasquatch"],
        2,
        "one reading for all of them"
    );
}

#[tokio::test]
async fn a_record_by_itself_is_stale_too_and_has_no_error() {
    for (path, vendor) in VENDORS {
        let world = World::start().await;
        let listed = world.data(&list(vendor)).await;
        let id = listed["referrals"]["nodes"][0]["id"].clone();
        let query = "query($id: ID!) { referral(id: $id) { id stale } }";
        let variables = json!({ "id": id });
        let warm = world.data_with(query, variables.clone()).await;
        assert_eq!(warm["referral"]["stale"], false, "{vendor}");
        world.sandbox.fault(Fault::new(path, Kind::DropBefore));
        world.hand.advance(Duration::from_mins(20));
        let old = world.data_with(query, variables.clone()).await;
        assert_eq!(
            old["referral"],
            json!({ "id": id, "stale": true }),
            "{vendor}"
        );
        world.hand.advance(Duration::from_mins(40));
        let gone = world.query_with(query, variables).await;
        assert_eq!(gone["data"]["referral"], Value::Null, "{vendor}");
        assert_eq!(codes(&gone).len(), 1, "{vendor}: {gone:#}");
    }
}

#[tokio::test]
async fn what_the_vendor_no_longer_lets_us_see_is_not_shown_from_the_cache() {
    let world = World::start().await;
    let query = list("INTROZY");
    world.data(&query).await;
    world
        .sandbox
        .fault(Fault::new("introzy", Kind::status(401)));
    world.hand.advance(Duration::from_mins(10));
    let refused = world.data(&query).await;
    assert_eq!(
        (status(&refused), rows(&refused).len()),
        ("UNAUTHORIZED", 0),
        "{refused:#}"
    );
}

#[tokio::test]
async fn a_record_that_is_missing_is_asked_for_again_after_five_seconds_and_a_failure_at_once() {
    let world = World::start().await;
    let id = GlobalId::Referral(
        Vendor::Introzy,
        "00000000-0000-4000-8000-000000000000".into(),
    );
    let query = format!("{{ referral(id: \"{id}\") {{ id }} }}");
    for (advance, calls) in [(0, 1), (4, 1), (2, 2)] {
        world.hand.advance(Duration::from_secs(advance));
        assert_eq!(world.data(&query).await["referral"], Value::Null);
        assert_eq!(world.calls()["introzy"], calls, "after {advance} s");
    }
    world.hand.advance(Duration::from_secs(6));
    world
        .sandbox
        .fault(Fault::new("introzy", Kind::status(400)));
    for calls in [3, 4] {
        assert_eq!(codes(&world.query(&query).await).len(), 1);
        assert_eq!(world.calls()["introzy"], calls);
    }
}
