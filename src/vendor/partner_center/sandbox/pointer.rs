//! The paths of a patch: which are listed where, and what an operation does at one.

use super::filter::PROPERTIES;
use super::json::Json;
use super::shape::{self, MEMBER, SOLUTION, STATUS, SUBSTATUS, Shape};

/// The two operations that are documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Replace,
}

/// How far a path is documented.
#[derive(Debug)]
pub(super) enum Standing {
    /// The connector's definition has it.
    Listed(&'static Shape),
    /// A property of referrals, but not listed.
    Unlisted(&'static Shape),
    /// Set by the vendor alone.
    ReadOnly,
    /// Not of a referral.
    Unknown,
}

/// The paths of the connector's definition.
static LISTED: [(&str, Shape); 20] = [
    ("/campaignId", Shape::Text),
    (
        "/consent/consentToShareReferralWithMicrosoftSellers",
        Shape::Flag,
    ),
    ("/customerProfile/team", Shape::List(&MEMBER)),
    ("/customerProfile/team/-", MEMBER),
    ("/details/closingDateTime", Shape::Time),
    ("/details/currency", Shape::Currency),
    ("/details/dealValue", Shape::Number),
    ("/details/notes", Shape::Text),
    ("/details/requirements/solutions", Shape::List(&SOLUTION)),
    ("/details/requirements/solutions/-", SOLUTION),
    ("/externalReferenceId", Shape::Text),
    ("/referralProgram", Shape::Text),
    ("/salesStage", Shape::Text),
    ("/status", STATUS),
    ("/substatus", SUBSTATUS),
    ("/statusReason", Shape::Text),
    ("/team", Shape::List(&MEMBER)),
    ("/team/-", MEMBER),
    ("/registrations/-", REGISTRATION),
    // Of a registration, the parts are not told apart here.
    ("/registrations/0", Shape::Any),
];

const REGISTRATION: Shape = Shape::Object(&[
    ("type", Shape::OneOf(&["AzureIPCoSell"])),
    ("solutionDetails", Shape::List(&Shape::Any)),
    (
        "contract",
        Shape::Object(&[
            ("currency", Shape::Currency),
            ("startDateTime", Shape::Time),
            ("endDateTime", Shape::Time),
            ("signDateTime", Shape::Time),
            ("term", Shape::OneOf(&["Perpetual", "Finite"])),
            ("value", Shape::Number),
        ]),
    ),
]);

/// What only the vendor sets.
const READ_ONLY: [&str; 16] = [
    "id",
    "engagementId",
    "organizationId",
    "organizationName",
    "createdDateTime",
    "updatedDateTime",
    "expirationDateTime",
    "acceptedDateTime",
    "closedDateTime",
    "eTag",
    "direction",
    "quality",
    "isSpam",
    "tags",
    "registrationStatus",
    "links",
];

/// The segments of a path: RFC 6901.
pub(super) fn segments(path: &str) -> Option<Vec<String>> {
    let rest = path.strip_prefix('/')?;
    let segments = rest.split('/');
    Some(
        segments
            .map(|one| one.replace("~1", "/").replace("~0", "~"))
            .collect(),
    )
}

pub(super) fn standing(path: &str, segments: &[String]) -> Standing {
    let listed = LISTED.iter().find(|(known, _)| {
        path == *known || *known == "/registrations/0" && path.starts_with("/registrations/0/")
    });
    let first = segments.first().map_or("", String::as_str);
    match listed {
        Some((_, shape)) => Standing::Listed(shape),
        None if READ_ONLY.contains(&first) => Standing::ReadOnly,
        None if PROPERTIES.contains(&first) => Standing::Unlisted(shape::at(segments)),
        None => Standing::Unknown,
    }
}

/// Carries out an operation. A member that is missing is taken for one that is null, as in a record with fixed fields;
/// a list to append to may be missing.
pub(super) fn apply(
    target: &mut Json,
    segments: &[String],
    operation: Operation,
    value: Json,
) -> Result<(), &'static str> {
    const NOWHERE: &str = "The path does not exist.";
    let Some((first, rest)) = segments.split_first() else {
        return Err(NOWHERE);
    };
    match target {
        Json::Object(members) => {
            let member = members.entry(first.clone()).or_insert(Json::Null);
            if rest.is_empty() {
                *member = value;
                return Ok(());
            }
            if *member == Json::Null && rest == ["-"] {
                *member = Json::List(Vec::new());
            }
            apply(member, rest, operation, value)
        }
        Json::List(items) if first == "-" => {
            if operation != Operation::Add || !rest.is_empty() {
                return Err("Only add can append.");
            }
            items.push(value);
            Ok(())
        }
        Json::List(items) => {
            let index: usize = first.parse().map_err(|_| NOWHERE)?;
            if !rest.is_empty() {
                return apply(items.get_mut(index).ok_or(NOWHERE)?, rest, operation, value);
            }
            match operation {
                Operation::Add if index <= items.len() => items.insert(index, value),
                Operation::Replace if index < items.len() => items[index] = value,
                _ => return Err(NOWHERE),
            }
            Ok(())
        }
        _ => Err(NOWHERE),
    }
}
