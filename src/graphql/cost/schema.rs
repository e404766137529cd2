//! The schema as far as costs go: which field leads to which type, and where nothing costs anything any more.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};

use super::price::{self, Price};

/// The types by name.
pub(super) struct Types {
    objects: HashMap<String, Object>,
    /// Interfaces and unions, with the objects that they may be.
    abstracts: HashMap<String, Vec<String>>,
}

/// An object type.
pub(super) struct Object {
    /// Its fields that cost something or lead to some that do.
    pub(super) fields: HashMap<String, Field>,
    /// Itself and the interfaces and unions that it is of.
    names: HashSet<String>,
}

/// A field.
pub(super) struct Field {
    /// What it costs by itself.
    pub(super) price: Price,
    /// What it gives.
    pub(super) of: String,
}

impl Object {
    /// Whether a fragment on this type is about it.
    pub(super) fn is_a(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

impl Types {
    /// Reads the schema's text.
    pub(super) fn read(sdl: &str) -> Self {
        let document =
            parse_schema(sdl).expect("the schema is written by the engine that reads it");
        let mut types = Self {
            objects: HashMap::new(),
            abstracts: HashMap::new(),
        };
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node.to_string();
            match definition.node.kind {
                TypeKind::Object(object) => {
                    for interface in &object.implements {
                        types.may_be(interface.node.as_str(), &name);
                    }
                    let field = |field: &str, of: &Type| Field {
                        price: price::of(&name, field),
                        of: named(of).to_owned(),
                    };
                    let fields = object.fields.iter().map(|it| {
                        let field_name = it.node.name.node.as_str();
                        (field_name.to_owned(), field(field_name, &it.node.ty.node))
                    });
                    let fields = fields.collect();
                    types.objects.insert(
                        name,
                        Object {
                            fields,
                            names: HashSet::new(),
                        },
                    );
                }
                TypeKind::Union(union) => {
                    for member in &union.members {
                        types.may_be(&name, member.node.as_str());
                    }
                }
                _ => {}
            }
        }
        types.add_entities();
        types.name_all();
        types.forget_what_is_free();
        types
    }

    /// An object type.
    pub(super) fn object(&self, name: &str) -> Option<&Object> {
        self.objects.get(name)
    }

    /// The object types that something of this type may be, those aside in which nothing costs anything.
    pub(super) fn possible<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Object> {
        let members = self.abstracts.get(name).into_iter().flatten();
        let own = members.clone().next().is_none().then_some(name);
        let names = members.map(String::as_str).chain(own);
        let objects = names.filter_map(|name| self.objects.get(name));
        objects.filter(|object| !object.fields.is_empty())
    }

    fn may_be(&mut self, name: &str, member: &str) {
        let members = self.abstracts.entry(name.to_owned()).or_default();
        members.push(member.to_owned());
    }

    /// The engine leaves what federation adds out of the text.
    fn add_entities(&mut self) {
        let entities = Field {
            price: price::of("Query", "_entities"),
            of: "Node".to_owned(),
        };
        if let Some(query) = self.objects.get_mut("Query") {
            query.fields.insert("_entities".to_owned(), entities);
        }
        let members = self.abstracts.get("Node").cloned().unwrap_or_default();
        self.abstracts.insert("_Entity".to_owned(), members);
    }

    fn name_all(&mut self) {
        for (name, object) in &mut self.objects {
            object.names.insert(name.clone());
            let of = self.abstracts.iter();
            let of = of.filter(|(_, members)| members.contains(name));
            object.names.extend(of.map(|(of, _)| of.clone()));
        }
    }

    /// Leaves only fields that cost something, or below which something does.
    fn forget_what_is_free(&mut self) {
        let mut costly: HashSet<String> = HashSet::new();
        loop {
            let found: Vec<String> = self
                .objects
                .iter()
                .filter(|(name, _)| !costly.contains(*name))
                .filter(|(_, object)| object.fields.values().any(|it| self.costs(it, &costly)))
                .map(|(name, _)| name.clone())
                .collect();
            if found.is_empty() {
                break;
            }
            costly.extend(found);
        }
        let free: Vec<(String, String)> = self
            .objects
            .iter()
            .flat_map(|(name, object)| {
                let free = object.fields.iter();
                let free = free.filter(|(_, field)| !self.costs(field, &costly));
                free.map(|(field, _)| (name.clone(), field.clone()))
            })
            .collect();
        for (name, field) in free {
            if let Some(object) = self.objects.get_mut(&name) {
                object.fields.remove(&field);
            }
        }
    }

    fn costs(&self, field: &Field, costly: &HashSet<String>) -> bool {
        let members = self.abstracts.get(&field.of).into_iter().flatten();
        field.price != Price::Free
            || costly.contains(&field.of)
            || members.into_iter().any(|member| costly.contains(member))
    }
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named(inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_and_every_write_has_its_price() {
        let sdl = crate::graphql::sdl();
        let types = Types::read(&sdl);
        let document = parse_schema(&sdl).expect("the engine reads what it writes");
        let mut pages = 0;
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let TypeKind::Object(object) = definition.node.kind else {
                continue;
            };
            let name = definition.node.name.node;
            for field in object.fields {
                let has_first = |it: &async_graphql::Positioned<
                    async_graphql::parser::types::InputValueDefinition,
                >| it.node.name.node == "first";
                let is_page = field.node.arguments.iter().any(has_first);
                if !is_page && name != "Mutation" {
                    continue;
                }
                pages += 1;
                let field = field.node.name.node;
                let known = types.object(&name).and_then(|it| it.fields.get(&*field));
                assert!(
                    known.is_some_and(|known| known.price != Price::Free),
                    "{name}.{field}"
                );
            }
        }
        assert!(pages > 10, "{pages}");
    }

    #[test]
    fn what_costs_nothing_is_not_walked() {
        let types = Types::read(&crate::graphql::sdl());
        let fields = |name| types.object(name).map_or(0, |object| object.fields.len());
        for free in ["Person", "PageInfo", "Facilitator", "PlannrReferral"] {
            assert_eq!(fields(free), 0, "{free}");
        }
        let possible = |name| types.possible(name).count();
        assert_eq!((possible("Party"), possible("ReferralDetails")), (0, 1));
    }
}
