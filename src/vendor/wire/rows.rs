//! The rows of a list, each read for itself so that an unreadable one costs itself alone, and kept as it came.
//!
//! A row is read where it stands in the answer. To cut all of them out first, as serde would have it, means to pass over
//! each twice, which is a fifth of what a page costs that is not in the cache (docs/benchmarks.md).

use std::panic::resume_unwind;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::task::spawn_blocking;
use tracing::Span;

use super::{MAX_DEPTH, MAX_ITEMS, Row, decode, decode_row, skip, too_deep};
use crate::model::Json;
use crate::vendor::Unreadable;

/// What a vendor answers when asked for a list.
pub trait List: DeserializeOwned {
    /// The names of the member that is the list, and of the object around it if there is one.
    const NAMES: &'static [&'static str];

    /// Takes the rows out of it.
    fn take_rows(&mut self) -> Vec<Row>;
}

/// A list whose rows are read.
#[derive(Debug)]
pub struct Listing<L, T> {
    /// What stands around the rows; those are taken out of it.
    pub list: L,
    /// The rows, in the vendor's order.
    pub rows: Vec<Result<T, Unreadable>>,
}

impl<L, T> Listing<L, T> {
    /// How many rows there are, the unreadable among them.
    pub fn count(&self) -> u64 {
        self.rows.len() as u64
    }
}

/// The rows that could be read, and what was wrong with the others.
pub fn sorted_out<T>(rows: Vec<Result<T, Unreadable>>) -> (Vec<Arc<T>>, Vec<Unreadable>) {
    let mut readable = Vec::with_capacity(rows.len());
    let mut unreadable = Vec::new();
    for row in rows {
        match row {
            Ok(record) => readable.push(Arc::new(record)),
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
pub(in crate::vendor) async fn read_list_aside<L, W, T>(
    body: &Bytes,
    read: impl Fn(W, Json) -> T + Send + 'static,
) -> Result<Listing<L, T>, Unreadable>
where
    L: List + Send + 'static,
    W: DeserializeOwned,
    T: Send + 'static,
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
pub fn read_list<L: List, W: DeserializeOwned, T>(
    body: &[u8],
    read: impl Fn(W, Json) -> T,
) -> Result<Listing<L, T>, Unreadable> {
    read_where_it_stands(body, &read).map_or_else(|| cut_and_read(body, &read), Ok)
}

/// The way that always works, and tells what is wrong where one cannot.
pub(super) fn cut_and_read<L: List, W: DeserializeOwned, T>(
    body: &[u8],
    read: &impl Fn(W, Json) -> T,
) -> Result<Listing<L, T>, Unreadable> {
    let mut list: L = decode(body)?;
    let rows = list.take_rows().into_iter();
    let rows = rows.map(|row| read_row(row, read)).collect();
    Ok(Listing { list, rows })
}

/// Reads one row by itself.
pub fn read_row<W: DeserializeOwned, T>(
    row: Row,
    read: impl FnOnce(W, Json) -> T,
) -> Result<T, Unreadable> {
    let record = decode_row(&row)?;
    Ok(read(record, row.into()))
}

/// Stands in the place of the rows while what is around them is read, to see that they stood where this kind of list has
/// its rows.
const TAKEN_OUT: &str = r#""the rows stood here""#;

/// `None` for whatever is out of the ordinary.
pub(super) fn read_where_it_stands<L: List, W: DeserializeOwned, T>(
    body: &[u8],
    read: &impl Fn(W, Json) -> T,
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

type Rows<T> = Vec<Result<T, Unreadable>>;

/// The rows from here on, and where the bracket behind them is.
fn rows<W: DeserializeOwned, T>(
    text: &str,
    begin: usize,
    read: &impl Fn(W, Json) -> T,
) -> Option<(Rows<T>, usize)> {
    let json = text.as_bytes();
    let mut rows = Vec::new();
    let mut at = skip::space(json, begin);
    if json.get(at) == Some(&b']') {
        return Some((rows, at));
    }
    while rows.len() < MAX_ITEMS {
        let (row, length) = row(text.get(at..)?, read)?;
        rows.push(row);
        at = skip::space(json, at + length);
        match json.get(at)? {
            b',' => at = skip::space(json, at + 1),
            b']' => return Some((rows, at)),
            _ => return None,
        }
    }
    None
}

/// The row at the beginning of this text, and how long it is.
fn row<W: DeserializeOwned, T>(
    text: &str,
    read: &impl Fn(W, Json) -> T,
) -> Option<(Result<T, Unreadable>, usize)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    if let Some(Ok(record)) = values.next() {
        let length = values.byte_offset();
        let json = text.get(..length)?;
        let is_too_deep = skip::is_deeper_than(MAX_DEPTH, json.as_bytes());
        let row = if is_too_deep {
            Err(too_deep())
        } else {
            Ok(read(record, Json(json.into())))
        };
        return Some((row, length));
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let json = values.next()?.ok()?;
    let row = decode_row(json).map(|record| read(record, Json(json.get().into())));
    Some((row, json.get().len()))
}
