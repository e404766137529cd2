//! One exchange with a vendor: a request out, an answer in, no more of it than the cap.

use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::{Answer, Limits};
use crate::model::Vendor;
use crate::vendor::error::{Error, Kind, Result};

/// A vendor's own connections.
pub(super) struct Connections {
    vendor: Vendor,
    http: reqwest::Client,
    max_body: usize,
}

impl Connections {
    pub(super) fn new(vendor: Vendor, limits: &Limits) -> Result<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the module that clients are built in"
        )]
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .connect_timeout(connect_timeout(limits.timeout))
            .pool_max_idle_per_host(limits.concurrency)
            .user_agent(concat!("referral-gateway/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| {
                Error::new(
                    vendor,
                    "connect",
                    Kind::Unavailable,
                    "TLS could not be set up",
                )
            })?;
        Ok(Self {
            vendor,
            http,
            max_body: limits.max_body,
        })
    }

    /// Sends the request and reads the answer to its end, whatever its status.
    pub(super) async fn exchange(
        &self,
        operation: &'static str,
        outgoing: reqwest::Request,
    ) -> Result<Answer> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the module that HTTP is sent from"
        )]
        let mut response = self
            .http
            .execute(outgoing)
            .await
            .map_err(|error| self.broken(operation, &error))?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        // Room for all of it at once, as far as the vendor says how much that is and it may be read at all.
        let announced = response.content_length().unwrap_or_default();
        let room = usize::try_from(announced).map_or(self.max_body, |it| it.min(self.max_body));
        let (mut first, mut body) = (Bytes::new(), BytesMut::new());
        loop {
            let chunk = response.chunk().await;
            let Some(chunk) = chunk.map_err(|error| self.broken(operation, &error))? else {
                break;
            };
            if first.len().max(body.len()) + chunk.len() > self.max_body {
                let detail = format!("the answer is longer than {} bytes", self.max_body);
                return Err(Error::new(
                    self.vendor,
                    operation,
                    Kind::InvalidResponse,
                    detail,
                ));
            }
            if first.is_empty() {
                // Most come in one piece, which need not be copied.
                first = chunk;
                continue;
            }
            if body.is_empty() {
                body.reserve(room);
                body.extend_from_slice(&first);
            }
            body.extend_from_slice(&chunk);
        }
        let body = if body.is_empty() {
            first
        } else {
            body.freeze()
        };
        Ok(Answer {
            vendor: self.vendor,
            operation,
            status,
            headers,
            body,
        })
    }

    /// What the HTTP library says never holds a URL or a header here: its words are not passed on.
    fn broken(&self, operation: &'static str, error: &reqwest::Error) -> Error {
        let fail = |kind, detail| Error::new(self.vendor, operation, kind, detail);
        if error.is_connect() {
            // The name, the connection and TLS come before the request: not a byte of it went out.
            let kind = if error.is_timeout() {
                Kind::Timeout
            } else {
                Kind::Unavailable
            };
            return fail(kind, "could not connect").unsent();
        }
        let detail = if error.is_decode() {
            "the answer's encoding is broken"
        } else {
            "the connection broke before the answer was whole"
        };
        fail(Kind::Unavailable, detail)
    }
}

/// Ends well before the call's own time, so that a vendor which cannot be reached is told from one that does not answer:
/// only the former is known to have got nothing.
fn connect_timeout(timeout: Duration) -> Duration {
    timeout / 2
}
