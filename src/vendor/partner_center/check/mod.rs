//! What is wrong with a write, as far as that can be told without asking the vendor: all that the schema's descriptions
//! promise, every problem at once.

mod create;
mod parts;
mod patch;

use serde::de::DeserializeOwned;
use serde_json::Value;

use self::parts::Problems;
use super::schema::{NewPartnerCenterReferral, PartnerCenterPatch, ReferralTargetInput};
use super::write::{input_of, is_version};
use crate::model::{
    Decision, FacilitatorParty, FacilitatorRole, ModerationSide, NewFacilitator, Problem,
    ProblemCode, Vendor, Write,
};

/// Everything that is wrong with a write.
pub(super) fn problems(write: &Write) -> Vec<Problem> {
    let mut problems = Problems::default();
    match write {
        Write::Create { input } => match read::<NewPartnerCenterReferral>(input) {
            Some(input) => create::check(&mut problems, &input),
            None => return unreadable(),
        },
        Write::Update {
            expected_version,
            patch,
            ..
        } => {
            if let Some(version) = expected_version {
                problems.version("expectedVersion", version);
            }
            match read::<PartnerCenterPatch>(patch) {
                Some(patch) => patch::check(&mut problems, &patch),
                None => return unreadable(),
            }
        }
        Write::Moderate { decisions } => moderation(&mut problems, decisions),
        Write::AddFacilitator { facilitator, .. } => new_facilitator(&mut problems, facilitator),
        Write::RemoveFacilitator { key, .. } => removal(&mut problems, key),
        Write::Share { target, .. } => match read::<ReferralTargetInput>(target) {
            Some(target) => problems.target("target", &target),
            None => return unreadable(),
        },
        Write::RequestConnection { .. } | Write::Convert { .. } | Write::AddNote { .. } => {
            let message = format!("{} has no such write.", Vendor::PartnerCenter);
            return vec![Problem::new(ProblemCode::Unsupported, message)];
        }
    }
    problems.found
}

fn read<T: DeserializeOwned>(input: &Value) -> Option<T> {
    T::deserialize(input).ok()
}

fn unreadable() -> Vec<Problem> {
    let message = format!("This is not an input for {}.", Vendor::PartnerCenter);
    vec![Problem::new(ProblemCode::Invalid, message)]
}

fn moderation(problems: &mut Problems, decisions: &[Decision]) {
    if decisions.len() != 1 {
        problems.add("decisions", "Decisions are sent one by one.");
    }
    for (index, decision) in decisions.iter().enumerate() {
        if decision.side != ModerationSide::Both {
            let path = format!("decisions.{index}.side");
            problems.add(
                &path,
                "A Partner Center referral is decided as a whole: BOTH.",
            );
        }
        let path = format!("decisions.{index}.reason");
        problems.at_most(&path, decision.reason.as_deref(), parts::REASON);
    }
}

fn new_facilitator(problems: &mut Problems, new: &NewFacilitator) {
    match &new.party {
        FacilitatorParty::TeamMember(member) => {
            problems.member("party.teamMember", &input_of(member));
        }
        FacilitatorParty::User(_) | FacilitatorParty::Company(_) => {
            let message = "A facilitator of a Partner Center referral is a team member.";
            problems.add("party", message);
        }
    }
    if new.role != FacilitatorRole::TeamMember {
        let message = "A facilitator of a Partner Center referral has the role TEAM_MEMBER.";
        problems.add("role", message);
    }
    if new.side.is_some() {
        let message = "A facilitator of a Partner Center referral is on no side.";
        problems.add("side", message);
    }
}

/// One who is told apart by the place in the list alone might be someone else by the time that the write arrives, or is
/// sent again.
fn removal(problems: &mut Problems, key: &str) {
    let place = key.strip_prefix('#');
    if place.is_some_and(|place| place.chars().all(|c| c.is_ascii_digit())) {
        let message = "A team member without an e-mail address of their own cannot be told apart: give the whole team in an update instead.";
        let problem = Problem::new(ProblemCode::Unsupported, message).at("facilitatorId");
        problems.found.push(problem);
    }
}

impl Problems {
    fn version(&mut self, path: &str, version: &str) {
        if !is_version(version) {
            self.add(path, "No Partner Center referral has such a version.");
        }
    }
}
