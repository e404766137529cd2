//! Every field of every type, asked for by callers with different rights in every workspace. The documents are made from the
//! schema; what needs more than reading referrals is written down here once more, so that no change of the policy goes by
//! unseen.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use pretty_assertions::assert_eq;
use referral_gateway::graphql;
use referral_gateway::graphql::access::Access;
use serde_json::{Value, json};

use super::{SCOPES, Several, WORKSPACES, codes_of};

/// Of whom one may learn who they are.
const PEOPLE: &[&str] = &[
    "Person.remoteId",
    "Person.name",
    "Person.firstName",
    "Person.lastName",
    "Person.email",
    "Person.phone",
    "Person.organization",
    "Query.people",
    "Facilitator.id",
    "Facilitator.remoteId",
    "FeePreview.connectorUserId",
    "IntrozyParty.remoteId",
    "IntrozyParty.firstName",
    "IntrozyParty.lastName",
    "IntrozyParty.email",
    "IntrozyUser.remoteId",
    "IntrozyUser.firstName",
    "IntrozyUser.lastName",
    "IntrozyUser.email",
    "PlannrAccount.remoteId",
    "PlannrAccount.firstName",
    "PlannrAccount.lastName",
    "PlannrAccount.name",
    "PlannrAccount.email",
    "PlannrAccount.photoUrl",
    "PlannrClient.remoteId",
    "PlannrClient.name",
    "PartnerCenterMember.firstName",
    "PartnerCenterMember.lastName",
    "PartnerCenterMember.phoneNumber",
    "PartnerCenterMember.email",
    "PartnerCenterMember.title",
    "PartnerCenterMember.contactPreference",
    "PartnerCenterContactPreference.locale",
    "PartnerCenterContactPreference.disableNotifications",
    "SaasquatchReferral.referralCodeUsed",
    "SaasquatchReferral.shareLinkUsed",
    "SaasquatchFraudSignal.message",
    "SaasquatchReward.accountId",
    "SaasquatchReward.userId",
    "SaasquatchReward.fuelTankCode",
    "SaasquatchUser.remoteId",
    "SaasquatchUser.accountId",
    "SaasquatchUser.lastInitial",
    "SaasquatchUser.referralCode",
    "SaasquatchUser.emailHash",
    "SaasquatchUser.imageUrl",
    "SaasquatchUser.cookieId",
    "SaasquatchUser.paymentProviderId",
    "SaasquatchUser.locale",
    "SaasquatchUser.countryCode",
    "SaasquatchUser.referralSource",
    "SaasquatchUser.firstSeenIp",
    "SaasquatchUser.lastSeenIp",
    "SaasquatchUser.createdAt",
    "SaasquatchUser.blockedAt",
];

/// What vendors wrote in shapes of their own.
const RAW: &[&str] = &[
    "Referral.raw",
    "FeePreview.feePlans",
    "FeePreview.facilitators",
    "PlannrAccount.externalReferences",
    "PartnerCenterRequirements.offers",
    "PartnerCenterRequirements.salesPlays",
    "PartnerCenterRequirements.additionalRequirements",
    "SaasquatchUser.shareLinks",
    "SaasquatchReward.redemptions",
];

/// What a payload tells of the write itself.
const OWN: &[&str] = &[
    "outcome",
    "operation",
    "userErrors",
    "results",
    "removedFacilitatorId",
    "deal",
    "note",
];

/// The schema, for making documents.
struct Schema(HashMap<String, TypeDefinition>);

/// A way to a type: the fields that lead there, each with its arguments, and the fragments between.
#[derive(Clone)]
struct Path {
    opening: String,
    depth: usize,
    /// The fields that are on it.
    coordinates: Vec<String>,
}

fn named(of: &Type) -> String {
    match &of.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => named(inner),
    }
}

impl Schema {
    fn read() -> Self {
        let document = parse_schema(graphql::sdl()).unwrap();
        let types = document
            .definitions
            .into_iter()
            .filter_map(|definition| match definition {
                TypeSystemDefinition::Type(it) => Some((it.node.name.node.to_string(), it.node)),
                _ => None,
            });
        Self(types.collect())
    }

    fn fields(&self, of: &str) -> Vec<&FieldDefinition> {
        match &self.0[of].kind {
            TypeKind::Object(it) => it.fields.iter().map(|field| &field.node).collect(),
            TypeKind::Interface(it) => it.fields.iter().map(|field| &field.node).collect(),
            _ => Vec::new(),
        }
    }

    fn objects(&self) -> BTreeSet<String> {
        let is_object =
            |(_, it): &(&String, &TypeDefinition)| matches!(it.kind, TypeKind::Object(_));
        self.0
            .iter()
            .filter(is_object)
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// A value that is sound to the schema, and to nobody else.
    fn value(&self, of: &Type) -> String {
        let name = match &of.base {
            BaseType::List(inner) => return format!("[{}]", self.value(inner)),
            BaseType::Named(name) => name.as_str(),
        };
        match (name, self.0.get(name).map(|it| &it.kind)) {
            (_, Some(TypeKind::Enum(it))) => it.values[0].node.value.node.to_string(),
            (_, Some(TypeKind::InputObject(input))) => {
                let is_one_of = self.0[name]
                    .directives
                    .iter()
                    .any(|it| it.node.name.node == "oneOf");
                let fields = input.fields.iter().enumerate();
                let given = fields.filter(|(place, field)| {
                    let is_needed =
                        !field.node.ty.node.nullable && field.node.default_value.is_none();
                    is_needed || (is_one_of && *place == 0)
                });
                let given = given.map(|(_, field)| {
                    format!(
                        "{}: {}",
                        field.node.name.node,
                        self.value(&field.node.ty.node)
                    )
                });
                format!("{{ {} }}", given.collect::<Vec<_>>().join(", "))
            }
            ("Int" | "Float", _) => "1".to_owned(),
            ("Boolean", _) => "true".to_owned(),
            ("Date", _) => "\"2026-11-01\"".to_owned(),
            ("DateTime", _) => "\"2026-11-01T09:00:00Z\"".to_owned(),
            ("Decimal", _) => "\"1\"".to_owned(),
            _ => "\"x\"".to_owned(),
        }
    }

    /// A field with all the arguments that it must have.
    fn call(&self, field: &FieldDefinition) -> String {
        let given = field
            .arguments
            .iter()
            .filter(|it| !it.node.ty.node.nullable);
        let given =
            given.map(|it| format!("{}: {}", it.node.name.node, self.value(&it.node.ty.node)));
        let given: Vec<String> = given.collect();
        match given.as_slice() {
            [] => field.name.node.to_string(),
            given => format!("{}({})", field.name.node, given.join(", ")),
        }
    }

    /// A field with what is needed below it.
    fn selected(&self, field: &FieldDefinition) -> String {
        let of = self.0.get(&named(&field.ty.node)).map(|it| &it.kind);
        let is_composite = matches!(
            of,
            Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_))
        );
        let below = if is_composite { " { __typename }" } else { "" };
        format!("{}{below}", self.call(field))
    }

    /// The shortest way to every object type.
    fn paths(&self) -> BTreeMap<String, Path> {
        let mut found = BTreeMap::new();
        let mut ahead = VecDeque::new();
        for (root, keyword) in [("Query", "query"), ("Mutation", "mutation")] {
            let path = Path {
                opening: keyword.to_owned(),
                depth: 0,
                coordinates: Vec::new(),
            };
            ahead.push_back((root.to_owned(), path));
        }
        while let Some((of, path)) = ahead.pop_front() {
            if found.contains_key(&of) {
                continue;
            }
            found.insert(of.clone(), path.clone());
            for field in self.fields(&of) {
                let below = named(&field.ty.node);
                let concrete = match self.0.get(&below).map(|it| &it.kind) {
                    Some(TypeKind::Object(_)) => vec![below.clone()],
                    Some(TypeKind::Union(it)) => {
                        it.members.iter().map(|it| it.node.to_string()).collect()
                    }
                    _ => continue,
                };
                for concrete in concrete {
                    let mut coordinates = path.coordinates.clone();
                    coordinates.push(format!("{of}.{}", field.name.node));
                    let opening = format!("{} {{ {}", path.opening, self.call(field));
                    let (opening, depth) = if concrete == below {
                        (opening, path.depth + 1)
                    } else {
                        (format!("{opening} {{ ... on {concrete}"), path.depth + 2)
                    };
                    ahead.push_back((
                        concrete,
                        Path {
                            opening,
                            depth,
                            coordinates,
                        },
                    ));
                }
            }
        }
        found
    }
}

impl Path {
    fn document(&self, selection: &str) -> String {
        format!(
            "{} {{ {selection} }}{}",
            self.opening,
            " }".repeat(self.depth)
        )
    }
}

/// What a coordinate needs, as this file has it.
fn needs(coordinate: &str) -> Option<&'static str> {
    let (of, field) = coordinate.split_once('.').unwrap();
    if PEOPLE.contains(&coordinate) {
        return Some("people:read");
    }
    if RAW.contains(&coordinate) {
        return Some("raw:read");
    }
    match (of, field) {
        ("Mutation", "moderateReferrals") => Some("referrals:moderate"),
        ("Mutation", "addFacilitator" | "removeFacilitator") => Some("facilitators:write"),
        ("Mutation", _) => Some("referrals:write"),
        ("PageInfo" | "UserError" | "FinanceDeal", _)
        | ("Operation", "idempotencyKey" | "state" | "startedAt" | "settledAt")
        | ("ModerationResult", "referralId" | "outcome" | "userErrors") => None,
        (payload, field) if payload.ends_with("Payload") && OWN.contains(&field) => None,
        _ => Some("referrals:read"),
    }
}

fn lacking(path: &Path, coordinate: &str, scopes: &[&str]) -> BTreeSet<&'static str> {
    let all = path
        .coordinates
        .iter()
        .map(String::as_str)
        .chain([coordinate]);
    let needed = all.filter_map(needs);
    needed
        .filter(|needed| !scopes.contains(needed) && !scopes.contains(&"admin"))
        .collect()
}

#[test]
fn every_field_of_the_schema_has_a_line_in_the_policy() {
    let sdl = graphql::sdl();
    let access = Access::new(&sdl);
    let without: Vec<&str> = access
        .coordinates()
        .filter(|(_, is_ruled)| !is_ruled)
        .map(|(coordinate, _)| coordinate)
        .collect();
    assert_eq!(
        without,
        Vec::<&str>::new(),
        "selected by nobody: add them to a policy"
    );
    // One that no line names is noticed.
    let more = sdl.replacen("type Person {", "type Person {\n\tshoeSize: Int\n", 1);
    let access = Access::new(&more);
    let without: Vec<&str> = access
        .coordinates()
        .filter(|(_, is)| !is)
        .map(|(it, _)| it)
        .collect();
    assert_eq!(without, ["Person.shoeSize"]);
    let document = async_graphql::parser::parse_query(
        "{ people(vendor: PLANNR, search: \"a\") { shoeSize } }",
    );
    let needs = access.needs(&document.unwrap());
    let refused = access.check(&needs, referral_gateway::model::Scopes::ALL, None);
    assert_eq!(&*refused.unwrap_err().fields[0], "Person.shoeSize");
}

#[test]
fn no_line_of_the_policy_is_about_nothing() {
    let schema = Schema::read();
    let known = |coordinate: &str| {
        let (of, field) = coordinate.split_once('.').unwrap();
        schema.fields(of).iter().any(|it| it.name.node == field)
    };
    for coordinate in PEOPLE.iter().chain(RAW) {
        assert!(known(coordinate), "{coordinate}");
    }
    // Only where what was asked with comes back is the interface's own line in force.
    for of in schema.objects() {
        for field in schema.fields(&of) {
            let leads_to_any = named(&field.ty.node) == "Node";
            assert!(!leads_to_any || of == "Query", "{of}.{}", field.name.node);
        }
    }
}

#[tokio::test]
async fn every_field_is_refused_to_those_who_lack_its_scope_and_answered_to_the_others() {
    let several = Several::start().await;
    let schema = Schema::read();
    let paths = schema.paths();
    assert_eq!(
        paths.keys().cloned().collect::<BTreeSet<_>>(),
        schema.objects()
    );
    let mut refused = 0;
    for workspace in WORKSPACES {
        for (name, scopes) in SCOPES {
            for (of, path) in &paths {
                let (mut allowed, mut fields) = (Vec::new(), Vec::new());
                for field in schema.fields(of) {
                    let coordinate = format!("{of}.{}", field.name.node);
                    let lacking = lacking(path, &coordinate, scopes);
                    if lacking.is_empty() {
                        allowed.push(schema.selected(field));
                        continue;
                    }
                    fields.push((path.document(&schema.selected(field)), coordinate, lacking));
                }
                for (document, coordinate, lacking) in fields {
                    let before = several.calls();
                    let answer = several.ask(workspace, name, &document).await;
                    assert_eq!(
                        codes_of(&answer),
                        ["FORBIDDEN"],
                        "{name} {coordinate}: {document}"
                    );
                    let named: BTreeSet<&str> = answer["errors"][0]["extensions"]["scopes"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|it| it.as_str().unwrap())
                        .collect();
                    assert_eq!(named, lacking, "{name} {coordinate}");
                    assert_eq!(answer.get("data"), None);
                    assert_eq!(several.calls(), before, "{coordinate}");
                    refused += 1;
                }
                if !allowed.is_empty() {
                    let document = path.document(&allowed.join(" "));
                    let answer = several.ask(workspace, name, &document).await;
                    assert!(
                        !codes_of(&answer).contains(&"FORBIDDEN".to_owned()),
                        "{name} {of}: {answer:#}"
                    );
                    let is_valid = answer.get("data").is_some();
                    assert!(is_valid, "{name} {of}: {document} {answer:#}");
                }
            }
        }
    }
    assert!(refused > 1_000, "{refused}");
}

#[tokio::test]
async fn the_schema_itself_is_for_those_who_may_read_it() {
    let several = Several::start().await;
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Referral\") { fields { name } } }",
        "{ _service { sdl } }",
    ] {
        for (name, scopes) in SCOPES {
            let answer = several.ask("acme", name, query).await;
            if scopes.contains(&"schema:read") || scopes.contains(&"admin") {
                assert_eq!(answer.get("errors"), None, "{name}: {answer:#}");
            } else {
                assert_eq!(codes_of(&answer), ["FORBIDDEN"], "{name}");
            }
        }
    }
}

/// Ways around the policy that do not work.
#[tokio::test]
async fn no_detour_leads_to_what_is_refused() {
    let several = Several::start().await;
    let ask = async |query: &str, variables: Value| {
        several.ask_with("acme", "reader", query, variables).await
    };
    let nothing = json!({});
    let refused = [
        (
            "{ referrals { nodes { facilitators { nodes { ... on Node { id } } } } } }",
            nothing.clone(),
        ),
        (
            "{ referrals { nodes { ...a } } } fragment a on Referral { ...b } fragment b on Referral { raw }",
            nothing.clone(),
        ),
        (
            "{ referrals { nodes { ... on Node { ... on Referral { raw } } } } }",
            nothing.clone(),
        ),
        (
            "query A { __typename } query B { referrals { nodes { raw } } }",
            nothing.clone(),
        ),
        (
            "{ referrals { nodes { x: raw @skip(if: true) } } }",
            nothing.clone(),
        ),
        (
            "query($y: Boolean = false) { referrals { nodes { raw @include(if: $y) } } }",
            nothing.clone(),
        ),
        (
            "{ _entities(representations: [{ __typename: \"Facilitator\", id: \"x\" }]) { ... on Facilitator { id } } }",
            nothing.clone(),
        ),
        (
            "{ _entities(representations: []) { ... on Referral { referrer { ... on Person { email } } } } }",
            nothing.clone(),
        ),
        (
            "{ nodes(ids: []) { ... on Facilitator { party { ... on Person { name } } } } }",
            nothing.clone(),
        ),
        (
            "{ referrals(filter: { email: \"a@b.example\" }) { totalCount } }",
            nothing.clone(),
        ),
        (
            "{ referrals(filter: { search: \"Ada\" }) { totalCount } }",
            nothing.clone(),
        ),
        (
            "query($f: ReferralFilter) { referrals(filter: $f) { totalCount } }",
            json!({ "f": { "email": "a@b.example" } }),
        ),
        (
            "query($f: ReferralFilter = { search: \"Ada\" }) { referrals(filter: $f) { totalCount } }",
            nothing.clone(),
        ),
        (
            "query($e: String) { referrals(filter: { email: $e }) { totalCount } }",
            nothing.clone(),
        ),
        (
            "mutation { addFacilitator(input: { referralId: \"x\", party: { userId: \"x\" }, role: CONNECTOR }) { outcome } }",
            nothing.clone(),
        ),
    ];
    let before = several.calls();
    for (query, variables) in refused {
        let body = json!({ "query": query, "variables": variables, "operationName": if query.contains("query A") { json!("A") } else { Value::Null } });
        let answer = several
            .post(&super::key_of("acme", "reader"), &body)
            .await
            .json;
        assert_eq!(codes_of(&answer), ["FORBIDDEN"], "{query}: {answer:#}");
        assert_eq!(answer.get("data"), None, "{query}");
    }
    assert_eq!(several.calls(), before);
    let allowed = [
        (
            "query($f: ReferralFilter) { referrals(filter: $f) { totalCount } }",
            json!({ "f": { "vendors": [], "email": null } }),
        ),
        ("{ node(id: \"x\") { id __typename } }", nothing.clone()),
        (
            "{ referrals(first: 1) { nodes { __typename referrer { __typename ... on Organization { name } } } } }",
            nothing,
        ),
    ];
    for (query, variables) in allowed {
        let answer = ask(query, variables).await;
        assert!(
            !codes_of(&answer).contains(&"FORBIDDEN".to_owned()),
            "{query}: {answer:#}"
        );
    }
}
