//! What is asked of the parts that several inputs share.

use std::collections::HashSet;

use crate::model::{Decimal, Problem};
use crate::vendor::partner_center::map::email_key;
use crate::vendor::partner_center::schema::{
    PartnerCenterSolutionInput, PartnerCenterSolutionType, PartnerCenterStatus,
    PartnerCenterSubstatus, PartnerCenterTargetType, ReferralTargetInput, TeamMemberInput,
};

/// The longest remark about a status.
pub(super) const REASON: usize = 2_000;

/// The longest notes and words of an invitation.
pub(super) const NOTES: usize = 10_000;

/// The longest name of a referral or a company, and the longest line of an address.
pub(super) const NAME: usize = 500;

/// The longest reference, name of a person, or other short text.
pub(super) const SHORT: usize = 200;

/// The longest telephone number.
const PHONE: usize = 50;

/// The longest e-mail address that can be delivered to.
const EMAIL: usize = 254;

/// How many items any list may have.
const ITEMS: usize = 50;

/// What was found to be wrong so far.
#[derive(Default)]
pub(super) struct Problems {
    pub(super) found: Vec<Problem>,
}

impl Problems {
    /// The value at this path is not what it must be.
    pub(super) fn add(&mut self, path: &str, message: impl Into<String>) {
        self.found.push(Problem::invalid(path, message));
    }

    /// A text of no more characters than this.
    pub(super) fn at_most(&mut self, path: &str, text: Option<&str>, most: usize) {
        if text.is_some_and(|text| text.chars().count() > most) {
            self.add(path, format!("At most {most} characters."));
        }
    }

    /// A text that says something, of no more characters than this.
    pub(super) fn required(&mut self, path: &str, text: &str, most: usize) {
        self.filled(path, text);
        self.at_most(path, Some(text), most);
    }

    /// A text that says something.
    pub(super) fn filled(&mut self, path: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(path, "Must not be empty.");
        }
    }

    /// A list that is not too long.
    pub(super) fn few<T>(&mut self, path: &str, list: Option<&[T]>) {
        if list.is_some_and(|list| list.len() > ITEMS) {
            self.add(path, format!("At most {ITEMS} of them."));
        }
    }

    /// Two letters, of ISO 3166.
    pub(super) fn country(&mut self, path: &str, text: &str) {
        if !is_letters(text, 2) {
            self.add(path, "A country is two letters of ISO 3166, such as US.");
        }
    }

    /// Three letters, of ISO 4217.
    pub(super) fn currency(&mut self, path: &str, text: Option<&str>) {
        if text.is_some_and(|text| !is_letters(text, 3)) {
            self.add(
                path,
                "A currency is three letters of ISO 4217, such as USD.",
            );
        }
    }

    /// Zero or more.
    pub(super) fn amount(&mut self, path: &str, amount: Option<&Decimal>) {
        if amount.is_some_and(Decimal::is_negative) {
            self.add(path, "Must be 0 or more.");
        }
    }

    /// A status and a substatus that belongs to it.
    pub(super) fn status(
        &mut self,
        status: Option<PartnerCenterStatus>,
        substatus: Option<PartnerCenterSubstatus>,
    ) {
        let found = self.found.len();
        if matches!(
            status,
            Some(PartnerCenterStatus::None | PartnerCenterStatus::Unrecognized)
        ) {
            self.add("status", "One of NEW, ACTIVE and CLOSED.");
        }
        if matches!(
            substatus,
            Some(PartnerCenterSubstatus::None | PartnerCenterSubstatus::Unrecognized)
        ) {
            let message = "One of PENDING, RECEIVED, ACCEPTED, WON, LOST, DECLINED and EXPIRED.";
            self.add("substatus", message);
        }
        match (status, substatus) {
            (Some(_), None) => self.add("substatus", "A status needs a substatus."),
            (None, Some(_)) => self.add("status", "A substatus needs a status."),
            (Some(status), Some(substatus))
                if self.found.len() == found && !is_pair(status, substatus) =>
            {
                let message = "NEW has PENDING and RECEIVED, ACTIVE has ACCEPTED, CLOSED has WON, LOST, DECLINED and EXPIRED.";
                self.add("substatus", message);
            }
            _ => {}
        }
    }

    /// People, each of whom can be told from the others.
    pub(super) fn team(&mut self, path: &str, team: Option<&[TeamMemberInput]>) {
        self.few(path, team);
        let mut taken = HashSet::new();
        for (index, member) in team.unwrap_or_default().iter().take(ITEMS).enumerate() {
            let path = format!("{path}.{index}");
            self.member(&path, member);
            if !taken.insert(email_key(&member.email)) {
                let message =
                    "Someone before has this e-mail address: people are told apart by it.";
                self.add(&format!("{path}.email"), message);
            }
        }
    }

    /// Someone.
    pub(super) fn member(&mut self, path: &str, member: &TeamMemberInput) {
        let at = |field: &str| format!("{path}.{field}");
        self.required(&at("firstName"), &member.first_name, SHORT);
        self.required(&at("lastName"), &member.last_name, SHORT);
        if !is_email(&member.email) {
            self.add(&at("email"), "This is not an e-mail address.");
        }
        self.at_most(&at("phoneNumber"), member.phone_number.as_deref(), PHONE);
        self.at_most(&at("title"), member.title.as_deref(), SHORT);
    }

    /// To whom a referral is addressed.
    pub(super) fn target(&mut self, path: &str, target: &ReferralTargetInput) {
        if matches!(
            target.kind,
            PartnerCenterTargetType::None | PartnerCenterTargetType::Unrecognized
        ) {
            let message = "One of BUSINESS_PROFILE_LOCATION and SOLUTION_PROFILE.";
            self.add(&format!("{path}.type"), message);
        }
        self.filled(&format!("{path}.id"), &target.id);
    }

    /// What the customer is looking for.
    pub(super) fn solutions(
        &mut self,
        path: &str,
        solutions: Option<&[PartnerCenterSolutionInput]>,
    ) {
        self.few(path, solutions);
        for (index, solution) in solutions.unwrap_or_default().iter().take(ITEMS).enumerate() {
            self.filled(&format!("{path}.{index}.id"), &solution.id);
            if matches!(
                solution.kind,
                Some(PartnerCenterSolutionType::None | PartnerCenterSolutionType::Unrecognized)
            ) {
                let path = format!("{path}.{index}.type");
                self.add(&path, "One of CATEGORY and NAME.");
            }
        }
    }

    /// Words of Microsoft's lists.
    pub(super) fn tags(&mut self, path: &str, tags: Option<&[String]>) {
        self.few(path, tags);
        for (index, tag) in tags.unwrap_or_default().iter().take(ITEMS).enumerate() {
            self.filled(&format!("{path}.{index}"), tag);
        }
    }
}

fn is_letters(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Something, an `@`, a domain of at least two parts; what may stand in either is for the vendor to say.
fn is_email(text: &str) -> bool {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    let Some((name, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let is_domain = domain.contains('.') && domain.split('.').all(|part| !part.is_empty());
    text.len() <= EMAIL
        && !name.is_empty()
        && !name.contains('@')
        && is_domain
        && text.chars().all(is_plain)
}

/// The pairs of <https://learn.microsoft.com/partner-center/developer/referral-resources>.
fn is_pair(status: PartnerCenterStatus, substatus: PartnerCenterSubstatus) -> bool {
    use PartnerCenterSubstatus as Substatus;
    match status {
        PartnerCenterStatus::New => matches!(substatus, Substatus::Pending | Substatus::Received),
        PartnerCenterStatus::Active => substatus == Substatus::Accepted,
        PartnerCenterStatus::Closed => matches!(
            substatus,
            Substatus::Won | Substatus::Lost | Substatus::Declined | Substatus::Expired
        ),
        PartnerCenterStatus::None | PartnerCenterStatus::Unrecognized => false,
    }
}
