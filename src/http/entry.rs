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
use super::admission::{Permit, Priority, RETRY_AFTER, Shed};
use super::answer::{Accepted, Answer, Problem, failure, not_acceptable};
use super::documents::Parsed;
use super::metrics::{Outcome, Received};
use super::question::{Question, take_body};
use super::shared::{Coming, Read, Turn};
use crate::graphql::entities::Places;
use crate::graphql::error::code;
use crate::load::Loaders;
use crate::vendor::Call;

/// How long an answer may take beyond the deadline that vendors' calls are bound by: time to put together what came.
const GRACE: Duration = Duration::from_millis(250);

/// `POST /graphql`.
pub async fn post(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Answer {
    let received = app.metrics.receive();
    let accepted = Accepted::of(&headers);
    let deadline = Instant::now() + app.request_timeout;
    let arrived = timeout_at(deadline, take_body(&headers, body, app.max_request_bytes)).await;
    match arrived.unwrap_or_else(|_| Err(too_slow())) {
        Ok(body) => answer(app, received, accepted, deadline, body, Method::Post).await,
        Err(problem) => {
            received.count(Outcome::Refused);
            accepted.refuse(&app.request_ids.next(), &problem).await
        }
    }
}

/// `GET /graphql`: queries only.
pub async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Answer {
    let received = app.metrics.receive();
    let accepted = Accepted::of(&headers);
    let deadline = Instant::now() + app.request_timeout;
    let query = query.unwrap_or_default().into();
    answer(app, received, accepted, deadline, query, Method::Get)
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
    received: Received,
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
    // Only what was found to be a sound query is ever under way.
    if let Some(coming) = app.executions.join(&read, deadline)
        && let Some(answer) = arrived(coming, deadline).await
    {
        received.count(Outcome::Joined);
        return answer;
    }
    let call = Call {
        request_id: app.request_ids.next(),
        deadline,
    };
    let id = call.request_id.clone();
    let prepared = match prepare(&app, accepted, &read.text, method) {
        Ok(prepared) => prepared,
        Err(refused) => {
            received.count(Outcome::Refused);
            return match refused {
                Refused::Request(problem) => accepted.refuse(&id, &problem).await,
                Refused::Document(error) => accepted.refuse_document(&id, error).await,
            };
        }
    };
    let Ok(permit) = prepared.admitted(&app, deadline).await else {
        received.count(Outcome::Shed);
        return overloaded(accepted, &id).await;
    };
    let work = Work {
        received,
        accepted,
        call,
        prepared,
    };
    if work.prepared.priority == Priority::Write {
        // In a task of its own: what was asked for is written to its end, whether or not the client stays.
        let writing = tokio::spawn(async move { work.execute(&app, permit).await });
        return match writing.await {
            Ok(answer) => answer,
            Err(_) => mistake(accepted, &id).await,
        };
    }
    match app.executions.begin(read, deadline) {
        Turn::Wait(coming) => {
            drop(permit);
            if let Some(answer) = arrived(coming, deadline).await {
                work.received.count(Outcome::Joined);
                return answer;
            }
            let Ok(permit) = work.prepared.admitted(&app, deadline).await else {
                work.received.count(Outcome::Shed);
                return overloaded(accepted, &id).await;
            };
            work.execute(&app, permit).await
        }
        Turn::Execute(handover, coming) => {
            // In a task of its own, for whoever waits for it: the client that began it may leave.
            tokio::spawn(async move {
                // Whatever else has arrived is taken in first: it may be the same read.
                tokio::task::yield_now().await;
                handover.give(work.execute(&app, permit).await);
            });
            match coming.await {
                Ok(answer) => answer,
                Err(_) => mistake(accepted, &id).await,
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
    priority: Priority,
    query: Arc<str>,
    parsed: Arc<Parsed>,
    question: Question,
    /// Whether its address names a document, so that answers can be kept by it.
    may_be_reused: bool,
}

/// One that was admitted.
struct Work {
    received: Received,
    accepted: Accepted,
    call: Call,
    prepared: Prepared,
}

enum Refused {
    Request(Problem),
    Document(super::documents::DocumentError),
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
    let query = app
        .persisted
        .document(&question)
        .map_err(Refused::Request)?;
    let parsed = app.documents.get(&query).map_err(Refused::Document)?;
    let is_query = is_query(&parsed.document, question.operation_name.as_deref());
    if method == Method::Get && !is_query {
        return Err(Refused::Request(Problem {
            status: StatusCode::METHOD_NOT_ALLOWED,
            code: code::BAD_USER_INPUT,
            message: "Only queries may be sent by GET.".to_owned(),
        }));
    }
    Ok(Prepared {
        priority: if is_query {
            Priority::Read
        } else {
            Priority::Write
        },
        query,
        may_be_reused: method == Method::Get && question.query.is_none(),
        question,
        parsed,
    })
}

impl Prepared {
    async fn admitted(&self, app: &App, deadline: Instant) -> Result<Permit, Shed> {
        app.admission
            .admit(self.priority, self.parsed.cost, deadline)
            .await
    }

    /// As the engine takes it. Made only of what was admitted: a copy of the document costs more than to shed it.
    fn request(self) -> async_graphql::Request {
        let question = self.question;
        let mut request = async_graphql::Request::new(&*self.query);
        request.operation_name = question.operation_name.filter(|name| !name.is_empty());
        request.variables =
            async_graphql::Variables::from_json(question.variables.unwrap_or_default().into());
        request.extensions = question.extensions.map(extensions).unwrap_or_default();
        request.set_parsed_query(self.parsed.document.clone());
        request
    }
}

impl Work {
    async fn execute(self, app: &App, permit: Permit) -> Answer {
        let Self {
            received,
            accepted,
            call,
            prepared,
        } = self;
        let may_be_reused = prepared.may_be_reused;
        let id = call.request_id.clone();
        let until = call.deadline + GRACE;
        let loaders = Loaders::new(app.registry.clone(), call);
        let freshness = loaders.freshness.clone();
        let request = prepared
            .request()
            .data(loaders)
            .data(Places::default())
            .data(app.desk.clone());
        let started = Instant::now();
        let span = info_span!("request", request_id = &*id);
        let execution = AssertUnwindSafe(app.schema.execute(request))
            .catch_unwind()
            .instrument(span);
        let response = match timeout_at(until, permit.work(execution)).await {
            Ok(Ok(response)) => response,
            Ok(Err(_panic)) => {
                app.metrics.executed(received, true, started.elapsed());
                return mistake(accepted, &id).await;
            }
            Err(_) => failure(
                &id,
                code::DEADLINE_EXCEEDED,
                "The request's time was used up.",
            ),
        };
        let took = started.elapsed();
        app.metrics
            .executed(received, !response.errors.is_empty(), took);
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        info!(
            request_id = &*id,
            took_ms,
            errors = response.errors.len(),
            "request"
        );
        let left = freshness
            .left(app.registry.clock.now(), app.registry.cache.fresh())
            .filter(|_| may_be_reused && response.errors.is_empty());
        let answer = accepted.respond(&id, response).await;
        match left {
            Some(left) => answer.for_reuse(left, app.persisted.is_public()),
            None => answer,
        }
    }
}

async fn overloaded(accepted: Accepted, id: &Arc<str>) -> Answer {
    let problem = Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        code: code::OVERLOADED,
        message: "The gateway has too much to do just now; try again in a moment.".to_owned(),
    };
    accepted.put_off(id, &problem, RETRY_AFTER.as_secs()).await
}

async fn mistake(accepted: Accepted, id: &Arc<str>) -> Answer {
    let message = "The gateway made a mistake; the request id leads to it in the log.";
    let response = failure(id, code::INTERNAL, message);
    accepted.respond(id, response).await
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
