//! The schema's own scalars, over the model's values.

use async_graphql::indexmap::IndexMap;
use async_graphql::{
    InputType, InputValueError, InputValueResult, Name, Scalar, ScalarType, Value,
};
use serde_json::value::RawValue;

use crate::model::{Date, DateTime, Decimal, Json};

/// The key by which async-graphql knows text that goes into the answer as it is.
pub const RAW: &str = "$serde_json::private::RawValue";

/// A moment in RFC 3339. Answers are in UTC with `Z`, as in `2026-06-11T12:19:55Z`, with up to nine fractional
/// digits; arguments may carry any offset.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html"
)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        from_text(value, "a time such as 2026-06-11T13:19:55+01:00")
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A day, `YYYY-MM-DD`.
#[Scalar(name = "Date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        from_text(value, "a day such as 2026-06-11")
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// An exact decimal number as a string, as in `"50000"` or `"0.1"`: at most 60 digits, never rounded.
#[Scalar(name = "Decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        if let Value::Number(number) = &value
            && (number.is_i64() || number.is_u64())
        {
            return number
                .to_string()
                .parse()
                .map_err(|_| InputValueError::custom("expected fewer digits"));
        }
        from_text(value, "a decimal number in a string such as \"12.50\"")
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// JSON of any shape, as a vendor wrote it.
#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        let raw: Box<RawValue> = serde_json::value::to_raw_value(&value)?;
        Ok(raw.into())
    }

    /// The vendor's text goes into the answer untouched, every digit kept.
    fn to_value(&self) -> Value {
        Value::Object(IndexMap::from_iter([(
            Name::new(RAW),
            Value::String(self.0.to_string()),
        )]))
    }
}

fn from_text<T: InputType + std::str::FromStr>(
    value: Value,
    expected: &str,
) -> InputValueResult<T> {
    let Value::String(text) = &value else {
        return Err(InputValueError::expected_type(value));
    };
    text.parse()
        .map_err(|_| InputValueError::custom(format!("expected {expected}")))
}
