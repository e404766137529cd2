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
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// Follows from the index.
    Seeded { index: u32, written: OnceLock<Json> },
    /// Came through the API, the whole or a change.
    Written(Json),
}

impl Row {
    /// The one with this index, created and changed at these times.
    pub(super) fn new(index: u32, times: Times) -> Self {
        let id = world::id("partner-center/referral", &index.to_string()).to_string();
        let written = OnceLock::new();
        Self::with(id, times, Content::Seeded { index, written })
    }

    /// One that came through the API.
    pub(super) fn written(id: String, times: Times, json: Json) -> Self {
        Self::with(id, times, Content::Written(json))
    }

    fn with(id: String, times: Times, content: Content) -> Self {
        Self {
            id,
            times,
            created: format!("{:.9}", times.created),
            updated: format!("{:.9}", times.updated),
            content,
        }
    }

    /// The same at other times.
    pub(super) fn at(&self, times: Times) -> Self {
        match &self.content {
            Content::Seeded { index, .. } => Self::new(*index, times),
            Content::Written(json) => {
                let mut json = json.clone();
                json.set("createdDateTime", Json::Text(seed::stamp(times.created)));
                json.set("updatedDateTime", Json::Text(seed::stamp(times.updated)));
                Self::written(self.id.clone(), times, json)
            }
        }
    }

    /// As the vendor writes it.
    pub(super) fn json(&self) -> &Json {
        match &self.content {
            Content::Seeded { index, written } => {
                written.get_or_init(|| seed::referral(*index, &self.id, self.times))
            }
            Content::Written(json) => json,
        }
    }

    /// A time to sort by.
    pub(super) fn sortable(&self, field: &str) -> &str {
        match field {
            "updatedDateTime" => &self.updated,
            _ => &self.created,
        }
    }
}
