//! The table of vendors. A row here, a `mod` line and a folder are all that a vendor needs: the enum, the schema's
//! union of details, the configuration, the adapters and the sandbox's mounts are made from these rows.

/// Calls a macro with every row: documentation (it becomes the schema's), variant, name in the schema, path segment, module, and the
/// module's `schema` type that holds the referral's own fields.
macro_rules! vendors {
    ($with:ident) => {
        $with! {
            /// Introzy: people introduce a seeker to a provider; <https://introzy-api-docs.apidocumentation.com>.
            Introzy = "INTROZY", "introzy", introzy, IntrozyReferral;
            /// Plannr CRM: financial advisers pass clients to connected firms; <https://apidocs.plannrcrm.com>.
            Plannr = "PLANNR", "plannr", plannr, PlannrReferral;
            /// Microsoft Partner Center: co-sell leads and deals; <https://learn.microsoft.com/partner-center/developer>.
            PartnerCenter = "PARTNER_CENTER", "partner-center", partner_center, PartnerCenterReferral;
            /// SaaSquatch by impact.com: customer referral programs; <https://docs.saasquatch.com>.
            Saasquatch = "SAASQUATCH", "saasquatch", saasquatch, SaasquatchReferral;
        }
    };
}

pub(crate) use vendors;
