//! Puts the gateway together from its configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::callers::Callers;
use crate::clock::Clock;
use crate::config::workspaces::OfWorkspace;
use crate::config::{Cache, Config};
use crate::http::App;
use crate::http::persisted::Persisted;
use crate::http::request_id::RequestIds;
use crate::http::workspaces::{Parts, Workspaces};
use crate::ledger::store::Broken;
use crate::ledger::{Desk, Store};
use crate::load::{self, Flights, Registry};
use crate::model::{Vendor, Workspace};
use crate::random::Random;
use crate::vendor::http::{Connect, Limits};
use crate::vendor::{Adapter, Error};

/// Why the gateway cannot be put together.
#[derive(Debug)]
pub enum Failure {
    /// Adapters of vendors could not be made, in these workspaces.
    Vendors(Vec<(Workspace, Error)>),
    /// Nobody's token could be verified.
    Callers(&'static str),
    /// The ledger could not be opened.
    Ledger(Broken),
}

/// Makes everything that answering requests takes.
pub fn build(
    config: Config,
    clock: &Clock,
    random: &Random,
    request_ids: RequestIds,
) -> std::result::Result<Arc<App>, Failure> {
    let Cache {
        max_bytes,
        lifetimes,
        max_scan,
    } = config.cache;
    let records = Arc::new(load::Cache::new(clock.clone(), max_bytes, lifetimes));
    let flights = Flights::new(records.clone());
    let mut registries = Vec::new();
    let mut failed = Vec::new();
    for of in &config.workspaces {
        let (adapters, errors) = adapters(&config, of, clock, random);
        failed.extend(
            errors
                .into_iter()
                .map(|error| (of.workspace.clone(), error)),
        );
        registries.push(Registry {
            workspace: of.workspace.clone(),
            adapters,
            flights: flights.clone(),
            cache: records.clone(),
            clock: clock.clone(),
            call_budget: config.server.request_timeout,
            max_scan,
        });
    }
    if !failed.is_empty() {
        return Err(Failure::Vendors(failed));
    }
    over(registries, records, config, clock, random, request_ids)
}

/// Makes the rest of it, over these workspaces' vendors and the cache that they share.
pub fn over(
    registries: Vec<Registry>,
    cache: Arc<load::Cache>,
    config: Config,
    clock: &Clock,
    random: &Random,
    request_ids: RequestIds,
) -> std::result::Result<Arc<App>, Failure> {
    let process = request_ids.next();
    let store = match &config.server.data_dir {
        Some(folder) => Store::open(folder, &process),
        None => Store::in_memory(&process),
    };
    let store = Arc::new(store.map_err(Failure::Ledger)?);
    let persisted = Persisted::new(config.documents);
    let workspaces = registries.into_iter().map(|registry| {
        let registry = Arc::new(registry);
        let desk = Desk::new(
            registry.clone(),
            store.clone(),
            config.writes,
            random.clone(),
        );
        Parts {
            registry,
            desk: Arc::new(desk),
            persisted: persisted.of_another(),
        }
    });
    let workspaces = Workspaces::new(workspaces);
    let callers = Callers::new(config.callers, clock).map_err(Failure::Callers)?;
    Ok(Arc::new(App::new(
        callers,
        workspaces,
        cache,
        clock,
        &config.server,
        (config.requests, config.rate),
        request_ids,
    )))
}

/// The adapters of a workspace's vendors that have credentials, and what kept others from being made.
pub fn adapters(
    config: &Config,
    of: &OfWorkspace,
    clock: &Clock,
    random: &Random,
) -> (BTreeMap<Vendor, Arc<dyn Adapter>>, Vec<Error>) {
    let connect = Connect {
        workspace: of.workspace.clone(),
        clock: clock.clone(),
        random: random.clone(),
        limits: Limits {
            // No call can have more than a request has; what counts as long is measured by that.
            timeout: config.limits.timeout.min(config.server.request_timeout),
            ..config.limits
        },
        data_dir: config.server.data_dir.clone(),
    };
    let (mut made, mut failed) = (BTreeMap::new(), Vec::new());
    for (vendor, connector) in &of.vendors {
        match connector.as_ref().map(|connector| connector(&connect)) {
            None => {}
            Some(Ok(adapter)) => {
                made.insert(*vendor, adapter);
            }
            Some(Err(error)) => failed.push(error),
        }
    }
    (made, failed)
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Vendors(failed) => {
                let lines = failed
                    .iter()
                    .map(|(workspace, error)| format!("workspace {workspace}: {error}"));
                f.write_str(&lines.collect::<Vec<_>>().join("\n"))
            }
            Self::Callers(problem) => write!(f, "callers: {problem}"),
            Self::Ledger(broken) => broken.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}
