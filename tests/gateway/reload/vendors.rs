//! Vendors that are configured otherwise: whom they are asked as, and what of what was read before is still given out.

use pretty_assertions::assert_eq;
use referral_gateway::config::Config;
use referral_gateway::model::Vendor;
use referral_gateway::sandbox::{Fault, Kind};
use referral_gateway::vendor;
use serde_json::{Value, json};

use super::{is_unchanged, max_cost};
use crate::harness::World;
use crate::metrics::{scrape, value};

const KEY: &str = "introzy_ffffffffffffffffffffffffffffffff";

const ALL: &str =
    "{ referrals(first: 5) { nodes { id vendor status } sources { vendor status code } } }";

const INTROZY: &str = "{ referrals(first: 5, filter: { vendors: [INTROZY] }) { nodes { status } sources { status code } } }";

fn with_key(key: &'static str) -> [(&'static str, &'static str); 1] {
    [("INTROZY_API_KEY", key)]
}

#[tokio::test]
async fn the_next_call_carries_a_changed_credential_and_nothing_is_given_out_that_another_read() {
    let world = World::start().await;
    let before = world.data(INTROZY).await;
    assert_eq!(before["referrals"]["sources"][0]["status"], "OK");
    world.reload("", &with_key(KEY)).await.unwrap();
    let calls = world.calls()["introzy"];
    let after = world.query(INTROZY).await;
    assert!(world.calls()["introzy"] > calls);
    let asked = world.asked("introzy");
    let carried = asked.last().unwrap().header("authorization").unwrap();
    assert_eq!(carried, format!("Bearer {KEY}"));
    // The sandbox does not know that key, and what was read with the other one may be somebody else's.
    let source = &after["data"]["referrals"]["sources"][0];
    assert_eq!(source["code"], "VENDOR_UNAUTHORIZED", "{after:#}");
    assert_eq!(after["data"]["referrals"]["nodes"], json!([]));
}

#[tokio::test]
async fn records_stay_where_nothing_of_their_vendor_changed_and_are_read_anew_where_something_did()
{
    let world = World::start().await;
    world.data(ALL).await;
    let before = world.calls();
    // Its limits make its adapters anew; they ask the same vendor for the same.
    let toml = "[limits]\nvendor_timeout = \"4s\"\n[cache]\nfresh = \"20s\"";
    world.reload(toml, &[]).await.unwrap();
    world.data(ALL).await;
    assert_eq!(world.calls(), before);
    let stages = "[introzy.stage_status]\nLead = \"won\"\nIntroduction = \"lost\"\nMeeting = \"won\"\nProposal = \"won\"\nNegotiation = \"won\"\nClosed = \"won\"";
    world
        .reload(&format!("{toml}\n{stages}"), &[])
        .await
        .unwrap();
    world.data(ALL).await;
    let after = world.calls();
    for (vendor, calls) in after {
        let is_anew = calls > before[vendor];
        assert_eq!(is_anew, vendor == "introzy", "{vendor}");
    }
}

#[tokio::test]
async fn a_read_under_way_is_answered_by_what_it_found_and_leaves_nothing_behind() {
    let world = World::start().await;
    world.sandbox.fault(Fault {
        times: Some(1),
        ..Fault::new("introzy", Kind::Hold)
    });
    let asked = async {
        let answer = world.query(INTROZY).await;
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        answer
    };
    let exchanged = async {
        world.sandbox.until_held(1).await;
        world.reload("", &with_key(KEY)).await.unwrap();
        // Asked in the very same way meanwhile, it does not wait for what the other has begun.
        let other = world.query(INTROZY).await;
        world.sandbox.release();
        other
    };
    let (answer, other) = tokio::join!(asked, exchanged);
    let source = |answer: &Value| answer["data"]["referrals"]["sources"][0].clone();
    assert_eq!(source(&answer)["status"], "OK", "{answer:#}");
    assert_eq!(source(&other)["code"], "VENDOR_UNAUTHORIZED", "{other:#}");
    let later = world.query(INTROZY).await;
    assert_eq!(source(&later)["code"], "VENDOR_UNAUTHORIZED", "{later:#}");
}

#[tokio::test]
async fn a_vendor_without_credentials_any_more_is_not_configured_and_comes_back() {
    let world = World::start().await;
    world.data(INTROZY).await;
    let gone = [("INTROZY_API_KEY", ""), ("INTROZY_BASE_URL", "")];
    world.reload("", &gone).await.unwrap();
    let calls = world.calls();
    let answer = world.query(INTROZY).await;
    assert!(answer.to_string().contains("NOT_CONFIGURED"), "{answer:#}");
    assert_eq!(world.calls(), calls);
    world.reload("", &[]).await.unwrap();
    world.data(INTROZY).await;
    assert!(world.calls()["introzy"] > calls["introzy"]);
}

#[tokio::test]
async fn the_refresh_token_that_took_the_configured_ones_place_is_used_on() {
    let world = World::start().await;
    let query = "{ referrals(first: 1, filter: { vendors: [PARTNER_CENTER] }) { nodes { id } } }";
    world.data(query).await;
    // Another adapter, which has no access token yet; and then one that comes with another secret, which is wrong.
    let limits = "[limits]\nvendor_timeout = \"4s\"";
    world.reload(limits, &[]).await.unwrap();
    let other = "{ referrals(first: 2, orderBy: { field: UPDATED_AT, direction: ASC }, filter: { vendors: [PARTNER_CENTER] }) { nodes { id } } }";
    world.data(other).await;
    let wrong = [("PARTNER_CENTER_CLIENT_SECRET", "another-secret")];
    world.reload(limits, &wrong).await.unwrap();
    let refused = world.query(query).await;
    assert!(
        refused.to_string().contains("VENDOR_UNAUTHORIZED"),
        "{refused:#}"
    );
    let tokens: Vec<String> = world
        .asked("partner-center")
        .iter()
        .filter(|request| request.path.ends_with("/token"))
        .map(|request| {
            let fields = url::form_urlencoded::parse(request.body.as_bytes());
            let mut token = fields.filter(|(name, _)| name == "refresh_token");
            token.next().unwrap().1.into_owned()
        })
        .collect();
    assert_eq!(tokens.len(), 3, "{tokens:?}");
    assert!(
        tokens[0] != tokens[1] && tokens[1] != tokens[2] && tokens[0] != tokens[2],
        "{tokens:?}"
    );
}

#[tokio::test]
async fn one_whose_adapter_cannot_be_made_is_refused_with_the_reason_and_the_one_before_stays() {
    let world = World::start().await;
    let before = world.data(ALL).await;
    // Everybody's adapter is made anew, and one of them cannot be.
    let toml = "[requests]\nmax_cost = 1000\n[limits]\nvendor_timeout = \"4s\"";
    let environment = world.environment.clone();
    let read = move || {
        let mut config = Config::read(Some(toml), &|name| environment.get(name).cloned())?;
        for (vendor, connector) in &mut config.workspaces[0].vendors {
            if *vendor == Vendor::Plannr {
                *connector = Some(Box::new(|_| {
                    let (kind, detail) = (vendor::Kind::Unavailable, "TLS could not be set up");
                    Err(vendor::Error::new(Vendor::Plannr, "connect", kind, detail))
                }));
            }
        }
        Ok(config)
    };
    let problems = world.gateway.reload(read).await.unwrap_err();
    assert_eq!(
        problems,
        ["workspace default: plannr connect: Unavailable: TLS could not be set up"]
    );
    assert!(is_unchanged(&world));
    assert_eq!(max_cost(&world).await, 25_000);
    let metrics = scrape(&world).await;
    let reloads =
        |outcome| format!("referral_gateway_config_reloads_total{{outcome=\"{outcome}\"}}");
    assert!((value(&metrics, &reloads("refused")) - 1.0).abs() < 0.1);
    assert!(value(&metrics, &reloads("ok")) < 0.1);
    // The vendors are asked as before: by the adapters and from the records that there were.
    let calls = world.calls();
    assert_eq!(world.data(ALL).await, before);
    assert_eq!(world.calls(), calls);
    let newest = "{ referrals(first: 2, orderBy: { field: UPDATED_AT, direction: DESC }) { nodes { id } sources { status } } }";
    let answer = world.data(newest).await;
    for source in answer["referrals"]["sources"].as_array().unwrap() {
        assert_eq!(source["status"], "OK", "{answer:#}");
    }
    assert!(world.calls()["plannr"] > calls["plannr"]);
    // The same configuration is taken once the adapter can be made.
    world.reload(toml, &[]).await.unwrap();
    assert_eq!(max_cost(&world).await, 1_000);
}
