//! Who is calling: a server with the tenant's key, a user with a JWT signed with it, or anybody:
//! <https://docs.saasquatch.com/api/authentication>.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::answer::Problem;
use super::memory::UserKey;
use super::{API_KEY, SaaSquatch};

/// Who is calling.
#[derive(Clone, Debug)]
pub(super) enum Caller {
    Server,
    User {
        key: UserKey,
        /// Whether the token tells all of the user, and not only who it is.
        is_writer: bool,
    },
    Anybody,
}

impl Caller {
    /// Whether the caller may read what belongs to this user.
    pub(super) fn may_read(&self, user: &UserKey) -> bool {
        match self {
            Self::Server => true,
            Self::User { key, .. } => key == user,
            Self::Anybody => false,
        }
    }

    /// Refuses who may not change this user.
    pub(super) fn check_write(&self, user: &UserKey) -> Result<(), Problem> {
        let message = match self {
            Self::Server => return Ok(()),
            Self::Anybody => return Err(missing_credentials()),
            Self::User { key, .. } if key != user => "The user token is not for this user.",
            Self::User { is_writer, .. } => {
                if *is_writer {
                    return Ok(());
                }
                "The user token is only good for reading."
            }
        };
        let status = StatusCode::FORBIDDEN;
        Err(Problem::new(status, "FORBIDDEN", None, message))
    }
}

/// Checks the credentials against what the path, given without the tenant, asks for.
pub(super) fn identify(
    app: &SaaSquatch,
    path: &str,
    headers: &HeaderMap,
) -> Result<Caller, Problem> {
    let is_open = path.starts_with("open/");
    if is_open && app.is("open_endpoints", "off") {
        let message = "Open endpoints are disabled for this tenant.";
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "OPEN_ENDPOINTS_DISABLED",
            None,
            message,
        ));
    }
    let caller = credentials(app, headers)?;
    let without = is_open && (path.starts_with("open/user") || path.starts_with("open/code/"));
    let allowed = match &caller {
        Caller::Server => true,
        Caller::User { .. } => is_open || app.is("jwt_on_admin", "accepted"),
        Caller::Anybody => without,
    };
    if allowed {
        return Ok(caller);
    }
    Err(missing_credentials())
}

fn credentials(app: &SaaSquatch, headers: &HeaderMap) -> Result<Caller, Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(token) = text("x-saasquatch-user-token") {
        return user(app, token);
    }
    let Some((scheme, value)) =
        text(AUTHORIZATION.as_str()).and_then(|value| value.split_once(' '))
    else {
        return Ok(Caller::Anybody);
    };
    if scheme.eq_ignore_ascii_case("bearer") {
        return user(app, value);
    }
    let decoded = BASE64_STANDARD.decode(value.trim()).unwrap_or_default();
    let decoded = String::from_utf8(decoded).unwrap_or_default();
    let (name, key) = decoded.split_once(':').unwrap_or_default();
    // Older tenants send an empty user, those of impact.com their account's SID.
    let is_form = match app.setup.switches.get("auth_form") {
        "empty_user" => name.is_empty(),
        "account_sid" => !name.is_empty(),
        _ => true,
    };
    if scheme.eq_ignore_ascii_case("basic") && is_form && key == API_KEY {
        return Ok(Caller::Server);
    }
    Err(missing_credentials())
}

/// A JWT of `{"user":{"id":...,"accountId":...},"exp":...}`, HS256 with the tenant's key.
fn user(app: &SaaSquatch, token: &str) -> Result<Caller, Problem> {
    let invalid = || unauthorized("RS032", "The user token is not valid.");
    let (signed, signature) = token.rsplit_once('.').ok_or_else(invalid)?;
    let (header, payload) = signed.split_once('.').ok_or_else(invalid)?;
    let part = |part: &str| -> Option<Value> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let header = part(header).ok_or_else(invalid)?;
    let payload = part(payload).ok_or_else(invalid)?;
    let expected =
        BASE64_URL_SAFE_NO_PAD.encode(hmac_sha256(API_KEY.as_bytes(), signed.as_bytes()));
    let is_expired = payload["exp"]
        .as_i64()
        .is_some_and(|expires| expires <= app.setup.clock.now().as_second());
    if header["alg"] != "HS256" || signature != expected || is_expired {
        return Err(invalid());
    }
    let claims = payload["user"].as_object();
    Ok(Caller::User {
        key: UserKey::of(&payload["user"]),
        is_writer: claims.is_some_and(|claims| claims.len() > 2),
    })
}

/// RFC 2104 over SHA-256, for keys of up to one block.
pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

/// No key, or one that is not good any more: the pages tell them apart no more than this.
pub(super) fn missing_credentials() -> Problem {
    unauthorized("RS045", "Missing or invalid authorization.")
}

fn unauthorized(rs_code: &'static str, message: &str) -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "UNAUTHORIZED",
        Some(rs_code),
        message,
    )
}
