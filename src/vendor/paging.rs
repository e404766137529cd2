//! How a vendor's list is read: page by page in the order wanted, or whole.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use tracing::warn;

use super::wire::decode_json;
use crate::model::{Json, Vendor};

/// How a list with a certain filter and order is best read from a vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Nothing here can pass the filter: the vendor is not asked.
    RuledOut,
    /// The vendor serves this order itself: read page by page, as far as needed.
    Paged(Native),
    /// The vendor states no order: read whole, then sorted here.
    Whole(Native),
}

/// The part of a filter and order that a vendor serves itself, in its own query parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Native {
    /// Names and values as the vendor documents them, paging aside. Also what tells one cached list from another.
    pub query: Vec<(&'static str, String)>,
    /// Whether the query says all that the filter says, so that the vendor's count is the answer's count.
    pub exact: bool,
}

/// One page of a vendor's list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows, in the vendor's order.
    pub rows: Vec<Arc<T>>,
    /// The rows that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What comes after.
    pub next: Next,
    /// How to come back to this page later: short, and a hint only.
    pub here: Option<Position>,
    /// How many rows the whole list has, when the vendor says so.
    pub total: Option<u64>,
    /// Whether its first row should be one of the page before. Where it is not, rows were lost in between, and others
    /// moved up past where the reading was.
    pub repeats: bool,
}

/// What follows a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    End,
    /// One more page, known when the last was read.
    Then(Position),
    /// All the remaining pages, which may be read at once.
    All(Vec<Position>),
}

/// A place in a vendor's list, in the words of its own adapter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Position(pub Cow<'static, str>);

/// What one call brought of several records asked for by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// The records, in any order.
    pub records: Vec<Arc<T>>,
    /// How many rows could not be read: any id that is missing may be that of such a row.
    pub unreadable: usize,
}

/// A row that could not be read. It costs itself alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Where in the record: the JSON path.
    pub path: String,
    /// What was wrong there, without the value.
    pub problem: String,
}

/// Reads a record's own text once more, for what is not kept of it.
pub fn read_again<'a, T: Deserialize<'a>>(raw: &'a Json) -> T {
    decode_json(raw).expect("the record was made by reading this same text as this same type")
}

/// What was read of a text, and what was wrong with it if not all could be.
pub struct Partly<T> {
    /// What could be read.
    pub value: T,
    /// Why that is not all.
    pub problem: Option<Unreadable>,
}

impl<T> From<T> for Partly<T> {
    fn from(value: T) -> Self {
        Self {
            value,
            problem: None,
        }
    }
}

impl<T> Partly<T> {
    /// Makes something else of what was read.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Partly<U> {
        Partly {
            value: make(self.value),
            problem: self.problem,
        }
    }
}

/// Reads more of a record's own text than the record was made of; where that cannot be read, it counts as missing.
pub fn read_more<'a, T: Deserialize<'a> + Default>(raw: &'a Json) -> Partly<T> {
    match decode_json::<T>(raw) {
        Ok(value) => value.into(),
        Err(problem) => Partly {
            value: T::default(),
            problem: Some(problem),
        },
    }
}

impl Unreadable {
    /// Tells the log of a row that is left out.
    pub fn warn(&self, vendor: Vendor, operation: &'static str) {
        let Self { path, problem } = self;
        warn!(
            vendor = vendor.key(),
            operation, path, problem, "a row could not be read"
        );
    }
}

impl<T> Page<T> {
    /// A page that is the whole list.
    pub fn whole(rows: Vec<Arc<T>>, unreadable: Vec<Unreadable>) -> Self {
        let total = u64::try_from(rows.len() + unreadable.len()).ok();
        Self {
            rows,
            unreadable,
            next: Next::End,
            here: None,
            total,
            repeats: false,
        }
    }
}
