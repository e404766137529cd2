//! Introzy's writes, and how what became of one is found out when it was not answered.
//!
//! No page documents an idempotency key, so each write has its own way back: a referral opportunity is one for its pair of
//! people, facilitators are a list, a deal is converted or not, and a note is known by its text and time.

mod convert;
mod create;
mod facilitators;
mod notes;
mod pair;

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::{Adapter, wire};
use crate::model::{DateTime, Problem, ProblemCode, Vendor, Write};
use crate::vendor::wire::decode;
use crate::vendor::write::refusal;
use crate::vendor::{Call, Error, Kind, Rejection, Result, Sent, Settled, Written, redact};

/// How far Introzy's clock may be behind ours.
const CLOCK_SKEW: Duration = Duration::from_secs(10);

pub(super) async fn write(
    introzy: &Adapter,
    call: &Call,
    write: &Write,
    sent: &Sent,
) -> Result<Written> {
    let written = match write {
        Write::Create { input } => create::write(introzy, call, input, sent).await,
        Write::AddFacilitator {
            referral,
            facilitator,
        } => facilitators::add(introzy, call, referral, facilitator, sent).await,
        Write::RemoveFacilitator { referral, key } => {
            facilitators::remove(introzy, call, referral, key, sent).await
        }
        Write::Convert {
            referral,
            conversion,
        } => convert::write(introzy, call, referral, conversion, sent).await,
        Write::AddNote { referral, content } => {
            notes::write(introzy, call, referral, content, sent).await
        }
        Write::Update { .. }
        | Write::Moderate { .. }
        | Write::RequestConnection { .. }
        | Write::Share { .. } => return Err(Error::unsupported(Vendor::Introzy, write.kind())),
    };
    written.or_else(rejected)
}

pub(super) async fn settle(
    introzy: &Adapter,
    call: &Call,
    write: &Write,
    sent: &Sent,
) -> Result<Settled> {
    match write {
        Write::Create { input } => create::settle(introzy, call, input, sent).await,
        Write::AddFacilitator {
            referral,
            facilitator,
        } => facilitators::settle_added(introzy, call, referral, facilitator).await,
        Write::RemoveFacilitator { referral, key } => {
            facilitators::settle_removed(introzy, call, referral, key).await
        }
        Write::Convert { referral, .. } => convert::settle(introzy, call, referral).await,
        Write::AddNote { referral, content } => {
            notes::settle(introzy, call, referral, content, sent).await
        }
        Write::Update { .. }
        | Write::Moderate { .. }
        | Write::RequestConnection { .. }
        | Write::Share { .. } => Err(Error::unsupported(Vendor::Introzy, write.kind())),
    }
}

pub(super) fn twin_of(write: &Write) -> Option<String> {
    match write {
        Write::Create { input } => create::twin(input),
        Write::AddNote { referral, content } => Some(notes::twin(referral, content)),
        Write::Convert { referral, .. } => Some(convert::twin(referral)),
        // Two of these that ask for the same are the same.
        _ => None,
    }
}

/// What the answer refuses for a reason that the caller can do something about is no error. Nothing that only looked comes
/// here with such an answer: it is marked as unsent, or as telling nothing of the write.
fn rejected(error: Error) -> Result<Written> {
    // An id that no record can have is refused without a call.
    if error.is_unsent() && error.kind != Kind::NotFound {
        return Err(error);
    }
    let Some(mut problem) = refusal(&error) else {
        return Err(error);
    };
    match problem.code {
        // Someone may mend that, and then it can be asked for anew.
        ProblemCode::Forbidden => return Err(error),
        ProblemCode::Invalid => problem.message = refuses_input(&error),
        _ => {}
    }
    Ok(Written::Rejected(problem.into()))
}

/// With what Introzy says of it, if that may be shown: its sentence, or else the code.
fn refuses_input(error: &Error) -> String {
    let body = error.body.as_deref().unwrap_or_default();
    let failure: wire::Failure = decode(body).unwrap_or_default();
    let said = failure.error.unwrap_or(failure.bare);
    let code = said.code.filter(|code| redact::is_plain(code));
    match (said.message.as_deref().and_then(redact::sentence), code) {
        (Some(sentence), _) => format!("Introzy refuses this input: {sentence}"),
        (None, Some(code)) => format!("Introzy refuses this input ({code})."),
        (None, None) => "Introzy refuses this input.".to_owned(),
    }
}

fn conflict(message: &str) -> Rejection {
    Problem::new(ProblemCode::Conflict, message).into()
}

fn conflict_at(path: &str, message: &str) -> Rejection {
    Problem::new(ProblemCode::Conflict, message).at(path).into()
}

fn not_found(path: &str, message: &str) -> Rejection {
    Problem::new(ProblemCode::NotFound, message).at(path).into()
}

/// The referral that the input names is not there.
fn no_referral() -> Rejection {
    not_found("referralId", "Introzy has no such referral.")
}

/// Whether something that came to be at this time may have been made by a write that was first sent then.
fn is_since(sent: &Sent, created_at: Option<DateTime>) -> bool {
    let earliest = sent.since.saturating_sub(CLOCK_SKEW);
    let earliest = earliest.unwrap_or(sent.since);
    created_at.is_some_and(|created_at| created_at.0 >= earliest)
}

fn is_same_id(known: Option<&str>, asked: &str) -> bool {
    known.is_some_and(|known| known.eq_ignore_ascii_case(asked))
}

/// Whether two texts are the same but for the white space, which Introzy may keep otherwise than it came.
fn is_same_text(known: &str, asked: &str) -> bool {
    known.split_whitespace().eq(asked.split_whitespace())
}
