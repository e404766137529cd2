//! One referral of the emulator. In a large world most are never looked at, so each is written out when it first is.

use std::sync::OnceLock;

use super::json::Json;
use super::seed;
use crate::sandbox::{Times, world};

/// A referral.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) times: Times,
    /// Both times, written so that they compare as text.
    created: String,
    updated: String,
    index: u32,
    written: OnceLock<Json>,
}

impl Row {
    /// The one with this index, created and changed at these times.
    pub(super) fn new(index: u32, times: Times) -> Self {
        Self {
            id: world::id("partner-center/referral", &index.to_string()).to_string(),
            times,
            created: format!("{:.9}", times.created),
            updated: format!("{:.9}", times.updated),
            index,
            written: OnceLock::new(),
        }
    }

    /// The same at other times.
    pub(super) fn at(&self, times: Times) -> Self {
        Self::new(self.index, times)
    }

    /// As the vendor writes it.
    pub(super) fn json(&self) -> &Json {
        self.written
            .get_or_init(|| seed::referral(self.index, &self.id, self.times))
    }

    /// A time to sort by.
    pub(super) fn sortable(&self, field: &str) -> &str {
        match field {
            "updatedDateTime" => &self.updated,
            _ => &self.created,
        }
    }
}
