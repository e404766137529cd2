//! Looking for what a write made that was not answered: in the lists, newest first, back to when it began.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::content::uuid;
use super::lists::{List, Read};
use super::{Adapter, paging, wire};
use crate::model::{Connection, DateTime, Json, Referral, Vendor};
use crate::vendor::paging::read_again;
use crate::vendor::write::{Effect, Sent, Settled};
use crate::vendor::{Call, Result};

/// How far Plannr's clock may be behind ours. Its times are in whole seconds besides.
const MARGIN: SignedDuration = SignedDuration::from_secs(10);

/// How a record is like what a write was to make.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The write could have made it, and it is as that would be.
    Same,
    /// The write could have made it, but it is not as it was sent.
    Doubtful,
    /// It was made by something else.
    Another,
}

/// Who made a record.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Origin<'a> {
    #[serde(default)]
    sender_account: Option<wire::Account<'a>>,
}

/// A record that a write can make.
pub(super) trait Made: Clone + Send + Sync {
    /// Plannr's id of it.
    fn uuid(&self) -> &str;
    /// It as it came.
    fn raw(&self) -> &Json;
    /// When it was made.
    fn created_at(&self) -> Option<DateTime>;
    /// What its write left behind.
    fn effect(self) -> Box<Effect>;
}

impl Made for Referral {
    fn uuid(&self) -> &str {
        &self.remote_id
    }

    fn raw(&self) -> &Json {
        &self.raw
    }

    fn created_at(&self) -> Option<DateTime> {
        self.created_at
    }

    fn effect(self) -> Box<Effect> {
        Effect::referral(self)
    }
}

impl Made for Connection {
    fn uuid(&self) -> &str {
        &self.remote_id
    }

    fn raw(&self) -> &Json {
        &self.raw
    }

    fn created_at(&self) -> Option<DateTime> {
        self.created_at
    }

    fn effect(self) -> Box<Effect> {
        Box::new(Effect {
            connection: Some(self.into()),
            ..Effect::default()
        })
    }
}

impl Adapter {
    /// Settles a write by what the list has that it may have made.
    pub(super) async fn trace<T>(
        &self,
        call: &Call,
        list: List,
        sent: &Sent,
        read: Read<T>,
        likeness: impl Fn(&T) -> Likeness + Send,
    ) -> Result<Settled>
    where
        T: Made + 'static,
    {
        let begin = sent.since.checked_sub(MARGIN).unwrap_or(Timestamp::MIN);
        let query = [
            ("sort", "-created_at".to_owned()),
            ("filter[direction]", "sent".to_owned()),
        ];
        // By their ids: what is created meanwhile moves rows to the next page, where they are read again.
        let mut found = BTreeMap::new();
        let mut is_unclear = false;
        let mut page = Some(1);
        while let Some(number) = page {
            let listing = self.list(call, list, &query, number, read).await?;
            let count = listing.count();
            let is_own = |link: &str| self.client.is_own(link);
            page = paging::next(&listing.list, count, number, is_own);
            let is_cut_off = page.is_none() && paging::has_more(&listing.list, count, number);
            let mut is_past = false;
            for row in listing.rows {
                let record = match row {
                    Ok(record) => record,
                    Err(unreadable) => {
                        unreadable.warn(Vendor::Plannr, list.operation());
                        is_unclear |= !is_past;
                        continue;
                    }
                };
                let created = record.created_at();
                if created.is_some_and(|at| at.0 < begin) {
                    is_past = true;
                } else if !sent.claimed.contains(record.uuid()) && self.may_have_sent(&*record) {
                    match likeness(&record) {
                        Likeness::Same => {
                            found.insert(record.uuid().to_owned(), record);
                        }
                        Likeness::Doubtful => is_unclear = true,
                        Likeness::Another => {}
                    }
                }
            }
            if is_past {
                break;
            }
            is_unclear |= is_cut_off;
        }
        // One that tells no time may be of any.
        let is_dated = found.values().all(|record| record.created_at().is_some());
        match (found.len(), found.pop_first()) {
            (1, Some((_, record))) if is_dated => {
                Ok(Settled::Applied(Arc::unwrap_or_clone(record).effect()))
            }
            // A record that nobody can read, or one that Plannr keeps in another form, may be it: sent again, it might be
            // there twice.
            (0, _) if !is_unclear => Ok(Settled::Absent {
                may_be_sent_again: true,
            }),
            _ => Ok(Settled::Ambiguous),
        }
    }

    /// Whether it may be of the account that the gateway acts as: its firm may have others.
    fn may_have_sent(&self, record: &impl Made) -> bool {
        let origin: Origin<'_> = read_again(record.raw());
        let sender = origin.sender_account.as_ref();
        let sender = sender.and_then(|account| account.uuid.text());
        sender.is_none_or(|sender| uuid(sender.trim()) == uuid(self.client.account()))
    }
}
