//! For tests: a server on loopback that answers as the test says and remembers what it was asked.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tokio::time::Instant;
use url::Url;

use super::Call;
use super::http::{Connect, Limits};
use crate::clock::{Clock, ClockHand};
use crate::model::Workspace;

/// The id of every test's request.
pub(crate) const REQUEST_ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// A request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Names and values, decoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// The server.
pub(crate) struct Stub {
    /// Where it is.
    pub(crate) base: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Asked {
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
        Self {
            base: base.parse().unwrap(),
            asked,
        }
    }

    /// What arrived so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn respond(
    request: Request,
    log: &Mutex<Vec<Asked>>,
    answer: &(impl Fn(&Asked) -> (u16, String) + Sync),
) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1024 * 1024).await.unwrap();
    let query = parts.uri.query().unwrap_or_default();
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    log.lock().unwrap().push(asked.clone());
    let (status, body) = answer(&asked);
    let status = StatusCode::from_u16(status).unwrap();
    (status, [("content-type", "application/json")], body).into_response()
}

/// What an adapter runs on, with a clock that stands still.
pub(crate) fn connect(data_dir: Option<PathBuf>) -> (Connect, ClockHand) {
    let (clock, hand) = Clock::manual("2026-06-11T12:00:00Z".parse().unwrap());
    let connect = Connect {
        workspace: Workspace::new("default"),
        clock,
        limits: Limits {
            timeout: Duration::from_secs(5),
            concurrency: 32,
            max_body: 1024 * 1024,
        },
        data_dir,
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
