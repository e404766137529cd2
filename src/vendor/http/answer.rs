//! What a vendor answered, and what it means when that is no 2xx.

use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use serde::Deserialize;

use crate::clock::Clock;
use crate::model::Vendor;
use crate::vendor::error::{Error, Kind, Result};
use crate::vendor::vitals::RateLimit;
use crate::vendor::wire::{self, List, Listing, Outcome, Unread};
use crate::vendor::{Unreadable, pause, redact};

/// A 2xx answer, read to its end.
pub struct Answer {
    pub(super) vendor: Vendor,
    pub(super) operation: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decoded.
    pub body: Bytes,
}

impl Answer {
    /// Reads the body as JSON. The error names the JSON path that failed, never the value.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T> {
        wire::decode(&self.body).map_err(|unreadable| self.undocumented(&unreadable))
    }

    /// Reads the body as a list, and each of its rows for itself.
    pub async fn list<L, T>(
        &self,
        read: impl Fn(Unread<'_>) -> Option<Outcome<T>> + Send + 'static,
    ) -> Result<Listing<L, T>>
    where
        L: List + Send + 'static,
        T: Send + Sync + 'static,
    {
        let listing = wire::read_list_aside(&self.body, read).await;
        listing.map_err(|unreadable| self.undocumented(&unreadable))
    }

    fn undocumented(&self, unreadable: &Unreadable) -> Error {
        if self.body.is_empty() {
            return self.invalid("the answer has no body");
        }
        let detail = if self.content_type().contains("json") {
            format!("{} at {}", unreadable.problem, unreadable.path)
        } else {
            redact::shape(&self.body, self.content_type())
        };
        self.invalid(&format!(
            "the answer is not the JSON that the vendor documents: {detail}"
        ))
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

    /// The answer if it is a 2xx, else what it means.
    pub(super) fn judged(self, clock: &Clock) -> Result<Self> {
        let kind = match self.status {
            status if status.is_success() => return Ok(self),
            StatusCode::NOT_FOUND => Kind::NotFound,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Kind::Unauthorized,
            StatusCode::TOO_MANY_REQUESTS => Kind::RateLimited,
            // Nobody can tell who gave up waiting, nor whether the request had arrived: it is no refusal.
            StatusCode::REQUEST_TIMEOUT => Kind::Unavailable,
            status if status.is_client_error() => Kind::Rejected,
            status if status.is_server_error() => Kind::Unavailable,
            _ => Kind::InvalidResponse,
        };
        let shape = redact::shape(&self.body, self.content_type());
        Err(Error {
            status: Some(self.status.as_u16()),
            retry_after: retry_after(&self.headers, clock),
            // What it came in may have room for much more, and an error may be kept.
            body: Some(Bytes::copy_from_slice(&self.body)),
            ..Error::new(
                self.vendor,
                self.operation,
                kind,
                format!("the vendor answered {shape}"),
            )
        })
    }

    /// What time it was where it came from.
    pub(super) fn date(&self) -> Option<jiff::Timestamp> {
        let text = self.headers.get(DATE)?.to_str().ok()?;
        Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp())
    }

    /// What it says of the vendor's rate limit.
    pub(super) fn rate_limit(&self, clock: &Clock) -> RateLimit {
        let text = |name: &str| Some(self.headers.get(name)?.to_str().ok()?.trim());
        let number = |name: &str| text(name)?.parse().ok();
        RateLimit {
            limit: number("x-ratelimit-limit"),
            remaining: number("x-ratelimit-remaining"),
            reset_at: text("x-ratelimit-reset")
                .and_then(|reset| reset_time(reset.parse().ok()?, clock)),
        }
    }
}

/// Servers send either a time since 1970 or a number of seconds from now.
fn reset_time(reset: i64, clock: &Clock) -> Option<jiff::Timestamp> {
    const A_YEAR: i64 = 366 * 24 * 3_600;
    if reset > A_YEAR {
        return jiff::Timestamp::from_second(reset).ok();
    }
    clock
        .now()
        .checked_add(jiff::SignedDuration::from_secs(reset))
        .ok()
}

/// `Retry-After` in either of its forms: seconds, or a date.
fn retry_after(headers: &HeaderMap, clock: &Clock) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(pause::LONGEST));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let wait = Duration::try_from(date.duration_since(clock.now())).unwrap_or_default();
    Some(wait.min(pause::LONGEST))
}
