//! Who calls: by a key that the configuration knows the hash of, or by a token that an issuer signed. What a caller may
//! do is in its scopes, and whose data it sees in its workspace; see `docs/security.md`.
//!
//! Everything wrong with a key or token looks the same from outside. The reason goes to the log, the token never does.

mod claims;
pub mod issuer;
mod jwks;
pub mod key;
mod strict;
pub mod token;

use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderMap, header};

use crate::clock::Clock;
use crate::model::{Scopes, Workspace};
use crate::vendor::http::Fetcher;
use issuer::Issuer;
use key::Keys;

/// The longest key or token that is looked at.
const MAX_PRESENTED: usize = 8 * 1024;

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// As the configuration names it; for one who comes with a token, the issuer's name and a hash of its subject.
    pub name: Arc<str>,
    /// Whose data it sees.
    pub workspace: Workspace,
    /// What it may do.
    pub scopes: Scopes,
}

/// Who may call, as it is configured.
#[derive(Default)]
pub struct Rules {
    /// Those who come with a key.
    pub keys: Vec<key::Key>,
    /// Those who come with a token.
    pub issuers: Vec<issuer::Rules>,
}

/// Who may call.
pub struct Callers {
    /// Everyone, where nobody is configured.
    everyone: Option<Arc<Caller>>,
    keys: Keys,
    issuers: Vec<Arc<Issuer>>,
    clock: Clock,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// There is no key and no token.
    Missing,
    /// It is not sound, for a reason that is for the log only.
    Unsound(&'static str),
}

impl Rules {
    /// Whether callers are told apart at all.
    pub fn are_some(&self) -> bool {
        !self.keys.is_empty() || !self.issuers.is_empty()
    }
}

impl Callers {
    /// By these rules. Without any, everyone may do everything in the workspace `default`.
    pub fn new(rules: Rules, clock: &Clock) -> Result<Self, &'static str> {
        Self::after(rules, clock, &[])
    }

    /// By other rules. What issuers' keys are known stay known: nobody has to wait for them anew, or is turned away while
    /// an issuer cannot be reached.
    pub fn with_rules(&self, rules: Rules) -> Result<Self, &'static str> {
        Self::after(rules, &self.clock, &self.issuers)
    }

    fn after(rules: Rules, clock: &Clock, known: &[Arc<Issuer>]) -> Result<Self, &'static str> {
        let everyone = (!rules.are_some()).then(|| {
            Arc::new(Caller {
                name: "everyone".into(),
                workspace: Workspace::default(),
                scopes: Scopes::ALL,
            })
        });
        let fetcher = match rules.issuers.as_slice() {
            [] => None,
            _ => Some(Fetcher::new()?),
        };
        let issuers = rules.issuers.into_iter().zip(fetcher.into_iter().cycle());
        Ok(Self {
            everyone,
            keys: Keys::new(rules.keys),
            issuers: issuers
                .map(|(rules, fetcher)| Arc::new(Issuer::new(rules, fetcher, clock, known)))
                .collect(),
            clock: clock.clone(),
        })
    }

    /// By one issuer's rules, with this set of its keys at hand: none is ever fetched. For the fuzz targets.
    pub(crate) fn with_keys(
        rules: issuer::Rules,
        keys: &[u8],
        fetcher: Fetcher,
        clock: &Clock,
    ) -> Result<Self, &'static str> {
        let issuer = Issuer::with_keys(rules, keys, fetcher, clock)?;
        Ok(Self {
            everyone: None,
            keys: Keys::new(Vec::new()),
            issuers: vec![Arc::new(issuer)],
            clock: clock.clone(),
        })
    }

    /// Whether callers are told apart.
    pub fn are_told_apart(&self) -> bool {
        self.everyone.is_none()
    }

    /// Who sends these headers.
    pub async fn identify(&self, headers: &HeaderMap) -> Result<Arc<Caller>, Denied> {
        if let Some(everyone) = &self.everyone {
            return Ok(everyone.clone());
        }
        let presented = presented(headers)?;
        if let Some(caller) = self.keys.find(presented, self.clock.now()) {
            return Ok(caller);
        }
        let token = token::Unverified::read(presented)?;
        let issuer = self.issuers.iter().find(|it| it.signs(&token));
        let issuer = issuer.ok_or(Denied::Unsound("no such issuer"))?;
        issuer.verify(&token).await
    }
}

/// What comes after `Bearer`, in the one header that there may be.
fn presented(headers: &HeaderMap) -> Result<&str, Denied> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(Denied::Missing)?;
    if values.next().is_some() {
        return Err(Denied::Unsound("several authorization headers"));
    }
    if value.len() > MAX_PRESENTED {
        return Err(Denied::Unsound("too long"));
    }
    let value = value.to_str().map_err(|_| Denied::Unsound("not ASCII"))?;
    let (scheme, presented) = value
        .split_once(' ')
        .ok_or(Denied::Unsound("not a bearer"))?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Denied::Unsound("not a bearer"));
    }
    let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    match presented.trim_matches(' ') {
        "" => Err(Denied::Unsound("empty")),
        text if text.bytes().all(is_sound) => Ok(text),
        _ => Err(Denied::Unsound("characters that no key or token has")),
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no key or token"),
            Self::Unsound(reason) => f.write_str(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn one_header_with_one_bearer_is_looked_at_and_nothing_else_is() {
        assert_eq!(presented(&with(&["Bearer abc"])), Ok("abc"));
        assert_eq!(presented(&with(&["bEARER  a.b.c "])), Ok("a.b.c"));
        assert_eq!(presented(&with(&[])), Err(Denied::Missing));
        let odd = [
            "",
            "Bearer",
            "Bearer ",
            "Basic abc",
            "abc",
            "Bearer a b",
            "Bearer a,b",
            "Bearer \"a\"",
        ];
        for odd in odd {
            let headers = with(&[odd]);
            let found = presented(&headers);
            assert!(matches!(found, Err(Denied::Unsound(_))), "{odd:?}");
        }
        let twice = with(&["Bearer abc", "Bearer abc"]);
        assert!(matches!(presented(&twice), Err(Denied::Unsound(_))));
    }
}
