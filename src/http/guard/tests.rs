//! What the guard refuses, and what it does not.

use std::borrow::Cow;

use async_graphql::Value;
use async_graphql::parser::types::{Field, Selection};

use super::*;

fn scan(document: &str) -> Result<(), Refusal> {
    thinned(document).map(drop)
}

fn thinned(document: &str) -> Result<Cow<'_, str>, Refusal> {
    super::scan(document, 6_000).map_err(|refused| refused.refusal)
}

fn judge(document: &str) -> Result<(), Refusal> {
    let document = thinned(document)?;
    let document = async_graphql::parser::parse_query(&document)
        .expect("the scan let a document through that does not parse");
    measure(&document, &Limits::default()).map_err(|refused| refused.refusal)
}

#[test]
fn brackets_in_strings_and_comments_do_not_count() {
    let brackets = "[".repeat(500);
    assert_eq!(
        scan(&format!("{{ a(b: \"{brackets}\") }} # {brackets}")),
        Ok(())
    );
    assert_eq!(
        scan(&format!(
            "{{ a(b: \"\"\"{brackets} \\\"\"\" {brackets}\"\"\") }}"
        )),
        Ok(())
    );
    assert_eq!(scan(&format!("{{ a(b: \"\\\"{brackets}\") }}")), Ok(()));
    assert_eq!(scan(&format!("{{ a(b: {brackets}")), Err(Refusal::Nesting));
}

#[test]
fn what_means_nothing_is_not_parsed_and_moves_nothing() {
    for (document, parsed) in [
        ("{ a }", "{ a }"),
        ("# one\n{ a # two\n\tb }  # three", "\n{ a\n\tb }"),
        ("{ a ,, \r\n ,\n b }\n", "{ a\r\n\n b }\n"),
        ("{ a(b: \"# \") } ", "{ a(b: \"# \") }"),
        (
            "{ a(b: \"\"\"  \n# \n\"\"\") }\r#\r",
            "{ a(b: \"\"\"  \n# \n\"\"\") }\r\r",
        ),
        ("{ a # \u{1f600} \n é }", "{ a\n é }"),
        ("#", ""),
    ] {
        assert_eq!(thinned(document).unwrap(), parsed, "{document}");
    }
    assert!(matches!(thinned("{ a\n b }"), Ok(Cow::Borrowed(_))));
}

#[test]
fn only_so_much_white_space_is_taken() {
    let scan = |space: &str| super::scan(&format!("{{ a{space}b }}"), 100).map(drop);
    let most = 100 * SPACE_PER_TOKEN - 2;
    for (space, counts) in [(" ", 1), (",", 1), ("\t", 1), ("\n", 3), ("\r", 3)] {
        assert_eq!(scan(&space.repeat(most / counts)), Ok(()));
        let refused = scan(&space.repeat(most / counts + 1)).unwrap_err();
        assert_eq!(refused.refusal, Refusal::Space(1_000));
    }
    assert_eq!(scan(&format!("{}\n", " ".repeat(9_000))), Ok(()));
    assert_eq!(scan(&format!("# {}\n", "#".repeat(9_000))), Ok(()));
}

#[test]
fn only_so_much_text_is_taken_and_quotes_count() {
    let scan = |text: &str| scan(&format!("{{ a(b: [{text}]) }}"));
    let most = MAX_TEXT - 2;
    assert_eq!(scan(&format!("\"{}\"", "x".repeat(most))), Ok(()));
    assert_eq!(
        scan(&format!("\"{}\"", "x".repeat(most + 1))),
        Err(Refusal::Text)
    );
    assert_eq!(
        scan(&format!("\"{}\" \"\"\"x\"\"\"", "é".repeat(most / 2 - 4))),
        Ok(())
    );
    assert_eq!(
        scan(&format!("\"{}\" \"\"\"xy\"\"\"", "é".repeat(most / 2 - 3))),
        Err(Refusal::Text)
    );
    assert_eq!(scan(&"\"\" ".repeat(MAX_TEXT / 2)), Ok(()));
    assert_eq!(scan(&"\"\" ".repeat(MAX_TEXT / 2 + 1)), Err(Refusal::Text));
}

#[test]
fn texts_count_as_tokens_of_sixteen_bytes() {
    let scan = |length: usize| {
        let document = format!("{{ a(b: \"{}\") }}", "x".repeat(length - 2));
        super::scan(&document, 100).map(drop)
    };
    let most = (100 - 8) * TEXT_PER_TOKEN + TEXT_PER_TOKEN - 1;
    assert_eq!(scan(most), Ok(()));
    let refused = scan(most + 1).unwrap_err();
    assert_eq!(refused.refusal, Refusal::Tokens(100));
}

/// The parser looks for the end of each such block string, in vain, up to the end of the document.
#[test]
fn block_strings_that_are_not_closed_count_up_to_the_documents_end() {
    let open = |count: usize, rest: usize| {
        let begins = "\"\"\"x\\\\\"".repeat(count);
        scan(&format!("{{ a(b: [{begins} {}", "y".repeat(rest)))
    };
    assert_eq!(open(1, 8_000), Ok(()));
    assert_eq!(open(2, 8_000), Err(Refusal::Text));
    assert_eq!(open(1, 9_000), Err(Refusal::Text));
    assert_eq!(open(40, 0), Ok(()));
    assert_eq!(open(50, 0), Err(Refusal::Text));
}

#[test]
fn only_so_much_of_names_and_numbers_is_taken() {
    let scan = |words: &str| super::scan(&format!("{{ {words} }}"), 100).map(drop);
    for byte in ["a", "9"] {
        assert_eq!(scan(&byte.repeat(1_600)), Ok(()));
        let refused = scan(&byte.repeat(1_601)).unwrap_err();
        assert_eq!(refused.refusal, Refusal::Words(1_600));
    }
    let words = format!("{} ", "a".repeat(17));
    assert!(scan(&words.repeat(94)).is_ok());
    let refused = scan(&words.repeat(95)).unwrap_err();
    assert_eq!(refused.refusal, Refusal::Words(1_600));
}

#[test]
fn a_string_that_is_not_closed_hides_nothing_after_its_line() {
    assert_eq!(
        scan(&format!("{{ a(b: \"\n{}", "[".repeat(500))),
        Err(Refusal::Nesting)
    );
}

#[test]
fn fragments_are_counted_once_each_and_multiplied() {
    let mut bomb = "{ ...f0 }".to_owned();
    for level in 0..30 {
        let next = level + 1;
        bomb = format!("{bomb} fragment f{level} on Query {{ ...f{next} ...f{next} }}");
    }
    bomb.push_str(" fragment f30 on Query { vendors { vendor } }");
    assert_eq!(judge(&bomb), Err(Refusal::Fields));
}

#[test]
fn a_fragment_that_spreads_itself_is_refused() {
    assert_eq!(
        judge("{ ...a } fragment a on Query { ...b ...b } fragment b on Query { ...a ...a }"),
        Err(Refusal::Cycle)
    );
    assert_eq!(
        judge("{ vendors { vendor } } fragment unused on Query { ...unused }"),
        Err(Refusal::Cycle)
    );
}

#[test]
fn depth_width_and_directives_have_their_bounds() {
    let deep = format!("{}{{ a }}{}", "{ a ".repeat(25), "}".repeat(25));
    assert_eq!(judge(&deep), Err(Refusal::Depth));
    assert_eq!(
        judge(&format!("{{ {} }}", "a ".repeat(MAX_WIDTH + 1))),
        Err(Refusal::Width)
    );
    assert_eq!(
        judge(&format!("{{ a {} }}", "@skip(if: true) ".repeat(201))),
        Err(Refusal::Directives)
    );
    assert_eq!(
        judge(&format!(
            "{{ ... {} {{ a }} }}",
            "@skip(if: true) ".repeat(201)
        )),
        Err(Refusal::Directives)
    );
}

/// How deep list and object values nest in a field's arguments.
fn depth(field: &Field) -> usize {
    fn of(value: &Value) -> usize {
        match value {
            Value::List(items) => 1 + items.iter().map(of).max().unwrap_or(0),
            Value::Object(fields) => 1 + fields.values().map(of).max().unwrap_or(0),
            _ => 0,
        }
    }
    let values = field
        .arguments
        .iter()
        .filter_map(|(_, value)| value.node.clone().into_const());
    values.map(|value| of(&value)).max().unwrap_or(0)
}

/// One selection each, whatever may stand there.
const SELECTIONS: [&str; 18] = [
    "f",
    "a: f",
    "on",
    "on: on",
    "f: on",
    "query",
    "fragment",
    "...f",
    "... on T { x y }",
    "...on,T{x}",
    "...on\nT {x} # { a b c\n",
    "... { x ...y }",
    "... @d(a: {b: [c]}) @e { x }",
    "...on @d",
    "on @on",
    "f @d(a: {b: [c, d]}) @e",
    "f(a: {b: 1, c: \"{\", d: [{e: f}]}) { g ...h i { j } }",
    "a: f(b: \"\"\"}\"\"\") @d { on }",
];

/// One definition each, of another name than the others.
fn operation(kind: usize, index: usize) -> String {
    match kind {
        0 => format!("query q{index} {{ a }}"),
        1 => format!("mutation fragment{index} @fragment(a: {{b: 1}}) {{ a {{ b }} }}"),
        2 => format!("query on{index}($fragment: [T!]! = {{a: [1]}}, $b: T) {{ a(b: {{c: $b}}) }}"),
        _ => format!("subscription s{index} {{ ... on fragment {{ fragment }} }}"),
    }
}

fn fragment(kind: usize, index: usize) -> String {
    match kind {
        0 => format!("fragment f{index} on T {{ a }}"),
        1 => format!("fragment fragment{index} on fragment @d(a: {{b: 1}}) {{ query {{ b }} }}"),
        _ => format!("fragment query{index} on query {{ ...query{index} a(b: {{}}) }}"),
    }
}

proptest::proptest! {
    #[test]
    fn a_selection_is_refused_for_its_width_exactly_if_it_is_too_wide(
        kinds in proptest::collection::vec(0..SELECTIONS.len(), 1..8),
        count in MAX_WIDTH - 2..MAX_WIDTH + 3,
        is_inner in proptest::bool::ANY,
    ) {
        let kinds = kinds.iter().cycle().take(count);
        let selections: Vec<_> = kinds.map(|kind| SELECTIONS[*kind]).collect();
        let set = format!("{{ {} }}", selections.join(" "));
        let document = if is_inner { format!("{{ a {set} b }}") } else { set };
        let tree = async_graphql::parser::parse_query(&document).unwrap();
        proptest::prop_assert_eq!(parsed::widest(&tree), count);
        let is_too_wide = count > MAX_WIDTH;
        proptest::prop_assert_eq!(
            super::scan(&document, 60_000).map(drop).map_err(|refused| refused.refusal),
            if is_too_wide { Err(Refusal::Width) } else { Ok(()) }
        );
    }

    #[test]
    fn a_document_is_refused_for_its_definitions_exactly_if_it_has_too_many(
        kinds in proptest::collection::vec(0..4_usize, 1..8),
        operations in MAX_OPERATIONS - 2..MAX_OPERATIONS + 3,
        fragments in MAX_FRAGMENTS - 2..MAX_FRAGMENTS + 3,
    ) {
        let kind = |index: usize| kinds[index % kinds.len()];
        let mut definitions: Vec<_> = (0..operations).map(|at| operation(kind(at), at)).collect();
        definitions.extend((0..fragments).map(|at| fragment(kind(at), at)));
        let document = definitions.join(" ");
        let parsed = async_graphql::parser::parse_query(&document).unwrap();
        proptest::prop_assert_eq!(parsed.operations.iter().count(), operations);
        proptest::prop_assert_eq!(parsed.fragments.len(), fragments);
        let expected = if operations > MAX_OPERATIONS {
            Err(Refusal::Operations)
        } else if fragments > MAX_FRAGMENTS {
            Err(Refusal::Fragments)
        } else {
            Ok(())
        };
        proptest::prop_assert_eq!(scan(&document), expected);
    }

    #[test]
    fn what_the_scan_lets_through_never_nests_deeper_than_it_may(
        pieces in proptest::collection::vec(
            "\"|\"\"\"|\\\\|\n|\r|#|,|\\[|\\]|x|\"x\"|\"\"",
            0..12,
        ),
        deep in 40_usize..90,
    ) {
        let (open, closed) = ("[".repeat(deep), "]".repeat(deep));
        let document = format!("{{ a(b: [{}{open}{closed}]) }}", pieces.concat());
        if scan(&document).is_ok()
            && let Ok(parsed) = async_graphql::parser::parse_query(&document)
            && let Some((_, operation)) = parsed.operations.iter().next()
        {
            for selection in &operation.node.selection_set.node.items {
                if let Selection::Field(field) = &selection.node {
                    proptest::prop_assert!(depth(&field.node) < MAX_NESTING, "{document}");
                }
            }
        }
    }
}

#[test]
fn what_is_repeated_or_many_has_its_bounds() {
    let many = |count: usize, what: &dyn Fn(usize) -> String| -> String {
        (0..count).map(what).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(judge(&format!("{{ {} }}", "a ".repeat(20))), Ok(()));
    assert_eq!(
        judge(&format!("{{ {} }}", "a ".repeat(21))),
        Err(Refusal::Repeats)
    );
    let spreads = format!("{{ {} }} fragment f on Query {{ a }}", "...f ".repeat(21));
    assert_eq!(judge(&spreads), Err(Refusal::Repeats));
    let roots = many(21, &|index| format!("a{index}"));
    assert_eq!(
        judge(&format!("{{ {roots} }}")),
        Err(Refusal::RootFields(20))
    );
    let hidden = format!(
        "{{ ...f ... {{ ...f }} }} fragment f on Query {{ {} }}",
        many(11, &|index| format!("a{index}"))
    );
    assert_eq!(judge(&hidden), Err(Refusal::RootFields(20)));
    let aliases = many(201, &|index| format!("a{index}: b"));
    assert_eq!(
        judge(&format!("{{ c {{ {aliases} }} }}")),
        Err(Refusal::Aliases(200))
    );
    let operations = many(51, &|index| format!("query q{index} {{ a }}"));
    assert_eq!(judge(&operations), Err(Refusal::Operations));
    let fragments = many(101, &|index| format!("fragment f{index} on Query {{ a }}"));
    assert_eq!(
        judge(&format!("{{ a }} {fragments}")),
        Err(Refusal::Fragments)
    );
    let variables = many(101, &|index| format!("$v{index}: Int"));
    assert_eq!(
        judge(&format!("query({variables}) {{ a }}")),
        Err(Refusal::Variables)
    );
}

#[test]
fn the_schema_is_told_and_not_multiplied() {
    let usual = include_str!("../../../tests/gateway/introspection.graphql");
    assert_eq!(judge(usual), Ok(()));
    let twice = "{ __schema { types { fields { type { ...Fields } } } } } fragment Fields on __Type { fields { name } }";
    assert_eq!(judge(twice), Err(Refusal::IntrospectionDepth));
    let type_of = |inner: &str| {
        format!("{{ __type(name: \"Query\") {{ fields {{ type {{ fields {{ {inner} }} }} }} }} }}")
    };
    assert_eq!(judge(&type_of("name")), Ok(()));
    assert_eq!(
        judge(&type_of("type { possibleTypes { name } }")),
        Err(Refusal::IntrospectionDepth)
    );
    let wide: Vec<_> = (0..250).map(|index| format!("f{index}")).collect();
    let wide = wide.join(" ");
    assert_eq!(
        judge(&format!(
            "{{ __schema {{ types {{ {wide} }} queryType {{ {wide} }} }} }}"
        )),
        Err(Refusal::Introspection)
    );
}

#[test]
fn a_refusal_says_where() {
    let place = |document: &str| super::scan(document, 6_000).expect_err("it is refused").at;
    assert_eq!(
        place(&format!("{{\n é {}", "[".repeat(70))),
        Some(Pos {
            line: 2,
            column: 67
        })
    );
}
