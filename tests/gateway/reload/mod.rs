//! Another configuration while the gateway runs: what is taken and what is refused, and what nobody notices of it.

mod callers;
mod process;
mod vendors;
mod workspaces;
mod writes;

use std::sync::Arc;
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::harness::{Options, World};
use crate::metrics::{scrape, value};

const LIST: &str = "{ referrals(first: 3, filter: { vendors: [INTROZY, PLANNR] }) { nodes { id } sources { status } } }";

const NOTHING: [&str; 0] = [];

/// What the next request may cost.
async fn max_cost(world: &World) -> u64 {
    let body = json!({ "query": "{ __typename }", "extensions": { "cost": true } });
    let answer = world.post(&body).await;
    answer.json["extensions"]["cost"]["limit"].as_u64().unwrap()
}

fn is_unchanged(world: &World) -> bool {
    Arc::ptr_eq(&world.app, &world.gateway.live().app())
}

#[tokio::test]
async fn what_is_taken_is_told_by_the_names_of_its_keys_and_holds_from_the_next_request_on() {
    let world = World::start().await;
    assert_eq!(max_cost(&world).await, 25_000);
    let toml = "[requests]\nmax_cost = 1000\n[introzy]\nstage_status = { Lead = \"won\" }";
    let key = "introzy_ffffffffffffffffffffffffffffffff";
    let changed = world.reload(toml, &[("INTROZY_API_KEY", key)]).await;
    let expected = [
        "introzy.api_key",
        "introzy.stage_status",
        "requests.max_cost",
    ];
    assert_eq!(changed, Ok(expected.map(str::to_owned).to_vec()));
    assert_eq!(max_cost(&world).await, 1_000);
    // Back to what there was, which is a change like any other.
    let changed = world.reload("", &[]).await.unwrap();
    assert_eq!(changed, expected);
    assert_eq!(max_cost(&world).await, 25_000);
}

#[tokio::test]
async fn where_nothing_has_changed_nothing_is_exchanged() {
    let world = World::start().await;
    assert_eq!(world.reload("", &[]).await.unwrap(), NOTHING);
    assert!(is_unchanged(&world));
}

#[tokio::test]
async fn what_is_in_a_file_that_the_configuration_names_is_a_part_of_it() {
    let world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("introzy");
    let manifest = folder.path().join("manifest.json");
    let write_manifest = |document| {
        let manifest_text = json!({ "one": document }).to_string();
        std::fs::write(&manifest, manifest_text).unwrap();
    };
    let toml = format!(
        "[introzy]\napi_key = {{ file = {secret:?} }}\n[documents]\nmanifests = [{manifest:?}]"
    );
    let unset = [("INTROZY_API_KEY", "")];
    let reload = async || world.reload(&toml, &unset).await.unwrap();
    std::fs::write(&secret, &world.environment["INTROZY_API_KEY"]).unwrap();
    write_manifest("{ __typename }");
    // The key is the same as before, wherever it comes from.
    assert_eq!(reload().await, ["documents.manifests"]);
    let named = json!({ "documentId": "one" });
    let answer = world.post(&named).await;
    assert_eq!(answer.json["data"]["__typename"], "Query");
    assert_eq!(reload().await, NOTHING);
    std::fs::write(&secret, "introzy_ffffffffffffffffffffffffffffffff\n").unwrap();
    assert_eq!(reload().await, ["introzy.api_key"]);
    write_manifest("{ vendors { vendor } }");
    assert_eq!(reload().await, ["documents.manifests"]);
    let answer = world.post(&named).await;
    assert_eq!(answer.json["data"]["vendors"][0]["vendor"], "INTROZY");
    std::fs::remove_file(&secret).unwrap();
    let problems = world.reload(&toml, &unset).await.unwrap_err();
    assert!(
        problems.len() == 1 && problems[0].starts_with("introzy.api_key"),
        "{problems:?}"
    );
}

#[tokio::test]
async fn one_with_problems_is_refused_with_all_of_them_and_the_one_before_stays() {
    let world = World::start().await;
    let toml = "[server]\ncolour = \"blue\"\n[cache]\nfresh = \"soon\"\n[requests]\nmax_cost = 1000\n[introzy]\napi_key = { vault = \"hunter2\" }";
    let problems = world
        .reload(toml, &[("INTROZY_API_KEY", "")])
        .await
        .unwrap_err();
    let keys: Vec<&str> = problems
        .iter()
        .map(|line| line.split([':', ' ']).next().unwrap())
        .collect();
    assert_eq!(keys, ["introzy.api_key", "server.colour", "cache.fresh"]);
    assert!(!format!("{problems:?}").contains("hunter2"));
    assert!(is_unchanged(&world));
    assert_eq!(max_cost(&world).await, 25_000);
    world.data(LIST).await;
    let text = scrape(&world).await;
    let reloads =
        |outcome| format!("referral_gateway_config_reloads_total{{outcome=\"{outcome}\"}}");
    assert!((value(&text, &reloads("refused")) - 1.0).abs() < 0.1);
    assert!(value(&text, &reloads("ok")) < 0.1);
}

#[tokio::test]
async fn what_holds_from_the_start_is_refused_by_its_name_and_nothing_beside_it_is_taken() {
    let world = World::start().await;
    let cases = [
        (
            "[server]\nlisten = \"127.0.0.1:4999\"",
            vec!["server.listen (REFERRAL_GATEWAY_LISTEN)"],
        ),
        (
            "[server]\ndata_dir = \"/nowhere\"",
            vec!["server.data_dir (REFERRAL_GATEWAY_DATA_DIR)"],
        ),
        (
            "[cache]\nmax_bytes = 1048576\n[log]\nformat = \"json\"\nfilter = \"warn\"",
            vec!["cache.max_bytes", "log.format", "log.filter (RUST_LOG)"],
        ),
        (
            "[cache]\nstale_if_error = \"61m\"",
            vec!["cache.fresh, cache.stale_while_revalidate, cache.stale_if_error, cache.missing"],
        ),
    ];
    for (toml, expected) in cases {
        let toml = format!("{toml}\n[requests]\nmax_cost = 1000");
        let problems = world.reload(&toml, &[]).await.unwrap_err();
        let keys: Vec<&str> = problems
            .iter()
            .map(|line| line.split_once(": ").unwrap().0)
            .collect();
        assert_eq!(keys, expected, "{toml}");
        assert!(problems.iter().all(|line| line.contains("restart")));
        assert!(is_unchanged(&world));
    }
    // The same place said otherwise is the same.
    let same = "[server]\nlisten = \"127.0.0.1:4000\"\n[cache]\nfresh = \"1s\"";
    assert!(world.reload(same, &[]).await.is_ok());
}

#[tokio::test]
async fn counters_go_on_and_the_time_of_the_last_one_is_told() {
    let world = World::start().await;
    world.data(LIST).await;
    let before = scrape(&world).await;
    world.hand.advance(Duration::from_mins(1));
    let toml = "[limits]\nvendor_timeout = \"4s\"\n[introzy]\nstage_status = { Lead = \"won\" }";
    world.reload(toml, &[]).await.unwrap();
    world.data(LIST).await;
    let after = scrape(&world).await;
    let count = |line: &str| {
        let name = format!("referral_gateway_{line}");
        (value(&before, &name), value(&after, &name))
    };
    for line in [
        "requests_received_total",
        "requests_total{outcome=\"ok\"}",
        "request_seconds_count",
        "vendor_calls_total{workspace=\"default\",vendor=\"introzy\",outcome=\"ok\"}",
        "cache_reads_total{workspace=\"default\",vendor=\"introzy\",kind=\"referral_snapshot\",use=\"miss\"}",
        "vendor_call_seconds_count{workspace=\"default\",vendor=\"introzy\"}",
    ] {
        let (before, after) = count(line);
        assert!(before > 0.0 && after > before, "{line}: {before} {after}");
    }
    for line in [
        "vendor_calls_total{workspace=\"default\",vendor=\"plannr\",outcome=\"ok\"}",
        "connections_accepted_total{}",
    ] {
        let (before, after) = count(line);
        assert!(before > 0.0 && after >= before, "{line}: {before} {after}");
    }
    let (before, after) = count("config_taken_timestamp_seconds");
    assert!((after - before - 60.0).abs() < 0.1, "{before} {after}");
    let (before, after) = count("config_reloads_total{outcome=\"ok\"}");
    assert!((after - before - 1.0).abs() < 0.1, "{before} {after}");
}

#[tokio::test]
async fn a_document_that_a_client_registered_stays_registered() {
    let world = World::with(Options {
        toml: "[requests]\nmax_cost = 2000",
        ..Options::default()
    })
    .await;
    let query = "{ __typename }";
    let hash = referral_gateway::callers::key::hex(&<sha2::Sha256 as sha2::Digest>::digest(query));
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let registered = world
        .post(&json!({ "query": query, "extensions": extensions }))
        .await;
    assert_eq!(registered.json["data"]["__typename"], "Query");
    world.reload("", &[]).await.unwrap();
    let named = world.post(&json!({ "extensions": extensions })).await;
    assert_eq!(named.json["data"]["__typename"], "Query");
    // Where clients may not register any more, what they had registered is of no use.
    let off = "[documents]\nautomatic = false";
    world.reload(off, &[]).await.unwrap();
    let named = world.post(&json!({ "extensions": extensions })).await;
    assert_eq!(
        named.json["errors"][0]["extensions"]["code"],
        "PERSISTED_QUERY_NOT_FOUND"
    );
}
