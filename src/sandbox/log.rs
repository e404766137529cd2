//! The request log: every request that reached a vendor, whatever became of it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::http::request::Parts;
use serde::Serialize;

use super::request::{Problems, Query};

/// Older entries go when there are more.
const CAPACITY: usize = 10_000;

/// One request that reached a vendor.
#[derive(Clone, Debug, Serialize)]
pub struct Logged {
    /// Counts up from 1 over all vendors, in order of arrival, and never starts again.
    pub sequence: u64,
    /// The mount name of the vendor.
    pub vendor: &'static str,
    /// As sent.
    pub method: String,
    /// As sent, without the mount point.
    pub path: String,
    /// The query as sent, without the question mark; empty when there was none.
    pub raw_query: String,
    /// The query decoded, in the order sent.
    pub query: Vec<(String, String)>,
    /// Names in lower case, values as sent.
    pub headers: Vec<(String, String)>,
    /// The body, as text.
    pub body: String,
    /// The status of the answer; none while there is no answer, or when the connection was dropped instead.
    pub status: Option<u16>,
    /// The kind of the fault that was applied.
    pub fault: Option<&'static str>,
    /// What the emulator found undocumented in the request, such as an unknown query parameter.
    pub problems: Vec<String>,
}

/// The log of all vendors.
#[derive(Debug, Default)]
pub(super) struct Log(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    count: u64,
    kept: VecDeque<(Logged, Problems)>,
}

impl Logged {
    /// The value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        value(&self.headers, name)
    }

    /// The value of a query parameter, decoded.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        value(&self.query, name)
    }
}

impl Log {
    /// Records a request on arrival; returns its sequence number.
    pub(super) fn begin(
        &self,
        vendor: &'static str,
        parts: &Parts,
        body: &[u8],
        problems: Problems,
    ) -> u64 {
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        let headers = parts.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        });
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.count += 1;
        let sequence = entries.count;
        let logged = Logged {
            sequence,
            vendor,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: Query::parse(Some(&raw_query)).pairs().to_vec(),
            raw_query,
            headers: headers.collect(),
            body: String::from_utf8_lossy(body).into_owned(),
            status: None,
            fault: None,
            problems: Vec::new(),
        };
        if entries.kept.len() == CAPACITY {
            entries.kept.pop_front();
        }
        entries.kept.push_back((logged, problems));
        sequence
    }

    /// Records which fault a request met.
    pub(super) fn met(&self, sequence: u64, fault: &'static str) {
        self.change(sequence, |logged| logged.fault = Some(fault));
    }

    /// Records the answer.
    pub(super) fn end(&self, sequence: u64, status: u16) {
        self.change(sequence, |logged| logged.status = Some(status));
    }

    /// The entries kept, oldest first, of one vendor or of all.
    pub(super) fn entries(&self, vendor: Option<&str>) -> Vec<Logged> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = entries
            .kept
            .iter()
            .filter(|(logged, _)| vendor.is_none_or(|vendor| vendor == logged.vendor));
        wanted
            .map(|(logged, problems)| Logged {
                problems: problems.all(),
                ..logged.clone()
            })
            .collect()
    }

    /// Forgets all entries. The count goes on, so that a late answer is not taken for another request's.
    pub(super) fn clear(&self) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.kept.clear();
    }

    fn change(&self, sequence: u64, change: impl FnOnce(&mut Logged)) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = entries.kept.iter_mut().rev();
        if let Some((logged, _)) = kept.find(|(logged, _)| logged.sequence == sequence) {
            change(logged);
        }
    }
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut pairs = pairs.iter();
    pairs
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}
