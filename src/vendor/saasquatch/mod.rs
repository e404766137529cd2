//! SaaSquatch by impact.com ("Advocate"): customer referral programs; <https://docs.saasquatch.com>.
//!
//! Quirks: lists state no order and cannot be filtered by what the gateway filters by, so they are read whole. Their rows
//! may lack the users and rewards that a single read carries. A missing tenant is answered 404, like a missing record.
//! Programs of the newer kind leave the moderation out. Times are milliseconds since 1970. Ids are free texts, often
//! e-mail addresses.
//!
//! A referral comes into being when its referred user is registered with somebody's code, which tells nothing of the
//! referral: it is looked up afterwards.
//!
//! It knows no direction, value, recipient, facilitators, notes, connections or engagements, and a referral cannot be
//! changed but by moderation.

mod check;
mod client;
mod map;
mod outgoing;
pub(crate) mod policy;
pub mod sandbox;
pub mod schema;
mod whole;
mod wire;
mod write;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::value::RawValue;

use self::client::{Client, Credentials, LIMIT};
use super::error::found;
use super::wire::{decode, read_list, read_row, readable, sorted_out};
use super::{
    Call, Connector, Error, Kind, Native, Next, Page, Plan, Position, Prices, Result, Sent,
    Settled, Vitals, Written,
};
use crate::clock::Clock;
use crate::config::reader::{Key, Section, env_key};
use crate::model::id::addresses_a_record;
use crate::model::{
    Capability, Order, Person, Problem, Referral, ReferralFilter, ReferralStatus, Vendor, Write,
};

pub(crate) use map::details;

const BASE_URL: Key = env_key(
    "base_url",
    "SAASQUATCH_BASE_URL",
    "Where the API is: its origin, possibly with a path below which the documented paths lie.",
);
const TENANT_ALIAS: Key = env_key(
    "tenant_alias",
    "SAASQUATCH_TENANT_ALIAS",
    "The tenant, such as `aboih12h16t`; those of test tenants start with `test_`.",
);
const API_KEY: Key = env_key(
    "api_key",
    "SAASQUATCH_API_KEY",
    "The tenant's API key, or with `account_sid` the AuthToken of impact.com.",
);
const ACCOUNT_SID: Key = env_key(
    "account_sid",
    "SAASQUATCH_ACCOUNT_SID",
    "The AccountSID of impact.com, for tenants that authenticate with one. Without it the API key stands alone.",
);

const CAPABILITIES: &[Capability] = &[
    Capability::ListReferrals,
    Capability::GetReferral,
    Capability::CreateReferral,
    Capability::Moderate,
    Capability::People,
];

/// More pages than this are not listed beforehand but read one after the other: what a vendor counts must not fill the
/// memory.
const MOST_PAGES: u64 = 10_000;

/// Reads this vendor's part of the configuration.
pub fn configure(section: &mut Section<'_>) -> Option<Connector> {
    let base_url = section.url_or(BASE_URL, "https://app.referralsaasquatch.com");
    let tenant_alias = section.text(TENANT_ALIAS);
    let api_key = section.secret(API_KEY);
    let account_sid = section.text(ACCOUNT_SID);
    if tenant_alias.is_none() && api_key.is_none() && account_sid.is_none() {
        return None;
    }
    let tenant_alias = tenant_alias.or_else(|| section.missing(TENANT_ALIAS));
    let tenant_alias = tenant_alias.map(|alias| alias.trim().to_owned());
    // It is a part of every path; one that names no path would read as if no record were there.
    let tenant_alias = match tenant_alias {
        Some(alias) if !addresses_a_record(&alias) => {
            section.problem(TENANT_ALIAS, "must be the alias of a tenant")
        }
        alias => alias,
    };
    let api_key = api_key.or_else(|| section.missing(API_KEY));
    let credentials = Credentials {
        tenant_alias: tenant_alias?,
        account_sid,
        api_key: api_key?,
    };
    Some(Box::new(move |connect| {
        let client = Client::new(base_url.clone(), &credentials, connect)?;
        let clock = connect.clock.clone();
        Ok(Arc::new(Adapter { client, clock }) as Arc<dyn super::Adapter>)
    }))
}

/// Reads a text as every kind of answer that is read here. Whatever it is, nothing may panic.
pub(crate) fn read_anything(body: &[u8]) {
    if let Ok(row) = decode::<&RawValue>(body)
        && let Ok(referral) = read_row(row, map::referral)
    {
        drop(map::details(&referral.raw));
    }
    if let Ok(row) = decode(body) {
        drop(map::single(row));
    }
    if let Ok(listing) = read_list::<wire::ReferralList, _>(body, map::referral) {
        for referral in listing.rows.into_iter().flatten() {
            drop(map::details(&referral.raw));
        }
    }
    if let Ok(list) = decode::<wire::UserList>(body) {
        let users = readable(Vendor::Saasquatch, "fuzz", &list.users);
        drop(users.map(|user| map::user(&user)).collect::<Vec<_>>());
    }
}

/// SaaSquatch, for one workspace.
struct Adapter {
    client: Client,
    clock: Clock,
}

/// Where in the list a page begins, and whether the pages behind it are known already.
#[derive(Clone, Copy)]
struct Place {
    offset: u64,
    is_one_of_all: bool,
}

impl Place {
    fn parse(position: Option<&Position>) -> Result<Self> {
        let Some(Position(text)) = position else {
            return Ok(Self {
                offset: 0,
                is_one_of_all: false,
            });
        };
        let parsed = text.split_once(':').and_then(|(how, offset)| {
            Some(Self {
                offset: offset.parse().ok()?,
                is_one_of_all: match how {
                    "all" => true,
                    "then" => false,
                    _ => return None,
                },
            })
        });
        parsed.ok_or_else(|| {
            let detail = "no such position in this list";
            Error::new(Vendor::Saasquatch, "list_referrals", Kind::Rejected, detail)
        })
    }

    fn position(self) -> Position {
        let how = if self.is_one_of_all { "all" } else { "then" };
        Position(Cow::Owned(format!("{how}:{}", self.offset)))
    }
}

/// What follows a page of `count` rows. The pages are as long as the first one really is: the vendor may give fewer rows
/// than it was asked for. Without a total only an empty page is an end.
fn next(place: Place, count: u64, total: Option<u64>) -> Next {
    if place.is_one_of_all || count == 0 {
        return Next::End;
    }
    let behind = place.offset.saturating_add(count);
    let then = Next::Then(
        Place {
            offset: behind,
            is_one_of_all: false,
        }
        .position(),
    );
    let Some(total) = total else {
        return then;
    };
    if behind >= total {
        return Next::End;
    }
    let pages = (total - behind).div_ceil(count);
    if place.offset > 0 || pages > MOST_PAGES {
        return then;
    }
    let places = (1..=pages).map(|page| Place {
        offset: page * count,
        // The last one leads on: rows may be added while the pages are read.
        is_one_of_all: page < pages,
    });
    Next::All(places.map(Place::position).collect())
}

#[async_trait]
impl super::Adapter for Adapter {
    fn vendor(&self) -> Vendor {
        Vendor::Saasquatch
    }

    fn capabilities(&self) -> &'static [Capability] {
        CAPABILITIES
    }

    fn vitals(&self) -> &Vitals {
        self.client.vitals()
    }

    /// Which people a list's rows name is not documented: some may have to be read referral by referral.
    fn prices(&self) -> Prices {
        Prices {
            page_rows: LIMIT,
            lists_lack_people: true,
            ..Prices::PLAIN
        }
    }

    /// Always whole. The filters that the vendor has are of no use: they name one user, one side's moderation, or a time
    /// that the gateway does not filter by.
    fn plan_referrals(&self, filter: &ReferralFilter, _order: Order) -> Plan {
        let asks_for_what_is_not_here = filter.direction.is_some()
            || filter.connection_id.is_some()
            || filter.engagement_id.is_some()
            || filter.status.as_ref().is_some_and(|wanted| {
                wanted
                    .iter()
                    .all(|status| *status == ReferralStatus::Expired)
            });
        if asks_for_what_is_not_here || !filter.may_include(Vendor::Saasquatch) {
            return Plan::RuledOut;
        }
        let anything = ReferralFilter {
            vendors: filter.vendors.clone(),
            ..ReferralFilter::default()
        };
        Plan::Whole(Native {
            query: Vec::new(),
            exact: *filter == anything,
        })
    }

    async fn referrals(
        &self,
        call: &Call,
        _native: &Native,
        position: Option<&Position>,
    ) -> Result<Page<Referral>> {
        let place = Place::parse(position)?;
        let answer = self
            .client
            .list_referrals(call, LIMIT, place.offset)
            .await?;
        let listing = answer.list(map::referral).await?;
        let count = listing.count();
        let list: wire::ReferralList = listing.list;
        let total = list.total_count.and_then(|total| u64::try_from(total).ok());
        let (rows, unreadable) = sorted_out(listing.rows);
        Ok(Page {
            rows,
            unreadable,
            next: next(place, count, total),
            here: Some(place.position()),
            total,
            repeats: false,
        })
    }

    async fn referral(&self, call: &Call, id: &str) -> Result<Option<Referral>> {
        let Some(answer) = found(self.client.get_referral(call, id).await)? else {
            return Ok(None);
        };
        let referral = map::single(answer.json()?);
        referral
            .map(Some)
            .map_err(|unreadable| answer.unreadable(&unreadable))
    }

    async fn people(&self, call: &Call, search: &str, limit: usize) -> Result<Vec<Person>> {
        let answer = self.client.list_users(call, search, limit).await?;
        let list: wire::UserList = answer.json()?;
        let users = readable(Vendor::Saasquatch, "list_users", &list.users);
        Ok(users
            .filter_map(|user| map::user(&user))
            .take(limit)
            .collect())
    }

    fn moderation_limit(&self) -> usize {
        write::MAX_ACTIONS
    }

    fn check_write(&self, write: &Write) -> Vec<Problem> {
        check::problems(write)
    }

    async fn write(&self, call: &Call, write: &Write, sent: &Sent) -> Result<Written> {
        write::write(self, call, write, sent).await
    }

    async fn settle(&self, call: &Call, write: &Write, sent: &Sent) -> Result<Settled> {
        write::settle(self, call, write, sent).await
    }

    async fn check(&self, call: &Call) -> Result<String> {
        let answer = self.client.list_referrals(call, 1, 0).await?;
        let list: wire::ReferralList = answer.json()?;
        let shown = if list.referrals.is_empty() {
            "is empty"
        } else {
            "has referrals"
        };
        Ok(format!(
            "the key is accepted; the list of referrals can be read and {shown}"
        ))
    }
}
