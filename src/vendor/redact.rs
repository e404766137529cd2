//! What a vendor answered, made fit for a log: its shape and its codes, never its texts. And what of its sentences may be
//! shown to whoever's input it refused.

use serde_json::Value;

/// Keys whose values are codes of the vendor, not data of its users.
const CODES: [&str; 9] = [
    "code",
    "statusCode",
    "apiErrorCode",
    "rsCode",
    "error",
    "error_codes",
    "success",
    "requestId",
    "trace_id",
];

/// Longer shapes are cut.
const MAX_SHAPE: usize = 500;

/// Longer bodies are only measured: read as JSON they would take many times their size.
const MAX_BODY: usize = 64 * 1024;

/// The shape of a body: for JSON its keys and codes with every other text masked, else only its type and length.
pub fn shape(body: &[u8], content_type: &str) -> String {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let short = Some(body).filter(|body| body.len() <= MAX_BODY);
    let Some(value) = short.and_then(|body| serde_json::from_slice::<Value>(body).ok()) else {
        return format!(
            "{} bytes of {}",
            body.len(),
            if is_plain(kind) {
                kind
            } else {
                "an unnamed type"
            }
        );
    };
    let mut text = masked(value, false).to_string();
    if text.len() > MAX_SHAPE {
        let end = (0..=MAX_SHAPE)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

fn masked(value: Value, is_code: bool) -> Value {
    match value {
        Value::Object(fields) => {
            let masked = fields.into_iter().take(40).map(|(key, value)| {
                let is_code = CODES.contains(&key.as_str());
                let key = if is_plain(&key) {
                    key
                } else {
                    "…".to_owned()
                };
                (key, masked(value, is_code))
            });
            Value::Object(masked.collect())
        }
        Value::Array(items) => items
            .into_iter()
            .take(3)
            .map(|item| masked(item, is_code))
            .collect(),
        Value::String(text) if is_code && is_plain(&text) => Value::String(text),
        Value::Number(number) if is_code => Value::Number(number),
        Value::Bool(_) | Value::Null => value,
        Value::String(_) | Value::Number(_) => Value::String("…".to_owned()),
    }
}

/// Short and made of the characters that codes, keys and media types are made of: no e-mail address, no sentence.
pub(super) fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '+');
    !text.is_empty() && text.len() <= 60 && text.chars().all(plain)
}

/// Longer sentences are no sentences about a field.
const MAX_SENTENCE: usize = 200;

/// More digits than a count or an amount needs may be a telephone or account number.
const MAX_DIGITS: usize = 6;

/// A vendor's own sentence on what is wrong with an input, for the client that sent it: `None` when there may be more in
/// it than that, such as an address, a number of someone, a record's id, markup or the names of the vendor's own code.
pub fn sentence(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_prose = |c: char| {
        c.is_alphanumeric()
            || matches!(c, ' ' | '.' | ',' | ';' | ':' | '\'' | '’' | '"')
            || matches!(
                c,
                '“' | '”' | '(' | ')' | '-' | '–' | '_' | '/' | '%' | '!' | '?'
            )
    };
    let is_short = text.chars().count() <= MAX_SENTENCE;
    if text.is_empty() || !is_short || !text.chars().all(is_prose) || text.contains("//") {
        return None;
    }
    let words = || {
        text.split(' ')
            .map(|word| word.trim_end_matches(['.', ',', ')']))
    };
    let is_long = |word: &str| word.chars().count() > 40;
    let digits = words()
        .filter(|word| !is_day(word))
        .flat_map(str::chars)
        .filter(char::is_ascii_digit)
        .count();
    (digits <= MAX_DIGITS && !words().any(is_long)).then_some(text)
}

fn is_day(word: &str) -> bool {
    word.len() == 10 && word.parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_about_a_field_may_be_shown() {
        for text in [
            "The client_uuids.0 field is required.",
            "The note may not be greater than 10,000 characters.",
            "The sla deadline must be a date after 2026-06-11.",
            " Der Schlüssel “key” ist ungültig! ",
        ] {
            assert_eq!(sentence(text), Some(text.trim()));
        }
    }

    #[test]
    fn a_sentence_that_may_tell_of_someone_or_of_code_is_not_shown() {
        let long = format!("No{}.", " no".repeat(100));
        for text in [
            "",
            "ada@example.test has a referral already.",
            "Call 020 7946 0958.",
            "Account 12345678 is closed.",
            "3f6cd0a2-5b0e-4c6f-9e6a-0d7e8f9a1b2c is unknown.",
            "No query results for model [App\\Models\\Account].",
            "<b>No</b>",
            "See https://internal.example/errors",
            "two\nlines",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            &long,
        ] {
            assert_eq!(sentence(text), None, "{text}");
        }
    }

    #[test]
    fn codes_stay_and_texts_go() {
        let body = br#"{"error":{"code":"itemNotFound","message":"No referral for Ada Okoro","target":"ada@example.test"}}"#;
        let shape = shape(body, "application/json");
        assert!(shape.contains("itemNotFound"), "{shape}");
        assert!(
            !shape.contains("Ada") && !shape.contains("example.test"),
            "{shape}"
        );
    }

    #[test]
    fn a_page_that_is_no_json_is_only_measured() {
        assert_eq!(
            shape(b"<h1>Dear Ada</h1>", "text/html; charset=utf-8"),
            "17 bytes of text/html"
        );
    }

    #[test]
    fn a_body_that_is_too_long_for_a_log_is_only_measured() {
        let body = format!("[{}1]", "1,".repeat(MAX_BODY / 2));
        assert_eq!(
            shape(body.as_bytes(), "application/json"),
            "65539 bytes of application/json"
        );
    }

    #[test]
    fn a_personal_value_under_a_code_key_or_as_a_key_is_masked() {
        let shape = shape(
            br#"{"code":"ada@example.test","ada@example.test":"x"}"#,
            "application/json",
        );
        assert!(!shape.contains("example.test"), "{shape}");
    }
}
