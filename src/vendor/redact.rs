//! What a vendor answered, made fit for a log: its shape and its codes, never its texts.

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

#[cfg(test)]
mod tests {
    use super::*;

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
