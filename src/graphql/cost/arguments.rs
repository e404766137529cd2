//! What arguments say, with the request's variables and the operation's defaults filled in.

use async_graphql::parser::types::{Directive, Field, OperationDefinition};
use async_graphql::{InputType, Name, Positioned, Value, Variables};

/// The values of an operation's variables.
pub(super) struct Values<'a> {
    given: &'a Variables,
    operation: &'a OperationDefinition,
}

impl<'a> Values<'a> {
    /// Of one operation.
    pub(super) fn new(given: &'a Variables, operation: &'a OperationDefinition) -> Self {
        Self { given, operation }
    }

    /// What an argument says; `None` when it is left out.
    pub(super) fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?;
        let value = value.node.clone().into_const_with(|name| self.of(&name));
        value.ok()
    }

    /// What an argument says, read as its type; `None` when it is left out, null or wrong.
    pub(super) fn read<T: InputType>(&self, field: &Field, name: &str) -> Option<T> {
        let value = self.argument(field, name)?;
        <Option<T> as InputType>::parse(Some(value)).ok().flatten()
    }

    /// The entries of a list that is an argument; a single value stands for a list of one.
    pub(super) fn entries(&self, field: &Field, name: &str) -> Vec<Value> {
        match self.argument(field, name) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::List(entries)) => entries,
            Some(single) => vec![single],
        }
    }

    /// How many rows a page is asked for. A page of another size than 1 to 100 is refused, and so never larger.
    pub(super) fn first(&self, field: &Field, default: u64) -> u64 {
        match self.argument(field, "first") {
            None | Some(Value::Null) => default,
            Some(value) => match value {
                Value::Number(first) => first.as_u64().unwrap_or(0).min(100),
                _ => 0,
            },
        }
    }

    /// Whether `@skip` or `@include` leaves something out.
    pub(super) fn leaves_out(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().any(|directive| {
            let leaves_out_if = match directive.node.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => return false,
            };
            let condition = directive.node.get_argument("if");
            let condition = condition.map(|value| {
                let value = value.node.clone();
                value.into_const_with(|name| self.of(&name))
            });
            matches!(condition, Some(Ok(Value::Boolean(is))) if is == leaves_out_if)
        })
    }

    /// A variable's value. One that has none counts as left out.
    fn of(&self, name: &Name) -> Result<Value, Absent> {
        if let Some(given) = self.given.get(name) {
            return Ok(given.clone());
        }
        let mut definitions = self.operation.variable_definitions.iter();
        let definition = definitions.find(|it| it.node.name.node == *name);
        let default = definition.and_then(|it| it.node.default_value.as_ref());
        default.map(|it| it.node.clone()).ok_or(Absent)
    }
}

/// That a variable has no value.
struct Absent;
