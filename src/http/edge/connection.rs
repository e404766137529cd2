//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse as _;
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::counts::End;
use super::rules;
use super::stream::{Progress, Watched};
use crate::config::edge::Edge;
use crate::http::headers;

/// How many bytes the head of a request may have. An address may hold a whole query: hyper takes one of 64 KiB. The
/// number of headers is hyper's own bound, 100.
const MAX_HEAD: usize = 64 * 1024 + 16 * 1024;

/// Serves a connection until it ends, and says how it did. Each request is answered by what serves when it comes.
///
/// At the end a connection is not closed at once, though nothing may have come: a request may be on its way. One that comes
/// is answered, and its client told to send no other; where none comes for a while, the connection closes.
pub(super) async fn serve<T, A>(
    stream: T,
    serving: impl Fn(Request<Body>) -> A,
    bounds: Edge,
    ending: &CancellationToken,
) -> End
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A: Future<Output = Result<Response<Body>, Infallible>>,
{
    let progress = Arc::new(Progress::default());
    let stream = TokioIo::new(Watched::new(stream, progress.clone(), bounds));
    let service = service_fn(|request| {
        progress.request_came();
        answer(&serving, request, progress.clone())
    });
    let mut connection = pin!(
        http1::Builder::new()
            .max_header_size(MAX_HEAD)
            // The stream has its own: this one would not tell an idle connection from a slow head.
            .header_read_timeout(None)
            .serve_connection(stream, service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = ending.cancelled() => {
            progress.end();
            connection.await
        }
    };
    match (progress.given_up(), ended) {
        (Some(end), _) => end,
        (None, Ok(())) if ending.is_cancelled() => End::Shutdown,
        (None, Ok(())) => End::Done,
        (None, Err(error)) if error.is_parse() => End::Malformed,
        (None, Err(_)) => End::Broken,
    }
}

async fn answer<A: Future<Output = Result<Response<Body>, Infallible>>>(
    serving: impl Fn(Request<Body>) -> A,
    request: Request<Incoming>,
    progress: Arc<Progress>,
) -> Result<Response<Told>, Infallible> {
    let mut response = match rules::check(&request) {
        Ok(()) => serving(request.map(Body::new)).await?,
        Err(refusal) => refusal.into_response(),
    };
    headers::complete(response.headers_mut());
    if progress.is_ending() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    Ok(response.map(|body| Told { body, progress }))
}

/// A body that tells when it has been handed over, or dropped.
struct Told {
    body: Body,
    progress: Arc<Progress>,
}

impl hyper::body::Body for Told {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.progress.answer_given();
    }
}
