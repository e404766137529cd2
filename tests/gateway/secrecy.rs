//! Whatever the other tests do, no credential and nothing personal may be in the log, at any level. Every world listens to
//! the log of its process, and looks through it when it ends.

use std::io;
use std::sync::{Mutex, Once, PoisonError};

use referral_gateway::config::Log;
use referral_gateway::sandbox::world::{COMPANIES, PEOPLE};
use referral_gateway::telemetry;
use serde_json::Value;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::harness::World;

static HEARD: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Keeps what is logged, at TRACE, from now on.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let log = Log {
            json: false,
            filter: "trace".to_owned(),
        };
        Registry::default()
            .with(telemetry::lines(&log, false, || Ear))
            .init();
    });
}

struct Ear;

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HEARD
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was logged since this was asked last.
fn heard() -> String {
    let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&std::mem::take(&mut *heard)).into_owned()
}

/// What must stay secret in a world with these settings: the credentials, and the sandbox's people and companies.
pub fn secrets<'a>(
    environment: impl IntoIterator<Item = (&'a &'static str, &'a String)>,
) -> Vec<String> {
    let is_secret = |name: &str| !name.ends_with("_URL") && !name.ends_with("_ALIAS");
    let credentials = environment
        .into_iter()
        .filter(|(name, _)| is_secret(name))
        .map(|(_, value)| value.clone());
    let people = PEOPLE
        .iter()
        .flat_map(|person| [person.name(), person.email(), person.phone()]);
    let companies = COMPANIES.iter().map(|company| company.name.to_owned());
    credentials
        .chain(people)
        .chain(companies)
        .chain(["move to the cloud".to_owned()])
        .collect()
}

/// The line in which one of them is told, if any is.
pub fn told<'a>(text: &'a str, secrets: &[String]) -> Option<&'a str> {
    let tells = |line: &&str| {
        line.contains("@example") || secrets.iter().any(|secret| line.contains(secret.as_str()))
    };
    text.lines().find(tells)
}

/// Fails if anything secret was logged.
pub fn check(secrets: &[String]) {
    let log = heard();
    if let Some(line) = told(&log, secrets) {
        panic!("the log told a secret: {line}");
    }
}

/// Fails if an error tells anything secret.
pub fn check_errors(answer: &Value, secrets: &[String]) {
    let errors = &answer["errors"];
    if let Some(line) = told(&errors.to_string(), secrets) {
        panic!("an error told a secret: {line}");
    }
}

#[tokio::test]
async fn what_is_looked_for_is_found_and_the_log_is_heard_at_its_lowest_level() {
    let world = World::start().await;
    let secrets = secrets(&world.environment);
    assert!(secrets.len() >= 50, "{}", secrets.len());
    check(&secrets);
    tracing::trace!(target: "referral_gateway::test", "a line to be found");
    assert!(heard().contains("a line to be found"));
    for secret in &secrets {
        tracing::trace!(target: "referral_gateway::test", secret, "told");
        // What a log writes otherwise than it is would be overlooked.
        assert!(told(&heard(), &secrets).is_some(), "{secret}");
    }
    tracing::debug!(target: "hyper::proto", "{}", secrets[0]);
    assert_eq!(heard(), "", "a library was listened to");
}
