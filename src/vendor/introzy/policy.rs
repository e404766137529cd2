//! What it takes to select the fields that only Introzy has. A field that is in no line can be selected by nobody.

use crate::model::Scope;
use crate::model::scope::{Rule, needs};

pub(crate) const POLICY: &[Rule] = &[
    needs(
        Scope::ReferralsRead,
        "FeePreview",
        "isConverted message organizationId dealValue expectedValue estimatedChainCount \
         facilitatorCount",
    ),
    needs(Scope::PeopleRead, "FeePreview", "connectorUserId"),
    needs(Scope::RawRead, "FeePreview", "feePlans facilitators"),
    needs(Scope::ReferralsRead, "IntrozyCompany", "remoteId name"),
    needs(Scope::ReferralsRead, "IntrozyParty", "type name company"),
    needs(
        Scope::PeopleRead,
        "IntrozyParty",
        "remoteId firstName lastName email",
    ),
    needs(
        Scope::ReferralsRead,
        "IntrozyReferral",
        "pipelineDealId owner seeker provider connector stageDescription stageSortOrder \
         feePreview",
    ),
    needs(Scope::ReferralsRead, "IntrozyUser", "company"),
    needs(
        Scope::PeopleRead,
        "IntrozyUser",
        "remoteId firstName lastName email",
    ),
];
