//! Adding people to a team, and taking them from it.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::model::{GlobalId, Vendor};
use referral_gateway::sandbox::Kind;
use serde_json::{Value, json};

use super::{ONE, REFERRAL, add, asked, fail, grace, pick, remove, text};
use crate::harness::World;
use crate::writes::{
    assert_documented, assert_refused, body, operation, patient, problems, read, sent_once, until,
};

/// A referral that can be changed, with so many people on its team.
async fn with_team(world: &World, people: u64) -> Value {
    let is_it = |row: &Value| {
        row["details"]["status"] == "ACTIVE" && row["facilitators"]["totalCount"] == people
    };
    pick(world, is_it).await
}

fn graces_id(referral: &Value) -> String {
    let id = GlobalId::Facilitator {
        vendor: Vendor::PartnerCenter,
        referral: text(&referral["remoteId"]).to_owned(),
        key: "grace.oneill@example.test".to_owned(),
    };
    id.to_string()
}

#[tokio::test]
async fn a_member_is_appended_and_shows_at_once() {
    let world = World::start().await;
    let before = with_team(&world, 2).await;
    let id = text(&before["id"]);
    let mut member = grace();
    member["phoneNumber"] = json!("123");
    member["title"] = json!("Architect");
    let payload = add(&world, "added", id, &member).await;

    let sent = sent_once(&world, "partner-center");
    assert_eq!(sent.method, "PATCH");
    assert_eq!(sent.header("if-match"), Some(text(&before["version"])));
    assert_eq!(sent.header("prefer"), Some("return=representation"));
    assert_eq!(
        body(&sent),
        json!([{ "op": "add", "path": "/team/-", "value": member }])
    );

    let facilitator = json!({
        "id": graces_id(&before), "vendor": "PARTNER_CENTER", "remoteId": null, "role": "TEAM_MEMBER", "side": null,
        "createdAt": null, "party": { "name": "Grace O'Neill", "email": "grace.oneill@example.test", "phone": "123" },
    });
    assert_eq!(payload["facilitator"], facilitator);
    assert_eq!(
        (&payload["outcome"], &payload["userErrors"]),
        (&json!("APPLIED"), &json!([]))
    );
    assert_eq!(
        payload["operation"],
        json!({ "idempotencyKey": "added", "state": "CONFIRMED" })
    );
    let after = &payload["referral"];
    let people = after["facilitators"]["nodes"].as_array().unwrap();
    assert_eq!(
        people[..2],
        before["facilitators"]["nodes"].as_array().unwrap()[..]
    );
    assert_eq!(people[2]["id"], facilitator["id"]);
    assert_eq!(read(&world, id, REFERRAL).await, *after);
    let query = "query($id: ID!) { node(id: $id) { ... on Facilitator { id party { ... on Person { phone } } } } }";
    let node = world
        .data_with(query, json!({ "id": facilitator["id"] }))
        .await;
    assert_eq!(node["node"]["party"]["phone"], "123");
    assert_eq!(
        operation(&world, "added").await["referral"],
        json!({ "id": id })
    );

    assert_eq!(add(&world, "added", id, &member).await, payload);
    let other = add(&world, "added", id, &grace()).await;
    assert_refused(&other, &[("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")]);
    let mut shouted = member.clone();
    shouted["email"] = json!("Grace.ONeill@Example.Test");
    let again = add(&world, "again", id, &shouted).await;
    assert_eq!(
        (&again["outcome"], &again["facilitator"]),
        (&json!("ALREADY_APPLIED"), &facilitator)
    );
    sent_once(&world, "partner-center");
    assert_documented(&world);
}

#[tokio::test]
async fn the_first_member_makes_the_team() {
    let world = World::start().await;
    let before = pick(&world, |row| {
        row["details"]["status"] != "CLOSED" && row["facilitators"]["totalCount"] == 0
    })
    .await;
    let payload = add(&world, "k", text(&before["id"]), &grace()).await;
    assert_eq!(payload["referral"]["facilitators"]["totalCount"], 1);
    let expected = json!([{ "op": "replace", "path": "/team", "value": [grace()] }]);
    assert_eq!(body(&sent_once(&world, "partner-center")), expected);
    assert_documented(&world);
}

#[tokio::test]
async fn a_member_is_taken_out_and_the_others_stay_as_they_were() {
    let world = World::start().await;
    let before = with_team(&world, 2).await;
    let people = &before["facilitators"]["nodes"];
    let (gone, stays) = (text(&people[0]["id"]), &people[1]);
    let payload = remove(&world, "removed", gone).await;

    let sent = sent_once(&world, "partner-center");
    assert_eq!(sent.method, "PATCH");
    assert_eq!(sent.header("if-match"), Some(text(&before["version"])));
    let patch = body(&sent);
    assert_eq!(
        (&patch[0]["op"], &patch[0]["path"], &patch[1]),
        (&json!("replace"), &json!("/team"), &Value::Null)
    );
    assert_eq!(patch[0]["value"][0]["email"], stays["party"]["email"]);
    assert_eq!(patch[0]["value"].as_array().unwrap().len(), 1);

    assert_eq!(payload["removedFacilitatorId"], gone);
    assert_eq!(
        (&payload["outcome"], &payload["userErrors"]),
        (&json!("APPLIED"), &json!([]))
    );
    let after = &payload["referral"];
    assert_eq!(
        after["facilitators"],
        json!({ "totalCount": 1, "nodes": [stays] })
    );
    assert_eq!(read(&world, text(&before["id"]), REFERRAL).await, *after);
    let query = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(
        world.data_with(query, json!({ "id": gone })).await,
        json!({ "node": null })
    );

    assert_eq!(remove(&world, "removed", gone).await, payload);
    let other = remove(&world, "removed", text(&stays["id"])).await;
    assert_refused(&other, &[("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")]);
    assert_eq!(other["removedFacilitatorId"], Value::Null);
    let again = remove(&world, "again", gone).await;
    assert_eq!(
        (&again["outcome"], &again["removedFacilitatorId"]),
        (&json!("ALREADY_APPLIED"), &json!(gone))
    );
    sent_once(&world, "partner-center");
}

#[tokio::test]
async fn a_change_of_a_team_whose_answer_is_lost_is_read_back() {
    for (kind, sends) in [
        (Kind::DropAfter, 1),
        (Kind::StatusAfter { status: 500 }, 1),
        (Kind::DropBefore, 2),
        (Kind::status(503), 2),
    ] {
        let world = patient().await;
        let before = with_team(&world, 1).await;
        let id = text(&before["id"]);
        fail(&world, "PATCH", ONE, 0, kind.clone());
        add(&world, "add", id, &grace()).await;
        world.hand.advance(Duration::from_secs(31));
        until(&world, "add", "CONFIRMED").await;
        let told = add(&world, "add", id, &grace()).await;
        assert_eq!(
            (&told["outcome"], &told["facilitator"]["id"]),
            (&json!("APPLIED"), &json!(graces_id(&before)))
        );
        assert_eq!(
            told["referral"]["facilitators"]["totalCount"], 2,
            "{kind:?}"
        );
        assert_eq!(asked(&world, "PATCH").len(), sends, "{kind:?}");

        fail(&world, "PATCH", ONE, 0, kind.clone());
        remove(&world, "remove", &graces_id(&before)).await;
        world.hand.advance(Duration::from_secs(31));
        until(&world, "remove", "CONFIRMED").await;
        let told = remove(&world, "remove", &graces_id(&before)).await;
        assert_eq!(told["outcome"], "APPLIED", "{kind:?}");
        assert_eq!(
            told["referral"]["facilitators"], before["facilitators"],
            "{kind:?}"
        );
        assert_eq!(asked(&world, "PATCH").len(), 2 * sends, "{kind:?}");
        assert_documented(&world);
    }
}

#[tokio::test]
async fn of_a_referral_that_is_not_there_there_is_no_team() {
    let world = World::start().await;
    let missing = "00000000-0000-4000-8000-000000000000";
    let id = crate::writes::id(Vendor::PartnerCenter, missing);
    let added = add(&world, "add", &id, &grace()).await;
    let removed = remove(
        &world,
        "remove",
        &graces_id(&json!({ "remoteId": missing })),
    )
    .await;
    for payload in [added, removed] {
        assert_eq!(
            (&payload["outcome"], &payload["referral"]),
            (&json!("REJECTED"), &Value::Null)
        );
        assert_eq!(problems(&payload)[0].0, "NOT_FOUND");
    }
}
