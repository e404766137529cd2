//! Bodies and headers of answers, in the documented error form:
//! <https://learn.microsoft.com/en-us/partner-center/developer/referrals-api-response-codes>.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::sandbox::{Setup, Switches};

/// An answer with a JSON body.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let text =
        serde_json::to_string(body).expect("all keys are text, and numbers were valid when set");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    response
}

/// Records a request that goes beyond what is documented; the sandbox takes the header off before it answers.
pub(super) fn note(response: &mut Response, problem: &str) {
    let ascii: String = problem
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

/// An error in the documented form. No page pairs the codes with statuses one to one; this is the plain reading.
pub(super) fn error(
    switches: &Switches,
    status: StatusCode,
    message: &str,
    target: Option<&str>,
) -> Response {
    let code = match status {
        StatusCode::UNAUTHORIZED => "unauthenticated",
        StatusCode::FORBIDDEN => "accessDenied",
        StatusCode::NOT_FOUND => "itemNotFound",
        StatusCode::PRECONDITION_FAILED => "preconditionFailed",
        StatusCode::SERVICE_UNAVAILABLE => "serviceNotAvailable",
        status if status.is_client_error() => "invalidRequest",
        _ => "generalException",
    };
    with_code(switches, status, code, message, target, None)
}

/// No such referral, or none that the user may see.
pub(super) fn not_found(switches: &Switches) -> Response {
    let message = "The referral was not found.";
    error(switches, StatusCode::NOT_FOUND, message, Some("referral"))
}

/// 400 for what is wrong with a body, at this path in it.
pub(super) fn refused(switches: &Switches, path: &str, message: &str) -> Response {
    let target = match switches.get("error_target") {
        "absent" => None,
        "field" if !path.is_empty() => Some(path),
        _ => Some("referral"),
    };
    let message = match path {
        "" => message.to_owned(),
        path => format!("{path}: {message}"),
    };
    error(switches, StatusCode::BAD_REQUEST, &message, target)
}

/// `If-Match` is not the present version. Both codes are listed, and neither is paired with the status.
pub(super) fn mismatch(switches: &Switches) -> Response {
    let status = match switches.get("etag_mismatch") {
        "409" => StatusCode::CONFLICT,
        _ => StatusCode::PRECONDITION_FAILED,
    };
    with_code(
        switches,
        status,
        switches.get("etag_mismatch_code"),
        "The referral has changed since this version of it.",
        Some("referral"),
        Some("resourceModified"),
    )
}

fn with_code(
    switches: &Switches,
    status: StatusCode,
    code: &str,
    message: &str,
    target: Option<&str>,
    inner: Option<&str>,
) -> Response {
    let mut error = json!({"code": code, "message": message});
    if let Some(target) = target {
        error["target"] = target.into();
    }
    let spelling = switches.get("inner_error");
    if spelling != "absent" && status != StatusCode::UNAUTHORIZED {
        let inner = inner.map_or_else(|| status.as_u16().to_string(), str::to_owned);
        error[spelling] = json!({"code": inner, "message": message});
    }
    json(status, &json!({"error": error}))
}

/// No token, or one that is not good (any more).
pub(super) fn unauthenticated(switches: &Switches) -> Response {
    let code = switches.get("unauthenticated");
    if code == "empty" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    with_code(
        switches,
        StatusCode::UNAUTHORIZED,
        code,
        "The access token is missing, has expired, or is meant for another resource.",
        None,
        None,
    )
}

/// Too many requests, in the form of the gateway before the API, which is not the error form:
/// <https://learn.microsoft.com/en-us/partner-center/developer/api-throttling-guidance>.
/// The header `Retry-After` has seconds, an HTTP date, or is absent.
pub(super) fn throttled(setup: &Setup, seconds: u32, header: &str) -> Response {
    let message = format!("Rate limit is exceeded. Try again in {seconds} seconds.");
    let mut response = json(
        StatusCode::TOO_MANY_REQUESTS,
        &json!({"statusCode": 429, "message": message}),
    );
    let retry_after = match header {
        "absent" => return response,
        "http_date" => {
            let until = setup.clock.now() + jiff::SignedDuration::from_secs(seconds.into());
            until.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
        }
        _ => seconds.to_string(),
    };
    let value = HeaderValue::from_str(&retry_after).expect("digits and dates are ASCII");
    response.headers_mut().insert(RETRY_AFTER, value);
    response
}
