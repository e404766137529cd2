//! The union of what only one vendor has: one member per row of the table of vendors.

use async_graphql::Union;

use crate::model::{Referral, Vendor};
use crate::vendor::Partly;

macro_rules! union {
    ($( $(#[doc = $doc:literal])* $variant:ident = $name:literal, $path:literal, $module:ident, $details:ident, $input:ident; )*) => {
        /// Everything that a referral's vendor documents and the common fields do not carry.
        #[derive(Union)]
        pub enum ReferralDetails {
            $(
                $(#[doc = $doc])*
                $variant(Box<crate::vendor::$module::schema::$details>),
            )*
        }

        impl ReferralDetails {
            /// The details of a referral, read from the vendor's JSON each time: few queries ask for them, and kept they
            /// would take more memory than the rest of the record.
            pub fn of(referral: &Referral) -> Partly<Self> {
                match referral.vendor { $(
                    Vendor::$variant => {
                        let details = crate::vendor::$module::details(&referral.raw);
                        details.map(|details| Self::$variant(Box::new(details)))
                    }
                )* }
            }
        }
    };
}

crate::vendor::vendors!(union);
