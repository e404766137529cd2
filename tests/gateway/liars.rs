//! Vendors that lie: whatever one of them sends costs its own part, and steers no call elsewhere.

use std::collections::BTreeMap;

use axum::Router;
use axum::http::StatusCode;
use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use referral_gateway::sandbox::{Fault, Kind, Logged};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;

use crate::failures::{VENDORS, count, source};
use crate::harness::{Options, World, send};

/// Where each vendor's list of referrals is, and the names that the rows and a row's own id have in it.
const LISTS: [(&str, &str, &str); 4] = [
    ("/api/referral-opps", "referralOpps", "id"),
    ("/api/v1/referrals", "data", "uuid"),
    ("/v1.0/engagements/referrals", "value", "id"),
    ("/api/v1/*/referrals", "referrals", "id"),
];

const LIST: &str =
    "{ referrals(first: 100) { nodes { id vendor } sources { vendor status code } } }";

/// A small cap, so that what exceeds it is soon sent.
const CAPPED: &str = "[limits]\nmax_answer_bytes = 1000000\n[cache]\nmax_scan = 400";

async fn capped() -> World {
    let world = World::with(Options {
        toml: CAPPED,
        ..Options::default()
    })
    .await;
    // Signing in works, so that it is the list that lies.
    for (_, vendor) in VENDORS {
        let query = format!("{{ people(vendor: {vendor}, search: \"x\") {{ name }} }}");
        world.data(&query).await;
    }
    world
}

fn answer(body: &Value) -> Kind {
    Kind::Status {
        status: 200,
        body: Some(body.to_string()),
        content_type: None,
        headers: BTreeMap::new(),
    }
}

fn on_list(index: usize, kind: Kind) -> Fault {
    Fault {
        path: Some(LISTS[index].0.to_owned()),
        ..Fault::new(VENDORS[index].0, kind)
    }
}

/// The GETs of a vendor's list so far.
fn list_calls(world: &World, index: usize) -> Vec<Logged> {
    let mut asked = world.asked(VENDORS[index].0);
    asked.retain(|asked| {
        asked
            .path
            .ends_with(LISTS[index].0.rsplit('/').next().unwrap())
    });
    asked
}

/// Introzy's samples have their lists below `data`, and at the top.
fn unwrapped(body: &mut Value, index: usize) -> &mut Value {
    let is_inner = body["data"].get(LISTS[index].1).is_some();
    if is_inner { &mut body["data"] } else { body }
}

/// The body that a vendor's list has when it is asked as the gateway asks for it.
async fn honest(world: &World, index: usize) -> Value {
    world.data(LIST).await;
    let asked = list_calls(world, index).remove(0);
    let (vendor, _) = VENDORS[index];
    let base = world
        .environment
        .iter()
        .find(|(name, _)| {
            name.ends_with("_BASE_URL") && name.to_lowercase().replace('_', "-").starts_with(vendor)
        })
        .map(|(_, base)| base.clone())
        .unwrap();
    let mut request = world
        .http
        .get(format!("{base}{}?{}", asked.path, asked.raw_query));
    for (name, value) in asked.headers {
        if name != "host" && name != "accept-encoding" {
            request = request.header(name, value);
        }
    }
    let mut body: Value = serde_json::from_str(&send(request).await.text().await.unwrap()).unwrap();
    assert!(
        unwrapped(&mut body, index)[LISTS[index].1]
            .as_array()
            .is_some_and(|rows| !rows.is_empty()),
        "{body:#}"
    );
    body
}

#[tokio::test]
async fn an_answer_that_is_huge_endless_a_bomb_or_deep_costs_its_own_vendor() {
    let deep =
        |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let lies = [
        ("huge", Kind::HugeBody { bytes: 3 << 20 }),
        ("endless", Kind::HugeBody { bytes: u64::MAX }),
        ("a bomb", Kind::CompressedBomb { bytes: 16 << 20 }),
        ("deep", answer_text(&deep("[", "]"))),
        ("deep objects", answer_text(&deep("{\"a\":", "}"))),
    ];
    for (what, lie) in lies {
        for (index, (_, vendor)) in VENDORS.into_iter().enumerate() {
            let world = capped().await;
            world.sandbox.fault(on_list(index, lie.clone()));
            let data = world.data(LIST).await;
            // Where a list is read into as one row, what follows it is asked for in vain.
            let calls = list_calls(&world, index).len();
            assert!((1..=4).contains(&calls), "{what}, {vendor}: {calls}");
            for (_, other) in VENDORS {
                let status = &source(&data, other)["status"];
                // A list of one unreadable row is a list with nothing in it.
                let is_refused = status == "FAILED" || status == "PARTIAL";
                assert!(
                    if other == vendor {
                        is_refused
                    } else {
                        status == "OK"
                    },
                    "{what}, {vendor}, {other}: {status}"
                );
                assert_eq!(
                    count(&data, other) > 0,
                    other != vendor,
                    "{what}, {vendor}, {other}"
                );
            }
            assert_eq!(
                source(&data, vendor)["code"],
                "VENDOR_INVALID_RESPONSE",
                "{what}"
            );
        }
    }
}

fn answer_text(body: &str) -> Kind {
    Kind::Status {
        status: 200,
        body: Some(body.to_owned()),
        content_type: None,
        headers: BTreeMap::new(),
    }
}

#[tokio::test]
async fn no_redirect_is_followed_wherever_it_leads() {
    let lured = Arc::new(AtomicUsize::new(0));
    let counting = lured.clone();
    let elsewhere = Router::new().fallback(move || {
        counting.fetch_add(1, Ordering::Relaxed);
        async { StatusCode::OK }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, elsewhere).await });

    for status in [301, 302, 303, 307, 308] {
        let world = capped().await;
        for index in 0..VENDORS.len() {
            let headers = [("location".to_owned(), target.clone())]
                .into_iter()
                .collect();
            let kind = Kind::Status {
                status,
                body: None,
                content_type: None,
                headers,
            };
            world.sandbox.fault(on_list(index, kind));
        }
        let data = world.data(LIST).await;
        for (index, (_, vendor)) in VENDORS.into_iter().enumerate() {
            assert_eq!(
                source(&data, vendor)["status"],
                "FAILED",
                "{status}, {vendor}"
            );
            assert_eq!(list_calls(&world, index).len(), 1, "{status}, {vendor}");
        }
    }
    assert_eq!(lured.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_list_that_never_ends_is_read_to_the_bound_and_no_further() {
    for (index, (path, vendor)) in VENDORS.into_iter().enumerate() {
        let world = capped().await;
        let mut body = honest(&world, index).await;
        world.sandbox.clear_faults();
        // Every page says that there are more: a count without end, and a link to itself and elsewhere.
        for count in ["total", "count", "totalCount"] {
            unwrapped(&mut body, index)[count] = json!(4_000_000_000_u32);
        }
        let fresh = capped().await;
        for link in [
            "http://127.0.0.1:9/v1.0/engagements/referrals?$skiptoken=1",
            "//evil.example/x",
            "?page=1",
        ] {
            body["@odata.nextLink"] = json!(link);
            body["links"] = json!({ "next": link });
            body["meta"] = json!({ "current_page": 1, "last_page": 4_000_000_000_u32, "total": 4_000_000_000_u32 });
            fresh.sandbox.fault(Fault {
                times: Some(20),
                ..on_list(index, answer(&body))
            });
        }
        let mut after = None;
        for _ in 0..10 {
            let query = "query($after: String, $v: Vendor!) { referrals(first: 100, after: $after, filter: { vendors: [$v] }) { nodes { id } pageInfo { hasNextPage endCursor } sources { vendor status code } } }";
            let data = fresh
                .data_with(query, json!({ "after": after, "v": vendor }))
                .await;
            if data["referrals"]["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
            after = data["referrals"]["pageInfo"]["endCursor"]
                .as_str()
                .map(str::to_owned);
        }
        let calls = list_calls(&fresh, index).len();
        assert!((1..=60).contains(&calls), "{path}: {calls} calls");
        assert_eq!(
            fresh.data("{ __typename }").await,
            json!({ "__typename": "Query" })
        );
    }
}

#[tokio::test]
async fn an_id_that_would_steer_an_address_stays_one_segment_of_it() {
    let odd = [
        "../../admin",
        "..%2f..%2fadmin",
        "%2e%2e",
        "a/b",
        "a?x=1",
        "a#b",
        "a;b",
        "a&b=c",
        "a b",
        "a\\b",
        "http://evil.example/",
        "//evil.example",
        "@evil.example",
        "é",
        "\u{202e}x",
        "a%00b",
        "$filter",
        "a'b",
        "a\"b",
        "(1)",
    ];
    let deep = "{ node(id: $id) { ... on Referral { id facilitators { nodes { id } } notes { nodes { text } } } } }";
    for (index, (path, _)) in VENDORS.into_iter().enumerate() {
        let world = capped().await;
        let body = honest(&world, index).await;
        let (_, rows, id) = LISTS[index];
        for steering in odd {
            let fresh = capped().await;
            let mut lying = body.clone();
            let inner = unwrapped(&mut lying, index);
            let mut row = inner[rows][0].take();
            row[id] = json!(steering);
            inner[rows] = json!([row]);
            fresh.sandbox.fault(on_list(index, answer(&lying)));
            let data = fresh.data(LIST).await;
            let vendor = Vendor::ALL[index];
            let listed = data["referrals"]["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .find(|node| node["vendor"] == vendor.name());
            let global = GlobalId::Referral(vendor, steering.to_owned()).to_string();
            assert_eq!(
                listed.map(|node| node["id"].clone()),
                Some(json!(global)),
                "{path}, {steering}: {data:#}"
            );
            let before = fresh.asked(path).len();
            fresh
                .query_with(&format!("query($id: ID!) {deep}"), json!({ "id": global }))
                .await;
            for asked in &fresh.asked(path)[before..] {
                let segments: Vec<_> = asked.path.split('/').collect();
                let encoded = percent_encode(steering);
                let is_list = asked
                    .path
                    .ends_with(LISTS[index].0.rsplit('/').next().unwrap());
                assert!(
                    is_list || segments.contains(&&*encoded),
                    "{path}: {steering} led to {}",
                    asked.path
                );
                assert!(
                    asked.path.is_ascii() && !asked.path.contains("evil.example/"),
                    "{}",
                    asked.path
                );
            }
        }
    }
}

/// As RFC 3986 has it: all but unreserved characters.
fn percent_encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
