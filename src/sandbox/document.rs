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

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

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

/// The fields of one object of a body. Of a field that is missing, null or of another type the getters return none;
/// null and other types are noted as wrong.
#[derive(Debug)]
pub struct Fields<'a> {
    document: &'a Document,
    path: String,
    members: BTreeMap<String, &'a RawValue>,
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

    fn array<'a>(&'a self, path: &str, text: &'a str) -> Option<Vec<Fields<'a>>> {
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

impl<'a> Fields<'a> {
    fn none(document: &'a Document) -> Self {
        Self {
            document,
            path: String::new(),
            members: BTreeMap::new(),
        }
    }

    fn read(document: &'a Document, path: String, text: &'a str) -> Option<Self> {
        let members = serde_json::from_str(text);
        if members.is_err() {
            document.complain(&path, "must be an object");
        }
        Some(Self {
            document,
            path,
            members: members.ok()?,
        })
    }

    /// Notes every field that is none of these; returns their names, for vendors that refuse them.
    pub fn documented(&self, names: &[&str]) -> Vec<String> {
        let unknown = self.members.keys();
        let unknown: Vec<_> = unknown
            .filter(|name| !names.contains(&name.as_str()))
            .cloned()
            .collect();
        for name in &unknown {
            let problem = format!("undocumented field {:?}", self.path_of(name));
            self.document.problems.note(problem);
        }
        unknown
    }

    /// Notes those of these that are missing.
    pub fn required(&self, names: &[&str]) {
        for name in names.iter().filter(|name| !self.has(name)) {
            self.complain(name, "is required");
        }
    }

    /// Whether the field was sent, null included.
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Whether null was sent. To be asked before a getter where null is documented.
    pub fn is_null(&self, name: &str) -> bool {
        self.members
            .get(name)
            .is_some_and(|value| value.get() == "null")
    }

    /// Keeps something that is wrong with a field, and notes it.
    pub fn complain(&self, name: &str, message: impl Into<String>) {
        self.document.complain(&self.path_of(name), message);
    }

    /// A string.
    pub fn text(&self, name: &str) -> Option<String> {
        self.parsed(name, "must be a string")
    }

    /// A string with so many characters.
    pub fn text_of(&self, name: &str, length: RangeInclusive<usize>) -> Option<String> {
        let text = self.text(name)?;
        if length.contains(&text.chars().count()) {
            return Some(text);
        }
        let message = match length.into_inner() {
            (from, to) if from == to => format!("must have {to} characters"),
            (0, to) => format!("must have at most {to} characters"),
            (from, usize::MAX) => format!("must have at least {from} characters"),
            (from, to) => format!("must have {from} to {to} characters"),
        };
        self.complain(name, message);
        None
    }

    /// One of these strings.
    pub fn one_of(&self, name: &str, values: &[&'static str]) -> Option<&'static str> {
        let text = self.text(name)?;
        let found = values.iter().find(|value| **value == text);
        if found.is_none() {
            self.complain(name, format!("must be one of {}", values.join(", ")));
        }
        found.copied()
    }

    /// A UUID in a string.
    pub fn uuid(&self, name: &str) -> Option<Uuid> {
        let id = Uuid::parse_str(&self.text(name)?);
        if id.is_err() {
            self.complain(name, "must be a UUID");
        }
        id.ok()
    }

    /// A number, in its digits as sent.
    pub fn number(&self, name: &str) -> Option<String> {
        let _: f64 = self.parsed(name, "must be a number")?;
        self.raw(name).map(str::to_owned)
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.parsed(name, "must be an integer")
    }

    /// True or false.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.parsed(name, "must be a boolean")
    }

    /// Strings.
    pub fn texts(&self, name: &str) -> Option<Vec<String>> {
        self.parsed(name, "must be an array of strings")
    }

    /// An object, whose fields are read as this one's.
    pub fn object(&self, name: &str) -> Option<Fields<'a>> {
        let text = self.raw(name)?;
        Fields::read(self.document, self.path_of(name), text)
    }

    /// An array of objects.
    pub fn objects(&self, name: &str) -> Option<Vec<Fields<'a>>> {
        let text = self.raw(name)?;
        self.document.array(&self.path_of(name), text)
    }

    /// Any JSON, where nothing more is documented.
    pub fn any(&self, name: &str) -> Option<Value> {
        let text = self.raw(name)?;
        Some(serde_json::from_str(text).expect("it was read as JSON before"))
    }

    /// As sent.
    fn raw(&self, name: &str) -> Option<&'a str> {
        self.members.get(name).map(|value| value.get())
    }

    fn parsed<T: serde::de::DeserializeOwned>(&self, name: &str, message: &str) -> Option<T> {
        let read = serde_json::from_str(self.raw(name)?);
        if read.is_err() {
            self.complain(name, message);
        }
        read.ok()
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() {
            return name.to_owned();
        }
        format!("{}.{name}", self.path)
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
