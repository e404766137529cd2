//! How a group of decisions that was refused is taken apart. Pure.

use std::collections::HashSet;

use crate::model::Decision;

/// Decisions that go into one call, by their places.
pub(super) struct Group {
    pub(super) places: Vec<usize>,
    /// Whether their referrals are known to be there.
    pub(super) are_there: bool,
}

/// What is left of a group that was refused.
pub(super) enum Rest {
    /// This one alone, and its referral may be there.
    Refused(usize),
    /// Each to be tried by itself.
    Groups(Vec<Group>),
    /// Each to be tried alone.
    OneByOne(Vec<usize>),
}

/// Several decisions on one referral keep their order, so they are not made side by side.
pub(super) fn apart(decisions: &[Decision], places: Vec<usize>) -> Rest {
    let referrals: HashSet<&str> = places
        .iter()
        .map(|place| &*decisions[*place].referral)
        .collect();
    if places.len() > 1 && referrals.len() == places.len() {
        return Rest::OneByOne(places);
    }
    halves(places, true)
}

pub(super) fn halves(mut places: Vec<usize>, are_there: bool) -> Rest {
    if let [place] = places[..] {
        return Rest::Refused(place);
    }
    let second = places.split_off(places.len().div_ceil(2));
    let halves = [places, second];
    Rest::Groups(
        halves
            .into_iter()
            .map(|places| Group { places, are_there })
            .collect(),
    )
}
