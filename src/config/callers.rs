//! Who may call: keys by their hashes, and the issuers whose tokens are taken.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use url::{Host, Url};

use super::reader::{Key, Section, key};
use super::workspaces::OfWorkspace;
use crate::callers::issuer::{self, WorkspaceOf};
use crate::callers::key::{Key as CallersKey, unhex};
use crate::callers::token::ALGORITHMS;
use crate::callers::{Caller, Rules};
use crate::model::{Scope, Scopes, Workspace};

pub(super) const ABOUT: &str = "Who may call. Without any key or issuer, callers are not told apart, and the gateway answers this machine alone.";

const KEYS: Key = key(
    "keys",
    "Keys that callers present as `Authorization: Bearer`; `referral-gateway key` makes one. Several may be of one name, while one takes another's place.",
);
const NAME: Key = key(
    "name",
    "How the log names the caller: 1 to 64 letters, digits, - _ and dots.",
);
const WORKSPACE: Key = key(
    "workspace",
    "Whose data is seen: a workspace of this file, `default` when it is left out.",
);
const SCOPES: Key = key("scopes", "What may be done.");
const SHA256: Key = key("sha256", "The key's SHA-256, in 64 hexadecimal digits.");
const EXPIRES: Key = key(
    "expires",
    "From when on the key is no longer taken, as in 2027-01-31T00:00:00Z.",
);
const JWT: Key = key(
    "jwt",
    "Issuers whose signed tokens (JWT) callers present as `Authorization: Bearer`.",
);
const ISSUER: Key = key("issuer", "What the token's `iss` must be.");
const AUDIENCE: Key = key(
    "audience",
    "What the token's `aud` must be, or hold: one text, or several of which one must be there.",
);
const JWKS_URL: Key = key(
    "jwks_url",
    "Where the issuer's public keys are: https, or http on loopback.",
);
const ALGORITHM_NAMES: Key = key(
    "algorithms",
    "What tokens may be signed with; RS256 when it is left out.",
);
const LEEWAY: Key = key("leeway", "By how much the issuer's clock may differ.");
const WORKSPACE_CLAIM: Key = key(
    "workspace_claim",
    "The claim that says whose data is seen, in place of `workspace`.",
);
const WORKSPACES: Key = key(
    "workspaces",
    "Which workspace each value of that claim means; without it, the value is the workspace's name.",
);
const SCOPES_CLAIM: Key = key(
    "scopes_claim",
    "The claim that says what may be done: texts, or one text with spaces between; `scope` when it is left out.",
);
const SCOPES_BY_VALUE: Key = key(
    "scopes",
    "Which scopes each value of that claim means; without it, values are scopes' names. Others mean nothing.",
);

/// Reads all of them. They may belong to these workspaces.
pub(super) fn read(section: &mut Section<'_>, workspaces: &[OfWorkspace]) -> Rules {
    let known: Vec<&Workspace> = workspaces.iter().map(|it| &it.workspace).collect();
    let keys = section.each(KEYS, |key| read_key(key, &known));
    let issuers = section.each(JWT, |issuer| read_issuer(issuer, &known));
    let rules = Rules {
        keys: keys.into_iter().flatten().collect(),
        issuers: issuers.into_iter().flatten().collect(),
    };
    let mut hashes = HashSet::new();
    if !rules.keys.iter().all(|key| hashes.insert(key.sha256)) {
        section.problem::<()>(KEYS, "has the same sha256 twice");
    }
    let mut named: BTreeMap<&str, &Workspace> = BTreeMap::new();
    for Caller {
        name, workspace, ..
    } in rules.keys.iter().map(|key| &*key.caller)
    {
        if *named.entry(name).or_insert(workspace) != workspace {
            section.problem::<()>(KEYS, format!("has {name} in two workspaces"));
        }
    }
    let mut issuers = HashSet::new();
    if !rules.issuers.iter().all(|it| issuers.insert(&it.issuer)) {
        section.problem::<()>(JWT, "has the same issuer twice");
    }
    rules
}

fn read_key(section: &mut Section<'_>, known: &[&Workspace]) -> Option<CallersKey> {
    let name = read_name(section);
    let workspace = read_workspace(section, known);
    let scopes: Scopes = section
        .list(SCOPES, &scope_names(), scope_named)
        .into_iter()
        .collect();
    let sha256 = section.required(SHA256).and_then(|text| {
        unhex(&text).or_else(|| section.problem(SHA256, "must be 64 hexadecimal digits"))
    });
    let expires = section.moment(EXPIRES);
    if scopes == Scopes::NONE {
        section.problem::<()>(
            SCOPES,
            format!("must name at least one of: {}", all_scopes()),
        );
    }
    Some(CallersKey {
        caller: Arc::new(Caller {
            name: name?,
            workspace: workspace?,
            scopes,
        }),
        sha256: sha256?,
        expires,
    })
}

fn read_issuer(section: &mut Section<'_>, known: &[&Workspace]) -> Option<issuer::Rules> {
    let name = read_name(section);
    let issuer = section.required(ISSUER);
    let text = |text: &str| Ok(text.to_owned());
    let audiences = section.list(AUDIENCE, &json!({ "type": "string" }), text);
    if audiences.is_empty() {
        section.problem::<()>(AUDIENCE, "is missing");
    }
    let jwks_url = section.required(JWKS_URL).and_then(|text| {
        let url = Url::parse(&text).ok().filter(is_safe);
        url.or_else(|| {
            section.problem(
                JWKS_URL,
                "must be an https:// address, or an http:// one on loopback, without a user, password or fragment",
            )
        })
    });
    let names: Vec<&str> = ALGORITHMS.iter().map(|(name, _)| *name).collect();
    let mut algorithms = section.list(ALGORITHM_NAMES, &json!({ "enum": names }), |text| {
        let found = ALGORITHMS.iter().find(|(name, _)| *name == text);
        let found = found.map(|(_, algorithm)| *algorithm);
        found.ok_or_else(|| format!("must be among: {}", names.join(", ")))
    });
    if algorithms.is_empty() {
        algorithms.push(ALGORITHMS[0].1);
    }
    let leeway = section.duration_or(
        LEEWAY,
        Duration::from_secs(30),
        Duration::ZERO..=Duration::from_mins(5),
    );
    let workspace = read_workspace_of(section, known);
    let scopes_claim = section.text_or(SCOPES_CLAIM, "scope");
    let scopes = section.lists_by_name(SCOPES_BY_VALUE, &scope_names(), scope_named);
    let scopes = scopes.map(|table| {
        let sets = table
            .into_iter()
            .map(|(value, scopes)| (value, scopes.into_iter().collect()));
        sets.collect()
    });
    Some(issuer::Rules {
        name: name?,
        issuer: issuer?,
        audiences,
        jwks_url: jwks_url?,
        algorithms,
        leeway,
        workspace: workspace?,
        scopes_claim,
        scopes,
    })
}

fn read_workspace_of(section: &mut Section<'_>, known: &[&Workspace]) -> Option<WorkspaceOf> {
    let text = |text: &str| Ok(text.to_owned());
    let table = section.lists_by_name(WORKSPACES, &json!({ "type": "string" }), text);
    let Some(claim) = section.text(WORKSPACE_CLAIM) else {
        if table.is_some() {
            section.problem::<()>(WORKSPACES, "needs workspace_claim");
        }
        return read_workspace(section, known).map(WorkspaceOf::Fixed);
    };
    if section.text(WORKSPACE).is_some() {
        section.problem::<()>(
            WORKSPACE,
            "stands beside workspace_claim: leave one of them out",
        );
    }
    let mut of_value = BTreeMap::new();
    match table {
        None => of_value.extend(
            known
                .iter()
                .map(|known| (known.as_str().to_owned(), (*known).clone())),
        ),
        Some(table) => {
            for (value, meant) in table {
                let found = known.iter().find(|known| meant == [known.as_str()]);
                if let Some(found) = found {
                    of_value.insert(value, (*found).clone());
                } else {
                    let meant = meant.join(", ");
                    section.problem::<()>(WORKSPACES, no_such_workspace(&meant, known));
                }
            }
        }
    }
    Some(WorkspaceOf::Claim {
        claim,
        known: of_value,
    })
}

fn read_name(section: &mut Section<'_>) -> Option<Arc<str>> {
    let name = section.required(NAME)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.len() > 64 || !name.bytes().all(is_plain) {
        return section.problem(NAME, "must have 1 to 64 letters, digits, - _ and dots");
    }
    Some(name.into())
}

fn read_workspace(section: &mut Section<'_>, known: &[&Workspace]) -> Option<Workspace> {
    let name = section.text_or(WORKSPACE, Workspace::default().as_str());
    let found = known.iter().find(|known| known.as_str() == name);
    match found {
        Some(found) => Some((*found).clone()),
        None => section.problem(WORKSPACE, no_such_workspace(&name, known)),
    }
}

fn no_such_workspace(name: &str, known: &[&Workspace]) -> String {
    let known: Vec<&str> = known.iter().map(|known| known.as_str()).collect();
    format!("no such workspace: {name}; there are: {}", known.join(", "))
}

fn scope_named(name: &str) -> Result<Scope, String> {
    Scope::named(name).ok_or_else(|| format!("must be among: {}", all_scopes()))
}

fn scope_names() -> serde_json::Value {
    json!({ "enum": Scope::ALL.map(Scope::name) })
}

fn all_scopes() -> String {
    Scope::ALL.map(Scope::name).join(", ")
}

/// Keys come over a connection that nobody can change, or from this machine.
fn is_safe(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_plain =
        url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    is_plain && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback))
}
