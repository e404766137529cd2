//! Introzy's documented reads, beside its writes.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;

use super::Introzy;
use super::answer::{Failure, Page, bare};
use super::render;
use super::seed::{self, Subject};
use crate::sandbox::{Problems, Query};

pub(super) type Answer = Result<Response, Failure>;

const PAGING: [&str; 2] = ["limit", "offset"];

/// Unknown paths and methods are both 404, as Express answers by itself.
pub(super) fn router() -> Router<Introzy> {
    super::writes::router()
        .route("/api/referral-opps", get(opportunities))
        .route("/api/referral-opps/{id}", get(opportunity))
        .route("/api/referral-opps/{id}/facilitators", get(facilitators))
        .route("/api/pipeline-deals/{id}/fee-preview", get(fee_preview))
        .route("/api/pipelines", get(pipelines))
        .route("/api/pipelines/{type}", get(pipeline))
        .route("/api/pipelines/{type}/deals/{id}/notes", get(deal_notes))
        .route("/api/people", get(people))
        .route("/api/people/custom-fields", get(people_fields))
        .route("/api/people/{id}/notes", get(person_notes))
        .route("/api/companies", get(companies))
        .route("/api/companies/custom-fields", get(company_fields))
        .route("/api/companies/{id}/notes", get(company_notes))
        .fallback(no_route)
        .method_not_allowed_fallback(no_route)
}

/// What colleagues do in the vendor's application and no documented call does.
pub(super) fn test_hooks() -> Router<Introzy> {
    Router::new().route("/_test/referral-opps/{id}/stages/{label}", post(move_stage))
}

async fn no_route() -> Failure {
    Failure::not_found("Route")
}

/// Only `limit` and `offset`: there is no filter.
async fn opportunities(State(app): State<Introzy>, query: Query, problems: Problems) -> Answer {
    app.documented(&query, &problems, &PAGING)?;
    let paging = app.paging(&query)?;
    let page = {
        let mut state = app.state();
        app.move_stages(&mut state, |_| true);
        let mut rows: Vec<_> = state.opportunities.iter().collect();
        app.ordered(&mut rows, |row| (row.created_at, row.id));
        Page::cut("referralOpps", rows, paging).map(|row| render::opportunity(&app, &state, row))
    };
    Ok(app.success(page))
}

async fn opportunity(
    State(app): State<Introzy>,
    Path(id): Path<String>,
    query: Query,
    problems: Problems,
) -> Answer {
    app.documented(&query, &problems, &[])?;
    let id = app.id(&id, "Referral opportunity")?;
    let body = {
        let mut state = app.state();
        app.move_stages(&mut state, |row| row.id == id);
        let row = state.opportunity(id)?;
        render::opportunity(&app, &state, row)
    };
    Ok(app.success(body))
}

async fn facilitators(
    State(app): State<Introzy>,
    Path(id): Path<String>,
    query: Query,
    problems: Problems,
) -> Answer {
    app.documented(&query, &problems, &[])?;
    let id = app.id(&id, "Referral opportunity")?;
    let rows: Vec<_> = {
        let state = app.state();
        let rows = state.opportunity(id)?.facilitators.iter();
        rows.map(|row| render::facilitator(&state, row)).collect()
    };
    Ok(app.success(json!({ "facilitators": rows })))
}

/// Not wrapped, and 200 for a converted deal too.
async fn fee_preview(
    State(app): State<Introzy>,
    Path(id): Path<String>,
    query: Query,
    problems: Problems,
) -> Answer {
    app.documented(&query, &problems, &[])?;
    let id = app.id(&id, "Pipeline deal")?;
    let state = app.state();
    let row = state.opportunity(id)?;
    if row.is_converted {
        return Ok(bare(&render::converted()));
    }
    Ok(bare(&render::fee_preview(&state, row)))
}

/// An array without a pagination block.
async fn pipelines(State(app): State<Introzy>, query: Query, problems: Problems) -> Answer {
    app.documented(&query, &problems, &[])?;
    let rows: Vec<_> = {
        let state = app.state();
        let rows = state.pipelines.iter();
        rows.map(|row| render::pipeline_summary(&state, row))
            .collect()
    };
    Ok(app.success(rows))
}

/// A GET that writes: a pipeline that is missing is made, with default stages.
async fn pipeline(
    State(app): State<Introzy>,
    Path(kind): Path<String>,
    query: Query,
    problems: Problems,
) -> Answer {
    app.documented(&query, &problems, &[])?;
    let kind = pipeline_kind(&kind)?;
    let body = {
        let mut state = app.state();
        if state.pipelines.iter().all(|row| row.kind != kind) {
            let row = seed::pipeline(kind, app.setup.clock.now());
            state.pipelines.push(row);
        }
        let row = state.pipelines.iter().find(|row| row.kind == kind);
        row.map(|row| render::pipeline(&state, row))
    };
    Ok(app.success(body))
}

async fn deal_notes(
    State(app): State<Introzy>,
    Path((kind, id)): Path<(String, String)>,
    query: Query,
    problems: Problems,
) -> Answer {
    let kind = pipeline_kind(&kind)?;
    let id = app.id(&id, "Deal")?;
    if kind != "referral" {
        return Err(Failure::not_found("Deal"));
    }
    app.state().opportunity(id)?;
    notes(&app, &query, &problems, Subject::Deal(id))
}

async fn person_notes(
    State(app): State<Introzy>,
    Path(id): Path<String>,
    query: Query,
    problems: Problems,
) -> Answer {
    let id = app.id(&id, "Person")?;
    if app.state().person(id).is_none() {
        return Err(Failure::not_found("Person"));
    }
    notes(&app, &query, &problems, Subject::Person(id))
}

async fn company_notes(
    State(app): State<Introzy>,
    Path(id): Path<String>,
    query: Query,
    problems: Problems,
) -> Answer {
    let id = app.id(&id, "Company")?;
    if app.state().company(id).is_none() {
        return Err(Failure::not_found("Company"));
    }
    notes(&app, &query, &problems, Subject::Company(id))
}

/// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/notes>
fn notes(app: &Introzy, query: &Query, problems: &Problems, subject: Subject) -> Answer {
    app.documented(query, problems, &PAGING)?;
    let paging = app.paging(query)?;
    let page = {
        let state = app.state();
        let rows = state.notes.iter();
        let mut rows: Vec<_> = rows.filter(|row| row.subject == subject).collect();
        app.ordered(&mut rows, |row| (row.created_at, row.id));
        Page::cut("notes", rows, paging).map(|row| render::note(app, &state, row))
    };
    Ok(app.success(page))
}

/// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/people>
async fn people(State(app): State<Introzy>, query: Query, problems: Problems) -> Answer {
    app.documented(
        &query,
        &problems,
        &["limit", "offset", "search", "companyId"],
    )?;
    let paging = app.paging(&query)?;
    let company = query
        .get("companyId")
        .map(|id| app.id(id, "Company"))
        .transpose()?;
    let search = query.get("search").unwrap_or_default().to_lowercase();
    let page = {
        let state = app.state();
        let mut rows: Vec<_> = state
            .people
            .iter()
            .filter(|row| company.is_none() || row.company == company)
            .filter(|row| row.is_found_by(&search))
            .collect();
        app.ordered(&mut rows, |row| (row.created_at, row.id));
        Page::cut("people", rows, paging).map(|row| render::person(&state, row))
    };
    Ok(app.success(page))
}

/// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/companies>
async fn companies(State(app): State<Introzy>, query: Query, problems: Problems) -> Answer {
    app.documented(&query, &problems, &["limit", "offset", "search"])?;
    let paging = app.paging(&query)?;
    let search = query.get("search").unwrap_or_default().to_lowercase();
    let page = {
        let state = app.state();
        let rows = state.companies.iter();
        let mut rows: Vec<_> = rows.filter(|row| row.is_found_by(&search)).collect();
        app.ordered(&mut rows, |row| (row.created_at, row.id));
        Page::cut("companies", rows, paging).map(render::company)
    };
    Ok(app.success(page))
}

/// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/custom-fields>
async fn people_fields(State(app): State<Introzy>, query: Query, problems: Problems) -> Answer {
    app.documented(&query, &problems, &[])?;
    Ok(app.success(json!({ "customFields": [seed::region_field()] })))
}

async fn company_fields(State(app): State<Introzy>, query: Query, problems: Problems) -> Answer {
    app.documented(&query, &problems, &[])?;
    Ok(app.success(json!({ "customFields": [] })))
}

async fn move_stage(
    State(app): State<Introzy>,
    Path((id, label)): Path<(String, String)>,
) -> Result<StatusCode, (StatusCode, String)> {
    let now = app.setup.clock.now();
    let mut state = app.state();
    let known = &state.referral_pipeline().stages;
    let Some(position) = known.iter().position(|one| one.label == label) else {
        let labels: Vec<_> = known.iter().map(|one| one.label).collect();
        let sentence = format!("no stage {label:?}; there are: {}", labels.join(", "));
        return Err((StatusCode::NOT_FOUND, sentence));
    };
    let mut rows = state.opportunities.iter_mut();
    let Some(row) = rows.find(|row| row.id.to_string() == id) else {
        return Err((StatusCode::NOT_FOUND, format!("no referral {id:?}")));
    };
    row.stage = position;
    row.updated_at = now;
    Ok(StatusCode::NO_CONTENT)
}

impl Introzy {
    fn move_stages(&self, state: &mut seed::State, read: impl Fn(&seed::Opportunity) -> bool) {
        if self.is("stages", "still") {
            return;
        }
        let last = state.referral_pipeline().stages.len() - 1;
        let now = self.setup.clock.now();
        for row in state.opportunities.iter_mut().filter(|row| read(row)) {
            if row.stage < last {
                row.stage += 1;
                row.updated_at = now;
            }
        }
    }
}

pub(super) fn pipeline_kind(kind: &str) -> Result<&'static str, Failure> {
    let mut kinds = seed::PIPELINES.into_iter();
    kinds
        .find(|known| *known == kind)
        .ok_or_else(|| Failure::invalid("Invalid pipeline type"))
}
