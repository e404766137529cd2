//! Documents made to do harm are refused before they are parsed or validated, and the process answers afterwards.

mod generated;
mod kinds;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::harness::World;

/// Nested brackets overflow the parser's stack, which ends the process; nothing can catch that.
fn nested_lists(levels: usize) -> String {
    format!(
        "{{ node(id: {}{}) {{ id }} }}",
        "[".repeat(levels),
        "]".repeat(levels)
    )
}

/// Each level spreads the next one twice: 2^levels fields, walked by validation without memory.
fn fragment_bomb(levels: usize) -> String {
    let mut document = "{ ...f0 }".to_owned();
    for level in 0..levels {
        let next = level + 1;
        document += &format!(" fragment f{level} on Query {{ ...f{next} ...f{next} }}");
    }
    document + &format!(" fragment f{levels} on Query {{ __typename }}")
}

fn hostile() -> Vec<(&'static str, String, &'static str)> {
    let wide: String = (0..3_000)
        .map(|index| format!("a{index}: __typename "))
        .collect();
    vec![
        ("nested lists", nested_lists(1_700), "DOCUMENT_TOO_COMPLEX"),
        (
            "deeply nested lists",
            nested_lists(10_000),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "nested objects",
            format!(
                "{{ node(id: {}{}) {{ id }} }}",
                "{a:".repeat(3_000),
                "}".repeat(3_000)
            ),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "nested selections",
            format!("{}{}", "{a".repeat(3_000), "}".repeat(3_000)),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "nested variable types",
            format!(
                "query($a: {}Int{}) {{ __typename }}",
                "[".repeat(3_000),
                "]".repeat(3_000)
            ),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "a default of nested lists",
            format!(
                "query($a: Int = {}{}) {{ __typename }}",
                "[".repeat(3_000),
                "]".repeat(3_000)
            ),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "a directive of nested lists",
            format!(
                "{{ __typename @skip(if: {}{}) }}",
                "[".repeat(3_000),
                "]".repeat(3_000)
            ),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "block strings that are not closed",
            format!("{{ node(id: [{} {}", "\"\"\"x\\\\\"".repeat(320), "y".repeat(25_000)),
            "DOCUMENT_TOO_LARGE",
        ),
        (
            "brackets behind a block string that is not closed",
            format!("{{a(b:[\"\"\"\",{}{}])}}", "[".repeat(3_000), "]".repeat(3_000)),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "brackets behind three quotes alone",
            format!("{{a(b:[\"\"\"{}{}])}}", "[".repeat(3_000), "]".repeat(3_000)),
            "DOCUMENT_TOO_LARGE",
        ),
        (
            "brackets behind an escape at the end of a line",
            format!("{{a(b:\"\\\n{}{})}}", "[".repeat(3_000), "]".repeat(3_000)),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "brackets behind a comment that ends with a carriage return",
            format!("{{ # \"\"\"\r a(b:{}{})}}", "[".repeat(3_000), "]".repeat(3_000)),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "lists in lists in lists",
            "{ referrals(first: 100) { nodes { connection { referrals(first: 100) { nodes { connection { referrals(first: 100) { nodes { id } } } } } } } } }".to_owned(),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "lists in lists in lists by variables",
            "query($n: Int = 100) { referrals(first: $n) { nodes { engagement { referrals(first: $n) { edges { node { engagement { referrals(first: $n) { nodes { id } } } } } } } } } }".to_owned(),
            "DOCUMENT_TOO_COMPLEX",
        ),
        ("a fragment bomb", fragment_bomb(26), "DOCUMENT_TOO_COMPLEX"),
        (
            "a larger fragment bomb",
            fragment_bomb(31),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "a fragment bomb that ends in nothing",
            fragment_bomb(26).replace("{ __typename }", "{ ...gone }"),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "a fragment bomb in inline fragments",
            format!("{{ {} ...gone {} }}", "... { ...gone ".repeat(15), "}".repeat(15)) + " fragment unused on Query { ...gone }",
            "BAD_USER_INPUT",
        ),
        (
            "fragments in a circle",
            "{ ...a } fragment a on Query { ...b ...b } fragment b on Query { ...a ...a }"
                .to_owned(),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "a bomb that nothing sets off",
            format!(
                "{{ __typename }} {}",
                fragment_bomb(28).trim_start_matches("{ ...f0 }")
            ),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "many aliases",
            format!("{{ {wide} }}"),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "the same field over and over",
            format!("{{ {} }}", "__typename ".repeat(5_000)),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "many directives",
            format!("{{ __typename {} }}", "@skip(if: false) ".repeat(1_000)),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "many tokens",
            format!("{{ {} }}", "a:b(c:1) ".repeat(7_000)),
            "DOCUMENT_TOO_COMPLEX",
        ),
        (
            "many bytes",
            format!("{{ node(id: \"{}\") {{ id }} }}", "x".repeat(70_000)),
            "DOCUMENT_TOO_LARGE",
        ),
    ]
}

#[tokio::test]
async fn hostile_documents_are_refused_and_the_process_answers_afterwards() {
    let world = World::start().await;
    for (what, document, code) in hostile() {
        let answer = world.post(&json!({ "query": document })).await;
        assert_eq!(answer.status, 200, "{what}");
        assert_eq!(
            answer.json["errors"][0]["extensions"]["code"], code,
            "{what}: {:#}",
            answer.json
        );
        assert_eq!(answer.json["data"], Value::Null, "{what}");
        if document.len() < 30_000 {
            let answer = world.get(&[("query", &document)]).await;
            assert_eq!(
                answer.json["errors"][0]["extensions"]["code"], code,
                "{what}, by GET"
            );
        }
    }
    assert_eq!(
        world.data("{ __typename }").await,
        json!({ "__typename": "Query" })
    );
    assert_eq!(
        world.calls().values().sum::<usize>(),
        0,
        "a hostile document reached a vendor"
    );
}

#[tokio::test]
async fn deep_variables_are_refused_and_the_process_answers_afterwards() {
    let world = World::start().await;
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let body = format!(
        "{{\"query\":\"query($id: ID!) {{ node(id: $id) {{ id }} }}\",\"variables\":{{\"id\":{deep}}}}}"
    );
    let request = world
        .http
        .post(format!("{}/graphql", world.url))
        .header("content-type", "application/json")
        .body(body);
    assert_eq!(world.send(request).await.status, 400);
    assert_eq!(
        world.data("{ __typename }").await,
        json!({ "__typename": "Query" })
    );
}

#[tokio::test]
async fn a_large_body_is_refused_before_it_is_read_to_its_end() {
    let world = World::start().await;
    let body = format!(
        "{{\"query\":\"{{ __typename }}\",\"extensions\":{{\"a\":\"{}\"}}}}",
        "x".repeat(20 << 20)
    );
    let request = world
        .http
        .post(format!("{}/graphql", world.url))
        .header("content-type", "application/json")
        .body(body);
    let answer = world.send(request).await;
    assert_eq!(answer.status, 413);
    assert_eq!(
        answer.json["errors"][0]["extensions"]["code"],
        "DOCUMENT_TOO_LARGE"
    );
}

#[tokio::test]
async fn ordinary_documents_pass_the_guard() {
    let world = World::start().await;
    world.data(include_str!("../introspection.graphql")).await;
    let fragments = "{ referrals(first: 2) { nodes { ...row } } } fragment row on Referral { id status ...more } fragment more on Referral { vendor }";
    world.data(fragments).await;
}
