//! Plannr's documented calls, one method each.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::wire;
use crate::model::Vendor;
use crate::vendor::error::found;
use crate::vendor::http::{self, Answer, Connect, Method, Request};
use crate::vendor::wire::Row;
use crate::vendor::{Call, Kind, Result, Vitals};

/// How many rows of a list are asked for at once. Plannr documents at most 500 where it documents the parameter.
pub(super) const PER_PAGE: usize = 100;

pub(super) struct Client {
    http: http::Client,
    authorization: SecretString,
    account: String,
}

impl Client {
    pub(super) fn new(
        base: Url,
        access_token: &SecretString,
        account: String,
        connect: &Connect,
    ) -> Result<Self> {
        Ok(Self {
            http: http::Client::new(Vendor::Plannr, base, connect)?,
            authorization: http::secret_of(&["Bearer ", access_token.expose_secret()]),
            account,
        })
    }

    pub(super) fn vitals(&self) -> &Vitals {
        self.http.vitals()
    }

    pub(super) fn account(&self) -> &str {
        &self.account
    }

    /// Whether a link that Plannr gave leads to Plannr.
    pub(super) fn is_own(&self, link: &str) -> bool {
        self.http.follow("follow_link", link).is_some()
    }

    /// <https://apidocs.plannrcrm.com/operation/operation-getapiv1referrals>
    pub(super) async fn referrals(
        &self,
        call: &Call,
        query: &[(&'static str, String)],
        page: u64,
    ) -> Result<Answer> {
        let path = ["api", "v1", "referrals"];
        let request = self.http.get("list_referrals", path);
        self.list(call, request, query, page).await
    }

    /// <https://apidocs.plannrcrm.com/operation/operation-getapiv1referralsuuid>
    pub(super) async fn referral(&self, call: &Call, uuid: &str) -> Result<Option<Row>> {
        let path = ["api", "v1", "referrals", uuid];
        let request = self.http.get("get_referral", path);
        let answer = found(self.send(call, request).await)?;
        answer.map(|answer| answer.json()).transpose()
    }

    /// <https://apidocs.plannrcrm.com/operation/operation-getapiv1referralconnections>
    pub(super) async fn connections(
        &self,
        call: &Call,
        query: &[(&'static str, String)],
        page: u64,
    ) -> Result<Answer> {
        let path = ["api", "v1", "referral-connections"];
        let request = self.http.get("list_connections", path);
        self.list(call, request, query, page).await
    }

    /// <https://apidocs.plannrcrm.com/operation/operation-getapiv1referralconnectionsreferralconnection_uuid>
    pub(super) async fn connection(&self, call: &Call, uuid: &str) -> Result<Option<Row>> {
        let path = ["api", "v1", "referral-connections", uuid];
        let request = self.http.get("get_connection", path);
        let answer = found(self.send(call, request).await)?;
        answer.map(|answer| answer.json()).transpose()
    }

    /// Clients found by one filter.
    ///
    /// <https://apidocs.plannrcrm.com/operation/operation-getapiv1account>
    pub(super) async fn clients(
        &self,
        call: &Call,
        filter: &'static str,
        search: &str,
        limit: usize,
    ) -> Result<wire::List> {
        let request = self
            .http
            .get("list_accounts", ["api", "v1", "account"])
            .query("filter[type]", "client")
            .query(filter, search)
            .query("include", "primary_email,primary_phone_number")
            .query("per_page", &limit.to_string());
        self.send(call, request).await?.json()
    }

    /// The one call that needs no account: it tells which there are.
    ///
    /// <https://apidocs.plannrcrm.com/operation/operation-getapiv1logins>
    pub(super) async fn logins(&self, call: &Call) -> Result<wire::List> {
        let request = self.http.get("list_logins", ["api", "v1", "logins"]);
        let request = self.with_token(request);
        self.http.send(call, request).await?.json()
    }

    /// <https://apidocs.plannrcrm.com/operation/operation-postapiv1referrals>
    pub(super) async fn create_referral(&self, call: &Call, referral: &Value) -> Result<Answer> {
        let path = ["api", "v1", "referrals"];
        let request = self.http.request("create_referral", Method::POST, path);
        self.send(call, request.json(referral)).await
    }

    /// Takes no body.
    ///
    /// <https://apidocs.plannrcrm.com/operation/operation-postapiv1referralsreferral_uuidaccept>
    pub(super) async fn accept_referral(&self, call: &Call, uuid: &str) -> Result<Answer> {
        let path = ["api", "v1", "referrals", uuid, "accept"];
        let request = self.http.request("accept_referral", Method::POST, path);
        self.send(call, request).await
    }

    /// <https://apidocs.plannrcrm.com/operation/operation-postapiv1referralsreferral_uuidreject>
    pub(super) async fn reject_referral(
        &self,
        call: &Call,
        uuid: &str,
        reason: &str,
    ) -> Result<Answer> {
        let path = ["api", "v1", "referrals", uuid, "reject"];
        let request = self.http.request("reject_referral", Method::POST, path);
        let body = json!({ "rejection_reason": reason });
        self.send(call, request.json(&body)).await
    }

    /// Sends the adviser an e-mail.
    ///
    /// <https://apidocs.plannrcrm.com/operation/operation-postapiv1referralconnections>
    pub(super) async fn request_connection(
        &self,
        call: &Call,
        adviser_key: &str,
    ) -> Result<Answer> {
        let path = ["api", "v1", "referral-connections"];
        let request = self.http.request("request_connection", Method::POST, path);
        let body = json!({ "adviser_key": adviser_key });
        self.send(call, request.json(&body)).await
    }

    /// The page size is documented for other lists of Plannr, not for these: a call refused with it is made without.
    async fn list(
        &self,
        call: &Call,
        request: Request,
        query: &[(&'static str, String)],
        page: u64,
    ) -> Result<Answer> {
        let asked = query
            .iter()
            .fold(request, |request, (name, value)| request.query(name, value));
        let on_page = |request: Request| match page {
            1 => request,
            page => request.query("page", &page.to_string()),
        };
        let sized = on_page(asked.clone().query("per_page", &PER_PAGE.to_string()));
        match self.send(call, sized).await {
            Err(error) if error.kind == Kind::Rejected => self.send(call, on_page(asked)).await,
            answer => answer,
        }
    }

    async fn send(&self, call: &Call, request: Request) -> Result<Answer> {
        let request = self
            .with_token(request)
            .header("x-plannr-account-uuid", &self.account);
        self.http.send(call, request).await
    }

    /// Plannr requires a content type of every call, also of one without a body.
    fn with_token(&self, request: Request) -> Request {
        request
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .secret_header("authorization", &self.authorization)
    }
}
