//! What it costs to refuse a hostile document, beside what an ordinary one costs to take, in one run:
//! `cargo bench --bench guard`. Then the worst of each kind that the tests generate, up to 32 KiB: none may take more than a
//! millisecond.

#[path = "../tests/gateway/hostile/kinds.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "a module of the tests, as it stands there"
)]
mod kinds;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use referral_gateway::graphql;
use referral_gateway::graphql::access::Access;
use referral_gateway::http::documents::Documents;
use referral_gateway::http::guard::{Limits, MAX_TOKENS};

/// As the binary has it: the system's takes twice as long for some of these.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ORDINARY: &str = "query Newest($first: Int = 20) {
  referrals(first: $first, filter: { status: [PENDING, ACTIVE] }) {
    nodes { id vendor name status createdAt value { amount currency } referrer { __typename ... on Person { name email } } ...more }
    sources { vendor status message }
    pageInfo { hasNextPage endCursor }
  }
}
fragment more on Referral { connection { id status } engagement { id } facilitators(first: 3) { nodes { id role } } }";

fn main() {
    let access = Arc::new(Access::new(&graphql::sdl()));
    let documents = || Documents::new(Limits::default(), access.clone());
    let ordinary = median(|| documents().get(ORDINARY).is_ok());
    let again = median(|| documents().get(ORDINARY).is_ok());
    println!(
        "ordinary document, {} bytes, scanned, parsed, measured and weighed: {ordinary:?}",
        ORDINARY.len()
    );
    println!(
        "the same once more (the machine's noise): {:.2} of that",
        ratio(again, ordinary)
    );
    for (what, document) in hostile() {
        let spent = median(|| documents().get(&document).is_err());
        println!(
            "{what}, {} bytes, refused: {spent:?}, {:.2} of the ordinary one",
            document.len(),
            ratio(spent, ordinary)
        );
    }
    let mut is_slow = false;
    for (what, documents) in generated().into_iter().chain(padded()) {
        let mut all: Vec<_> = documents
            .iter()
            .map(|document| (fastest(document, &access, 5), document))
            .collect();
        all.sort_unstable();
        // Those that took longest may only have been disturbed.
        let again = all.iter().rev().take(5);
        let again = again.map(|(_, document)| (fastest(document, &access, 50), document.len()));
        let worst = again.max().unwrap_or_default();
        println!(
            "{what}, the worst of {}: {:?} for {} bytes, {:.2} of the ordinary one",
            documents.len(),
            worst.0,
            worst.1,
            ratio(worst.0, ordinary)
        );
        is_slow |= worst.0 > Duration::from_millis(1);
    }
    assert!(!is_slow, "a document took more than a millisecond");
}

/// How large a hostile document is at most.
const LARGEST: usize = 32 * 1024;

/// Three hundred of each kind that the tests have.
fn generated() -> Vec<(&'static str, Vec<String>)> {
    let of = |(index, (what, make)): (usize, &(&'static str, kinds::Make))| {
        let mut rng = fastrand::Rng::with_seed(index as u64);
        let queries = (0..300).map(|_| {
            let mut query = make(&mut rng).query;
            let mut end = query.len().min(LARGEST);
            while !query.is_char_boundary(end) {
                end -= 1;
            }
            query.truncate(end);
            query
        });
        (*what, queries.collect())
    };
    kinds::KINDS.iter().enumerate().map(of).collect()
}

/// Documents of exactly that size that hold much of what costs no token.
fn padded() -> Vec<(&'static str, Vec<String>)> {
    let pad = |begin: &str, piece: &str, end: &str| {
        let room = LARGEST - begin.len() - end.len();
        format!("{begin}{}{end}", piece.repeat(room / piece.len()))
    };
    let each = |piece: &str| {
        vec![
            pad("{ a", piece, "}"),
            pad("{ a(b: [1", piece, "]) }"),
            pad("", piece, "{ a }"),
            pad("{ a ", piece, ""),
        ]
    };
    vec![
        ("white space", each(" \n\t")),
        ("commas", each(",")),
        ("comments", each("#[\n")),
        ("one comment", each("#")),
        ("one name", each("a")),
        ("one number", each("9")),
        ("everything at once", all_at_once()),
        (
            "texts",
            vec![
                pad("{ a(b: \"", "\\n", "\") }"),
                pad("{ a(b: \"\"\"", "\n  x", "\"\"\") }"),
            ],
        ),
    ]
}

/// Documents of that size that have nearly as much of several things as is let through.
fn all_at_once() -> Vec<String> {
    let set = |fields: usize, name: &str, space: &str| {
        let field = |index: usize| format!("{name}{index}{space}");
        format!("{{ {} }}", (0..fields).map(field).collect::<String>())
    };
    let (name, space) = ("a".repeat(12), " ".repeat(9));
    let sets = |count: usize, text: &str| {
        let each = (0..count).map(|index| format!("b{index} {}", set(240, &name, &space)));
        let sets: Vec<_> = each.collect();
        format!("{{ a(b: \"{text}\") {} }}", sets.join(" "))
    };
    vec![
        sets(4, ""),
        sets(2, &"x".repeat(7_900)),
        sets(3, &"\\n".repeat(1_900)),
        format!(
            "{{ a(b: \"{}\", c: [{}]) }}",
            "x".repeat(8_000),
            format!("9999999{space}").repeat(450)
        ),
    ]
}

/// What it takes, undisturbed. Whether it is refused is the tests' business.
fn fastest(document: &str, access: &Arc<Access>, runs: usize) -> Duration {
    let times = (0..runs).map(|_| {
        let documents = Documents::new(Limits::default(), access.clone());
        let started = Instant::now();
        let _ = black_box(documents.get(document));
        started.elapsed()
    });
    times.min().unwrap_or_default()
}

fn hostile() -> Vec<(&'static str, String)> {
    let bomb = |levels: usize| {
        let spread = |level: usize| {
            format!(
                " fragment f{level} on Query {{ ...f{0} ...f{0} }}",
                level + 1
            )
        };
        let spreads: Vec<String> = (0..levels).map(spread).collect();
        format!(
            "{{ ...f0 }}{} fragment f{levels} on Query {{ __typename }}",
            spreads.join("")
        )
    };
    let aliases: Vec<String> = (0..3_000)
        .map(|index| format!("a{index}: __typename"))
        .collect();
    vec![
        (
            "1,700 nested lists",
            format!(
                "{{ node(id: {}{}) {{ id }} }}",
                "[".repeat(1_700),
                "]".repeat(1_700)
            ),
        ),
        (
            "30,000 nested lists",
            format!(
                "{{ node(id: {}{}) {{ id }} }}",
                "[".repeat(30_000),
                "]".repeat(30_000)
            ),
        ),
        ("a fragment bomb of 26 levels", bomb(26)),
        ("a fragment bomb of 31 levels", bomb(31)),
        ("3,000 aliases", format!("{{ {} }}", aliases.join(" "))),
        ("30,000 tokens", format!("{{ {} }}", "a ".repeat(30_000))),
        (
            "as many fields in one selection as tokens are allowed",
            format!("{{ {} }}", "a ".repeat(MAX_TOKENS - 2)),
        ),
        (
            "1,000 directives",
            format!("{{ __typename {} }}", "@skip(if: false) ".repeat(1_000)),
        ),
        (
            "70,000 bytes of one string",
            format!("{{ node(id: \"{}\") {{ id }} }}", "x".repeat(70_000)),
        ),
    ]
}

fn median(mut work: impl FnMut() -> bool) -> Duration {
    let mut times: Vec<Duration> = (0..51)
        .map(|_| {
            let started = Instant::now();
            assert!(black_box(work()));
            started.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
