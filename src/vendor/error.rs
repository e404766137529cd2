//! What can go wrong with a vendor, by what the caller does next.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::paging::Unreadable;
use crate::model::Vendor;

/// A call to a vendor that brought no usable answer.
#[derive(Clone)]
pub struct Error {
    /// Whose call it was.
    pub vendor: Vendor,
    /// Which call: a name from the vendor's client, such as `list_referrals`.
    pub operation: &'static str,
    /// What the caller can do about it.
    pub kind: Kind,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// How long the vendor asked to be left alone.
    pub retry_after: Option<Duration>,
    /// For the log: what happened, without a value from the vendor's data.
    pub detail: String,
    /// What the vendor answered, for the client that knows how to read it. Never shown, never logged as it is.
    pub body: Option<Bytes>,
}

/// What the caller can do about a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// There is no such record: nothing to do.
    NotFound,
    /// The credentials are wrong or do not suffice: someone must mend the configuration.
    Unauthorized,
    /// Too many calls: wait.
    RateLimited,
    /// No answer in the time one call may take: try later.
    Timeout,
    /// The request's own time was used up: ask for less, or again.
    Deadline,
    /// The vendor is broken or out of reach: try later.
    Unavailable,
    /// Not asked, since it failed so often just now: try later.
    CircuitOpen,
    /// The answer is not what the vendor documents: someone must look.
    InvalidResponse,
    /// The vendor refused the request as it is: it would refuse it again.
    Rejected,
    /// No credentials for this vendor: nothing was asked.
    NotConfigured,
    /// This vendor has no such thing.
    Unsupported,
}

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error without an answer from the vendor.
    pub fn new(
        vendor: Vendor,
        operation: &'static str,
        kind: Kind,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            vendor,
            operation,
            kind,
            status: None,
            retry_after: None,
            detail: detail.into(),
            body: None,
        }
    }

    /// Says that this vendor has no such thing.
    pub fn unsupported(vendor: Vendor, operation: &'static str) -> Self {
        Self::new(
            vendor,
            operation,
            Kind::Unsupported,
            "this vendor has no such thing",
        )
    }

    /// Says that a record is not as the vendor documents it.
    pub fn unreadable(vendor: Vendor, operation: &'static str, unreadable: &Unreadable) -> Self {
        let Unreadable { path, problem } = unreadable;
        let detail = format!("the record is not as the vendor documents it: {problem} at {path}");
        Self::new(vendor, operation, Kind::InvalidResponse, detail)
    }

    /// Whether the same call may succeed later without anyone changing anything.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.kind,
            Kind::RateLimited
                | Kind::Timeout
                | Kind::Deadline
                | Kind::Unavailable
                | Kind::CircuitOpen
        )
    }
}

/// `None` for a record that is not there.
pub fn found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}: {:?}",
            self.vendor.key(),
            self.operation,
            self.kind
        )?;
        if let Some(status) = self.status {
            write!(f, " (HTTP {status})")?;
        }
        write!(f, ": {}", self.detail)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
