//! What faults do to answers: what vendors, and the networks before them, do on bad days.
//!
//! A handler cannot refuse to answer in axum, so a dropped connection is an answer whose body fails. hyper polls the
//! body before it writes out the head, so a body that fails at once leaves nothing on the wire at all; one that first
//! gives a part and yields leaves the head and that part.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{self, Read as _};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::Emulator;
use super::gate::Gate;
use super::kind::Kind;

/// After this a hanging request is dropped, should the client still be there.
const HANG: Duration = Duration::from_mins(1);

const HTML: &str = "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head>\
    <body><h1>Bad gateway</h1><p>The server is temporarily unable to answer.</p></body></html>\n";

/// Marks an answer that never becomes one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dropped;

impl Kind {
    /// The answer under this fault. `handled` is the vendor's own, which some kinds never ask for. What is still to be
    /// handled at a `reset` is not handled any more.
    pub(super) async fn apply(
        self,
        handled: impl Future<Output = Response> + Send + 'static,
        emulator: &dyn Emulator,
        gate: &Gate,
        reset: CancellationToken,
    ) -> Response {
        match self {
            // The emulator was told to refuse the request.
            Self::RateLimited { .. } | Self::ExpiredToken => handled.await,
            Self::RowsAdded { count, at } => {
                let response = handled.await;
                emulator.grow(count, at);
                response
            }
            Self::RowsRemoved { count, at } => {
                let response = handled.await;
                emulator.shrink(count, at);
                response
            }
            Self::Hold => {
                let response = handled.await;
                gate.pass().await;
                response
            }
            Self::Status {
                status,
                body,
                content_type,
                headers,
            } => instead(status, body, content_type, headers),
            Self::Delay { ms } => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                handled.await
            }
            Self::Hang => {
                tokio::time::sleep(HANG).await;
                dropped()
            }
            Self::DropBefore => dropped(),
            Self::DropAfter => {
                detached(handled).await;
                dropped()
            }
            Self::CommitLate { ms } => {
                // Nobody waits for it: the task goes on by itself.
                drop(tokio::spawn(late(ms, handled, reset)));
                dropped()
            }
            Self::StatusAfter { status } => {
                detached(handled).await;
                html(status)
            }
            Self::SlowCommit { ms } => detached(late(ms, handled, reset))
                .await
                .flatten()
                .unwrap_or_else(dropped),
            Self::Truncate => truncated(handled.await).await,
            Self::MalformedJson => {
                let (head, whole) = whole(handled.await).await;
                let cut = whole.len().saturating_sub(1);
                with_body(head, Body::from(whole.slice(..cut)))
            }
            Self::Html { status } => html(status),
            Self::EmptyBody => with_body(handled.await.map(drop), Body::empty()),
            Self::WrongContentType { content_type } => {
                let mut response = handled.await;
                set(&mut response, CONTENT_TYPE, &content_type);
                response
            }
            Self::HugeBody { bytes } => huge(bytes),
            Self::CompressedBomb { bytes } => bomb(bytes),
            Self::SlowDrip { bytes, ms } => {
                let (head, whole) = whole(handled.await).await;
                let pieces: Vec<_> = whole
                    .chunks(bytes.max(1))
                    .map(Bytes::copy_from_slice)
                    .collect();
                let drops = stream::iter(pieces).then(move |piece| async move {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    Ok::<_, Infallible>(piece)
                });
                with_body(head, Body::from_stream(drops))
            }
        }
    }
}

/// In a task of its own, which goes on when the client leaves and hyper drops the request. None when it panicked.
async fn detached<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    tokio::spawn(work).await.ok()
}

/// After so many milliseconds; none if there is a reset before.
async fn late<T>(ms: u64, handled: impl Future<Output = T>, reset: CancellationToken) -> Option<T> {
    tokio::select! {
        () = reset.cancelled() => None,
        () = tokio::time::sleep(Duration::from_millis(ms)) => Some(handled.await),
    }
}

fn html(status: u16) -> Response {
    let content_type = "text/html; charset=UTF-8".to_owned();
    instead(
        status,
        Some(HTML.to_owned()),
        Some(content_type),
        BTreeMap::new(),
    )
}

fn instead(
    status: u16,
    body: Option<String>,
    content_type: Option<String>,
    headers: BTreeMap<String, String>,
) -> Response {
    let has_body = body.is_some();
    let mut response = Response::new(Body::from(body.unwrap_or_default()));
    *response.status_mut() =
        StatusCode::from_u16(status).expect("faults are checked before they are put in force");
    if let Some(content_type) = content_type {
        set(&mut response, CONTENT_TYPE, &content_type);
    } else if has_body {
        set(&mut response, CONTENT_TYPE, "application/json");
    }
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes())
            .expect("faults are checked before they are put in force");
        set(&mut response, name, &value);
    }
    response
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    let value =
        HeaderValue::from_str(value).expect("faults are checked before they are put in force");
    response.headers_mut().insert(name, value);
}

/// See the top of this file for why this closes the connection before the first byte.
fn dropped() -> Response {
    let failing = stream::iter([Err::<Bytes, _>(io::Error::other("dropped by the sandbox"))]);
    let mut response = Response::new(Body::from_stream(failing));
    response.extensions_mut().insert(Dropped);
    response
}

async fn truncated(response: Response) -> Response {
    let (head, whole) = whole(response).await;
    let half = whole.slice(..whole.len() / 2);
    let length = whole.len().to_string();
    let parts = stream::iter([true, false]).then(move |first| {
        let half = half.clone();
        async move {
            if first {
                return Ok(half);
            }
            // Lets hyper write out what it has before the failure ends it all.
            tokio::task::yield_now().await;
            Err(io::Error::other("truncated by the sandbox"))
        }
    });
    let mut response = with_body(head, Body::from_stream(parts));
    set(&mut response, CONTENT_LENGTH, &length);
    response
}

fn huge(bytes: u64) -> Response {
    const CHUNK: u64 = 64 * 1024;
    let start = Bytes::from_static(b"{\"padding\":\"");
    let end = Bytes::from_static(b"\"}");
    let padding = bytes.saturating_sub((start.len() + end.len()) as u64);
    let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
    let middle = stream::iter(0..padding.div_ceil(CHUNK)).map(move |index| {
        let left = padding - index * CHUNK;
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        chunk.slice(..size)
    });
    let all = stream::iter([start])
        .chain(middle)
        .chain(stream::iter([end]));
    let mut response = Response::new(Body::from_stream(all.map(Ok::<_, Infallible>)));
    set(&mut response, CONTENT_TYPE, "application/json");
    response
}

fn bomb(bytes: u64) -> Response {
    let padding = io::repeat(b' ').take(bytes.saturating_sub(2));
    let mut json = (&b"{"[..]).chain(padding).chain(&b"}"[..]);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    io::copy(&mut json, &mut gzip)
        .and_then(|_| gzip.finish())
        .map(|body| {
            let mut response = Response::new(Body::from(body));
            set(&mut response, CONTENT_TYPE, "application/json");
            set(&mut response, CONTENT_ENCODING, "gzip");
            response
        })
        .expect("memory is read and written without failure")
}

async fn whole(response: Response) -> (Response<()>, Bytes) {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("emulators answer from memory");
    (Response::from_parts(parts, ()), bytes)
}

/// Without the old length, so that hyper works out its own.
fn with_body(head: Response<()>, body: Body) -> Response {
    let mut response = head.map(|()| body);
    response.headers_mut().remove(CONTENT_LENGTH);
    response
}
