//! The look at a parsed document, before it is validated: how large it grows when its fragments are spread, each fragment
//! counted once.

use std::collections::HashMap;

use async_graphql::Positioned;
use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection,
    SelectionSet,
};
use async_graphql::{Name, Pos};

use super::{
    Limits, MAX_DEPTH, MAX_DIRECTIVES, MAX_FIELDS, MAX_INTROSPECTION, MAX_REPEATS, MAX_VARIABLES,
    Refusal, Refused,
};

/// The lists of a type that lead to other types: one inside the other, they multiply to the size of the schema squared.
const TYPE_LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

/// Looks at the parsed document before validation and execution do.
pub fn measure(document: &ExecutableDocument, limits: &Limits) -> Result<(), Refused> {
    let mut measure = Measure {
        fragments: &document.fragments,
        known: HashMap::new(),
        limits,
    };
    let mut all = Size::default();
    for (_, operation) in document.operations.iter() {
        all = all.beside(measure.operation(operation)?);
        all.check(limits, operation.pos)?;
    }
    // Also those that nothing spreads: validation walks them all the same.
    for (name, fragment) in &document.fragments {
        measure.fragment(name, fragment.pos)?;
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Size {
    depth: u64,
    fields: u64,
    /// Fields of the selection itself, fragments spread.
    own: u64,
    aliases: u64,
    directives: u64,
    /// Fields below `__schema` and `__type`.
    introspection: u64,
    /// How deep lists of types' parts nest.
    type_lists: u64,
}

struct Measure<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// `None` while a fragment is being measured.
    known: HashMap<&'a Name, Option<Size>>,
    limits: &'a Limits,
}

impl Size {
    fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            fields: self.fields.saturating_add(other.fields),
            own: self.own.saturating_add(other.own),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            introspection: self.introspection.saturating_add(other.introspection),
            type_lists: self.type_lists.max(other.type_lists),
        }
    }

    /// A fragment counts as a field even if there is none in it, or if it is not defined: the engine follows every spread
    /// before it finds that out.
    fn walked(self) -> Self {
        Self {
            fields: self.fields.saturating_add(1),
            ..self
        }
    }

    fn with(self, directives: &[Positioned<Directive>]) -> Self {
        Self {
            directives: self.directives.saturating_add(directives.len() as u64),
            ..self
        }
    }

    fn check(self, limits: &Limits, at: Pos) -> Result<(), Refused> {
        let refusal = if self.depth > MAX_DEPTH {
            Refusal::Depth
        } else if self.fields > MAX_FIELDS {
            Refusal::Fields
        } else if self.directives > MAX_DIRECTIVES {
            Refusal::Directives
        } else if self.aliases > limits.aliases {
            Refusal::Aliases(limits.aliases)
        } else if self.introspection > MAX_INTROSPECTION {
            Refusal::Introspection
        } else {
            return Ok(());
        };
        Err(refusal.at(at))
    }
}

impl<'a> Measure<'a> {
    fn operation(
        &mut self,
        operation: &'a Positioned<OperationDefinition>,
    ) -> Result<Size, Refused> {
        let OperationDefinition {
            variable_definitions,
            directives,
            selection_set,
            ..
        } = &operation.node;
        if variable_definitions.len() > MAX_VARIABLES {
            return Err(Refusal::Variables.at(operation.pos));
        }
        let mut size = self.selections(selection_set)?.with(directives);
        for variable in variable_definitions {
            size = size.with(&variable.node.directives);
        }
        let max = self.limits.root_fields;
        if size.own > max {
            return Err(Refusal::RootFields(max).at(operation.pos));
        }
        Ok(size)
    }

    fn selections(&mut self, set: &'a Positioned<SelectionSet>) -> Result<Size, Refused> {
        let items = &set.node.items;
        if items.len() > MAX_REPEATS {
            check_repeats(items)?;
        }
        let mut size = Size::default();
        for selection in items {
            let part = match &selection.node {
                Selection::Field(field) => self.field(field)?,
                Selection::InlineFragment(inline) => {
                    let inner = self.selections(&inline.node.selection_set)?;
                    inner.walked().with(&inline.node.directives)
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name;
                    let inner = self.fragment(&name.node, name.pos)?;
                    inner.walked().with(&spread.node.directives)
                }
            };
            size = size.beside(part);
            size.check(self.limits, selection.pos)?;
        }
        Ok(size)
    }

    fn field(&mut self, field: &'a Positioned<Field>) -> Result<Size, Refused> {
        let inner = self.selections(&field.node.selection_set)?;
        let name = field.node.name.node.as_str();
        let mut size = Size {
            depth: inner.depth + 1,
            fields: inner.fields.saturating_add(1),
            own: 1,
            aliases: inner.aliases + u64::from(field.node.alias.is_some()),
            ..inner
        };
        if TYPE_LISTS.contains(&name) {
            size.type_lists += 1;
        }
        let most_lists = match name {
            "__schema" => 1,
            "__type" => 2,
            _ => return Ok(size.with(&field.node.directives)),
        };
        if size.type_lists > most_lists {
            return Err(Refusal::IntrospectionDepth.at(field.pos));
        }
        size.introspection = size.fields;
        Ok(size.with(&field.node.directives))
    }

    fn fragment(&mut self, name: &Name, at: Pos) -> Result<Size, Refused> {
        // One that is not defined is for validation to refuse.
        let Some((name, fragment)) = self.fragments.get_key_value(name) else {
            return Ok(Size::default());
        };
        match self.known.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => return Err(Refusal::Cycle.at(at)),
            None => {}
        }
        self.known.insert(name, None);
        let inner = self.selections(&fragment.node.selection_set)?;
        let size = inner.with(&fragment.node.directives);
        self.known.insert(name, Some(size));
        Ok(size)
    }
}

/// Validation compares every two fields that give the same answer.
fn check_repeats(items: &[Positioned<Selection>]) -> Result<(), Refused> {
    let mut counts: HashMap<(&str, bool), usize> = HashMap::with_capacity(items.len());
    for selection in items {
        let name = match &selection.node {
            Selection::Field(field) => (field.node.response_key().node.as_str(), true),
            Selection::FragmentSpread(spread) => (spread.node.fragment_name.node.as_str(), false),
            Selection::InlineFragment(_) => continue,
        };
        let count = counts.entry(name).or_default();
        *count += 1;
        if *count > MAX_REPEATS {
            return Err(Refusal::Repeats.at(selection.pos));
        }
    }
    Ok(())
}
