//! What a request costs before it is executed: how many calls to vendors it takes at the very most, and how many rows it
//! puts into the answer. Worked out on the parsed document with the request's own variables, so that `first: $n` counts
//! what it says; `docs/limits.md` says what each field costs and why.
//!
//! Cold: nothing is counted on that may be remembered from earlier requests. Within one request, what is read once is
//! read once: the loaders and the cache see to that.

mod arguments;
mod price;
mod schema;
mod walk;

use async_graphql::Variables;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};

use crate::load::Registry;
use schema::Types;
use walk::Walk;

/// The most keys that one `_entities` may be given.
pub const MAX_REPRESENTATIONS: usize = 200;

/// What a request costs at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Calls to vendors. Tokens that a vendor wants beforehand and calls made again are not among them.
    pub calls: u64,
    /// Rows in the answer.
    pub rows: u64,
}

/// Why a request is refused whatever it costs: a list is longer than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongList {
    /// Of which field.
    pub field: &'static str,
    /// Which argument.
    pub argument: &'static str,
    /// How many entries it may have.
    pub max: usize,
}

/// The schema's prices.
pub struct PriceList(Types);

impl Cost {
    /// In the one unit that requests are limited by: a call costs one, and so does a row.
    pub fn total(self) -> u64 {
        self.calls.saturating_add(self.rows)
    }

    fn times(self, count: u64) -> Self {
        Self {
            calls: self.calls.saturating_mul(count),
            rows: self.rows.saturating_mul(count),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_add(other.calls),
            rows: self.rows.saturating_add(other.rows),
        }
    }
}

impl std::fmt::Display for LongList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            field,
            argument,
            max,
        } = self;
        write!(f, "{argument} of {field} may have {max} entries at most.")
    }
}

impl PriceList {
    /// Of the gateway's schema.
    pub fn new() -> Self {
        Self(Types::read(&super::sdl()))
    }

    /// What an operation costs at most. One that is not there costs nothing: it is not executed.
    pub fn cost(
        &self,
        registry: &Registry,
        document: &ExecutableDocument,
        operation: Option<&str>,
        variables: &Variables,
    ) -> Result<Cost, LongList> {
        let Some(operation) = chosen(document, operation) else {
            return Ok(Cost::default());
        };
        Walk::new(&self.0, registry, document, operation, variables).operation(operation)
    }

    /// The same of a document that comes alone, without values for its variables. For the fuzz targets.
    pub(crate) fn cost_alone(
        &self,
        registry: &Registry,
        document: &ExecutableDocument,
    ) -> Result<Cost, LongList> {
        self.cost(registry, document, None, &Variables::default())
    }
}

impl Default for PriceList {
    fn default() -> Self {
        Self::new()
    }
}

fn chosen<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let mut operations = document.operations.iter();
    let (_, operation) = match name {
        Some(name) => operations.find(|(of, _)| of.is_some_and(|of| of == name))?,
        None => operations.next()?,
    };
    Some(&operation.node)
}
