//! Documents that were guarded, parsed and weighed against the policy before.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;

use super::guard::{self, Limits, Refused};
use super::variables;
use crate::graphql::access::{Access, Needs};
use crate::graphql::cost::{Cost, LongList};
use crate::graphql::error::code;
use crate::load::Bounded;

/// Roughly how many bytes a parsed document takes for each byte of its text.
const GROWTH: usize = 16;

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
    /// The least work that an operation of it was found to be, with whatever variables.
    least_work: AtomicU32,
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
    /// The least work that an operation of it was found to be; nothing is known of one that comes for the first time.
    pub fn least_work(&self) -> Option<u32> {
        let work = self.least_work.load(Ordering::Relaxed);
        (work < u32::MAX).then_some(work)
    }

    /// Notes how much work an operation of it is.
    pub fn note_work(&self, work: u32) {
        self.least_work.fetch_min(work, Ordering::Relaxed);
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
            least_work: AtomicU32::new(u32::MAX),
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
