//! JSON as it is sent: only what was given, and numbers with the digits that they were given with.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::model::Decimal;

/// A value ready to be sent.
pub(super) type Raw = Box<RawValue>;

/// An object under construction.
#[derive(Default)]
pub(super) struct Object(Vec<(&'static str, Raw)>);

impl Object {
    /// With this field.
    pub(super) fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        self.0.push((name, raw(&value)));
        self
    }

    /// With this field if there is a value for it.
    pub(super) fn with_some(self, name: &'static str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Whether it has no field.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A value as JSON.
pub(super) fn raw(value: &impl Serialize) -> Raw {
    to_raw_value(value).expect("what the gateway writes has texts for keys")
}

/// A number with these digits and no others: no float comes between.
pub(super) fn number(decimal: &Decimal) -> Raw {
    RawValue::from_string(decimal.to_string())
        .expect("a decimal number is written as JSON writes one")
}

/// Which part of a record may be sent back.
pub(super) enum Shape {
    /// All of it.
    Whole,
    /// These fields of an object.
    Fields(&'static [(&'static str, Shape)]),
    /// This part of every item of a list.
    Each(&'static Shape),
}

impl Shape {
    /// That part of a value; `None` where there is nothing in it.
    pub(super) fn of(&self, value: &RawValue) -> Option<Raw> {
        let is_nothing = matches!(value.get(), "null" | "\"\"" | "[]" | "{}");
        if is_nothing {
            return None;
        }
        match self {
            Self::Whole => Some(value.to_owned()),
            Self::Fields(known) => {
                let fields: HashMap<Cow<'_, str>, &RawValue> =
                    serde_json::from_str(value.get()).ok()?;
                let object = known
                    .iter()
                    .fold(Object::default(), |object, (name, shape)| {
                        let part = fields.get(*name).and_then(|value| shape.of(value));
                        object.with_some(name, part)
                    });
                (!object.is_empty()).then(|| raw(&object))
            }
            Self::Each(shape) => {
                let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
                let items: Vec<Raw> = items.into_iter().filter_map(|it| shape.of(it)).collect();
                (!items.is_empty()).then(|| raw(&items))
            }
        }
    }
}
