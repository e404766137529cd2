//! The closed lists that Microsoft documents. Every one may grow, so each has `UNRECOGNIZED`.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Who sees a Partner Center referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize)]
pub enum PartnerCenterReferralType {
    /// One partner sees it.
    Independent,
    /// Two parties who work together see it, for example a partner and Microsoft in a co-sell deal.
    Shared,
    /// A value that Microsoft does not document; its own word is in `typeText`.
    Unrecognized,
}

/// Where a Partner Center referral stands. From NEW it may go to ACTIVE or CLOSED, from ACTIVE to CLOSED, from there
/// nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize)]
pub enum PartnerCenterStatus {
    /// In Microsoft's list of values, without a documented meaning.
    None,
    /// Not answered yet; its substatus is PENDING or RECEIVED.
    New,
    /// Being worked on; its substatus is ACCEPTED.
    Active,
    /// At its end; its substatus is WON, LOST, DECLINED or EXPIRED.
    Closed,
    /// A value that Microsoft does not document; its own word is in the referral's `vendorStatus`.
    Unrecognized,
}

/// What a Partner Center status means more exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize)]
pub enum PartnerCenterSubstatus {
    /// In Microsoft's list of values, without a documented meaning.
    None,
    /// NEW: waits for an answer.
    Pending,
    /// NEW: has been received.
    Received,
    /// ACTIVE: was accepted.
    Accepted,
    /// CLOSED: ended with success.
    Won,
    /// CLOSED: ended without success.
    Lost,
    /// CLOSED: was refused.
    Declined,
    /// CLOSED: was not answered in time (14 days).
    Expired,
    /// A value that Microsoft does not document; its own word is in the referral's `vendorStatus`.
    Unrecognized,
}

/// How far a Partner Center lead was qualified before it was passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize)]
pub enum PartnerCenterQualification {
    /// In Microsoft's list of values, without a documented meaning.
    None,
    /// Came directly from the customer, for example from a marketplace.
    Direct,
    /// Marketing found it worth following.
    MarketingQualified,
    /// Sales found it worth following.
    SalesQualified,
    /// A value that Microsoft does not document; its own word is in `qualificationText`.
    Unrecognized,
}

/// What a Partner Center referral is addressed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize)]
pub enum PartnerCenterTargetType {
    /// In Microsoft's list of values, without a documented meaning.
    None,
    /// A location of an organization; Microsoft itself is the one with the id `msft`.
    BusinessProfileLocation,
    /// A solution that a partner offers.
    SolutionProfile,
    /// A value that Microsoft does not document; its own word is in `typeText`.
    Unrecognized,
}

/// How a solution that the customer is looking for is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize)]
pub enum PartnerCenterSolutionType {
    /// In Microsoft's list of values, without a documented meaning.
    None,
    /// By a category of solutions.
    Category,
    /// By its own name.
    Name,
    /// A value that Microsoft does not document; its own word is in `typeText`.
    Unrecognized,
}

/// Who gave out the id of a Partner Center customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize)]
pub enum PartnerCenterCustomerIdType {
    /// Dun & Bradstreet: a D-U-N-S number.
    Duns,
    /// Someone else.
    External,
    /// A value that Microsoft does not document; its own word is in `typeText`.
    Unrecognized,
}

/// How many employees a Partner Center customer has. Microsoft has a coarse and a fine set of ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize)]
pub enum PartnerCenterCompanySize {
    /// Fine: 1 to 9.
    #[graphql(name = "EMPLOYEES_1_TO_9")]
    From1To9,
    /// Fine: 10 to 50.
    #[graphql(name = "EMPLOYEES_10_TO_50")]
    From10To50,
    /// Fine: 51 to 250.
    #[graphql(name = "EMPLOYEES_51_TO_250")]
    From51To250,
    /// Fine: 251 to 1,000.
    #[graphql(name = "EMPLOYEES_251_TO_1000")]
    From251To1000,
    /// Fine: 1,001 to 5,000.
    #[graphql(name = "EMPLOYEES_1001_TO_5000")]
    From1001To5000,
    /// Fine: 5,001 to 10,000.
    #[graphql(name = "EMPLOYEES_5001_TO_10000")]
    From5001To10000,
    /// Fine: 10,001 to 20,000.
    #[graphql(name = "EMPLOYEES_10001_TO_20000")]
    From10001To20000,
    /// Fine: more than 20,000.
    #[graphql(name = "EMPLOYEES_MORE_THAN_20000")]
    MoreThan20000,
    /// Coarse: 1 to 50.
    #[graphql(name = "EMPLOYEES_1_TO_50")]
    From1To50,
    /// Coarse: 51 to 500.
    #[graphql(name = "EMPLOYEES_51_TO_500")]
    From51To500,
    /// Coarse: more than 500.
    #[graphql(name = "EMPLOYEES_MORE_THAN_500")]
    MoreThan500,
    /// A value that Microsoft does not document; its own word is in `sizeText`.
    Unrecognized,
}

/// What help a Partner Center partner asked of Microsoft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize)]
pub enum PartnerCenterAssistanceRequest {
    /// In Microsoft's list of values, without a documented meaning.
    Unknown,
    /// General help, or something that is not in this list.
    GeneralOrOther,
    /// A technical architect for the customer.
    CustomerTechnicalArchitecture,
    /// A proof of concept or a demonstration.
    ProofOfConceptOrDemo,
    /// Quotes or licensing.
    QuotesOrLicensing,
    /// Help for the customer after the sale.
    PostSalesCustomerSuccess,
    /// A value proposition for a certain workload.
    WorkloadSpecificValueProposition,
    /// A value that Microsoft does not document; its own word is in `assistanceRequestText`.
    Unrecognized,
}
