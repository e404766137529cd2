//! Looking for what a write made that was not answered: in the lists, newest first, back to when it began.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::lists::{List, Read};
use super::{Adapter, paging};
use crate::model::{Connection, DateTime, Referral, Vendor};
use crate::vendor::write::{Effect, Sent, Settled};
use crate::vendor::{Call, Result};

/// How far Plannr's clock may be behind ours. Its times are in whole seconds besides.
const MARGIN: SignedDuration = SignedDuration::from_secs(10);

/// A record that a write can make.
pub(super) trait Made: Send {
    /// Plannr's id of it.
    fn uuid(&self) -> &str;
    /// When it was made.
    fn created_at(&self) -> Option<DateTime>;
    /// What its write left behind.
    fn effect(self) -> Box<Effect>;
}

impl Made for Referral {
    fn uuid(&self) -> &str {
        &self.remote_id
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
    pub(super) async fn trace<T: Made>(
        &self,
        call: &Call,
        list: List,
        sent: &Sent,
        read: Read<T>,
        could_be_it: impl Fn(&T) -> bool + Send,
    ) -> Result<Settled> {
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
            let rows = self.list(call, list, &query, number).await?;
            page = paging::next(&rows, number, |link| self.client.is_own(link));
            let mut is_past = false;
            for row in rows.data {
                let record = match read(row) {
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
                } else if !sent.claimed.contains(record.uuid()) && could_be_it(&record) {
                    found.insert(record.uuid().to_owned(), record);
                }
            }
            if is_past {
                break;
            }
        }
        // One that tells no time may be of any.
        let is_dated = found.values().all(|record| record.created_at().is_some());
        match (found.len(), found.pop_first()) {
            (1, Some((_, record))) if is_dated => Ok(Settled::Applied(record.effect())),
            // A record that nobody can read may be it: sent again, it might be there twice.
            (0, _) if !is_unclear => Ok(Settled::Absent {
                may_be_sent_again: true,
            }),
            _ => Ok(Settled::Ambiguous),
        }
    }
}
