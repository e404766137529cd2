//! Access tokens: fetched with the refresh token, by one call at a time however many wait for it, ahead of expiry. A
//! rotated refresh token is stored before the access token that came with it is used.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::vendor::http::Method;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout_at};
use tracing::warn;
use url::Url;

use super::store::Store;
use super::wire;
use crate::clock::Clock;
use crate::config::reader::same_secret;
use crate::model::Vendor;
use crate::vendor::http::{self, Compartment, Connect};
use crate::vendor::wire::decode;
use crate::vendor::{Call, Error, Kind, Result};

pub(super) const OPERATION: &str = "refresh_token";

/// Whom the tokens are for, whatever the API's address is: the documented audience.
const RESOURCE: &str = "https://api.partner.microsoft.com";

/// Taken where the answer does not say how long the token lives.
const USUAL_LIFETIME: i64 = 3_600;

/// No token lives longer; it keeps an absurd answer within the range of time.
const LONGEST_LIFETIME: i64 = 30 * 24 * 3_600;

/// The application, and the consent it was given.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) client_id: String,
    pub(super) client_secret: SecretString,
    pub(super) refresh_token: SecretString,
}

/// The access token of one workspace.
pub(super) struct Tokens(Arc<Inner>);

/// An access token.
pub(super) struct Token {
    /// The value of the header that carries it.
    pub(super) authorization: SecretString,
    refresh_at: Timestamp,
    expires_at: Timestamp,
}

/// A refresh under way, for any number of callers.
type Flight = Shared<BoxFuture<'static, Result<Arc<Token>>>>;

struct Inner {
    http: http::Client,
    clock: Clock,
    timeout: Duration,
    credentials: Credentials,
    lineage: Arc<Lineage>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Arc<Token>>,
    flight: Option<Flight>,
}

/// The refresh tokens that descend from the configured one, of which only the last may be of use. All who were configured
/// with it share it, also when they were otherwise configured differently.
struct Lineage {
    store: Store,
    last: Mutex<SecretString>,
    /// Only one at a time redeems the last.
    turn: tokio::sync::Mutex<()>,
}

/// Ends a flight however its task ends.
struct Landing(Arc<Inner>);

impl Tokens {
    /// Tokens from the endpoint at `token_url`, its whole address; in place of others, which may go on for a while.
    pub(super) fn new(
        token_url: Url,
        credentials: Credentials,
        connect: &Connect,
        before: Option<&Self>,
    ) -> Result<Self> {
        let same = before.filter(|before| before.0.credentials.descend_like(&credentials));
        let lineage = match same {
            Some(before) => before.0.lineage.clone(),
            None => Arc::new(Lineage::new(&credentials.refresh_token, connect)),
        };
        Ok(Self(Arc::new(Inner {
            http: http::Client::new(Vendor::PartnerCenter, token_url, connect)?,
            clock: connect.clock.clone(),
            timeout: connect.limits.timeout,
            credentials,
            lineage,
            state: Mutex::default(),
        })))
    }

    /// A token to use now. One that is about to expire is still given out while its successor is fetched.
    pub(super) async fn current(&self, call: &Call) -> Result<Arc<Token>> {
        let flight = {
            let mut state = self.0.state();
            let now = self.0.clock.now();
            let usable = state.current.clone().filter(|token| now < token.expires_at);
            if let Some(token) = &usable
                && now < token.refresh_at
            {
                return Ok(Arc::clone(token));
            }
            let flight = self.0.join_flight(&mut state, &call.request_id);
            if let Some(token) = usable {
                return Ok(token);
            }
            flight
        };
        timeout_at(call.deadline, flight).await.unwrap_or_else(|_| {
            let detail = "the request's time was used up while waiting for an access token";
            Err(error(Kind::Deadline, detail))
        })
    }

    /// Whether the endpoint is asked at all.
    pub(super) fn compartment(&self) -> &Arc<Compartment> {
        self.0.http.compartment()
    }

    /// Forgets a token that the vendor refused, unless it has been replaced already.
    pub(super) fn discard(&self, refused: &Arc<Token>) {
        let mut state = self.0.state();
        if state
            .current
            .as_ref()
            .is_some_and(|current| Arc::ptr_eq(current, refused))
        {
            state.current = None;
        }
    }
}

impl Credentials {
    /// Whether refresh tokens that were made for one are of use to the other.
    fn descend_like(&self, other: &Self) -> bool {
        self.client_id == other.client_id && same_secret(&self.refresh_token, &other.refresh_token)
    }
}

impl Lineage {
    fn new(configured: &SecretString, connect: &Connect) -> Self {
        let store = Store::new(connect.data_dir.as_deref(), &connect.workspace, configured);
        let last = store.load().unwrap_or_else(|| configured.clone());
        Self {
            store,
            last: Mutex::new(last),
            turn: tokio::sync::Mutex::default(),
        }
    }

    fn last(&self) -> MutexGuard<'_, SecretString> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The refresh under way, or a new one. It runs in a task of its own: who started it may leave.
    fn join_flight(self: &Arc<Self>, state: &mut State, request_id: &Arc<str>) -> Flight {
        if let Some(flight) = &state.flight {
            return flight.clone();
        }
        let landing = Landing(Arc::clone(self));
        let request_id = Arc::clone(request_id);
        let task = tokio::spawn(async move { landing.0.refresh(request_id).await });
        let flight = async move {
            task.await
                .unwrap_or_else(|_| Err(error(Kind::Unavailable, "the refresh broke off")))
        }
        .boxed()
        .shared();
        state.flight = Some(flight.clone());
        flight
    }

    /// A new access token. A kept refresh token that has become void is given up for the configured one: whoever
    /// revoked it may have left that one valid.
    async fn refresh(&self, request_id: Arc<str>) -> Result<Arc<Token>> {
        let _turn = self.lineage.turn.lock().await;
        let call = Call {
            request_id,
            deadline: Instant::now() + self.timeout,
        };
        let configured = &self.credentials.refresh_token;
        let mut used = self.lineage.last().clone();
        let mut is_given_up = false;
        // Counted from before the call, so that a slow answer makes no token look younger than it is.
        let since = self.clock.now();
        let mut granted = self.redeem(&call, &used).await;
        if granted.as_ref().is_err_and(is_void)
            && let Some(kept) = self.kept_by_another(&used).await
        {
            self.lineage.last().clone_from(&kept);
            used = kept;
            granted = self.redeem(&call, &used).await;
        }
        if granted.as_ref().is_err_and(is_void) && !same_secret(&used, configured) {
            warn!(
                vendor = Vendor::PartnerCenter.key(),
                "the kept refresh token is void; the configured one is tried"
            );
            used = configured.clone();
            is_given_up = true;
            granted = self.redeem(&call, &used).await;
        }
        let answer = granted.map_err(refusal)?;
        let grant: wire::Grant = answer.json()?;
        // Before anything else can be wrong with the answer: the token that was used may be void now.
        let rotated = grant.refresh_token;
        match rotated.filter(|rotated| !same_secret(rotated, &used)) {
            Some(rotated) => self.keep(rotated).await,
            None if is_given_up => self.give_up(used).await,
            None => {}
        }
        let Some(access_token) = grant
            .access_token
            .filter(|token| fits_a_header(token.expose_secret()))
        else {
            return Err(answer.invalid("the answer has no access token"));
        };
        let token = Arc::new(Token::new(&access_token, grant.expires_in, since));
        self.state().current = Some(Arc::clone(&token));
        Ok(token)
    }

    /// Redeems a refresh token;
    /// <https://learn.microsoft.com/partner-center/developer/referral-api-authentication>.
    async fn redeem(&self, call: &Call, refresh_token: &SecretString) -> Result<http::Answer> {
        let none: [&str; 0] = [];
        let client_secret = self.credentials.client_secret.expose_secret();
        let request = self.http.request(OPERATION, Method::POST, none).form(&[
            ("resource", RESOURCE),
            ("grant_type", "refresh_token"),
            ("scope", "openid"),
            ("client_id", &self.credentials.client_id),
            ("client_secret", client_secret),
            ("refresh_token", refresh_token.expose_secret()),
        ]);
        let request = request.header("accept", "application/json");
        self.http.send(call, request).await
    }

    /// The token that another process has kept since: the one before this, which still ends, or the one after it.
    async fn kept_by_another(&self, used: &SecretString) -> Option<SecretString> {
        let store = self.lineage.store.clone();
        let kept = tokio::task::spawn_blocking(move || store.load()).await;
        let kept = kept.ok().flatten();
        kept.filter(|kept| !same_secret(kept, used))
    }

    /// The configured token is the one in use again, also after a restart.
    async fn give_up(&self, configured: SecretString) {
        *self.lineage.last() = configured;
        let store = self.lineage.store.clone();
        // A void token that stays there is given up again after the next start.
        drop(tokio::task::spawn_blocking(move || store.forget()).await);
    }

    /// The old one may be void from here on. Without the file the new one lives only as long as the process.
    async fn keep(&self, rotated: SecretString) {
        self.lineage.last().clone_from(&rotated);
        let store = self.lineage.store.clone();
        let saved = tokio::task::spawn_blocking(move || store.save(&rotated)).await;
        let problem = match saved {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.kind().to_string(),
            Err(_) => "the write broke off".to_owned(),
        };
        warn!(
            vendor = Vendor::PartnerCenter.key(),
            problem, "the rotated refresh token could not be stored and is kept in memory only"
        );
    }
}

impl Token {
    fn new(access_token: &SecretString, lifetime: Option<i64>, since: Timestamp) -> Self {
        let lifetime = lifetime
            .unwrap_or(USUAL_LIFETIME)
            .clamp(0, LONGEST_LIFETIME);
        let ahead = (lifetime / 10).min(300);
        let after = |seconds| {
            since
                .checked_add(SignedDuration::from_secs(seconds))
                .unwrap_or(since)
        };
        Self {
            authorization: http::secret_of(&["Bearer ", access_token.expose_secret()]),
            refresh_at: after(lifetime - ahead),
            expires_at: after(lifetime),
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.0.state().flight = None;
    }
}

/// Whether the endpoint says that the refresh token is of no use any more.
fn is_void(refused: &Error) -> bool {
    let body = refused.body.as_deref().unwrap_or_default();
    let refusal: wire::Refusal = decode(body).unwrap_or_default();
    matches!(refused.kind, Kind::Rejected | Kind::Unauthorized)
        && refusal.error.as_deref() == Some("invalid_grant")
}

/// What a refused refresh means for the caller: the credentials must be mended, unless the endpoint itself is in trouble.
/// The description that comes with it may name people, so only its codes are kept.
fn refusal(refused: Error) -> Error {
    let detail = match refused.kind {
        Kind::Rejected | Kind::Unauthorized => {
            let body = refused.body.as_deref().unwrap_or_default();
            let codes = codes(&decode(body).unwrap_or_default());
            format!("the token endpoint refused the credentials{codes}")
        }
        // Or a missing record would be concluded from it.
        Kind::NotFound => "there is no token endpoint at token_url".to_owned(),
        _ => {
            return Error {
                body: None,
                ..refused
            };
        }
    };
    Error {
        status: refused.status,
        ..error(Kind::Unauthorized, detail)
    }
}

fn codes(refusal: &wire::Refusal) -> String {
    let word = refusal.error.as_deref().filter(|word| {
        word.len() <= 60 && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    let described = refusal.error_description.as_deref().and_then(|text| {
        let number = text.strip_prefix("AADSTS")?;
        number
            .split(|c: char| !c.is_ascii_digit())
            .next()?
            .parse()
            .ok()
    });
    let number = refusal.error_codes.first().and_then(|code| code.number);
    let number = number.or(described);
    let parts = [
        word.map(str::to_owned),
        number.map(|number| format!("AADSTS{number}")),
    ];
    let known: Vec<String> = parts.into_iter().flatten().collect();
    if known.is_empty() {
        return String::new();
    }
    format!(": {}", known.join(" "))
}

fn fits_a_header(token: &str) -> bool {
    token.chars().all(|c| c.is_ascii_graphic())
}

fn error(kind: Kind, detail: impl Into<String>) -> Error {
    Error::new(Vendor::PartnerCenter, OPERATION, kind, detail)
}
