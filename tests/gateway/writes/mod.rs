//! Writes as users make them: what the vendor is sent, what the payload says, and what is read afterwards.

pub mod each;
mod introzy;
mod keys;
mod moderation;
mod partner_center;
mod plannr;
mod refused;
mod repeated;
mod saasquatch;
mod unanswered;

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use referral_gateway::sandbox::Logged;
use serde_json::{Value, json};

use crate::harness::{Options, World};

/// What all payloads but that of a moderation have in common.
pub const COMMON: &str =
    "outcome operation { idempotencyKey state } userErrors { code message path }";

/// Makes a write that must answer without errors, and gives back its payload.
pub async fn mutate(world: &World, field: &str, input: Value, selection: &str) -> Value {
    let mut answer = try_mutate(world, field, input, selection).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"][field].take()
}

/// Makes a write, and gives back `{data, errors}`.
pub async fn try_mutate(world: &World, field: &str, input: Value, selection: &str) -> Value {
    let mut letters = field.chars();
    let first = letters.next().unwrap().to_ascii_uppercase();
    let document = format!(
        "mutation($input: {first}{}Input!) {{ {field}(input: $input) {{ {selection} }} }}",
        letters.as_str()
    );
    world.query_with(&document, json!({ "input": input })).await
}

/// What a vendor was sent so far that may change something, tokens left out.
pub fn sent(world: &World, vendor: &str) -> Vec<Logged> {
    let mut sent = world.asked(vendor);
    sent.retain(|request| request.method != "GET" && !request.path.ends_with("/token"));
    sent
}

/// The only request so far that may change something.
pub fn sent_once(world: &World, vendor: &str) -> Logged {
    let mut sent = sent(world, vendor);
    assert_eq!(sent.len(), 1, "{:?}", lines(&sent));
    sent.remove(0)
}

/// Each as `METHOD path`.
pub fn lines(requests: &[Logged]) -> Vec<String> {
    let line = |request: &Logged| format!("{} {}", request.method, request.path);
    requests.iter().map(line).collect()
}

/// The body of a request, which must be JSON and say so.
pub fn body(request: &Logged) -> Value {
    assert_eq!(request.header("content-type"), Some("application/json"));
    serde_json::from_str(&request.body).unwrap()
}

/// That no vendor was asked for anything, or in any way, that its pages do not have.
pub fn assert_documented(world: &World) {
    for request in world.sandbox.all_requests() {
        assert_eq!(
            request.problems,
            Vec::<String>::new(),
            "{} {}?{} {}",
            request.method,
            request.path,
            request.raw_query,
            request.body
        );
    }
}

/// That a write was refused for these reasons, each with its code and path, before anything was recorded.
pub fn assert_refused(payload: &Value, expected: &[(&str, &str)]) {
    assert_eq!(payload["outcome"], "REJECTED", "{payload:#}");
    assert_eq!(payload["operation"], Value::Null, "{payload:#}");
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(code, path)| ((*code).to_owned(), (*path).to_owned()))
        .collect();
    assert_eq!(problems(payload), expected, "{payload:#}");
}

/// The code and the path of each of the `userErrors`; the path is empty where there is none.
pub fn problems(payload: &Value) -> Vec<(String, String)> {
    let problem = |error: &Value| {
        let message = error["message"].as_str().unwrap();
        assert!(!message.is_empty());
        let path = error["path"].as_array().cloned().unwrap_or_default();
        let path: Vec<&str> = path.iter().map(|part| part.as_str().unwrap()).collect();
        (error["code"].as_str().unwrap().to_owned(), path.join("."))
    };
    let errors = payload["userErrors"].as_array().unwrap();
    errors.iter().map(problem).collect()
}

/// What the gateway knows of a write by its key.
pub async fn operation(world: &World, key: &str) -> Value {
    let query = "query($key: String!) { operation(idempotencyKey: $key) { idempotencyKey state settledAt referral { id } } }";
    let mut data = world.data_with(query, json!({ "key": key })).await;
    data["operation"].take()
}

/// Asks for a write by its key until it has come to this state.
pub async fn until(world: &World, key: &str, state: &str) -> Value {
    let mut last = Value::Null;
    for _ in 0..2_000 {
        last = operation(world, key).await;
        if last["state"] == state {
            return last;
        }
    }
    panic!("it never came to {state}: {last:#}");
}

/// A world where looking for what became of a write may go on and on while the clock stands still.
pub async fn patient() -> World {
    let toml = "[limits]\nvendor_retries = 0";
    let world = World::with(Options {
        toml,
        ..Options::default()
    })
    .await;
    let switch = world.sandbox.set_switch("plannr", "rate_limit", "off");
    switch.unwrap();
    world
}

/// The global id of a referral.
pub fn id(vendor: Vendor, remote_id: &str) -> String {
    GlobalId::Referral(vendor, remote_id.to_owned()).to_string()
}

/// The referral with this global id, as far as selected.
pub async fn read(world: &World, id: &str, selection: &str) -> Value {
    let query = format!("query($id: ID!) {{ referral(id: $id) {{ {selection} }} }}");
    let mut data = world.data_with(&query, json!({ "id": id })).await;
    data["referral"].take()
}

/// The newest referrals of a vendor, as far as selected.
pub async fn newest(world: &World, vendor: &str, first: usize, selection: &str) -> Vec<Value> {
    let query = format!(
        "{{ referrals(first: {first}, filter: {{ vendors: [{vendor}] }}) {{ nodes {{ {selection} }} }} }}"
    );
    let data = world.data(&query).await;
    data["referrals"]["nodes"].as_array().unwrap().clone()
}
