//! What a request is said to cost is never less than what it takes, and not absurdly more.

use std::time::Duration;

use fastrand::Rng;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{Options, World};

const VENDORS: [&str; 4] = ["introzy", "plannr", "partner-center", "saasquatch"];

/// Under this name every row of a generated query tells its type, so that rows can be counted.
const ROW: &str = "row: __typename";

#[derive(Clone, Copy)]
struct Told {
    calls: u64,
    rows: u64,
}

/// What a query is said to cost, and what it takes when nothing is remembered.
async fn measured(world: &World, query: &str, variables: &Value) -> Option<(Told, Told)> {
    // Past every time for which anything is kept.
    world.hand.advance(Duration::from_hours(2));
    let before: usize = world.calls().values().sum();
    let body = json!({ "query": query, "variables": variables, "extensions": { "cost": true } });
    let answer = world.post(&body).await.json;
    let told = &answer["extensions"]["cost"];
    if told.is_null() {
        let message = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(
            message.contains("cost") || message.contains("more than"),
            "{query}\n{answer:#}"
        );
        return None;
    }
    assert!(
        answer["data"].is_object() || answer["errors"][0]["path"].is_array(),
        "{query}\n{answer:#}"
    );
    let after: usize = world.calls().values().sum();
    let number = |name: &str| told[name].as_u64().unwrap();
    let told = Told {
        calls: number("calls"),
        rows: number("rows"),
    };
    let took = Told {
        calls: (after - before) as u64,
        rows: rows(&answer["data"]),
    };
    Some((told, took))
}

fn rows(value: &Value) -> u64 {
    match value {
        Value::Array(items) => items.iter().map(rows).sum(),
        Value::Object(fields) => {
            u64::from(fields.contains_key("row")) + fields.values().map(rows).sum::<u64>()
        }
        _ => 0,
    }
}

/// The ids of everything that there is.
struct Ids {
    referrals: Vec<String>,
    connections: Vec<String>,
    engagements: Vec<String>,
    facilitators: Vec<String>,
}

impl Ids {
    async fn of(world: &World) -> Self {
        let mut ids = Self {
            referrals: Vec::new(),
            connections: Vec::new(),
            engagements: Vec::new(),
            facilitators: Vec::new(),
        };
        let query = "{ referrals(first: 100) { nodes { id engagement { id } connection { id } facilitators { nodes { id } } } } connections { nodes { id } } }";
        // A list that is longer than what is read of it comes with an error.
        let data = world.query(query).await["data"].take();
        let id = |value: &Value| value["id"].as_str().map(str::to_owned);
        for row in data["referrals"]["nodes"].as_array().unwrap() {
            ids.referrals.extend(id(row));
            ids.engagements.extend(id(&row["engagement"]));
            ids.connections.extend(id(&row["connection"]));
            let below = row["facilitators"]["nodes"].as_array();
            ids.facilitators
                .extend(below.into_iter().flatten().filter_map(id));
        }
        ids
    }

    fn any(&self, rng: &mut Rng) -> String {
        let kinds = [
            &self.referrals,
            &self.connections,
            &self.engagements,
            &self.facilitators,
        ];
        let kind = kinds[rng.usize(..4)];
        match rng.u8(..12) {
            0 => "nonsense".to_owned(),
            _ => one(rng, kind),
        }
    }
}

fn one(rng: &mut Rng, of: &[String]) -> String {
    of[rng.usize(..of.len())].clone()
}

/// Queries with whatever costs something in them.
struct Generator<'a> {
    rng: Rng,
    ids: &'a Ids,
    aliases: usize,
}

impl Generator<'_> {
    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("a{}", self.aliases)
    }

    fn first(&mut self) -> String {
        match self.rng.u8(..5) {
            0 => String::new(),
            1 => "(first: 100)".to_owned(),
            2 => "(first: $n)".to_owned(),
            _ => format!("(first: {})", self.rng.u8(1..30)),
        }
    }

    fn page(&mut self, node: &str) -> String {
        match self.rng.u8(..6) {
            0 => format!("edges {{ cursor node {{ {node} }} }}"),
            1 => format!("nodes {{ {node} }} totalCount"),
            2 => format!("... {{ nodes {{ {node} }} }} pageInfo {{ hasNextPage }}"),
            3 => "totalCount".to_owned(),
            _ => format!("nodes {{ {node} }}"),
        }
    }

    fn referral(&mut self, depth: u8) -> String {
        let mut fields = ROW.to_owned();
        for _ in 0..self.rng.u8(1..4) {
            let (alias, first) = (self.alias(), self.first());
            let field = match self.rng.u8(..10) {
                0 => "id status name".to_owned(),
                1 => "referrer { __typename ... on Person { name } }".to_owned(),
                2 => "referred { __typename }".to_owned(),
                3 => {
                    let page = self.page(ROW);
                    format!("{alias}: facilitators{first} {{ {page} }}")
                }
                4 => format!("{alias}: notes{first} {{ nodes {{ {ROW} }} }}"),
                5 => "details { ... on IntrozyReferral { feePreview { isConverted } } }".to_owned(),
                6 if depth > 0 => {
                    let below = self.connection(depth - 1);
                    format!("{alias}: connection {{ {below} }}")
                }
                7 if depth > 0 => {
                    let below = self.referral(depth - 1);
                    let page = self.page(&below);
                    format!("engagement {{ {alias}: referrals{first} {{ {page} }} }}")
                }
                8 => "... on Referral @include(if: $yes) { connection @skip(if: $yes) { id } }"
                    .to_owned(),
                _ => "createdAt raw".to_owned(),
            };
            fields = format!("{fields} {field}");
        }
        fields
    }

    fn connection(&mut self, depth: u8) -> String {
        if depth == 0 || self.rng.bool() {
            return format!("{ROW} id status");
        }
        let (alias, first) = (self.alias(), self.first());
        let below = self.referral(depth - 1);
        let page = self.page(&below);
        format!("{ROW} {alias}: referrals{first} {{ {page} }}")
    }

    /// What may be selected of anything with an id.
    fn anything(&mut self) -> String {
        let (referral, connection) = (self.referral(1), self.connection(1));
        let below = self.referral(0);
        format!(
            "{ROW} ... on Referral {{ {referral} }} ... on Connection {{ {connection} }} ... on Engagement {{ e: referrals(first: 3) {{ nodes {{ {below} }} }} }} ... on Facilitator {{ id }}"
        )
    }

    fn filter(&mut self) -> String {
        let connection = one(&mut self.rng, &self.ids.connections);
        let engagement = one(&mut self.rng, &self.ids.engagements);
        match self.rng.u8(..10) {
            0 => "vendors: [PLANNR]".to_owned(),
            1 => "vendors: [SAASQUATCH, INTROZY]".to_owned(),
            2 => "search: \"a\"".to_owned(),
            3 => "email: \"nobody@example.test\"".to_owned(),
            4 => "status: [PENDING]".to_owned(),
            5 => format!("connectionId: \"{connection}\""),
            6 => format!("engagementId: \"{engagement}\""),
            7 => "createdAfter: \"2026-01-01T00:00:00Z\"".to_owned(),
            8 => "direction: RECEIVED, updatedBefore: \"2026-06-01T00:00:00Z\"".to_owned(),
            _ => String::new(),
        }
    }

    fn root(&mut self) -> String {
        let alias = self.alias();
        match self.rng.u8(..9) {
            0..=2 => {
                let (filter, below) = (self.filter(), self.referral(2));
                let first = self.first().replace('(', "").replace(')', ",");
                let order =
                    ["", "orderBy: { field: UPDATED_AT, direction: ASC }"][self.rng.usize(..2)];
                let page = self.page(&below);
                format!("{alias}: referrals({first} filter: {{ {filter} }} {order}) {{ {page} }}")
            }
            3 => {
                let (first, below) = (self.first(), self.connection(2));
                let page = self.page(&below);
                format!("{alias}: connections{first} {{ {page} }}")
            }
            4 => {
                let (id, below) = (self.ids.any(&mut self.rng), self.anything());
                format!("{alias}: node(id: \"{id}\") {{ {below} }}")
            }
            5 => {
                let ids: Vec<_> = (0..self.rng.usize(..8))
                    .map(|_| self.ids.any(&mut self.rng))
                    .collect();
                let (ids, below) = (json!(ids), self.anything());
                format!("{alias}: nodes(ids: {ids}) {{ {below} }}")
            }
            6 => {
                let below = self.referral(1);
                let key = |id: String| format!("{{__typename: \"Referral\", id: \"{id}\"}}");
                let keys: Vec<_> = (0..self.rng.usize(..8))
                    .map(|_| key(one(&mut self.rng, &self.ids.referrals)))
                    .collect();
                let keys = keys.join(", ");
                format!(
                    "{alias}: _entities(representations: [{keys}]) {{ ... on Referral {{ {below} }} }}"
                )
            }
            7 => format!("{alias}: vendors {{ {ROW} stages {{ label }} health }}"),
            _ => {
                let vendor =
                    ["INTROZY", "PLANNR", "SAASQUATCH", "PARTNER_CENTER"][self.rng.usize(..4)];
                format!(
                    "{alias}: people(vendor: {vendor}, search: \"an\", first: {}) {{ {ROW} }}",
                    self.rng.u8(1..20)
                )
            }
        }
    }

    fn query(&mut self) -> String {
        let roots: Vec<_> = (0..self.rng.u8(1..4)).map(|_| self.root()).collect();
        let roots = roots.join(" ");
        // A variable that nothing uses is a mistake.
        let n = if roots.contains("$n") {
            "$n: Int = 7"
        } else {
            ""
        };
        let yes = if roots.contains("$yes") {
            "$yes: Boolean! = true"
        } else {
            ""
        };
        match (n, yes) {
            ("", "") => format!("{{ {roots} }}"),
            _ => format!("query({n} {yes}) {{ {roots} }}"),
        }
    }
}

async fn check_bounds(world: &World, seed: u64, cases: usize) {
    let ids = Ids::of(world).await;
    let mut generator = Generator {
        rng: Rng::with_seed(seed),
        ids: &ids,
        aliases: 0,
    };
    let mut executed = 0;
    for case in 0..cases {
        let query = generator.query();
        let variables = match case % 3 {
            0 => json!({}),
            1 => json!({ "n": 3, "yes": false }),
            _ => json!({ "n": 40 }),
        };
        let Some((told, took)) = measured(world, &query, &variables).await else {
            continue;
        };
        executed += 1;
        assert!(
            took.calls <= told.calls,
            "{} calls were told, and {} made: {query}",
            told.calls,
            took.calls
        );
        assert!(
            took.rows <= told.rows,
            "{} rows were told, and {} given: {query}",
            told.rows,
            took.rows
        );
    }
    assert!(
        executed * 2 > cases,
        "only {executed} of {cases} were executed"
    );
}

#[tokio::test]
async fn no_query_takes_more_calls_or_rows_than_it_is_told_to_cost() {
    let world = World::start().await;
    check_bounds(&world, 1, 120).await;
}

#[tokio::test]
async fn nor_does_one_whose_lists_are_longer_than_what_is_read_of_them() {
    let world = World::with(Options {
        toml: "[cache]\nmax_scan = 150",
        ..Options::default()
    })
    .await;
    for vendor in VENDORS {
        world.sandbox.resize(vendor, 420).unwrap();
    }
    check_bounds(&world, 2, 60).await;
}

#[tokio::test]
async fn a_write_takes_no_more_calls_than_it_is_told_to_cost() {
    let world = World::start().await;
    let data = world
        .data("{ referrals(first: 100) { nodes { id allowedActions } } }")
        .await;
    let rows = data["referrals"]["nodes"].as_array().unwrap();
    let open = rows.iter().filter(|row| {
        let actions = row["allowedActions"].as_array().unwrap();
        actions.iter().any(|action| action == "APPROVE")
    });
    let decisions: Vec<Value> = open
        .map(|row| json!({ "referralId": row["id"], "decision": "APPROVE" }))
        .collect();
    assert!(decisions.len() > 2, "{data:#}");
    let writes = [
        (
            "mutation($input: ModerateReferralsInput!) { moderateReferrals(input: $input) { results { row: __typename outcome referral { row: __typename status notes { nodes { row: __typename } } } } } }",
            json!({ "input": { "decisions": decisions } }),
        ),
        (
            "mutation($input: RequestConnectionInput!) { requestConnection(input: $input) { outcome connection { row: __typename referrals { nodes { row: __typename } } } } }",
            json!({ "input": { "adviserKey": "ABCD1234" } }),
        ),
    ];
    for (query, variables) in writes {
        let (told, took) = measured(&world, query, &variables).await.unwrap();
        assert!(
            took.calls <= told.calls,
            "{} {}: {query}",
            took.calls,
            told.calls
        );
        assert!(
            took.rows <= told.rows,
            "{} {}: {query}",
            took.rows,
            told.rows
        );
        assert!(took.calls > 0);
    }
}

/// What people ask for: the README's and GraphiQL's queries, a list with its people, one with what lies below it, and
/// records by id. Their lists hold as much as is ever read of a list; what is told then is no more than so many times
/// what they take.
const CALLS_WITHIN: u64 = 15;
const ROWS_WITHIN: u64 = 8;

#[tokio::test]
async fn ordinary_queries_are_told_no_absurd_cost() {
    let world = World::with(Options {
        toml: "[cache]\nmax_scan = 400",
        ..Options::default()
    })
    .await;
    for vendor in VENDORS {
        world.sandbox.resize(vendor, 400).unwrap();
    }
    let ids = Ids::of(&world).await;
    let nodes = json!(ids.referrals[..20]);
    let queries = [
        "{ referrals(first: 8) { nodes { row: __typename vendor name status createdAt } sources { vendor status } } }".to_owned(),
        include_str!("../../web/graphiql/default.graphql").replace("      id\n", "      id row: __typename\n"),
        "{ referrals(first: 20) { nodes { row: __typename id facilitators(first: 3) { nodes { row: __typename role } } } } }".to_owned(),
        "{ referrals(first: 20, filter: { vendors: [PLANNR] }) { nodes { row: __typename connection { row: __typename status } } } }".to_owned(),
        "{ connections(first: 10) { nodes { row: __typename referrals(first: 5) { nodes { row: __typename id } } } } }".to_owned(),
        format!("{{ nodes(ids: {nodes}) {{ row: __typename ... on Referral {{ status }} }} }}"),
        "{ people(vendor: INTROZY, search: \"an\", first: 5) { row: __typename name } }".to_owned(),
    ];
    let mut problems = Vec::new();
    for query in queries {
        let (told, took) = measured(&world, &query, &json!({})).await.unwrap();
        let is_absurd = told.calls > CALLS_WITHIN * took.calls.max(1)
            || told.rows > ROWS_WITHIN * took.rows.max(1);
        if is_absurd {
            problems.push(format!(
                "{} calls told, {} made, {} rows told, {} given: {query}",
                told.calls, took.calls, told.rows, took.rows
            ));
        }
    }
    assert_eq!(problems, Vec::<String>::new());
}

#[tokio::test]
async fn every_way_in_is_told_the_same_and_held_to_the_same() {
    let dear = "query($n: Int!) { referrals(first: $n) { nodes { engagement { referrals(first: $n) { nodes { engagement { referrals(first: $n) { nodes { id } } } } } } } } }";
    let cheap = "query($n: Int!) { connections(first: $n) { nodes { id } } }";
    let hash = |text: &str| -> String {
        let digest = Sha256::digest(text);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("documents.json");
    std::fs::write(&file, json!({ "dear": dear, "cheap": cheap }).to_string()).unwrap();
    let toml = format!("[documents]\nmanifests = [\"{}\"]", file.display());
    let world = World::with(Options {
        toml: Box::leak(toml.into_boxed_str()),
        ..Options::default()
    })
    .await;
    let variables = json!({ "n": 50 });
    for (name, document, is_cheap) in [("dear", dear, false), ("cheap", cheap, true)] {
        let persisted = json!({ "version": 1, "sha256Hash": hash(document) });
        let (asks, extensions) = (
            json!({ "cost": true }),
            json!({ "cost": true, "persistedQuery": persisted }),
        );
        let (asks_text, texts) = (
            asks.to_string(),
            (extensions.to_string(), variables.to_string()),
        );
        let answers = [
            world
                .post(&json!({ "query": document, "variables": variables, "extensions": asks }))
                .await,
            world
                .post(
                    &json!({ "query": document, "variables": variables, "extensions": extensions }),
                )
                .await,
            world
                .post(&json!({ "variables": variables, "extensions": extensions }))
                .await,
            world
                .post(&json!({ "documentId": name, "variables": variables, "extensions": asks }))
                .await,
            world
                .get(&[
                    ("query", document),
                    ("variables", &texts.1),
                    ("extensions", &asks_text),
                ])
                .await,
            world
                .get(&[("variables", &texts.1), ("extensions", &texts.0)])
                .await,
            world
                .get(&[
                    ("documentId", name),
                    ("variables", &texts.1),
                    ("extensions", &asks_text),
                ])
                .await,
        ];
        for answer in answers {
            if is_cheap {
                let expected =
                    json!({ "calls": 101, "rows": 50, "limit": 25_000, "remaining": null });
                assert_eq!(
                    answer.json["extensions"]["cost"], expected,
                    "{:#}",
                    answer.json
                );
            } else {
                let code = &answer.json["errors"][0]["extensions"]["code"];
                assert_eq!(code, "DOCUMENT_TOO_COMPLEX", "{:#}", answer.json);
            }
        }
    }
}

#[tokio::test]
async fn entities_with_lists_below_them_count_what_their_variables_say() {
    let world = World::start().await;
    let query = "query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Connection { referrals(first: 100) { nodes { id } } } } }";
    let connection = world
        .data("{ connections(first: 1) { nodes { id } } }")
        .await["connections"]["nodes"][0]["id"]
        .clone();
    let keys: Vec<Value> = (0..200)
        .map(|_| json!({ "__typename": "Connection", "id": connection }))
        .collect();
    let body =
        json!({ "query": query, "variables": { "keys": keys }, "extensions": { "cost": true } });
    let answer = world.post(&body).await.json;
    assert_eq!(
        answer["extensions"]["cost"],
        json!({ "calls": 200 + 101, "rows": 200 + 200 * 100, "limit": 25_000, "remaining": null })
    );
    assert_eq!(answer.get("errors"), None);
}
