//! `/graphql`: one request, one document. POST takes JSON only, so that no form of another site can send one; GET takes
//! queries only. The body is cut at the cap, the document guarded before it is parsed, the whole bounded in time, and a
//! panic becomes an error.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Response as GraphQLResponse, ServerError, Value};
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument as _, info, info_span};

use super::documents::DocumentError;
use super::{App, request_id};
use crate::graphql::error::code;
use crate::load::Loaders;
use crate::vendor::Call;

/// How long an answer may take beyond the deadline that vendors' calls are bound by: time to put together what came.
const GRACE: Duration = Duration::from_millis(250);

const GRAPHQL_JSON: &str = "application/graphql-response+json";
const JSON: &str = "application/json; charset=utf-8";

/// A request as GraphQL over HTTP has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    query: Option<String>,
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Why a request has no data.
struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
}

/// `POST /graphql`.
pub async fn post(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Response {
    let accepted = Accepted::of(&headers);
    let id = app.request_ids.next();
    let deadline = Instant::now() + app.request_timeout;
    let arrived = timeout_at(deadline, read_post(&headers, body, app.max_request_bytes)).await;
    let wire = match arrived.unwrap_or_else(|_| Err(too_slow())) {
        Ok(wire) => wire,
        Err(problem) => return accepted.refuse(&id, &problem),
    };
    let call = Call {
        request_id: id,
        deadline,
    };
    answer(&app, accepted, call, wire, Method::Post).await
}

/// `GET /graphql`: queries only.
pub async fn get(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let accepted = Accepted::of(&headers);
    let id = app.request_ids.next();
    let wire = match read_get(query.as_deref().unwrap_or_default()) {
        Ok(wire) => wire,
        Err(problem) => return accepted.refuse(&id, &problem),
    };
    let call = Call {
        request_id: id,
        deadline: Instant::now() + app.request_timeout,
    };
    answer(&app, accepted, call, wire, Method::Get).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
}

async fn answer(app: &App, accepted: Accepted, call: Call, wire: Wire, method: Method) -> Response {
    let id = call.request_id.clone();
    if accepted == Accepted::Nothing {
        let message = format!("This endpoint answers {GRAPHQL_JSON} and application/json.");
        return accepted.refuse(
            &id,
            &Problem {
                status: StatusCode::NOT_ACCEPTABLE,
                code: code::BAD_USER_INPUT,
                message,
            },
        );
    }
    let Some(query) = wire.query.filter(|query| !query.trim().is_empty()) else {
        return accepted.refuse(&id, &bad_request("The request has no query."));
    };
    let document = match app.documents.get(&query) {
        Ok(document) => document,
        Err(error) => return accepted.refuse_document(&id, error),
    };
    if method == Method::Get && !is_query(&document, wire.operation_name.as_deref()) {
        let message = "Only queries may be sent by GET.".to_owned();
        return accepted.refuse(
            &id,
            &Problem {
                status: StatusCode::METHOD_NOT_ALLOWED,
                code: code::BAD_USER_INPUT,
                message,
            },
        );
    }

    let until = call.deadline + GRACE;
    let mut request = async_graphql::Request::new(query);
    request.operation_name = wire.operation_name.filter(|name| !name.is_empty());
    request.variables =
        async_graphql::Variables::from_json(wire.variables.unwrap_or_default().into());
    request.extensions = wire.extensions.map(extensions).unwrap_or_default();
    request.set_parsed_query(ExecutableDocument::clone(&document));
    let request = request.data(Loaders::new(app.registry.clone(), call));

    let started = Instant::now();
    let span = info_span!("request", request_id = &*id);
    let execution = AssertUnwindSafe(app.schema.execute(request))
        .catch_unwind()
        .instrument(span);
    let response = match timeout_at(until, execution).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => failure(
            &id,
            code::INTERNAL,
            "The gateway made a mistake; the request id leads to it in the log.",
        ),
        Err(_) => failure(
            &id,
            code::DEADLINE_EXCEEDED,
            "The request's time was used up.",
        ),
    };
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    info!(
        request_id = &*id,
        took_ms,
        errors = response.errors.len(),
        "request"
    );
    accepted.respond(&id, response)
}

async fn read_post(headers: &HeaderMap, body: Body, max_bytes: usize) -> Result<Wire, Problem> {
    if !is_json(headers) {
        let message = "The body must be application/json.".to_owned();
        return Err(Problem {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code: code::BAD_USER_INPUT,
            message,
        });
    }
    let body = match Limited::new(body, max_bytes).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let message = format!("The request has more than {max_bytes} bytes.");
            return Err(Problem {
                status: StatusCode::PAYLOAD_TOO_LARGE,
                code: code::DOCUMENT_TOO_LARGE,
                message,
            });
        }
        Err(_) => return Err(bad_request("The body did not arrive whole.")),
    };
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(bad_request(
            "Batches are not taken: send one request at a time.",
        ));
    }
    serde_json::from_slice(&body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        bad_request(&format!(
            "The body is not a GraphQL request in JSON (see {place})."
        ))
    })
}

fn read_get(query: &str) -> Result<Wire, Problem> {
    let mut wire = Wire {
        query: None,
        operation_name: None,
        variables: None,
        extensions: None,
    };
    let object = |name: &str, text: &str| {
        serde_json::from_str(text)
            .map_err(|_| bad_request(&format!("The parameter {name} is not a JSON object.")))
    };
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "query" => wire.query = Some(value.into_owned()),
            "operationName" if !value.is_empty() => wire.operation_name = Some(value.into_owned()),
            "variables" if !value.is_empty() => wire.variables = object("variables", &value)?,
            "extensions" if !value.is_empty() => wire.extensions = object("extensions", &value)?,
            _ => {}
        }
    }
    Ok(wire)
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
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

fn bad_request(message: &str) -> Problem {
    Problem {
        status: StatusCode::BAD_REQUEST,
        code: code::BAD_USER_INPUT,
        message: message.to_owned(),
    }
}

/// Whether a part of an `Accept` header has the quality 0.
fn is_refused(part: &str) -> bool {
    let mut parameters = part
        .split(';')
        .skip(1)
        .map(|text| text.trim().to_ascii_lowercase());
    let quality = parameters.find_map(|text| text.strip_prefix("q=").map(str::to_owned));
    quality.is_some_and(|quality| quality.parse() == Ok(0.0_f32))
}

/// The engine's own errors, of validation and of coercion, carry no code: they are all about the request.
fn mark_as_input(id: &str, error: &mut ServerError) {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", code::BAD_USER_INPUT);
        extensions.set("retryable", false);
        extensions.set("requestId", id);
    }
}

fn failure(id: &str, code: &'static str, message: &str) -> GraphQLResponse {
    let mut error = ServerError::new(message, None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code);
    extensions.set("retryable", code == code::DEADLINE_EXCEEDED);
    extensions.set("requestId", id);
    GraphQLResponse::from_errors(vec![error])
}

/// What the client takes as an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Accepted {
    /// The media type made for GraphQL, whose status tells of failures.
    GraphQL,
    /// Plain JSON, as older clients expect it: 200 whenever the request was understood.
    Json,
    /// Neither.
    Nothing,
}

impl Accepted {
    fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(header::ACCEPT).iter().peekable();
        if values.peek().is_none() {
            return Self::Json;
        }
        let text: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
        let essences: Vec<String> = text
            .iter()
            .flat_map(|value| value.split(','))
            .filter(|part| !is_refused(part))
            .map(|part| {
                part.split(';')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_ascii_lowercase()
            })
            .collect();
        let takes = |wanted: &[&str]| {
            essences
                .iter()
                .any(|essence| wanted.contains(&essence.as_str()))
        };
        if takes(&[GRAPHQL_JSON]) {
            Self::GraphQL
        } else if takes(&["application/json", "application/*", "*/*"]) {
            Self::Json
        } else {
            Self::Nothing
        }
    }

    /// An executed request: with the GraphQL media type, one without data is a 400.
    fn respond(self, id: &str, mut response: GraphQLResponse) -> Response {
        for error in &mut response.errors {
            mark_as_input(id, error);
        }
        let without_data = response.is_err() && matches!(response.data, Value::Null);
        let status = if self == Self::GraphQL && without_data {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::OK
        };
        self.dress(id, status, response)
    }

    fn refuse(self, id: &str, problem: &Problem) -> Response {
        info!(
            request_id = id,
            status = problem.status.as_u16(),
            code = problem.code,
            "request refused"
        );
        self.dress(
            id,
            problem.status,
            failure(id, problem.code, &problem.message),
        )
    }

    fn refuse_document(self, id: &str, error: DocumentError) -> Response {
        let response = match error {
            DocumentError::Refused(refusal) => {
                let code = if refusal.is_size() {
                    code::DOCUMENT_TOO_LARGE
                } else {
                    code::DOCUMENT_TOO_COMPLEX
                };
                failure(id, code, &refusal.to_string())
            }
            DocumentError::Syntax(mut error) => {
                mark_as_input(id, &mut error);
                GraphQLResponse::from_errors(vec![error])
            }
        };
        info!(request_id = id, "document refused");
        let status = if self == Self::GraphQL {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::OK
        };
        self.dress(id, status, response)
    }

    fn dress(self, id: &str, status: StatusCode, response: GraphQLResponse) -> Response {
        let mut answer = async_graphql_axum::GraphQLResponse::from(response).into_response();
        *answer.status_mut() = status;
        let content_type = if self == Self::GraphQL {
            GRAPHQL_JSON
        } else {
            JSON
        };
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        if let Ok(id) = HeaderValue::from_str(id) {
            headers.insert(request_id::HEADER, id);
        }
        answer
    }
}
