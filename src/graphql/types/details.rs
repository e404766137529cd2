//! The union of what only one vendor has: one member per row of the table of vendors.

use std::sync::Arc;

use async_graphql::Union;

use crate::model::Details;

macro_rules! union {
    ($( $(#[doc = $doc:literal])* $variant:ident = $name:literal, $path:literal, $module:ident, $details:ident; )*) => {
        /// Everything that a referral's vendor documents and the common fields do not carry.
        #[derive(Union)]
        pub enum ReferralDetails {
            $(
                $(#[doc = $doc])*
                $variant(Arc<crate::vendor::$module::schema::$details>),
            )*
        }

        impl ReferralDetails {
            /// The details of a referral.
            pub fn of(details: &Details) -> Self {
                match details { $( Details::$variant(own) => Self::$variant(own.clone()), )* }
            }
        }
    };
}

crate::vendor::vendors!(union);
