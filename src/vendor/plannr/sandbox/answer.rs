//! Plannr's errors, and who is asking.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Map, json};
use uuid::Uuid;

use super::records::{Account, Kind};
use super::{ACCOUNT_HEADER, Plannr};
use crate::sandbox::Document;

/// An error on its way to the guard, which knows in what form errors are sent.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// A body with a message alone.
    Plain(StatusCode, String),
    /// 422 with what is wrong with each field; there is at least one.
    Invalid(Vec<(String, String)>),
}

/// The account that the request acts as.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) uuid: Uuid,
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

    /// 422 for one field.
    pub(super) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![(field.to_owned(), message.into())])
    }

    /// 422 for what was found wrong with a body, if anything was.
    pub(super) fn of(document: &Document) -> Result<(), Self> {
        let wrong = document.wrong();
        if wrong.is_empty() {
            return Ok(());
        }
        // In a body that is no object Laravel finds no fields, and misses those that it needs.
        let (whole, fields): (Vec<_>, Vec<_>) =
            wrong.into_iter().partition(|wrong| wrong.path.is_empty());
        if fields.is_empty() {
            let message = whole
                .first()
                .map(|wrong| format!("The body {}.", wrong.message));
            return Err(Self::Plain(
                StatusCode::BAD_REQUEST,
                message.unwrap_or_default(),
            ));
        }
        let fields = fields.into_iter().map(|wrong| {
            // As Laravel writes paths: `client_uuids.0`.
            let field = wrong.path.replace('[', ".").replace(']', "");
            let message = format!("The {} field {}.", field.replace('_', " "), wrong.message);
            (field, message)
        });
        Err(Self::Invalid(fields.collect()))
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
            Failure::Invalid(fields) => {
                let mut errors = Map::new();
                for (field, message) in fields {
                    let sentences = match self.setup.switches.get("validation_errors") {
                        "string" => json!(message),
                        _ => json!([message]),
                    };
                    errors.entry(field).or_insert(sentences);
                }
                let message = fields.first().map(|(_, message)| message);
                let body = json!({ "message": message, "errors": errors });
                (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
            }
        }
    }

    /// The refusal of something that is impossible as things stand, in the form that a switch says.
    pub(super) fn refusal(&self, switch: &str, field: &str, message: &str) -> Failure {
        match self.setup.switches.get(switch) {
            "403" => Failure::forbidden(),
            "404" => Failure::not_found("Referral"),
            "409" => Failure::Plain(StatusCode::CONFLICT, message.to_owned()),
            _ => Failure::invalid(field, message),
        }
    }

    fn caller(&self, sent: Option<&str>) -> Result<Caller, Failure> {
        let Some(sent) = sent else {
            let message = "The X-PLANNR-ACCOUNT-UUID header is required.".to_owned();
            return Err(match self.setup.switches.get("missing_account") {
                "400" => Failure::Plain(StatusCode::BAD_REQUEST, message),
                _ => Failure::invalid(ACCOUNT_HEADER, message),
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
            }) if is_own => Ok(Caller { uuid, firm: *firm }),
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
