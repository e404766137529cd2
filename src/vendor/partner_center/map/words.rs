//! Microsoft's enumerations. A word that is in none of its lists is `Unrecognized`, and that has no word.

use crate::vendor::partner_center::schema::{
    PartnerCenterAssistanceRequest, PartnerCenterCompanySize, PartnerCenterCustomerIdType,
    PartnerCenterQualification, PartnerCenterReferralType, PartnerCenterSolutionType,
    PartnerCenterStatus, PartnerCenterSubstatus, PartnerCenterTargetType,
};

/// What has a word of Microsoft's.
pub(in crate::vendor::partner_center) trait Word: Copy {
    /// The word; none for what Microsoft does not document.
    fn word(self) -> Option<&'static str>;
}

macro_rules! words {
    ($(fn $name:ident -> $type:ident { $( $word:literal => $variant:ident, )* })*) => {$(
        impl Word for $type {
            fn word(self) -> Option<&'static str> {
                match self {
                    $( Self::$variant => Some($word), )*
                    Self::Unrecognized => None,
                }
            }
        }

        pub(super) fn $name(word: Option<&String>) -> Option<$type> {
            Some(match word?.as_str() {
                $( $word => $type::$variant, )*
                _ => $type::Unrecognized,
            })
        }
    )*};
}

words! {
    fn referral_type -> PartnerCenterReferralType {
        "Independent" => Independent,
        "Shared" => Shared,
    }
    fn status -> PartnerCenterStatus {
        "None" => None,
        "New" => New,
        "Active" => Active,
        "Closed" => Closed,
    }
    fn substatus -> PartnerCenterSubstatus {
        "None" => None,
        "Pending" => Pending,
        "Received" => Received,
        "Accepted" => Accepted,
        "Won" => Won,
        "Lost" => Lost,
        "Declined" => Declined,
        "Expired" => Expired,
    }
    fn qualification -> PartnerCenterQualification {
        "None" => None,
        "Direct" => Direct,
        "MarketingQualified" => MarketingQualified,
        "SalesQualified" => SalesQualified,
    }
    fn target_type -> PartnerCenterTargetType {
        "None" => None,
        "BusinessProfileLocation" => BusinessProfileLocation,
        "SolutionProfile" => SolutionProfile,
    }
    fn solution_type -> PartnerCenterSolutionType {
        "None" => None,
        "Category" => Category,
        "Name" => Name,
    }
    fn customer_id_type -> PartnerCenterCustomerIdType {
        "Duns" => Duns,
        "External" => External,
    }
    fn company_size -> PartnerCenterCompanySize {
        "1to9employees" => From1To9,
        "10to50employees" => From10To50,
        "51to250employees" => From51To250,
        "251to1000employees" => From251To1000,
        "1001to5000employees" => From1001To5000,
        "5001to10000employees" => From5001To10000,
        "10001to20000employees" => From10001To20000,
        "Morethan20000employees" => MoreThan20000,
        "1to50employees" => From1To50,
        "51to500employees" => From51To500,
        "Morethan500employees" => MoreThan500,
    }
    fn assistance_request -> PartnerCenterAssistanceRequest {
        "Unknown" => Unknown,
        "GeneralOrOther" => GeneralOrOther,
        "CustomerTechnicalArchitecture" => CustomerTechnicalArchitecture,
        "ProofOfConceptOrDemo" => ProofOfConceptOrDemo,
        "QuotesOrLicensing" => QuotesOrLicensing,
        "PostSalesCustomerSuccess" => PostSalesCustomerSuccess,
        "WorkloadSpecificValueProposition" => WorkloadSpecificValueProposition,
    }
}
