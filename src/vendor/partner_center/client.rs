//! One short method per endpoint. Every call carries an access token; one that is refused is replaced once.

use std::time::Duration;

use serde::Serialize;
use url::Url;

use super::query::TOP;
use super::token::{Credentials, Tokens};
use crate::model::Vendor;
use crate::vendor::http::{self, Answer, Connect, Method, Request};
use crate::vendor::{Call, Error, Kind, Native, Result, Vitals};

const LIST: &str = "list_referrals";
const GET: &str = "get_referral";
const CREATE: &str = "create_referral";
const PATCH: &str = "patch_referral";

/// Where the referrals are, below the base address.
const REFERRALS: [&str; 3] = ["v1.0", "engagements", "referrals"];

/// The referrals API of one partner.
pub(super) struct Client {
    http: http::Client,
    tokens: Tokens,
}

impl Client {
    pub(super) fn new(
        base_url: Url,
        token_url: Url,
        credentials: Credentials,
        connect: &Connect,
        before: Option<&Self>,
    ) -> Result<Self> {
        let before = before.map(|before| &before.tokens);
        let http = http::Client::new(Vendor::PartnerCenter, base_url, connect)?;
        let tokens = Tokens::new(token_url, credentials, connect, before)?;
        // Where tokens come from fails by itself, but without one the vendor cannot be used.
        http.vitals().watch(tokens.compartment());
        Ok(Self {
            http: http.classified_by(classify),
            tokens,
        })
    }

    pub(super) fn vitals(&self) -> &Vitals {
        self.http.vitals()
    }

    /// <https://learn.microsoft.com/partner-center/developer/get-a-list-of-referrals>
    pub(super) async fn list_referrals(
        &self,
        call: &Call,
        native: &Native,
        skip: u64,
    ) -> Result<Answer> {
        let mut request = self.http.get(LIST, REFERRALS);
        for (name, value) in &native.query {
            request = request.query(name, value);
        }
        request = request.query("$top", &TOP.to_string());
        if skip > 0 {
            request = request.query("$skip", &skip.to_string());
        }
        self.send(call, request).await
    }

    /// The smallest list there is, to see whether it can be read at all.
    pub(super) async fn probe(&self, call: &Call) -> Result<Answer> {
        let request = self.http.get(LIST, REFERRALS).query("$top", "1");
        self.send(call, request).await
    }

    /// Whether a link leads to this vendor, so that it may be followed with a token.
    pub(super) fn reaches(&self, link: &str) -> bool {
        self.http.follow(LIST, link).is_some()
    }

    /// The page that a list named as its next one. The published sample's link lacks a part of the documented path: where
    /// such a path is not there, the documented one is asked with the link's query. So is it for a path that names no
    /// list of referrals, since a link may come back from a client's cursor. `None` for a link to anywhere else.
    pub(super) async fn follow(&self, call: &Call, link: &str) -> Result<Option<Answer>> {
        let Some(request) = self.http.follow(LIST, link) else {
            return Ok(None);
        };
        let documented = self.http.get(LIST, REFERRALS).query_of(&request);
        let is_elsewhere = documented.path() != request.path();
        let names_referrals = request
            .path()
            .is_some_and(|path| path.trim_end_matches('/').ends_with("/referrals"));
        if !names_referrals {
            return self.send(call, documented).await.map(Some);
        }
        let answer = match self.send(call, request).await {
            Err(error) if is_elsewhere && error.kind == Kind::NotFound => {
                self.send(call, documented).await
            }
            answer => answer,
        };
        answer.map(Some)
    }

    /// <https://learn.microsoft.com/partner-center/developer/get-a-referral-by-id>
    pub(super) async fn get_referral(&self, call: &Call, id: &str) -> Result<Answer> {
        let path = REFERRALS.into_iter().chain([id]);
        self.send(call, self.http.get(GET, path)).await
    }

    /// <https://learn.microsoft.com/partner-center/developer/create-a-referral>
    pub(super) async fn create_referral(
        &self,
        call: &Call,
        body: &(impl Serialize + Sync),
    ) -> Result<Answer> {
        let request = self.http.request(CREATE, Method::POST, REFERRALS);
        self.send(call, request.json(body)).await
    }

    /// A JSON Patch, on condition that the version is still this one; without a version, whatever it is. It asks for the
    /// changed referral in return: else the answer is empty.
    /// <https://learn.microsoft.com/partner-center/developer/patch-a-referral>
    pub(super) async fn patch_referral(
        &self,
        call: &Call,
        id: &str,
        version: Option<&str>,
        patch: &(impl Serialize + ?Sized + Sync),
    ) -> Result<Answer> {
        let segments = REFERRALS.into_iter().chain([id]);
        let mut request = self.http.request(PATCH, Method::PATCH, segments);
        if let Some(version) = version {
            request = request.header("if-match", version);
        }
        let request = request.header("prefer", "return=representation");
        self.send(call, request.json(patch)).await
    }

    async fn send(&self, call: &Call, request: Request) -> Result<Answer> {
        let request = with_headers(request, call);
        // Whatever became of the refresh, this call has not been made.
        let token = self.token(call).await.map_err(Error::unsent)?;
        let first = request
            .clone()
            .made_again_when_unauthorized()
            .secret_header("authorization", &token.authorization);
        match self.http.send(call, first).await {
            Err(error) if error.status == Some(401) => self.tokens.discard(&token),
            outcome => return outcome,
        }
        let token = self.token(call).await.map_err(|error| Error {
            unsent: false,
            ..error
        })?;
        let again = request.secret_header("authorization", &token.authorization);
        self.http.send(call, again).await
    }

    /// Without a token the vendor cannot be used, so that it shows in how the vendor is doing.
    async fn token(&self, call: &Call) -> Result<std::sync::Arc<super::token::Token>> {
        let token = self.tokens.current(call).await;
        let is_news = |error: &Error| !matches!(error.kind, Kind::Deadline | Kind::CircuitOpen);
        if token.as_ref().is_err_and(is_news) {
            self.http.vitals().record(false, Duration::default());
        }
        token
    }
}

/// The gateway before the API says only in words how long to wait: "Try again in 57 seconds.";
/// <https://learn.microsoft.com/partner-center/developer/api-throttling-guidance>
fn classify(error: &mut Error) {
    let words = || {
        let text = std::str::from_utf8(error.body.as_deref()?).ok()?;
        let (_, rest) = text.split_once("Try again in ")?;
        rest.split(' ').next()?.parse().ok()
    };
    if error.kind == Kind::RateLimited && error.retry_after.is_none() {
        error.retry_after = words().map(Duration::from_secs);
    }
}

/// The headers of <https://github.com/MicrosoftDocs/partner-rest/blob/5c30e90/partner-rest/develop/headers.md>. The id is ours, so that the vendor's
/// support and our log speak of the same request; it must be a GUID.
fn with_headers(request: Request, call: &Call) -> Request {
    let request = request.header("accept", "application/json");
    match uuid::Uuid::parse_str(&call.request_id) {
        Ok(id) => request.header("client-request-id", &id.to_string()),
        Err(_) => request,
    }
}
