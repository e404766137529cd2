//! What answering takes and no configuration changes: it is made once, and taken over by every [`App`](super::App).

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::admission::Admission;
use super::edge::Connections;
use super::metrics::Counters;
use super::rate::RateLimiter;
use super::request_id::RequestIds;
use crate::clock::Clock;
use crate::graphql::access::Access;
use crate::graphql::cost::PriceList;
use crate::graphql::{self, Schema};

/// What no configuration changes. Clones are the same.
#[derive(Clone)]
pub struct Lasting {
    /// The schema.
    pub schema: Schema,
    /// The schema for those who may not read it.
    pub terse_schema: Schema,
    /// The schema for documents that were validated before.
    pub fast_schema: Schema,
    /// What each field needs of the caller.
    pub access: Arc<Access>,
    /// What each field costs.
    pub prices: Arc<PriceList>,
    /// Who may begin to work.
    pub admission: Admission,
    /// What is counted.
    pub counters: Counters,
    /// What callers have used up; how much they may is configured.
    pub rate: RateLimiter,
    /// The connections, counted.
    pub connections: Arc<Connections>,
    /// Gives out request ids.
    pub request_ids: RequestIds,
    /// Raised when the gateway is to end.
    pub ending: CancellationToken,
    /// What is still to be done for configurations that there were.
    pub leaving: TaskTracker,
}

impl Lasting {
    /// Of a process that begins.
    pub fn new(clock: &Clock, request_ids: RequestIds) -> Self {
        Self {
            schema: graphql::schema(),
            terse_schema: graphql::schema_without_suggestions(),
            fast_schema: graphql::schema_for_the_validated(),
            access: Arc::new(Access::new(&graphql::sdl())),
            prices: Arc::new(PriceList::new()),
            admission: Admission::of_runtime(),
            counters: Counters::new(clock),
            rate: RateLimiter::new(None, clock.clone()),
            connections: Arc::default(),
            request_ids,
            ending: CancellationToken::new(),
            leaving: TaskTracker::new(),
        }
    }
}
