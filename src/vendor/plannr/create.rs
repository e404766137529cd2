//! New referrals.

use serde_json::Value;

use super::content::Content;
use super::lists::List;
use super::refused::Refusals;
use super::{Adapter, map};
use crate::model::{Referral, Vendor, Write};
use crate::vendor::wire::{Row, read_row};
use crate::vendor::write::{Effect, Sent, Settled, Written, before_sending};
use crate::vendor::{Call, Error, Kind, Result};

const REFUSALS: Refusals = Refusals {
    fields: &[
        ("connection_uuid", "connectionId"),
        ("client_uuids", "clientIds"),
        ("advice_type", "adviceType"),
        ("duration_months", "durationMonths"),
        ("shared_data", "sharedData"),
        ("sla_deadline", "slaDeadline"),
        ("note", "note"),
    ],
    forbidden: "Plannr does not let this account send such a referral. Usually the connection is not accepted, or a client belongs to another firm.",
    missing: "Plannr has no such connection, or no such client. Both must be of the account's own firm.",
    conflict: "Plannr says that this conflicts with what is there. Usually the connection is not accepted.",
};

impl Adapter {
    pub(super) async fn create(&self, call: &Call, input: &Value, sent: &Sent) -> Result<Written> {
        let content = content(input).map_err(before_sending)?;
        match self.client.create_referral(call, &content.body()).await {
            Ok(answer) => {
                let read = read_row(&answer.json::<Row>()?, map::referral);
                let referral: Referral = read.map_err(|it| answer.unreadable(&it))?;
                Ok(Written::Applied(Effect::referral(referral)))
            }
            Err(error) => {
                let input = input.clone();
                let write = Write::Create { input };
                self.refused(call, &write, sent, error, &REFUSALS).await
            }
        }
    }

    pub(super) async fn settle_create(
        &self,
        call: &Call,
        input: &Value,
        sent: &Sent,
    ) -> Result<Settled> {
        let content = content(input)?;
        let likeness = |referral: &Referral| content.likeness(referral);
        self.trace(call, List::Referrals, sent, map::referral, likeness)
            .await
    }
}

/// Nothing that was checked fails here.
fn content(input: &Value) -> Result<Content> {
    Content::of(input).ok_or_else(|| {
        let detail = "not the input of a referral";
        Error::new(Vendor::Plannr, "create_referral", Kind::Rejected, detail)
    })
}
