//! The changes that the vendor has taken in without saying that they were made (202): they may still be on their way,
//! so that what is not there yet must not be asked for at once again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::vendor::{Sent, Settled};

/// How many are remembered. What is forgotten, as after a restart, is sent again on condition of the version read then.
const MOST: usize = 1000;

/// The references of such changes.
#[derive(Default)]
pub(in crate::vendor::partner_center) struct Accepted(Mutex<VecDeque<String>>);

impl Accepted {
    /// Remembers that a change was taken in.
    pub(super) fn note(&self, sent: &Sent) {
        let mut references = self.references();
        if references.contains(&sent.reference) {
            return;
        }
        if references.len() >= MOST {
            references.pop_front();
        }
        references.push_back(sent.reference.clone());
    }

    /// What is to be done about a conditional change of which nothing is to be seen.
    pub(super) fn not_yet(&self, sent: &Sent) -> Settled {
        if self.references().contains(&sent.reference) {
            Settled::Absent {
                may_be_sent_again: true,
            }
        } else {
            Settled::SendAgain
        }
    }

    fn references(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
