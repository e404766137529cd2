//! The merged list: one order over all vendors, each read in the way that suits it. Walking it with cursors gives every
//! row exactly once.

use std::sync::Arc;

use futures_util::future::join_all;
use jiff::Timestamp;

use super::cursor::{Cursor, Fingerprint};
use super::from::From;
use super::listed::{Listed, Rank, compare_rows};
use super::source::{Findings, Hints, Source, Unfit};
use super::{Failure, Loaded, Outcome, Registry};
use crate::model::{Order, Vendor};
use crate::vendor::{Call, Error, Next, Page, Plan};

/// What a list is asked for.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
pub struct ListRequest<F> {
    /// How many rows, at most.
    pub first: usize,
    /// After which row.
    pub after: Option<Cursor>,
    /// Which rows.
    pub filter: F,
    /// In which order.
    pub order: Order,
    /// Whether to find out how many rows there are in all. Else no more of a list that is kept whole is looked at than
    /// the page takes.
    pub count: bool,
}

/// A page of a merged list.
pub struct List<T> {
    /// The rows.
    pub rows: Vec<Loaded<T>>,
    /// Whether more rows follow.
    pub has_next: bool,
    /// How many rows pass the filter in all, if every vendor asked could say.
    pub total: Option<u64>,
    /// What came of each vendor.
    pub reports: Vec<Report>,
    /// The order of the rows, from which cursors are made.
    pub order: Order,
    hints: Vec<(Vendor, Hints)>,
}

/// What came of one vendor's part.
#[derive(Clone, Debug)]
pub struct Report {
    /// Whose part.
    pub vendor: Vendor,
    /// How it went.
    pub status: ReportStatus,
    /// When its rows were read.
    pub fetched_at: Option<Timestamp>,
}

/// How a vendor's part went.
#[derive(Clone, Debug)]
pub enum ReportStatus {
    /// All rows are there.
    Ok,
    /// The rows are older than they should be, as the vendor could not be asked.
    Stale(Arc<Failure>),
    /// Some rows are missing.
    Partial {
        /// How many could not be read.
        unreadable: usize,
        /// Where the first of them failed.
        first_problem: Option<String>,
        /// Whether the vendor has more rows than are ever read.
        cut: bool,
        /// The call that failed midway.
        error: Option<Error>,
    },
    /// No rows could be had.
    Failed(Error),
    /// No credentials.
    NotConfigured,
    /// Nothing of this vendor can pass the filter; it was not asked.
    Unsupported,
}

/// Reads a page of the merged list. A vendor that fails costs its own rows.
pub async fn read<T: Listed>(
    registry: &Registry,
    call: &Call,
    request: &ListRequest<T::Filter>,
) -> List<T> {
    let mut again = Again::default();
    loop {
        // Rows already chosen might stand in the wrong place: begin again.
        match try_read(registry, call, request, &again).await {
            Ok(list) => return list,
            Err(Unfit::Apart(vendor)) => again.anew.push((vendor, registry.clock.now())),
            Err(Unfit::Disordered(vendor)) => {
                tracing::warn!(
                    vendor = vendor.key(),
                    "the vendor's list cannot be read page by page: reading it whole"
                );
                again.whole.push(vendor);
            }
        }
    }
}

/// What a first reading has shown.
#[derive(Default)]
struct Again {
    /// Whose lists are to be read whole.
    whole: Vec<Vendor>,
    /// Whose pages are to be read anew, and none before then.
    anew: Vec<(Vendor, Timestamp)>,
}

async fn try_read<T: Listed>(
    registry: &Registry,
    call: &Call,
    request: &ListRequest<T::Filter>,
    again: &Again,
) -> Result<List<T>, Unfit> {
    let mut parts = Vec::new();
    let mut reports = Vec::new();
    for vendor in Vendor::ALL
        .iter()
        .copied()
        .filter(|vendor| T::may_include(&request.filter, *vendor))
    {
        let Some(adapter) = registry.adapter(vendor) else {
            reports.push(Report {
                vendor,
                status: ReportStatus::NotConfigured,
                fetched_at: None,
            });
            continue;
        };
        let (filter, order) = (request.filter.clone(), request.order);
        let after = request.after.as_ref();
        let rank = after.map(|cursor| cursor.after.clone());
        let source = match T::plan(&**adapter, &filter, order) {
            Plan::RuledOut => {
                reports.push(Report {
                    vendor,
                    status: ReportStatus::Unsupported,
                    fetched_at: None,
                });
                continue;
            }
            Plan::Paged(native) if !again.whole.contains(&vendor) => {
                let hint =
                    after.and_then(|cursor| cursor.hints.iter().find(|(of, _)| *of == vendor));
                let anew = again.anew.iter().find(|(of, _)| *of == vendor);
                let not_before = anew.map(|(_, since)| *since);
                let hint = hint.map(|(_, at)| at.clone());
                Source::paged(native, order, filter, rank, hint, not_before)
            }
            Plan::Paged(native) | Plan::Whole(native) => {
                // One more than the page has: it tells whether there are more.
                let enough = (!request.count).then_some(request.first + 1);
                Source::whole(native, order, filter, rank, enough)
            }
        };
        parts.push((
            source,
            From {
                registry,
                adapter,
                call,
            },
        ));
    }

    // All vendors are asked at once; after that, only the one whose rows are used up.
    let started = join_all(
        parts
            .iter_mut()
            .map(|(source, from)| async { source.peek(from).await.map(|_| ()) }),
    )
    .await;
    started.into_iter().collect::<Result<Vec<()>, _>>()?;

    let mut rows = Vec::new();
    let has_next = loop {
        let Some(index) = foremost(&mut parts, request.order).await? else {
            break false;
        };
        if rows.len() == request.first {
            break true;
        }
        rows.extend(parts[index].0.take());
    };
    Ok(finish(parts, rows, has_next, reports, request.order))
}

/// Whose row comes next.
async fn foremost<T: Listed>(
    parts: &mut [(Source<T>, From<'_>)],
    order: Order,
) -> Result<Option<usize>, Unfit> {
    let mut best: Option<(usize, Arc<T>)> = None;
    for (index, (source, from)) in parts.iter_mut().enumerate() {
        let Some(row) = source.peek(from).await? else {
            continue;
        };
        let comes_first = |known: &T| compare_rows(&*row.value, known, order).is_lt();
        if best.as_ref().is_none_or(|(_, known)| comes_first(known)) {
            best = Some((index, row.value.clone()));
        }
    }
    Ok(best.map(|(index, _)| index))
}

fn finish<T: Listed>(
    parts: Vec<(Source<T>, From<'_>)>,
    rows: Vec<Loaded<T>>,
    has_next: bool,
    mut reports: Vec<Report>,
    order: Order,
) -> List<T> {
    let mut total = Some(0);
    let mut hints = Vec::new();
    for (mut source, from) in parts {
        let vendor = from.adapter.vendor();
        total = total.zip(source.total).map(|(sum, part)| sum + part);
        hints.push((vendor, source.hints()));
        let fetched_at = source.findings.fetched_at;
        reports.push(Report {
            vendor,
            status: status(source.findings),
            fetched_at,
        });
    }
    reports.sort_by_key(|report| report.vendor);
    List {
        rows,
        has_next,
        total,
        reports,
        order,
        hints,
    }
}

fn status(findings: Findings) -> ReportStatus {
    let Findings {
        fetched_at,
        unreadable,
        first_problem,
        cut,
        error,
        failure,
    } = findings;
    match (fetched_at, error) {
        (None, Some(error)) => ReportStatus::Failed(error),
        (_, error) if error.is_some() || cut || unreadable > 0 => ReportStatus::Partial {
            unreadable,
            first_problem,
            cut,
            error,
        },
        _ => failure.map_or(ReportStatus::Ok, ReportStatus::Stale),
    }
}

impl<T: Listed> List<T> {
    /// A page of rows that were read together.
    pub fn of_rows(
        request: &ListRequest<T::Filter>,
        vendor: Vendor,
        page: Outcome<Page<T>>,
    ) -> Self {
        let mut findings = Findings::default();
        let mut rows = Vec::new();
        match page {
            Ok(None) => {}
            Ok(Some(page)) => {
                findings.note_page(&page);
                findings.cut = page.value.next != Next::End;
                rows.extend(page.value.rows.iter().map(|row| page.with(row.clone())));
            }
            Err(error) => findings.error = Some(error),
        }
        rows.sort_by(|a, b| compare_rows(&*a.value, &*b.value, request.order));
        rows.dedup_by(|a, b| a.value.remote_id() == b.value.remote_id());
        let is_whole = findings.error.is_none() && findings.unreadable == 0 && !findings.cut;
        let total = u64::try_from(rows.len()).ok().filter(|_| is_whole);
        if let Some(after) = &request.after {
            rows.retain(|row| after.after.precedes(&*row.value, request.order));
        }
        let has_next = rows.len() > request.first;
        rows.truncate(request.first);
        let fetched_at = findings.fetched_at;
        let reports = vec![Report {
            vendor,
            status: status(findings),
            fetched_at,
        }];
        Self {
            rows,
            has_next,
            total,
            reports,
            order: request.order,
            hints: Vec::new(),
        }
    }

    /// The cursor of a row, for the list with this fingerprint.
    pub fn cursor(&self, index: usize, list: Fingerprint) -> Option<String> {
        let row = self.rows.get(index)?;
        let after = Rank::of(&*row.value, self.order.field);
        let hint = |(vendor, hints): &(Vendor, Hints)| {
            let at = hints.before(after.time, self.order)?;
            Some((*vendor, at.clone()))
        };
        let hints = self.hints.iter().filter_map(hint).collect();
        Some(Cursor { after, hints }.write(list))
    }
}
