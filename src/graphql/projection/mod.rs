//! Lists written straight from the selection set: where every field selected of a list's rows is at hand, the rows are
//! written as JSON in one pass, without a future, a map and a string for each field of each row. Whatever else is
//! selected is resolved field by field, as everything is in async-graphql; the answer is the same either way.
//!
//! A field belongs here only if it can neither fail nor wait, takes no arguments, and anyone who sees the list may see
//! it.

mod fields;
mod selected;

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::resolve_list;
use async_graphql::{ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value};

pub use fields::{edge, plain, referral};
pub use selected::{Object, Selected, Writer};

use crate::graphql::scalars::RAW;
use crate::graphql::stretch;

/// A list whose rows can be written at once.
pub trait Rows: Send + Sync {
    /// The rows as the schema knows them.
    type Node: OutputType;

    /// What writes a row with this selection; `None` when it takes more than what is at hand.
    fn writer<'a>(&'a self, selected: &Selected<'_>) -> Option<Writer<'a, usize>>;

    /// How many there are.
    fn count(&self) -> usize;

    /// A row, to be resolved field by field.
    fn node(&self, index: usize) -> Self::Node;
}

/// Such a list, as a field's value.
pub struct Projected<R>(pub R);

impl<R: Rows> OutputType for Projected<R> {
    fn type_name() -> Cow<'static, str> {
        Vec::<R::Node>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<R::Node>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<R::Node>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        stretch::interrupt(ctx).await;
        if let Some(json) = self.write(ctx) {
            return Ok(raw(json));
        }
        let nodes = (0..self.0.count()).map(|index| self.0.node(index));
        resolve_list(ctx, field, nodes, Some(self.0.count())).await
    }
}

impl<R: Rows> Projected<R> {
    fn write(&self, ctx: &ContextSelectionSet<'_>) -> Option<String> {
        let selected = Selected::of(ctx)?;
        let writer = self.0.writer(&selected)?;
        let mut out = Vec::with_capacity(self.0.count() * 512 + 2);
        out.push(b'[');
        for index in 0..self.0.count() {
            if index > 0 {
                out.push(b',');
            }
            writer(&index, &mut out);
        }
        out.push(b']');
        // Only whole strings and what serde_json makes of them were written.
        String::from_utf8(out).ok()
    }
}

fn raw(json: String) -> Value {
    Value::Object(IndexMap::from_iter([(Name::new(RAW), Value::String(json))]))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    /// Whether rows with this selection are written at once.
    fn is_straight(selection: &str) -> bool {
        let text = format!(
            "{{ {selection} }} fragment Row on Referral {{ id ...Same }} fragment Same on Node {{ id }}"
        );
        let document = parse_query(text).expect("the test's selection is sound");
        let (_, operation) = document.operations.iter().next().expect("there is one");
        let set = &operation.node.selection_set.node;
        referral(&Selected::new(&document.fragments, set), true).is_some()
    }

    #[test]
    fn rows_are_written_straight_when_all_that_is_selected_is_at_hand() {
        for selection in [
            "id name createdAt value { amount currency } recipient { __typename ... on Person { name } }",
            "...Row status moderation { status }",
            "... on Node { id } ... { vendor } referrer { ... on Organization { name } }",
        ] {
            assert!(is_straight(selection), "{selection}");
        }
    }

    #[test]
    fn rows_are_resolved_when_something_takes_a_call_or_an_argument_or_may_fail() {
        for selection in [
            "id notes { totalCount }",
            "facilitators(first: 3) { totalCount }",
            "details { __typename }",
            "connection { id }",
            "raw",
            "id @unknown",
            "...Row ... on Referral { engagement { id } }",
            "recipient { ... on Person { unknown } }",
        ] {
            assert!(!is_straight(selection), "{selection}");
        }
    }

    #[test]
    fn people_are_resolved_where_rows_may_lack_them() {
        let document = parse_query("{ referrer { __typename } }").expect("it is sound");
        let (_, operation) = document.operations.iter().next().expect("there is one");
        let selected = Selected::new(&document.fragments, &operation.node.selection_set.node);
        assert!(referral(&selected, false).is_none());
    }
}
