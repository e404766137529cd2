//! Lists that are written straight from the selection set are what the resolvers would have answered, to the letter.

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::json;

use crate::harness::World;

/// What no row is written straight with; last, so that it can be cut out of the text.
const SLOW: &str = " slow: details { __typename }";

const PARTY: &str = "__typename ... on Person { remoteId name firstName lastName email phone organization { remoteId name } } ... on Organization { remoteId name }";

async fn text(world: &World, query: &str) -> String {
    let body = json!({ "query": query, "variables": { "yes": true, "no": false } });
    let request = world.http.post(format!("{}/graphql", world.url));
    let request = request
        .header("content-type", "application/json")
        .body(body.to_string());
    let response = crate::harness::send(request).await;
    assert_eq!(response.status(), 200, "{query}");
    response.text().await.unwrap()
}

/// Without what makes the rows be resolved field by field.
fn without_slow(mut text: String) -> String {
    for vendor in ["Introzy", "Plannr", "PartnerCenter", "Saasquatch"] {
        let slow = format!("\"slow\":{{\"__typename\":\"{vendor}Referral\"}}");
        text = text.replace(&format!(",{slow}"), "").replace(&slow, "");
    }
    text
}

/// Both forms of a query in which `SLOW` stands for nothing and for what makes it slow.
async fn both(world: &World, query: &str) -> (String, String) {
    let straight = text(world, &query.replace("SLOW", "")).await;
    let resolved = text(world, &query.replace("SLOW", SLOW)).await;
    assert!(resolved.contains("\"slow\""), "{query}: {resolved}");
    (straight, without_slow(resolved))
}

fn selections() -> Vec<String> {
    vec![
        "id vendor remoteId name description status vendorStatus direction version externalReference stale fetchedAt createdAt updatedAt expiresAt closedAt allowedActions SLOW".to_owned(),
        "stage { remoteId label color } value { amount currency } moderation { status referrer referred moderatedAt } SLOW".to_owned(),
        format!("referrer {{ {PARTY} }} referred {{ {PARTY} }} recipient {{ {PARTY} }} SLOW"),
        "b: id a: id id __typename kind: __typename recipient { x: __typename ... on Person { x2: name name } } SLOW".to_owned(),
        "...Row SLOW ".to_owned(),
        "recipient { ... on Person { name } } id recipient { ... on Person { email } ... on Organization { name } } value { amount } value { currency amount } SLOW".to_owned(),
        "id @include(if: $yes) name @skip(if: $yes) ... @include(if: $no) { status } ... on Node { id __typename } ... on Referral @include(if: $yes) { vendor } SLOW".to_owned(),
        "recipient { __typename } SLOW".to_owned(),
    ]
}

#[tokio::test]
async fn rows_written_straight_are_what_the_resolvers_answer() {
    let world = World::start().await;
    for selection in selections() {
        for list in [
            "nodes { SELECTION }",
            "edges { __typename cursor node { SELECTION } other: cursor }",
        ] {
            let list = list.replace("SELECTION", &selection);
            let query = format!(
                "query($yes: Boolean!, $no: Boolean!) {{ referrals(first: 100) @skip(if: $no) @include(if: $yes) {{ totalCount {list} pageInfo {{ endCursor }} }} }}
                 fragment Row on Referral {{ name status ...Node recipient {{ ...Who }} }} fragment Node on Node {{ id }} fragment Who on Party {{ ... on Organization {{ name }} }}"
            );
            let unused = if selection.contains("...Row") {
                ""
            } else {
                "fragment"
            };
            let query = query
                .split(unused)
                .next()
                .filter(|_| !unused.is_empty())
                .unwrap_or(&query)
                .to_owned();
            let (straight, resolved) = both(&world, &query).await;
            assert_eq!(straight, resolved, "{query}");
            assert!(straight.len() > 2_000, "{straight}");
        }
    }
}

#[tokio::test]
async fn fields_selected_in_several_places_are_put_together() {
    let world = World::start().await;
    let whole = text(
        &world,
        "{ referrals(first: 5) { nodes { id name status } } }",
    )
    .await;
    for query in [
        "{ referrals(first: 5) { nodes { id } nodes { name status } } }",
        "{ referrals(first: 5) { ...A nodes { name } ...B } } fragment A on ReferralPage { nodes { id } } fragment B on ReferralPage { nodes { status } }",
        "{ referrals(first: 5) { nodes { id } } ...C } fragment C on Query { referrals(first: 5) { nodes { name status } } }",
        "{ referrals(first: 5) { nodes { ...A ...B } } } fragment A on Referral { id name } fragment B on Referral { name status }",
        "{ referrals(first: 5) { ... { nodes { id name } } ... on ReferralPage { nodes { status } } } }",
    ] {
        assert_eq!(text(&world, query).await, whole, "{query}");
    }
}

#[tokio::test]
async fn lists_within_lists_and_people_left_out_of_lists_are_resolved() {
    let world = World::start().await;
    let filter = "filter: { vendors: [PARTNER_CENTER] }";
    let query = format!(
        "{{ referrals(first: 5, {filter}) {{ nodes {{ id engagement {{ referrals(first: 3) {{ nodes {{ id name SLOW }} }} }} }} }} }}"
    );
    let (straight, resolved) = both(&world, &query).await;
    assert_eq!(straight, resolved);
    assert!(straight.matches("\"name\"").count() >= 5, "{straight}");

    let without_people = world
        .sandbox
        .set_switch("saasquatch", "list_users", "scalars");
    without_people.unwrap();
    let query = "{ referrals(first: 5, filter: { vendors: [SAASQUATCH] }) { nodes { id referrer { ... on Person { name } } SLOW } } }";
    let (straight, resolved) = both(&world, query).await;
    assert_eq!(straight, resolved);
    assert_eq!(
        straight.matches("\"referrer\":{\"name\":\"").count(),
        5,
        "{straight}"
    );
}

#[tokio::test]
async fn rows_of_a_vendor_that_died_are_written_as_stale() {
    let world = World::start().await;
    let query =
        "{ referrals(first: 3, filter: { vendors: [PLANNR] }) { nodes { id stale SLOW } } }";
    both(&world, query).await;
    world.sandbox.fault(Fault::new("plannr", Kind::DropBefore));
    world.hand.advance(std::time::Duration::from_mins(10));
    let (straight, resolved) = both(&world, query).await;
    assert_eq!(straight, resolved);
    assert_eq!(straight.matches("\"stale\":true").count(), 3, "{straight}");
}
