//! The log. It holds request ids, vendors, operations, statuses and times; never credentials, names, addresses or what
//! a referral is about.

use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::Log;

/// Starts the log on standard error, and makes panics a line in it: their place, not their message, which may quote
/// data.
pub fn start(log: &Log) {
    // A second start, as in tests, keeps the first.
    let _ = Registry::default()
        .with(lines(log, std::io::stderr().is_terminal(), std::io::stderr))
        .try_init();
    std::panic::set_hook(Box::new(tell_place));
}

/// Tells the log where a panic was.
pub fn tell_place(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    tracing::error!(place, "panic");
}

/// The log's lines, written to wherever.
pub fn lines<S, W>(log: &Log, is_colourful: bool, writer: W) -> impl Layer<S> + use<S, W>
where
    S: tracing::Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let wanted = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = wanted.and(filter_fn(may_be_told));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(is_colourful)
        .with_writer(writer);
    if log.json {
        lines.json().with_filter(filter).boxed()
    } else {
        lines.with_filter(filter).boxed()
    }
}

/// Libraries, asked for more than INFO, tell what they carry: headers, addresses, statements. However much is asked for,
/// only our own code is, since it is known to hold to what may be told.
fn may_be_told(about: &Metadata<'_>) -> bool {
    let is_ours = about.target().starts_with("referral_gateway");
    is_ours || *about.level() <= Level::INFO
}
