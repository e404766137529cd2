//! Facilitators come and go.
//!
//! <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/referral-opportunities>

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::Value;

use super::answer::Failure;
use super::routes::Answer;
use super::seed::Facilitator;
use super::writes::conflict;
use super::{Introzy, render};
use crate::sandbox::{Document, Problems, Query};

const FIELDS: [&str; 4] = ["userId", "companyId", "role", "side"];

pub(super) async fn add(
    State(app): State<Introzy>,
    Path(id): Path<String>,
    query: Query,
    problems: Problems,
    document: Document,
) -> Answer {
    app.accept(&query, &problems, &document)?;
    let id = app.id(&id, "Referral opportunity")?;
    let fields = document.object();
    let undocumented = fields.documented(&FIELDS);
    fields.required(&["role"]);
    let role = fields.one_of("role", &["connector", "facilitator", "referral_source"]);
    let side = fields.one_of("side", &["seeker", "provider"]);
    let (user, company) = (fields.uuid("userId"), fields.uuid("companyId"));
    if fields.has("userId") == fields.has("companyId") {
        fields.complain("userId", "or companyId is required, and not both");
    }
    if role == Some("connector") && fields.has("companyId") {
        fields.complain("companyId", "must not be a connector's");
    }
    app.check(&document, &undocumented)?;

    let row = {
        let now = app.setup.clock.now();
        let mut state = app.state();
        let rows = &state.opportunity(id)?.facilitators;
        let is_there = rows
            .iter()
            .any(|row| (row.user, row.company) == (user, company));
        if user.is_some_and(|id| state.person(id).is_none()) {
            return Err(app.unknown("User"));
        }
        if company.is_some_and(|id| state.company(id).is_none()) {
            return Err(app.unknown("Company"));
        }
        if is_there {
            return Err(conflict("Already a facilitator on this deal"));
        }
        let row = Facilitator {
            id: state.next_id("introzy.facilitator"),
            user,
            company,
            role: role.expect("it is required, and one of those above"),
            side,
            created_at: now,
        };
        let body = render::facilitator(&state, &row);
        let opportunity = state.opportunity_mut(id)?;
        opportunity.facilitators.push(row);
        opportunity.updated_at = now;
        body
    };
    Ok(match app.status("facilitator_created") {
        StatusCode::NO_CONTENT => StatusCode::NO_CONTENT.into_response(),
        status => app.done(status, row, "Facilitator added successfully"),
    })
}

/// By the id of the row, not of the user.
pub(super) async fn remove(
    State(app): State<Introzy>,
    Path((id, facilitator)): Path<(String, String)>,
    query: Query,
    problems: Problems,
    document: Document,
) -> Answer {
    app.accept(&query, &problems, &document)?;
    document.nothing();
    let id = app.id(&id, "Referral opportunity")?;
    let facilitator = app.id(&facilitator, "Facilitator")?;
    {
        let now = app.setup.clock.now();
        let mut state = app.state();
        let row = state.opportunity_mut(id)?;
        let before = row.facilitators.len();
        row.facilitators.retain(|one| one.id != facilitator);
        if row.facilitators.len() == before {
            return Err(Failure::not_found("Facilitator"));
        }
        row.updated_at = now;
    }
    Ok(match app.status("facilitator_removed") {
        StatusCode::NO_CONTENT => StatusCode::NO_CONTENT.into_response(),
        status => app.done(status, Value::Null, "Facilitator removed successfully"),
    })
}
