//! `/graphql`: one request, one document. POST takes JSON only, so that no form of another site can send one; GET takes
//! queries only. The body is cut at the cap, the document guarded before it is parsed, the whole bounded in time, and a
//! panic becomes an error. What is being read already is not read twice.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use tokio::time::{Instant, timeout_at};
use tracing::info;

use super::App;
use super::admission::Priority;
use super::answer::{Accepted, Answer, Problem, unauthenticated};
use super::execute::{GRACE, Work, mistake};
use super::metrics::{Outcome, Received};
use super::prepare::{Method, Refused, prepare};
use super::question::{is_plainly_a_read, take_body};
use super::rate::Caller;
use super::shared::{Coming, Read, Turn};
use super::workspaces::Visitor;
use crate::callers::Denied;
use crate::graphql::error::code;
use crate::graphql::stretch::let_others;
use crate::vendor::Call;

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
        return Refused::Shed.answer(accepted, &id);
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
            return Refused::Shed.answer(accepted, &id);
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
                    return Refused::Shed.answer(accepted, &id);
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

fn too_slow() -> Problem {
    Problem {
        status: StatusCode::REQUEST_TIMEOUT,
        code: code::DEADLINE_EXCEEDED,
        message: "The request's time was used up before its body had arrived.".to_owned(),
    }
}
