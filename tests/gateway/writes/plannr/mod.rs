//! Plannr's writes: referrals of clients along a connection, requests for a connection, and decisions on what came in.

mod connect;
mod create;
mod decide;
mod inputs;
mod refusals;
mod settle;
mod unavailable;

use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use super::{COMMON, mutate};
use crate::harness::World;

pub const REFERRALS: &str = "/api/v1/referrals";

pub const CONNECTIONS: &str = "/api/v1/referral-connections";

/// What a payload and a later read are compared by.
pub const REFERRAL: &str = "id remoteId vendor name description status vendorStatus direction createdAt updatedAt
    expiresAt version stale allowedActions connection { id remoteId status }
    details { ... on PlannrReferral { adviceType durationMonths sharedData slaDeadline clients { remoteId name }
        clonedClients { remoteId } rejectionReason senderFirm { name } recipientFirm { name } } }";

/// What a new referral needs: a connection along which it may go, and clients.
pub struct Parts {
    pub connection: String,
    pub connection_uuid: String,
    pub clients: Vec<String>,
}

impl Parts {
    pub async fn of(world: &World) -> Self {
        let found = connections(world, "ACCEPTED").await;
        let people = world
            .data("{ people(vendor: PLANNR, search: \"a\", first: 3) { remoteId } }")
            .await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let people = people["people"].as_array().unwrap();
        Self {
            connection: text(&found[0]["id"]),
            connection_uuid: text(&found[0]["remoteId"]),
            clients: people.iter().map(|one| text(&one["remoteId"])).collect(),
        }
    }

    /// The least that a new referral can be.
    pub fn least(&self) -> Value {
        json!({ "connectionId": self.connection, "clientIds": [self.clients[0]], "adviceType": "TAX" })
    }
}

/// The connections of a status, newest first.
pub async fn connections(world: &World, status: &str) -> Vec<Value> {
    let query = format!(
        "{{ connections(first: 50, filter: {{ status: [{status}] }}) {{ nodes {{ id remoteId direction }} }} }}"
    );
    let data = world.data(&query).await;
    data["connections"]["nodes"].as_array().unwrap().clone()
}

/// Creates a referral, and gives back the payload.
pub async fn create(world: &World, key: &str, plannr: &Value) -> Value {
    let input = json!({ "idempotencyKey": key, "referral": { "plannr": plannr } });
    let selection = format!("referral {{ {REFERRAL} }} {COMMON}");
    mutate(world, "createReferral", input, &selection).await
}

/// Asks for a connection, and gives back the payload.
pub async fn connect(world: &World, key: &str, adviser_key: &str) -> Value {
    let input = json!({ "idempotencyKey": key, "adviserKey": adviser_key });
    let selection = format!("connection {{ {CONNECTION} }} {COMMON}");
    mutate(world, "requestConnection", input, &selection).await
}

pub const CONNECTION: &str = "id remoteId vendor status direction sender { ... on Person { name } } recipient { ... on Person { name } } createdAt updatedAt expiresAt referrals(first: 5) { nodes { id } }";

/// Decides on one referral, and gives back the payload.
pub async fn decide(world: &World, key: &str, id: &str, decision: &str, reason: &str) -> Value {
    let mut decision = json!({ "referralId": id, "decision": decision });
    if !reason.is_empty() {
        decision["reason"] = json!(reason);
    }
    let input = json!({ "idempotencyKey": key, "decisions": [decision] });
    let selection = format!(
        "results {{ referralId outcome referral {{ {REFERRAL} }} userErrors {{ code message path }} }}
        operation {{ idempotencyKey state }} userErrors {{ code message path }}"
    );
    mutate(world, "moderateReferrals", input, &selection).await
}

/// The referrals of a status and direction, newest first.
pub async fn of_status(world: &World, status: &str, direction: &str) -> Vec<String> {
    let query = format!(
        "{{ referrals(first: 5, filter: {{ vendors: [PLANNR], status: [{status}], direction: {direction} }}) {{ nodes {{ id }} }} }}"
    );
    let data = world.data(&query).await;
    let nodes = data["referrals"]["nodes"].as_array().unwrap();
    let id = |node: &Value| node["id"].as_str().unwrap().to_owned();
    nodes.iter().map(id).collect()
}

/// The next POST to this path meets this.
pub fn fail(world: &World, path: &str, kind: Kind) {
    world.sandbox.fault(Fault {
        method: Some("POST".to_owned()),
        path: Some(path.to_owned()),
        times: Some(1),
        ..Fault::new("plannr", kind)
    });
}

/// Every read of this list fails.
pub fn hide(world: &World, path: &str) {
    world.sandbox.fault(Fault {
        method: Some("GET".to_owned()),
        path: Some(path.to_owned()),
        ..Fault::new("plannr", Kind::status(503))
    });
}

/// How many referrals with this note Plannr has, asked beside the gateway.
pub async fn count_with_note(world: &World, note: &str) -> usize {
    let rows = rows(world, REFERRALS).await;
    rows.iter().filter(|row| row["note"] == note).count()
}

/// All of a list, asked beside the gateway.
pub async fn rows(world: &World, path: &str) -> Vec<Value> {
    let url = format!(
        "{}{path}?per_page=500",
        world.environment["PLANNR_BASE_URL"]
    );
    let request = world.http.get(url);
    let answer = world.send(signed(world, request)).await;
    answer.json["data"].as_array().unwrap().clone()
}

/// What someone else in the firm sends beside the gateway.
pub async fn post_beside(world: &World, path: &str, body: &Value) {
    let url = format!("{}{path}", world.environment["PLANNR_BASE_URL"]);
    let request = world.http.post(url).body(body.to_string());
    let answer = world.send(signed(world, request)).await;
    assert_eq!(answer.status, 200, "{:#}", answer.json);
}

fn signed(world: &World, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    let of = |name: &str| world.environment[name].clone();
    request
        .bearer_auth(of("PLANNR_ACCESS_TOKEN"))
        .header("x-plannr-account-uuid", of("PLANNR_ACCOUNT_UUID"))
        .header("accept", "application/json")
        .header("content-type", "application/json")
}
