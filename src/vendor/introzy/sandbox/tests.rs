//! The shapes that Introzy's pages show, and the seeded organization.

mod convert;
mod create;
mod facilitators;
mod notes;

use std::collections::BTreeSet;

use axum::Router;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::API_KEY;
use crate::clock::Clock;
use crate::sandbox::Sandbox;
use crate::sandbox::probe::{Answer, send};

fn vendor() -> (Sandbox, Router) {
    let (clock, _) = Clock::manual("2026-11-02T09:00:00Z".parse().unwrap());
    let sandbox = Sandbox::new(&clock);
    let router = sandbox.vendor_router("introzy").unwrap();
    (sandbox, router)
}

async fn get(router: &Router, target: &str) -> Answer {
    let bearer = format!("Bearer {API_KEY}");
    send(router, "GET", target, &[("authorization", &bearer)], "").await
}

async fn all(router: &Router) -> Vec<Value> {
    let page = get(router, "/api/referral-opps?limit=100").await.json;
    page["data"]["referralOpps"].as_array().unwrap().clone()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn a_wrong_or_missing_key_is_401_everywhere() {
    let (sandbox, router) = vendor();
    for headers in [
        &[][..],
        &[("authorization", "Bearer introzy_00")],
        &[("authorization", API_KEY)],
    ] {
        for path in ["/api/referral-opps", "/nowhere"] {
            let answer = send(&router, "GET", path, headers, "").await;
            assert_eq!(answer.status, 401);
            assert_eq!(answer.json["success"], false);
            assert_eq!(answer.json["error"]["code"], "UNAUTHORIZED");
            assert_eq!(keys(&answer.json["meta"]), ["requestId", "timestamp"]);
        }
    }
    sandbox.set_switch("introzy", "errors", "empty").unwrap();
    let answer = send(&router, "GET", "/api/people", &[], "").await;
    assert_eq!(
        (answer.status.as_u16(), answer.bytes.unwrap().len()),
        (401, 0)
    );
    sandbox
        .set_switch("introzy", "errors", "other_codes")
        .unwrap();
    let answer = send(&router, "GET", "/api/people", &[], "").await;
    assert_eq!(answer.json["error"]["code"], "errors/401");
}

#[tokio::test]
async fn a_list_has_its_rows_beside_the_pagination_block() {
    let (_, router) = vendor();
    let page = get(&router, "/api/referral-opps?limit=30&offset=60")
        .await
        .json;
    assert_eq!(keys(&page), ["data", "success"]);
    let data = &page["data"];
    assert_eq!(
        keys(data),
        ["hasMore", "limit", "offset", "referralOpps", "total"]
    );
    assert_eq!(data["referralOpps"].as_array().unwrap().len(), 12);
    assert_eq!(
        [&data["total"], &data["limit"], &data["offset"]],
        [72, 30, 60]
    );
    assert_eq!(data["hasMore"], false);
    let first = get(&router, "/api/referral-opps").await.json;
    assert_eq!([&first["data"]["limit"], &first["data"]["offset"]], [50, 0]);
    assert_eq!(first["data"]["hasMore"], true);
}

#[tokio::test]
async fn paging_outside_its_range_is_refused_or_clamped() {
    let (sandbox, router) = vendor();
    for query in ["limit=0", "limit=101", "offset=-1", "limit=ten"] {
        let answer = get(&router, &format!("/api/referral-opps?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json["error"]["code"], "VALIDATION_ERROR");
    }
    sandbox
        .set_switch("introzy", "paging_out_of_range", "clamp")
        .unwrap();
    let answer = get(&router, "/api/referral-opps?limit=101&offset=-1").await;
    assert_eq!(answer.json["data"]["limit"], 100);
}

#[tokio::test]
async fn every_order_holds_the_same_rows() {
    let (sandbox, router) = vendor();
    let newest = all(&router).await;
    assert!(
        newest.is_sorted_by_key(|row| std::cmp::Reverse(
            row["createdAt"].as_str().unwrap().to_owned()
        ))
    );
    let mut orders = BTreeSet::new();
    for order in ["newest_first", "oldest_first", "shuffled"] {
        sandbox.set_switch("introzy", "order", order).unwrap();
        let rows = all(&router).await;
        assert_eq!(rows, all(&router).await);
        let ids: Vec<_> = rows.iter().map(|row| row["id"].to_string()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 72);
        orders.insert(ids);
    }
    assert_eq!(orders.len(), 3);
}

#[tokio::test]
async fn a_referral_has_the_documented_shape() {
    let (sandbox, router) = vendor();
    let rows = all(&router).await;
    for row in &rows {
        assert_eq!(
            keys(row),
            [
                "connector",
                "createdAt",
                "currency",
                "description",
                "expectedValue",
                "facilitators",
                "id",
                "name",
                "owner",
                "pipelineDealId",
                "provider",
                "seeker",
                "stage",
                "updatedAt",
            ]
        );
        assert_eq!(row["id"], row["pipelineDealId"]);
        assert_eq!(keys(&row["stage"]), ["color", "id", "label"]);
        assert_eq!(
            keys(&row["owner"]),
            ["email", "firstName", "id", "lastName"]
        );
        assert_eq!(
            row["createdAt"].as_str().unwrap().len(),
            "2026-02-03T04:05:06.789Z".len()
        );
        assert!(row["updatedAt"].as_str() >= row["createdAt"].as_str());
        for facilitator in row["facilitators"].as_array().unwrap() {
            assert_eq!(
                keys(facilitator),
                [
                    "company",
                    "companyId",
                    "id",
                    "role",
                    "side",
                    "user",
                    "userId"
                ]
            );
        }
    }
    let id = rows[5]["id"].as_str().unwrap();
    let one = get(&router, &format!("/api/referral-opps/{id}")).await.json;
    assert_eq!(one, json!({ "success": true, "data": rows[5] }));

    sandbox
        .set_switch("introzy", "stage_shape", "reference")
        .unwrap();
    sandbox.set_switch("introzy", "party_name", "null").unwrap();
    let one = get(&router, &format!("/api/referral-opps/{id}")).await.json;
    assert_eq!(
        keys(&one["data"]["stage"]),
        ["color", "description", "id", "label", "sortOrder"]
    );
    assert_eq!(one["data"]["seeker"].get("name"), Some(&Value::Null));
}

#[tokio::test]
async fn the_seed_covers_what_the_documentation_mentions() {
    let (_, router) = vendor();
    let rows = all(&router).await;
    let any = |test: &dyn Fn(&Value) -> bool| assert!(rows.iter().any(test));
    let labels: BTreeSet<_> = rows
        .iter()
        .map(|row| row["stage"]["label"].to_string())
        .collect();
    assert_eq!(labels.len(), 6);
    any(&|row| row["seeker"]["type"] == "COMPANY" && row["seeker"]["name"].is_string());
    any(&|row| row["provider"]["type"] == "COMPANY");
    any(&|row| row["seeker"]["type"] == "USER" && row["seeker"].get("name").is_none());
    any(&|row| row["provider"]["type"] == "USER" && row["provider"]["email"].is_null());
    any(&|row| row["seeker"]["type"] == "USER" && row["seeker"]["company"].is_null());
    any(&|row| row["connector"].is_null());
    any(&|row| row["connector"]["company"].is_null() && row["connector"].is_object());
    any(&|row| row["description"].is_null());
    any(&|row| row["expectedValue"].is_null());
    any(&|row| row["createdAt"] == row["updatedAt"]);
    any(&|row| row["createdAt"] != row["updatedAt"]);
    assert!(!rows.is_sorted_by_key(|row| std::cmp::Reverse(row["updatedAt"].to_string())));
    let facilitators = rows
        .iter()
        .flat_map(|row| row["facilitators"].as_array().unwrap());
    let forms: BTreeSet<_> = facilitators
        .map(|row| format!("{} {}", row["role"], row["side"]))
        .collect();
    assert_eq!(forms.len(), 5, "{forms:?}");
    let pairs: BTreeSet<_> = rows
        .iter()
        .map(|row| format!("{} {}", row["seeker"]["id"], row["provider"]["id"]))
        .collect();
    assert_eq!(pairs.len(), 72, "no pair occurs twice");
}

#[tokio::test]
async fn amounts_arrive_digit_for_digit() {
    let (_, router) = vendor();
    let page = get(&router, "/api/referral-opps").await.bytes.unwrap();
    let text = String::from_utf8(page.to_vec()).unwrap();
    for digits in [
        "0",
        "0.1",
        "1234567.89",
        "9007199254740993",
        "12345678901234567.89",
        "250000.50",
    ] {
        assert!(
            text.contains(&format!("\"expectedValue\":{digits},")),
            "{digits}"
        );
    }
}

#[tokio::test]
async fn missing_and_malformed_ids_have_errors_of_their_own() {
    let (sandbox, router) = vendor();
    let unknown = "/api/referral-opps/00000000-0000-4000-8000-000000000000";
    let answer = get(&router, unknown).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json["error"]["code"]),
        (404, &json!("NOT_FOUND"))
    );
    assert_eq!(get(&router, "/api/referral-opps/x").await.status, 400);
    sandbox
        .set_switch("introzy", "malformed_id", "not_found")
        .unwrap();
    assert_eq!(get(&router, "/api/referral-opps/x").await.status, 404);

    let unknown = "/api/pipeline-deals/00000000-0000-4000-8000-000000000000/fee-preview";
    assert!(get(&router, unknown).await.json["error"].is_object());
    sandbox
        .set_switch("introzy", "pipeline_deals_errors", "unwrapped")
        .unwrap();
    assert_eq!(keys(&get(&router, unknown).await.json), ["code", "message"]);
}

#[tokio::test]
async fn the_list_of_facilitators_says_when_they_came() {
    let (_, router) = vendor();
    let rows = all(&router).await;
    let row = rows
        .iter()
        .max_by_key(|row| row["facilitators"].as_array().unwrap().len())
        .unwrap();
    let path = format!(
        "/api/referral-opps/{}/facilitators",
        row["id"].as_str().unwrap()
    );
    let list = get(&router, &path).await.json;
    assert_eq!(keys(&list["data"]), ["facilitators"]);
    let list = list["data"]["facilitators"].as_array().unwrap();
    assert_eq!(list.len(), 3);
    assert!(list.iter().all(|row| row["createdAt"].is_string()));
}

#[tokio::test]
async fn a_fee_preview_is_not_wrapped_and_a_converted_deal_is_no_error() {
    let (_, router) = vendor();
    let mut forms = BTreeSet::new();
    for row in all(&router).await {
        let path = format!(
            "/api/pipeline-deals/{}/fee-preview",
            row["id"].as_str().unwrap()
        );
        let answer = get(&router, &path).await;
        assert_eq!(answer.status, 200);
        forms.insert(keys(&answer.json).join(" "));
    }
    assert_eq!(
        forms.into_iter().collect::<Vec<_>>(),
        [
            "connectorUserId dealValue estimatedChainCount expectedValue facilitatorCount facilitators feePlans isConverted organizationId",
            "dealValue expectedValue feePlans isConverted message",
        ]
    );
}

#[tokio::test]
async fn notes_come_in_pages_and_with_mentions() {
    let (sandbox, router) = vendor();
    let id = all(&router).await[1]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/pipelines/referral/deals/{id}/notes");
    let page = get(&router, &path).await.json;
    assert_eq!([&page["data"]["total"], &page["data"]["limit"]], [60, 50]);
    let note = &page["data"]["notes"][1];
    assert_eq!(
        keys(note),
        [
            "content",
            "createdAt",
            "createdByUserId",
            "dealId",
            "entityId",
            "entityType",
            "id",
            "noteCompanies",
            "notePeople",
            "organizationId",
            "updatedAt",
        ]
    );
    assert_eq!(
        (&note["dealId"], &note["entityType"]),
        (&json!(id), &Value::Null)
    );
    let person = &note["notePeople"][0];
    assert!(
        note["content"]
            .as_str()
            .unwrap()
            .contains(&format!("(person:{})", person["id"].as_str().unwrap()))
    );
    sandbox
        .set_switch("introzy", "deal_note_entity", "deal")
        .unwrap();
    assert_eq!(
        get(&router, &path).await.json["data"]["notes"][1]["entityId"],
        json!(id)
    );
    assert_eq!(
        get(&router, &path.replace("referral", "sales"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn people_and_companies_can_be_searched() {
    let (_, router) = vendor();
    let all = get(&router, "/api/people").await.json;
    assert_eq!(all["data"]["total"], 26);
    let found = get(&router, "/api/people?search=ZO%C3%8B").await.json;
    assert_eq!(found["data"]["people"][0]["lastName"], "van Dijk");
    let found = get(&router, "/api/people?search=ada.okoro%40example.test")
        .await
        .json;
    let ada = &found["data"]["people"][0];
    assert_eq!(ada["isFullUser"], true);
    let company = ada["company"]["id"].as_str().unwrap();
    let found = get(&router, &format!("/api/people?companyId={company}"))
        .await
        .json;
    assert_eq!(found["data"]["total"], 1);
    let found = get(&router, "/api/companies?search=l%C3%B6we").await.json;
    assert_eq!(found["data"]["companies"][0]["name"], "Löwe & Söhne");
    let notes = get(&router, &format!("/api/companies/{company}/notes"))
        .await
        .json;
    assert_eq!(notes["data"]["notes"], json!([]));
    let fields = get(&router, "/api/people/custom-fields").await.json;
    assert_eq!(fields["data"]["customFields"][0]["key"], "cf_region");
}

#[tokio::test]
async fn reading_a_pipeline_that_is_missing_makes_it() {
    let (_, router) = vendor();
    let pipelines = get(&router, "/api/pipelines").await.json;
    assert_eq!(pipelines["data"].as_array().unwrap().len(), 2);
    assert_eq!(pipelines["data"][0]["dealCount"], 72);
    let referral = get(&router, "/api/pipelines/referral").await.json;
    assert_eq!(referral["data"]["stages"][1]["label"], "Introduction");
    assert_eq!(referral["data"]["stages"][1]["sortOrder"], 1);
    assert_eq!(
        get(&router, "/api/pipelines/partner").await.json["data"]["type"],
        "PARTNER"
    );
    let pipelines = get(&router, "/api/pipelines").await.json;
    assert_eq!(pipelines["data"].as_array().unwrap().len(), 3);
    assert_eq!(get(&router, "/api/pipelines/other").await.status, 400);
}

#[tokio::test]
async fn stages_move_by_switch_and_by_hook() {
    let (sandbox, router) = vendor();
    let row = all(&router).await.remove(0);
    let id = row["id"].as_str().unwrap();
    assert_eq!(row["stage"]["label"], "Lead");
    sandbox.set_switch("introzy", "stages", "moving").unwrap();
    assert_eq!(all(&router).await[0]["stage"]["label"], "Introduction");
    sandbox.set_switch("introzy", "stages", "still").unwrap();
    let moved = send(
        &router,
        "POST",
        &format!("/_test/referral-opps/{id}/stages/Won"),
        &[],
        "",
    )
    .await;
    assert_eq!(moved.status, 204);
    let row = all(&router).await.remove(0);
    assert_eq!(
        (&row["stage"]["label"], &row["updatedAt"]),
        (&json!("Won"), &json!("2026-11-02T09:00:00.000Z"))
    );
    assert!(
        sandbox
            .requests("introzy")
            .iter()
            .all(|logged| logged.method == "GET")
    );
}

#[tokio::test]
async fn a_rate_limit_and_strict_queries_are_switches() {
    let (sandbox, router) = vendor();
    assert_eq!(get(&router, "/api/companies?x=1").await.status, 200);
    sandbox.set_switch("introzy", "strict_query", "on").unwrap();
    assert_eq!(get(&router, "/api/companies?x=1").await.status, 400);
    sandbox
        .set_switch("introzy", "rate_limit", "refuse")
        .unwrap();
    let answer = get(&router, "/api/companies").await;
    assert_eq!(
        (
            answer.status.as_u16(),
            answer.headers.contains_key("retry-after")
        ),
        (429, false)
    );
    sandbox
        .set_switch("introzy", "rate_limit", "refuse_with_retry_after")
        .unwrap();
    assert_eq!(
        get(&router, "/api/companies").await.headers["retry-after"],
        "2"
    );
}

/// A write, and what the sandbox noted about it.
async fn write(
    sandbox: &Sandbox,
    router: &Router,
    method: &str,
    target: &str,
    body: &Value,
) -> (Answer, Vec<String>) {
    let bearer = format!("Bearer {API_KEY}");
    let mut headers = vec![("authorization", bearer.as_str())];
    let mut text = String::new();
    if !body.is_null() {
        headers.push(("content-type", "application/json"));
        text = body.to_string();
    }
    let answer = send(router, method, target, &headers, &text).await;
    let logged = sandbox.requests("introzy").pop().unwrap();
    (answer, logged.problems)
}

/// A write as documented.
async fn post(sandbox: &Sandbox, router: &Router, target: &str, body: &Value) -> Answer {
    let (answer, problems) = write(sandbox, router, "POST", target, body).await;
    assert_eq!(problems, [""; 0]);
    answer
}

/// The ids of the people with these given names.
async fn ids<const N: usize>(router: &Router, names: [&str; N]) -> [Value; N] {
    let people = get(router, "/api/people?limit=100").await.json;
    let people = people["data"]["people"].as_array().unwrap().clone();
    names.map(|name| {
        let mut people = people.iter();
        people.find(|row| row["firstName"] == name).unwrap()["id"].clone()
    })
}

#[tokio::test]
async fn a_referral_is_neither_updated_nor_deleted() {
    let (sandbox, router) = vendor();
    let id = all(&router).await[0]["id"].as_str().unwrap().to_owned();
    for method in ["PATCH", "PUT", "DELETE"] {
        let target = format!("/api/referral-opps/{id}");
        let (answer, _) = write(&sandbox, &router, method, &target, &json!({})).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json["error"]["code"]),
            (404, &json!("NOT_FOUND"))
        );
    }
}
