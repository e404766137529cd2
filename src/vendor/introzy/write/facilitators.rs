//! Facilitators added and removed. What became of either is read off the list.

use super::{conflict_at, is_same_id, is_since, no_referral, not_found};
use crate::model::{Facilitator, FacilitatorParty, NewFacilitator, Party, Vendor};
use crate::vendor::introzy::{Adapter, map, outgoing, wire};
use crate::vendor::wire::{Row, decode_row};
use crate::vendor::write::after_sending;
use crate::vendor::{
    Adapter as _, Call, Effect, Error, Kind, Rejection, Result, Sent, Settled, Written,
};

/// Where the input of a removal names both the referral and the row.
const ROW: &str = "facilitatorId";
const NO_REFERRAL: &str = "Introzy has no such referral.";

fn read(referral: &str, row: &Row) -> Result<Facilitator> {
    let row =
        decode_row::<wire::Facilitator<'_>>(row).map(|row| map::facilitator(&referral.into(), row));
    row.map_err(|unreadable| Error::unreadable(Vendor::Introzy, "add_facilitator", &unreadable))
}

pub(super) async fn add(
    introzy: &Adapter,
    call: &Call,
    referral: &str,
    asked: &NewFacilitator,
    sent: &Sent,
) -> Result<Written> {
    let Some(body) = outgoing::Facilitator::new(asked) else {
        return Err(Error::unsupported(Vendor::Introzy, "add_facilitator"));
    };
    let accepted = introzy.client.add_facilitator(call, referral, &body).await;
    let read = accepted.map(|row| row.and_then(|row| read(referral, &row)));
    let untold = match read {
        Ok(Ok(row)) => return Ok(Written::Applied(effect(referral, row))),
        Ok(Err(error)) => error,
        Err(error) if error.status == Some(409) => {
            let rows = introzy.facilitators(call, referral).await;
            let rows = rows.map_err(after_sending)?.unwrap_or_default();
            return Ok(taken(rows, referral, asked, sent));
        }
        Err(error) if error.kind == Kind::NotFound => {
            // Either of the two may be missing; that one of them is, is certain.
            return match introzy.facilitators(call, referral).await {
                Ok(Some(_)) => Ok(Written::Rejected(no_party(&asked.party))),
                Ok(None) => Ok(Written::Rejected(no_referral())),
                Err(_) => Err(error),
            };
        }
        Err(error) => return Err(error),
    };
    let rows = introzy.facilitators(call, referral).await;
    let rows = rows.map_err(after_sending)?.unwrap_or_default();
    let row = rows.into_iter().find(|row| is_as_asked(row, asked));
    let row = row.ok_or(untold)?;
    Ok(Written::Applied(effect(referral, row)))
}

pub(super) async fn settle_added(
    introzy: &Adapter,
    call: &Call,
    referral: &str,
    asked: &NewFacilitator,
) -> Result<Settled> {
    let Some(rows) = introzy.facilitators(call, referral).await? else {
        return Ok(Settled::Rejected(no_referral()));
    };
    Ok(match rows.into_iter().find(|row| is_as_asked(row, asked)) {
        Some(row) => Settled::Applied(effect(referral, row)),
        None => Settled::Absent {
            may_be_sent_again: true,
        },
    })
}

pub(super) async fn remove(
    introzy: &Adapter,
    call: &Call,
    referral: &str,
    key: &str,
    sent: &Sent,
) -> Result<Written> {
    let removed = introzy.client.remove_facilitator(call, referral, key).await;
    let on_referral = Box::new(Effect::on(referral));
    match removed {
        Ok(()) => return Ok(Written::Applied(on_referral)),
        Err(error) if error.status == Some(404) => {}
        Err(error) => return Err(error),
    }
    // Either of the two may be missing.
    let rows = introzy.facilitators(call, referral).await;
    let Some(rows) = rows.map_err(after_sending)? else {
        return Ok(Written::Rejected(not_found(ROW, NO_REFERRAL)));
    };
    Ok(if has(&rows, key) {
        let message = "Introzy does not find this facilitator.";
        Written::Rejected(not_found(ROW, message))
    } else if sent.is_repeated {
        Written::Applied(on_referral)
    } else {
        Written::AlreadyApplied(on_referral)
    })
}

pub(super) async fn settle_removed(
    introzy: &Adapter,
    call: &Call,
    referral: &str,
    key: &str,
) -> Result<Settled> {
    let Some(rows) = introzy.facilitators(call, referral).await? else {
        return Ok(Settled::Rejected(not_found(ROW, NO_REFERRAL)));
    };
    Ok(if has(&rows, key) {
        // The row has an id of its own: what is added meanwhile is never taken for it.
        Settled::SendAgain
    } else {
        Settled::Applied(Box::new(Effect::on(referral)))
    })
}

/// What a 409 means, now that the list has been looked at.
fn taken(rows: Vec<Facilitator>, referral: &str, asked: &NewFacilitator, sent: &Sent) -> Written {
    let (same, other): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .filter(|row| is_of(row, &asked.party))
        .partition(|row| is_as_asked(row, asked));
    if let Some(row) = same.into_iter().next() {
        let is_ours = sent.is_repeated && is_since(sent, row.created_at);
        let effect = effect(referral, row);
        return if is_ours {
            Written::Applied(effect)
        } else {
            Written::AlreadyApplied(effect)
        };
    }
    let message =
        "They are a facilitator of this referral already, in another role or on another side.";
    Written::Rejected(Rejection {
        effect: match other.into_iter().next() {
            Some(row) => effect(referral, row),
            None => Box::new(Effect::on(referral)),
        },
        ..conflict_at("party", message)
    })
}

/// Whoever was to be added is not there.
fn no_party(party: &FacilitatorParty) -> Rejection {
    match party {
        FacilitatorParty::User(_) => not_found("party.userId", "Introzy has no such user."),
        _ => not_found("party.companyId", "Introzy has no such company."),
    }
}

fn effect(referral: &str, row: Facilitator) -> Box<Effect> {
    Box::new(Effect {
        facilitator: Some(row),
        ..Effect::on(referral)
    })
}

fn has(rows: &[Facilitator], key: &str) -> bool {
    rows.iter().any(|row| is_same_id(Some(&row.key), key))
}

fn is_as_asked(row: &Facilitator, asked: &NewFacilitator) -> bool {
    let is_on_side = asked.side.is_none() || row.side == asked.side;
    is_of(row, &asked.party) && row.role == asked.role && is_on_side
}

fn is_of(row: &Facilitator, asked: &FacilitatorParty) -> bool {
    match (&row.party, asked) {
        (Party::Person(person), FacilitatorParty::User(id)) => is_same_id(person.remote_id(), id),
        (Party::Organization(company), FacilitatorParty::Company(id)) => {
            is_same_id(company.remote_id(), id)
        }
        _ => false,
    }
}
