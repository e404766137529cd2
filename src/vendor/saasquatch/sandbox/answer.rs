//! Bodies of answers, in the documented error form: <https://docs.saasquatch.com/api/errors>.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::SaaSquatch;
use crate::sandbox::Document;

/// Why a request is refused.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    rs_code: Option<&'static str>,
    message: String,
    /// Seconds.
    retry_after: Option<u32>,
}

/// What a handler answers.
pub(super) type Answer = Result<Answered, Problem>;

/// A good answer, and what in the request went beyond the pages.
pub(super) struct Answered {
    pub(super) body: Value,
    pub(super) notes: Vec<String>,
}

impl Problem {
    pub(super) fn new(
        status: StatusCode,
        code: &'static str,
        rs_code: Option<&'static str>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            rs_code,
            message: message.into(),
            retry_after: None,
        }
    }

    /// The same with the time after which to come again.
    pub(super) fn with_retry_after(self, retry_after: Option<u32>) -> Self {
        Self {
            retry_after,
            ..self
        }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_FAILED", None, message)
    }

    pub(super) fn no_user() -> Self {
        let status = StatusCode::NOT_FOUND;
        Self::new(status, "USER_NOT_FOUND", Some("RS042"), "User not found.")
    }
}

/// Sends what a handler answers.
pub(super) fn send(app: &SaaSquatch, answer: Answer) -> Response {
    send_as(app, StatusCode::OK, answer)
}

/// The same, where a good answer has another status.
pub(super) fn send_as(app: &SaaSquatch, status: StatusCode, answer: Answer) -> Response {
    let answered = match answer {
        Ok(answered) => answered,
        Err(problem) => return refusal(app, &problem),
    };
    let mut response = json_body(status, &app.rendered(answered.body));
    for note in answered.notes {
        let ascii: String = note
            .chars()
            .map(|char| {
                if (' '..='~').contains(&char) {
                    char
                } else {
                    '?'
                }
            })
            .collect();
        let value = HeaderValue::from_str(&ascii).expect("only printable ASCII is left");
        response.headers_mut().append("x-sandbox-problem", value);
    }
    response
}

/// An error in the documented form. The names of most `apiErrorCode`s are on no page; those here are made up in the
/// style of the known ones.
pub(super) fn refusal(app: &SaaSquatch, problem: &Problem) -> Response {
    let mut code = problem.code;
    if problem.status == StatusCode::UNAUTHORIZED {
        code = app.setup.switches.get("unauthorized");
        if code == "empty" {
            return problem.status.into_response();
        }
    }
    let mut body = json!({
        "message": problem.message,
        "statusCode": problem.status.as_u16(),
        "apiErrorCode": code,
    });
    if app.is("generation", "2026") {
        body["rsCode"] = json!(problem.rs_code);
    }
    if problem.code == "VALIDATION_FAILED" {
        body["validationErrors"] = json!([{"message": problem.message}]);
    }
    let mut response = json_body(problem.status, &body);
    if let Some(seconds) = problem.retry_after {
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Refuses a body in which anything is wrong.
pub(super) fn check(document: &Document) -> Result<(), Problem> {
    let wrong = document.wrong().into_iter();
    let sentences: Vec<_> = wrong
        .map(|wrong| match wrong.path.as_str() {
            "" => format!("The body {}.", wrong.message),
            path => format!("{path} {}.", wrong.message),
        })
        .collect();
    if sentences.is_empty() {
        return Ok(());
    }
    Err(Problem::invalid(sentences.join(" ")))
}

/// What classic programs have and others have not.
pub(super) fn not_supported() -> Problem {
    let status = StatusCode::FORBIDDEN;
    let message = "This request is not supported for your programs.";
    Problem::new(status, "API_REQUEST_NOT_SUPPORTED", Some("RS051"), message)
}

/// Observed on the live host with RS045, which the table of codes gives another meaning.
pub(super) fn no_tenant(app: &SaaSquatch) -> Problem {
    let rs_code = app.setup.switches.get("tenant_rs_code");
    let message = "Missing or invalid tenant alias.";
    Problem::new(
        StatusCode::NOT_FOUND,
        "TENANT_NOT_FOUND",
        Some(rs_code),
        message,
    )
}

/// The pages limit only calls without a key; here all are, since the switch is there to show the client's conduct. They
/// give neither status nor headers.
pub(super) fn too_many(is_forbidden: bool) -> Problem {
    let status = if is_forbidden {
        StatusCode::FORBIDDEN
    } else {
        StatusCode::TOO_MANY_REQUESTS
    };
    Problem::new(
        status,
        "RATE_LIMIT_EXCEEDED",
        Some("RS033"),
        "Rate limit exceeded.",
    )
}

fn json_body(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json;charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
