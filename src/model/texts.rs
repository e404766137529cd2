//! Several short texts in one piece of memory.

use std::fmt;

/// Whether there is nothing to be seen of a text.
pub(crate) fn is_blank(text: &str) -> bool {
    // Told from the first letter for nearly all.
    !text.as_bytes().first().is_some_and(u8::is_ascii_graphic)
        && text.chars().all(char::is_whitespace)
}

/// So many texts, each of which may be missing. A blank one says as little as none and is not kept.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Texts<const N: usize> {
    /// One after the other.
    all: Box<str>,
    /// Where each ends.
    ends: [u32; N],
}

impl<const N: usize> Texts<N> {
    pub(super) fn new(texts: [Option<&str>; N]) -> Self {
        let texts = texts.map(|text| text.filter(|text| !is_blank(text)));
        let length = texts.iter().flatten().map(|text| text.len()).sum();
        let mut all = String::with_capacity(length);
        let ends = texts.map(|text| {
            all.push_str(text.unwrap_or_default());
            u32::try_from(all.len()).expect("no answer of a vendor is read that is so long")
        });
        Self {
            all: all.into(),
            ends,
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        let text = &self.all[start as usize..self.ends[index] as usize];
        Some(text).filter(|text| !text.is_empty())
    }

    /// How many bytes they hold beside themselves.
    pub(super) fn held(&self) -> usize {
        self.all.len()
    }
}

impl<const N: usize> Default for Texts<N> {
    fn default() -> Self {
        Self::new([None; N])
    }
}

impl<const N: usize> fmt::Debug for Texts<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries((0..N).map(|index| self.get(index)))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_comes_back_and_a_blank_one_is_none() {
        let texts = Texts::new([None, Some("Ada"), Some(" "), Some("Ökoro"), Some("")]);
        let kept: Vec<_> = (0..5).map(|index| texts.get(index)).collect();
        assert_eq!(kept, [None, Some("Ada"), None, Some("Ökoro"), None]);
    }

    #[test]
    fn the_same_letters_split_otherwise_are_other_texts() {
        let split = |one, other| Texts::new([Some(one), Some(other)]);
        assert_ne!(split("ab", "c"), split("a", "bc"));
        assert_eq!(Texts::<2>::default(), Texts::new([None, Some("")]));
    }
}
