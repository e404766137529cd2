//! The console, GraphiQL and their scripts, embedded in the binary. Without the bundle there is no console, and a plain
//! playground that needs nothing else in place of GraphiQL.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use rust_embed::{Embed, EmbeddedFile};

use super::App;

const HTML: &str = "text/html; charset=utf-8";

/// What `make web` built; empty before that.
#[derive(Embed)]
#[folder = "web/dist/"]
#[allow_missing = true]
struct Bundle;

/// Monaco writes inline styles and GraphiQL's fonts are data: the rest is our own origin alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Any path of the console: its page takes it from there.
pub async fn console(State(app): State<Arc<App>>) -> Response {
    match Bundle::get("console/index.html") {
        Some(page) if app.graphiql => file(page, HTML, "no-cache"),
        Some(page) => body(without_graphiql(&page.data).into(), HTML, "no-cache"),
        None => (
            StatusCode::NOT_FOUND,
            "The console has not been built: `make web` builds it.\n",
        )
            .into_response(),
    }
}

/// The console's page where GraphiQL is not served: by this line of its head it would link to it.
fn without_graphiql(page: &[u8]) -> String {
    String::from_utf8_lossy(page).replace(r#"<meta name="graphiql" content="/graphiql" />"#, "")
}

/// `/` without a console.
pub async fn to_graphiql() -> Redirect {
    Redirect::temporary("/graphiql")
}

/// `/`: the console, or GraphiQL's stand-in as long as the bundle is not built.
pub async fn console_or_graphiql(app: State<Arc<App>>) -> Response {
    if Bundle::get("console/index.html").is_some() {
        return console(app).await;
    }
    to_graphiql().await.into_response()
}

/// `/graphiql`.
pub async fn graphiql() -> Response {
    match Bundle::get("graphiql/index.html") {
        Some(page) => file(page, HTML, "no-cache"),
        None => body(include_str!("playground.html").into(), HTML, "no-cache"),
    }
}

/// The script of the page that stands in for the bundle.
pub async fn playground_script() -> Response {
    body(
        include_str!("playground.js").into(),
        "text/javascript; charset=utf-8",
        "no-cache",
    )
}

/// A file of the bundle. Its name holds a hash of its content, so that it may be kept for ever.
pub async fn asset(Path(path): Path<String>) -> Response {
    let Some(found) = Bundle::get(&format!("assets/{path}")) else {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    };
    let content_type = found.metadata.mimetype().to_owned();
    file(found, &content_type, "public, max-age=31536000, immutable")
}

fn file(file: EmbeddedFile, content_type: &str, cache: &'static str) -> Response {
    body(file.data.into_owned().into(), content_type, cache)
}

fn body(body: axum::body::Body, content_type: &str, cache: &'static str) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value))
    };
    set(header::CACHE_CONTROL, cache);
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    if let Ok(content_type) = HeaderValue::from_str(content_type) {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
    }
    response
}
