//! What one request may ask for, what its answer may have, and how much each caller may ask for in a time.

use super::reader::{Section, key};
use super::small;
use crate::http::guard;
use crate::http::rate::Rate;
use crate::http::variables;

/// What one request may ask for, and what its answer may have.
#[derive(Clone, Copy, Debug)]
pub struct Requests {
    /// What a document may have at most.
    pub documents: guard::Limits,
    /// How many values the variables may have.
    pub max_variable_values: usize,
    /// What a request may cost.
    pub max_cost: u64,
    /// How many errors an answer tells.
    pub max_errors: usize,
    /// How many bytes an answer may have.
    pub max_answer_bytes: usize,
}

impl Requests {
    /// Reads `[requests]`. How many tokens a document may have is told in `[server]`.
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            documents: guard::Limits {
                tokens: guard::MAX_TOKENS,
                aliases: section.number_or(
                    key("max_aliases", "How many aliases a document may give once its fragments are spread."),
                    guard::MAX_ALIASES,
                    0..=5_000,
                ),
                root_fields: section.number_or(
                    key("max_root_fields", "How many fields of Query or Mutation one operation may select."),
                    guard::MAX_ROOT_FIELDS,
                    1..=300,
                ),
            },
            max_variable_values: small(section.number_or(
                key("max_variable_values", "How many values a request's variables may have together, each entry of a list and each field of an object counted."),
                variables::MAX_VALUES as u64,
                100..=100_000,
            )),
            max_cost: section.number_or(
                key("max_cost", "What one request may cost at most: one for each call to a vendor and one for each row of the answer, as docs/limits.md counts them."),
                25_000,
                100..=10_000_000,
            ),
            max_errors: small(section.number_or(
                key("max_errors", "How many errors an answer tells; one more says how many were left out."),
                100,
                1..=10_000,
            )),
            max_answer_bytes: small(section.number_or(
                key("max_answer_bytes", "How many bytes an answer may have. A larger one is an error."),
                16 * 1024 * 1024,
                64 * 1024..=1024 * 1024 * 1024,
            )),
        }
    }
}

/// Reads `[rate]`; `None` where nobody is limited.
pub(super) fn read_rate(section: &mut Section<'_>) -> Option<Rate> {
    let per_second = section.number_or(
        key("per_second", "How much cost each caller may use in a second, in the unit of requests.max_cost. 0 limits nobody."),
        0,
        0..=1_000_000,
    );
    let burst = section.number_or(
        key(
            "burst",
            "How much of it a caller may use at once after a quiet time.",
        ),
        50_000,
        1..=10_000_000,
    );
    let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    (per_second > 0).then(|| Rate {
        per_second: number(per_second),
        burst: number(burst),
    })
}
