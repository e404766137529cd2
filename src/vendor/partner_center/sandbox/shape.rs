//! What the pages say a written referral consists of. Values of another kind are refused; members that no page has, and
//! nulls, are taken and noted.

use bigdecimal::BigDecimal;
use jiff::Timestamp;
use uuid::Uuid;

use self::Shape::{Any, Currency, Flag, Guid, List, Number, Object, OneOf, Text, Time};
use super::json::Json;
use crate::sandbox::{Document, Problems};

/// The kind of a value.
#[derive(Debug)]
pub(super) enum Shape {
    Text,
    Flag,
    Number,
    Time,
    Guid,
    /// Three capital letters.
    Currency,
    OneOf(&'static [&'static str]),
    List(&'static Shape),
    Object(&'static [(&'static str, Shape)]),
    /// Nothing more is known.
    Any,
}

/// Where findings go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Report<'a> {
    pub(super) document: &'a Document,
    pub(super) problems: &'a Problems,
}

/// The body of a new referral: <https://learn.microsoft.com/en-us/partner-center/developer/create-a-referral>.
pub(super) static REFERRAL: [(&str, Shape); 14] = [
    ("name", Text),
    ("externalReferenceId", Text),
    ("status", STATUS),
    ("substatus", SUBSTATUS),
    ("statusReason", Text),
    ("type", OneOf(&["Independent", "Shared"])),
    (
        "qualification",
        OneOf(&["None", "Direct", "MarketingQualified", "SalesQualified"]),
    ),
    ("engagementId", Guid),
    ("target", List(&TARGET)),
    ("customerProfile", CUSTOMER_PROFILE),
    ("consent", CONSENT),
    ("details", DETAILS),
    ("team", List(&MEMBER)),
    ("inviteContext", INVITE_CONTEXT),
];

pub(super) const STATUS: Shape = OneOf(&["None", "New", "Active", "Closed"]);

pub(super) const SUBSTATUS: Shape = OneOf(&[
    "None", "Pending", "Received", "Accepted", "Won", "Lost", "Declined", "Expired",
]);

const TARGET: Shape = Object(&[
    (
        "type",
        OneOf(&["None", "BusinessProfileLocation", "SolutionProfile"]),
    ),
    ("id", Text),
]);

const CUSTOMER_PROFILE: Shape = Object(&[
    ("name", Text),
    ("size", Text),
    (
        "address",
        Object(&[
            ("addressLine1", Text),
            ("addressLine2", Text),
            ("city", Text),
            ("state", Text),
            ("postalCode", Text),
            ("country", Text),
            ("region", Text),
        ]),
    ),
    ("team", List(&MEMBER)),
    // A list of identifiers, which one sample sends as an empty object.
    ("ids", Any),
]);

pub(super) const MEMBER: Shape = Object(&[
    ("firstName", Text),
    ("lastName", Text),
    ("phoneNumber", Text),
    ("email", Text),
    ("title", Text),
    (
        "contactPreference",
        Object(&[("locale", Text), ("disableNotifications", Flag)]),
    ),
]);

/// The double "To" is the vendor's spelling.
const CONSENT: Shape = Object(&[
    ("consentToToShareInfoWithOthers", Flag),
    ("consentToContact", Flag),
    ("consentToShareReferralWithMicrosoftSellers", Flag),
]);

const DETAILS: Shape = Object(&[
    ("notes", Text),
    ("dealValue", Number),
    ("currency", Currency),
    ("closingDateTime", Time),
    ("customerRequestedContact", Flag),
    ("customerAction", Text),
    ("requirements", REQUIREMENTS),
]);

const REQUIREMENTS: Shape = Object(&[
    ("industries", List(&TAG)),
    ("products", List(&TAG)),
    ("services", List(&TAG)),
    ("solutions", List(&SOLUTION)),
    ("offers", List(&Any)),
    ("salesPlays", List(&Any)),
    ("additionalRequirements", Any),
]);

const TAG: Shape = Object(&[("id", Text)]);

pub(super) const SOLUTION: Shape = Object(&[
    ("id", Text),
    ("name", Text),
    ("type", OneOf(&["None", "Category", "Name"])),
    ("price", Number),
    ("quantity", Number),
    ("currency", Currency),
    ("publisherName", Text),
    ("solutionType", Text),
    ("closingDateTime", Time),
]);

const INVITE_CONTEXT: Shape = Object(&[
    ("notes", Text),
    ("assistanceRequestCode", Text),
    ("invitedMpnId", Text),
    (
        "invitedBy",
        Object(&[("organizationId", Text), ("organizationName", Text)]),
    ),
]);

impl Shape {
    /// Checks a value and all within it.
    pub(super) fn check(&self, value: &Json, path: &str, report: Report<'_>) {
        let is_enum = matches!(self, OneOf(_));
        if *value == Json::Null && !is_enum {
            report.problems.note(format!("{path}: null"));
            return;
        }
        match (self, value) {
            (Object(shapes), Json::Object(members)) => {
                for (name, value) in members {
                    let path = format!("{path}.{name}");
                    match shapes.iter().find(|(known, _)| known == name) {
                        Some((_, shape)) => shape.check(value, &path, report),
                        None => report.problems.note(format!("undocumented field {path:?}")),
                    }
                }
            }
            (List(shape), Json::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    shape.check(item, &format!("{path}[{index}]"), report);
                }
            }
            _ => {
                if let Some(message) = self.fault(value) {
                    report.document.complain(path, message);
                }
            }
        }
    }

    /// Why a value is not of this kind.
    fn fault(&self, value: &Json) -> Option<String> {
        let text = match value {
            Json::Text(text) => Some(text.as_str()),
            _ => None,
        };
        let (is_good, message) = match self {
            Text => (text.is_some(), "must be a string"),
            Flag => (matches!(value, Json::Bool(_)), "must be a boolean"),
            Number => (matches!(value, Json::Number(_)), "must be a number"),
            Time => (
                text.is_some_and(|text| text.parse::<Timestamp>().is_ok()),
                "must be a time with an offset",
            ),
            Guid => (
                text.is_some_and(|text| Uuid::parse_str(text).is_ok()),
                "must be a GUID",
            ),
            Currency => (
                text.is_some_and(|text| {
                    text.len() == 3 && text.chars().all(|char| char.is_ascii_uppercase())
                }),
                "must be a currency code",
            ),
            OneOf(values) => {
                let is_known = text.is_some_and(|text| values.contains(&text));
                return (!is_known).then(|| format!("must be one of {}", values.join(", ")));
            }
            List(_) => (false, "must be an array"),
            Object(_) => (false, "must be an object"),
            Any => (true, ""),
        };
        (!is_good).then(|| message.to_owned())
    }

    /// A scalar that came as a string, as the vendor's sample of a patch has the deal value; any other value as it is.
    pub(super) fn coerced(&self, value: Json, path: &str, problems: &Problems) -> Json {
        let Json::Text(text) = &value else {
            return value;
        };
        match self {
            Number if is_number(text) => Json::Number(text.clone()),
            Flag if text == "true" || text == "false" => {
                problems.note(format!("{path}: a boolean in a string"));
                Json::Bool(text == "true")
            }
            _ => value,
        }
    }
}

/// The shape of what is at this path of a referral.
pub(super) fn at(segments: &[String]) -> &'static Shape {
    let Some((first, rest)) = segments.split_first() else {
        return &Any;
    };
    let mut shapes = REFERRAL.iter();
    let Some((_, shape)) = shapes.find(|(name, _)| name == first) else {
        return &Any;
    };
    let mut shape = shape;
    for segment in rest {
        shape = match shape {
            Object(shapes) => match shapes.iter().find(|(name, _)| name == segment) {
                Some((_, inner)) => inner,
                None => return &Any,
            },
            List(item) => item,
            _ => return &Any,
        };
    }
    shape
}

/// As JSON writes numbers.
fn is_number(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text).is_ok() && text.parse::<BigDecimal>().is_ok()
}
