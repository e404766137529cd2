//! SaaSquatch's writes, and how what became of one is found out when it was not answered. Both of them may be made again
//! without harm: users are registered by their ids, and who has been approved is approved once more, unless somebody has
//! decided otherwise since.

mod create;
mod look;
mod moderate;
mod split;
mod standing;

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::{Adapter, wire};
use crate::model::{DateTime, Vendor, Write};
use crate::vendor::wire::decode;
use crate::vendor::{Call, Error, Result, Sent, Settled, Written, redact};

pub(super) use moderate::MAX_ACTIONS;

/// How far SaaSquatch's clock may be behind ours.
const CLOCK_SKEW: Duration = Duration::from_secs(10);

pub(super) async fn write(
    squatch: &Adapter,
    call: &Call,
    write: &Write,
    sent: &Sent,
) -> Result<Written> {
    match write {
        Write::Create { input } => create::write(squatch, call, input, sent).await,
        Write::Moderate { decisions } => moderate::write(squatch, call, decisions, sent).await,
        _ => Err(Error::unsupported(Vendor::Saasquatch, write.kind())),
    }
}

pub(super) async fn settle(
    squatch: &Adapter,
    call: &Call,
    write: &Write,
    sent: &Sent,
) -> Result<Settled> {
    match write {
        Write::Create { input } => create::settle(squatch, call, input, sent).await,
        Write::Moderate { decisions } => moderate::settle(squatch, call, decisions, sent).await,
        _ => Err(Error::unsupported(Vendor::Saasquatch, write.kind())),
    }
}

/// Whether something of this time may come of a write that was first sent then.
fn is_since(sent: &Sent, time: Option<DateTime>) -> bool {
    let earliest = sent.since.saturating_sub(CLOCK_SKEW);
    let earliest = earliest.unwrap_or(sent.since);
    time.is_some_and(|time| time.0 >= earliest)
}

fn failure(error: &Error) -> wire::Failure {
    let body = error.body.as_deref().unwrap_or_default();
    decode(body).unwrap_or_default()
}

/// What SaaSquatch says of a refusal, to be put behind a sentence without its full stop, if it may be shown: its own
/// sentence, or else the code.
fn said(error: &Error) -> String {
    let failure = failure(error);
    let code = failure.api_error_code.or(failure.rs_code);
    let code = code.filter(|code| redact::is_plain(code));
    match (failure.message.as_deref().and_then(redact::sentence), code) {
        (Some(sentence), _) => format!(": {sentence}"),
        (None, Some(code)) => format!(" ({code})."),
        (None, None) => ".".to_owned(),
    }
}
