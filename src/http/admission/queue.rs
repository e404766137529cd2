//! Those who wait, told apart by who they are.

use std::collections::VecDeque;

use tokio::time::Instant;

/// Who waits in one lane. Turns go round among the callers, so that one who sends much waits for its own requests and not
/// the others for them.
pub(super) struct Queue<C, T> {
    /// Each with what it waits with and since when, the one whose turn is next in front; nobody without anything.
    callers: VecDeque<(C, VecDeque<(Instant, T)>)>,
    len: usize,
}

impl<C, T> Default for Queue<C, T> {
    fn default() -> Self {
        Self {
            callers: VecDeque::new(),
            len: 0,
        }
    }
}

impl<C: PartialEq, T> Queue<C, T> {
    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// How many turns are given at most before that of one more of this caller.
    pub(super) fn ahead_of(&self, caller: &C) -> usize {
        let own = self.of(caller).map_or(0, VecDeque::len);
        let others = self.callers.iter().filter(|(other, _)| other != caller);
        own + others
            .map(|(_, waiting)| waiting.len().min(own + 1))
            .sum::<usize>()
    }

    /// Since when this caller waits.
    pub(super) fn since(&self, caller: &C) -> Option<Instant> {
        self.of(caller)?.front().map(|(since, _)| *since)
    }

    /// One more waits.
    pub(super) fn push(&mut self, caller: C, now: Instant, who: T) {
        self.len += 1;
        let known = self.callers.iter_mut().find(|(known, _)| *known == caller);
        if let Some((_, waiting)) = known {
            waiting.push_back((now, who));
        } else {
            self.callers.push_back((caller, [(now, who)].into()));
        }
    }

    /// Whose turn it is.
    pub(super) fn pop(&mut self) -> Option<T> {
        let (caller, mut waiting) = self.callers.pop_front()?;
        let (_, who) = waiting.pop_front()?;
        self.len -= 1;
        if !waiting.is_empty() {
            self.callers.push_back((caller, waiting));
        }
        Some(who)
    }

    fn of(&self, caller: &C) -> Option<&VecDeque<(Instant, T)>> {
        let of = self.callers.iter().find(|(known, _)| known == caller);
        of.map(|(_, waiting)| waiting)
    }
}
