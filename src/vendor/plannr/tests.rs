//! What Plannr is asked, and what comes of its answers.

mod check;
mod connections;
mod creates;
mod decisions;
mod traces;
mod writes;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::*;
use crate::model::{
    ConnectionStatus, Direction, ModerationStatus, OrderDirection, OrderField, ReferralStatus,
};
use crate::vendor::stub::{self, Asked, Stub, call, configured};
use crate::vendor::{Adapter, Kind, Next};

const REFERRAL: &str = include_str!("fixtures/referral.json");
const CONNECTION: &str = include_str!("fixtures/connection.json");
const NEWEST: Order = Order {
    field: OrderField::CreatedAt,
    direction: OrderDirection::Desc,
};

type Adapted = Arc<dyn Adapter>;

async fn plannr(
    answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static,
) -> (Stub, Adapted) {
    let vendor = Stub::start(answer).await;
    let adapter = adapter(&vendor.base);
    (vendor, adapter)
}

fn adapter(base: &str) -> Adapted {
    let environment = [
        ("PLANNR_ACCESS_TOKEN", "token-1"),
        ("PLANNR_ACCOUNT_UUID", "account-1"),
        ("PLANNR_BASE_URL", base),
    ];
    let connect = stub::connect(None).0;
    stub::adapter("plannr", configure, "", &environment, &connect)
}

fn plan(filter: &ReferralFilter) -> Plan {
    adapter("http://127.0.0.1:9").plan_referrals(filter, NEWEST)
}

fn plan_connections(filter: &ConnectionFilter) -> Plan {
    adapter("http://127.0.0.1:9").plan_connections(filter, NEWEST)
}

fn native(query: &[(&'static str, &str)], exact: bool) -> Native {
    let query = query
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    Native {
        query: query.collect(),
        exact,
    }
}

fn paged(query: &[(&'static str, &str)], exact: bool) -> Plan {
    Plan::Paged(native(query, exact))
}

fn json(body: &Value) -> (u16, String) {
    (200, body.to_string())
}

fn rows(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({ "uuid": id })).collect()
}

fn page(number: u64) -> Position {
    Position(format!("page:{number}").into())
}

fn ids(page: &Page<Referral>) -> Vec<&str> {
    page.rows.iter().map(|row| &*row.remote_id).collect()
}

async fn list(adapter: &Adapted, position: Option<&Position>) -> Page<Referral> {
    let native = native(&[("sort", "-created_at")], true);
    adapter.referrals(&call(), &native, position).await.unwrap()
}

#[tokio::test]
async fn a_list_is_asked_for_with_every_required_header_and_the_planned_query() {
    let body = format!(r#"{{"data":[{REFERRAL}]}}"#);
    let (vendor, adapter) = plannr(move |_| (200, body.clone())).await;
    let query = [
        ("sort", "-created_at"),
        ("filter[status]", "pending,accepted"),
    ];
    let page = adapter
        .referrals(&call(), &native(&query, true), None)
        .await
        .unwrap();
    assert_eq!(ids(&page), ["ac6ac96d-cd94-4e1c-9374-da46b5b7728d"]);

    let asked = &vendor.asked()[0];
    assert_eq!(asked.line(), "GET /api/v1/referrals");
    assert_eq!(
        asked.raw_query,
        "sort=-created_at&filter%5Bstatus%5D=pending%2Caccepted&per_page=100"
    );
    assert_eq!(asked.header("authorization"), Some("Bearer token-1"));
    assert_eq!(asked.header("x-plannr-account-uuid"), Some("account-1"));
    assert_eq!(asked.header("accept"), Some("application/json"));
    assert_eq!(asked.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_list_without_links_and_meta_is_whole() {
    let (_vendor, adapter) = plannr(|_| json(&json!({ "data": rows(&["a", "b"]) }))).await;
    let read = list(&adapter, None).await;
    assert_eq!(ids(&read), ["a", "b"]);
    assert_eq!(
        (read.next, read.total, read.here),
        (Next::End, Some(2), Some(page(1)))
    );
}

#[tokio::test]
async fn pages_are_followed_to_the_end_by_links_absolute_or_relative_and_by_numbers() {
    let by_links = |asked: &Asked, base: &str| match asked.param("page") {
        None => {
            json!({ "data": rows(&["a"]), "links": { "next": format!("{base}/api/v1/referrals?per_page=15&page=2") }, "meta": { "total": 3 } })
        }
        Some("2") => {
            json!({ "data": rows(&["b"]), "links": { "next": "/api/v1/referrals?page=3#x" } })
        }
        _ => json!({ "data": rows(&["c"]), "links": { "next": null } }),
    };
    let by_numbers = |asked: &Asked, _: &str| match asked.param("page") {
        None => {
            json!({ "data": rows(&["a"]), "meta": { "current_page": 1, "last_page": 3, "total": 3 } })
        }
        Some("2") => {
            json!({ "data": rows(&["b"]), "links": [], "meta": { "current_page": 2, "last_page": "3" } })
        }
        _ => json!({ "data": rows(&["c"]), "meta": { "current_page": 3, "last_page": 3 } }),
    };
    let forms: [fn(&Asked, &str) -> Value; 2] = [by_links, by_numbers];
    for form in forms {
        let answer = move |asked: &Asked| json(&form(asked, &asked.origin()));
        let (vendor, adapter) = plannr(answer).await;
        let mut read = list(&adapter, None).await;
        assert_eq!(read.total, Some(3));
        let mut seen = vec![ids(&read)[0].to_owned()];
        while let Next::Then(position) = read.next.clone() {
            read = list(&adapter, Some(&position)).await;
            assert_eq!(read.here, Some(position));
            seen.extend(ids(&read).into_iter().map(str::to_owned));
        }
        assert_eq!(seen, ["a", "b", "c"]);
        let queries: Vec<_> = vendor
            .asked()
            .into_iter()
            .map(|asked| asked.raw_query)
            .collect();
        let first = "sort=-created_at&per_page=100";
        assert_eq!(
            queries,
            [
                first.to_owned(),
                format!("{first}&page=2"),
                format!("{first}&page=3")
            ]
        );
    }
}

#[tokio::test]
async fn a_link_to_elsewhere_in_a_circle_or_after_nothing_is_not_followed() {
    let bodies = [
        json!({ "data": rows(&["a"]), "links": { "next": "https://evil.example/api/v1/referrals?page=2" } }),
        json!({ "data": rows(&["a"]), "links": { "next": "/api/v1/referrals?page=1" }, "meta": { "last_page": 9 } }),
        json!({ "data": rows(&["a"]), "links": { "next": "/api/v1/referrals?cursor=abc" } }),
        json!({ "data": [], "links": { "next": "/api/v1/referrals?page=2" }, "meta": { "last_page": 9 } }),
    ];
    for body in bodies {
        let (_vendor, adapter) = plannr(move |_| json(&body)).await;
        assert_eq!(list(&adapter, None).await.next, Next::End);
    }
}

#[tokio::test]
async fn a_page_can_be_come_back_to_and_a_place_of_another_list_is_refused() {
    let (vendor, adapter) = plannr(|_| json(&json!({ "data": rows(&["a"]) }))).await;
    assert_eq!(list(&adapter, Some(&page(7))).await.here, Some(page(7)));
    assert_eq!(vendor.asked()[0].param("page"), Some("7"));
    for text in ["7", "page:0", "page:-1", "page:x", ""] {
        let position = Position(text.into());
        let failure = adapter
            .referrals(&call(), &Native::default(), Some(&position))
            .await
            .unwrap_err();
        assert_eq!(failure.kind, Kind::Rejected, "{text}");
    }
    assert_eq!(vendor.asked().len(), 1);
}

#[tokio::test]
async fn an_unreadable_row_costs_itself_alone() {
    let data = json!({ "data": [{ "uuid": "a" }, { "uuid": "b", "expires_at": "soon" }, null, { "uuid": "c" }] });
    let (_vendor, adapter) = plannr(move |_| json(&data)).await;
    let page = list(&adapter, None).await;
    assert_eq!(ids(&page), ["a", "c"]);
    let paths: Vec<_> = page.unreadable.iter().map(|row| &*row.path).collect();
    assert_eq!(paths, ["expires_at", "."]);
}

#[tokio::test]
async fn an_answer_that_is_no_list_is_invalid() {
    for body in ["{}", r#"{"message":"Maintenance"}"#, "[]", "<html>", ""] {
        let (_vendor, adapter) = plannr(move |_| (200, body.to_owned())).await;
        let failure = adapter
            .referrals(&call(), &Native::default(), None)
            .await
            .unwrap_err();
        assert_eq!(failure.kind, Kind::InvalidResponse, "{body}");
    }
}

#[tokio::test]
async fn one_record_is_read_by_its_uuid_and_a_missing_one_is_none() {
    let (vendor, adapter) = plannr(|asked| match asked.line().as_str() {
        "GET /api/v1/referrals/r1" => (200, REFERRAL.to_owned()),
        "GET /api/v1/referral-connections/c1" => (200, CONNECTION.to_owned()),
        _ => (
            404,
            r#"{"message":"No query results for model."}"#.to_owned(),
        ),
    })
    .await;
    let referral = adapter.referral(&call(), "r1").await.unwrap().unwrap();
    assert_eq!(referral.connection_id.as_deref(), Some("abc-123"));
    let connection = adapter.connection(&call(), "c1").await.unwrap().unwrap();
    assert_eq!(connection.status, ConnectionStatus::Pending);
    assert_eq!(adapter.referral(&call(), "a/b").await.unwrap(), None);
    assert_eq!(adapter.connection(&call(), "gone").await.unwrap(), None);
    assert_eq!(vendor.asked()[2].line(), "GET /api/v1/referrals/a%2Fb");
    assert_eq!(
        vendor.asked()[0].header("x-plannr-account-uuid"),
        Some("account-1")
    );
}

#[tokio::test]
async fn an_unreadable_single_record_and_a_refusal_are_errors() {
    let (_vendor, adapter) = plannr(|_| json(&json!({ "uuid": "r1", "created_at": "soon" }))).await;
    let failure = adapter.referral(&call(), "r1").await.unwrap_err();
    assert_eq!(failure.kind, Kind::InvalidResponse);
    assert!(failure.detail.contains("created_at"), "{failure}");
    let (_vendor, adapter) =
        plannr(|_| (401, r#"{"message":"Unauthenticated."}"#.to_owned())).await;
    let failure = adapter.referral(&call(), "r1").await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.status),
        (Kind::Unauthorized, Some(401))
    );
}

#[tokio::test]
async fn several_records_are_one_call_though_it_may_come_in_pages() {
    let (vendor, adapter) = plannr(|asked| match asked.param("page") {
        None => json(&json!({ "data": rows(&["a", "stranger"]), "meta": { "last_page": 9 } })),
        _ => json(&json!({ "data": [{ "uuid": "b" }, { "uuid": "a" }, { "uuid": "d", "created_at": "soon" }], "meta": { "last_page": 9 } })),
    })
    .await;
    assert_eq!(adapter.bulk_limit(), Some(100));
    let found = adapter
        .referrals_by_id(&call(), &["a", "b", "x,y", "..", "a"])
        .await
        .unwrap();
    let ids: Vec<_> = found.records.iter().map(|row| &*row.remote_id).collect();
    assert_eq!((&*ids, found.unreadable), (&["a", "b"][..], 1));
    let asked = vendor.asked();
    assert_eq!(asked[0].raw_query, "filter%5Buuid%5D=a%2Cb&per_page=100");
    assert_eq!(
        asked[1].raw_query,
        "filter%5Buuid%5D=a%2Cb&per_page=100&page=2"
    );
    assert_eq!(asked.len(), 2);
}

#[tokio::test]
async fn a_search_for_records_that_are_not_there_ends() {
    let endless = json!({ "data": rows(&["stranger"]), "meta": { "last_page": 1_000_000 } });
    let (vendor, adapter) = plannr(move |_| json(&endless)).await;
    let none = adapter
        .connections_by_id(&call(), &["a", "b"])
        .await
        .unwrap();
    assert!(none.records.is_empty() && none.unreadable == 0);
    assert_eq!(vendor.asked().len(), 2);
    assert_eq!(vendor.asked()[0].line(), "GET /api/v1/referral-connections");
    let none = adapter.connections_by_id(&call(), &["a,b"]).await.unwrap();
    assert!(none.records.is_empty() && none.unreadable == 0);
    assert_eq!(vendor.asked().len(), 2);
}

#[tokio::test]
async fn a_vendor_that_takes_no_page_size_is_asked_without_one() {
    let (vendor, adapter) = plannr(|asked| match asked.param("per_page") {
        Some(_) => (
            400,
            r#"{"message":"Requested parameter is not allowed."}"#.to_owned(),
        ),
        None => json(&json!({ "data": rows(&["a"]), "meta": { "last_page": 1 } })),
    })
    .await;
    let query = native(&[("sort", "-created_at")], true);
    let page = adapter.referrals(&call(), &query, None).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    let asked = vendor.asked();
    let queries: Vec<_> = asked.iter().map(|asked| &*asked.raw_query).collect();
    assert_eq!(
        queries,
        ["sort=-created_at&per_page=100", "sort=-created_at"]
    );
}

#[tokio::test]
async fn connections_are_a_list_like_the_other() {
    let body = format!(r#"{{"data":[{CONNECTION}],"meta":{{"last_page":2,"total":101}}}}"#);
    let (vendor, adapter) = plannr(move |_| (200, body.clone())).await;
    let query = native(
        &[("sort", "-created_at"), ("filter[direction]", "sent")],
        true,
    );
    let read = adapter.connections(&call(), &query, None).await.unwrap();
    assert_eq!(
        &*read.rows[0].remote_id,
        "95cc9f56-a43d-4fab-a473-cc829f2dcf24"
    );
    assert_eq!((read.next, read.total), (Next::Then(page(2)), Some(101)));
    assert_eq!(vendor.asked()[0].line(), "GET /api/v1/referral-connections");
    assert_eq!(vendor.asked()[0].param("filter[direction]"), Some("sent"));
}

#[tokio::test]
async fn people_are_clients_found_by_name_or_address() {
    let body = json!({ "data": [{ "uuid": "a1", "name": "Sam Reed", "primary_email": "sam@example.test" }, 5, { "uuid": "a2" }] });
    let (vendor, adapter) = plannr(move |_| json(&body)).await;
    let people = adapter.people(&call(), " Sam R ", 20).await.unwrap();
    assert_eq!(people.len(), 2);
    assert_eq!(people[0].email(), Some("sam@example.test"));
    assert_eq!(adapter.people(&call(), "sam@", 1).await.unwrap().len(), 1);
    let asked = vendor.asked();
    assert_eq!(asked[0].line(), "GET /api/v1/account");
    assert_eq!(
        asked[0].raw_query,
        "filter%5Btype%5D=client&filter%5Bname%5D=Sam%20R&include=primary_email%2Cprimary_phone_number&per_page=20"
    );
    assert_eq!(asked[1].param("filter[primary_email]"), Some("sam@"));
    assert_eq!(asked[1].param("filter[name]"), None);
    assert_eq!(asked[1].param("per_page"), Some("1"));
}

#[tokio::test]
async fn a_check_asks_for_the_logins_without_an_account_and_then_for_referrals() {
    for (account, is_own) in [("account-1", true), ("account-2", false)] {
        let (vendor, adapter) = plannr(move |asked| match asked.line().as_str() {
            "GET /api/v1/logins" => json(&json!({ "data": ["odd", { "uuid": "account-1", "account": { "uuid": account, "name": "Ada Okoro" } }] })),
            _ => json(&json!({ "data": [] })),
        })
        .await;
        let told = adapter.check(&call()).await.unwrap();
        assert_eq!(told.contains("may act as"), is_own, "{told}");
        assert!(
            !told.contains("Ada") && !told.contains("account-"),
            "{told}"
        );
        let asked = vendor.asked();
        assert_eq!(asked[0].header("authorization"), Some("Bearer token-1"));
        assert_eq!(asked[0].header("x-plannr-account-uuid"), None);
        assert_eq!(asked[1].line(), "GET /api/v1/referrals");
        assert_eq!(asked[1].header("x-plannr-account-uuid"), Some("account-1"));
    }
    let (_vendor, adapter) =
        plannr(|_| (401, r#"{"message":"Unauthenticated."}"#.to_owned())).await;
    assert_eq!(
        adapter.check(&call()).await.unwrap_err().kind,
        Kind::Unauthorized
    );
}

#[test]
fn the_order_and_the_documented_filters_are_left_to_plannr() {
    let filter = ReferralFilter {
        vendors: Some(vec![Vendor::Plannr]),
        status: Some(vec![
            ReferralStatus::Declined,
            ReferralStatus::Won,
            ReferralStatus::Pending,
        ]),
        direction: Some(Direction::Received),
        ..ReferralFilter::default()
    };
    let query = [
        ("sort", "-created_at"),
        ("filter[status]", "pending,rejected"),
        ("filter[direction]", "received"),
    ];
    assert_eq!(plan(&filter), paged(&query, true));
    let oldest_change = Order {
        field: OrderField::UpdatedAt,
        direction: OrderDirection::Asc,
    };
    let adapter = adapter("http://127.0.0.1:9");
    let all = adapter.plan_referrals(&ReferralFilter::default(), oldest_change);
    assert_eq!(all, paged(&[("sort", "updated_at")], true));
}

#[test]
fn what_plannr_has_no_filter_for_makes_its_count_another() {
    let all = ReferralFilter::default;
    let time = Some("2026-01-01T00:00:00Z".parse().unwrap());
    let filters = [
        ReferralFilter {
            email: Some("a@example.test".to_owned()),
            ..all()
        },
        ReferralFilter {
            search: Some("ada".to_owned()),
            ..all()
        },
        ReferralFilter {
            created_after: time,
            ..all()
        },
        ReferralFilter {
            updated_before: time,
            ..all()
        },
        ReferralFilter {
            connection_id: Some((Vendor::Plannr, "c".to_owned())),
            ..all()
        },
        ReferralFilter {
            status: Some(vec![ReferralStatus::Pending, ReferralStatus::Unrecognized]),
            ..all()
        },
    ];
    for filter in filters {
        assert_eq!(
            plan(&filter),
            paged(&[("sort", "-created_at")], false),
            "{filter:?}"
        );
    }
}

#[test]
fn a_filter_that_plannr_cannot_match_rules_it_out() {
    let all = ReferralFilter::default;
    let filters = [
        ReferralFilter {
            vendors: Some(vec![Vendor::Introzy]),
            ..all()
        },
        ReferralFilter {
            moderation: Some(ModerationStatus::Denied),
            ..all()
        },
        ReferralFilter {
            engagement_id: Some((Vendor::PartnerCenter, "e".to_owned())),
            ..all()
        },
        ReferralFilter {
            connection_id: Some((Vendor::Introzy, "c".to_owned())),
            ..all()
        },
        ReferralFilter {
            status: Some(vec![ReferralStatus::Won, ReferralStatus::Lost]),
            ..all()
        },
        ReferralFilter {
            status: Some(vec![]),
            ..all()
        },
    ];
    for filter in filters {
        assert_eq!(plan(&filter), Plan::RuledOut, "{filter:?}");
    }
}

#[test]
fn connections_are_never_asked_for_as_expired() {
    let with = |status: &[ConnectionStatus]| ConnectionFilter {
        status: Some(status.to_vec()),
        direction: Some(Direction::Sent),
    };
    let (sort, sent) = (("sort", "-created_at"), ("filter[direction]", "sent"));
    let wanted = with(&[ConnectionStatus::Denied, ConnectionStatus::Accepted]);
    let pushed = [sort, ("filter[status]", "accepted,denied"), sent];
    assert_eq!(plan_connections(&wanted), paged(&pushed, true));
    for beyond in [ConnectionStatus::Expired, ConnectionStatus::Unrecognized] {
        let wanted = with(&[ConnectionStatus::Pending, beyond]);
        assert_eq!(plan_connections(&wanted), paged(&[sort, sent], false));
    }
    assert_eq!(plan_connections(&with(&[])), Plan::RuledOut);
    assert_eq!(
        plan_connections(&ConnectionFilter::default()),
        paged(&[sort], true)
    );
}

#[test]
fn it_is_configured_by_both_credentials_and_told_which_is_missing() {
    let configured =
        |environment: &[(&str, &str)]| configured("plannr", configure, "", environment);
    let (token, account) = (("PLANNR_ACCESS_TOKEN", "t"), ("PLANNR_ACCOUNT_UUID", "a"));
    for without_credentials in [&[][..], &[("PLANNR_BASE_URL", "http://127.0.0.1:9")]] {
        let (connector, problems) = configured(without_credentials);
        assert!(connector.is_none() && problems.is_empty(), "{problems:?}");
    }
    let connect = stub::connect(None).0;
    let adapter = stub::adapter("plannr", configure, "", &[token, account], &connect);
    assert_eq!((adapter.vendor(), adapter.account()), (Vendor::Plannr, "a"));
    assert!(adapter.capabilities().contains(&Capability::Connections));
    let told = |environment: &[(&str, &str)]| configured(environment).1.join("\n");
    assert!(told(&[token]).contains("plannr.account_uuid"));
    assert!(told(&[account]).contains("plannr.access_token"));
    assert!(told(&[token, ("PLANNR_ACCOUNT_UUID", "a b")]).contains("uuid of an account"));
}
