//! Pages of other sites: told nothing unless the configuration names their origin.

use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::harness::{Options, World, send};

const APP: &str = "https://app.example.com";

async fn with(toml: &'static str) -> World {
    World::with(Options {
        toml,
        ..Options::default()
    })
    .await
}

/// What a browser is told before it sends, and with the answer.
async fn ask(world: &World, origin: &str) -> (HeaderMap, HeaderMap) {
    let url = format!("{}/graphql", world.url);
    let preflight = world.http.request(Method::OPTIONS, &url);
    let preflight = preflight
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    let preflight = send(preflight).await.headers().clone();
    let request = world.http.post(url).header("origin", origin);
    let request = request.header("content-type", "application/json");
    let answer = send(request.body("{\"query\":\"{ __typename }\"}")).await;
    assert_eq!(answer.status(), 200);
    (preflight, answer.headers().clone())
}

fn told<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(format!("access-control-{name}"));
    value.map_or("", |value| value.to_str().unwrap())
}

fn varies(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all("vary").iter();
    values.any(|value| value.to_str().unwrap().contains("origin"))
}

#[tokio::test]
async fn pages_of_other_sites_are_told_nothing_by_default() {
    let world = World::start().await;
    let (preflight, answer) = ask(&world, APP).await;
    for headers in [preflight, answer] {
        let mut names = headers.keys().map(reqwest::header::HeaderName::as_str);
        assert!(
            !names.any(|name| name.starts_with("access-control")),
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn only_pages_of_a_listed_origin_may_ask() {
    let world = with("[server]\ncors_origins = [\"https://app.example.com\", \"http://localhost:3000\"]\ncors_credentials = true").await;
    for origin in [APP, "http://localhost:3000"] {
        let (preflight, answer) = ask(&world, origin).await;
        for headers in [&preflight, &answer] {
            assert_eq!(told(headers, "allow-origin"), origin);
            assert_eq!(told(headers, "allow-credentials"), "true");
            assert!(varies(headers), "{headers:?}");
        }
        assert_eq!(told(&preflight, "allow-methods"), "GET,POST");
        assert_eq!(told(&preflight, "allow-headers"), "content-type");
        assert_eq!(
            told(&answer, "expose-headers"),
            "x-request-id,retry-after,etag"
        );
    }
    for origin in [
        "https://app.example.com.evil.example",
        "https://evil.example",
        "http://app.example.com",
        "https://app.example.com:8443",
        "null",
    ] {
        let (preflight, answer) = ask(&world, origin).await;
        for headers in [preflight, answer] {
            assert_eq!(told(&headers, "allow-origin"), "", "{origin}");
            assert!(varies(&headers), "{headers:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_may_be_kept_is_kept_for_its_origin_alone() {
    let world = with("[server]\ncors_origins = [\"https://app.example.com\"]").await;
    let document = "{ referrals(first: 1) { nodes { id } } }";
    let hash = {
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(document);
        digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let extensions = format!("{{\"persistedQuery\":{{\"version\":1,\"sha256Hash\":\"{hash}\"}}}}");
    world
        .get(&[("query", document), ("extensions", &extensions)])
        .await;
    let answer = world.get(&[("extensions", &extensions)]).await;
    assert!(answer.headers.contains_key("etag"), "{answer:?}");
    let vary: Vec<_> = answer.headers.get_all("vary").iter().collect();
    assert_eq!(vary.len(), 2, "{vary:?}");
    assert!(varies(&answer.headers), "{vary:?}");
}

#[tokio::test]
async fn every_page_may_ask_where_all_may_but_without_credentials() {
    let world = with("[server]\ncors_origins = [\"*\"]").await;
    let (preflight, answer) = ask(&world, "https://anyone.example").await;
    for headers in [preflight, answer] {
        assert_eq!(told(&headers, "allow-origin"), "*");
        assert_eq!(told(&headers, "allow-credentials"), "");
    }
}
