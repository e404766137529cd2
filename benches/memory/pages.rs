//! Vendors with many referrals: the sandbox's own rows, each repeated in its place under ids of its own.

use std::collections::HashMap;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// How many rows every vendor has.
pub(crate) const ROWS: usize = 10_000;

/// No vendor gives more at once.
const PAGE: usize = 100;

/// How one vendor writes its list.
struct Shape {
    path: &'static str,
    rows: &'static str,
    ids: &'static [&'static str],
    totals: &'static [(&'static str, usize)],
    /// The parameter that says where a page begins, and of how many rows its unit is.
    place: (&'static str, usize),
}

const SHAPES: &[Shape] = &[
    Shape {
        path: "/api/referral-opps",
        rows: "/data/referralOpps",
        ids: &["id", "pipelineDealId"],
        totals: &[("/data/total", ROWS)],
        place: ("offset", 1),
    },
    Shape {
        path: "/api/v1/referrals",
        rows: "/data",
        ids: &["uuid"],
        totals: &[("/meta/total", ROWS), ("/meta/last_page", ROWS / PAGE)],
        place: ("page", PAGE),
    },
    Shape {
        path: "/engagements/referrals",
        rows: "/value",
        ids: &["id"],
        totals: &[("/@odata.count", ROWS)],
        place: ("$skip", 1),
    },
    Shape {
        path: "/referrals",
        rows: "/referrals",
        ids: &["id"],
        totals: &[("/totalCount", ROWS)],
        place: ("offset", 1),
    },
];

/// The sandbox with its lists made long.
pub(crate) fn enlarged(sandbox: Router) -> Router {
    Router::new().fallback(async move |request: Request| answer(sandbox, request).await)
}

async fn answer(sandbox: Router, request: Request) -> Response {
    let path = request.uri().path();
    let shape = SHAPES.iter().find(|shape| path.ends_with(shape.path));
    let Some(shape) = shape else {
        let Ok(response) = sandbox.oneshot(request).await;
        return response;
    };
    let start = shape.start(request.uri().query().unwrap_or_default());
    let (mut parts, body) = request.into_parts();
    parts.uri = shape.first_page(&parts.uri);
    // The address as it first came is among these, and an emulator may look at it.
    parts.extensions.clear();
    let Ok(response) = sandbox.oneshot(Request::from_parts(parts, body)).await;
    let body = to_bytes(response.into_body(), usize::MAX)
        .await
        .expect("the sandbox's answers end");
    let mut list: Value = serde_json::from_slice(&body).expect("the sandbox answers in JSON");
    shape.enlarge(&mut list, start);
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, list.to_string()).into_response()
}

impl Shape {
    /// How many rows lie before the page that is asked for.
    fn start(&self, query: &str) -> usize {
        let parameters: HashMap<_, _> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let (name, unit) = self.place;
        let place = parameters.get(name).and_then(|text| text.parse().ok());
        place.map_or(
            0,
            |place: usize| if unit == 1 { place } else { (place - 1) * unit },
        )
    }

    /// The same call of the list's beginning.
    fn first_page(&self, uri: &axum::http::Uri) -> axum::http::Uri {
        let query = uri.query().unwrap_or_default();
        let pairs =
            url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| *name != self.place.0);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        format!("{}?{query}", uri.path())
            .parse()
            .expect("made of parts of an address")
    }

    /// Each row stands for several in a row, so that an order by time is kept.
    fn enlarge(&self, list: &mut Value, start: usize) {
        for (total, count) in self.totals {
            if let Some(place) = list.pointer_mut(total) {
                *place = json!(count);
            }
        }
        let rows = list.pointer_mut(self.rows).and_then(Value::as_array_mut);
        let rows = rows.expect("the list is where the vendor documents it");
        let known = std::mem::take(rows);
        for index in start..(start + PAGE).min(ROWS) {
            let mut row = known[index * known.len() / ROWS].clone();
            for id in self.ids {
                let text = row[id].as_str().expect("an id is a text");
                row[id] = json!(format!("{}{index:06}", &text[..text.len() - 6]));
            }
            rows.push(row);
        }
    }
}
