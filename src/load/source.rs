//! One vendor's part of a merged list: its rows in the list's order, read page by page where the vendor serves that
//! order, and from a snapshot of the whole where it does not.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, OnceLock};

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;

use super::list::{Listed, Rank};
use super::record::{Kind, Record};
use super::{Key, Loaded, Registry};
use crate::model::{Order, OrderDirection, OrderField, Vendor};
use crate::vendor::{Adapter, Call, Error, Native, Next, Page, Position, error};

/// How many pages of one list are read at once; the vendor's own cap bounds them further.
const PARALLEL: usize = 16;

/// A vendor's whole list, as it was read.
pub struct Snapshot<T> {
    /// Every row once, in the vendor's order.
    pub rows: Vec<Arc<T>>,
    /// How many rows could not be read.
    pub unreadable: usize,
    /// Whether there were more rows than are ever read.
    pub cut: bool,
    /// The rows in each order that was asked for, made once.
    sorted: [OnceLock<Box<[u32]>>; 4],
}

impl<T: Listed> Record for Snapshot<T> {
    const KIND: Kind = T::SNAPSHOT;

    fn weight(&self) -> usize {
        self.rows.iter().map(|row| row.weight() + 40).sum::<usize>() + size_of::<Self>()
    }
}

/// What was noticed while reading a vendor's part.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The oldest reading that the rows come from.
    pub fetched_at: Option<Timestamp>,
    /// How many rows could not be read.
    pub unreadable: usize,
    /// Where the first of them failed: a JSON path and what was wrong there.
    pub first_problem: Option<String>,
    /// Whether there were more rows than are ever read.
    pub cut: bool,
    /// The call that failed, after which nothing more came.
    pub error: Option<Error>,
}

/// A vendor's rows, one after the other in the list's order, after the cursor and through the filter.
pub struct Source<T: Listed> {
    reader: Reader<T>,
    order: Order,
    filter: T::Filter,
    after: Option<Rank>,
    ready: VecDeque<Loaded<T>>,
    /// What was noticed so far.
    pub findings: Findings,
    /// How many rows of the whole list pass the filter, as far as that is known without reading on.
    pub total: Option<u64>,
}

/// The vendor did not keep to the order that it was asked for: its list must be read whole.
#[derive(Debug)]
pub struct Disordered(pub Vendor);

enum Reader<T> {
    Whole { native: Native, done: bool },
    Paged(Paged<T>),
}

struct Paged<T> {
    native: Native,
    at: Option<Position>,
    ended: bool,
    /// Whether the first page may lie beyond the cursor, so that it must be looked at before it is trusted.
    resumed: bool,
    /// Rows of one time, waiting for the end of that time: a vendor may break ties in any way.
    tied: Vec<Loaded<T>>,
    tied_time: Option<Timestamp>,
    /// Rows without the time; they come last.
    untimed: Vec<Loaded<T>>,
    /// Where a later reading may start.
    started_at: Option<Position>,
    last_page: Option<Position>,
    scanned: usize,
}

impl<T: Listed> Source<T> {
    /// A source that reads page by page, starting at the hint if it proves right.
    pub fn paged(
        native: Native,
        order: Order,
        filter: T::Filter,
        after: Option<Rank>,
        hint: Option<Position>,
    ) -> Self {
        let resumed = hint.is_some();
        let paged = Paged {
            native,
            at: hint,
            ended: false,
            resumed,
            tied: Vec::new(),
            tied_time: None,
            untimed: Vec::new(),
            started_at: None,
            last_page: None,
            scanned: 0,
        };
        Self::new(Reader::Paged(paged), order, filter, after)
    }

    /// A source that reads the whole list first.
    pub fn whole(native: Native, order: Order, filter: T::Filter, after: Option<Rank>) -> Self {
        Self::new(
            Reader::Whole {
                native,
                done: false,
            },
            order,
            filter,
            after,
        )
    }

    fn new(reader: Reader<T>, order: Order, filter: T::Filter, after: Option<Rank>) -> Self {
        Self {
            reader,
            order,
            filter,
            after,
            ready: VecDeque::new(),
            findings: Findings::default(),
            total: None,
        }
    }

    /// Where a later reading may start: for a cursor before the rows read here, and for one at their end.
    pub fn hints(&self) -> (Option<Position>, Option<Position>) {
        match &self.reader {
            Reader::Paged(paged) if paged.untimed.is_empty() => {
                (paged.started_at.clone(), paged.last_page.clone())
            }
            Reader::Paged(_) | Reader::Whole { .. } => (None, None),
        }
    }

    /// The next row, without taking it. Reads on as far as needed. A failed call ends the source.
    pub async fn peek(&mut self, from: &From<'_>) -> Result<Option<&Loaded<T>>, Disordered> {
        while self.ready.is_empty() {
            let read = match &mut self.reader {
                Reader::Whole { done: true, .. } => return Ok(None),
                Reader::Whole { done, native } => {
                    *done = true;
                    let native = native.clone();
                    self.read_whole(from, &native).await
                }
                Reader::Paged(paged) if paged.ended => return Ok(None),
                Reader::Paged(_) => self.read_page(from).await?,
            };
            if let Err(error) = read {
                self.findings.error = Some(error);
                self.end();
            }
        }
        Ok(self.ready.front())
    }

    /// Takes the row that `peek` showed.
    pub fn take(&mut self) -> Option<Loaded<T>> {
        self.ready.pop_front()
    }

    async fn read_whole(&mut self, from: &From<'_>, native: &Native) -> Result<(), Error> {
        let Some(loaded) = from.snapshot::<T>(native).await? else {
            return Ok(());
        };
        let snapshot = &loaded.value;
        self.findings.fetched_at = Some(loaded.fetched_at);
        self.findings.unreadable = snapshot.unreadable;
        self.findings.cut = snapshot.cut;
        let mut total = 0;
        for index in snapshot.in_order(self.order) {
            let row = &snapshot.rows[*index as usize];
            if !row.passes(&self.filter) {
                continue;
            }
            total += 1;
            if self.is_after_cursor(row) {
                self.ready.push_back(Loaded {
                    value: row.clone(),
                    fetched_at: loaded.fetched_at,
                    stale: loaded.stale,
                });
            }
        }
        self.total = (!snapshot.cut && snapshot.unreadable == 0).then_some(total);
        Ok(())
    }

    async fn read_page(&mut self, from: &From<'_>) -> Result<Result<(), Error>, Disordered> {
        let Reader::Paged(paged) = &mut self.reader else {
            return Ok(Ok(()));
        };
        let at = paged.at.clone();
        let loaded = match from.page::<T>(&paged.native, at.as_ref()).await {
            Ok(Some(loaded)) => loaded,
            Ok(None) => {
                self.end();
                return Ok(Ok(()));
            }
            Err(error) => return Ok(Err(error)),
        };
        let page = &loaded.value;
        if std::mem::take(&mut paged.resumed)
            && !begins_before(&page.rows, self.order, self.after.as_ref())
        {
            paged.at = None;
            return Ok(Ok(()));
        }
        if at.is_none() {
            self.total = page.total.filter(|_| paged.native.exact);
        }
        if paged.started_at.is_none() {
            paged.started_at.clone_from(&page.here);
        }
        paged.last_page.clone_from(&page.here);
        paged.scanned += page.rows.len() + page.unreadable.len();
        self.findings.note_page(&loaded);

        let mut out = Vec::new();
        let mut beyond = false;
        for row in &page.rows {
            let row = Loaded {
                value: row.clone(),
                fetched_at: loaded.fetched_at,
                stale: loaded.stale,
            };
            let Some(time) = row.value.time(self.order.field) else {
                paged.untimed.push(row);
                continue;
            };
            match paged.tied_time {
                Some(tied) if time == tied => {}
                Some(tied) if precedes(time, tied, self.order) => {
                    return Err(Disordered(row.value.vendor()));
                }
                _ => {
                    out.append(&mut paged.tied);
                    paged.tied_time = Some(time);
                }
            }
            if T::lies_beyond(&self.filter, self.order, time) {
                beyond = true;
                break;
            }
            paged.tied.push(row);
        }
        let next = match page.next.clone() {
            Next::End => None,
            Next::Then(position) => Some(position),
            Next::All(positions) => positions.into_iter().next(),
        };
        let exhausted = beyond || next.is_none();
        let scanned_enough = !exhausted && paged.scanned >= from.registry.max_scan;
        paged.at = next;
        self.accept(out);
        if scanned_enough {
            self.findings.cut = true;
        }
        if exhausted || scanned_enough {
            self.end();
        }
        Ok(Ok(()))
    }

    /// Gives out the rows that were held back, and reads no more.
    fn end(&mut self) {
        if let Reader::Paged(paged) = &mut self.reader {
            paged.ended = true;
            let mut rest = std::mem::take(&mut paged.tied);
            rest.extend(paged.untimed.iter().cloned());
            self.accept(rest);
        }
    }

    fn accept(&mut self, mut rows: Vec<Loaded<T>>) {
        rows.retain(|row| row.value.passes(&self.filter) && self.is_after_cursor(&row.value));
        rows.sort_by(|a, b| {
            Rank::of(&*a.value, self.order.field)
                .compare(&Rank::of(&*b.value, self.order.field), self.order.direction)
        });
        self.ready.extend(rows);
    }

    fn is_after_cursor(&self, row: &T) -> bool {
        let Some(after) = &self.after else {
            return true;
        };
        Rank::of(row, self.order.field)
            .compare(after, self.order.direction)
            .is_gt()
    }
}

impl Findings {
    pub(super) fn note_page<T>(&mut self, loaded: &Loaded<Page<T>>) {
        let oldest = self
            .fetched_at
            .map_or(loaded.fetched_at, |known| known.min(loaded.fetched_at));
        self.fetched_at = Some(oldest);
        self.unreadable += loaded.value.unreadable.len();
        if self.first_problem.is_none() {
            let first = loaded.value.unreadable.first();
            self.first_problem =
                first.map(|unreadable| format!("{} at {}", unreadable.problem, unreadable.path));
        }
    }
}

impl<T: Listed> Snapshot<T> {
    /// The rows' indices in this order.
    fn in_order(&self, order: Order) -> &[u32] {
        let slot = match (order.field, order.direction) {
            (OrderField::CreatedAt, OrderDirection::Asc) => 0,
            (OrderField::CreatedAt, OrderDirection::Desc) => 1,
            (OrderField::UpdatedAt, OrderDirection::Asc) => 2,
            (OrderField::UpdatedAt, OrderDirection::Desc) => 3,
        };
        self.sorted[slot].get_or_init(|| {
            let mut indices: Vec<u32> =
                (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX)).collect();
            let rank = |index: &u32| Rank::of(&*self.rows[*index as usize], order.field);
            indices.sort_by(|a, b| rank(a).compare(&rank(b), order.direction));
            indices.into()
        })
    }
}

/// Where a list's rows come from.
pub struct From<'a> {
    /// The workspace's vendors and cache.
    pub registry: &'a Registry,
    /// The vendor asked.
    pub adapter: &'a Arc<dyn Adapter>,
    /// For which request.
    pub call: &'a Call,
}

impl From<'_> {
    async fn page<T: Listed>(
        &self,
        native: &Native,
        at: Option<&Position>,
    ) -> super::Outcome<Page<T>> {
        let (adapter, call) = (self.adapter.clone(), self.registry.detached(self.call));
        let (native, at) = (native.clone(), at.cloned());
        let prime = self.primer();
        let key = self.key(Page::<T>::KIND, &native, at.as_ref());
        let flights = self.registry.cache.flights();
        let fetch = || async move {
            let page = T::page(&*adapter, &call, &native, at.as_ref()).await?;
            prime.rows(&page.rows);
            Ok(Some(Arc::new(page)))
        };
        flights
            .load_one(&self.registry.cache, key, self.call.deadline, fetch)
            .await
    }

    async fn snapshot<T: Listed>(&self, native: &Native) -> super::Outcome<Snapshot<T>> {
        let (adapter, call) = (self.adapter.clone(), self.registry.detached(self.call));
        let native = native.clone();
        let max_scan = self.registry.max_scan;
        let prime = self.primer();
        let key = self.key(Snapshot::<T>::KIND, &native, None);
        let flights = self.registry.cache.flights();
        let fetch = || async move {
            let snapshot = read_all::<T>(&*adapter, &call, &native, max_scan).await?;
            prime.rows(&snapshot.rows);
            Ok(Some(Arc::new(snapshot)))
        };
        flights
            .load_one(&self.registry.cache, key, self.call.deadline, fetch)
            .await
    }

    fn key(&self, kind: Kind, native: &Native, at: Option<&Position>) -> Key {
        let query: Vec<String> = native
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let at = at.map(|at| &*at.0).unwrap_or_default();
        self.registry
            .scope(&**self.adapter)
            .key(kind, format!("{}\n{at}", query.join("\n")).into())
    }

    fn primer(&self) -> Primer {
        Primer {
            cache: self.registry.cache.clone(),
            scope: self.registry.scope(&**self.adapter),
        }
    }
}

/// Makes the rows of a list known as records.
struct Primer {
    cache: Arc<super::Cache>,
    scope: super::Scope,
}

impl Primer {
    fn rows<T: Listed>(&self, rows: &[Arc<T>]) {
        for row in rows.iter().filter(|row| row.is_complete()) {
            self.cache.put(
                self.scope.key(T::KIND, row.remote_id().into()),
                Some(row.clone()),
            );
        }
    }
}

/// Reads a whole list: the first page, then the rest at once where its places are known.
async fn read_all<T: Listed>(
    adapter: &dyn Adapter,
    call: &Call,
    native: &Native,
    max_scan: usize,
) -> Result<Snapshot<T>, Error> {
    let mut gathered = Gathered {
        rows: Vec::new(),
        seen: HashSet::new(),
        unreadable: 0,
    };
    let first = T::page(adapter, call, native, None).await?;
    let page_size = (first.rows.len() + first.unreadable.len()).max(1);
    let mut next = gathered.add(first);
    let mut cut = false;
    loop {
        let room = max_scan
            .saturating_sub(gathered.count())
            .div_ceil(page_size);
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
        let known_beforehand = positions.len() > 1;
        let mut pages = stream::iter(positions)
            .map(async |position| T::page(adapter, call, native, Some(&position)).await)
            .buffered(PARALLEL);
        next = Next::End;
        let before = gathered.count();
        while let Some(page) = pages.next().await {
            next = gathered.add(page?);
        }
        let nothing_new = gathered.count() == before;
        if nothing_new || known_beforehand {
            // Places known beforehand lead to the end; a list that brings nothing new would be read for ever.
            break;
        }
    }
    if gathered.count() > max_scan {
        gathered.rows.truncate(max_scan);
        cut = true;
    }
    Ok(Snapshot {
        rows: gathered.rows,
        unreadable: gathered.unreadable,
        cut,
        sorted: Default::default(),
    })
}

/// Rows put together from pages; a row that moved to another page meanwhile is kept once.
struct Gathered<T> {
    rows: Vec<Arc<T>>,
    seen: HashSet<String>,
    unreadable: usize,
}

impl<T: Listed> Gathered<T> {
    fn add(&mut self, page: Page<T>) -> Next {
        self.unreadable += page.unreadable.len();
        for row in page.rows {
            if self.seen.insert(row.remote_id().to_owned()) {
                self.rows.push(row);
            }
        }
        page.next
    }

    fn count(&self) -> usize {
        self.rows.len() + self.unreadable
    }
}

/// Whether a page found by a hint begins strictly before the cursor, so that no unseen row can lie ahead of it.
fn begins_before<T: Listed>(rows: &[Arc<T>], order: Order, after: Option<&Rank>) -> bool {
    let (Some(first), Some(after)) = (rows.first(), after) else {
        return false;
    };
    let (Some(first), Some(after)) = (first.time(order.field), after.time) else {
        return false;
    };
    precedes(first, after, order)
}

fn precedes(one: Timestamp, other: Timestamp, order: Order) -> bool {
    match order.direction {
        OrderDirection::Asc => one < other,
        OrderDirection::Desc => one > other,
    }
}

/// Says that a vendor which is asked page by page does not keep the order.
pub fn disordered(vendor: Vendor) -> Error {
    Error::new(
        vendor,
        "list",
        error::Kind::InvalidResponse,
        "the list is not in the order asked for",
    )
}
