//! The audit trail: who wrote what kind of thing where, and nothing of what was written.

use std::io::Write;
use std::sync::{Arc, Mutex};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use super::{Several, codes_of, key_of};

/// What was logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Those of the audit trail.
    fn audit(&self) -> Vec<Value> {
        let text = self.text();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let audit = lines.filter(|line| line["target"] == "audit");
        audit.map(|mut line| line["fields"].take()).collect()
    }
}

fn listen() -> (Lines, tracing::subscriber::DefaultGuard) {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(lines.clone())
        .with_max_level(tracing::Level::DEBUG)
        .finish();
    (lines, tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn a_write_leaves_who_where_what_kind_and_what_came_of_it() {
    let (lines, _guard) = listen();
    let several = Several::start().await;
    let query = "{ referrals(first: 1, filter: { vendors: [INTROZY] }) { nodes { id } } }";
    let found = several.ask("acme", "reader", query).await;
    let id = &found["data"]["referrals"]["nodes"][0]["id"];
    let note = "mutation($input: AddNoteInput!) { addNote(input: $input) { outcome } }";
    let input =
        json!({ "idempotencyKey": "secret-key", "referralId": id, "content": "secret-content" });
    several
        .ask_with("acme", "admin", note, json!({ "input": input }))
        .await;
    let refused = json!({ "referralId": id, "content": "" });
    several
        .ask_with("acme", "admin", note, json!({ "input": refused }))
        .await;
    let forbidden = several
        .ask_with("acme", "reader", note, json!({ "input": input }))
        .await;
    assert_eq!(codes_of(&forbidden), ["FORBIDDEN"]);

    let audit = lines.audit();
    let told = |line: &Value| {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        (text("message"), text("outcome"))
    };
    let told: Vec<(String, String)> = audit.iter().map(told).collect();
    let line = |message: &str, outcome: &str| (message.to_owned(), outcome.to_owned());
    assert_eq!(
        told,
        [
            line("write", "ASKED"),
            line("write settled", "APPLIED"),
            line("write", "APPLIED"),
            line("write", "ASKED"),
            line("write", "REFUSED"),
        ]
    );
    assert_eq!(audit[2]["who"], "acme-admin");
    assert_eq!(audit[2]["workspace"], "acme");
    assert_eq!(audit[2]["write"], "add_note");
    assert_eq!(&audit[2]["referral"], id);
    assert_eq!(audit[2]["operation"], audit[1]["operation"]);
    assert_eq!(audit[0]["request_id"], audit[2]["request_id"]);
    let text = lines.text();
    for secret in ["secret-key", "secret-content", &key_of("acme", "admin")] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn no_key_or_token_that_is_presented_is_logged() {
    let (lines, _guard) = listen();
    let several = Several::start().await;
    let presented = [
        "not-a-key-but-somebodys-secret-of-some-length",
        "aaaa.bbbb.cccc",
    ];
    for presented in presented {
        let body = json!({ "query": "{ __typename }" });
        assert_eq!(several.post(presented, &body).await.status, 401);
    }
    let text = lines.text();
    assert!(text.contains("caller not known"), "{text}");
    for presented in presented {
        assert!(!text.contains(presented));
    }
}
