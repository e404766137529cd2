//! What a token whose signature is sound says: whether it is meant for us and holds now, whose data it is about, and
//! what it allows.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::issuer::{Rules, WorkspaceOf};
use super::key::hex;
use super::{Caller, Denied};
use crate::model::{Scope, Scopes, Workspace};

/// The caller that these claims make.
pub(super) fn caller(
    rules: &Rules,
    claims: &Map<String, Value>,
    now: Timestamp,
) -> Result<Caller, Denied> {
    let unsound = Denied::Unsound;
    if claims.get("iss").and_then(Value::as_str) != Some(&rules.issuer) {
        return Err(unsound("another issuer"));
    }
    if !is_for_us(rules, claims.get("aud")) {
        return Err(unsound("another audience"));
    }
    let leeway = rules.leeway;
    let expires = moment(claims, "exp")?.ok_or(unsound("no exp"))?;
    if now >= expires.saturating_add(leeway).unwrap_or(expires) {
        return Err(unsound("expired"));
    }
    for name in ["nbf", "iat"] {
        let is_ahead = |from: Timestamp| now < from.saturating_sub(leeway).unwrap_or(from);
        if moment(claims, name)?.is_some_and(is_ahead) {
            return Err(unsound("not yet valid"));
        }
    }
    let subject = match claims.get("sub") {
        None => None,
        Some(Value::String(subject)) => Some(subject),
        Some(_) => return Err(unsound("an odd sub")),
    };
    // The subject may be somebody's e-mail address: the log is to tell callers apart, and not who they are.
    let name = match subject {
        None => rules.name.clone(),
        Some(subject) => {
            let digest = Sha256::digest(subject);
            format!("{}/{}", rules.name, hex(&digest[..8])).into()
        }
    };
    Ok(Caller {
        name,
        workspace: workspace(rules, claims)?,
        scopes: scopes(rules, claims)?,
    })
}

fn is_for_us(rules: &Rules, audience: Option<&Value>) -> bool {
    let is_ours = |value: &Value| {
        let value = value.as_str();
        value.is_some_and(|value| rules.audiences.iter().any(|ours| ours == value))
    };
    match audience {
        Some(Value::Array(all)) => all.iter().all(Value::is_string) && all.iter().any(is_ours),
        Some(one) => is_ours(one),
        None => false,
    }
}

/// A time in seconds since 1970. One beyond all times is no time.
fn moment(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, Denied> {
    let odd = Denied::Unsound("an odd time");
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let number = value.as_f64().ok_or(odd)?;
    let since = SignedDuration::try_from_secs_f64(number).map_err(|_| odd)?;
    let at = Timestamp::from_duration(since).map_err(|_| odd)?;
    Ok(Some(at))
}

fn workspace(rules: &Rules, claims: &Map<String, Value>) -> Result<Workspace, Denied> {
    let unsound = Denied::Unsound("no workspace of this gateway");
    match &rules.workspace {
        WorkspaceOf::Fixed(workspace) => Ok(workspace.clone()),
        WorkspaceOf::Claim { claim, known } => {
            let value = claims.get(claim).and_then(Value::as_str);
            let workspace = value.and_then(|value| known.get(value));
            workspace.cloned().ok_or(unsound)
        }
    }
}

/// What is claimed, in texts apart or in one with spaces between, as far as it means anything here.
fn scopes(rules: &Rules, claims: &Map<String, Value>) -> Result<Scopes, Denied> {
    let odd = Denied::Unsound("odd scopes");
    let claimed: Vec<&str> = match claims.get(&rules.scopes_claim) {
        None => Vec::new(),
        Some(Value::String(text)) => text.split(' ').collect(),
        Some(Value::Array(items)) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            texts.ok_or(odd)?
        }
        Some(_) => return Err(odd),
    };
    let mut scopes = Scopes::NONE;
    for claimed in claimed {
        let meant = match &rules.scopes {
            Some(table) => table.get(claimed).copied().unwrap_or_default(),
            None => Scope::named(claimed).into_iter().collect(),
        };
        scopes = meant.iter().fold(scopes, Scopes::with);
    }
    Ok(scopes)
}
