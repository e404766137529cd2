//! Answers to pages of other sites: none, unless the configuration names their origin.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer, Vary};

use super::request_id;
use crate::config::cors::{Cors, Origins};

/// How long a browser may remember what it was told. Chromium keeps nothing for longer.
const REMEMBERED: Duration = Duration::from_hours(2);

/// What lets the pages in that may ask; nothing, if none may.
pub(super) fn layer(cors: &Cors) -> Option<CorsLayer> {
    let origin = match &cors.origins {
        Origins::Own => return None,
        Origins::Any => AllowOrigin::any(),
        Origins::Listed(origins) => {
            let values = origins.iter().map(|origin| HeaderValue::from_str(origin));
            AllowOrigin::list(values.filter_map(Result::ok))
        }
    };
    // What a page of an origin that may ask sends along is its own affair.
    let layer = CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([
            HeaderName::from_static(request_id::HEADER),
            header::RETRY_AFTER,
            header::ETAG,
        ])
        .vary(Vary::list([header::ORIGIN]))
        .max_age(REMEMBERED);
    let may_send_credentials = cors.credentials && cors.origins != Origins::Any;
    Some(layer.allow_credentials(may_send_credentials))
}
