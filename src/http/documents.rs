//! Documents that were guarded and parsed before.

use std::sync::Arc;

use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;

use super::guard::{self, Refusal};
use crate::load::Bounded;

/// Roughly how many bytes a parsed document takes for each byte of its text.
const GROWTH: usize = 16;

/// How many bytes all remembered documents may take.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Parsed documents by their text.
pub struct Documents {
    known: Bounded<Arc<str>, Arc<Parsed>>,
    max_tokens: usize,
}

/// A document that may be executed.
pub struct Parsed {
    /// As the engine takes it.
    pub document: ExecutableDocument,
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
    pub fn new(max_tokens: usize) -> Self {
        let weigh =
            |text: &Arc<str>, _: &_| u32::try_from(text.len() * GROWTH + 512).unwrap_or(u32::MAX);
        Self {
            known: Bounded::new(MAX_BYTES, weigh),
            max_tokens,
        }
    }

    /// The parsed document, guarded on the way.
    pub fn get(&self, text: &str) -> Result<Arc<Parsed>, DocumentError> {
        if let Some(known) = self.known.get(text) {
            return Ok(known);
        }
        guard::scan(text, self.max_tokens).map_err(DocumentError::Refused)?;
        let document = parse_query(text).map_err(|error| DocumentError::Syntax(error.into()))?;
        let cost = guard::measure(&document).map_err(DocumentError::Refused)?;
        let parsed = Arc::new(Parsed { document, cost });
        self.known.put(text.into(), parsed.clone());
        Ok(parsed)
    }
}
