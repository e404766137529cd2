//! Tokens, before an issuer whose keys are at hand and at a clock that stands still; and sets of keys, before tokens.

use std::sync::LazyLock;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use futures_util::FutureExt as _;
use jsonwebtoken::Algorithm;
use serde_json::Value;
use url::Url;

use crate::callers::Callers;
use crate::callers::issuer::{Rules, WorkspaceOf};
use crate::clock::Clock;
use crate::model::Workspace;
use crate::vendor::http::Fetcher;

const ISSUER: &str = "https://sso.example.test/";
const AUDIENCE: &str = "referral-gateway";

/// 2026-11-01T09:00:00Z, for ever.
const NOW: i64 = 1_793_523_600;

/// The one key of the issuer: what belongs to it is in the tests alone.
const PUBLIC: &str = "6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw";

static FETCHER: LazyLock<Fetcher> =
    LazyLock::new(|| Fetcher::new().expect("TLS can be set up wherever the gateway runs"));

static CALLERS: LazyLock<Callers> = LazyLock::new(|| {
    let keys = format!(
        r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"one","use":"sig","x":"{PUBLIC}"}}]}}"#
    );
    callers(keys.as_bytes()).expect("the set has a key of use")
});

fn callers(keys: &[u8]) -> Result<Callers, &'static str> {
    let now = jiff::Timestamp::from_second(NOW).expect("the time is one of this century");
    let (clock, _) = Clock::manual(now);
    let rules = Rules {
        name: "sso".into(),
        issuer: ISSUER.to_owned(),
        audiences: vec![AUDIENCE.to_owned()],
        jwks_url: Url::parse("https://sso.example.test/jwks").expect("it is an address"),
        algorithms: vec![Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256],
        leeway: Duration::from_secs(30),
        workspace: WorkspaceOf::Fixed(Workspace::default()),
        scopes_claim: "scope".to_owned(),
        scopes: None,
    };
    Callers::with_keys(rules, keys, FETCHER.clone(), &clock)
}

fn takes(callers: &Callers, token: &[u8]) -> bool {
    let Ok(value) = HeaderValue::from_bytes(&[b"Bearer ", token].concat()) else {
        return false;
    };
    let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
    let identified = callers.identify(&headers).now_or_never();
    identified
        .expect("with the keys at hand there is nothing to wait for")
        .is_ok()
}

/// A token. What is taken is, byte for byte, one of those that the key signed.
pub fn token(bytes: &[u8], signed: &[&str]) -> bool {
    let is_taken = takes(&CALLERS, bytes);
    if is_taken {
        // Spaces around it are the header's, not the token's.
        let text = String::from_utf8_lossy(bytes);
        assert!(signed.contains(&text.trim_matches(' ')), "it was taken");
    }
    is_taken
}

/// A set of keys. Whatever else is in it, the tokens are taken only if it has the key that signed them.
pub fn keys(bytes: &[u8], signed: &[&str]) -> bool {
    let Ok(callers) = callers(bytes) else {
        return false;
    };
    let is_taken = |token: &&str| takes(&callers, token.as_bytes());
    if signed.iter().any(is_taken) {
        let set: Value = serde_json::from_slice(bytes).expect("it was read before");
        let keys = set["keys"].as_array().expect("it was read before");
        assert!(keys.iter().any(|key| key["x"] == PUBLIC), "they were taken");
    }
    true
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::fuzzing::seeds::{SIGNED, seeds};

    fn key(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn encode(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn signed_by(key: &Ed25519KeyPair, header: &[u8], claims: &[u8]) -> String {
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = encode(key.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// The seeds' names, headers and claims.
    const WRITTEN: [(&str, &str, &str); 6] = [
        (
            "plain",
            r#"{"alg":"EdDSA"}"#,
            r#"{"iss":"https://sso.example.test/","aud":"referral-gateway","exp":1793524200}"#,
        ),
        (
            "usual",
            r#"{"alg":"EdDSA","typ":"JWT","kid":"one"}"#,
            r#"{"iss":"https://sso.example.test/","aud":"referral-gateway","sub":"a","iat":1793523600,"exp":1793524200.5,"scope":"openid referrals:read people:read"}"#,
        ),
        (
            "lists",
            r#"{"alg":"EdDSA","typ":"application/at+jwt","kid":"one","x5t":"a"}"#,
            r#"{"iss":"https://sso.example.test/","aud":["other","referral-gateway"],"nbf":1793523595,"exp":1.7935242e9,"scope":["admin"],"deep":[{"a":[1.5,null,true]}]}"#,
        ),
        (
            "refused-expired",
            r#"{"alg":"EdDSA","typ":"JWT","kid":"one"}"#,
            r#"{"iss":"https://sso.example.test/","aud":"referral-gateway","exp":1793523570}"#,
        ),
        (
            "refused-audience",
            r#"{"alg":"EdDSA"}"#,
            r#"{"iss":"https://sso.example.test/","aud":["other"],"exp":1793524200}"#,
        ),
        (
            "refused-header",
            r#"{"alg":"EdDSA","kid":"one","crit":["exp"]}"#,
            r#"{"iss":"https://sso.example.test/","aud":"referral-gateway","exp":1793524200}"#,
        ),
    ];

    #[test]
    fn the_tokens_among_the_seeds_are_those_that_the_key_signs() {
        assert_eq!(encode(key(7).public_key()), PUBLIC);
        let seeds = seeds("token");
        for (name, header, claims) in WRITTEN {
            let token = signed_by(&key(7), header.as_bytes(), claims.as_bytes());
            let seed = seeds.iter().find(|(known, _)| known == name);
            let text = seed.map(|(_, text)| String::from_utf8_lossy(text));
            assert_eq!(text.as_deref(), Some(&*token), "{name}");
            assert_eq!(
                takes(&CALLERS, token.as_bytes()),
                !name.starts_with("refused"),
                "{name}"
            );
        }
        assert_eq!(seeds.len(), WRITTEN.len());
    }

    #[test]
    fn a_stranger_who_signs_the_same_is_not_believed() {
        for (_, header, claims) in WRITTEN {
            let token = signed_by(&key(8), header.as_bytes(), claims.as_bytes());
            assert!(!takes(&CALLERS, token.as_bytes()));
        }
    }

    fn a_token() -> impl Strategy<Value = &'static str> {
        prop::sample::select(SIGNED.to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn one_byte_more_or_less_or_another_and_it_is_not_taken(
            signed in a_token(),
            at in any::<prop::sample::Index>(),
            byte in "[ -~]",
            how in 0..3,
        ) {
            let at = at.index(signed.len());
            let mut text = signed.to_owned();
            match how {
                0 => text.replace_range(at..=at, &byte),
                1 => text.insert_str(at, &byte),
                _ => drop(text.remove(at)),
            }
            let is_same = text.trim_matches(' ') == signed;
            prop_assert_eq!(token(text.as_bytes(), &SIGNED), is_same, "{}", text);
        }

        #[test]
        fn parts_of_two_are_none(one in a_token(), other in a_token(), which in 0..3_usize) {
            let mut parts: Vec<&str> = one.split('.').collect();
            parts[which] = other.split('.').nth(which).unwrap();
            let text = parts.join(".");
            let is_one = SIGNED.contains(&&*text);
            prop_assert_eq!(token(text.as_bytes(), &SIGNED), is_one);
        }

        #[test]
        fn whatever_is_in_the_parts_nothing_panics(
            header in prop_oneof!["\\PC{0,60}", "\\{\"alg\":\"(EdDSA|ES256|RS256|none)\",\"(kid|typ|crit|x)\":(\"one\"|1|null|\\[\\]|\"JWT\")\\}"],
            body in prop_oneof!["\\PC{0,60}", "\\{\"iss\":\"https://sso.example.test/\",\"aud\":\"referral-gateway\",\"(exp|nbf|iat|sub|scope)\":-?[0-9]{1,25}(\\.[0-9]|e[0-9]{1,3})?\\}"],
            signature in prop::collection::vec(any::<u8>(), 0..80),
        ) {
            let signature = encode(signature);
            let text = format!("{}.{}.{signature}", encode(&header), encode(&body));
            prop_assert!(!token(text.as_bytes(), &SIGNED));
            // Signed, so that the claims are looked at whatever order things are looked at in.
            takes(&CALLERS, signed_by(&key(7), header.as_bytes(), body.as_bytes()).as_bytes());
        }

        #[test]
        fn whatever_is_in_a_key_nothing_panics(
            kind in "(OKP|EC|RSA|oct|)",
            curve in prop::option::of("(Ed25519|P-256|P-384|X25519|)"),
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 2),
            is_first in any::<bool>(),
            id in prop::option::of("(one|two|)"),
        ) {
            let [first, second] = [encode(&parts[0]), encode(&parts[1])];
            let mut key = json!({ "kty": kind, "kid": id, "x": first, "y": second, "n": first, "e": second });
            if let Some(curve) = curve {
                key["crv"] = curve.into();
            }
            let mut all = vec![key, json!({ "kty": "OKP", "crv": "Ed25519", "kid": "one", "x": PUBLIC })];
            if is_first {
                all.swap(0, 1);
            }
            let set = json!({ "keys": all }).to_string();
            prop_assert!(keys(set.as_bytes(), &SIGNED));
        }
    }
}
