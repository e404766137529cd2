//! By which names the gateway may be addressed. While callers are not authenticated, a page on the web must not be able
//! to reach it through a name that was pointed at this machine.

use std::net::{Ipv4Addr, Ipv6Addr};
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
        let Some(name) = without_port(host) else {
            return false;
        };
        let name = name.to_ascii_lowercase();
        name == "localhost" || is_loopback(&name) || self.0.contains(&name)
    }
}

/// Refuses requests that came in by another name.
pub async fn refuse_foreign(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if is_ours(&app, &request) {
        return next.run(request).await;
    }
    let text = "This gateway is not addressed by this host name; see server.allowed_hosts in its configuration.\n";
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
}

/// Whether a request came in by a name of ours.
pub(super) fn is_ours(app: &App, request: &Request) -> bool {
    let Some(allowed) = &app.allowed_hosts else {
        return true;
    };
    // A whole address in the request line wins over the header (RFC 9112, section 3.2.2).
    let authority = request.uri().authority();
    let host = authority.map(axum::http::uri::Authority::as_str);
    let host = host.or_else(|| request.headers().get(header::HOST)?.to_str().ok());
    host.is_some_and(|host| allowed.allow(host))
}

/// The name or address of a `Host` header that has nothing behind it but perhaps a port.
fn without_port(host: &str) -> Option<&str> {
    let end = match host.find(']') {
        Some(last) => last + 1,
        None => host.find(':').unwrap_or(host.len()),
    };
    let (name, port) = host.split_at(end);
    let is_number = |digits: &str| {
        let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        are_digits && (digits.is_empty() || digits.parse::<u16>().is_ok())
    };
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_number);
    is_port.then_some(name)
}

fn is_loopback(name: &str) -> bool {
    match name.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        Some(address) => address
            .parse()
            .is_ok_and(|address: Ipv6Addr| address.is_loopback()),
        None => name
            .parse()
            .is_ok_and(|address: Ipv4Addr| address.is_loopback()),
    }
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
            "[127.0.0.1]",
            "[::1]evil.example",
            "[::1%25lo]",
            "evil.example[::1]",
            "localhost:evil.example",
            "localhost:+80",
            "localhost:99999",
            "",
        ] {
            assert!(!hosts.allow(foreign), "{foreign}");
        }
    }
}
