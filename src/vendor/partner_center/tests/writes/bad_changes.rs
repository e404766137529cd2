//! What is told of changes before anything is sent.

use pretty_assertions::assert_eq;

use super::bad_inputs::{invalid, long, people, person, wrong};
use super::*;
use crate::model::{
    Decision, FacilitatorParty, FacilitatorRole, FacilitatorSide, ModerationSide, NewFacilitator,
    TeamMember, Verdict,
};
use ProblemCode::Unsupported;

pub(super) fn update(patch: &Value) -> Write {
    Write::Update {
        referral: "r1".to_owned(),
        expected_version: None,
        patch: patch.clone(),
    }
}

#[tokio::test]
async fn a_patch_changes_something_within_bounds() {
    assert_eq!(wrong(&update(&json!({}))).await, invalid(&[""]));
    assert_eq!(
        wrong(&update(&json!({"notes": null}))).await,
        invalid(&[""])
    );
    for (field, most) in [
        ("statusReason", 2_000),
        ("notes", 10_000),
        ("externalReference", 200),
        ("campaignId", 200),
        ("referralProgram", 200),
        ("salesStage", 200),
    ] {
        assert_eq!(wrong(&update(&json!({field: long(most)}))).await, []);
        assert_eq!(
            wrong(&update(&json!({field: long(most + 1)}))).await,
            invalid(&[field])
        );
    }
    let consent = "consentToShareReferralWithMicrosoftSellers";
    for (patch, paths) in [
        (json!({"dealValue": "1"}), &[][..]),
        (json!({"dealValue": "-1"}), &["dealValue"]),
        (json!({"currency": "dollars"}), &["currency"]),
        (json!({consent: true}), &[]),
        (json!({consent: false}), &[consent]),
        (
            json!({"team": people(51), "customerTeam": [person("")]}),
            &["team", "customerTeam.0.email"],
        ),
        (json!({"solutions": [{"id": ""}]}), &["solutions.0.id"]),
    ] {
        assert_eq!(wrong(&update(&patch)).await, invalid(paths));
    }
}

#[tokio::test]
async fn a_version_that_would_mean_any_or_several_is_refused() {
    for version in ["", "*", "\"a\", \"b\"", "ä", "a\nb", "a b"] {
        let write = Write::Update {
            referral: "r1".to_owned(),
            expected_version: Some(version.to_owned()),
            patch: json!({"notes": "n"}),
        };
        assert_eq!(
            wrong(&write).await,
            invalid(&["expectedVersion"]),
            "{version:?}"
        );
    }
}

#[tokio::test]
async fn a_facilitator_is_a_team_member_on_no_side() {
    let add = |party, role, side| Write::AddFacilitator {
        referral: "r1".to_owned(),
        facilitator: NewFacilitator { party, role, side },
    };
    let user = FacilitatorParty::User("u1".to_owned());
    let connector = add(
        user,
        FacilitatorRole::Connector,
        Some(FacilitatorSide::Seeker),
    );
    assert_eq!(wrong(&connector).await, invalid(&["party", "role", "side"]));
    let member = FacilitatorParty::TeamMember(TeamMember {
        first_name: long(201),
        last_name: String::new(),
        email: "ada".to_owned(),
        phone_number: None,
        title: None,
    });
    assert_eq!(
        wrong(&add(member, FacilitatorRole::TeamMember, None)).await,
        invalid(&[
            "party.teamMember.firstName",
            "party.teamMember.lastName",
            "party.teamMember.email"
        ])
    );
}

#[tokio::test]
async fn one_who_is_known_by_a_place_alone_cannot_be_taken_away() {
    let remove = |key: &str| Write::RemoveFacilitator {
        referral: "r1".to_owned(),
        key: key.to_owned(),
    };
    let refused = (Unsupported, "facilitatorId".to_owned());
    assert_eq!(wrong(&remove("#1")).await, [refused]);
    assert_eq!(wrong(&remove("#a@example.test")).await, []);
}

#[tokio::test]
async fn a_referral_is_decided_as_a_whole() {
    let write = Write::Moderate {
        decisions: vec![Decision {
            referral: "r1".to_owned(),
            verdict: Verdict::Deny,
            side: ModerationSide::Referrer,
            reason: Some(long(2_001)),
        }],
    };
    let paths = ["decisions.0.side", "decisions.0.reason"];
    assert_eq!(wrong(&write).await, invalid(&paths));
}

#[tokio::test]
async fn a_share_names_its_party_and_the_vendor_has_no_other_writes() {
    let share = Write::Share {
        referral: None,
        target: json!({"type": "None", "id": ""}),
    };
    assert_eq!(wrong(&share).await, invalid(&["target.type", "target.id"]));
    let connection = Write::RequestConnection {
        adviser_key: "AB12CD34".to_owned(),
    };
    let note = Write::AddNote {
        referral: "r1".to_owned(),
        content: "n".to_owned(),
    };
    let convert = Write::Convert {
        referral: "r1".to_owned(),
        conversion: crate::model::Conversion::default(),
    };
    for write in [connection, note, convert] {
        assert_eq!(wrong(&write).await, [(Unsupported, String::new())]);
    }
}
