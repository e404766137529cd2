//! Callers who come and go, over connections that stay.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::callers::issuer::{Issuer, Key, NOW, status};
use crate::callers::{Several, WORKSPACES, key_entry, made};
use crate::harness::{Options, World};

/// Asks over a connection that stays open, and gives back the status.
async fn ask(stream: &mut TcpStream, key: &str) -> u16 {
    let body = "{\"query\":\"{ vendors { vendor } }\"}";
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    assert!(!head.contains("connection: close"), "{head}");
    let (_, length) = head.split_once("content-length: ").unwrap();
    let length = length.split("\r\n").next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    head[9..12].parse().unwrap()
}

#[tokio::test]
async fn a_new_key_is_taken_and_a_removed_one_is_not_by_the_same_connection() {
    let (old, new) = (made(100), made(101));
    let entry = |name, key: &str| key_entry(name, "acme", &["referrals:read"], key, "");
    let several = Several::with(&entry("old", &old)).await;
    let address = several.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    assert_eq!(ask(&mut stream, &old).await, 200);
    assert_eq!(ask(&mut stream, &new).await, 401);
    let changed = several.reload(&WORKSPACES, &entry("new", &new)).await;
    let changed: Vec<String> = changed.unwrap().into_iter().collect();
    assert_eq!(changed, ["callers.keys"]);
    assert_eq!(ask(&mut stream, &old).await, 401);
    assert_eq!(ask(&mut stream, &new).await, 200);
}

#[tokio::test]
async fn what_a_caller_has_used_up_it_has_still_used_up() {
    let toml = "[rate]\nper_second = 10\nburst = 500";
    let world = World::with(Options {
        toml,
        ..Options::default()
    })
    .await;
    let body = json!({ "query": "{ referrals(first: 50) { nodes { id } } }" });
    assert_eq!(world.post(&body).await.status, 200);
    let toml = format!("{toml}\n[requests]\nmax_aliases = 7");
    world.reload(&toml, &[]).await.unwrap();
    assert_eq!(world.post(&body).await.status, 429);
    world.hand.advance(Duration::from_mins(1));
    assert_eq!(world.post(&body).await.status, 200);
    // Without a limit, what was used up does not matter.
    world.reload("", &[]).await.unwrap();
    assert_eq!(world.post(&body).await.status, 200);
}

#[tokio::test]
async fn an_issuers_keys_stay_known_while_it_cannot_be_reached() {
    let key = Key::ed();
    let issuer = Issuer::start(&[key.jwk("a")]).await;
    let several = Several::with(&issuer.entry("")).await;
    let token = key.token("a", &json!({ "exp": NOW + 1_000_000 }));
    assert_eq!(status(&several, &token).await, 200);
    issuer.served.answer(503, "");
    let more = issuer.entry("leeway = \"1m\"\n");
    several.reload(&WORKSPACES, &more).await.unwrap();
    assert_eq!(status(&several, &token).await, 200);
    assert_eq!(issuer.served.asked(), 1);
    // Its own rules are taken, and without it its tokens are not.
    several.reload(&WORKSPACES, "").await.unwrap();
    assert_eq!(status(&several, &token).await, 401);
    assert_eq!(
        several.ask("acme", "reader", "{ __typename }").await["data"]["__typename"],
        "Query"
    );
}
