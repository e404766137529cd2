//! Puts the gateway together from its configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::http::App;
use crate::http::request_id::RequestIds;
use crate::load::{Cache, Flights, Registry};
use crate::model::{Vendor, Workspace};
use crate::random::Random;
use crate::vendor::http::{Connect, Limits};
use crate::vendor::{Adapter, Result};

/// The one workspace that there is as long as callers are not told apart.
const WORKSPACE: &str = "default";

/// Makes everything that answering requests takes.
pub fn build(
    config: &Config,
    clock: &Clock,
    random: &Random,
    request_ids: RequestIds,
) -> Result<Arc<App>> {
    let cache = &config.cache;
    let records = Arc::new(Cache::new(clock.clone(), cache.max_bytes, cache.lifetimes));
    let registry = Registry {
        workspace: Workspace::new(WORKSPACE),
        adapters: adapters(config, clock, random)?,
        flights: Flights::new(records.clone()),
        cache: records,
        clock: clock.clone(),
        call_budget: config.server.request_timeout,
        max_scan: cache.max_scan,
    };
    Ok(Arc::new(App::new(registry, &config.server, request_ids)))
}

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
