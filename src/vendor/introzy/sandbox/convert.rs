//! A referral becomes a finance deal, once.
//!
//! <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/pipeline-deals-referral-hub>

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{Failure, bare};
use super::routes::Answer;
use super::{Introzy, render};
use crate::sandbox::{Document, Problems, Query};

const FIELDS: [&str; 6] = [
    "dealName",
    "dealDescription",
    "triggerFeeCalculation",
    "amountStructure",
    "periodStart",
    "periodEnd",
];

/// The sample breaks off after the deal's amount, so what follows it here is made up.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    deal: Deal,
    fee_chains: Vec<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deal {
    id: Uuid,
    name: String,
    amount: Option<Box<RawValue>>,
    currency: String,
    description: Option<String>,
    amount_structure: &'static str,
    period_start: Option<String>,
    period_end: Option<String>,
}

pub(super) async fn convert(
    State(app): State<Introzy>,
    Path(id): Path<String>,
    query: Query,
    problems: Problems,
    document: Document,
) -> Answer {
    app.accept(&query, &problems, &document)?;
    let id = app.id(&id, "Pipeline deal")?;
    let fields = document.optional_object();
    let undocumented = fields.documented(&FIELDS);
    let name = fields.text("dealName");
    let description = fields.text("dealDescription");
    let has_fees = fields.flag("triggerFeeCalculation").unwrap_or(true);
    let structures = ["ONE_TIME", "MONTHLY", "ANNUAL", "CUSTOM"];
    let structure = fields.one_of("amountStructure", &structures);
    let (from, to) = (fields.text("periodStart"), fields.text("periodEnd"));
    app.check(&document, &undocumented)?;

    let mut state = app.state();
    if state.opportunity(id)?.is_converted {
        let message = "This deal has already been converted";
        return Err(match app.status("second_convert") {
            StatusCode::CONFLICT => super::writes::conflict(message),
            status => Failure::new(status, "ALREADY_CONVERTED", message),
        });
    }
    let deal = state.next_id("introzy.deal");
    let row = state.opportunity_mut(id)?;
    row.is_converted = true;
    row.updated_at = app.setup.clock.now();
    let chains = row.facilitators.iter().filter(|_| has_fees);
    let body = Body {
        fee_chains: chains
            .map(|facilitator| json!({ "facilitatorId": facilitator.id, "status": "PENDING" }))
            .collect(),
        deal: Deal {
            id: deal,
            name: name.unwrap_or_else(|| row.name.clone()),
            amount: render::number(row.expected_value.as_deref().or(Some("0"))),
            currency: row.currency.clone(),
            description: description.or_else(|| row.description.clone()),
            amount_structure: structure.unwrap_or("ONE_TIME"),
            period_start: from,
            period_end: to,
        },
    };
    Ok((StatusCode::CREATED, bare(&body)).into_response())
}
