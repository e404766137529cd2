//! Writes that can be trusted: the intent is recorded before anything is sent, a write that was not answered is never
//! sent again on a guess, and the same key gets the same answer.
//!
//! What becomes of a write: it is checked, its intent is recorded, it is sent. Answered, it is settled. Not answered, it
//! is unknown until the vendor's own records tell; a task of its own looks there, at growing intervals, also after a
//! restart. `desk` is where writes are handed in, `begin` records them, `carry_out` goes through their steps, `work` sends
//! one of those and finds out, `store` is the file.

pub mod desk;
pub mod operation;
pub mod store;

mod begin;
mod carry_out;
mod owner;
mod running;
mod target;
mod twins;
mod work;

pub use desk::{Answered, Asked, Desk, Refused, Rules};
pub use operation::{Fingerprint, Operation, OperationState, Step, StepAnswer, StepState};
pub use store::Store;
pub use work::not_sent;

#[cfg(test)]
mod tests;
