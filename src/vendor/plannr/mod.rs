//! Plannr CRM: an adviser passes clients, with part of their data, to an adviser of a connected firm;
//! <https://apidocs.plannrcrm.com>.
//!
//! Its quirks:
//! - Every call but one names the account to act as, and `direction` is relative to it: the same record reads `sent`
//!   or `received` depending on who asks.
//! - Whether the lists of referrals and connections come in pages is not documented. Both forms are read: with
//!   `links` and `meta`, and without, which is the whole list.
//! - The filter on connections has no `expired`, although connections expire.
//! - The pages show notes of their generator in place of an account's values. Should they come from the API as well,
//!   they count as missing.
//! - Nothing marks a write: what came of one that was not answered is told by its content and time.
//! - A refused connection is "denied", a refused referral "rejected". Times are London's wall clock with its offset.
//!
//! It has no notes, facilitators, values or moderation of its own, no filter by time, connection or client, and no
//! webhook about referrals. A connection cannot be accepted or denied through its API, only by the links in an e-mail.

pub(crate) mod policy;
pub mod sandbox;
pub mod schema;

mod client;
mod lists;
mod map;
mod paging;
mod plan;
mod wire;

mod check;
mod connect;
mod content;
mod create;
mod moderate;
mod refused;
mod trace;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::value::RawValue;

use super::wire::{decode, decode_row, read_list, read_row, readable};
use super::{
    Call, Connector, Error, Found, Native, Page, Plan, Position, Prices, Result, Sent, Settled,
    Vitals, Written,
};
use crate::config::reader::{Key, Section, env_key};
use crate::model::{
    Capability, Connection, ConnectionFilter, Order, Person, Problem, Referral, ReferralFilter,
    Vendor, Write,
};
use crate::vendor;
use client::{Client, PER_PAGE};
use content::Content;
use lists::{List, read_one};

pub(crate) use map::details;

const BASE_URL: Key = env_key(
    "base_url",
    "PLANNR_BASE_URL",
    "Where Plannr is: an origin, possibly with a path below which the documented paths lie.",
);
const ACCESS_TOKEN: Key = env_key(
    "access_token",
    "PLANNR_ACCESS_TOKEN",
    "A personal access token, made in Plannr under Settings, Account Details, Personal Access Tokens.",
);
const ACCOUNT_UUID: Key = env_key(
    "account_uuid",
    "PLANNR_ACCOUNT_UUID",
    "The account to act as: `data[].account.uuid` of GET /api/v1/logins, not the login's own `uuid`.",
);

/// Reads Plannr's part of the configuration; without a token and an account it is not configured.
pub fn configure(section: &mut Section<'_>) -> Option<Connector> {
    let base = section.url_or(BASE_URL, "https://api.plannrcrm.com");
    let access_token = section.secret(ACCESS_TOKEN);
    let account = section.text(ACCOUNT_UUID);
    let (access_token, account) = match (access_token, account) {
        (Some(access_token), Some(account)) => (access_token, account.trim().to_owned()),
        (None, None) => return None,
        (Some(_), None) => return section.missing(ACCOUNT_UUID),
        (None, Some(_)) => return section.missing(ACCESS_TOKEN),
    };
    if account.is_empty() || !account.chars().all(|c| c.is_ascii_graphic()) {
        return section.problem(ACCOUNT_UUID, "must be the uuid of an account");
    }
    Some(Box::new(move |connect| {
        Ok(Arc::new(Adapter {
            client: Client::new(base.clone(), &access_token, account.clone(), connect)?,
        }))
    }))
}

/// Reads a text as every kind of answer that is read here. Whatever it is, nothing may panic.
pub(crate) fn read_anything(body: &[u8]) {
    if let Ok(row) = decode::<&RawValue>(body)
        && let Ok(referral) = read_row(row, map::referral)
    {
        drop(map::details(&referral.raw));
    }
    if let Ok(row) = decode::<&RawValue>(body) {
        drop(read_row(row, map::connection));
    }
    if let Ok(list) = decode::<wire::List>(body) {
        drop(
            readable(Vendor::Plannr, "fuzz", &list.data)
                .map(|account| map::person(&account))
                .collect::<Vec<_>>(),
        );
    }
    drop(read_list::<wire::List, _>(body, map::connection));
    if let Ok(listing) = read_list::<wire::List, _>(body, map::referral) {
        let _ = paging::next(&listing.list, listing.count(), 1, |_| true);
        for referral in listing.rows.into_iter().flatten() {
            drop(map::details(&referral.raw));
        }
    }
}

struct Adapter {
    client: Client,
}

#[async_trait]
impl vendor::Adapter for Adapter {
    fn vendor(&self) -> Vendor {
        Vendor::Plannr
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::ListReferrals,
            Capability::GetReferral,
            Capability::CreateReferral,
            Capability::Moderate,
            Capability::Connections,
            Capability::People,
        ]
    }

    fn vitals(&self) -> &Vitals {
        self.client.vitals()
    }

    fn account(&self) -> &str {
        self.client.account()
    }

    fn prices(&self) -> Prices {
        Prices {
            page_rows: PER_PAGE as u64,
            ..Prices::PLAIN
        }
    }

    fn plan_referrals(&self, filter: &ReferralFilter, order: Order) -> Plan {
        plan::referrals(filter, order)
    }

    async fn referrals(
        &self,
        call: &Call,
        native: &Native,
        position: Option<&Position>,
    ) -> Result<Page<Referral>> {
        self.page(call, List::Referrals, native, position, map::referral)
            .await
    }

    async fn referral(&self, call: &Call, id: &str) -> Result<Option<Referral>> {
        let row = self.client.referral(call, id).await?;
        read_one("get_referral", row, map::referral)
    }

    fn bulk_limit(&self) -> Option<usize> {
        Some(PER_PAGE)
    }

    async fn referrals_by_id(&self, call: &Call, ids: &[&str]) -> Result<Found<Referral>> {
        self.by_id(call, List::Referrals, ids, map::referral, |row| {
            &row.remote_id
        })
        .await
    }

    fn plan_connections(&self, filter: &ConnectionFilter, order: Order) -> Plan {
        plan::connections(filter, order)
    }

    async fn connections(
        &self,
        call: &Call,
        native: &Native,
        position: Option<&Position>,
    ) -> Result<Page<Connection>> {
        self.page(call, List::Connections, native, position, map::connection)
            .await
    }

    async fn connection(&self, call: &Call, id: &str) -> Result<Option<Connection>> {
        let row = self.client.connection(call, id).await?;
        read_one("get_connection", row, map::connection)
    }

    async fn connections_by_id(&self, call: &Call, ids: &[&str]) -> Result<Found<Connection>> {
        self.by_id(call, List::Connections, ids, map::connection, |row| {
            &row.remote_id
        })
        .await
    }

    /// Clients: they are who can be referred. Plannr finds parts of names and of addresses alike, and so does this.
    async fn people(&self, call: &Call, search: &str, limit: usize) -> Result<Vec<Person>> {
        let search = search.trim();
        let filter = if search.contains('@') {
            "filter[primary_email]"
        } else {
            "filter[name]"
        };
        let limit = limit.clamp(1, PER_PAGE);
        let list = self.client.clients(call, filter, search, limit).await?;
        let people = readable(Vendor::Plannr, "list_accounts", &list.data);
        Ok(people
            .take(limit)
            .map(|account| map::person(&account))
            .collect())
    }

    fn check_write(&self, write: &Write) -> Vec<Problem> {
        check::write(write)
    }

    fn twin_of(&self, write: &Write) -> Option<String> {
        match write {
            Write::Create { input } => Content::of(input).map(|content| content.key()),
            Write::RequestConnection { .. } => Some(connect::TWIN.to_owned()),
            _ => None,
        }
    }

    async fn write(&self, call: &Call, write: &Write, sent: &Sent) -> Result<Written> {
        match write {
            Write::Create { input } => self.create(call, input, sent).await,
            Write::RequestConnection { adviser_key } => {
                self.request_connection(call, adviser_key, sent).await
            }
            Write::Moderate { decisions } => self.moderate(call, decisions, sent).await,
            _ => Err(Error::unsupported(Vendor::Plannr, write.kind())),
        }
    }

    async fn settle(&self, call: &Call, write: &Write, sent: &Sent) -> Result<Settled> {
        match write {
            Write::Create { input } => self.settle_create(call, input, sent).await,
            Write::RequestConnection { .. } => self.settle_connection(call, sent).await,
            Write::Moderate { decisions } => self.settle_moderation(call, decisions).await,
            _ => Err(Error::unsupported(Vendor::Plannr, write.kind())),
        }
    }

    async fn check(&self, call: &Call) -> Result<String> {
        let logins = self.client.logins(call).await?;
        let is_own = logins
            .data
            .iter()
            .filter_map(|row| decode_row::<wire::Login<'_>>(row).ok()?.account)
            .any(|account| account.uuid.text() == Some(self.client.account()));
        let answer = self.client.referrals(call, &[], 1).await?;
        answer.json::<wire::List>()?;
        let found = if is_own {
            "the access token is accepted and may act as the configured account, and referrals can be read"
        } else {
            "the access token is accepted and referrals can be read, but the configured account is not among the accounts of its logins"
        };
        Ok(found.to_owned())
    }
}

#[cfg(test)]
mod tests;
