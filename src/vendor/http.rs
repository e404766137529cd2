//! The only HTTP client. It follows no redirects, goes through no proxy, retries nothing by itself, reads no more than
//! the cap, and turns every failure into an [`Error`] that says what to do next.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
pub use reqwest::Method;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument as _, debug, info_span, warn};
use url::Url;

use super::error::{Error, Kind, Result};
use super::vitals::{RateLimit, Vitals};
use super::{Call, Unreadable, redact, wire};
use crate::clock::Clock;
use crate::model::id::addresses_a_record;
use crate::model::{Vendor, Workspace};

/// What stays readable in a path segment or query; everything else is percent-encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// No documented answer is nested half as deeply.
const MAX_DEPTH: usize = 64;

/// A vendor that asks for more is asked again after this.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// What an adapter runs on.
#[derive(Clone, Debug)]
pub struct Connect {
    /// For which customer.
    pub workspace: Workspace,
    /// Tells the time.
    pub clock: Clock,
    /// How much a vendor may take of us.
    pub limits: Limits,
    /// Where what must outlive the process is kept; `None` keeps it in memory.
    pub data_dir: Option<PathBuf>,
}

/// How much a vendor may take of us.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long one call may take, to its last byte.
    pub timeout: Duration,
    /// How many calls may be under way at once.
    pub concurrency: usize,
    /// How many bytes of an answer are read, after decoding.
    pub max_body: usize,
}

/// A vendor's compartment: its own connections, cap and vitals.
pub struct Client {
    vendor: Vendor,
    base: Url,
    http: reqwest::Client,
    limits: Limits,
    clock: Clock,
    permits: Semaphore,
    vitals: Arc<Vitals>,
}

/// A call about to be made.
#[derive(Clone)]
pub struct Request {
    operation: &'static str,
    method: Method,
    url: Option<Url>,
    headers: HeaderMap,
    body: Option<Bytes>,
}

/// A 2xx answer, read to its end.
pub struct Answer {
    vendor: Vendor,
    operation: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decoded.
    pub body: Bytes,
}

impl Client {
    /// A client for the vendor at `base`: an origin, possibly with a path below which the documented paths lie.
    pub fn new(vendor: Vendor, base: Url, connect: &Connect) -> Result<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the module that clients are built in"
        )]
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .connect_timeout(connect.limits.timeout)
            .pool_max_idle_per_host(connect.limits.concurrency)
            .user_agent(concat!("referral-gateway/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| {
                Error::new(
                    vendor,
                    "connect",
                    Kind::Unavailable,
                    "TLS could not be set up",
                )
            })?;
        Ok(Self {
            vendor,
            base,
            http,
            limits: connect.limits,
            clock: connect.clock.clone(),
            permits: Semaphore::new(connect.limits.concurrency),
            vitals: Arc::default(),
        })
    }

    /// How the calls have been going.
    pub fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    /// A GET of the path made of these segments; each is encoded by itself.
    pub fn get<'a>(
        &self,
        operation: &'static str,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> Request {
        self.request(operation, Method::GET, segments)
    }

    /// A call of the path made of these segments; each is encoded by itself.
    pub fn request<'a>(
        &self,
        operation: &'static str,
        method: Method,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> Request {
        let mut path = self.base.path().trim_end_matches('/').to_owned();
        let mut sound = true;
        for segment in segments {
            sound &= addresses_a_record(segment);
            path.push('/');
            path.extend(utf8_percent_encode(segment, ENCODED));
        }
        let mut url = self.base.clone();
        url.set_path(&path);
        Request {
            operation,
            method,
            url: sound.then_some(url),
            headers: HeaderMap::new(),
            body: None,
        }
    }

    /// A GET of a link that the vendor gave, on the vendor's own origin whatever the link's scheme. `None` for a link
    /// to anywhere else.
    pub fn follow(&self, operation: &'static str, link: &str) -> Option<Request> {
        let target = self.base.join(link).ok()?;
        let default_ports = target.port().is_none() && self.base.port().is_none();
        let same_host = target.host_str() == self.base.host_str();
        if !same_host || !(default_ports || target.port() == self.base.port()) {
            return None;
        }
        let mut url = self.base.clone();
        url.set_path(target.path());
        url.set_query(target.query());
        Some(Request {
            operation,
            method: Method::GET,
            url: Some(url),
            headers: HeaderMap::new(),
            body: None,
        })
    }

    /// Makes the call. Every answer but a 2xx is an error, with the vendor's body kept for whoever can read it.
    pub async fn send(&self, call: &Call, request: Request) -> Result<Answer> {
        let operation = request.operation;
        let fail = |kind, detail: &str| Error::new(self.vendor, operation, kind, detail);
        let Some(url) = request.url else {
            return Err(fail(Kind::NotFound, "no record can have this id"));
        };
        let mut outgoing = reqwest::Request::new(request.method, url);
        *outgoing.headers_mut() = request.headers;
        *outgoing.body_mut() = request.body.map(reqwest::Body::from);

        let until = call.deadline.min(Instant::now() + self.limits.timeout);
        let overdue = || {
            if until == call.deadline {
                fail(Kind::Deadline, "the request's time was used up")
            } else {
                fail(
                    Kind::Timeout,
                    "no whole answer in the time allowed for one call",
                )
            }
        };
        let Ok(permit) = timeout_at(until, self.permits.acquire()).await else {
            return Err(overdue());
        };
        let _permit = permit.expect("the semaphore is never closed");

        // Named here and not taken over from the request: a call outlives the request that began it.
        let span = info_span!(
            "vendor_call",
            vendor = self.vendor.key(),
            operation,
            request_id = &*call.request_id
        );
        let started = Instant::now();
        let exchange = self.exchange(operation, outgoing).instrument(span.clone());
        let outcome = match timeout_at(until, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(overdue()),
        };
        let took = started.elapsed();
        span.in_scope(|| self.note(&outcome, took));
        outcome
    }

    async fn exchange(
        &self,
        operation: &'static str,
        outgoing: reqwest::Request,
    ) -> Result<Answer> {
        let broken = |error: &reqwest::Error| {
            let detail = if error.is_connect() {
                "could not connect"
            } else if error.is_decode() {
                "the answer's encoding is broken"
            } else {
                "the connection broke before the answer was whole"
            };
            Error::new(self.vendor, operation, Kind::Unavailable, detail)
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the module that HTTP is sent from"
        )]
        let mut response = self
            .http
            .execute(outgoing)
            .await
            .map_err(|error| broken(&error))?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            if body.len() + chunk.len() > self.limits.max_body {
                let detail = format!("the answer is longer than {} bytes", self.limits.max_body);
                return Err(Error::new(
                    self.vendor,
                    operation,
                    Kind::InvalidResponse,
                    detail,
                ));
            }
            body.extend_from_slice(&chunk);
        }
        self.note_rate_limit(&headers);
        let answer = Answer {
            vendor: self.vendor,
            operation,
            status,
            headers,
            body: body.freeze(),
        };
        if status.is_success() {
            Ok(answer)
        } else {
            Err(self.refusal(answer))
        }
    }

    fn refusal(&self, answer: Answer) -> Error {
        let kind = match answer.status {
            StatusCode::NOT_FOUND => Kind::NotFound,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Kind::Unauthorized,
            StatusCode::TOO_MANY_REQUESTS => Kind::RateLimited,
            status if status.is_client_error() => Kind::Rejected,
            status if status.is_server_error() => Kind::Unavailable,
            _ => Kind::InvalidResponse,
        };
        let shape = redact::shape(&answer.body, answer.content_type());
        Error {
            vendor: self.vendor,
            operation: answer.operation,
            kind,
            status: Some(answer.status.as_u16()),
            retry_after: retry_after(&answer.headers, &self.clock),
            detail: format!("the vendor answered {shape}"),
            body: Some(answer.body),
        }
    }

    fn note(&self, outcome: &Result<Answer>, took: Duration) {
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        match outcome {
            Ok(answer) => debug!(status = answer.status.as_u16(), took_ms, "answered"),
            Err(error) if matches!(error.kind, Kind::NotFound | Kind::Rejected) => {
                debug!(%error, took_ms, "refused");
            }
            Err(error) => warn!(%error, took_ms, "failed"),
        }
        let answered = match outcome {
            Ok(_) => true,
            Err(error) => matches!(error.kind, Kind::NotFound | Kind::Rejected),
        };
        let cut_short_by_us = outcome
            .as_ref()
            .is_err_and(|error| error.kind == Kind::Deadline);
        if !cut_short_by_us {
            self.vitals.record(answered, took);
        }
    }

    fn note_rate_limit(&self, headers: &HeaderMap) {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u32>().ok();
        let (limit, remaining) = (number("x-ratelimit-limit"), number("x-ratelimit-remaining"));
        if limit.is_none() && remaining.is_none() {
            return;
        }
        let reset_at = headers
            .get("x-ratelimit-reset")
            .and_then(|value| value.to_str().ok()?.trim().parse::<i64>().ok())
            .and_then(|reset| self.reset_time(reset));
        self.vitals.record_rate_limit(RateLimit {
            limit,
            remaining,
            reset_at,
        });
    }

    /// Servers send either a time since 1970 or a number of seconds from now.
    fn reset_time(&self, reset: i64) -> Option<jiff::Timestamp> {
        const A_YEAR: i64 = 366 * 24 * 3_600;
        if reset > A_YEAR {
            return jiff::Timestamp::from_second(reset).ok();
        }
        self.clock
            .now()
            .checked_add(jiff::SignedDuration::from_secs(reset))
            .ok()
    }
}

impl Request {
    /// Adds a query parameter, both parts encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        if let Some(url) = &mut self.url {
            let pair = format!(
                "{}={}",
                utf8_percent_encode(name, ENCODED),
                utf8_percent_encode(value, ENCODED)
            );
            let query = match url.query() {
                Some(query) if !query.is_empty() => format!("{query}&{pair}"),
                _ => pair,
            };
            url.set_query(Some(&query));
        }
        self
    }

    /// The path, encoded, as it will be asked for.
    pub fn path(&self) -> Option<&str> {
        self.url.as_ref().map(Url::path)
    }

    /// Takes the whole query of another call, as it is written there.
    #[must_use]
    pub fn query_of(mut self, other: &Self) -> Self {
        if let (Some(url), Some(other)) = (&mut self.url, &other.url) {
            url.set_query(other.query());
        }
        self
    }

    /// Sets a header. A value that no header can carry sets nothing; configuration refuses such secrets beforehand.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// Sets a header that no log may show.
    pub fn secret_header(mut self, name: &'static str, value: &SecretString) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(value.expose_secret()) {
            value.set_sensitive(true);
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// Sets a form as the body.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let pairs = fields.iter().map(|(name, value)| {
            format!(
                "{}={}",
                utf8_percent_encode(name, ENCODED),
                utf8_percent_encode(value, ENCODED)
            )
        });
        self.body = Some(Bytes::from(pairs.collect::<Vec<_>>().join("&")));
        self.header("content-type", "application/x-www-form-urlencoded")
    }
}

impl Answer {
    /// Reads the body as JSON. The error names the JSON path that failed, never the value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let invalid = |detail: String| Error {
            status: Some(self.status.as_u16()),
            ..Error::new(self.vendor, self.operation, Kind::InvalidResponse, detail)
        };
        if self.body.is_empty() {
            return Err(invalid("the answer has no body".to_owned()));
        }
        if wire::is_deeper_than(MAX_DEPTH, &self.body) {
            return Err(invalid("the answer's JSON is nested too deeply".to_owned()));
        }
        wire::decode(&self.body).map_err(|unreadable| {
            let detail = if self.content_type().contains("json") {
                format!("{} at {}", unreadable.problem, unreadable.path)
            } else {
                redact::shape(&self.body, self.content_type())
            };
            invalid(format!(
                "the answer is not the JSON that the vendor documents: {detail}"
            ))
        })
    }

    /// An error about this answer.
    pub fn invalid(&self, detail: &str) -> Error {
        Error {
            status: Some(self.status.as_u16()),
            ..Error::new(self.vendor, self.operation, Kind::InvalidResponse, detail)
        }
    }

    /// An error about the record in this answer.
    pub fn unreadable(&self, unreadable: &Unreadable) -> Error {
        Error {
            status: Some(self.status.as_u16()),
            ..Error::unreadable(self.vendor, self.operation, unreadable)
        }
    }

    fn content_type(&self) -> &str {
        self.headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// `Retry-After` in either of its forms: seconds, or a date.
fn retry_after(headers: &HeaderMap, clock: &Clock) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(LONGEST_PAUSE));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let pause = Duration::try_from(date.duration_since(clock.now())).unwrap_or_default();
    Some(pause.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Mutex;

    use super::*;
    use crate::vendor::stub;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_failed_call_is_logged_within_a_span_that_names_vendor_operation_and_request() {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let logging = tracing::subscriber::set_default(log);

        let nowhere = Url::parse("http://127.0.0.1:9").unwrap();
        let (connect, _) = stub::connect(None);
        let client = Client::new(Vendor::Plannr, nowhere, &connect).unwrap();
        let sent = client
            .send(&stub::call(), client.get("list_referrals", ["api"]))
            .await;
        assert!(sent.is_err_and(|error| error.kind == Kind::Unavailable));
        drop(logging);

        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let span = format!(
            "vendor_call{{vendor=\"plannr\" operation=\"list_referrals\" request_id=\"{}\"}}",
            stub::REQUEST_ID
        );
        assert!(text.contains("WARN") && text.contains(&span), "{text}");
    }
}
