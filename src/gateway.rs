//! Puts the gateway together from its configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::http::App;
use crate::http::request_id::RequestIds;
use crate::ledger::store::Broken;
use crate::ledger::{Desk, Store};
use crate::load::{Cache, Flights, Registry};
use crate::model::{Vendor, Workspace};
use crate::random::Random;
use crate::vendor::http::{Connect, Limits};
use crate::vendor::{Adapter, Error, Result};

/// The one workspace that there is as long as callers are not told apart.
const WORKSPACE: &str = "default";

/// Why the gateway cannot be put together.
#[derive(Debug)]
pub enum Failure {
    /// A vendor's adapter could not be made.
    Vendor(Error),
    /// The ledger could not be opened.
    Ledger(Broken),
}

/// Makes everything that answering requests takes.
pub fn build(
    config: &Config,
    clock: &Clock,
    random: &Random,
    request_ids: RequestIds,
) -> std::result::Result<Arc<App>, Failure> {
    let cache = &config.cache;
    let records = Arc::new(Cache::new(clock.clone(), cache.max_bytes, cache.lifetimes));
    let registry = Registry {
        workspace: Workspace::new(WORKSPACE),
        adapters: adapters(config, clock, random).map_err(Failure::Vendor)?,
        flights: Flights::new(records.clone()),
        cache: records,
        clock: clock.clone(),
        call_budget: config.server.request_timeout,
        max_scan: cache.max_scan,
    };
    over(registry, config, random, request_ids)
}

/// Makes the rest of it, over these vendors.
pub fn over(
    registry: Registry,
    config: &Config,
    random: &Random,
    request_ids: RequestIds,
) -> std::result::Result<Arc<App>, Failure> {
    let process = request_ids.next();
    let store = match &config.server.data_dir {
        Some(folder) => Store::open(folder, &process),
        None => Store::in_memory(&process),
    };
    let store = Arc::new(store.map_err(Failure::Ledger)?);
    let registry = Arc::new(registry);
    let desk = Desk::new(registry.clone(), store, config.writes, random.clone());
    Ok(Arc::new(App::new(
        registry,
        Arc::new(desk),
        config,
        request_ids,
    )))
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Vendor(error) => error.fmt(f),
            Self::Ledger(broken) => broken.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

/// The adapters of the vendors that have credentials.
pub fn adapters(
    config: &Config,
    clock: &Clock,
    random: &Random,
) -> Result<BTreeMap<Vendor, Arc<dyn Adapter>>> {
    let connect = Connect {
        workspace: Workspace::new(WORKSPACE),
        clock: clock.clone(),
        random: random.clone(),
        limits: Limits {
            // No call can have more than a request has; what counts as long is measured by that.
            timeout: config.limits.timeout.min(config.server.request_timeout),
            ..config.limits
        },
        data_dir: config.server.data_dir.clone(),
    };
    let configured = config
        .vendors
        .iter()
        .filter_map(|(vendor, connector)| Some((*vendor, connector.as_ref()?)));
    configured
        .map(|(vendor, connector)| Ok((vendor, connector(&connect)?)))
        .collect()
}
