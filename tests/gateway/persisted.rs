//! Documents that are named in place of being sent: automatic persisted queries, and trusted documents.

use std::fmt::Write as _;
use std::time::Duration;

use pretty_assertions::assert_eq;
use referral_gateway::sandbox::{Fault, Kind};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{Answer, Options, World, codes};

const QUERY: &str = "query Names($first: Int) { vendors { vendor } __typename @skip(if: false) a: referrals(first: $first, filter: { vendors: [] }) { nodes { id } } }";

const OTHER: &str = "{ __typename }";

fn hash(document: &str) -> String {
    Sha256::digest(document)
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
}

fn named(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

fn code(answer: &Answer) -> String {
    codes(&answer.json)
        .pop()
        .map(|(_, code)| code)
        .unwrap_or_default()
}

/// A configuration with a manifest in a folder that lasts as long as the process.
fn manifest(mode: &str, text: &str) -> &'static str {
    let folder = tempfile::tempdir().unwrap().keep();
    let file = folder.join("manifest.json");
    std::fs::write(&file, text).unwrap();
    let toml = format!(
        "[documents]\nmode = \"{mode}\"\nmanifests = [\"{}\"]",
        file.display()
    );
    Box::leak(toml.into_boxed_str())
}

async fn with(toml: &'static str) -> World {
    World::with(Options {
        toml,
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn a_document_sent_once_may_be_named_by_its_hash_from_then_on_by_post_and_get() {
    let world = World::start().await;
    let hash = hash(QUERY);
    let by_name = json!({ "variables": { "first": 1 }, "extensions": named(&hash) });
    let unheard = world.post(&by_name).await;
    assert_eq!(unheard.status, 200);
    assert_eq!(
        unheard.json["errors"][0]["message"],
        "PersistedQueryNotFound"
    );
    assert_eq!(code(&unheard), "PERSISTED_QUERY_NOT_FOUND");

    let mut in_full = by_name.clone();
    in_full["query"] = json!(QUERY);
    let registered = world.post(&in_full).await;
    assert_eq!(registered.json.get("errors"), None, "{:#}", registered.json);
    assert_eq!(world.post(&by_name).await.json, registered.json);
    let by_get = world
        .get(&[
            ("variables", "{\"first\":1}"),
            ("extensions", &named(&hash).to_string()),
        ])
        .await;
    assert_eq!(by_get.json, registered.json);
}

#[tokio::test]
async fn a_hash_that_is_not_the_documents_registers_nothing() {
    let world = World::start().await;
    let wrong = hash(OTHER);
    for name in [&*wrong, "aa", &"é".repeat(32), ""] {
        let answer = world
            .post(&json!({ "query": QUERY, "extensions": named(name) }))
            .await;
        assert_eq!(
            (answer.status, code(&answer)),
            (400, "BAD_USER_INPUT".into())
        );
        let later = world.post(&json!({ "extensions": named(name) })).await;
        assert_eq!(code(&later), "PERSISTED_QUERY_NOT_FOUND", "{name}");
    }
    for odd in [
        json!({ "version": 2, "sha256Hash": wrong }),
        json!({ "version": 1 }),
        json!("x"),
    ] {
        let body = json!({ "query": OTHER, "extensions": { "persistedQuery": odd } });
        assert_eq!(world.post(&body).await.status, 400);
    }
}

#[tokio::test]
async fn a_named_mutation_is_refused_by_get_and_a_named_document_is_guarded_like_any_other() {
    let world = World::start().await;
    let mutation = "mutation { removeFacilitator(input: { facilitatorId: \"x\" }) { outcome } }";
    let registered = world
        .post(&json!({ "query": mutation, "extensions": named(&hash(mutation)) }))
        .await;
    assert_eq!(
        registered.json["data"]["removeFacilitator"]["outcome"],
        "REJECTED"
    );
    let by_get = world
        .get(&[("extensions", &named(&hash(mutation)).to_string())])
        .await;
    assert_eq!(by_get.status, 405);

    let deep = format!("{}x{}", "{a".repeat(200), "}".repeat(200));
    for body in [
        json!({ "query": deep, "extensions": named(&hash(&deep)) }),
        json!({ "extensions": named(&hash(&deep)) }),
    ] {
        assert_eq!(code(&world.post(&body).await), "DOCUMENT_TOO_COMPLEX");
    }
}

#[tokio::test]
async fn trusted_documents_are_named_by_either_protocol_and_alone_are_taken_where_the_mode_says_so()
{
    let apollo = json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [
        { "id": hash(QUERY), "name": "Names", "type": "query", "body": QUERY } ] });
    let codegen = json!({ hash(QUERY): QUERY });
    for text in [apollo, codegen] {
        let world = with(manifest("only", &text.to_string())).await;
        let expected = world.post(&json!({ "query": QUERY })).await;
        assert_eq!(expected.json.get("errors"), None, "{:#}", expected.json);
        for body in [
            json!({ "documentId": hash(QUERY) }),
            json!({ "documentId": format!("sha256:{}", hash(QUERY)) }),
            json!({ "extensions": named(&hash(QUERY)) }),
        ] {
            assert_eq!(world.post(&body).await.json, expected.json, "{body}");
        }
        let by_get = world.get(&[("documentId", &hash(QUERY))]).await;
        assert_eq!(by_get.json, expected.json);
        for body in [
            json!({ "query": OTHER }),
            json!({ "query": OTHER, "extensions": named(&hash(OTHER)) }),
            json!({ "extensions": named(&hash(OTHER)) }),
            json!({ "documentId": "unheard-of" }),
        ] {
            assert_eq!(
                code(&world.post(&body).await),
                "PERSISTED_QUERY_REQUIRED",
                "{body}"
            );
        }
        let other_text = json!({ "query": OTHER, "documentId": hash(QUERY) });
        assert_eq!(code(&world.post(&other_text).await), "BAD_USER_INPUT");
        assert_eq!(world.calls().values().sum::<usize>(), 0);
    }
}

#[tokio::test]
async fn the_mode_log_takes_documents_that_are_in_no_manifest() {
    let world = with(manifest("log", &json!({ hash(QUERY): QUERY }).to_string())).await;
    for body in [
        json!({ "query": OTHER }),
        json!({ "query": OTHER, "extensions": named(&hash(OTHER)) }),
        json!({ "extensions": named(&hash(OTHER)) }),
        json!({ "documentId": hash(QUERY) }),
    ] {
        let answer = world.post(&body).await;
        assert_eq!(answer.json.get("errors"), None, "{body}: {:#}", answer.json);
    }
}

#[tokio::test]
async fn nothing_can_be_registered_where_that_is_switched_off() {
    let world = with("[documents]\nautomatic = false").await;
    let in_full = json!({ "query": OTHER, "extensions": named(&hash(OTHER)) });
    assert_eq!(
        world.post(&in_full).await.json["data"]["__typename"],
        "Query"
    );
    let by_name = json!({ "extensions": named(&hash(OTHER)) });
    assert_eq!(
        code(&world.post(&by_name).await),
        "PERSISTED_QUERY_NOT_FOUND"
    );
}

fn named_address(world: &World, extensions: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("extensions", extensions)
        .finish();
    format!("{}/graphql?{query}", world.url)
}

const LIST: &str = "{ referrals(first: 2) { nodes { id } } }";

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer
        .headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_answer_to_a_named_get_may_be_kept_for_as_long_as_its_data_is_fresh() {
    let world = World::start().await;
    world
        .post(&json!({ "query": LIST, "extensions": named(&hash(LIST)) }))
        .await;
    let extensions = named(&hash(LIST)).to_string();
    let first = world.get(&[("extensions", &extensions)]).await;
    assert_eq!(header(&first, "cache-control"), "private, max-age=30");
    assert_eq!(header(&first, "vary"), "accept");
    world.hand.advance(Duration::from_secs(12));
    let later = world.get(&[("extensions", &extensions)]).await;
    assert_eq!(header(&later, "cache-control"), "private, max-age=18");
    let tag = header(&first, "etag");
    assert_eq!(tag, header(&later, "etag"));

    let address = named_address(&world, &extensions);
    let again = world
        .http
        .get(&address)
        .header("if-none-match", format!("\"other\", W/{tag}"));
    let again = world.send(again).await;
    assert_eq!((again.status, &again.json), (304, &json!("")));
    assert_eq!(header(&again, "etag"), tag);
    let other = world
        .http
        .get(&address)
        .header("if-none-match", "\"other\"");
    assert_eq!(world.send(other).await.json, first.json);
}

#[tokio::test]
async fn what_must_be_asked_for_anew_each_time_is_not_kept() {
    let world = World::start().await;
    let health = "{ vendors { health } }";
    let missing = "{ referral(id: \"WyJyIiwiUExBTk5SIiwieCJd\") { id } }";
    let failing = "{ nodes(ids: [\"x\"]) { id } }";
    for document in [health, missing, failing, "{ __typename }"] {
        let body = json!({ "query": document, "extensions": named(&hash(document)) });
        world.post(&body).await;
        let extensions = named(&hash(document)).to_string();
        let answer = world.get(&[("extensions", &extensions)]).await;
        assert_eq!(header(&answer, "cache-control"), "no-store", "{document}");
        assert_eq!(header(&answer, "etag"), "", "{document}");
    }
    let by_text = world.get(&[("query", LIST)]).await;
    assert_eq!(header(&by_text, "cache-control"), "no-store");
    let posted = world
        .post(&json!({ "query": LIST, "extensions": named(&hash(LIST)) }))
        .await;
    assert_eq!(header(&posted, "cache-control"), "no-store");
    // A vendor that is down, told in the sources and not as an error.
    world.sandbox.fault(Fault {
        vendor: "plannr".to_owned(),
        method: None,
        path: None,
        times: None,
        after: 0,
        one_in: None,
        seed: 0,
        answer: Kind::Status {
            status: 503,
            body: None,
            content_type: None,
            headers: Default::default(),
        },
    });
    world.hand.advance(Duration::from_hours(2));
    let sources = "{ referrals(first: 2) { nodes { id } sources { status } } }";
    world
        .post(&json!({ "query": sources, "extensions": named(&hash(sources)) }))
        .await;
    let extensions = named(&hash(sources)).to_string();
    let answer = world.get(&[("extensions", &extensions)]).await;
    assert_eq!(answer.json.get("errors"), None);
    assert_eq!(header(&answer, "cache-control"), "no-store");
}

#[tokio::test]
async fn shared_caches_may_keep_answers_where_the_configuration_says_so() {
    let world = with("[documents]\nreuse = \"public\"").await;
    world
        .post(&json!({ "query": LIST, "extensions": named(&hash(LIST)) }))
        .await;
    let extensions = named(&hash(LIST)).to_string();
    let answer = world.get(&[("extensions", &extensions)]).await;
    assert_eq!(header(&answer, "cache-control"), "public, max-age=30");
}
