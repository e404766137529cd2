//! Writes that Plannr does not take for now: nothing is recorded, so that the same key works later.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::Kind;
use serde_json::{Value, json};

use super::{Parts, REFERRALS, create, fail};
use crate::harness::{Options, World, codes};
use crate::writes::{COMMON, operation, problems, sent, try_mutate};

#[tokio::test]
async fn too_many_calls_are_a_user_error_and_the_key_works_later() {
    let world = World::start().await;
    let parts = Parts::of(&world).await;
    fail(&world, REFERRALS, Kind::RateLimited { seconds: Some(30) });
    for _ in 0..2 {
        let payload = create(&world, "k", &parts.least()).await;
        assert_eq!(
            (&payload["outcome"], &payload["operation"]),
            (&json!("REJECTED"), &Value::Null)
        );
        assert_eq!(problems(&payload)[0].0, "RATE_LIMITED");
        assert_eq!(operation(&world, "k").await, Value::Null);
        // Until Plannr wants to be asked again, it is not.
        assert_eq!(sent(&world, "plannr").len(), 1);
    }
    world.hand.advance(Duration::from_secs(31));
    let payload = create(&world, "k", &parts.least()).await;
    assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
    assert_eq!(sent(&world, "plannr").len(), 2);
}

#[tokio::test]
async fn credentials_that_are_not_accepted_are_an_error_and_nothing_is_recorded() {
    let world = World::start().await;
    let parts = Parts::of(&world).await;
    fail(&world, REFERRALS, Kind::ExpiredToken);
    let input = json!({ "idempotencyKey": "k", "referral": { "plannr": parts.least() } });
    let answer = try_mutate(&world, "createReferral", input, COMMON).await;
    let expected = [(
        "createReferral".to_owned(),
        "VENDOR_UNAUTHORIZED".to_owned(),
    )];
    assert_eq!(codes(&answer), expected);
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(
        (&extensions["vendor"], &extensions["retryable"]),
        (&json!("PLANNR"), &json!(false))
    );
    assert_eq!(operation(&world, "k").await, Value::Null);
    let payload = create(&world, "k", &parts.least()).await;
    assert_eq!(payload["outcome"], "APPLIED");
}

#[tokio::test]
async fn a_vendor_that_is_not_asked_for_now_is_an_error_and_nothing_is_recorded() {
    let toml = "[limits]\nvendor_retries = 0";
    let world = World::with(Options {
        toml,
        ..Options::default()
    })
    .await;
    let parts = Parts::of(&world).await;
    super::hide(&world, "/api/v1/referrals/*");
    for number in 0..10 {
        let uuid = format!("00000000-0000-4000-8000-{number:012}");
        let id = crate::writes::id(referral_gateway::model::Vendor::Plannr, &uuid);
        let query = "query($id: ID!) { referral(id: $id) { id } }";
        world.query_with(query, json!({ "id": id })).await;
    }
    let input = json!({ "idempotencyKey": "k", "referral": { "plannr": parts.least() } });
    let answer = try_mutate(&world, "createReferral", input, COMMON).await;
    let expected = [(
        "createReferral".to_owned(),
        "VENDOR_CIRCUIT_OPEN".to_owned(),
    )];
    assert_eq!(codes(&answer), expected);
    assert_eq!(answer["errors"][0]["extensions"]["retryable"], true);
    assert_eq!(operation(&world, "k").await, Value::Null);
    assert_eq!(sent(&world, "plannr").len(), 0);
    world.sandbox.clear_faults();
    world.hand.advance(Duration::from_mins(1));
    // The first call after a pause is a probe, which must be a read.
    crate::writes::newest(&world, "PLANNR", 1, "id").await;
    let payload = create(&world, "k", &parts.least()).await;
    assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
}

#[tokio::test]
async fn without_credentials_nothing_is_written() {
    let world = World::with(Options {
        without: vec!["plannr"],
        ..Options::default()
    })
    .await;
    let plannr = json!({ "connectionId": "a", "clientIds": ["b"], "adviceType": "TAX" });
    let input = json!({ "idempotencyKey": "k", "referral": { "plannr": plannr } });
    for (field, input) in [
        ("createReferral", input),
        ("requestConnection", json!({ "adviserKey": "GR4CE0NL" })),
    ] {
        let answer = try_mutate(&world, field, input, COMMON).await;
        assert_eq!(
            codes(&answer),
            [(field.to_owned(), "VENDOR_NOT_CONFIGURED".to_owned())]
        );
    }
    assert_eq!(world.calls()["plannr"], 0);
}
