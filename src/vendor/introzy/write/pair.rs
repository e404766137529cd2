//! What Introzy has between a seeker and a provider. Its list cannot be filtered, and so it is walked.

use std::sync::Arc;

use bigdecimal::BigDecimal;
use futures_util::stream::{self, StreamExt as _};

use super::{is_same_id, is_same_text, is_since};
use crate::model::{Decimal, Referral, Vendor};
use crate::vendor::introzy::schema::NewIntrozyReferral;
use crate::vendor::introzy::{Adapter, wire};
use crate::vendor::paging::read_again;
use crate::vendor::{Adapter as _, Call, Native, Next, Page, Position, Result, Sent};

/// How many pages are read at once.
const PARALLEL: usize = 8;

/// Longer lists are not walked to their end.
const MAX_PAGES: usize = 200;

/// What is there of the two people.
#[derive(Default)]
pub(super) struct Pair {
    /// With the content that was asked for, as Introzy may write it.
    alike: Vec<Arc<Referral>>,
    /// The first with exactly that content.
    pub(super) same: Option<Arc<Referral>>,
    /// With other content.
    other: Option<Arc<Referral>>,
    /// With seeker and provider exchanged.
    exchanged: Option<Arc<Referral>>,
    /// Whether there may be more of the two than was seen.
    pub(super) is_partial: bool,
}

/// Walks the list.
pub(super) async fn find(
    introzy: &Adapter,
    call: &Call,
    input: &NewIntrozyReferral,
    sent: &Sent,
) -> Result<Pair> {
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
            for unreadable in &page.unreadable {
                unreadable.warn(Vendor::Introzy, "create_referral");
                pair.is_partial = true;
            }
            page.rows
                .into_iter()
                .for_each(|row| pair.add(row, input, sent));
            match page.next {
                Next::End => {}
                Next::Then(next) => waiting.push(Some(next)),
                Next::All(rest) => waiting.extend(rest.into_iter().map(Some)),
            }
        }
    }
    pair.is_partial |= !waiting.is_empty();
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
    fn add(&mut self, referral: Arc<Referral>, input: &NewIntrozyReferral, sent: &Sent) {
        let opp: wire::ReferralOpp<'_> = read_again(&referral.raw);
        let seeker = opp.seeker.as_ref().and_then(|it| it.id.as_deref());
        let provider = opp.provider.as_ref().and_then(|it| it.id.as_deref());
        let is_between =
            |one: &str, other: &str| is_same_id(seeker, one) && is_same_id(provider, other);
        if is_between(&input.seeker_id, &input.provider_id) {
            if !is_alike(&opp, input) {
                self.other.get_or_insert(referral);
                return;
            }
            if is_exact(&opp, input) {
                self.same.get_or_insert_with(|| referral.clone());
            }
            self.alike.push(referral);
        } else if is_between(&input.provider_id, &input.seeker_id) {
            self.exchanged.get_or_insert(referral);
        } else if seeker.is_none() || provider.is_none() {
            // A new one that does not tell its two people may be of these.
            let is_new = referral.created_at.is_none() || is_since(sent, referral.created_at);
            self.is_partial |= is_new;
        }
    }

    /// The one that this write made, as far as that can be told.
    pub(super) fn made_by(&self, sent: &Sent) -> Option<&Arc<Referral>> {
        let mut alike = self.alike.iter();
        alike.find(|it| is_since(sent, it.created_at) && !sent.claimed.contains(&*it.remote_id))
    }

    /// What keeps Introzy from making another, if that is certain to be why it does not.
    pub(super) fn in_the_way(&self) -> Option<&Arc<Referral>> {
        let exchanged = self.exchanged.as_ref().filter(|_| !self.is_partial);
        self.ordered().or(exchanged)
    }

    /// The best that can be shown of what is there already.
    pub(super) fn shown(&self) -> Option<&Arc<Referral>> {
        self.ordered().or(self.exchanged.as_ref())
    }

    fn ordered(&self) -> Option<&Arc<Referral>> {
        self.alike.first().or(self.other.as_ref())
    }
}

/// Whether all that was asked for is there, as far as Introzy may not write it otherwise. Of what was left out, Introzy
/// made something of its own. The product is not told, and the connector's id is that of a person in one place of
/// Introzy's pages and that of a user in another.
fn is_alike(opp: &wire::ReferralOpp<'_>, input: &NewIntrozyReferral) -> bool {
    let is_said = |asked: Option<&str>, known: Option<&str>| {
        let asked = asked.filter(|asked| !asked.trim().is_empty());
        asked.is_none_or(|asked| known.is_some_and(|known| is_same_text(known, asked)))
    };
    let is_worth = |asked: &Decimal| {
        let known = opp.expected_value.as_ref();
        known.is_some_and(|known| is_same_to_cents(known, asked))
    };
    let is_in = |asked: &str| is_same_id(opp.currency.as_deref(), asked);
    is_said(input.name.as_deref(), opp.name.as_deref())
        && is_said(input.description.as_deref(), opp.description.as_deref())
        && input.expected_value.as_ref().is_none_or(is_worth)
        && input.currency.as_deref().is_none_or(is_in)
}

/// Whether one that is alike is so to the last digit and the connector.
fn is_exact(opp: &wire::ReferralOpp<'_>, input: &NewIntrozyReferral) -> bool {
    let connector = opp.connector.as_ref().and_then(|it| it.id.as_deref());
    let value = input.expected_value.as_ref();
    value.is_none_or(|value| opp.expected_value.as_ref() == Some(value))
        && input
            .connector_id
            .as_ref()
            .is_none_or(|asked| is_same_id(connector, asked))
}

/// Whichever way it is rounded.
fn is_same_to_cents(known: &Decimal, asked: &Decimal) -> bool {
    let number = |decimal: &Decimal| decimal.to_string().parse::<BigDecimal>().ok();
    let numbers = number(known).zip(number(asked));
    let cent = BigDecimal::new(1.into(), 2);
    numbers.is_some_and(|(known, asked)| (known - asked).abs() < cent)
}
