//! Speaks to routers without a network, for the tests of the sandbox and of the emulators.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// None when the body broke off.
    pub(crate) bytes: Option<Bytes>,
    /// The body, or null where it is not JSON.
    pub(crate) json: Value,
}

/// Sends one request. The query must be encoded already.
pub(crate) async fn send(
    router: &Router,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.ok();
    let json = bytes
        .as_ref()
        .and_then(|bytes| serde_json::from_slice(bytes).ok())
        .unwrap_or_default();
    Answer {
        status: parts.status,
        headers: parts.headers,
        bytes,
        json,
    }
}
