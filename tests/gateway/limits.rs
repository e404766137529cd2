//! Every bound that a request meets before anything runs, and those of its answer: what is said, and that no vendor is
//! asked.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::harness::{Options, World, codes};

fn many(count: usize, what: impl Fn(usize) -> String) -> String {
    (0..count).map(what).collect::<Vec<_>>().join(" ")
}

async fn with(toml: &'static str) -> World {
    World::with(Options {
        toml,
        ..Options::default()
    })
    .await
}

/// The code and the sentence of a refused request.
async fn refused(world: &World, body: &Value) -> (String, String) {
    let answer = world.post(body).await.json;
    assert!(answer.get("data").is_none(), "{answer:#}");
    let error = &answer["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&error["extensions"]["code"]), text(&error["message"]))
}

fn documents() -> Vec<(&'static str, String, &'static str, &'static str)> {
    let directives = |count: usize| "@a ".repeat(count);
    let complex = "DOCUMENT_TOO_COMPLEX";
    vec![
        (
            "bytes",
            format!("{{ node(id: \"{}\") {{ id }} }}", "x".repeat(70_000)),
            "DOCUMENT_TOO_LARGE",
            "65536 bytes",
        ),
        (
            "tokens",
            format!("{{ node(id: [{}]) {{ id }} }}", "1 ".repeat(6_000)),
            complex,
            "6000 tokens",
        ),
        (
            "tokens and text",
            format!("{{ node(id: [\"{}\" {}]) {{ id }} }}", "x".repeat(8_000), "1 ".repeat(5_500)),
            complex,
            "each 16 bytes of its texts count as one more",
        ),
        (
            "a text",
            format!("{{ node(id: \"{}\") {{ id }} }}", "x".repeat(8_191)),
            "DOCUMENT_TOO_LARGE",
            "8192 bytes together: longer ones go into variables",
        ),
        (
            "a block of text",
            format!("{{ node(id: \"\"\"{}\"\"\") {{ id }} }}", "x\n".repeat(4_100)),
            "DOCUMENT_TOO_LARGE",
            "8192 bytes",
        ),
        (
            "many texts",
            format!("{{ nodes(ids: [{}]) {{ id }} }}", format!("\"{}\" ", "x".repeat(40)).repeat(200)),
            "DOCUMENT_TOO_LARGE",
            "8192 bytes",
        ),
        (
            "blocks of text that are not closed",
            format!("{{ a(b: [{}", "\"\"\"x\\\\\"".repeat(60)),
            "DOCUMENT_TOO_LARGE",
            "8192 bytes",
        ),
        (
            "nesting",
            format!("{{ a(b: {}1{}) }}", "[".repeat(70), "]".repeat(70)),
            complex,
            "64 deep",
        ),
        (
            "depth",
            format!("{}{{ a }}{}", "{ a ".repeat(21), "}".repeat(21)),
            complex,
            "20 deep",
        ),
        (
            "width",
            format!("{{ vendors {{ {} }} }}", many(301, |index| format!("f{index}"))),
            complex,
            "300 fields",
        ),
        (
            "aliases",
            format!("{{ vendors {{ {} }} }}", many(201, |index| format!("a{index}: vendor"))),
            complex,
            "200 aliases",
        ),
        (
            "aliases in fragments",
            format!(
                "{{ {} }} fragment f on Query {{ vendors {{ {} }} }}",
                "...f ".repeat(5),
                many(50, |index| format!("a{index}: vendor"))
            ),
            complex,
            "200 aliases",
        ),
        (
            "root fields of a query",
            format!("{{ {} }}", many(21, |index| format!("a{index}: __typename"))),
            complex,
            "20 fields of Query or Mutation",
        ),
        (
            "root fields of a mutation",
            format!(
                "mutation {{ {} }}",
                many(21, |index| format!(
                    "a{index}: requestConnection(input: {{ adviserKey: \"ABCD1234\" }}) {{ outcome }}"
                ))
            ),
            complex,
            "20 fields of Query or Mutation",
        ),
        (
            "the same field over and over",
            format!("{{ vendors {{ {} }} }}", "vendor ".repeat(21)),
            complex,
            "same field or fragment more than 20 times",
        ),
        (
            "directives of an operation",
            format!("query {} {{ __typename }}", directives(201)),
            complex,
            "200 directives",
        ),
        (
            "directives of a variable",
            format!("query($a: Int {}) {{ __typename }}", directives(201)),
            complex,
            "200 directives",
        ),
        (
            "directives of a fragment",
            format!("{{ ...f }} fragment f on Query {} {{ __typename }}", directives(201)),
            complex,
            "200 directives",
        ),
        (
            "directives of a spread",
            format!("{{ ...f {} }} fragment f on Query {{ __typename }}", directives(201)),
            complex,
            "200 directives",
        ),
        (
            "directives of an inline fragment",
            format!("{{ ... {} {{ __typename }} }}", directives(201)),
            complex,
            "200 directives",
        ),
        (
            "directives of a field",
            format!("{{ __typename {} }}", directives(201)),
            complex,
            "200 directives",
        ),
        (
            "what fragments grow to",
            format!(
                "{{ ...f0 }} {} fragment f6 on Query {{ __typename }}",
                many(6, |level| format!(
                    "fragment f{level} on Query {{ {} }}",
                    format!("...f{} ", level + 1).repeat(5)
                ))
            ),
            complex,
            "5000 fields",
        ),
        (
            "operations",
            many(51, |index| format!("query q{index} {{ __typename }}")),
            complex,
            "50 operations",
        ),
        (
            "fragments",
            format!(
                "{{ __typename }} {}",
                many(101, |index| format!("fragment f{index} on Query {{ __typename }}"))
            ),
            complex,
            "100 fragments",
        ),
        (
            "variables",
            format!(
                "query({}) {{ __typename }}",
                many(101, |index| format!("$v{index}: Int"))
            ),
            complex,
            "100 variables",
        ),
        (
            "the schema inside the schema",
            "{ __schema { types { fields { type { fields { name } } } } } }".to_owned(),
            complex,
            "once in __schema",
        ),
        (
            "keys of entities",
            format!(
                "{{ _entities(representations: [{}]) {{ __typename }} }}",
                "{__typename: \"Referral\", id: \"x\"} ".repeat(201)
            ),
            "BAD_USER_INPUT",
            "representations of _entities may have 200 entries",
        ),
        (
            "cost",
            "{ referrals(first: 100) { nodes { connection { referrals(first: 100) { nodes { connection { referrals(first: 100) { nodes { id } } } } } } } } }".to_owned(),
            complex,
            "more than the 25000",
        ),
    ]
}

#[tokio::test]
async fn a_document_beyond_a_bound_is_told_which_and_runs_not() {
    let world = with("[server]\nmax_document_tokens = 6000").await;
    for (what, document, code, message) in documents() {
        let (got, said) = refused(&world, &json!({ "query": document })).await;
        assert_eq!(got, code, "{what}: {said}");
        assert!(said.contains(message), "{what}: {said}");
    }
    assert_eq!(world.calls().values().sum::<usize>(), 0);
}

#[tokio::test]
async fn a_document_of_too_long_names_or_too_much_white_space_is_told_so_and_runs_not() {
    let world = World::start().await;
    let cases = [
        (
            format!("{{ {}: __typename }}", "a".repeat(15_991)),
            "names and numbers have more than 16000 characters",
        ),
        (
            format!(
                "{{ referrals(first: {}) {{ nodes {{ id }} }} }}",
                "9".repeat(16_000)
            ),
            "names and numbers have more than 16000 characters",
        ),
        (
            format!("{{{}__typename }}", " ".repeat(10_000)),
            "10000 characters of white space",
        ),
    ];
    for (document, message) in cases {
        let (code, said) = refused(&world, &json!({ "query": document })).await;
        assert_eq!(code, "DOCUMENT_TOO_COMPLEX", "{said}");
        assert!(said.contains(message), "{said}");
    }
    assert_eq!(world.calls().values().sum::<usize>(), 0);
}

#[tokio::test]
async fn a_document_just_below_a_bound_runs() {
    let world = World::start().await;
    let nothing = json!({ "__type": null });
    let text = format!("{{ __type(name: \"{}\") {{ name }} }}", "x".repeat(8_190));
    assert_eq!(world.data(&text).await, nothing);
    let block = format!(
        "{{ __type(name: \"\"\"{}\"\"\") {{ name }} }}",
        "\n x".repeat(2_728)
    );
    assert_eq!(world.data(&block).await, nothing);
    let name = "a".repeat(15_990);
    let named = world.data(&format!("{{ {name}: __typename }}")).await;
    assert_eq!(named, json!({ name: "Query" }));
    let spaced = world
        .data(&format!("{{{}__typename}}", " ".repeat(10_000)))
        .await;
    assert_eq!(spaced, json!({ "__typename": "Query" }));
    let wide = format!(
        "{{ vendors {{ {} {} {} }} }}",
        many(200, |index| format!("a{index}: vendor")),
        "... { vendor } ".repeat(20),
        "vendor configured capabilities __typename ".repeat(20),
    );
    let vendors = world.data(&wide).await["vendors"].clone();
    assert_eq!(vendors[0]["a199"], vendors[0]["vendor"]);
    let wider = wide.replace(" } }", " health } }");
    let (_, said) = refused(&world, &json!({ "query": wider })).await;
    assert!(said.contains("300 fields"), "{said}");
    assert_eq!(world.calls().values().sum::<usize>(), 0);
}

#[tokio::test]
async fn a_document_of_as_many_definitions_as_may_be_runs() {
    let world = with("[server]\nmax_document_tokens = 6000").await;
    let document = format!(
        "{} query last {{ vendors {{ {} }} }} {}",
        many(49, |index| format!("query q{index} {{ __typename }}")),
        many(100, |index| format!("...f{index}")),
        many(100, |index| format!(
            "fragment f{index} on VendorStatus {{ vendor }}"
        )),
    );
    let body = json!({ "query": document, "operationName": "last" });
    let answer = world.post(&body).await.json;
    assert_eq!(
        answer["data"]["vendors"][0],
        json!({ "vendor": "INTROZY" }),
        "{answer:#}"
    );
}

#[tokio::test]
async fn a_bound_that_a_place_breaks_is_told_with_the_place() {
    let world = World::start().await;
    let document = format!("{{\n  vendors {{\n {} }} }}", "vendor ".repeat(21));
    let answer = world.post(&json!({ "query": document })).await.json;
    assert_eq!(
        answer["errors"][0]["locations"],
        json!([{ "line": 3, "column": 142 }])
    );
}

#[tokio::test]
async fn variables_beyond_a_bound_are_told_which_and_nothing_runs() {
    let world = World::start().await;
    let deep = (0..25).fold(json!(1), |inner, _| json!([inner]));
    let wide: Vec<u32> = (0..1_001).collect();
    let many: Vec<Vec<u32>> = (0..60).map(|_| (0..100).collect()).collect();
    let cases = [
        (
            json!({ "deep": deep }),
            "DOCUMENT_TOO_COMPLEX",
            "variables.deep nests more than 20 deep",
        ),
        (
            json!({ "wide": wide }),
            "DOCUMENT_TOO_COMPLEX",
            "variables.wide has more than 1000 entries",
        ),
        (
            json!({ "many": many }),
            "DOCUMENT_TOO_COMPLEX",
            "more than 5000 values",
        ),
        (
            json!({ "long": "x".repeat(200_000) }),
            "DOCUMENT_TOO_LARGE",
            "196608 bytes",
        ),
    ];
    for (variables, code, message) in cases {
        let query = "{ referrals { nodes { id } } }";
        let (got, said) = refused(&world, &json!({ "query": query, "variables": variables })).await;
        assert_eq!(got, code, "{said}");
        assert!(said.contains(message), "{said}");
        let body = json!({ "query": query, "extensions": variables });
        let (_, said) = refused(&world, &body).await;
        assert!(
            said.contains(&message.replace("variables", "extensions")),
            "{said}"
        );
    }
    assert_eq!(world.calls().values().sum::<usize>(), 0);
}

#[tokio::test]
async fn more_ids_than_nodes_takes_are_refused_where_they_stand() {
    let world = World::start().await;
    let ids = vec!["x"; 201];
    let answer = world
        .query_with(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": ids }),
        )
        .await;
    assert_eq!(
        codes(&answer),
        [("nodes".to_owned(), "BAD_USER_INPUT".to_owned())]
    );
    assert_eq!(answer["data"], Value::Null);
}

#[tokio::test]
async fn several_requests_at_once_are_refused_in_a_body_and_in_an_address() {
    let world = World::start().await;
    let one = json!({ "query": "{ __typename }" });
    let answer = world.post(&json!([one, one])).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.json["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("Batches")
    );
    let batch = json!([one, one]).to_string();
    let query = world.get(&[("query", &batch)]).await;
    assert_eq!(
        codes(&query.json)[0].1,
        "BAD_USER_INPUT",
        "{:#}",
        query.json
    );
    let variables = world
        .get(&[("query", "{ __typename }"), ("variables", "[{}, {}]")])
        .await;
    assert_eq!(variables.status, 400, "{:#}", variables.json);
}

#[tokio::test]
async fn an_answer_tells_so_many_errors_and_how_many_more_there_are() {
    let world = with("[requests]\nmax_errors = 3").await;
    let ids: Vec<String> = (0..10).map(|index| format!("no{index}")).collect();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let answer = world.query_with(query, json!({ "ids": ids })).await;
    let codes = codes(&answer);
    assert_eq!(codes.len(), 4, "{answer:#}");
    assert_eq!(codes[3], (String::new(), "TOO_MANY_ERRORS".to_owned()));
    assert_eq!(
        answer["errors"][3]["message"],
        "7 more errors are left out."
    );
    assert_eq!(answer["data"]["nodes"].as_array().unwrap().len(), 10);
    let fewer = world.query_with(query, json!({ "ids": ids[..3] })).await;
    assert_eq!(fewer["errors"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn an_answer_that_would_be_too_large_is_a_clear_error_and_whole() {
    let world = with("[requests]\nmax_answer_bytes = 65536").await;
    let answer = world
        .query("{ referrals(first: 100) { nodes { raw } } }")
        .await;
    assert_eq!(
        codes(&answer),
        [(String::new(), "ANSWER_TOO_LARGE".to_owned())]
    );
    assert!(answer.get("data").is_none());
    let said = answer["errors"][0]["message"].as_str().unwrap();
    assert!(said.contains("65536 bytes"), "{said}");
    world
        .data("{ referrals(first: 5) { nodes { raw } } }")
        .await;
}

#[tokio::test]
async fn the_bounds_can_be_configured() {
    let world = with(
        "[requests]\nmax_aliases = 1\nmax_root_fields = 2\nmax_cost = 100\nmax_variable_values = 100",
    )
    .await;
    let cases = [
        ("{ a: __typename b: __typename }", "more than 1 aliases"),
        (
            "{ __typename vendors { vendor } people: __typename }",
            "more than 2 fields",
        ),
        ("{ referrals { nodes { id } } }", "more than the 100"),
    ];
    for (query, message) in cases {
        let (_, said) = refused(&world, &json!({ "query": query })).await;
        assert!(said.contains(message), "{said}");
    }
    let values: Vec<u32> = (0..100).collect();
    let body = json!({ "query": "{ __typename }", "variables": { "a": values } });
    assert!(
        refused(&world, &body)
            .await
            .1
            .contains("more than 100 values")
    );
}
