//! What the scan tells of a document before it is parsed, as the parsed document has it: what tests and fuzzing hold the scan
//! to.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

use super::{MAX_FRAGMENTS, MAX_OPERATIONS, MAX_WIDTH};

/// Whether a parsed document is within the bounds that the scan looks at for what the brackets hold.
pub fn is_within_bounds(document: &ExecutableDocument) -> bool {
    widest(document) <= MAX_WIDTH
        && document.operations.iter().count() <= MAX_OPERATIONS
        && document.fragments.len() <= MAX_FRAGMENTS
}

/// How many selections its widest selection set has.
pub(super) fn widest(document: &ExecutableDocument) -> usize {
    let operations = document
        .operations
        .iter()
        .map(|(_, it)| &it.node.selection_set);
    let fragments = document.fragments.values().map(|it| &it.node.selection_set);
    let sets = operations.chain(fragments);
    sets.map(|set| widest_in(&set.node)).max().unwrap_or(0)
}

fn widest_in(set: &SelectionSet) -> usize {
    let inner = set.items.iter().map(|selection| match &selection.node {
        Selection::Field(field) => widest_in(&field.node.selection_set.node),
        Selection::InlineFragment(inline) => widest_in(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => 0,
    });
    inner.max().unwrap_or(0).max(set.items.len())
}
