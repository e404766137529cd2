//! Introzy's documented writes: their routes, and what they share.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{delete, post};

use super::answer::Failure;
use super::{Introzy, convert, create, facilitators, note};
use crate::sandbox::{Document, Problems, Query};

/// There are no updates and no deletes of a referral.
pub(super) fn router() -> Router<Introzy> {
    Router::new()
        .route("/api/referral-opps", post(create::create))
        .route(
            "/api/referral-opps/{id}/facilitators",
            post(facilitators::add),
        )
        .route(
            "/api/referral-opps/{id}/facilitators/{facilitator}",
            delete(facilitators::remove),
        )
        .route("/api/pipeline-deals/{id}/convert", post(convert::convert))
        .route("/api/pipelines/{type}/deals/{id}/notes", post(note::add))
}

impl Introzy {
    /// Looks at all of a write but its fields. No operation documents a header or a query parameter.
    pub(super) fn accept(
        &self,
        query: &Query,
        problems: &Problems,
        document: &Document,
    ) -> Result<(), Failure> {
        document.headers(&[]);
        self.documented(query, problems, &[])
    }

    /// Refuses a body in which anything is wrong, with all of it.
    pub(super) fn check(
        &self,
        document: &Document,
        undocumented: &[String],
    ) -> Result<(), Failure> {
        let wrong = document.wrong().into_iter();
        let mut sentences: Vec<_> = wrong
            .map(|wrong| match wrong.path.as_str() {
                "" => format!("The body {}", wrong.message),
                path => format!("{path} {}", wrong.message),
            })
            .collect();
        if self.is("strict_body", "on") {
            let unknown = undocumented.iter();
            sentences.extend(unknown.map(|name| format!("Unrecognized field: {name}")));
        }
        if sentences.is_empty() {
            return Ok(());
        }
        Err(Failure::new(
            self.status("invalid"),
            "VALIDATION_ERROR",
            sentences.join("; "),
        ))
    }

    /// A body names a person or company that there is not.
    pub(super) fn unknown(&self, what: &str) -> Failure {
        match self.status("unknown_party") {
            StatusCode::NOT_FOUND => Failure::not_found(what),
            status => Failure::new(status, "VALIDATION_ERROR", format!("{what} does not exist")),
        }
    }

    /// The status that a switch names.
    pub(super) fn status(&self, switch: &str) -> StatusCode {
        let value = self.setup.switches.get(switch);
        value
            .parse()
            .expect("the values of this switch are statuses")
    }
}

/// 409, the only one whose code is documented.
pub(super) fn conflict(message: &str) -> Failure {
    Failure::new(StatusCode::CONFLICT, "CONFLICT", message)
}
