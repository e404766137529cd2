//! The JSON body of a write, read strictly: what the vendor does not document is noted among the [`Problems`], and what
//! is missing or of the wrong kind is kept besides, for emulators that refuse it.
//!
//! ```text
//! async fn create(document: Document) {
//!     document.headers(&["x-account-uuid"]);
//!     let fields = document.object();
//!     fields.documented(&["name", "amount", "party"]);
//!     fields.required(&["name"]);
//!     let name = fields.text_of("name", 1..=200);
//!     let party = fields.object("party");
//!     if let Some(wrong) = document.wrong().first() { /* 422, with wrong.path and wrong.message */ }
//! }
//! ```

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde_json::value::RawValue;

use super::fields::Fields;
use super::request::Problems;

/// What every HTTP client may send, whatever a vendor documents.
const ORDINARY: [&str; 11] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "authorization",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "user-agent",
];

/// The body of a request as sent, and what was found wrong with it so far.
#[derive(Debug)]
pub struct Document {
    headers: HeaderMap,
    text: String,
    problems: Problems,
    wrong: Mutex<Vec<Wrong>>,
}

/// Something in a body that is not as documented, other than a field that is not documented at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// As `actions[2].referralId`; empty for the body itself.
    pub path: String,
    /// Such as `is required` or `must be a string`.
    pub message: String,
}

impl Document {
    /// Notes headers that are neither ordinary nor among these, which are in lower case.
    pub fn headers(&self, documented: &[&str]) {
        for name in self.headers.keys().map(axum::http::HeaderName::as_str) {
            if !ORDINARY.contains(&name) && !documented.contains(&name) {
                self.problems.note(format!("undocumented header {name:?}"));
            }
        }
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The body where the vendor takes none.
    pub fn nothing(&self) {
        if !self.is_empty() {
            self.problems.note("a body where none is documented");
        }
    }

    /// The body as an object; without fields where it is something else.
    pub fn object(&self) -> Fields<'_> {
        self.check_type();
        Fields::read(self, String::new(), &self.text).unwrap_or_else(|| Fields::none(self))
    }

    /// As [`Document::object`], where the vendor does not need a body.
    pub fn optional_object(&self) -> Fields<'_> {
        if self.is_empty() {
            return Fields::none(self);
        }
        self.object()
    }

    /// The body as an array of objects; empty where it is something else.
    pub fn objects(&self) -> Vec<Fields<'_>> {
        self.check_type();
        self.array("", &self.text).unwrap_or_default()
    }

    /// All that was found wrong until now, in the order of the looking.
    pub fn wrong(&self) -> Vec<Wrong> {
        self.wrong
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps something that is wrong, and notes it.
    pub fn complain(&self, path: &str, message: impl Into<String>) {
        let message = message.into();
        let place = if path.is_empty() { "the body" } else { path };
        self.problems.note(format!("{place}: {message}"));
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.push(Wrong {
            path: path.to_owned(),
            message,
        });
    }

    pub(super) fn note(&self, problem: String) {
        self.problems.note(problem);
    }

    fn check_type(&self) {
        let sent = self.headers.get(CONTENT_TYPE);
        let sent = sent.map(|value| String::from_utf8_lossy(value.as_bytes()));
        match sent {
            None => self.problems.note("no content-type"),
            Some(sent) => {
                let kind = sent.split(';').next().unwrap_or_default().trim();
                if !kind.eq_ignore_ascii_case("application/json") {
                    let problem = format!("content-type {sent:?} where JSON is documented");
                    self.problems.note(problem);
                }
            }
        }
    }

    pub(super) fn array<'a>(&'a self, path: &str, text: &'a str) -> Option<Vec<Fields<'a>>> {
        let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) else {
            self.complain(path, "must be an array");
            return None;
        };
        let items = items.into_iter().enumerate().map(|(index, item)| {
            let path = format!("{path}[{index}]");
            Fields::read(self, path, item.get()).unwrap_or_else(|| Fields::none(self))
        });
        Some(items.collect())
    }
}

impl<S: Sync> FromRequest<S> for Document {
    type Rejection = Infallible;

    /// The sandbox around the emulator has read the body and bounded its size; a body that breaks off is an empty one.
    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        Ok(Self {
            problems: parts
                .extensions
                .get::<Problems>()
                .cloned()
                .unwrap_or_default(),
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            wrong: Mutex::default(),
        })
    }
}
