//! What the vendor is asked, and what comes of its answers.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::client::{Client, Credentials, Involving};
use super::*;
use crate::model::{Direction, ModerationStatus, PersonTexts};
use crate::vendor::stub::{self, Asked, Stub, call, configured};

const REFERRAL: &str = include_str!("fixtures/referral.json");
const TENANT_NOT_FOUND: &str = include_str!("fixtures/tenant-not-found.json");
const NOT_FOUND: &str = r#"{"message":"No such referral","statusCode":404,"apiErrorCode":"REFERRAL_NOT_FOUND","rsCode":null}"#;

fn adapter(stub: &Stub, account_sid: Option<&str>) -> Arc<dyn crate::vendor::Adapter> {
    let environment = [
        ("SAASQUATCH_BASE_URL", stub.base.as_str()),
        ("SAASQUATCH_TENANT_ALIAS", "test_abc"),
        ("SAASQUATCH_API_KEY", "LIVE_key"),
        // As an empty variable counts as none.
        ("SAASQUATCH_ACCOUNT_SID", account_sid.unwrap_or_default()),
    ];
    let connect = stub::connect(None).0;
    stub::adapter("saasquatch", configure, "", &environment, &connect)
}

fn client(stub: &Stub) -> Client {
    let credentials = Credentials {
        tenant_alias: "test_abc".to_owned(),
        account_sid: None,
        api_key: "LIVE_key".into(),
    };
    let base = stub.base.parse().unwrap();
    Client::new(base, &credentials, &stub::connect(None).0).unwrap()
}

/// A vendor with so many referrals that gives at most `cap` of them at once.
async fn listing(rows: usize, cap: usize, tells_total: bool) -> Stub {
    Stub::start(move |asked| {
        let number = |name: &str| asked.param(name).unwrap().parse::<usize>().unwrap();
        let start = number("offset").min(rows);
        let end = rows.min(start + cap.min(number("limit")));
        let page: Vec<Value> = (start..end)
            .map(|n| json!({ "id": format!("r{n}") }))
            .collect();
        let mut list = json!({ "count": page.len(), "referrals": page });
        if tells_total {
            list["totalCount"] = rows.into();
        }
        (200, list.to_string())
    })
    .await
}

/// Reads the whole list and gives every id, in the order of its pages.
async fn whole(adapter: &dyn crate::vendor::Adapter) -> Vec<String> {
    let native = Native::default();
    let mut ids = Vec::new();
    let mut waiting = vec![None];
    while let Some(position) = waiting.pop() {
        let page = adapter
            .referrals(&call(), &native, position.as_ref())
            .await
            .unwrap();
        ids.extend(page.rows.iter().map(|row| row.remote_id.to_string()));
        match page.next {
            Next::End => {}
            Next::Then(next) => waiting.push(Some(next)),
            Next::All(rest) => waiting.extend(rest.into_iter().rev().map(Some)),
        }
        assert!(ids.len() < 10_000, "the list does not end");
    }
    ids
}

fn questions(stub: &Stub) -> Vec<String> {
    stub.asked().iter().map(Asked::question).collect()
}

fn numbered(rows: usize) -> Vec<String> {
    (0..rows).map(|n| format!("r{n}")).collect()
}

#[tokio::test]
async fn the_first_page_tells_all_the_others() {
    let stub = listing(250, usize::MAX, true).await;
    let adapter = adapter(&stub, None);
    let first = adapter
        .referrals(&call(), &Native::default(), None)
        .await
        .unwrap();
    assert_eq!(first.total, Some(250));
    let rest = ["all:100", "then:200"].map(|text| Position(text.into()));
    assert_eq!(first.next, Next::All(rest.to_vec()));
    assert_eq!(whole(&*adapter).await, numbered(250));
    assert_eq!(
        questions(&stub)[1..],
        [
            "limit=100&offset=0",
            "limit=100&offset=100",
            "limit=100&offset=200"
        ]
    );
    assert_eq!(stub.asked()[0].path, "/api/v1/test_abc/referrals");
}

#[tokio::test]
async fn a_vendor_that_gives_fewer_rows_than_asked_for_loses_none() {
    let stub = listing(95, 40, true).await;
    assert_eq!(whole(&*adapter(&stub, None)).await, numbered(95));
    assert_eq!(
        questions(&stub),
        [
            "limit=100&offset=0",
            "limit=100&offset=40",
            "limit=100&offset=80"
        ]
    );
}

#[tokio::test]
async fn without_a_total_the_list_is_read_to_an_empty_page() {
    for cap in [usize::MAX, 40] {
        let stub = listing(120, cap, false).await;
        assert_eq!(whole(&*adapter(&stub, None)).await, numbered(120));
        assert_eq!(questions(&stub).last().unwrap(), "limit=100&offset=120");
    }
}

#[tokio::test]
async fn a_list_of_one_page_and_an_empty_one_end_at_once() {
    for rows in [0, 1, 100] {
        let stub = listing(rows, usize::MAX, true).await;
        assert_eq!(whole(&*adapter(&stub, None)).await, numbered(rows));
        assert_eq!(stub.asked().len(), 1, "{rows}");
    }
}

#[test]
fn an_absurd_total_is_not_listed_beforehand() {
    let start = Place::parse(None).unwrap();
    let then = Next::Then(Position("then:1".into()));
    assert_eq!(next(start, 1, Some(u64::MAX)), then);
    assert_eq!(next(start, 0, Some(u64::MAX)), Next::End);
}

#[tokio::test]
async fn a_position_of_another_list_is_refused() {
    let stub = listing(1, 1, true).await;
    let odd = Position("skip:1".into());
    let adapter = adapter(&stub, None);
    let refused = adapter
        .referrals(&call(), &Native::default(), Some(&odd))
        .await
        .unwrap_err();
    assert_eq!(refused.kind, Kind::Rejected);
}

#[tokio::test]
async fn the_key_is_sent_as_the_password_of_no_user_or_of_the_account() {
    let stub = listing(0, 1, true).await;
    adapter(&stub, None).check(&call()).await.unwrap();
    adapter(&stub, Some("IRsid")).check(&call()).await.unwrap();
    let sent: Vec<Option<String>> = stub
        .asked()
        .iter()
        .map(|asked| asked.header("authorization").map(str::to_owned))
        .collect();
    // base64 of ":LIVE_key" and "IRsid:LIVE_key".
    let expected = ["Basic OkxJVkVfa2V5", "Basic SVJzaWQ6TElWRV9rZXk="];
    assert_eq!(sent, expected.map(|text| Some(text.to_owned())));
    assert_eq!(questions(&stub), ["limit=1&offset=0", "limit=1&offset=0"]);
    assert_eq!(stub.asked()[0].header("accept"), Some("application/json"));
}

#[tokio::test]
async fn a_referral_is_read_by_its_id() {
    let stub = Stub::start(|_| (200, REFERRAL.to_owned())).await;
    let referral = adapter(&stub, None).referral(&call(), "a@b/c").await;
    assert!(referral.unwrap().unwrap().complete);
    let asked = stub.asked();
    assert_eq!((asked.len(), asked[0].method.as_str()), (1, "GET"));
    assert_eq!(asked[0].path, "/api/v1/test_abc/referrals/a%40b%2Fc");
    assert_eq!(asked[0].question(), "");
}

#[tokio::test]
async fn a_missing_referral_is_none_but_a_missing_tenant_is_an_error() {
    let stub = Stub::start(|_| (404, NOT_FOUND.to_owned())).await;
    let adapter_with_tenant = adapter(&stub, None);
    assert_eq!(
        adapter_with_tenant.referral(&call(), "r1").await.unwrap(),
        None
    );

    let stub = Stub::start(|_| (404, TENANT_NOT_FOUND.to_owned())).await;
    let adapter = adapter(&stub, None);
    let error = adapter.referral(&call(), "r1").await.unwrap_err();
    assert_eq!(error.kind, Kind::Unauthorized);
    assert!(error.detail.contains("TENANT_NOT_FOUND"), "{error}");
    assert!(!error.to_string().contains("LIVE_key"), "{error}");
    let native = Native::default();
    let error = adapter.referrals(&call(), &native, None).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unauthorized);
}

#[tokio::test]
async fn a_body_that_is_no_list_or_record_is_an_error() {
    for body in ["{}", "[]", "", "<html>"] {
        let stub = Stub::start(move |_| (200, body.to_owned())).await;
        let adapter = adapter(&stub, None);
        let list = adapter.referrals(&call(), &Native::default(), None).await;
        assert_eq!(list.unwrap_err().kind, Kind::InvalidResponse, "{body}");
        let single = adapter.referral(&call(), "r1").await;
        assert_eq!(single.unwrap_err().kind, Kind::InvalidResponse, "{body}");
        let people = adapter.people(&call(), "ada", 5).await;
        assert_eq!(people.unwrap_err().kind, Kind::InvalidResponse, "{body}");
    }
}

#[tokio::test]
async fn people_are_searched_among_the_users() {
    let stub = Stub::start(|_| {
        let users = json!([
            {"id": "u1", "accountId": "a1", "firstName": "Ada", "lastName": "Okoro", "email": "ada@example.test"},
            {"accountId": "nobody"}, {"id": "u3", "email": {"odd": 1}}, {"id": "u4", "firstName": "Adam"}, {"id": "u5"},
        ]);
        (200, json!({"count": 5, "totalCount": 5, "users": users}).to_string())
    })
    .await;
    let people = adapter(&stub, None)
        .people(&call(), "Ada & co", 2)
        .await
        .unwrap();
    let ada = Person::from(PersonTexts {
        remote_id: Some("u1"),
        name: Some("Ada Okoro"),
        first_name: Some("Ada"),
        last_name: Some("Okoro"),
        email: Some("ada@example.test"),
        ..PersonTexts::default()
    });
    assert_eq!(people[0], ada);
    assert_eq!(people[1].name().as_deref(), Some("Adam"));
    assert_eq!(people.len(), 2);
    assert_eq!(stub.asked()[0].path, "/api/v1/test_abc/users");
    assert_eq!(questions(&stub), ["query=Ada & co&limit=2"]);
}

#[tokio::test]
async fn the_open_list_is_asked_by_both_ids_of_a_user() {
    let stub = listing(1, 1, true).await;
    let client = client(&stub);
    let answer = client
        .list_open_referrals(&call(), Involving::Referrer("a1", "u1"), 0)
        .await
        .unwrap();
    let list: wire::ReferralList = answer.json().unwrap();
    assert_eq!((list.referrals.len(), list.total_count), (1, Some(1)));
    client
        .list_open_referrals(&call(), Involving::Referred("a2", "u2"), 100)
        .await
        .unwrap();
    assert_eq!(
        questions(&stub),
        [
            "referringAccountId=a1&referringUserId=u1&limit=100&offset=0",
            "referredAccountId=a2&referredUserId=u2&limit=100&offset=100",
        ]
    );
    assert_eq!(stub.asked()[0].path, "/api/v1/test_abc/open/referrals");
}

#[tokio::test]
async fn the_list_is_always_read_whole_unless_nothing_can_pass() {
    let stub = listing(0, 1, true).await;
    let adapter = adapter(&stub, None);
    let base = ReferralFilter::default();
    let plan = |filter: &ReferralFilter| adapter.plan_referrals(filter, Order::default());
    let read_whole = |exact| {
        Plan::Whole(Native {
            query: Vec::new(),
            exact,
        })
    };
    assert_eq!(plan(&base), read_whole(true));
    let own = ReferralFilter {
        vendors: Some(vec![Vendor::Saasquatch]),
        ..base.clone()
    };
    assert_eq!(plan(&own), read_whole(true));
    for filter in [
        ReferralFilter {
            status: Some(vec![ReferralStatus::Won, ReferralStatus::Expired]),
            ..base.clone()
        },
        ReferralFilter {
            moderation: Some(ModerationStatus::Pending),
            ..base.clone()
        },
        ReferralFilter {
            email: Some("a@b.c".to_owned()),
            ..base.clone()
        },
    ] {
        assert_eq!(plan(&filter), read_whole(false), "{filter:?}");
    }
    for filter in [
        ReferralFilter {
            vendors: Some(vec![Vendor::Introzy]),
            ..base.clone()
        },
        ReferralFilter {
            direction: Some(Direction::Sent),
            ..base.clone()
        },
        ReferralFilter {
            connection_id: Some((Vendor::Saasquatch, "c".to_owned())),
            ..base.clone()
        },
        ReferralFilter {
            engagement_id: Some((Vendor::Saasquatch, "e".to_owned())),
            ..base.clone()
        },
        ReferralFilter {
            status: Some(vec![ReferralStatus::Expired]),
            ..base.clone()
        },
        ReferralFilter {
            status: Some(Vec::new()),
            ..base.clone()
        },
    ] {
        assert_eq!(plan(&filter), Plan::RuledOut, "{filter:?}");
    }
    assert_eq!(adapter.vendor(), Vendor::Saasquatch);
    assert_eq!(adapter.capabilities(), CAPABILITIES);
    assert!(stub.asked().is_empty());
}

#[test]
fn without_credentials_it_is_not_configured_and_with_some_it_names_the_missing() {
    let (connector, problems) = configured("saasquatch", configure, "", &[]);
    assert!(connector.is_none() && problems.is_empty(), "{problems:?}");
    for (file, missing) in [
        (
            "[saasquatch]\napi_key = \"k\"\ntenant_alias = \"..\"",
            vec!["the alias of a tenant"],
        ),
        (
            "[saasquatch]\ntenant_alias = \"t\"",
            vec!["SAASQUATCH_API_KEY"],
        ),
        (
            "[saasquatch]\napi_key = \"k\"",
            vec!["SAASQUATCH_TENANT_ALIAS"],
        ),
        (
            "[saasquatch]\naccount_sid = \"s\"",
            vec!["SAASQUATCH_TENANT_ALIAS", "SAASQUATCH_API_KEY"],
        ),
    ] {
        let (connector, problems) = configured("saasquatch", configure, file, &[]);
        assert!(connector.is_none());
        assert_eq!(problems.len(), missing.len(), "{problems:?}");
        for (problem, name) in problems.iter().zip(missing) {
            assert!(problem.contains(name), "{problem}");
        }
    }
}
