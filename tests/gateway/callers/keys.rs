//! Callers who come with a key: who is let in, what everyone else is told, and how one key takes another's place.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::{Several, codes_of, key_entry, key_of, made};

const QUERY: &str = "{ referrals(first: 1) { nodes { id } } }";

#[tokio::test]
async fn who_comes_without_a_key_is_told_how_to_come_and_no_vendor_is_asked() {
    let several = Several::start().await;
    let post = several.http.post(format!("{}/graphql", several.url));
    let post = post
        .header("content-type", "application/json")
        .body(json!({ "query": QUERY }).to_string());
    let get = several
        .http
        .get(format!("{}/graphql?query=%7B__typename%7D", several.url));
    for request in [post, get] {
        let answer = several.send(request).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        assert_eq!(codes_of(&answer.json), ["UNAUTHENTICATED"]);
        assert_eq!(answer.json.get("data"), None);
    }
    assert!(several.calls().values().all(|calls| *calls == 0));
}

#[tokio::test]
async fn who_is_not_known_is_refused_before_the_body_is_looked_at() {
    let several = Several::start().await;
    // Nothing of this is a request that could be understood.
    for body in ["", "[", "{\"query\": \"{\"}"] {
        let request = several.http.post(format!("{}/graphql", several.url));
        let request = request
            .header("content-type", "text/plain")
            .header("authorization", format!("Bearer {}", made(200)))
            .body(body);
        let answer = several.send(request).await;
        assert_eq!(answer.status, 401);
        assert_eq!(codes_of(&answer.json), ["UNAUTHENTICATED"]);
    }
}

#[tokio::test]
async fn a_key_takes_anothers_place_while_both_are_taken_and_expires_when_it_is_said_to() {
    let (old, new) = (made(100), made(101));
    let scopes = ["referrals:read"];
    let expires = "expires = 2026-11-01T10:00:00Z";
    let toml = key_entry("partner", "acme", &scopes, &old, expires)
        + &key_entry("partner", "acme", &scopes, &new, "");
    let several = Several::with(&toml).await;
    let body = json!({ "query": QUERY });
    for key in [&old, &new] {
        assert_eq!(several.post(key, &body).await.status, 200);
    }
    several.hand.advance(Duration::from_secs(3_599));
    assert_eq!(several.post(&old, &body).await.status, 200);
    several.hand.advance(Duration::from_secs(1));
    assert_eq!(several.post(&old, &body).await.status, 401);
    assert_eq!(several.post(&new, &body).await.status, 200);
}

#[tokio::test]
async fn answers_to_a_get_are_the_callers_alone_and_say_so() {
    let several = Several::with("[documents]\nreuse = \"public\"\n").await;
    let key = key_of("acme", "reader");
    let named =
        "extensions=%7B%22persistedQuery%22%3A%7B%22version%22%3A1%2C%22sha256Hash%22%3A%22";
    let hash = referral_gateway::callers::key::hex(&<sha2::Sha256 as sha2::Digest>::digest(QUERY));
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    several
        .post(&key, &json!({ "query": QUERY, "extensions": extensions }))
        .await;
    let address = format!("{}/graphql?{named}{hash}%22%7D%7D", several.url);
    let request = several.http.get(&address);
    let answer = several
        .send(request.header("authorization", format!("Bearer {key}")))
        .await;
    assert_eq!(answer.headers["cache-control"], "private, max-age=30");
    assert_eq!(answer.headers["vary"], "accept, authorization");
    let stranger = several.send(several.http.get(&address)).await;
    assert_eq!(
        (stranger.status, &stranger.headers["cache-control"]),
        (401, &"no-store".parse().unwrap())
    );
    assert_eq!(stranger.headers["vary"], "accept, authorization");
}

#[tokio::test]
async fn health_is_open_and_tells_nothing_of_the_customers_and_there_is_no_graphiql() {
    let several = Several::start().await;
    let ready = several.http.get(format!("{}/health/ready", several.url));
    let ready = several.send(ready).await;
    assert_eq!(ready.json, json!({ "ready": true, "vendors": {} }));
    let live = several.http.get(format!("{}/health/live", several.url));
    assert_eq!(several.send(live).await.status, 200);
    let graphiql = several.http.get(format!("{}/graphiql", several.url));
    assert_eq!(several.send(graphiql).await.status, 404);
}

#[tokio::test]
async fn any_host_name_is_taken_unless_some_are_listed() {
    for (toml, expected) in [
        ("", 200),
        ("[server]\nallowed_hosts = [\"a.example\"]\n", 421),
    ] {
        let several = Several::with(toml).await;
        let request = several.http.post(format!("{}/graphql", several.url));
        let request = request
            .header("host", "gateway.example")
            .header("content-type", "application/json")
            .header(
                "authorization",
                format!("Bearer {}", key_of("acme", "reader")),
            )
            .body(json!({ "query": "{ __typename }" }).to_string());
        assert_eq!(several.send(request).await.status, expected);
    }
}

#[tokio::test]
async fn a_misspelt_name_is_explained_to_those_who_may_read_the_schema() {
    let several = Several::start().await;
    let query = "{ referrals { nodes { vendorStatuss } } }";
    for (scopes, is_helped) in [("reader", false), ("people", false), ("admin", true)] {
        let answer = several.ask("acme", scopes, query).await;
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert_eq!(
            message.contains("Did you mean"),
            is_helped,
            "{scopes}: {message}"
        );
        assert_eq!(answer.get("data"), None);
    }
}
