//! Reading vendors' JSON: every field may be missing or null, scalars may come in another type that says the same, and
//! a failure names the JSON path and never the value.

mod rows;
mod scalar;
mod skip;

#[cfg(test)]
mod rows_tests;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::paging::Unreadable;
use super::redact;
use crate::model::{Date, DateTime, Decimal, Json, Vendor, is_blank};

pub(super) use rows::read_list_aside;
pub use rows::{List, Listing, Outcome, Unread, read_list, read_row, sorted_out};
use scalar::{Scalar, as_written};

/// One row of a list, kept as it came so that an unreadable one costs itself alone.
pub type Row = Box<RawValue>;

/// No list of a vendor has more items; it keeps one of nothing but commas from filling the memory.
const MAX_ITEMS: usize = 100_000;

/// No documented record is nested half as deeply.
const MAX_DEPTH: usize = 64;

/// Whether lists and objects lie within each other too deeply to be kept as they came: that escapes serde's own limit,
/// and is shown to clients. What is passed over unread does no harm at any depth.
fn is_too_deep(json: &RawValue) -> bool {
    skip::is_deeper_than(MAX_DEPTH, json.get().as_bytes())
}

fn too_deep() -> Unreadable {
    Unreadable {
        path: ".".into(),
        problem: "nested too deeply".into(),
    }
}

fn not_json() -> Unreadable {
    Unreadable {
        path: ".".into(),
        problem: "not JSON".into(),
    }
}

/// Reads a whole body.
pub fn decode<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Unreadable> {
    match std::str::from_utf8(body) {
        Ok(text) => decode_text(text),
        Err(_) => decode_slowly(serde_json::Deserializer::from_slice(body)),
    }
}

/// Reads one row.
pub fn decode_row<'a, T: Deserialize<'a>>(row: &'a RawValue) -> Result<T, Unreadable> {
    if is_too_deep(row) {
        return Err(too_deep());
    }
    decode_text(row.get())
}

/// Reads what was kept as it came.
pub fn decode_json<'a, T: Deserialize<'a>>(json: &'a Json) -> Result<T, Unreadable> {
    decode_text(&json.0)
}

/// Keeping track of the path costs more than reading: what cannot be read is read once more to learn where.
fn decode_text<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Unreadable> {
    serde_json::from_str(text)
        .or_else(|_| as_written(|| serde_json::from_str(text)))
        .or_else(|_| decode_slowly(serde_json::Deserializer::from_str(text)))
}

fn decode_slowly<'de, T: Deserialize<'de>>(
    mut json: serde_json::Deserializer<impl serde_json::de::Read<'de>>,
) -> Result<T, Unreadable> {
    let value = as_written(|| serde_path_to_error::deserialize(&mut json)).map_err(unreadable)?;
    json.end().map_err(|_| Unreadable {
        path: ".".into(),
        problem: "text after the JSON".into(),
    })?;
    Ok(value)
}

/// The rows that can be read, of a list that has no place to report the others in.
pub fn readable<'a, T: Deserialize<'a>>(
    vendor: Vendor,
    operation: &'static str,
    rows: &'a [Row],
) -> impl Iterator<Item = T> {
    rows.iter().filter_map(move |row| {
        decode_row(row)
            .inspect_err(|unreadable| unreadable.warn(vendor, operation))
            .ok()
    })
}

/// The error's own text may quote the value, which may be personal: only what is known to be safe is kept.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err wants"
)]
fn unreadable(error: serde_path_to_error::Error<serde_json::Error>) -> Unreadable {
    use serde_json::error::Category;
    let text = error.inner().to_string();
    let missing = text
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    let problem = match (error.inner().classify(), missing) {
        (_, Some(field)) => format!("the field {field} is missing"),
        (Category::Data, None) => "a value of another type than documented".to_owned(),
        (Category::Eof, None) => "the JSON ends too early".to_owned(),
        (Category::Syntax | Category::Io, None) => "not JSON".to_owned(),
    };
    Unreadable {
        path: path(error.path()),
        problem,
    }
}

/// A key that a vendor made of data would be data in the path.
fn path(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let is_plain = path.iter().all(|segment| match segment {
        Segment::Map { key } => redact::is_plain(key.strip_prefix('@').unwrap_or(key)),
        _ => true,
    });
    if is_plain {
        path.to_string()
    } else {
        "…".to_owned()
    }
}

/// A text; numbers and booleans are taken as they are written. It may be borrowed, as those of rows are: most of a row's
/// texts are copied once more into the record, or only looked at.
pub fn text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<Cow<'de, str>>,
{
    Scalar::deserialize(deserializer).map(|scalar| scalar.0.map(T::from))
}

/// The text of a scalar, or the object that came in its place, if it is one of those.
pub fn scalar_or<'de, D, O>(deserializer: D) -> Result<Result<Option<Cow<'de, str>>, O>, D::Error>
where
    D: Deserializer<'de>,
    O: Deserialize<'de>,
{
    let found = scalar::or_object(deserializer)?;
    Ok(found.map(|scalar| scalar.0))
}

/// A text that must be there and not be empty: an id.
pub fn id<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: From<Cow<'de, str>>,
{
    let text: Option<Cow<'de, str>> = text(deserializer)?;
    let text = text.filter(|text| !text.is_empty());
    text.map(T::from).ok_or_else(|| D::Error::custom("no id"))
}

/// An exact number, also when written as a text.
pub fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    parsed(Scalar::cut_out(deserializer)?)
}

/// An integer, also when written as a text or with a fraction of zero.
pub fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(text) = Scalar::deserialize(deserializer)?.filled() else {
        return Ok(None);
    };
    let whole = text.strip_suffix(".0").unwrap_or(&text);
    whole
        .parse()
        .map(Some)
        .map_err(|_| D::Error::custom("not an integer"))
}

/// A truth value, also when written as a text or as 0 and 1.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Scalar::deserialize(deserializer)?.filled().as_deref() {
        None => Ok(None),
        Some("true" | "True" | "1") => Ok(Some(true)),
        Some("false" | "False" | "0") => Ok(Some(false)),
        Some(_) => Err(D::Error::custom("not a truth value")),
    }
}

/// An RFC 3339 time of any offset.
pub fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime>, D::Error> {
    parsed(Scalar::deserialize(deserializer)?)
}

/// A day; of a whole time, its day.
pub fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let Some(text) = Scalar::deserialize(deserializer)?.filled() else {
        return Ok(None);
    };
    let day = text.trim().get(..10).unwrap_or(&text);
    day.parse()
        .map(Some)
        .map_err(|_| D::Error::custom("not a date"))
}

/// A time in milliseconds since 1970.
pub fn epoch_millis<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime>, D::Error> {
    let Some(millis) = integer(deserializer)? else {
        return Ok(None);
    };
    let time =
        jiff::Timestamp::from_millisecond(millis).map_err(|_| D::Error::custom("out of range"))?;
    Ok(Some(DateTime(time)))
}

/// A list; null, missing and an object (one vendor writes an empty list so) are an empty one.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    struct ListOrNothing<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for ListOrNothing<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_unit<E>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = seq.next_element()? {
                if items.len() == MAX_ITEMS {
                    return Err(A::Error::custom("too many items"));
                }
                items.push(item);
            }
            Ok(items)
        }
    }

    deserializer.deserialize_any(ListOrNothing(PhantomData))
}

/// JSON that is kept as it came, outside of a row.
pub fn raw<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    let json = Option::<&RawValue>::deserialize(deserializer)?;
    if json.is_some_and(is_too_deep) {
        return Err(D::Error::custom("nested too deeply"));
    }
    Ok(json.map(ToOwned::to_owned))
}

/// An empty text says as little as none.
pub fn nonempty<T: AsRef<str>>(text: Option<T>) -> Option<T> {
    text.filter(|text| !is_blank(text.as_ref()))
}

/// A scalar's text; an empty one counts as missing.
pub fn filled<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<Cow<'de, str>>,
{
    let scalar = Scalar::deserialize(deserializer)?;
    Ok(scalar.filled().map(T::from))
}

fn parsed<T: std::str::FromStr, E: serde::de::Error>(scalar: Scalar<'_>) -> Result<Option<T>, E> {
    let Some(text) = scalar.filled() else {
        return Ok(None);
    };
    text.trim_ascii()
        .parse()
        .map(Some)
        .map_err(|_| E::custom("not of the documented form"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Sample {
        #[serde(deserialize_with = "text")]
        text: Option<String>,
        #[serde(deserialize_with = "decimal")]
        decimal: Option<Decimal>,
        #[serde(deserialize_with = "integer")]
        integer: Option<i64>,
        #[serde(deserialize_with = "flag")]
        flag: Option<bool>,
        #[serde(deserialize_with = "time")]
        time: Option<DateTime>,
        #[serde(deserialize_with = "epoch_millis")]
        millis: Option<DateTime>,
        #[serde(deserialize_with = "list")]
        list: Vec<String>,
        map: BTreeMap<String, Option<bool>>,
    }

    fn read(json: &str) -> Result<Sample, Unreadable> {
        decode(json.as_bytes())
    }

    #[test]
    fn missing_and_null_are_the_same() {
        for json in [
            "{}",
            r#"{"text":null,"decimal":null,"integer":null,"flag":null,"time":null,"millis":null,"list":null}"#,
        ] {
            let sample = read(json).unwrap();
            assert!(sample.text.is_none() && sample.decimal.is_none() && sample.integer.is_none());
            assert!(
                sample.flag.is_none()
                    && sample.time.is_none()
                    && sample.millis.is_none()
                    && sample.list.is_empty()
            );
        }
    }

    #[test]
    fn a_scalar_in_another_type_that_says_the_same_is_read() {
        let sample = read(
            r#"{"text":12,"decimal":"10000.50","integer":"3600","flag":"true","time":"","millis":"1779894752097","list":{}}"#,
        )
        .unwrap();
        assert_eq!(sample.text.as_deref(), Some("12"));
        assert_eq!(sample.decimal.unwrap().to_string(), "10000.50");
        assert_eq!(sample.integer, Some(3_600));
        assert_eq!(sample.flag, Some(true));
        assert_eq!(sample.time, None);
        assert_eq!(
            sample.millis.unwrap().to_string(),
            "2026-05-27T15:12:32.097Z"
        );
        assert!(sample.list.is_empty());
    }

    #[test]
    fn money_never_passes_through_a_float() {
        assert_eq!(
            read(r#"{"decimal":9007199254740993.01}"#)
                .unwrap()
                .decimal
                .unwrap()
                .to_string(),
            "9007199254740993.01"
        );
    }

    #[test]
    fn a_number_or_truth_value_for_a_text_is_kept_as_it_is_written() {
        for written in [
            "12.50",
            "1e3",
            "-0",
            "9007199254740993.01",
            "123456789012345678901234567890",
            "true",
        ] {
            let sample = read(&format!(r#"{{"text": {written} }}"#)).unwrap();
            assert_eq!(sample.text.as_deref(), Some(written));
        }
    }

    #[test]
    fn what_costs_a_second_look_costs_nothing_else() {
        let plain = read(r#"{"text":"a","decimal":1.50,"integer":7,"list":["b"]}"#).unwrap();
        assert_eq!(plain.decimal.unwrap().to_string(), "1.50");
        let other = read(r#"{"text":7.0,"decimal":1.50,"integer":"7.0","list":["b"]}"#).unwrap();
        assert_eq!(other.text.as_deref(), Some("7.0"));
        assert_eq!((other.integer, other.list), (plain.integer, plain.list));
        // Reading one that way leaves nothing behind for the next.
        let written = r#"{"text":-9007199254740993}"#;
        assert_eq!(
            read(written).unwrap().text.as_deref(),
            Some("-9007199254740993")
        );
        assert_eq!(read(r#"{"integer":7.5}"#).unwrap_err().path, "integer");
    }

    #[test]
    fn what_is_escaped_is_read_as_what_it_stands_for() {
        let sample = read(
            r#"{"text":"\u00c5sa \"B\"\\","flag":"tr\u0075e","time":"2026-05-27T15\u003a12:32Z","decimal":"1\u0030.5"}"#,
        )
        .unwrap();
        assert_eq!(sample.text.as_deref(), Some(r#"Åsa "B"\"#));
        assert_eq!(sample.flag, Some(true));
        assert_eq!(sample.time.unwrap().to_string(), "2026-05-27T15:12:32Z");
        assert_eq!(sample.decimal.unwrap().to_string(), "10.5");
    }

    #[test]
    fn what_is_no_scalar_or_no_whole_text_is_refused_at_its_path() {
        for broken in [r#"{"a":1}"#, "[1]", r#""half of \ud83d a pair""#] {
            let failure = read(&format!(r#"{{"text":{broken}}}"#)).unwrap_err();
            assert_eq!(failure.path, "text", "{broken}");
            assert_eq!(failure.problem, "a value of another type than documented");
        }
    }

    #[test]
    fn a_failure_names_the_path_and_not_the_value() {
        let failure = read(r#"{"text":"fine","time":"Ada Okoro, tomorrow"}"#).unwrap_err();
        assert_eq!(failure.path, "time");
        assert!(!failure.problem.contains("Ada"), "{}", failure.problem);
    }

    #[test]
    fn a_key_made_of_data_is_not_in_the_path() {
        let failure = read(r#"{"map":{"ip":7}}"#).unwrap_err();
        assert_eq!(failure.path, "map.ip");
        let failure = read(r#"{"map":{"ada@example.test":7}}"#).unwrap_err();
        assert_eq!(failure.path, "…");
    }

    #[test]
    fn a_list_without_end_is_refused() {
        let list = format!(r#"{{"list":["",{}""]}}"#, r#""","#.repeat(MAX_ITEMS));
        assert_eq!(read(&list).unwrap_err().path, "list");
    }

    #[test]
    fn what_is_nested_too_deeply_is_not_kept_but_may_be_passed_over() {
        #[derive(Debug, Deserialize)]
        struct Kept {
            #[serde(default, deserialize_with = "raw")]
            kept: Option<Box<RawValue>>,
        }
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let read = |field: &str, depth| {
            decode::<Kept>(format!(r#"{{"{field}":{}}}"#, nested(depth)).as_bytes())
        };
        let kept = read("kept", MAX_DEPTH).unwrap().kept.unwrap();
        assert_eq!(kept.get(), nested(MAX_DEPTH));
        assert_eq!(read("kept", MAX_DEPTH + 1).unwrap_err().path, "kept");
        assert!(read("unknown", 100_000).unwrap().kept.is_none());
        assert!(decode::<Kept>(br#"{"kept":null}"#).unwrap().kept.is_none());

        let row: Row = serde_json::from_str(&nested(100_000)).unwrap();
        let refused = decode_row::<Sample>(&row).unwrap_err();
        assert_eq!(refused.problem, "nested too deeply");
    }
}
