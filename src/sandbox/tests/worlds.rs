//! Refusals in each vendor's words, answers held back, and worlds that differ from the seeded one: over all vendors.

use std::collections::HashSet;

use axum::Router;
use axum::http::HeaderMap;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::super::probe::{Answer, send};
use super::super::{Fault, Kind, Load, Place};
use super::{control, sandbox};
use crate::vendor::{introzy, partner_center, plannr, saasquatch};

const VENDORS: [&str; 4] = ["introzy", "plannr", "partner-center", "saasquatch"];

/// Where a vendor's list is, the name of its page size, and where in the body its rows are.
fn list(vendor: &str) -> (&'static str, &'static str, &'static str) {
    match vendor {
        "introzy" => ("/api/referral-opps", "limit", "/data/referralOpps"),
        "plannr" => ("/api/v1/referrals", "per_page", "/data"),
        "partner-center" => ("/v1.0/engagements/referrals", "$top", "/value"),
        _ => ("/api/v1/test_aharbourpine/referrals", "limit", "/referrals"),
    }
}

/// Sends a request with good credentials.
async fn ask(router: &Router, vendor: &str, target: &str) -> Answer {
    let account = plannr::sandbox::account_uuid().to_string();
    let authorization = match vendor {
        "introzy" => format!("Bearer {}", introzy::sandbox::API_KEY),
        "plannr" => format!("Bearer {}", plannr::sandbox::ACCESS_TOKEN),
        "partner-center" => format!("Bearer {}", sign_in(router).await),
        _ => {
            use base64::Engine as _;
            let credentials = format!(":{}", saasquatch::sandbox::API_KEY);
            let encoded = base64::prelude::BASE64_STANDARD.encode(credentials);
            format!("Basic {encoded}")
        }
    };
    let headers = [
        ("authorization", authorization.as_str()),
        ("x-plannr-account-uuid", &account),
    ];
    send(router, "GET", &format!("/{vendor}{target}"), &headers, "").await
}

async fn sign_in(router: &Router) -> String {
    use partner_center::sandbox::{CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, RESOURCE};
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("refresh_token", REFRESH_TOKEN),
            ("resource", RESOURCE),
        ])
        .finish();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let path = "/partner-center/common/oauth2/token";
    let answer = send(router, "POST", path, &headers, &form).await;
    answer.json["access_token"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The first rows of a vendor's list.
async fn rows(router: &Router, vendor: &str, count: usize) -> Vec<Value> {
    let (path, size, at) = list(vendor);
    let answer = ask(router, vendor, &format!("{path}?{size}={count}")).await;
    assert_eq!(answer.status, 200, "{vendor}");
    let rows = answer.json.pointer(at).and_then(Value::as_array);
    rows.cloned().unwrap_or_default()
}

fn ids(rows: &[Value]) -> Vec<String> {
    let id = |row: &Value| row.get("id").or(row.get("uuid")).map(Value::to_string);
    rows.iter().filter_map(id).collect()
}

/// When each row was created, as texts that tell times apart.
fn times(rows: &[Value]) -> Vec<String> {
    let names = [
        "createdAt",
        "created_at",
        "createdDateTime",
        "dateReferralStarted",
    ];
    let time = |row: &Value| {
        names
            .iter()
            .find_map(|name| row.get(*name).map(Value::to_string))
    };
    rows.iter().filter_map(time).collect()
}

fn all_of(vendor: &str, kind: Kind) -> Fault {
    Fault {
        path: Some(list(vendor).0.to_owned()),
        ..Fault::new(vendor, kind)
    }
}

async fn refused(vendor: &str, kind: Kind, switch: Option<(&str, &str)>) -> Answer {
    let (sandbox, router) = sandbox();
    if let Some((name, value)) = switch {
        sandbox.set_switch(vendor, name, value).unwrap();
    }
    sandbox.fault(all_of(vendor, kind));
    let answer = ask(&router, vendor, list(vendor).0).await;
    let logged = sandbox.requests(vendor).pop().unwrap();
    assert!(["rate_limited", "expired_token"].contains(&logged.fault.unwrap()));
    answer
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn too_many_requests_are_refused_in_each_vendors_words() {
    let limited = |seconds| Kind::RateLimited { seconds };

    let introzy = refused("introzy", limited(Some(9)), None).await;
    assert_eq!(introzy.status, 429);
    assert_eq!(introzy.json["error"]["code"], "RATE_LIMIT_EXCEEDED");
    assert_eq!(header(&introzy.headers, "retry-after"), Some("9"));
    let absent = Some(("retry_after", "absent"));
    let introzy = refused("introzy", limited(Some(9)), absent).await;
    assert_eq!(header(&introzy.headers, "retry-after"), None);

    let plannr = refused("plannr", limited(Some(20)), None).await;
    assert_eq!(plannr.status, 429);
    assert_eq!(plannr.json, json!({ "message": "Too Many Attempts." }));
    let told = ["retry-after", "x-ratelimit-remaining", "x-ratelimit-limit"];
    let told = told.map(|name| header(&plannr.headers, name));
    assert_eq!(told, [Some("20"), Some("0"), Some("500")]);
    let few = Some(("rate_limit_headers", "remaining_only"));
    let plannr = refused("plannr", limited(None), few).await;
    assert_eq!(header(&plannr.headers, "retry-after"), None);

    let message = "Rate limit is exceeded. Try again in 57 seconds.";
    let partner_center = refused("partner-center", limited(None), None).await;
    assert_eq!(
        partner_center.json,
        json!({ "statusCode": 429, "message": message })
    );
    assert_eq!(header(&partner_center.headers, "retry-after"), Some("57"));
    let date = Some(("retry_after", "http_date"));
    let partner_center = refused("partner-center", limited(Some(60)), date).await;
    let told = header(&partner_center.headers, "retry-after");
    assert_eq!(told, Some("Mon, 02 Nov 2026 09:01:00 GMT"));

    let saasquatch = refused("saasquatch", limited(Some(3)), None).await;
    assert_eq!(
        (saasquatch.status.as_u16(), &saasquatch.json["rsCode"]),
        (429, &json!("RS033"))
    );
    assert_eq!(header(&saasquatch.headers, "retry-after"), None);
    let forbidden = Some(("rate_limit_status", "403"));
    let saasquatch = refused("saasquatch", limited(Some(3)), forbidden).await;
    assert_eq!(
        (saasquatch.status.as_u16(), &saasquatch.json["rsCode"]),
        (403, &json!("RS033"))
    );
}

#[tokio::test]
async fn expired_credentials_are_refused_in_each_vendors_words() {
    let introzy = refused("introzy", Kind::ExpiredToken, None).await;
    assert_eq!(
        introzy.json["error"]["message"],
        "Invalid or expired API key"
    );
    let plannr = refused("plannr", Kind::ExpiredToken, None).await;
    assert_eq!(plannr.json, json!({ "message": "Unauthenticated." }));
    let partner_center = refused("partner-center", Kind::ExpiredToken, None).await;
    assert_eq!(partner_center.json["error"]["code"], "unauthenticated");
    let saasquatch = refused("saasquatch", Kind::ExpiredToken, None).await;
    assert_eq!(saasquatch.json["rsCode"], "RS045");
    for answer in [introzy, plannr, partner_center, saasquatch] {
        assert_eq!(answer.status, 401);
    }
    let silent = [
        ("partner-center", "unauthenticated"),
        ("saasquatch", "unauthorized"),
    ];
    for (vendor, switch) in silent {
        let answer = refused(vendor, Kind::ExpiredToken, Some((switch, "empty"))).await;
        assert_eq!(
            (answer.status.as_u16(), answer.bytes.unwrap().len()),
            (401, 0)
        );
    }
}

#[tokio::test]
async fn signing_in_can_be_refused_too() {
    for (kind, status, error) in [
        (Kind::ExpiredToken, 400, "invalid_grant"),
        (
            Kind::RateLimited { seconds: None },
            429,
            "temporarily_unavailable",
        ),
    ] {
        let (sandbox, router) = sandbox();
        sandbox.fault(Fault::new("partner-center", kind));
        let path = "/partner-center/common/oauth2/token";
        let answer = send(&router, "POST", path, &[], "").await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json["error"]),
            (status, &json!(error))
        );
    }
}

#[tokio::test]
async fn rows_come_and_go_once_the_request_that_met_the_fault_is_answered() {
    for vendor in VENDORS {
        let (sandbox, router) = sandbox();
        let before = ids(&rows(&router, vendor, 30).await);
        let added = Kind::RowsAdded {
            count: 3,
            at: Place::Newest,
        };
        sandbox.fault(Fault {
            times: Some(1),
            ..all_of(vendor, added)
        });
        assert_eq!(ids(&rows(&router, vendor, 30).await), before, "{vendor}");
        let after = rows(&router, vendor, 30).await;
        assert_eq!(ids(&after)[3..], before[..27], "{vendor}");
        let fresh: HashSet<_> = ids(&after)[..3].iter().cloned().collect();
        assert!(
            fresh.is_disjoint(&before.iter().cloned().collect()),
            "{vendor}"
        );
        assert_eq!(fresh.len(), 3, "{vendor}");
        let moments: HashSet<_> = times(&after).into_iter().collect();
        assert_eq!(moments.len(), 30, "{vendor}");

        let gone = Kind::RowsRemoved {
            count: 5,
            at: Place::Newest,
        };
        sandbox.fault(Fault {
            times: Some(1),
            ..all_of(vendor, gone)
        });
        assert_eq!(rows(&router, vendor, 30).await, after, "{vendor}");
        assert_eq!(
            ids(&rows(&router, vendor, 28).await),
            before[2..],
            "{vendor}"
        );
        assert_eq!(sandbox.vendor(vendor).unwrap().emulator.count(), 70);

        for at in [Place::Middle, Place::Oldest] {
            sandbox.grow(vendor, 4, at).unwrap();
            assert_eq!(
                ids(&rows(&router, vendor, 28).await),
                before[2..],
                "{vendor}"
            );
            sandbox.shrink(vendor, 4, at).unwrap();
        }
        sandbox.shrink(vendor, 1_000, Place::Middle).unwrap();
        assert_eq!(
            rows(&router, vendor, 30).await,
            Vec::<Value>::new(),
            "{vendor}"
        );
        sandbox.grow(vendor, 2, Place::Oldest).unwrap();
        assert_eq!(rows(&router, vendor, 30).await.len(), 2, "{vendor}");
    }
}

#[tokio::test]
async fn a_large_world_begins_as_the_usual_one_and_no_row_of_it_is_like_another() {
    for vendor in VENDORS {
        let (sandbox, router) = sandbox();
        let usual = rows(&router, vendor, 50).await;
        sandbox.resize(vendor, 1_000).unwrap();
        assert_eq!(rows(&router, vendor, 50).await, usual, "{vendor}");
        assert_eq!(sandbox.vendor(vendor).unwrap().emulator.count(), 1_000);
        if vendor != "partner-center" {
            let all = whole(&router, vendor).await;
            let distinct: HashSet<_> = all.iter().collect();
            assert_eq!((all.len(), distinct.len()), (1_000, 1_000), "{vendor}");
        }
        sandbox.resize(vendor, 7).unwrap();
        assert_eq!(rows(&router, vendor, 50).await, usual[..7], "{vendor}");
        sandbox.reset();
        assert_eq!(rows(&router, vendor, 50).await, usual, "{vendor}");
    }
}

/// The ids of the whole list of a vendor with offsets or numbered pages.
async fn whole(router: &Router, vendor: &str) -> Vec<String> {
    let (path, size, at) = list(vendor);
    let mut all = Vec::new();
    for page in 0.. {
        let place = match vendor {
            "plannr" => format!("page={}", page + 1),
            _ => format!("offset={}", page * 100),
        };
        let answer = ask(router, vendor, &format!("{path}?{size}=100&{place}")).await;
        let rows = answer.json.pointer(at).and_then(Value::as_array).unwrap();
        if rows.is_empty() {
            break;
        }
        all.extend(ids(rows));
    }
    all
}

#[tokio::test]
async fn a_shaken_world_follows_from_its_seed_and_has_rows_of_one_time() {
    for vendor in VENDORS {
        let mut seen = Vec::new();
        for seed in [1, 1, 2] {
            let (sandbox, router) = sandbox();
            sandbox.scramble(seed);
            let rows = rows(&router, vendor, 60).await;
            assert_eq!(rows.len(), 60, "{vendor}");
            seen.push(rows);
        }
        assert_eq!(seen[0], seen[1], "{vendor}");
        assert_ne!(seen[0], seen[2], "{vendor}");
        let moments: HashSet<_> = times(&seen[0]).into_iter().collect();
        assert!(moments.len() < 60, "{vendor}");
    }
}

#[tokio::test]
async fn held_answers_wait_for_their_release_and_count_as_under_way() {
    let (sandbox, router) = sandbox();
    sandbox.fault(Fault {
        times: Some(2),
        ..all_of("introzy", Kind::Hold)
    });
    let asked: Vec<_> = (0..3)
        .map(|_| {
            let router = router.clone();
            tokio::spawn(async move { rows(&router, "introzy", 1).await.len() })
        })
        .collect();
    sandbox.until_held(2).await;
    let load = control(&router, "GET", "/_sandbox/load", &Value::Null).await;
    assert_eq!(load.json["held"], 2);
    assert!(sandbox.load("introzy").unwrap().now >= 2);
    control(&router, "POST", "/_sandbox/release", &Value::Null).await;
    for answer in asked {
        assert_eq!(answer.await.unwrap(), 1);
    }
    let load = sandbox.load("introzy").unwrap();
    assert!(load.now == 0 && load.most >= 2, "{load:?}");
    control(&router, "DELETE", "/_sandbox/load", &Value::Null).await;
    assert_eq!(sandbox.load("introzy").unwrap(), Load::default());
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_any_more_is_not_held() {
    let (sandbox, router) = sandbox();
    sandbox.fault(all_of("introzy", Kind::Hold));
    let asked = tokio::spawn({
        let router = router.clone();
        async move { rows(&router, "introzy", 1).await }
    });
    sandbox.until_held(1).await;
    asked.abort();
    asked.await.unwrap_err();
    assert_eq!(
        (sandbox.held(), sandbox.load("introzy").unwrap().now),
        (0, 0)
    );

    let asked = tokio::spawn(async move { rows(&router, "introzy", 1).await });
    sandbox.until_held(1).await;
    sandbox.clear_faults();
    assert_eq!(asked.await.unwrap().len(), 1);
}

#[tokio::test]
async fn worlds_are_changed_over_http() {
    let (sandbox, router) = sandbox();
    let path = "/_sandbox/saasquatch/referrals";
    let count = control(&router, "GET", path, &Value::Null).await.json;
    assert_eq!(count, json!({ "count": 72 }));
    let count = control(&router, "PUT", path, &json!({ "count": 300 })).await;
    assert_eq!(count.json, json!({ "count": 300 }));
    let seed = json!({ "seed": 7 });
    let shaken = control(&router, "POST", "/_sandbox/scramble", &seed).await;
    assert_eq!(shaken.status, 204);
    let there = whole(&router, "saasquatch").await;
    sandbox.resize("saasquatch", 300).unwrap();
    sandbox.scramble(7);
    assert_eq!(whole(&router, "saasquatch").await, there);

    let fault = json!({
        "vendor": "saasquatch", "times": 1,
        "answer": { "kind": "rows_removed", "count": 30, "at": "oldest" },
    });
    control(&router, "POST", "/_sandbox/faults", &fault).await;
    rows(&router, "saasquatch", 1).await;
    let count = control(&router, "GET", path, &Value::Null).await.json;
    assert_eq!(count, json!({ "count": 270 }));

    for (method, path, body, sentence) in [
        ("PUT", path, json!({ "count": 100_001 }), "at most 100000"),
        ("PUT", path, json!({ "size": 1 }), "unknown field `size`"),
        (
            "PUT",
            "/_sandbox/acme/referrals",
            json!({ "count": 1 }),
            "no vendor",
        ),
        (
            "POST",
            "/_sandbox/scramble",
            json!({ "seed": -1 }),
            "invalid value",
        ),
    ] {
        let answer = control(&router, method, path, &body).await;
        let error = answer.json["error"].as_str().unwrap_or_default().to_owned();
        assert!(
            answer.status == 400 && error.contains(sentence),
            "{path}: {error}"
        );
    }
}
