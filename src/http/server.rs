//! Serving, and ending: requests under way are finished, for as long as the grace allows.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::time::timeout;
use tracing::{info, warn};

use super::edge::Edge;
use super::{App, router};

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

/// Serves until `shutdown`, then finishes what runs, but for no longer than `grace`.
pub async fn run(
    listener: TcpListener,
    app: Arc<App>,
    grace: Duration,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let ending = app.ending.clone();
    let workspaces = app.workspaces.clone();
    workspaces.start().await;
    let edge = Edge::new(app.edge, app.connections.clone(), ending.clone());
    // The listener ends with its loop: from then on new connections are refused.
    tokio::select! {
        never = edge.accept(listener, router(app)) => match never {},
        () = shutdown => {}
    }
    info!("shutting down: finishing what runs");
    ending.cancel();
    if timeout(grace, edge.finished()).await.is_err() {
        warn!("requests were still running when the time for shutdown was used up");
        edge.cut();
    }
    workspaces.finish(grace).await;
    Ok(())
}
