//! What a client gets: the media type it takes, the status, and errors that carry a code and the request's id.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Response as GraphQLResponse, ServerError, Value};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tracing::info;

use super::documents::DocumentError;
use super::{json, request_id};
use crate::callers::Denied;
use crate::graphql::access::Forbidden;
use crate::graphql::error::code;

const GRAPHQL_JSON: &str = "application/graphql-response+json";
const JSON: &str = "application/json; charset=utf-8";

const TOO_MUCH: &str = "The gateway has too much to do just now; try again in a moment.";

/// Room for as many headers as an answer has at most, those of the connection among them.
const HEADERS: usize = 16;

/// Why a request has no data.
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The code in `extensions`.
    pub code: &'static str,
    /// A sentence for the client.
    pub message: String,
}

/// A whole answer, which any number of clients may get.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub struct Answer {
    status: StatusCode,
    content_type: &'static str,
    request_id: Arc<str>,
    body: Bytes,
    reuse: Option<Reuse>,
    /// Whether another caller might get another answer to the same request.
    is_personal: bool,
    /// After how many seconds to come back.
    retry_after: Option<u64>,
}

/// What an answer may have.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many errors it tells.
    pub errors: usize,
    /// How many bytes.
    pub bytes: usize,
}

/// On what terms an answer may be used again by whoever got it.
#[derive(Clone, Debug)]
struct Reuse {
    terms: HeaderValue,
    tag: HeaderValue,
}

/// What the client takes as an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Accepted {
    /// The media type made for GraphQL, whose status tells of failures.
    GraphQL,
    /// Plain JSON, as older clients expect it: 200 whenever the request was understood.
    Json,
    /// Neither.
    Nothing,
}

impl Accepted {
    /// What these headers say.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(header::ACCEPT).iter().peekable();
        if values.peek().is_none() {
            return Self::Json;
        }
        let parts = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter(|part| !is_refused(part));
        let mut best = Self::Nothing;
        for part in parts {
            let essence = part.split(';').next().unwrap_or_default().trim();
            if essence.eq_ignore_ascii_case(GRAPHQL_JSON) {
                return Self::GraphQL;
            }
            let plain = ["application/json", "application/*", "*/*"];
            if plain
                .iter()
                .any(|plain| essence.eq_ignore_ascii_case(plain))
            {
                best = Self::Json;
            }
        }
        best
    }

    /// An executed request: with the GraphQL media type, one without data is a 400.
    pub async fn respond(
        self,
        id: &Arc<str>,
        mut response: GraphQLResponse,
        bounds: Bounds,
    ) -> Answer {
        for error in &mut response.errors {
            mark_as_input(id, error);
        }
        leave_out_errors(id, &mut response.errors, bounds.errors);
        let status = self.status_of(&response);
        let Some(body) = write(response, bounds.bytes).await else {
            let message = format!(
                "The answer has more than {} bytes; what was asked for was carried out. Ask for fewer rows or fields.",
                bounds.bytes
            );
            let response = failure(id, code::ANSWER_TOO_LARGE, &message);
            return self.dress(id, self.status_of(&response), &response);
        };
        self.wrap(id, status, body)
    }

    /// A request that is not executed because its caller has asked for too much just now.
    pub fn refuse_for_now(self, id: &Arc<str>, seconds: u64) -> Answer {
        info!(
            request_id = &**id,
            seconds, "request refused: its caller is to wait"
        );
        let message =
            format!("You asked for too much in a short time; try again in {seconds} seconds.");
        let mut response = failure(id, code::RATE_LIMITED, &message);
        for error in &mut response.errors {
            let extensions = error.extensions.get_or_insert_default();
            extensions.set("retryable", true);
            extensions.set("retryAfterSeconds", seconds);
        }
        let mut answer = self.dress(id, StatusCode::TOO_MANY_REQUESTS, &response);
        answer.retry_after = Some(seconds);
        answer
    }

    /// A request that is not executed.
    pub fn refuse(self, id: &Arc<str>, problem: &Problem) -> Answer {
        info!(
            request_id = &**id,
            status = problem.status.as_u16(),
            code = problem.code,
            "request refused"
        );
        let response = failure(id, problem.code, &problem.message);
        self.dress(id, problem.status, &response)
    }

    /// A request that is not executed since there is too much to do. It is counted and not logged, and its text is not put
    /// together anew: there are too many of them.
    pub fn put_off(self, id: &Arc<str>, seconds: u64) -> Answer {
        let code = code::OVERLOADED;
        let body = format!(
            r#"{{"errors":[{{"message":"{TOO_MUCH}","extensions":{{"code":"{code}","requestId":"{id}","retryAfterSeconds":{seconds},"retryable":true}}}}]}}"#
        );
        let mut answer = self.wrap(id, StatusCode::SERVICE_UNAVAILABLE, body.into());
        answer.retry_after = Some(seconds);
        answer
    }

    /// A document that is not executed.
    pub fn refuse_document(self, id: &Arc<str>, error: DocumentError) -> Answer {
        let error = match error.told() {
            Ok((code, error)) => coded(id, code, error),
            Err(mut error) => {
                mark_as_input(id, &mut error);
                error
            }
        };
        info!(request_id = &**id, "document refused");
        let response = GraphQLResponse::from_errors(vec![error]);
        self.dress(id, self.status_of(&response), &response)
    }

    fn status_of(self, response: &GraphQLResponse) -> StatusCode {
        let without_data = response.is_err() && matches!(response.data, Value::Null);
        if self == Self::GraphQL && without_data {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::OK
        }
    }

    /// A document that its caller may not have executed.
    pub fn forbid(self, id: &Arc<str>, forbidden: &Forbidden) -> Answer {
        info!(request_id = &**id, fields = ?forbidden.fields, "document forbidden");
        let status = if self == Self::GraphQL {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::OK
        };
        let names: Vec<&str> = forbidden.scopes.iter().map(|scope| scope.name()).collect();
        let fields = forbidden.fields.join(", ");
        let message = match names.as_slice() {
            [] => format!("Nobody may select {fields}."),
            names => format!("Selecting {fields} needs {}.", names.join(" and ")),
        };
        let mut response = failure(id, code::FORBIDDEN, &message);
        for error in &mut response.errors {
            let extensions = error.extensions.get_or_insert_default();
            extensions.set(
                "fields",
                forbidden.fields.iter().map(|it| &**it).collect::<Vec<_>>(),
            );
            extensions.set("scopes", names.clone());
        }
        self.dress(id, status, &response)
    }

    fn dress(self, id: &Arc<str>, status: StatusCode, response: &GraphQLResponse) -> Answer {
        let body = json::write(response, was_executed(response), usize::MAX);
        self.wrap(id, status, body.expect("it may have any length").into())
    }

    fn wrap(self, id: &Arc<str>, status: StatusCode, body: Bytes) -> Answer {
        let content_type = match self {
            Self::GraphQL => GRAPHQL_JSON,
            Self::Json | Self::Nothing => JSON,
        };
        Answer {
            status,
            content_type,
            request_id: id.clone(),
            body,
            reuse: None,
            is_personal: false,
            retry_after: None,
        }
    }
}

impl Answer {
    /// The same answer, which may be used again for so long: by anyone where it is public, else by the one who asked.
    pub fn for_reuse(mut self, left: Duration, is_public: bool) -> Self {
        let whose = if is_public { "public" } else { "private" };
        let terms = format!("{whose}, max-age={}", left.as_secs());
        let digest = Sha256::digest(&self.body);
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..16]));
        if self.status == StatusCode::OK
            && let (Ok(terms), Ok(tag)) = (terms.parse(), tag.parse())
        {
            self.reuse = Some(Reuse { terms, tag });
        }
        self
    }

    /// The same answer, for the caller that asked alone.
    pub fn personal(self) -> Self {
        Self {
            is_personal: true,
            ..self
        }
    }

    /// Only that nothing has changed, for a client that has this very answer.
    pub fn unless_known(mut self, headers: &HeaderMap) -> Self {
        let Some(reuse) = &self.reuse else {
            return self;
        };
        let is_it = |tag: &str| {
            let tag = tag.trim();
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == reuse.tag.as_bytes()
        };
        let known = headers.get_all(header::IF_NONE_MATCH).iter();
        let mut known = known.filter_map(|value| value.to_str().ok());
        if known.any(|tags| tags.split(',').any(is_it)) {
            self.status = StatusCode::NOT_MODIFIED;
            self.body = Bytes::new();
        }
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.reserve(HEADERS);
        let fixed = [
            (header::CONTENT_TYPE, self.content_type),
            (header::CACHE_CONTROL, "no-store"),
        ];
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Some(Reuse { terms, tag }) = self.reuse {
            headers.insert(header::CACHE_CONTROL, terms);
            headers.insert(header::ETAG, tag);
            headers.insert(header::VARY, HeaderValue::from_static("accept"));
        }
        if self.is_personal {
            headers.insert(
                header::VARY,
                HeaderValue::from_static("accept, authorization"),
            );
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            headers.insert(request_id::HEADER, id);
        }
        response
    }
}

/// That it is not known who calls: the same whatever is wrong with what was presented.
pub fn unauthenticated(denied: Denied) -> Problem {
    let message = match denied {
        Denied::Missing => {
            "This gateway answers known callers alone: send a key or token as Authorization: Bearer."
        }
        Denied::Unsound(_) => "The key or token is not valid.",
    };
    Problem {
        status: StatusCode::UNAUTHORIZED,
        code: code::UNAUTHENTICATED,
        message: message.to_owned(),
    }
}

/// What no request should be: with a message about it.
pub fn bad_request(message: &str) -> Problem {
    Problem {
        status: StatusCode::BAD_REQUEST,
        code: code::BAD_USER_INPUT,
        message: message.to_owned(),
    }
}

/// A media type that is not served.
pub fn not_acceptable() -> Problem {
    Problem {
        status: StatusCode::NOT_ACCEPTABLE,
        code: code::BAD_USER_INPUT,
        message: format!("This endpoint answers {GRAPHQL_JSON} and application/json."),
    }
}

/// An answer without data.
pub fn failure(id: &str, code: &'static str, message: &str) -> GraphQLResponse {
    GraphQLResponse::from_errors(vec![coded(id, code, ServerError::new(message, None))])
}

fn coded(id: &str, code: &'static str, mut error: ServerError) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code);
    let is_retryable = matches!(code, code::DEADLINE_EXCEEDED | code::OVERLOADED);
    extensions.set("retryable", is_retryable);
    extensions.set("requestId", id);
    error
}

/// Tells no more errors than these, and one that says how many there are besides.
fn leave_out_errors(id: &str, errors: &mut Vec<ServerError>, max: usize) {
    let Some(more) = errors.len().checked_sub(max).filter(|more| *more > 0) else {
        return;
    };
    errors.truncate(max);
    let message = format!("{more} more errors are left out.");
    errors.push(coded(
        id,
        code::TOO_MANY_ERRORS,
        ServerError::new(message, None),
    ));
}

/// The answer's JSON; `None` where it has more bytes than it may.
async fn write(response: GraphQLResponse, max: usize) -> Option<Bytes> {
    let was_executed = was_executed(&response);
    if !was_executed || json::has_straight_rows(&response.data) {
        return json::write(&response, was_executed, max).map(Bytes::from);
    }
    let written = async_graphql_axum::GraphQLResponse::from(response).into_response();
    axum::body::to_bytes(written.into_body(), max).await.ok()
}

/// Whether there is a result at all, be it null: an error that no field is to blame for means that nothing was executed, and
/// then the specification wants no `data` in the answer.
pub(super) fn was_executed(response: &GraphQLResponse) -> bool {
    let is_of_a_field = |error: &ServerError| !error.path.is_empty();
    !matches!(response.data, Value::Null) || response.errors.iter().any(is_of_a_field)
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

#[cfg(test)]
mod tests {
    use async_graphql::{Context, EmptyMutation, EmptySubscription, Error, Schema};

    use super::*;
    use crate::graphql::error::mistake;

    struct Query;

    #[async_graphql::Object]
    impl Query {
        async fn broken(&self, ctx: &Context<'_>) -> Option<Result<bool, Error>> {
            Some(Err(mistake(ctx, "It could not be done.")))
        }
    }

    #[test]
    fn a_request_that_is_put_off_gets_the_text_that_the_engine_would_have_written() {
        let id: Arc<str> = "0f8fad5b-d9cb-469f-a165-70867728950e".into();
        let mut told = failure(&id, code::OVERLOADED, TOO_MUCH);
        let extensions = told.errors[0].extensions.get_or_insert_default();
        extensions.set("retryAfterSeconds", 1);
        let told = Accepted::Json.dress(&id, StatusCode::SERVICE_UNAVAILABLE, &told);
        let put_off = Accepted::Json.put_off(&id, 1);
        assert_eq!(put_off.body, told.body);
        assert_eq!(put_off.status, told.status);
    }

    #[tokio::test]
    async fn no_program_is_told_to_repeat_what_a_mistake_of_ours_broke_off() {
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let by_a_resolver = schema.execute("{ broken }").await;
        let of_the_whole = failure("an id", code::INTERNAL, "It could not be done.");
        for response in [by_a_resolver, of_the_whole] {
            let extensions = response.errors[0].extensions.clone().unwrap();
            assert_eq!(extensions.get("code"), Some(&Value::from(code::INTERNAL)));
            assert_eq!(extensions.get("retryable"), Some(&Value::from(false)));
        }
    }
}
