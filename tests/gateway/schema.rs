//! The exported schema: kept in the repository, true to the contract, and described throughout.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    ServiceDocument, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use pretty_assertions::assert_eq;
use referral_gateway::config::Config;
use referral_gateway::graphql;

#[test]
fn the_schema_in_the_repository_is_the_one_that_is_served() {
    let kept = include_str!("../../schema.graphql");
    assert!(
        kept == graphql::sdl(),
        "schema.graphql is out of date: run `make schema`"
    );
}

#[test]
fn the_configuration_reference_in_the_repository_is_the_one_that_is_read() {
    let kept = include_str!("../../docs/config.schema.json");
    let made = format!("{:#}\n", Config::json_schema());
    assert!(
        kept == made,
        "docs/config.schema.json is out of date: run `make schema`"
    );
}

fn types(document: &ServiceDocument) -> HashMap<&str, &TypeDefinition> {
    let definitions = document
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => {
                Some((definition.node.name.node.as_str(), &definition.node))
            }
            _ => None,
        });
    definitions.collect()
}

/// Every name of a type with what the contract says of it: members, implemented interfaces, types of fields and
/// arguments, enum values.
fn facts(definition: &TypeDefinition) -> Vec<String> {
    let mut facts = Vec::new();
    let mut fields =
        |fields: &[async_graphql::Positioned<async_graphql::parser::types::FieldDefinition>]| {
            for field in fields {
                facts.push(format!("{}: {}", field.node.name, field.node.ty));
                for argument in &field.node.arguments {
                    let default = argument
                        .node
                        .default_value
                        .as_ref()
                        .map(|value| format!(" = {value}"))
                        .unwrap_or_default();
                    facts.push(format!(
                        "{}({}: {}{default})",
                        field.node.name, argument.node.name, argument.node.ty
                    ));
                }
            }
        };
    match &definition.kind {
        TypeKind::Scalar => {}
        TypeKind::Object(object) => {
            fields(&object.fields);
            facts.extend(
                object
                    .implements
                    .iter()
                    .map(|interface| format!("implements {interface}")),
            );
        }
        TypeKind::Interface(interface) => fields(&interface.fields),
        TypeKind::Union(union) => facts.extend(
            union
                .members
                .iter()
                .map(|member| format!("member {member}")),
        ),
        TypeKind::Enum(values) => facts.extend(
            values
                .values
                .iter()
                .map(|value| format!("value {}", value.node.value)),
        ),
        TypeKind::InputObject(input) => {
            for field in &input.fields {
                let default = field
                    .node
                    .default_value
                    .as_ref()
                    .map(|value| format!(" = {value}"))
                    .unwrap_or_default();
                facts.push(format!("{}: {}{default}", field.node.name, field.node.ty));
            }
        }
    }
    facts
}

#[test]
fn every_name_of_the_contract_is_in_the_schema_with_its_type() {
    let contract = parse_schema(include_str!("contract.graphql")).unwrap();
    let sdl = graphql::sdl();
    let schema = parse_schema(&sdl).unwrap();
    let served = types(&schema);
    let mut missing = Vec::new();
    for (name, definition) in types(&contract) {
        let Some(served) = served.get(name) else {
            missing.push(name.to_owned());
            continue;
        };
        let have = facts(served);
        missing.extend(
            facts(definition)
                .into_iter()
                .filter(|fact| !have.contains(fact))
                .map(|fact| format!("{name}.{fact}")),
        );
    }
    missing.sort();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_item_of_the_schema_is_described() {
    let sdl = graphql::sdl();
    let schema = parse_schema(&sdl).unwrap();
    let mut bare = Vec::new();
    for (name, definition) in types(&schema) {
        if name.starts_with('_') || ["ID", "String", "Int", "Float", "Boolean"].contains(&name) {
            continue;
        }
        if definition.description.is_none() {
            bare.push(name.to_owned());
        }
        let fields = match &definition.kind {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            _ => &Vec::new(),
        };
        for field in fields
            .iter()
            .filter(|field| !field.node.name.node.starts_with('_'))
        {
            if field.node.description.is_none() {
                bare.push(format!("{name}.{}", field.node.name));
            }
            let arguments = field
                .node
                .arguments
                .iter()
                .filter(|argument| argument.node.description.is_none());
            bare.extend(
                arguments
                    .map(|argument| format!("{name}.{}({})", field.node.name, argument.node.name)),
            );
        }
        match &definition.kind {
            TypeKind::Enum(values) => {
                let values = values
                    .values
                    .iter()
                    .filter(|value| value.node.description.is_none());
                bare.extend(values.map(|value| format!("{name}.{}", value.node.value)));
            }
            TypeKind::InputObject(input) => {
                let fields = input
                    .fields
                    .iter()
                    .filter(|field| field.node.description.is_none());
                bare.extend(fields.map(|field| format!("{name}.{}", field.node.name)));
            }
            _ => {}
        }
    }
    bare.sort();
    assert_eq!(bare, Vec::<String>::new());
}

#[test]
fn only_what_has_a_global_id_has_a_field_called_id() {
    // Caches of Apollo Client, urql and Relay take two objects of the same `id` for one and merge their fields.
    let sdl = graphql::sdl();
    let schema = parse_schema(&sdl).unwrap();
    let mut others = Vec::new();
    for (name, definition) in types(&schema) {
        if let TypeKind::Object(object) = &definition.kind
            && object
                .fields
                .iter()
                .any(|field| field.node.name.node == "id")
            && !object
                .implements
                .iter()
                .any(|interface| interface.node == "Node")
        {
            others.push(name.to_owned());
        }
    }
    others.sort();
    assert_eq!(others, Vec::<String>::new());
}

#[test]
fn the_schema_is_a_federated_subgraph_with_four_entities() {
    let sdl = graphql::sdl();
    assert!(
        sdl.contains("https://specs.apollo.dev/federation/v2"),
        "no federation link"
    );
    for entity in ["Referral", "Facilitator", "Connection", "Engagement"] {
        assert!(
            sdl.contains(&format!(
                "type {entity} implements Node @key(fields: \"id\")"
            )),
            "{entity} is no entity"
        );
    }
}
