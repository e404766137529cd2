//! A scalar in whatever type it comes. Nearly all are texts, which are read at one look; where it matters how a number is
//! written, the value is cut out and looked at.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::model::is_blank;

thread_local! {
    static AS_WRITTEN: Cell<bool> = const { Cell::new(false) };
}

/// Reads JSON so that every number in the place of a text is kept as it is written. Otherwise one with a fraction fails
/// there: serde would make a float of it.
pub(super) fn as_written<T>(read: impl FnOnce() -> T) -> T {
    struct Before(bool);

    impl Drop for Before {
        fn drop(&mut self) {
            AS_WRITTEN.set(self.0);
        }
    }

    let _before = Before(AS_WRITTEN.replace(true));
    read()
}

/// A scalar as it may come, borrowed where it can be: most are parsed and let go.
pub(super) struct Scalar<'de>(pub(super) Option<Cow<'de, str>>);

/// Reads a scalar, or the object that stands in its place.
pub(super) fn or_object<'de, D, O>(deserializer: D) -> Result<Result<Scalar<'de>, O>, D::Error>
where
    D: Deserializer<'de>,
    O: Deserialize<'de>,
{
    if !AS_WRITTEN.get() {
        return deserializer.deserialize_any(AtOnce(PhantomData));
    }
    let raw = <&RawValue>::deserialize(deserializer)?;
    if raw.get().starts_with('{') {
        let object = serde_json::from_str(raw.get());
        return object.map(Err).map_err(|_| D::Error::custom(NO_SCALAR));
    }
    Scalar::of(raw).map(Ok).map_err(D::Error::custom)
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        or_object(deserializer).map(|found| found.unwrap_or_else(|none: NoObject| match none {}))
    }
}

/// Told of an object that may not stand there, whatever the object itself lacks.
const NO_SCALAR: &str = "not a scalar";

/// What stands for an object where none may come.
enum NoObject {}

impl<'de> Deserialize<'de> for NoObject {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom(NO_SCALAR))
    }
}

impl<'de> Scalar<'de> {
    /// A number as it is written, as amounts are to be read. All JSON is read from memory, so that the text can be
    /// borrowed.
    pub(super) fn cut_out<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::of(<&RawValue>::deserialize(deserializer)?).map_err(D::Error::custom)
    }

    /// The text of a string, number or boolean as it is written; null and missing are the same.
    pub(super) fn of(raw: &'de RawValue) -> Result<Self, &'static str> {
        let json = raw.get();
        match json.as_bytes().first() {
            Some(b'n') => Ok(Self(None)),
            Some(b'"') => unquoted(json)
                .map(|text| Self(Some(text)))
                .map_err(|_| "not a text"),
            Some(b'{' | b'[') | None => Err(NO_SCALAR),
            Some(_) => Ok(Self(Some(json.into()))),
        }
    }

    /// An empty text counts as missing.
    pub(super) fn filled(self) -> Option<Cow<'de, str>> {
        self.0.filter(|text| !is_blank(text))
    }
}

/// Reads at one look.
struct AtOnce<O>(PhantomData<O>);

impl<'de, O: Deserialize<'de>> Visitor<'de> for AtOnce<O> {
    type Value = Result<Scalar<'de>, O>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Ok(Scalar(Some(text.into()))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Ok(Scalar(Some(text.to_owned().into()))))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Ok(Scalar(None)))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        let word = if flag { "true" } else { "false" };
        Ok(Ok(Scalar(Some(word.into()))))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Ok(Scalar(Some(number.to_string().into()))))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Ok(Scalar(Some(number.to_string().into()))))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let object = O::deserialize(MapAccessDeserializer::new(map));
        object.map(Err).map_err(|_| A::Error::custom(NO_SCALAR))
    }

    // A float falls through to the refusal of every other type, and is then read as it is written.
}

/// What a JSON string says. That it is one was found out when it was cut out.
fn unquoted(json: &str) -> serde_json::Result<Cow<'_, str>> {
    let inner = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('\\') => Ok(inner.into()),
        _ => serde_json::from_str(json).map(Cow::Owned),
    }
}
