//! A gateway and a sandbox on random loopback ports, and what a test wants to ask of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use referral_gateway::clock::{Clock, ClockHand};
use referral_gateway::config::Config;
use referral_gateway::gateway::Gateway;
use referral_gateway::http::App;
use referral_gateway::http::request_id::RequestIds;
use referral_gateway::http::server;
use referral_gateway::random::Random;
use referral_gateway::sandbox::Logged;
use referral_gateway::sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::secrecy::{self, Watch};

/// A running gateway on a running sandbox. Both end with it.
pub struct World {
    pub sandbox: Sandbox,
    pub url: String,
    pub gateway: Gateway,
    /// What answers at first, from within.
    pub app: Arc<App>,
    /// What points a gateway at the sandbox.
    pub environment: HashMap<&'static str, String>,
    pub hand: ClockHand,
    pub http: reqwest::Client,
    /// Ends the gateway, as a signal would.
    pub shutdown: CancellationToken,
    /// What looks through all that the gateway told, at its end.
    pub watch: Watch,
    _end: DropGuard,
}

/// How a world differs from the usual one.
#[derive(Default)]
pub struct Options {
    /// Vendors whose credentials are left out.
    pub without: Vec<&'static str>,
    /// Configuration beside the sandbox's environment.
    pub toml: &'static str,
}

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub json: Value,
}

impl World {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        secrecy::listen();
        let start = "2026-11-01T09:00:00Z".parse().unwrap();
        let (clock, hand) = Clock::manual(start);
        let sandbox = Sandbox::new(&clock);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let token = CancellationToken::new();
        let stopped = token.clone().cancelled_owned();
        let emulators = sandbox.router();
        tokio::spawn(async move {
            axum::serve(listener, emulators)
                .with_graceful_shutdown(stopped)
                .await
        });

        let prefixes: Vec<String> = options
            .without
            .iter()
            .map(|vendor| vendor.to_uppercase())
            .collect();
        let environment: HashMap<&'static str, String> = sandbox
            .environment(&origin)
            .into_iter()
            .filter(|(name, _)| !prefixes.iter().any(|prefix| name.starts_with(prefix)))
            .collect();
        let config =
            Config::read(Some(options.toml), &|name| environment.get(name).cloned()).unwrap();
        // Nobody waits before a retry.
        let random = Random::from_fn(|| 0.0);
        let gateway = Gateway::start(config, &clock, &random, RequestIds::random()).unwrap();
        let app = gateway.live().app();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = token.child_token();
        let running = server::run(
            listener,
            gateway.live().clone(),
            shutdown.clone().cancelled_owned(),
        );
        tokio::spawn(running);

        Self {
            sandbox,
            watch: Watch::over(app.clone(), &environment),
            gateway,
            app,
            url,
            environment,
            hand,
            http: client(),
            shutdown,
            _end: token.drop_guard(),
        }
    }

    /// Makes the gateway read its configuration again, as the signal does: this file now, and these variables beside the
    /// sandbox's. Gives back the keys that have changed, or what is wrong.
    pub async fn reload(
        &self,
        toml: &str,
        variables: &[(&'static str, &str)],
    ) -> Result<Vec<String>, Vec<String>> {
        let toml = toml.to_owned();
        let mut environment = self.environment.clone();
        let variables = variables.iter();
        environment.extend(variables.map(|(name, value)| (*name, (*value).to_owned())));
        let read = move || Config::read(Some(&toml), &|name| environment.get(name).cloned());
        let changed = self.gateway.reload(read).await?;
        Ok(changed.into_iter().collect())
    }

    /// Sends a query and gives back `{data, errors}`.
    pub async fn query(&self, query: &str) -> Value {
        self.query_with(query, json!({})).await
    }

    pub async fn query_with(&self, query: &str, variables: Value) -> Value {
        let answer = self
            .post(&json!({ "query": query, "variables": variables }))
            .await;
        assert_eq!(answer.status, 200, "{:#}", answer.json);
        answer.json
    }

    /// Sends a query that must answer without errors, and gives back its data.
    pub async fn data(&self, query: &str) -> Value {
        self.data_with(query, json!({})).await
    }

    pub async fn data_with(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.query_with(query, variables).await;
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        answer["data"].take()
    }

    pub async fn post(&self, body: &Value) -> Answer {
        let request = self.http.post(format!("{}/graphql", self.url));
        self.send(
            request
                .header("content-type", "application/json")
                .body(body.to_string()),
        )
        .await
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

    /// Asks by GET.
    pub async fn get(&self, parameters: &[(&str, &str)]) -> Answer {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        self.send(self.http.get(format!("{}/graphql?{query}", self.url)))
            .await
    }

    /// What a vendor was asked, in order.
    pub fn asked(&self, vendor: &str) -> Vec<Logged> {
        self.sandbox.requests(vendor)
    }

    /// How often each vendor was asked, tokens left out.
    pub fn calls(&self) -> HashMap<&'static str, usize> {
        let mut calls = HashMap::new();
        for vendor in ["introzy", "plannr", "partner-center", "saasquatch"] {
            let asked = self
                .asked(vendor)
                .iter()
                .filter(|request| !request.path.ends_with("/token"))
                .count();
            calls.insert(vendor, asked);
        }
        calls
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tests are a client of the gateway, not a part of it"
)]
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tests are a client of the gateway, not a part of it"
)]
pub async fn send(request: reqwest::RequestBuilder) -> reqwest::Response {
    request.send().await.unwrap()
}

/// The error codes of an answer, with the paths at which they stand.
pub fn codes(answer: &Value) -> Vec<(String, String)> {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    let code = |error: &Value| {
        let path = error["path"].as_array().cloned().unwrap_or_default();
        let path: Vec<String> = path
            .iter()
            .map(|part| {
                part.as_str()
                    .map_or_else(|| part.to_string(), str::to_owned)
            })
            .collect();
        (
            path.join("."),
            error["extensions"]["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        )
    };
    errors.iter().map(code).collect()
}
