//! What can be told to be wrong with a write before SaaSquatch is asked. Its pages have the forms; the lengths are the
//! gateway's own.

use serde::Deserialize as _;

use super::schema::NewSaasquatchReferral;
use crate::model::id::addresses_a_record;
use crate::model::{Problem, ProblemCode, Write};

const MAX_ID: usize = 200;
const MAX_CODE: usize = 100;
const MAX_NAME: usize = 200;
/// Longer addresses are not delivered to.
const MAX_EMAIL: usize = 254;

/// Everything that is wrong with it.
pub(super) fn problems(write: &Write) -> Vec<Problem> {
    let unsupported = |what: &str| {
        let message = format!("SaaSquatch has no {what}.");
        vec![Problem::new(ProblemCode::Unsupported, message)]
    };
    match write {
        Write::Create { input } => {
            let Ok(input) = NewSaasquatchReferral::deserialize(input) else {
                let message = "This is no new referral for SaaSquatch.";
                return vec![Problem::new(ProblemCode::Invalid, message)];
            };
            referral(&input)
        }
        Write::Moderate { .. } => Vec::new(),
        Write::Update { .. } => unsupported("way to change a referral but moderation"),
        Write::AddFacilitator { .. } | Write::RemoveFacilitator { .. } => {
            unsupported("facilitators")
        }
        Write::RequestConnection { .. } => unsupported("connections"),
        Write::Share { .. } => unsupported("way to share a referral"),
        Write::Convert { .. } => unsupported("finance deals"),
        Write::AddNote { .. } => unsupported("notes"),
    }
}

fn referral(input: &NewSaasquatchReferral) -> Vec<Problem> {
    let rules = [
        (
            "accountId",
            is_id(&input.account_id),
            "An id is 1 to 200 characters, none of them a control character.",
        ),
        (
            "userId",
            is_id(&input.user_id),
            "An id is 1 to 200 characters, none of them a control character.",
        ),
        (
            "referralCode",
            is_code(&input.referral_code),
            "A referral code is 1 to 100 characters.",
        ),
        (
            "email",
            input.email.as_deref().is_none_or(is_email),
            "This is no e-mail address.",
        ),
        (
            "firstName",
            is_name(input.first_name.as_deref()),
            "At most 200 characters.",
        ),
        (
            "lastName",
            is_name(input.last_name.as_deref()),
            "At most 200 characters.",
        ),
        (
            "locale",
            input.locale.as_deref().is_none_or(is_locale),
            "A locale is a language and a country, such as en_US.",
        ),
        (
            "countryCode",
            input.country_code.as_deref().is_none_or(is_country),
            "A country is two letters, such as US.",
        ),
    ];
    let broken = rules.into_iter().filter(|(_, holds, _)| !holds);
    broken
        .map(|(path, _, message)| Problem::invalid(path, message))
        .collect()
}

fn is_id(text: &str) -> bool {
    addresses_a_record(text) && !text.trim().is_empty() && text.chars().count() <= MAX_ID
}

fn is_code(text: &str) -> bool {
    let has_controls = text.chars().any(char::is_control);
    !has_controls && !text.trim().is_empty() && text.chars().count() <= MAX_CODE
}

fn is_name(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.chars().count() <= MAX_NAME)
}

/// Its form alone: what is deliverable only its host knows.
fn is_email(text: &str) -> bool {
    let is_odd = |c: char| c.is_whitespace() || c.is_control();
    let has_parts = text.rsplit_once('@').is_some_and(|(name, host)| {
        let are_there = !name.is_empty() && !host.is_empty();
        are_there && !name.contains('@') && !host.starts_with('.') && !host.ends_with('.')
    });
    has_parts && text.len() <= MAX_EMAIL && !text.contains(is_odd)
}

fn is_locale(text: &str) -> bool {
    text.split_once('_').is_some_and(|(language, country)| {
        let is_language =
            language.len() == 2 && language.bytes().all(|byte| byte.is_ascii_lowercase());
        is_language && is_country(country) && country.bytes().all(|byte| byte.is_ascii_uppercase())
    })
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}
