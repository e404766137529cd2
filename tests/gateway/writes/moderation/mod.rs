//! Referrals of many vendors approved and denied with one mutation.

mod batches;
mod decisions;
mod failures;

use referral_gateway::sandbox::Logged;
use serde_json::{Value, json};

use super::{body, mutate, problems};
use crate::harness::World;

const RESULT: &str = "results { referralId outcome userErrors { code message path }
        referral { id status moderation { status referrer referred moderatedAt } allowedActions } }
    operation { idempotencyKey state referral { id } } userErrors { code message path }";

/// The same without the referrals, where they cannot be read.
fn without_referrals() -> String {
    RESULT.replace(
        "referral { id status",
        "referral @include(if: false) { id status",
    )
}

/// Decides on referrals.
async fn moderate(world: &World, key: &str, decisions: &[Value]) -> Value {
    let input = json!({ "idempotencyKey": key, "decisions": decisions });
    mutate(world, "moderateReferrals", input, RESULT).await
}

fn approve(id: &str) -> Value {
    json!({ "referralId": id, "decision": "APPROVE" })
}

fn deny(id: &str) -> Value {
    json!({ "referralId": id, "decision": "DENY", "reason": "Not now." })
}

/// The ids of a vendor's referrals, newest first, each with what may be done with it.
async fn rows(world: &World, vendor: &str, count: usize) -> Vec<(String, Vec<String>)> {
    let mut rows = Vec::new();
    let mut after = Value::Null;
    let query = format!(
        "query($after: String) {{ referrals(first: 100, after: $after, filter: {{ vendors: [{vendor}] }}) {{
            nodes {{ id allowedActions }} pageInfo {{ endCursor hasNextPage }} }} }}"
    );
    while rows.len() < count {
        let data = world.data_with(&query, json!({ "after": after })).await;
        let page = &data["referrals"];
        for row in page["nodes"].as_array().unwrap() {
            let actions = row["allowedActions"].as_array().unwrap().iter();
            let actions = actions.map(|action| action.as_str().unwrap().to_owned());
            rows.push((row["id"].as_str().unwrap().to_owned(), actions.collect()));
        }
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    rows.truncate(count);
    rows
}

async fn ids(world: &World, vendor: &str, count: usize) -> Vec<String> {
    let rows = rows(world, vendor, count).await;
    rows.into_iter().map(|(id, _)| id).collect()
}

/// The ids of referrals of which one may do this.
async fn that_may(world: &World, vendor: &str, action: &str, count: usize) -> Vec<String> {
    let rows = rows(world, vendor, 100).await.into_iter();
    let may = rows.filter(|(_, actions)| actions.iter().any(|it| it == action));
    let found: Vec<String> = may.map(|(id, _)| id).take(count).collect();
    assert_eq!(found.len(), count, "{vendor} {action}");
    found
}

/// What a moderation of SaaSquatch's was sent, each as `id ACTION`.
fn actions(request: &Logged) -> Vec<String> {
    let body = body(request);
    let actions = body["actions"].as_array().unwrap().iter();
    actions
        .map(|action| {
            let text = |name: &str| action[name].as_str().unwrap().to_owned();
            format!("{} {}", text("referralId"), text("action"))
        })
        .collect()
}

/// What became of each.
fn outcomes(payload: &Value) -> Vec<&str> {
    let results = payload["results"].as_array().unwrap().iter();
    results
        .map(|result| result["outcome"].as_str().unwrap())
        .collect()
}

/// The problems of one result.
fn problems_of(payload: &Value, place: usize) -> Vec<(String, String)> {
    problems(&payload["results"][place])
}

fn problem(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}

/// The vendor's id in a global id.
fn remote(id: &str) -> String {
    match referral_gateway::model::GlobalId::parse(id).unwrap() {
        referral_gateway::model::GlobalId::Referral(_, remote) => remote,
        _ => panic!("no referral"),
    }
}
