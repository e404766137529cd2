//! Vendors that are configured otherwise: whom they are asked as, and what of what was read before is still given out.

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use crate::harness::World;

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
