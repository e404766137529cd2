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
pub struct Documents(Bounded<Arc<str>, Arc<ExecutableDocument>>);

/// Why a document is not executed.
#[derive(Debug)]
pub enum DocumentError {
    /// The guard refuses it.
    Refused(Refusal),
    /// It is not GraphQL.
    Syntax(ServerError),
}

impl Default for Documents {
    fn default() -> Self {
        let weigh =
            |text: &Arc<str>, _: &_| u32::try_from(text.len() * GROWTH + 512).unwrap_or(u32::MAX);
        Self(Bounded::new(MAX_BYTES, weigh))
    }
}

impl Documents {
    /// The parsed document, guarded on the way.
    pub fn get(&self, text: &str) -> Result<Arc<ExecutableDocument>, DocumentError> {
        if let Some(known) = self.0.get(text) {
            return Ok(known);
        }
        guard::scan(text).map_err(DocumentError::Refused)?;
        let document = parse_query(text).map_err(|error| DocumentError::Syntax(error.into()))?;
        guard::measure(&document).map_err(DocumentError::Refused)?;
        let document = Arc::new(document);
        self.0.put(text.into(), document.clone());
        Ok(document)
    }
}
