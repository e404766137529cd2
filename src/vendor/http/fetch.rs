//! Fetching a public document that is no vendor's: the keys of those who sign tokens.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::timeout;
use url::Url;

/// Fetches documents. It follows no redirect, keeps no cookie, and uses no proxy.
#[derive(Clone)]
pub struct Fetcher(reqwest::Client);

impl Fetcher {
    /// One for any number of addresses.
    pub fn new() -> Result<Self, &'static str> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the folder that clients are built in"
        )]
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .pool_max_idle_per_host(1)
            .user_agent(concat!("referral-gateway/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self(http.map_err(|_| "TLS could not be set up")?))
    }

    /// The document at this address, of no more than so many bytes, in no more than so much time.
    pub async fn get(
        &self,
        url: &Url,
        max_bytes: usize,
        within: Duration,
    ) -> Result<Bytes, &'static str> {
        let read = timeout(within, self.read(url, max_bytes)).await;
        read.unwrap_or(Err("it did not come in time"))
    }

    async fn read(&self, url: &Url, max_bytes: usize) -> Result<Bytes, &'static str> {
        let request = reqwest::Request::new(reqwest::Method::GET, url.clone());
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the folder that HTTP is sent from"
        )]
        let answer = self.0.execute(request).await;
        let mut answer = answer.map_err(|_| "it cannot be reached")?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err("the answer is not 200");
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| "the connection broke")? {
            if body.len() + chunk.len() > max_bytes {
                return Err("it is too long");
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}
