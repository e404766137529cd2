//! `check --online`: one cheap authenticated read per vendor, and what is wrong with it.

use std::collections::HashMap;

use pretty_assertions::assert_eq;
use referral_gateway::clock::Clock;
use referral_gateway::config::Config;
use referral_gateway::gateway;
use referral_gateway::random::Random;
use referral_gateway::vendor::{Adapter, Call, Kind};
use tokio::time::Instant;

use crate::harness::World;

/// The adapters for this sandbox, with some variables changed.
fn adapters(world: &World, changed: &[(&'static str, &str)]) -> Vec<std::sync::Arc<dyn Adapter>> {
    let mut environment: HashMap<&str, String> = world.environment.clone();
    environment.extend(
        changed
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    let config = Config::read(None, &|name| environment.get(name).cloned())
        .ok()
        .unwrap();
    let [of] = config.workspaces.as_slice() else {
        panic!("there is one workspace");
    };
    let (adapters, failed) = gateway::adapters(&config, of, &Clock::system(), &Random::system());
    assert!(failed.is_empty(), "{failed:?}");
    adapters.into_values().collect()
}

fn call() -> Call {
    Call {
        request_id: "check".into(),
        deadline: Instant::now() + std::time::Duration::from_secs(10),
    }
}

#[tokio::test]
async fn with_the_right_credentials_every_vendor_is_found_well() {
    let world = World::start().await;
    for adapter in adapters(&world, &[]) {
        let seen = adapter.check(&call()).await;
        assert!(
            seen.as_ref().is_ok_and(|sentence| !sentence.is_empty()),
            "{seen:?}"
        );
    }
    let calls = world.calls();
    assert!(
        calls.values().all(|calls| (1..=2).contains(calls)),
        "not cheap: {calls:?}"
    );
}

#[tokio::test]
async fn with_wrong_credentials_every_vendor_says_so_and_shows_none() {
    let world = World::start().await;
    let wrong = [
        ("INTROZY_API_KEY", "introzy_hunter2"),
        ("PLANNR_ACCESS_TOKEN", "hunter2"),
        ("PARTNER_CENTER_REFRESH_TOKEN", "hunter2"),
        ("SAASQUATCH_API_KEY", "hunter2"),
    ];
    for adapter in adapters(&world, &wrong) {
        let error = adapter.check(&call()).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unauthorized, "{error}");
        let shown = format!("{error} {error:?}");
        assert!(
            shown.contains(adapter.vendor().key()) && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_vendor_that_is_nowhere_is_out_of_reach() {
    let world = World::start().await;
    let nowhere = "http://127.0.0.1:9";
    let changed = [
        ("INTROZY_BASE_URL", nowhere),
        ("PLANNR_BASE_URL", nowhere),
        ("PARTNER_CENTER_TOKEN_URL", nowhere),
        ("SAASQUATCH_BASE_URL", nowhere),
    ];
    for adapter in adapters(&world, &changed) {
        let error = adapter.check(&call()).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable, "{error}");
    }
}
