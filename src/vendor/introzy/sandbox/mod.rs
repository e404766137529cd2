//! Introzy's emulator: <https://introzy-api-docs.apidocumentation.com>, over a seeded organization.

mod answer;
mod convert;
mod create;
mod facilitators;
mod note;
mod render;
mod routes;
mod seed;
mod switches;
#[cfg(test)]
mod tests;
mod writes;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use self::answer::Failure;
pub use self::switches::SWITCHES;
use crate::sandbox::{Dice, Emulator, Place, Refusal, Setup};

/// The only key that this organization has.
pub const API_KEY: &str =
    "introzy_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A fresh emulator.
pub fn emulator(setup: Setup) -> Arc<dyn Emulator> {
    Arc::new(Introzy {
        setup,
        state: Arc::new(Mutex::new(seed::state(seed::REFERRALS))),
    })
}

/// The emulator; clones share the state.
#[derive(Clone)]
struct Introzy {
    setup: Setup,
    state: Arc<Mutex<seed::State>>,
}

impl Emulator for Introzy {
    fn router(&self) -> Router {
        routes::router()
            .layer(from_fn_with_state(self.clone(), guard))
            .merge(routes::test_hooks())
            .with_state(self.clone())
    }

    fn reset(&self) {
        *self.state() = seed::state(seed::REFERRALS);
    }

    fn count(&self) -> usize {
        self.state().opportunities.len()
    }

    fn resize(&self, count: usize) {
        let count = u32::try_from(count).expect("a world fits into memory");
        *self.state() = seed::state(count);
    }

    fn grow(&self, count: usize, at: Place) {
        let mut state = self.state();
        let there: Vec<_> = state
            .opportunities
            .iter()
            .map(|row| row.created_at)
            .collect();
        let times = at.times(count, &there, self.setup.clock.now());
        state.insert(at.index(there.len()), &times);
    }

    fn shrink(&self, count: usize, at: Place) {
        let mut state = self.state();
        let rows = at.range(count, state.opportunities.len());
        state.remove(rows);
    }

    /// Both times are always there, by the schema.
    fn scramble(&self, seed: u64) {
        let mut dice = Dice::new(seed, "introzy");
        let mut state = self.state();
        let times = dice.times(state.opportunities.len());
        for (row, times) in state.opportunities.iter_mut().zip(times) {
            row.created_at = times.created;
            row.updated_at = times.updated;
        }
        self.setup.switches.roll("order", &mut dice);
    }

    fn environment(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("INTROZY_BASE_URL", base.to_owned()),
            ("INTROZY_API_KEY", API_KEY.to_owned()),
        ]
    }
}

impl Introzy {
    fn state(&self) -> MutexGuard<'_, seed::State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is(&self, switch: &str, value: &str) -> bool {
        self.setup.switches.is(switch, value)
    }
}

/// Lets in who has the key, and writes the bodies of all errors.
///
/// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/authentication>
async fn guard(State(app): State<Introzy>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = match admit(&app, &request) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    };
    let Some(failure) = response.extensions().get::<Failure>().cloned() else {
        return response;
    };
    app.failed(&failure, &path)
}

fn admit(app: &Introzy, request: &Request) -> Result<(), Failure> {
    let sent = request.headers().get(AUTHORIZATION);
    let token = sent
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match request.extensions().get::<Refusal>() {
        Some(Refusal::ExpiredToken) => return Err(expired()),
        Some(Refusal::RateLimited { seconds }) => {
            let has_time = app.is("retry_after", "present");
            return Err(too_many().with_retry_after(has_time.then_some(seconds.unwrap_or(2))));
        }
        None => {}
    }
    match token {
        Some(API_KEY) => {}
        Some(_) => return Err(expired()),
        None => {
            return Err(Failure::new(
                StatusCode::UNAUTHORIZED,
                "UNAUTHORIZED",
                "Authentication required",
            ));
        }
    }
    match app.setup.switches.get("rate_limit") {
        "off" => Ok(()),
        "refuse_with_retry_after" => Err(too_many().with_retry_after(Some(2))),
        _ => Err(too_many()),
    }
}

/// Keys end by themselves after at most a year.
fn expired() -> Failure {
    Failure::new(
        StatusCode::UNAUTHORIZED,
        "UNAUTHORIZED",
        "Invalid or expired API key",
    )
}

fn too_many() -> Failure {
    Failure::new(
        StatusCode::TOO_MANY_REQUESTS,
        "RATE_LIMIT_EXCEEDED",
        "Too many requests",
    )
}
