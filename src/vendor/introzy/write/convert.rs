//! A referral turned into a finance deal. It makes fee chains and other records and is never sent a second time: whether
//! it was made is read off the preview of its fees.

use super::{conflict_at, no_referral};
use crate::model::{Conversion, FinanceDeal};
use crate::vendor::introzy::{Adapter, outgoing, wire};
use crate::vendor::wire::nonempty;
use crate::vendor::write::{after_sending, before_sending, refusal};
use crate::vendor::{Adapter as _, Call, Effect, Kind, Result, Sent, Settled, Written};

pub(super) async fn write(
    introzy: &Adapter,
    call: &Call,
    referral: &str,
    conversion: &Conversion,
    sent: &Sent,
) -> Result<Written> {
    let preview = match introzy.fee_preview(call, referral).await {
        // Who may not look at it may not convert it, and an id that is refused here is refused there.
        Err(error) if !sent.is_repeated && refusal(&error).is_some() => return Err(error),
        preview => preview.map_err(before_sending)?,
    };
    let Some(preview) = preview else {
        return Ok(Written::Rejected(no_referral()));
    };
    let on_referral = Box::new(Effect::on(referral));
    if preview.is_converted && sent.is_repeated {
        return Ok(Written::Applied(on_referral));
    }
    if preview.is_converted {
        let message = "The referral has been converted already.";
        return Ok(Written::Rejected(conflict_at("referralId", message)));
    }
    let body = outgoing::Conversion::from(conversion);
    let untold = match introzy.client.convert(call, referral, &body).await {
        Ok(Ok(converted)) => {
            let deal = Some(deal(converted.deal));
            return Ok(Written::Applied(Box::new(Effect {
                deal,
                ..*on_referral
            })));
        }
        Ok(Err(error)) => error,
        Err(error) if error.kind == Kind::NotFound => return Ok(Written::Rejected(no_referral())),
        Err(error) => return Err(error),
    };
    let preview = introzy.fee_preview(call, referral).await;
    let preview = preview.map_err(after_sending)?;
    if preview.is_some_and(|preview| preview.is_converted) {
        return Ok(Written::Applied(on_referral));
    }
    Err(untold)
}

/// Which deal it became is told in no other answer.
pub(super) async fn settle(introzy: &Adapter, call: &Call, referral: &str) -> Result<Settled> {
    let Some(preview) = introzy.fee_preview(call, referral).await? else {
        return Ok(Settled::Rejected(no_referral()));
    };
    Ok(if preview.is_converted {
        Settled::Applied(Box::new(Effect::on(referral)))
    } else {
        Settled::Absent {
            may_be_sent_again: false,
        }
    })
}

/// Whatever the deal is to be: of two at once, each would find the referral not converted yet, and make a deal.
pub(super) fn twin(referral: &str) -> String {
    format!("convert {}", referral.to_ascii_lowercase())
}

fn deal(deal: wire::Deal) -> FinanceDeal {
    FinanceDeal {
        remote_id: deal.id,
        name: nonempty(deal.name),
        amount: deal.amount,
    }
}
