//! A new referral: a user is registered with somebody's code. Registering the same user again changes nothing, and an
//! account is referred once, so doing it again makes no second referral.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize as _;
use serde_json::Value;

use super::look::{Seen, Wanted, look};
use super::{failure, is_since, said};
use crate::model::{Problem, ProblemCode, Referral, Vendor};
use crate::vendor::saasquatch::schema::NewSaasquatchReferral;
use crate::vendor::saasquatch::{Adapter, outgoing};
use crate::vendor::write::{after_sending, before_sending, refusal};
use crate::vendor::{
    Adapter as _, Call, Effect, Error, Kind, Rejection, Result, Sent, Settled, Written,
};

/// How long is waited before each look for the referral: programs make it beside the answer.
const LOOKS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(250),
    Duration::from_millis(750),
];

pub(super) async fn write(
    squatch: &Adapter,
    call: &Call,
    input: &Value,
    sent: &Sent,
) -> Result<Written> {
    let asked = read(input)?;
    let wanted = Wanted {
        asked: &asked,
        sent,
    };
    let seen = look(squatch, call, wanted).await.map_err(before_sending)?;
    if let Some(there) = seen.referral {
        let is_ours = sent.is_repeated && is_since(sent, there.created_at);
        let effect = effect(squatch, call, &there).await;
        return Ok(if is_ours {
            Written::Applied(effect)
        } else {
            Written::AlreadyApplied(effect)
        });
    }
    let user = outgoing::User::from(&asked);
    if let Err(error) = squatch.client.upsert_user(call, &user).await {
        return match refused(&error) {
            Some(problem) => Ok(Written::Rejected(problem.into())),
            None => Err(error),
        };
    }
    // Whatever the answer says, it says nothing of a referral.
    let mut last = Seen::default();
    for wait in LOOKS {
        if !wait.is_zero() {
            squatch.clock.sleep(wait).await;
        }
        last = look(squatch, call, wanted).await.map_err(after_sending)?;
        if let Some(made) = last.referral {
            return Ok(Written::Applied(effect(squatch, call, &made).await));
        }
    }
    if sent.is_repeated {
        return Ok(Written::Rejected(without_referral(last)));
    }
    let detail = "the user was registered, and no referral has appeared yet";
    let vendor = Vendor::Saasquatch;
    Err(Error::new(
        vendor,
        "create_referral",
        Kind::Unavailable,
        detail,
    ))
}

pub(super) async fn settle(
    squatch: &Adapter,
    call: &Call,
    input: &Value,
    sent: &Sent,
) -> Result<Settled> {
    let asked = &read(input)?;
    let seen = look(squatch, call, Wanted { asked, sent }).await?;
    Ok(match seen.referral {
        Some(made) => Settled::Applied(effect(squatch, call, &made).await),
        None => Settled::Absent {
            may_be_sent_again: true,
        },
    })
}

/// The user has been registered at least twice, with time in between: waiting longer would bring nothing.
fn without_referral(seen: Seen) -> Rejection {
    let reason = if seen.other.is_some() {
        "the user was referred before, and not with this code as far as it is told."
    } else {
        "the account may have been referred before, or the code may be its own or of another kind of program."
    };
    let message = format!("SaaSquatch registered the user but made no referral: {reason}");
    let other = seen.other.map(|other| Effect {
        referral: other.complete.then(|| other.clone()),
        ..Effect::on(&other.remote_id)
    });
    Rejection {
        effect: Box::new(other.unwrap_or_default()),
        ..Problem::new(ProblemCode::Conflict, message).into()
    }
}

/// What a refusal says that lies in the input.
fn refused(error: &Error) -> Option<Problem> {
    let problem = refusal(error)?;
    if problem.code == ProblemCode::Forbidden {
        // Someone may mend that, and then it can be asked for anew.
        return None;
    }
    let rs_code = failure(error).rs_code;
    let (path, message) = match rs_code.as_deref() {
        Some("RS034") => (
            "referralCode",
            "SaaSquatch does not accept this referral code.",
        ),
        Some("RS023") => ("email", "SaaSquatch does not accept this e-mail address."),
        Some("RS039") => ("locale", "SaaSquatch does not accept this locale."),
        Some("RS013") => ("accountId", "The account has as many users as it can have."),
        Some("RS050") => (
            "userId",
            "The user was deleted and asked not to be tracked.",
        ),
        _ if problem.code == ProblemCode::Invalid => {
            let message = format!("SaaSquatch refuses this input{}", said(error));
            return Some(Problem { message, ..problem });
        }
        _ => return Some(problem),
    };
    Some(Problem::invalid(path, message))
}

/// A row of a list may lack what a single read has.
async fn effect(squatch: &Adapter, call: &Call, row: &Arc<Referral>) -> Box<Effect> {
    let id = &*row.remote_id;
    let referral = if row.complete {
        Some(row.clone())
    } else {
        let single = squatch.referral(call, id).await;
        single.ok().flatten().map(Arc::new)
    };
    Box::new(Effect {
        referral,
        ..Effect::on(id)
    })
}

/// With the code as it is both sent and compared.
fn read(input: &Value) -> Result<NewSaasquatchReferral> {
    let read = NewSaasquatchReferral::deserialize(input).map(|mut asked| {
        asked.referral_code = asked.referral_code.trim().to_owned();
        asked
    });
    read.map_err(|_| {
        let detail = "the input is not one of this vendor";
        let vendor = Vendor::Saasquatch;
        before_sending(Error::new(
            vendor,
            "create_referral",
            Kind::Rejected,
            detail,
        ))
    })
}
