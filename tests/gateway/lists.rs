//! The merged list: walking it gives every row once, in the order asked for, whatever the page size.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};

use crate::filters::{Row, everything, expected};
use crate::harness::{World, codes};

pub const LIST: &str =
    "query($first: Int, $after: String, $filter: ReferralFilter, $order: ReferralOrder) {
    referrals(first: $first, after: $after, filter: $filter, orderBy: $order) {
        edges { cursor node { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        totalCount
        sources { vendor status code message }
    }
}";

/// The ids of all pages of a list. Between two pages some seconds go by.
pub async fn walk(
    world: &World,
    first: usize,
    filter: &Value,
    order: &Value,
    pause: u64,
) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "first": first, "after": after, "filter": filter, "order": order });
        let data = world.data_with(LIST, variables).await;
        let page = &data["referrals"];
        let case = format!(
            "first {first}, after {} rows, {filter} {order}: {page:#}",
            ids.len()
        );
        for source in page["sources"].as_array().unwrap() {
            let status = source["status"].as_str().unwrap();
            assert!(["OK", "UNSUPPORTED"].contains(&status), "{case}");
        }
        let edges = page["edges"].as_array().unwrap();
        assert!(edges.len() <= first, "{case}");
        let info = &page["pageInfo"];
        assert_eq!(info["hasPreviousPage"], !after.is_null(), "{case}");
        let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
        assert_eq!(info["startCursor"], cursor(edges.first()), "{case}");
        assert_eq!(info["endCursor"], cursor(edges.last()), "{case}");
        ids.extend(
            edges
                .iter()
                .map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()),
        );
        if info["hasNextPage"] == false {
            return ids;
        }
        assert_eq!(edges.len(), first, "{case}");
        after = info["endCursor"].clone();
        assert!(ids.len() < 2_000, "the list does not end");
        world.hand.advance(Duration::from_secs(pause));
    }
}

fn orders() -> Vec<Value> {
    let mut orders = Vec::new();
    for field in ["CREATED_AT", "UPDATED_AT"] {
        for direction in ["DESC", "ASC"] {
            orders.push(json!({ "field": field, "direction": direction }));
        }
    }
    orders
}

#[tokio::test]
async fn a_walk_gives_every_referral_once_in_each_order_and_page_size() {
    let world = World::start().await;
    let rows = everything(&world).await;
    assert!(
        rows.len() > 200,
        "the world is too small to tell: {}",
        rows.len()
    );
    for order in orders() {
        let expected = expected(&rows, &json!({}), &order, |_| true);
        for first in [7, 20, 64, 100] {
            assert_eq!(
                walk(&world, first, &json!({}), &order, 0).await,
                expected,
                "{first} {order}"
            );
        }
    }
}

#[tokio::test]
async fn a_walk_over_some_vendors_gives_their_referrals_alone_and_asks_no_others() {
    let rows = everything(&World::start().await).await;
    let subsets: [(&[&str], &[&str]); 4] = [
        (&["INTROZY"], &["introzy"]),
        (&["PLANNR", "SAASQUATCH"], &["plannr", "saasquatch"]),
        (
            &["PARTNER_CENTER", "PLANNR", "INTROZY"],
            &["partner-center", "plannr", "introzy"],
        ),
        (&[], &[]),
    ];
    for (vendors, paths) in subsets {
        let world = World::start().await;
        let filter = json!({ "vendors": vendors });
        for order in orders() {
            let expected = expected(&rows, &filter, &order, |row| {
                vendors.contains(&row.vendor.as_str())
            });
            assert_eq!(
                walk(&world, 33, &filter, &order, 0).await,
                expected,
                "{filter} {order}"
            );
        }
        for (vendor, calls) in world.calls() {
            assert_eq!(calls > 0, paths.contains(&vendor), "{vendor}");
        }
    }
}

#[tokio::test]
async fn a_walk_goes_on_when_what_was_read_has_grown_old() {
    let world = World::start().await;
    let rows = everything(&World::start().await).await;
    for order in orders() {
        let expected = expected(&rows, &json!({}), &order, |_| true);
        for pause in [11, 31] {
            assert_eq!(
                walk(&world, 40, &json!({}), &order, pause).await,
                expected,
                "{order} {pause}"
            );
        }
    }
}

#[tokio::test]
async fn a_walk_goes_on_at_another_gateway() {
    let filter = json!({ "status": ["ACTIVE", "WON", "PENDING"] });
    let rows = everything(&World::start().await).await;
    for order in orders() {
        let wanted = expected(&rows, &filter, &order, |row| {
            ["ACTIVE", "WON", "PENDING"].contains(&row.status.as_str())
        });
        let mut ids: Vec<String> = Vec::new();
        let mut after = Value::Null;
        loop {
            let world = World::start().await;
            let variables =
                json!({ "first": 60, "after": after, "filter": filter, "order": order });
            let data = world.data_with(LIST, variables).await;
            let edges = data["referrals"]["edges"].as_array().unwrap();
            ids.extend(
                edges
                    .iter()
                    .map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()),
            );
            if data["referrals"]["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = data["referrals"]["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(ids, wanted);
    }
}

#[tokio::test]
async fn every_rows_cursor_leads_to_the_next_row() {
    let world = World::start().await;
    let rows = everything(&world).await;
    let order = json!({ "field": "CREATED_AT", "direction": "DESC" });
    let all = expected(&rows, &json!({}), &order, |_| true);
    let data = world
        .data_with(LIST, json!({ "first": 100, "order": order }))
        .await;
    let edges = data["referrals"]["edges"].as_array().unwrap();
    for (index, edge) in edges.iter().enumerate() {
        let variables = json!({ "first": 2, "after": edge["cursor"], "order": order });
        let next = world.data_with(LIST, variables).await;
        let next: Vec<_> = next["referrals"]["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|edge| edge["node"]["id"].as_str().unwrap())
            .collect();
        assert_eq!(next, all[index + 1..index + 3], "after row {index}");
    }
}

#[tokio::test]
async fn rows_of_the_same_time_come_by_vendor_and_then_by_id() {
    let world = World::start().await;
    let rows = everything(&world).await;
    for order in orders() {
        let ids = walk(&world, 100, &json!({}), &order, 0).await;
        let field = order["field"].as_str().unwrap();
        let found = |id: &String| rows.iter().find(|row| row.id == *id).unwrap();
        let walked: Vec<&Row> = ids.iter().map(found).collect();
        let mut across = 0;
        for pair in walked.windows(2) {
            if pair[0].time(field) == pair[1].time(field) {
                assert!(
                    pair[0].tie() < pair[1].tie(),
                    "{:?} {:?}",
                    pair[0].id,
                    pair[1].id
                );
                across += usize::from(pair[0].vendor != pair[1].vendor);
            }
        }
        assert!(
            across > 0 || field == "UPDATED_AT",
            "the world has no ties across vendors"
        );
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_or_none_at_all_is_refused_and_nothing_is_asked() {
    let world = World::start().await;
    let order = json!({ "field": "CREATED_AT", "direction": "DESC" });
    let data = world
        .data_with(LIST, json!({ "first": 3, "order": order }))
        .await;
    let cursor = data["referrals"]["pageInfo"]["endCursor"].clone();
    let calls = world.calls();
    let others = [
        json!({ "after": cursor, "order": { "field": "UPDATED_AT" } }),
        json!({ "after": cursor, "order": { "direction": "ASC" } }),
        json!({ "after": cursor, "filter": { "vendors": ["PLANNR"] } }),
        json!({ "after": cursor, "filter": { "search": "x" } }),
        json!({ "after": "" }),
        json!({ "after": "nonsense" }),
        json!({ "after": cursor.as_str().unwrap()[1..] }),
        json!({ "after": "x".repeat(10_000) }),
        json!({ "first": 0 }),
        json!({ "first": 101 }),
        json!({ "first": -1 }),
    ];
    for variables in others {
        let answer = world.query_with(LIST, variables.clone()).await;
        let refused = [("referrals".to_owned(), "BAD_USER_INPUT".to_owned())];
        assert_eq!(codes(&answer), refused, "{variables}");
    }
    assert_eq!(world.calls(), calls);
}

#[tokio::test]
async fn all_connections_are_walked_with_filters_newest_first() {
    let query = "query($first: Int, $after: String, $filter: ConnectionFilter) {
        connections(first: $first, after: $after, filter: $filter) {
            nodes { id remoteId status direction createdAt }
            pageInfo { hasNextPage endCursor } totalCount sources { status }
        } }";
    let world = World::start().await;
    let mut filters = vec![
        json!({}),
        json!({ "direction": "SENT" }),
        json!({ "direction": "RECEIVED" }),
        json!({ "status": [] }),
    ];
    for status in ["PENDING", "ACCEPTED", "DENIED", "EXPIRED", "UNRECOGNIZED"] {
        filters.push(json!({ "status": [status] }));
    }
    filters.push(json!({ "status": ["EXPIRED", "PENDING"], "direction": "SENT" }));
    let mut everything: Vec<Value> = Vec::new();
    for filter in filters {
        let passes = |row: &Value| {
            let status = filter["status"]
                .as_array()
                .is_none_or(|wanted| wanted.contains(&row["status"]));
            status && (filter["direction"].is_null() || filter["direction"] == row["direction"])
        };
        for first in [100, 3] {
            let (mut rows, mut after) = (Vec::new(), Value::Null);
            loop {
                let data = world
                    .data_with(
                        query,
                        json!({ "first": first, "after": after, "filter": filter }),
                    )
                    .await;
                let page = &data["connections"];
                rows.extend(page["nodes"].as_array().unwrap().iter().cloned());
                if page["pageInfo"]["hasNextPage"] == false {
                    if page["totalCount"].is_i64() {
                        assert_eq!(page["totalCount"], rows.len(), "{filter}");
                    }
                    break;
                }
                after = page["pageInfo"]["endCursor"].clone();
                world.hand.advance(Duration::from_secs(31));
            }
            if everything.is_empty() {
                everything.clone_from(&rows);
                assert!(rows.len() > 5);
                assert!(
                    rows.is_sorted_by(|a, b| a["createdAt"].as_str() >= b["createdAt"].as_str())
                );
            }
            let wanted: Vec<Value> = everything
                .iter()
                .filter(|row| passes(row))
                .cloned()
                .collect();
            assert_eq!(rows, wanted, "{filter} {first}");
        }
    }
}

#[tokio::test]
async fn a_connection_and_an_engagement_have_the_referrals_that_name_them() {
    let world = World::start().await;
    let rows = everything(&world).await;
    let query = "query($id: ID!, $first: Int, $after: String) { node(id: $id) {
        ... on Connection { referrals(first: $first, after: $after) { ...page } }
        ... on Engagement { referrals(first: $first, after: $after) { ...page } }
    } }
    fragment page on ReferralPage { nodes { id } pageInfo { hasNextPage endCursor } sources { status } }";
    let order = json!({ "field": "CREATED_AT", "direction": "DESC" });
    let mut parents: Vec<&String> = rows
        .iter()
        .filter_map(|row| row.connection.as_ref().or(row.engagement.as_ref()))
        .collect();
    parents.sort();
    parents.dedup();
    assert!(parents.len() > 10);
    for parent in parents {
        let wanted = expected(&rows, &json!({}), &order, |row| {
            row.connection.as_ref() == Some(parent) || row.engagement.as_ref() == Some(parent)
        });
        for first in [1, 100] {
            let (mut ids, mut after) = (Vec::new(), Value::Null);
            loop {
                let data = world
                    .data_with(
                        query,
                        json!({ "id": parent, "first": first, "after": after }),
                    )
                    .await;
                let page = &data["node"]["referrals"];
                let nodes = page["nodes"].as_array().unwrap();
                ids.extend(
                    nodes
                        .iter()
                        .map(|node| node["id"].as_str().unwrap().to_owned()),
                );
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                after = page["pageInfo"]["endCursor"].clone();
            }
            assert_eq!(ids, wanted);
        }
    }
}

#[tokio::test]
async fn an_unreadable_record_among_many_asked_for_by_id_is_an_error_at_its_own_field() {
    for (path, kind, field) in [
        ("/api/v1/referrals", "r", "Referral"),
        ("/api/v1/referral-connections", "c", "Connection"),
    ] {
        let world = World::start().await;
        let uuids =
            ["1", "2", "3"].map(|digit| format!("00000000-0000-4000-8000-00000000000{digit}"));
        let row = |uuid: &str, created: Value| json!({ "uuid": uuid, "status": "pending", "created_at": created });
        let [whole, broken, missing] = &uuids;
        let answers = [
            (
                path.to_owned(),
                json!({ "data": [row(whole, Value::Null), row(broken, json!({ "surprise": 1 }))] }),
            ),
            (
                format!("{path}/{broken}"),
                row(broken, json!({ "surprise": 1 })),
            ),
        ];
        for (path, body) in answers {
            let answer = Kind::Status {
                status: 200,
                body: Some(body.to_string()),
                content_type: None,
                headers: Default::default(),
            };
            world.sandbox.fault(Fault {
                path: Some(path),
                ..Fault::new("plannr", answer)
            });
        }
        let ids = uuids.clone().map(|uuid| match kind {
            "r" => GlobalId::Referral(Vendor::Plannr, uuid).to_string(),
            _ => GlobalId::Connection(Vendor::Plannr, uuid).to_string(),
        });
        let query = format!(
            "query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {field} {{ remoteId }} }} }}"
        );
        let answer = world.query_with(&query, json!({ "ids": ids })).await;
        assert_eq!(
            answer["data"]["nodes"],
            json!([{ "remoteId": whole }, null, null])
        );
        let error = ("nodes.1".to_owned(), "VENDOR_INVALID_RESPONSE".to_owned());
        assert_eq!(codes(&answer), [error]);
        let asked = world.asked("plannr");
        let mut paths: Vec<&str> = asked.iter().map(|request| request.path.as_str()).collect();
        paths.sort_unstable();
        let singly = [broken, missing].map(|uuid| format!("{path}/{uuid}"));
        assert_eq!(paths, [path, singly[0].as_str(), singly[1].as_str()]);
    }
}

#[tokio::test]
async fn one_id_that_a_vendor_takes_offence_at_costs_the_others_nothing() {
    let world = World::start().await;
    let known = everything(&World::start().await).await;
    let mut ids: Vec<String> = known
        .iter()
        .filter(|row| row.vendor == "PLANNR")
        .take(3)
        .map(|row| row.id.clone())
        .collect();
    let refusal = Kind::status(422);
    world.sandbox.fault(Fault {
        path: Some("/api/v1/referrals".to_owned()),
        ..Fault::new("plannr", refusal)
    });
    ids.push(GlobalId::Referral(Vendor::Plannr, "no-uuid".to_owned()).to_string());
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let data = world.data_with(query, json!({ "ids": ids })).await;
    assert_eq!(
        data["nodes"],
        json!([{ "id": ids[0] }, { "id": ids[1] }, { "id": ids[2] }, null])
    );
}
