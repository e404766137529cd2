//! Microsoft Partner Center: co-sell leads and deals;
//! <https://learn.microsoft.com/partner-center/developer/referrals-api-introduction>.
//!
//! Quirks: the list is OData, its link to the next page may name `http` and a path that is not the documented one, and
//! what `@odata.count` counts is not said, so it is not read. A text may be empty, null or missing for "none". Numbers may
//! come as texts. Every enumeration may grow. The version (`eTag`) carries its own quotes.
//!
//! It knows no connections, notes or people to search; to moderate is to answer a new referral. An engagement exists if
//! a referral has it. Its people are told apart by their e-mail addresses.

mod check;
mod client;
mod map;
pub(crate) mod policy;
mod query;
pub mod sandbox;
pub mod schema;
mod store;
mod token;
mod whole;
mod wire;
mod write;

#[cfg(test)]
mod tests;

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use url::Url;

use self::client::Client;
use self::query::{Place, TOP};
use self::token::Credentials;
use super::error::found;
use super::http::{Answer, Connect};
use super::wire::{decode, read_list, sorted_out};
use super::{
    Call, Connector, Kind, Native, Next, Page, Plan, Position, Prices, Result, Sent, Settled,
    Vitals, Written,
};
use crate::config::reader::{Key, Section, env_key};
use crate::model::{Capability, Order, Problem, Referral, ReferralFilter, Vendor, Write};

pub(crate) use map::details;

const BASE_URL: Key = env_key(
    "base_url",
    "PARTNER_CENTER_BASE_URL",
    "Where the referrals API is: its origin, possibly with a path below which the documented paths lie.",
);
const TOKEN_URL: Key = env_key(
    "token_url",
    "PARTNER_CENTER_TOKEN_URL",
    "The whole address of the token endpoint.",
);
const CLIENT_ID: Key = env_key(
    "client_id",
    "PARTNER_CENTER_CLIENT_ID",
    "The application's (client) id in Microsoft Entra.",
);
const CLIENT_SECRET: Key = env_key(
    "client_secret",
    "PARTNER_CENTER_CLIENT_SECRET",
    "The application's client secret.",
);
const REFRESH_TOKEN: Key = env_key(
    "refresh_token",
    "PARTNER_CENTER_REFRESH_TOKEN",
    "A refresh token that a user of Partner Center consented to. Its rotated successors are kept in the data folder and win over it until another one is configured.",
);

const CAPABILITIES: &[Capability] = &[
    Capability::ListReferrals,
    Capability::GetReferral,
    Capability::CreateReferral,
    Capability::UpdateReferral,
    Capability::Moderate,
    Capability::ManageFacilitators,
    Capability::Engagements,
];

/// How many pages of an engagement are read: it joins a few partners.
const ENGAGEMENT_PAGES: usize = 10;

/// Reads this vendor's part of the configuration.
pub fn configure(section: &mut Section<'_>) -> Option<Connector> {
    let base_url = section.url_or(BASE_URL, "https://api.partner.microsoft.com");
    let token_url = section.url_or(
        TOKEN_URL,
        "https://login.microsoftonline.com/common/oauth2/token",
    );
    let client_id = section.text(CLIENT_ID);
    let client_secret = section.secret(CLIENT_SECRET);
    let refresh_token = section.secret(REFRESH_TOKEN);
    if client_id.is_none() && client_secret.is_none() && refresh_token.is_none() {
        return None;
    }
    let client_id = client_id.or_else(|| section.missing(CLIENT_ID));
    let client_secret = client_secret.or_else(|| section.missing(CLIENT_SECRET));
    let refresh_token = refresh_token.or_else(|| section.missing(REFRESH_TOKEN));
    let credentials = Credentials {
        client_id: client_id?,
        client_secret: client_secret?,
        refresh_token: refresh_token?,
    };
    Some(Box::new(move |connect| {
        let adapter = Adapter::new(
            base_url.clone(),
            token_url.clone(),
            credentials.clone(),
            connect,
        )?;
        Ok(Arc::new(adapter) as Arc<dyn super::Adapter>)
    }))
}

/// Reads a text as every kind of answer that is read here. Whatever it is, nothing may panic.
pub(crate) fn read_anything(body: &[u8]) {
    if let Ok(row) = decode(body)
        && let Ok(referral) = map::record(row)
    {
        drop(map::details(&referral.raw));
    }
    if let Ok(listing) = read_list::<wire::ReferralList, _>(body, map::referral) {
        for referral in listing.rows.into_iter().flatten() {
            drop(map::details(&referral.raw));
        }
    }
    drop(decode::<wire::Grant>(body));
}

/// Partner Center, for one workspace.
struct Adapter {
    client: Client,
    accepted: write::Accepted,
}

impl Adapter {
    fn new(
        base_url: Url,
        token_url: Url,
        credentials: Credentials,
        connect: &Connect,
    ) -> Result<Self> {
        let before = connect.predecessor.as_deref().map(|it| it as &dyn Any);
        let before = before.and_then(|it| it.downcast_ref::<Self>());
        let before = before.map(|it| &it.client);
        let client = Client::new(base_url, token_url, credentials, connect, before)?;
        let accepted = write::Accepted::default();
        Ok(Self { client, accepted })
    }

    async fn page(&self, call: &Call, native: &Native, place: &Place) -> Result<Page<Referral>> {
        let followed = match &place.link {
            Some(link) => self.client.follow(call, link).await?,
            None => None,
        };
        let (answer, is_exact) = match followed {
            Some(answer) => (answer, true),
            None => self.list(call, native, place.skip).await?,
        };
        let listing = answer.list(map::referral).await?;
        let count = listing.count();
        let list: wire::ReferralList = listing.list;
        let next = self.next(place, count, list.next_link);
        let is_all = place.skip == 0 && next == Next::End;
        let (rows, unreadable) = sorted_out(listing.rows);
        Ok(Page {
            rows,
            unreadable,
            next,
            here: Some(place.hint()),
            total: (is_all && is_exact).then_some(count),
            repeats: place.repeats,
        })
    }

    /// A page of the list, and whether all of the filter was taken. How times are written in a filter is not
    /// documented: where they are refused, the list is asked for without them. The caller filters again.
    async fn list(&self, call: &Call, native: &Native, skip: u64) -> Result<(Answer, bool)> {
        let refusal = match self.client.list_referrals(call, native, skip).await {
            Err(error) if error.kind == Kind::Rejected => error,
            answer => return Ok((answer?, true)),
        };
        let Some(native) = query::without_times(native) else {
            return Err(refusal);
        };
        let answer = self.client.list_referrals(call, &native, skip).await?;
        Ok((answer, false))
    }

    /// What follows a page of `count` rows. Without a link the list is at its end, unless it stopped just where `$top`
    /// made it stop: whether the vendor gives a link there is not documented, and the rows behind would be lost.
    fn next(&self, place: &Place, count: u64, link: Option<String>) -> Next {
        let behind = place.skip.saturating_add(count);
        let by_count = |is_more: bool| {
            if !is_more || count <= u64::from(place.repeats) {
                return Next::End;
            }
            // The last row once more, by which a reader notices that rows before it are gone: no count tells it.
            let repeats = count > 1;
            let place = Place {
                skip: behind.saturating_sub(u64::from(repeats)),
                link: None,
                repeats,
            };
            Next::Then(place.position())
        };
        let Some(link) = link else {
            return by_count(count >= TOP || behind.is_multiple_of(TOP));
        };
        if place.link.as_ref() == Some(&link) {
            return Next::End;
        }
        if !self.client.reaches(&link) {
            return by_count(true);
        }
        let place = Place {
            skip: behind,
            link: Some(link),
            repeats: false,
        };
        Next::Then(place.position())
    }
}

#[async_trait]
impl super::Adapter for Adapter {
    fn vendor(&self) -> Vendor {
        Vendor::PartnerCenter
    }

    fn capabilities(&self) -> &'static [Capability] {
        CAPABILITIES
    }

    fn vitals(&self) -> &Vitals {
        self.client.vitals()
    }

    fn prices(&self) -> Prices {
        Prices {
            page_rows: TOP,
            engagement: ENGAGEMENT_PAGES as u64,
            ..Prices::PLAIN
        }
    }

    fn plan_referrals(&self, filter: &ReferralFilter, order: Order) -> Plan {
        query::plan(filter, order)
    }

    async fn referrals(
        &self,
        call: &Call,
        native: &Native,
        position: Option<&Position>,
    ) -> Result<Page<Referral>> {
        let place = Place::parse(position)?;
        self.page(call, native, &place).await
    }

    async fn referral(&self, call: &Call, id: &str) -> Result<Option<Referral>> {
        let Some(answer) = found(self.client.get_referral(call, id).await)? else {
            return Ok(None);
        };
        single(&answer).map(Some)
    }

    async fn engagement(&self, call: &Call, id: &str) -> Result<Page<Referral>> {
        let native = query::engagement(id);
        let mut all = self.page(call, &native, &Place::parse(None)?).await?;
        for _ in 1..ENGAGEMENT_PAGES {
            let Next::Then(position) = &all.next else {
                break;
            };
            let place = Place::parse(Some(position))?;
            let page = self.page(call, &native, &place).await?;
            all.rows.extend(page.rows);
            all.unreadable.extend(page.unreadable);
            all.next = page.next;
        }
        let count = u64::try_from(all.rows.len() + all.unreadable.len()).ok();
        all.total = count.filter(|_| all.next == Next::End);
        Ok(all)
    }

    fn follow_up(&self, write: &Write) -> Option<Write> {
        write::follow_up(write)
    }

    fn check_write(&self, write: &Write) -> Vec<Problem> {
        check::problems(write)
    }

    fn twin_of(&self, write: &Write) -> Option<String> {
        write::twin_of(write)
    }

    async fn write(&self, call: &Call, write: &Write, sent: &Sent) -> Result<Written> {
        self.make(call, write, sent).await
    }

    async fn settle(&self, call: &Call, write: &Write, sent: &Sent) -> Result<Settled> {
        self.find_out(call, write, sent).await
    }

    async fn check(&self, call: &Call) -> Result<String> {
        let list: wire::ReferralList = self.client.probe(call).await?.json()?;
        let shown = if list.value.is_empty() {
            "is empty"
        } else {
            "has referrals"
        };
        Ok(format!(
            "signed in with the refresh token; the list of referrals can be read and {shown}"
        ))
    }
}

fn single(answer: &Answer) -> Result<Referral> {
    map::record(answer.json()?).map_err(|unreadable| answer.unreadable(&unreadable))
}
