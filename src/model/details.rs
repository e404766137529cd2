//! What a vendor documents of a referral and the common fields do not carry: one variant per vendor, from the table.

macro_rules! define {
    ($( $(#[doc = $doc:literal])* $variant:ident = $name:literal, $path:literal, $module:ident, $details:ident; )*) => {
        /// A referral's own fields, as its vendor has them.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Details {
            $(
                #[doc = concat!("Of ", $name, ".")]
                $variant(std::sync::Arc<crate::vendor::$module::schema::$details>),
            )*
        }
    };
}

crate::vendor::vendors!(define);
