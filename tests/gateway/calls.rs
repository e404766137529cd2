//! What vendors are asked: as little as the answer needs, and never twice for the same.

use std::collections::HashSet;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::harness::World;

#[tokio::test]
async fn fifty_plannr_referrals_with_their_connections_take_two_calls() {
    let world = World::start().await;
    let data = world
        .data(
            "{ referrals(first: 50, filter: { vendors: [PLANNR] }) {
                nodes { id connection { id status sender { __typename } referrals(first: 1) { pageInfo { hasNextPage } } } }
            } }",
        )
        .await;
    let nodes = data["referrals"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 50);
    assert!(
        nodes
            .iter()
            .all(|node| node["connection"]["status"].is_string()),
        "{data:#}"
    );

    let asked = world.asked("plannr");
    let paths: Vec<&str> = asked.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/api/v1/referrals", "/api/v1/referral-connections"]);
    assert_eq!(asked[0].parameter("sort"), Some("-created_at"));
    assert_eq!(
        asked[0].header("x-plannr-account-uuid").map(str::len),
        Some(36)
    );
    let uuids = asked[1].parameter("filter[uuid]").unwrap();
    let distinct: HashSet<&str> = uuids.split(',').collect();
    assert_eq!(
        distinct.len(),
        uuids.split(',').count(),
        "the same connection was asked for twice"
    );
}

#[tokio::test]
async fn introzy_rows_use_the_facilitators_that_they_embed() {
    let world = World::start().await;
    let data = world
        .data("{ referrals(first: 50, filter: { vendors: [INTROZY] }) { nodes { facilitators { nodes { id role party { __typename } } totalCount } } } }")
        .await;
    let nodes = data["referrals"]["nodes"].as_array().unwrap();
    assert!(
        nodes
            .iter()
            .any(|node| node["facilitators"]["totalCount"].as_i64() > Some(0)),
        "{data:#}"
    );
    for request in world.asked("introzy") {
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("GET", "/api/referral-opps")
        );
        assert_eq!(request.parameter("limit"), Some("100"));
    }
    assert_eq!(world.asked("introzy").len(), 1);
}

#[tokio::test]
async fn sixty_partner_center_referrals_with_their_engagements_take_one_call_per_engagement() {
    let world = World::start().await;
    let data = world
        .data(
            "{ referrals(first: 60, filter: { vendors: [PARTNER_CENTER] }) {
                nodes { id engagement { id remoteId referrals { nodes { id remoteId engagement { remoteId } } } } }
            } }",
        )
        .await;
    let nodes = data["referrals"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 60);
    let engagements: HashSet<&str> = nodes
        .iter()
        .filter_map(|node| node["engagement"]["remoteId"].as_str())
        .collect();
    assert!(
        engagements.len() < 60,
        "the world has no shared engagements"
    );
    for node in nodes {
        let inside = node["engagement"]["referrals"]["nodes"].as_array().unwrap();
        assert!(
            inside.iter().any(|referral| referral["id"] == node["id"]),
            "a referral is not in its own engagement: {node:#}"
        );
    }

    let asked = world.asked("partner-center");
    let lists: Vec<_> = asked
        .iter()
        .filter(|request| request.path == "/v1.0/engagements/referrals")
        .collect();
    let filters: HashSet<&str> = lists
        .iter()
        .filter_map(|request| request.parameter("$filter"))
        .collect();
    assert_eq!(filters.len(), engagements.len());
    assert_eq!(lists.len(), 1 + engagements.len());
    assert_eq!(
        asked
            .iter()
            .filter(|request| request.path.ends_with("/token"))
            .count(),
        1
    );
    assert_eq!(asked.len(), lists.len() + 1);
}

#[tokio::test]
async fn the_same_record_is_asked_for_once_in_a_request() {
    let world = World::start().await;
    for vendor in ["INTROZY", "PLANNR", "PARTNER_CENTER", "SAASQUATCH"] {
        let id = some_id(vendor).await;
        let before = world.calls();
        let query = "query($id: ID!) { a: referral(id: $id) { id name } b: referral(id: $id) { id status } c: node(id: $id) { id } d: nodes(ids: [$id, $id]) { id } }";
        let data = world.data_with(query, json!({ "id": id })).await;
        assert_eq!(data["a"]["id"], Value::String(id.clone()));
        assert_eq!(data["d"][1]["id"], Value::String(id));
        let after = world.calls();
        assert_eq!(
            after.values().sum::<usize>(),
            before.values().sum::<usize>() + 1,
            "{vendor}"
        );
    }
}

/// An id taken from another world, which is the same: so that the world under test has not seen it.
async fn some_id(vendor: &str) -> String {
    let other = World::start().await;
    let query = format!(
        "{{ referrals(first: 3, filter: {{ vendors: [{vendor}] }}) {{ nodes {{ id }} }} }}"
    );
    let data = other.data(&query).await;
    data["referrals"]["nodes"][2]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn rows_of_a_list_are_known_as_records() {
    let world = World::start().await;
    let data = world
        .data("{ referrals(first: 40, filter: { vendors: [INTROZY, PLANNR, PARTNER_CENTER] }) { nodes { id } } }")
        .await;
    let calls = world.calls();
    let ids: Vec<&str> = data["referrals"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].as_str().unwrap())
        .collect();
    let again = world
        .data_with(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": ids }),
        )
        .await;
    assert_eq!(again["nodes"].as_array().unwrap().len(), 40);
    assert_eq!(
        world.calls(),
        calls,
        "a record that a list had brought was asked for again"
    );
}

#[tokio::test]
async fn a_fresh_list_is_not_asked_for_again_and_an_old_one_is() {
    let world = World::start().await;
    let query = "{ referrals(first: 20) { nodes { id } sources { vendor status } } }";
    let first = world.data(query).await;
    let calls = world.calls();
    assert_eq!(world.data(query).await, first);
    assert_eq!(world.calls(), calls);
    world.hand.advance(std::time::Duration::from_secs(31));
    assert_eq!(world.data(query).await, first);
    assert!(
        world.calls().values().sum::<usize>() > calls.values().sum(),
        "nothing was asked anew"
    );
}

#[tokio::test]
async fn a_missing_record_is_remembered_as_missing_for_a_while() {
    let world = World::start().await;
    let id = referral_gateway::model::GlobalId::Referral(
        referral_gateway::model::Vendor::Introzy,
        "00000000-0000-4000-8000-000000000000".to_owned(),
    );
    let query = "query($id: ID!) { referral(id: $id) { id } }";
    for _ in 0..3 {
        assert_eq!(
            world
                .data_with(query, json!({ "id": id.to_string() }))
                .await,
            json!({ "referral": null })
        );
    }
    assert_eq!(world.asked("introzy").len(), 1);
    world.hand.advance(std::time::Duration::from_secs(6));
    world
        .data_with(query, json!({ "id": id.to_string() }))
        .await;
    assert_eq!(world.asked("introzy").len(), 2);
}

#[tokio::test]
async fn many_ids_of_a_vendor_with_a_bulk_call_take_one_call() {
    let ids: Vec<String> = {
        let other = World::start().await;
        let data = other
            .data("{ referrals(first: 30, filter: { vendors: [PLANNR] }) { nodes { id } } }")
            .await;
        data["referrals"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let world = World::start().await;
    let data = world
        .data_with(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Referral { status } } }",
            json!({ "ids": ids }),
        )
        .await;
    let order: Vec<&str> = data["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].as_str().unwrap())
        .collect();
    assert_eq!(order, ids);
    assert_eq!(world.asked("plannr").len(), 1);
}

#[tokio::test]
async fn entities_cost_what_nodes_cost() {
    let other = World::start().await;
    let data = other
        .data("{ referrals(first: 50) { nodes { id vendor } } }")
        .await;
    let ids: Vec<Value> = data["referrals"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].clone())
        .collect();

    let by_nodes = World::start().await;
    by_nodes
        .data_with(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": ids }),
        )
        .await;
    let by_entities = World::start().await;
    let keys: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "__typename": "Referral", "id": id }))
        .collect();
    let query = "query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Referral { id vendor } } }";
    let entities = by_entities.data_with(query, json!({ "keys": keys })).await;
    let found: Vec<Value> = entities["_entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entity| entity["id"].clone())
        .collect();
    assert_eq!(found, ids);
    assert_eq!(by_entities.calls(), by_nodes.calls());
}

#[tokio::test]
async fn an_entity_that_is_not_there_is_null_and_costs_the_others_nothing() {
    let world = World::start().await;
    let data = world.data("{ referrals(first: 1) { nodes { id } } }").await;
    let there = data["referrals"]["nodes"][0]["id"].clone();
    let gone = referral_gateway::model::GlobalId::Referral(
        referral_gateway::model::Vendor::Plannr,
        "00000000-0000-4000-8000-000000000000".to_owned(),
    );
    let keys = json!([{ "__typename": "Referral", "id": there }, { "__typename": "Referral", "id": gone.to_string() }]);
    let query =
        "query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Referral { id } } }";
    let data = world.data_with(query, json!({ "keys": keys })).await;
    assert_eq!(data, json!({ "_entities": [{ "id": there }, null] }));
}

#[tokio::test]
async fn a_key_of_no_use_is_null_with_an_error_at_its_place() {
    let world = World::start().await;
    let data = world.data("{ referrals(first: 1) { nodes { id } } }").await;
    let good = &data["referrals"]["nodes"][0]["id"];
    let query =
        "query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Referral { id } } }";
    let useless = [
        json!({ "__typename": "Movie", "id": good }),
        json!({ "__typename": "Referral" }),
        json!({ "__typename": "Referral", "id": "no id" }),
        json!({ "id": good }),
        json!("Referral"),
    ];
    for key in useless {
        let referral = json!({ "__typename": "Referral", "id": good });
        let keys = json!({ "keys": [referral, key, referral] });
        let answer = world.query_with(query, keys).await;
        let expected = json!({ "_entities": [{ "id": good }, null, { "id": good }] });
        assert_eq!(answer["data"], expected, "{key}");
        assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{key}");
        assert_eq!(answer["errors"][0]["path"], json!(["_entities", 1]));
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn vendors_are_asked_with_documented_parameters_only() {
    let world = World::start().await;
    for vendor in ["INTROZY", "PLANNR", "PARTNER_CENTER", "SAASQUATCH"] {
        for filter in [
            "",
            ", status: [PENDING, ACTIVE]",
            ", status: [WON]",
            ", direction: SENT",
            ", createdAfter: \"2026-03-01T00:00:00Z\"",
            ", updatedAfter: \"2026-03-01T00:00:00Z\"",
        ] {
            for order in ["CREATED_AT", "UPDATED_AT"] {
                let query = format!(
                    "{{ referrals(filter: {{ vendors: [{vendor}]{filter} }}, orderBy: {{ field: {order}, direction: ASC }}) {{ nodes {{ id }} }} }}"
                );
                world.data(&query).await;
            }
        }
    }
    world.data("{ connections(filter: { status: [EXPIRED, PENDING], direction: SENT }) { nodes { id } } }").await;
    for vendor in ["INTROZY", "PLANNR", "SAASQUATCH"] {
        world
            .data(&format!(
                "{{ people(vendor: {vendor}, search: \"ada\") {{ remoteId }} }}"
            ))
            .await;
    }
    for request in world.sandbox.all_requests() {
        assert_eq!(
            request.problems,
            Vec::<String>::new(),
            "{} {}?{}",
            request.method,
            request.path,
            request.raw_query
        );
    }
}
