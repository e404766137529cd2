//! The kinds of faults: their names, what they are given, and what they mean. What they do is in `spoil`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Place;

/// What happens to a request that meets a fault.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// This answer instead of the vendor's; the request is not handled.
    Status {
        /// The HTTP status.
        status: u16,
        /// The body; empty without it.
        #[serde(default)]
        body: Option<String>,
        /// `application/json` without it, where there is a body.
        #[serde(default)]
        content_type: Option<String>,
        /// More headers, such as `retry-after`.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// Too many requests, as this vendor says it. The request is not handled.
    RateLimited {
        /// After which time to come again, where the vendor tells it; of the vendor's choice without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seconds: Option<u32>,
    },
    /// Credentials that have expired, as this vendor says it. The request is not handled.
    ExpiredToken,
    /// The vendor's answer; then the vendor has more referrals.
    RowsAdded {
        /// How many more.
        count: usize,
        /// Of which age; the newest without it.
        #[serde(default)]
        at: Place,
    },
    /// The vendor's answer; then some of the vendor's referrals are gone.
    RowsRemoved {
        /// How many.
        count: usize,
        /// Of which age; the newest without it.
        #[serde(default)]
        at: Place,
    },
    /// The vendor's answer, held back until all that are held are released.
    Hold,
    /// The vendor's answer, late.
    Delay {
        /// Milliseconds before the request is handled.
        ms: u64,
    },
    /// No answer; after a minute the connection is dropped. The request is not handled.
    Hang,
    /// The connection is closed without a byte of an answer. The request is not handled.
    DropBefore,
    /// As `drop_before`, but the request is handled, also when the client has gone.
    DropAfter,
    /// As `drop_before`, but the request is handled later: the client sees a failure, finds nothing, and then what it
    /// wrote appears after all.
    CommitLate {
        /// Milliseconds until the request is handled.
        ms: u64,
    },
    /// The request is handled, also when the client has gone, and then answered with this status and an HTML page, as
    /// by a proxy that lost the vendor's answer.
    StatusAfter {
        /// The HTTP status, 502 without it.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// The vendor's answer, late: as `delay`, but the request is handled also when the client has gone meanwhile.
    SlowCommit {
        /// Milliseconds until the request is handled.
        ms: u64,
    },
    /// The vendor's answer, cut off in the middle: the length of the whole is announced and half of it sent.
    Truncate,
    /// The vendor's answer with its last byte missing, and a length that fits.
    MalformedJson,
    /// An HTML page, as proxies and login walls send it. The request is not handled.
    Html {
        /// The HTTP status, 502 without it.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// The vendor's answer without its body.
    EmptyBody,
    /// The vendor's answer under another content type.
    WrongContentType {
        /// `text/plain` without it.
        #[serde(default = "text_plain")]
        content_type: String,
    },
    /// A JSON body of this size, with no length announced. The request is not handled.
    HugeBody {
        /// The size.
        bytes: u64,
    },
    /// A JSON body of this size, gzip-compressed to about a thousandth of it. The request is not handled.
    CompressedBomb {
        /// The size, decoded.
        bytes: u64,
    },
    /// The vendor's answer, a few bytes at a time.
    SlowDrip {
        /// Bytes at a time.
        #[serde(default = "drip_bytes")]
        bytes: usize,
        /// Milliseconds before each.
        #[serde(default = "drip_ms")]
        ms: u64,
    },
}

impl Kind {
    /// Just a status, with an empty body.
    pub fn status(status: u16) -> Self {
        Self::Status {
            status,
            body: None,
            content_type: None,
            headers: BTreeMap::new(),
        }
    }

    /// Its name and meaning, for the control surface.
    pub(super) const ABOUT: [(&str, &str); 21] = [
        (
            "status",
            "status, body?, content_type?, headers?: this answer; not handled",
        ),
        (
            "rate_limited",
            "seconds?: too many requests, as this vendor says it; not handled",
        ),
        (
            "expired_token",
            "credentials that have expired, as this vendor says it; not handled",
        ),
        (
            "rows_added",
            "count, at? (newest, middle, oldest): the vendor's answer; then it has more referrals",
        ),
        (
            "rows_removed",
            "count, at? (newest, middle, oldest): the vendor's answer; then it has fewer referrals",
        ),
        (
            "hold",
            "the vendor's answer, held back until POST /_sandbox/release",
        ),
        ("delay", "ms: the vendor's answer, late"),
        (
            "hang",
            "no answer for a minute, then the connection is dropped; not handled",
        ),
        (
            "drop_before",
            "the connection is closed without an answer; not handled",
        ),
        (
            "drop_after",
            "handled, then the connection is closed without an answer",
        ),
        (
            "commit_late",
            "ms: the connection is closed without an answer; handled after that time",
        ),
        (
            "status_after",
            "status? (502): handled, then this status with an HTML page",
        ),
        (
            "slow_commit",
            "ms: the vendor's answer, late; handled even if the client has gone meanwhile",
        ),
        (
            "truncate",
            "the vendor's answer, half of it sent, the length of the whole announced",
        ),
        (
            "malformed_json",
            "the vendor's answer without its last byte",
        ),
        ("html", "status? (502): an HTML page; not handled"),
        ("empty_body", "the vendor's answer without its body"),
        (
            "wrong_content_type",
            "content_type? (text/plain): the vendor's answer under that type",
        ),
        ("huge_body", "bytes: a JSON body of that size; not handled"),
        (
            "compressed_bomb",
            "bytes: a JSON body of that size, gzip-compressed; not handled",
        ),
        (
            "slow_drip",
            "bytes? (16), ms? (100): the vendor's answer, so many bytes at a time",
        ),
    ];

    /// What the emulator is to refuse the request for.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::RateLimited { seconds } => Some(Refusal::RateLimited { seconds: *seconds }),
            Self::ExpiredToken => Some(Refusal::ExpiredToken),
            _ => None,
        }
    }

    /// As it is written in JSON.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::RateLimited { .. } => "rate_limited",
            Self::ExpiredToken => "expired_token",
            Self::RowsAdded { .. } => "rows_added",
            Self::RowsRemoved { .. } => "rows_removed",
            Self::Hold => "hold",
            Self::Delay { .. } => "delay",
            Self::Hang => "hang",
            Self::DropBefore => "drop_before",
            Self::DropAfter => "drop_after",
            Self::CommitLate { .. } => "commit_late",
            Self::StatusAfter { .. } => "status_after",
            Self::SlowCommit { .. } => "slow_commit",
            Self::Truncate => "truncate",
            Self::MalformedJson => "malformed_json",
            Self::Html { .. } => "html",
            Self::EmptyBody => "empty_body",
            Self::WrongContentType { .. } => "wrong_content_type",
            Self::HugeBody { .. } => "huge_body",
            Self::CompressedBomb { .. } => "compressed_bomb",
            Self::SlowDrip { .. } => "slow_drip",
        }
    }
}

fn bad_gateway() -> u16 {
    502
}

fn text_plain() -> String {
    "text/plain".to_owned()
}

fn drip_bytes() -> usize {
    16
}

fn drip_ms() -> u64 {
    100
}
