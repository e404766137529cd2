//! What a client sends: a request as GraphQL over HTTP has it, as JSON in a body or as parameters of a query string.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::answer::{Problem, bad_request};
use crate::graphql::error::code;

/// A request as GraphQL over HTTP has it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// The document.
    pub query: Option<String>,
    /// The id of a document that is known beforehand, in place of it.
    pub document_id: Option<String>,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// The values of its variables.
    #[serde(default)]
    pub variables: Option<Map<String, Value>>,
    /// What the protocol has no name for.
    #[serde(default)]
    pub extensions: Option<Map<String, Value>>,
}

impl Question {
    /// Reads the body of a POST.
    pub fn of_body(body: &[u8]) -> Result<Self, Problem> {
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(bad_request(
                "Batches are not taken: send one request at a time.",
            ));
        }
        serde_json::from_slice(body).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            bad_request(&format!(
                "The body is not a GraphQL request in JSON (see {place})."
            ))
        })
    }

    /// Reads the query string of a GET.
    pub fn of_parameters(query: &str) -> Result<Self, Problem> {
        let mut question = Self::default();
        let object = |name: &str, text: &str| {
            serde_json::from_str(text)
                .map_err(|_| bad_request(&format!("The parameter {name} is not a JSON object.")))
        };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "query" => question.query = Some(value.into_owned()),
                "documentId" if !value.is_empty() => {
                    question.document_id = Some(value.into_owned());
                }
                "operationName" if !value.is_empty() => {
                    question.operation_name = Some(value.into_owned());
                }
                "variables" if !value.is_empty() => {
                    question.variables = object("variables", &value)?;
                }
                "extensions" if !value.is_empty() => {
                    question.extensions = object("extensions", &value)?;
                }
                _ => {}
            }
        }
        Ok(question)
    }
}

/// Whether it is plain that a body asks for nothing to be changed: it holds a document, which nowhere says `mutation`, not
/// even in a way that JSON might hide.
pub fn is_plainly_a_read(body: &[u8]) -> bool {
    let holds = |word: &str| memchr::memmem::find(body, word.as_bytes()).is_some();
    holds("\"query\"") && !holds("mutation") && !holds("\\u")
}

/// Takes in the body of a POST: JSON, of no more than so many bytes.
pub async fn take_body(
    headers: &HeaderMap,
    body: Body,
    max_bytes: usize,
) -> Result<Bytes, Problem> {
    if !is_json(headers) {
        let message = "The body must be application/json.".to_owned();
        return Err(Problem {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code: code::BAD_USER_INPUT,
            message,
        });
    }
    match Limited::new(body, max_bytes).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let message = format!("The request has more than {max_bytes} bytes.");
            Err(Problem {
                status: StatusCode::PAYLOAD_TOO_LARGE,
                code: code::DOCUMENT_TOO_LARGE,
                message,
            })
        }
        Err(_) => Err(bad_request("The body did not arrive whole.")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::is_plainly_a_read;

    #[test]
    fn what_may_change_something_is_not_plainly_a_read() {
        for body in [
            r#"{"query":"mutation { a }"}"#,
            r#"{"query":"query A { a } mutation B { b }","operationName":"B"}"#,
            r#"{"query":"\u006dutation { a }"}"#,
            r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}"#,
            r#"{"documentId":"sha256:00"}"#,
            "",
        ] {
            assert!(!is_plainly_a_read(body.as_bytes()), "{body}");
        }
        assert!(is_plainly_a_read(
            br#"{"query":"{ a }","variables":{"b":1}}"#
        ));
        assert!(is_plainly_a_read(br#"{ "query" : "query A { a }" }"#));
    }
}
