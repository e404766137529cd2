//! Pages of the merged list, and what came of each vendor.

use std::sync::Arc;

use async_graphql::{Context, Error, Lookahead, OutputType, SimpleObject};
use futures_util::future::join_all;

use super::enums::{SourceStatus, Vendor};
use super::page::{self, PageInfo};
use super::{Connection, Engagement, Referral};
use crate::graphql::error::{about_vendor, add, bad_input, code, code_of, from_vendor, message_of};
use crate::graphql::loaders;
use crate::graphql::projection::{self, Object, Projected, Rows, Selected, Writer};
use crate::load::cursor::{Cursor, CursorError, Fingerprint};
use crate::load::list::read;
use crate::load::record::EngagementReferrals;
use crate::load::{List, ListRequest, Listed, Loaded, Outcome, Report, ReportStatus};
use crate::model::{self, ConnectionFilter, DateTime, Order, ReferralFilter};

/// What came of one vendor's part of a list.
#[derive(Clone, SimpleObject)]
pub struct SourceReport {
    /// Whose part.
    pub vendor: Vendor,
    /// How it went.
    pub status: SourceStatus,
    /// When its rows were read from the vendor; of several readings, the oldest.
    pub fetched_at: Option<DateTime>,
    /// The error code, when it is not whole: one of the codes in `extensions.code` of errors.
    pub code: Option<String>,
    /// What happened, in a sentence that is safe to show.
    pub message: Option<String>,
    /// How many seconds the vendor asked to be left alone.
    pub retry_after_seconds: Option<i32>,
}

macro_rules! list_page {
    ($(#[doc = $doc:literal])* $page:ident, $edge:ident, $node:ident, $record:ty, $writer:expr) => {
        $(#[doc = $doc])*
        pub struct $page {
            list: List<$record>,
            fingerprint: Fingerprint,
            has_previous: bool,
        }

        $(#[doc = $doc])*
        #[async_graphql::Object]
        impl $page {
            /// The rows with their cursors.
            async fn edges(&self) -> Projected<Edges<'_, $record, $edge>> {
                Projected(Edges {
                    list: &self.list,
                    fingerprint: self.fingerprint,
                    type_name: stringify!($edge),
                    edge: |cursor, row| $edge { cursor, node: $node(row) },
                    writer: $writer,
                })
            }

            /// The rows.
            async fn nodes(&self) -> Projected<Nodes<'_, $record, $node>> {
                Projected(Nodes {
                    list: &self.list,
                    node: $node,
                    writer: $writer,
                })
            }

            /// Where this page lies in the list.
            async fn page_info(&self) -> PageInfo {
                let last = self.list.rows.len().checked_sub(1);
                PageInfo {
                    has_next_page: self.list.has_next,
                    has_previous_page: self.has_previous,
                    start_cursor: self.list.cursor(0, self.fingerprint),
                    end_cursor: last.and_then(|last| self.list.cursor(last, self.fingerprint)),
                }
            }

            /// How many rows pass the filter in all vendors asked; null when some vendor could not say without being
            /// read to its end.
            async fn total_count(&self) -> Option<i32> {
                self.list.total.map(|total| i32::try_from(total).unwrap_or(i32::MAX))
            }

            /// One entry per vendor asked. A query that selects this gets vendors' failures here and not in `errors`.
            async fn sources(&self) -> Vec<SourceReport> {
                self.list.reports.iter().map(SourceReport::from).collect()
            }
        }

        /// A row of a page with its cursor.
        #[derive(SimpleObject)]
        pub struct $edge {
            /// Give it as `after` to get the rows that follow this one.
            pub cursor: String,
            /// The row.
            pub node: $node,
        }
    };
}

list_page!(
    /// A page of referrals, merged from all vendors in one order.
    ReferralPage, ReferralEdge, Referral, model::Referral, projection::referral
);
list_page!(
    /// A page of connections, newest first.
    ConnectionPage, ConnectionEdge, Connection, model::Connection, |_, _| None
);

/// The rows of a list.
struct Nodes<'a, T, N> {
    list: &'a List<T>,
    node: fn(Loaded<T>) -> N,
    writer: RowWriter<T>,
}

/// The rows of a list with their cursors.
struct Edges<'a, T, E> {
    list: &'a List<T>,
    fingerprint: Fingerprint,
    type_name: &'static str,
    edge: fn(String, Loaded<T>) -> E,
    writer: RowWriter<T>,
}

/// What makes a row's writer from what is selected of it, and whether all rows are complete.
type RowWriter<T> = fn(&Selected<'_>, bool) -> Option<Object<'static, Loaded<T>>>;

impl<T: Listed> List<T> {
    fn writer(&self, selected: &Selected<'_>, writer: RowWriter<T>) -> Option<Writer<'_, usize>> {
        let complete = self.rows.iter().all(|row| row.value.is_complete());
        let object = writer(selected, complete)?;
        Some(Box::new(move |index, out| {
            object.write(&self.rows[*index], out);
        }))
    }
}

impl<T: Listed, N: OutputType> Rows for Nodes<'_, T, N> {
    type Node = N;

    fn writer<'a>(&'a self, selected: &Selected<'_>) -> Option<Writer<'a, usize>> {
        self.list.writer(selected, self.writer)
    }

    fn count(&self) -> usize {
        self.list.rows.len()
    }

    fn node(&self, index: usize) -> N {
        (self.node)(self.list.rows[index].clone())
    }
}

impl<T: Listed, E: OutputType> Rows for Edges<'_, T, E> {
    type Node = E;

    fn writer<'a>(&'a self, selected: &Selected<'_>) -> Option<Writer<'a, usize>> {
        let (list, fingerprint) = (self.list, self.fingerprint);
        let cursor = move |index: &usize, out: &mut Vec<u8>| {
            let cursor = list.cursor(*index, fingerprint).unwrap_or_default();
            projection::plain(&cursor, out);
        };
        let node = |selected: &Selected<'_>| list.writer(selected, self.writer);
        let edge = projection::edge(selected, self.type_name, cursor, node)?;
        Some(Box::new(move |index, out| edge.write(index, out)))
    }

    fn count(&self) -> usize {
        self.list.rows.len()
    }

    fn node(&self, index: usize) -> E {
        let cursor = self.list.cursor(index, self.fingerprint);
        (self.edge)(cursor.unwrap_or_default(), self.list.rows[index].clone())
    }
}

/// Reads a page of referrals.
pub async fn referrals(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    filter: ReferralFilter,
    order: Order,
) -> Result<ReferralPage, Error> {
    let named = filter.vendors.clone().unwrap_or_default();
    let (mut list, fingerprint) = load::<model::Referral>(ctx, first, after, filter, order).await?;
    loaders(ctx).note_listed(&list.rows);
    if selects_people(ctx) {
        complete_people(ctx, &mut list.rows).await;
    }
    report_failures(ctx, &list.reports, &named);
    Ok(ReferralPage {
        list,
        fingerprint,
        has_previous: after.is_some(),
    })
}

/// Whether the people of a page's rows are wanted whom some vendors leave out of their lists.
fn selects_people(ctx: &Context<'_>) -> bool {
    let page = ctx.look_ahead();
    let rows = [page.field("nodes"), page.field("edges").field("node")];
    let wants = |row: &Lookahead<'_>, name| row.field(name).exists();
    rows.iter()
        .any(|row| wants(row, "referrer") || wants(row, "referred"))
}

/// Adds the people to rows that lack them, so that all can be written at once. The rest of a row stays as it was listed:
/// its place in the list hangs on that. Where the people cannot be had, the row's own fields say so.
async fn complete_people(ctx: &Context<'_>, rows: &mut [Loaded<model::Referral>]) {
    let complete = async |row: &mut Loaded<model::Referral>| {
        let found = loaders(ctx)
            .referral(row.value.vendor, &row.value.remote_id)
            .await;
        if let Ok(Some(whole)) = found {
            let mut completed = model::Referral::clone(&row.value);
            completed.referrer.clone_from(&whole.value.referrer);
            completed.referred.clone_from(&whole.value.referred);
            completed.complete = true;
            row.value = Arc::new(completed);
        }
    };
    join_all(
        rows.iter_mut()
            .filter(|row| !row.value.complete)
            .map(complete),
    )
    .await;
}

/// A page of an engagement's referrals, which are always read together.
pub fn referrals_of(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    engagement: &Engagement,
    rows: Outcome<EngagementReferrals>,
) -> Result<ReferralPage, Error> {
    let engagement_id = Some((engagement.vendor, engagement.remote_id.clone()));
    let filter = ReferralFilter {
        engagement_id,
        ..ReferralFilter::default()
    };
    let (request, fingerprint) =
        request::<model::Referral>(ctx, first, after, filter, Order::default())?;
    let list = List::of_rows(
        &request,
        engagement.vendor,
        rows.map(|found| found.as_ref().map(EngagementReferrals::page)),
    );
    report_failures(ctx, &list.reports, &[]);
    Ok(ReferralPage {
        list,
        fingerprint,
        has_previous: after.is_some(),
    })
}

/// Reads a page of connections.
pub async fn connections(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    filter: ConnectionFilter,
) -> Result<ConnectionPage, Error> {
    let (list, fingerprint) =
        load::<model::Connection>(ctx, first, after, filter, Order::default()).await?;
    report_failures(ctx, &list.reports, &[]);
    Ok(ConnectionPage {
        list,
        fingerprint,
        has_previous: after.is_some(),
    })
}

async fn load<T: Listed>(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    filter: T::Filter,
    order: Order,
) -> Result<(List<T>, Fingerprint), Error> {
    let (request, fingerprint) = request::<T>(ctx, first, after, filter, order)?;
    let loaders = loaders(ctx);
    Ok((
        read(&loaders.registry, &loaders.call, &request).await,
        fingerprint,
    ))
}

/// The checked arguments of a list, and the fingerprint that its cursors carry.
fn request<T: Listed>(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<&str>,
    filter: T::Filter,
    order: Order,
) -> Result<(ListRequest<T::Filter>, Fingerprint), Error> {
    let first = page::first(ctx, first, 20)?;
    let fingerprint = Fingerprint::of(&(T::PAGE, &filter, order));
    let after = after
        .map(|text| Cursor::read(text, fingerprint))
        .transpose()
        .map_err(|error| match error {
            CursorError::Malformed => bad_input(ctx, "after is not a cursor of this list."),
            CursorError::Foreign => bad_input(
                ctx,
                "after is a cursor of a list with another filter or order.",
            ),
        })?;
    Ok((
        ListRequest {
            first,
            after,
            filter,
            order,
            count: ctx.look_ahead().field("totalCount").exists(),
        },
        fingerprint,
    ))
}

/// Vendors' failures go to `errors` unless the client looks at `sources`: some clients throw the data away when there
/// are errors, so one that looks for itself must not get them.
fn report_failures(ctx: &Context<'_>, reports: &[Report], named: &[model::Vendor]) {
    let freshness = &loaders(ctx).freshness;
    for report in reports {
        freshness.note_report(report);
    }
    if ctx.look_ahead().field("sources").exists() {
        return;
    }
    for report in reports {
        let error = match &report.status {
            ReportStatus::Ok | ReportStatus::Stale(_) | ReportStatus::Unsupported => continue,
            ReportStatus::NotConfigured if !named.contains(&report.vendor) => continue,
            ReportStatus::Failed(error)
            | ReportStatus::Partial {
                error: Some(error), ..
            } => from_vendor(ctx, error),
            ReportStatus::Partial { .. } | ReportStatus::NotConfigured => {
                let SourceReport { code, message, .. } = report.into();
                let code = if code.as_deref() == Some(code::VENDOR_NOT_CONFIGURED) {
                    code::VENDOR_NOT_CONFIGURED
                } else {
                    code::VENDOR_INVALID_RESPONSE
                };
                about_vendor(ctx, report.vendor, code, message.unwrap_or_default())
            }
        };
        add(ctx, error);
    }
}

impl From<&Report> for SourceReport {
    fn from(report: &Report) -> Self {
        let vendor = report.vendor;
        let (code, message, retry_after) = match &report.status {
            ReportStatus::Ok => (None, None, None),
            ReportStatus::Stale(failure) => (
                Some(code_of(failure.error.kind)),
                Some(format!(
                    "This is an older answer, as {vendor} could not be asked since: {}",
                    message_of(&failure.error)
                )),
                failure.error.retry_after_seconds(),
            ),
            ReportStatus::NotConfigured => (
                Some(code::VENDOR_NOT_CONFIGURED),
                Some(format!("{vendor} is not configured in this gateway.")),
                None,
            ),
            ReportStatus::Unsupported => (
                None,
                Some(format!(
                    "Nothing that {vendor} has can pass this filter; it was not asked."
                )),
                None,
            ),
            ReportStatus::Failed(error)
            | ReportStatus::Partial {
                error: Some(error), ..
            } => (
                Some(code_of(error.kind)),
                Some(message_of(error)),
                error.retry_after_seconds(),
            ),
            ReportStatus::Partial {
                unreadable,
                first_problem,
                cut,
                error: None,
            } => (
                Some(code::VENDOR_INVALID_RESPONSE),
                Some(partial(vendor, *unreadable, first_problem.as_deref(), *cut)),
                None,
            ),
        };
        Self {
            vendor: vendor.into(),
            status: (&report.status).into(),
            fetched_at: report.fetched_at.map(DateTime),
            code: code.map(str::to_owned),
            message,
            retry_after_seconds: retry_after.map(|after| i32::try_from(after).unwrap_or(i32::MAX)),
        }
    }
}

fn partial(
    vendor: model::Vendor,
    unreadable: usize,
    first_problem: Option<&str>,
    cut: bool,
) -> String {
    let mut parts = Vec::new();
    if unreadable > 0 {
        let example = first_problem
            .map(|problem| format!(" ({problem})"))
            .unwrap_or_default();
        parts.push(format!(
            "{unreadable} of {vendor}'s records could not be read{example}."
        ));
    }
    if cut {
        parts.push(format!(
            "{vendor} has more records than are read for one list."
        ));
    }
    parts.join(" ")
}
