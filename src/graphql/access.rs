//! What a document needs of its caller, found out once from its fields and the policy, so that a request only compares two
//! small sets. Fragments, interfaces and unions are followed to the types that they may stand for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, Field, InputValueDefinition, OperationType, Selection,
    SelectionSet, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::{ConstValue, Value};
use serde_json::Map;

use super::policy;
use crate::model::{Scope, Scopes};

/// The schema's types, with what it takes to select their fields.
pub struct Access {
    types: HashMap<String, Shape>,
    query: String,
    mutation: String,
}

enum Shape {
    /// An object type, or the interface.
    Fields {
        fields: HashMap<String, Selectable>,
        /// The object types that it may stand for; itself, for an object type.
        possible: BTreeSet<String>,
    },
    Union {
        possible: BTreeSet<String>,
    },
    Input {
        fields: HashMap<String, Given>,
        /// Whether it, or an input within it, has a field that needs something.
        is_guarded: bool,
    },
    Leaf,
}

struct Selectable {
    /// Its name with its type's: `Type.field`.
    coordinate: Arc<str>,
    of: String,
    rule: Asked,
    /// The types of its arguments.
    arguments: HashMap<String, String>,
}

/// What the policy says of a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// It needs this.
    Scope(Scope),
    /// It needs nothing but what leads to it.
    Nothing,
    /// Nothing: it has no line.
    Unruled,
}

struct Given {
    /// Its name with its input's: `Input.field`.
    coordinate: Arc<str>,
    of: String,
    needs: Option<Scope>,
}

/// What a document needs of its caller.
#[derive(Debug, Default)]
pub struct Needs {
    scopes: Scopes,
    /// The fields, with what each needs.
    fields: BTreeMap<Arc<str>, Scope>,
    /// Fields that the policy does not name.
    unruled: BTreeSet<Arc<str>>,
    /// Whether something in it is not in the schema.
    is_unknown: bool,
    /// Variables whose values may need more, with their types.
    variables: BTreeSet<(Name, String)>,
}

/// That a caller may not do what a document asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbidden {
    /// Which fields, as `Type.field`.
    pub fields: Vec<Arc<str>>,
    /// The scopes that are lacking; none where nobody may select the fields.
    pub scopes: Vec<Scope>,
}

/// The most fields that one refusal names.
const MAX_NAMED: usize = 20;

impl Access {
    /// Of the schema that is served, given as text.
    pub fn new(sdl: &str) -> Self {
        let document = parse_schema(sdl).expect("the engine's own schema can be parsed");
        let mut rules = HashMap::new();
        for rule in policy::rules() {
            for field in rule.fields.split_whitespace() {
                rules.insert((rule.of, field), rule.needs);
            }
        }
        let mut definitions = Vec::new();
        for definition in document.definitions {
            if let TypeSystemDefinition::Type(definition) = definition {
                definitions.push((definition.node.name.node.to_string(), definition.node.kind));
            }
        }
        let mut members: HashMap<String, BTreeSet<String>> = HashMap::new();
        for (name, kind) in &definitions {
            let TypeKind::Object(object) = kind else {
                continue;
            };
            for interface in &object.implements {
                let possible = members.entry(interface.node.to_string()).or_default();
                possible.insert(name.clone());
            }
            members.insert(name.clone(), BTreeSet::from([name.clone()]));
        }
        let mut types: HashMap<String, Shape> = definitions
            .into_iter()
            .map(|(name, kind)| {
                let shape = Shape::new(&name, kind, &rules, &members);
                (name, shape)
            })
            .collect();
        entities(&mut types, &rules);
        guard(&mut types);
        Self {
            types,
            query: "Query".to_owned(),
            mutation: "Mutation".to_owned(),
        }
    }

    /// What a document needs. Its fragments must have been found to end.
    pub fn needs(&self, document: &ExecutableDocument) -> Needs {
        let mut walk = Walk {
            access: self,
            document,
            needs: Needs::default(),
        };
        for (_, operation) in document.operations.iter() {
            let root = match operation.node.ty {
                OperationType::Query => &self.query,
                OperationType::Mutation => &self.mutation,
                OperationType::Subscription => {
                    walk.needs.is_unknown = true;
                    continue;
                }
            };
            for variable in &operation.node.variable_definitions {
                if let Some(default) = &variable.node.default_value {
                    let of = named(&variable.node.var_type.node);
                    walk.constant(&of, &default.node);
                }
            }
            let possible = BTreeSet::from([root.clone()]);
            walk.selections(root, &possible, &operation.node.selection_set.node);
        }
        walk.needs
    }

    /// Whether a caller with these scopes may do what a document asks for, with these variables.
    pub fn check(
        &self,
        needs: &Needs,
        scopes: Scopes,
        variables: Option<&Map<String, serde_json::Value>>,
    ) -> Result<(), Forbidden> {
        let mut more = BTreeMap::new();
        for (name, of) in &needs.variables {
            if let Some(value) = variables.and_then(|variables| variables.get(name.as_str())) {
                self.given(of, value, &mut more);
            }
        }
        let is_enough = scopes.contain(needs.scopes)
            && more.values().all(|scope| scopes.contains(*scope))
            && needs.unruled.is_empty();
        if is_enough {
            return Ok(());
        }
        if !needs.unruled.is_empty() {
            return Err(Forbidden {
                fields: needs.unruled.iter().take(MAX_NAMED).cloned().collect(),
                scopes: Vec::new(),
            });
        }
        let all = needs.fields.iter().chain(&more);
        let lacking: Vec<_> = all.filter(|(_, scope)| !scopes.contains(**scope)).collect();
        let fields = lacking.iter().map(|(field, _)| (*field).clone());
        let scopes: BTreeSet<Scope> = lacking.iter().map(|(_, scope)| **scope).collect();
        Err(Forbidden {
            fields: fields.take(MAX_NAMED).collect(),
            scopes: scopes.into_iter().collect(),
        })
    }

    /// The object types that a type may stand for, if things can be selected of it.
    fn possible(&self, of: &str) -> Option<&BTreeSet<String>> {
        match self.types.get(of)? {
            Shape::Fields { possible, .. } | Shape::Union { possible } => Some(possible),
            Shape::Input { .. } | Shape::Leaf => None,
        }
    }

    /// What a value of an input type needs.
    fn given(&self, of: &str, value: &serde_json::Value, needs: &mut BTreeMap<Arc<str>, Scope>) {
        match (self.types.get(of), value) {
            (_, serde_json::Value::Array(items)) => {
                for item in items {
                    self.given(of, item, needs);
                }
            }
            (Some(Shape::Input { fields, .. }), serde_json::Value::Object(object)) => {
                for (name, value) in object {
                    let Some(field) = fields.get(name) else {
                        continue;
                    };
                    if let Some(scope) = field.needs.filter(|_| !value.is_null()) {
                        needs.insert(field.coordinate.clone(), scope);
                    }
                    self.given(&field.of, value, needs);
                }
            }
            _ => {}
        }
    }

    /// Every field that may be selected, as `Type.field`, with whether the policy names it.
    pub fn coordinates(&self) -> impl Iterator<Item = (&str, bool)> {
        self.types.values().flat_map(|shape| {
            let fields = match shape {
                Shape::Fields { fields, .. } => Some(fields),
                _ => None,
            };
            let fields = fields.into_iter().flat_map(HashMap::values);
            fields.map(|field| (&*field.coordinate, field.rule != Asked::Unruled))
        })
    }
}

impl Needs {
    /// Whether something in the document is not in the schema: then it is for validation to refuse.
    pub fn is_unknown(&self) -> bool {
        self.is_unknown
    }

    /// The scopes that it needs, whatever its variables are.
    pub fn scopes(&self) -> Scopes {
        self.scopes
    }
}

type Rules<'a> = HashMap<(&'a str, &'a str), Option<Scope>>;

impl Asked {
    fn by(rules: &Rules<'_>, of: &str, field: &str) -> Self {
        match rules.get(&(of, field)) {
            Some(Some(scope)) => Self::Scope(*scope),
            Some(None) => Self::Nothing,
            None => Self::Unruled,
        }
    }
}

impl Shape {
    fn new(
        name: &str,
        kind: TypeKind,
        rules: &Rules<'_>,
        members: &HashMap<String, BTreeSet<String>>,
    ) -> Self {
        let possible = || members.get(name).cloned().unwrap_or_default();
        match kind {
            TypeKind::Object(object) => Self::Fields {
                fields: selectables(name, object.fields, rules),
                possible: possible(),
            },
            TypeKind::Interface(interface) => Self::Fields {
                fields: selectables(name, interface.fields, rules),
                possible: possible(),
            },
            TypeKind::Union(union) => Self::Union {
                possible: union.members.iter().map(|it| it.node.to_string()).collect(),
            },
            TypeKind::InputObject(input) => Self::Input {
                fields: input
                    .fields
                    .into_iter()
                    .map(|field| given(name, &field.node, rules))
                    .collect(),
                is_guarded: false,
            },
            TypeKind::Scalar | TypeKind::Enum(_) => Self::Leaf,
        }
    }
}

fn selectables(
    of: &str,
    fields: Vec<Positioned<async_graphql::parser::types::FieldDefinition>>,
    rules: &Rules<'_>,
) -> HashMap<String, Selectable> {
    let fields = fields.into_iter().map(|field| {
        let name = field.node.name.node.to_string();
        let arguments = field.node.arguments.iter();
        let arguments =
            arguments.map(|it| (it.node.name.node.to_string(), named(&it.node.ty.node)));
        let selectable = Selectable {
            coordinate: format!("{of}.{name}").into(),
            of: named(&field.node.ty.node),
            rule: Asked::by(rules, of, &name),
            arguments: arguments.collect(),
        };
        (name, selectable)
    });
    fields.collect()
}

fn given(of: &str, field: &InputValueDefinition, rules: &Rules<'_>) -> (String, Given) {
    let name = field.name.node.to_string();
    let given = Given {
        coordinate: format!("{of}.{name}").into(),
        of: named(&field.ty.node),
        needs: rules.get(&(of, name.as_str())).copied().flatten(),
    };
    (name, given)
}

/// What the engine adds to the schema without writing it there.
fn entities(types: &mut HashMap<String, Shape>, rules: &Rules<'_>) {
    let entities = match types.get("Node") {
        Some(Shape::Fields { possible, .. }) => possible.clone(),
        _ => BTreeSet::new(),
    };
    types.insert("_Entity".to_owned(), Shape::Union { possible: entities });
    let Some(Shape::Fields { fields, .. }) = types.get_mut("Query") else {
        return;
    };
    let added = [
        ("_entities", "_Entity"),
        ("_service", "_Service"),
        ("__schema", "__Schema"),
        ("__type", "__Type"),
    ];
    for (name, of) in added {
        let selectable = Selectable {
            coordinate: format!("Query.{name}").into(),
            of: of.to_owned(),
            rule: Asked::by(rules, "Query", name),
            arguments: HashMap::new(),
        };
        fields.insert(name.to_owned(), selectable);
    }
}

/// Finds the inputs that have something guarded in them, at any depth.
fn guard(types: &mut HashMap<String, Shape>) {
    loop {
        let guarded: Vec<String> = types
            .iter()
            .filter(|(_, shape)| match shape {
                Shape::Input { fields, is_guarded } => {
                    !is_guarded
                        && fields.values().any(|field| {
                            field.needs.is_some() || is_guarded_input(types, &field.of)
                        })
                }
                _ => false,
            })
            .map(|(name, _)| name.clone())
            .collect();
        if guarded.is_empty() {
            return;
        }
        for name in guarded {
            if let Some(Shape::Input { is_guarded, .. }) = types.get_mut(&name) {
                *is_guarded = true;
            }
        }
    }
}

fn is_guarded_input(types: &HashMap<String, Shape>, of: &str) -> bool {
    matches!(
        types.get(of),
        Some(Shape::Input {
            is_guarded: true,
            ..
        })
    )
}

/// The type within all lists.
fn named(of: &Type) -> String {
    let mut base = &of.base;
    loop {
        match base {
            BaseType::Named(name) => return name.to_string(),
            BaseType::List(inner) => base = &inner.base,
        }
    }
}

/// What is below these the engine answers from the schema alone.
const OF_THE_SCHEMA: [&str; 3] = ["__schema", "__type", "_service"];

struct Walk<'a> {
    access: &'a Access,
    document: &'a ExecutableDocument,
    needs: Needs,
}

impl<'a> Walk<'a> {
    /// A selection of a type that stands here for some of the object types it may stand for.
    fn selections(&mut self, of: &str, possible: &BTreeSet<String>, set: &SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(of, possible, &field.node),
                Selection::InlineFragment(inline) => {
                    let narrower = inline.node.type_condition.as_ref();
                    let narrower = narrower.map_or(of, |it| it.node.on.node.as_str());
                    self.narrow(narrower, possible, &inline.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    let document = self.document;
                    let name = &spread.node.fragment_name.node;
                    match document.fragments.get(name) {
                        Some(fragment) => {
                            let on = fragment.node.type_condition.node.on.node.as_str();
                            self.narrow(on, possible, &fragment.node.selection_set.node);
                        }
                        None => self.needs.is_unknown = true,
                    }
                }
            }
        }
    }

    fn narrow(&mut self, of: &str, possible: &BTreeSet<String>, set: &SelectionSet) {
        let Some(own) = self.access.possible(of) else {
            self.needs.is_unknown = true;
            return;
        };
        let both: BTreeSet<String> = own.intersection(possible).cloned().collect();
        self.selections(of, &both, set);
    }

    fn field(&mut self, of: &str, possible: &BTreeSet<String>, field: &Field) {
        let name = field.name.node.as_str();
        if name == "__typename" {
            return;
        }
        let access = self.access;
        let Some(Shape::Fields {
            fields,
            possible: all,
        }) = access.types.get(of)
        else {
            self.needs.is_unknown = true;
            return;
        };
        let Some(selectable) = fields.get(name) else {
            self.needs.is_unknown = true;
            return;
        };
        // An interface that stands for anything has a line of its own; one that stands for some types is those types.
        if possible == all {
            self.select(selectable);
        } else {
            for concrete in possible {
                let found = match access.types.get(concrete) {
                    Some(Shape::Fields { fields, .. }) => fields.get(name),
                    _ => None,
                };
                match found {
                    Some(selectable) => self.select(selectable),
                    None => self.needs.is_unknown = true,
                }
            }
        }
        for (argument, value) in &field.arguments {
            // One that is not in the schema is for validation to refuse; federation's have nothing guarded in them.
            if let Some(of) = selectable.arguments.get(argument.node.as_str()) {
                self.value(of, &value.node);
            }
        }
        if OF_THE_SCHEMA.contains(&name) && of == access.query {
            return;
        }
        let Some(below) = access.possible(&selectable.of) else {
            self.needs.is_unknown |= !field.selection_set.node.items.is_empty();
            return;
        };
        self.selections(&selectable.of, below, &field.selection_set.node);
    }

    fn select(&mut self, selectable: &Selectable) {
        match selectable.rule {
            Asked::Scope(scope) => self.note(&selectable.coordinate, scope),
            Asked::Nothing => {}
            Asked::Unruled => {
                self.needs.unruled.insert(selectable.coordinate.clone());
            }
        }
    }

    fn note(&mut self, coordinate: &Arc<str>, scope: Scope) {
        self.needs.scopes = self.needs.scopes.with(scope);
        self.needs.fields.insert(coordinate.clone(), scope);
    }

    /// A value as the document gives it. What a variable holds is known with the request.
    fn value(&mut self, of: &str, value: &Value) {
        match value {
            Value::Variable(name) if is_guarded_input(&self.access.types, of) => {
                let variable = (name.clone(), of.to_owned());
                self.needs.variables.insert(variable);
            }
            Value::List(items) => {
                for item in items {
                    self.value(of, item);
                }
            }
            Value::Object(object) => {
                for (name, value) in object {
                    let is_null = matches!(value, Value::Null);
                    let Some(field) = self.input_field(of, name, is_null) else {
                        continue;
                    };
                    self.value(&field.of, value);
                }
            }
            _ => {}
        }
    }

    fn constant(&mut self, of: &str, value: &ConstValue) {
        self.value(of, &value.clone().into_value());
    }

    fn input_field(&mut self, of: &str, name: &Name, is_null: bool) -> Option<&'a Given> {
        let access = self.access;
        let Some(Shape::Input { fields, .. }) = access.types.get(of) else {
            return None;
        };
        let field = fields.get(name.as_str())?;
        if let Some(scope) = field.needs.filter(|_| !is_null) {
            self.note(&field.coordinate, scope);
        }
        Some(field)
    }
}
