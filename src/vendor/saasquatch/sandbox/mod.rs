//! The emulator of the vendor's REST API, written from its pages alone:
//! <https://docs.saasquatch.com/api/>.

mod answer;
mod caller;
mod forms;
mod memory;
mod moderate;
mod query;
mod refer;
mod referrals;
mod rewards;
mod seed;
mod switches;
mod upsert;
mod users;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::Value;

use crate::sandbox::{Dice, Emulator, Place, Refusal, Setup};
use answer::Problem;
use memory::{Memory, Record};
use seed::Seed;
pub use switches::SWITCHES;

/// The tenant that the gateway works for. Aliases of test tenants start with `test_`.
pub const TENANT_ALIAS: &str = "test_aharbourpine";
/// The tenant's key.
pub const API_KEY: &str = "TEST_sandbox-saasquatch-api-key";

/// The emulator with its seeded world.
pub fn emulator(setup: Setup) -> Arc<dyn Emulator> {
    Arc::new(SaaSquatch {
        setup,
        state: Arc::new(Mutex::new(Memory::seeded(seed::REFERRALS))),
    })
}

/// The emulator; clones share one state.
#[derive(Clone)]
struct SaaSquatch {
    setup: Setup,
    state: Arc<Mutex<Memory>>,
}

impl Emulator for SaaSquatch {
    fn router(&self) -> Router {
        let tenant = Router::new()
            .route("/referrals", get(referrals::list))
            .route("/referrals/{id}", get(referrals::lookup))
            .route("/referrals/moderate", post(moderate::moderate))
            .route("/open/referrals", get(referrals::open_list))
            .route("/account/{account}", get(users::account))
            .route("/account/{account}/user/{user}", get(users::lookup))
            .route("/account/{account}/user/{user}/pii", get(users::pii))
            .route("/user", get(users::by_code))
            .route("/users", get(users::list))
            .route("/code/{code}", get(users::code))
            .route(
                "/open/account/{account}/user/{user}",
                get(users::open_lookup).put(upsert::put).post(upsert::post),
            )
            .route("/open/user", get(users::open_by_code))
            .route("/open/code/{code}", get(users::code))
            .route(
                "/open/code/{code}/account/{account}/user/{user}",
                post(refer::apply_code),
            );
        Router::new()
            .nest(&format!("/api/v1/{TENANT_ALIAS}"), tenant)
            .fallback(no_such_path)
            .method_not_allowed_fallback(no_such_method)
            .layer(axum::middleware::from_fn_with_state(self.clone(), gate))
            .with_state(self.clone())
    }

    fn reset(&self) {
        *self.state() = Memory::seeded(seed::REFERRALS);
    }

    fn count(&self) -> usize {
        self.state().referrals.len()
    }

    fn resize(&self, count: usize) {
        let count = u32::try_from(count).expect("a world fits into memory");
        *self.state() = Memory::seeded(count);
    }

    fn grow(&self, count: usize, at: Place) {
        let mut state = self.state();
        let there: Vec<_> = state.referrals.iter().map(|row| row.seed.started).collect();
        let times = at.times(count, &there, self.setup.clock.now());
        let rows: Vec<_> = (state.made..)
            .zip(times)
            .map(|(index, started)| seed::record(Seed::added(index, started)))
            .collect();
        state.made += u32::try_from(rows.len()).expect("a world fits into memory");
        let index = at.index(there.len());
        state.referrals.splice(index..index, rows);
    }

    fn shrink(&self, count: usize, at: Place) {
        let mut state = self.state();
        let rows = at.range(count, state.referrals.len());
        state.referrals.drain(rows);
    }

    /// The time of the last change is missing in records of before it was kept.
    fn scramble(&self, seed: u64) {
        let mut dice = Dice::new(seed, "saasquatch");
        let mut state = self.state();
        let times = dice.times(state.referrals.len());
        let rows = std::mem::take(&mut state.referrals);
        let rows = rows.into_iter().zip(times).map(|(record, times)| {
            let modified = (dice.below(6) > 0).then_some(times.updated);
            record.at(times.created, modified)
        });
        state.referrals = rows.collect();
        self.setup.switches.roll("order", &mut dice);
    }

    fn environment(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("SAASQUATCH_BASE_URL", base.to_owned()),
            ("SAASQUATCH_TENANT_ALIAS", TENANT_ALIAS.to_owned()),
            ("SAASQUATCH_API_KEY", API_KEY.to_owned()),
        ]
    }
}

impl SaaSquatch {
    fn state(&self) -> MutexGuard<'_, Memory> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is(&self, switch: &str, value: &str) -> bool {
        self.setup.switches.is(switch, value)
    }

    /// Whether the tenant has this referral: it has come to light, and is of the tenant's programs; classic ones have no
    /// program.
    fn knows(&self, record: &Record) -> bool {
        if record
            .appears
            .is_some_and(|time| self.setup.clock.now() < time)
        {
            return false;
        }
        match self.setup.switches.get("tenant") {
            "classic" => record.seed.program().is_none(),
            "ga" => record.seed.program().is_some(),
            _ => true,
        }
    }

    /// The value as it is sent: with or without its nulls.
    fn rendered(&self, mut value: Value) -> Value {
        if self.is("nulls", "omitted") {
            drop_nulls(&mut value);
        }
        value
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

async fn no_such_path(State(app): State<SaaSquatch>) -> Response {
    answer::refusal(
        &app,
        &Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", None, "Not found."),
    )
}

async fn no_such_method(State(app): State<SaaSquatch>) -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    answer::refusal(
        &app,
        &Problem::new(status, "METHOD_NOT_ALLOWED", None, "Method not allowed."),
    )
}

/// The tenant, then the limit, then who is calling: all before the path is looked at.
async fn gate(State(app): State<SaaSquatch>, mut request: Request, next: Next) -> Response {
    match admit(&app, &request) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => answer::refusal(&app, &problem),
    }
}

fn admit(app: &SaaSquatch, request: &Request) -> Result<caller::Caller, Problem> {
    let prefix = format!("/api/v1/{TENANT_ALIAS}/");
    let Some(path) = request.uri().path().strip_prefix(&prefix) else {
        return Err(answer::no_tenant(app));
    };
    match request.extensions().get::<Refusal>() {
        Some(Refusal::ExpiredToken) => return Err(caller::missing_credentials()),
        Some(Refusal::RateLimited { seconds }) => {
            let is_forbidden = app.is("rate_limit_status", "403");
            let has_time = app.is("retry_after", "present");
            let problem = answer::too_many(is_forbidden);
            return Err(problem.with_retry_after(has_time.then_some(seconds.unwrap_or(2))));
        }
        None => {}
    }
    match app.setup.switches.get("rate_limit") {
        "off" => {}
        status => return Err(answer::too_many(status == "403")),
    }
    caller::identify(app, path, request.headers())
}

#[cfg(test)]
mod tests;
