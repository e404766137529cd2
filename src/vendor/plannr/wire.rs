//! Plannr's JSON as its pages document it. Only what the gateway uses is named; the record itself is kept as `raw`.

use std::borrow::Cow;
use std::mem::take;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::model::{Date, DateTime, is_blank};
use crate::vendor::wire::{self, Row, decode_row};

/// A list. Whether those of referrals and connections come in pages is not documented: without `links` and `meta` it
/// is the whole list.
#[derive(Debug, Deserialize)]
pub(super) struct List {
    #[serde(deserialize_with = "wire::list")]
    pub(super) data: Vec<Row>,
    #[serde(default, deserialize_with = "if_readable")]
    pub(super) links: Links,
    #[serde(default, deserialize_with = "if_readable")]
    pub(super) meta: Meta,
}

impl wire::List for List {
    const NAMES: &'static [&'static str] = &["data"];

    fn take_rows(&mut self) -> Vec<Row> {
        take(&mut self.data)
    }
}

/// The addresses of other pages.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Links {
    #[serde(deserialize_with = "wire::text")]
    pub(super) next: Option<String>,
}

/// Which page it is, and of how many.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Meta {
    #[serde(deserialize_with = "wire::integer")]
    pub(super) last_page: Option<i64>,
    #[serde(deserialize_with = "wire::integer")]
    pub(super) total: Option<i64>,
}

/// A referral.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Referral<'a> {
    #[serde(deserialize_with = "wire::id")]
    pub(super) uuid: Cow<'a, str>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) direction: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) connection: Option<Named<'a>>,
    #[serde(default, deserialize_with = "wire::list")]
    pub(super) clients: Vec<Named<'a>>,
    #[serde(default, deserialize_with = "wire::list")]
    pub(super) cloned_clients: Vec<Named<'a>>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) advice_type: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "wire::integer")]
    pub(super) duration_months: Option<i64>,
    #[serde(default, deserialize_with = "wire::list")]
    pub(super) shared_data: Vec<Word<'a>>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) note: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "wire::date")]
    pub(super) sla_deadline: Option<Date>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) status: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) rejection_reason: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) sender_firm: Option<Named<'a>>,
    #[serde(default)]
    pub(super) recipient_firm: Option<Named<'a>>,
    #[serde(default)]
    pub(super) sender_account: Option<Account<'a>>,
    #[serde(default)]
    pub(super) recipient_account: Option<Account<'a>>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) created_at: Option<DateTime>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) updated_at: Option<DateTime>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) expires_at: Option<DateTime>,
}

/// A referral connection.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Connection<'a> {
    #[serde(deserialize_with = "wire::id")]
    pub(super) uuid: Cow<'a, str>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) direction: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) status: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) sender_firm: Option<Named<'a>>,
    #[serde(default)]
    pub(super) recipient_firm: Option<Named<'a>>,
    #[serde(default)]
    pub(super) sender_account: Option<Account<'a>>,
    #[serde(default)]
    pub(super) recipient_account: Option<Account<'a>>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) created_at: Option<DateTime>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) updated_at: Option<DateTime>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) expires_at: Option<DateTime>,
}

/// A firm, a client within a referral, or (without a name) a referral's connection.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Named<'a> {
    #[serde(deserialize_with = "wire::text")]
    pub(super) uuid: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) name: Option<Cow<'a, str>>,
}

/// One word of a list of them.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Word<'a> {
    #[serde(deserialize_with = "wire::text")]
    pub(super) text: Option<Cow<'a, str>>,
}

/// An account. The last two fields are there when they were asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Account<'a> {
    pub(super) uuid: Flat<'a>,
    pub(super) created_at: Flat<'a>,
    pub(super) updated_at: Flat<'a>,
    #[serde(rename = "type")]
    pub(super) kind: Flat<'a>,
    pub(super) role: Flat<'a>,
    pub(super) first_name: Flat<'a>,
    pub(super) last_name: Flat<'a>,
    pub(super) name: Flat<'a>,
    pub(super) email: Flat<'a>,
    pub(super) photo_url: Flat<'a>,
    pub(super) external_references: Option<&'a RawValue>,
    pub(super) primary_email: Option<&'a RawValue>,
    pub(super) primary_phone_number: Option<&'a RawValue>,
}

/// A field of an account.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Flat<'a> {
    /// Null or missing.
    #[default]
    Absent,
    /// What the account has there.
    Text(Cow<'a, str>),
    /// What the documentation shows instead, `{"example": …, "description": …, "collection": false}`: its generator's
    /// notes on the field. The example is made up, so it is never taken for a value.
    Annotation,
}

/// A login of the user behind the token.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Login<'a> {
    pub(super) account: Option<Account<'a>>,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(rename = "example")]
    _example: IgnoredAny,
}

impl Flat<'_> {
    /// The value, when there is one that says something.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !is_blank(text) => Some(text),
            Self::Text(_) | Self::Absent | Self::Annotation => None,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Flat<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match wire::scalar_or(deserializer)? {
            Ok(text) => text.map_or(Self::Absent, Self::Text),
            Err(Annotation { .. }) => Self::Annotation,
        })
    }
}

impl Account<'_> {
    /// Whether anything in it tells who it is.
    pub(super) fn tells_who(&self) -> bool {
        let says_who = [
            &self.uuid,
            &self.name,
            &self.first_name,
            &self.last_name,
            &self.email,
        ];
        says_who.into_iter().any(|field| field.text().is_some())
    }

    /// Whether the documentation's notes came in place of values.
    pub(super) fn has_annotations(&self) -> bool {
        let flat = [
            &self.uuid,
            &self.created_at,
            &self.updated_at,
            &self.kind,
            &self.role,
            &self.first_name,
            &self.last_name,
            &self.name,
            &self.email,
            &self.photo_url,
        ];
        let raw = [
            &self.external_references,
            &self.primary_email,
            &self.primary_phone_number,
        ];
        flat.contains(&&Flat::Annotation) || raw.into_iter().flatten().any(|raw| is_annotation(raw))
    }
}

/// Whether this is the documentation's note on a field rather than the field's value.
pub(super) fn is_annotation(raw: &RawValue) -> bool {
    raw.get().starts_with('{') && decode_row::<Annotation>(raw).is_ok()
}

/// What helps but is not needed: of another shape it counts as missing.
fn if_readable<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(decode_row(raw).unwrap_or_default())
}
