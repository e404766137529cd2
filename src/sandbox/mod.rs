//! The sandbox: emulators of the four vendors that behave as their pages say, for running the whole product with no
//! credentials and no network, and for the tests. It shares no types with the clients.

mod change;
mod control;
mod document;
mod faults;
mod fields;
mod gate;
mod gauge;
mod kind;
mod log;
mod mount;
#[cfg(test)]
pub(crate) mod probe;
mod request;
mod spoil;
#[cfg(test)]
mod tests;
pub mod world;

pub use change::{Dice, Place, Times};
pub use document::{Document, Wrong};
pub use faults::Fault;
pub use fields::Fields;
pub use gauge::Load;
pub use kind::Kind;
pub use log::Logged;
pub use mount::{Mounted, Sandbox};
pub use request::{Base, Problems, Query};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;

use crate::clock::Clock;

/// One vendor's emulator.
pub trait Emulator: Send + Sync {
    /// The routes, at the vendor's documented paths (`/api/referral-opps`, ...), without the mount point.
    fn router(&self) -> Router;

    /// Back to the seeded world. Switches are reset by the caller.
    fn reset(&self);

    /// How many referrals there are.
    fn count(&self) -> usize;

    /// The seeded world with so many referrals: further ones are older, and as coherent as the others.
    fn resize(&self, count: usize);

    /// Adds referrals, whose ids and contents follow from how many there have been.
    fn grow(&self, count: usize, at: Place);

    /// Takes referrals away, with what belongs to them.
    fn shrink(&self, count: usize, at: Place);

    /// Gives the referrals other times, many of them the same, and none where the vendor may leave one out; a list
    /// whose order the vendor does not state comes in any of its orders. The same seed gives the same times.
    fn scramble(&self, seed: u64);

    /// The environment variables that point a gateway at this emulator: its credentials, and its address, which is
    /// `base` (an origin, possibly with the mount point as path and no slash at the end).
    fn environment(&self, base: &str) -> Vec<(&'static str, String)>;
}

/// Found among a request's extensions where a fault wants it refused: the emulator does so in its vendor's own words,
/// before all else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There were too many requests.
    RateLimited {
        /// After which time to come again, if the vendor tells it at all.
        seconds: Option<u32>,
    },
    /// The credentials have expired.
    ExpiredToken,
}

/// A behaviour that the vendor's documentation leaves open, to be tried in each of its forms.
#[derive(Clone, Copy, Debug)]
pub struct Switch {
    /// `snake_case`, unique within its vendor.
    pub name: &'static str,
    /// Every value it takes; the first is the default.
    pub values: &'static [&'static str],
    /// What it changes.
    pub about: &'static str,
}

/// The switches of one vendor and their present values.
#[derive(Clone, Debug)]
pub struct Switches {
    known: &'static [Switch],
    set: Arc<Mutex<BTreeMap<&'static str, &'static str>>>,
}

/// What an emulator is made from.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Present time, for what the emulator creates and expires.
    pub clock: Clock,
    /// Shared with the control surface, which changes them.
    pub switches: Switches,
}

impl Switches {
    /// All at their defaults.
    pub fn new(known: &'static [Switch]) -> Self {
        Self {
            known,
            set: Arc::default(),
        }
    }

    /// The value in force.
    ///
    /// # Panics
    /// When no such switch was declared: a mistake in the emulator.
    pub fn get(&self, name: &str) -> &'static str {
        let switch = self
            .known
            .iter()
            .find(|switch| switch.name == name)
            .expect("the emulator declared this switch");
        let set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        set.get(name).copied().unwrap_or(switch.values[0])
    }

    /// Whether the value in force is this one.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == value
    }

    /// Sets a switch; the error says which names or values there are.
    pub fn set(&self, name: &str, value: &str) -> Result<(), String> {
        let (switch, value) = self.check(name, value)?;
        self.set
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(switch.name, value);
        Ok(())
    }

    /// What [`Switches::set`] would set, or why it would refuse.
    pub fn check(&self, name: &str, value: &str) -> Result<(Switch, &'static str), String> {
        let Some(switch) = self.known.iter().find(|switch| switch.name == name) else {
            let names: Vec<_> = self.known.iter().map(|switch| switch.name).collect();
            return Err(format!(
                "no switch {name:?}; there are: {}",
                names.join(", ")
            ));
        };
        let Some(value) = switch.values.iter().find(|known| **known == value) else {
            return Err(format!(
                "switch {name:?} takes one of: {}",
                switch.values.join(", ")
            ));
        };
        Ok((*switch, value))
    }

    /// Sets a switch to any of its values.
    ///
    /// # Panics
    /// When no such switch was declared: a mistake in the emulator.
    pub fn roll(&self, name: &str, dice: &mut Dice) {
        let mut known = self.known.iter();
        let switch = known
            .find(|switch| switch.name == name)
            .expect("the emulator declared this switch");
        let value = switch.values[dice.below(switch.values.len())];
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        set.insert(switch.name, value);
    }

    /// All back to their defaults.
    pub fn reset(&self) {
        self.set
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Every switch with the value in force.
    pub fn all(&self) -> Vec<(Switch, &'static str)> {
        self.known
            .iter()
            .map(|switch| (*switch, self.get(switch.name)))
            .collect()
    }
}
