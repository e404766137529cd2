//! The guard before the parser, and the one before execution. A few kilobytes of nested brackets would overflow the
//! parser's stack and end the process, and a few hundred bytes of fragments would keep validation busy for minutes, so
//! every document passes here first: once over its bytes, then, parsed, once over its fragments with memory.

mod measure;
mod parsed;
mod scan;
mod shape;
#[cfg(test)]
mod tests;

use std::fmt;

use async_graphql::Pos;

pub use measure::measure;
pub use parsed::is_within_bounds;
pub use scan::scan;

/// How many bytes a document may have.
pub const MAX_BYTES: usize = 64 * 1024;
/// How many tokens a document may have, unless configured otherwise. The parser takes most of a microsecond for each.
pub const MAX_TOKENS: usize = 1_000;
/// How many bytes all texts within a document may have, together and with their quotes. A block string that is not closed
/// counts up to the document's end: so far the parser looks for its own.
pub const MAX_TEXT: usize = 8_192;
/// How many bytes of text count as one more token: the parser takes as long for them.
pub const TEXT_PER_TOKEN: usize = 16;
/// How many characters the names and numbers of a document may have together for each token that is allowed. The parser
/// reads each up to three times.
pub const WORD_PER_TOKEN: usize = 16;
/// How many characters of white space and commas a document may have for each token that is allowed, comments and what
/// ends a line aside. The parser takes a thirtieth of a token's time for each. What people and tools write has two to five.
pub const SPACE_PER_TOKEN: usize = 10;
/// As how many of them the end of a line counts: it takes the parser as long.
pub const SPACE_PER_LINE: usize = 3;
/// How deep brackets of all kinds may nest.
pub const MAX_NESTING: usize = 64;
/// How deep selections may nest once fragments are spread.
pub const MAX_DEPTH: u64 = 20;
/// How many fields a document may select once fragments are spread.
pub const MAX_FIELDS: u64 = 5_000;
/// How many directives a document may apply once fragments are spread.
pub const MAX_DIRECTIVES: u64 = 200;
/// How many fields one selection set may have.
pub const MAX_WIDTH: usize = 300;
/// How often one selection set may name the same answer, or spread the same fragment.
pub const MAX_REPEATS: usize = 20;
/// How many aliases a document may give once fragments are spread, unless configured otherwise.
pub const MAX_ALIASES: u64 = 200;
/// How many fields of `Query` or `Mutation` an operation may select, unless configured otherwise.
pub const MAX_ROOT_FIELDS: u64 = 20;
/// How many operations a document may have.
pub const MAX_OPERATIONS: usize = 50;
/// How many fragments a document may define.
pub const MAX_FRAGMENTS: usize = 100;
/// How many variables an operation may define.
pub const MAX_VARIABLES: usize = 100;
/// How many fields a document may select of the schema itself. The longest of the usual introspection queries has 220.
pub const MAX_INTROSPECTION: u64 = 400;

/// What a document may have at most, where that is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Tokens.
    pub tokens: usize,
    /// Aliases.
    pub aliases: u64,
    /// Fields of `Query` or `Mutation` in one operation.
    pub root_fields: u64,
}

/// Why a document is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too many bytes.
    Bytes,
    /// Too many tokens, texts counted as several; this many were allowed.
    Tokens(usize),
    /// Too much text within it.
    Text,
    /// Names and numbers that are too long together; this many characters were allowed.
    Words(usize),
    /// Too much white space; this many characters were allowed.
    Space(usize),
    /// Brackets nest too deeply.
    Nesting,
    /// Selections nest too deeply.
    Depth,
    /// Too many fields.
    Fields,
    /// Too many directives.
    Directives,
    /// Too many fields in one selection set.
    Width,
    /// The same field or fragment over and over.
    Repeats,
    /// Too many aliases; this many were allowed.
    Aliases(u64),
    /// Too many root fields; this many were allowed.
    RootFields(u64),
    /// Too many operations.
    Operations,
    /// Too many fragments.
    Fragments,
    /// Too many variables.
    Variables,
    /// Too many fields of the schema itself.
    Introspection,
    /// The schema's lists inside one another.
    IntrospectionDepth,
    /// A fragment spreads itself.
    Cycle,
}

/// Why a document is refused, and where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// Where; `None` where it is about the whole.
    pub at: Option<Pos>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tokens: MAX_TOKENS,
            aliases: MAX_ALIASES,
            root_fields: MAX_ROOT_FIELDS,
        }
    }
}

impl Refusal {
    /// Whether it is a matter of size alone.
    pub fn is_size(self) -> bool {
        matches!(self, Self::Bytes | Self::Text)
    }

    fn at(self, at: Pos) -> Refused {
        Refused {
            refusal: self,
            at: Some(at),
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, at: None }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes => write!(f, "The document has more than {MAX_BYTES} bytes."),
            Self::Tokens(max) => write!(
                f,
                "The document has more than {max} tokens; each {TEXT_PER_TOKEN} bytes of its texts count as one more."
            ),
            Self::Text => write!(
                f,
                "The document's texts have more than {MAX_TEXT} bytes together: longer ones go into variables."
            ),
            Self::Words(max) => write!(
                f,
                "The document's names and numbers have more than {max} characters together."
            ),
            Self::Space(max) => write!(
                f,
                "The document has more than {max} characters of white space and commas."
            ),
            Self::Nesting => write!(
                f,
                "The document's brackets nest more than {MAX_NESTING} deep."
            ),
            Self::Depth => write!(
                f,
                "The document's selections nest more than {MAX_DEPTH} deep."
            ),
            Self::Fields => write!(
                f,
                "The document selects more than {MAX_FIELDS} fields once its fragments are spread."
            ),
            Self::Directives => write!(
                f,
                "The document applies more than {MAX_DIRECTIVES} directives once its fragments are spread."
            ),
            Self::Width => write!(
                f,
                "A selection of the document has more than {MAX_WIDTH} fields."
            ),
            Self::Repeats => write!(
                f,
                "A selection of the document has the same field or fragment more than {MAX_REPEATS} times."
            ),
            Self::Aliases(max) => write!(
                f,
                "The document gives more than {max} aliases once its fragments are spread."
            ),
            Self::RootFields(max) => write!(
                f,
                "An operation of the document selects more than {max} fields of Query or Mutation."
            ),
            Self::Operations => {
                write!(f, "The document has more than {MAX_OPERATIONS} operations.")
            }
            Self::Fragments => write!(f, "The document has more than {MAX_FRAGMENTS} fragments."),
            Self::Variables => write!(
                f,
                "An operation of the document has more than {MAX_VARIABLES} variables."
            ),
            Self::Introspection => write!(
                f,
                "The document selects more than {MAX_INTROSPECTION} fields of the schema itself."
            ),
            Self::IntrospectionDepth => write!(
                f,
                "The document asks for the fields, interfaces, possibleTypes or inputFields of each type in such a list: \
                 once in __schema and twice in __type is the most."
            ),
            Self::Cycle => write!(f, "A fragment of the document spreads itself."),
        }
    }
}
