//! Faults on demand: which requests of a vendor meet one, and which kinds there are. What they do is in `spoil`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Place;

/// Where, when and how a vendor fails.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The mount name of the vendor.
    pub vendor: String,
    /// Only requests with this method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests with this path, without the mount point. A segment `*` stands for any one segment, a `*` at the
    /// end for any rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// So many requests fail, then the fault is gone. Without it, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// So many matching requests pass first.
    #[serde(default)]
    pub after: u32,
    /// What happens.
    pub answer: Kind,
}

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
    /// As `drop_before`, but the request is handled.
    DropAfter,
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

/// A vendor has no more referrals than this, however it came to them: they are kept in memory.
pub(super) const MAX_ROWS: usize = 100_000;

/// The faults in force, first come, first applied.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Active>>);

/// A fault in force.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Active {
    #[serde(flatten)]
    fault: Fault,
    /// Matching requests that passed because of `after`.
    passed: u32,
    /// Requests that failed.
    met: u32,
}

impl Fault {
    /// A fault that every request of the vendor meets, for struct update syntax:
    /// `Fault { times: Some(1), ..Fault::new("plannr", Kind::Hang) }`.
    pub fn new(vendor: &str, answer: Kind) -> Self {
        Self {
            vendor: vendor.to_owned(),
            method: None,
            path: None,
            times: None,
            after: 0,
            answer,
        }
    }

    /// Whether it can be applied at all; the error says why not. The vendor is not looked at.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.times == Some(0) {
            return Err("times must be at least 1; leave it out for no end".to_owned());
        }
        if let Some(path) = &self.path
            && !path.starts_with('/')
        {
            return Err(format!("path {path:?} must start with a slash"));
        }
        match &self.answer {
            Kind::Html { status } => check_status(*status),
            Kind::WrongContentType { content_type } => check_value("content_type", content_type),
            Kind::SlowDrip { bytes: 0, .. } => Err("bytes must be at least 1".to_owned()),
            Kind::RowsAdded { count, .. } if *count > MAX_ROWS => Err(too_many_rows()),
            Kind::Status {
                status,
                content_type,
                headers,
                ..
            } => {
                check_status(*status)?;
                if let Some(content_type) = content_type {
                    check_value("content_type", content_type)?;
                }
                for (name, value) in headers {
                    if HeaderName::from_bytes(name.as_bytes()).is_err() {
                        return Err(format!("{name:?} is not a header name"));
                    }
                    check_value(name, value)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn matches(&self, vendor: &str, method: &str, path: &str) -> bool {
        self.vendor == vendor
            && self
                .method
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self
                .path
                .as_ref()
                .is_none_or(|pattern| path_matches(pattern, path))
    }
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
    pub(super) const ABOUT: [(&str, &str); 17] = [
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
            Self::Truncate => "truncate",
            Self::MalformedJson => "malformed_json",
            Self::Html { .. } => "html",
            Self::EmptyBody => "empty_body",
            Self::WrongContentType { .. } => "wrong_content_type",
            Self::HugeBody { .. } => "huge_body",
            Self::SlowDrip { .. } => "slow_drip",
        }
    }
}

impl Faults {
    /// Puts a fault in force, after those that are.
    pub(super) fn add(&self, fault: Fault) -> Result<(), String> {
        fault.check()?;
        let mut active = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        active.push(Active {
            fault,
            passed: 0,
            met: 0,
        });
        Ok(())
    }

    /// The fault that a request meets, counted as met.
    pub(super) fn take(&self, vendor: &str, method: &str, path: &str) -> Option<Kind> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        for (index, active) in all.iter_mut().enumerate() {
            if !active.fault.matches(vendor, method, path) {
                continue;
            }
            if active.passed < active.fault.after {
                active.passed += 1;
                continue;
            }
            active.met += 1;
            found = Some(index);
            break;
        }
        let index = found?;
        let kind = all[index].fault.answer.clone();
        if all[index].fault.times == Some(all[index].met) {
            all.remove(index);
        }
        Some(kind)
    }

    /// Those in force.
    pub(super) fn all(&self) -> Vec<Active> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Ends all.
    pub(super) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

fn path_matches(pattern: &str, path: &str) -> bool {
    let mut path_segments = path.split('/');
    let mut pattern_segments = pattern.split('/').peekable();
    while let Some(wanted) = pattern_segments.next() {
        let Some(segment) = path_segments.next() else {
            return false;
        };
        let is_last = pattern_segments.peek().is_none();
        if is_last && let Some(start) = wanted.strip_suffix('*') {
            return segment.starts_with(start);
        }
        if wanted != "*" && wanted != segment {
            return false;
        }
    }
    path_segments.next().is_none()
}

/// A sentence on a world that would be too large.
pub(super) fn too_many_rows() -> String {
    format!("count must be at most {MAX_ROWS}")
}

fn check_status(status: u16) -> Result<(), String> {
    // The HTTP stack sends 1xx by itself or not at all.
    if (200..=999).contains(&status) {
        return Ok(());
    }
    Err(format!("status {status} is not between 200 and 999"))
}

fn check_value(name: &str, value: &str) -> Result<(), String> {
    match HeaderValue::from_str(value) {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("the value of {name} cannot stand in a header")),
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
