//! One short method per endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use zeroize::Zeroizing;

use super::{outgoing, wire};
use crate::model::Vendor;
use crate::vendor::http::{self, Answer, Connect, Method, Request};
use crate::vendor::wire::decode;
use crate::vendor::{Call, Error, Kind, Result, Vitals};

/// How many rows are asked for at once; what the vendor allows at most is not documented.
pub(super) const LIMIT: u64 = 100;

/// Which tenant, and as whom.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) tenant_alias: String,
    /// The user of the authorization; none for a tenant's API key.
    pub(super) account_sid: Option<String>,
    pub(super) api_key: SecretString,
}

/// Whose referrals a list is asked for. The vendor wants both ids of a user.
#[derive(Clone, Copy)]
pub(super) enum Involving<'a> {
    /// Those in which this account and user refer.
    Referrer(&'a str, &'a str),
    /// Those in which this account and user are referred.
    Referred(&'a str, &'a str),
}

/// The API of one tenant.
pub(super) struct Client {
    http: http::Client,
    tenant_alias: String,
    authorization: SecretString,
}

impl Client {
    pub(super) fn new(base_url: Url, credentials: &Credentials, connect: &Connect) -> Result<Self> {
        let user = credentials.account_sid.as_deref().unwrap_or_default();
        let key = credentials.api_key.expose_secret();
        let both = http::secret_of(&[user, ":", key]);
        let basic = Zeroizing::new(STANDARD.encode(both.expose_secret()));
        Ok(Self {
            http: http::Client::new(Vendor::Saasquatch, base_url, connect)?.classified_by(classify),
            tenant_alias: credentials.tenant_alias.clone(),
            authorization: http::secret_of(&["Basic ", &basic]),
        })
    }

    pub(super) fn vitals(&self) -> &Vitals {
        self.http.vitals()
    }

    /// `GET /referrals`; <https://integrations.impact.com/brand-api-reference>
    pub(super) async fn list_referrals(
        &self,
        call: &Call,
        limit: u64,
        offset: u64,
    ) -> Result<Answer> {
        let request = paged(self.get("list_referrals", &["referrals"]), limit, offset);
        self.send(call, request).await
    }

    /// `GET /referrals` of one referrer, which is the only side that this list can be asked for;
    /// <https://integrations.impact.com/brand-api-reference>
    pub(super) async fn list_referrals_by(
        &self,
        call: &Call,
        referrer: (&str, &str),
        offset: u64,
    ) -> Result<Answer> {
        let (account, user) = referrer;
        let request = self.get("list_referrals", &["referrals"]);
        let request = Involving::Referrer(account, user).ask(request);
        self.send(call, paged(request, LIMIT, offset)).await
    }

    /// `GET /referrals/{referralId}`; <https://integrations.impact.com/brand-api-reference>
    pub(super) async fn get_referral(&self, call: &Call, id: &str) -> Result<Answer> {
        self.send(call, self.get("get_referral", &["referrals", id]))
            .await
    }

    /// `GET /open/referrals`, which a tenant must have opened; <https://docs.saasquatch.com/api/openendpoints>
    pub(super) async fn list_open_referrals(
        &self,
        call: &Call,
        involving: Involving<'_>,
        offset: u64,
    ) -> Result<Answer> {
        let request = self.get("list_open_referrals", &["open", "referrals"]);
        let request = paged(involving.ask(request), LIMIT, offset);
        self.send(call, request).await
    }

    /// `GET /users`; <https://integrations.impact.com/brand-api-reference>
    pub(super) async fn list_users(
        &self,
        call: &Call,
        search: &str,
        limit: usize,
    ) -> Result<Answer> {
        let request = self.get("list_users", &["users"]);
        let request = request
            .query("query", search)
            .query("limit", &limit.to_string());
        self.send(call, request).await
    }

    /// `GET /user`: whose code this is; <https://integrations.impact.com/brand-api-reference>
    pub(super) async fn get_user_by_code(&self, call: &Call, code: &str) -> Result<Answer> {
        let request = self.get("get_user_by_code", &["user"]);
        self.send(call, request.query("referralCode", code)).await
    }

    /// `PUT /open/account/{accountId}/user/{userId}`: makes the user and the account, or changes the user; a tenant must
    /// have opened it; <https://docs.saasquatch.com/api/openendpoints>
    pub(super) async fn upsert_user(
        &self,
        call: &Call,
        user: &outgoing::User<'_>,
    ) -> Result<Answer> {
        let path = ["open", "account", user.account_id, "user", user.id];
        let request = self.request("upsert_user", Method::PUT, &path);
        self.send(call, request.json(user)).await
    }

    /// `POST /referrals/moderate`, of 1 to 100 actions; answered without a body;
    /// <https://integrations.impact.com/brand-api-reference>
    pub(super) async fn moderate(
        &self,
        call: &Call,
        moderation: &outgoing::Moderation<'_>,
    ) -> Result<()> {
        let path = ["referrals", "moderate"];
        let request = self.request("moderate_referrals", Method::POST, &path);
        self.send(call, request.json(moderation)).await.map(|_| ())
    }

    fn get(&self, operation: &'static str, path: &[&str]) -> Request {
        self.request(operation, Method::GET, path)
    }

    fn request(&self, operation: &'static str, method: Method, path: &[&str]) -> Request {
        let tenant = ["api", "v1", self.tenant_alias.as_str()];
        let path = tenant.into_iter().chain(path.iter().copied());
        self.http
            .request(operation, method, path)
            .header("accept", "application/json")
            .secret_header("authorization", &self.authorization)
    }

    async fn send(&self, call: &Call, request: Request) -> Result<Answer> {
        self.http.send(call, request).await
    }
}

impl Involving<'_> {
    fn ask(self, request: Request) -> Request {
        let [(account, account_id), (user, user_id)] = match self {
            Self::Referrer(account, user) => {
                [("referringAccountId", account), ("referringUserId", user)]
            }
            Self::Referred(account, user) => {
                [("referredAccountId", account), ("referredUserId", user)]
            }
        };
        request.query(account, account_id).query(user, user_id)
    }
}

fn paged(request: Request, limit: u64, offset: u64) -> Request {
    request
        .query("limit", &limit.to_string())
        .query("offset", &offset.to_string())
}

/// What this vendor says in its own way. A missing tenant is answered like a missing record, but no record would ever be
/// found; and with which status a rate limit is told is not documented, only its code.
fn classify(error: &mut Error) {
    let body = error.body.as_deref().unwrap_or_default();
    let failure: wire::Failure = decode(body).unwrap_or_default();
    let is_refusal = matches!(error.status, Some(403 | 429));
    if is_refusal && failure.rs_code.as_deref() == Some("RS033") {
        error.kind = Kind::RateLimited;
    }
    if error.kind == Kind::NotFound && failure.api_error_code.as_deref() == Some("TENANT_NOT_FOUND")
    {
        error.kind = Kind::Unauthorized;
        "there is no tenant with the configured alias (TENANT_NOT_FOUND)"
            .clone_into(&mut error.detail);
    }
}
