//! Pages of other sites: told nothing unless the configuration names their origin.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use referral_gateway::config::Config;
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

/// Listed origins, most of them a little otherwise in a part or two.
fn origin() -> impl Strategy<Value = String> {
    let usual = prop::sample::select(&[
        ("https://", "app.example.com", ""),
        ("http://", "localhost", ":3000"),
    ]);
    let odd = |of: &'static [&'static str]| prop::option::weighted(0.2, prop::sample::select(of));
    let scheme = odd(&[
        "https://", "http://", "HTTPS://", "ftp://", "https:/", "//", "null", "",
    ]);
    let before = odd(&[
        "evil",
        "evil.",
        "user@",
        "evil.example@",
        "*.",
        ".",
        "app.example.com.",
    ]);
    let host = odd(&[
        "APP.example.com",
        "LOCALHOST",
        "app.example.co",
        "app-example.com",
        "appxexample.com",
        "example.com",
        "127.0.0.1",
        "[::1]",
        "null",
        "*",
        "",
    ]);
    let behind = odd(&[
        ".",
        ".evil.example",
        "evil",
        "\u{e9}",
        "%2e",
        "@evil.example",
    ]);
    let port = odd(&[
        "", ":3000", ":443", ":80", ":8443", ":30000", ":03000", ":", ":*",
    ]);
    let tail = odd(&[
        "/",
        "/app.example.com",
        "?x",
        "#x",
        ",https://evil.example",
        " https://evil.example",
        ";x",
    ]);
    (usual, scheme, before, host, behind, port, tail).prop_map(
        |(usual, scheme, before, host, behind, port, tail)| {
            let (usual_scheme, usual_host, usual_port) = usual;
            [
                scheme.unwrap_or(usual_scheme),
                before.unwrap_or_default(),
                host.unwrap_or(usual_host),
                behind.unwrap_or_default(),
                port.unwrap_or(usual_port),
                tail.unwrap_or_default(),
            ]
            .concat()
        },
    )
}

#[tokio::test]
async fn no_origin_is_let_in_that_is_not_listed_to_the_letter() {
    let listed = [APP, "http://localhost:3000"];
    let world = with("[server]\ncors_origins = [\"https://app.example.com\", \"http://localhost:3000\"]\ncors_credentials = true").await;
    let mut runner = TestRunner::deterministic();
    let (mut let_in, mut kept_out) = (0, 0);
    for _ in 0..1_000 {
        let origin = origin().new_tree(&mut runner).unwrap().current();
        let (preflight, answer) = ask(&world, &origin).await;
        // Browsers write schemes and hosts in small letters, so that other letters are another's.
        let is_listed = listed.contains(&&*origin);
        for headers in [preflight, answer] {
            let allowed = if is_listed { &*origin } else { "" };
            assert_eq!(told(&headers, "allow-origin"), allowed, "{origin:?}");
            assert!(varies(&headers), "{origin:?}: {headers:?}");
        }
        *if is_listed {
            &mut let_in
        } else {
            &mut kept_out
        } += 1;
    }
    assert!(let_in > 100 && kept_out > 500, "{let_in} {kept_out}");
}

proptest! {
    #[test]
    fn what_may_be_listed_is_what_browsers_send_and_nothing_else(origin in origin()) {
        let toml = format!("[server]\ncors_origins = [{}]", serde_json::json!(origin));
        let is_taken = Config::read(Some(&toml), &|_| None).is_ok();
        if origin == "*" || [APP, "http://localhost:3000"].contains(&&*origin) {
            prop_assert!(is_taken);
        } else if is_taken {
            let (scheme, rest) = origin.split_once("://").unwrap();
            let usual_port = match scheme {
                "https" => ":443",
                "http" => ":80",
                _ => return Err(TestCaseError::fail(origin)),
            };
            let is_odd = |byte: u8| {
                !byte.is_ascii_graphic() || byte.is_ascii_uppercase() || b"/?#@*%".contains(&byte)
            };
            prop_assert!(!rest.bytes().any(is_odd), "{origin}");
            prop_assert!(!rest.ends_with(usual_port) && !rest.ends_with(':'), "{origin}");
            prop_assert!(!rest.contains(":0"), "{origin}");
        }
    }
}
