//! Tokens: fetched once, ahead of time, and rotated without loss.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use pretty_assertions::assert_eq;

use super::*;
use crate::vendor::breaker::Circuit;
use crate::vendor::vitals::Health;

/// A vendor whose every grant has the next number, and whose API takes the tokens that `accepts` takes.
async fn rotating(accepts: impl Fn(&str) -> bool + Send + Sync + 'static) -> Stub {
    let grants = AtomicU32::new(0);
    Stub::start(move |asked| {
        if asked.path == TOKEN_PATH {
            let number = grants.fetch_add(1, Ordering::SeqCst) + 1;
            return grant(&format!("at-{number}"), Some(&format!("rt-{number}")));
        }
        let token = asked.header("authorization").unwrap_or_default();
        if accepts(token) {
            (200, REFERRAL.to_owned())
        } else {
            (401, String::new())
        }
    })
    .await
}

fn refresh_tokens(stub: &Stub) -> Vec<String> {
    let fields = token_calls(stub).into_iter().map(|asked| form(&asked.body));
    fields
        .map(|fields| {
            fields
                .into_iter()
                .find(|(name, _)| name == "refresh_token")
                .unwrap()
                .1
        })
        .collect()
}

fn form(body: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

fn kept(data_dir: &Path) -> PathBuf {
    data_dir.join("partner-center-default.json")
}

#[tokio::test]
async fn the_refresh_token_is_redeemed_as_documented() {
    let stub = vendor(|_| (200, REFERRAL.to_owned())).await;
    adapter(&stub).referral(&call(), "r1").await.unwrap();
    let asked = &token_calls(&stub)[0];
    assert_eq!(asked.method, "POST");
    assert_eq!(
        asked.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(asked.header("authorization"), None);
    let expected = [
        ("resource", "https://api.partner.microsoft.com"),
        ("grant_type", "refresh_token"),
        ("scope", "openid"),
        ("client_id", "app-1"),
        ("client_secret", "s3cret&"),
        ("refresh_token", "rt-0"),
    ];
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    assert_eq!(form(&asked.body), expected);
}

#[tokio::test]
async fn twenty_calls_at_once_share_one_refresh() {
    let stub = vendor(|_| (200, REFERRAL.to_owned())).await;
    let (adapter, call) = (adapter(&stub), call());
    let answers = join_all((0..20).map(|_| adapter.referral(&call, "r1"))).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap().is_some()));
    assert_eq!(token_calls(&stub).len(), 1);
    assert_eq!(api_calls(&stub).len(), 20);
}

#[tokio::test]
async fn a_refresh_outlives_the_call_that_began_it() {
    let stub = vendor(|_| (200, REFERRAL.to_owned())).await;
    let adapter = adapter(&stub);
    let call = call();
    let mut first = adapter.referral(&call, "r1");
    assert!(futures_util::poll!(&mut first).is_pending());
    drop(first);
    adapter.referral(&call, "r1").await.unwrap();
    assert_eq!(token_calls(&stub).len(), 1);
}

#[tokio::test]
async fn a_token_is_replaced_ahead_of_its_expiry_and_used_until_then() {
    let stub = rotating(|_| true).await;
    let (adapter, hand) = started(&stub, "rt-0", None);
    adapter.referral(&call(), "r1").await.unwrap();
    hand.advance(Duration::from_secs(3_299));
    adapter.referral(&call(), "r1").await.unwrap();
    assert_eq!(token_calls(&stub).len(), 1, "five minutes are left");
    hand.advance(Duration::from_secs(2));
    adapter.referral(&call(), "r1").await.unwrap();
    // The old token was good enough for that call; past its end only the new one is.
    hand.advance(Duration::from_secs(299));
    adapter.referral(&call(), "r1").await.unwrap();
    let used: Vec<String> = api_calls(&stub)
        .iter()
        .map(|asked| asked.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(
        used,
        ["Bearer at-1", "Bearer at-1", "Bearer at-1", "Bearer at-2"]
    );
    assert_eq!(refresh_tokens(&stub), ["rt-0", "rt-1"]);
}

#[tokio::test]
async fn a_lifetime_that_is_not_told_is_taken_for_an_hour() {
    let stub = Stub::start(|asked| {
        if asked.path == TOKEN_PATH {
            return (200, r#"{"access_token":"at-1"}"#.to_owned());
        }
        (200, REFERRAL.to_owned())
    })
    .await;
    let (adapter, hand) = started(&stub, "rt-0", None);
    adapter.referral(&call(), "r1").await.unwrap();
    hand.advance(Duration::from_secs(3_299));
    adapter.referral(&call(), "r1").await.unwrap();
    assert_eq!(token_calls(&stub).len(), 1);
    hand.advance(Duration::from_secs(400));
    adapter.referral(&call(), "r1").await.unwrap();
    assert_eq!(token_calls(&stub).len(), 2);
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_call_made_once_more() {
    let stub = rotating(|token| token == "Bearer at-2").await;
    let adapter = adapter(&stub);
    assert!(adapter.referral(&call(), "r1").await.unwrap().is_some());
    assert!(adapter.referral(&call(), "r1").await.unwrap().is_some());
    assert_eq!(api_calls(&stub).len(), 3);
    assert_eq!(token_calls(&stub).len(), 2);
}

#[tokio::test]
async fn a_call_that_is_refused_again_is_given_up() {
    let stub = rotating(|_| false).await;
    let error = adapter(&stub).referral(&call(), "r1").await.unwrap_err();
    assert_eq!(error.kind, Kind::Unauthorized);
    assert_eq!(api_calls(&stub).len(), 2);
    assert_eq!(token_calls(&stub).len(), 2);
}

#[tokio::test]
async fn a_rotated_refresh_token_is_stored_before_its_access_token_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = kept(folder.path());
    let seen = path.clone();
    let stub = Stub::start(move |asked| {
        if asked.path == TOKEN_PATH {
            return grant("at-1", Some("rt-1"));
        }
        let stored = std::fs::read_to_string(&seen).unwrap_or_default();
        if stored.contains("rt-1") {
            (200, REFERRAL.to_owned())
        } else {
            (500, String::new())
        }
    })
    .await;
    let (adapter, _) = started(&stub, "rt-0", Some(folder.path()));
    assert!(adapter.referral(&call(), "r1").await.unwrap().is_some());
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "nothing else is left behind");
    let stored = std::fs::read_to_string(&path).unwrap();
    assert!(
        !stored.contains("rt-0"),
        "the configured token is only there as a hash"
    );
}

#[tokio::test]
async fn after_a_restart_the_stored_token_wins_until_another_one_is_configured() {
    let folder = tempfile::tempdir().unwrap();
    let stub = rotating(|_| true).await;
    let data_dir = Some(folder.path());
    for refresh_token in ["rt-0", "rt-0", "other"] {
        let (adapter, _) = started(&stub, refresh_token, data_dir);
        adapter.referral(&call(), "r1").await.unwrap();
    }
    assert_eq!(refresh_tokens(&stub), ["rt-0", "rt-1", "other"]);
}

#[tokio::test]
async fn a_damaged_file_is_passed_over_and_replaced() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(kept(folder.path()), r#"{"refresh_token":"#).unwrap();
    let stub = rotating(|_| true).await;
    let (adapter, _) = started(&stub, "rt-0", Some(folder.path()));
    adapter.referral(&call(), "r1").await.unwrap();
    assert_eq!(refresh_tokens(&stub), ["rt-0"]);
    assert!(
        std::fs::read_to_string(kept(folder.path()))
            .unwrap()
            .contains("rt-1")
    );
}

#[tokio::test]
async fn a_token_that_cannot_be_stored_is_kept_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("file");
    std::fs::write(&blocked, "").unwrap();
    let stub = rotating(|_| true).await;
    let (adapter, hand) = started(&stub, "rt-0", Some(&blocked));
    adapter.referral(&call(), "r1").await.unwrap();
    hand.advance(Duration::from_hours(2));
    adapter.referral(&call(), "r1").await.unwrap();
    assert_eq!(refresh_tokens(&stub), ["rt-0", "rt-1"]);
}

#[tokio::test]
async fn a_refused_refresh_names_its_codes_and_nothing_else() {
    const ANSWER: &str = r#"{"error":"invalid_grant","error_description":"AADSTS70008: Ada's token rt-0 has expired.","error_codes":[70008],"trace_id":"t"}"#;
    for status in [400, 401] {
        let stub = Stub::start(move |_| (status, ANSWER.to_owned())).await;
        let error = adapter(&stub).referral(&call(), "r1").await.unwrap_err();
        assert_eq!(error.kind, Kind::Unauthorized);
        assert_eq!(error.operation, "refresh_token");
        assert_eq!(error.status, Some(status));
        assert!(
            error.detail.contains("invalid_grant") && error.detail.contains("AADSTS70008"),
            "{error}"
        );
        assert_eq!(error.body, None);
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(
                !["Ada", "rt-0", "s3cret", "expired"]
                    .iter()
                    .any(|part| text.contains(part)),
                "{text}"
            );
        }
        assert!(api_calls(&stub).is_empty());
    }
}

#[tokio::test]
async fn a_rotated_refresh_token_is_kept_although_its_answer_is_of_no_use() {
    let first = AtomicU32::new(0);
    let stub = Stub::start(move |asked| match asked.path.as_str() {
        TOKEN_PATH if first.fetch_add(1, Ordering::SeqCst) == 0 => {
            (200, r#"{"refresh_token":"rt-1"}"#.to_owned())
        }
        TOKEN_PATH => grant("at-2", None),
        _ => (200, REFERRAL.to_owned()),
    })
    .await;
    let adapter = adapter(&stub);
    let error = adapter.referral(&call(), "r1").await.unwrap_err();
    assert_eq!(error.kind, Kind::InvalidResponse);
    assert!(adapter.referral(&call(), "r1").await.unwrap().is_some());
    assert_eq!(refresh_tokens(&stub), ["rt-0", "rt-1"]);
}

#[tokio::test]
async fn codes_of_a_refusal_may_be_texts() {
    const ANSWER: &str = r#"{"error":"invalid_grant","error_codes":["70008"]}"#;
    let stub = Stub::start(|_| (400, ANSWER.to_owned())).await;
    let error = adapter(&stub).referral(&call(), "r1").await.unwrap_err();
    assert!(
        error.detail.ends_with(": invalid_grant AADSTS70008"),
        "{error}"
    );
}

#[tokio::test]
async fn a_token_endpoint_in_trouble_is_not_taken_for_wrong_credentials_or_a_missing_record() {
    for (status, body, kind) in [
        (503, "", Kind::Unavailable),
        (429, "", Kind::RateLimited),
        (404, "", Kind::Unauthorized),
        (200, "", Kind::InvalidResponse),
        (200, r#"{"token_type":"Bearer"}"#, Kind::InvalidResponse),
        (
            200,
            r#"{"access_token":"two\nlines"}"#,
            Kind::InvalidResponse,
        ),
    ] {
        let stub = Stub::start(move |_| (status, body.to_owned())).await;
        let error = adapter(&stub).referral(&call(), "r1").await.unwrap_err();
        assert_eq!(error.kind, kind, "{status} {body}");
        assert!(!error.to_string().contains("lines"), "{error}");
    }
}

#[tokio::test]
async fn a_failed_refresh_is_tried_again_by_the_next_call() {
    let first = AtomicU32::new(0);
    let stub = Stub::start(move |asked| match asked.path.as_str() {
        TOKEN_PATH if first.fetch_add(1, Ordering::SeqCst) == 0 => (503, String::new()),
        TOKEN_PATH => grant("at-1", None),
        _ => (200, REFERRAL.to_owned()),
    })
    .await;
    let adapter = adapter(&stub);
    assert_eq!(
        adapter.referral(&call(), "r1").await.unwrap_err().kind,
        Kind::Unavailable
    );
    assert!(adapter.referral(&call(), "r1").await.unwrap().is_some());
}

/// A vendor that gives the refresh token `rt-1` for `rt-0`, and to which the tokens of `void` are void.
async fn revoking(void: &'static [&'static str]) -> Stub {
    Stub::start(move |asked| {
        if asked.path != TOKEN_PATH {
            return (200, REFERRAL.to_owned());
        }
        let fields = form(&asked.body);
        if fields
            .iter()
            .any(|(_, value)| void.contains(&value.as_str()))
        {
            return (400, r#"{"error":"invalid_grant"}"#.to_owned());
        }
        (200, r#"{"access_token":"at-1"}"#.to_owned())
    })
    .await
}

#[tokio::test]
async fn a_kept_refresh_token_that_is_void_is_given_up_for_the_configured_one() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = Some(folder.path());
    let (adapter, _) = started(&rotating(|_| true).await, "rt-0", data_dir);
    adapter.referral(&call(), "r1").await.unwrap();
    assert!(kept(folder.path()).exists());

    let stub = revoking(&["rt-1"]).await;
    let (adapter, hand) = started(&stub, "rt-0", data_dir);
    assert!(adapter.referral(&call(), "r1").await.unwrap().is_some());
    assert!(!kept(folder.path()).exists());
    hand.advance(Duration::from_hours(2));
    adapter.referral(&call(), "r1").await.unwrap();
    assert_eq!(refresh_tokens(&stub), ["rt-1", "rt-0", "rt-0"]);
}

#[tokio::test]
async fn the_refresh_token_that_another_process_has_kept_since_is_used_on() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = Some(folder.path());
    // It starts while there is none yet.
    let stub = revoking(&["rt-0"]).await;
    let (late, _) = started(&stub, "rt-0", data_dir);
    let (adapter, _) = started(&rotating(|_| true).await, "rt-0", data_dir);
    adapter.referral(&call(), "r1").await.unwrap();
    assert!(late.referral(&call(), "r1").await.unwrap().is_some());
    assert_eq!(refresh_tokens(&stub), ["rt-0", "rt-1"]);
    assert!(kept(folder.path()).exists());
}

#[tokio::test]
async fn where_the_configured_refresh_token_is_void_too_it_is_tried_once() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = Some(folder.path());
    let (adapter, _) = started(&rotating(|_| true).await, "rt-0", data_dir);
    adapter.referral(&call(), "r1").await.unwrap();
    let stub = revoking(&["rt-0", "rt-1"]).await;
    let (adapter, _) = started(&stub, "rt-0", data_dir);
    let error = adapter.referral(&call(), "r1").await.unwrap_err();
    assert_eq!(error.kind, Kind::Unauthorized);
    assert!(error.is_unsent(), "the referrals API was not asked");
    assert_eq!(refresh_tokens(&stub), ["rt-1", "rt-0"]);
    assert!(kept(folder.path()).exists());
}

#[tokio::test]
async fn calls_refused_at_once_share_one_new_token_and_are_no_failure_of_the_vendor() {
    let stub = rotating(|token| token == "Bearer at-2").await;
    let (adapter, call) = (adapter(&stub), call());
    let answers = join_all((0..20).map(|_| adapter.referral(&call, "r1"))).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap().is_some()));
    assert_eq!(token_calls(&stub).len(), 2);
    let refused = api_calls(&stub).len() - 20;
    assert!((1..=20).contains(&refused), "{refused}");
    assert_eq!(adapter.vitals().health(), Health::Healthy);
    assert_eq!(adapter.vitals().circuit(), Circuit::Closed);
}

#[tokio::test]
async fn a_dead_token_endpoint_is_left_alone_and_shows_in_the_vendors_health() {
    let grants = AtomicU32::new(0);
    let stub = Stub::start(move |asked| match asked.path.as_str() {
        TOKEN_PATH if grants.fetch_add(1, Ordering::SeqCst) < 10 => (503, String::new()),
        TOKEN_PATH => grant("at-1", None),
        _ => (200, REFERRAL.to_owned()),
    })
    .await;
    let (adapter, hand) = started(&stub, "rt-0", None);
    for _ in 0..10 {
        let error = adapter.referral(&call(), "r1").await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable);
    }
    let error = adapter.referral(&call(), "r1").await.unwrap_err();
    assert_eq!(error.kind, Kind::CircuitOpen);
    assert!(error.is_unsent());
    assert_eq!(token_calls(&stub).len(), 10);
    assert_eq!(adapter.vitals().health(), Health::Down);
    hand.advance(Duration::from_secs(1));
    assert_eq!(adapter.vitals().health(), Health::Degraded);
    assert!(adapter.referral(&call(), "r1").await.unwrap().is_some());
    assert_eq!(adapter.vitals().circuit(), Circuit::Closed);
}

#[tokio::test]
async fn a_dead_api_does_not_stop_tokens_from_being_fetched() {
    let stub = vendor(|_| (503, String::new())).await;
    let (adapter, hand) = started(&stub, "rt-0", None);
    for _ in 0..10 {
        assert!(adapter.referral(&call(), "r1").await.is_err());
    }
    hand.advance(Duration::from_hours(2));
    let error = adapter.referral(&call(), "r1").await.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable, "the probe");
    assert_eq!(token_calls(&stub).len(), 2);
}

#[tokio::test]
async fn the_words_of_a_rate_limit_say_how_long_to_wait() {
    const ANSWER: &str =
        r#"{"statusCode":429,"message":"Rate limit is exceeded. Try again in 57 seconds."}"#;
    let stub = vendor(|_| (429, ANSWER.to_owned())).await;
    let (adapter, hand) = started(&stub, "rt-0", None);
    let error = adapter.referral(&call(), "r1").await.unwrap_err();
    assert_eq!(error.kind, Kind::RateLimited);
    assert_eq!(error.retry_after, Some(Duration::from_secs(57)));
    assert!(!error.is_unsent());
    hand.advance(Duration::from_secs(50));
    let error = adapter.referral(&call(), "r1").await.unwrap_err();
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
    assert!(error.is_unsent());
    assert_eq!(api_calls(&stub).len(), 1);
}
