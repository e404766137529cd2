//! Nothing of one workspace is ever seen in another, although all ids are the same.

use futures_util::future::join_all;
use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Several, WORKSPACES, assert_own, codes_of, key_of};
use referral_gateway::callers::key::hex;

const LIST: &str = "query($after: String) { referrals(first: 10, after: $after) {
  nodes { id name remoteId referred { ... on Person { name firstName } ... on Organization { name } }
    recipient { ... on Person { name } ... on Organization { name } } details { __typename } }
  edges { cursor } pageInfo { endCursor } sources { vendor status } } }";

/// Every way to a referral by its id.
const BY_ID: &str = "query($id: ID!, $ids: [ID!]!, $keys: [_Any!]!) {
  referral(id: $id) { ...all }
  node(id: $id) { ...all }
  nodes(ids: $ids) { ...all }
  _entities(representations: $keys) { ...all }
}
fragment all on Referral { id name version raw
  referred { ... on Person { name firstName email } ... on Organization { name } }
  referrer { ... on Person { name firstName } ... on Organization { name } }
  facilitators { nodes { id party { ... on Person { firstName } } } } }";

/// One referral of each vendor: their ids are the same everywhere.
async fn ids(several: &Several) -> Vec<String> {
    let mut all = Vec::new();
    for vendor in ["INTROZY", "PLANNR", "PARTNER_CENTER", "SAASQUATCH"] {
        let query = format!(
            "{{ referrals(first: 1, filter: {{ vendors: [{vendor}] }}) {{ nodes {{ id }} }} }}"
        );
        let mut found = Vec::new();
        for workspace in WORKSPACES {
            let answer = several.ask(workspace, "reader", &query).await;
            found.push(answer["data"]["referrals"]["nodes"][0]["id"].clone());
        }
        assert!(found.iter().all(|id| id.is_string() && *id == found[0]));
        all.push(found[0].as_str().unwrap().to_owned());
    }
    all
}

#[tokio::test]
async fn the_same_ids_lead_every_caller_to_its_own_records_cold_and_warm() {
    let several = Several::start().await;
    let ids = ids(&several).await;
    for _ in 0..2 {
        for id in &ids {
            let keys = json!([{ "__typename": "Referral", "id": id }]);
            let variables = json!({ "id": id, "ids": [id], "keys": keys });
            let asked = WORKSPACES
                .map(|workspace| several.ask_with(workspace, "people", BY_ID, variables.clone()));
            for (workspace, answer) in WORKSPACES.iter().zip(join_all(asked).await) {
                assert_eq!(answer.get("errors"), None, "{answer:#}");
                assert_own(workspace, &answer);
                for field in ["referral", "node", "nodes", "_entities"] {
                    assert_own(workspace, &answer["data"][field]);
                }
            }
        }
    }
}

#[tokio::test]
async fn lists_and_searches_and_connections_are_the_callers_own() {
    let several = Several::start().await;
    let connections = "{ connections { nodes { id sender { ... on Person { name } ... on Organization { name } } recipient { ... on Person { name } ... on Organization { name } } } } }";
    let people = "{ people(vendor: INTROZY, search: \"a\") { remoteId name firstName } }";
    for _ in 0..2 {
        for query in [LIST, connections, people] {
            let asked = WORKSPACES.map(|workspace| several.ask(workspace, "people", query));
            for (workspace, answer) in WORKSPACES.iter().zip(join_all(asked).await) {
                assert_own(workspace, &answer);
            }
        }
    }
}

#[tokio::test]
async fn anothers_cursor_is_a_place_in_ones_own_list() {
    let several = Several::start().await;
    let first = several.ask("acme", "people", LIST).await;
    let cursor = &first["data"]["referrals"]["pageInfo"]["endCursor"];
    let variables = json!({ "after": cursor });
    for workspace in ["globex", "initech"] {
        let next = several
            .ask_with(workspace, "people", LIST, variables.clone())
            .await;
        assert_own(workspace, &next);
    }
    let calls = several.calls();
    assert!(WORKSPACES.iter().all(|it| calls[it] > 0), "{calls:?}");
}

#[tokio::test]
async fn an_idempotency_key_is_known_in_its_own_workspace_alone() {
    let several = Several::start().await;
    let id = ids(&several).await.remove(0);
    let note = "mutation($input: AddNoteInput!) { addNote(input: $input) { outcome userErrors { code } operation { state } } }";
    let find = "{ operation(idempotencyKey: \"one\") { state } }";
    let write = |content: &str| json!({ "input": { "idempotencyKey": "one", "referralId": id, "content": content } });
    let answer = several
        .ask_with("acme", "admin", note, write("for acme"))
        .await;
    assert_eq!(
        answer["data"]["addNote"]["outcome"], "APPLIED",
        "{answer:#}"
    );
    let unknown = several.ask("globex", "reader", find).await;
    assert_eq!(unknown, json!({ "data": { "operation": null } }));
    let own = several.ask("acme", "reader", find).await;
    assert_eq!(own["data"]["operation"]["state"], "CONFIRMED");
    // The same key with other content is no mismatch in another workspace.
    let answer = several
        .ask_with("globex", "admin", note, write("for globex"))
        .await;
    assert_eq!(
        answer["data"]["addNote"]["outcome"], "APPLIED",
        "{answer:#}"
    );
    let posted = |workspace: &str| {
        let mut all = several.sandboxes[workspace].requests("introzy");
        all.retain(|request| request.method == "POST");
        all.into_iter()
            .map(|request| request.body)
            .collect::<Vec<_>>()
    };
    assert_eq!(posted("acme"), [r#"{"content":"for acme"}"#]);
    assert_eq!(posted("globex"), [r#"{"content":"for globex"}"#]);
    assert!(posted("initech").is_empty());
}

#[tokio::test]
async fn a_read_in_flight_is_joined_by_nobody_of_another_workspace() {
    let several = Several::start().await;
    let query = "{ referrals(first: 3, filter: { vendors: [PLANNR] }) { nodes { id referred { ... on Person { name } } } } }";
    several.sandboxes["acme"].fault(Fault::new("plannr", Kind::Hold));
    let held = several.ask("acme", "people", query);
    let others = async {
        several.sandboxes["acme"].until_held(1).await;
        let globex = several.ask("globex", "people", query).await;
        several.sandboxes["acme"].clear_faults();
        globex
    };
    let (acme, globex) = tokio::join!(held, others);
    assert_own("acme", &acme);
    assert_own("globex", &globex);
}

#[tokio::test]
async fn a_read_in_flight_is_joined_by_nobody_with_other_rights() {
    let several = Several::start().await;
    let query = "{ referrals(first: 3, filter: { vendors: [PLANNR] }) { nodes { id raw } } }";
    several.sandboxes["acme"].fault(Fault::new("plannr", Kind::Hold));
    let held = several.ask("acme", "people", query);
    let other = async {
        several.sandboxes["acme"].until_held(1).await;
        let refused = several.ask("acme", "reader", query).await;
        several.sandboxes["acme"].clear_faults();
        refused
    };
    let (held, refused) = tokio::join!(held, other);
    assert!(held["data"]["referrals"]["nodes"][0]["raw"].is_object());
    assert_eq!(codes_of(&refused), ["FORBIDDEN"]);
    assert_eq!(refused.get("data"), None);
}

fn named(document: &str) -> Value {
    let hash = hex(&Sha256::digest(document));
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

#[tokio::test]
async fn a_registered_document_is_known_in_its_own_workspace_alone() {
    let several = Several::start().await;
    let document = "{ vendors { vendor } }";
    let by_name = json!({ "extensions": named(document) });
    let (acme, globex) = (key_of("acme", "reader"), key_of("globex", "reader"));
    let in_full = json!({ "query": document, "extensions": named(document) });
    several.post(&acme, &in_full).await;
    let known = several.post(&acme, &by_name).await.json;
    assert_eq!(known.get("errors"), None);
    let unknown = several.post(&globex, &by_name).await.json;
    assert_eq!(codes_of(&unknown), ["PERSISTED_QUERY_NOT_FOUND"]);
}

#[tokio::test]
async fn vendors_tell_of_the_callers_workspace_and_anothers_outage_is_its_own() {
    let several = Several::start().await;
    for vendor in ["introzy", "plannr", "partner-center", "saasquatch"] {
        several.sandboxes["acme"].fault(Fault::new(vendor, Kind::status(503)));
    }
    for _ in 0..4 {
        several.hand.advance(std::time::Duration::from_hours(2));
        several.ask("acme", "people", LIST).await;
    }
    several.ask("globex", "people", LIST).await;
    let health = "{ vendors { vendor configured health } }";
    for (workspace, expected) in [
        ("acme", "DOWN"),
        ("globex", "HEALTHY"),
        ("initech", "UNKNOWN"),
    ] {
        let answer = several.ask(workspace, "reader", health).await;
        for vendor in answer["data"]["vendors"].as_array().unwrap() {
            assert_eq!(vendor["health"], expected, "{workspace}: {answer:#}");
        }
    }
}

#[tokio::test]
async fn metrics_tell_the_workspaces_apart_and_are_for_admins_alone() {
    let several = Several::start().await;
    several.ask("acme", "people", LIST).await;
    let scrape = async |key: &str| {
        let request = several.http.get(format!("{}/metrics", several.url));
        several
            .send(request.header("authorization", format!("Bearer {key}")))
            .await
    };
    let text = scrape(&key_of("globex", "admin")).await.json;
    let text = text.as_str().unwrap();
    assert!(
        text.contains("vendor_calls_total{workspace=\"acme\",vendor=\"plannr\",outcome=\"ok\"}")
    );
    assert!(
        !text.contains("vendor_calls_total{workspace=\"globex\""),
        "{text}"
    );
    assert!(
        !text.contains("cache_reads_total{workspace=\"globex\""),
        "{text}"
    );
    assert_eq!(scrape(&key_of("acme", "people")).await.status, 403);
    let without = several.http.get(format!("{}/metrics", several.url));
    assert_eq!(several.send(without).await.status, 401);
}
