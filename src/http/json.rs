//! The JSON of an answer, written in one pass. The engine's own way reads every list that was written straight from its rows
//! ([`crate::graphql::projection`]) once more, and copies it twice, before it is in the answer.

use async_graphql::{Response, Value};
use serde::Serialize;

use crate::graphql::scalars::RAW;

/// More bytes were needed than there may be.
struct Full;

/// What was written so far, and how long it may become.
struct Out {
    json: Vec<u8>,
    max: usize,
}

/// A response's JSON; `None` where it has more bytes than that. Whether there was anything to execute decides whether it
/// has a `data`.
pub(super) fn write(response: &Response, was_executed: bool, max: usize) -> Option<Vec<u8>> {
    let mut out = Out {
        json: Vec::with_capacity(size_hint(&response.data).min(max)),
        max,
    };
    let written = out.response(response, was_executed);
    written.is_ok().then_some(out.json)
}

/// Whether there is such a list in it, beside what was resolved field by field.
pub(super) fn has_straight_rows(data: &Value) -> bool {
    let Value::Object(members) = data else {
        return false;
    };
    straight(data).is_some() || members.values().any(has_straight_rows)
}

/// The text of what was written straight. It goes into the answer unread: only this crate's writers make such a value, and
/// vendors' JSON that was read whole does. No name in a document can be the key, and nothing else of a client's is answered.
fn straight(value: &Value) -> Option<&str> {
    let Value::Object(members) = value else {
        return None;
    };
    match members.first()? {
        (name, Value::String(json)) if name == RAW => Some(json),
        _ => None,
    }
}

/// About as many bytes as this takes: what was written before counts, and all else is small beside it.
fn size_hint(value: &Value) -> usize {
    const SMALL: usize = 256;
    match value {
        Value::String(text) => text.len() + SMALL,
        Value::Object(members) => members.values().map(size_hint).sum(),
        _ => SMALL,
    }
}

impl Out {
    fn response(&mut self, response: &Response, was_executed: bool) -> Result<(), Full> {
        self.text(b"{")?;
        if !response.errors.is_empty() {
            self.name("errors")?;
            self.leaf(&response.errors)?;
        }
        if was_executed {
            self.name("data")?;
            self.value(&response.data)?;
        }
        if !response.extensions.is_empty() {
            self.name("extensions")?;
            self.object(&response.extensions)?;
        }
        self.text(b"}")
    }

    fn value(&mut self, value: &Value) -> Result<(), Full> {
        if let Some(json) = straight(value) {
            return self.text(json.as_bytes());
        }
        match value {
            Value::Object(members) => self.object(members),
            Value::List(items) => {
                self.text(b"[")?;
                for item in items {
                    self.separate(b'[')?;
                    self.value(item)?;
                }
                self.text(b"]")
            }
            leaf => self.leaf(leaf),
        }
    }

    fn object<'v, N: AsRef<str>>(
        &mut self,
        members: impl IntoIterator<Item = (N, &'v Value)>,
    ) -> Result<(), Full> {
        self.text(b"{")?;
        for (name, value) in members {
            self.name(name.as_ref())?;
            self.value(value)?;
        }
        self.text(b"}")
    }

    fn name(&mut self, name: &str) -> Result<(), Full> {
        self.separate(b'{')?;
        self.leaf(name)?;
        self.text(b":")
    }

    /// Between two of a list or object: no JSON ends with what opens one.
    fn separate(&mut self, opening: u8) -> Result<(), Full> {
        if self.json.last() == Some(&opening) {
            return Ok(());
        }
        self.text(b",")
    }

    fn leaf(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Full> {
        serde_json::to_writer(&mut self.json, value)
            .expect("texts and numbers are JSON, and memory can be written to");
        self.check()
    }

    fn text(&mut self, text: &[u8]) -> Result<(), Full> {
        self.json.extend_from_slice(text);
        self.check()
    }

    fn check(&self) -> Result<(), Full> {
        if self.json.len() > self.max {
            return Err(Full);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Name, PathSegment, ServerError, value};
    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::String),
            "[A-Z_]{1,8}".prop_map(|name| Value::Enum(Name::new(name))),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let members =
                prop::collection::btree_map("[_A-Za-z][_0-9A-Za-z]{0,5}", inner.clone(), 0..5);
            prop_oneof![
                prop::collection::vec(inner, 0..5).prop_map(Value::List),
                members.prop_map(|members| {
                    let members = members.into_iter();
                    Value::Object(
                        members
                            .map(|(name, value)| (Name::new(name), value))
                            .collect(),
                    )
                }),
            ]
        })
    }

    fn any_error() -> impl Strategy<Value = ServerError> {
        (any::<String>(), any::<Option<u8>>(), any_value()).prop_map(|(message, index, value)| {
            let mut error = ServerError::new(message, None);
            error
                .path
                .extend(index.map(|index| PathSegment::Index(index.into())));
            error.extensions.get_or_insert_default().set("a", value);
            error
        })
    }

    proptest! {
        #[test]
        fn an_answer_is_what_the_engine_would_write(
            data in any_value(),
            errors in prop::collection::vec(any_error(), 0..3),
            extensions in prop::collection::btree_map(any::<String>(), any_value(), 0..3),
        ) {
            let mut response = Response::new(data);
            response.errors = errors;
            response.extensions = extensions;
            let own = serde_json::to_vec(&response).unwrap();
            prop_assert_eq!(write(&response, true, own.len() - 1), None);
            prop_assert_eq!(write(&response, true, own.len()), Some(own));
        }
    }

    #[test]
    fn what_was_written_as_json_goes_in_as_it_is() {
        let json = r#"[{"id": 1.50}]"#;
        let raw = Value::from_json(serde_json::json!({ RAW: json })).unwrap();
        let response = Response::new(value!({ "nodes": raw.clone(), "again": [raw] }));
        assert!(has_straight_rows(&response.data));
        let written = write(&response, true, usize::MAX).unwrap();
        let expected = format!(r#"{{"data":{{"nodes":{json},"again":[{json}]}}}}"#);
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }

    #[test]
    fn nothing_executed_is_no_data_and_not_null() {
        let response = Response::from_errors(vec![ServerError::new("no", None)]);
        let written = write(&response, false, usize::MAX).unwrap();
        assert_eq!(written, br#"{"errors":[{"message":"no"}]}"#);
    }
}
