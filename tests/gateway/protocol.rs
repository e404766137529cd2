//! `/graphql` over HTTP, health, GraphiQL, and the end of the process.

use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::json;

use crate::harness::{Options, World, codes, send};

const QUERY: &str = "{ vendors { vendor } }";

#[tokio::test]
async fn post_takes_json_and_nothing_that_another_sites_form_could_send() {
    let world = World::start().await;
    let body = json!({ "query": QUERY }).to_string();
    for content_type in [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
    ] {
        let request = world
            .http
            .post(format!("{}/graphql", world.url))
            .header("content-type", content_type)
            .body(body.clone());
        assert_eq!(world.send(request).await.status, 200, "{content_type}");
    }
    let foreign = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "",
    ];
    for content_type in foreign {
        let request = world
            .http
            .post(format!("{}/graphql", world.url))
            .header("content-type", content_type)
            .body(body.clone());
        assert_eq!(world.send(request).await.status, 415, "{content_type}");
    }
    let request = world.http.post(format!("{}/graphql", world.url)).body(body);
    assert_eq!(world.send(request).await.status, 415, "no content type");
}

#[tokio::test]
async fn get_takes_queries_with_variables() {
    let world = World::start().await;
    let query = "query Q($first: Int!) { referrals(first: $first) { nodes { id } } } query Other { __typename }";
    let parameters = [
        ("query", query),
        ("operationName", "Q"),
        ("variables", "{\"first\":2}"),
    ];
    let answer = world.get(&parameters).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json["data"]["referrals"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(2),
        "{:#}",
        answer.json
    );
    assert_eq!(
        world
            .get(&[("query", "mutation { __typename }")])
            .await
            .status,
        405
    );
}

#[tokio::test]
async fn malformed_requests_are_told_what_is_wrong() {
    let world = World::start().await;
    for body in [
        "",
        "nonsense",
        "{}",
        "{\"query\": 1}",
        "{\"query\": \"\"}",
        "[{\"query\":\"{__typename}\"}]",
        "{\"query\":\"{__typename}\",\"variables\":[]}",
    ] {
        let request = world
            .http
            .post(format!("{}/graphql", world.url))
            .header("content-type", "application/json")
            .body(body);
        let answer = world.send(request).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(
            codes(&answer.json),
            [(String::new(), "BAD_USER_INPUT".to_owned())],
            "{body}"
        );
    }
    let answer = world
        .post(&json!({ "query": "{ vendors { vendor }" }))
        .await;
    assert_eq!(
        answer.json["errors"][0]["extensions"]["code"],
        "BAD_USER_INPUT"
    );
    assert!(
        answer.json["errors"][0]["locations"].is_array(),
        "{:#}",
        answer.json
    );
}

#[tokio::test]
async fn a_syntax_error_says_where_and_repeats_no_more_than_the_beginning_of_the_line() {
    let world = World::start().await;
    let query = format!("{{ node(id: \"{}\") {{ id }} ! }}", "long ".repeat(1_000));
    let answer = world.post(&json!({ "query": query })).await;
    let error = &answer.json["errors"][0];
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("long") && message.len() < 1_000,
        "{message}"
    );
    assert_eq!(error["locations"], json!([{ "line": 1, "column": 5_023 }]));
}

#[tokio::test]
async fn the_answers_media_type_is_the_one_asked_for() {
    let world = World::start().await;
    let post = |accept: &'static str, query: &'static str| {
        let request = world
            .http
            .post(format!("{}/graphql", world.url))
            .header("content-type", "application/json");
        let request = if accept.is_empty() {
            request
        } else {
            request.header("accept", accept)
        };
        world.send(request.body(json!({ "query": query }).to_string()))
    };
    let graphql = "application/graphql-response+json";
    let plain = "application/json; charset=utf-8";
    assert_eq!(post("application/json;q=0.0", QUERY).await.status, 406);
    for (accept, content_type) in [
        ("", plain),
        ("*/*", plain),
        ("application/json", plain),
        (graphql, graphql),
        (
            "application/graphql-response+json, application/json;q=0.9",
            graphql,
        ),
    ] {
        let answer = post(accept, QUERY).await;
        assert_eq!(
            (
                answer.status,
                answer.headers["content-type"].to_str().unwrap()
            ),
            (200, content_type),
            "{accept}"
        );
        assert!(answer.headers.contains_key("x-request-id"));
    }
    assert_eq!(post("text/html", QUERY).await.status, 406);
    assert_eq!(post(graphql, "{ nothing }").await.status, 400);
    assert_eq!(post("application/json", "{ nothing }").await.status, 200);
}

#[tokio::test]
async fn bad_arguments_are_told_with_their_place() {
    let world = World::start().await;
    for first in [0, -1, 101, 100_000] {
        let answer = world
            .query_with(
                "query($first: Int) { referrals(first: $first) { nodes { id } } }",
                json!({ "first": first }),
            )
            .await;
        assert_eq!(
            codes(&answer),
            [("referrals".to_owned(), "BAD_USER_INPUT".to_owned())]
        );
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(
            message.contains(&first.to_string()) && message.contains("1 to 100"),
            "{message}"
        );
    }
    for after in ["nonsense", ""] {
        let answer = world
            .query_with(
                "query($after: String) { referrals(after: $after) { nodes { id } } }",
                json!({ "after": after }),
            )
            .await;
        assert_eq!(
            codes(&answer),
            [("referrals".to_owned(), "BAD_USER_INPUT".to_owned())]
        );
    }
    let data = world
        .data("{ referrals(first: 1) { pageInfo { endCursor } } }")
        .await;
    let cursor = &data["referrals"]["pageInfo"]["endCursor"];
    let query = "query($after: String) { referrals(after: $after, filter: { search: \"x\" }) { nodes { id } } }";
    let answer = world.query_with(query, json!({ "after": cursor })).await;
    assert_eq!(
        codes(&answer),
        [("referrals".to_owned(), "BAD_USER_INPUT".to_owned())],
        "a cursor of another filter"
    );
    let answer = world
        .query("{ people(vendor: INTROZY, search: \" \") { name } }")
        .await;
    assert_eq!(
        codes(&answer),
        [("people".to_owned(), "BAD_USER_INPUT".to_owned())]
    );
}

#[tokio::test]
async fn a_foreign_host_header_is_refused_except_for_health() {
    let world = World::start().await;
    let request = |path: &str, host: &'static str| {
        let request = world.http.get(format!("{}/{path}", world.url));
        request.header("host", host)
    };
    let query = "graphql?query={__typename}";
    assert_eq!(
        send(request(query, "localhost:4000"))
            .await
            .status()
            .as_u16(),
        200
    );
    for host in ["evil.example", "rebind.evil.example:4000", "10.0.0.1"] {
        assert_eq!(
            send(request(query, host)).await.status().as_u16(),
            421,
            "{host}"
        );
        assert_eq!(
            send(request("health/live", host)).await.status().as_u16(),
            200,
            "{host}"
        );
    }
}

#[tokio::test]
async fn every_error_has_a_code_and_the_request_id() {
    let world = World::start().await;
    let wrong = [
        json!({ "query": "{ nothing }" }),
        json!({ "query": "{ vendors { vendor }" }),
        json!({ "query": "query($first: Int!) { referrals(first: $first) { nodes { id } } }", "variables": { "first": "x" } }),
        json!({ "query": "{ referrals(filter: { createdAfter: \"yesterday\" }) { nodes { id } } }" }),
        json!({ "query": "query A { __typename } query B { __typename }" }),
        json!({ "query": "query A { __typename }", "operationName": "B" }),
    ];
    for body in wrong {
        let answer = world.post(&body).await;
        let errors = answer.json["errors"].as_array().unwrap();
        assert!(!errors.is_empty(), "{body}");
        for error in errors {
            let extensions = &error["extensions"];
            assert_eq!(extensions["code"], "BAD_USER_INPUT", "{body}: {error:#}");
            assert_eq!(extensions["retryable"], false, "{body}");
            assert_eq!(
                extensions["requestId"],
                answer.headers["x-request-id"].to_str().unwrap(),
                "{body}"
            );
        }
    }
    let unnamed = world
        .post(&json!({ "query": "{ __typename }", "operationName": "" }))
        .await;
    assert_eq!(unnamed.json["data"]["__typename"], "Query");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_waited_for_no_longer_than_a_request_may_take() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let toml = "[server]\nrequest_timeout = \"200ms\"";
    let world = World::with(Options {
        toml,
        ..Options::default()
    })
    .await;
    let address = world.url.trim_start_matches("http://");
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{\"q";
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.starts_with("HTTP/1.1 408 ") && answer.contains("DEADLINE_EXCEEDED"),
        "{answer}"
    );
}

#[tokio::test]
async fn health_tells_of_the_process_and_of_each_vendor() {
    let world = World::with(Options {
        without: vec!["saasquatch"],
        ..Options::default()
    })
    .await;
    world.data("{ referrals(first: 1) { nodes { id } } }").await;
    assert_eq!(
        send(world.http.get(format!("{}/health/live", world.url)))
            .await
            .status()
            .as_u16(),
        200
    );
    let ready = world
        .send(world.http.get(format!("{}/health/ready", world.url)))
        .await;
    assert_eq!(ready.status, 200);
    let vendors = json!({ "introzy": "healthy", "plannr": "healthy", "partner_center": "healthy", "saasquatch": "not configured" });
    assert_eq!(ready.json, json!({ "ready": true, "vendors": vendors }));
}

#[tokio::test]
async fn a_running_request_is_finished_at_shutdown() {
    let world = World::start().await;
    world
        .sandbox
        .fault(Fault::new("introzy", Kind::Delay { ms: 400 }));
    let (url, http) = (world.url.clone(), world.http.clone());
    let body = json!({ "query": "{ referrals(first: 5, filter: { vendors: [INTROZY] }) { nodes { id } } }" }).to_string();
    let running = tokio::spawn(send(
        http.post(format!("{url}/graphql"))
            .header("content-type", "application/json")
            .body(body),
    ));
    while world.asked("introzy").is_empty() {
        tokio::task::yield_now().await;
    }
    world.shutdown.cancel();
    let answer: serde_json::Value =
        serde_json::from_str(&running.await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(
        answer["data"]["referrals"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(5),
        "{answer:#}"
    );
    let late = world
        .http
        .get(format!("{url}/health/live"))
        .timeout(Duration::from_secs(5));
    assert!(
        reach(late).await.is_err(),
        "a new connection was taken after the end"
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tests are a client of the gateway, not a part of it"
)]
async fn reach(request: reqwest::RequestBuilder) -> reqwest::Result<reqwest::Response> {
    request.send().await
}

#[tokio::test]
async fn graphiql_is_a_page_of_our_own_that_needs_nothing_from_elsewhere() {
    let world = World::start().await;
    let page = send(world.http.get(format!("{}/graphiql", world.url))).await;
    assert_eq!(page.status().as_u16(), 200);
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    let html = page.text().await.unwrap();
    assert!(html.contains("<title>referral-gateway"), "{html}");
    assert!(
        !html.contains("src=\"http") && !html.contains("href=\"http"),
        "{html}"
    );
    assert_eq!(
        send(
            world
                .http
                .get(format!("{}/assets/no-such-file.js", world.url))
        )
        .await
        .status()
        .as_u16(),
        404
    );
    assert_eq!(
        send(
            world
                .http
                .get(format!("{}/assets/..%2f..%2fCargo.toml", world.url))
        )
        .await
        .status()
        .as_u16(),
        404
    );

    let without = World::with(Options {
        toml: "[server]\ngraphiql = false",
        ..Options::default()
    })
    .await;
    assert_eq!(
        send(without.http.get(format!("{}/graphiql", without.url)))
            .await
            .status()
            .as_u16(),
        404
    );
}

#[tokio::test]
async fn identical_reads_in_flight_are_one_execution_and_different_ones_are_not() {
    let world = World::start().await;
    let late = Fault::new("plannr", Kind::Delay { ms: 700 });
    world.sandbox.fault(late);
    let body = |query: &str| json!({ "query": query, "variables": { "first": 3 } });
    let same = body("query($first: Int) { referrals(first: $first) { nodes { id } } }");
    let other = body("query($first: Int) { referrals(first: $first) { nodes { id name } } }");
    let asked = [&same, &same, &same, &other].map(|body| world.post(body));
    let answers = futures_util::future::join_all(asked).await;
    let ids: std::collections::HashSet<_> = answers
        .iter()
        .map(|answer| answer.headers["x-request-id"].clone())
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(answers[0].json, answers[2].json);
    assert_ne!(answers[0].json, answers[3].json);
    let later = world.post(&same).await;
    assert!(
        !ids.contains(&later.headers["x-request-id"]),
        "who comes later is a request of its own"
    );
}
