//! Introzy's documented calls, one method each.

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use url::Url;

use super::{outgoing, wire};
use crate::model::Vendor;
use crate::vendor::error::found;
use crate::vendor::http::{self, Answer, Connect, Method, Request};
use crate::vendor::wire::Row;
use crate::vendor::{Call, Result, Vitals};

/// The most rows that a list gives at once.
pub(super) const MAX_LIMIT: usize = 100;

/// What came back for a write that was accepted; an error where that tells nothing of what was made.
pub(super) type Accepted<T> = Result<T>;

pub(super) struct Client {
    http: http::Client,
    authorization: SecretString,
}

impl Client {
    pub(super) fn new(base: Url, api_key: &SecretString, connect: &Connect) -> Result<Self> {
        Ok(Self {
            http: http::Client::new(Vendor::Introzy, base, connect)?,
            authorization: http::secret_of(&["Bearer ", api_key.expose_secret()]),
        })
    }

    pub(super) fn vitals(&self) -> &Vitals {
        self.http.vitals()
    }

    /// <https://introzy-api-docs.apidocumentation.com/api-reference/tag/referral-opportunities/get/api/referral-opps>
    pub(super) async fn referral_opps(
        &self,
        call: &Call,
        limit: usize,
        offset: u64,
    ) -> Result<Answer> {
        let request = self
            .http
            .get("list_referrals", ["api", "referral-opps"])
            .query("limit", &limit.to_string())
            .query("offset", &offset.to_string());
        self.send(call, request).await
    }

    /// <https://introzy-api-docs.apidocumentation.com/api-reference/tag/referral-opportunities/get/api/referral-opps/id>
    pub(super) async fn referral_opp(&self, call: &Call, id: &str) -> Result<Option<Row>> {
        let request = self.http.get("get_referral", ["api", "referral-opps", id]);
        self.find(call, request).await
    }

    /// "List Facilitators" of
    /// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/referral-opportunities>
    pub(super) async fn facilitators(&self, call: &Call, id: &str) -> Result<Option<wire::List>> {
        let path = ["api", "referral-opps", id, "facilitators"];
        let request = self.http.get("list_facilitators", path);
        self.find(call, request).await
    }

    /// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/notes>
    pub(super) async fn notes(
        &self,
        call: &Call,
        id: &str,
        offset: usize,
    ) -> Result<Option<wire::List>> {
        let path = ["api", "pipelines", "referral", "deals", id, "notes"];
        let request = self
            .http
            .get("list_notes", path)
            .query("limit", &MAX_LIMIT.to_string())
            .query("offset", &offset.to_string());
        self.find(call, request).await
    }

    /// The body is documented without an envelope; one with it is read as well.
    ///
    /// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/pipeline-deals-referral-hub>
    pub(super) async fn fee_preview(
        &self,
        call: &Call,
        id: &str,
    ) -> Result<Option<wire::FeePreview>> {
        let path = ["api", "pipeline-deals", id, "fee-preview"];
        let request = self.http.get("fee_preview", path);
        let answer = found(self.send(call, request).await)?;
        answer.map(|answer| bare_or_opened(&answer)).transpose()
    }

    /// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/people>
    pub(super) async fn people(
        &self,
        call: &Call,
        search: &str,
        limit: usize,
    ) -> Result<wire::List> {
        let request = self
            .http
            .get("list_people", ["api", "people"])
            .query("search", search)
            .query("limit", &limit.to_string());
        opened(&self.send(call, request).await?)
    }

    /// A read that may write: Introzy makes the pipeline with its default stages if it is not there.
    ///
    /// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/pipelines>
    pub(super) async fn referral_pipeline(&self, call: &Call) -> Result<wire::Pipeline> {
        let path = ["api", "pipelines", "referral"];
        let request = self.http.get("get_pipeline", path);
        opened(&self.send(call, request).await?)
    }

    /// <https://introzy-api-docs.apidocumentation.com/api-reference/tag/referral-opportunities/post/api/referral-opps>
    pub(super) async fn create_referral_opp(
        &self,
        call: &Call,
        body: &outgoing::ReferralOpp<'_>,
    ) -> Result<Accepted<Row>> {
        let path = ["api", "referral-opps"];
        let request = self.http.request("create_referral", Method::POST, path);
        let answer = self.send(call, request.json(body)).await?;
        Ok(opened(&answer))
    }

    /// "Add Facilitator" of
    /// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/referral-opportunities>
    pub(super) async fn add_facilitator(
        &self,
        call: &Call,
        id: &str,
        body: &outgoing::Facilitator<'_>,
    ) -> Result<Accepted<Row>> {
        let path = ["api", "referral-opps", id, "facilitators"];
        let request = self.http.request("add_facilitator", Method::POST, path);
        let answer = self.send(call, request.json(body)).await?;
        Ok(opened(&answer))
    }

    /// "Remove Facilitator" of
    /// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/referral-opportunities>
    pub(super) async fn remove_facilitator(&self, call: &Call, id: &str, row: &str) -> Result<()> {
        let path = ["api", "referral-opps", id, "facilitators", row];
        let request = self
            .http
            .request("remove_facilitator", Method::DELETE, path);
        self.send(call, request).await.map(|_| ())
    }

    /// The body is documented without an envelope; one with it is read as well.
    ///
    /// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/pipeline-deals-referral-hub>
    pub(super) async fn convert(
        &self,
        call: &Call,
        id: &str,
        body: &outgoing::Conversion<'_>,
    ) -> Result<Accepted<wire::Converted>> {
        let path = ["api", "pipeline-deals", id, "convert"];
        let request = self.http.request("convert", Method::POST, path);
        let answer = self.send(call, request.json(body)).await?;
        Ok(bare_or_opened(&answer))
    }

    /// <https://introzy-api-docs.apidocumentation.com/introzy-api-documentation/api-endpoints/notes>
    pub(super) async fn add_note(
        &self,
        call: &Call,
        id: &str,
        body: &outgoing::Note<'_>,
    ) -> Result<Accepted<wire::Note>> {
        let path = ["api", "pipelines", "referral", "deals", id, "notes"];
        let request = self.http.request("add_note", Method::POST, path);
        let answer = self.send(call, request.json(body)).await?;
        Ok(opened(&answer))
    }

    async fn find<T: DeserializeOwned>(&self, call: &Call, request: Request) -> Result<Option<T>> {
        let answer = found(self.send(call, request).await)?;
        answer.map(|answer| opened(&answer)).transpose()
    }

    async fn send(&self, call: &Call, request: Request) -> Result<Answer> {
        let request = request
            .header("accept", "application/json")
            .secret_header("authorization", &self.authorization);
        self.http.send(call, request).await
    }
}

/// Takes what came without an envelope, and what came in one out of it.
fn bare_or_opened<T: DeserializeOwned>(answer: &Answer) -> Result<T> {
    let envelope: wire::Envelope<Row> = answer.json()?;
    if envelope.success.is_some() || envelope.data.is_some() {
        return opened(answer);
    }
    answer.json()
}

/// Takes the data out of its envelope.
fn opened<T: DeserializeOwned>(answer: &Answer) -> Result<T> {
    taken_out(answer.json()?, answer)
}

/// The same, of an envelope that was read already.
pub(super) fn taken_out<T>(envelope: wire::Envelope<T>, answer: &Answer) -> Result<T> {
    if envelope.success == Some(false) {
        return Err(answer.invalid("a 2xx answer that says it is no success"));
    }
    let data = envelope.data;
    data.ok_or_else(|| answer.invalid("the answer's envelope has no data"))
}
