//! One who signs tokens, for the tests: keys of three kinds, and a server that gives out what it is told to.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Several, serve};

/// What the gateway is told the issuer is.
pub const ISSUER: &str = "https://sso.example.test/";
pub const AUDIENCE: &str = "referral-gateway";
/// 2026-11-01T09:00:00Z, when every test begins.
pub const NOW: i64 = 1_793_523_600;

pub enum Key {
    Ed(Ed25519KeyPair),
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

/// What the server gives out.
#[derive(Clone)]
pub struct Served(Arc<Mutex<(u16, String)>>, Arc<AtomicUsize>);

pub struct Issuer {
    pub served: Served,
    pub url: String,
    _end: DropGuard,
}

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    pub fn ed() -> Self {
        Self::Ed(Ed25519KeyPair::generate().unwrap())
    }

    pub fn ec() -> Self {
        Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed(_) => "EdDSA",
            Self::Ec(_) => "ES256",
            Self::Rsa(_) => "RS256",
        }
    }

    pub fn jwk(&self, id: &str) -> Value {
        match self {
            Self::Ed(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": id, "x": encode(key.public_key()) })
            }
            Self::Ec(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "kid": id, "alg": "ES256", "x": encode(x), "y": encode(y) })
            }
            Self::Rsa(key) => {
                let public = key.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                let n = n.big_endian_without_leading_zero();
                let e = e.big_endian_without_leading_zero();
                json!({ "kty": "RSA", "kid": id, "alg": "RS256", "use": "sig", "n": encode(n), "e": encode(e) })
            }
        }
    }

    pub fn sign(&self, message: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ed(key) => key.sign(message.as_bytes()).as_ref().to_vec(),
            Self::Ec(key) => key
                .sign(&random, message.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec(),
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &random,
                    message.as_bytes(),
                    &mut signature,
                )
                .unwrap();
                signature
            }
        }
    }

    /// A token of these texts.
    pub fn token_of(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = encode(self.sign(&message));
        format!("{message}.{signature}")
    }

    /// A sound token, with this key's id and these claims beside or in place of the usual ones.
    pub fn token(&self, id: &str, more: &Value) -> String {
        let header = json!({ "alg": self.algorithm(), "typ": "JWT", "kid": id });
        self.token_of(&header.to_string(), &claims(more).to_string())
    }
}

/// The usual claims, with others beside them or in their place; null takes one away.
pub fn claims(more: &Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "somebody@example.test", "iat": NOW, "exp": NOW + 600,
        "tenant": "acme", "scope": "openid referrals:read",
    });
    for (name, value) in more.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

impl Served {
    pub fn keys(&self, keys: &[Value]) {
        self.answer(200, &json!({ "keys": keys }).to_string());
    }

    pub fn answer(&self, status: u16, body: &str) {
        *self.0.lock().unwrap() = (status, body.to_owned());
    }

    pub fn asked(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }
}

impl Issuer {
    pub async fn start(keys: &[Value]) -> Self {
        let served = Served(Arc::default(), Arc::default());
        served.keys(keys);
        let answers = served.clone();
        let answer = move || {
            let Served(answer, asked) = answers.clone();
            async move {
                asked.fetch_add(1, Ordering::SeqCst);
                let (status, body) = answer.lock().unwrap().clone();
                let location = [("location", "/elsewhere")];
                (StatusCode::from_u16(status).unwrap(), location, body).into_response()
            }
        };
        let elsewhere = Served(served.0.clone(), served.1.clone());
        let router = Router::new().route("/jwks", get(answer)).route(
            "/elsewhere",
            get(async move || elsewhere.0.lock().unwrap().1.clone()),
        );
        let end = CancellationToken::new();
        let url = serve(router, &end).await;
        Self {
            served,
            url,
            _end: end.drop_guard(),
        }
    }

    /// The part of the configuration that makes the gateway take its tokens.
    pub fn entry(&self, more: &str) -> String {
        format!(
            "[[callers.jwt]]\nname = \"sso\"\nissuer = \"{ISSUER}\"\naudience = \"{AUDIENCE}\"\njwks_url = \"{}/jwks\"\nalgorithms = [\"EdDSA\", \"ES256\", \"RS256\"]\nworkspace_claim = \"tenant\"\n{more}\n",
            self.url
        )
    }
}

pub const QUERY: &str =
    "{ referrals(first: 1) { nodes { id referred { ... on Organization { name } } } } }";

/// The status with which a token is answered.
pub async fn status(several: &Several, token: &str) -> u16 {
    several
        .post(token, &json!({ "query": "{ __typename }" }))
        .await
        .status
}
