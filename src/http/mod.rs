//! The HTTP surface: `/graphql`, the console, GraphiQL, health; who may address us, request ids, and shutdown.

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
pub mod rate;
pub mod request_id;
pub mod server;
pub mod shared;
pub mod variables;
pub mod workspaces;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio_util::sync::CancellationToken;

use crate::callers::Callers;
use crate::clock::Clock;
use crate::config::Server;
use crate::config::cors::Cors;
use crate::config::edge::Edge;
use crate::config::requests::Requests;
use crate::graphql::access::Access;
use crate::graphql::cost::PriceList;
use crate::graphql::{self, Schema};
use crate::load::Cache;
use admission::Admission;
use documents::Documents;
use edge::Connections;
use hosts::AllowedHosts;
use metrics::Metrics;
use rate::{Rate, RateLimiter};
use request_id::RequestIds;
use shared::Executions;
use workspaces::Workspaces;

/// Everything that answering a request takes.
pub struct App {
    /// The schema.
    pub schema: Schema,
    /// The schema for those who may not read it.
    pub terse_schema: Schema,
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
    pub prices: PriceList,
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
}

impl App {
    /// All of it, for these callers and workspaces, over this cache.
    pub fn new(
        callers: Callers,
        workspaces: Workspaces,
        cache: Arc<Cache>,
        clock: &Clock,
        server: &Server,
        (requests, rate): (Requests, Option<Rate>),
        request_ids: RequestIds,
    ) -> Self {
        let limits = guard::Limits {
            tokens: server.max_document_tokens,
            ..requests.documents
        };
        let executions = Executions::new(server.request_timeout);
        let access = Arc::new(Access::new(&graphql::sdl()));
        let any_host = callers.are_told_apart() && server.allowed_hosts.is_empty();
        let admission = Admission::of_runtime();
        let connections = Arc::new(Connections::default());
        Self {
            schema: graphql::schema(),
            terse_schema: graphql::schema_without_suggestions(),
            documents: Documents::new(limits, access.clone()),
            requests,
            prices: PriceList::new(),
            rate: RateLimiter::new(rate, clock.clone()),
            access,
            metrics: Metrics::new(
                workspaces.clone(),
                cache.clone(),
                executions.clone(),
                connections.clone(),
                admission.clone(),
            ),
            admission,
            callers,
            workspaces,
            cache,
            executions,
            request_ids,
            request_timeout: server.request_timeout,
            max_request_bytes: server.max_request_bytes,
            console: server.console,
            graphiql: server.graphiql,
            edge: server.edge,
            connections,
            cors: server.cors.clone(),
            allowed_hosts: (!any_host).then(|| AllowedHosts::new(&server.allowed_hosts)),
            ending: CancellationToken::new(),
        }
    }
}

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
    let mut graphql = get(entry::get).post(entry::post);
    if let Some(cors) = cors::layer(&app.cors) {
        graphql = graphql.layer(cors);
    }
    let router = Router::new()
        .route("/graphql", graphql)
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
