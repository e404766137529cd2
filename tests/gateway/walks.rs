//! Walking the merged list over worlds that nobody arranged: shaken up, of any size, with vendors that fail, and with
//! rows that come and go meanwhile.

use std::collections::HashSet;
use std::time::Duration;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use referral_gateway::sandbox::{Fault, Kind, Place};
use serde_json::{Value, json};

use crate::filters::{Row, everything, expected};
use crate::harness::World;
use crate::lists::LIST;

/// Every vendor: its mount name, its name in the schema, and where its list is.
pub const VENDORS: [(&str, &str, &str); 4] = [
    ("introzy", "INTROZY", "/api/referral-opps"),
    ("plannr", "PLANNR", "/api/v1/referrals"),
    (
        "partner-center",
        "PARTNER_CENTER",
        "/v1.0/engagements/referrals",
    ),
    ("saasquatch", "SAASQUATCH", "/api/v1/*/referrals"),
];

const STATUSES: [&str; 6] = ["PENDING", "ACTIVE", "WON", "LOST", "DECLINED", "EXPIRED"];

/// The status of the source, and what makes it so.
type Failure = (&'static str, fn() -> Kind);

/// Ways to fail that are told at once, with the status that the source has then.
const FAILURES: [Failure; 3] = [
    ("UNAUTHORIZED", || Kind::ExpiredToken),
    ("RATE_LIMITED", || Kind::RateLimited { seconds: None }),
    ("FAILED", || Kind::Html { status: 200 }),
];

/// A fault on a vendor's list alone.
pub fn on_list(vendor: usize, kind: Kind) -> Fault {
    let (path, _, list) = VENDORS[vendor];
    Fault {
        path: Some(list.to_owned()),
        ..Fault::new(path, kind)
    }
}

fn block_on<F: Future>(story: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(story)
}

fn run<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    let config = Config {
        cases,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(strategy, |case| {
        test(case);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

/// All ids of a list, page after page, and what every page says of its sources. Between two pages some seconds go by.
async fn walk(
    world: &World,
    first: usize,
    filter: &Value,
    order: &Value,
    pause: u64,
) -> (Vec<String>, Vec<Value>) {
    let (mut ids, mut pages) = (Vec::new(), Vec::new());
    let mut after = Value::Null;
    loop {
        let variables = json!({ "first": first, "after": after, "filter": filter, "order": order });
        let mut data = world.data_with(LIST, variables).await;
        let page = data["referrals"].take();
        let edges = page["edges"].as_array().unwrap();
        let id = |edge: &Value| edge["node"]["id"].as_str().unwrap().to_owned();
        ids.extend(edges.iter().map(id));
        assert!(ids.len() < 2_000, "the list does not end");
        let has_next = page["pageInfo"]["hasNextPage"] == true;
        after = page["pageInfo"]["endCursor"].clone();
        pages.push(page);
        if !has_next {
            return (ids, pages);
        }
        world.hand.advance(Duration::from_secs(pause));
    }
}

#[derive(Clone, Debug)]
struct RandomWorld {
    seed: u64,
    sizes: [usize; 4],
    /// Which of the failures each vendor has, if any.
    failing: [Option<usize>; 4],
    first: usize,
    by_update: bool,
    descending: bool,
    filter: RandomFilter,
}

#[derive(Clone, Debug)]
struct RandomFilter {
    vendors: Option<[bool; 4]>,
    statuses: Option<Vec<usize>>,
    direction: Option<&'static str>,
    /// Of the time of creation or of the last change; both bounds are times of rows.
    bounds: Option<(&'static str, usize, usize)>,
}

fn random_world() -> impl Strategy<Value = RandomWorld> {
    use proptest::option::{of, weighted};
    let failing = weighted(0.25, 0..FAILURES.len());
    let filter = (
        of(any::<[bool; 4]>()),
        of(proptest::collection::vec(0..STATUSES.len(), 1..4)),
        weighted(0.3, prop_oneof![Just("SENT"), Just("RECEIVED")]),
        of((
            prop_oneof![Just("created"), Just("updated")],
            0..200_usize,
            0..200_usize,
        )),
    );
    let filter = filter.prop_map(|(vendors, statuses, direction, bounds)| RandomFilter {
        vendors,
        statuses,
        direction,
        bounds,
    });
    (
        any::<u64>(),
        proptest::array::uniform4(0..50_usize),
        proptest::array::uniform4(failing),
        4..100_usize,
        any::<(bool, bool)>(),
        filter,
    )
        .prop_map(|(seed, sizes, failing, first, order, filter)| RandomWorld {
            seed,
            sizes,
            failing,
            first,
            by_update: order.0,
            descending: order.1,
            filter,
        })
}

impl RandomWorld {
    async fn start(&self) -> World {
        let world = World::start().await;
        for (index, (path, _, _)) in VENDORS.into_iter().enumerate() {
            world.sandbox.resize(path, self.sizes[index]).unwrap();
        }
        world.sandbox.scramble(self.seed);
        world
    }

    fn order(&self) -> Value {
        json!({
            "field": if self.by_update { "UPDATED_AT" } else { "CREATED_AT" },
            "direction": if self.descending { "DESC" } else { "ASC" },
        })
    }
}

impl RandomFilter {
    /// The filter as sent, and what it means.
    fn read(&self, rows: &[Row]) -> (Value, impl Fn(&Row) -> bool) {
        let mut filter = json!({});
        let vendors = self.vendors.map(|wanted| {
            let named = VENDORS.iter().zip(wanted).filter(|(_, wanted)| *wanted);
            named.map(|((_, name, _), _)| *name).collect::<Vec<_>>()
        });
        if let Some(vendors) = &vendors {
            filter["vendors"] = json!(vendors);
        }
        let statuses = self.statuses.as_ref().map(|wanted| {
            let named = wanted.iter().map(|index| STATUSES[*index]);
            named.collect::<Vec<_>>()
        });
        if let Some(statuses) = &statuses {
            filter["status"] = json!(statuses);
        }
        let direction = self.direction;
        if let Some(direction) = direction {
            filter["direction"] = json!(direction);
        }
        let bounds = self.bounds.and_then(|(field, low, high)| {
            let name = if field == "created" {
                "CREATED_AT"
            } else {
                "UPDATED_AT"
            };
            let times: Vec<_> = rows.iter().filter_map(|row| row.time(name)).collect();
            let at = |index: usize| times.get(index % times.len().max(1)).copied();
            let (one, other) = (at(low)?, at(high)?);
            Some((field, name, one.min(other), one.max(other)))
        });
        if let Some((field, _, low, high)) = bounds {
            filter[format!("{field}After")] = json!(low.to_string());
            filter[format!("{field}Before")] = json!(high.to_string());
        }
        let wanted = move |row: &Row| {
            let is_within = bounds.is_none_or(|(_, name, low, high)| {
                row.time(name).is_some_and(|time| time > low && time < high)
            });
            vendors
                .as_ref()
                .is_none_or(|names| names.contains(&row.vendor.as_str()))
                && statuses
                    .as_ref()
                    .is_none_or(|names| names.contains(&row.status.as_str()))
                && direction.is_none_or(|wanted| row.direction.as_deref() == Some(wanted))
                && is_within
        };
        (filter, wanted)
    }
}

#[test]
fn walking_any_world_gives_what_sieving_and_sorting_all_of_it_gives_whoever_fails() {
    run(24, &random_world(), |case| {
        block_on(check_random_world(&case));
    });
}

async fn check_random_world(case: &RandomWorld) {
    let rows = everything(&case.start().await).await;
    let world = case.start().await;
    for (path, name, _) in VENDORS {
        let there = world.sandbox.vendor(path).unwrap().emulator.count();
        assert_eq!(rows.iter().filter(|row| row.vendor == name).count(), there);
    }
    for (index, failing) in case.failing.into_iter().enumerate() {
        if let Some(failure) = failing {
            world.sandbox.fault(on_list(index, FAILURES[failure].1()));
        }
    }
    let is_well = |row: &Row| {
        let index = VENDORS.iter().position(|(_, name, _)| *name == row.vendor);
        case.failing[index.unwrap()].is_none()
    };
    let (filter, wanted) = case.filter.read(&rows);
    let order = case.order();
    let wanted = expected(&rows, &filter, &order, |row| wanted(row) && is_well(row));

    let (walked, pages) = walk(&world, case.first, &filter, &order, 0).await;
    assert_eq!(walked, wanted);
    for page in pages {
        let total = &page["totalCount"];
        assert!(total.is_null() || *total == wanted.len(), "{page:#}");
        for source in page["sources"].as_array().unwrap() {
            let index = VENDORS
                .iter()
                .position(|(_, name, _)| source["vendor"] == *name);
            let well = case.failing[index.unwrap()].map_or("OK", |failure| FAILURES[failure].0);
            let status = source["status"].as_str().unwrap();
            assert!(status == well || status == "UNSUPPORTED", "{source:#}");
        }
    }
}

#[derive(Clone, Debug)]
struct Changing {
    vendor: usize,
    seed: u64,
    first: usize,
    by_update: bool,
    descending: bool,
    /// Seconds from one page to the next.
    pause: u64,
    /// After so many answers of the vendor's list the world changes.
    after: u32,
    /// So many of the answers that follow change it.
    times: u32,
    count: usize,
    at: Place,
}

fn changing() -> impl Strategy<Value = Changing> {
    let place = prop_oneof![
        Just(Place::Newest),
        Just(Place::Middle),
        Just(Place::Oldest)
    ];
    let pause = prop_oneof![Just(0_u64), Just(2), Just(11), Just(31), Just(301)];
    (
        (0..VENDORS.len(), any::<u64>(), 9..60_usize, pause),
        any::<(bool, bool)>(),
        (0..5_u32, 1..4_u32, 1..15_usize, place),
    )
        .prop_map(|(walk, order, change)| Changing {
            vendor: walk.0,
            seed: walk.1,
            first: walk.2,
            pause: walk.3,
            by_update: order.0,
            descending: order.1,
            after: change.0,
            times: change.1,
            count: change.2,
            at: change.3,
        })
}

impl Changing {
    /// Walks a world whose list comes in several pages, and which changes meanwhile.
    async fn check(&self, change: Kind) {
        let (path, name, _) = VENDORS[self.vendor];
        let world = World::start().await;
        let rows = match path {
            "introzy" | "saasquatch" => 125,
            "plannr" => 50,
            _ => 40,
        };
        world.sandbox.resize(path, rows).unwrap();
        world.sandbox.scramble(self.seed);
        for (path, switch, value) in [
            ("plannr", "list_body", "fixed_pages"),
            ("partner-center", "page_size", "10"),
        ] {
            world.sandbox.set_switch(path, switch, value).unwrap();
        }
        let filter = json!({ "vendors": [name] });
        let order = json!({
            "field": if self.by_update { "UPDATED_AT" } else { "CREATED_AT" },
            "direction": if self.descending { "DESC" } else { "ASC" },
        });
        let (before, _) = walk(&world, 100, &filter, &order, 0).await;
        assert_eq!(before.len(), rows);
        let long = Duration::from_hours(2);
        world.hand.advance(long);

        world.sandbox.fault(Fault {
            after: self.after,
            times: Some(self.times),
            ..on_list(self.vendor, change)
        });
        let (walked, _) = walk(&world, self.first, &filter, &order, self.pause).await;
        let given: HashSet<&String> = walked.iter().collect();
        assert_eq!(given.len(), walked.len(), "a row came twice");

        world.sandbox.clear_faults();
        world.hand.advance(long);
        let (after, _) = walk(&world, 100, &filter, &order, 0).await;
        let after: HashSet<&String> = after.iter().collect();
        let missed: Vec<_> = before
            .iter()
            .enumerate()
            .filter(|(_, id)| after.contains(id) && !given.contains(id))
            .collect();
        assert!(
            missed.is_empty(),
            "{} are missing: {missed:?}",
            missed.len()
        );
    }
}

#[test]
fn rows_that_come_during_a_walk_make_it_neither_repeat_nor_miss_a_row() {
    run(20, &changing(), |case| {
        let (count, at) = (case.count, case.at);
        block_on(case.check(Kind::RowsAdded { count, at }));
    });
}

#[test]
fn rows_that_go_during_a_walk_make_it_neither_repeat_nor_miss_one_that_stays() {
    run(20, &changing(), |case| {
        let (count, at) = (case.count, case.at);
        block_on(case.check(Kind::RowsRemoved { count, at }));
    });
}

/// Where the next page cannot be reached by the vendor's link it is asked for by `$skip`, and no total is known.
#[tokio::test]
async fn a_referral_that_goes_between_two_pages_costs_no_other_where_links_lead_elsewhere() {
    let world = World::start().await;
    for (name, value) in [("page_size", "10"), ("next_link", "foreign_host")] {
        world
            .sandbox
            .set_switch("partner-center", name, value)
            .unwrap();
    }
    world.sandbox.resize("partner-center", 20).unwrap();
    let filter = json!({ "vendors": ["PARTNER_CENTER"] });
    let order = json!({ "field": "CREATED_AT", "direction": "DESC" });
    let (before, _) = walk(&world, 100, &filter, &order, 0).await;
    world.hand.advance(Duration::from_hours(2));
    let gone = Kind::RowsRemoved {
        count: 1,
        at: Place::Newest,
    };
    world.sandbox.fault(Fault {
        times: Some(1),
        ..on_list(2, gone)
    });
    let (walked, _) = walk(&world, 100, &filter, &order, 0).await;
    // Left: r0 to r9 and r11 to r19. Right: all but, at most, r0.
    assert_eq!(walked[walked.len() - 19..], before[1..]);
}
