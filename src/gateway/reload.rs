//! Another configuration in place of the present one, while requests are answered. It is taken as a whole or not at all:
//! everything that can go wrong with it is done before anything is exchanged.
//!
//! What stays: connections, the ledger and what is being written, the counters, what callers have used up, issuers' keys,
//! documents that clients registered; and of each vendor whose own section says the same, its adapter and its records. A
//! request is answered to its end by the configuration that it found.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::timeout;
use tracing::{error, info, warn};

use super::ground::{Before, Ground};
use super::{Failure, limits};
use crate::clock::Clock;
use crate::config::told::Told;
use crate::config::{self, Config, Log, Server};
use crate::http::App;
use crate::http::live::Live;
use crate::http::request_id::RequestIds;
use crate::ledger::{Desk, Rules};
use crate::load::{self, Flights};
use crate::model::Workspace;
use crate::random::Random;
use crate::vendor::http::Limits;

/// The gateway of a process, whatever its configuration becomes.
pub struct Gateway {
    live: Arc<Live>,
    /// One reload at a time.
    state: Arc<tokio::sync::Mutex<State>>,
}

/// What is wrong with a configuration, a line each.
type Problems = Vec<String>;

struct State {
    ground: Ground,
    live: Arc<Live>,
    present: Present,
    flights: Flights,
    /// How many configurations were taken.
    taken: u64,
    leaving: Leaving,
}

/// What the configuration says by which requests are answered, as far as another is compared with it.
struct Present {
    told: Told,
    server: Server,
    limits: Limits,
    cache: config::Cache,
    log: Log,
}

/// A configuration that can be taken.
struct Prepared {
    app: Arc<App>,
    present: Present,
    flights: Flights,
    writes: Rules,
    changed: BTreeSet<String>,
}

/// Workspaces that were removed, whose writes are still being finished.
#[derive(Clone, Default)]
struct Leaving(Arc<Mutex<BTreeSet<Workspace>>>);

impl Gateway {
    /// Puts the gateway together from its first configuration.
    pub fn start(
        mut config: Config,
        clock: &Clock,
        random: &Random,
        request_ids: RequestIds,
    ) -> Result<Self, Failure> {
        let ground = Ground::new(&config, clock, random, request_ids)?;
        let present = Present::of(&mut config);
        let config::Cache {
            max_bytes,
            lifetimes,
            ..
        } = config.cache;
        let cache = Arc::new(load::Cache::new(clock.clone(), max_bytes, lifetimes));
        let flights = Flights::new(cache.clone());
        let registries = ground.registries(&config, &cache, &flights, None)?;
        let live = Live::new(ground.app(registries, cache, config, None)?);
        let state = State {
            ground,
            live: live.clone(),
            present,
            flights,
            taken: 0,
            leaving: Leaving::default(),
        };
        Ok(Self {
            live,
            state: Arc::new(tokio::sync::Mutex::new(state)),
        })
    }

    /// What answers requests.
    pub fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// Reads the configuration anew and takes it, or leaves everything as it is. The log tells of it, and the metrics; given
    /// back are the keys that say something else now, or what is wrong.
    pub async fn reload(
        &self,
        read: impl FnOnce() -> Result<Config, Problems> + Send + 'static,
    ) -> Result<BTreeSet<String>, Problems> {
        let state = self.state.clone().lock_owned().await;
        let counters = state.ground.lasting.counters.clone();
        // Beside the runtime's workers: files are read, and certificates.
        let prepared = tokio::task::spawn_blocking(move || {
            let prepared = read().and_then(|config| state.prepare(config));
            (state, prepared)
        });
        let taken = match prepared.await {
            Ok((mut state, Ok(prepared))) => Ok(state.take(prepared).await),
            Ok((_, Err(problems))) => Err(problems),
            Err(_) => Err(vec!["reading it broke off".to_owned()]),
        };
        match &taken {
            Ok(changed) if changed.is_empty() => {
                info!("configuration read again: nothing has changed");
            }
            Ok(changed) => {
                let changed: Vec<&str> = changed.iter().map(String::as_str).collect();
                info!(changed = changed.join(", "), "configuration taken");
            }
            Err(problems) => {
                counters.configuration_refused();
                error!("configuration refused, and nothing of it taken: the one before stays");
                for problem in problems {
                    error!("configuration refused: {problem}");
                }
            }
        }
        taken
    }
}

impl State {
    /// Does everything that may go wrong, and exchanges nothing.
    fn prepare(&self, mut config: Config) -> Result<Prepared, Problems> {
        let present = Present::of(&mut config);
        let app = self.live.app();
        let mut problems = self.present.unchangeable(&present);
        problems.extend(self.leaving.problems(&config));
        if self.ground.lasting.ending.is_cancelled() {
            problems.push("the gateway is shutting down".to_owned());
        }
        let cache = app.cache.with_lifetimes(config.cache.lifetimes);
        if cache.is_none() {
            problems.push("cache.fresh, cache.stale_while_revalidate, cache.stale_if_error, cache.missing: the longest of them may not become longer than it was at the start without a restart".to_owned());
        }
        let Some(cache) = cache.filter(|_| problems.is_empty()) else {
            return Err(problems);
        };
        let cache = Arc::new(cache);
        let flights = self.flights.over(cache.clone());
        let changed = self.present.told.differing(&present.told);
        let before = Before {
            app: &app,
            changed: &changed,
            has_other_limits: self.present.limits != present.limits,
            number: self.taken + 1,
        };
        let writes = config.writes;
        let made = self
            .ground
            .registries(&config, &cache, &flights, Some(&before))
            .and_then(|registries| self.ground.app(registries, cache, config, Some(&app)));
        let made = made.map_err(|failure| {
            let told = failure.to_string();
            told.lines().map(str::to_owned).collect::<Problems>()
        })?;
        Ok(Prepared {
            app: made,
            present,
            flights,
            writes,
            changed,
        })
    }

    /// Exchanges what answers. Nothing can go wrong any more.
    async fn take(&mut self, prepared: Prepared) -> BTreeSet<String> {
        let Prepared {
            app,
            present,
            flights,
            writes,
            changed,
        } = prepared;
        let counters = &self.ground.lasting.counters;
        if changed.is_empty() {
            counters.configured(&self.ground.clock);
            return changed;
        }
        let before = self.live.app();
        for (workspace, parts) in app.workspaces.iter() {
            if before.workspaces.get(workspace).is_some() {
                parts.desk.configure(parts.registry.clone(), writes);
            } else {
                parts.desk.start().await;
            }
        }
        self.live.exchange(app.clone());
        counters.configured(&self.ground.clock);
        (self.present, self.flights) = (present, flights);
        self.taken += 1;
        for (workspace, parts) in before.workspaces.iter() {
            if app.workspaces.get(workspace).is_none() {
                self.retire(&before, workspace.clone(), parts.desk.clone());
            }
        }
        changed
    }

    /// Lets a workspace that was removed finish what it has under way: its requests first, and then its writes.
    fn retire(&self, before: &App, workspace: Workspace, desk: Arc<Desk>) {
        let (gone, grace) = (before.gone(), before.shutdown_grace);
        let leaving = self.leaving.clone();
        leaving.all().insert(workspace.clone());
        self.ground.lasting.leaving.spawn(async move {
            if timeout(grace, gone.cancelled()).await.is_err() {
                warn!(%workspace, "requests of a removed workspace were still running when their time was used up");
            }
            desk.finish(grace).await;
            desk.left().await;
            leaving.all().remove(&workspace);
            info!(%workspace, "a removed workspace has finished");
        });
    }
}

impl Present {
    fn of(config: &mut Config) -> Self {
        Self {
            told: std::mem::take(&mut config.told),
            server: config.server.clone(),
            limits: limits(config),
            cache: config.cache,
            log: config.log.clone(),
        }
    }

    /// What another configuration says otherwise that holds from the start of a process to its end.
    fn unchangeable(&self, other: &Self) -> Problems {
        let is_other = [
            (
                "server.listen (REFERRAL_GATEWAY_LISTEN)",
                self.server.listen != other.server.listen,
            ),
            (
                "server.data_dir (REFERRAL_GATEWAY_DATA_DIR)",
                self.server.data_dir != other.server.data_dir,
            ),
            (
                "cache.max_bytes",
                self.cache.max_bytes != other.cache.max_bytes,
            ),
            ("log.format", self.log.json != other.log.json),
            ("log.filter (RUST_LOG)", self.log.filter != other.log.filter),
        ];
        let keys = is_other.iter().filter(|(_, is_other)| *is_other);
        keys.map(|(key, _)| format!("{key}: cannot change without a restart"))
            .collect()
    }
}

impl Leaving {
    fn all(&self) -> MutexGuard<'_, BTreeSet<Workspace>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A workspace that comes back before it has finished would carry out its writes twice.
    fn problems(&self, config: &Config) -> Problems {
        let all = self.all();
        let names = config.workspaces.iter().map(|of| &of.workspace);
        let names = names.filter(|workspace| all.contains(workspace));
        names
            .map(|workspace| {
                format!("workspaces.{workspace}: was removed a moment ago, and its writes are still being finished: reload again in a moment")
            })
            .collect()
    }
}
