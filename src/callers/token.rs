//! A token as it was presented: read, and not yet believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::{Denied, strict};

/// The algorithms that an issuer may sign with: those where who can verify cannot sign.
pub const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

/// Parts of a header that bring a key of the token's own, or change what the rest means. None is ever followed.
const REFUSED: [&str; 6] = ["jwk", "jku", "x5c", "x5u", "crit", "b64"];

/// A token, taken apart.
pub struct Unverified<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
    pub(super) claims: Map<String, Value>,
    /// What was signed.
    pub(super) message: &'a [u8],
    pub(super) signature: &'a str,
}

/// The algorithm of this name.
pub(super) fn algorithm_named(name: &str) -> Option<Algorithm> {
    let known = ALGORITHMS.iter().find(|(known, _)| *known == name);
    known.map(|(_, algorithm)| *algorithm)
}

impl<'a> Unverified<'a> {
    /// Takes a token apart.
    pub(super) fn read(token: &'a str) -> Result<Self, Denied> {
        let unsound = Denied::Unsound;
        let (message, signature) = token.rsplit_once('.').ok_or(unsound("no known key"))?;
        let (header, claims) = message.split_once('.').ok_or(unsound("no known key"))?;
        let header = part(header).ok_or(unsound("an unreadable header"))?;
        if REFUSED.iter().any(|name| header.contains_key(*name)) {
            return Err(unsound("a header that brings its own key or meaning"));
        }
        let algorithm = header.get("alg").and_then(Value::as_str);
        let algorithm = algorithm.and_then(algorithm_named);
        let algorithm = algorithm.ok_or(unsound("an algorithm that is never taken"))?;
        let is_token = |kind: &str| {
            let kind = kind.strip_prefix("application/").unwrap_or(kind);
            kind.eq_ignore_ascii_case("jwt") || kind.eq_ignore_ascii_case("at+jwt")
        };
        match header.get("typ") {
            None => {}
            Some(Value::String(kind)) if is_token(kind) => {}
            Some(_) => return Err(unsound("of another type")),
        }
        let key_id = match header.get("kid") {
            None => None,
            Some(Value::String(id)) if !id.is_empty() && id.len() <= 256 => Some(id.clone()),
            Some(_) => return Err(unsound("an odd kid")),
        };
        let claims = part(claims).ok_or(unsound("unreadable claims"))?;
        Ok(Self {
            algorithm,
            key_id,
            claims,
            message: message.as_bytes(),
            signature,
        })
    }
}

fn part(text: &str) -> Option<Map<String, Value>> {
    strict::object(&URL_SAFE_NO_PAD.decode(text).ok()?)
}
