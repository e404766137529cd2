//! The gateway as its users meet it: HTTP to the real router, with the real sandbox behind it.

#![expect(
    clippy::unwrap_used,
    clippy::unused_async,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::default_trait_access,
    clippy::too_many_lines,
    unreachable_pub,
    reason = "a test fails by panicking, and reads best as one plain story"
)]

mod callers;
mod calls;
mod check;
mod config;
mod console;
mod cors;
mod cost;
mod crowds;
mod edge;
mod engine;
mod failures;
mod fields;
mod filters;
mod harness;
mod hostile;
mod liars;
mod limits;
mod lists;
mod metrics;
mod overload;
mod panics;
mod persisted;
mod projection;
mod protocol;
mod rate;
mod reload;
mod resilience;
mod rust_client;
mod schema;
mod secrecy;
mod stale;
mod switches;
mod tidy;
mod validated;
mod walks;
mod writes;
