//! One who signs tokens: by which rules its tokens are taken, and with which of its keys they are verified.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use serde_json::Value;
use url::Url;

use super::jwks::Jwks;
use super::token::Unverified;
use super::{Caller, Denied, claims};
use crate::clock::Clock;
use crate::model::{Scopes, Workspace};
use crate::vendor::http::Fetcher;

/// By which rules its tokens are taken.
pub struct Rules {
    /// Before the hash of the subject in the names of its callers.
    pub name: Arc<str>,
    /// What `iss` must be.
    pub issuer: String,
    /// One of which `aud` must be, or hold.
    pub audiences: Vec<String>,
    /// Where its public keys are.
    pub jwks_url: Url,
    /// What it may sign with.
    pub algorithms: Vec<Algorithm>,
    /// By how much its clock and ours may differ.
    pub leeway: Duration,
    /// Whose data its callers see.
    pub workspace: WorkspaceOf,
    /// The claim that says what they may do.
    pub scopes_claim: String,
    /// What its values mean; our own names where there is no table.
    pub scopes: Option<BTreeMap<String, Scopes>>,
}

/// Where a token's workspace comes from.
pub enum WorkspaceOf {
    /// It is always the same.
    Fixed(Workspace),
    /// A claim says it.
    Claim {
        /// Which.
        claim: String,
        /// The workspaces by the claim's values.
        known: BTreeMap<String, Workspace>,
    },
}

/// One who signs tokens.
pub(super) struct Issuer {
    rules: Rules,
    jwks: Arc<Jwks>,
    clock: Clock,
}

impl Issuer {
    /// By these rules. Its keys are those that one of these others has from the same address.
    pub(super) fn new(rules: Rules, fetcher: Fetcher, clock: &Clock, others: &[Arc<Self>]) -> Self {
        let same = others.iter().find(|it| it.rules.jwks_url == rules.jwks_url);
        let jwks = match same {
            Some(issuer) => issuer.jwks.clone(),
            None => Jwks::new(rules.jwks_url.clone(), fetcher, clock.clone()),
        };
        Self {
            jwks,
            rules,
            clock: clock.clone(),
        }
    }

    /// With this set of keys at hand, as if it had just been fetched.
    pub(super) fn with_keys(
        rules: Rules,
        keys: &[u8],
        fetcher: Fetcher,
        clock: &Clock,
    ) -> Result<Self, &'static str> {
        let issuer = Self::new(rules, fetcher, clock, &[]);
        issuer.jwks.hold(keys)?;
        Ok(issuer)
    }

    /// Whether it is the one that a token names.
    pub(super) fn signs(&self, token: &Unverified<'_>) -> bool {
        token.claims.get("iss").and_then(Value::as_str) == Some(&self.rules.issuer)
    }

    /// Who comes with this token. What needs no key is looked at first: a token that can never be taken fetches none.
    pub(super) async fn verify(&self, token: &Unverified<'_>) -> Result<Arc<Caller>, Denied> {
        if !self.rules.algorithms.contains(&token.algorithm) {
            return Err(Denied::Unsound("an algorithm that is not configured"));
        }
        let caller = claims::caller(&self.rules, &token.claims, self.clock.now())?;
        let keys = self.jwks.with(token.key_id.as_deref()).await?;
        let key = keys.for_token(token.key_id.as_deref(), token.algorithm)?;
        let verified =
            jsonwebtoken::crypto::verify(token.signature, token.message, key, token.algorithm);
        match verified {
            Ok(true) => Ok(Arc::new(caller)),
            Ok(false) | Err(_) => Err(Denied::Unsound("a signature that is not the issuer's")),
        }
    }
}
