//! What is selected of a row, with fragments spread and fields of the same response key put together, and the writers
//! made from it.

use std::collections::HashMap;

use async_graphql::context::QueryPathSegment;
use async_graphql::parser::types::{Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{ContextSelectionSet, Name, Positioned};

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Appends a value's JSON.
pub type Writer<'a, R> = Box<dyn Fn(&R, &mut Vec<u8>) + Send + Sync + 'a>;

/// Appends an object's JSON: the opening of each member, and what writes its value.
pub struct Object<'a, R>(Vec<(String, Writer<'a, R>)>);

/// The selection sets of one field, which may have been selected several times.
pub struct Selected<'a> {
    fragments: &'a Fragments,
    sets: Vec<&'a SelectionSet>,
}

/// The fields with one response key.
struct Member<'a> {
    key: &'a str,
    name: &'a str,
    selected: Selected<'a>,
}

impl<'a> Selected<'a> {
    /// What is selected of the rows; `None` where the field, or one that it lies in, is selected more than once: such
    /// answers are put together afterwards, which takes more than their text.
    pub fn of(ctx: &ContextSelectionSet<'a>) -> Option<Self> {
        let query = ctx.query_env;
        let mut keys = Vec::new();
        let mut node = ctx.path_node.as_ref();
        while let Some(here) = node {
            if let QueryPathSegment::Name(key) = here.segment {
                keys.push(key);
            }
            node = here.parent;
        }
        let mut set = &query.operation.node.selection_set.node;
        for key in keys.into_iter().rev() {
            let mut found = Vec::new();
            with_key(&query.fragments, set, key, &mut found);
            let [field] = found.as_slice() else {
                return None;
            };
            set = &field.selection_set.node;
        }
        Some(Self::new(&query.fragments, &ctx.item.node))
    }

    pub(super) fn new(fragments: &'a Fragments, set: &'a SelectionSet) -> Self {
        Self {
            fragments,
            sets: vec![set],
        }
    }

    /// The writer of an object of this type, each field written as `field` says by its name. `types` are the names by
    /// which fragments may mean it, its own name first. `None` when a field is not to be had so.
    pub fn object<'w, R: 'w>(
        &self,
        types: &[&'static str],
        field: impl Fn(&str, &Selected<'a>) -> Option<Writer<'w, R>>,
    ) -> Option<Object<'w, R>> {
        let mut members = Vec::new();
        for set in &self.sets {
            self.collect(set, types, &mut members)?;
        }
        let write = |member: Member<'a>| {
            let writer = if member.name == "__typename" {
                let text = format!("\"{}\"", types[0]);
                Box::new(move |_: &R, out: &mut Vec<u8>| out.extend_from_slice(text.as_bytes()))
            } else {
                field(member.name, &member.selected)?
            };
            Some((format!("\"{}\":", member.key), writer))
        };
        Some(Object(
            members.into_iter().map(write).collect::<Option<_>>()?,
        ))
    }

    fn collect(
        &self,
        set: &'a SelectionSet,
        types: &[&str],
        members: &mut Vec<Member<'a>>,
    ) -> Option<()> {
        for selection in &set.items {
            // `@skip` and `@include` have been applied by now.
            if !selection.node.directives().is_empty() {
                return None;
            }
            match &selection.node {
                Selection::Field(field) => self.add(&field.node, members)?,
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    if condition.is_none_or(|on| types.contains(&on.node.on.node.as_str())) {
                        self.collect(&fragment.node.selection_set.node, types, members)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &self.fragments.get(&spread.node.fragment_name.node)?.node;
                    if types.contains(&fragment.type_condition.node.on.node.as_str()) {
                        self.collect(&fragment.selection_set.node, types, members)?;
                    }
                }
            }
        }
        Some(())
    }

    fn add(&self, field: &'a Field, members: &mut Vec<Member<'a>>) -> Option<()> {
        if !field.arguments.is_empty() {
            return None;
        }
        let key = field.response_key().node.as_str();
        let set = &field.selection_set.node;
        // Validation has made sure that what has the same key is the same field.
        if let Some(member) = members.iter_mut().find(|member| member.key == key) {
            member.selected.sets.push(set);
            return Some(());
        }
        members.push(Member {
            key,
            name: field.name.node.as_str(),
            selected: Self {
                fragments: self.fragments,
                sets: vec![set],
            },
        });
        Some(())
    }
}

impl<R> Object<'_, R> {
    /// Appends the object made of this.
    pub fn write(&self, of: &R, out: &mut Vec<u8>) {
        out.push(b'{');
        for (index, (key, value)) in self.0.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(key.as_bytes());
            value(of, out);
        }
        out.push(b'}');
    }
}

/// Every field of a set with this response key, whatever the types that its fragments are on.
fn with_key<'a>(
    fragments: &'a Fragments,
    set: &'a SelectionSet,
    key: &str,
    found: &mut Vec<&'a Field>,
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) if field.node.response_key().node == key => {
                found.push(&field.node);
            }
            Selection::Field(_) => {}
            Selection::InlineFragment(fragment) => {
                with_key(fragments, &fragment.node.selection_set.node, key, found);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    with_key(fragments, &fragment.node.selection_set.node, key, found);
                }
            }
        }
    }
}
