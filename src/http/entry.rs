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
use super::answer::{
    Accepted, Answer, Bounds, Problem, failure, not_acceptable, unauthenticated, was_executed,
};
use super::costing::{self, Costing};
use super::documents::{Document, DocumentError};
use super::metrics::{Outcome, Received};
use super::question::{Question, is_plainly_a_read, take_body};
use super::rate::Caller;
use super::shared::{Coming, Read, Turn};
use super::variables;
use super::workspaces::Visitor;
use crate::callers::Denied;
use crate::graphql::access::Forbidden;
use crate::graphql::entities::Places;
use crate::graphql::error::code;
use crate::graphql::stretch::{Stretch, let_others};
use crate::load::Loaders;
use crate::model::Scope;
use crate::vendor::Call;

/// How long an answer may take beyond the deadline that vendors' calls are bound by: time to put together what came.
const GRACE: Duration = Duration::from_millis(250);

/// `POST /graphql`.
pub async fn post(app: Arc<App>, headers: HeaderMap, body: Body) -> Answer {
    let received = app.metrics.receive();
    let accepted = Accepted::of(&headers);
    let deadline = Instant::now() + app.request_timeout;
    let visitor = match visitor(&app, &headers, deadline).await {
        Ok(visitor) => visitor,
        Err(denied) => return deny(&app, received, accepted, denied),
    };
    let arrived = timeout_at(deadline, take_body(&headers, body, app.max_request_bytes)).await;
    match arrived.unwrap_or_else(|_| Err(too_slow())) {
        Ok(body) => {
            answer(
                app,
                received,
                visitor,
                accepted,
                deadline,
                body,
                Method::Post,
            )
            .await
        }
        Err(problem) => {
            received.count(Outcome::Refused);
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
    let received = app.metrics.receive();
    let accepted = Accepted::of(&headers);
    let deadline = Instant::now() + app.request_timeout;
    let is_personal = app.callers.are_told_apart();
    let visitor = match visitor(&app, &headers, deadline).await {
        Ok(visitor) => visitor,
        Err(denied) => return deny(&app, received, accepted, denied),
    };
    let query = query.unwrap_or_default().into();
    let answer = answer(
        app,
        received,
        visitor,
        accepted,
        deadline,
        query,
        Method::Get,
    )
    .await;
    let answer = answer.unless_known(&headers);
    if is_personal {
        answer.personal()
    } else {
        answer
    }
}

/// Who sends a request. Asked before anything of the request is read, and no longer than the request may take.
pub(super) async fn visitor(
    app: &App,
    headers: &HeaderMap,
    deadline: Instant,
) -> Result<Visitor, Denied> {
    let late = Err(Denied::Unsound("the issuer's keys did not come in time"));
    let identified = timeout_at(deadline, app.callers.identify(headers)).await;
    let caller = identified.unwrap_or(late)?;
    let parts = app.workspaces.get(&caller.workspace);
    let parts = parts.ok_or(Denied::Unsound("its workspace is not there"))?;
    Ok(Visitor { caller, parts })
}

fn deny(app: &App, received: Received, accepted: Accepted, denied: Denied) -> Answer {
    let id = app.request_ids.next();
    info!(request_id = &*id, reason = %denied, "caller not known");
    received.count(Outcome::Refused);
    let answer = accepted.refuse(&id, &unauthenticated(denied));
    answer.personal()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
}

async fn answer(
    app: Arc<App>,
    received: Received,
    visitor: Visitor,
    accepted: Accepted,
    deadline: Instant,
    text: Bytes,
    method: Method,
) -> Answer {
    let read = Read {
        workspace: visitor.caller.workspace.clone(),
        scopes: visitor.caller.scopes,
        accepted,
        is_body: method == Method::Post,
        text,
        writes: app.cache.all_writes(),
    };
    // Only what was found to be a sound query is ever under way. Where callers are limited, each pays for itself.
    if !app.rate.is_on()
        && let Some(coming) = app.executions.join(&read, deadline)
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
    let caller = Caller {
        workspace: visitor.caller.workspace.clone(),
        name: Some(visitor.caller.name.clone()),
    };
    // Told before it is looked at closely: to shed a read must cost as little as can be.
    let is_read = method == Method::Get || is_plainly_a_read(&read.text);
    if is_read && app.admission.sheds_read(&caller, 0) {
        received.count(Outcome::Shed);
        return overloaded(accepted, &id);
    }
    let asked = Asked {
        app,
        received,
        visitor,
        accepted,
        call,
        caller,
    };
    // By itself: all requests would carry what only those need that are executed, the shed ones as well.
    Box::pin(asked.answer(read, method)).await
}

/// A request that was neither joined to another nor shed at once.
struct Asked {
    app: Arc<App>,
    received: Received,
    visitor: Visitor,
    accepted: Accepted,
    call: Call,
    caller: Caller,
}

impl Asked {
    async fn answer(self, read: Read, method: Method) -> Answer {
        let Self {
            app,
            received,
            visitor,
            accepted,
            call,
            caller,
        } = self;
        let (id, deadline) = (call.request_id.clone(), call.deadline);
        let prepared = prepare(&app, &visitor, &caller, accepted, &read.text, method);
        let mut prepared = match prepared {
            Ok(prepared) => prepared,
            Err(refused) => {
                received.count(refused.outcome());
                return refused.answer(accepted, &id);
            }
        };
        if let Err(wait) = prepared.costing.charge(&app, &caller) {
            received.count(Outcome::Refused);
            return accepted.refuse_for_now(&id, wait.seconds());
        }
        let Ok(permit) = prepared.admitted(&app, &caller, deadline).await else {
            received.count(Outcome::Shed);
            return overloaded(accepted, &id);
        };
        let work = Work {
            received,
            visitor,
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
        if work.prepared.costing.is_personal() {
            // Its answer is nobody else's.
            return work.execute(&app, permit).await;
        }
        match app.executions.begin(read, deadline) {
            Turn::Wait(coming) => {
                drop(permit);
                if let Some(answer) = arrived(coming, deadline).await {
                    work.received.count(Outcome::Joined);
                    return answer;
                }
                let Ok(permit) = work.prepared.admitted(&app, &caller, deadline).await else {
                    work.received.count(Outcome::Shed);
                    return overloaded(accepted, &id);
                };
                work.execute(&app, permit).await
            }
            Turn::Execute(handover, coming) => {
                // In a task of its own, for whoever waits for it: the client that began it may leave.
                tokio::spawn(async move {
                    // Whatever else has arrived is taken in first: it may be the same read.
                    let_others().await;
                    handover.give(work.execute(&app, permit).await);
                });
                match coming.await {
                    Ok(answer) => answer,
                    Err(_) => mistake(accepted, &id).await,
                }
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
    request: async_graphql::Request,
    /// Taken into the request once it is admitted: a copy of it costs more than to shed it.
    document: Arc<Document>,
    /// The values of its variables.
    values: u64,
    /// Whether its address names a document, so that answers can be kept by it.
    may_be_reused: bool,
    costing: Costing,
}

/// One that was admitted.
struct Work {
    received: Received,
    visitor: Visitor,
    accepted: Accepted,
    call: Call,
    prepared: Prepared,
}

enum Refused {
    Request(Problem),
    Document(DocumentError),
    Access(Forbidden),
    Shed,
}

impl Refused {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Request(_) | Self::Document(_) | Self::Access(_) => Outcome::Refused,
            Self::Shed => Outcome::Shed,
        }
    }

    fn answer(self, accepted: Accepted, id: &Arc<str>) -> Answer {
        match self {
            Self::Request(problem) => accepted.refuse(id, &problem),
            Self::Document(error) => accepted.refuse_document(id, error),
            Self::Access(forbidden) => accepted.forbid(id, &forbidden),
            Self::Shed => overloaded(accepted, id),
        }
    }
}

fn prepare(
    app: &App,
    visitor: &Visitor,
    caller: &Caller,
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
    let query = visitor
        .parts
        .persisted
        .document(&question)
        .map_err(Refused::Request)?;
    let is_named = question.query.is_none();
    let tells_cost = costing::is_asked_for(&question);
    let document = app.documents.get(&query).map_err(Refused::Document)?;
    let operation_name = question.operation_name.filter(|name| !name.is_empty());
    let is_query = is_query(&document.parsed, operation_name.as_deref());
    if method == Method::Get && !is_query {
        return Err(Refused::Request(Problem {
            status: StatusCode::METHOD_NOT_ALLOWED,
            code: code::BAD_USER_INPUT,
            message: "Only queries may be sent by GET.".to_owned(),
        }));
    }
    // What is known to cost much needs not be looked at closely either.
    let (scopes, variables) = (visitor.caller.scopes, question.variables.as_ref());
    let values = document.values(operation_name.as_deref(), variables);
    let work = document.work_with(values).filter(|_| is_query);
    if work.is_some_and(|work| app.admission.sheds_read(caller, work)) {
        return Err(Refused::Shed);
    }
    let checked = app.access.check(&document.needs, scopes, variables);
    checked.map_err(Refused::Access)?;
    let variables = question.variables.unwrap_or_default().into();
    let variables = async_graphql::Variables::from_json(variables);
    let operation = (&document.parsed, operation_name.as_deref(), &variables);
    let costing = Costing::of(app, visitor, operation, tells_cost).map_err(Refused::Document)?;
    document.note_work_with(values, costing.work());
    let mut request = async_graphql::Request::new(&*query);
    if document.needs.is_unknown() {
        // Validation refuses it, and says what is wrong with it. Should it not, there is nothing to be read.
        request = request.only_introspection();
    }
    request.operation_name = operation_name;
    request.variables = variables;
    request.extensions = question.extensions.map(extensions).unwrap_or_default();
    Ok(Prepared {
        priority: if is_query {
            Priority::Read
        } else {
            Priority::Write
        },
        request,
        document,
        values,
        // What is left is the caller's own.
        may_be_reused: method == Method::Get && is_named && !tells_cost,
        costing,
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

impl Prepared {
    async fn admitted(
        &self,
        app: &App,
        caller: &Caller,
        deadline: Instant,
    ) -> Result<Permit, Shed> {
        let work = self.costing.work();
        app.admission
            .admit(caller.clone(), self.priority, work, deadline)
            .await
    }
}

impl Work {
    async fn execute(self, app: &App, permit: Permit) -> Answer {
        let stretch = Stretch::new();
        // By itself: each future that one is handed to has room for it twice.
        let work = Box::pin(self.carry_out(app, stretch.clone()));
        permit.work(stretch, work).await
    }

    async fn carry_out(self, app: &App, stretch: Stretch) -> Answer {
        let Self {
            received,
            visitor,
            accepted,
            call,
            prepared,
        } = self;
        let Prepared {
            mut request,
            document,
            values,
            may_be_reused,
            costing,
            ..
        } = prepared;
        request.set_parsed_query(document.parsed.clone());
        let id = call.request_id.clone();
        let until = call.deadline + GRACE;
        let loaders = Loaders::new(visitor.parts.registry.clone(), call);
        let freshness = loaders.freshness.clone();
        let request = request
            .data(loaders)
            .data(Places::default())
            .data(stretch.clone())
            .data(visitor.caller.clone())
            .data(visitor.parts.desk.clone());
        let was_valid = document.is_valid_with(values);
        let schema = if was_valid {
            &app.fast_schema
        } else if visitor.caller.scopes.contains(Scope::SchemaRead) {
            &app.schema
        } else {
            &app.terse_schema
        };
        let started = Instant::now();
        let span = info_span!("request", request_id = &*id);
        let execution = Box::pin(schema.execute(request));
        let execution = AssertUnwindSafe(execution).catch_unwind().instrument(span);
        let mut response = match timeout_at(until, execution).await {
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
        if !was_valid && was_executed(&response) {
            document.note_valid_with(values);
        }
        costing.tell(app, &mut response);
        let fresh_for = freshness
            .left(visitor.parts.registry.clock.now(), app.cache.fresh())
            .filter(|_| may_be_reused && response.errors.is_empty());
        let bounds = Bounds {
            errors: app.requests.max_errors,
            bytes: app.requests.max_answer_bytes,
        };
        // To write an answer takes as long as to put it together.
        stretch.interrupt().await;
        let answer = accepted.respond(&id, response, bounds).await;
        match fresh_for {
            Some(fresh_for) => {
                let is_public =
                    visitor.parts.persisted.is_public() && !app.callers.are_told_apart();
                answer.for_reuse(fresh_for, is_public)
            }
            None => answer,
        }
    }
}

fn overloaded(accepted: Accepted, id: &Arc<str>) -> Answer {
    accepted.put_off(id, RETRY_AFTER.as_secs())
}

async fn mistake(accepted: Accepted, id: &Arc<str>) -> Answer {
    let message = "The gateway made a mistake; the request id leads to it in the log.";
    let bounds = Bounds {
        errors: 1,
        bytes: usize::MAX,
    };
    accepted
        .respond(id, failure(id, code::INTERNAL, message), bounds)
        .await
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
