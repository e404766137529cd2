//! A new referral opportunity. Introzy refuses a second one of the same seeker and provider, so sending it again makes no
//! second one, and one that is there can be told by its two people.

use std::sync::Arc;

use serde::Deserialize as _;
use serde_json::Value;

use super::conflict;
use super::pair::{Pair, find};
use crate::model::{Problem, ProblemCode, Referral, Vendor};
use crate::vendor::introzy::schema::NewIntrozyReferral;
use crate::vendor::introzy::{Adapter, map, outgoing};
use crate::vendor::wire::read_row;
use crate::vendor::write::{after_sending, before_sending};
use crate::vendor::{Call, Effect, Error, Kind, Rejection, Result, Sent, Settled, Written};

pub(super) async fn write(
    introzy: &Adapter,
    call: &Call,
    input: &Value,
    sent: &Sent,
) -> Result<Written> {
    let input = read(input)?;
    let accepted = introzy
        .client
        .create_referral_opp(call, &outgoing::ReferralOpp::from(&input))
        .await;
    let row = match accepted {
        Ok(row) => row,
        Err(error) if error.status == Some(409) => {
            let pair = find(introzy, call, &input, sent)
                .await
                .map_err(after_sending)?;
            return taken(&pair, sent, error);
        }
        Err(error) if error.kind == Kind::NotFound => {
            let message = "Introzy does not know all of these: the seeker, the provider, the connector, the product.";
            return Ok(Written::Rejected(
                Problem::new(ProblemCode::NotFound, message).into(),
            ));
        }
        Err(error) => return Err(error),
    };
    let read = row.and_then(|row| {
        let read = read_row(&row, |row| map::referral(row, &introzy.statuses));
        read.map_err(|unreadable| {
            Error::unreadable(Vendor::Introzy, "create_referral", &unreadable)
        })
    });
    let untold = match read {
        Ok(referral) => return Ok(Written::Applied(Effect::referral(referral))),
        Err(error) => error,
    };
    let pair = find(introzy, call, &input, sent)
        .await
        .map_err(after_sending)?;
    let ours = pair.made_by(sent).ok_or(untold)?;
    Ok(Written::Applied(effect(ours)))
}

/// What is not there may be on its way still: sent again at once, it would race with Introzy's own look for duplicates, so
/// that waits for a quiet time. Of what was there before, another attempt then learns more than could be told from here:
/// what Introzy takes for a duplicate is up to Introzy, which has not documented what the product has to do with it.
pub(super) async fn settle(
    introzy: &Adapter,
    call: &Call,
    input: &Value,
    sent: &Sent,
) -> Result<Settled> {
    let pair = find(introzy, call, &read(input)?, sent).await?;
    if let Some(ours) = pair.made_by(sent) {
        return Ok(Settled::Applied(effect(ours)));
    }
    if pair.is_partial {
        let detail = "it may be among what could not be read of the list";
        return Err(failure(Kind::InvalidResponse, detail));
    }
    Ok(Settled::Absent {
        may_be_sent_again: true,
    })
}

/// Two of the same people, whatever they say: Introzy writes some of it otherwise, and so what one made is known as that
/// one's by its having been told before the other was sent.
pub(super) fn twin(input: &Value) -> Option<String> {
    let input = read(input).ok()?;
    let pair = format!("create {} {}", *input.seeker_id, *input.provider_id);
    Some(pair.to_ascii_lowercase())
}

/// What a 409 means, now that what is there has been looked at.
fn taken(pair: &Pair, sent: &Sent, refused: Error) -> Result<Written> {
    let ours = pair.made_by(sent).filter(|_| sent.is_repeated);
    if let Some(ours) = ours {
        return Ok(Written::Applied(effect(ours)));
    }
    if let Some(same) = &pair.same {
        return Ok(Written::AlreadyApplied(effect(same)));
    }
    if sent.is_repeated && pair.in_the_way().is_none() {
        // An earlier attempt may have made what stands in the way.
        return Err(after_sending(refused));
    }
    let message = "Introzy has another referral between this seeker and provider.";
    Ok(Written::Rejected(Rejection {
        effect: pair.shown().map(effect).unwrap_or_default(),
        ..conflict(message)
    }))
}

fn effect(referral: &Arc<Referral>) -> Box<Effect> {
    Box::new(Effect {
        referral: Some(referral.clone()),
        ..Effect::on(&referral.remote_id)
    })
}

fn read(input: &Value) -> Result<NewIntrozyReferral> {
    NewIntrozyReferral::deserialize(input).map_err(|_| {
        let detail = "the input is not one of this vendor";
        before_sending(failure(Kind::Rejected, detail))
    })
}

fn failure(kind: Kind, detail: &str) -> Error {
    Error::new(Vendor::Introzy, "create_referral", kind, detail)
}
