//! An issuer's keys: fetched once for many, kept through an outage, changed without anyone being turned away.

use std::time::Duration;

use futures_util::future::join_all;
use pretty_assertions::assert_eq;
use serde_json::json;

use super::Several;
use super::issuer::{Issuer, Key, NOW, status};

/// A token that lasts longer than any test.
fn lasting(key: &Key, id: &str) -> String {
    key.token(id, &json!({ "exp": NOW + 1_000_000 }))
}

#[tokio::test]
async fn many_who_come_at_once_cost_one_fetch_and_nobody_comes_none() {
    let key = Key::ed();
    let issuer = Issuer::start(&[key.jwk("a")]).await;
    let several = Several::with(&issuer.entry("")).await;
    assert_eq!(issuer.served.asked(), 0);
    let token = lasting(&key, "a");
    let all = join_all((0..20).map(|_| status(&several, &token))).await;
    assert!(all.iter().all(|status| *status == 200), "{all:?}");
    assert_eq!(issuer.served.asked(), 1);
}

#[tokio::test]
async fn an_outage_of_the_issuer_turns_nobody_away_for_a_day() {
    let key = Key::ed();
    let issuer = Issuer::start(&[key.jwk("a")]).await;
    let several = Several::with(&issuer.entry("")).await;
    let token = lasting(&key, "a");
    assert_eq!(status(&several, &token).await, 200);
    issuer.served.answer(503, "");
    for _ in 0..47 {
        several.hand.advance(Duration::from_mins(30));
        assert_eq!(status(&several, &token).await, 200);
    }
    several.hand.advance(Duration::from_mins(31));
    assert_eq!(status(&several, &token).await, 401);
    issuer.served.keys(&[key.jwk("a")]);
    several.hand.advance(Duration::from_secs(31));
    assert_eq!(status(&several, &token).await, 200);
}

#[tokio::test]
async fn a_new_key_is_taken_at_once_and_a_withdrawn_one_no_longer_after_the_next_fetch() {
    let (old, new) = (Key::ed(), Key::ed());
    let issuer = Issuer::start(&[old.jwk("old")]).await;
    let several = Several::with(&issuer.entry("")).await;
    assert_eq!(status(&several, &lasting(&old, "old")).await, 200);
    issuer.served.keys(&[new.jwk("new"), old.jwk("old")]);
    several.hand.advance(Duration::from_secs(31));
    assert_eq!(status(&several, &lasting(&new, "new")).await, 200);
    assert_eq!(status(&several, &lasting(&old, "old")).await, 200);
    assert_eq!(issuer.served.asked(), 2);
    issuer.served.keys(&[new.jwk("new")]);
    several.hand.advance(Duration::from_secs(31));
    assert_eq!(
        status(&several, &lasting(&Key::ed(), "unheard-of")).await,
        401
    );
    assert_eq!(status(&several, &lasting(&old, "old")).await, 401);
    assert_eq!(status(&several, &lasting(&new, "new")).await, 200);
}

#[tokio::test]
async fn tokens_that_name_unknown_keys_make_the_issuer_be_asked_twice_a_minute_at_most() {
    let key = Key::ed();
    let issuer = Issuer::start(&[key.jwk("a")]).await;
    let several = Several::with(&issuer.entry("")).await;
    assert_eq!(status(&several, &lasting(&key, "a")).await, 200);
    for number in 0..60 {
        several.hand.advance(Duration::from_secs(1));
        let token = lasting(&key, &format!("unknown-{number}"));
        assert_eq!(status(&several, &token).await, 401);
    }
    assert_eq!(issuer.served.asked(), 3);
}

#[tokio::test]
async fn keys_that_age_are_fetched_beside_the_requests() {
    let key = Key::ed();
    let issuer = Issuer::start(&[key.jwk("a")]).await;
    let several = Several::with(&issuer.entry("")).await;
    let token = lasting(&key, "a");
    status(&several, &token).await;
    several.hand.advance(Duration::from_secs(599));
    assert_eq!(status(&several, &token).await, 200);
    assert_eq!(issuer.served.asked(), 1);
    several.hand.advance(Duration::from_secs(1));
    assert_eq!(status(&several, &token).await, 200);
    // The request did not wait for it; an unknown key does, and joins it or finds it done.
    status(&several, &lasting(&key, "unknown")).await;
    assert_eq!(issuer.served.asked(), 2);
}

#[tokio::test]
async fn redirects_huge_sets_and_other_answers_bring_no_keys() {
    let key = Key::ed();
    let set = json!({ "keys": [key.jwk("a")] }).to_string();
    let padded = format!("{}{set}", " ".repeat(300 * 1024));
    for (status_code, body) in [
        (302, set.as_str()),
        (500, &set),
        (200, ""),
        (200, "[]"),
        (200, "{\"keys\":[]}"),
        (200, "{\"keys\":[1,{},{\"kty\":\"oct\",\"k\":\"YQ\"}]}"),
        (200, &padded),
    ] {
        let issuer = Issuer::start(&[]).await;
        issuer.served.answer(status_code, body);
        let several = Several::with(&issuer.entry("")).await;
        assert_eq!(
            status(&several, &lasting(&key, "a")).await,
            401,
            "{status_code}"
        );
        assert_eq!(issuer.served.asked(), 1, "{status_code}");
    }
}

#[tokio::test]
async fn keys_of_no_use_beside_a_good_one_do_no_harm_and_twins_are_not_chosen_between() {
    let (key, twin) = (Key::ed(), Key::ed());
    let issuer = Issuer::start(&[json!({ "kty": "new" }), json!(1), key.jwk("a")]).await;
    let several = Several::with(&issuer.entry("")).await;
    assert_eq!(status(&several, &lasting(&key, "a")).await, 200);
    issuer
        .served
        .keys(&[key.jwk("a"), twin.jwk("a"), key.jwk("b")]);
    several.hand.advance(Duration::from_secs(31));
    assert_eq!(status(&several, &lasting(&key, "b")).await, 200);
    assert_eq!(status(&several, &lasting(&key, "a")).await, 401);
    let without_id = key.token_of(
        r#"{"alg":"EdDSA"}"#,
        &super::issuer::claims(&json!({})).to_string(),
    );
    assert_eq!(status(&several, &without_id).await, 401);
}
