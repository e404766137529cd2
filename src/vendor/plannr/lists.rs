//! Reading Plannr's two lists, and single records.

use std::collections::BTreeSet;

use super::{Adapter, paging, wire};
use crate::model::Vendor;
use crate::model::id::addresses_a_record;
use crate::vendor::wire::{Listing, Outcome, Row, Unread, read_row, sorted_out};
use crate::vendor::{Call, Error, Found, Native, Next, Page, Position, Result};

/// Reads a record of Plannr's.
pub(super) type Read<T> = fn(Unread<'_>) -> Option<Outcome<T>>;

/// The two lists, which are read alike.
#[derive(Clone, Copy)]
pub(super) enum List {
    Referrals,
    Connections,
}

impl Adapter {
    pub(super) async fn list<T>(
        &self,
        call: &Call,
        list: List,
        query: &[(&'static str, String)],
        page: u64,
        read: Read<T>,
    ) -> Result<Listing<wire::List, T>>
    where
        T: Send + Sync + 'static,
    {
        let answer = match list {
            List::Referrals => self.client.referrals(call, query, page).await?,
            List::Connections => self.client.connections(call, query, page).await?,
        };
        answer.list(read).await
    }

    pub(super) async fn page<T>(
        &self,
        call: &Call,
        list: List,
        native: &Native,
        position: Option<&Position>,
        read: Read<T>,
    ) -> Result<Page<T>>
    where
        T: Send + Sync + 'static,
    {
        let number = paging::number(position, list.operation())?;
        let query = &native.query;
        let listing = self.list(call, list, query, number, read).await?;
        let (list, count) = (&listing.list, listing.count());
        let is_own = |link: &str| self.client.is_own(link);
        let next = paging::next(list, count, number, is_own);
        let is_all = number == 1 && next.is_none();
        let told = list.meta.total.and_then(|total| total.try_into().ok());
        let (rows, unreadable) = sorted_out(listing.rows);
        Ok(Page {
            rows,
            unreadable,
            next: next.map_or(Next::End, |next| Next::Then(paging::position(next))),
            here: Some(paging::position(number)),
            total: told.or(is_all.then_some(count)),
            repeats: false,
        })
    }

    /// Plannr may give fewer rows at once than asked for, so further pages are read until every record was found.
    pub(super) async fn by_id<T>(
        &self,
        call: &Call,
        list: List,
        ids: &[&str],
        read: Read<T>,
        id_of: fn(&T) -> &str,
    ) -> Result<Found<T>>
    where
        T: Send + Sync + 'static,
    {
        // A comma would make two ids of one. Neither of these can be a uuid, and so none of them is there.
        let could_be_there = |id: &&str| addresses_a_record(id) && !id.contains(',');
        let mut missing = BTreeSet::new();
        let asked = ids.iter().copied().filter(could_be_there);
        let asked: Vec<&str> = asked.filter(|id| missing.insert(*id)).collect();
        let query = [("filter[uuid]", asked.join(","))];
        let mut records = Vec::with_capacity(asked.len());
        let mut unreadable = 0;
        let mut page = (!asked.is_empty()).then_some(1);
        // As many pages as ids are enough, and a list that the filter did not narrow is not walked to its end.
        for _ in 0..asked.len() {
            let Some(number) = page else { break };
            let listing = self.list(call, list, &query, number, read).await?;
            let is_own = |link: &str| self.client.is_own(link);
            page = paging::next(&listing.list, listing.count(), number, is_own);
            for row in listing.rows {
                match row {
                    Ok(record) if missing.remove(id_of(&record)) => records.push(record),
                    Ok(_) => {}
                    Err(problem) => {
                        unreadable += 1;
                        problem.warn(Vendor::Plannr, list.operation());
                    }
                }
            }
            if missing.is_empty() {
                break;
            }
        }
        Ok(Found {
            records,
            unreadable,
        })
    }
}

impl List {
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::Referrals => "list_referrals",
            Self::Connections => "list_connections",
        }
    }
}

pub(super) fn read_one<T>(
    operation: &'static str,
    row: Option<Row>,
    read: Read<T>,
) -> Result<Option<T>> {
    let record = row.map(|row| read_row(&row, read)).transpose();
    record.map_err(|unreadable| Error::unreadable(Vendor::Plannr, operation, &unreadable))
}
