//! Many rows, many clients, many vendors down: what is asked of the vendors stays bounded, and what is well stays whole.

use std::time::Duration;

use futures_util::future::join_all;
use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::harness::{Options, World, codes};
use crate::walks::{VENDORS, on_list};

const CLIENTS: usize = 500;

/// A query of all vendors.
const ALL: &str = "{ referrals(first: 5) { nodes { id } sources { vendor status } } }";

#[tokio::test]
async fn ten_thousand_deals_are_read_once_with_at_most_sixteen_calls_at_a_time() {
    // The time is that of an optimized build on a machine with nothing else to do, and more.
    let world = World::with(Options {
        toml: "[limits]\nvendor_timeout = \"60s\"\n[server]\nrequest_timeout = \"60s\"",
        ..Options::default()
    })
    .await;
    world.sandbox.resize("introzy", 10_000).unwrap();
    // The first answers after the first page wait for each other, so that there is a time of many at once.
    world.sandbox.fault(Fault {
        after: 1,
        times: Some(9),
        ..on_list(0, Kind::Hold)
    });
    let query = "{ referrals(first: 20, filter: { vendors: [INTROZY] }) { nodes { id } totalCount sources { status } } }";
    let release = async {
        world.sandbox.until_held(9).await;
        world.sandbox.release();
    };
    let (cold, ()) = tokio::join!(world.data(query), release);
    let cold = &cold["referrals"];
    assert_eq!(cold["sources"], json!([{ "status": "OK" }]));
    assert_eq!(cold["totalCount"], 10_000);
    let calls = world.asked("introzy").len();
    assert!((100..=101).contains(&calls), "{calls} calls");
    let most = world.sandbox.load("introzy").unwrap().most;
    assert!((9..=16).contains(&most), "{most} at once");

    let warm = world.data(query).await;
    assert_eq!(warm["referrals"]["nodes"], cold["nodes"]);
    assert_eq!(world.asked("introzy").len(), calls);
}

#[tokio::test]
async fn whichever_vendors_are_down_the_others_rows_are_complete_and_each_failure_is_told_once() {
    for down in 0..16_usize {
        let world = World::start().await;
        let is_down = |index: usize| down & (1 << index) != 0;
        for (index, (path, _, _)) in VENDORS.into_iter().enumerate() {
            world.sandbox.resize(path, 20).unwrap();
            if is_down(index) {
                world.sandbox.fault(on_list(index, Kind::status(503)));
            }
        }
        let count = |data: &Value, vendor: &str| {
            let nodes = data["referrals"]["nodes"].as_array().unwrap();
            nodes.iter().filter(|node| node["vendor"] == vendor).count()
        };
        let query = "{ referrals(first: 100) { nodes { id vendor } sources { vendor status } pageInfo { hasNextPage } } }";
        let data = world.data(query).await;
        let sources: Vec<Value> = VENDORS
            .iter()
            .enumerate()
            .map(|(index, (_, vendor, _))| {
                let status = if is_down(index) { "FAILED" } else { "OK" };
                json!({ "vendor": vendor, "status": status })
            })
            .collect();
        assert_eq!(data["referrals"]["sources"], json!(sources), "{down:04b}");
        assert_eq!(data["referrals"]["pageInfo"]["hasNextPage"], false);

        let answer = world
            .query("{ referrals(first: 100) { nodes { id vendor } } }")
            .await;
        for (index, (_, vendor, _)) in VENDORS.into_iter().enumerate() {
            let there = if is_down(index) { 0 } else { 20 };
            for data in [&data, &answer["data"]] {
                assert_eq!(count(data, vendor), there, "{down:04b} {vendor}");
            }
        }
        let mut failed: Vec<&str> = answer["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|error| error["extensions"]["vendor"].as_str().unwrap())
            .collect();
        failed.sort_unstable();
        let mut expected: Vec<&str> = (0..4)
            .filter(|index| is_down(*index))
            .map(|index| VENDORS[index].1)
            .collect();
        expected.sort_unstable();
        assert_eq!(failed, expected, "{down:04b}");
        assert!(codes(&answer).iter().all(|(path, _)| path == "referrals"));
    }
}

#[tokio::test]
async fn a_vendor_that_serves_the_order_is_read_no_further_than_the_page_needs() {
    for (vendor, filter, asked) in [
        (1, json!({}), None),
        (2, json!({}), None),
        (
            1,
            json!({ "status": ["PENDING"] }),
            Some(("filter[status]", "pending")),
        ),
        (
            2,
            json!({ "status": ["PENDING"] }),
            Some(("$filter", "status eq 'New'")),
        ),
    ] {
        let (path, name, _) = VENDORS[vendor];
        let query =
            "query($first: Int, $after: String, $filter: ReferralFilter, $order: ReferralOrder) {
            referrals(first: $first, after: $after, filter: $filter, orderBy: $order) {
                nodes { id } pageInfo { endCursor } } }";
        // A vendor's page has a hundred rows. Where the last of them stands among those of its time only the next page
        // can tell, and one row beyond what was asked for is looked at.
        for (first, calls) in [(20, 1), (98, 1), (100, 2)] {
            // Of the filtered lists one order is enough.
            for field in &["CREATED_AT", "UPDATED_AT"][usize::from(asked.is_some())..] {
                let world = World::start().await;
                world.sandbox.resize(path, 400).unwrap();
                let mut filter = filter.clone();
                filter["vendors"] = json!([name]);
                let mut variables =
                    json!({ "first": first, "filter": filter, "order": { "field": field } });
                let data = world.data_with(query, variables.clone()).await;
                let page = &data["referrals"];
                assert_eq!(page["nodes"].as_array().unwrap().len(), first);
                let list = |world: &World| {
                    let mut lists = world.asked(path);
                    lists.retain(|request| request.path.ends_with("/referrals"));
                    lists
                };
                let lists = list(&world);
                assert_eq!(lists.len(), calls, "{name} {first} {field}");
                if let Some((parameter, value)) = asked {
                    assert_eq!(lists[0].parameter(parameter), Some(value));
                }
                if first == 20 {
                    variables["after"] = page["pageInfo"]["endCursor"].clone();
                    world.data_with(query, variables).await;
                    assert_eq!(list(&world).len(), 1, "the page was there already");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_five_hundred_clients_ask_at_once_is_asked_of_the_vendors_once() {
    let alone = World::start().await;
    let data = alone.data(ALL).await;

    let world = World::start().await;
    for vendor in 0..VENDORS.len() {
        world.sandbox.fault(on_list(vendor, Kind::Hold));
    }
    let crowd = join_all((0..CLIENTS).map(|_| world.data(ALL)));
    let release = async {
        world.sandbox.until_held(VENDORS.len()).await;
        world.sandbox.clear_faults();
    };
    let (answers, ()) = tokio::join!(crowd, release);
    for answer in answers {
        assert_eq!(answer, data);
    }
    assert_eq!(world.calls(), alone.calls());
}

#[tokio::test]
async fn what_clients_asked_who_left_before_the_vendors_answered_is_there_for_the_next() {
    let world = World::start().await;
    for vendor in 0..VENDORS.len() {
        world.sandbox.fault(on_list(vendor, Kind::Hold));
    }
    let address = world.url.strip_prefix("http://").unwrap();
    let body = json!({ "query": ALL }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let clients = join_all((0..CLIENTS).map(|_| async {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(request.as_bytes()).await.unwrap();
        client
    }))
    .await;
    world.sandbox.until_held(VENDORS.len()).await;
    drop(clients);
    let calls = world.calls();
    world.sandbox.clear_faults();

    let data = world.data(ALL).await;
    let sources = data["referrals"]["sources"].as_array().unwrap();
    assert!(sources.iter().all(|source| source["status"] == "OK"));
    assert_eq!(world.calls(), calls);
    world.hand.advance(Duration::from_secs(5));
    assert_eq!(world.data(ALL).await, data);
    assert_eq!(world.calls(), calls);
}
