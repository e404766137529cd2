//! The edge, byte by byte: requests whose end two readers could see in different places, and connections past their bounds.
//! A connection that is left open ends at its idle limit, which is short here: how long each bound lasts is held where the
//! clock can stand still, in `src/http/edge/tests.rs`.

use pretty_assertions::assert_eq;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Options, World, send};

/// What a smuggled request would bring out. Nothing else does.
const SMUGGLED: &str = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";

const LIVE: &str = "live\n";

async fn impatient() -> World {
    World::with(Options {
        toml: "[server]\nheader_timeout = \"300ms\"\nidle_timeout = \"300ms\"",
        ..Options::default()
    })
    .await
}

async fn connect(world: &World) -> TcpStream {
    let address = world.url.trim_start_matches("http://");
    TcpStream::connect(address).await.unwrap()
}

/// Sends these bytes and reads until the gateway closes.
async fn exchange(world: &World, bytes: &str) -> String {
    let mut connection = connect(world).await;
    // The gateway may have closed before everything was sent.
    connection.write_all(bytes.as_bytes()).await.ok();
    let mut answer = Vec::new();
    // A reset is as good an end as another.
    connection.read_to_end(&mut answer).await.ok();
    String::from_utf8(answer).unwrap()
}

fn statuses(answer: &str) -> Vec<u16> {
    let heads = answer.split("HTTP/1.1 ").skip(1);
    heads.map(|head| head[..3].parse().unwrap()).collect()
}

async fn scrape(world: &World) -> String {
    let response = send(world.http.get(format!("{}/metrics", world.url))).await;
    response.text().await.unwrap()
}

fn count(text: &str, line: &str) -> f64 {
    let mut lines = text.lines();
    let found = lines.find_map(|known| known.strip_prefix(line)?.strip_prefix(' '));
    found
        .unwrap_or_else(|| panic!("{line} in {text}"))
        .parse()
        .unwrap()
}

#[tokio::test]
async fn a_request_hidden_in_another_is_never_answered() {
    let world = impatient().await;
    let post = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let body = "{\"query\":\"{ __typename }\"}";
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let cases = [
        (
            "both a length and an encoding, the length first",
            format!("{post}content-length: {}\r\ntransfer-encoding: chunked\r\n\r\n{chunked}", body.len()),
            vec![200],
        ),
        (
            "both, the encoding first",
            format!("{post}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n{chunked}"),
            vec![200],
        ),
        (
            "two lengths that differ",
            format!("{post}content-length: {}\r\ncontent-length: 0\r\n\r\n{body}", body.len()),
            vec![400],
        ),
        (
            "a list of lengths",
            format!("{post}content-length: {}, 0\r\n\r\n{body}", body.len()),
            vec![400],
        ),
        (
            "a length with a sign",
            format!("{post}content-length: +{}\r\n\r\n{body}", body.len()),
            vec![400],
        ),
        (
            "a negative length",
            format!("{post}content-length: -1\r\n\r\n{body}"),
            vec![400],
        ),
        (
            "an encoding that only looks like chunked",
            format!("{post}transfer-encoding: xchunked\r\n\r\n{chunked}"),
            vec![400],
        ),
        (
            "an encoding after chunked",
            format!("{post}transfer-encoding: chunked, identity\r\n\r\n{chunked}"),
            vec![400],
        ),
        (
            "an encoding before chunked",
            format!("{post}transfer-encoding: identity, chunked\r\n\r\n{chunked}"),
            vec![501],
        ),
        (
            "chunked twice",
            format!("{post}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n{chunked}"),
            vec![501],
        ),
        (
            "an encoding in HTTP/1.0",
            format!("{}transfer-encoding: chunked\r\n\r\n{chunked}", post.replace("1.1", "1.0")),
            vec![400],
        ),
        (
            "a folded line",
            format!("{post}transfer-encoding:\r\n chunked\r\n\r\n{chunked}"),
            vec![400],
        ),
        (
            "a space before the colon",
            format!("{post}transfer-encoding : chunked\r\n\r\n{chunked}"),
            vec![400],
        ),
        (
            "a carriage return alone",
            format!("{post}a: b\rtransfer-encoding: chunked\r\n\r\n{chunked}"),
            vec![400],
        ),
        (
            "a null in a header",
            format!("{post}a: b\0\r\n\r\n"),
            vec![400],
        ),
        (
            "a chunk's size that is no number",
            format!("{post}transfer-encoding: chunked\r\n\r\nx\r\n{body}\r\n0\r\n\r\n"),
            vec![400],
        ),
        (
            "a chunk's size with a prefix",
            format!("{post}transfer-encoding: chunked\r\n\r\n0x{chunked}"),
            vec![400],
        ),
        (
            "a chunk's size beyond all numbers",
            format!("{post}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{body}\r\n0\r\n\r\n"),
            vec![400],
        ),
        (
            "a chunk that is longer than its size",
            format!("{post}transfer-encoding: chunked\r\n\r\n1\r\n{body}\r\n0\r\n\r\n"),
            vec![400],
        ),
        (
            "a line feed alone after a chunk's size",
            format!("{post}transfer-encoding: chunked\r\n\r\n{:x}\n{body}\n0\n\n", body.len()),
            vec![400],
        ),
        (
            "no host",
            "GET /graphql?query={__typename} HTTP/1.1\r\n\r\n".to_owned(),
            vec![400],
        ),
        (
            "two hosts",
            "GET /graphql?query={__typename} HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\n\r\n".to_owned(),
            vec![400],
        ),
        (
            "a host that is none",
            "GET /graphql?query={__typename} HTTP/1.1\r\nhost: local host\r\n\r\n".to_owned(),
            vec![400],
        ),
        (
            "a host with a user",
            "GET /graphql?query={__typename} HTTP/1.1\r\nhost: evil@localhost\r\n\r\n".to_owned(),
            vec![400],
        ),
        (
            "a port that is none",
            "GET /graphql?query={__typename} HTTP/1.1\r\nhost: localhost:evil.example\r\n\r\n".to_owned(),
            vec![400],
        ),
        (
            "a name behind an address",
            "GET /graphql?query={__typename} HTTP/1.1\r\nhost: [::1]evil.example\r\n\r\n".to_owned(),
            vec![400],
        ),
        (
            "a tunnel",
            "CONNECT localhost:80 HTTP/1.1\r\nhost: localhost\r\n\r\n".to_owned(),
            vec![501],
        ),
        (
            "a target without a slash",
            "GET graphql HTTP/1.1\r\nhost: localhost\r\n\r\n".to_owned(),
            vec![400],
        ),
    ];
    for (what, bytes, expected) in cases {
        let answer = exchange(&world, &format!("{bytes}{SMUGGLED}")).await;
        assert_eq!(statuses(&answer), expected, "{what}: {answer}");
        assert!(!answer.contains(LIVE), "{what}: {answer}");
    }
    // What the cases would bring out if it were answered, and that an ordinary connection goes on.
    let bytes = format!(
        "{post}content-length: {}\r\n\r\n{body}{SMUGGLED}",
        body.len()
    );
    let answer = exchange(&world, &bytes).await;
    assert_eq!(statuses(&answer), [200, 200], "{answer}");
    assert!(answer.ends_with(LIVE), "{answer}");
}

#[tokio::test]
async fn what_is_read_in_one_way_only_is_answered() {
    let world = impatient().await;
    for (what, bytes, expected) in [
        (
            "lines that end in a line feed alone",
            "GET /health/live HTTP/1.1\nhost: localhost\n\n",
            200,
        ),
        (
            "the same length twice",
            "GET /health/live HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\ncontent-length: 0\r\n\r\n",
            200,
        ),
        (
            "a whole address, which wins over the header",
            "GET http://localhost/graphql?query={__typename} HTTP/1.1\r\nhost: evil.example\r\n\r\n",
            200,
        ),
        (
            "a whole address that is not ours",
            "GET http://evil.example/graphql?query={__typename} HTTP/1.1\r\nhost: localhost\r\n\r\n",
            421,
        ),
        (
            "an older client that names no host",
            "GET /health/live HTTP/1.0\r\n\r\n",
            200,
        ),
    ] {
        let answer = exchange(&world, bytes)
            .await
            .replace("HTTP/1.0", "HTTP/1.1");
        assert_eq!(statuses(&answer), [expected], "{what}: {answer}");
    }
}

#[tokio::test]
async fn a_head_is_bounded_in_bytes_and_in_headers() {
    let world = impatient().await;
    let get = |headers: String| {
        format!(
            "GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n"
        )
    };
    let many = |count: usize| get("a: b\r\n".repeat(count));
    let long = |bytes: usize| get(format!("a: {}\r\n", "b".repeat(bytes)));
    for (bytes, expected) in [
        (many(98), 200),
        (many(99), 431),
        (long(70_000), 200),
        (long(90_000), 431),
        (many(20_000), 431),
    ] {
        let answer = exchange(&world, &bytes).await;
        assert_eq!(statuses(&answer), [expected], "{answer}");
    }
}

#[tokio::test]
async fn a_refused_request_is_answered_before_its_body_has_come_and_its_connection_closed() {
    let world = impatient().await;
    let unread = "content-length: 100000\r\n\r\nonly the beginning of it";
    for (head, expected) in [
        (
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\n",
            415,
        ),
        (
            "POST /graphql HTTP/1.1\r\nhost: evil.example\r\ncontent-type: application/json\r\n",
            421,
        ),
        (
            "POST /graphql HTTP/1.1\r\ncontent-type: application/json\r\n",
            400,
        ),
        ("POST /nowhere HTTP/1.1\r\nhost: localhost\r\n", 404),
        ("PUT /graphql HTTP/1.1\r\nhost: localhost\r\n", 405),
        (
            "GET /graphql?query={__typename} HTTP/1.1\r\nhost: localhost\r\n",
            200,
        ),
    ] {
        let answer = exchange(&world, &format!("{head}{unread}")).await;
        assert_eq!(statuses(&answer), [expected], "{head}: {answer}");
    }
}

#[tokio::test]
async fn at_the_cap_a_further_connection_is_closed_as_it_comes() {
    let world = World::with(Options {
        toml: "[server]\nmax_connections = 3",
        ..Options::default()
    })
    .await;
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut connection = connect(&world).await;
        connection.write_all(SMUGGLED.as_bytes()).await.unwrap();
        let mut answer = vec![0; 12];
        connection.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, b"HTTP/1.1 200");
        open.push(connection);
    }
    assert_eq!(exchange(&world, SMUGGLED).await, "");
    // One leaves, and there is a place for another.
    let mut leaving = open.remove(0);
    leaving.shutdown().await.unwrap();
    let mut rest = Vec::new();
    leaving.read_to_end(&mut rest).await.unwrap();
    let text = scrape(&world).await;
    for (line, expected) in [
        ("connections_open{}", 3.0),
        ("connections_accepted_total{}", 4.0),
        ("connections_refused_total{}", 1.0),
        ("connections_closed_total{reason=\"done\"}", 1.0),
        ("connections_closed_total{reason=\"idle\"}", 0.0),
    ] {
        let found = count(&text, &format!("referral_gateway_{line}"));
        assert!((found - expected).abs() < 0.5, "{line} is {found}\n{text}");
    }
}

#[tokio::test]
async fn silent_and_slow_connections_are_closed_while_others_are_answered() {
    let world = impatient().await;
    let mut slow = connect(&world).await;
    slow.write_all(b"POST /graphql HT").await.unwrap();
    let mut silent = connect(&world).await;
    for connection in [&mut slow, &mut silent] {
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.ok();
        assert_eq!(answer, b"");
    }
    let text = scrape(&world).await;
    let line = "referral_gateway_connections_closed_total{reason=\"header_timeout\"}";
    assert!((count(&text, line) - 2.0).abs() < 0.5, "{text}");
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_it_where_it_belongs() {
    let world = impatient().await;
    for (path, status) in [
        ("/graphql?query={__typename}", 200),
        ("/graphql", 400),
        ("/graphiql", 200),
        ("/metrics", 200),
        ("/health/live", 200),
        ("/nowhere", 404),
    ] {
        let answer = send(world.http.get(format!("{}{path}", world.url))).await;
        assert_eq!(answer.status(), status, "{path}");
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            header("cross-origin-resource-policy"),
            "same-origin",
            "{path}"
        );
        assert_eq!(
            header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none';"),
            "{path}: {policy}"
        );
        assert!(
            policy.ends_with("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!header("cache-control").is_empty(), "{path}");
        assert_eq!(header("server"), "", "{path}");
    }
    let refused = exchange(&world, "GET / HTTP/1.1\r\n\r\n").await;
    assert!(
        refused.contains("x-content-type-options: nosniff"),
        "{refused}"
    );
}
