//! Who the gateway speaks to, and for whom.

use std::fmt;
use std::sync::Arc;

macro_rules! define {
    ($( $(#[doc = $doc:literal])* $variant:ident = $name:literal, $path:literal, $module:ident, $details:ident, $input:ident; )*) => {
        /// One of the systems behind the gateway, in the order in which ties between their rows are broken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Vendor { $( $(#[doc = $doc])* $variant, )* }

        impl Vendor {
            /// Every vendor, in order.
            pub const ALL: &'static [Vendor] = &[$( Vendor::$variant, )*];

            /// As the schema spells it: `PARTNER_CENTER`.
            pub const fn name(self) -> &'static str {
                match self { $( Vendor::$variant => $name, )* }
            }

            /// As addresses spell it: `partner-center`.
            pub const fn path(self) -> &'static str {
                match self { $( Vendor::$variant => $path, )* }
            }

            /// As configuration and logs spell it: `partner_center`.
            pub const fn key(self) -> &'static str {
                match self { $( Vendor::$variant => stringify!($module), )* }
            }
        }
    };
}

crate::vendor::vendors!(define);

/// One customer of the gateway: its credentials and its data. Part of every key under which data is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Workspace(Arc<str>);

/// What a vendor can do through the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Capability {
    /// Its referrals appear in lists.
    ListReferrals,
    /// One referral can be read by id.
    GetReferral,
    /// Referrals can be created.
    CreateReferral,
    /// Referrals can be changed.
    UpdateReferral,
    /// Referrals can be approved or denied.
    Moderate,
    /// Facilitators can be added and removed.
    ManageFacilitators,
    /// Referrals carry notes.
    Notes,
    /// Has standing connections between firms.
    Connections,
    /// Ties referrals together in engagements.
    Engagements,
    /// Turns a referral into a finance deal.
    Convert,
    /// People can be searched.
    People,
    /// Sends webhooks.
    Webhooks,
}

impl Vendor {
    /// The vendor with this name or key.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|vendor| vendor.name() == name || vendor.key() == name)
    }
}

impl Default for Workspace {
    /// The one that there is where customers are not told apart.
    fn default() -> Self {
        Self::new("default")
    }
}

impl fmt::Display for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Workspace {
    /// The workspace of this name.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
