//! Referrals that become finance deals.

use pretty_assertions::assert_eq;

use super::*;

/// The newest of the seed, which is not converted.
async fn deal(router: &Router) -> (Value, String) {
    let row = all(router).await.remove(0);
    let target = format!("/api/pipeline-deals/{}", row["id"].as_str().unwrap());
    (row, target)
}

#[tokio::test]
async fn a_converted_deal_is_answered_unwrapped_and_its_preview_says_so() {
    let (sandbox, router) = vendor();
    let (row, target) = deal(&router).await;
    let preview = format!("{target}/fee-preview");
    assert_eq!(get(&router, &preview).await.json["isConverted"], false);
    // The body may be left out.
    let answer = post(
        &sandbox,
        &router,
        &format!("{target}/convert"),
        &Value::Null,
    )
    .await;
    assert_eq!(answer.status, 201);
    let made = &answer.json["deal"];
    assert_eq!(keys(made)[..2], ["amount", "amountStructure"]);
    assert_eq!(
        (&made["name"], &made["amount"]),
        (&row["name"], &row["expectedValue"])
    );
    assert_ne!(made["id"], row["id"]);
    assert_eq!(get(&router, &preview).await.json["isConverted"], true);
    let after = all(&router).await.remove(0);
    assert_eq!(after["updatedAt"], "2026-11-02T09:00:00.000Z");
    sandbox.reset();
    assert_eq!(get(&router, &preview).await.json["isConverted"], false);
}

#[tokio::test]
async fn a_second_conversion_is_refused_with_the_status_of_the_switch() {
    let (sandbox, router) = vendor();
    let (_, target) = deal(&router).await;
    let target = format!("{target}/convert");
    assert_eq!(
        post(&sandbox, &router, &target, &json!({})).await.status,
        201
    );
    let again = post(&sandbox, &router, &target, &json!({})).await;
    assert_eq!(
        (again.status.as_u16(), &again.json["error"]["code"]),
        (409, &json!("CONFLICT"))
    );
    sandbox
        .set_switch("introzy", "second_convert", "400")
        .unwrap();
    sandbox
        .set_switch("introzy", "pipeline_deals_errors", "unwrapped")
        .unwrap();
    let again = post(&sandbox, &router, &target, &json!({})).await;
    assert_eq!(
        (again.status.as_u16(), keys(&again.json)),
        (400, vec!["code", "message"])
    );
}

#[tokio::test]
async fn a_conversion_takes_the_documented_fields() {
    let (sandbox, router) = vendor();
    let (_, target) = deal(&router).await;
    let target = format!("{target}/convert");
    for body in [
        json!({ "amountStructure": "WEEKLY" }),
        json!({ "triggerFeeCalculation": "yes" }),
        json!({ "dealName": 1 }),
        json!({ "periodStart": null }),
    ] {
        let (answer, problems) = write(&sandbox, &router, "POST", &target, &body).await;
        assert_eq!((answer.status.as_u16(), problems.len()), (400, 1), "{body}");
    }
    let body = json!({
        "dealName": "Cloud", "dealDescription": "…", "triggerFeeCalculation": false, "amountStructure": "MONTHLY",
        "periodStart": "2026-12-01", "periodEnd": "2027-11-30",
    });
    let answer = post(&sandbox, &router, &target, &body).await;
    assert_eq!(answer.json["deal"]["name"], "Cloud");
    assert_eq!(answer.json["deal"]["amountStructure"], "MONTHLY");
    assert_eq!(answer.json["feeChains"], json!([]));
    let unknown = "/api/pipeline-deals/00000000-0000-4000-8000-000000000000/convert";
    assert_eq!(post(&sandbox, &router, unknown, &body).await.status, 404);
}
