//! The fields of the objects in a body, read by their documented types.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::document::Document;

/// The fields of one object of a body. Of a field that is missing, null or of another type the getters return none;
/// null and other types are noted as wrong.
#[derive(Debug)]
pub struct Fields<'a> {
    document: &'a Document,
    path: String,
    members: BTreeMap<String, &'a RawValue>,
}

impl<'a> Fields<'a> {
    /// Of something that is no object.
    pub(super) fn none(document: &'a Document) -> Self {
        Self {
            document,
            path: String::new(),
            members: BTreeMap::new(),
        }
    }

    /// None, and a complaint, where the text is no object.
    pub(super) fn read(document: &'a Document, path: String, text: &'a str) -> Option<Self> {
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
            self.document.note(problem);
        }
        unknown
    }

    /// Notes those of these that are missing.
    pub fn required(&self, names: &[&str]) {
        for name in names.iter().filter(|name| !self.has(name)) {
            self.complain(name, "is required");
        }
    }

    /// The names of all fields, in their alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// All fields, where any name is documented.
    pub fn all(&self) -> Map<String, Value> {
        let names = self.members.keys();
        names
            .filter_map(|name| Some((name.clone(), self.any(name)?)))
            .collect()
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
    pub fn raw(&self, name: &str) -> Option<&'a str> {
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
