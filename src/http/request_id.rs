//! Request ids: one per request, in the answer's header, in errors and in the log.

use std::sync::Arc;

/// Gives out request ids. The ids come from outside, so that a test can know them.
#[derive(Clone)]
pub struct RequestIds(Arc<dyn Fn() -> uuid::Uuid + Send + Sync>);

/// The header that carries the id to the client.
pub const HEADER: &str = "x-request-id";

impl RequestIds {
    /// Random ids: told apart by chance, and no secrets, for which nobody need ask the system each time.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where request ids are drawn"
    )]
    pub fn random() -> Self {
        let bytes = || fastrand::u128(..).to_ne_bytes();
        Self(Arc::new(move || {
            uuid::Builder::from_random_bytes(bytes()).into_uuid()
        }))
    }

    /// Ids from elsewhere.
    pub fn from_fn(next: impl Fn() -> uuid::Uuid + Send + Sync + 'static) -> Self {
        Self(Arc::new(next))
    }

    /// The next id.
    pub fn next(&self) -> Arc<str> {
        let id = (self.0)().hyphenated();
        Arc::from(&*id.encode_lower(&mut uuid::Uuid::encode_buffer()))
    }
}
