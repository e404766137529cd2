//! `/metrics`: what the gateway counts, in the text form that Prometheus reads. Labels are names from closed lists, so
//! that nothing from a request or a vendor's data can come out here.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry;
use tokio::time::Instant;

use super::App;
use super::admission::{self, Admission};
use super::edge;
use super::edge::Connections;
use super::entry;
use super::shared::Executions;
use super::workspaces::Workspaces;
use crate::clock::Clock;
use crate::load::record::Kind;
use crate::load::{Cache, Registry, Use};
use crate::model::{Scope, Vendor};
use crate::vendor::Adapter;
use crate::vendor::breaker::Circuit;
use crate::vendor::counts::{BUCKETS_MS, Counted};

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The upper bounds of the times that requests are sorted by, in seconds.
const BUCKETS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0,
];

/// What is counted of requests, and where everything else that is counted can be read.
pub struct Metrics {
    registry: registry::Registry,
    counters: Counters,
}

/// What is counted as long as the process runs, whatever becomes of its configuration. Clones count in the same place.
#[derive(Clone)]
pub struct Counters {
    received: Counter,
    requests: Requests,
    outcomes: Arc<Outcomes>,
    seconds: Histogram,
    reloads: Family<[(&'static str, &'static str); 1], Counter>,
    configured_at: Gauge,
}

/// Requests, by what became of them.
type Requests = Family<[(&'static str, &'static str); 1], Counter>;

/// The counter of each outcome, which need not be looked for.
type Outcomes = [Counter; Outcome::ALL.len()];

/// A request that came in. Whatever becomes of it is counted once; dropped before that, it has failed.
pub struct Received {
    outcomes: Arc<Outcomes>,
    is_counted: bool,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Outcome {
    /// Executed, without errors.
    Ok,
    /// Executed, with errors in the answer.
    Errors,
    /// Not executed: it was no request that is.
    Refused,
    /// Answered by the execution of another, identical one.
    Joined,
    /// Not executed: there was too much to do.
    Shed,
    /// Never answered: its client left, or the gateway made a mistake.
    Failed,
}

impl Outcome {
    /// All of them, in order.
    const ALL: [Self; 6] = [
        Self::Ok,
        Self::Errors,
        Self::Refused,
        Self::Joined,
        Self::Shed,
        Self::Failed,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Errors => "errors",
            Self::Refused => "refused",
            Self::Joined => "joined",
            Self::Shed => "shed",
            Self::Failed => "failed",
        }
    }
}

impl Counters {
    /// Nothing is counted yet. The gateway has just been configured.
    pub fn new(clock: &Clock) -> Self {
        let requests = Requests::default();
        let counter = |outcome: Outcome| {
            let outcome = [("outcome", outcome.name())];
            requests.get_or_create(&outcome).clone()
        };
        let counters = Self {
            received: Counter::default(),
            outcomes: Arc::new(Outcome::ALL.map(counter)),
            requests,
            seconds: Histogram::new(BUCKETS),
            reloads: Family::default(),
            configured_at: Gauge::default(),
        };
        for outcome in ["ok", "refused"] {
            drop(counters.reloads.get_or_create(&[("outcome", outcome)]));
        }
        counters.configured_at.set(clock.now().as_second());
        counters
    }

    /// Counts a configuration that was taken in place of another.
    pub fn configured(&self, clock: &Clock) {
        self.reloads.get_or_create(&[("outcome", "ok")]).inc();
        self.configured_at.set(clock.now().as_second());
    }

    /// Counts a configuration that was not taken.
    pub fn configuration_refused(&self) {
        self.reloads.get_or_create(&[("outcome", "refused")]).inc();
    }
}

impl Metrics {
    /// Metrics of these workspaces and this cache.
    pub fn new(
        counters: Counters,
        workspaces: Workspaces,
        cache: Arc<Cache>,
        executions: Executions,
        connections: Arc<Connections>,
        admission: Admission,
    ) -> Self {
        let mut registry = registry::Registry::with_prefix("referral_gateway");
        let help = "GraphQL requests that came in: each has one outcome once it has ended";
        registry.register("requests_received", help, counters.received.clone());
        let help = "GraphQL requests, by what became of them";
        registry.register("requests", help, counters.requests.clone());
        let help = "Times of the requests that were executed";
        registry.register("request_seconds", help, counters.seconds.clone());
        let help = "Configurations that were read while the gateway ran, by what became of them";
        registry.register("config_reloads", help, counters.reloads.clone());
        let help = "When the configuration was taken by which requests are answered";
        let at = counters.configured_at.clone();
        registry.register("config_taken_timestamp_seconds", help, at);
        registry.register_collector(Box::new(edge::Readings(connections)));
        registry.register_collector(Box::new(admission::Readings(admission)));
        registry.register_collector(Box::new(Readings {
            workspaces,
            cache,
            executions,
        }));
        Self { registry, counters }
    }

    /// All that is counted, as Prometheus reads it.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }

    /// Counts a request that comes in.
    pub fn receive(&self) -> Received {
        self.counters.received.inc();
        Received {
            outcomes: self.counters.outcomes.clone(),
            is_counted: false,
        }
    }

    /// Counts an executed request and its time.
    pub fn executed(&self, received: Received, has_errors: bool, took: Duration) {
        received.count(if has_errors {
            Outcome::Errors
        } else {
            Outcome::Ok
        });
        self.counters.seconds.observe(took.as_secs_f64());
    }
}

impl Received {
    /// Counts what became of it.
    pub fn count(mut self, outcome: Outcome) {
        self.note(outcome);
    }

    fn note(&mut self, outcome: Outcome) {
        self.is_counted = true;
        self.outcomes[outcome as usize].inc();
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        if !self.is_counted {
            self.note(Outcome::Failed);
        }
    }
}

/// `GET /metrics`, for callers who may do everything: it tells of all workspaces.
pub async fn get(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let deadline = Instant::now() + app.request_timeout;
    match entry::visitor(&app, &headers, deadline).await {
        Ok(visitor) if visitor.caller.scopes.contains(Scope::Admin) => {}
        Ok(_) => return (StatusCode::FORBIDDEN, "This needs the scope admin.\n").into_response(),
        Err(_) => {
            let how = [(header::WWW_AUTHENTICATE, "Bearer")];
            return (
                StatusCode::UNAUTHORIZED,
                how,
                "This needs a key or token.\n",
            )
                .into_response();
        }
    }
    match app.metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What others count, read when it is asked for.
struct Readings {
    workspaces: Workspaces,
    cache: Arc<Cache>,
    executions: Executions,
}

/// The labels of a number.
pub(super) type Labels<'a> = &'a [(&'a str, &'a str)];

/// A vendor of a workspace.
struct Reading<'a> {
    workspace: &'a str,
    vendor: &'static str,
    adapter: &'a dyn Adapter,
}

impl<'a> Reading<'a> {
    fn labels(&self) -> [(&'static str, &'a str); 2] {
        [("workspace", self.workspace), ("vendor", self.vendor)]
    }

    fn with(&self, name: &'static str, value: &'a str) -> [(&'static str, &'a str); 3] {
        let [workspace, vendor] = self.labels();
        [workspace, vendor, (name, value)]
    }
}

impl Collector for Readings {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.cache(&mut encoder)?;
        let all: Vec<Reading<'_>> = self
            .workspaces
            .iter()
            .flat_map(|(workspace, parts)| {
                let adapters = parts.registry.adapters.iter();
                adapters.map(|(vendor, adapter)| Reading {
                    workspace: workspace.as_str(),
                    vendor: vendor.key(),
                    adapter: &**adapter,
                })
            })
            .collect();
        calls(&mut encoder, &all)?;
        states(&mut encoder, &all)?;
        let running = [(self.executions.running_now(), [].as_slice())];
        gauge(
            &mut encoder,
            "executions_running",
            "Reads being executed",
            running,
        )
    }
}

impl Readings {
    fn cache(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Looks for records and lists in the cache, by what came of them";
        let mut family =
            encoder.encode_descriptor("cache_reads", help, None, MetricType::Counter)?;
        for (workspace, parts) in self.workspaces.iter() {
            let counts = self.cache.counts(workspace);
            for (vendor, kind, used) in all_uses(&parts.registry) {
                let count = counts.get(vendor, kind, used);
                if count == 0 {
                    continue;
                }
                let labels: Labels<'_> = &[
                    ("workspace", workspace.as_str()),
                    ("vendor", vendor.key()),
                    ("kind", kind.name()),
                    ("use", used.name()),
                ];
                add(&mut family, labels, count)?;
            }
        }
        let (entries, bytes) = self.cache.size();
        let help = "Records and lists in the cache";
        gauge(encoder, "cache_entries", help, [(entries, [].as_slice())])?;
        let help = "What the cache holds is reckoned to take, in bytes";
        gauge(
            encoder,
            "cache_weight_bytes",
            help,
            [(bytes, [].as_slice())],
        )
    }
}

fn all_uses(registry: &Registry) -> impl Iterator<Item = (Vendor, Kind, Use)> {
    registry.adapters.keys().flat_map(|vendor| {
        let kinds = Kind::ALL.into_iter();
        kinds.flat_map(move |kind| Use::ALL.into_iter().map(move |used| (*vendor, kind, used)))
    })
}

fn calls(encoder: &mut DescriptorEncoder<'_>, all: &[Reading<'_>]) -> fmt::Result {
    let counted: Vec<(&Reading<'_>, Counted)> = all
        .iter()
        .map(|reading| (reading, reading.adapter.vitals().counts().read()))
        .collect();
    let help = "Calls to vendors that went out, by what came of them";
    let mut family = encoder.encode_descriptor("vendor_calls", help, None, MetricType::Counter)?;
    for (reading, counted) in &counted {
        for (outcome, count) in counted.calls.iter().filter(|(_, count)| *count > 0) {
            add(&mut family, &reading.with("outcome", outcome), *count)?;
        }
    }
    let help = "Calls to vendors that were made again";
    let mut family =
        encoder.encode_descriptor("vendor_retries", help, None, MetricType::Counter)?;
    for (reading, counted) in &counted {
        add(&mut family, &reading.labels(), counted.retries)?;
    }
    let help = "Calls to vendors that were not made, by the reason";
    let mut family =
        encoder.encode_descriptor("vendor_calls_refused", help, None, MetricType::Counter)?;
    for (reading, counted) in &counted {
        let reasons = [
            ("circuit", counted.refused_by_breaker),
            ("pause", counted.refused_by_pause),
            ("queue", counted.expired_in_queue),
        ];
        for (reason, count) in reasons {
            add(&mut family, &reading.with("reason", reason), count)?;
        }
    }
    let help = "Times of calls to vendors";
    let mut family =
        encoder.encode_descriptor("vendor_call_seconds", help, None, MetricType::Histogram)?;
    for (reading, counted) in &counted {
        let bounds = BUCKETS_MS
            .iter()
            .map(|bound| Duration::from_millis(*bound).as_secs_f64());
        let buckets: Vec<(f64, u64)> = bounds.chain([f64::MAX]).zip(counted.buckets).collect();
        let calls = counted.buckets.iter().sum();
        family
            .encode_family(&reading.labels())?
            .encode_histogram::<NoLabelSet>(counted.took.as_secs_f64(), calls, &buckets, None)?;
    }
    Ok(())
}

fn states(encoder: &mut DescriptorEncoder<'_>, all: &[Reading<'_>]) -> fmt::Result {
    let labels: Vec<[(&str, &str); 2]> = all.iter().map(Reading::labels).collect();
    let circuits = all.iter().zip(&labels).map(|(reading, labels)| {
        let state = match reading.adapter.vitals().circuit() {
            Circuit::Closed => 0,
            Circuit::HalfOpen => 1,
            Circuit::Open => 2,
        };
        (state, labels.as_slice())
    });
    let help = "The vendor's circuit: 0 closed, 1 half open, 2 open";
    gauge(encoder, "vendor_circuit", help, circuits)?;
    let pauses = all.iter().zip(&labels).map(|(reading, labels)| {
        let is_paused = reading.adapter.vitals().paused_until().is_some();
        (u64::from(is_paused), labels.as_slice())
    });
    let help = "Whether the vendor wants to be left alone";
    gauge(encoder, "vendor_paused", help, pauses)
}

/// Adds a number to a family of counters.
pub(super) fn add(family: &mut MetricEncoder<'_>, labels: Labels<'_>, count: u64) -> fmt::Result {
    family
        .encode_family(&labels)?
        .encode_counter::<NoLabelSet, _, u64>(&count, None)
}

/// A family of gauges.
pub(super) fn gauge<'a>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    values: impl IntoIterator<Item = (u64, Labels<'a>)>,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (value, labels) in values {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        family.encode_family(&labels)?.encode_gauge(&value)?;
    }
    Ok(())
}

impl fmt::Debug for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Readings")
    }
}
