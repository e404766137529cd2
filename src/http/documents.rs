//! Documents that were guarded, parsed and weighed against the policy before.

use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use serde_json::{Map, Value};

use super::guard::{self, Limits, Refused};
use super::variables;
use crate::graphql::access::{Access, Needs};
use crate::graphql::cost::{Cost, LongList};
use crate::graphql::error::code;
use crate::load::Bounded;

/// Roughly how many bytes a parsed document takes for each byte of its text.
const GROWTH: usize = 16;

/// Seeded by chance, so that nobody can make values that look like others. If they did, the engine would still refuse them
/// where they are used.
static SEED: LazyLock<foldhash::quality::RandomState> = LazyLock::new(Default::default);

/// How many bytes all remembered documents may take.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Documents by their text. Nothing in them is anybody's data: all workspaces share them.
pub struct Documents {
    known: Bounded<Arc<str>, Arc<Document>>,
    access: Arc<Access>,
    limits: Limits,
}

/// A document that may be looked at more closely.
pub struct Document {
    /// As it was parsed.
    pub parsed: ExecutableDocument,
    /// What it needs of its caller.
    pub needs: Needs,
    /// With which values of its variables it was found to be valid.
    validated: Recent,
    /// How much work it was found to be: the values, with the work in place of their last bits.
    worked: Recent,
}

/// The last few of what was noted.
#[derive(Default)]
struct Recent {
    noted: [AtomicU64; 8],
    next: AtomicUsize,
}

/// What of a note on work is the work. More than that counts as this.
const WORK: u64 = 0xFF_FFFF;

impl Recent {
    fn find(&self, is_it: impl Fn(u64) -> bool) -> Option<u64> {
        let mut noted = self.noted.iter().map(|it| it.load(Ordering::Relaxed));
        noted.find(|it| is_it(*it))
    }

    fn note(&self, what: u64) {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        self.noted[place % self.noted.len()].store(what, Ordering::Relaxed);
    }
}

/// Why a document is not executed.
#[derive(Debug)]
pub enum DocumentError {
    /// The guard refuses it.
    Refused(Refused),
    /// It is not GraphQL.
    Syntax(ServerError),
    /// The values that come with it are too much.
    Variables(variables::Refused),
    /// One of its lists of arguments is too long.
    LongList(LongList),
    /// It costs more than a request may.
    TooCostly {
        /// What it costs.
        cost: Cost,
        /// What it may cost.
        max: u64,
    },
}

impl Document {
    /// What tells these values of its variables from others, as far as its validity can depend on them. It is never 0.
    pub fn values(&self, operation: Option<&str>, variables: Option<&Map<String, Value>>) -> u64 {
        let mut hasher = SEED.build_hasher();
        operation.hash(&mut hasher);
        let given = variables.into_iter().flatten();
        for (name, value) in given.filter(|(name, _)| self.declares(name)) {
            name.hash(&mut hasher);
            value.hash(&mut hasher);
        }
        hasher.finish().max(1)
    }

    /// Whether it was found to be valid with these values.
    pub fn is_valid_with(&self, values: u64) -> bool {
        self.validated.find(|noted| noted == values).is_some()
    }

    /// Notes that it was found to be valid with these values.
    pub fn note_valid_with(&self, values: u64) {
        self.validated.note(values);
    }

    fn declares(&self, variable: &str) -> bool {
        let mut operations = self.parsed.operations.iter();
        operations.any(|(_, operation)| {
            let mut declared = operation.node.variable_definitions.iter();
            declared.any(|it| it.node.name.node == variable)
        })
    }

    /// How much work it was found to be with these values.
    pub fn work_with(&self, values: u64) -> Option<u32> {
        let noted = self.worked.find(|noted| noted & !WORK == values & !WORK)?;
        u32::try_from(noted & WORK).ok()
    }

    /// Notes how much work it is with these values.
    pub fn note_work_with(&self, values: u64, work: u32) {
        if self.work_with(values).is_none() {
            self.worked
                .note((values & !WORK) | u64::from(work).min(WORK));
        }
    }
}

impl DocumentError {
    /// The code and the sentence for the client, and the place in the document.
    pub fn told(self) -> Result<(&'static str, ServerError), ServerError> {
        let about_all = |message: String| ServerError::new(message, None);
        Ok(match self {
            Self::Syntax(error) => return Err(error),
            Self::Refused(Refused { refusal, at }) => {
                let code = if refusal.is_size() {
                    code::DOCUMENT_TOO_LARGE
                } else {
                    code::DOCUMENT_TOO_COMPLEX
                };
                (code, ServerError::new(refusal.to_string(), at))
            }
            Self::Variables(refused) => {
                let code = if refused.refusal == variables::Refusal::Bytes {
                    code::DOCUMENT_TOO_LARGE
                } else {
                    code::DOCUMENT_TOO_COMPLEX
                };
                (code, about_all(refused.to_string()))
            }
            Self::LongList(list) => (code::BAD_USER_INPUT, about_all(list.to_string())),
            Self::TooCostly { cost, max } => {
                let Cost { calls, rows } = cost;
                let message = format!(
                    "The request may take {calls} calls to vendors and {rows} rows, together more than the {max} that one \
                     request may cost: give its lists a smaller `first`, or ask for less in one request."
                );
                (code::DOCUMENT_TOO_COMPLEX, about_all(message))
            }
        })
    }
}

impl Documents {
    /// None yet; documents beyond these limits are refused.
    pub fn new(limits: Limits, access: Arc<Access>) -> Self {
        let weigh =
            |text: &Arc<str>, _: &_| u32::try_from(text.len() * GROWTH + 512).unwrap_or(u32::MAX);
        Self {
            known: Bounded::new(MAX_BYTES, weigh),
            access,
            limits,
        }
    }

    /// The parsed document, guarded on the way.
    pub fn get(&self, text: &str) -> Result<Arc<Document>, DocumentError> {
        if let Some(known) = self.known.get(text) {
            return Ok(known);
        }
        let thinned = guard::scan(text, self.limits.tokens).map_err(DocumentError::Refused)?;
        let parsed = parse_query(&thinned).map_err(|error| {
            let mut error = ServerError::from(error);
            error.message = shortened(&error.message);
            DocumentError::Syntax(error)
        })?;
        guard::measure(&parsed, &self.limits).map_err(DocumentError::Refused)?;
        let needs = self.access.needs(&parsed);
        let document = Arc::new(Document {
            parsed,
            needs,
            validated: Recent::default(),
            worked: Recent::default(),
        });
        self.known.put(text.into(), document.clone());
        Ok(document)
    }
}

/// The parser repeats the line that it stumbled over, however long that is: no more of a line of its message is told.
const MAX_LINE: usize = 160;

fn shortened(message: &str) -> String {
    let cut = |line: &str| match line.char_indices().nth(MAX_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    };
    message.lines().map(cut).collect::<Vec<_>>().join("\n")
}
