//! By which names the gateway may be addressed. While callers are not authenticated, a page on the web must not be able
//! to reach it through a name that was pointed at this machine.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::App;

/// Host names beside loopback's.
#[derive(Clone, Debug, Default)]
pub struct AllowedHosts(Vec<String>);

impl AllowedHosts {
    /// These names, and loopback.
    pub fn new(names: &[String]) -> Self {
        Self(names.iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    /// Whether a `Host` header, with or without port, names this gateway.
    pub fn allow(&self, host: &str) -> bool {
        let name = without_port(host).to_ascii_lowercase();
        let address = name
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>();
        name == "localhost"
            || address.is_ok_and(|address| address.is_loopback())
            || self.0.contains(&name)
    }
}

/// Refuses requests that came in by another name.
pub async fn refuse_foreign(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(allowed) = &app.allowed_hosts else {
        return next.run(request).await;
    };
    // A whole address in the request line wins over the header (RFC 9112, section 3.2.2).
    let authority = request.uri().authority();
    let host = authority.map(axum::http::uri::Authority::as_str);
    let host = host.or_else(|| request.headers().get(header::HOST)?.to_str().ok());
    if host.is_some_and(|host| allowed.allow(host)) {
        return next.run(request).await;
    }
    let text = "This gateway is not addressed by this host name; see server.allowed_hosts in its configuration.\n";
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
}

fn without_port(host: &str) -> &str {
    if let Some(end) = host.find(']') {
        return &host[..=end];
    }
    host.split(':').next().unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_and_the_listed_names_are_ours() {
        let hosts = AllowedHosts::new(&["Gateway.example.com".to_owned()]);
        for ours in [
            "localhost",
            "localhost:4000",
            "127.0.0.1:4000",
            "[::1]:4000",
            "127.8.8.8",
            "gateway.example.com:443",
        ] {
            assert!(hosts.allow(ours), "{ours}");
        }
        for foreign in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "[2001:db8::1]:80",
            "",
        ] {
            assert!(!hosts.allow(foreign), "{foreign}");
        }
    }
}
