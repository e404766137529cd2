//! How a vendor's list is read: page by page in the order wanted, or whole.

use std::borrow::Cow;
use std::panic::resume_unwind;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use tokio::task::spawn_blocking;
use tracing::{Span, warn};

use super::wire::{Row, decode_row};
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
    pub records: Vec<T>,
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

/// Reads the rows of a list one by one, so that an unreadable one costs itself alone.
pub fn read_rows<T>(
    rows: Vec<Row>,
    read: impl Fn(Row) -> Result<T, Unreadable>,
) -> (Vec<Arc<T>>, Vec<Unreadable>) {
    let mut readable = Vec::with_capacity(rows.len());
    let mut unreadable = Vec::new();
    for row in rows {
        match read(row) {
            Ok(record) => readable.push(Arc::new(record)),
            Err(problem) => unreadable.push(problem),
        }
    }
    (readable, unreadable)
}

/// Reads a record's own text once more, for what is not kept of it.
pub fn read_again<T: DeserializeOwned>(raw: &Json) -> T {
    decode_row(&raw.0).expect("the record was made by reading this same text as this same type")
}

/// A shorter list is read in about the time that it takes to hand it to another thread.
const LONG: usize = 64 << 10;

/// Reads the rows of a list that may be long. That is done beside the runtime's workers: the one that did it would look
/// after no connection for a millisecond, and the answers of other vendors, which arrive at about the same time, would
/// be read one after the other.
pub async fn read_rows_aside<T: Send + Sync + 'static>(
    rows: Vec<Row>,
    read: impl Fn(Row) -> Result<T, Unreadable> + Send + 'static,
) -> (Vec<Arc<T>>, Vec<Unreadable>) {
    if rows.iter().map(|row| row.get().len()).sum::<usize>() < LONG {
        return read_rows(rows, read);
    }
    let span = Span::current();
    let reading = spawn_blocking(move || span.in_scope(|| read_rows(rows, read)));
    // Nothing cancels it but the end of the runtime, which ends whoever waits here as well.
    reading
        .await
        .unwrap_or_else(|panicked| resume_unwind(panicked.into_panic()))
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

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn rows(count: usize) -> Vec<Row> {
        let row = |index| serde_json::from_str(&format!("{index}                ")).unwrap();
        (0..count).map(row).collect()
    }

    /// The number in the row and the thread that read it; every third is unreadable.
    #[expect(
        clippy::boxed_local,
        clippy::needless_pass_by_value,
        reason = "the shape that readers of rows have"
    )]
    fn read(row: Row) -> Result<(usize, thread::ThreadId), Unreadable> {
        let number: usize = row.get().parse().unwrap();
        if number % 3 == 2 {
            return Err(Unreadable {
                path: row.get().to_owned(),
                problem: "the third".to_owned(),
            });
        }
        Ok((number, thread::current().id()))
    }

    #[tokio::test]
    async fn a_long_list_is_read_on_another_thread_and_to_the_same_rows() {
        for (count, is_long) in [(0, false), (30, false), (LONG, true)] {
            let (readable, unreadable) = read_rows_aside(rows(count), read).await;
            let own = thread::current().id();
            assert!(readable.iter().all(|row| (row.1 != own) == is_long));
            let numbers: Vec<_> = readable.iter().map(|row| row.0).collect();
            let expected: Vec<_> = (0..count).filter(|number| number % 3 != 2).collect();
            assert_eq!(numbers, expected);
            assert_eq!(unreadable.len(), count / 3);
        }
    }

    #[tokio::test]
    #[should_panic(expected = "a row that nobody expected")]
    async fn a_panic_over_a_long_list_is_that_of_whoever_reads_it() {
        let read = |_| -> Result<(), Unreadable> { panic!("a row that nobody expected") };
        read_rows_aside(rows(LONG), read).await;
    }
}
