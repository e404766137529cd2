//! The only HTTP client. It follows no redirects, goes through no proxy, reads no more than the cap, retries reads alone
//! and within a budget, leaves a vendor alone that is down or asked for it, and turns every failure into an
//! [`Error`](super::Error) that says what to do next.

mod client;

mod answer;
mod request;

mod compartment;
mod exchange;

mod fetch;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use answer::Answer;
pub use client::Client;
pub use compartment::Compartment;
pub use fetch::Fetcher;
pub use request::{Request, secret_of};
pub use reqwest::Method;

use crate::clock::Clock;
use crate::model::Workspace;
use crate::random::Random;
use crate::vendor::Adapter;

/// What an adapter runs on.
#[derive(Clone)]
pub struct Connect {
    /// For which customer.
    pub workspace: Workspace,
    /// Tells the time.
    pub clock: Clock,
    /// Draws the numbers that spread retries over time.
    pub random: Random,
    /// How much a vendor may take of us.
    pub limits: Limits,
    /// Where what must outlive the process is kept; `None` keeps it in memory.
    pub data_dir: Option<PathBuf>,
    /// The adapter that this one comes in place of, configured otherwise: some of what it knows may be taken over, and it
    /// may go on working for a while.
    pub predecessor: Option<Arc<dyn Adapter>>,
}

/// How much a vendor may take of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long one call may take, to its last byte.
    pub timeout: Duration,
    /// How many calls may be under way at once.
    pub concurrency: usize,
    /// How often a read that failed is made again.
    pub retries: u32,
    /// How many bytes of an answer are read, after decoding.
    pub max_body: usize,
}
