//! The GraphQL schema: the only place, with the HTTP entry, that knows async-graphql. (Vendors derive their own output
//! types in their `schema` files, and do nothing else with it.)
//!
//! A field that touches a vendor is `Option<Result<T>>`, never `Result<Option<T>>`: the engine lets a failure of the
//! latter take its parent with it, and one vendor's outage would empty whole answers.

pub mod access;
pub mod cost;
pub mod entities;
pub mod error;
pub mod inputs;
pub mod mutation;
mod policy;
pub mod projection;
pub mod query;
pub mod scalars;
pub mod stretch;
pub mod types;

use async_graphql::{Context, EmptySubscription, SDLExportOptions, ValidationMode};

use crate::load::Loaders;
use entities::Root;
use mutation::Mutation;

/// The gateway's schema.
pub type Schema = async_graphql::Schema<Root, Mutation, EmptySubscription>;

/// Makes the schema. Limits, caching and tracing are kept outside it: an extension, even an empty one, makes every
/// field slower.
pub fn schema() -> Schema {
    Schema::build(Root, Mutation, EmptySubscription)
        .enable_federation()
        .finish()
}

/// The same schema for those who may not read it: errors do not tell what a misspelt name might have been.
pub fn schema_without_suggestions() -> Schema {
    Schema::build(Root, Mutation, EmptySubscription)
        .enable_federation()
        .disable_suggestions()
        .finish()
}

/// The same schema for documents that were validated before, with the same values of their variables: nearly all of what the
/// engine would look for in them cannot be there.
pub fn schema_for_the_validated() -> Schema {
    Schema::build(Root, Mutation, EmptySubscription)
        .enable_federation()
        .validation_mode(ValidationMode::Fast)
        .finish()
}

/// The schema as text, federation directives included: the content of `schema.graphql`.
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .federation()
        .prefer_single_line_descriptions()
        .include_specified_by();
    let sdl = schema().sdl_with_options(options);
    // The engine writes the link as an extension of the schema. Relay's compiler and Rust's graphql_client know no such
    // thing; a definition that carries the link means the same.
    let (types, link) = sdl
        .split_once("extend schema @link(")
        .expect("federation is asked for above");
    let link = link.trim_end();
    format!("{types}schema @link({link} {{\n\tquery: Query\n\tmutation: Mutation\n}}\n")
}

/// The loaders of the request being executed.
pub(crate) fn loaders<'a>(ctx: &Context<'a>) -> &'a Loaders {
    ctx.data_unchecked::<Loaders>()
}
