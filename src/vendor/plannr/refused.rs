//! What Plannr says of a write that it refuses, as problems of our input. What it answers in which case is hardly
//! documented: a wrong state or party may come as 403, 404, 409 or 422.

use serde_json::Value;

use super::Adapter;
use crate::model::{Problem, ProblemCode, Vendor, Write};
use crate::vendor::write::{Rejection, Sent, Settled, Written, refusal};
use crate::vendor::{self, Call, Error, Kind, Result, redact};

/// Longer bodies say nothing that anyone would read.
const MAX_BODY: usize = 64 * 1024;

/// Beyond these, more problems do not help.
const MAX_PROBLEMS: usize = 100;

/// What is said where there is no more to say.
const REFUSED: &str = "Plannr refuses this input.";

/// How the refusals of one call are to be understood.
pub(super) struct Refusals {
    /// Plannr's names of the body's fields, and the paths in our input.
    pub(super) fields: &'static [(&'static str, &'static str)],
    /// What a 403 means.
    pub(super) forbidden: &'static str,
    /// What a 404 means.
    pub(super) missing: &'static str,
    /// What a 409 means.
    pub(super) conflict: &'static str,
}

impl Refusals {
    /// What an answer says of the write. `None` where it says nothing of it.
    pub(super) fn problems(&self, error: &Error) -> Option<Vec<Problem>> {
        let code = refusal(error)?.code;
        if error.status == Some(422)
            && let Some(told) = self.told(error.body.as_deref().unwrap_or_default())
        {
            return Some(told);
        }
        let message = match code {
            ProblemCode::Forbidden => self.forbidden,
            ProblemCode::NotFound => self.missing,
            ProblemCode::Conflict => self.conflict,
            _ => REFUSED,
        };
        Some(vec![Problem::new(code, message)])
    }

    /// The body of a 422: `{"message":"…","errors":{"field":["…"]}}`, where one sample has a plain text in place of the
    /// list.
    fn told(&self, body: &[u8]) -> Option<Vec<Problem>> {
        let body = Some(body).filter(|body| body.len() <= MAX_BODY)?;
        let body: Value = serde_json::from_slice(body).ok()?;
        let fields = body["errors"].as_object().into_iter().flatten();
        let mut problems: Vec<Problem> = fields
            .flat_map(|(field, told)| self.of_field(field, told))
            .take(MAX_PROBLEMS)
            .collect();
        if problems.is_empty() {
            let message = redact::sentence(body["message"].as_str()?)?;
            problems.push(Problem::new(ProblemCode::Invalid, message));
        }
        Some(problems)
    }

    fn of_field(&self, field: &str, told: &Value) -> Vec<Problem> {
        let path = self.path(field);
        let messages = match told {
            Value::Array(messages) if !messages.is_empty() => messages.as_slice(),
            other => std::slice::from_ref(other),
        };
        let problems = messages.iter().map(|message| {
            let shown = message.as_str().and_then(redact::sentence);
            let (Some(path), shown) = (&path, shown) else {
                let shown = shown.unwrap_or(REFUSED);
                return Problem::new(ProblemCode::Invalid, shown);
            };
            let own = || format!("Plannr does not accept this {}.", field_of(path));
            Problem::invalid(path, shown.map_or_else(own, str::to_owned))
        });
        problems.collect()
    }

    /// Where our input has what Plannr calls `client_uuids.0`.
    fn path(&self, field: &str) -> Option<String> {
        let mut parts = field.split('.');
        let name = parts.next()?;
        let (_, ours) = self.fields.iter().find(|(theirs, _)| *theirs == name)?;
        let mut path = (*ours).to_owned();
        let is_place = |part: &&str| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        for place in parts.take_while(|part| !part.is_empty() && is_place(part)) {
            path.push('.');
            path.push_str(place);
        }
        Some(path)
    }
}

/// The field's own name, without its place in lists.
fn field_of(path: &str) -> &str {
    let is_name = |part: &&str| part.starts_with(|c: char| c.is_ascii_alphabetic());
    path.rsplit('.').find(is_name).unwrap_or(path)
}

impl Adapter {
    /// What an attempt came to that was not answered by a 2xx. Of one that is not the first, an earlier one may be what it
    /// was refused for: it may have come through after all.
    pub(super) async fn refused(
        &self,
        call: &Call,
        write: &Write,
        sent: &Sent,
        error: Error,
        refusals: &Refusals,
    ) -> Result<Written> {
        let Some(problems) = refusals.problems(&error) else {
            return Err(error);
        };
        let rejected = Written::Rejected(Rejection {
            problems,
            effect: Box::default(),
        });
        if !sent.is_repeated {
            return Ok(rejected);
        }
        match vendor::Adapter::settle(self, call, write, sent).await {
            Ok(Settled::Applied(effect)) => Ok(Written::Applied(effect)),
            Ok(Settled::Absent { .. }) => Ok(rejected),
            _ => Err(unknown(error.operation)),
        }
    }
}

/// For an attempt that was refused while it is not known what an earlier one did. It must not pass for a refusal.
pub(super) fn unknown(operation: &'static str) -> Error {
    let detail = "refused, and what an earlier attempt did could not be found out";
    Error::new(Vendor::Plannr, operation, Kind::Unavailable, detail)
}
