//! Where a warm request's time goes: the processor time of requests that do more and more of what the whole list does.

use std::time::Duration;

use serde_json::json;

use crate::client::{self, Connection, Rhythm, drive};
use crate::speed::{FIELDS, median};
use crate::world::World;

const CONNECTIONS: usize = 16;
const ROUNDS: usize = 5;
const TURN: Duration = Duration::from_millis(250);

const PARTS: &[(&str, &str)] = &[
    ("nothing: { __typename }", "{ __typename }"),
    (
        "reading the list",
        "{ referrals(first: 50) { pageInfo { hasNextPage } } }",
    ),
    ("and counting it", "{ referrals(first: 50) { totalCount } }"),
    (
        "and its rows, one field",
        "{ referrals(first: 50) { nodes { vendor } } }",
    ),
    (
        "that and name",
        "{ referrals(first: 50) { nodes { vendor name } } }",
    ),
    (
        "that and id",
        "{ referrals(first: 50) { nodes { vendor id } } }",
    ),
    (
        "that and createdAt",
        "{ referrals(first: 50) { nodes { vendor createdAt } } }",
    ),
    (
        "that and value",
        "{ referrals(first: 50) { nodes { vendor value { amount currency } } } }",
    ),
    (
        "that and recipient",
        "{ referrals(first: 50) { nodes { vendor recipient { __typename ... on Person { name email } ... on Organization { name } } } } }",
    ),
];

/// Measures in rounds, each of every part in turn, and prints.
pub(crate) async fn run(world: &World) {
    let whole = format!("{{ referrals(first: 50) {{ {FIELDS}");
    let mut all = Vec::new();
    for (name, query) in PARTS
        .iter()
        .copied()
        .chain([("the whole list", whole.as_str())])
    {
        let mut connections = Vec::new();
        for index in 0..CONNECTIONS {
            // Named differently: of requests that are the same, only one at a time is executed.
            let query = format!("query Part{index:02} {query}");
            let request = client::post(&json!({ "query": query }).to_string());
            connections.push(Connection::open(world.gateway.address, request).await);
        }
        let expected = connections[0].exchange().await.len();
        all.push((name, connections, expected, Vec::new()));
    }
    for _ in 0..ROUNDS {
        for (_, connections, expected, times) in &mut all {
            let run = drive(connections, &world.gateway, Rhythm::Free, TURN, *expected).await;
            times.push(run.busy_micros().unwrap_or(f64::NAN));
        }
    }
    println!("processor time per request:");
    for (name, _, _, times) in all {
        println!("{name:26} {:>6.1} us", median(times));
    }
}
