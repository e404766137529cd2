//! Generated hostile documents of each kind, by every way in: none runs, and the process answers afterwards.
//! `HOSTILE_CASES` says how many of each kind by each way.

use futures_util::stream::{self, StreamExt as _};
use pretty_assertions::assert_eq;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::kinds::{Case, KINDS};
use crate::harness::{Options, World};

/// How many of each kind are sent by each way, unless it is said otherwise.
const CASES: usize = 60;

/// An address that is longer is refused before anyone looks at the document.
const LONGEST_ADDRESS: usize = 60_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Post,
    Get,
    Registered,
    GetWithExtensions,
    Trusted,
}

const WAYS: [Way; 5] = [
    Way::Post,
    Way::Get,
    Way::Registered,
    Way::GetWithExtensions,
    Way::Trusted,
];

#[expect(
    clippy::disallowed_methods,
    reason = "how much is tried is no configuration of the gateway"
)]
fn count() -> usize {
    let asked = std::env::var("HOSTILE_CASES");
    asked.map_or(CASES, |count| count.parse().unwrap())
}

/// So many for each way in, one way after the other.
fn cases(kind: usize) -> Vec<Case> {
    let mut rng = fastrand::Rng::with_seed(kind as u64 + 7);
    let mut cases = Vec::new();
    for _ in 0..count() {
        cases.extend(WAYS.map(|way| one(kind, way, &mut rng)));
    }
    cases
}

/// One that can come by this way.
fn one(kind: usize, way: Way, rng: &mut fastrand::Rng) -> Case {
    for _ in 0..1_000 {
        let case = KINDS[kind].1(rng);
        let is_address = matches!(way, Way::Get | Way::GetWithExtensions);
        if !is_address || parameters(way, &case).len() < LONGEST_ADDRESS {
            return case;
        }
    }
    panic!("none of these fits an address: {}", KINDS[kind].0);
}

/// The query string by which a document is sent.
fn parameters(way: Way, Case { query, variables }: &Case) -> String {
    let mut parameters = url::form_urlencoded::Serializer::new(String::new());
    parameters.append_pair("query", query);
    parameters.append_pair("variables", &variables.to_string());
    if way == Way::GetWithExtensions {
        parameters.append_pair("extensions", &extensions(query).to_string());
    }
    parameters.finish()
}

fn extensions(query: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(query) } })
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A world that trusts every fifth document of these.
async fn trusting(cases: &[Case]) -> World {
    let trusted = cases
        .iter()
        .enumerate()
        .filter(|(index, _)| WAYS[index % 5] == Way::Trusted);
    let documents: Map<String, Value> = trusted
        .map(|(index, case)| (format!("d{index}"), json!(case.query)))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("documents.json");
    std::fs::write(&file, Value::Object(documents).to_string()).unwrap();
    let toml = format!("[documents]\nmanifests = [\"{}\"]", file.display());
    World::with(Options {
        toml: Box::leak(toml.into_boxed_str()),
        ..Options::default()
    })
    .await
}

async fn send(world: &World, index: usize, case: &Case) -> (Way, Value) {
    let Case { query, variables } = case;
    let way = WAYS[index % 5];
    let body = match way {
        Way::Get | Way::GetWithExtensions => {
            let address = format!("{}/graphql?{}", world.url, parameters(way, case));
            return (way, world.send(world.http.get(address)).await.json);
        }
        Way::Post => json!({ "query": query, "variables": variables }),
        Way::Registered => {
            let extensions = extensions(query);
            json!({ "query": query, "variables": variables, "extensions": extensions })
        }
        Way::Trusted => json!({ "documentId": format!("d{index}"), "variables": variables }),
    };
    (way, world.post(&body).await.json)
}

async fn none_runs(kinds: std::ops::Range<usize>) {
    for kind in kinds {
        let cases = cases(kind);
        let world = trusting(&cases).await;
        let sends = cases.iter().enumerate().map(|(index, case)| {
            let world = &world;
            async move { (case, send(world, index, case).await) }
        });
        let mut answers = stream::iter(sends).buffer_unordered(16);
        while let Some((case, (way, answer))) = answers.next().await {
            let shown: String = case.query.chars().take(400).collect();
            let code = &answer["errors"][0]["extensions"]["code"];
            assert!(
                code.is_string(),
                "{}, {way:?}: {answer:#}\n{shown}",
                KINDS[kind].0
            );
            assert_eq!(
                answer["data"],
                Value::Null,
                "{}, {way:?}: {shown}",
                KINDS[kind].0
            );
        }
        drop(answers);
        assert_eq!(
            world.data("{ __typename }").await,
            json!({ "__typename": "Query" })
        );
        assert_eq!(
            world.calls().values().sum::<usize>(),
            0,
            "{}",
            KINDS[kind].0
        );
    }
}

#[tokio::test]
async fn no_document_that_nests_runs() {
    none_runs(0..5).await;
}

#[tokio::test]
async fn no_document_that_grows_runs() {
    none_runs(5..10).await;
}

#[tokio::test]
async fn no_document_that_floods_or_hides_runs() {
    none_runs(10..15).await;
}

#[tokio::test]
async fn no_document_that_asks_for_too_much_runs() {
    none_runs(15..21).await;
}
