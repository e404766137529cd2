//! New referrals.

use pretty_assertions::assert_eq;

use super::*;

const TARGET: &str = "/api/referral-opps";

/// Dmitri works for Northwind and Farid for Fabrikam; the seed does not bring them together.
async fn pair(router: &Router) -> Value {
    let [seeker, provider] = ids(router, ["Dmitri", "Farid"]).await;
    json!({ "seekerId": seeker, "providerId": provider })
}

fn with(body: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut body = body.clone();
    body[name] = value.into();
    body
}

#[tokio::test]
async fn a_new_referral_is_answered_with_201_and_read_back_the_same() {
    let (sandbox, router) = vendor();
    let [connector] = ids(&router, ["Priya"]).await;
    let body = with(&pair(&router).await, "name", "Move to the cloud");
    let body = with(&body, "connectorId", connector.clone());
    let body = with(&body, "description", "…");
    let body = with(&body, "currency", "EUR");
    let body = with(&body, "productId", "7d0f0000-0000-4000-8000-000000000001");
    let text = body
        .to_string()
        .replacen('{', "{\"expectedValue\":1200.50,", 1);
    let bearer = format!("Bearer {API_KEY}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let answer = send(&router, "POST", TARGET, &headers, &text).await;

    assert_eq!(answer.status, 201);
    assert!(String::from_utf8_lossy(&answer.bytes.unwrap()).contains("\"expectedValue\":1200.50,"));
    assert_eq!(keys(&answer.json), ["data", "message", "success"]);
    let row = &answer.json["data"];
    assert_eq!(row["id"], row["pipelineDealId"]);
    assert_eq!(row["seeker"]["id"], body["seekerId"]);
    assert_eq!(row["provider"]["id"], body["providerId"]);
    assert_eq!(row["connector"]["id"], connector);
    assert_eq!(row["owner"]["firstName"], "Ada");
    assert_eq!(
        (&row["name"], &row["currency"]),
        (&body["name"], &json!("EUR"))
    );
    assert_eq!(row["stage"]["label"], "Lead");
    assert_eq!(row["createdAt"], "2026-11-02T09:00:00.000Z");
    assert_eq!(row["createdAt"], row["updatedAt"]);

    let target = format!("{TARGET}/{}", row["id"].as_str().unwrap());
    assert_eq!(&get(&router, &target).await.json["data"], row);
    let rows = all(&router).await;
    assert_eq!((rows.len(), &rows[0]), (73, row));
    sandbox.reset();
    assert_eq!(get(&router, &target).await.status, 404);
    assert_eq!(all(&router).await.len(), 72);
}

#[tokio::test]
async fn what_is_left_out_has_the_documented_defaults() {
    let (sandbox, router) = vendor();
    let answer = post(&sandbox, &router, TARGET, &pair(&router).await).await;
    let row = &answer.json["data"];
    assert_eq!(row["name"], "Northwind Traders → Fabrikam Finance");
    assert_eq!(row["currency"], "USD");
    assert_eq!(row["connector"]["id"], row["owner"]["id"]);
    assert!(row["description"].is_null() && row["expectedValue"].is_null());

    // Neither has an employer.
    let [seeker, provider] = ids(&router, ["Bob", "Inés"]).await;
    let body = json!({ "seekerId": seeker, "providerId": provider });
    let answer = post(&sandbox, &router, TARGET, &body).await;
    assert_eq!(answer.json["data"]["name"], "Bob → Inés");
}

#[tokio::test]
async fn the_connector_becomes_a_facilitator_shown_at_once_or_later() {
    for (value, shown, kept) in [("present", 1, 1), ("absent", 0, 1), ("with_source", 2, 2)] {
        let (sandbox, router) = vendor();
        sandbox
            .set_switch("introzy", "auto_facilitators", value)
            .unwrap();
        let answer = post(&sandbox, &router, TARGET, &pair(&router).await).await;
        let row = &answer.json["data"];
        assert_eq!(
            row["facilitators"].as_array().unwrap().len(),
            shown,
            "{value}"
        );
        let target = format!("{TARGET}/{}/facilitators", row["id"].as_str().unwrap());
        let list = get(&router, &target).await.json["data"]["facilitators"].clone();
        assert_eq!(list.as_array().unwrap().len(), kept);
        assert_eq!(
            (&list[0]["role"], &list[0]["userId"]),
            (&json!("connector"), &row["connector"]["id"])
        );
    }
}

#[tokio::test]
async fn a_duplicate_pair_is_refused_with_conflict() {
    let (sandbox, router) = vendor();
    let pair = pair(&router).await;
    let exchanged = json!({ "seekerId": pair["providerId"], "providerId": pair["seekerId"] });
    let other = with(&pair, "productId", "7d0f0000-0000-4000-8000-000000000002");
    for (value, statuses) in [
        ("ordered", [201, 409, 201, 409, 201]),
        ("unordered", [201, 409, 201, 409, 409]),
        ("any_product", [201, 409, 409, 409, 201]),
    ] {
        sandbox.reset();
        sandbox
            .set_switch("introzy", "duplicate_pair", value)
            .unwrap();
        let mut answers = Vec::new();
        for body in [&pair, &pair, &other, &other, &exchanged] {
            let answer = post(&sandbox, &router, TARGET, body).await;
            if answer.status == 409 {
                assert_eq!(
                    answer.json["error"],
                    json!({
                        "code": "CONFLICT",
                        "message": "A referral opportunity already exists between this seeker and provider",
                    })
                );
            }
            answers.push(answer.status.as_u16());
        }
        assert_eq!(answers, statuses, "{value}");
    }
}

#[tokio::test]
async fn a_seeded_pair_is_a_duplicate_too_and_a_converted_one_by_switch() {
    let (sandbox, router) = vendor();
    let rows = all(&router).await;
    let mut converted = None;
    for row in rows.iter().filter(|row| row["provider"]["type"] == "USER") {
        let body = json!({ "seekerId": row["seeker"]["id"], "providerId": row["provider"]["id"] });
        if row["seeker"]["type"] == "COMPANY" {
            continue;
        }
        assert_eq!(post(&sandbox, &router, TARGET, &body).await.status, 409);
        let id = row["id"].as_str().unwrap();
        let preview = get(&router, &format!("/api/pipeline-deals/{id}/fee-preview")).await;
        if preview.json["isConverted"] == true {
            converted = Some(body);
        }
    }
    sandbox
        .set_switch("introzy", "converted_pair", "free")
        .unwrap();
    assert_eq!(
        post(&sandbox, &router, TARGET, &converted.unwrap())
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn every_documented_limit_is_kept() {
    let (sandbox, router) = vendor();
    let pair = pair(&router).await;
    let long = |count: usize| "é".repeat(count);
    for (body, path) in [
        (json!({}), "seekerId is required; providerId is required"),
        (
            json!([]),
            "The body must be an object; seekerId is required; providerId is required",
        ),
        (with(&pair, "seekerId", "x"), "seekerId must be a UUID"),
        (
            with(&pair, "providerId", Value::Null),
            "providerId must be a string",
        ),
        (
            with(&pair, "connectorId", 1),
            "connectorId must be a string",
        ),
        (with(&pair, "productId", "1"), "productId must be a UUID"),
        (
            with(&pair, "name", long(201)),
            "name must have at most 200 characters",
        ),
        (
            with(&pair, "description", long(1_001)),
            "description must have at most 1000 characters",
        ),
        (
            with(&pair, "expectedValue", -0.5),
            "expectedValue must be at least 0",
        ),
        (
            with(&pair, "expectedValue", "1"),
            "expectedValue must be a number",
        ),
        (
            with(&pair, "currency", "EURO"),
            "currency must have 3 characters",
        ),
        (
            with(&pair, "providerId", pair["seekerId"].clone()),
            "providerId must not be the seeker",
        ),
    ] {
        let (answer, problems) = write(&sandbox, &router, "POST", TARGET, &body).await;
        assert_eq!(answer.status, 400, "{path}");
        assert_eq!(answer.json["error"]["code"], "VALIDATION_ERROR");
        assert_eq!(answer.json["error"]["message"], path);
        assert!(!problems.is_empty());
    }
    let body = with(&pair, "name", long(200));
    let body = with(&body, "description", long(1_000));
    let body = with(&body, "expectedValue", 0);
    assert_eq!(post(&sandbox, &router, TARGET, &body).await.status, 201);
    sandbox.set_switch("introzy", "invalid", "422").unwrap();
    let (answer, _) = write(&sandbox, &router, "POST", TARGET, &json!({})).await;
    assert_eq!(answer.status, 422);
    sandbox
        .set_switch("introzy", "same_party", "allow")
        .unwrap();
    let body = with(&pair, "providerId", pair["seekerId"].clone());
    assert_eq!(post(&sandbox, &router, TARGET, &body).await.status, 201);
}

#[tokio::test]
async fn people_who_are_not_there_are_404_or_400() {
    let (sandbox, router) = vendor();
    let pair = pair(&router).await;
    for status in ["404", "400"] {
        sandbox
            .set_switch("introzy", "unknown_party", status)
            .unwrap();
        for name in ["seekerId", "providerId", "connectorId"] {
            let body = with(&pair, name, "00000000-0000-4000-8000-000000000000");
            let answer = post(&sandbox, &router, TARGET, &body).await;
            assert_eq!(answer.status.as_str(), status);
        }
    }
    assert_eq!(all(&router).await.len(), 72);
}

#[tokio::test]
async fn what_is_not_documented_is_noted_and_refused_only_by_switch() {
    let (sandbox, router) = vendor();
    let body = with(&pair(&router).await, "externalId", "1");
    let (answer, problems) = write(&sandbox, &router, "POST", TARGET, &body).await;
    assert_eq!(
        (answer.status.as_u16(), &problems[..]),
        (201, &["undocumented field \"externalId\"".to_owned()][..])
    );
    sandbox.set_switch("introzy", "strict_body", "on").unwrap();
    let (answer, _) = write(&sandbox, &router, "POST", TARGET, &body).await;
    assert_eq!(answer.status, 400);

    let bearer = format!("Bearer {API_KEY}");
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "1")];
    send(&router, "POST", TARGET, &headers, "{}").await;
    let logged = sandbox.requests("introzy").pop().unwrap();
    assert_eq!(
        logged.problems[..2],
        ["undocumented header \"idempotency-key\"", "no content-type"]
    );
}

#[tokio::test]
async fn the_same_writes_make_the_same_rows() {
    let made = async || {
        let (sandbox, router) = vendor();
        let body = pair(&router).await;
        post(&sandbox, &router, TARGET, &body).await.json
    };
    assert_eq!(made().await, made().await);
}
