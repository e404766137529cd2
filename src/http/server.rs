//! Serving, and ending: requests under way are finished, for as long as the grace allows.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::timeout;
use tracing::{info, warn};

use super::edge::Edge;
use super::{App, router};

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
