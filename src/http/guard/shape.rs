//! What a document's tokens tell of its shape before it is parsed: how deep its brackets nest, how many selections stand
//! beside one another, how many definitions it has. Of a document that parses it tells exactly that; of any other, of the
//! part up to where parsing stops.

use std::mem;

use super::{MAX_FRAGMENTS, MAX_NESTING, MAX_OPERATIONS, MAX_WIDTH, Refusal};

/// The shape of the tokens so far.
pub(super) struct Shape {
    nesting: usize,
    /// How many of the open brackets are those of arguments, variables, lists and objects: the innermost ones, for there is
    /// no selection within them.
    values: usize,
    /// How many selections there are so far in each selection set that is open, by its nesting.
    widths: [usize; MAX_NESTING + 1],
    operations: usize,
    fragments: usize,
    before: Before,
}

/// The token before, as far as it tells what the next one is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// None, or the end of a definition or a selection set.
    End,
    /// `...`: a name next is that of a fragment.
    Dots,
    /// `... on`: a name next is that of a type.
    On,
    /// `:` or `@`: a name next is that of an aliased field, or of a directive.
    Sign,
    /// Any other.
    Other,
}

impl Shape {
    pub(super) fn new() -> Self {
        Self {
            nesting: 0,
            values: 0,
            widths: [0; MAX_NESTING + 1],
            operations: 0,
            fragments: 0,
            before: Before::End,
        }
    }

    /// Takes the next token.
    pub(super) fn take(&mut self, token: &[u8]) -> Result<(), Refusal> {
        let next = self.before.then(token);
        let before = mem::replace(&mut self.before, next);
        if self.nesting == 0 && before == Before::End {
            self.define(token)?;
        }
        if self.nesting > 0 && self.values == 0 && before.is_followed_by_selection(token) {
            let width = &mut self.widths[self.nesting];
            *width += 1;
            if *width > MAX_WIDTH {
                return Err(Refusal::Width);
            }
        }
        match token {
            b"{" | b"(" | b"[" => self.open(token)?,
            b"}" | b")" | b"]" => self.close(),
            _ => {}
        }
        Ok(())
    }

    fn define(&mut self, token: &[u8]) -> Result<(), Refusal> {
        if token == b"fragment" {
            self.fragments += 1;
        } else {
            self.operations += 1;
        }
        if self.operations > MAX_OPERATIONS {
            return Err(Refusal::Operations);
        }
        if self.fragments > MAX_FRAGMENTS {
            return Err(Refusal::Fragments);
        }
        Ok(())
    }

    fn open(&mut self, bracket: &[u8]) -> Result<(), Refusal> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(Refusal::Nesting);
        }
        if self.values > 0 || bracket != b"{" {
            self.values += 1;
        }
        self.widths[self.nesting] = 0;
        Ok(())
    }

    fn close(&mut self) {
        self.nesting = self.nesting.saturating_sub(1);
        self.values = self.values.saturating_sub(1);
    }
}

impl Before {
    /// What this token is to the one after it.
    fn then(self, token: &[u8]) -> Self {
        match token {
            b"}" => Self::End,
            b"." => Self::Dots,
            b":" | b"@" => Self::Sign,
            b"on" if self == Self::Dots => Self::On,
            _ => Self::Other,
        }
    }

    /// Whether this token after it begins a selection, in a selection set.
    fn is_followed_by_selection(self, token: &[u8]) -> bool {
        match token.first() {
            Some(b'.') => self != Self::Dots,
            Some(byte) if byte.is_ascii_alphanumeric() || *byte == b'_' => {
                !matches!(self, Self::Dots | Self::On | Self::Sign)
            }
            _ => false,
        }
    }
}
