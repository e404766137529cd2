//! The headers that every answer carries, whatever it answers.

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// What holds unless the answer says otherwise: pages have a policy of their own.
const USUAL: [(HeaderName, HeaderValue); 6] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ),
    // Other sites' pages do not get an answer as a picture or script either, where no origin is checked.
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Adds what is missing.
pub(super) fn complete(headers: &mut HeaderMap) {
    for (name, value) in USUAL {
        headers.entry(name).or_insert(value);
    }
}
