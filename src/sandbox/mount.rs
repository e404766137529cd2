//! All emulators behind one router, each with the request log and the faults around it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::DATE;
use axum::response::{IntoResponse, Response};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::change::Place;
use super::faults::{Active, Fault, Faults, MAX_ROWS, too_many_rows};
use super::gate::Gate;
use super::gauge::{Gauge, Load};
use super::log::{Log, Logged};
use super::request::{Base, Problems, origin};
use super::spoil::Dropped;
use super::{Emulator, Setup, Switch, Switches, control};
use crate::clock::Clock;
use crate::vendor::{Entry, VENDORS};

/// More than any vendor would take.
const MAX_BODY: usize = 16 << 20;

/// The header in which an emulator notes what its vendor does not document.
const PROBLEM: &str = "x-sandbox-problem";

/// Below this path an emulator offers what its vendor has no API for, such as another firm's answer to a request.
const TEST_HOOKS: &str = "/_test/";

/// One emulator and where it is mounted.
#[derive(Clone)]
pub struct Mounted {
    /// The mount point without slashes, and the vendor's name in the log, in faults and in the control surface.
    pub name: &'static str,
    /// The vendor.
    pub emulator: Arc<dyn Emulator>,
    /// The vendor's own clock.
    clock: Clock,
    /// The same switches that the emulator was set up with.
    pub switches: Switches,
}

/// The emulators of all vendors, their request log and their faults. Clones share all of it.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    vendors: Vec<Running>,
    log: Log,
    faults: Faults,
    gate: Gate,
    /// Cancelled, and replaced, at the next reset.
    epoch: Mutex<CancellationToken>,
}

/// One emulator at work.
struct Running {
    mounted: Mounted,
    router: Router,
    gauge: Gauge,
}

/// What one vendor's routes need to know.
#[derive(Clone)]
struct Served {
    sandbox: Sandbox,
    index: usize,
    /// Empty, or the mount point with a slash before it.
    prefix: String,
}

impl Mounted {
    /// Makes an emulator with switches at their defaults.
    pub fn new(
        name: &'static str,
        switches: &'static [Switch],
        emulator: fn(Setup) -> Arc<dyn Emulator>,
        clock: Clock,
    ) -> Self {
        let switches = Switches::new(switches);
        let setup = Setup {
            clock: clock.clone(),
            switches: switches.clone(),
        };
        Self {
            name,
            emulator: emulator(setup),
            clock,
            switches,
        }
    }
}

impl Sandbox {
    /// Every vendor.
    pub fn new(clock: &Clock) -> Self {
        let mount = |entry: &Entry| {
            Mounted::new(
                entry.vendor.path(),
                entry.switches,
                entry.emulator,
                clock.clone(),
            )
        };
        Self::with(VENDORS.iter().map(mount).collect())
    }

    /// These vendors.
    pub fn with(mounts: Vec<Mounted>) -> Self {
        let vendors = mounts.into_iter().map(|mounted| Running {
            router: mounted.emulator.router(),
            mounted,
            gauge: Gauge::default(),
        });
        Self(Arc::new(Inner {
            vendors: vendors.collect(),
            log: Log::default(),
            faults: Faults::default(),
            gate: Gate::default(),
            epoch: Mutex::default(),
        }))
    }

    /// Every vendor below its mount point, and the control surface below `/_sandbox/`.
    pub fn router(&self) -> Router {
        let mut router = control::router(self);
        for (index, mounted) in self.mounted().enumerate() {
            let prefix = format!("/{}", mounted.name);
            router = router.nest_service(&prefix, self.served(index, prefix.clone()));
        }
        router
    }

    /// One vendor at its documented paths, with its log and faults, for a listener of its own.
    pub fn vendor_router(&self, vendor: &str) -> Option<Router> {
        let index = self.mounted().position(|mounted| mounted.name == vendor)?;
        Some(self.served(index, String::new()))
    }

    /// What is mounted.
    pub fn mounted(&self) -> impl Iterator<Item = &Mounted> {
        self.0.vendors.iter().map(|running| &running.mounted)
    }

    /// One vendor; the error says which there are.
    pub fn vendor(&self, vendor: &str) -> Result<&Mounted, String> {
        if let Some(found) = self.mounted().find(|mounted| mounted.name == vendor) {
            return Ok(found);
        }
        let names: Vec<_> = self.mounted().map(|mounted| mounted.name).collect();
        Err(format!(
            "no vendor {vendor:?}; there are: {}",
            names.join(", ")
        ))
    }

    /// The requests that reached a vendor, oldest first.
    pub fn requests(&self, vendor: &str) -> Vec<Logged> {
        self.0.log.entries(Some(vendor))
    }

    /// The requests that reached any vendor, oldest first.
    pub fn all_requests(&self) -> Vec<Logged> {
        self.0.log.entries(None)
    }

    /// Forgets the requests.
    pub fn clear_log(&self) {
        self.0.log.clear();
    }

    /// Puts a fault in force, after those that are: the first that matches a request is applied.
    ///
    /// # Panics
    /// When the fault cannot be applied, which is a mistake in the test that asks for it.
    pub fn fault(&self, fault: Fault) {
        if let Err(problem) = self.try_fault(fault) {
            panic!("{problem}");
        }
    }

    /// As [`Sandbox::fault`]; the error says what is wrong with it.
    pub fn try_fault(&self, fault: Fault) -> Result<(), String> {
        self.vendor(&fault.vendor)?;
        self.0.faults.add(fault)
    }

    /// Ends all faults, and lets go what they hold.
    pub fn clear_faults(&self) {
        self.0.faults.clear();
        self.0.gate.release();
    }

    /// Lets go all answers that are held back by [`Kind::Hold`](super::Kind::Hold). The fault goes on.
    pub fn release(&self) {
        self.0.gate.release();
    }

    /// How many answers are held back.
    pub fn held(&self) -> usize {
        self.0.gate.held()
    }

    /// Waits until so many answers are held back at once.
    pub async fn until_held(&self, count: usize) {
        self.0.gate.until(count).await;
    }

    /// How many requests of a vendor are under way, and how many have been at once.
    pub fn load(&self, vendor: &str) -> Result<Load, String> {
        self.vendor(vendor)?;
        let mut vendors = self.0.vendors.iter();
        let running = vendors.find(|running| running.mounted.name == vendor);
        Ok(running
            .map(|running| running.gauge.read())
            .unwrap_or_default())
    }

    /// Forgets how many requests have been under way at once.
    pub fn clear_load(&self) {
        for running in &self.0.vendors {
            running.gauge.clear();
        }
    }

    /// Gives a vendor so many referrals, those of the seeded world and older ones like them.
    pub fn resize(&self, vendor: &str, count: usize) -> Result<(), String> {
        let mounted = self.vendor(vendor)?;
        if count > MAX_ROWS {
            return Err(too_many_rows());
        }
        mounted.emulator.resize(count);
        Ok(())
    }

    /// Adds referrals to a vendor's.
    pub fn grow(&self, vendor: &str, count: usize, at: Place) -> Result<(), String> {
        self.vendor(vendor)?.emulator.grow(count, at);
        Ok(())
    }

    /// Takes some of a vendor's referrals away.
    pub fn shrink(&self, vendor: &str, count: usize, at: Place) -> Result<(), String> {
        self.vendor(vendor)?.emulator.shrink(count, at);
        Ok(())
    }

    /// Shakes up the times of all vendors' referrals; what comes of it follows from the seed.
    pub fn scramble(&self, seed: u64) {
        for mounted in self.mounted() {
            mounted.emulator.scramble(seed);
        }
    }

    /// Sets a switch; the error says which vendors, switches or values there are.
    pub fn set_switch(&self, vendor: &str, name: &str, value: &str) -> Result<(), String> {
        self.vendor(vendor)?.switches.set(name, value)
    }

    /// Back to the start: the seeded world, switches at their defaults, no faults, an empty log.
    pub fn reset(&self) {
        // First of all, so that nothing of before is handled in the new world.
        std::mem::take(&mut *self.epoch()).cancel();
        for mounted in self.mounted() {
            mounted.switches.reset();
            mounted.emulator.reset();
        }
        self.clear_faults();
        self.clear_log();
        self.clear_load();
    }

    /// The environment variables of a gateway that is to use this sandbox, served at this origin.
    pub fn environment(&self, origin: &str) -> Vec<(&'static str, String)> {
        self.mounted()
            .flat_map(|mounted| {
                mounted
                    .emulator
                    .environment(&format!("{origin}/{}", mounted.name))
            })
            .collect()
    }

    pub(super) fn faults(&self) -> Vec<Active> {
        self.0.faults.all()
    }

    fn epoch(&self) -> MutexGuard<'_, CancellationToken> {
        self.0.epoch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn served(&self, index: usize, prefix: String) -> Router {
        Router::new().fallback(serve).with_state(Served {
            sandbox: self.clone(),
            index,
            prefix,
        })
    }
}

async fn serve(State(served): State<Served>, request: Request) -> Response {
    let inner = &served.sandbox.0;
    let Running {
        mounted,
        router,
        gauge,
    } = &inner.vendors[served.index];
    let (mut parts, body) = request.into_parts();
    if parts.uri.path().starts_with(TEST_HOOKS) {
        return handle(router.clone(), Request::from_parts(parts, body)).await;
    }
    let _under_way = gauge.enter();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };

    let problems = Problems::default();
    let sequence = inner
        .log
        .begin(mounted.name, &parts, &body, problems.clone());
    let base = Base(format!("{}{}", origin(&parts), served.prefix));
    parts.extensions.insert(problems.clone());
    parts.extensions.insert(base);
    let fault = inner
        .faults
        .take(mounted.name, parts.method.as_str(), parts.uri.path());
    if let Some(refusal) = fault.as_ref().and_then(super::Kind::refusal) {
        parts.extensions.insert(refusal);
    }
    let request = Request::from_parts(parts, Body::from(body));
    let router = router.clone();
    let handled = async move { without_problems(handle(router, request).await, &problems) };
    let response = match fault {
        None => handled.await,
        Some(kind) => {
            inner.log.met(sequence, kind.name());
            let reset = served.sandbox.epoch().clone();
            kind.apply(handled, &*mounted.emulator, &inner.gate, reset)
                .await
        }
    };
    if response.extensions().get::<Dropped>().is_none() {
        inner.log.end(sequence, response.status().as_u16());
    }
    dated(response, &mounted.clock)
}

/// With the time that it is for the vendor; the server would write the machine's.
fn dated(mut response: Response, clock: &Clock) -> Response {
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&clock.now());
    if let Some(date) = date.ok().and_then(|date| date.parse().ok()) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

/// Takes what an emulator noted in the answer's headers over into the log; the vendor has no such header.
fn without_problems(mut response: Response, problems: &Problems) -> Response {
    for problem in response.headers().get_all(PROBLEM) {
        problems.note(String::from_utf8_lossy(problem.as_bytes()));
    }
    response.headers_mut().remove(PROBLEM);
    response
}

async fn handle(router: Router, request: Request) -> Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
