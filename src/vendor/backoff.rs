//! How long to wait before a retry: "full jitter", anything from nothing up to a bound that doubles, so that callers
//! who failed together do not come back together.

use std::time::Duration;

/// The bound of the first wait.
const BASE: Duration = Duration::from_millis(50);

/// No bound is larger.
const CAP: Duration = Duration::from_secs(1);

/// The wait before a retry, the first one being number 0; `fraction` is drawn from 0 up to, not including, 1.
pub fn wait_before(retry: u32, fraction: f64) -> Duration {
    let factor = 1_u32.checked_shl(retry).unwrap_or(u32::MAX);
    let bound = BASE.saturating_mul(factor).min(CAP);
    bound.mul_f64(fraction.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bound_doubles_up_to_its_cap() {
        let bounds = (0..7).map(|retry| wait_before(retry, 1.0).as_millis());
        let bounds: Vec<u128> = bounds.collect();
        assert_eq!(bounds, [50, 100, 200, 400, 800, 1_000, 1_000]);
        assert_eq!(wait_before(1, 0.25).as_millis(), 25);
    }

    proptest! {
        #[test]
        fn a_wait_grows_with_the_number_drawn_and_stays_within_its_bound(
            retry in any::<u32>(), low in 0.0..1.0_f64, high in 0.0..1.0_f64,
        ) {
            let (low, high) = (low.min(high), low.max(high));
            prop_assert!(wait_before(retry, low) <= wait_before(retry, high));
            prop_assert!(wait_before(retry, high) <= CAP);
            prop_assert!(wait_before(retry, 0.0).is_zero());
        }
    }
}
