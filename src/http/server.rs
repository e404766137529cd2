//! Accepting connections, and ending: requests under way are finished, for as long as the grace allows.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tracing::{debug, info, warn};

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
    // An answer's end is never held back until the client has acknowledged what came before it.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "TCP_NODELAY could not be set");
        }
    });
    let serve = axum::serve(listener, router(app)).with_graceful_shutdown({
        let ending = ending.clone();
        async move {
            shutdown.await;
            info!("shutting down: finishing what runs");
            ending.cancel();
        }
    });
    let cut_short = async {
        ending.cancelled().await;
        tokio::time::sleep(grace).await;
    };
    let served = tokio::select! {
        served = serve => served,
        () = cut_short => {
            warn!("requests were still running when the time for shutdown was used up");
            Ok(())
        }
    };
    workspaces.finish(grace).await;
    served
}
