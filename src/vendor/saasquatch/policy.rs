//! What it takes to select the fields that only SaaSquatch has. A field that is in no line can be selected by nobody.

use crate::model::Scope;
use crate::model::scope::{Rule, needs};

pub(crate) const POLICY: &[Rule] = &[
    needs(Scope::ReferralsRead, "SaasquatchFraudSignal", "name score"),
    needs(Scope::PeopleRead, "SaasquatchFraudSignal", "message"),
    needs(
        Scope::ReferralsRead,
        "SaasquatchReferral",
        "programId referredModerationText referrerModerationText fraudSignals rewards \
         referredReward referrerReward referredUser referrerUser convertedAt paidAt endedAt \
         userModifiedAt",
    ),
    needs(
        Scope::PeopleRead,
        "SaasquatchReferral",
        "referralCodeUsed shareLinkUsed",
    ),
    needs(
        Scope::ReferralsRead,
        "SaasquatchReward",
        "remoteId type typeText source sourceText name unit currency assignedCredit \
         redeemedCredit discountPercent amount fuelTankType description cancellable uniqueId \
         programId programRewardKey globalRewardKey referralId createdAt scheduledFor givenAt \
         expiresAt cancelledAt",
    ),
    needs(
        Scope::PeopleRead,
        "SaasquatchReward",
        "accountId userId fuelTankCode",
    ),
    needs(Scope::RawRead, "SaasquatchReward", "redemptions"),
    needs(
        Scope::PeopleRead,
        "SaasquatchUser",
        "remoteId accountId lastInitial referralCode emailHash imageUrl cookieId \
         paymentProviderId locale countryCode referralSource firstSeenIp lastSeenIp createdAt \
         blockedAt",
    ),
    needs(Scope::RawRead, "SaasquatchUser", "shareLinks"),
];
