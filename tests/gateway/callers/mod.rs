//! Several customers in one gateway, and callers who may do different things. Each customer's sandbox has the same ids, and
//! says in every name whose it is.

mod audit;
mod configured;
pub mod issuer;
mod jwks;
mod keys;
mod matrix;
mod tokens;
mod workspaces;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use referral_gateway::callers::key;
use referral_gateway::clock::{Clock, ClockHand};
use referral_gateway::config::Config;
use referral_gateway::gateway::Gateway;
use referral_gateway::http::request_id::RequestIds;
use referral_gateway::http::server;
use referral_gateway::random::Random;
use referral_gateway::sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::harness::{Answer, client, codes, send};
use crate::secrecy::{self, Watch};

pub const WORKSPACES: [&str; 3] = ["acme", "globex", "initech"];

/// Sets of scopes, by the names that the keys have.
pub const SCOPES: [(&str, &[&str]); 4] = [
    ("schema", &["schema:read"]),
    ("reader", &["referrals:read"]),
    ("people", &["referrals:read", "people:read", "raw:read"]),
    ("admin", &["admin"]),
];

/// A running gateway over a running sandbox for each workspace.
pub struct Several {
    pub sandboxes: BTreeMap<&'static str, Sandbox>,
    pub gateway: Gateway,
    /// The configuration of each workspace: its vendors and its keys.
    pub parts: BTreeMap<&'static str, String>,
    pub url: String,
    pub hand: ClockHand,
    pub http: reqwest::Client,
    watch: Watch,
    _end: DropGuard,
}

/// The key of the caller with these scopes in this workspace.
pub fn key_of(workspace: &str, scopes: &str) -> String {
    let place = |all: &[&str], one: &str| all.iter().position(|it| *it == one).unwrap();
    let workspace = place(&WORKSPACES, workspace);
    let scopes = place(&SCOPES.map(|(name, _)| name), scopes);
    made(u8::try_from(10 * workspace + scopes + 1).unwrap())
}

/// A key that is always the same.
pub fn made(number: u8) -> String {
    key::new([number; 32]).key.to_string()
}

/// A `[[callers.keys]]` of the configuration.
pub fn key_entry(name: &str, workspace: &str, scopes: &[&str], key: &str, more: &str) -> String {
    use sha2::Digest as _;
    let sha256 = key::hex(&sha2::Sha256::digest(key));
    format!(
        "[[callers.keys]]\nname = \"{name}\"\nworkspace = \"{workspace}\"\nscopes = {scopes:?}\nsha256 = \"{sha256}\"\n{more}\n"
    )
}

impl Several {
    pub async fn start() -> Self {
        Self::with("").await
    }

    /// With further configuration, which ends with the sections that it begins.
    pub async fn with(toml: &str) -> Self {
        secrecy::listen();
        let (clock, hand) = Clock::manual("2026-11-01T09:00:00Z".parse().unwrap());
        let token = CancellationToken::new();
        let mut sandboxes = BTreeMap::new();
        let mut parts = BTreeMap::new();
        let mut secret = HashMap::new();
        for workspace in WORKSPACES {
            let sandbox = Sandbox::new(&clock);
            let origin = serve(marked(sandbox.router(), workspace), &token).await;
            let environment = sandbox.environment(&origin);
            let mut text = workspace_sections(workspace, &environment);
            secret.extend(environment);
            for (name, scopes) in SCOPES {
                let key = key_of(workspace, name);
                let name = format!("{workspace}-{name}");
                text += &key_entry(&name, workspace, scopes, &key, "");
            }
            sandboxes.insert(workspace, sandbox);
            parts.insert(workspace, text);
        }
        let mut text: String = parts.values().map(String::as_str).collect();
        text += toml;
        let config = Config::read(Some(&text), &|_| None).unwrap();
        let random = Random::from_fn(|| 0.0);
        let gateway = Gateway::start(config, &clock, &random, RequestIds::random()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = token.clone().cancelled_owned();
        let keys = WORKSPACES.iter().flat_map(|workspace| {
            let keys = SCOPES.iter().map(|(name, _)| key_of(workspace, name));
            keys.collect::<Vec<_>>()
        });
        let watch = Watch::over(gateway.live().app(), &secret).and(keys);
        tokio::spawn(server::run(listener, gateway.live().clone(), shutdown));
        Self {
            sandboxes,
            gateway,
            parts,
            url,
            hand,
            http: client(),
            watch,
            _end: token.drop_guard(),
        }
    }

    /// Makes the gateway read its configuration again: these workspaces now, and this beside them.
    pub async fn reload(
        &self,
        workspaces: &[&str],
        more: &str,
    ) -> Result<BTreeSet<String>, Vec<String>> {
        let parts = workspaces.iter().map(|workspace| &*self.parts[workspace]);
        let text: String = parts.chain([more]).collect();
        let read = move || Config::read(Some(&text), &|_| None);
        self.gateway.reload(read).await
    }

    pub async fn post(&self, bearer: &str, body: &Value) -> Answer {
        let request = self.http.post(format!("{}/graphql", self.url));
        let request = request
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {bearer}"))
            .body(body.to_string());
        self.send(request).await
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = send(request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::String(text));
        self.watch.check_errors(&json);
        Answer {
            status,
            headers,
            json,
        }
    }

    /// What the caller with these scopes in this workspace is answered.
    pub async fn ask(&self, workspace: &str, scopes: &str, query: &str) -> Value {
        self.ask_with(workspace, scopes, query, json!({})).await
    }

    pub async fn ask_with(
        &self,
        workspace: &str,
        scopes: &str,
        query: &str,
        variables: Value,
    ) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let answer = self.post(&key_of(workspace, scopes), &body).await;
        assert_eq!(answer.status, 200, "{:#}", answer.json);
        answer.json
    }

    /// How often each workspace's vendors were asked.
    pub fn calls(&self) -> BTreeMap<&'static str, usize> {
        let count = |sandbox: &Sandbox| sandbox.all_requests().len();
        self.sandboxes
            .iter()
            .map(|(workspace, sandbox)| (*workspace, count(sandbox)))
            .collect()
    }
}

/// That an answer tells of this workspace, and of no other.
pub fn assert_own(workspace: &str, answer: &Value) {
    let text = answer.to_string();
    assert!(text.contains(&mark(workspace)), "{workspace}: {answer:#}");
    for other in WORKSPACES.iter().filter(|other| **other != workspace) {
        assert!(!text.contains(&mark(other)), "{workspace}: {answer:#}");
    }
}

/// The codes of an answer's errors.
pub fn codes_of(answer: &Value) -> Vec<String> {
    codes(answer).into_iter().map(|(_, code)| code).collect()
}

fn mark(workspace: &str) -> String {
    format!("{workspace}~")
}

fn workspace_sections(workspace: &str, environment: &[(&'static str, String)]) -> String {
    let mut text = String::new();
    for vendor in ["introzy", "plannr", "partner_center", "saasquatch"] {
        text += &format!("[workspaces.{workspace}.{vendor}]\n");
        let prefix = format!("{}_", vendor.to_uppercase());
        for (name, value) in environment {
            if let Some(key) = name.strip_prefix(&prefix) {
                text += &format!("{} = {value:?}\n", key.to_lowercase());
            }
        }
    }
    text
}

pub async fn serve(router: Router, end: &CancellationToken) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let stopped = end.clone().cancelled_owned();
    tokio::spawn(async move {
        axum::serve(listener, router)
            .with_graceful_shutdown(stopped)
            .await
    });
    origin
}

/// The same emulators, with the workspace's name before every name that they give out.
fn marked(router: Router, workspace: &'static str) -> Router {
    let mark: Arc<str> = mark(workspace).into();
    router.layer(axum::middleware::from_fn(move |request, next| {
        write_names(mark.clone(), request, next)
    }))
}

async fn write_names(mark: Arc<str>, request: Request, next: Next) -> Response {
    let (mut head, body) = next.run(request).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(text) = std::str::from_utf8(&body) else {
        return Response::from_parts(head, Body::from(body));
    };
    let mut text = text.to_owned();
    for name in ["name", "firstName", "first_name"] {
        let open = format!("\"{name}\":\"");
        text = text.replace(&open, &format!("{open}{mark}"));
    }
    head.headers.remove("content-length");
    Response::from_parts(head, Body::from(text))
}
