//! Servers, each on a runtime of its own, and how much processor time the only thread of one has used.

use std::fs;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// A server on threads of its own. It ends with this.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Where the system tells of its first thread.
    thread: String,
    _runtime: Runtime,
}

impl Server {
    /// Starts a server with one thread: `serve` is given the listener.
    pub(crate) fn start<F>(serve: impl FnOnce(TcpListener) -> F) -> Self
    where
        F: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        Self::with_threads(1, serve)
    }

    /// Starts a server with so many threads.
    pub(crate) fn with_threads<F>(threads: usize, serve: impl FnOnce(TcpListener) -> F) -> Self
    where
        F: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        let (tell, told) = mpsc::channel();
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .on_thread_start(move || {
                let thread = fs::read_link("/proc/thread-self").unwrap_or_default();
                // Nobody listens any more when a thread for blocking work starts later.
                let _ = tell.send(thread.to_string_lossy().into_owned());
            })
            .enable_all()
            .build()
            .expect("a runtime can be made");
        let thread = told.recv().expect("the worker starts");
        let bind = TcpListener::bind("127.0.0.1:0");
        let listener = runtime.block_on(bind).expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        runtime.spawn(serve(listener));
        Self {
            address,
            thread,
            _runtime: runtime,
        }
    }

    /// The processor time that the first thread has used so far; none where the system does not tell.
    pub(crate) fn processor_time(&self) -> Option<Duration> {
        let text = fs::read_to_string(format!("/proc/{}/schedstat", self.thread)).ok()?;
        let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
        Some(Duration::from_nanos(nanoseconds))
    }
}
