//! What SaaSquatch is sent to write, and what comes of its answers.

mod check;
mod codes;
mod create;
mod emulated;
mod look;
mod moderate;
mod refusals;
mod settled;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::model::{Problem, ProblemCode, Write};
use crate::vendor::saasquatch::configure;
use crate::vendor::stub::{self, Asked, Stub, call};
use crate::vendor::{Adapter, Error, Kind, Sent, Settled, Written};

const TENANT: &str = "/api/v1/test_abc";
const SINCE: &str = "2026-06-11T12:00:00Z";

/// An adapter and the vendor behind it.
struct World {
    vendor: Stub,
    adapter: Arc<dyn Adapter>,
}

impl World {
    async fn start(answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static) -> Self {
        let vendor = Stub::start(answer).await;
        let environment = [
            ("SAASQUATCH_BASE_URL", vendor.base.as_str()),
            ("SAASQUATCH_TENANT_ALIAS", "test_abc"),
            ("SAASQUATCH_API_KEY", "LIVE_key"),
        ];
        let connect = stub::connect(None).0;
        let adapter = stub::adapter("saasquatch", configure, "", &environment, &connect);
        Self { vendor, adapter }
    }

    async fn write(&self, write: &Write, sent: &Sent) -> Result<Written, Error> {
        self.adapter.write(&call(), write, sent).await
    }

    async fn settle(&self, write: &Write, sent: &Sent) -> Result<Settled, Error> {
        self.adapter.settle(&call(), write, sent).await
    }

    /// The calls so far, each as `METHOD path` below the tenant.
    fn lines(&self) -> Vec<String> {
        let asked = self.vendor.asked();
        asked
            .iter()
            .map(|it| it.line().replace(TENANT, ""))
            .collect()
    }

    /// The calls that were no reads.
    fn sent(&self) -> Vec<Asked> {
        let mut asked = self.vendor.asked();
        asked.retain(|asked| asked.method != "GET");
        asked
    }
}

fn first() -> Sent {
    Sent {
        reference: "op-1".to_owned(),
        since: SINCE.parse().unwrap(),
        is_repeated: false,
        claimed: Arc::default(),
    }
}

fn repeated() -> Sent {
    Sent {
        is_repeated: true,
        ..first()
    }
}

fn body(asked: &Asked) -> Value {
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.header("authorization"), Some("Basic OkxJVkVfa2V5"));
    assert_eq!(asked.header("accept"), Some("application/json"));
    assert_eq!(asked.raw_query, "");
    serde_json::from_str(&asked.body).unwrap()
}

/// A refusal in the vendor's form.
fn refused(status: u16, code: &str, rs_code: Option<&str>) -> (u16, String) {
    let body = json!({ "message": "ada@example.test is wrong", "statusCode": status, "apiErrorCode": code, "rsCode": rs_code });
    (status, body.to_string())
}

fn list(rows: &[Value]) -> (u16, String) {
    let list = json!({ "count": rows.len(), "totalCount": rows.len(), "referrals": rows });
    (200, list.to_string())
}

/// An error after which the write must be settled.
fn unknown(written: Result<Written, Error>) -> Error {
    let error = written.err().expect("nobody can know");
    assert!(!error.is_unsent(), "{error}");
    assert_eq!(error.status.filter(|status| *status < 500), None, "{error}");
    error
}

fn says(problems: &[Problem]) -> Vec<(ProblemCode, String)> {
    let said = problems.iter();
    said.map(|it| (it.code, it.path.join("."))).collect()
}
