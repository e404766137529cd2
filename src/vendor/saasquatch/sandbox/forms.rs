//! The forms of a user's fields, and the codes of their errors: <https://docs.saasquatch.com/api/errors>.

use axum::http::StatusCode;

use super::answer::Problem;

/// Whether a field of a user has the form that the pages ask for.
pub(super) fn well_formed(name: &str, text: &str) -> Result<(), Problem> {
    let letters =
        |text: &str, is: fn(&char) -> bool| text.len() == 2 && text.chars().all(|char| is(&char));
    match name {
        "email" if !is_email(text) => Err(bad("RS023", "The e-mail address is invalid.")),
        "locale" => {
            let is_locale = text.split_once('_').is_some_and(|(language, country)| {
                letters(language, char::is_ascii_lowercase)
                    && letters(country, char::is_ascii_uppercase)
            });
            if is_locale {
                return Ok(());
            }
            Err(bad("RS039", "The locale must be of the form xx_YY."))
        }
        "countryCode" if !letters(text, char::is_ascii_uppercase) => Err(Problem::invalid(
            "countryCode must be an ISO 3166 alpha-2 code.",
        )),
        _ => Ok(()),
    }
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_plain = !text.chars().any(char::is_whitespace) && !domain.contains('@');
    let labels = domain.split('.').all(|label| !label.is_empty());
    is_plain && labels && !local.is_empty() && domain.contains('.')
}

/// One that a client may choose.
pub(super) fn is_code(text: &str) -> bool {
    (1..=15).contains(&text.len()) && text.chars().all(|char| char.is_ascii_alphanumeric())
}

/// 400 with one of the documented codes.
pub(super) fn bad(rs_code: &'static str, message: &str) -> Problem {
    let status = StatusCode::BAD_REQUEST;
    Problem::new(status, "VALIDATION_FAILED", Some(rs_code), message)
}
