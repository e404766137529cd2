//! The emulator of the Partner Center referrals API and of the token endpoint before it, written from Microsoft's pages
//! alone: <https://learn.microsoft.com/en-us/partner-center/developer/referrals-api-introduction>.

mod switches;
mod token;

mod filter;
mod list;
mod order;
mod parser;
mod single;

mod create;
mod patch;
mod pointer;
mod shape;
mod status;

mod memory;
mod parts;
mod registrations;
mod row;
mod seed;
mod tags;

mod answer;
mod json;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, ETAG};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};

use crate::sandbox::{Dice, Emulator, Place, Refusal, Setup, Times, world};
use json::Json;
use memory::Memory;
use row::Row;
pub use switches::SWITCHES;

/// The application that the gateway is registered as.
pub const CLIENT_ID: &str = "b1f5c3d2-7a64-4d3e-9c0b-5f2a8e6d4c10";
/// The application's secret.
pub const CLIENT_SECRET: &str = "sandbox-partner-center-client-secret";
/// The refresh token that the consent of the partner's user gave.
pub const REFRESH_TOKEN: &str = "sandbox-partner-center-refresh-token-0";
/// The partner's user, for the password grant.
pub const USERNAME: &str = "ada.okoro@example.test";
/// The user's password, for the password grant.
pub const PASSWORD: &str = "sandbox-partner-center-password";
/// What access tokens are for: <https://learn.microsoft.com/en-us/partner-center/developer/referral-api-authentication>.
pub const RESOURCE: &str = "https://api.partner.microsoft.com";

const TOKEN_PATH: &str = "/common/oauth2/token";

/// Headers that the pages and the connector's definition have for every call. Those of the neighbouring API are among
/// them, since the newer pages do not say which of the two pages on headers they mean.
const HEADERS: [&str; 7] = [
    "client-request-id",
    "ms-correlationid",
    "x-caller-id",
    "ms-requestid",
    "ms-contract-version",
    "ms-partnercenter-application",
    "x-locale",
];

/// The emulator with its seeded world.
pub fn emulator(setup: Setup) -> Arc<dyn Emulator> {
    Arc::new(PartnerCenter {
        setup,
        state: Arc::new(Mutex::new(Memory::seeded())),
    })
}

/// The emulator; clones share one state.
#[derive(Clone)]
struct PartnerCenter {
    setup: Setup,
    state: Arc<Mutex<Memory>>,
}

impl Emulator for PartnerCenter {
    fn router(&self) -> Router {
        // The connector's definition writes some paths with a slash at the end, so both forms are taken.
        let api = Router::new()
            .route(
                "/v1.0/engagements/referrals",
                get(list::referrals).post(create::create),
            )
            .route(
                "/v1.0/engagements/referrals/",
                get(list::referrals).post(create::create),
            )
            .route(
                "/v1.0/engagements/referrals/{id}",
                get(single::referral).patch(patch::patch),
            )
            .route(
                "/v1.0/engagements/referrals/{id}/",
                get(single::referral).patch(patch::patch),
            )
            .route("/v1.0/referrals", get(list::without_engagements))
            .fallback(no_such_path)
            .method_not_allowed_fallback(no_such_method)
            .layer(axum::middleware::from_fn_with_state(self.clone(), gate));
        Router::new()
            .route(TOKEN_PATH, post(token::redeem))
            .merge(api)
            .with_state(self.clone())
    }

    /// Tokens are kept: a client that holds one is not part of the seeded world, and would be locked out if its rotated
    /// refresh token were forgotten. The seeded refresh token is good again.
    fn reset(&self) {
        self.resize(seed::REFERRALS as usize);
        self.state().tokens.allow_seeded();
    }

    fn count(&self) -> usize {
        self.state().referrals.len()
    }

    fn resize(&self, count: usize) {
        let count = u32::try_from(count).expect("a world fits into memory");
        let mut state = self.state();
        state.referrals = seed::referrals(count);
        state.made = count;
        state.writes = 0;
    }

    fn grow(&self, count: usize, at: Place) {
        let mut state = self.state();
        let there: Vec<_> = state
            .referrals
            .iter()
            .map(|row| row.times.created)
            .collect();
        let times = at.times(count, &there, self.setup.clock.now());
        let rows: Vec<_> = (state.made..)
            .zip(times)
            .map(|(index, created)| {
                let updated = created;
                Row::new(index, Times { created, updated })
            })
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

    /// Both times are always there, by the pages, and the order can be asked for.
    fn scramble(&self, seed: u64) {
        let mut dice = Dice::new(seed, "partner-center");
        let mut state = self.state();
        let times = dice.times(state.referrals.len());
        let rows = state.referrals.iter().zip(times);
        state.referrals = rows.map(|(row, times)| row.at(times)).collect();
    }

    fn environment(&self, base: &str) -> Vec<(&'static str, String)> {
        vec![
            ("PARTNER_CENTER_BASE_URL", base.to_owned()),
            ("PARTNER_CENTER_TOKEN_URL", format!("{base}{TOKEN_PATH}")),
            ("PARTNER_CENTER_CLIENT_ID", CLIENT_ID.to_owned()),
            ("PARTNER_CENTER_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("PARTNER_CENTER_REFRESH_TOKEN", REFRESH_TOKEN.to_owned()),
        ]
    }
}

impl PartnerCenter {
    fn state(&self) -> MutexGuard<'_, Memory> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Present time with the digits that the vendor writes.
    fn now(&self) -> Timestamp {
        let now = self.setup.clock.now();
        let excess = now.subsec_nanosecond().rem_euclid(100);
        now - SignedDuration::from_nanos(excess.into())
    }

    /// Whether the signed-in user may see it.
    fn shows(&self, row: &Row) -> bool {
        let switches = &self.setup.switches;
        let hidden_lead =
            switches.is("marketplace_leads", "hidden") && is_marketplace_lead(row.json());
        let foreign = switches.is("role", "user") && !is_on_team(row.json(), USERNAME);
        !hidden_lead && !foreign
    }

    /// The entity as it is sent: with or without its nulls.
    fn rendered(&self, referral: Json) -> Json {
        if self.setup.switches.is("nulls", "omitted") {
            return referral.without_nulls();
        }
        referral
    }

    /// Why a request is refused before its path is looked at.
    fn refusal(&self, request: &Request) -> Option<Response> {
        let switches = &self.setup.switches;
        let headers = request.headers();
        match request.extensions().get::<Refusal>() {
            Some(Refusal::ExpiredToken) => return Some(answer::unauthenticated(switches)),
            Some(Refusal::RateLimited { seconds }) => {
                let form = switches.get("retry_after");
                return Some(answer::throttled(&self.setup, seconds.unwrap_or(57), form));
            }
            None => {}
        }
        match switches.get("throttle") {
            "off" => {}
            "retry_after_1" => return Some(answer::throttled(&self.setup, 1, "seconds")),
            "http_date" => return Some(answer::throttled(&self.setup, 57, "http_date")),
            "no_header" => return Some(answer::throttled(&self.setup, 57, "absent")),
            _ => return Some(answer::throttled(&self.setup, 57, "seconds")),
        }
        let bearer = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        let grant =
            bearer.and_then(|token| self.state().tokens.grant(token, self.setup.clock.now()));
        let Some(grant) = grant.filter(|grant| grant.resource == RESOURCE) else {
            return Some(answer::unauthenticated(switches));
        };
        let app_only = grant.app_only && switches.is("app_only_tokens", "refused");
        if app_only || switches.is("role", "none") {
            return Some(answer::error(
                switches,
                StatusCode::FORBIDDEN,
                "The caller has no role that may read referrals.",
                None,
            ));
        }
        None
    }
}

/// An independent, direct referral is a lead from the commercial marketplace.
fn is_marketplace_lead(referral: &Json) -> bool {
    referral.text("type") == Some("Independent") && referral.text("qualification") == Some("Direct")
}

fn is_on_team(referral: &Json, email: &str) -> bool {
    let Some(Json::List(team)) = referral.get("team") else {
        return false;
    };
    team.iter()
        .any(|member| member.text("email") == Some(email))
}

/// The answer with the referral's version.
fn versioned(mut response: Response, referral: &Json) -> Response {
    let etag = referral.text("eTag");
    if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
        response.headers_mut().insert(ETAG, etag);
    }
    response
}

async fn no_such_path(State(app): State<PartnerCenter>) -> Response {
    answer::error(
        &app.setup.switches,
        StatusCode::NOT_FOUND,
        "The requested resource does not exist.",
        None,
    )
}

async fn no_such_method(State(app): State<PartnerCenter>) -> Response {
    answer::error(
        &app.setup.switches,
        StatusCode::METHOD_NOT_ALLOWED,
        "The method is not allowed on this resource.",
        None,
    )
}

/// Authentication before everything else, and the headers that every answer carries:
/// <https://learn.microsoft.com/en-us/partner-center/developer/partner-center-rest-headers>.
async fn gate(State(app): State<PartnerCenter>, request: Request, next: Next) -> Response {
    let echoed = ["client-request-id", "ms-correlationid"]
        .map(|name| (name, request.headers().get(name).cloned()));
    let mut response = match app.refusal(&request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    };
    let number = {
        let mut state = app.state();
        state.answered += 1;
        state.answered
    };
    let headers = response.headers_mut();
    let request_id = world::id("partner-center/request", &number.to_string()).to_string();
    for (name, text) in [
        ("request-id", request_id),
        ("timestamp", format!("{:.7}", app.setup.clock.now())),
        (
            "x-ms-ags-diagnostic",
            r#"{"ServerInfo":{"DataCenter":"Sandbox"}}"#.to_owned(),
        ),
    ] {
        let value = HeaderValue::from_str(&text).expect("the text is plain ASCII");
        headers.insert(name, value);
    }
    for (name, value) in echoed {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests;
