//! Documents that were guarded, parsed and weighed against the policy before.

use std::sync::Arc;

use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;

use super::guard::{self, Refusal};
use crate::graphql::access::{Access, Needs};
use crate::load::Bounded;

/// Roughly how many bytes a parsed document takes for each byte of its text.
const GROWTH: usize = 16;

/// How many bytes all remembered documents may take.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Documents by their text. Nothing in them is anybody's data: all workspaces share them.
pub struct Documents {
    known: Bounded<Arc<str>, Arc<Document>>,
    access: Arc<Access>,
    max_tokens: usize,
}

/// A document that may be looked at more closely.
pub struct Document {
    /// As it was parsed.
    pub parsed: ExecutableDocument,
    /// What it needs of its caller.
    pub needs: Needs,
    /// Roughly what it costs to execute.
    pub cost: u32,
}

/// Why a document is not executed.
#[derive(Debug)]
pub enum DocumentError {
    /// The guard refuses it.
    Refused(Refusal),
    /// It is not GraphQL.
    Syntax(ServerError),
}

impl Documents {
    /// None yet; documents of more tokens are refused.
    pub fn new(max_tokens: usize, access: Arc<Access>) -> Self {
        let weigh =
            |text: &Arc<str>, _: &_| u32::try_from(text.len() * GROWTH + 512).unwrap_or(u32::MAX);
        Self {
            known: Bounded::new(MAX_BYTES, weigh),
            access,
            max_tokens,
        }
    }

    /// The parsed document, guarded on the way.
    pub fn get(&self, text: &str) -> Result<Arc<Document>, DocumentError> {
        if let Some(known) = self.known.get(text) {
            return Ok(known);
        }
        guard::scan(text, self.max_tokens).map_err(DocumentError::Refused)?;
        let parsed = parse_query(text).map_err(|error| DocumentError::Syntax(error.into()))?;
        let cost = guard::measure(&parsed).map_err(DocumentError::Refused)?;
        let needs = self.access.needs(&parsed);
        let document = Arc::new(Document {
            parsed,
            needs,
            cost,
        });
        self.known.put(text.into(), document.clone());
        Ok(document)
    }
}
