//! The referral codes of advisers: 8 upper-case letters and digits, as the vendor's example.

use uuid::Uuid;

use super::seed::employee;
use crate::sandbox::world::PEOPLE;

/// Ada Okoro's own, of the gateway's firm.
pub const OWN_ADVISER_KEY: &str = "ADA0KR01";

/// Of an adviser to whom the gateway's account is connected.
pub const CONNECTED_ADVISER_KEY: &str = "CHI4C0NT";

/// Of an adviser whom the gateway's account has asked for a connection.
pub const PENDING_ADVISER_KEY: &str = "QU3NT1NM";

/// Of advisers to whom the gateway's account has no connection.
pub const FREE_ADVISER_KEYS: [&str; 4] = ["GR4CE0NL", "DM1TR1VK", "TAR4S1NG", "N0VAKV1K"];

/// Nobody's.
pub const UNKNOWN_ADVISER_KEY: &str = "ZZZZ9999";

/// Each with its adviser.
const KEYS: [(&str, usize); 8] = [
    (OWN_ADVISER_KEY, 0),
    // A colleague in the gateway's firm.
    ("B0BMARSH", 1),
    (CONNECTED_ADVISER_KEY, 2),
    (PENDING_ADVISER_KEY, 16),
    (FREE_ADVISER_KEYS[0], 6),
    (FREE_ADVISER_KEYS[1], 3),
    (FREE_ADVISER_KEYS[2], 19),
    (FREE_ADVISER_KEYS[3], 21),
];

/// The firm and the account of the adviser with this key.
pub(super) fn adviser(key: &str, is_case_ignored: bool) -> Option<(usize, Uuid)> {
    let is_meant = |known: &str| {
        if is_case_ignored {
            known.eq_ignore_ascii_case(key)
        } else {
            known == key
        }
    };
    let (_, person) = KEYS.into_iter().find(|(known, _)| is_meant(known))?;
    let firm = PEOPLE[person].company;
    Some((firm, employee(firm, person)))
}
