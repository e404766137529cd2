//! The outside world: what every vendor's adapter offers, and the table of vendors.
//!
//! A vendor is a folder: `client` (one short method per endpoint), `wire` (the JSON as the vendor documents it), `map`
//! (wire to model, pure), `schema` (the GraphQL types that only this vendor has), `sandbox` (its emulator, which knows
//! nothing of the others).

pub mod table;

pub mod error;
pub mod http;

pub mod backoff;
pub mod breaker;
pub mod budget;
pub mod pause;

pub mod counts;
pub mod paging;
pub mod prices;
pub mod redact;
pub mod vitals;
pub mod wire;
pub mod write;

pub mod introzy;
pub mod partner_center;
pub mod plannr;
pub mod saasquatch;

#[cfg(test)]
pub(crate) mod stub;

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::config::reader::Section;
use crate::model::scope::Rule;
use crate::model::{
    Capability, Connection, ConnectionFilter, Facilitator, FeePreview, Note, Order, Person,
    Problem, ProblemCode, Referral, ReferralFilter, Stage, Vendor, Write,
};
use crate::sandbox::{Emulator, Setup, Switch};

pub use error::{Error, Kind, Result};
pub use paging::{Found, Native, Next, Page, Partly, Plan, Position, Unreadable};
pub use prices::Prices;
pub(crate) use table::vendors;
pub use vitals::Vitals;
pub use write::{Decided, Effect, Rejection, Sent, Settled, Written};

/// What a call to a vendor is made for.
#[derive(Clone, Debug)]
pub struct Call {
    /// The request that caused it, for the log and the vendor's own trace headers.
    pub request_id: Arc<str>,
    /// When the request's time is used up. No call outlasts it.
    pub deadline: Instant,
}

/// One vendor, for one workspace. What it cannot do answers [`Kind::Unsupported`] and is absent from its capabilities.
#[async_trait]
pub trait Adapter: Any + Send + Sync {
    /// Which vendor this is.
    fn vendor(&self) -> Vendor;

    /// What it can do through the gateway.
    fn capabilities(&self) -> &'static [Capability];

    /// How its calls have been going.
    fn vitals(&self) -> &Vitals;

    /// On what the answers depend beside the workspace (Plannr: the account). Part of every cache key.
    #[expect(
        clippy::unnecessary_literal_bound,
        reason = "others borrow it from their settings"
    )]
    fn account(&self) -> &str {
        ""
    }

    /// How many calls reading takes here at most.
    fn prices(&self) -> Prices {
        Prices::PLAIN
    }

    /// How a list of referrals with this filter and order is best read here.
    fn plan_referrals(&self, filter: &ReferralFilter, order: Order) -> Plan;

    /// One page of the planned list; no position means the first.
    async fn referrals(
        &self,
        call: &Call,
        native: &Native,
        position: Option<&Position>,
    ) -> Result<Page<Referral>>;

    /// One referral; `None` when there is no such one.
    async fn referral(&self, call: &Call, id: &str) -> Result<Option<Referral>>;

    /// How many records one call can bring by id; `None` when each takes a call of its own.
    fn bulk_limit(&self) -> Option<usize> {
        None
    }

    /// Several referrals in one call, in any order; ids without a referral are left out.
    async fn referrals_by_id(&self, _call: &Call, _ids: &[&str]) -> Result<Found<Referral>> {
        Err(Error::unsupported(self.vendor(), "referrals_by_id"))
    }

    /// How a list of connections with this filter is best read here, newest first.
    fn plan_connections(&self, _filter: &ConnectionFilter, _order: Order) -> Plan {
        Plan::RuledOut
    }

    /// One page of the planned list of connections.
    async fn connections(
        &self,
        _call: &Call,
        _native: &Native,
        _position: Option<&Position>,
    ) -> Result<Page<Connection>> {
        Err(Error::unsupported(self.vendor(), "connections"))
    }

    /// One connection; `None` when there is no such one.
    async fn connection(&self, _call: &Call, _id: &str) -> Result<Option<Connection>> {
        Err(Error::unsupported(self.vendor(), "connection"))
    }

    /// Several connections in one call, in any order; ids without a connection are left out.
    async fn connections_by_id(&self, _call: &Call, _ids: &[&str]) -> Result<Found<Connection>> {
        Err(Error::unsupported(self.vendor(), "connections_by_id"))
    }

    /// Every referral of an engagement; empty when there is no such engagement.
    async fn engagement(&self, _call: &Call, _id: &str) -> Result<Page<Referral>> {
        Err(Error::unsupported(self.vendor(), "engagement"))
    }

    /// A referral's facilitators, by a call of their own; `None` when there is no such referral.
    async fn facilitators(
        &self,
        _call: &Call,
        _referral_id: &str,
    ) -> Result<Option<Vec<Facilitator>>> {
        Err(Error::unsupported(self.vendor(), "facilitators"))
    }

    /// A referral's notes, newest first; `None` when there is no such referral.
    async fn notes(&self, _call: &Call, _referral_id: &str) -> Result<Option<Vec<Note>>> {
        Err(Error::unsupported(self.vendor(), "notes"))
    }

    /// What converting a referral would cost; `None` when there is no such referral.
    async fn fee_preview(&self, _call: &Call, _referral_id: &str) -> Result<Option<FeePreview>> {
        Err(Error::unsupported(self.vendor(), "fee_preview"))
    }

    /// People found by name or e-mail address, at most `limit` of them.
    async fn people(&self, _call: &Call, _search: &str, _limit: usize) -> Result<Vec<Person>> {
        Err(Error::unsupported(self.vendor(), "people"))
    }

    /// The stages of this vendor's referral pipeline, in order.
    async fn stages(&self, _call: &Call) -> Result<Vec<Stage>> {
        Err(Error::unsupported(self.vendor(), "stages"))
    }

    /// How many moderation decisions one call takes.
    fn moderation_limit(&self) -> usize {
        1
    }

    /// What is written once this write has taken effect: what one input of ours takes several of the vendor's calls for.
    fn follow_up(&self, _write: &Write) -> Option<Write> {
        None
    }

    /// Everything that is wrong with a write, as far as that can be told without asking the vendor. Paths are those of
    /// the write's own input: the fields of a new referral, of a patch, of a mutation's input. Nothing is sent unless
    /// this is empty.
    fn check_write(&self, _write: &Write) -> Vec<Problem> {
        let message = format!("{} has no such write.", self.vendor());
        vec![Problem::new(ProblemCode::Unsupported, message)]
    }

    /// What two writes have in common of which nobody could tell, afterwards, which of them made what the vendor has. They
    /// are made one after the other. `None` for a write that can always be told from others.
    fn twin_of(&self, _write: &Write) -> Option<String> {
        None
    }

    /// Makes a write, at most once: one call changes something, and none follows it unless that is safe. What other calls
    /// are needed before, to see what is there, is up to the adapter; see [`Written`] for what an error means.
    async fn write(&self, _call: &Call, write: &Write, _sent: &Sent) -> Result<Written> {
        Err(Error::unsupported(self.vendor(), write.kind()))
    }

    /// Finds out what became of a write that was not answered. Changes nothing.
    async fn settle(&self, _call: &Call, write: &Write, _sent: &Sent) -> Result<Settled> {
        Err(Error::unsupported(self.vendor(), write.kind()))
    }

    /// One cheap authenticated read, and a sentence on what it showed, without a value from the vendor's data.
    async fn check(&self, call: &Call) -> Result<String>;
}

/// Makes a vendor's adapter, once what it runs on is known.
pub type Connector = Box<dyn Fn(&http::Connect) -> Result<Arc<dyn Adapter>> + Send + Sync>;

/// One row of the table, as the rest of the gateway uses it.
pub struct Entry {
    /// Which vendor.
    pub vendor: Vendor,
    /// Reads its part of the configuration; `None` when it has no credentials.
    pub configure: fn(&mut Section<'_>) -> Option<Connector>,
    /// What it takes to select the fields that only it has.
    pub policy: &'static [Rule],
    /// What its emulator leaves open.
    pub switches: &'static [Switch],
    /// Makes its emulator.
    pub emulator: fn(Setup) -> Arc<dyn Emulator>,
    /// Reads a text as every kind of answer that it gives, and drops what came of it: for the fuzz targets.
    pub read_anything: fn(&[u8]),
}

macro_rules! entries {
    ($( $(#[doc = $doc:literal])* $variant:ident = $name:literal, $path:literal, $module:ident, $details:ident, $input:ident; )*) => {
        /// Every vendor that the gateway knows.
        pub const VENDORS: &[Entry] = &[$(
            Entry {
                vendor: Vendor::$variant,
                configure: $module::configure,
                policy: $module::policy::POLICY,
                switches: $module::sandbox::SWITCHES,
                emulator: $module::sandbox::emulator,
                read_anything: $module::read_anything,
            },
        )*];
    };
}

vendors!(entries);
