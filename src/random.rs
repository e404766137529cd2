//! Chance, passed in: nothing else in the crate draws numbers.

use std::fmt;
use std::sync::Arc;

/// Draws numbers. Good enough to spread calls over time, not to keep secrets. Cheap to clone; clones share one source.
#[derive(Clone)]
pub struct Random(Arc<dyn Fn() -> f64 + Send + Sync>);

impl Random {
    /// Numbers that nobody can foresee.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where numbers are drawn"
    )]
    pub fn system() -> Self {
        Self(Arc::new(fastrand::f64))
    }

    /// Numbers from elsewhere, each at least 0 and less than 1.
    pub fn from_fn(next: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(next))
    }

    /// The next number, at least 0 and less than 1.
    pub fn fraction(&self) -> f64 {
        (self.0)()
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}
