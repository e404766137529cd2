//! Plannr's JSON as its pages document it. Only what the gateway uses is named; the record itself is kept as `raw`.

use std::mem::take;

use serde::de::{DeserializeOwned, Error as _, IgnoredAny};
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
pub(super) struct Referral {
    #[serde(deserialize_with = "wire::id")]
    pub(super) uuid: String,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) direction: Option<String>,
    #[serde(default)]
    pub(super) connection: Option<Named>,
    #[serde(default, deserialize_with = "wire::list")]
    pub(super) clients: Vec<Named>,
    #[serde(default, deserialize_with = "wire::list")]
    pub(super) cloned_clients: Vec<Named>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) advice_type: Option<String>,
    #[serde(default, deserialize_with = "wire::integer")]
    pub(super) duration_months: Option<i64>,
    #[serde(default, deserialize_with = "wire::list")]
    pub(super) shared_data: Vec<Word>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) note: Option<String>,
    #[serde(default, deserialize_with = "wire::date")]
    pub(super) sla_deadline: Option<Date>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) status: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) rejection_reason: Option<String>,
    #[serde(default)]
    pub(super) sender_firm: Option<Named>,
    #[serde(default)]
    pub(super) recipient_firm: Option<Named>,
    #[serde(default)]
    pub(super) sender_account: Option<Account>,
    #[serde(default)]
    pub(super) recipient_account: Option<Account>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) created_at: Option<DateTime>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) updated_at: Option<DateTime>,
    #[serde(default, deserialize_with = "wire::time")]
    pub(super) expires_at: Option<DateTime>,
}

/// A referral connection.
#[derive(Debug, Deserialize)]
pub(super) struct Connection {
    #[serde(deserialize_with = "wire::id")]
    pub(super) uuid: String,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) direction: Option<String>,
    #[serde(default, deserialize_with = "wire::text")]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) sender_firm: Option<Named>,
    #[serde(default)]
    pub(super) recipient_firm: Option<Named>,
    #[serde(default)]
    pub(super) sender_account: Option<Account>,
    #[serde(default)]
    pub(super) recipient_account: Option<Account>,
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
pub(super) struct Named {
    #[serde(deserialize_with = "wire::text")]
    pub(super) uuid: Option<String>,
    #[serde(deserialize_with = "wire::text")]
    pub(super) name: Option<String>,
}

/// One word of a list of them.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Word {
    #[serde(deserialize_with = "wire::text")]
    pub(super) text: Option<String>,
}

/// An account. The last two fields are there when they were asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Account {
    pub(super) uuid: Flat,
    pub(super) created_at: Flat,
    pub(super) updated_at: Flat,
    #[serde(rename = "type")]
    pub(super) kind: Flat,
    pub(super) role: Flat,
    pub(super) first_name: Flat,
    pub(super) last_name: Flat,
    pub(super) name: Flat,
    pub(super) email: Flat,
    pub(super) photo_url: Flat,
    pub(super) external_references: Option<Box<RawValue>>,
    pub(super) primary_email: Option<Box<RawValue>>,
    pub(super) primary_phone_number: Option<Box<RawValue>>,
}

/// A field of an account.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Flat {
    /// Null or missing.
    #[default]
    Absent,
    /// What the account has there.
    Text(String),
    /// What the documentation shows instead, `{"example": …, "description": …, "collection": false}`: its generator's
    /// notes on the field. The example is made up, so it is never taken for a value.
    Annotation,
}

/// A login of the user behind the token.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Login {
    pub(super) account: Option<Account>,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(rename = "example")]
    _example: IgnoredAny,
}

impl Flat {
    /// The value, when there is one that says something.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) if !is_blank(&text) => Some(text),
            Self::Text(_) | Self::Absent | Self::Annotation => None,
        }
    }
}

impl<'de> Deserialize<'de> for Flat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        if is_annotation(raw) {
            return Ok(Self::Annotation);
        }
        let text = wire::text_of(raw).map_err(D::Error::custom)?;
        Ok(text.map_or(Self::Absent, Self::Text))
    }
}

impl Account {
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
