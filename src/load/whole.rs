//! A vendor's whole list, for vendors that serve no order: the first page, then the rest at once where its places are
//! known.

use std::sync::{Arc, OnceLock};

use futures_util::stream::{self, StreamExt as _};

use super::listed::{Ids, Listed, compare_rows, weight_of_rows};
use super::record::{Kind, Record};
use crate::model::{Order, OrderDirection, OrderField};
use crate::vendor::{Adapter, Call, Error, Native, Next, Page, Unreadable};

/// How many pages of one list are under way at once. The vendor's own cap bounds the calls further, to half as many by default:
/// while some pages are read, others are called for.
const PARALLEL: usize = 32;

/// So many pages in a row that bring nothing new are an end: some list would else be read for ever. More than one,
/// since rows that move on while they are read may fill a short page by themselves.
const BARREN: usize = 3;

/// A list is read in no more calls than pages of this many rows would take: a vendor that gives one row at a time would
/// else be called once for each of ten thousand.
const FEWEST_ROWS: usize = 20;

/// So many calls are allowed however few rows are read at most.
const FEWEST_CALLS: usize = 100;

/// A vendor's whole list, as it was read.
pub struct Snapshot<T> {
    /// Every row once, in the vendor's order.
    pub rows: Vec<Arc<T>>,
    /// How many rows could not be read.
    pub unreadable: usize,
    /// The first of them.
    pub first_unreadable: Option<Unreadable>,
    /// Whether there were more rows than are ever read.
    pub cut: bool,
    /// Whether rows were lost each time that it was read: some that are still there may be missing.
    pub unsettled: bool,
    /// The rows in each order that was asked for, made once.
    sorted: [OnceLock<Box<[u32]>>; 4],
}

impl<T: Listed> Record for Snapshot<T> {
    const KIND: Kind = T::SNAPSHOT;

    fn weight(&self) -> usize {
        let indices = self.rows.len() * self.sorted.len() * size_of::<u32>();
        weight_of_rows(&self.rows) + indices + size_of::<Self>()
    }
}

impl<T: Listed> Snapshot<T> {
    /// The rows' indices in this order.
    pub(super) fn in_order(&self, order: Order) -> &[u32] {
        let slot = match (order.field, order.direction) {
            (OrderField::CreatedAt, OrderDirection::Asc) => 0,
            (OrderField::CreatedAt, OrderDirection::Desc) => 1,
            (OrderField::UpdatedAt, OrderDirection::Asc) => 2,
            (OrderField::UpdatedAt, OrderDirection::Desc) => 3,
        };
        self.sorted[slot].get_or_init(|| {
            let mut indices: Vec<u32> =
                (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).collect();
            let row = |index: &u32| &*self.rows[*index as usize];
            indices.sort_by(|a, b| compare_rows(row(a), row(b), order));
            indices.into()
        })
    }
}

/// How often a list is read again because it lost rows meanwhile: one that always does would else be read for ever.
const AGAIN: usize = 3;

/// Reads a whole list, and tells of the rows of each page as it comes. One that lost rows while it was read is read again: what
/// stood behind them moved up, past where the reading was.
pub(super) async fn read_all<T: Listed>(
    adapter: &dyn Adapter,
    call: &Call,
    native: &Native,
    max_scan: usize,
    tell: impl Fn(&[Arc<T>]),
) -> Result<Snapshot<T>, Error> {
    let (mut snapshot, mut has_shrunk) = read_once(adapter, call, native, max_scan, &tell).await?;
    for _ in 0..AGAIN {
        if !has_shrunk || snapshot.cut {
            break;
        }
        (snapshot, has_shrunk) = read_once(adapter, call, native, max_scan, &tell).await?;
    }
    snapshot.unsettled = has_shrunk;
    Ok(snapshot)
}

async fn read_once<T: Listed>(
    adapter: &dyn Adapter,
    call: &Call,
    native: &Native,
    max_scan: usize,
    tell: &impl Fn(&[Arc<T>]),
) -> Result<(Snapshot<T>, bool), Error> {
    let mut gathered = Gathered::default();
    let first = T::page(adapter, call, native, None).await?;
    let page_size = (first.rows.len() + first.unreadable.len()).max(1);
    tell(&first.rows);
    let mut next = gathered.add(first);
    let (mut cut, mut barren) = (false, 0);
    let mut calls = max_scan.div_ceil(FEWEST_ROWS).max(FEWEST_CALLS) - 1;
    loop {
        let room = max_scan
            .saturating_sub(gathered.count())
            .div_ceil(page_size)
            .min(calls);
        let mut positions = match next {
            Next::End => break,
            Next::Then(position) => vec![position],
            Next::All(positions) => positions,
        };
        cut |= positions.len() > room;
        positions.truncate(room);
        if positions.is_empty() {
            break;
        }
        calls -= positions.len();
        let mut pages = stream::iter(positions)
            .map(async |position| T::page(adapter, call, native, Some(&position)).await)
            .buffered(PARALLEL);
        next = Next::End;
        let before = gathered.rows.len();
        while let Some(page) = pages.next().await {
            // Of pages known beforehand only the last one leads on: to rows that came meanwhile.
            let page = page?;
            tell(&page.rows);
            next = gathered.add(page);
        }
        barren = if gathered.rows.len() == before {
            barren + 1
        } else {
            0
        };
        if barren == BARREN {
            cut |= next != Next::End;
            break;
        }
    }
    if gathered.count() > max_scan {
        gathered.rows.truncate(max_scan);
        cut = true;
    }
    // It stays as it is, and grew by doubling.
    gathered.rows.shrink_to_fit();
    let snapshot = Snapshot {
        rows: gathered.rows,
        unreadable: gathered.unreadable,
        first_unreadable: gathered.first_unreadable,
        cut,
        unsettled: false,
        sorted: Default::default(),
    };
    Ok((snapshot, gathered.has_shrunk))
}

/// Rows put together from pages; a row that moved to another page meanwhile is kept once.
struct Gathered<T> {
    rows: Vec<Arc<T>>,
    seen: Ids,
    unreadable: usize,
    first_unreadable: Option<Unreadable>,
    total: Option<u64>,
    has_shrunk: bool,
}

impl<T> Default for Gathered<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            seen: Ids::default(),
            unreadable: 0,
            first_unreadable: None,
            total: None,
            has_shrunk: false,
        }
    }
}

impl<T: Listed> Gathered<T> {
    fn add(&mut self, page: Page<T>) -> Next {
        self.unreadable += page.unreadable.len();
        if self.first_unreadable.is_none() {
            self.first_unreadable = page.unreadable.into_iter().next();
        }
        let first = page.rows.first().map(|row| row.remote_id());
        self.has_shrunk |= page.repeats && first.is_some_and(|first| !self.seen.contains(first));
        self.seen.reserve(page.rows.len());
        for row in page.rows {
            if self.seen.insert(row.remote_id().clone()) {
                self.rows.push(row);
            }
        }
        if let (Some(before), Some(now)) = (self.total, page.total) {
            self.has_shrunk |= now < before;
        }
        self.total = page.total.or(self.total);
        page.next
    }

    fn count(&self) -> usize {
        self.rows.len() + self.unreadable
    }
}
