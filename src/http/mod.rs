//! The HTTP surface: `/graphql`, GraphiQL, health; who may address us, request ids, and shutdown.

pub mod admission;
pub mod answer;
pub mod assets;
mod cors;
pub mod documents;
pub mod edge;
pub mod entry;
pub mod guard;
mod headers;
pub mod health;
pub mod hosts;
pub mod metrics;
pub mod persisted;
pub mod question;
pub mod request_id;
pub mod server;
pub mod shared;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tokio_util::sync::CancellationToken;

use crate::config::Server;
use crate::config::cors::Cors;
use crate::config::edge::Edge;
use crate::graphql::{self, Schema};
use crate::ledger::Desk;
use crate::load::Registry;
use admission::Admission;
use documents::Documents;
use edge::Connections;
use hosts::AllowedHosts;
use metrics::Metrics;
use persisted::Persisted;
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
    /// Documents that may be named in place of being sent.
    pub persisted: Persisted,
    /// The reads being executed.
    pub executions: Executions,
    /// Who may begin to work.
    pub admission: Admission,
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
    /// What connections may take.
    pub edge: Edge,
    /// The connections, counted.
    pub connections: Arc<Connections>,
    /// Which pages of other sites may ask.
    pub cors: Cors,
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
        server: &Server,
        documents: persisted::Rules,
        request_ids: RequestIds,
    ) -> Self {
        let executions = Executions::new(server.request_timeout);
        let admission = Admission::of_runtime();
        let connections = Arc::new(Connections::default());
        Self {
            schema: graphql::schema(),
            documents: Documents::new(server.max_document_tokens),
            persisted: Persisted::new(documents),
            metrics: Metrics::new(
                registry.clone(),
                executions.clone(),
                connections.clone(),
                admission.clone(),
            ),
            admission,
            registry,
            desk,
            executions,
            request_ids,
            request_timeout: server.request_timeout,
            max_request_bytes: server.max_request_bytes,
            graphiql: server.graphiql,
            edge: server.edge,
            connections,
            cors: server.cors.clone(),
            allowed_hosts: AllowedHosts::new(&server.allowed_hosts),
            ending: CancellationToken::new(),
        }
    }
}

/// The routes.
pub fn router(app: Arc<App>) -> Router {
    let mut graphql = get(entry::get).post(entry::post);
    if let Some(cors) = cors::layer(&app.cors) {
        graphql = graphql.layer(cors);
    }
    let mut router = Router::new()
        .route("/graphql", graphql)
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
