//! The execution of a request that was admitted, bounded in time; a panic becomes an error.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument as _, info, info_span};

use super::App;
use super::admission::Permit;
use super::answer::{Accepted, Answer, Bounds, failure, was_executed};
use super::metrics::Received;
use super::prepare::Prepared;
use super::workspaces::Visitor;
use crate::graphql::entities::Places;
use crate::graphql::error::code;
use crate::graphql::stretch::Stretch;
use crate::load::Loaders;
use crate::model::Scope;
use crate::vendor::Call;

/// How long an answer may take beyond the deadline that vendors' calls are bound by: time to put together what came.
pub(super) const GRACE: Duration = Duration::from_millis(250);

/// A request that was admitted.
pub(super) struct Work {
    pub(super) received: Received,
    pub(super) visitor: Visitor,
    pub(super) accepted: Accepted,
    pub(super) call: Call,
    pub(super) prepared: Prepared,
}

impl Work {
    /// Executes it, and keeps its place until its answer is written.
    pub(super) async fn execute(self, app: &App, permit: Permit) -> Answer {
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

/// What a request is answered that the gateway failed.
pub(super) async fn mistake(accepted: Accepted, id: &Arc<str>) -> Answer {
    let message = "The gateway made a mistake; the request id leads to it in the log.";
    let bounds = Bounds {
        errors: 1,
        bytes: usize::MAX,
    };
    accepted
        .respond(id, failure(id, code::INTERNAL, message), bounds)
        .await
}
