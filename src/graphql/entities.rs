//! `_entities`, the field by which a federation gateway asks for entities. Left to itself the engine empties the whole list
//! for one key of a type it does not know, and its errors do not say to which key they belong: `["_entities", "notes"]`
//! instead of `["_entities", 3, "notes"]`. A federation gateway cannot tell its clients then whose notes are missing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Pos, Positioned,
    QueryPathNode, QueryPathSegment, ServerError, ServerResult, Value,
};

use super::error::bad_input;
use super::query::Query;

/// `Query`, with a place for every key.
pub struct Root;

/// How many keys each `_entities` of a request was asked for so far, by where the field stands in the document.
#[derive(Default)]
pub struct Places(Mutex<HashMap<Pos, usize>>);

impl Places {
    /// The engine does not say which key it is at, but it begins with them in their order.
    fn next(&self, field: Pos) -> usize {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(field).or_default();
        let place = *count;
        *count += 1;
        place
    }
}

impl ContainerType for Root {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        Query.resolve_field(ctx).await
    }

    async fn find_entity(&self, ctx: &Context<'_>, key: &Value) -> ServerResult<Option<Value>> {
        let place = ctx.data_unchecked::<Places>().next(ctx.item.pos);
        let ctx = &at(ctx, place);
        let error = match Query.find_entity(ctx, key).await {
            Ok(Some(entity)) => return Ok(Some(entity)),
            // A field that must not be null failed below: the entity is null, and the others stay.
            Err(error) if !error.path.is_empty() => error,
            Ok(None) | Err(_) => ctx.set_error_path(no_key(ctx)),
        };
        ctx.add_error(error);
        Ok(Some(Value::Null))
    }
}

impl OutputType for Root {
    fn type_name() -> Cow<'static, str> {
        Query::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Query::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ObjectType for Root {}

/// The field's context, one step further down its list.
fn at<'a>(ctx: &'a Context<'a>, place: usize) -> Context<'a> {
    let mut at = ctx.clone();
    at.path_node = Some(QueryPathNode {
        parent: ctx.path_node.as_ref(),
        segment: QueryPathSegment::Index(place),
    });
    at
}

fn no_key(ctx: &Context<'_>) -> ServerError {
    bad_input(
        ctx,
        "A representation must have a __typename that is an entity of this gateway, and its id.",
    )
    .into_server_error(ctx.item.pos)
}
