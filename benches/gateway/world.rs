//! The real gateway before vendors made for measuring, and a bare server beside it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use referral_gateway::clock::{Clock, ClockHand};
use referral_gateway::config::Config;
use referral_gateway::gateway;
use referral_gateway::http::live::Live;
use referral_gateway::http::request_id::RequestIds;
use referral_gateway::http::server::run;
use referral_gateway::random::Random;
use referral_gateway::sandbox::Sandbox;

use crate::server::Server;
use crate::vendors::Vendors;

/// Past every time that the cache knows, and short enough for the vendors' tokens to outlive a run.
const LONG: Duration = Duration::from_mins(61);

/// A gateway and its vendors.
pub(crate) struct World {
    pub(crate) gateway: Server,
    pub(crate) vendors: Arc<Vendors>,
    /// Where the vendors are.
    pub(crate) origin: String,
    hand: ClockHand,
    _vendors: Server,
}

impl World {
    /// Starts both, the gateway with so many threads and the vendors with the sandbox's own world. The clock stands still:
    /// what is cached stays fresh.
    pub(crate) fn start(threads: usize) -> Self {
        Self::of(threads, |_| {})
    }

    /// Starts both after this was done to the vendors.
    pub(crate) fn of(threads: usize, prepare: impl FnOnce(&Sandbox)) -> Self {
        let start = "2026-11-01T09:00:00Z".parse().expect("a time");
        let (clock, hand) = Clock::manual(start);
        let sandbox = Sandbox::new(&clock);
        prepare(&sandbox);
        let vendors = Vendors::new(sandbox.router());
        let router = vendors.router();
        let served = Server::start(|listener| async {
            let listener = listener.tap_io(|stream| {
                stream
                    .set_nodelay(true)
                    .expect("a connection of this process");
            });
            axum::serve(listener, router).await
        });
        let origin = format!("http://{}", served.address);
        let environment: HashMap<&str, String> = sandbox.environment(&origin).into_iter().collect();
        let config = Config::read(None, &|name| environment.get(name).cloned())
            .expect("the sandbox's environment is all that it takes");
        let app = gateway::build(config, &clock, &Random::system(), RequestIds::random())
            .expect("the adapters can be made");
        let gateway = Server::with_threads(threads, |listener| {
            run(listener, Live::new(app), std::future::pending())
        });
        Self {
            gateway,
            vendors,
            origin,
            hand,
            _vendors: served,
        }
    }

    /// Makes time pass until nothing in the cache may be used.
    pub(crate) fn forget(&self) {
        self.hand.advance(LONG);
    }
}

/// A server that reads each request and sends these bytes.
pub(crate) fn bare(answer: Vec<u8>) -> Server {
    let answer = Bytes::from(answer);
    let send = async move |_: Bytes| {
        (
            [(header::CONTENT_TYPE, "application/json; charset=utf-8")],
            answer.clone(),
        )
    };
    let router: Router = Router::new().route("/graphql", get(async || ()).post(send));
    Server::start(|listener| async { axum::serve(listener, router).await })
}
