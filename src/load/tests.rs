//! The merged list over a vendor that answers as a test says.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use proptest::prelude::*;
use tokio::time::Instant;

use super::cursor::{Cursor, Fingerprint};
use super::list::read;
use super::listed::Rank;
use super::{Cache, Flights, Lifetimes, ListRequest, Registry, ReportStatus};
use crate::clock::{Clock, ClockHand};
use crate::model::{
    Capability, Connection, ConnectionFilter, ConnectionStatus, DateTime, Json, Order,
    OrderDirection, OrderField, Referral, ReferralFilter, Vendor, Workspace,
};
use crate::vendor::{
    Adapter, Call, Error, Kind, Native, Next, Page, Plan, Position, Result, Vitals,
};

const VENDOR: Vendor = Vendor::ALL[1];
const NEWEST: Order = Order {
    field: OrderField::CreatedAt,
    direction: OrderDirection::Desc,
};

/// An id and a time in seconds.
type Row = (String, Option<i64>);

enum Change {
    Nothing,
    Add(Row),
    Remove(String),
}

#[derive(Default)]
struct Script {
    vitals: Vitals,
    rows: Mutex<Vec<Row>>,
    page: usize,
    /// Whether the list is said to come in the order asked for.
    is_paged: bool,
    /// Whether all the pages are told with the first.
    tells_all: bool,
    /// Whether every place but the first is refused.
    refuses_places: bool,
    /// What happens after each answer.
    meanwhile: Mutex<VecDeque<Change>>,
    asked: Mutex<Vec<usize>>,
}

fn connection((id, seconds): &Row) -> Arc<Connection> {
    let time = seconds.map(|seconds| DateTime(jiff::Timestamp::from_second(seconds).unwrap()));
    Arc::new(Connection {
        vendor: VENDOR,
        remote_id: id.as_str().into(),
        status: ConnectionStatus::Accepted,
        direction: None,
        sender: None,
        recipient: None,
        created_at: time,
        updated_at: time,
        expires_at: None,
        raw: Json("null".into()),
    })
}

#[async_trait]
impl Adapter for Script {
    fn vendor(&self) -> Vendor {
        VENDOR
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[]
    }

    fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    fn plan_referrals(&self, _filter: &ReferralFilter, _order: Order) -> Plan {
        Plan::RuledOut
    }

    async fn referrals(
        &self,
        _call: &Call,
        _native: &Native,
        _position: Option<&Position>,
    ) -> Result<Page<Referral>> {
        Err(Error::unsupported(VENDOR, "referrals"))
    }

    async fn referral(&self, _call: &Call, _id: &str) -> Result<Option<Referral>> {
        Ok(None)
    }

    fn plan_connections(&self, _filter: &ConnectionFilter, _order: Order) -> Plan {
        let native = Native {
            exact: true,
            ..Native::default()
        };
        if self.is_paged {
            Plan::Paged(native)
        } else {
            Plan::Whole(native)
        }
    }

    async fn connections(
        &self,
        _call: &Call,
        _native: &Native,
        position: Option<&Position>,
    ) -> Result<Page<Connection>> {
        let offset: usize = position.map_or(0, |at| at.0.trim_end_matches('+').parse().unwrap());
        self.asked.lock().unwrap().push(offset);
        if self.refuses_places && offset > 0 {
            return Err(Error::new(VENDOR, "list", Kind::Rejected, "no such place"));
        }
        let mut rows = self.rows.lock().unwrap();
        let page: Vec<_> = rows
            .iter()
            .skip(offset)
            .take(self.page)
            .map(connection)
            .collect();
        let (behind, total) = (offset + page.len(), rows.len());
        let place = |offset: usize, sign: &str| Position(format!("{offset}{sign}").into());
        let leads_on = position.is_none_or(|at| at.0.ends_with('+')) || !self.tells_all;
        let next = if behind >= total || page.is_empty() || !leads_on {
            Next::End
        } else if self.tells_all && offset == 0 {
            let mut places: Vec<_> = (behind..total).step_by(self.page).collect();
            let last = places.pop().unwrap();
            let known = places.into_iter().map(|offset| place(offset, ""));
            Next::All(known.chain([place(last, "+")]).collect())
        } else {
            Next::Then(place(behind, "+"))
        };
        match self.meanwhile.lock().unwrap().pop_front() {
            Some(Change::Add(row)) => rows.insert(0, row),
            Some(Change::Remove(id)) => rows.retain(|(known, _)| *known != id),
            Some(Change::Nothing) | None => {}
        }
        Ok(Page {
            rows: page,
            unreadable: Vec::new(),
            next,
            here: Some(place(offset, "+")),
            total: u64::try_from(total).ok(),
            repeats: false,
        })
    }

    async fn check(&self, _call: &Call) -> Result<String> {
        Ok(String::new())
    }
}

struct World {
    registry: Registry,
    script: Arc<Script>,
    hand: ClockHand,
}

fn world(script: Script, max_scan: usize) -> World {
    let (clock, hand) = Clock::manual("2026-06-11T12:00:00Z".parse().unwrap());
    let script = Arc::new(script);
    let adapter: Arc<dyn Adapter> = script.clone();
    let cache = Arc::new(Cache::new(clock.clone(), 1 << 20, Lifetimes::default()));
    let registry = Registry {
        workspace: Workspace::new("test"),
        adapters: BTreeMap::from([(VENDOR, adapter)]),
        generations: BTreeMap::new(),
        flights: Flights::new(cache.clone()),
        cache,
        clock,
        call_budget: Duration::from_mins(1),
        max_scan,
    };
    World {
        registry,
        script,
        hand,
    }
}

impl World {
    async fn page(
        &self,
        first: usize,
        after: Option<Cursor>,
        order: Order,
    ) -> super::List<Connection> {
        let call = Call {
            request_id: "test".into(),
            deadline: Instant::now() + Duration::from_mins(1),
        };
        let request = ListRequest {
            first,
            after,
            filter: ConnectionFilter::default(),
            order,
            // Both ways give the same rows.
            count: first.is_multiple_of(2),
        };
        read(&self.registry, &call, &request).await
    }

    /// The ids of all pages. Between two pages as many seconds go by as `pauses` says, over and over.
    async fn walk(&self, first: usize, order: Order, pauses: &[u64]) -> Vec<String> {
        let list = Fingerprint::of(&"test");
        let (mut ids, mut after) = (Vec::new(), None);
        for turn in 0..1_000 {
            let page = self.page(first, after, order).await;
            assert!(
                matches!(page.reports[1].status, ReportStatus::Ok),
                "{:?}",
                page.reports
            );
            ids.extend(page.rows.iter().map(|row| row.value.remote_id.to_string()));
            if !page.has_next {
                return ids;
            }
            let cursor = page.cursor(page.rows.len() - 1, list).unwrap();
            after = Some(Cursor::read(&cursor, list).unwrap());
            let pause = pauses.get(turn % pauses.len().max(1)).copied();
            self.hand
                .advance(Duration::from_secs(pause.unwrap_or_default()));
        }
        panic!("the list does not end: {ids:?}");
    }
}

fn numbered(rows: usize) -> Vec<Row> {
    let row = |n: usize| (format!("r{n:03}"), i64::try_from(10_000 - n).ok());
    (0..rows).map(row).collect()
}

fn ids(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|(id, _)| id.clone()).collect()
}

/// As the list must come.
fn sorted(rows: &[Row], order: Order) -> Vec<String> {
    let rank = |row: &Row| Rank::of(&*connection(row), order.field);
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| rank(a).compare(&rank(b), order.direction));
    ids(&rows)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(future)
}

#[tokio::test]
async fn a_vendor_that_gives_one_row_at_a_time_is_not_called_for_each_of_ten_thousand() {
    for tells_all in [false, true] {
        let script = Script {
            rows: Mutex::new(numbered(3_000)),
            page: 1,
            tells_all,
            ..Script::default()
        };
        let world = world(script, 10_000);
        let page = world.page(10, None, NEWEST).await;
        assert_eq!(page.rows.len(), 10);
        assert!(matches!(
            page.reports[1].status,
            ReportStatus::Partial { cut: true, .. }
        ));
        assert_eq!(world.script.asked.lock().unwrap().len(), 500);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_walk_gives_every_row_once_in_order_however_the_vendor_breaks_ties_or_orders(
        times in proptest::collection::vec(proptest::option::weighted(0.9, 0..6_i64), 0..30),
        (page, first) in (1..7_usize, 1..9_usize),
        (is_desc, untimed_first, keeps_order) in any::<(bool, bool, bool)>(),
        (is_paged, tells_all) in any::<(bool, bool)>(),
        pauses in proptest::collection::vec(prop_oneof![Just(0_u64), Just(11), Just(31)], 0..4),
        salt in any::<u32>(),
    ) {
        let mut rows: Vec<Row> = times
            .into_iter()
            .enumerate()
            .map(|(n, time)| (format!("{:08x}", u32::try_from(n).unwrap().wrapping_mul(2_654_435_761) ^ salt), time))
            .collect();
        let direction = if is_desc { OrderDirection::Desc } else { OrderDirection::Asc };
        let order = Order { field: OrderField::CreatedAt, direction };
        if keeps_order {
            rows.sort_by_key(|(_, time)| {
                (time.is_none() != untimed_first, time.map(|time| if is_desc { -time } else { time }))
            });
        }
        // That a vendor breaks the order shows where it does: of what went before, the client has its pages already.
        let first = if is_paged && !keeps_order { 100 } else { first };
        let expected = sorted(&rows, order);
        let script = Script {
            rows: Mutex::new(rows),
            page,
            is_paged,
            tells_all: tells_all && !is_paged,
            ..Script::default()
        };
        let given = block_on(world(script, 1_000).walk(first, order, &pauses));
        prop_assert_eq!(given, expected);
    }

    #[test]
    fn rows_that_come_while_a_list_is_walked_cost_none_of_the_others(
        count in 1..40_usize,
        // With one row to a page, a row that comes after each answer hides the others for ever.
        (page, first) in (2..7_usize, 1..9_usize),
        (is_paged, tells_all) in any::<(bool, bool)>(),
        adds in proptest::collection::vec(any::<bool>(), 0..30),
        pauses in proptest::collection::vec(prop_oneof![Just(0_u64), Just(11), Just(31)], 0..4),
    ) {
        let rows = numbered(count);
        let expected = ids(&rows);
        let change = |(n, add): (usize, bool)| {
            if add {
                Change::Add((format!("new{n:03}"), i64::try_from(20_000 + n).ok()))
            } else {
                Change::Nothing
            }
        };
        let script = Script {
            rows: Mutex::new(rows),
            page,
            is_paged,
            tells_all: tells_all && !is_paged,
            meanwhile: Mutex::new(adds.into_iter().enumerate().map(change).collect()),
            ..Script::default()
        };
        let mut given = block_on(world(script, 1_000).walk(first, NEWEST, &pauses));
        given.retain(|id| !id.starts_with("new"));
        prop_assert_eq!(given, expected);
    }
}

fn paged(rows: Vec<Row>, page: usize) -> Script {
    Script {
        rows: Mutex::new(rows),
        page,
        is_paged: true,
        ..Script::default()
    }
}

#[tokio::test]
async fn a_page_that_is_older_than_the_one_before_it_is_read_anew() {
    let world = world(paged(numbered(6), 2), 100);
    world.page(2, None, NEWEST).await;
    // Both pages are kept. The first one is read anew meanwhile, and shows what has come since.
    let newest = ("new".to_owned(), Some(20_000));
    world.script.rows.lock().unwrap().insert(0, newest);
    world.hand.advance(Duration::from_secs(31));
    let aging = world.page(1, None, NEWEST).await;
    assert_eq!(&*aging.rows[0].value.remote_id, "r000");
    while *world.page(1, None, NEWEST).await.rows[0].value.remote_id != *"new" {
        tokio::task::yield_now().await;
    }
    let given = world.page(7, None, NEWEST).await;
    let given: Vec<_> = given.rows.iter().map(|row| &*row.value.remote_id).collect();
    assert_eq!(
        given,
        ["new", "r000", "r001", "r002", "r003", "r004", "r005"]
    );
}

#[tokio::test]
async fn a_walk_through_a_long_list_does_not_begin_anew_for_every_page() {
    let world = world(paged(numbered(100), 10), 1_000);
    // Nothing is kept from one page to the next.
    let given = world.walk(10, NEWEST, &[31]).await;
    assert_eq!(given, ids(&numbered(100)));
    let asked = world.script.asked.lock().unwrap().len();
    assert!(asked <= 40, "{asked} calls for ten pages");
}

#[tokio::test]
async fn a_hint_that_points_too_far_or_nowhere_costs_no_row() {
    for refuses in [false, true] {
        let script = Script {
            refuses_places: refuses,
            ..paged(numbered(5), if refuses { 10 } else { 2 })
        };
        let world = world(script, 100);
        for place in ["4+", "3+", "1000+"] {
            let after = Cursor {
                after: Rank::of(&*connection(&numbered(2)[1]), OrderField::CreatedAt),
                hints: vec![(VENDOR, Position(place.into()))],
            };
            let page = world.page(10, Some(after), NEWEST).await;
            let given: Vec<_> = page.rows.iter().map(|row| &*row.value.remote_id).collect();
            assert_eq!(given, ["r002", "r003", "r004"], "{place}");
        }
    }
}

#[tokio::test]
async fn a_list_with_more_rows_than_are_ever_read_says_so() {
    for is_paged in [true, false] {
        let script = Script {
            is_paged,
            ..paged(numbered(50), 10)
        };
        let world = world(script, 20);
        let page = world.page(100, None, NEWEST).await;
        assert_eq!(page.rows.len(), 20);
        let cut = matches!(
            page.reports[1].status,
            ReportStatus::Partial { cut: true, .. }
        );
        assert!(cut, "{:?}", page.reports);
        assert_eq!(world.script.asked.lock().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_list_that_loses_rows_while_it_is_read_is_read_again() {
    for is_paged in [false, true] {
        let remove = |id: &str| Change::Remove(id.to_owned());
        // The second one goes while the list is read for the second time.
        let meanwhile = [
            remove("r000"),
            Change::Nothing,
            Change::Nothing,
            remove("r001"),
        ];
        let script = Script {
            is_paged,
            meanwhile: Mutex::new(meanwhile.into()),
            ..paged(numbered(9), 3)
        };
        let world = world(script, 100);
        let given = world.walk(100, NEWEST, &[]).await;
        assert_eq!(given, ids(&numbered(9))[2..]);
    }
}

#[tokio::test]
async fn a_page_that_was_kept_and_one_read_much_later_are_read_anew_together() {
    let world = world(paged(numbered(6), 2), 100);
    world.page(1, None, NEWEST).await;
    // The first page is kept. Meanwhile a row on it goes and another comes: no count tells of it.
    {
        let mut rows = world.script.rows.lock().unwrap();
        rows.retain(|(id, _)| id != "r001");
        rows.push(("late".to_owned(), Some(1)));
    }
    world.hand.advance(Duration::from_secs(20));
    let given = world.page(10, None, NEWEST).await;
    let given: Vec<_> = given.rows.iter().map(|row| &*row.value.remote_id).collect();
    assert_eq!(given, ["r000", "r002", "r003", "r004", "r005", "late"]);
}
