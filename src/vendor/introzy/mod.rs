//! Introzy: a connector introduces a seeker to a provider. A referral is a "referral opportunity", which is a deal of
//! the organization's REFERRAL pipeline; <https://introzy-api-docs.apidocumentation.com>.
//!
//! Its quirks:
//! - There is no status, only stages, which every organization names itself: a referral is ACTIVE unless the
//!   configuration maps the label of its stage.
//! - A list can neither be filtered nor sorted and comes in an order that is not stated, by offset. It is always read
//!   whole; rows may shift from page to page meanwhile, so whoever puts the pages together drops what comes twice.
//! - Answers come in an envelope, except those of `/api/pipeline-deals`.
//! - Asking for the referral pipeline makes it if it is not there.
//!
//! It cannot change, delete or move a referral opportunity, has no moderation, direction or expiry, and sends no
//! webhooks. No page documents its rate limit or any error code but CONFLICT, so answers are judged by their status.

pub(crate) mod policy;
pub mod sandbox;
pub mod schema;

mod check;
mod client;
mod map;
mod outgoing;
mod paging;
mod wire;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;

use super::wire::{Unread, decode, read_list, read_row, readable, sorted_out};
use super::{
    Call, Connector, Error, Native, Page, Plan, Position, Prices, Result, Sent, Settled,
    Unreadable, Vitals, Written,
};
use crate::config::reader::{Key, Section, env_key, key};
use crate::model::{
    Capability, Facilitator, FeePreview, Note, Order, Person, Problem, Referral, ReferralFilter,
    ReferralStatus, Stage, Vendor, Write,
};
use crate::vendor;
use client::{Client, MAX_LIMIT, taken_out};
use map::StageStatus;
use paging::{Place, has_more};

pub(crate) use map::details;

const BASE_URL: Key = env_key(
    "base_url",
    "INTROZY_BASE_URL",
    "Where Introzy is: an origin, possibly with a path below which the documented paths lie.",
);
const API_KEY: Key = env_key(
    "api_key",
    "INTROZY_API_KEY",
    "The API key, `introzy_` and 64 hexadecimal digits, made in the dashboard under Settings, API Keys.",
);
const STAGE_STATUS: Key = key(
    "stage_status",
    "Which status a referral has in the stage of this label, whatever the label's case. Introzy has no status of its own; in any other stage a referral is active.",
);
const STATUSES: &[(&str, ReferralStatus)] = &[
    ("pending", ReferralStatus::Pending),
    ("active", ReferralStatus::Active),
    ("won", ReferralStatus::Won),
    ("lost", ReferralStatus::Lost),
    ("declined", ReferralStatus::Declined),
    ("expired", ReferralStatus::Expired),
];

/// Of a referral's notes no more pages than this are read.
const MAX_NOTE_PAGES: usize = 10;

/// Reads Introzy's part of the configuration; without an API key it is not configured.
pub fn configure(section: &mut Section<'_>) -> Option<Connector> {
    let base = section.url_or(BASE_URL, "https://beta-api.introzy.com");
    let api_key = section.secret(API_KEY);
    let statuses = Arc::new(StageStatus::new(
        section.words_by_name(STAGE_STATUS, STATUSES),
    ));
    let api_key = api_key?;
    Some(Box::new(move |connect| {
        Ok(Arc::new(Adapter {
            client: Client::new(base.clone(), &api_key, connect)?,
            statuses: statuses.clone(),
        }))
    }))
}

/// Reads a text as every kind of answer that is read here. Whatever it is, nothing may panic.
pub(crate) fn read_anything(body: &[u8]) {
    let statuses = StageStatus::new(BTreeMap::new());
    if let Ok(row) = decode(body)
        && let Ok(referral) = read_row(row, |row| map::referral(row, &statuses))
    {
        drop(map::details(&referral.raw));
    }
    if let Ok(list) = decode::<wire::Envelope<wire::List>>(body)
        && let Some(list) = list.data
    {
        let id: Arc<str> = "id".into();
        let count = list.rows.len() as u64;
        let place = Place::at(None).map(|place| place.next(&list, count));
        let facilitators = readable(Vendor::Introzy, "fuzz", &list.rows);
        drop(
            facilitators
                .map(|row| map::facilitator(&id, row))
                .collect::<Vec<_>>(),
        );
        drop(
            readable(Vendor::Introzy, "fuzz", &list.rows)
                .map(map::note)
                .collect::<Vec<_>>(),
        );
        let people = readable(Vendor::Introzy, "fuzz", &list.rows);
        drop((
            place,
            people.map(|row| map::person(&row)).collect::<Vec<_>>(),
        ));
    }
    let read = |row: Unread<'_>| map::referral(row, &statuses);
    if let Ok(listing) = read_list::<wire::Envelope<wire::List>, _>(body, read) {
        for referral in listing.rows.into_iter().flatten() {
            drop(map::details(&referral.raw));
        }
    }
    if let Ok(preview) = decode(body) {
        drop(map::fee_preview(preview));
    }
    if let Ok(pipeline) = decode::<wire::Pipeline>(body) {
        drop(
            pipeline
                .stages
                .into_iter()
                .map(map::stage)
                .collect::<Vec<_>>(),
        );
    }
}

struct Adapter {
    client: Client,
    statuses: Arc<StageStatus>,
}

/// The notes on a referral, newest first.
struct Notes {
    rows: Vec<Note>,
    /// Whether there are more than were read, or could be.
    is_partial: bool,
}

impl Adapter {
    async fn all_notes(&self, call: &Call, referral_id: &str) -> Result<Option<Notes>> {
        let mut rows: Vec<Note> = Vec::new();
        let mut known = BTreeSet::new();
        let mut offset = 0;
        let mut is_cut = true;
        let mut readable_rows = 0;
        for _ in 0..MAX_NOTE_PAGES {
            let Some(list) = self.client.notes(call, referral_id, offset).await? else {
                return Ok(None);
            };
            let fresh = readable(Vendor::Introzy, "list_notes", &list.rows)
                .inspect(|_| readable_rows += 1)
                .map(map::note)
                .filter(|note| known.insert(note.remote_id.clone()));
            rows.extend(fresh);
            let count = list.rows.len();
            offset += count;
            if !has_more(&list, count as u64, offset as u64) {
                is_cut = false;
                break;
            }
        }
        // Introzy states no order. A note without a time comes last.
        rows.sort_by_key(|note| std::cmp::Reverse(note.created_at));
        Ok(Some(Notes {
            rows,
            is_partial: is_cut || readable_rows < offset,
        }))
    }
}

#[async_trait]
impl vendor::Adapter for Adapter {
    fn vendor(&self) -> Vendor {
        Vendor::Introzy
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::ListReferrals,
            Capability::GetReferral,
            Capability::CreateReferral,
            Capability::ManageFacilitators,
            Capability::Notes,
            Capability::Convert,
            Capability::People,
        ]
    }

    fn vitals(&self) -> &Vitals {
        self.client.vitals()
    }

    fn prices(&self) -> Prices {
        Prices {
            page_rows: MAX_LIMIT as u64,
            facilitators: 1,
            notes: MAX_NOTE_PAGES as u64,
            fee_preview: 1,
            stages: 1,
            ..Prices::PLAIN
        }
    }

    /// The query is always the same one, so that every filter and order is served from one snapshot.
    fn plan_referrals(&self, filter: &ReferralFilter, _order: Order) -> Plan {
        let asks_for_what_introzy_lacks = filter.direction.is_some()
            || filter.moderation.is_some()
            || filter.connection_id.is_some()
            || filter.engagement_id.is_some();
        let has_no_such_status = filter
            .status
            .as_ref()
            .is_some_and(|wanted| !wanted.iter().any(|status| self.statuses.may_give(*status)));
        if !filter.may_include(Vendor::Introzy) || asks_for_what_introzy_lacks || has_no_such_status
        {
            return Plan::RuledOut;
        }
        Plan::Whole(Native::default())
    }

    async fn referrals(
        &self,
        call: &Call,
        _native: &Native,
        position: Option<&Position>,
    ) -> Result<Page<Referral>> {
        let place = Place::at(position)?;
        let answer = self
            .client
            .referral_opps(call, MAX_LIMIT, place.offset)
            .await?;
        let statuses = self.statuses.clone();
        let read = move |row: Unread<'_>| map::referral(row, &statuses);
        let listing = answer.list(read).await?;
        let count = listing.count();
        let list: wire::List = taken_out(listing.list, &answer)?;
        let next = place.next(&list, count);
        let total = list.total.and_then(|total| total.try_into().ok());
        let (rows, unreadable) = sorted_out(listing.rows);
        Ok(Page {
            rows,
            unreadable,
            next,
            here: None,
            total,
            repeats: false,
        })
    }

    async fn referral(&self, call: &Call, id: &str) -> Result<Option<Referral>> {
        let Some(row) = self.client.referral_opp(call, id).await? else {
            return Ok(None);
        };
        let referral = read_row(&row, |row| map::referral(row, &self.statuses));
        referral
            .map(Some)
            .map_err(|unreadable| Error::unreadable(Vendor::Introzy, "get_referral", &unreadable))
    }

    async fn facilitators(
        &self,
        call: &Call,
        referral_id: &str,
    ) -> Result<Option<Vec<Facilitator>>> {
        let list = self.client.facilitators(call, referral_id).await?;
        let referral_id: Arc<str> = referral_id.into();
        Ok(list.map(|list| {
            readable(Vendor::Introzy, "list_facilitators", &list.rows)
                .map(|row| map::facilitator(&referral_id, row))
                .collect()
        }))
    }

    async fn notes(&self, call: &Call, referral_id: &str) -> Result<Option<Vec<Note>>> {
        let notes = self.all_notes(call, referral_id).await?;
        Ok(notes.map(|notes| notes.rows))
    }

    async fn fee_preview(&self, call: &Call, referral_id: &str) -> Result<Option<FeePreview>> {
        let Some(preview) = self.client.fee_preview(call, referral_id).await? else {
            return Ok(None);
        };
        let preview = map::fee_preview(preview);
        preview.map(Some).ok_or_else(|| {
            let unreadable = Unreadable {
                path: "isConverted".to_owned(),
                problem: "a null".to_owned(),
            };
            Error::unreadable(Vendor::Introzy, "fee_preview", &unreadable)
        })
    }

    async fn people(&self, call: &Call, search: &str, limit: usize) -> Result<Vec<Person>> {
        let limit = limit.clamp(1, MAX_LIMIT);
        let list = self.client.people(call, search, limit).await?;
        let people =
            readable(Vendor::Introzy, "list_people", &list.rows).map(|row| map::person(&row));
        Ok(people.take(limit).collect())
    }

    async fn stages(&self, call: &Call) -> Result<Vec<Stage>> {
        let mut stages = self.client.referral_pipeline(call).await?.stages;
        stages.sort_by_key(|stage| (stage.sort_order.is_none(), stage.sort_order));
        Ok(stages.into_iter().filter_map(map::stage).collect())
    }

    fn check_write(&self, write: &Write) -> Vec<Problem> {
        check::problems(write)
    }

    fn twin_of(&self, write: &Write) -> Option<String> {
        write::twin_of(write)
    }

    async fn write(&self, call: &Call, write: &Write, sent: &Sent) -> Result<Written> {
        write::write(self, call, write, sent).await
    }

    async fn settle(&self, call: &Call, write: &Write, sent: &Sent) -> Result<Settled> {
        write::settle(self, call, write, sent).await
    }

    async fn check(&self, call: &Call) -> Result<String> {
        let answer = self.client.referral_opps(call, 1, 0).await?;
        taken_out::<wire::List>(answer.json()?, &answer)?;
        Ok("the API key is accepted, and referral opportunities can be read".to_owned())
    }
}

#[cfg(test)]
mod tests;
