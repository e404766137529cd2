//! Puts the gateway together from its configuration, and puts it together anew when that has changed.

mod ground;
mod reload;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::config::workspaces::OfWorkspace;
use crate::http::App;
use crate::http::request_id::RequestIds;
use crate::ledger::store::Broken;
use crate::load::{self, Registry};
use crate::model::{Vendor, Workspace};
use crate::random::Random;
use crate::vendor::http::{Connect, Limits};
use crate::vendor::{Adapter, Error};
use ground::Ground;

pub use reload::Gateway;

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

/// Makes everything that answering requests takes, by a configuration that stays.
pub fn build(
    config: Config,
    clock: &Clock,
    random: &Random,
    request_ids: RequestIds,
) -> std::result::Result<Arc<App>, Failure> {
    let gateway = Gateway::start(config, clock, random, request_ids)?;
    Ok(gateway.live().app())
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
    let ground = Ground::new(&config, clock, random, request_ids)?;
    ground.app(registries, cache, config, None)
}

/// The adapters of a workspace's vendors that have credentials, and what kept others from being made.
pub fn adapters(
    config: &Config,
    of: &OfWorkspace,
    clock: &Clock,
    random: &Random,
) -> (BTreeMap<Vendor, Arc<dyn Adapter>>, Vec<Error>) {
    adapters_after(config, of, clock, random, |_| Last::None)
}

/// What a vendor had before.
enum Last {
    /// Nothing.
    None,
    /// An adapter that was made in just the same way.
    Same(Arc<dyn Adapter>),
    /// An adapter that was made in another way.
    Other(Arc<dyn Adapter>),
}

fn adapters_after(
    config: &Config,
    of: &OfWorkspace,
    clock: &Clock,
    random: &Random,
    last: impl Fn(Vendor) -> Last,
) -> (BTreeMap<Vendor, Arc<dyn Adapter>>, Vec<Error>) {
    let (mut made, mut failed) = (BTreeMap::new(), Vec::new());
    for (vendor, connector) in &of.vendors {
        let Some(connector) = connector else {
            continue;
        };
        let predecessor = match last(*vendor) {
            Last::None => None,
            Last::Other(adapter) => Some(adapter),
            Last::Same(adapter) => {
                made.insert(*vendor, adapter);
                continue;
            }
        };
        let connect = Connect {
            workspace: of.workspace.clone(),
            clock: clock.clone(),
            random: random.clone(),
            limits: limits(config),
            data_dir: config.server.data_dir.clone(),
            predecessor,
        };
        match connector(&connect) {
            Ok(adapter) => {
                made.insert(*vendor, adapter);
            }
            Err(error) => failed.push(error),
        }
    }
    (made, failed)
}

/// How much a vendor may take of us.
fn limits(config: &Config) -> Limits {
    Limits {
        // No call can have more than a request has; what counts as long is measured by that.
        timeout: config.limits.timeout.min(config.server.request_timeout),
        ..config.limits
    }
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
