//! Vendors for measuring: they send what the sandbox answered, byte for byte, after a delay. The emulators' own work is
//! done once per distinct request and never while the clock runs.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tower::ServiceExt as _;

/// Longer than any run: a token that runs out amid the rounds would be one more call in some of them.
const TOKEN_LIFETIME: &str = "2592000";

const MAX_BYTES: usize = 64 << 20;

/// More than what the timer and the system round up together: either to whole milliseconds.
const ROUNDED: Duration = Duration::from_millis(3);

/// All vendors behind one listener.
pub(crate) struct Vendors {
    sandbox: Router,
    known: Mutex<HashMap<String, Recorded>>,
    asked: Mutex<Vec<String>>,
    calls: AtomicU32,
    delay_ms: AtomicU64,
}

#[derive(Clone)]
struct Recorded(StatusCode, HeaderMap, Bytes);

impl Vendors {
    /// Vendors that learn their answers from this sandbox.
    pub(crate) fn new(sandbox: Router) -> Arc<Self> {
        Arc::new(Self {
            sandbox,
            known: Mutex::default(),
            asked: Mutex::default(),
            calls: AtomicU32::new(0),
            delay_ms: AtomicU64::new(0),
        })
    }

    /// What is to be served.
    pub(crate) fn router(self: &Arc<Self>) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// How long every answer takes from now on.
    pub(crate) fn set_delay(&self, delay_ms: u64) {
        self.delay_ms.store(delay_ms, Ordering::Relaxed);
    }

    /// How many calls arrived so far.
    pub(crate) fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// The paths and queries of the GETs since the last time this was asked.
    pub(crate) fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn learn(&self, request: Request) -> Recorded {
        let is_token = request.uri().path().ends_with("/token");
        let Ok(response) = self.sandbox.clone().oneshot(request).await;
        let (mut parts, body) = response.into_parts();
        let mut body = to_bytes(body, MAX_BYTES)
            .await
            .expect("the sandbox's answers end");
        if is_token {
            let text = String::from_utf8_lossy(&body);
            let long = text.replace(
                "\"expires_in\":\"3600\"",
                &format!("\"expires_in\":\"{TOKEN_LIFETIME}\""),
            );
            assert_ne!(long, text, "the sandbox's tokens live for an hour");
            body = long.into();
        }
        for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
            parts.headers.remove(name);
        }
        Recorded(parts.status, parts.headers, body)
    }
}

async fn answer(State(vendors): State<Arc<Vendors>>, request: Request) -> Response {
    let arrived = Instant::now();
    vendors.calls.fetch_add(1, Ordering::Relaxed);
    let locked = || vendors.known.lock().unwrap_or_else(PoisonError::into_inner);
    let key = format!("{} {}", request.method(), request.uri());
    if let Some(path) = key.strip_prefix("GET ") {
        let mut asked = vendors.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(path.to_owned());
    }
    let known = locked().get(&key).cloned();
    let recorded = if let Some(known) = known {
        known
    } else {
        let learnt = vendors.learn(request).await;
        locked().insert(key, learnt.clone());
        learnt
    };
    let delay = vendors.delay_ms.load(Ordering::Relaxed);
    if delay > 0 {
        until(arrived + Duration::from_millis(delay)).await;
    }
    let Recorded(status, headers, body) = recorded;
    (status, headers, Body::from(body)).into_response()
}

/// Rounded up, the time would depend on when in its millisecond a call arrives, and that on what was measured before:
/// the last bit of it is waited for by asking what time it is.
async fn until(end: Instant) {
    if let Some(early) = end.checked_sub(ROUNDED) {
        tokio::time::sleep_until(early.into()).await;
    }
    while Instant::now() < end {
        tokio::task::yield_now().await;
    }
}
