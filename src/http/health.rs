//! Health: `live` while the process runs, `ready` while it takes requests.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::App;
use crate::model::Vendor;

/// The process answers.
pub async fn live() -> &'static str {
    "live\n"
}

/// The gateway takes requests; a vendor that is down does not change that. During shutdown it answers 503.
pub async fn ready(State(app): State<Arc<App>>) -> (StatusCode, Json<Value>) {
    let vendors: serde_json::Map<String, Value> = Vendor::ALL
        .iter()
        .map(|vendor| {
            let health = app
                .registry
                .adapter(*vendor)
                .map(|adapter| format!("{:?}", adapter.vitals().health()).to_lowercase());
            (
                vendor.key().to_owned(),
                json!(health.as_deref().unwrap_or("not configured")),
            )
        })
        .collect();
    let ending = app.ending.is_cancelled();
    let status = if ending {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    (
        status,
        Json(json!({ "ready": !ending, "vendors": vendors })),
    )
}
