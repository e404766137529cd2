//! Documents made to do harm, of every kind and in any number: the same for the same seed.

use fastrand::Rng;
use serde_json::{Value, json};

/// A request that must not run.
pub struct Case {
    pub query: String,
    pub variables: Value,
}

/// What makes one of a kind.
pub type Make = fn(&mut Rng) -> Case;

/// Every kind.
pub const KINDS: [(&str, Make); 21] = [
    ("deep lists", |rng| argument(&nested(rng, "[", "]"))),
    ("deep objects", |rng| argument(&nested(rng, "{a:", "}"))),
    ("mixed depths", mixed_depths),
    ("deep selections", deep_selections),
    ("deep types and defaults", deep_types),
    ("fragment bombs", fragment_bomb),
    ("cycles", cycle),
    ("alias floods", alias_flood),
    ("directive floods", directive_flood),
    ("wide sets", wide_set),
    ("token floods", token_flood),
    ("what is not closed", unclosed),
    ("odd characters", odd_characters),
    ("huge numbers", huge_number),
    ("huge texts", huge_text),
    ("variable bombs", variable_bomb),
    ("long lists", long_list),
    ("introspection bombs", introspection_bomb),
    ("many definitions", many_definitions),
    ("pages in pages", pages_in_pages),
    ("open blocks of text", open_blocks),
];

fn plain(query: String) -> Case {
    Case {
        query,
        variables: json!({}),
    }
}

fn pick<'a>(rng: &mut Rng, of: &[&'a str]) -> &'a str {
    of[rng.usize(..of.len())]
}

fn many(count: usize, what: impl Fn(usize) -> String) -> String {
    (0..count).map(what).collect::<Vec<_>>().join(" ")
}

fn nested(rng: &mut Rng, open: &str, close: &str) -> String {
    let levels = rng.usize(64..1_700);
    let closed = if rng.bool() {
        levels
    } else {
        rng.usize(..levels)
    };
    format!("{}1{}", open.repeat(levels), close.repeat(closed))
}

/// A field with this argument.
fn argument(value: &str) -> Case {
    plain(format!("{{ node(id: {value}) {{ id }} }}"))
}

fn mixed_depths(rng: &mut Rng) -> Case {
    let levels = rng.usize(70..900);
    let opened: Vec<bool> = (0..levels).map(|_| rng.bool()).collect();
    let open: String = opened
        .iter()
        .map(|is| if *is { "[ " } else { "{ b: " })
        .collect();
    let close: String = opened
        .iter()
        .rev()
        .map(|is| if *is { "]" } else { "}" })
        .collect();
    plain(format!("{{ __typename @skip(if: {open}true{close}) }}"))
}

fn deep_selections(rng: &mut Rng) -> Case {
    let levels = rng.usize(21..800);
    let open = pick(
        rng,
        &[
            "{a",
            "{ ... ",
            "{ a: node(id: \"x\") ",
            "{ ... on Query ",
            "{...@skip(if:false)",
        ],
    );
    let open = if open.contains("...") && levels < 70 {
        "{ nodes "
    } else {
        open
    };
    plain(format!(
        "{}{{ id }}{}",
        open.repeat(levels),
        "}".repeat(levels)
    ))
}

fn deep_types(rng: &mut Rng) -> Case {
    let levels = rng.usize(66..1_700);
    let (open, close) = ("[".repeat(levels), "]".repeat(levels));
    plain(if rng.bool() {
        format!("query($a: {open}Int{close}) {{ __typename }}")
    } else {
        format!("query($a: Int = {open}{close}) {{ __typename }}")
    })
}

fn fragment_bomb(rng: &mut Rng) -> Case {
    let fan = rng.usize(2..6);
    let levels = rng.usize(14..28);
    let wrapped = rng.bool();
    let below = |level: usize| {
        let spread = format!("...f{level}");
        if wrapped {
            format!("... {{ {spread} }}")
        } else {
            spread
        }
    };
    let body = |level: usize| vec![below(level + 1); fan].join(" ");
    let bomb = many(levels, |level| {
        format!("fragment f{level} on Query {{ {} }}", body(level))
    });
    let end = pick(
        rng,
        &[
            "{ __typename }",
            "{ ...gone }",
            "{ referrals { nodes { id } } }",
        ],
    );
    let root = if rng.bool() { "...f0" } else { "__typename" };
    plain(format!(
        "{{ {root} }} {bomb} fragment f{levels} on Query {end}"
    ))
}

fn cycle(rng: &mut Rng) -> Case {
    let length = rng.usize(1..40);
    let fragments = many(length, |index| {
        let next = (index + 1) % length;
        format!("fragment f{index} on Query {{ ...f{next} ... {{ ...f{next} }} }}")
    });
    let root = if rng.bool() { "...f0" } else { "__typename" };
    plain(format!("{{ {root} }} {fragments}"))
}

fn alias_flood(rng: &mut Rng) -> Case {
    let count = rng.usize(201..700);
    let field = pick(
        rng,
        &[
            "__typename",
            "referrals { nodes { id } }",
            "vendors { vendor }",
        ],
    );
    let inside = pick(rng, &["vendor", "health", "stages { label }"]);
    plain(if rng.bool() {
        format!(
            "{{ {} }}",
            many(count, |index| format!("a{index}: {field}"))
        )
    } else {
        format!(
            "{{ vendors {{ {} }} }}",
            many(count, |index| format!("a{index}: {inside}"))
        )
    })
}

fn directive_flood(rng: &mut Rng) -> Case {
    let directive = pick(
        rng,
        &[
            "@a ",
            "@skip(if: false) ",
            "@include(if: true) ",
            "@a(b: [1, 2, 3]) ",
        ],
    );
    let flood = directive.repeat(rng.usize(201..500));
    let places = [
        format!("query {flood} {{ __typename }}"),
        format!("query($a: Int {flood}) {{ __typename }}"),
        format!("{{ ...f }} fragment f on Query {flood} {{ __typename }}"),
        format!("{{ ...f {flood} }} fragment f on Query {{ __typename }}"),
        format!("{{ ... {flood} {{ __typename }} }}"),
        format!("{{ __typename {flood} }}"),
        format!("mutation {{ addNote {flood} {{ outcome }} }}"),
    ];
    let place = rng.usize(..places.len());
    plain(places[place].clone())
}

fn wide_set(rng: &mut Rng) -> Case {
    let count = rng.usize(301..1_200);
    let is_same = rng.bool();
    let field = |index: usize| {
        if is_same {
            "vendor".to_owned()
        } else {
            format!("f{index}")
        }
    };
    plain(match rng.u8(..3) {
        0 => format!("{{ {} }}", many(count, field)),
        1 => format!("{{ vendors {{ {} }} }}", many(count, field)),
        _ => format!(
            "{{ {} }} fragment f on Query {{ __typename }}",
            "...f ".repeat(count)
        ),
    })
}

fn token_flood(rng: &mut Rng) -> Case {
    let token = pick(
        rng,
        &[
            "a ",
            "a:b(c:1) ",
            "! ",
            "$",
            "1 ",
            "\"\" ",
            "{} ",
            "...",
            "a,",
            "| & ",
            "é",
        ],
    );
    let flood = token.repeat(rng.usize(1_100..2_500));
    plain(match rng.u8(..3) {
        0 => format!("{{ {flood} }}"),
        1 => flood,
        _ => format!("{{ referrals(filter: {{ {flood} }}) {{ nodes {{ id }} }} }}"),
    })
}

fn unclosed(rng: &mut Rng) -> Case {
    let hidden = "[".repeat(rng.usize(70..1_500));
    let begin = pick(
        rng,
        &[
            "\"\"\"",
            "\"",
            "\"\\",
            "\"\"\" \\\"\"\"",
            "# \r",
            "\"\\u12",
            "\"\n",
            "\"\"\"\"",
            "\"\\\n",
            "#\"\"\"\n",
            "\"\"\"\r\"\r",
        ],
    );
    let place = pick(
        rng,
        &[
            "{ node(id: ",
            "{ __typename } ",
            "query($a: String = ",
            "{ a(b: [1, ",
        ],
    );
    plain(format!("{place}{begin}{hidden}"))
}

fn odd_characters(rng: &mut Rng) -> Case {
    let odd = [
        "\u{0}",
        "\u{7}",
        "\u{1b}",
        "\u{202e}",
        "\u{2028}",
        "\u{200b}",
        "\u{fffe}",
        "\u{10ffff}",
        "\u{85}",
        "é",
        "𝕏",
        "\u{a0}",
        "\u{7f}",
    ];
    let odd = pick(rng, &odd).repeat(rng.usize(1..300));
    plain(match rng.u8(..5) {
        0 => format!("{{ __typename {odd} }}"),
        1 => format!("{odd}{{ __typename }}"),
        2 => format!("{{ __type{odd}name }}"),
        3 => format!("query {odd} {{ __typename }}"),
        _ => format!("{{ referrals(first: {odd}) {{ nodes {{ id }} }} }}"),
    })
}

fn huge_number(rng: &mut Rng) -> Case {
    let digits = "9".repeat(rng.usize(12..4_000));
    let number = match rng.u8(..5) {
        0 => digits,
        1 => format!("-{digits}"),
        2 => format!("1e{digits}"),
        3 => format!("0.{digits}"),
        _ => format!("{digits}.{digits}e-{digits}"),
    };
    plain(format!(
        "{{ referrals(first: {number}) {{ nodes {{ id }} }} }}"
    ))
}

fn huge_text(rng: &mut Rng) -> Case {
    let piece = pick(rng, &["x", "\\n", "\\u0041", "{[(", "é", "\\\"", " "]);
    let text = piece.repeat(rng.usize(2_000..9_000));
    plain(match rng.u8(..3) {
        0 => format!("{{ referrals(after: \"{text}\") {{ nodes {{ id }} }} }}"),
        1 => format!("{{ connections(after: \"\"\"{text} \"\"\") {{ nodes {{ id }} }} }}"),
        _ => {
            format!("{{ referrals(filter: {{ connectionId: \"{text}\" }}) {{ nodes {{ id }} }} }}")
        }
    })
}

fn variable_bomb(rng: &mut Rng) -> Case {
    let value = match rng.u8(..5) {
        0 => (0..rng.usize(22..100)).fold(json!(1), |inner, _| json!([inner])),
        1 => (0..rng.usize(22..100)).fold(json!(1), |inner, _| json!({ "a": inner })),
        2 => json!((0..rng.usize(1_001..3_000)).collect::<Vec<_>>()),
        3 => json!(vec![vec![json!({ "a": [1, 2] }); 40]; rng.usize(40..60)]),
        // Few of these: each is as large as a request may be.
        4 if rng.u8(..10) == 0 => json!("x".repeat(rng.usize(200_000..240_000))),
        _ => json!({ "a": vec![vec![vec![0; 20]; 20]; 14] }),
    };
    Case {
        query: "query($a: [ID!]!) { nodes(ids: $a) { id } }".to_owned(),
        variables: json!({ "a": value }),
    }
}

fn long_list(rng: &mut Rng) -> Case {
    let count = rng.usize(201..900);
    match rng.u8(..4) {
        0 => plain(format!(
            "{{ nodes(ids: [{}]) {{ id }} }}",
            "\"x\" ".repeat(count)
        )),
        1 => Case {
            query: "query($a: [ID!]!) { nodes(ids: $a) { id } }".to_owned(),
            variables: json!({ "a": vec!["x"; count] }),
        },
        2 => Case {
            query: "query($a: [_Any!]!) { _entities(representations: $a) { __typename } }"
                .to_owned(),
            variables: json!({ "a": vec![json!({ "__typename": "Referral", "id": "x" }); count] }),
        },
        _ => plain(format!(
            "{{ referrals(filter: {{ status: [{}] }}) {{ nodes {{ id }} }} }}",
            "PENDING ".repeat(count + 800)
        )),
    }
}

fn introspection_bomb(rng: &mut Rng) -> Case {
    let list = pick(
        rng,
        &["fields", "inputFields", "interfaces", "possibleTypes"],
    );
    let levels = rng.usize(3..9);
    let inner = match list {
        "fields" | "inputFields" => (format!("{list} {{ type {{ "), " } }"),
        _ => (format!("{list} {{ "), " }"),
    };
    let nest = format!("{}name{}", inner.0.repeat(levels), inner.1.repeat(levels));
    plain(match rng.u8(..4) {
        0 => format!("{{ __schema {{ types {{ {nest} }} }} }}"),
        1 => format!("{{ __type(name: \"Query\") {{ {nest} }} }}"),
        2 => format!(
            "{{ ...f }} fragment f on Query {{ __schema {{ types {{ ...g }} }} }} fragment g on __Type {{ {nest} }}"
        ),
        _ => {
            let all = many(30, |index| format!("f{index}: name kind ofType {{ name }}"));
            format!(
                "{{ ...f b: __schema {{ types {{ ...g }} }} c: __schema {{ types {{ ...g }} }} d: __schema {{ types {{ ...g }} }} }} fragment f on Query {{ __schema {{ types {{ ...g }} }} }} fragment g on __Type {{ {all} }}"
            )
        }
    })
}

fn many_definitions(rng: &mut Rng) -> Case {
    let count = rng.usize(102..400);
    plain(match rng.u8(..4) {
        0 => many(count, |index| format!("query q{index} {{ __typename }}")),
        1 => format!(
            "{{ __typename }} {}",
            many(count, |index| format!(
                "fragment f{index} on Query {{ __typename }}"
            ))
        ),
        2 => format!(
            "query({}) {{ __typename }}",
            many(count, |index| format!("$v{index}: Int = {index}"))
        ),
        _ => format!("{{ __typename }} {}", "{ __typename } ".repeat(count)),
    })
}

fn pages_in_pages(rng: &mut Rng) -> Case {
    let by = pick(rng, &["connection", "engagement"]);
    let rows = pick(rng, &["nodes", "edges"]);
    let first = rng.u8(50..=100);
    let (first, variables) = if rng.bool() {
        (first.to_string(), json!({}))
    } else {
        ("$n".to_owned(), json!({ "n": first }))
    };
    let levels = rng.usize(3..5);
    let mut inner = "id".to_owned();
    for _ in 0..levels {
        let list = match rows {
            "nodes" => format!("nodes {{ {inner} }}"),
            _ => format!("edges {{ node {{ {inner} }} }}"),
        };
        inner = format!("{by} {{ referrals(first: {first}) {{ {list} }} }}");
    }
    let query = format!(
        "query($n: Int = 100) {{ a: __typename @skip(if: true) referrals(first: $n) {{ nodes {{ {inner} }} }} }}"
    );
    Case { query, variables }
}

/// Whoever reads these looks for the end of each block of text up to the end of the document, and then goes on behind its
/// quotes.
fn open_blocks(rng: &mut Rng) -> Case {
    let begins = "\"\"\"x\\\\\"".repeat(rng.usize(2..320));
    let rest = pick(rng, &["y", "\\n", "\"\" ", "{", "é", " "]).repeat(rng.usize(0..12_000));
    plain(format!("{{ node(id: [{begins} {rest}"))
}
