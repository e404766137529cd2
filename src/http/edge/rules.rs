//! What RFC 9112 wants of a request and hyper leaves to its caller. hyper itself refuses what cannot be told apart with
//! certainty (lengths that differ, an encoding that does not end in `chunked`, folded lines, spaces before a colon), and
//! closes after a request that has both a length and an encoding, of which the encoding counts.

use axum::http::header::{self, HeaderName};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Method, Request, StatusCode, Version};
use axum::response::{IntoResponse, Response};

/// Why a request is not looked at further.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal(StatusCode, &'static str);

/// Whether the request may be looked at.
pub(super) fn check<B>(request: &Request<B>) -> Result<(), Refusal> {
    if request.method() == Method::CONNECT {
        return Err(Refusal(StatusCode::NOT_IMPLEMENTED, "This is no proxy.\n"));
    }
    // Section 3.2: a target is a path, a whole address, or an asterisk. A mere name is for CONNECT alone.
    if request.uri().authority().is_some() && request.uri().scheme().is_none() {
        return Err(Refusal(
            StatusCode::BAD_REQUEST,
            "The request's target is not a path.\n",
        ));
    }
    // Section 6.1: what comes in an encoding that is not known here ends where nobody knows.
    let is_chunked = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"chunked");
    if !all(request, &header::TRANSFER_ENCODING, 0..=1, is_chunked) {
        return Err(Refusal(
            StatusCode::NOT_IMPLEMENTED,
            "No transfer encoding is known here but chunked.\n",
        ));
    }
    // Section 3.2: exactly one, and a valid one; older clients may leave it out.
    let least = usize::from(request.version() == Version::HTTP_11);
    if !all(request, &header::HOST, least..=1, |value| {
        is_host(value.as_bytes())
    }) {
        return Err(Refusal(
            StatusCode::BAD_REQUEST,
            "The request needs exactly one Host header.\n",
        ));
    }
    Ok(())
}

/// Whether there are so many of a header, and each is sound.
fn all<B>(
    request: &Request<B>,
    name: &HeaderName,
    count: std::ops::RangeInclusive<usize>,
    is_sound: impl Fn(&HeaderValue) -> bool,
) -> bool {
    let values = request.headers().get_all(name);
    count.contains(&values.iter().count()) && values.iter().all(is_sound)
}

/// A name or address with or without port; it may be empty.
pub(crate) fn is_host(bytes: &[u8]) -> bool {
    if bytes.is_empty() {
        return true;
    }
    let Ok(authority) = Authority::try_from(bytes) else {
        return false;
    };
    let text = authority.as_str();
    // The rest is a port, as far as there is one: nothing that anyone could take for a part of the name.
    let rest = text.strip_prefix(authority.host());
    let is_port = |rest: &str| {
        let digits = rest.strip_prefix(':');
        let are_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        rest.is_empty() || digits.is_some_and(are_digits)
    };
    !text.contains('@') && rest.is_some_and(is_port)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, text) = self;
        (status, [(header::CONNECTION, "close")], text).into_response()
    }
}
