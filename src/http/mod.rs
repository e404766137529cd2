//! The HTTP surface: `/graphql`, GraphiQL, health; who may address us, request ids, and shutdown.

pub mod answer;
pub mod assets;
pub mod documents;
pub mod entry;
pub mod guard;
pub mod health;
pub mod hosts;
pub mod metrics;
pub mod persisted;
pub mod question;
pub mod rate;
pub mod request_id;
pub mod server;
pub mod shared;
pub mod variables;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::config::requests::Requests;
use crate::graphql::cost::PriceList;
use crate::graphql::{self, Schema};
use crate::ledger::Desk;
use crate::load::Registry;
use documents::Documents;
use hosts::AllowedHosts;
use metrics::Metrics;
use persisted::Persisted;
use rate::RateLimiter;
use request_id::RequestIds;
use shared::Executions;

/// Everything that answering a request takes.
pub struct App {
    /// The schema.
    pub schema: Schema,
    /// The vendors and the cache.
    pub registry: Arc<Registry>,
    /// Where writes are handed in.
    pub desk: Arc<Desk>,
    /// Documents that were parsed before.
    pub documents: Documents,
    /// What one request may ask for.
    pub requests: Requests,
    /// What each field costs.
    pub prices: PriceList,
    /// How much each caller may ask for in a time.
    pub rate: RateLimiter,
    /// Documents that may be named in place of being sent.
    pub persisted: Persisted,
    /// The reads being executed.
    pub executions: Executions,
    /// What is counted.
    pub metrics: Metrics,
    /// Gives out request ids.
    pub request_ids: RequestIds,
    /// How long a request may take in all.
    pub request_timeout: Duration,
    /// How many bytes a request may have.
    pub max_request_bytes: usize,
    /// Whether GraphiQL is served.
    pub graphiql: bool,
    /// By which names we may be addressed.
    pub allowed_hosts: AllowedHosts,
    /// Raised when the gateway is to end.
    pub ending: CancellationToken,
}

impl App {
    /// All of it, over these vendors.
    pub fn new(
        registry: Arc<Registry>,
        desk: Arc<Desk>,
        config: &Config,
        request_ids: RequestIds,
    ) -> Self {
        let server = &config.server;
        let limits = guard::Limits {
            tokens: server.max_document_tokens,
            ..config.requests.documents
        };
        let executions = Executions::new(server.request_timeout);
        Self {
            schema: graphql::schema(),
            documents: Documents::new(limits),
            requests: config.requests,
            prices: PriceList::new(),
            rate: RateLimiter::new(config.rate, registry.clock.clone()),
            persisted: Persisted::new(config.documents.clone()),
            metrics: Metrics::new(registry.clone(), executions.clone()),
            registry,
            desk,
            executions,
            request_ids,
            request_timeout: server.request_timeout,
            max_request_bytes: server.max_request_bytes,
            graphiql: server.graphiql,
            allowed_hosts: AllowedHosts::new(&server.allowed_hosts),
            ending: CancellationToken::new(),
        }
    }
}

/// The routes.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new()
        .route("/graphql", get(entry::get).post(entry::post))
        .route("/metrics", get(metrics::get));
    if app.graphiql {
        router = router
            .route("/", get(async || Redirect::temporary("/graphiql")))
            .route("/graphiql", get(assets::graphiql))
            .route("/graphiql/playground.js", get(assets::playground_script))
            .route("/assets/{*path}", get(assets::asset));
    }
    let hosts = axum::middleware::from_fn_with_state(app.clone(), hosts::refuse_foreign);
    // Health tells nothing of the data, and is asked by whatever address a machine has.
    router
        .layer(hosts)
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(app)
}
