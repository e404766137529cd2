//! Plannr's errors, and who is asking.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;
use uuid::Uuid;

use super::records::{Account, Kind};
use super::{ACCOUNT_HEADER, Plannr};

/// An error on its way to the guard, which knows in what form errors are sent.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// A body with a message alone.
    Plain(StatusCode, String),
    /// 422 for one field.
    Invalid(&'static str, String),
}

/// The account that the request acts as.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// Index of its firm.
    pub(super) firm: usize,
}

impl Failure {
    /// As Laravel says it.
    pub(super) fn not_found(model: &str) -> Self {
        let message = format!("No query results for model [App\\Models\\{model}].");
        Self::Plain(StatusCode::NOT_FOUND, message)
    }

    /// 400, as Spatie's query builder answers to filters and sorts that it does not know.
    pub(super) fn bad_query(message: String) -> Self {
        Self::Plain(StatusCode::BAD_REQUEST, message)
    }

    fn forbidden() -> Self {
        let message = "This action is unauthorized.".to_owned();
        Self::Plain(StatusCode::FORBIDDEN, message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Plain(status, _) => *status,
            Self::Invalid(..) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Plannr {
    /// The error as sent.
    pub(super) fn failed(&self, failure: &Failure) -> Response {
        match failure {
            Failure::Plain(status, message) => {
                (*status, Json(json!({ "message": message }))).into_response()
            }
            Failure::Invalid(field, message) => {
                let sentences = match self.setup.switches.get("validation_errors") {
                    "string" => json!(message),
                    _ => json!([message]),
                };
                let body = json!({ "message": message, "errors": { *field: sentences } });
                (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
            }
        }
    }

    fn caller(&self, sent: Option<&str>) -> Result<Caller, Failure> {
        let Some(sent) = sent else {
            let message = "The X-PLANNR-ACCOUNT-UUID header is required.".to_owned();
            return Err(match self.setup.switches.get("missing_account") {
                "400" => Failure::Plain(StatusCode::BAD_REQUEST, message),
                _ => Failure::Invalid(ACCOUNT_HEADER, message),
            });
        };
        let uuid = Uuid::parse_str(sent).map_err(|_| Failure::forbidden())?;
        let state = self.state();
        let mut logins = state.logins.iter();
        let is_own = logins.any(|login| login.account == uuid);
        match state.account(uuid) {
            // A client's account signs in to the client portal; referrals are between advisers.
            Some(Account {
                kind: Kind::Employee,
                firm,
                ..
            }) if is_own => Ok(Caller { firm: *firm }),
            _ => Err(Failure::forbidden()),
        }
    }
}

impl FromRequestParts<Plannr> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Plannr) -> Result<Self, Failure> {
        let sent = parts.headers.get(ACCOUNT_HEADER);
        app.caller(sent.and_then(|value| value.to_str().ok()))
    }
}
