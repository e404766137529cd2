//! What the vendor's refusals say:
//! <https://github.com/MicrosoftDocs/partner-rest/blob/5c30e90/partner-rest/develop/error-codes.md>.

use serde_json::Value;

use crate::model::{Problem, ProblemCode};
use crate::vendor::partner_center::token;
use crate::vendor::{Error, Kind, redact, write};

/// Longer bodies are not read: no documented one is nearly as long.
const MAX_BODY: usize = 64 * 1024;

/// Errors lie within each other no deeper.
const MAX_INNER: usize = 8;

/// What an answer says that refuses this one write. `None` where it says nothing of it: the vendor is broken, refuses
/// every call for now, or gives no access token.
pub(super) fn problem(error: &Error) -> Option<Problem> {
    if !is_of_the_write(error) {
        return None;
    }
    let mut problem = write::refusal(error)?;
    if is_precondition(error) {
        problem.code = ProblemCode::VersionMismatch;
        "The referral has changed since it was read.".clone_into(&mut problem.message);
        return Some(problem);
    }
    let said = Said::read(error);
    if let Some(sentence) = said
        .sentence
        .filter(|_| problem.code == ProblemCode::Invalid)
    {
        problem.message = sentence;
    }
    let words: Vec<String> = [said.code, said.target].into_iter().flatten().collect();
    if !words.is_empty() {
        problem.message = format!("{} ({})", problem.message, words.join(", "));
    }
    Some(problem)
}

/// Whether a change was refused because the referral is not in the version that it was meant for. Which of two codes
/// comes with which status is not documented.
pub(super) fn is_precondition(error: &Error) -> bool {
    let is_version = |code: &String| {
        ["preconditionFailed", "resourceModified"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(code))
    };
    is_of_the_write(error)
        && match error.status {
            Some(412) => true,
            Some(409) => Said::read(error).codes.iter().any(is_version),
            _ => false,
        }
}

/// Whether this very call was refused, not the token that it was to carry.
fn is_of_the_write(error: &Error) -> bool {
    let is_answer = error.status.is_some() || error.kind == Kind::NotFound;
    is_answer && error.operation != token::OPERATION
}

/// What an error says.
#[derive(Default)]
struct Said {
    /// What is wrong in the vendor's words, if they are fit to be shown.
    sentence: Option<String>,
    /// The outermost code, if it is fit to be shown.
    code: Option<String>,
    /// What it is about, if that is fit to be shown.
    target: Option<String>,
    /// Every code, however deep.
    codes: Vec<String>,
}

impl Said {
    fn read(error: &Error) -> Self {
        let body = error.body.as_deref().unwrap_or_default();
        if body.len() > MAX_BODY {
            return Self::default();
        }
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let Some(outer) = field(&body, "error") else {
            return Self::default();
        };
        let text = |value: &Value, name| Some(field(value, name)?.as_str()?.to_owned());
        let is_plain = |text: &String| redact::is_plain(text);
        let mut codes = Vec::new();
        let mut inner = Some(outer);
        while let Some(error) = inner.filter(|_| codes.len() < MAX_INNER) {
            codes.push(text(error, "code").unwrap_or_default());
            inner = field(error, "innerError");
        }
        let sentence = text(outer, "message");
        Self {
            sentence: sentence.and_then(|it| redact::sentence(&it).map(str::to_owned)),
            code: text(outer, "code").filter(is_plain),
            target: text(outer, "target").filter(is_plain),
            codes,
        }
    }
}

/// A field, however its name is cased: the vendor's own pages differ in that.
fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let mut fields = value.as_object()?.iter();
    let (_, value) = fields.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some(value)
}
