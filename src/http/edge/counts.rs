//! The connections, counted. Those that were accepted are open or closed; those that were refused are neither.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use crate::http::metrics::{add, gauge};

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum End {
    /// As client and gateway had agreed.
    Done,
    /// It was open for too long without a request.
    Idle,
    /// The head of a request did not arrive in time.
    HeaderTimeout,
    /// The client did not take an answer in time.
    SlowReader,
    /// What came was no HTTP/1.1.
    Malformed,
    /// It broke off in the middle.
    Broken,
    /// The gateway ended.
    Shutdown,
}

/// The connections that there are and were.
#[derive(Debug, Default)]
pub struct Connections {
    accepted: AtomicU64,
    refused: AtomicU64,
    open: AtomicU64,
    closed: [AtomicU64; End::ALL.len()],
}

/// The same, for those who read metrics.
#[derive(Debug)]
pub(in crate::http) struct Readings(pub(in crate::http) Arc<Connections>);

/// An open connection. Dropped, it counts as broken.
pub(super) struct Open {
    connections: Arc<Connections>,
    end: End,
}

impl End {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Done,
        Self::Idle,
        Self::HeaderTimeout,
        Self::SlowReader,
        Self::Malformed,
        Self::Broken,
        Self::Shutdown,
    ];

    /// Its name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Idle => "idle",
            Self::HeaderTimeout => "header_timeout",
            Self::SlowReader => "slow_reader",
            Self::Malformed => "malformed",
            Self::Broken => "broken",
            Self::Shutdown => "shutdown",
        }
    }
}

impl Connections {
    /// Counts a connection, unless there are as many as there may be. One task does this.
    pub(super) fn open(self: &Arc<Self>, most: usize) -> Option<Open> {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        if self.open.load(Ordering::Relaxed) >= most {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        self.accepted.fetch_add(1, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
        Some(Open {
            connections: self.clone(),
            end: End::Broken,
        })
    }
}

impl Open {
    /// Counts its end.
    pub(super) fn close(mut self, end: End) {
        self.end = end;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.connections.open.fetch_sub(1, Ordering::Relaxed);
        self.connections.closed[self.end as usize].fetch_add(1, Ordering::Relaxed);
    }
}

impl Collector for Readings {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let connections = &self.0;
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let open = [(read(&connections.open), [].as_slice())];
        gauge(&mut encoder, "connections_open", "Open connections", open)?;
        let help = "Connections that were taken";
        let mut family =
            encoder.encode_descriptor("connections_accepted", help, None, MetricType::Counter)?;
        add(&mut family, &[], read(&connections.accepted))?;
        let help = "Connections that were closed as they came, since there were too many";
        let mut family =
            encoder.encode_descriptor("connections_refused", help, None, MetricType::Counter)?;
        add(&mut family, &[], read(&connections.refused))?;
        let help = "Connections that ended, by the reason";
        let mut family =
            encoder.encode_descriptor("connections_closed", help, None, MetricType::Counter)?;
        for end in End::ALL {
            let count = read(&connections.closed[end as usize]);
            add(&mut family, &[("reason", end.name())], count)?;
        }
        Ok(())
    }
}
