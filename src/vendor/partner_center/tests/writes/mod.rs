//! What writes send, and what is made of the answers.

mod bad_changes;
mod bad_inputs;
mod create;
mod emulated;
mod moderate;
mod settle_create;
mod settle_update;
mod share;
mod team;
mod update;

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::model::{Problem, ProblemCode, Write, WriteOutcome};
use crate::vendor::{Decided, Effect, Error, Rejection, Sent, Settled, Written};

/// The version in the records below, as it goes into `If-Match`.
const V1: &str = "\"v1\"";

/// An answer without a body that says anything.
const NOTHING: &str = "";

/// The ending of a write or of finding out about one, fit to be compared.
struct Told {
    what: &'static str,
    problems: Vec<Problem>,
    effect: Box<Effect>,
}

impl Told {
    fn new(what: &'static str, effect: Box<Effect>) -> Self {
        Self {
            what,
            problems: Vec::new(),
            effect,
        }
    }

    fn rejected(rejection: Rejection) -> Self {
        Self {
            what: "rejected",
            problems: rejection.problems,
            effect: rejection.effect,
        }
    }

    /// Codes and paths.
    fn codes(&self) -> Vec<(ProblemCode, String)> {
        codes(&self.problems)
    }

    fn referral_id(&self) -> Option<&str> {
        self.effect.referral_id.as_deref()
    }

    /// The version of the referral that it shows.
    fn version(&self) -> Option<&str> {
        self.effect.referral.as_ref()?.version.as_deref()
    }
}

impl From<Written> for Told {
    fn from(written: Written) -> Self {
        match written {
            Written::Applied(effect) => Self::new("applied", effect),
            Written::AlreadyApplied(effect) => Self::new("already applied", effect),
            Written::Rejected(rejection) => Self::rejected(rejection),
            Written::Each(decided) => Self::from(decided),
        }
    }
}

impl From<Settled> for Told {
    fn from(settled: Settled) -> Self {
        match settled {
            Settled::Applied(effect) => Self::new("applied", effect),
            Settled::Rejected(rejection) => Self::rejected(rejection),
            Settled::Absent {
                may_be_sent_again: true,
            } => Self::new("absent", Box::default()),
            Settled::Absent { .. } => Self::new("absent for good", Box::default()),
            Settled::SendAgain => Self::new("send again", Box::default()),
            Settled::Ambiguous => Self::new("ambiguous", Box::default()),
            Settled::Each(decided) => Self::from(decided),
        }
    }
}

impl From<Vec<Decided>> for Told {
    fn from(decided: Vec<Decided>) -> Self {
        let [decided] = <[Decided; 1]>::try_from(decided).ok().unwrap();
        Self {
            what: match decided.outcome {
                WriteOutcome::Applied => "each applied",
                WriteOutcome::AlreadyApplied => "each already applied",
                WriteOutcome::Rejected => "each rejected",
                WriteOutcome::Unknown => "each unknown",
            },
            problems: decided.problems,
            effect: Box::default(),
        }
    }
}

fn codes(problems: &[Problem]) -> Vec<(ProblemCode, String)> {
    let code = |it: &Problem| (it.code, it.path.join("."));
    problems.iter().map(code).collect()
}

/// A first attempt.
fn sent() -> Sent {
    Sent {
        reference: "op-1".to_owned(),
        since: "2026-06-11T12:00:00Z".parse().unwrap(),
        is_repeated: false,
        claimed: Arc::default(),
    }
}

/// An attempt after one that may have reached the vendor.
fn repeated() -> Sent {
    Sent {
        is_repeated: true,
        ..sent()
    }
}

fn claiming(id: &str) -> Sent {
    Sent {
        claimed: Arc::new(HashSet::from([id.to_owned()])),
        ..sent()
    }
}

/// A vendor that gives these answers one after the other, and none more.
async fn in_turn(answers: Vec<(u16, String)>) -> Stub {
    let turn = AtomicUsize::new(0);
    vendor(move |_| {
        let turn = turn.fetch_add(1, Ordering::SeqCst);
        let answer = answers.get(turn).cloned();
        answer.unwrap_or((500, "one call too many".to_owned()))
    })
    .await
}

async fn try_write(stub: &Stub, write: &Write, sent: &Sent) -> Result<Told, Error> {
    let adapter = adapter(stub);
    assert_eq!(codes(&adapter.check_write(write)), []);
    adapter.write(&call(), write, sent).await.map(Told::from)
}

async fn write(stub: &Stub, write: &Write, sent: &Sent) -> Told {
    try_write(stub, write, sent).await.unwrap()
}

async fn settle(stub: &Stub, write: &Write, sent: &Sent) -> Told {
    let settled = adapter(stub).settle(&call(), write, sent).await;
    settled.unwrap().into()
}

/// `GET /path` of each call, the part that all have in common left out.
fn lines(stub: &Stub) -> Vec<String> {
    let line = |asked: &Asked| asked.line().replace(REFERRALS, "");
    api_calls(stub).iter().map(line).collect()
}

fn body(asked: &Asked) -> Value {
    serde_json::from_str(&asked.body).unwrap()
}

/// A referral with these fields beside its id and version.
fn record(fields: &Value) -> Value {
    let mut record = json!({"id": "r1", "eTag": V1, "status": "New", "substatus": "Pending"});
    let fields = fields.as_object().unwrap().clone();
    record.as_object_mut().unwrap().extend(fields);
    record
}

fn ok(record: &Value) -> (u16, String) {
    (200, record.to_string())
}

fn list(rows: &[Value]) -> (u16, String) {
    ok(&json!({"value": rows}))
}

fn refusal(status: u16, code: &str) -> (u16, String) {
    let error = json!({"code": code, "message": "ada@example.test may not", "target": "referral"});
    (status, json!({"error": error}).to_string())
}
