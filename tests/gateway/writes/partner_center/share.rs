//! Sharing a referral that is there.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::Kind;
use serde_json::{Value, json};

use super::{
    REFERRAL, REFERRALS, asked, at_microsoft, create, engaged, fail, microsoft, share, shared,
    some, text,
};
use crate::harness::World;
use crate::writes::{
    assert_documented, assert_refused, body, newest, operation, patient, problems, read, sent,
    until,
};

/// A shared referral in an engagement of its own, and its id.
async fn alone(world: &World) -> (Value, String) {
    let payload = create(world, "the first", &shared()).await;
    let first = payload["referral"].clone();
    let id = text(&first["id"]).to_owned();
    (first, id)
}

#[tokio::test]
async fn a_referral_is_shared_once_and_its_engagement_has_exactly_two() {
    let world = World::start().await;
    let (first, id) = alone(&world).await;
    let engagement = &first["engagement"];
    assert_eq!(engaged(&world, &engagement["id"]).await, [json!(id)]);
    let before = newest(&world, "PARTNER_CENTER", 5, "id").await;
    let payload = share(&world, "shared", &id, &microsoft()).await;

    let sent = sent(&world, "partner-center");
    assert_eq!(sent.len(), 2);
    assert_eq!((&*sent[1].method, &*sent[1].path), ("POST", REFERRALS));
    let second = &payload["referral"];
    let expected = json!({
        "type": "Shared", "name": "Only once", "externalReferenceId": second["externalReference"],
        "engagementId": engagement["remoteId"], "qualification": "None",
        "target": [{ "type": "BusinessProfileLocation", "id": "msft" }],
        "customerProfile": { "name": "Northwind", "address": { "country": "US" }, "team": [super::grace()] },
        "consent": { "consentToToShareInfoWithOthers": false, "consentToContact": true },
        "details": { "requirements": { "solutions": [{ "id": "SOL-1", "name": "S", "type": "Name" }] } },
    });
    assert_eq!(body(&sent[1]), expected);

    assert_eq!(second["engagement"], *engagement);
    assert_eq!(second["details"]["target"], json!([at_microsoft()]));
    assert_eq!(
        (&payload["outcome"], &payload["userErrors"]),
        (&json!("APPLIED"), &json!([]))
    );
    assert_eq!(
        payload["operation"],
        json!({ "idempotencyKey": "shared", "state": "CONFIRMED" })
    );
    let told = &payload["engagement"];
    assert_eq!(
        (&told["id"], &told["remoteId"]),
        (&engagement["id"], &engagement["remoteId"])
    );
    let mut both: Vec<&str> = told["referrals"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| text(&node["id"]))
        .collect();
    both.sort_unstable();
    let mut expected = vec![&*id, text(&second["id"])];
    expected.sort_unstable();
    assert_eq!(both, expected);
    assert_eq!(engaged(&world, &engagement["id"]).await.len(), 2);
    assert_eq!(read(&world, text(&second["id"]), REFERRAL).await, *second);
    assert_eq!(
        read(&world, &id, REFERRAL).await,
        first,
        "the first is not changed"
    );
    let after = newest(&world, "PARTNER_CENTER", 6, "id").await;
    assert!(
        after.contains(&json!({ "id": second["id"] }))
            && before.iter().all(|row| after.contains(row))
    );
    assert_eq!(
        operation(&world, "shared").await["referral"]["id"],
        second["id"]
    );

    assert_eq!(share(&world, "shared", &id, &microsoft()).await, payload);
    let other = share(
        &world,
        "shared",
        &id,
        &json!({ "type": "SOLUTION_PROFILE", "id": "SOL-7" }),
    )
    .await;
    assert_refused(&other, &[("IDEMPOTENCY_MISMATCH", "input.idempotencyKey")]);
    // By another key it was so before.
    let again = share(&world, "again", &id, &microsoft()).await;
    assert_eq!(
        (&again["outcome"], &again["referral"]),
        (&json!("ALREADY_APPLIED"), second)
    );
    assert_eq!(asked(&world, "POST").len(), 2);
    assert_documented(&world);
}

#[tokio::test]
async fn what_is_not_shared_or_not_there_cannot_be_shared() {
    let world = World::start().await;
    let independent = some(&world, "INDEPENDENT", "ACTIVE").await;
    let missing = crate::writes::id(
        referral_gateway::model::Vendor::PartnerCenter,
        "00000000-0000-4000-8000-000000000000",
    );
    let cases = [
        (text(&independent["id"]), "INVALID"),
        (&missing, "NOT_FOUND"),
    ];
    for (id, code) in cases {
        let payload = share(&world, id, id, &microsoft()).await;
        assert_eq!(
            (&payload["outcome"], &payload["referral"]),
            (&json!("REJECTED"), &Value::Null),
            "{code}"
        );
        assert_eq!(problems(&payload)[0].0, code);
        assert_eq!(share(&world, id, id, &microsoft()).await, payload);
    }
    assert_eq!(sent(&world, "partner-center").len(), 0);
}

#[tokio::test]
async fn a_share_whose_answer_is_lost_is_found_in_the_engagement() {
    for (kind, sends) in [
        (Kind::DropAfter, 1),
        (Kind::StatusAfter { status: 504 }, 1),
        (Kind::DropBefore, 2),
        (Kind::status(500), 2),
    ] {
        let world = patient().await;
        let (first, id) = alone(&world).await;
        fail(&world, "POST", REFERRALS, 0, kind.clone());
        share(&world, "k", &id, &microsoft()).await;
        world.hand.advance(Duration::from_secs(31));
        until(&world, "k", "CONFIRMED").await;
        let told = share(&world, "k", &id, &microsoft()).await;
        assert_eq!(told["outcome"], "APPLIED", "{kind:?}");
        assert_eq!(
            engaged(&world, &first["engagement"]["id"]).await.len(),
            2,
            "{kind:?}"
        );
        assert_eq!(asked(&world, "POST").len(), 1 + sends, "{kind:?}");
        assert_documented(&world);
    }
}

#[tokio::test]
async fn two_shares_with_one_party_at_once_make_one_referral() {
    let world = World::start().await;
    let (first, id) = alone(&world).await;
    let target = microsoft();
    let (one, other) = tokio::join!(
        share(&world, "a", &id, &target),
        share(&world, "b", &id, &target)
    );
    assert_eq!(one["referral"], other["referral"]);
    let mut outcomes = [text(&one["outcome"]), text(&other["outcome"])];
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["ALREADY_APPLIED", "APPLIED"]);
    assert_eq!(engaged(&world, &first["engagement"]["id"]).await.len(), 2);
}
