//! For the clients' tests: a vendor that answers what a test tells it and remembers what it was asked.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use tokio::time::Instant;
use url::form_urlencoded;

use super::http::{Connect, Limits};
use super::{Adapter, Call, Connector};
use crate::clock::Clock;
use crate::config::reader::{Reader, Section};
use crate::model::Workspace;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `GET /path`, encoded as it came.
    pub(crate) line: String,
    /// The query's pairs, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The query as it came.
    pub(crate) raw_query: String,
    /// The headers.
    pub(crate) headers: HeaderMap,
}

/// The vendor.
pub(crate) struct Scripted {
    /// Its origin.
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Asked {
    /// The value of a query parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let pair = self.query.iter().find(|(known, _)| known == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Scripted {
    /// Starts on a free port of loopback, answering JSON.
    pub(crate) async fn start(
        answer: impl Fn(&Asked) -> (u16, String) + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let record = asked.clone();
        let router = Router::new().fallback(async move |request: Request| {
            let raw_query = request.uri().query().unwrap_or_default().to_owned();
            let request = Asked {
                line: format!("{} {}", request.method(), request.uri().path()),
                query: form_urlencoded::parse(raw_query.as_bytes())
                    .into_owned()
                    .collect(),
                raw_query,
                headers: request.headers().clone(),
            };
            let (status, body) = answer(&request);
            lock(&record).push(request);
            let status = StatusCode::from_u16(status).unwrap();
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, asked }
    }

    /// Everything that was asked so far, in the order in which it was answered.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        lock(&self.asked).clone()
    }
}

/// A configured vendor's adapter, or the problems with its section of the configuration.
pub(crate) fn configured(
    name: &'static str,
    configure: fn(&mut Section<'_>) -> Option<Connector>,
    file: &str,
    environment: &[(&str, &str)],
) -> Result<Option<Arc<dyn Adapter>>, Vec<String>> {
    let environment = |key: &str| {
        let pair = environment.iter().find(|(known, _)| *known == key);
        pair.map(|(_, value)| (*value).to_owned())
    };
    let mut reader = Reader::new(Some(file), &environment);
    let connector = reader.section(name, "", configure);
    let problems = reader.finish();
    if !problems.is_empty() {
        return Err(problems);
    }
    let connect = Connect {
        workspace: Workspace::new("test"),
        clock: Clock::manual("2026-06-11T12:00:00Z".parse().unwrap()).0,
        limits: Limits {
            timeout: Duration::from_secs(5),
            concurrency: 4,
            max_body: 1024 * 1024,
        },
        data_dir: None,
    };
    Ok(connector.map(|connector| connector(&connect).unwrap()))
}

/// A call with time enough.
pub(crate) fn call() -> Call {
    Call {
        request_id: "test".into(),
        deadline: Instant::now() + Duration::from_secs(10),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
