//! All emulators behind one router, each with the request log and the faults around it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;

use super::faults::{Active, Fault, Faults};
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
    /// The same switches that the emulator was set up with.
    pub switches: Switches,
}

/// The emulators of all vendors, their request log and their faults. Clones share all of it.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    vendors: Vec<(Mounted, Router)>,
    log: Log,
    faults: Faults,
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
            clock,
            switches: switches.clone(),
        };
        Self {
            name,
            emulator: emulator(setup),
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
        let vendors = mounts.into_iter().map(|mounted| {
            let router = mounted.emulator.router();
            (mounted, router)
        });
        Self(Arc::new(Inner {
            vendors: vendors.collect(),
            log: Log::default(),
            faults: Faults::default(),
        }))
    }

    /// Every vendor below its mount point, and the control surface below `/_sandbox/`.
    pub fn router(&self) -> Router {
        let mut router = control::router(self);
        for (index, (mounted, _)) in self.0.vendors.iter().enumerate() {
            let prefix = format!("/{}", mounted.name);
            router = router.nest_service(&prefix, self.served(index, prefix.clone()));
        }
        router
    }

    /// One vendor at its documented paths, with its log and faults, for a listener of its own.
    pub fn vendor_router(&self, vendor: &str) -> Option<Router> {
        let mut vendors = self.0.vendors.iter();
        let index = vendors.position(|(mounted, _)| mounted.name == vendor)?;
        Some(self.served(index, String::new()))
    }

    /// What is mounted.
    pub fn mounted(&self) -> impl Iterator<Item = &Mounted> {
        self.0.vendors.iter().map(|(mounted, _)| mounted)
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

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.0.faults.clear();
    }

    /// Sets a switch; the error says which vendors, switches or values there are.
    pub fn set_switch(&self, vendor: &str, name: &str, value: &str) -> Result<(), String> {
        self.vendor(vendor)?.switches.set(name, value)
    }

    /// Back to the start: the seeded world, switches at their defaults, no faults, an empty log.
    pub fn reset(&self) {
        for mounted in self.mounted() {
            mounted.switches.reset();
            mounted.emulator.reset();
        }
        self.clear_faults();
        self.clear_log();
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
    let (mounted, router) = &inner.vendors[served.index];
    let (mut parts, body) = request.into_parts();
    if parts.uri.path().starts_with(TEST_HOOKS) {
        return handle(router.clone(), Request::from_parts(parts, body)).await;
    }
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
    let request = Request::from_parts(parts, Body::from(body));
    let handled = async { without_problems(handle(router.clone(), request).await, &problems) };
    let response = match fault {
        None => handled.await,
        Some(kind) => {
            inner.log.met(sequence, kind.name());
            kind.apply(handled).await
        }
    };
    if response.extensions().get::<Dropped>().is_none() {
        inner.log.end(sequence, response.status().as_u16());
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
