//! Facilitators who come and go.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{AUTHORIZATION, NOW, company, people, referral};
use crate::harness::World;
use crate::writes::{
    COMMON, assert_documented, body, mutate, newest, operation, problems, read, sent, sent_once,
};

const ROW: &str = "id vendor remoteId role side createdAt
    party { ... on Person { remoteId } ... on Organization { remoteId } }";

async fn add(world: &World, input: Value) -> Value {
    let rows = "referral { id updatedAt facilitators { nodes { id } } }";
    let selection = format!("{COMMON} facilitator {{ {ROW} }} {rows}");
    mutate(world, "addFacilitator", input, &selection).await
}

async fn remove(world: &World, key: &str, id: &Value) -> Value {
    let input = json!({ "idempotencyKey": key, "facilitatorId": id });
    let rows = "referral { id facilitators { nodes { id } } }";
    let selection = format!("{COMMON} removedFacilitatorId {rows}");
    mutate(world, "removeFacilitator", input, &selection).await
}

/// The facilitators of a referral.
async fn rows(world: &World, id: &Value) -> Vec<Value> {
    let selection = format!("facilitators(first: 100) {{ nodes {{ {ROW} }} }}");
    let referral = read(world, id.as_str().unwrap(), &selection).await;
    referral["facilitators"]["nodes"]
        .as_array()
        .unwrap()
        .clone()
}

/// Somebody who is not yet a facilitator of a referral.
pub async fn stranger(world: &World, id: &Value) -> String {
    let rows = rows(world, id).await;
    let people = people(world).await;
    let mut free = people
        .into_iter()
        .filter(|person| !rows.iter().any(|row| row["party"]["remoteId"] == **person));
    free.next().unwrap()
}

#[tokio::test]
async fn a_user_and_a_company_are_added_as_documented_and_there_at_once() {
    let world = World::start().await;
    let about = referral(&world).await;
    let (id, remote_id) = (&about["id"], about["remoteId"].as_str().unwrap());
    let (user, company) = (stranger(&world, id).await, company(&world).await);
    for (key, party, sent_party, role, sent_role, side) in [
        (
            "user",
            "userId",
            &user,
            "FACILITATOR",
            "facilitator",
            Some("PROVIDER"),
        ),
        (
            "company",
            "companyId",
            &company,
            "REFERRAL_SOURCE",
            "referral_source",
            None,
        ),
    ] {
        let before = rows(&world, id).await;
        newest(&world, "INTROZY", 50, "id").await;
        let input = json!({
            "idempotencyKey": key, "referralId": id, "party": { party: sent_party }, "role": role, "side": side,
        });
        let payload = add(&world, input).await;

        let request = sent(&world, "introzy").pop().unwrap();
        assert_eq!(request.method, "POST");
        assert_eq!(
            request.path,
            format!("/api/referral-opps/{remote_id}/facilitators")
        );
        assert_eq!(request.header("authorization"), Some(AUTHORIZATION));
        let mut expected = json!({ party: sent_party, "role": sent_role });
        if let Some(side) = side {
            expected["side"] = json!(side.to_lowercase());
        }
        assert_eq!(body(&request), expected);

        let row = &payload["facilitator"];
        assert_eq!(
            row,
            &json!({
                "id": row["id"], "vendor": "INTROZY", "remoteId": row["remoteId"], "role": role, "side": side,
                "createdAt": NOW, "party": { "remoteId": sent_party },
            })
        );
        assert_eq!(payload["outcome"], "APPLIED");
        assert_eq!(
            payload["operation"],
            json!({ "idempotencyKey": key, "state": "CONFIRMED" })
        );
        assert_eq!(payload["userErrors"], json!([]));
        assert_eq!(payload["referral"]["id"], *id);
        assert_eq!(
            payload["referral"]["updatedAt"], NOW,
            "the referral is from before the write"
        );
        let shown = payload["referral"]["facilitators"]["nodes"]
            .as_array()
            .unwrap();
        assert_eq!(shown.last().unwrap()["id"], row["id"]);

        let after = rows(&world, id).await;
        assert_eq!(after.len(), before.len() + 1);
        assert_eq!(after.last().unwrap()["id"], row["id"]);
        let listed = newest(&world, "INTROZY", 50, "id facilitators { nodes { id } }").await;
        let listed = listed.iter().find(|row| row["id"] == *id).unwrap();
        let listed = listed["facilitators"]["nodes"].as_array().unwrap();
        assert_eq!(
            listed.last().unwrap()["id"],
            row["id"],
            "a list shows the row from before"
        );
        let node = world
            .data_with(
                "query($id: ID!) { node(id: $id) { id } }",
                json!({ "id": row["id"] }),
            )
            .await;
        assert_eq!(node["node"]["id"], row["id"]);
        let operation = operation(&world, key).await;
        assert_eq!(
            (&operation["state"], &operation["referral"]["id"]),
            (&json!("CONFIRMED"), id)
        );
    }
    assert_documented(&world);
}

/// Which success Introzy answers with is not documented.
#[tokio::test]
async fn whatever_success_introzy_answers_with_the_row_is_found() {
    for status in ["201", "200", "204"] {
        let world = World::start().await;
        world
            .sandbox
            .set_switch("introzy", "facilitator_created", status)
            .unwrap();
        let about = referral(&world).await;
        let user = stranger(&world, &about["id"]).await;
        let input =
            json!({ "referralId": about["id"], "party": { "userId": user }, "role": "CONNECTOR" });
        let payload = add(&world, input).await;
        assert_eq!(payload["outcome"], "APPLIED", "{status}: {payload:#}");
        assert_eq!(
            payload["facilitator"]["party"]["remoteId"], user,
            "{status}"
        );
        sent_once(&world, "introzy");
    }
}

#[tokio::test]
async fn one_who_is_there_is_already_applied_and_in_another_role_a_conflict() {
    let world = World::start().await;
    let about = referral(&world).await;
    let user = stranger(&world, &about["id"]).await;
    let input = |key: &str, role: &str, side: Value| json!({ "idempotencyKey": key, "referralId": about["id"], "party": { "userId": user }, "role": role, "side": side });
    let first = add(&world, input("first", "FACILITATOR", json!("SEEKER"))).await;
    let count = rows(&world, &about["id"]).await.len();
    for (key, side) in [("same", json!("SEEKER")), ("any side", Value::Null)] {
        let again = add(&world, input(key, "FACILITATOR", side)).await;
        assert_eq!(again["outcome"], "ALREADY_APPLIED", "{again:#}");
        assert_eq!(again["facilitator"], first["facilitator"]);
        assert_eq!(again["operation"]["state"], "CONFIRMED");
    }
    for (key, role, side) in [
        ("role", "CONNECTOR", "SEEKER"),
        ("side", "FACILITATOR", "PROVIDER"),
    ] {
        let other = add(&world, input(key, role, json!(side))).await;
        assert_eq!(other["outcome"], "REJECTED", "{other:#}");
        assert_eq!(
            other["operation"],
            json!({ "idempotencyKey": key, "state": "REJECTED" })
        );
        assert_eq!(
            problems(&other),
            [("CONFLICT".to_owned(), "input.party".to_owned())]
        );
        assert_eq!(other["facilitator"], first["facilitator"]);
    }
    assert_eq!(rows(&world, &about["id"]).await.len(), count);
    assert_documented(&world);
}

#[tokio::test]
async fn a_facilitator_is_removed_by_its_row_and_gone_at_once() {
    for status in ["200", "204"] {
        let world = World::start().await;
        world
            .sandbox
            .set_switch("introzy", "facilitator_removed", status)
            .unwrap();
        let about = referral(&world).await;
        let (id, remote_id) = (&about["id"], about["remoteId"].as_str().unwrap());
        let user = stranger(&world, id).await;
        let input = json!({ "referralId": id, "party": { "userId": user }, "role": "FACILITATOR" });
        let row = add(&world, input).await["facilitator"].take();
        let before = rows(&world, id).await;
        newest(&world, "INTROZY", 50, "id").await;
        let payload = remove(&world, "gone", &row["id"]).await;

        let request = sent(&world, "introzy").pop().unwrap();
        assert_eq!(request.method, "DELETE");
        let row_id = row["remoteId"].as_str().unwrap();
        assert_eq!(
            request.path,
            format!("/api/referral-opps/{remote_id}/facilitators/{row_id}")
        );
        assert_eq!(
            (request.body.as_str(), request.header("content-type")),
            ("", None)
        );
        assert_documented(&world);

        let rest: Vec<Value> = before
            .iter()
            .filter(|one| one["id"] != row["id"])
            .map(|one| json!({ "id": one["id"] }))
            .collect();
        assert_eq!(rest.len(), before.len() - 1);
        assert_eq!(
            payload,
            json!({
                "outcome": "APPLIED",
                "operation": { "idempotencyKey": "gone", "state": "CONFIRMED" },
                "userErrors": [],
                "removedFacilitatorId": row["id"],
                "referral": { "id": id, "facilitators": { "nodes": rest } },
            })
        );
        assert_eq!(rows(&world, id).await.len(), rest.len());
        let listed = newest(&world, "INTROZY", 50, "id facilitators { nodes { id } }").await;
        let listed = listed.iter().find(|row| row["id"] == *id).unwrap();
        assert_eq!(
            listed["facilitators"]["nodes"],
            json!(rest),
            "a list shows it still"
        );
        assert_eq!(operation(&world, "gone").await["referral"]["id"], *id);

        let again = remove(&world, "gone again", &row["id"]).await;
        assert_eq!(again["outcome"], "ALREADY_APPLIED", "{again:#}");
        assert_eq!(again["removedFacilitatorId"], row["id"]);
    }
}
