//! Referrals that become finance deals.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{AUTHORIZATION, is_converted, referral};
use crate::harness::World;
use crate::writes::{
    COMMON, assert_documented, body, mutate, operation, problems, read, sent, sent_once,
};

async fn convert(world: &World, input: Value) -> Value {
    let preview = "details { ... on IntrozyReferral { feePreview { isConverted feePlans } } }";
    let selection = format!(
        "{COMMON} deal {{ remoteId name amount }} referral {{ id updatedAt allowedActions {preview} }}"
    );
    mutate(world, "convertReferral", input, &selection).await
}

#[tokio::test]
async fn a_referral_is_converted_as_documented_and_shown_as_such_at_once() {
    let world = World::start().await;
    let about = referral(&world).await;
    let id = about["id"].as_str().unwrap();
    assert!(!is_converted(&world, id).await);
    let input = json!({
        "idempotencyKey": "deal", "referralId": id, "dealName": "Phase 1", "dealDescription": "The first half",
        "triggerFeeCalculation": false, "amountStructure": "MONTHLY", "periodStart": "2026-11-01", "periodEnd": "2026-11-01",
    });
    let payload = convert(&world, input).await;

    let request = sent_once(&world, "introzy");
    let remote_id = about["remoteId"].as_str().unwrap();
    assert_eq!(request.method, "POST");
    assert_eq!(
        request.path,
        format!("/api/pipeline-deals/{remote_id}/convert")
    );
    assert_eq!(request.header("authorization"), Some(AUTHORIZATION));
    assert_eq!(
        body(&request),
        json!({
            "dealName": "Phase 1", "dealDescription": "The first half", "triggerFeeCalculation": false,
            "amountStructure": "MONTHLY", "periodStart": "2026-11-01", "periodEnd": "2026-11-01",
        })
    );
    assert_documented(&world);

    let value = read(&world, id, "value { amount }").await["value"]["amount"].take();
    let deal = &payload["deal"];
    assert_eq!(deal["remoteId"].as_str().map(str::len), Some(36));
    assert_eq!(deal["name"], "Phase 1");
    assert_eq!(deal["amount"], value);
    assert_eq!(payload["outcome"], "APPLIED");
    assert_eq!(
        payload["operation"],
        json!({ "idempotencyKey": "deal", "state": "CONFIRMED" })
    );
    assert_eq!(payload["userErrors"], json!([]));
    let referral = &payload["referral"];
    assert_eq!(referral["id"], id);
    assert_eq!(referral["updatedAt"], super::NOW);
    assert_eq!(
        referral["details"]["feePreview"]["isConverted"], true,
        "{payload:#}"
    );
    assert!(
        is_converted(&world, id).await,
        "the preview is from before the write"
    );
    assert_eq!(operation(&world, "deal").await["referral"]["id"], id);
}

#[tokio::test]
async fn what_is_left_out_of_a_deal_is_left_to_introzy() {
    let world = World::start().await;
    let about = referral(&world).await;
    let input = json!({ "referralId": about["id"], "dealName": null });
    let payload = convert(&world, input).await;
    assert_eq!(payload["outcome"], "APPLIED", "{payload:#}");
    assert_eq!(body(&sent_once(&world, "introzy")), json!({}));
    assert!(payload["deal"]["name"].is_string());
    assert_documented(&world);
}

#[tokio::test]
async fn a_second_conversion_is_a_conflict_and_not_sent() {
    for status in ["409", "400"] {
        let world = World::start().await;
        world
            .sandbox
            .set_switch("introzy", "second_convert", status)
            .unwrap();
        let about = referral(&world).await;
        let input = |key: &str| json!({ "idempotencyKey": key, "referralId": about["id"] });
        convert(&world, input("first")).await;
        let second = convert(&world, input("second")).await;
        assert_eq!(second["outcome"], "REJECTED", "{second:#}");
        assert_eq!(
            second["operation"],
            json!({ "idempotencyKey": "second", "state": "REJECTED" })
        );
        assert_eq!(
            problems(&second),
            [("CONFLICT".to_owned(), "input.referralId".to_owned())]
        );
        assert_eq!(
            second["userErrors"][0]["message"],
            "The referral has been converted already."
        );
        assert_eq!(second["deal"], Value::Null);
        assert_eq!(second["referral"]["id"], about["id"]);
        assert_eq!(sent(&world, "introzy").len(), 1);
    }
}
