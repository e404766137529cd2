//! What the gateway's connections may take: `[server]`, of the edge.

use std::time::Duration;

use super::reader::{Section, key};
use super::small;

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// How many may be open at once.
    pub max_connections: usize,
    /// How long the head of a request may take to arrive.
    pub header_timeout: Duration,
    /// How long a connection may stay open between requests.
    pub idle_timeout: Duration,
    /// How long the client may take to read an answer.
    pub answer_timeout: Duration,
    /// How long a connection stays open at shutdown for one more request.
    pub drain_timeout: Duration,
}

impl Edge {
    /// Reads it.
    pub fn read(section: &mut Section<'_>) -> Self {
        Self {
            max_connections: small(section.number_or(
                key("max_connections", "How many connections may be open at once; further ones are closed as they come. Each takes a file descriptor."),
                10_000,
                1..=1_000_000,
            )),
            header_timeout: section.duration_or(
                key("header_timeout", "How long the head of a request may take to arrive, from its first byte, and how long a new connection may stay silent."),
                Duration::from_secs(10),
                Duration::from_millis(100)..=Duration::from_mins(2),
            ),
            idle_timeout: section.duration_or(
                key("idle_timeout", "How long a connection may stay open between requests. Longer than a load balancer in front keeps its own idle connections: it must be the one that closes them."),
                Duration::from_secs(75),
                Duration::from_millis(100)..=Duration::from_hours(1),
            ),
            answer_timeout: section.duration_or(
                key("answer_timeout", "How long a client may take to read an answer, from when it first makes the gateway wait. Then the answer is given up and the connection closed."),
                Duration::from_secs(30),
                Duration::from_millis(100)..=Duration::from_mins(10),
            ),
            drain_timeout: section.duration_or(
                key("drain_timeout", "How long a connection without a request stays open at shutdown: one that comes in this time is answered, and told that it was the connection's last. Only what is sent in the very moment of the closing after it is lost."),
                Duration::from_secs(1),
                Duration::ZERO..=Duration::from_mins(1),
            ),
        }
    }
}
