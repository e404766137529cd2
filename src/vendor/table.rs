//! The table of vendors. A row here, a `mod` line and a folder are all that a vendor needs: the enum, the schema's
//! union of details, the configuration, the adapters and the sandbox's mounts are made from these rows.

/// Calls a macro with every row: documentation (it becomes the schema's), variant, name in the schema, path segment, module, and of
/// the module's `schema` the type that holds the referral's own fields and the one that a new referral is described by.
macro_rules! vendors {
    ($with:ident) => {
        $with! {
            /// Introzy: people introduce a seeker to a provider; <https://introzy-api-docs.apidocumentation.com>.
            Introzy = "INTROZY", "introzy", introzy, IntrozyReferral, NewIntrozyReferral;
            /// Plannr CRM: financial advisers pass clients to connected firms; <https://apidocs.plannrcrm.com>.
            Plannr = "PLANNR", "plannr", plannr, PlannrReferral, NewPlannrReferral;
            /// Microsoft Partner Center: co-sell leads and deals; <https://learn.microsoft.com/partner-center/developer>.
            PartnerCenter = "PARTNER_CENTER", "partner-center", partner_center, PartnerCenterReferral, NewPartnerCenterReferral;
            /// SaaSquatch by impact.com: customer referral programs; <https://docs.saasquatch.com>.
            Saasquatch = "SAASQUATCH", "saasquatch", saasquatch, SaasquatchReferral, NewSaasquatchReferral;
        }
    };
}

pub(crate) use vendors;
