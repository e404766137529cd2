//! What the vendor is asked, and what comes of its answers.

mod lists;
mod tokens;
mod writes;

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::configure;
use crate::clock::ClockHand;
use crate::model::{Capability, Vendor};
use crate::vendor::stub::{self, Asked, REQUEST_ID, Stub, call, configured};
use crate::vendor::{Adapter, Kind};

const TOKEN_PATH: &str = "/login/oauth2/token";
const REFERRALS: &str = "/v1.0/engagements/referrals";
const REFERRAL: &str = include_str!("../fixtures/referral.json");

/// The published answer with tokens that a header can carry.
fn grant(access_token: &str, refresh_token: Option<&str>) -> (u16, String) {
    let mut grant: Value = serde_json::from_str(include_str!("../fixtures/token.json")).unwrap();
    grant["access_token"] = access_token.into();
    if let Some(token) = refresh_token {
        grant["refresh_token"] = token.into();
    }
    (200, grant.to_string())
}

/// A vendor that gives the token `at-1` and answers everything else as told.
async fn vendor(answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static) -> Stub {
    Stub::start(move |asked| {
        if asked.path == TOKEN_PATH {
            return grant("at-1", None);
        }
        answer(asked)
    })
    .await
}

fn adapter(stub: &Stub) -> Arc<dyn Adapter> {
    started(stub, "rt-0", None).0
}

fn started(
    stub: &Stub,
    refresh_token: &str,
    data_dir: Option<&Path>,
) -> (Arc<dyn Adapter>, ClockHand) {
    let (connect, hand) = stub::connect(data_dir.map(Path::to_owned));
    let environment = [
        ("PARTNER_CENTER_BASE_URL", stub.base.as_str()),
        (
            "PARTNER_CENTER_TOKEN_URL",
            &format!("{}{TOKEN_PATH}", stub.base),
        ),
        ("PARTNER_CENTER_CLIENT_ID", "app-1"),
        ("PARTNER_CENTER_CLIENT_SECRET", "s3cret&"),
        ("PARTNER_CENTER_REFRESH_TOKEN", refresh_token),
    ];
    let adapter = stub::adapter("partner_center", configure, "", &environment, &connect);
    (adapter, hand)
}

/// What the API was asked, the token endpoint left out.
fn api_calls(stub: &Stub) -> Vec<Asked> {
    let mut asked = stub.asked();
    asked.retain(|asked| asked.path != TOKEN_PATH);
    asked
}

fn token_calls(stub: &Stub) -> Vec<Asked> {
    let mut asked = stub.asked();
    asked.retain(|asked| asked.path == TOKEN_PATH);
    asked
}

#[tokio::test]
async fn a_referral_is_read_by_its_id_with_the_documented_headers() {
    let stub = vendor(|_| (200, REFERRAL.to_owned())).await;
    let referral = adapter(&stub).referral(&call(), "a b/c").await.unwrap();
    assert_eq!(
        &*referral.unwrap().remote_id,
        "4111fffc-f9ee-4d53-bba6-569135228642"
    );
    let asked = api_calls(&stub);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].method, "GET");
    assert_eq!(asked[0].path, "/v1.0/engagements/referrals/a%20b%2Fc");
    assert_eq!(asked[0].question(), "");
    assert_eq!(asked[0].header("authorization"), Some("Bearer at-1"));
    assert_eq!(asked[0].header("accept"), Some("application/json"));
    assert_eq!(asked[0].header("client-request-id"), Some(REQUEST_ID));
    assert_eq!(asked[0].body, "");
}

#[tokio::test]
async fn a_request_id_that_is_no_guid_is_not_sent() {
    let stub = vendor(|_| (200, REFERRAL.to_owned())).await;
    let mut call = call();
    call.request_id = "request-7".into();
    adapter(&stub).referral(&call, "r1").await.unwrap();
    assert_eq!(api_calls(&stub)[0].header("client-request-id"), None);
}

#[tokio::test]
async fn a_missing_referral_is_none_and_a_broken_one_is_an_error() {
    let stub = vendor(|asked| match asked.path.rsplit('/').next() {
        Some("missing") => (
            404,
            r#"{"error":{"code":"itemNotFound","message":"no"}}"#.to_owned(),
        ),
        Some("empty") => (200, String::new()),
        Some("odd") => (200, r#"{"id":"odd","createdDateTime":"soon"}"#.to_owned()),
        _ => (
            403,
            r#"{"error":{"code":"accessDenied","message":"Ada may not"}}"#.to_owned(),
        ),
    })
    .await;
    let adapter = adapter(&stub);
    assert_eq!(adapter.referral(&call(), "missing").await.unwrap(), None);
    assert_eq!(adapter.referral(&call(), "..").await.unwrap(), None);
    let empty = adapter.referral(&call(), "empty").await.unwrap_err();
    assert_eq!(empty.kind, Kind::InvalidResponse);
    let odd = adapter.referral(&call(), "odd").await.unwrap_err();
    assert_eq!(odd.kind, Kind::InvalidResponse);
    assert!(odd.detail.contains("createdDateTime"), "{odd}");
    let forbidden = adapter.referral(&call(), "other").await.unwrap_err();
    assert_eq!(forbidden.kind, Kind::Unauthorized);
    assert!(!forbidden.to_string().contains("Ada"), "{forbidden}");
}

#[tokio::test]
async fn the_check_reads_one_row_and_shows_no_data() {
    let stub = vendor(|_| (200, json!({"value": [{"id": "secret-id"}]}).to_string())).await;
    let shown = adapter(&stub).check(&call()).await.unwrap();
    assert!(!shown.contains("secret-id"), "{shown}");
    let asked = api_calls(&stub);
    assert_eq!((asked.len(), asked[0].question()), (1, "$top=1".to_owned()));
}

#[tokio::test]
async fn it_says_what_it_is_and_can_do() {
    let stub = vendor(|_| (500, String::new())).await;
    let adapter = adapter(&stub);
    assert_eq!(adapter.vendor(), Vendor::PartnerCenter);
    assert_eq!(
        adapter.capabilities(),
        [
            Capability::ListReferrals,
            Capability::GetReferral,
            Capability::CreateReferral,
            Capability::UpdateReferral,
            Capability::Moderate,
            Capability::ManageFacilitators,
            Capability::Engagements
        ]
    );
}

#[test]
fn without_credentials_it_is_not_configured_and_with_some_it_names_the_missing() {
    let (connector, problems) = configured("partner_center", configure, "", &[]);
    assert!(connector.is_none() && problems.is_empty(), "{problems:?}");

    let file = "[partner_center]\nclient_id = \"app-1\"";
    let (connector, problems) = configured("partner_center", configure, file, &[]);
    assert!(connector.is_none());
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("PARTNER_CENTER_CLIENT_SECRET"));
    assert!(problems[1].contains("PARTNER_CENTER_REFRESH_TOKEN"));
}
