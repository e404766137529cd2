//! An issuer's public keys: fetched when they are first needed, kept while the issuer cannot be reached, and fetched anew
//! as they age, or when a token names one that is not known.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use tracing::{info, warn};
use url::Url;

use super::Denied;
use super::token::algorithm_named;
use crate::clock::Clock;
use crate::vendor::http::Fetcher;

/// The most bytes that a set of keys may have.
const MAX_BYTES: usize = 256 * 1024;
/// The most keys of a set that are kept.
const MAX_KEYS: usize = 100;
/// How old a set may be before it is fetched anew, beside the requests that still use it.
const FRESH: Duration = Duration::from_mins(10);
/// How old a set may be at all: a key that its issuer has withdrawn is not taken for ever because nobody answers.
const KEPT: Duration = Duration::from_hours(24);
/// How often a set is fetched at most, whatever tokens name.
const PAUSE: Duration = Duration::from_secs(30);
/// The same as long as there is no set at all.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// How long fetching it may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// A shorter RSA key is not taken.
const MIN_MODULUS: usize = 2048 / 8;

/// The keys of one issuer.
pub(super) struct Jwks {
    url: Url,
    fetcher: Fetcher,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    set: Option<(Arc<Keys>, Duration)>,
    tried_at: Option<Duration>,
    flight: Option<Flight>,
}

/// A fetch under way, for any number of those who wait.
type Flight = Shared<BoxFuture<'static, ()>>;

/// A set of keys.
pub(super) struct Keys(Vec<Key>);

struct Key {
    id: Option<String>,
    /// What it may have signed with: what its kind is made for and, where it says so itself, that alone.
    algorithms: Vec<Algorithm>,
    verifies: DecodingKey,
}

impl Jwks {
    pub(super) fn new(url: Url, fetcher: Fetcher, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            url,
            fetcher,
            clock,
            state: Mutex::default(),
        })
    }

    /// The keys, those with this id among them if the issuer has any.
    pub(super) async fn with(self: &Arc<Self>, id: Option<&str>) -> Result<Arc<Keys>, Denied> {
        let flight = {
            let mut state = self.state();
            let now = self.clock.elapsed();
            let known = state.known(now);
            let is_fresh = |at: Duration| now.saturating_sub(at) < FRESH;
            match known {
                Some((keys, at)) if keys.has(id) => {
                    if !is_fresh(at) {
                        self.join_flight(&mut state, now);
                    }
                    return Ok(keys);
                }
                _ => self.join_flight(&mut state, now),
            }
        };
        if let Some(flight) = flight {
            flight.await;
        }
        let known = self.state().known(self.clock.elapsed());
        let (keys, _) = known.ok_or(Denied::Unsound("the issuer's keys are not known"))?;
        Ok(keys)
    }

    /// Takes this set as if it had just been fetched.
    pub(super) fn hold(&self, set: &[u8]) -> Result<(), &'static str> {
        let keys = Keys::read(set)?;
        let now = self.clock.elapsed();
        let mut state = self.state();
        state.tried_at = Some(now);
        state.set = Some((Arc::new(keys), now));
        Ok(())
    }

    /// The fetch under way, or a new one if it is time for one.
    fn join_flight(self: &Arc<Self>, state: &mut State, now: Duration) -> Option<Flight> {
        if let Some(flight) = &state.flight {
            return Some(flight.clone());
        }
        let pause = if state.set.is_some() {
            PAUSE
        } else {
            FIRST_PAUSE
        };
        let is_too_soon = |at: Duration| now.saturating_sub(at) < pause;
        if state.tried_at.is_some_and(is_too_soon) {
            return None;
        }
        state.tried_at = Some(now);
        let jwks = self.clone();
        let fetch = async move { jwks.fetch().await };
        let flight = fetch.boxed().shared();
        state.flight = Some(flight.clone());
        // In a task of its own: who needs the keys first may leave.
        tokio::spawn(flight.clone());
        Some(flight)
    }

    async fn fetch(&self) {
        let began = self.clock.elapsed();
        let fetched = self.fetcher.get(&self.url, MAX_BYTES, TIMEOUT).await;
        let read = fetched.and_then(|bytes| Keys::read(&bytes));
        let mut state = self.state();
        state.flight = None;
        match read {
            Ok(keys) => {
                info!(keys = keys.0.len(), "an issuer's keys were fetched");
                state.set = Some((Arc::new(keys), began));
            }
            Err(problem) => warn!(problem, "an issuer's keys were not fetched"),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn known(&self, now: Duration) -> Option<(Arc<Keys>, Duration)> {
        let may_be_used = |at: Duration| now.saturating_sub(at) < KEPT;
        self.set.clone().filter(|(_, at)| may_be_used(*at))
    }
}

impl Keys {
    /// Reads a set. Keys of no use here are passed over: others may need them.
    fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let set: Value = serde_json::from_slice(bytes).map_err(|_| "it is not JSON")?;
        let keys = set.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or("it is not a set of keys")?;
        let keys: Vec<Key> = keys.iter().filter_map(Key::read).take(MAX_KEYS).collect();
        if keys.is_empty() {
            return Err("it has no key of use");
        }
        Ok(Self(keys))
    }

    fn has(&self, id: Option<&str>) -> bool {
        id.is_none_or(|id| self.0.iter().any(|key| key.id.as_deref() == Some(id)))
    }

    /// The one key that a token may be signed with. A token without an id must leave no choice.
    pub(super) fn for_token(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<&DecodingKey, Denied> {
        let fits = |key: &&Key| {
            let is_it = id.is_none_or(|id| key.id.as_deref() == Some(id));
            is_it && key.algorithms.contains(&algorithm)
        };
        let mut fitting = self.0.iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(&key.verifies),
            (None, _) => Err(Denied::Unsound("no key of the issuer's fits")),
            (Some(_), Some(_)) => Err(Denied::Unsound("several keys of the issuer's fit")),
        }
    }
}

impl Key {
    fn read(json: &Value) -> Option<Self> {
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        if json.get("use").is_some() && text("use") != Some("sig") {
            return None;
        }
        if let Some(operations) = json.get("key_ops") {
            let operations = operations.as_array()?;
            operations.iter().find(|it| it.as_str() == Some("verify"))?;
        }
        let (fitting, key): (&[Algorithm], _) = match (text("kty")?, text("crv")) {
            ("RSA", _) => {
                let modulus = URL_SAFE_NO_PAD.decode(text("n")?).ok()?;
                let digits = modulus.iter().skip_while(|byte| **byte == 0).count();
                if digits < MIN_MODULUS {
                    return None;
                }
                let key = DecodingKey::from_rsa_components(text("n")?, text("e")?);
                (
                    &[
                        Algorithm::RS256,
                        Algorithm::RS384,
                        Algorithm::RS512,
                        Algorithm::PS256,
                        Algorithm::PS384,
                        Algorithm::PS512,
                    ],
                    key,
                )
            }
            ("EC", Some("P-256")) => (&[Algorithm::ES256], ec(json)?),
            ("EC", Some("P-384")) => (&[Algorithm::ES384], ec(json)?),
            ("OKP", Some("Ed25519")) => (
                &[Algorithm::EdDSA],
                DecodingKey::from_ed_components(text("x")?),
            ),
            _ => return None,
        };
        let mut algorithms = fitting.to_vec();
        if json.get("alg").is_some() {
            let alone = algorithm_named(text("alg")?)?;
            algorithms.retain(|fitting| *fitting == alone);
        }
        Some(Self {
            id: text("kid").map(str::to_owned),
            algorithms,
            verifies: key.ok()?,
        })
    }
}

fn ec(json: &Value) -> Option<jsonwebtoken::errors::Result<DecodingKey>> {
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    Some(DecodingKey::from_ec_components(text("x")?, text("y")?))
}
