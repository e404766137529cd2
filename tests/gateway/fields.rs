//! Every field of the schema answers: a query of everything, over every referral of the sandbox, and a look at which
//! fields ever had a value.

use std::collections::{BTreeSet, HashMap};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use pretty_assertions::assert_eq;
use referral_gateway::graphql;
use serde_json::{Value, json};

use crate::harness::{Options, World};

/// Types that are looked at once, where they are the subject, and by their id elsewhere.
const SUBJECTS: [&str; 4] = ["Referral", "Connection", "Engagement", "Facilitator"];

struct Everything {
    types: HashMap<String, TypeDefinition>,
}

impl Everything {
    fn read() -> Self {
        let document = parse_schema(graphql::sdl()).unwrap();
        let types = document
            .definitions
            .into_iter()
            .filter_map(|definition| match definition {
                TypeSystemDefinition::Type(definition) => {
                    Some((definition.node.name.node.to_string(), definition.node))
                }
                _ => None,
            });
        Self {
            types: types.collect(),
        }
    }

    /// A selection of every field below this type that needs no argument.
    fn selection(&self, name: &str, inside: &[&str]) -> String {
        let Some(definition) = self.types.get(name) else {
            return String::new();
        };
        match &definition.kind {
            TypeKind::Object(object)
                if SUBJECTS.contains(&name)
                    && !inside.is_empty()
                    && inside.contains(&"subject") =>
            {
                assert!(!object.fields.is_empty());
                "{ __typename id }".to_owned()
            }
            TypeKind::Object(object) => {
                let mut below = inside.to_vec();
                if SUBJECTS.contains(&name) {
                    below.push("subject");
                }
                let fields = object.fields.iter().map(|field| {
                    let inner = self.selection(base(&field.node.ty.node), &below);
                    // Fields of one name and different types meet in a union: an alias keeps them apart.
                    format!("{name}_{0}: {0} {inner}", field.node.name)
                });
                format!("{{ __typename {} }}", fields.collect::<Vec<_>>().join(" "))
            }
            TypeKind::Union(union) => {
                let members = union.members.iter().map(|member| {
                    format!(
                        "... on {0} {1}",
                        member.node,
                        self.selection(&member.node, inside)
                    )
                });
                format!("{{ __typename {} }}", members.collect::<Vec<_>>().join(" "))
            }
            _ => String::new(),
        }
    }

    /// Every field that can be reached from these types, as `Type.field`.
    fn fields(&self, roots: &[&str]) -> BTreeSet<String> {
        let (mut found, mut seen, mut todo) = (
            BTreeSet::new(),
            BTreeSet::new(),
            roots
                .iter()
                .map(|root| (*root).to_owned())
                .collect::<Vec<_>>(),
        );
        while let Some(name) = todo.pop() {
            let Some(definition) = self.types.get(&name).filter(|_| seen.insert(name.clone()))
            else {
                continue;
            };
            match &definition.kind {
                TypeKind::Object(object) => {
                    for field in &object.fields {
                        found.insert(format!("{name}.{}", field.node.name));
                        todo.push(base(&field.node.ty.node).to_owned());
                    }
                }
                TypeKind::Union(union) => {
                    todo.extend(union.members.iter().map(|member| member.node.to_string()));
                }
                _ => {}
            }
        }
        found
    }
}

fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base(inner),
    }
}

/// Notes every `Type_field` alias whose value says something.
fn note(value: &Value, seen: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (alias, value) in fields {
                if let Some((of, field)) = alias.split_once('_').filter(|(of, _)| !of.is_empty())
                    && !value.is_null()
                    && value.as_array().is_none_or(|list| !list.is_empty())
                {
                    seen.insert(format!("{of}.{field}"));
                }
                note(value, seen);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| note(item, seen)),
        _ => {}
    }
}

/// What shows only when something is amiss, or in another of the forms that the vendor documents.
async fn amiss(world: &World, everything: &Everything) -> Value {
    let switched = world
        .sandbox
        .set_switch("introzy", "stage_shape", "reference");
    switched.unwrap();
    let refusing = world.sandbox.set_switch("plannr", "rate_limit", "refuse");
    refusing.unwrap();
    world.hand.advance(std::time::Duration::from_hours(2));
    let selection = everything.selection("ReferralPage", &[]);
    let filter = "filter: { vendors: [INTROZY, PLANNR] }";
    let query = format!("{{ referrals(first: 100, {filter}) {selection} }}");
    world.data(&query).await
}

#[tokio::test]
async fn every_field_of_every_type_answers_and_has_a_value_somewhere() {
    let world = World::with(Options {
        toml: "[server]\nmax_document_tokens = 20000\n[requests]\nmax_aliases = 5000",
        ..Options::default()
    })
    .await;
    let everything = Everything::read();
    let mut seen = BTreeSet::new();

    for vendor in ["INTROZY", "PLANNR", "PARTNER_CENTER", "SAASQUATCH"] {
        let selection = everything.selection("ReferralPage", &[]);
        let query =
            format!("{{ referrals(first: 100, filter: {{ vendors: [{vendor}] }}) {selection} }}");
        let data = world.data(&query).await;
        let rows = data["referrals"]["ReferralPage_nodes"]
            .as_array()
            .unwrap()
            .len();
        assert!(rows >= 60, "{vendor} has {rows} referrals");
        note(&data, &mut seen);
    }
    let connections = world
        .data(&format!(
            "{{ connections(first: 100) {} }}",
            everything.selection("ConnectionPage", &[])
        ))
        .await;
    note(&connections, &mut seen);
    note(
        &world
            .data(&format!(
                "{{ vendors {} }}",
                everything.selection("VendorStatus", &[])
            ))
            .await,
        &mut seen,
    );

    let facilitator = everything.selection("Facilitator", &[]);
    let rows = format!(
        "{{ referrals(first: 100, filter: {{ vendors: [INTROZY, PARTNER_CENTER] }}) {{ nodes {{ facilitators {{ nodes {facilitator} }} engagement {{ id }} }} }} }}"
    );
    let rows = world.data(&rows).await;
    note(&rows, &mut seen);
    let rows = rows["referrals"]["nodes"].as_array().unwrap();
    let by_itself =
        format!("query($id: ID!) {{ node(id: $id) {{ ... on Facilitator {facilitator} }} }}");
    for id in rows
        .iter()
        .filter_map(|row| row["facilitators"]["nodes"][0]["Facilitator_id"].as_str())
        .take(20)
    {
        note(
            &world.data_with(&by_itself, json!({ "id": id })).await,
            &mut seen,
        );
    }
    let engagement = rows
        .iter()
        .find_map(|row| row["engagement"]["id"].as_str())
        .unwrap();
    let query = format!(
        "query($id: ID!) {{ engagement(id: $id) {} }}",
        everything.selection("Engagement", &[])
    );
    note(
        &world.data_with(&query, json!({ "id": engagement })).await,
        &mut seen,
    );
    for vendor in ["INTROZY", "PLANNR", "SAASQUATCH"] {
        let query = format!(
            "{{ people(vendor: {vendor}, search: \"a\", first: 50) {} }}",
            everything.selection("Person", &[])
        );
        note(&world.data(&query).await, &mut seen);
    }

    let amiss = amiss(&world, &everything).await;
    note(&amiss, &mut seen);
    let selection = everything.selection("VendorStatus", &[]);
    let vendors = world.data(&format!("{{ vendors {selection} }}")).await;
    note(&vendors, &mut seen);

    let roots = [
        "ReferralPage",
        "ConnectionPage",
        "VendorStatus",
        "Facilitator",
        "Engagement",
        "Person",
    ];
    let silent: Vec<String> = everything
        .fields(&roots)
        .difference(&seen)
        .cloned()
        .collect();
    assert_eq!(
        silent,
        Vec::<String>::new(),
        "fields without a value in the whole sandbox"
    );
}

#[tokio::test]
async fn every_field_of_the_root_answers() {
    let world = World::start().await;
    let first = world.data("{ referrals(first: 30) { nodes { id connection { id } engagement { id } } pageInfo { endCursor } } connections(first: 1) { pageInfo { endCursor } } }").await;
    let nodes = first["referrals"]["nodes"].as_array().unwrap();
    let some = |field: &str| {
        nodes
            .iter()
            .find_map(|node| node[field]["id"].as_str())
            .unwrap()
            .to_owned()
    };
    let variables = json!({
        "referral": nodes[0]["id"], "connection": some("connection"), "engagement": some("engagement"),
        "after": first["referrals"]["pageInfo"]["endCursor"], "afterConnection": first["connections"]["pageInfo"]["endCursor"],
    });
    let query = "query($referral: ID!, $connection: ID!, $engagement: ID!, $after: String, $afterConnection: String) {
        node(id: $referral) { id ... on Referral { vendor } }
        nodes(ids: [$referral, $connection, $engagement]) { __typename id }
        referral(id: $referral) { id }
        referrals(first: 5, after: $after, orderBy: { field: CREATED_AT }) { nodes { id } pageInfo { hasPreviousPage } }
        connection(id: $connection) { id referrals(first: 2) { nodes { id } } }
        connections(first: 5, after: $afterConnection) { nodes { id } }
        engagement(id: $engagement) { id referrals { totalCount nodes { id } } }
        operation(idempotencyKey: \"nothing\") { state }
        vendors { vendor capabilities }
        people(vendor: INTROZY, search: \"ada\") { remoteId email }
    }";
    let data = world.data_with(query, variables.clone()).await;
    assert_eq!(data["node"]["id"], variables["referral"]);
    let kinds: Vec<&str> = data["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["__typename"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["Referral", "Connection", "Engagement"]);
    assert_eq!(data["referrals"]["nodes"].as_array().map(Vec::len), Some(5));
    assert_eq!(data["referrals"]["pageInfo"]["hasPreviousPage"], true);
    assert_eq!(data["connection"]["id"], variables["connection"]);
    assert!(data["engagement"]["referrals"]["totalCount"].as_i64() >= Some(1));
    assert_eq!(data["operation"], Value::Null);
    assert_eq!(data["people"][0]["email"], "ada.okoro@example.test");
}

#[tokio::test]
async fn the_merged_list_joins_all_vendors_newest_first() {
    let world = World::start().await;
    let data = world.data("{ referrals(first: 100) { nodes { vendor remoteId createdAt } sources { vendor status } } }").await;
    let nodes = data["referrals"]["nodes"].as_array().unwrap();
    let vendors: BTreeSet<&str> = nodes
        .iter()
        .map(|node| node["vendor"].as_str().unwrap())
        .collect();
    assert_eq!(vendors.len(), 4);
    let times: Vec<jiff::Timestamp> = nodes
        .iter()
        .map(|node| node["createdAt"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(times.is_sorted_by(|one, other| one >= other), "{times:?}");
}

#[tokio::test]
async fn what_a_vendor_cannot_do_is_null_without_an_error() {
    let world = World::start().await;
    for (vendor, fields) in [
        (
            "INTROZY",
            "direction connection { id } engagement { id } moderation { status } expiresAt externalReference",
        ),
        (
            "PLANNR",
            "name value { amount } stage { label } facilitators { totalCount } notes { totalCount } engagement { id } moderation { status }",
        ),
        (
            "PARTNER_CENTER",
            "notes { totalCount } connection { id } moderation { status }",
        ),
        (
            "SAASQUATCH",
            "name value { amount } direction recipient { __typename } facilitators { totalCount } notes { totalCount } connection { id } engagement { id } expiresAt",
        ),
    ] {
        let data = world.data(&format!("{{ referrals(first: 100, filter: {{ vendors: [{vendor}] }}) {{ nodes {{ {fields} }} }} }}")).await;
        for node in data["referrals"]["nodes"].as_array().unwrap() {
            assert!(
                node.as_object().unwrap().values().all(Value::is_null),
                "{vendor}: {node:#}"
            );
        }
    }
    assert_eq!(
        world
            .data("{ people(vendor: PARTNER_CENTER, search: \"ada\") { name } }")
            .await,
        json!({ "people": null })
    );
}
