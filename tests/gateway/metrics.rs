//! What the gateway counts can be read, and tells nothing of the data.

use std::time::Duration;

use referral_gateway::sandbox::{Fault, Kind};

use crate::harness::{World, send};

pub async fn scrape(world: &World) -> String {
    let response = send(world.http.get(format!("{}/metrics", world.url))).await;
    assert_eq!(response.status(), 200);
    let content_type = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        content_type.starts_with("application/openmetrics-text"),
        "{content_type}"
    );
    response.text().await.unwrap()
}

/// The value of a line; 0 when there is none.
pub fn value(text: &str, line: &str) -> f64 {
    let found = text
        .lines()
        .find_map(|known| known.strip_prefix(line)?.strip_prefix(' '));
    found.map_or(0.0, |value| value.parse().unwrap())
}

const LIST: &str =
    "{ referrals(first: 3, filter: { vendors: [PLANNR] }) { nodes { id } sources { status } } }";

#[tokio::test]
async fn hits_misses_and_stale_answers_can_be_read() {
    let world = World::start().await;
    let counted = |text: &str, used: &str| {
        let labels = format!(
            "{{workspace=\"default\",vendor=\"plannr\",kind=\"referral_page\",use=\"{used}\"}}"
        );
        value(text, &format!("referral_gateway_cache_reads_total{labels}"))
    };
    world.data(LIST).await;
    world.data(LIST).await;
    let text = scrape(&world).await;
    assert!(
        (counted(&text, "miss"), counted(&text, "hit")) == (1.0, 1.0),
        "{text}"
    );

    world.sandbox.fault(Fault::new("plannr", Kind::status(503)));
    world.hand.advance(Duration::from_mins(6));
    world.data(LIST).await;
    let text = scrape(&world).await;
    assert!(
        (counted(&text, "miss"), counted(&text, "stale")) == (2.0, 1.0),
        "{text}"
    );
}

#[tokio::test]
async fn calls_retries_circuits_and_requests_can_be_read() {
    let world = World::start().await;
    world
        .sandbox
        .fault(Fault::new("saasquatch", Kind::status(503)));
    world
        .data("{ referrals(first: 3) { nodes { id } sources { status } } }")
        .await;
    world
        .query("{ referrals(first: 0) { nodes { id } } }")
        .await;
    world.query("{ nothing }").await;
    world.query("{").await;
    let text = scrape(&world).await;
    for (line, expected) in [
        (
            "vendor_calls_total{workspace=\"default\",vendor=\"plannr\",outcome=\"ok\"}",
            1.0,
        ),
        (
            "vendor_calls_total{workspace=\"default\",vendor=\"saasquatch\",outcome=\"unavailable\"}",
            3.0,
        ),
        (
            "vendor_retries_total{workspace=\"default\",vendor=\"saasquatch\"}",
            2.0,
        ),
        (
            "vendor_call_seconds_count{workspace=\"default\",vendor=\"saasquatch\"}",
            3.0,
        ),
        (
            "vendor_circuit{workspace=\"default\",vendor=\"saasquatch\"}",
            0.0,
        ),
        ("requests_total{outcome=\"ok\"}", 1.0),
        ("requests_total{outcome=\"errors\"}", 2.0),
        ("requests_total{outcome=\"refused\"}", 1.0),
        ("request_seconds_count", 3.0),
    ] {
        let found = value(&text, &format!("referral_gateway_{line}"));
        assert!((found - expected).abs() < 0.5, "{line} is {found}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn metrics_name_nobody_and_hold_no_credentials() {
    let world = World::start().await;
    let answer = world
        .data("{ referrals(first: 100) { nodes { id remoteId name } } }")
        .await;
    let text = scrape(&world).await;
    for node in answer["referrals"]["nodes"].as_array().unwrap() {
        for field in ["id", "remoteId", "name"] {
            let told = node[field].as_str().filter(|told| told.len() > 3);
            assert!(told.is_none_or(|told| !text.contains(told)), "{told:?}");
        }
    }
    for (name, secret) in &world.environment {
        assert!(
            name.ends_with("_URL") || !text.contains(secret.as_str()),
            "{name}"
        );
    }
}
