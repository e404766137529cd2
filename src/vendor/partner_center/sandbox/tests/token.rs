//! The token endpoint and what happens without a token.

use std::collections::BTreeMap;
use std::time::Duration;

use pretty_assertions::assert_eq;

use super::*;

#[tokio::test]
async fn a_refresh_token_gives_a_bearer_token_with_numbers_as_text() {
    let bench = Bench::new().await;
    let answer = bench.redeem(REFRESH_TOKEN).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "no-cache, no-store");
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], "3600");
    assert_eq!(body["expires_on"], "1793494800");
    assert_eq!(body["resource"], RESOURCE);
    assert_ne!(body["refresh_token"], REFRESH_TOKEN);
    assert!(!answer.headers.contains_key("x-sandbox-problem"));
}

#[tokio::test]
async fn refresh_tokens_rotate_and_the_old_one_is_good_or_not_by_switch() {
    let bench = Bench::new().await;
    assert_eq!(bench.redeem(REFRESH_TOKEN).await.status, StatusCode::OK);
    bench.set("refresh_reuse", "refused");
    let rotated = bench.redeem(REFRESH_TOKEN).await.json();
    let refused = bench.redeem(REFRESH_TOKEN).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json()["error"], "invalid_grant");
    assert!(
        refused.json()["error_description"]
            .as_str()
            .unwrap()
            .starts_with("AADSTS")
    );
    let rotated = rotated["refresh_token"].as_str().unwrap();
    assert_eq!(bench.redeem(rotated).await.status, StatusCode::OK);
    assert_eq!(bench.redeem(rotated).await.status, StatusCode::BAD_REQUEST);
    bench.emulator.reset();
    assert_eq!(bench.redeem(REFRESH_TOKEN).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_lifetime_can_be_short_or_untold() {
    let bench = Bench::new().await;
    bench.set("expires_in", "missing");
    let untold = bench.redeem(REFRESH_TOKEN).await.json();
    assert!(untold.get("expires_in").is_none() && untold.get("expires_on").is_none());
    bench.set("expires_in", "2");
    bench.set("token_numbers", "numbers");
    let short = bench.redeem(REFRESH_TOKEN).await.json();
    assert_eq!(short["expires_in"], 2);
    let token = short["access_token"].as_str().unwrap();
    bench.hand.advance(Duration::from_secs(1));
    assert_eq!(bench.get_as(token, LIST).await.status, StatusCode::OK);
    bench.hand.advance(Duration::from_secs(1));
    assert_eq!(
        bench.get_as(token, LIST).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(bench.get(LIST).await.status, StatusCode::OK);
    bench.hand.advance(Duration::from_hours(1));
    assert_eq!(bench.get(LIST).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn other_grants_are_taken_as_documented_and_wrong_ones_refused() {
    let bench = Bench::new().await;
    let with = |changes: &[(&'static str, &'static str)]| {
        let mut form = BTreeMap::from([
            ("grant_type", "password"),
            ("resource", RESOURCE),
            ("scope", "openid"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("username", USERNAME),
            ("password", PASSWORD),
        ]);
        form.extend(changes.iter().copied());
        form.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(bench.form(&with(&[])).await.status, StatusCode::OK);
    for (changes, status, error) in [
        ([("password", "x")], 400, "invalid_grant"),
        ([("client_id", "x")], 400, "unauthorized_client"),
        ([("client_secret", "x")], 401, "invalid_client"),
        ([("resource", "https://x")], 400, "invalid_resource"),
        (
            [("grant_type", "device_code")],
            400,
            "unsupported_grant_type",
        ),
        ([("grant_type", "refresh_token")], 400, "invalid_request"),
    ] {
        let answer = bench.form(&with(&changes)).await;
        assert_eq!(
            (
                answer.status.as_u16(),
                answer.json()["error"].as_str().unwrap()
            ),
            (status, error)
        );
    }
    let other = bench
        .form(&with(&[(
            "resource",
            "https://api.partnercenter.microsoft.com",
        )]))
        .await;
    let token = other.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        bench.get_as(&token, LIST).await.status,
        StatusCode::UNAUTHORIZED
    );
    let app = bench
        .form(&with(&[("grant_type", "client_credentials")]))
        .await;
    let token = app.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        bench.get_as(&token, LIST).await.status,
        StatusCode::FORBIDDEN
    );
    bench.set("app_only_tokens", "accepted");
    assert_eq!(bench.get_as(&token, LIST).await.status, StatusCode::OK);
    assert_eq!(
        bench
            .form(&with(&[("x", "y")]))
            .await
            .header("x-sandbox-problem"),
        "form field x is not documented"
    );
}

#[tokio::test]
async fn without_a_token_every_path_is_401() {
    let bench = Bench::new().await;
    for path in [LIST, "/v1.0/engagements", "/"] {
        let answer = bench.get_as("stolen", path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.json()["error"]["code"], "unauthenticated");
    }
    bench.set("unauthenticated", "unAuthorized");
    assert_eq!(
        bench.get_as("", LIST).await.json()["error"]["code"],
        "unAuthorized"
    );
    bench.set("unauthenticated", "empty");
    assert_eq!(bench.get_as("", LIST).await.text, "");
}
