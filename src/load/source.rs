//! One vendor's part of a merged list: its rows in the list's order, read page by page where the vendor serves that
//! order, and from a snapshot of the whole where it does not.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};
use jiff::{SignedDuration, Timestamp};

use super::from::From;
use super::listed::{Ids, Listed, Rank, compare_rows};
use super::whole::Snapshot;
use super::{Failure, Loaded};
use crate::model::{Order, OrderDirection, Vendor};
use crate::vendor::{Error, Native, Next, Page, Position, Unreadable, error};

/// How many rows of one list are read singly at once; the vendor's own cap bounds them further.
const PARALLEL: usize = 16;

/// How many rows of one list are read singly at most, to learn what a filter asks for and the list leaves out.
pub const MAX_LOOK_UPS: usize = 300;

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
    /// That some of what was read could not be read anew.
    pub failure: Option<Arc<Failure>>,
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

/// What was read does not fit together.
#[derive(Debug)]
pub enum Unfit {
    /// The vendor's list cannot be read page by page: it did not keep to the order that it was asked for, or lost rows
    /// between two pages, and what stood behind them moved up, past where the reading was. It must be read whole.
    Disordered(Vendor),
    /// A page that was kept was followed by one that was read much later: what moved from this to that meanwhile would
    /// be on neither. Its pages must be read anew.
    Apart(Vendor),
}

/// Pages read so soon after one another are taken to tell of the same list.
const TOGETHER: SignedDuration = SignedDuration::from_secs(2);

enum Reader<T> {
    Whole {
        native: Native,
        /// How many rows are ever taken; `None` when all are counted.
        enough: Option<usize>,
        done: bool,
    },
    Paged(Box<Paged<T>>),
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
    /// What stood on earlier pages: a row that moves from page to page meanwhile is given once.
    seen: Ids,
    /// The page read last, whose rows count as seen once another is read. Most lists end with their first.
    last: Option<Arc<Page<T>>>,
    /// When the last page was read. None behind it may be older.
    read_at: Option<Timestamp>,
    /// Whether its pages are read anew in any case, and however long that takes.
    is_anew: bool,
    /// How many rows the list had when the last page was read, if the vendor said so.
    total: Option<u64>,
    /// The places of the pages read, the first one's aside, each with the time of its first row.
    begins: Vec<(Position, Timestamp)>,
    scanned: usize,
}

/// Where reading a vendor's list may go on from a row.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    begins: Vec<(Position, Timestamp)>,
}

impl<T: Listed> Source<T> {
    /// A source that reads page by page, starting at the hint if it proves right. No page may have been read before
    /// `not_before`.
    pub fn paged(
        native: Native,
        order: Order,
        filter: T::Filter,
        after: Option<Rank>,
        hint: Option<Position>,
        not_before: Option<Timestamp>,
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
            seen: Ids::default(),
            last: None,
            read_at: not_before,
            is_anew: not_before.is_some(),
            total: None,
            begins: Vec::new(),
            scanned: 0,
        };
        Self::new(Reader::Paged(Box::new(paged)), order, filter, after)
    }

    /// A source that reads the whole list first.
    pub fn whole(
        native: Native,
        order: Order,
        filter: T::Filter,
        after: Option<Rank>,
        enough: Option<usize>,
    ) -> Self {
        Self::new(
            Reader::Whole {
                native,
                enough,
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

    /// Where later readings may start. Rows without the time may lie anywhere, so with them the whole is read again.
    pub fn hints(&mut self) -> Hints {
        let begins = match &mut self.reader {
            Reader::Paged(paged) if paged.untimed.is_empty() => std::mem::take(&mut paged.begins),
            Reader::Paged(_) | Reader::Whole { .. } => Vec::new(),
        };
        Hints { begins }
    }

    /// The next row, without taking it. Reads on as far as needed. A failed call ends the source.
    pub async fn peek(&mut self, from: &From<'_>) -> Result<Option<&Loaded<T>>, Unfit> {
        while self.ready.is_empty() {
            let read = match &mut self.reader {
                Reader::Whole { done: true, .. } => return Ok(None),
                Reader::Whole {
                    done,
                    native,
                    enough,
                } => {
                    *done = true;
                    let (native, enough) = (native.clone(), *enough);
                    self.read_whole(from, &native, enough).await
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

    async fn read_whole(
        &mut self,
        from: &From<'_>,
        native: &Native,
        enough: Option<usize>,
    ) -> Result<(), Error> {
        let Some(loaded) = from.snapshot::<T>(native).await? else {
            return Ok(());
        };
        let snapshot = &loaded.value;
        self.findings.fetched_at = Some(loaded.fetched_at);
        self.findings.failure.clone_from(&loaded.failure);
        self.findings.unreadable = snapshot.unreadable;
        self.findings.first_problem = snapshot.first_unreadable.as_ref().map(problem);
        self.findings.cut = snapshot.cut;
        if snapshot.unsettled {
            let detail = "its list lost rows each time that it was read";
            let (vendor, kind) = (from.adapter.vendor(), error::Kind::InvalidResponse);
            self.findings.error = Some(Error::new(vendor, "list", kind, detail));
        }
        let looked_up = self.look_up(from, snapshot).await;
        let mut total = 0;
        let mut is_counted = true;
        for index in snapshot.in_order(self.order) {
            if enough.is_some_and(|enough| self.ready.len() >= enough) {
                is_counted = false;
                break;
            }
            let row = &snapshot.rows[*index as usize];
            if !row.passes(&self.filter) && !looked_up.contains(&**row.remote_id()) {
                continue;
            }
            total += 1;
            if self.is_after_cursor(row) {
                self.ready.push_back(loaded.with(row.clone()));
            }
        }
        let is_whole = is_counted && !self.findings.cut && self.findings.error.is_none();
        self.total = (is_whole && snapshot.unreadable == 0).then_some(total);
        Ok(())
    }

    /// The rows that pass the filter by what only a single read of each tells. Where there are too many to be read, or
    /// one fails, the findings say so.
    async fn look_up(&mut self, from: &From<'_>, snapshot: &Snapshot<T>) -> HashSet<String> {
        if !T::may_need_whole(&self.filter) {
            return HashSet::new();
        }
        let rows = snapshot.rows.iter();
        let mut open: Vec<String> = rows
            .filter(|row| row.is_judged_whole(&self.filter) && !row.passes(&self.filter))
            .map(|row| row.remote_id().to_string())
            .collect();
        self.findings.cut |= open.len() > MAX_LOOK_UPS;
        open.truncate(MAX_LOOK_UPS);
        let mut records = stream::iter(open)
            .map(|id| async move {
                let outcome = from.single::<T>(&id).await;
                (id, outcome)
            })
            .buffered(PARALLEL);
        let mut wanted = HashSet::new();
        while let Some((id, outcome)) = records.next().await {
            match outcome {
                Ok(Some(record)) if record.value.passes(&self.filter) => {
                    wanted.insert(id);
                }
                Ok(_) => {}
                Err(error) => {
                    self.findings.error = Some(error);
                    break;
                }
            }
        }
        wanted
    }

    async fn read_page(&mut self, from: &From<'_>) -> Result<Result<(), Error>, Unfit> {
        let Reader::Paged(paged) = &mut self.reader else {
            return Ok(Ok(()));
        };
        let at = paged.at.clone();
        let read = from.page::<T>(&paged.native, at.as_ref(), paged.read_at);
        let loaded = match read.await {
            Ok(Some(loaded)) => loaded,
            Ok(None) => {
                self.end();
                return Ok(Ok(()));
            }
            Err(error) if std::mem::take(&mut paged.resumed) && is_about_the_place(&error) => {
                paged.at = None;
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
        let is_apart = |read_at: Timestamp| loaded.fetched_at.duration_since(read_at) > TOGETHER;
        if !paged.is_anew && !loaded.is_stale() && paged.read_at.is_some_and(is_apart) {
            return Err(Unfit::Apart(from.adapter.vendor()));
        }
        let has_shrunk = paged.total.zip(page.total);
        if has_shrunk.is_some_and(|(before, now)| now < before) || has_lost(paged, page) {
            return Err(Unfit::Disordered(from.adapter.vendor()));
        }
        paged.total = page.total.or(paged.total);
        if page.total.is_some() {
            self.total = page.total.filter(|_| paged.native.exact);
        }
        let begin = page.rows.first().and_then(|row| row.time(self.order.field));
        if let (Some(_), Some(here), Some(begin)) = (&at, &page.here, begin) {
            paged.begins.push((here.clone(), begin));
        }
        paged.read_at = Some(loaded.fetched_at);
        paged.scanned += page.rows.len() + page.unreadable.len();
        self.findings.note_page(&loaded);

        if let Some(last) = paged.last.replace(page.clone()) {
            let ids = last.rows.iter().map(|row| row.remote_id().clone());
            paged.seen.extend(ids);
        }
        let mut out = Vec::new();
        let mut beyond = false;
        for row in &page.rows {
            if paged.seen.contains(&**row.remote_id()) {
                continue;
            }
            let row = loaded.with(row.clone());
            let Some(time) = row.value.time(self.order.field) else {
                paged.untimed.push(row);
                continue;
            };
            match paged.tied_time {
                Some(tied) if time == tied => {}
                Some(tied) if precedes(time, tied, self.order) => {
                    return Err(Unfit::Disordered(row.value.vendor()));
                }
                _ => {
                    out.append(&mut paged.tied);
                    paged.tied_time = Some(time);
                }
            }
            // The page is looked at to its end all the same: only if it is in order does nothing wanted follow.
            beyond = beyond || T::lies_beyond(&self.filter, self.order, time);
            if !beyond {
                paged.tied.push(row);
            }
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
        rows.sort_by(|a, b| compare_rows(&*a.value, &*b.value, self.order));
        self.ready.extend(rows);
    }

    fn is_after_cursor(&self, row: &T) -> bool {
        let after = self.after.as_ref();
        after.is_none_or(|after| after.precedes(row, self.order))
    }
}

impl Findings {
    pub(super) fn note_page<T>(&mut self, loaded: &Loaded<Page<T>>) {
        let oldest = self
            .fetched_at
            .map_or(loaded.fetched_at, |known| known.min(loaded.fetched_at));
        self.fetched_at = Some(oldest);
        if loaded.failure.is_some() {
            self.failure.clone_from(&loaded.failure);
        }
        self.unreadable += loaded.value.unreadable.len();
        if self.first_problem.is_none() {
            self.first_problem = loaded.value.unreadable.first().map(problem);
        }
    }
}

impl Hints {
    /// The last page that begins strictly before this time: no row from it on can lie ahead of it.
    pub fn before(&self, time: Option<Timestamp>, order: Order) -> Option<&Position> {
        let time = time?;
        let mut begins = self.begins.iter().rev();
        let found = begins.find(|(_, begin)| precedes(*begin, time, order))?;
        Some(&found.0)
    }
}

/// Whether a page that should begin with a row of the page before it does not.
fn has_lost<T: Listed>(paged: &Paged<T>, page: &Page<T>) -> bool {
    let (Some(last), Some(first)) = (&paged.last, page.rows.first()) else {
        return false;
    };
    page.repeats
        && !last
            .rows
            .iter()
            .any(|row| row.remote_id() == first.remote_id())
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

/// Whether a failed call may be due to where it was asked to begin, so that beginning elsewhere may do.
fn is_about_the_place(error: &Error) -> bool {
    use error::Kind;
    matches!(
        error.kind,
        Kind::Rejected | Kind::NotFound | Kind::InvalidResponse
    )
}

fn problem(unreadable: &Unreadable) -> String {
    format!("{} at {}", unreadable.problem, unreadable.path)
}

fn precedes(one: Timestamp, other: Timestamp, order: Order) -> bool {
    match order.direction {
        OrderDirection::Asc => one < other,
        OrderDirection::Desc => one > other,
    }
}
