//! A new referral opportunity. Introzy refuses a second one of the same seeker and provider, so sending it again makes no
//! second one, and one that is there can be told by its two people.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};
use serde::Deserialize as _;
use serde_json::Value;

use super::{conflict, is_same_id, is_since};
use crate::model::{Problem, ProblemCode, Referral, Vendor};
use crate::vendor::introzy::schema::NewIntrozyReferral;
use crate::vendor::introzy::{Adapter, map, outgoing, wire};
use crate::vendor::paging::read_again;
use crate::vendor::write::{after_sending, before_sending};
use crate::vendor::{
    Adapter as _, Call, Effect, Error, Kind, Native, Next, Page, Position, Rejection, Result, Sent,
    Settled, Written,
};

/// How many pages are read at once.
const PARALLEL: usize = 8;

/// Longer lists are not walked to their end.
const MAX_PAGES: usize = 200;

/// What is there of the two people.
#[derive(Default)]
struct Pair {
    /// With the same content.
    same: Vec<Arc<Referral>>,
    /// With other content, or with seeker and provider exchanged.
    other: Option<Arc<Referral>>,
}

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
            let pair = find(introzy, call, &input).await.map_err(after_sending)?;
            return Ok(taken(&pair, sent));
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
        map::referral(row, &introzy.statuses).map_err(|unreadable| {
            Error::unreadable(Vendor::Introzy, "create_referral", &unreadable)
        })
    });
    let untold = match read {
        Ok(referral) => return Ok(Written::Applied(Effect::referral(referral))),
        Err(error) => error,
    };
    let pair = find(introzy, call, &input).await.map_err(after_sending)?;
    let ours = pair.made_by(sent).ok_or(untold)?;
    Ok(Written::Applied(effect(ours)))
}

/// Of what was there before, another attempt learns more than could be told from here: what Introzy takes for a duplicate
/// is up to Introzy, which has not documented what the product has to do with it.
pub(super) async fn settle(
    introzy: &Adapter,
    call: &Call,
    input: &Value,
    sent: &Sent,
) -> Result<Settled> {
    let pair = find(introzy, call, &read(input)?).await?;
    Ok(match pair.made_by(sent) {
        Some(ours) => Settled::Applied(effect(ours)),
        None => Settled::SendAgain,
    })
}

/// What a 409 means, now that what is there has been looked at.
fn taken(pair: &Pair, sent: &Sent) -> Written {
    let ours = pair.made_by(sent).filter(|_| sent.is_repeated);
    if let Some(ours) = ours {
        return Written::Applied(effect(ours));
    }
    if let Some(same) = pair.same.first() {
        return Written::AlreadyApplied(effect(same));
    }
    let message = "Introzy has another referral between this seeker and provider.";
    Written::Rejected(Rejection {
        effect: pair.other.as_ref().map(effect).unwrap_or_default(),
        ..conflict(message)
    })
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
        before_sending(Error::new(
            Vendor::Introzy,
            "create_referral",
            Kind::Rejected,
            detail,
        ))
    })
}

/// Walks the list, which cannot be filtered, until what was asked for is found.
async fn find(introzy: &Adapter, call: &Call, input: &NewIntrozyReferral) -> Result<Pair> {
    let mut pair = Pair::default();
    let mut waiting = vec![None];
    let mut pages = 0;
    while !waiting.is_empty() && pages < MAX_PAGES {
        pages += waiting.len();
        let positions: Vec<Option<Position>> = std::mem::take(&mut waiting);
        let mut reading = stream::iter(positions)
            .map(|position| page(introzy, call, position))
            .buffered(PARALLEL);
        while let Some(page) = reading.next().await {
            let page = page?;
            page.rows.into_iter().for_each(|row| pair.add(row, input));
            match page.next {
                Next::End => {}
                Next::Then(next) => waiting.push(Some(next)),
                Next::All(rest) => waiting.extend(rest.into_iter().map(Some)),
            }
        }
    }
    Ok(pair)
}

async fn page(
    introzy: &Adapter,
    call: &Call,
    position: Option<Position>,
) -> Result<Page<Referral>> {
    let native = Native::default();
    introzy.referrals(call, &native, position.as_ref()).await
}

impl Pair {
    fn add(&mut self, referral: Arc<Referral>, input: &NewIntrozyReferral) {
        let opp: wire::ReferralOpp = read_again(&referral.raw);
        let seeker = opp.seeker.as_ref().and_then(|it| it.id.as_deref());
        let provider = opp.provider.as_ref().and_then(|it| it.id.as_deref());
        let is_between =
            |one: &str, other: &str| is_same_id(seeker, one) && is_same_id(provider, other);
        let is_pair = is_between(&input.seeker_id, &input.provider_id);
        if is_pair && is_as_asked(&opp, input) {
            self.same.push(referral);
        } else if is_pair {
            self.other = Some(referral);
        } else if is_between(&input.provider_id, &input.seeker_id) {
            self.other.get_or_insert(referral);
        }
    }

    /// The one that this write made, as far as that can be told.
    fn made_by(&self, sent: &Sent) -> Option<&Arc<Referral>> {
        let mut same = self.same.iter();
        same.find(|it| is_since(sent, it.created_at) && !sent.claimed.contains(&*it.remote_id))
    }
}

/// Whether all that was asked for is there. Of what was left out, Introzy made something of its own. The product is not
/// told.
fn is_as_asked(opp: &wire::ReferralOpp, input: &NewIntrozyReferral) -> bool {
    let is_said = |asked: Option<&str>, known: Option<&str>| {
        let asked = asked.map(str::trim).filter(|asked| !asked.is_empty());
        asked.is_none_or(|asked| known.is_some_and(|known| known.trim() == asked))
    };
    let connector = opp.connector.as_ref().and_then(|it| it.id.as_deref());
    let value = input.expected_value.as_ref();
    is_said(input.name.as_deref(), opp.name.as_deref())
        && is_said(input.description.as_deref(), opp.description.as_deref())
        && value.is_none_or(|value| opp.expected_value.as_ref() == Some(value))
        && input
            .currency
            .as_deref()
            .is_none_or(|asked| is_same_id(opp.currency.as_deref(), asked))
        && input
            .connector_id
            .as_ref()
            .is_none_or(|asked| is_same_id(connector, asked))
}
