//! Whatever the other tests do, no credential and nothing personal may be in the log, at any level, in an error or in the
//! metrics. Every world listens to the log of its process, and looks through all of that when it ends.

mod formatted;

use std::io;
use std::sync::{Arc, Mutex, Once, PoisonError};

use referral_gateway::config::Log;
use referral_gateway::http::App;
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
pub fn heard() -> String {
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

/// Looks through all that a gateway tells beside its data: the errors of its answers as they come, and its log and its
/// metrics at its end.
pub struct Watch {
    app: Arc<App>,
    secrets: Vec<String>,
}

impl Watch {
    /// Over a gateway with these settings.
    pub fn over<'a>(
        app: Arc<App>,
        environment: impl IntoIterator<Item = (&'a &'static str, &'a String)>,
    ) -> Self {
        let secrets = secrets(environment);
        Self { app, secrets }
    }

    /// For these secrets, too.
    pub fn and(mut self, secrets: impl IntoIterator<Item = String>) -> Self {
        self.secrets.extend(secrets);
        self
    }

    /// Fails if an error of this answer tells anything secret.
    pub fn check_errors(&self, answer: &Value) {
        let errors = answer["errors"].to_string();
        if let Some(line) = told(&errors, &self.secrets) {
            panic!("an error told a secret: {line}");
        }
    }

    fn check(&self) {
        let metrics = self.app.metrics.text().unwrap();
        assert!(metrics.ends_with("# EOF\n"), "{metrics}");
        for (what, text) in [("log", heard()), ("metrics", metrics)] {
            if let Some(line) = told(&text, &self.secrets) {
                panic!("the {what} told a secret: {line}");
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.check();
        }
    }
}

#[tokio::test]
async fn what_is_looked_for_is_found_and_the_log_is_heard_at_its_lowest_level() {
    let world = World::start().await;
    let secrets = secrets(&world.environment);
    assert!(secrets.len() >= 50, "{}", secrets.len());
    world.watch.check();
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
