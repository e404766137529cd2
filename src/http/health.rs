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
    // Anyone may ask: which customers there are, and what they use, is told to nobody.
    let alone = (!app.callers.are_told_apart()).then(|| app.workspaces.iter().next());
    let shown = alone.flatten().map_or(&[][..], |_| Vendor::ALL);
    let vendors: serde_json::Map<String, Value> = shown
        .iter()
        .map(|vendor| {
            let parts = alone.flatten().map(|(_, parts)| parts);
            let health = parts
                .and_then(|parts| parts.registry.adapter(*vendor))
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
