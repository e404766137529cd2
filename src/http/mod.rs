//! The HTTP surface: `/graphql`, the console, GraphiQL, health; who may address us, request ids, and shutdown.

pub mod admission;
pub mod answer;
pub mod assets;
mod cors;
mod costing;
pub mod documents;
pub mod edge;
pub mod entry;
mod execute;
pub mod guard;
mod headers;
pub mod health;
pub mod hosts;
mod json;
pub mod lasting;
pub mod live;
pub mod metrics;
pub mod persisted;
mod prepare;
pub mod question;
pub mod rate;
pub mod request_id;
pub mod server;
pub mod shared;
pub mod variables;
pub mod workspaces;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::get;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::callers::Callers;
use crate::config::Server;
use crate::config::cors::Cors;
use crate::config::edge::Edge;
use crate::config::requests::Requests;
use crate::graphql::Schema;
use crate::graphql::access::Access;
use crate::graphql::cost::PriceList;
use crate::load::Cache;
use admission::Admission;
use documents::Documents;
use edge::Connections;
use hosts::AllowedHosts;
use lasting::Lasting;
use metrics::Metrics;
use rate::{Rate, RateLimiter};
use request_id::RequestIds;
use shared::Executions;
use workspaces::Workspaces;

/// Everything that answering a request takes, by one configuration.
pub struct App {
    /// The schema.
    pub schema: Schema,
    /// The schema for those who may not read it.
    pub terse_schema: Schema,
    /// The schema for documents that were validated before.
    pub fast_schema: Schema,
    /// What each field needs of the caller.
    pub access: Arc<Access>,
    /// Who may call.
    pub callers: Callers,
    /// What answers them.
    pub workspaces: Workspaces,
    /// What is known of all vendors' records; its keys tell the workspaces apart.
    pub cache: Arc<Cache>,
    /// Documents that were parsed before.
    pub documents: Documents,
    /// What one request may ask for.
    pub requests: Requests,
    /// What each field costs.
    pub prices: Arc<PriceList>,
    /// How much each caller may ask for in a time.
    pub rate: RateLimiter,
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
    /// How long running requests may take to finish at shutdown.
    pub shutdown_grace: Duration,
    /// Whether the console is served.
    pub console: bool,
    /// Whether GraphiQL is served.
    pub graphiql: bool,
    /// What connections may take.
    pub edge: Edge,
    /// The connections, counted.
    pub connections: Arc<Connections>,
    /// Which pages of other sites may ask.
    pub cors: Cors,
    /// By which names we may be addressed; by any where callers are told apart and no names are given.
    pub allowed_hosts: Option<AllowedHosts>,
    /// Raised when the gateway is to end.
    pub ending: CancellationToken,
    /// What is still to be done for configurations that there were.
    pub leaving: TaskTracker,
    /// Raised when the last request is answered that came while this configuration held.
    gone: CancellationToken,
    _last: DropGuard,
}

impl App {
    /// All of it, for these callers and workspaces, over this cache.
    pub fn new(
        lasting: &Lasting,
        callers: Callers,
        workspaces: Workspaces,
        cache: Arc<Cache>,
        server: &Server,
        (requests, rate): (Requests, Option<Rate>),
    ) -> Self {
        let limits = guard::Limits {
            tokens: server.max_document_tokens,
            ..requests.documents
        };
        let executions = Executions::new(server.request_timeout);
        let any_host = callers.are_told_apart() && server.allowed_hosts.is_empty();
        let lasting = lasting.clone();
        let gone = CancellationToken::new();
        Self {
            documents: Documents::new(limits, lasting.access.clone()),
            requests,
            rate: lasting.rate.with_rate(rate),
            metrics: Metrics::new(
                lasting.counters,
                workspaces.clone(),
                cache.clone(),
                executions.clone(),
                lasting.connections.clone(),
                lasting.admission.clone(),
            ),
            schema: lasting.schema,
            terse_schema: lasting.terse_schema,
            fast_schema: lasting.fast_schema,
            access: lasting.access,
            prices: lasting.prices,
            admission: lasting.admission,
            callers,
            workspaces,
            cache,
            executions,
            request_ids: lasting.request_ids,
            request_timeout: server.request_timeout,
            max_request_bytes: server.max_request_bytes,
            shutdown_grace: server.shutdown_grace,
            console: server.console,
            graphiql: server.graphiql,
            edge: server.edge,
            connections: lasting.connections,
            cors: server.cors.clone(),
            allowed_hosts: (!any_host).then(|| AllowedHosts::new(&server.allowed_hosts)),
            ending: lasting.ending,
            leaving: lasting.leaving,
            _last: gone.clone().drop_guard(),
            gone,
        }
    }

    /// Raised when the last request is answered that came while this configuration held.
    pub fn gone(&self) -> CancellationToken {
        self.gone.clone()
    }
}

/// Where requests are sent.
const GRAPHQL: &str = "/graphql";

/// The paths of the console's views, beside `/`; the console's own table of them is `web/console/src/routes.tsx`.
const CONSOLE_PATHS: [&str; 5] = [
    "/referrals/{id}",
    "/engagements/{id}",
    "/new",
    "/pipeline",
    "/status",
];

/// The routes.
pub fn router(app: Arc<App>) -> Router {
    let mut graphql = get(entry::get).post(async |State(app), headers: HeaderMap, body: Body| {
        entry::post(app, headers, body).await
    });
    if let Some(cors) = cors::layer(&app.cors) {
        graphql = graphql.layer(cors);
    }
    let router = Router::new()
        .route(GRAPHQL, graphql)
        .route("/metrics", get(metrics::get))
        .merge(pages(app.console, app.graphiql));
    let hosts = axum::middleware::from_fn_with_state(app.clone(), hosts::refuse_foreign);
    // Health tells nothing of the data, and is asked by whatever address a machine has.
    router
        .layer(hosts)
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(app)
}

/// The pages for people, as far as they are switched on.
fn pages(console: bool, graphiql: bool) -> Router<Arc<App>> {
    let mut router = match (console, graphiql) {
        (false, false) => return Router::new(),
        (true, true) => Router::new().route("/", get(assets::console_or_graphiql)),
        (true, false) => Router::new().route("/", get(assets::console)),
        (false, true) => Router::new().route("/", get(assets::to_graphiql)),
    };
    router = router.route("/assets/{*path}", get(assets::asset));
    if console {
        for path in CONSOLE_PATHS {
            router = router.route(path, get(assets::console));
        }
    }
    if graphiql {
        router = router
            .route("/graphiql", get(assets::graphiql))
            .route("/graphiql/playground.js", get(assets::playground_script));
    }
    router
}
