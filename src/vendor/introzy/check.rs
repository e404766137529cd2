//! What can be told to be wrong with a write before Introzy is asked. Limits are Introzy's where its pages have them; those
//! of a note and of a deal are the gateway's own.

use serde::Deserialize as _;

use super::schema::NewIntrozyReferral;
use crate::model::{
    Conversion, Decimal, FacilitatorParty, FacilitatorRole, NewFacilitator, Problem, ProblemCode,
    Write,
};

const MAX_NAME: usize = 200;
const MAX_DESCRIPTION: usize = 1_000;
const MAX_NOTE: usize = 10_000;

/// Everything that is wrong with it.
pub(super) fn problems(write: &Write) -> Vec<Problem> {
    let mut found = Found(Vec::new());
    match write {
        Write::Create { input } => match NewIntrozyReferral::deserialize(input) {
            Ok(input) => found.referral(&input),
            Err(_) => found.add("", "This is no new referral for Introzy."),
        },
        Write::AddFacilitator { facilitator, .. } => found.facilitator(facilitator),
        Write::RemoveFacilitator { .. } => {}
        Write::Convert { conversion, .. } => found.conversion(conversion),
        Write::AddNote { content, .. } => found.note(content),
        Write::Moderate { .. } => found.unsupported("moderation"),
        Write::Update { .. } => found.unsupported("way to change a referral"),
        Write::Share { .. } => found.unsupported("way to share a referral"),
        Write::RequestConnection { .. } => found.unsupported("connections"),
    }
    found.0
}

struct Found(Vec<Problem>);

impl Found {
    fn referral(&mut self, input: &NewIntrozyReferral) {
        self.uuid("seekerId", &input.seeker_id);
        self.uuid("providerId", &input.provider_id);
        if input.seeker_id.eq_ignore_ascii_case(&input.provider_id) {
            self.add("providerId", "The provider must not be the seeker.");
        }
        for (path, id) in [
            ("connectorId", &input.connector_id),
            ("productId", &input.product_id),
        ] {
            if let Some(id) = id {
                self.uuid(path, id);
            }
        }
        self.at_most("name", input.name.as_deref(), MAX_NAME);
        self.at_most("description", input.description.as_deref(), MAX_DESCRIPTION);
        let value = input.expected_value.as_ref();
        if value.is_some_and(Decimal::is_negative) {
            self.add("expectedValue", "The expected value must be 0 or more.");
        }
        let is_code =
            |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        if input.currency.as_deref().is_some_and(|it| !is_code(it)) {
            self.add("currency", "A currency is three letters, such as EUR.");
        }
    }

    fn facilitator(&mut self, facilitator: &NewFacilitator) {
        match &facilitator.party {
            FacilitatorParty::User(id) => self.uuid("party.userId", id),
            FacilitatorParty::Company(id) => {
                self.uuid("party.companyId", id);
                if facilitator.role == FacilitatorRole::Connector {
                    self.add("party.companyId", "A connector must be a user.");
                }
            }
            FacilitatorParty::TeamMember(_) => {
                let message = "At Introzy a facilitator is a user or a company.";
                self.add("party.teamMember", message);
            }
        }
        if let FacilitatorRole::TeamMember | FacilitatorRole::Unrecognized = facilitator.role {
            let message = "At Introzy the role is CONNECTOR, FACILITATOR or REFERRAL_SOURCE.";
            self.add("role", message);
        }
    }

    fn conversion(&mut self, conversion: &Conversion) {
        self.at_most("dealName", conversion.deal_name.as_deref(), MAX_NAME);
        let description = conversion.deal_description.as_deref();
        self.at_most("dealDescription", description, MAX_DESCRIPTION);
        let period = conversion.period_start.zip(conversion.period_end);
        if period.is_some_and(|(start, end)| end < start) {
            self.add("periodEnd", "The period must not end before it starts.");
        }
    }

    fn note(&mut self, content: &str) {
        if content.trim().is_empty() {
            self.add("content", "A note must say something.");
        }
        self.at_most("content", Some(content), MAX_NOTE);
    }

    fn uuid(&mut self, path: &str, id: &str) {
        // The parser takes them in other forms as well, in which Introzy does not write them.
        let is_uuid = id.len() == 36 && uuid::Uuid::try_parse(id).is_ok();
        if !is_uuid {
            self.add(path, "Introzy's ids are UUIDs.");
        }
    }

    fn at_most(&mut self, path: &str, text: Option<&str>, most: usize) {
        if text.is_some_and(|text| text.chars().count() > most) {
            self.add(path, &format!("At most {most} characters."));
        }
    }

    fn unsupported(&mut self, what: &str) {
        let message = format!("Introzy has no {what}.");
        self.0.push(Problem::new(ProblemCode::Unsupported, message));
    }

    fn add(&mut self, path: &str, message: &str) {
        let problem = Problem::new(ProblemCode::Invalid, message);
        self.0.push(if path.is_empty() {
            problem
        } else {
            problem.at(path)
        });
    }
}
