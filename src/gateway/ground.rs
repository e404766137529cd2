//! What every configuration of one process stands on, and how the gateway is put together on it: from nothing, or in place
//! of what there was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Failure, Last, adapters_after};
use crate::callers::Callers;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::workspaces::OfWorkspace;
use crate::http::App;
use crate::http::lasting::Lasting;
use crate::http::persisted::Persisted;
use crate::http::request_id::RequestIds;
use crate::http::workspaces::{Parts, Workspaces};
use crate::ledger::{Desk, Store};
use crate::load::{Cache, Flights, Registry};
use crate::model::{Vendor, Workspace};
use crate::random::Random;
use crate::vendor::Adapter;
use crate::vendor::counts::Counts;

/// What every configuration stands on.
pub(super) struct Ground {
    pub(super) clock: Clock,
    random: Random,
    store: Arc<Store>,
    pub(super) lasting: Lasting,
    /// Where the calls to each vendor are counted, whichever adapter makes them.
    counts: Mutex<BTreeMap<(Workspace, Vendor), Arc<Counts>>>,
}

/// What there was before, and in what the new configuration differs from it.
pub(super) struct Before<'a> {
    pub(super) app: &'a App,
    /// The keys that say something else.
    pub(super) changed: &'a BTreeSet<String>,
    /// Whether vendors may take more or less of us.
    pub(super) has_other_limits: bool,
    /// The new configuration's number.
    pub(super) number: u64,
}

impl Ground {
    /// The ground of a process that begins with this configuration.
    pub(super) fn new(
        config: &Config,
        clock: &Clock,
        random: &Random,
        request_ids: RequestIds,
    ) -> Result<Self, Failure> {
        let process = request_ids.next();
        let store = match &config.server.data_dir {
            Some(folder) => Store::open(folder, &process),
            None => Store::in_memory(&process),
        };
        Ok(Self {
            clock: clock.clone(),
            random: random.clone(),
            store: Arc::new(store.map_err(Failure::Ledger)?),
            lasting: Lasting::new(clock, request_ids),
            counts: Mutex::default(),
        })
    }

    /// The workspaces with their vendors. An adapter that would be made anew in just the same way stays, with all that it
    /// knows.
    pub(super) fn registries(
        &self,
        config: &Config,
        cache: &Arc<Cache>,
        flights: &Flights,
        before: Option<&Before<'_>>,
    ) -> Result<Vec<Registry>, Failure> {
        let mut registries = Vec::new();
        let mut failed = Vec::new();
        for of in &config.workspaces {
            let was = before.and_then(|before| before.app.workspaces.get(&of.workspace));
            let was = was.as_deref().map(|parts| &*parts.registry);
            let is_changed =
                |vendor| before.is_some_and(|before| before.has_changed(&of.section_of(vendor)));
            let has_other_limits = before.is_some_and(|before| before.has_other_limits);
            let last = |vendor| match was.and_then(|was| was.adapter(vendor)) {
                None => Last::None,
                Some(last) if is_changed(vendor) || has_other_limits => Last::Other(last.clone()),
                Some(last) => Last::Same(last.clone()),
            };
            let (adapters, errors) = adapters_after(config, of, &self.clock, &self.random, last);
            let errors = errors.into_iter();
            failed.extend(errors.map(|error| (of.workspace.clone(), error)));
            for (vendor, adapter) in &adapters {
                self.count(&of.workspace, *vendor, &**adapter);
            }
            registries.push(Registry {
                workspace: of.workspace.clone(),
                adapters,
                generations: generations(of, was, before, is_changed),
                flights: flights.clone(),
                cache: cache.clone(),
                clock: self.clock.clone(),
                call_budget: config.server.request_timeout,
                max_scan: config.cache.max_scan,
            });
        }
        if failed.is_empty() {
            Ok(registries)
        } else {
            Err(Failure::Vendors(failed))
        }
    }

    /// Everything that answering takes. Of a workspace that there was before, what is registered and the desk stay; the desk
    /// is to be told of its new vendors when they count.
    pub(super) fn app(
        &self,
        registries: Vec<Registry>,
        cache: Arc<Cache>,
        config: Config,
        before: Option<&App>,
    ) -> Result<Arc<App>, Failure> {
        let persisted = Persisted::new(config.documents);
        let workspaces = registries.into_iter().map(|registry| {
            let registry = Arc::new(registry);
            let was = before.and_then(|before| before.workspaces.get(&registry.workspace));
            match was {
                Some(was) => Parts {
                    registry,
                    desk: was.desk.clone(),
                    persisted: persisted.in_place_of(&was.persisted),
                },
                None => Parts {
                    desk: Arc::new(Desk::new(
                        registry.clone(),
                        self.store.clone(),
                        config.writes,
                        self.random.clone(),
                    )),
                    registry,
                    persisted: persisted.of_another(),
                },
            }
        });
        let workspaces = Workspaces::new(workspaces);
        let callers = match before {
            Some(before) => before.callers.with_rules(config.callers),
            None => Callers::new(config.callers, &self.clock),
        };
        Ok(Arc::new(App::new(
            &self.lasting,
            callers.map_err(Failure::Callers)?,
            workspaces,
            cache,
            &config.server,
            (config.requests, config.rate),
        )))
    }

    fn count(&self, workspace: &Workspace, vendor: Vendor, adapter: &dyn Adapter) {
        let mut all = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let own = || adapter.vitals().counts().clone();
        let counts = all
            .entry((workspace.clone(), vendor))
            .or_insert_with(own)
            .clone();
        adapter.vitals().go_on_counting(counts);
    }
}

impl Before<'_> {
    /// Whether a key of this section says something else.
    fn has_changed(&self, section: &str) -> bool {
        let mut from = self.changed.range(section.to_owned()..);
        from.next().is_some_and(|key| key.starts_with(section))
    }
}

/// Which of its configurations each vendor has: the new one's number where that says something else of it.
fn generations(
    of: &OfWorkspace,
    was: Option<&Registry>,
    before: Option<&Before<'_>>,
    is_changed: impl Fn(Vendor) -> bool,
) -> BTreeMap<Vendor, u64> {
    let Some(before) = before else {
        return BTreeMap::new();
    };
    let each = of.vendors.iter().map(|(vendor, _)| {
        let is_kept = !is_changed(*vendor);
        let kept = was.filter(|_| is_kept).map(|was| was.generation(*vendor));
        (*vendor, kept.unwrap_or(before.number))
    });
    each.collect()
}
