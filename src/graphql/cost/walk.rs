//! The walk over an operation that adds up what its fields cost.
//!
//! Everything below a referral, a connection or an engagement is of one vendor. So what a row costs is added up for each
//! vendor apart, and a list of rows costs no more than if all of them were of the dearest one.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Value, Variables};

use super::arguments::Values;
use super::price::Price;
use super::schema::{self, Object, Types};
use super::{Cost, LongList, MAX_REPRESENTATIONS};
use crate::graphql::inputs;
use crate::graphql::types::enums;
use crate::load::source::MAX_LOOK_UPS;
use crate::load::{Kind, Listed, Registry};
use crate::model::{
    Capability, Connection, ConnectionFilter, GlobalId, Order, Referral, ReferralFilter, Vendor,
};
use crate::vendor::{Adapter, Native, Plan, Prices};

/// How many vendors there are.
const VENDORS: usize = Vendor::ALL.len();

/// A write looks at what is there before it and reads back what it made; where the vendor says that it is there already
/// it is looked for, page by page. What finding out takes after a write that was not answered is not counted: it goes on
/// beside the request and after it.
const WRITE: u64 = 150;

/// Each decision is looked up, made and read back, and asked for by itself where the vendor refuses them together.
const DECISION: u64 = 10;

/// What something costs, by the vendor whose it is.
#[derive(Clone, Copy, Default)]
struct Each([Cost; VENDORS]);

/// Which vendors' something may be.
#[derive(Clone, Copy)]
struct Whose([bool; VENDORS]);

/// What has been read of one record already.
#[derive(Default)]
struct Known(Vec<Price>);

/// Where in the answer one is.
#[derive(Clone, Copy)]
struct At<'a> {
    object: &'a Object,
    whose: Whose,
    /// How many rows the page has, if it is one.
    rows: u64,
}

/// Tells one list of a vendor from another.
type ListKey = (Vendor, Kind, Native);

pub(super) struct Walk<'a> {
    types: &'a Types,
    registry: &'a Registry,
    document: &'a ExecutableDocument,
    values: Values<'a>,
    prices: [Option<Prices>; VENDORS],
    /// The lists that the request reads already. What it reads is kept for as long as it runs, unless it is configured
    /// to be forgotten sooner.
    lists: HashSet<ListKey>,
    lists_are_kept: bool,
    /// The calls for those.
    shared: u64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        types: &'a Types,
        registry: &'a Registry,
        document: &'a ExecutableDocument,
        operation: &'a OperationDefinition,
        variables: &'a Variables,
    ) -> Self {
        let mut prices = [None; VENDORS];
        for (vendor, adapter) in &registry.adapters {
            prices[*vendor as usize] = Some(adapter.prices());
        }
        Self {
            types,
            registry,
            document,
            values: Values::new(variables, operation),
            prices,
            lists: HashSet::new(),
            lists_are_kept: registry.cache.fresh() >= registry.call_budget,
            shared: 0,
        }
    }

    pub(super) fn operation(
        mut self,
        operation: &'a OperationDefinition,
    ) -> Result<Cost, LongList> {
        let name = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => return Ok(Cost::default()),
        };
        let Some(root) = self.types.object(name) else {
            return Ok(Cost::default());
        };
        let all = self.root(root, &operation.selection_set.node)?;
        let calls = self.shared;
        Ok(all.and(Cost { calls, rows: 0 }))
    }

    fn root(&mut self, root: &'a Object, set: &'a SelectionSet) -> Result<Cost, LongList> {
        let mut all = Cost::default();
        for selection in &set.items {
            if self.values.leaves_out(selection.node.directives()) {
                continue;
            }
            let cost = match &selection.node {
                Selection::Field(field) => match root.fields.get(field.node.name.node.as_str()) {
                    Some(known) => self.root_field(known, &field.node)?,
                    None => continue,
                },
                Selection::InlineFragment(inline) => {
                    self.root(root, &inline.node.selection_set.node)?
                }
                Selection::FragmentSpread(spread) => {
                    match self.document.fragments.get(&spread.node.fragment_name.node) {
                        Some(fragment) => self.root(root, &fragment.node.selection_set.node)?,
                        None => continue,
                    }
                }
            };
            all = all.and(cost);
        }
        Ok(all)
    }

    fn root_field(&mut self, known: &'a schema::Field, field: &'a Field) -> Result<Cost, LongList> {
        Ok(match known.price {
            Price::Node | Price::Referral | Price::Connection | Price::Engagement => {
                let id = self.values.argument(field, "id");
                self.records(id.iter(), known, field)
            }
            Price::Nodes => {
                let ids = self.values.entries(field, "ids");
                self.records(ids.iter(), known, field)
            }
            Price::Entities => {
                let keys = self.values.entries(field, "representations");
                if keys.len() > MAX_REPRESENTATIONS {
                    return Err(LongList {
                        field: "_entities",
                        argument: "representations",
                        max: MAX_REPRESENTATIONS,
                    });
                }
                let ids = keys.iter().filter_map(|key| match key {
                    Value::Object(key) => key.get("id"),
                    _ => None,
                });
                self.records(ids, known, field)
            }
            Price::Referrals => self.referrals(known, field),
            Price::Connections => self.connections(known, field),
            Price::People => self.people(field),
            Price::Vendors => {
                let rows = VENDORS as u64;
                let below = self.below(known, field, self.configured(), 1);
                below.sum().and(Cost { calls: 0, rows })
            }
            Price::Write | Price::Moderation => self.write(known, field),
            _ => self.below(known, field, self.configured(), 1).dearest(),
        })
    }

    /// The records that ids name. Those of one kind and vendor cost the same.
    fn records<'v>(
        &mut self,
        ids: impl Iterator<Item = &'v Value>,
        known: &'a schema::Field,
        field: &'a Field,
    ) -> Cost {
        let mut counts: HashMap<(&'static str, Vendor), u64> = HashMap::new();
        for id in ids.filter_map(named) {
            *counts.entry(id).or_default() += 1;
        }
        let mut all = Cost::default();
        for (id, count) in counts {
            all = all.and(self.record(id, &known.of, field).times(count));
        }
        all
    }

    /// A record of this kind and vendor, with what is selected of it.
    fn record(
        &mut self,
        (name, vendor): (&str, Vendor),
        declared: &'a str,
        field: &'a Field,
    ) -> Cost {
        let (Some(prices), Some(adapter)) =
            (self.prices[vendor as usize], self.registry.adapter(vendor))
        else {
            return Cost::default();
        };
        let can = |capability| adapter.capabilities().contains(&capability);
        let (calls, mut known) = match name {
            "Connection" => (u64::from(can(Capability::Connections)), Known::default()),
            "Engagement" => (prices.engagement, Known(vec![Price::OfEngagement])),
            "Facilitator" => (prices.facilitators.max(1), Known::default()),
            _ => (1, Known(vec![Price::Parties])),
        };
        let own = Cost { calls, rows: 1 };
        let object = self.types.object(name);
        let Some(object) = object.filter(|object| object.is_a(declared)) else {
            return own;
        };
        let at = At {
            object,
            whose: Whose::only(vendor),
            rows: 1,
        };
        let below = self.selected(at, &field.selection_set.node, &mut known);
        own.and(below.0[vendor as usize])
    }

    fn referrals(&mut self, known: &'a schema::Field, field: &'a Field) -> Cost {
        let filter: Option<inputs::ReferralFilter> = self.values.read(field, "filter");
        let Ok(filter) = filter.unwrap_or_default().checked() else {
            return Cost::default();
        };
        let order: Option<inputs::ReferralOrder> = self.values.read(field, "orderBy");
        let order = order.map(Into::into).unwrap_or_default();
        let (whose, calls) = self.list::<Referral>(&filter, order);
        let first = self.values.first(field, 20);
        let below = self.below(known, field, whose, first).dearest();
        below.and(Cost { calls, rows: 0 })
    }

    fn connections(&mut self, known: &'a schema::Field, field: &'a Field) -> Cost {
        let filter: Option<inputs::ConnectionFilter> = self.values.read(field, "filter");
        let filter: ConnectionFilter = filter.unwrap_or_default().into();
        let (whose, calls) = self.list::<Connection>(&filter, Order::default());
        let first = self.values.first(field, 20);
        let below = self.below(known, field, whose, first).dearest();
        below.and(Cost { calls, rows: 0 })
    }

    fn people(&self, field: &Field) -> Cost {
        let vendor: Option<enums::Vendor> = self.values.read(field, "vendor");
        let adapter = vendor.and_then(|vendor| self.registry.adapter(vendor.into()));
        if !adapter.is_some_and(|it| it.capabilities().contains(&Capability::People)) {
            return Cost::default();
        }
        Cost {
            calls: 1,
            rows: self.values.first(field, 10),
        }
    }

    /// A write forgets what the request has read: it may have changed.
    fn write(&mut self, known: &'a schema::Field, field: &'a Field) -> Cost {
        self.lists.clear();
        let parts = match (known.price, self.values.argument(field, "input")) {
            (Price::Moderation, Some(Value::Object(input))) => match input.get("decisions") {
                Some(Value::List(decisions)) => decisions.len() as u64,
                Some(_) => 1,
                None => 0,
            },
            _ => 0,
        };
        let pages = self.prices.iter().flatten().map(|it| self.pages(it)).max();
        let calls = WRITE + pages.unwrap_or(0) + parts * DECISION;
        let below = self.below(known, field, self.configured(), parts).dearest();
        self.lists.clear();
        below.and(Cost { calls, rows: 0 })
    }

    /// A merged list: the vendors that are asked for it, and the calls that this takes where the request does not read
    /// the same lists already.
    fn list<T: Listed>(&mut self, filter: &T::Filter, order: Order) -> (Whose, u64) {
        let mut whose = Whose([false; VENDORS]);
        let mut calls = 0;
        let registry = self.registry;
        for (vendor, adapter) in &registry.adapters {
            if !T::may_include(filter, *vendor) {
                continue;
            }
            let part = self.part::<T>(&**adapter, filter, order);
            whose.0[*vendor as usize] = part.is_some();
            calls += part.unwrap_or(0);
        }
        (whose, calls)
    }

    /// The calls for one vendor's part of a list, those aside that are made once for the whole request; `None` where the
    /// vendor is not asked.
    fn part<T: Listed>(
        &mut self,
        adapter: &dyn Adapter,
        filter: &T::Filter,
        order: Order,
    ) -> Option<u64> {
        let prices = adapter.prices();
        let (native, kind, looked_up) = match T::plan(adapter, filter, order) {
            Plan::RuledOut => return None,
            Plan::Paged(native) => (native, T::PAGE, 0),
            Plan::Whole(native) => {
                let is_looked_up = prices.lists_lack_people && T::may_need_whole(filter);
                let most = MAX_LOOK_UPS.min(self.registry.max_scan) as u64;
                (native, T::SNAPSHOT, if is_looked_up { most } else { 0 })
            }
        };
        let pages = self.pages(&prices);
        if !self.lists_are_kept {
            return Some(pages + looked_up);
        }
        if self.lists.insert((adapter.vendor(), kind, native)) {
            self.shared = self.shared.saturating_add(pages);
        }
        Some(looked_up)
    }

    /// How many calls a list takes: as many pages as rows are ever read of it, and one that shows that it has ended.
    fn pages(&self, prices: &Prices) -> u64 {
        (self.registry.max_scan as u64).div_ceil(prices.page_rows.max(1)) + 1
    }

    fn configured(&self) -> Whose {
        Whose(self.prices.map(|prices| prices.is_some()))
    }

    /// What is selected below a field.
    fn below(
        &mut self,
        known: &'a schema::Field,
        field: &'a Field,
        whose: Whose,
        rows: u64,
    ) -> Each {
        let types = self.types;
        let set = &field.selection_set.node;
        let mut most = Each::default();
        for object in types.possible(&known.of) {
            let at = At {
                object,
                whose,
                rows,
            };
            most = most.or(self.selected(at, set, &mut Known::default()));
        }
        most
    }

    fn selected(&mut self, at: At<'a>, set: &'a SelectionSet, known: &mut Known) -> Each {
        let mut all = Each::default();
        for selection in &set.items {
            if self.values.leaves_out(selection.node.directives()) {
                continue;
            }
            let part = match &selection.node {
                Selection::Field(field) => {
                    match at.object.fields.get(field.node.name.node.as_str()) {
                        Some(of) => self.field(at, of, &field.node, known),
                        None => continue,
                    }
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    if on.is_some_and(|on| !at.object.is_a(on.node.on.node.as_str())) {
                        continue;
                    }
                    self.selected(at, &inline.node.selection_set.node, known)
                }
                Selection::FragmentSpread(spread) => {
                    let fragments = &self.document.fragments;
                    let Some(fragment) = fragments.get(&spread.node.fragment_name.node) else {
                        continue;
                    };
                    let on = fragment.node.type_condition.node.on.node.as_str();
                    if !at.object.is_a(on) {
                        continue;
                    }
                    self.selected(at, &fragment.node.selection_set.node, known)
                }
            };
            all = all.and(part);
        }
        all
    }

    fn field(
        &mut self,
        at: At<'a>,
        of: &'a schema::Field,
        field: &'a Field,
        known: &mut Known,
    ) -> Each {
        let whose = at.whose;
        match of.price {
            Price::Rows => {
                let row = self.below(of, field, whose, 1);
                row.and(Each::new(whose, |_| Cost { calls: 0, rows: 1 }))
                    .times(at.rows)
            }
            Price::OfConnection => {
                let own = self.own(whose, Self::of_connection);
                let first = self.values.first(field, 20);
                own.and(self.below(of, field, whose, first))
            }
            Price::OfEngagement => {
                let own = self.once(of.price, known, whose, |prices| prices.engagement);
                let first = self.values.first(field, 20);
                own.and(self.below(of, field, self.with(whose, |it| it.engagement > 0), first))
            }
            Price::Facilitators => {
                let own = self.once(of.price, known, whose, |prices| prices.facilitators);
                let whose = self.able(whose, Capability::ManageFacilitators);
                let first = self.values.first(field, 20);
                own.and(self.below(of, field, whose, first))
            }
            Price::Notes => {
                let own = self.once(of.price, known, whose, |prices| prices.notes);
                let whose = self.able(whose, Capability::Notes);
                let first = self.values.first(field, 20);
                own.and(self.below(of, field, whose, first))
            }
            Price::ItsConnection => {
                let whose = self.able(whose, Capability::Connections);
                let own = self.once(of.price, known, whose, |_| 1);
                let row = Each::new(whose, |_| Cost { calls: 0, rows: 1 });
                own.and(row).and(self.below(of, field, whose, 1))
            }
            Price::Parties => {
                self.once(of.price, known, whose, |it| u64::from(it.lists_lack_people))
            }
            Price::FeePreview => self.once(of.price, known, whose, |prices| prices.fee_preview),
            Price::Stages => self.once(of.price, known, whose, |prices| prices.stages),
            Price::Record | Price::Facilitator => {
                let calls = if of.price == Price::Record { 1 } else { 2 };
                let own = Each::new(whose, |_| Cost { calls, rows: 1 });
                own.and(self.below(of, field, whose, 1))
            }
            Price::Note => {
                let own = self.once(of.price, known, whose, |prices| prices.notes);
                own.and(Each::new(whose, |_| Cost { calls: 0, rows: 1 }))
            }
            _ => self.below(of, field, whose, at.rows),
        }
    }

    /// The calls for a vendor's list of the referrals along one connection. Where the vendor cannot be asked for those of
    /// one connection, it is the same list for all connections.
    fn of_connection(&mut self, vendor: Vendor) -> u64 {
        let registry = self.registry;
        let Some(adapter) = registry.adapter(vendor) else {
            return 0;
        };
        let filter = |id: &str| ReferralFilter {
            vendors: Some(vec![vendor]),
            connection_id: Some((vendor, id.to_owned())),
            ..ReferralFilter::default()
        };
        let order = Order::default();
        let (one, other) = (filter("1"), filter("2"));
        if adapter.plan_referrals(&one, order) != adapter.plan_referrals(&other, order) {
            return self.pages(&adapter.prices());
        }
        self.part::<Referral>(&**adapter, &one, order).unwrap_or(0)
    }

    fn own(&mut self, whose: Whose, mut calls: impl FnMut(&mut Self, Vendor) -> u64) -> Each {
        let mut each = Each::default();
        for vendor in Vendor::ALL.iter().copied().filter(|it| whose.has(*it)) {
            let calls = calls(self, vendor);
            each.0[vendor as usize] = Cost { calls, rows: 0 };
        }
        each
    }

    /// What is read once of a record, however often it is selected.
    fn once(
        &self,
        price: Price,
        known: &mut Known,
        whose: Whose,
        calls: impl Fn(&Prices) -> u64,
    ) -> Each {
        if known.0.contains(&price) {
            return Each::default();
        }
        known.0.push(price);
        Each::new(whose, |vendor| {
            let prices = self.prices[vendor as usize].as_ref();
            let calls = prices.map_or(0, &calls);
            Cost { calls, rows: 0 }
        })
    }

    fn able(&self, whose: Whose, capability: Capability) -> Whose {
        let can = |vendor: Vendor| {
            let adapter = self.registry.adapter(vendor);
            adapter.is_some_and(|it| it.capabilities().contains(&capability))
        };
        whose.and(can)
    }

    fn with(&self, whose: Whose, has: impl Fn(&Prices) -> bool) -> Whose {
        whose.and(|vendor| self.prices[vendor as usize].as_ref().is_some_and(&has))
    }
}

/// The type and the vendor of what an id names. One that is none is refused, and costs nothing.
fn named(id: &Value) -> Option<(&'static str, Vendor)> {
    let Value::String(id) = id else { return None };
    let id = GlobalId::parse(id).ok()?;
    let name = match id {
        GlobalId::Referral(..) => "Referral",
        GlobalId::Connection(..) => "Connection",
        GlobalId::Engagement(..) => "Engagement",
        GlobalId::Facilitator { .. } => "Facilitator",
    };
    Some((name, id.vendor()))
}

impl Whose {
    fn only(vendor: Vendor) -> Self {
        let mut whose = Self([false; VENDORS]);
        whose.0[vendor as usize] = true;
        whose
    }

    fn has(self, vendor: Vendor) -> bool {
        self.0[vendor as usize]
    }

    fn and(mut self, is: impl Fn(Vendor) -> bool) -> Self {
        for vendor in Vendor::ALL {
            self.0[*vendor as usize] &= is(*vendor);
        }
        self
    }
}

impl Each {
    fn new(whose: Whose, cost: impl Fn(Vendor) -> Cost) -> Self {
        let mut each = Self::default();
        for vendor in Vendor::ALL.iter().copied().filter(|it| whose.has(*it)) {
            each.0[vendor as usize] = cost(vendor);
        }
        each
    }

    fn combined(mut self, other: Self, with: impl Fn(Cost, Cost) -> Cost) -> Self {
        for (one, other) in self.0.iter_mut().zip(other.0) {
            *one = with(*one, other);
        }
        self
    }

    fn and(self, other: Self) -> Self {
        self.combined(other, Cost::and)
    }

    fn or(self, other: Self) -> Self {
        self.combined(other, |one, other| Cost {
            calls: one.calls.max(other.calls),
            rows: one.rows.max(other.rows),
        })
    }

    fn times(self, rows: u64) -> Self {
        Self(self.0.map(|cost| cost.times(rows)))
    }

    fn dearest(self) -> Cost {
        let most = self.0.iter();
        Cost {
            calls: most.clone().map(|it| it.calls).max().unwrap_or(0),
            rows: most.map(|it| it.rows).max().unwrap_or(0),
        }
    }

    fn sum(self) -> Cost {
        self.0.into_iter().fold(Cost::default(), Cost::and)
    }
}
