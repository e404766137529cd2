//! Global ids: opaque to clients, stable, safe in a URL. Inside is the kind, the vendor, and the vendor's own id (for a
//! facilitator also the referral's, below which both vendors address it).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Vendor;

/// What an id of the schema points at.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Debug))]
pub enum GlobalId {
    /// A referral.
    Referral(Vendor, String),
    /// A facilitator of a referral.
    Facilitator {
        /// The vendor of both.
        vendor: Vendor,
        /// The referral's id at the vendor.
        referral: String,
        /// The facilitator's key below that referral.
        key: String,
    },
    /// A connection between firms.
    Connection(Vendor, String),
    /// An engagement.
    Engagement(Vendor, String),
}

/// A text that is no id of this gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdError;

/// Longer than any id a vendor has been seen to use.
const MAX_LENGTH: usize = 1_024;

impl GlobalId {
    /// The vendor that has the thing.
    pub fn vendor(&self) -> Vendor {
        match self {
            Self::Referral(vendor, _)
            | Self::Facilitator { vendor, .. }
            | Self::Connection(vendor, _)
            | Self::Engagement(vendor, _) => *vendor,
        }
    }

    /// The text of a referral's id. Lists give out many, so nothing is copied that need not be.
    pub fn text_of_referral(vendor: Vendor, id: &str) -> String {
        text(&["r", vendor.name(), id])
    }

    /// Reads an id that the gateway gave out. Exactly one text stands for one thing.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.len() > MAX_LENGTH {
            return Err(IdError);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| IdError)?;
        let parts: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| IdError)?;
        let id = Self::from_parts(&parts).ok_or(IdError)?;
        if id.to_string() != text {
            return Err(IdError);
        }
        Ok(id)
    }

    fn from_parts(parts: &[String]) -> Option<Self> {
        let (kind, vendor) = (parts.first()?, Vendor::named(parts.get(1)?)?);
        if !parts[2..].iter().all(|part| addresses_a_record(part)) {
            return None;
        }
        match (kind.as_str(), &parts[2..]) {
            ("r", [id]) => Some(Self::Referral(vendor, id.clone())),
            ("f", [referral, key]) => Some(Self::Facilitator {
                vendor,
                referral: referral.clone(),
                key: key.clone(),
            }),
            ("c", [id]) => Some(Self::Connection(vendor, id.clone())),
            ("e", [id]) => Some(Self::Engagement(vendor, id.clone())),
            _ => None,
        }
    }
}

/// Whether a vendor could have a record under this id. An empty one, `.` and `..` would address something else.
pub fn addresses_a_record(remote_id: &str) -> bool {
    !matches!(remote_id, "" | "." | "..") && !remote_id.chars().any(char::is_control)
}

impl fmt::Display for GlobalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vendor = self.vendor().name();
        let parts: &[&str] = match self {
            Self::Referral(_, id) => &["r", vendor, id],
            Self::Facilitator { referral, key, .. } => &["f", vendor, referral, key],
            Self::Connection(_, id) => &["c", vendor, id],
            Self::Engagement(_, id) => &["e", vendor, id],
        };
        f.write_str(&text(parts))
    }
}

fn text(parts: &[&str]) -> String {
    let json = serde_json::to_vec(parts).expect("strings are always JSON");
    URL_SAFE_NO_PAD.encode(json)
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id of this gateway")
    }
}

impl std::error::Error for IdError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_id_reads_back_as_itself_and_is_safe_in_a_url(vendor in 0..Vendor::ALL.len(), id in "[^\\x00-\\x1f\\x7f-\\x9f]{1,40}", key in "[a-z@.]{3,40}") {
            prop_assume!(addresses_a_record(&id) && addresses_a_record(&key));
            let vendor = Vendor::ALL[vendor];
            for global in [
                GlobalId::Referral(vendor, id.clone()),
                GlobalId::Facilitator { vendor, referral: id.clone(), key: key.clone() },
                GlobalId::Connection(vendor, id.clone()),
                GlobalId::Engagement(vendor, id.clone()),
            ] {
                let text = global.to_string();
                if let GlobalId::Referral(vendor, id) = &global {
                    prop_assert_eq!(&GlobalId::text_of_referral(*vendor, id), &text);
                }
                prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
                prop_assert_eq!(GlobalId::parse(&text), Ok(global));
            }
        }

        #[test]
        fn any_other_text_is_refused(text in ".{0,60}") {
            prop_assert_eq!(GlobalId::parse(&text), Err(IdError));
        }
    }

    #[test]
    fn an_id_that_would_address_something_else_is_refused() {
        for id in ["", ".", ".."] {
            let text = GlobalId::Referral(Vendor::Plannr, id.to_owned()).to_string();
            assert_eq!(GlobalId::parse(&text), Err(IdError), "{id:?}");
        }
    }
}
