//! A thousand hostile documents of each kind, by every way in: none runs, and the process answers afterwards.

use futures_util::stream::{self, StreamExt as _};
use pretty_assertions::assert_eq;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::kinds::{Case, KINDS};
use crate::harness::{Options, World};

const CASES: usize = 1_000;

/// An address that is longer is refused by every server.
const LONGEST_ADDRESS: usize = 30_000;

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

fn cases(kind: usize) -> Vec<Case> {
    let mut rng = fastrand::Rng::with_seed(kind as u64 + 7);
    (0..CASES).map(|_| KINDS[kind].1(&mut rng)).collect()
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
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(query) } });
    let (variables_text, extensions_text) = (variables.to_string(), extensions.to_string());
    let is_short = query.len() + variables_text.len() < LONGEST_ADDRESS / 3;
    let way = match WAYS[index % 5] {
        Way::Get if !is_short => Way::Post,
        Way::GetWithExtensions if !is_short => Way::Registered,
        way => way,
    };
    let answer = match way {
        Way::Post => {
            world
                .post(&json!({ "query": query, "variables": variables }))
                .await
        }
        Way::Registered => {
            let body = json!({ "query": query, "variables": variables, "extensions": extensions });
            world.post(&body).await
        }
        Way::Trusted => {
            let body = json!({ "documentId": format!("d{index}"), "variables": variables });
            world.post(&body).await
        }
        Way::Get => {
            world
                .get(&[("query", query), ("variables", &variables_text)])
                .await
        }
        Way::GetWithExtensions => {
            let parameters = [
                ("query", query.as_str()),
                ("variables", &variables_text),
                ("extensions", &extensions_text),
            ];
            world.get(&parameters).await
        }
    };
    (way, answer.json)
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
    none_runs(15..20).await;
}
