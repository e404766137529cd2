//! Keys that the gateway's operator gives out. The configuration holds their hashes alone: keys are long and random, so
//! that a plain hash cannot be guessed back.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::Caller;

/// Nobody guesses a shorter one, but a person might have chosen it.
pub const MIN_LENGTH: usize = 32;

/// By which a key is known for one where it should not be, by people and by programs that look for such things.
const MARK: &str = "rgk_";

/// A key, by its hash.
pub struct Key {
    /// Whose it is.
    pub caller: Arc<Caller>,
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// From when on it is no longer taken.
    pub expires: Option<Timestamp>,
}

/// The keys that are taken.
pub(super) struct Keys(Vec<Key>);

/// A new key, and what the configuration is to know of it.
pub struct NewKey {
    /// The key, for the caller alone.
    pub key: Zeroizing<String>,
    /// The hash, in hexadecimal digits.
    pub sha256: String,
}

impl Keys {
    pub(super) fn new(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    /// Whose key this is. All are compared, each to its end, so that the time tells nothing of where they differ.
    pub(super) fn find(&self, presented: &str, now: Timestamp) -> Option<Arc<Caller>> {
        if presented.len() < MIN_LENGTH {
            return None;
        }
        let digest: [u8; 32] = Sha256::digest(presented).into();
        let mut found = None;
        for key in &self.0 {
            let is_it = bool::from(key.sha256.ct_eq(&digest));
            let is_valid = key.expires.is_none_or(|expires| now < expires);
            if is_it && is_valid {
                found = Some(key.caller.clone());
            }
        }
        found
    }
}

/// A new key, from 32 bytes of chance.
pub fn new(mut chance: [u8; 32]) -> NewKey {
    use zeroize::Zeroize as _;
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(chance));
    chance.zeroize();
    let key = Zeroizing::new(format!("{MARK}{}", text.as_str()));
    let sha256 = hex(&Sha256::digest(key.as_bytes()));
    NewKey { key, sha256 }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The 32 bytes that 64 hexadecimal digits stand for.
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[place * 2..place * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Scopes, Workspace};

    fn keys(key: &NewKey, expires: Option<Timestamp>) -> Keys {
        Keys::new(vec![Key {
            caller: Arc::new(Caller {
                name: "web".into(),
                workspace: Workspace::new("acme"),
                scopes: Scopes::NONE,
            }),
            sha256: unhex(&key.sha256).unwrap(),
            expires,
        }])
    }

    #[test]
    fn a_new_key_is_long_and_found_by_its_hash() {
        let key = new([7; 32]);
        assert!(key.key.starts_with(MARK) && key.key.len() >= MIN_LENGTH);
        let found = keys(&key, None).find(&key.key, Timestamp::UNIX_EPOCH);
        assert_eq!(&*found.unwrap().name, "web");
        let other = new([8; 32]);
        assert_eq!(
            keys(&key, None).find(&other.key, Timestamp::UNIX_EPOCH),
            None
        );
    }

    #[test]
    fn a_key_is_taken_until_it_expires_and_not_from_then_on() {
        let key = new([7; 32]);
        let expires: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let keys = keys(&key, Some(expires));
        let just_before = expires - jiff::SignedDuration::from_millis(1);
        assert!(keys.find(&key.key, just_before).is_some());
        assert!(keys.find(&key.key, expires).is_none());
    }

    #[test]
    fn only_64_hexadecimal_digits_are_a_hash() {
        assert_eq!(unhex(&hex(&[0xa5; 32])), Some([0xa5; 32]));
        assert_eq!(unhex(&"+1".repeat(32)), None);
        assert_eq!(unhex(&"a".repeat(63)), None);
        assert_eq!(unhex(&"é".repeat(32)), None);
    }
}
