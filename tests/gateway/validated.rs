//! A document that was found to be valid is not validated again with the same values; with others it is.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::harness::World;

const DOCUMENT: &str =
    "query Some($first: Int!, $order: ReferralOrder, $vendors: [Vendor!], $with: Boolean = false) {
  referrals(first: $first, orderBy: $order, filter: { vendors: $vendors }) {
    nodes { id ...Row @include(if: $with) }
    totalCount
  }
}
query Other($id: ID!) { referral(id: $id) { id ...Row } }
fragment Row on Referral { name recipient { __typename ... on Person { name } } }";

/// What is told of a request, but for what differs each time.
async fn told(world: &World, operation: &str, variables: &Value) -> (u16, Value) {
    let body = json!({ "query": DOCUMENT, "operationName": operation, "variables": variables });
    let mut answer = world.post(&body).await;
    let errors = answer.json.get_mut("errors").and_then(Value::as_array_mut);
    for error in errors.into_iter().flatten() {
        error["extensions"]["requestId"].take();
    }
    (answer.status, answer.json)
}

#[tokio::test]
async fn what_was_validated_before_is_answered_as_what_was_not() {
    let known = World::start().await;
    let some = json!({ "first": 3, "with": true });
    let (status, first) = told(&known, "Some", &some).await;
    assert_eq!((status, first.get("errors")), (200, None), "{first:#}");
    assert_eq!(told(&known, "Some", &some).await.1, first);
    let unheard_of = json!({ "first": 3, "with": true, "number": 7 });
    assert_eq!(told(&known, "Some", &unheard_of).await.1, first);

    let asked = [
        ("Some", json!({ "first": 2, "with": true })),
        ("Some", json!({ "first": "three", "with": true })),
        ("Some", json!({ "first": null, "with": true })),
        ("Some", json!({ "with": true })),
        ("Some", json!({ "first": 3, "with": "true" })),
        ("Some", json!({ "first": 3, "order": "SIDEWAYS" })),
        ("Some", json!({ "first": 3, "vendors": ["PLANNR"] })),
        ("Some", json!({ "first": 3, "vendors": ["NOBODY"] })),
        ("Some", json!({ "first": 3, "vendors": [null] })),
        ("Other", json!({ "first": 3, "with": true })),
        ("Other", json!({ "id": 7 })),
        ("Other", json!({ "id": "nonsense" })),
        ("None", json!({ "first": 3, "with": true })),
    ];
    for (operation, variables) in asked {
        let unknown = World::start().await;
        let expected = told(&unknown, operation, &variables).await;
        for time in ["the first time", "the second time"] {
            let got = told(&known, operation, &variables).await;
            assert_eq!(got, expected, "{operation} with {variables}, {time}");
        }
    }
}
