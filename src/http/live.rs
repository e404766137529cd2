//! What answers just now: it can be exchanged as a whole between two requests, while connections stay.

use std::convert::Infallible;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use tower::ServiceExt as _;

use super::{App, GRAPHQL, entry, hosts, router};
use crate::config::cors::Origins;

/// What answers just now. A request is answered to its end by what answered when it came.
pub struct Live(ArcSwap<Serving>);

struct Serving {
    app: Arc<App>,
    router: Router,
}

impl Live {
    /// At first this one answers.
    pub fn new(app: Arc<App>) -> Arc<Self> {
        Arc::new(Self(ArcSwap::from_pointee(Serving::new(app))))
    }

    /// What answers.
    pub fn app(&self) -> Arc<App> {
        self.0.load().app.clone()
    }

    /// Answers a request.
    pub(super) async fn answer(&self, request: Request) -> Result<Response, Infallible> {
        let serving = self.0.load_full();
        if serving.needs_no_routes(&request) {
            let (head, body) = request.into_parts();
            let answer = entry::post(serving.app.clone(), head.headers, body).await;
            return Ok(answer.into_response());
        }
        serving.router.clone().oneshot(request).await
    }

    /// From now on this one answers.
    pub fn exchange(&self, app: Arc<App>) {
        self.0.store(Arc::new(Serving::new(app)));
    }
}

impl Serving {
    fn new(app: Arc<App>) -> Self {
        Self {
            router: router(app.clone()),
            app,
        }
    }

    /// Whether the routes would lead this request, as nearly all, straight to [`entry::post`]. To go through them is a
    /// quarter of the instructions that it takes to turn a request away, and how much of its work the gateway gets done while
    /// it is flooded depends on that.
    fn needs_no_routes(&self, request: &Request) -> bool {
        request.method() == Method::POST
            && request.uri().path() == GRAPHQL
            && self.app.cors.origins == Origins::Own
            && hosts::is_ours(&self.app, request)
    }
}
