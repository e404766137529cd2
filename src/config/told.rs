//! What a configuration says, key by key, in a form that tells whether two say the same and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

/// What is said under each key, as a hash: the keys are names, and what they say may be secret. What a secret's file or
/// variable holds is what is said.
#[derive(Default)]
pub struct Told(BTreeMap<String, [u8; 32]>);

impl Told {
    /// Notes what is said under a key, such as `introzy.api_key`. What was noted of it before is void.
    pub(super) fn note(&mut self, section: &str, key: &str, said: &str) {
        let digest = Sha256::digest(said).into();
        self.0.insert(format!("{section}.{key}"), digest);
    }

    /// Notes what is said beside what a key names, such as a file's content.
    pub(super) fn note_also(&mut self, section: &str, key: &str, said: &str) {
        let noted = self.0.entry(format!("{section}.{key}")).or_default();
        let both = Sha256::new().chain_update(*noted).chain_update(said);
        *noted = both.finalize().into();
    }

    /// Takes over what a part of the same configuration says.
    pub(super) fn take_over(&mut self, part: Self) {
        self.0.extend(part.0);
    }

    /// The keys under which this one and another say something different.
    pub fn differing(&self, other: &Self) -> BTreeSet<String> {
        let differs = |key: &&String| self.0.get(*key) != other.0.get(*key);
        let keys = self.0.keys().chain(other.0.keys());
        keys.filter(differs).cloned().collect()
    }
}
