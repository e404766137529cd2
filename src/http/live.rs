//! What answers just now: it can be exchanged as a whole between two requests, while connections stay.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;

use super::{App, router};

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

    /// Its routes.
    pub(super) fn router(&self) -> Router {
        self.0.load().router.clone()
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
}
