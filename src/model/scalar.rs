//! Values with a text form of their own: times in UTC, dates, exact decimal numbers, and a vendor's own JSON.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bigdecimal::BigDecimal;
use jiff::Timestamp;
use jiff::civil;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

/// A moment, shown as RFC 3339 in UTC with `Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime(pub Timestamp);

/// A day without a time, `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(pub civil::Date);

/// An exact decimal number: the digits the vendor sent, never through a float.
#[derive(Clone, Debug)]
pub struct Decimal(Number);

/// Nearly every amount fits the first form, which takes no memory beside itself.
#[derive(Clone, Debug)]
enum Number {
    /// These digits, so many of them behind the point.
    Short {
        digits: i64,
        scale: i8,
    },
    Long(Box<BigDecimal>),
}

/// JSON as the vendor wrote it: whoever makes one has read the text. Outside of tests its `Debug` says that there is some,
/// and nothing of it.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Json(pub Arc<str>);

/// A text that is no decimal number, or one too long to be an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotDecimal;

/// No amount of money is longer; it keeps `1e999999999` from becoming a gigabyte of zeros.
const MAX_DIGITS: u64 = 60;

impl From<Box<RawValue>> for Json {
    fn from(raw: Box<RawValue>) -> Self {
        Self(raw.get().into())
    }
}

#[cfg(not(test))]
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json(…)")
    }
}

impl DateTime {
    /// Appends what [`Display`](fmt::Display) shows. Lists give out many, and formatting them costs more than the times.
    pub fn append_to(self, text: &mut Vec<u8>) {
        const PRINTER: DateTimePrinter = DateTimePrinter::new();
        PRINTER
            .print_timestamp(&self.0, text)
            .expect("memory takes every text");
    }
}

impl FromStr for DateTime {
    type Err = jiff::Error;

    /// Takes RFC 3339 with any offset and up to nine fractional digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Date {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Decimal {
    type Err = NotDecimal;

    /// Takes the number forms of JSON, exponents included.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.len() > 100 || text.contains('_') {
            return Err(NotDecimal);
        }
        let number: BigDecimal = text.parse().map_err(|_| NotDecimal)?;
        let scale = number.fractional_digit_count().unsigned_abs();
        if number.digits() > MAX_DIGITS || scale > MAX_DIGITS {
            return Err(NotDecimal);
        }
        Ok(Self(number.into()))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Number::Short { digits, scale: 0 } => digits.fmt(f),
            number => f.write_str(&number.big().to_plain_string()),
        }
    }
}

impl From<i64> for Decimal {
    fn from(digits: i64) -> Self {
        Self(Number::Short { digits, scale: 0 })
    }
}

impl PartialEq for Decimal {
    /// Goes by the value: `1.0` is `1`.
    fn eq(&self, other: &Self) -> bool {
        self.0.big() == other.0.big()
    }
}

impl Eq for Decimal {}

impl From<BigDecimal> for Number {
    fn from(number: BigDecimal) -> Self {
        let (digits, scale) = number.as_bigint_and_scale();
        match (i64::try_from(&*digits), i8::try_from(scale)) {
            (Ok(digits), Ok(scale)) => Self::Short { digits, scale },
            _ => Self::Long(Box::new(number)),
        }
    }
}

impl Number {
    fn big(&self) -> Cow<'_, BigDecimal> {
        match self {
            Self::Short { digits, scale } => {
                Cow::Owned(BigDecimal::new((*digits).into(), (*scale).into()))
            }
            Self::Long(number) => Cow::Borrowed(number),
        }
    }
}

impl Decimal {
    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.0.big().sign() == bigdecimal::num_bigint::Sign::Minus
    }
}

/// Kept as their texts, as the schema writes them.
macro_rules! as_text {
    ($($scalar:ident),*) => {$(
        impl Serialize for $scalar {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $scalar {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(|_| de::Error::custom("not written as this gateway writes it"))
            }
        }
    )*};
}

as_text!(DateTime, Date, Decimal);

impl fmt::Display for NotDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a decimal number of at most {MAX_DIGITS} digits")
    }
}

impl std::error::Error for NotDecimal {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_time_is_appended_as_it_is_shown(seconds in -62_135_596_800_i64..253_402_200_000, nanos in 0..1_000_000_000, digits in 0..10_u32) {
            let nanos = nanos - nanos % 10_i32.pow(9 - digits.min(9));
            let time = DateTime(Timestamp::new(seconds, nanos).unwrap());
            let mut text = b"at ".to_vec();
            time.append_to(&mut text);
            prop_assert_eq!(String::from_utf8(text).unwrap(), format!("at {time}"));
        }
    }

    #[test]
    fn decimals_keep_every_digit_of_the_vendor() {
        for text in [
            "50000",
            "0.1",
            "12.50",
            "9007199254740993.01",
            "-0.5",
            "0",
            "-9223372036854775808",
            "9223372036854775808",
            "123456789012345678901234567890.123456789",
        ] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), text);
        }
        assert_eq!("1.5e3".parse::<Decimal>().unwrap().to_string(), "1500");
        assert_eq!("25E-2".parse::<Decimal>().unwrap().to_string(), "0.25");
    }

    #[test]
    fn decimals_are_equal_by_value_however_they_are_written_and_kept() {
        let read = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(read("1.0"), 1.into());
        assert_eq!(
            read("1.00000000000000000000000000000000000000000000"),
            1.into()
        );
        assert_ne!(read("10"), 1.into());
        assert!(read("-0.01").is_negative() && !read("0").is_negative());
    }

    #[test]
    fn a_number_that_would_fill_the_memory_is_refused() {
        for text in [
            "1e999999999",
            "1e-999999999",
            "",
            "NaN",
            "inf",
            "1_000",
            "0x10",
            "1,5",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(NotDecimal), "{text}");
        }
    }

    #[test]
    fn times_of_any_offset_become_utc() {
        let london: DateTime = "2026-06-11T13:19:55+01:00".parse().unwrap();
        assert_eq!(london.to_string(), "2026-06-11T12:19:55Z");
        let seven: DateTime = "2019-02-23T02:05:23.2931817Z".parse().unwrap();
        assert_eq!(seven.to_string(), "2019-02-23T02:05:23.2931817Z");
    }
}
