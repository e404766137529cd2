//! What Introzy is asked, and what comes of its answers.

use serde_json::{Value, json};

use super::*;
use crate::model::{Direction, Facilitators, ModerationStatus, Party};
use crate::vendor::stub::{self, Asked, Stub, call, configured};
use crate::vendor::{Adapter, Kind, Next};

const CREATED: &str = include_str!("fixtures/created.json");
const REFERRALS: &str = include_str!("fixtures/referrals.json");
const FACILITATORS: &str = include_str!("fixtures/facilitators.json");

type Adapted = Arc<dyn Adapter>;

async fn introzy(
    answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static,
) -> (Stub, Adapted) {
    let vendor = Stub::start(answer).await;
    let adapter = adapter("", &vendor.base);
    (vendor, adapter)
}

fn adapter(file: &str, base: &str) -> Adapted {
    let environment = [
        ("INTROZY_API_KEY", "introzy_abc"),
        ("INTROZY_BASE_URL", base),
    ];
    let connect = stub::connect(None).0;
    stub::adapter("introzy", configure, file, &environment, &connect)
}

fn plan(filter: &ReferralFilter, file: &str) -> Plan {
    adapter(file, "http://127.0.0.1:9").plan_referrals(filter, Order::default())
}

/// A list as documented, of the rows `offset..` that fit in `limit`, at most `clamp` of them.
fn listing(asked: &Asked, all: usize, clamp: usize, tell: &[&str]) -> (u16, String) {
    let number = |name: &str| asked.param(name).unwrap().parse::<usize>().unwrap();
    let (limit, offset) = (number("limit").min(clamp), number("offset"));
    let rows: Vec<_> = (offset..all.min(offset + limit))
        .map(|n| json!({ "id": format!("deal-{n}") }))
        .collect();
    let has_more = offset + rows.len() < all;
    let mut data = json!({ "referralOpps": rows });
    let facts = [
        ("total", json!(all)),
        ("limit", json!(limit)),
        ("offset", json!(offset)),
        ("hasMore", json!(has_more)),
    ];
    for (name, value) in facts {
        if tell.contains(&name) {
            data[name] = value;
        }
    }
    (200, json!({ "success": true, "data": data }).to_string())
}

fn wrapped(data: &Value) -> (u16, String) {
    (200, json!({ "success": true, "data": data }).to_string())
}

async fn first_page(adapter: &Adapted) -> Page<Referral> {
    let native = Native::default();
    adapter.referrals(&call(), &native, None).await.unwrap()
}

fn positions(texts: &[&str]) -> Vec<Position> {
    texts
        .iter()
        .map(|text| Position((*text).to_owned().into()))
        .collect()
}

#[tokio::test]
async fn a_list_is_asked_for_as_documented_and_read_row_by_row() {
    let (vendor, adapter) = introzy(|_| (200, REFERRALS.to_owned())).await;
    let page = first_page(&adapter).await;
    assert_eq!(&*page.rows[0].remote_id, "deal-uuid");
    assert_eq!(page.total, Some(12));

    let asked = &vendor.asked()[0];
    assert_eq!(asked.line(), "GET /api/referral-opps");
    assert_eq!(asked.raw_query, "limit=100&offset=0");
    assert_eq!(asked.header("authorization"), Some("Bearer introzy_abc"));
    assert_eq!(asked.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn the_first_page_names_all_the_others_by_the_rows_it_really_had() {
    let all = ["total", "limit", "offset", "hasMore"];
    let (vendor, adapter) = introzy(move |asked| listing(asked, 120, 50, &all)).await;
    let page = first_page(&adapter).await;
    let rest = positions(&["50", "100+"]);
    assert_eq!(page.next, Next::All(rest.clone()));

    let mut ids: Vec<_> = page
        .rows
        .iter()
        .map(|row| row.remote_id.to_string())
        .collect();
    for position in &rest {
        let page = adapter
            .referrals(&call(), &Native::default(), Some(position))
            .await
            .unwrap();
        assert_eq!(page.next, Next::End);
        ids.extend(page.rows.iter().map(|row| row.remote_id.to_string()));
    }
    let every: Vec<_> = (0..120).map(|n| format!("deal-{n}")).collect();
    assert_eq!(ids, every);
    assert_eq!(vendor.asked()[2].raw_query, "limit=100&offset=100");
}

#[tokio::test]
async fn without_a_total_one_page_leads_to_the_next() {
    for tell in [&["hasMore"][..], &["limit"][..]] {
        let (_vendor, adapter) = introzy(move |asked| listing(asked, 130, 60, tell)).await;
        let mut page = first_page(&adapter).await;
        let mut sizes = vec![page.rows.len()];
        while let Next::Then(position) = &page.next {
            let native = Native::default();
            page = adapter
                .referrals(&call(), &native, Some(position))
                .await
                .unwrap();
            sizes.push(page.rows.len());
        }
        assert_eq!(
            (sizes, page.total, page.next),
            (vec![60, 60, 10], None, Next::End)
        );
    }
}

#[tokio::test]
async fn a_total_too_large_to_be_true_is_walked_and_not_listed() {
    let body = json!({ "referralOpps": [{ "id": "deal-0" }], "total": i64::MAX });
    let (_vendor, adapter) = introzy(move |_| wrapped(&body)).await;
    let page = first_page(&adapter).await;
    assert_eq!(page.next, Next::Then(positions(&["1+"]).remove(0)));
}

#[tokio::test]
async fn an_empty_list_and_an_empty_page_are_ends() {
    for total in [json!(0), json!(5), Value::Null] {
        let body = json!({ "referralOpps": [], "total": total, "hasMore": true });
        let (_vendor, adapter) = introzy(move |_| wrapped(&body)).await;
        assert_eq!(first_page(&adapter).await.next, Next::End);
    }
}

#[tokio::test]
async fn an_unreadable_row_costs_itself_alone() {
    let body = json!({ "referralOpps": [{ "id": "a" }, { "id": "b", "createdAt": "soon" }, 7, { "id": "c" }], "total": 4 });
    let (_vendor, adapter) = introzy(move |_| wrapped(&body)).await;
    let page = first_page(&adapter).await;
    let ids: Vec<_> = page.rows.iter().map(|row| &*row.remote_id).collect();
    assert_eq!(ids, ["a", "c"]);
    let paths: Vec<_> = page.unreadable.iter().map(|row| &*row.path).collect();
    assert_eq!(paths, ["createdAt", "."]);
    assert_eq!(page.next, Next::End);
}

#[tokio::test]
async fn a_place_of_another_list_is_refused() {
    let (vendor, adapter) = introzy(|_| (200, REFERRALS.to_owned())).await;
    let position = positions(&["page:2"]).remove(0);
    let failure = adapter
        .referrals(&call(), &Native::default(), Some(&position))
        .await
        .unwrap_err();
    assert_eq!(failure.kind, Kind::Rejected);
    assert!(vendor.asked().is_empty());
}

#[tokio::test]
async fn one_referral_is_read_by_its_id_and_a_missing_one_is_none() {
    let (vendor, adapter) = introzy(|asked| match asked.line().as_str() {
        "GET /api/referral-opps/deal-uuid" => (200, CREATED.to_owned()),
        _ => (404, String::new()),
    })
    .await;
    let found = adapter.referral(&call(), "deal-uuid").await.unwrap();
    assert_eq!(&*found.unwrap().remote_id, "deal-uuid");
    assert_eq!(adapter.referral(&call(), "a/../b?c").await.unwrap(), None);
    assert_eq!(adapter.referral(&call(), "..").await.unwrap(), None);
    let lines: Vec<_> = vendor
        .asked()
        .into_iter()
        .map(|asked| asked.line())
        .collect();
    assert_eq!(
        lines,
        [
            "GET /api/referral-opps/deal-uuid",
            "GET /api/referral-opps/a%2F..%2Fb%3Fc"
        ]
    );
}

#[tokio::test]
async fn a_refusal_is_told_by_its_status_with_or_without_an_envelope() {
    let bodies = [
        r#"{"success":false,"error":{"code":"UNAUTHORIZED","message":"no"},"meta":{}}"#,
        r#"{"message":"no"}"#,
        "",
    ];
    for body in bodies {
        let (_vendor, adapter) = introzy(move |_| (401, body.to_owned())).await;
        let failure = adapter.referral(&call(), "deal-uuid").await.unwrap_err();
        assert_eq!(
            (failure.kind, failure.status),
            (Kind::Unauthorized, Some(401))
        );
    }
}

#[tokio::test]
async fn a_success_that_says_it_failed_or_says_nothing_is_invalid() {
    let bodies = [
        r#"{"success":false,"error":{"code":"NOT_FOUND","message":"no"}}"#,
        r#"{"success":true}"#,
        r#"{"success":true,"data":{"people":"none"}}"#,
        r#"{"success":true,"data":{"id":"x","createdAt":"soon"}}"#,
        "<h1>maintenance</h1>",
    ];
    for body in bodies {
        let (_vendor, adapter) = introzy(move |_| (200, body.to_owned())).await;
        let failure = adapter.referral(&call(), "x").await.unwrap_err();
        assert_eq!(failure.kind, Kind::InvalidResponse, "{body}");
    }
}

#[tokio::test]
async fn facilitators_are_read_by_their_own_call() {
    let (vendor, adapter) = introzy(|asked| match asked.line().as_str() {
        "GET /api/referral-opps/deal-uuid/facilitators" => (200, FACILITATORS.to_owned()),
        _ => (404, String::new()),
    })
    .await;
    let found = adapter.facilitators(&call(), "deal-uuid").await.unwrap();
    let rows = found.unwrap();
    assert_eq!((rows.len(), &*rows[0].key), (1, "facilitator-uuid"));
    assert_eq!(rows[0].party.name().as_deref(), Some("Bob Jones"));
    assert_eq!(vendor.asked()[0].raw_query, "");
    assert_eq!(adapter.facilitators(&call(), "gone").await.unwrap(), None);
}

#[tokio::test]
async fn notes_are_read_to_their_end_and_come_newest_first() {
    let note = |id: &str, day: u32| json!({ "id": id, "content": id, "createdAt": format!("2026-02-0{day}T00:00:00.000Z") });
    let first = json!({ "notes": [note("old", 1), note("new", 3), { "id": "timeless" }, { "content": "no id" }], "total": 6 });
    let second = json!({ "notes": [note("new", 3), note("middle", 2)], "total": 6 });
    let (vendor, adapter) = introzy(move |asked| match asked.param("offset") {
        Some("0") => wrapped(&first),
        _ => wrapped(&second),
    })
    .await;
    let notes = adapter.notes(&call(), "deal-uuid").await.unwrap().unwrap();
    let ids: Vec<_> = notes.iter().map(|note| &*note.remote_id).collect();
    assert_eq!(ids, ["new", "middle", "old", "timeless"]);
    let asked = vendor.asked();
    assert_eq!(
        asked[0].line(),
        "GET /api/pipelines/referral/deals/deal-uuid/notes"
    );
    assert_eq!(asked[0].raw_query, "limit=100&offset=0");
    assert_eq!(asked[1].raw_query, "limit=100&offset=4");
    assert_eq!(asked.len(), 2);
}

#[tokio::test]
async fn notes_without_an_end_are_cut_and_those_of_no_referral_are_none() {
    let (vendor, adapter) = introzy(|asked| {
        if asked.line().contains("gone") {
            return (404, String::new());
        }
        let id = asked.param("offset").unwrap();
        wrapped(&json!({ "notes": [{ "id": id }], "hasMore": true }))
    })
    .await;
    let notes = adapter.notes(&call(), "deal-uuid").await.unwrap().unwrap();
    assert_eq!((notes.len(), vendor.asked().len()), (10, 10));
    assert_eq!(adapter.notes(&call(), "gone").await.unwrap(), None);
}

/// As the table of the pipeline-deals page has it; the shapes within the lists are not documented.
const FEES: &str = r#"{"isConverted":false,"organizationId":"org-1","dealValue":50000.50,"expectedValue":50000,
    "feePlans":[{"rate": 0.10}],"estimatedChainCount":2,"facilitatorCount":1,"connectorUserId":"user-1","facilitators":[{}]}"#;

#[tokio::test]
async fn a_fee_preview_is_read_with_and_without_an_envelope() {
    for body in [
        FEES.to_owned(),
        format!(r#"{{"success":true,"data":{FEES}}}"#),
    ] {
        let (vendor, adapter) = introzy(move |_| (200, body.clone())).await;
        let preview = adapter.fee_preview(&call(), "deal-uuid").await.unwrap();
        let preview = preview.unwrap();
        assert!(!preview.is_converted);
        assert_eq!(preview.message, None);
        assert_eq!(preview.organization_id.as_deref(), Some("org-1"));
        assert_eq!(preview.deal_value.unwrap().to_string(), "50000.50");
        assert_eq!(preview.expected_value, Some(50_000.into()));
        assert_eq!(preview.estimated_chain_count, Some(2));
        assert_eq!(preview.facilitator_count, Some(1));
        assert_eq!(preview.connector_user_id.as_deref(), Some("user-1"));
        assert_eq!(*preview.fee_plans.unwrap().0, *r#"[{"rate": 0.10}]"#);
        assert_eq!(*preview.facilitators.unwrap().0, *"[{}]");
        let asked = &vendor.asked()[0];
        assert_eq!(
            asked.line(),
            "GET /api/pipeline-deals/deal-uuid/fee-preview"
        );
    }
}

#[tokio::test]
async fn a_converted_deal_has_a_preview_that_says_so_and_little_else() {
    let body = r#"{"isConverted":true,"message":"Already converted","dealValue":null,"expectedValue":null,"feePlans":[]}"#;
    let (_vendor, adapter) = introzy(move |_| (200, body.to_owned())).await;
    let preview = adapter.fee_preview(&call(), "x").await.unwrap().unwrap();
    assert!(preview.is_converted);
    assert_eq!(preview.message.as_deref(), Some("Already converted"));
    assert_eq!((preview.deal_value, preview.expected_value), (None, None));
    assert_eq!(*preview.fee_plans.unwrap().0, *"[]");
    assert_eq!(preview.facilitators, None);
}

#[tokio::test]
async fn a_preview_that_does_not_say_whether_it_was_converted_is_invalid() {
    for body in [
        "{}",
        r#"{"isConverted":null}"#,
        r#"{"success":false,"error":{}}"#,
    ] {
        let (_vendor, adapter) = introzy(move |_| (200, body.to_owned())).await;
        let failure = adapter.fee_preview(&call(), "x").await.unwrap_err();
        assert_eq!(failure.kind, Kind::InvalidResponse, "{body}");
    }
    let (_vendor, adapter) = introzy(|_| (404, String::new())).await;
    assert_eq!(adapter.fee_preview(&call(), "x").await.unwrap(), None);
}

#[tokio::test]
async fn people_are_searched_within_the_documented_limit() {
    let body = json!({ "people": [{ "id": "p1", "firstName": "Sam" }, "odd", { "id": "p2", "email": "s@example.test" }], "total": 2 });
    let (vendor, adapter) = introzy(move |_| wrapped(&body)).await;
    let people = adapter.people(&call(), "sam & co", 500).await.unwrap();
    let ids: Vec<_> = people.iter().map(|p| p.remote_id()).collect();
    assert_eq!(ids, [Some("p1"), Some("p2")]);
    assert_eq!(adapter.people(&call(), "sam", 1).await.unwrap().len(), 1);
    let asked = vendor.asked();
    assert_eq!(asked[0].line(), "GET /api/people");
    assert_eq!(asked[0].raw_query, "search=sam%20%26%20co&limit=100");
    assert_eq!(asked[1].param("limit"), Some("1"));
}

#[tokio::test]
async fn stages_come_in_the_pipelines_order() {
    let body = json!({ "id": "p", "type": "REFERRAL", "stages": [
        { "id": "s3", "label": "Unplaced" }, { "id": "s2", "label": "Lead", "sortOrder": 1 },
        { "id": "s1", "label": "Introduction", "color": "#3B82F6", "sortOrder": 0, "dealCount": 4 },
    ] });
    let (vendor, adapter) = introzy(move |_| wrapped(&body)).await;
    let stages = adapter.stages(&call()).await.unwrap();
    let labels: Vec<_> = stages.iter().map(|stage| &*stage.label).collect();
    assert_eq!(labels, ["Introduction", "Lead", "Unplaced"]);
    assert_eq!(vendor.asked()[0].line(), "GET /api/pipelines/referral");
}

#[tokio::test]
async fn a_check_reads_one_row_and_tells_nothing_of_it() {
    let (vendor, adapter) = introzy(|_| (200, REFERRALS.to_owned())).await;
    let told = adapter.check(&call()).await.unwrap();
    assert!(
        told.contains("accepted") && !told.contains("Acme"),
        "{told}"
    );
    assert_eq!(vendor.asked()[0].raw_query, "limit=1&offset=0");
}

#[test]
fn one_snapshot_serves_every_filter_that_introzy_can_match() {
    let whole = Plan::Whole(Native::default());
    let by_search = ReferralFilter {
        search: Some("acme".to_owned()),
        status: Some(vec![ReferralStatus::Active]),
        ..ReferralFilter::default()
    };
    assert_eq!(plan(&ReferralFilter::default(), ""), whole);
    assert_eq!(plan(&by_search, ""), whole);
}

#[test]
fn a_filter_that_introzy_cannot_match_rules_it_out() {
    let all = ReferralFilter::default;
    let filters = [
        ReferralFilter {
            vendors: Some(vec![Vendor::Plannr]),
            ..all()
        },
        ReferralFilter {
            direction: Some(Direction::Sent),
            ..all()
        },
        ReferralFilter {
            moderation: Some(ModerationStatus::Pending),
            ..all()
        },
        ReferralFilter {
            connection_id: Some((Vendor::Introzy, "c".to_owned())),
            ..all()
        },
        ReferralFilter {
            engagement_id: Some((Vendor::Introzy, "e".to_owned())),
            ..all()
        },
        ReferralFilter {
            status: Some(vec![ReferralStatus::Won]),
            ..all()
        },
        ReferralFilter {
            status: Some(vec![]),
            ..all()
        },
    ];
    for filter in filters {
        assert_eq!(plan(&filter, ""), Plan::RuledOut, "{filter:?}");
    }
    let won = ReferralFilter {
        status: Some(vec![ReferralStatus::Won]),
        ..all()
    };
    let mapped = "[introzy.stage_status]\n\"Closed Won\" = \"won\"";
    assert_eq!(plan(&won, mapped), Plan::Whole(Native::default()));
}

#[test]
fn without_a_key_it_is_not_configured_and_a_wrong_status_word_is_told() {
    let only_where = [("INTROZY_BASE_URL", "http://127.0.0.1:9")];
    let (connector, problems) = configured("introzy", configure, "", &only_where);
    assert!(connector.is_none() && problems.is_empty(), "{problems:?}");
    let wrong = "[introzy]\napi_key = \"k\"\nstage_status = { Lead = \"open\" }";
    let (_, problems) = configured("introzy", configure, wrong, &[]);
    assert!(problems[0].contains("stage_status"), "{problems:?}");
    let right = "[introzy]\napi_key = \"k\"";
    let connect = stub::connect(None).0;
    let adapter = stub::adapter("introzy", configure, right, &[], &connect);
    assert_eq!((adapter.vendor(), adapter.account()), (Vendor::Introzy, ""));
    assert!(adapter.capabilities().contains(&Capability::Notes));
    assert_eq!(adapter.bulk_limit(), None);
}

#[tokio::test]
async fn a_mapped_stage_and_an_embedded_company_show_in_the_list() {
    let row = json!({ "id": "d", "stage": { "label": "CLOSED won" }, "seeker": { "type": "COMPANY", "id": "c", "name": "Northwind" }, "facilitators": [] });
    let body = json!({ "referralOpps": [row], "total": 1 });
    let vendor = Stub::start(move |_| wrapped(&body)).await;
    let mapped = "[introzy.stage_status]\n\"Closed Won\" = \"won\"";
    let page = first_page(&adapter(mapped, &format!("{}/mount/", vendor.base))).await;
    assert_eq!(page.rows[0].status, ReferralStatus::Won);
    assert!(matches!(
        &page.rows[0].referred[..],
        [Party::Organization(_)]
    ));
    assert_eq!(
        page.rows[0].facilitators,
        Facilitators::Embedded(Box::default())
    );
    assert_eq!(vendor.asked()[0].line(), "GET /mount/api/referral-opps");
}
