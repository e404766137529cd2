//! Documents that a client names in place of sending them: those that it has sent once itself (automatic persisted queries,
//! as Apollo Client speaks them), and those that were written down when the client was built (trusted documents).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tracing::info;

use super::answer::{Problem, bad_request};
use super::question::Question;
use crate::callers::key::{hex, unhex};
use crate::graphql::error::code;
use crate::load::Bounded;

/// How many bytes all documents may take that clients of one workspace have registered.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// What is to be done with documents that are not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They are taken like any other.
    Off,
    /// They are taken, and the log tells of it.
    Log,
    /// They are refused.
    Only,
}

/// Trusted documents by their ids.
pub type Trusted = HashMap<String, Arc<str>>;

/// What may be named in place of being sent.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Whether clients may register documents.
    pub automatic: bool,
    /// What is to be done with documents that are not trusted.
    pub mode: Mode,
    /// Whether answers that may be used again may be kept by caches that many clients share.
    pub is_public: bool,
    /// The trusted ones.
    pub trusted: Trusted,
}

/// The documents that may be named in one workspace: nobody learns of what another one registered, or crowds it out.
pub struct Persisted {
    rules: Arc<Rules>,
    /// The texts of the trusted ones.
    texts: Arc<HashSet<Arc<str>>>,
    registered: Bounded<[u8; 32], Arc<str>>,
}

/// Apollo's manifest, as `@apollo/generate-persisted-query-manifest` writes it.
#[derive(Deserialize)]
struct ApolloManifest {
    operations: Vec<ApolloOperation>,
}

#[derive(Deserialize)]
struct ApolloOperation {
    id: String,
    body: Arc<str>,
}

/// Reads a manifest: Apollo's, or a map of ids to documents as graphql-codegen's client preset writes it.
pub fn read_manifest(text: &str) -> Result<Trusted, &'static str> {
    let json: Value = serde_json::from_str(text).map_err(|_| "is not JSON")?;
    if json.get("format").and_then(Value::as_str) == Some("apollo-persisted-query-manifest") {
        let manifest: ApolloManifest = serde_json::from_value(json)
            .map_err(|_| "is not a manifest of operations with id and body")?;
        let operations = manifest.operations.into_iter();
        return Ok(operations.map(|it| (plain(&it.id), it.body)).collect());
    }
    let documents: HashMap<String, Arc<str>> = serde_json::from_value(json)
        .map_err(|_| "is neither a manifest of Apollo's nor a map of ids to documents")?;
    Ok(documents
        .into_iter()
        .map(|(id, document)| (plain(&id), document))
        .collect())
}

/// An id with or without the name of its hash before it is the same.
fn plain(id: &str) -> String {
    id.strip_prefix("sha256:").unwrap_or(id).to_owned()
}

impl Persisted {
    /// By these rules; nothing is registered yet.
    pub fn new(rules: Rules) -> Self {
        Self {
            texts: Arc::new(rules.trusted.values().cloned().collect()),
            rules: Arc::new(rules),
            registered: nothing(),
        }
    }

    /// Those of another workspace, by the same rules.
    pub fn of_another(&self) -> Self {
        Self {
            texts: self.texts.clone(),
            rules: self.rules.clone(),
            registered: nothing(),
        }
    }

    /// Those of the workspace that had these by other rules: what was registered stays.
    pub fn in_place_of(&self, before: &Self) -> Self {
        Self {
            texts: self.texts.clone(),
            rules: self.rules.clone(),
            registered: before.registered.clone(),
        }
    }

    /// Whether answers that may be used again may be kept by caches that many clients share.
    pub fn is_public(&self) -> bool {
        self.rules.is_public
    }

    /// The document that a request sends or names.
    pub fn document(&self, question: &Question) -> Result<Arc<str>, Problem> {
        let sent = question.query.as_deref().filter(|it| !it.trim().is_empty());
        let named = name_of(question)?;
        if let Some(name) = &named
            && let Some(trusted) = self.rules.trusted.get(name)
        {
            return match sent {
                Some(sent) if *sent != **trusted => Err(mismatch()),
                _ => Ok(trusted.clone()),
            };
        }
        let document = match (sent, named) {
            (Some(sent), None) => sent.into(),
            (Some(sent), Some(name)) => self.register(sent, &name)?,
            (None, Some(name)) => self.registered(&name)?,
            (None, None) => return Err(bad_request("The request has no query.")),
        };
        self.judge(&document)?;
        Ok(document)
    }

    /// Takes a document under the hash that the client gives.
    fn register(&self, sent: &str, name: &str) -> Result<Arc<str>, Problem> {
        if unhex(name).is_none_or(|hash| hash != <[u8; 32]>::from(Sha256::digest(sent))) {
            return Err(mismatch());
        }
        let document: Arc<str> = sent.into();
        if self.takes_registrations()
            && let Some(hash) = unhex(name)
        {
            self.registered.put(hash, document.clone());
        }
        Ok(document)
    }

    fn registered(&self, name: &str) -> Result<Arc<str>, Problem> {
        let known = unhex(name)
            .filter(|_| self.takes_registrations())
            .and_then(|hash| self.registered.get(&hash));
        known.ok_or_else(|| {
            if self.rules.mode == Mode::Only {
                return required();
            }
            Problem {
                // What Apollo's clients look for, whatever the status.
                status: StatusCode::OK,
                code: code::PERSISTED_QUERY_NOT_FOUND,
                message: "PersistedQueryNotFound".to_owned(),
            }
        })
    }

    fn takes_registrations(&self) -> bool {
        self.rules.automatic && self.rules.mode != Mode::Only
    }

    /// A document may also be sent as it stands in the manifest.
    fn judge(&self, document: &str) -> Result<(), Problem> {
        let is_trusted = || self.texts.contains(document);
        match self.rules.mode {
            Mode::Off => Ok(()),
            Mode::Log => {
                if !is_trusted() {
                    let hash = Sha256::digest(document);
                    info!(hash = %hex(&hash), "a document that is not trusted");
                }
                Ok(())
            }
            Mode::Only if is_trusted() => Ok(()),
            Mode::Only => Err(required()),
        }
    }
}

fn nothing() -> Bounded<[u8; 32], Arc<str>> {
    let weigh = |_: &_, text: &Arc<str>| u32::try_from(text.len() + 128).unwrap_or(u32::MAX);
    Bounded::new(MAX_BYTES, weigh)
}

/// The name that a request gives its document: `documentId`, or the hash of Apollo's protocol.
fn name_of(question: &Question) -> Result<Option<String>, Problem> {
    if let Some(id) = &question.document_id {
        return Ok(Some(plain(id)));
    }
    let Some(persisted) = question
        .extensions
        .as_ref()
        .and_then(|extensions: &Map<String, Value>| extensions.get("persistedQuery"))
    else {
        return Ok(None);
    };
    if persisted.get("version").and_then(Value::as_u64) != Some(1) {
        return Err(bad_request(
            "extensions.persistedQuery.version must be 1: no other is known.",
        ));
    }
    let hash = persisted.get("sha256Hash").and_then(Value::as_str);
    let hash = hash.ok_or_else(|| {
        bad_request("extensions.persistedQuery.sha256Hash must be the document's SHA-256.")
    })?;
    Ok(Some(plain(hash)))
}

fn mismatch() -> Problem {
    bad_request("The document is not the one that its hash or id names.")
}

fn required() -> Problem {
    Problem {
        status: StatusCode::BAD_REQUEST,
        code: code::PERSISTED_QUERY_REQUIRED,
        message: "Only documents that were made known to this gateway beforehand are taken."
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_manifests_are_read_and_others_are_refused() {
        let apollo = r#"{ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [
            { "id": "sha256:aa", "name": "A", "type": "query", "body": "query A { a }" } ] }"#;
        let codegen = r#"{ "aa": "query A { a }" }"#;
        for text in [apollo, codegen] {
            let trusted = read_manifest(text).unwrap();
            assert_eq!(trusted["aa"].as_ref(), "query A { a }");
        }
        for text in [
            "",
            "[]",
            "{ \"aa\": 1 }",
            "{ \"format\": \"apollo-persisted-query-manifest\" }",
        ] {
            assert!(read_manifest(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_workspace_crowds_out_none_of_anothers_documents() {
        let one = Persisted::new(Rules {
            automatic: true,
            mode: Mode::Off,
            is_public: false,
            trusted: Trusted::new(),
        });
        let other = one.of_another();
        one.registered.put([0; 32], "{ a }".into());
        let large: Arc<str> = " ".repeat(60_000).into();
        // More than the room that one workspace has.
        for number in 0..600_u16 {
            let mut hash = [1; 32];
            hash[..2].copy_from_slice(&number.to_be_bytes());
            other.registered.put(hash, large.clone());
        }
        assert_eq!(one.registered.get(&[0; 32]).as_deref(), Some("{ a }"));
    }
}
