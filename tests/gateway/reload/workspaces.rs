//! Workspaces that come and go.

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use crate::callers::{Several, WORKSPACES, assert_own, key_of};

const LIST: &str = "{ referrals(first: 1) { nodes { id } } }";

const REST: [&str; 2] = ["acme", "globex"];

async fn status(several: &Several, workspace: &str) -> u16 {
    let body = json!({ "query": LIST });
    several
        .post(&key_of(workspace, "reader"), &body)
        .await
        .status
}

#[tokio::test]
async fn a_removed_workspace_is_gone_for_its_callers_and_the_others_notice_nothing() {
    let several = Several::start().await;
    for workspace in WORKSPACES {
        assert_eq!(status(&several, workspace).await, 200);
    }
    let calls = several.calls();
    several.reload(&REST, "").await.unwrap();
    assert_eq!(status(&several, "initech").await, 401);
    for workspace in REST {
        assert_eq!(status(&several, workspace).await, 200);
    }
    assert_eq!(several.calls(), calls);
}

/// Takes it back as soon as it has finished; until then that is refused by its name.
async fn take_back(several: &Several) -> Vec<String> {
    let mut refused = Vec::new();
    loop {
        match several.reload(&WORKSPACES, "").await {
            Ok(_) => return refused,
            Err(problems) => refused.extend(problems),
        }
        assert!(refused.len() < 10_000, "it never finishes");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_workspace_that_comes_back_has_its_own_again_and_reads_it_anew() {
    let several = Several::start().await;
    let names = "{ referrals(first: 3, filter: { vendors: [INTROZY] }) { nodes { name } } }";
    assert_own("initech", &several.ask("initech", "people", names).await);
    several.reload(&REST, "").await.unwrap();
    take_back(&several).await;
    let before = several.calls()["initech"];
    assert_own("initech", &several.ask("initech", "people", names).await);
    assert!(several.calls()["initech"] > before);
}

#[tokio::test]
async fn what_a_removed_workspace_has_under_way_is_answered_and_written_once() {
    let several = Several::start().await;
    let sandbox = &several.sandboxes["initech"];
    let code = "{ referrals(first: 1, filter: { vendors: [SAASQUATCH] }) { nodes { details { ... on SaasquatchReferral { referralCodeUsed } } } } }";
    let answer = several.ask("initech", "admin", code).await;
    let code = &answer["data"]["referrals"]["nodes"][0]["details"]["referralCodeUsed"];
    sandbox.fault(Fault {
        method: Some("PUT".to_owned()),
        times: Some(1),
        ..Fault::new("saasquatch", Kind::Hold)
    });
    let create = "mutation($input: CreateReferralInput!) { createReferral(input: $input) { outcome operation { state } userErrors { message } } }";
    let referral =
        json!({ "saasquatch": { "accountId": "a1", "userId": "u1", "referralCode": code } });
    let input = json!({ "input": { "idempotencyKey": "key", "referral": referral } });
    let asked = several.ask_with("initech", "admin", create, input.clone());
    let removed = async {
        sandbox.until_held(1).await;
        several.reload(&REST, "").await.unwrap();
        let refused = several.reload(&WORKSPACES, "").await.unwrap_err();
        sandbox.release();
        refused
    };
    let (answer, refused) = tokio::join!(asked, removed);
    let payload = |answer: &Value| answer["data"]["createReferral"].clone();
    assert_eq!(payload(&answer)["outcome"], "APPLIED", "{answer:#}");
    assert!(
        refused.len() == 1 && refused[0].starts_with("workspaces.initech: "),
        "{refused:?}"
    );
    take_back(&several).await;
    let again = several.ask_with("initech", "admin", create, input).await;
    assert_eq!(payload(&again), payload(&answer));
    let puts = sandbox.requests("saasquatch");
    let puts = puts.iter().filter(|request| request.method == "PUT");
    assert_eq!(puts.count(), 1);
}
