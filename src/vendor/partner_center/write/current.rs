//! A referral as it is at the vendor now, read for a write.

use std::sync::Arc;

use serde_json::Value;

use super::change::is_version;
use crate::model::{Problem, ProblemCode, Referral, Vendor};
use crate::vendor::error::found;
use crate::vendor::partner_center::{Adapter, map, whole};
use crate::vendor::wire::{Row, decode_row};
use crate::vendor::{Call, Effect, Rejection, Result};

/// A referral as it is now.
pub(super) struct Current {
    /// In the vendor's words.
    pub(super) record: whole::Referral,
    /// In ours.
    pub(super) referral: Arc<Referral>,
    /// Its version, by which a change can be made conditional.
    pub(super) version: Option<String>,
    fields: Value,
}

impl Adapter {
    /// The referral as it is now; `None` when there is no such one.
    pub(super) async fn current(&self, call: &Call, id: &str) -> Result<Option<Current>> {
        let Some(answer) = found(self.client.get_referral(call, id).await)? else {
            return Ok(None);
        };
        let row: Row = answer.json()?;
        // A write is decided on all of it: what is unreadable of it must not count as missing.
        let record = decode_row(&row).map_err(|unreadable| answer.unreadable(&unreadable))?;
        let referral = map::record(&row).map_err(|unreadable| answer.unreadable(&unreadable))?;
        let header = answer.headers.get("etag");
        let header = header.and_then(|value| value.to_str().ok());
        Ok(Some(Current::new(record, referral, header)))
    }
}

impl Current {
    fn new(record: whole::Referral, referral: Referral, header: Option<&str>) -> Self {
        let version = record.e_tag.as_deref().or(header);
        Self {
            version: version.filter(|it| is_version(it)).map(str::to_owned),
            // Only asked for what is there: no number is taken from it.
            fields: serde_json::from_str(&referral.raw.0).unwrap_or_default(),
            record,
            referral: Arc::new(referral),
        }
    }

    /// Whether it has a field, be it null; the path is a JSON pointer.
    pub(super) fn has(&self, path: &str) -> bool {
        self.fields.pointer(path).is_some()
    }

    /// The effect of a write after which it is as it is.
    pub(super) fn effect(&self) -> Box<Effect> {
        Box::new(Effect {
            referral_id: Some(self.referral.remote_id.clone()),
            referral: Some(Arc::clone(&self.referral)),
            ..Effect::default()
        })
    }

    /// A rejection that shows it as it is.
    pub(super) fn rejection(&self, problem: Problem) -> Rejection {
        Rejection {
            problems: vec![problem],
            effect: self.effect(),
        }
    }
}

/// There is no such referral.
pub(super) fn missing() -> Problem {
    let message = format!("{} has no such referral.", Vendor::PartnerCenter);
    Problem::new(ProblemCode::NotFound, message)
}
