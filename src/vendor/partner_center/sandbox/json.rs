//! JSON that keeps the digits of its numbers: a deal value goes out exactly as it was set, past what a float holds.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// A JSON value; a number is its digits.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// JSON as it was sent; none where it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        // Bounds the depth before the digits are looked at.
        serde_json::from_str::<Value>(text).ok()?;
        Self::read(text.trim())
    }

    fn read(text: &str) -> Option<Self> {
        match text.as_bytes().first()? {
            b'{' => {
                let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
                let members = members.into_iter();
                let members = members.map(|(key, value)| Some((key, Self::read(value.get())?)));
                Some(Self::Object(members.collect::<Option<_>>()?))
            }
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                let items = items.into_iter().map(|item| Self::read(item.get()));
                Some(Self::List(items.collect::<Option<_>>()?))
            }
            b'-' | b'0'..=b'9' => Some(Self::Number(text.to_owned())),
            _ => serde_json::from_str::<Value>(text).ok().map(Self::from),
        }
    }

    /// The member of an object.
    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        let Self::Object(members) = self else {
            return None;
        };
        members.get(key)
    }

    /// The member of an object, if it is text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Self::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Sets the member of an object; does nothing to other values.
    pub(super) fn set(&mut self, key: &str, value: Json) {
        if let Self::Object(members) = self {
            members.insert(key.to_owned(), value);
        }
    }

    /// The same without members that are null, at any depth.
    pub(super) fn without_nulls(self) -> Self {
        match self {
            Self::Object(members) => Self::Object(
                members
                    .into_iter()
                    .filter(|(_, value)| *value != Self::Null)
                    .map(|(key, value)| (key, value.without_nulls()))
                    .collect(),
            ),
            Self::List(items) => Self::List(items.into_iter().map(Self::without_nulls).collect()),
            other => other,
        }
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (key, Self::from(value)))
                    .collect(),
            ),
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(digits) => RawValue::from_string(digits.clone())
                .map_err(serde::ser::Error::custom)?
                .serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => serializer.collect_map(members),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn digits_are_read_as_they_are() {
        let text =
            r#" {"a": [9007199254740993.01, -0.10, {"b\u0041": "x", "c": null}], "d": true} "#;
        let json = Json::parse(text).unwrap();
        assert_eq!(
            serde_json::to_string(&json).unwrap(),
            r#"{"a":[9007199254740993.01,-0.10,{"bA":"x","c":null}],"d":true}"#
        );
        for text in ["", "{", "[1,]", "01", "nul"] {
            assert_eq!(Json::parse(text), None, "{text}");
        }
    }

    #[test]
    fn digits_that_a_float_would_damage_are_written_as_they_are() {
        let mut referral = Json::from(json!({"a": [1, null, {"b": null}]}));
        referral.set("value", Json::Number("9007199254740993.01".to_owned()));
        assert_eq!(
            serde_json::to_string(&referral).unwrap(),
            r#"{"a":[1,null,{"b":null}],"value":9007199254740993.01}"#
        );
        assert_eq!(
            serde_json::to_string(&referral.without_nulls()).unwrap(),
            r#"{"a":[1,null,{}],"value":9007199254740993.01}"#
        );
    }
}
