//! The loop that accepts connections.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use super::counts::End;
use super::{connection, room};
use crate::http::live::Live;

/// How long nothing is accepted after the machine could not give us a connection, for want of descriptors as a rule.
const PAUSE: Duration = Duration::from_millis(50);

/// How often the log tells of it.
const WARNED: Duration = Duration::from_secs(1);

/// Takes connections and serves them.
pub struct Edge {
    /// What answers, and within which bounds: each connection keeps those that it began with.
    live: Arc<Live>,
    /// Raised when the time for that is used up.
    cut: CancellationToken,
    serving: TaskTracker,
}

/// What is done about failures to accept.
#[derive(Default)]
pub(super) struct Failures {
    warned: Option<Instant>,
    untold: u64,
}

/// What is done about a failure to accept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It was one connection's own.
    Passing,
    /// Nothing is accepted for a moment, and nothing said.
    Pause,
    /// The same, and the log tells how often it has happened.
    PauseAndTell(u64),
}

impl Edge {
    /// For what serves.
    pub fn new(live: Arc<Live>) -> Self {
        Self {
            live,
            cut: CancellationToken::new(),
            serving: TaskTracker::new(),
        }
    }

    /// Accepts and serves for ever.
    pub async fn accept(&self, listener: &TcpListener) -> Infallible {
        let max_connections = self.live.app().edge.max_connections;
        room::make(listener, max_connections);
        let mut failures = Failures::default();
        loop {
            let error = match listener.accept().await {
                Ok((stream, _)) => {
                    self.take(stream);
                    continue;
                }
                Err(error) => error,
            };
            match failures.note(&error, Instant::now()) {
                Failure::Passing => continue,
                Failure::Pause => {}
                Failure::PauseAndTell(times) => {
                    warn!(%error, times, "connections cannot be accepted");
                }
            }
            sleep(PAUSE).await;
        }
    }

    /// Takes those who wait to be accepted: with the last listener of a socket they would be cut off.
    pub fn take_waiting(&self, listener: &TcpListener) {
        while let Some(Ok((stream, _))) = listener.accept().now_or_never() {
            self.take(stream);
        }
    }

    /// Waits until every connection has ended. None is to be accepted any more.
    pub async fn finished(&self) {
        self.serving.close();
        self.serving.wait().await;
    }

    /// Ends what is still being served.
    pub fn cut(&self) {
        self.cut.cancel();
    }

    fn take(&self, stream: TcpStream) {
        let app = self.live.app();
        let Some(open) = app.connections.open(app.edge.max_connections) else {
            return;
        };
        // An answer's end is never held back until the client has acknowledged what came before it.
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "TCP_NODELAY could not be set");
        }
        let (bounds, ending) = (app.edge, app.ending.clone());
        let (live, cut) = (self.live.clone(), self.cut.clone());
        self.serving.spawn(async move {
            let serving = |request| live.answer(request);
            let end = tokio::select! {
                end = connection::serve(stream, serving, bounds, &ending) => end,
                () = cut.cancelled() => End::Shutdown,
            };
            open.close(end);
        });
    }
}

impl Failures {
    /// Notes a failure, and says what to do.
    pub(super) fn note(&mut self, error: &io::Error, now: Instant) -> Failure {
        let of_one = [
            io::ErrorKind::ConnectionAborted,
            io::ErrorKind::ConnectionRefused,
            io::ErrorKind::ConnectionReset,
        ];
        if of_one.contains(&error.kind()) {
            return Failure::Passing;
        }
        self.untold += 1;
        if self.warned.is_some_and(|warned| now < warned + WARNED) {
            return Failure::Pause;
        }
        self.warned = Some(now);
        Failure::PauseAndTell(std::mem::take(&mut self.untold))
    }
}
