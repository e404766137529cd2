//! What it takes to select the fields that only Partner Center has. A field that is in no line can be selected by nobody.

use crate::model::Scope;
use crate::model::scope::{Rule, needs};

pub(crate) const POLICY: &[Rule] = &[
    needs(
        Scope::ReferralsRead,
        "PartnerCenterAddress",
        "addressLine1 addressLine2 city state postalCode country region",
    ),
    needs(Scope::ReferralsRead, "PartnerCenterAttribute", "type value"),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterConsent",
        "shareInfoWithOthers contact shareWithMicrosoftSellers microsoftMayContactPartners",
    ),
    needs(
        Scope::PeopleRead,
        "PartnerCenterContactPreference",
        "locale disableNotifications",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterCustomerId",
        "type typeText remoteId",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterCustomerProfile",
        "name size sizeText isMatchingComplete address team ids",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterInviteContext",
        "notes assistanceRequest assistanceRequestText invitedMpnId invitedBy",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterMarketplaceTransaction",
        "isTransacted transactedAt",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterMember",
        "emailValidationStatus phoneValidationStatus",
    ),
    needs(
        Scope::PeopleRead,
        "PartnerCenterMember",
        "firstName lastName phoneNumber email title contactPreference",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterOrganization",
        "remoteId name",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterReferral",
        "type typeText status substatus statusReason qualification qualificationText \
         organization target customerProfile consent dealValue currency closingDate \
         customerRequestedContact customerAction incentiveLevel requirements team inviteContext \
         salesStage eTag acceptedDate campaignId favorite quality isSpam mpnId referralProgram \
         dealSensitivity createdVia lastModifiedVia lastRunId tags registrationStatus \
         registrations trackingInfo referralSource callToAction",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterRegistration",
        "remoteId type registeredAt status statusReason contract solutions history",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterRegistrationContract",
        "value currency startsAt endsAt signedAt term",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterRegistrationHistory",
        "reviewPendingAt actionRequiredAt passedAt failedAt approvedAt",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterRegistrationSolution",
        "remoteId name value currency isDeployedOnAzure primaryDeploymentOn pricingModel \
         marketplaceTransaction",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterRequirements",
        "industries products services solutions attributes",
    ),
    needs(
        Scope::RawRead,
        "PartnerCenterRequirements",
        "offers salesPlays additionalRequirements",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterSolution",
        "remoteId name type typeText price quantity currency publisherName solutionType \
         closingDate",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterTarget",
        "type typeText remoteId",
    ),
    needs(
        Scope::ReferralsRead,
        "PartnerCenterTrackingInfo",
        "microsoftMsxId microsoftUsFedOpportunityId microsoftUsFedLeadId migratedPscDealId \
         migratedPscPartnerDealId",
    ),
];
