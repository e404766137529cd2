//! Plannr's emulator: the calls of <https://apidocs.plannrcrm.com>, over twelve seeded firms.

mod switches;

mod connect;
mod hooks;
mod routes;
mod send;

mod keys;
mod records;
mod seed;
mod state;
mod term;

mod answer;
mod listing;
mod render;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use self::answer::Failure;
use crate::sandbox::{Dice, Emulator, Place, Problems, Refusal, Setup};

pub use self::keys::{
    CONNECTED_ADVISER_KEY, FREE_ADVISER_KEYS, OWN_ADVISER_KEY, PENDING_ADVISER_KEY,
    UNKNOWN_ADVISER_KEY,
};
pub use self::switches::SWITCHES;

/// The personal access token of Ada Okoro.
pub const ACCESS_TOKEN: &str = "plannr-sandbox-token-7c1f";

/// Picks the account to act as.
const ACCOUNT_HEADER: &str = "x-plannr-account-uuid";

/// Requests per minute and user: <https://api-how-to.plannrcrm.com/basics/rate-limits>.
const RATE_LIMIT: u32 = 500;

/// A fresh emulator.
pub fn emulator(setup: Setup) -> Arc<dyn Emulator> {
    Arc::new(Plannr {
        setup,
        state: Arc::new(Mutex::new(seed::state(seed::REFERRALS))),
        window: Arc::default(),
    })
}

/// The emulator; clones share the state.
#[derive(Clone)]
struct Plannr {
    setup: Setup,
    state: Arc<Mutex<state::State>>,
    window: Arc<Mutex<Window>>,
}

/// The requests of the current minute.
#[derive(Debug, Default)]
struct Window {
    start: Option<Timestamp>,
    used: u32,
}

/// How a request stands with the rate limit.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    limit: u32,
    remaining: u32,
    reset: Timestamp,
    is_refused: bool,
}

impl Emulator for Plannr {
    fn router(&self) -> Router {
        routes::router()
            .layer(from_fn_with_state(self.clone(), guard))
            .merge(hooks::router())
            .with_state(self.clone())
    }

    fn reset(&self) {
        *self.state() = seed::state(seed::REFERRALS);
        *self.window.lock().unwrap_or_else(PoisonError::into_inner) = Window::default();
    }

    /// Those of the own firm.
    fn count(&self) -> usize {
        self.state().count()
    }

    fn resize(&self, count: usize) {
        let count = u32::try_from(count).expect("a world fits into memory");
        *self.state() = seed::state(count);
    }

    fn grow(&self, count: usize, at: Place) {
        let mut state = self.state();
        let there: Vec<_> = state.own().iter().map(|row| row.created_at).collect();
        let times = at.times(count, &there, self.setup.clock.now());
        state.insert(at.index(there.len()), &times);
    }

    fn shrink(&self, count: usize, at: Place) {
        let mut state = self.state();
        let rows = at.range(count, state.count());
        state.remove(rows);
    }

    /// Both times are always there, as far as the pages tell, and the order can be asked for.
    fn scramble(&self, seed: u64) {
        let mut dice = Dice::new(seed, "plannr");
        let mut state = self.state();
        let times = dice.times(state.count());
        for (row, times) in state.own().iter_mut().zip(times) {
            row.created_at = times.created;
            row.updated_at = times.updated;
        }
    }

    fn environment(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("PLANNR_BASE_URL", base.to_owned()),
            ("PLANNR_ACCESS_TOKEN", ACCESS_TOKEN.to_owned()),
            ("PLANNR_ACCOUNT_UUID", account_uuid().to_string()),
        ]
    }
}

/// The account that a gateway acts as: Ada Okoro's in the gateway's own firm.
pub fn account_uuid() -> uuid::Uuid {
    seed::employee(seed::OWN_FIRM, seed::ADA)
}

/// The account of the same user in another firm, for which the directions are others.
pub fn second_account_uuid() -> uuid::Uuid {
    seed::employee(seed::SECOND_FIRM, seed::ADA)
}

impl Plannr {
    /// As it is by now.
    fn state(&self) -> MutexGuard<'_, state::State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.expire(self.setup.clock.now());
        state
    }

    fn is(&self, switch: &str, value: &str) -> bool {
        self.setup.switches.is(switch, value)
    }

    /// Counts a request against the minute it is in.
    fn allowance(&self) -> Allowance {
        let now = self.setup.clock.now();
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let start = match window.start {
            Some(start) if now.duration_since(start).as_secs() < 60 => start,
            _ => {
                window.used = 0;
                now
            }
        };
        window.start = Some(start);
        window.used = window.used.saturating_add(1);
        let limit = match self.setup.switches.get("rate_limit") {
            "5_per_minute" => 5,
            "refuse" => 0,
            "off" => u32::MAX,
            _ => RATE_LIMIT,
        };
        let reset = start.checked_add(Duration::from_mins(1)).unwrap_or(start);
        Allowance {
            limit,
            remaining: limit.saturating_sub(window.used),
            reset,
            is_refused: window.used > limit,
        }
    }
}

/// Lets in who has the token and is within the limit, and writes the bodies of all errors.
async fn guard(
    State(app): State<Plannr>,
    problems: Problems,
    request: Request,
    next: Next,
) -> Response {
    note_headers(request.headers(), &problems);
    let refusal = request.extensions().get::<Refusal>().copied();
    if refusal == Some(Refusal::ExpiredToken) || !is_authenticated(request.headers()) {
        return app.failed(&Failure::Plain(
            StatusCode::UNAUTHORIZED,
            "Unauthenticated.".to_owned(),
        ));
    }
    let mut allowance = app.allowance();
    if let Some(Refusal::RateLimited { seconds }) = refusal {
        let wait = Duration::from_secs(seconds.unwrap_or(60).into());
        allowance.remaining = 0;
        allowance.reset = app.setup.clock.now() + wait;
        allowance.is_refused = true;
    }
    let mut response = if allowance.is_refused {
        Failure::Plain(
            StatusCode::TOO_MANY_REQUESTS,
            "Too Many Attempts.".to_owned(),
        )
        .into_response()
    } else {
        next.run(request).await
    };
    if let Some(failure) = response.extensions().get::<Failure>().cloned() {
        response = app.failed(&failure);
    }
    app.rate_limit_headers(&mut response, allowance);
    response
}

fn is_authenticated(headers: &HeaderMap) -> bool {
    headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        == Some(ACCESS_TOKEN)
}

/// <https://api-how-to.plannrcrm.com/getting-started/making-requests>
fn note_headers(headers: &HeaderMap, problems: &Problems) {
    let accepts = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    if accepts != Some("application/json") {
        problems.note("Accept: application/json is required");
    }
    let content_type = headers.get(CONTENT_TYPE);
    if content_type.is_none_or(|value| value != "application/json") {
        problems.note("Content-Type: application/json is required");
    }
}

impl Plannr {
    fn rate_limit_headers(&self, response: &mut Response, allowance: Allowance) {
        if self.is("rate_limit", "off") {
            return;
        }
        let is_refused = response.status() == StatusCode::TOO_MANY_REQUESTS;
        let headers = response.headers_mut();
        let mut set = |name: &'static str, value: i64| {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        };
        set("x-ratelimit-remaining", allowance.remaining.into());
        if self.is("rate_limit_headers", "remaining_only") {
            return;
        }
        set("x-ratelimit-limit", allowance.limit.into());
        if !is_refused {
            return;
        }
        let wait = allowance
            .reset
            .duration_since(self.setup.clock.now())
            .as_secs();
        set("x-ratelimit-reset", allowance.reset.as_second());
        set("retry-after", wait.max(1));
    }
}
