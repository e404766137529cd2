//! For the vendors' tests: a server on loopback that answers as the test says and remembers what it was asked, and an
//! adapter configured as a user would configure it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tokio::time::Instant;

use super::http::{Connect, Limits};
use super::{Adapter, Call, Connector};
use crate::clock::{Clock, ClockHand};
use crate::config::reader::{Reader, Section};
use crate::model::Workspace;
use crate::random::Random;

/// The id of every test's request.
pub(crate) const REQUEST_ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// A request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Encoded as it came.
    pub(crate) path: String,
    /// The query's names and values, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The query as it came.
    pub(crate) raw_query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// The server.
pub(crate) struct Stub {
    /// Its origin.
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Asked {
    /// `GET /path`, for comparing at once.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A query parameter's value.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter();
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The whole query, decoded, for comparing at once.
    pub(crate) fn question(&self) -> String {
        let pairs: Vec<String> = self.query.iter().map(|(n, v)| format!("{n}={v}")).collect();
        pairs.join("&")
    }

    /// The server's own origin, for links.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.header("host").unwrap())
    }
}

impl Stub {
    /// Starts a server that answers with what `answer` makes of each request: a status and a JSON body.
    pub(crate) async fn start(
        answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let log = Arc::clone(&asked);
        let answer = Arc::new(answer);
        let router = Router::new().fallback(move |request: Request| {
            let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
            async move { respond(request, &log, &*answer).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, asked }
    }

    /// What arrived so far, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        let asked = self.asked.lock();
        asked.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn respond(
    request: Request,
    log: &Mutex<Vec<Asked>>,
    answer: &(impl Fn(&Asked) -> (u16, String) + Sync),
) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1024 * 1024).await.unwrap();
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: url::form_urlencoded::parse(raw_query.as_bytes())
            .into_owned()
            .collect(),
        raw_query,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(asked.clone());
    let (status, body) = answer(&asked);
    let status = StatusCode::from_u16(status).unwrap();
    (status, [("content-type", "application/json")], body).into_response()
}

/// What a vendor's section of the configuration makes, and the problems with it.
pub(crate) fn configured(
    name: &'static str,
    configure: fn(&mut Section<'_>) -> Option<Connector>,
    file: &str,
    environment: &[(&str, &str)],
) -> (Option<Connector>, Vec<String>) {
    let environment = |key: &str| {
        let pair = environment.iter().find(|(known, _)| *known == key);
        pair.map(|(_, value)| (*value).to_owned())
    };
    let mut reader = Reader::new(Some(file), &environment);
    let connector = reader.section(name, "", configure);
    (connector, reader.finish())
}

/// A vendor's adapter, of a configuration without problems.
pub(crate) fn adapter(
    name: &'static str,
    configure: fn(&mut Section<'_>) -> Option<Connector>,
    file: &str,
    environment: &[(&str, &str)],
    connect: &Connect,
) -> Arc<dyn Adapter> {
    let (connector, problems) = configured(name, configure, file, environment);
    assert_eq!(problems, Vec::<String>::new());
    connector.unwrap()(connect).unwrap()
}

/// What an adapter runs on, with a clock that stands still; nothing is retried.
pub(crate) fn connect(data_dir: Option<PathBuf>) -> (Connect, ClockHand) {
    let (clock, hand) = Clock::manual("2026-06-11T12:00:00Z".parse().unwrap());
    let connect = Connect {
        workspace: Workspace::new("default"),
        clock,
        random: Random::from_fn(|| 0.0),
        limits: Limits {
            timeout: Duration::from_secs(5),
            concurrency: 32,
            retries: 0,
            max_body: 1024 * 1024,
        },
        data_dir,
        predecessor: None,
    };
    (connect, hand)
}

/// A call with time enough.
pub(crate) fn call() -> Call {
    Call {
        request_id: REQUEST_ID.into(),
        deadline: Instant::now() + Duration::from_secs(10),
    }
}
