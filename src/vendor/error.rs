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
    /// Whether it is certain that the vendor got nothing.
    pub(super) unsent: bool,
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

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::NotFound,
        Self::Unauthorized,
        Self::RateLimited,
        Self::Timeout,
        Self::Deadline,
        Self::Unavailable,
        Self::CircuitOpen,
        Self::InvalidResponse,
        Self::Rejected,
        Self::NotConfigured,
        Self::Unsupported,
    ];

    /// Its name where machines read it.
    pub fn key(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Unauthorized => "unauthorized",
            Self::RateLimited => "rate_limited",
            Self::Timeout => "timeout",
            Self::Deadline => "deadline",
            Self::Unavailable => "unavailable",
            Self::CircuitOpen => "circuit_open",
            Self::InvalidResponse => "invalid_response",
            Self::Rejected => "rejected",
            Self::NotConfigured => "not_configured",
            Self::Unsupported => "unsupported",
        }
    }
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
            unsent: false,
        }
    }

    /// The same error, of a call of which not a byte went out.
    pub(super) fn unsent(mut self) -> Self {
        self.unsent = true;
        self
    }

    /// Whether it is proven that the vendor got nothing of this call, so that it may be made again whatever it does: the
    /// connection failed before the request, or the call was not made at all. Otherwise the vendor may have acted on it.
    pub fn is_unsent(&self) -> bool {
        self.unsent
    }

    /// How many whole seconds to wait before asking again; less than one counts as one.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        let after = self.retry_after?;
        Some(after.as_secs() + u64::from(after.subsec_nanos() > 0))
    }

    /// Says that this vendor has no such thing.
    pub fn unsupported(vendor: Vendor, operation: &'static str) -> Self {
        Self::new(
            vendor,
            operation,
            Kind::Unsupported,
            "this vendor has no such thing",
        )
        .unsent()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_stands_at_its_own_place_and_has_its_own_key() {
        for (place, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place);
            let same = Kind::ALL.iter().filter(|other| other.key() == kind.key());
            assert_eq!(same.count(), 1);
        }
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_rounded_up() {
        let mut error = Error::new(Vendor::ALL[0], "test", Kind::RateLimited, "");
        assert_eq!(error.retry_after_seconds(), None);
        for (millis, seconds) in [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (57_000, 57)] {
            error.retry_after = Some(Duration::from_millis(millis));
            assert_eq!(error.retry_after_seconds(), Some(seconds));
        }
    }
}
