//! A budget of retries: a tenth of the calls, and a small reserve so that a gateway with few calls can retry too. When
//! everything fails, retries add a tenth to the load and do not multiply it.

/// What one retry costs, in the tenths that each call brings.
const RETRY: u32 = 10;

/// How many retries may be saved up.
const RESERVE: u32 = 10;

/// The retries that are left.
#[derive(Debug)]
pub struct Budget {
    tenths: u32,
}

impl Budget {
    /// Brings a tenth of a retry: a call is made for the first time.
    pub fn deposit(&mut self) {
        self.tenths = (self.tenths + 1).min(RESERVE * RETRY);
    }

    /// Takes a retry, if one is left.
    pub fn withdraw(&mut self) -> bool {
        let left = self.tenths.checked_sub(RETRY);
        self.tenths = left.unwrap_or(self.tenths);
        left.is_some()
    }
}

impl Default for Budget {
    /// With the whole reserve.
    fn default() -> Self {
        Self {
            tenths: RESERVE * RETRY,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ten_retries_are_there_from_the_start_and_ten_calls_bring_one_more() {
        let mut budget = Budget::default();
        assert_eq!((0..20).filter(|_| budget.withdraw()).count(), 10);
        (0..9).for_each(|_| budget.deposit());
        assert!(!budget.withdraw());
        budget.deposit();
        assert!(budget.withdraw() && !budget.withdraw());
    }

    proptest! {
        #[test]
        fn retries_never_exceed_the_reserve_and_a_tenth_of_the_calls(
            steps in prop::collection::vec(any::<bool>(), 0..2_000),
        ) {
            let mut budget = Budget::default();
            let (mut calls, mut retries) = (0_u32, 0_u32);
            for is_call in steps {
                if is_call {
                    budget.deposit();
                    calls += 1;
                } else if budget.withdraw() {
                    retries += 1;
                }
                prop_assert!(retries * 10 <= RESERVE * 10 + calls);
            }
        }

        #[test]
        fn a_quiet_time_saves_up_no_more_than_the_reserve(calls in 0..5_000_u32) {
            let mut budget = Budget::default();
            (0..calls).for_each(|_| budget.deposit());
            prop_assert_eq!((0..100).filter(|_| budget.withdraw()).count(), 10);
        }
    }
}
