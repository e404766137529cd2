//! Serving, and ending: requests under way are finished, for as long as the grace allows.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket};
use tokio::time::timeout;
use tracing::{info, warn};

use super::edge::Edge;
use super::live::Live;

/// How many connections may wait to be accepted; as a rule the kernel allows no more. Of those beyond it the kernel forgets
/// some that look open to their clients.
const BACKLOG: u32 = 4_096;

/// Listens there.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // As a restart finds the last process's connections still there.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `shutdown`, then finishes what runs, but for no longer than the grace that is configured by then.
pub async fn run(
    listener: TcpListener,
    live: Arc<Live>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    live.app().workspaces.start().await;
    let edge = Edge::new(live.clone());
    tokio::select! {
        never = edge.accept(&listener) => match never {},
        () = shutdown => {}
    }
    info!("shutting down: finishing what runs");
    edge.take_waiting(&listener);
    // From here on new connections are refused, or wait for whoever else has the socket.
    drop(listener);
    live.app().ending.cancel();
    // By what answers in the end.
    let app = live.app();
    let grace = app.shutdown_grace;
    if timeout(grace, edge.finished()).await.is_err() {
        warn!("requests were still running when the time for shutdown was used up");
        edge.cut();
    }
    app.workspaces.finish(grace).await;
    // What was removed from the configuration has had its own grace as well.
    app.leaving.close();
    timeout(grace, app.leaving.wait()).await.ok();
    Ok(())
}
