//! The rows of a list, each read for itself so that an unreadable one costs itself alone, and kept as it came.
//!
//! A row is read where it stands in the answer. To cut all of them out first, as serde would have it, means to pass over
//! each twice, which is a fifth of what a page costs that is not in the cache (docs/benchmarks.md).

use std::panic::resume_unwind;
use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::task::spawn_blocking;
use tracing::Span;

use super::{MAX_DEPTH, MAX_ITEMS, Row, decode, decode_row, not_json, skip, too_deep};
use crate::model::Json;
use crate::vendor::Unreadable;

/// What a vendor answers when asked for a list.
pub trait List: DeserializeOwned {
    /// The names of the member that is the list, and of the object around it if there is one.
    const NAMES: &'static [&'static str];

    /// Takes the rows out of it.
    fn take_rows(&mut self) -> Vec<Row>;
}

/// A row of which nothing is read yet, at the beginning of a text. What reads it says what it is to be read as; that may
/// borrow from the text.
pub struct Unread<'a>(&'a str);

/// What came of reading a row.
pub struct Outcome<T> {
    read: Result<T, Unreadable>,
    /// How long the row's text is.
    length: usize,
}

type Rows<T> = Vec<Result<Arc<T>, Unreadable>>;

/// A list whose rows are read.
#[derive(Debug)]
pub struct Listing<L, T> {
    /// What stands around the rows; those are taken out of it.
    pub list: L,
    /// The rows, in the vendor's order, each where it will stay: a record is large, and a list of them that grows would move
    /// all of them time and again.
    pub rows: Rows<T>,
}

impl<L, T> Listing<L, T> {
    /// How many rows there are, the unreadable among them.
    pub fn count(&self) -> u64 {
        self.rows.len() as u64
    }
}

/// The rows that could be read, and what was wrong with the others.
pub fn sorted_out<T>(rows: Rows<T>) -> (Vec<Arc<T>>, Vec<Unreadable>) {
    let mut readable = Vec::with_capacity(rows.len());
    let mut unreadable = Vec::new();
    for row in rows {
        match row {
            Ok(record) => readable.push(record),
            Err(problem) => unreadable.push(problem),
        }
    }
    (readable, unreadable)
}

/// A shorter list is read in about the time that it takes to hand it to another thread.
pub(super) const LONG: usize = 64 << 10;

/// Reads a list that may be long. That is done beside the runtime's workers: the one that did it would look after no
/// connection for a millisecond, and the answers of other vendors, which arrive at about the same time, would be read one
/// after the other.
pub(in crate::vendor) async fn read_list_aside<L, T>(
    body: &Bytes,
    read: impl Fn(Unread<'_>) -> Option<Outcome<T>> + Send + 'static,
) -> Result<Listing<L, T>, Unreadable>
where
    L: List + Send + 'static,
    T: Send + Sync + 'static,
{
    if body.len() < LONG {
        return read_list(body, read);
    }
    let (span, body) = (Span::current(), body.clone());
    let reading = spawn_blocking(move || span.in_scope(|| read_list(&body, read)));
    // Nothing cancels it but the end of the runtime, which ends whoever waits here as well.
    reading
        .await
        .unwrap_or_else(|panicked| resume_unwind(panicked.into_panic()))
}

/// Reads a list.
pub fn read_list<L: List, T>(
    body: &[u8],
    read: impl Fn(Unread<'_>) -> Option<Outcome<T>>,
) -> Result<Listing<L, T>, Unreadable> {
    read_where_it_stands(body, &read).map_or_else(|| cut_and_read(body, &read), Ok)
}

/// The way that always works, and tells what is wrong where one cannot.
pub(super) fn cut_and_read<L: List, T>(
    body: &[u8],
    read: &impl Fn(Unread<'_>) -> Option<Outcome<T>>,
) -> Result<Listing<L, T>, Unreadable> {
    let mut list: L = decode(body)?;
    let rows = list.take_rows();
    let rows = rows.iter().map(|row| read_row(row, read).map(Arc::new));
    let rows = rows.collect();
    Ok(Listing { list, rows })
}

/// Reads one row by itself.
pub fn read_row<T>(
    row: &RawValue,
    read: impl FnOnce(Unread<'_>) -> Option<Outcome<T>>,
) -> Result<T, Unreadable> {
    // A text that was cut out is a whole one.
    let outcome = read(Unread(row.get()));
    outcome.map_or_else(|| Err(not_json()), |outcome| outcome.read)
}

impl<'a> Unread<'a> {
    /// Reads the row, and makes a record of it; `None` where none is whole.
    pub fn read<W: Deserialize<'a>, T>(
        self,
        make: impl FnOnce(W, Json) -> T,
    ) -> Option<Outcome<T>> {
        let mut values = serde_json::Deserializer::from_str(self.0).into_iter();
        if let Some(Ok(record)) = values.next() {
            let length = values.byte_offset();
            let json = self.0.get(..length)?;
            let is_too_deep = skip::is_deeper_than(MAX_DEPTH, json.as_bytes());
            let read = if is_too_deep {
                Err(too_deep())
            } else {
                Ok(make(record, Json(json.into())))
            };
            return Some(Outcome { read, length });
        }
        let mut values = serde_json::Deserializer::from_str(self.0).into_iter::<&RawValue>();
        let json = values.next()?.ok()?;
        let read = decode_row(json).map(|record| make(record, Json(json.get().into())));
        let length = json.get().len();
        Some(Outcome { read, length })
    }
}

/// Stands in the place of the rows while what is around them is read, to see that they stood where this kind of list has
/// its rows.
const TAKEN_OUT: &str = r#""the rows stood here""#;

/// `None` for whatever is out of the ordinary.
pub(super) fn read_where_it_stands<L: List, T>(
    body: &[u8],
    read: &impl Fn(Unread<'_>) -> Option<Outcome<T>>,
) -> Option<Listing<L, T>> {
    let text = std::str::from_utf8(body).ok()?;
    let begin = skip::to_list(body, L::NAMES)?;
    let (rows, end) = rows(text, begin, read)?;
    let (before, behind) = (text.get(..begin)?, text.get(end..)?);
    if before.contains(TAKEN_OUT) || behind.contains(TAKEN_OUT) {
        return None;
    }
    let around = [before, TAKEN_OUT, behind].concat();
    let mut list: L = serde_json::from_str(&around).ok()?;
    let is_its_list = matches!(&list.take_rows()[..], [only] if only.get() == TAKEN_OUT);
    is_its_list.then_some(Listing { list, rows })
}

/// The rows from here on, and where the bracket behind them is.
fn rows<T>(
    text: &str,
    begin: usize,
    read: &impl Fn(Unread<'_>) -> Option<Outcome<T>>,
) -> Option<(Rows<T>, usize)> {
    let json = text.as_bytes();
    let mut rows = Vec::new();
    let mut at = skip::space(json, begin);
    if json.get(at) == Some(&b']') {
        return Some((rows, at));
    }
    while rows.len() < MAX_ITEMS {
        let row = read(Unread(text.get(at..)?))?;
        rows.push(row.read.map(Arc::new));
        at = skip::space(json, at + row.length);
        match json.get(at)? {
            b',' => at = skip::space(json, at + 1),
            b']' => return Some((rows, at)),
            _ => return None,
        }
    }
    None
}
