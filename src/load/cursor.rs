//! Cursors of the merged list: opaque, URL-safe, good after a restart, and bound to their filter and order.

use std::hash::{Hash, Hasher};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::listed::Rank;
use crate::model::Vendor;
use crate::vendor::Position;

/// Longer hints are left out; the list is then read from its start.
const MAX_HINT: usize = 32;

/// Longer than any cursor that the gateway gives out.
const MAX_LENGTH: usize = 2_048;

/// A place in a merged list: after which row, and where the vendors' own lists stood.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub struct Cursor {
    /// The last row seen.
    pub after: Rank,
    /// Where reading may go on in a vendor's list. Never trusted without a look at the rows found there.
    pub hints: Vec<(Vendor, Position)>,
}

/// What a list was asked for, in short: a cursor is good for one of these only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint([u8; 6]);

/// Why a text is no cursor for this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorError {
    /// Not one of ours.
    Malformed,
    /// One of another list, filter or order.
    Foreign,
}

#[derive(Serialize, Deserialize)]
struct Written {
    /// The fingerprint.
    f: String,
    /// The time, in nanoseconds since 1970, as text: it does not fit every reader's numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    t: Option<String>,
    /// The vendor.
    v: String,
    /// The vendor's id.
    i: String,
    /// The hints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    h: Vec<(String, String)>,
}

impl Fingerprint {
    /// Of whatever tells one list from another.
    pub fn of(list: &impl Hash) -> Self {
        let mut digesting = Digesting(Sha256::new());
        list.hash(&mut digesting);
        let digest = digesting.0.finalize();
        let mut short = [0; 6];
        short.copy_from_slice(&digest[..6]);
        Self(short)
    }

    fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// Hands what a value is made of to a digest that is the same after a restart, which the standard library's is not.
struct Digesting(Sha256);

impl Hasher for Digesting {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("the digest is longer than this, and taken as a whole")
    }
}

impl Cursor {
    /// As given to clients.
    pub fn write(&self, list: Fingerprint) -> String {
        let short = |position: &&(Vendor, Position)| position.1.0.len() <= MAX_HINT;
        let written = Written {
            f: list.text(),
            t: self.after.time.map(|time| time.as_nanosecond().to_string()),
            v: self.after.vendor.name().to_owned(),
            i: self.after.remote_id.clone(),
            h: self
                .hints
                .iter()
                .filter(short)
                .map(|(vendor, at)| (vendor.name().to_owned(), at.0.to_string()))
                .collect(),
        };
        let json = serde_json::to_vec(&written).expect("strings are always JSON");
        URL_SAFE_NO_PAD.encode(json)
    }

    /// As taken back from clients.
    pub fn read(text: &str, list: Fingerprint) -> Result<Self, CursorError> {
        let written = Self::written(text).ok_or(CursorError::Malformed)?;
        if written.f != list.text() {
            return Err(CursorError::Foreign);
        }
        let time = match written.t.map(|nanoseconds| nanoseconds.parse::<i128>()) {
            None => None,
            Some(Ok(nanoseconds)) => {
                Some(Timestamp::from_nanosecond(nanoseconds).map_err(|_| CursorError::Malformed)?)
            }
            Some(Err(_)) => return Err(CursorError::Malformed),
        };
        let vendor = Vendor::named(&written.v).ok_or(CursorError::Malformed)?;
        let hints = written.h.into_iter().filter(|(_, at)| at.len() <= MAX_HINT);
        let hints =
            hints.filter_map(|(vendor, at)| Some((Vendor::named(&vendor)?, Position(at.into()))));
        Ok(Self {
            after: Rank {
                time,
                vendor,
                remote_id: written.i,
            },
            hints: hints.collect(),
        })
    }

    fn written(text: &str) -> Option<Written> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_reads_back_as_itself_for_its_own_list_only(
            nanoseconds in proptest::option::of(-10_i64.pow(18)..10_i64.pow(18)),
            vendor in 0..Vendor::ALL.len(),
            remote_id in ".{1,40}",
            hint in "[a-z0-9:]{1,32}",
        ) {
            let time = nanoseconds.map(|n| Timestamp::from_nanosecond(n.into()).unwrap());
            let vendor = Vendor::ALL[vendor];
            let cursor = Cursor { after: Rank { time, vendor, remote_id }, hints: vec![(vendor, Position(hint.into()))] };
            let text = cursor.write(Fingerprint::of(&"one list"));
            prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
            prop_assert_eq!(Cursor::read(&text, Fingerprint::of(&"one list")), Ok(cursor));
            prop_assert_eq!(Cursor::read(&text, Fingerprint::of(&"another")), Err(CursorError::Foreign));
        }

        #[test]
        fn any_other_text_is_malformed(text in ".{0,80}") {
            prop_assert_eq!(Cursor::read(&text, Fingerprint::of(&"list")), Err(CursorError::Malformed));
        }
    }
}
