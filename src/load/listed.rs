//! What can be listed over all vendors: referrals and connections, and the place of each in an order.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;

use jiff::Timestamp;

use super::record::{Kind, Record, weight_of_shared};
use crate::model::{
    Connection, ConnectionFilter, Order, OrderDirection, OrderField, Referral, ReferralFilter,
    Vendor,
};
use crate::vendor::{Adapter, Call, Error, Native, Page, Plan, Position};

/// Which rows have been seen, by the vendor's ids.
pub(super) type Ids = HashSet<Arc<str>, foldhash::quality::RandomState>;

/// The place of a row in an order: by time, then vendor, then the vendor's id; rows without the time come last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rank {
    /// The time that the list is ordered by.
    pub time: Option<Timestamp>,
    /// Whose row.
    pub vendor: Vendor,
    /// The vendor's id.
    pub remote_id: String,
}

/// Rows that can be listed over all vendors.
pub trait Listed: Record + Sized {
    /// The kind under which one page of a vendor's list is cached.
    const PAGE: Kind;
    /// The kind under which the whole list of a vendor is cached.
    const SNAPSHOT: Kind;

    /// Which rows are wanted.
    type Filter: Clone + Hash + Send + Sync;

    /// Whose row it is.
    fn vendor(&self) -> Vendor;
    /// The vendor's id.
    fn remote_id(&self) -> &Arc<str>;
    /// The time by which it is ordered.
    fn time(&self, field: OrderField) -> Option<Timestamp>;
    /// Whether it says all that a single read would.
    fn is_complete(&self) -> bool;
    /// Whether the filter may ask for what some row of a list leaves out.
    fn may_need_whole(filter: &Self::Filter) -> bool;
    /// Whether the filter asks for what this row leaves out, so that only a single read can tell whether it is wanted.
    fn is_judged_whole(&self, filter: &Self::Filter) -> bool;
    /// Whether it is wanted.
    fn passes(&self, filter: &Self::Filter) -> bool;
    /// Whether no row at or after this time, in this order, can be wanted.
    fn lies_beyond(filter: &Self::Filter, order: Order, time: Timestamp) -> bool;
    /// Whether rows of this vendor may be wanted at all.
    fn may_include(filter: &Self::Filter, vendor: Vendor) -> bool;
    /// How the vendor's part is best read.
    fn plan(adapter: &dyn Adapter, filter: &Self::Filter, order: Order) -> Plan;
    /// Reads one page of it.
    fn page(
        adapter: &dyn Adapter,
        call: &Call,
        native: &Native,
        position: Option<&Position>,
    ) -> impl Future<Output = Result<Page<Self>, Error>> + Send;
    /// Reads one row by itself.
    fn single(
        adapter: &dyn Adapter,
        call: &Call,
        id: &str,
    ) -> impl Future<Output = Result<Option<Self>, Error>> + Send;
}

impl Rank {
    /// The place of a row.
    pub fn of<T: Listed>(row: &T, field: OrderField) -> Self {
        Self {
            time: row.time(field),
            vendor: row.vendor(),
            remote_id: row.remote_id().to_string(),
        }
    }

    /// Which of two places comes first.
    pub fn compare(&self, other: &Self, direction: OrderDirection) -> Ordering {
        compare(self.place(), other.place(), direction)
    }

    /// Whether a row comes after this place.
    pub fn precedes<T: Listed>(&self, row: &T, order: Order) -> bool {
        compare(self.place(), place_of(row, order), order.direction).is_lt()
    }

    fn place(&self) -> Place<'_> {
        (self.time, self.vendor, &self.remote_id)
    }
}

/// Which of two rows comes first. Borrows all that it looks at: lists compare many more rows than they give out.
pub fn compare_rows<T: Listed>(one: &T, other: &T, order: Order) -> Ordering {
    compare(
        place_of(one, order),
        place_of(other, order),
        order.direction,
    )
}

/// What a [`Rank`] holds, borrowed.
type Place<'a> = (Option<Timestamp>, Vendor, &'a str);

fn place_of<T: Listed>(row: &T, order: Order) -> Place<'_> {
    (row.time(order.field), row.vendor(), row.remote_id())
}

fn compare(one: Place<'_>, other: Place<'_>, direction: OrderDirection) -> Ordering {
    let by_time = match (one.0, other.0) {
        (Some(one), Some(other)) if direction == OrderDirection::Desc => other.cmp(&one),
        (Some(one), Some(other)) => one.cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    };
    by_time
        .then_with(|| one.1.cmp(&other.1))
        .then_with(|| one.2.cmp(other.2))
}

/// What a list's rows weigh. Only complete ones are kept as records as well.
pub(super) fn weight_of_rows<T: Listed>(rows: &[Arc<T>]) -> usize {
    let rows = rows.iter().map(|row| {
        size_of::<Arc<T>>()
            + if row.is_complete() {
                weight_of_shared(&**row)
            } else {
                row.weight()
            }
    });
    rows.sum()
}

impl<T: Listed> Record for Page<T> {
    const KIND: Kind = T::PAGE;

    fn weight(&self) -> usize {
        weight_of_rows(&self.rows) + size_of::<Self>()
    }
}

impl Listed for Referral {
    const PAGE: Kind = Kind::ReferralPage;
    const SNAPSHOT: Kind = Kind::ReferralSnapshot;

    type Filter = ReferralFilter;

    fn vendor(&self) -> Vendor {
        self.vendor
    }

    fn remote_id(&self) -> &Arc<str> {
        &self.remote_id
    }

    fn time(&self, field: OrderField) -> Option<Timestamp> {
        match field {
            OrderField::CreatedAt => self.created_at.map(|time| time.0),
            OrderField::UpdatedAt => self.updated_at.map(|time| time.0),
        }
    }

    fn is_complete(&self) -> bool {
        self.complete
    }

    /// Lists may lack the people, by whose names and addresses the filter may go.
    fn may_need_whole(filter: &ReferralFilter) -> bool {
        filter.email.is_some() || filter.search.is_some()
    }

    fn is_judged_whole(&self, filter: &ReferralFilter) -> bool {
        if self.complete || !Self::may_need_whole(filter) {
            return false;
        }
        let apart_from_people = ReferralFilter {
            email: None,
            search: None,
            ..filter.clone()
        };
        apart_from_people.matches(self)
    }

    fn passes(&self, filter: &ReferralFilter) -> bool {
        filter.matches(self)
    }

    fn lies_beyond(filter: &ReferralFilter, order: Order, time: Timestamp) -> bool {
        let (after, before) = match order.field {
            OrderField::CreatedAt => (filter.created_after, filter.created_before),
            OrderField::UpdatedAt => (filter.updated_after, filter.updated_before),
        };
        match order.direction {
            OrderDirection::Asc => before.is_some_and(|bound| time >= bound.0),
            OrderDirection::Desc => after.is_some_and(|bound| time <= bound.0),
        }
    }

    fn may_include(filter: &ReferralFilter, vendor: Vendor) -> bool {
        filter
            .vendors
            .as_ref()
            .is_none_or(|vendors| vendors.contains(&vendor))
    }

    fn plan(adapter: &dyn Adapter, filter: &ReferralFilter, order: Order) -> Plan {
        adapter.plan_referrals(filter, order)
    }

    async fn page(
        adapter: &dyn Adapter,
        call: &Call,
        native: &Native,
        position: Option<&Position>,
    ) -> Result<Page<Self>, Error> {
        adapter.referrals(call, native, position).await
    }

    async fn single(adapter: &dyn Adapter, call: &Call, id: &str) -> Result<Option<Self>, Error> {
        adapter.referral(call, id).await
    }
}

impl Listed for Connection {
    const PAGE: Kind = Kind::ConnectionPage;
    const SNAPSHOT: Kind = Kind::ConnectionSnapshot;

    type Filter = ConnectionFilter;

    fn vendor(&self) -> Vendor {
        self.vendor
    }

    fn remote_id(&self) -> &Arc<str> {
        &self.remote_id
    }

    fn time(&self, field: OrderField) -> Option<Timestamp> {
        match field {
            OrderField::CreatedAt => self.created_at.map(|time| time.0),
            OrderField::UpdatedAt => self.updated_at.map(|time| time.0),
        }
    }

    fn is_complete(&self) -> bool {
        true
    }

    fn may_need_whole(_filter: &ConnectionFilter) -> bool {
        false
    }

    fn is_judged_whole(&self, _filter: &ConnectionFilter) -> bool {
        false
    }

    fn passes(&self, filter: &ConnectionFilter) -> bool {
        filter.matches(self)
    }

    fn lies_beyond(_filter: &ConnectionFilter, _order: Order, _time: Timestamp) -> bool {
        false
    }

    fn may_include(_filter: &ConnectionFilter, _vendor: Vendor) -> bool {
        true
    }

    fn plan(adapter: &dyn Adapter, filter: &ConnectionFilter, order: Order) -> Plan {
        adapter.plan_connections(filter, order)
    }

    async fn page(
        adapter: &dyn Adapter,
        call: &Call,
        native: &Native,
        position: Option<&Position>,
    ) -> Result<Page<Self>, Error> {
        adapter.connections(call, native, position).await
    }

    async fn single(adapter: &dyn Adapter, call: &Call, id: &str) -> Result<Option<Self>, Error> {
        adapter.connection(call, id).await
    }
}
