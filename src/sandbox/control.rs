//! The control surface below `/_sandbox/`: JSON in, JSON out, and a sentence for whoever sends something else.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::faults::Fault;
use super::kind::Kind;
use super::mount::{Mounted, Sandbox};
use super::request::{Base, Query};

type Answer = Result<Json<Value>, Refused>;

/// A sentence for the one who asked, sent as 400.
struct Refused(String);

/// How large a vendor's world is to be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Size {
    count: usize,
}

/// From what a shaken world follows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    seed: u64,
}

/// The routes.
pub(super) fn router(sandbox: &Sandbox) -> Router {
    Router::new()
        .route("/_sandbox", get(index))
        .route("/_sandbox/", get(index))
        .route("/_sandbox/requests", get(requests).delete(clear_requests))
        .route(
            "/_sandbox/faults",
            get(faults).post(add_fault).delete(clear_faults),
        )
        .route(
            "/_sandbox/{vendor}/switches",
            get(switches).put(set_switches),
        )
        .route("/_sandbox/release", post(release))
        .route("/_sandbox/load", get(load).delete(clear_load))
        .route("/_sandbox/{vendor}/referrals", get(count).put(resize))
        .route("/_sandbox/scramble", post(scramble))
        .route("/_sandbox/reset", post(reset))
        .route("/_sandbox/environment", get(environment))
        .fallback(not_found)
        .with_state(sandbox.clone())
}

impl From<String> for Refused {
    fn from(sentence: String) -> Self {
        Self(sentence)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({ "error": self.0 }))).into_response()
    }
}

async fn index(State(sandbox): State<Sandbox>, Base(base): Base) -> Json<Value> {
    let vendors = sandbox.mounted().map(|mounted| {
        json!({
            "name": mounted.name,
            "address": format!("{base}/{}", mounted.name),
            "switches": describe(mounted),
        })
    });
    let faults = Kind::ABOUT
        .iter()
        .map(|(kind, about)| json!({ "kind": kind, "about": about }));
    Json(json!({
        "about": "Emulators of the vendors, written from the vendors' public documentation.",
        "vendors": vendors.collect::<Vec<_>>(),
        "fault": {
            "example": {
                "vendor": "plannr", "method": "GET", "path": "/api/v1/referrals/*", "times": 2, "after": 1,
                "one_in": 5, "seed": 7,
                "answer": { "kind": "status", "status": 503, "headers": { "retry-after": "1" } },
            },
            "kinds": faults.collect::<Vec<_>>(),
        },
        "links": {
            "GET, DELETE /_sandbox/requests?vendor=": "every request that reached a vendor",
            "GET, POST, DELETE /_sandbox/faults": "faults in force",
            "POST /_sandbox/release": "lets go all answers that the fault hold keeps back",
            "GET, DELETE /_sandbox/load": "requests of each vendor under way now, and at most so far; answers held back",
            "GET, PUT /_sandbox/{vendor}/switches": "behaviour that the vendor's documentation leaves open",
            "GET, PUT /_sandbox/{vendor}/referrals": "how many the vendor has: {\"count\": 10000} for a large world",
            "POST /_sandbox/scramble": "{\"seed\": 7} gives all referrals other times, which follow from the seed",
            "POST /_sandbox/reset": "the seeded world, default switches, no faults, an empty log",
            "GET /_sandbox/environment": "environment variables of a gateway that is to use this sandbox",
        },
    }))
}

async fn requests(State(sandbox): State<Sandbox>, query: Query) -> Answer {
    if let Some(name) = query.unknown(&["vendor"]).first() {
        return Err(format!("no parameter {name:?}; there is: vendor").into());
    }
    let requests = match query.get("vendor") {
        None | Some("") => sandbox.all_requests(),
        Some(vendor) => sandbox.requests(sandbox.vendor(vendor)?.name),
    };
    Ok(Json(json!({ "requests": requests })))
}

async fn clear_requests(State(sandbox): State<Sandbox>) -> StatusCode {
    sandbox.clear_log();
    StatusCode::NO_CONTENT
}

async fn faults(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(json!({ "faults": sandbox.faults() }))
}

async fn add_fault(
    State(sandbox): State<Sandbox>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let fault: Fault = serde_json::from_slice(&body)
        .map_err(|problem| format!("the body is not a fault: {problem}; see GET /_sandbox/"))?;
    sandbox.try_fault(fault)?;
    let faults = json!({ "faults": sandbox.faults() });
    Ok((StatusCode::CREATED, Json(faults)))
}

async fn clear_faults(State(sandbox): State<Sandbox>) -> StatusCode {
    sandbox.clear_faults();
    StatusCode::NO_CONTENT
}

async fn switches(State(sandbox): State<Sandbox>, Path(vendor): Path<String>) -> Answer {
    let mounted = sandbox.vendor(&vendor)?;
    Ok(Json(json!({ "switches": describe(mounted) })))
}

/// All are set, or none when one of them is wrong.
async fn set_switches(
    State(sandbox): State<Sandbox>,
    Path(vendor): Path<String>,
    body: Bytes,
) -> Answer {
    let mounted = sandbox.vendor(&vendor)?;
    let wanted: BTreeMap<String, String> = serde_json::from_slice(&body).map_err(|problem| {
        format!("the body is not a JSON object of switch names and string values: {problem}")
    })?;
    for (name, value) in &wanted {
        mounted.switches.check(name, value)?;
    }
    for (name, value) in &wanted {
        mounted.switches.set(name, value)?;
    }
    Ok(Json(json!({ "switches": describe(mounted) })))
}

async fn release(State(sandbox): State<Sandbox>) -> StatusCode {
    sandbox.release();
    StatusCode::NO_CONTENT
}

async fn load(State(sandbox): State<Sandbox>) -> Answer {
    let mut vendors = Map::new();
    for mounted in sandbox.mounted() {
        let load = sandbox.load(mounted.name)?;
        vendors.insert(mounted.name.to_owned(), json!(load));
    }
    Ok(Json(json!({ "vendors": vendors, "held": sandbox.held() })))
}

async fn clear_load(State(sandbox): State<Sandbox>) -> StatusCode {
    sandbox.clear_load();
    StatusCode::NO_CONTENT
}

async fn count(State(sandbox): State<Sandbox>, Path(vendor): Path<String>) -> Answer {
    let mounted = sandbox.vendor(&vendor)?;
    Ok(Json(json!({ "count": mounted.emulator.count() })))
}

async fn resize(State(sandbox): State<Sandbox>, Path(vendor): Path<String>, body: Bytes) -> Answer {
    let wanted: Size = serde_json::from_slice(&body)
        .map_err(|problem| format!("the body is not {{\"count\": number}}: {problem}"))?;
    sandbox.resize(&vendor, wanted.count)?;
    count(State(sandbox), Path(vendor)).await
}

async fn scramble(State(sandbox): State<Sandbox>, body: Bytes) -> Result<StatusCode, Refused> {
    let wanted: Seed = serde_json::from_slice(&body)
        .map_err(|problem| format!("the body is not {{\"seed\": number}}: {problem}"))?;
    sandbox.scramble(wanted.seed);
    Ok(StatusCode::NO_CONTENT)
}

async fn reset(State(sandbox): State<Sandbox>) -> StatusCode {
    sandbox.reset();
    StatusCode::NO_CONTENT
}

async fn environment(
    State(sandbox): State<Sandbox>,
    headers: axum::http::HeaderMap,
    Base(base): Base,
) -> Answer {
    if !headers.contains_key(HOST) {
        return Err("send a Host header: the addresses are made from it"
            .to_owned()
            .into());
    }
    let environment = sandbox.environment(&base);
    let lines: Vec<_> = environment
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let variables: Map<String, Value> = environment
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect();
    Ok(Json(json!({ "variables": variables, "lines": lines })))
}

async fn not_found() -> Response {
    let body = json!({ "error": "nothing here; see GET /_sandbox/" });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

fn describe(mounted: &Mounted) -> Vec<Value> {
    let switches = mounted.switches.all().into_iter();
    switches
        .map(|(switch, value)| {
            json!({ "name": switch.name, "value": value, "values": switch.values, "about": switch.about })
        })
        .collect()
}
