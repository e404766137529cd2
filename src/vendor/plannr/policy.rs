//! What it takes to select the fields that only Plannr has. A field that is in no line can be selected by nobody.

use crate::model::Scope;
use crate::model::scope::{Rule, needs};

pub(crate) const POLICY: &[Rule] = &[
    needs(
        Scope::ReferralsRead,
        "PlannrAccount",
        "type role createdAt updatedAt",
    ),
    needs(
        Scope::PeopleRead,
        "PlannrAccount",
        "remoteId firstName lastName name email photoUrl",
    ),
    needs(Scope::RawRead, "PlannrAccount", "externalReferences"),
    needs(Scope::PeopleRead, "PlannrClient", "remoteId name"),
    needs(Scope::ReferralsRead, "PlannrFirm", "remoteId name"),
    needs(
        Scope::ReferralsRead,
        "PlannrReferral",
        "adviceType durationMonths sharedData slaDeadline clients clonedClients senderFirm \
         recipientFirm senderAccount recipientAccount rejectionReason",
    ),
];
