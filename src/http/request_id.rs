//! Request ids: one per request, in the answer's header, in errors and in the log.

use std::sync::{Arc, Mutex, PoisonError};

/// Gives out request ids. The ids come from outside, so that a test can know them.
#[derive(Clone)]
pub struct RequestIds(Arc<dyn Fn() -> uuid::Uuid + Send + Sync>);

/// The header that carries the id to the client.
pub const HEADER: &str = "x-request-id";

impl RequestIds {
    /// Random ids. The system is asked for chance once: ids are to be told apart from those of other processes, and are no
    /// secrets.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where request ids are drawn"
    )]
    pub fn random() -> Self {
        let (high, low) = uuid::Uuid::new_v4().as_u64_pair();
        // A generator's own seed is the time since the machine started, which two processes may share.
        let generator = Mutex::new(fastrand::Rng::with_seed(high ^ low.rotate_left(32)));
        Self(Arc::new(move || {
            let mut generator = generator.lock().unwrap_or_else(PoisonError::into_inner);
            uuid::Builder::from_random_bytes(generator.u128(..).to_ne_bytes()).into_uuid()
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_id_comes_twice_even_from_generators_made_at_one_time() {
        let both = [RequestIds::random(), RequestIds::random()];
        let ids: Vec<_> = both
            .iter()
            .flat_map(|ids| (0..1_000).map(|_| ids.next()))
            .collect();
        assert!(ids.iter().all(|id| uuid::Uuid::parse_str(id).is_ok()));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    }
}
