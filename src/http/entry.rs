//! `/graphql`: one request, one document. POST takes JSON only, so that no form of another site can send one; GET takes
//! queries only. The body is cut at the cap, the document guarded before it is parsed, the whole bounded in time, and a
//! panic becomes an error. What is being read already is not read twice.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Value;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use futures_util::FutureExt as _;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument as _, info, info_span};

use super::App;
use super::answer::{Accepted, Answer, Bounds, Problem, failure, not_acceptable};
use super::documents::DocumentError;
use super::metrics::Outcome;
use super::question::{Question, take_body};
use super::rate::Caller;
use super::shared::{Coming, Read, Turn};
use super::variables;
use crate::graphql::cost::Cost;
use crate::graphql::entities::Places;
use crate::graphql::error::code;
use crate::load::Loaders;
use crate::vendor::Call;

/// How long an answer may take beyond the deadline that vendors' calls are bound by: time to put together what came.
const GRACE: Duration = Duration::from_millis(250);

/// `POST /graphql`.
pub async fn post(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Answer {
    let accepted = Accepted::of(&headers);
    let deadline = Instant::now() + app.request_timeout;
    let arrived = timeout_at(deadline, take_body(&headers, body, app.max_request_bytes)).await;
    match arrived.unwrap_or_else(|_| Err(too_slow())) {
        Ok(body) => answer(app, accepted, deadline, body, Method::Post).await,
        Err(problem) => {
            app.metrics.count(Outcome::Refused);
            accepted.refuse(&app.request_ids.next(), &problem)
        }
    }
}

/// `GET /graphql`: queries only.
pub async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    let accepted = Accepted::of(&headers);
    let deadline = Instant::now() + app.request_timeout;
    let query = query.unwrap_or_default().into();
    answer(app, accepted, deadline, query, Method::Get)
        .await
        .unless_known(&headers)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
}

async fn answer(
    app: Arc<App>,
    accepted: Accepted,
    deadline: Instant,
    text: Bytes,
    method: Method,
) -> Answer {
    let read = Read {
        workspace: app.registry.workspace.clone(),
        accepted,
        is_body: method == Method::Post,
        text,
        writes: app.registry.cache.all_writes(),
    };
    // Only what was found to be a sound query is ever under way. Where callers are limited, each pays for itself.
    if !app.rate.is_on()
        && let Some(coming) = app.executions.join(&read, deadline)
        && let Some(answer) = arrived(coming, deadline).await
    {
        app.metrics.count(Outcome::Joined);
        return answer;
    }
    let call = Call {
        request_id: app.request_ids.next(),
        deadline,
    };
    let id = call.request_id.clone();
    let mut prepared = match prepare(&app, accepted, &read.text, method) {
        Ok(prepared) => prepared,
        Err(refused) => {
            app.metrics.count(Outcome::Refused);
            return match refused {
                Refused::Request(problem) => accepted.refuse(&id, &problem),
                Refused::Document(error) => accepted.refuse_document(&id, error),
            };
        }
    };
    let caller = Caller {
        workspace: app.registry.workspace.clone(),
        name: None,
    };
    match app.rate.take(&caller, prepared.cost.total().max(1)) {
        Ok(left) => prepared.left = left,
        Err(wait) => {
            app.metrics.count(Outcome::Refused);
            return accepted.refuse_for_now(&id, wait.seconds());
        }
    }
    if !prepared.is_query {
        // In a task of its own: what was asked for is written to its end, whether or not the client stays.
        let writing = tokio::spawn(async move { execute(&app, accepted, call, prepared).await });
        return match writing.await {
            Ok(answer) => answer,
            Err(_) => mistake(accepted, &id),
        };
    }
    match app.executions.begin(read, deadline) {
        Turn::Wait(coming) => match arrived(coming, deadline).await {
            Some(answer) => {
                app.metrics.count(Outcome::Joined);
                answer
            }
            None => execute(&app, accepted, call, prepared).await,
        },
        Turn::Execute(handover, coming) => {
            // In a task of its own, for whoever waits for it: the client that began it may leave.
            tokio::spawn(async move {
                // Whatever else has arrived is taken in first: it may be the same read.
                tokio::task::yield_now().await;
                handover.give(execute(&app, accepted, call, prepared).await);
            });
            match coming.await {
                Ok(answer) => answer,
                Err(_) => mistake(accepted, &id),
            }
        }
    }
}

/// The answer of another's execution; `None` when it ended without one, or takes longer than who waits for it has.
async fn arrived(coming: Coming, deadline: Instant) -> Option<Answer> {
    timeout_at(deadline + GRACE, coming).await.ok()?.ok()
}

/// A request that may be executed.
struct Prepared {
    request: async_graphql::Request,
    is_query: bool,
    /// Whether its address names a document, so that answers can be kept by it.
    may_be_reused: bool,
    /// What it costs at most.
    cost: Cost,
    /// Whether the client wants to know.
    tells_cost: bool,
    /// What its caller has left after it; `None` where callers are not limited.
    left: Option<u64>,
}

enum Refused {
    Request(Problem),
    Document(DocumentError),
}

fn prepare(
    app: &App,
    accepted: Accepted,
    text: &[u8],
    method: Method,
) -> Result<Prepared, Refused> {
    let question = match method {
        Method::Post => Question::of_body(text),
        Method::Get => Question::of_parameters(std::str::from_utf8(text).unwrap_or_default()),
    };
    let question = question.map_err(Refused::Request)?;
    if accepted == Accepted::Nothing {
        return Err(Refused::Request(not_acceptable()));
    }
    check_values(app, &question).map_err(Refused::Document)?;
    let query = app
        .persisted
        .document(&question)
        .map_err(Refused::Request)?;
    let is_named = question.query.is_none();
    let tells_cost = tells_cost(&question);
    let document = app.documents.get(&query).map_err(Refused::Document)?;
    let operation_name = question.operation_name.filter(|name| !name.is_empty());
    let is_query = is_query(&document, operation_name.as_deref());
    if method == Method::Get && !is_query {
        return Err(Refused::Request(Problem {
            status: StatusCode::METHOD_NOT_ALLOWED,
            code: code::BAD_USER_INPUT,
            message: "Only queries may be sent by GET.".to_owned(),
        }));
    }
    let variables = question.variables.unwrap_or_default().into();
    let variables = async_graphql::Variables::from_json(variables);
    let cost = cost(app, &document, operation_name.as_deref(), &variables);
    let mut request = async_graphql::Request::new(&*query);
    request.operation_name = operation_name;
    request.variables = variables;
    request.extensions = question.extensions.map(extensions).unwrap_or_default();
    request.set_parsed_query(ExecutableDocument::clone(&document));
    Ok(Prepared {
        request,
        is_query,
        // What is left is the caller's own.
        may_be_reused: method == Method::Get && is_named && !tells_cost,
        cost: cost.map_err(Refused::Document)?,
        tells_cost,
        left: None,
    })
}

fn check_values(app: &App, question: &Question) -> Result<(), DocumentError> {
    let max = app.requests.max_variable_values;
    let both = [
        ("variables", &question.variables),
        ("extensions", &question.extensions),
    ];
    for (what, values) in both {
        if let Some(values) = values {
            variables::check(what, values, max).map_err(DocumentError::Variables)?;
        }
    }
    Ok(())
}

/// Whether `extensions` has `"cost": true`.
fn tells_cost(question: &Question) -> bool {
    let extensions = question.extensions.as_ref();
    let asked = extensions.and_then(|extensions| extensions.get("cost"));
    asked.and_then(serde_json::Value::as_bool) == Some(true)
}

fn cost(
    app: &App,
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &async_graphql::Variables,
) -> Result<Cost, DocumentError> {
    let cost = app
        .prices
        .cost(&app.registry, document, operation, variables)
        .map_err(DocumentError::LongList)?;
    let max = app.requests.max_cost;
    if cost.total() > max {
        return Err(DocumentError::TooCostly { cost, max });
    }
    Ok(cost)
}

async fn execute(app: &App, accepted: Accepted, call: Call, prepared: Prepared) -> Answer {
    let Prepared {
        request,
        may_be_reused,
        cost,
        tells_cost,
        left,
        ..
    } = prepared;
    let id = call.request_id.clone();
    let until = call.deadline + GRACE;
    let loaders = Loaders::new(app.registry.clone(), call);
    let freshness = loaders.freshness.clone();
    let request = request
        .data(loaders)
        .data(Places::default())
        .data(app.desk.clone());
    let started = Instant::now();
    let span = info_span!("request", request_id = &*id);
    let execution = AssertUnwindSafe(app.schema.execute(request))
        .catch_unwind()
        .instrument(span);
    let mut response = match timeout_at(until, execution).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => {
            app.metrics.executed(true, started.elapsed());
            return mistake(accepted, &id);
        }
        Err(_) => failure(
            &id,
            code::DEADLINE_EXCEEDED,
            "The request's time was used up.",
        ),
    };
    let took = started.elapsed();
    app.metrics.executed(!response.errors.is_empty(), took);
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    info!(
        request_id = &*id,
        took_ms,
        errors = response.errors.len(),
        "request"
    );
    if tells_cost {
        response
            .extensions
            .insert("cost".to_owned(), told(app, cost, left));
    }
    let fresh_for = freshness
        .left(app.registry.clock.now(), app.registry.cache.fresh())
        .filter(|_| may_be_reused && response.errors.is_empty());
    let bounds = Bounds {
        errors: app.requests.max_errors,
        bytes: app.requests.max_answer_bytes,
    };
    let answer = accepted.respond(&id, response, bounds);
    match fresh_for {
        Some(fresh_for) => answer.for_reuse(fresh_for, app.persisted.is_public()),
        None => answer,
    }
}

/// The cost as the answer tells it.
fn told(app: &App, cost: Cost, left: Option<u64>) -> Value {
    let told = serde_json::json!({
        "calls": cost.calls,
        "rows": cost.rows,
        "limit": app.requests.max_cost,
        "remaining": left,
    });
    Value::from_json(told).unwrap_or_default()
}

fn mistake(accepted: Accepted, id: &Arc<str>) -> Answer {
    let message = "The gateway made a mistake; the request id leads to it in the log.";
    let bounds = Bounds {
        errors: 1,
        bytes: usize::MAX,
    };
    accepted.respond(id, failure(id, code::INTERNAL, message), bounds)
}

fn is_query(document: &ExecutableDocument, name: Option<&str>) -> bool {
    let named =
        |of: Option<&async_graphql::Name>| name.is_none_or(|name| of.is_some_and(|of| of == name));
    document
        .operations
        .iter()
        .filter(|(of, _)| named(*of))
        .all(|(_, operation)| operation.node.ty == OperationType::Query)
}

fn extensions(map: serde_json::Map<String, serde_json::Value>) -> async_graphql::Extensions {
    let entries = map
        .into_iter()
        .filter_map(|(name, value)| Some((name, Value::from_json(value).ok()?)));
    async_graphql::Extensions(entries.collect())
}

fn too_slow() -> Problem {
    Problem {
        status: StatusCode::REQUEST_TIMEOUT,
        code: code::DEADLINE_EXCEEDED,
        message: "The request's time was used up before its body had arrived.".to_owned(),
    }
}
