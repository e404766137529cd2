//! The fields that rows are written from, each as the schema's own types resolve it.

use std::fmt::Display;
use std::io::Write as _;

use async_graphql::resolver_utils::EnumType;

use super::selected::{Object, Selected, Writer};
use crate::graphql::types::enums;
use crate::graphql::types::referral::version;
use crate::load::Loaded;
use crate::model::{
    DateTime, GlobalId, Moderation, Money, Organization, Party, Person, Referral, Stage,
};

type Row = Loaded<Referral>;

/// The writer of a referral. `complete` tells whether all rows say what a single read would.
pub fn referral<'w>(selected: &Selected<'_>, complete: bool) -> Option<Object<'w, Row>> {
    selected.object(&["Referral", "Node"], |name, selected| {
        Some(match name {
            "id" => leaf(|row: &Row, out| {
                let id = GlobalId::text_of_referral(row.value.vendor, &row.value.remote_id);
                bare(&id, out);
            }),
            "vendor" => leaf(|row: &Row, out| word(enums::Vendor::from(row.value.vendor), out)),
            "remoteId" => leaf(|row: &Row, out| text(&row.value.remote_id, out)),
            "name" => leaf(|row: &Row, out| optional(row.value.name.as_deref(), text, out)),
            "description" => {
                leaf(|row: &Row, out| optional(row.value.description.as_deref(), text, out))
            }
            "status" => {
                leaf(|row: &Row, out| word(enums::ReferralStatus::from(row.value.status), out))
            }
            "vendorStatus" => {
                leaf(|row: &Row, out| optional(row.value.vendor_status.as_deref(), text, out))
            }
            "direction" => leaf(|row: &Row, out| {
                let direction = row.value.direction.map(enums::Direction::from);
                optional(direction, word, out);
            }),
            "stage" => member(|row: &Row| row.value.stage.as_ref(), stage(selected)?),
            "value" => member(|row: &Row| row.value.value.as_ref(), money(selected)?),
            "moderation" => member(
                |row: &Row| row.value.moderation.as_deref(),
                moderation(selected)?,
            ),
            "referrer" if complete => {
                let party = party(selected)?;
                Box::new(move |row, out| optional(row.value.referrer.as_ref(), &party, out))
            }
            "referred" if complete => {
                let party = party(selected)?;
                Box::new(move |row, out| list(&row.value.referred, &party, out))
            }
            "recipient" => {
                let party = party(selected)?;
                Box::new(move |row, out| optional(row.value.recipient.as_ref(), &party, out))
            }
            "allowedActions" => leaf(|row: &Row, out| {
                let action =
                    |action: &_, out: &mut _| word(enums::ReferralAction::from(*action), out);
                list(&row.value.allowed_actions, action, out);
            }),
            "externalReference" => {
                leaf(|row: &Row, out| optional(row.value.external_reference.as_deref(), text, out))
            }
            "createdAt" => leaf(|row: &Row, out| time(row.value.created_at, out)),
            "updatedAt" => leaf(|row: &Row, out| time(row.value.updated_at, out)),
            "expiresAt" => leaf(|row: &Row, out| time(row.value.expires_at, out)),
            "closedAt" => leaf(|row: &Row, out| time(row.value.closed_at, out)),
            "version" => leaf(|row: &Row, out| text(&version(&row.value), out)),
            "fetchedAt" => leaf(|row: &Row, out| time(Some(DateTime(row.fetched_at)), out)),
            "stale" => leaf(|row: &Row, out| truth(row.is_stale(), out)),
            _ => return None,
        })
    })
}

/// The writer of an edge: its cursor and its node are written by these.
pub fn edge<'w, R: 'w>(
    selected: &Selected<'_>,
    type_name: &'static str,
    cursor: impl Fn(&R, &mut Vec<u8>) + Copy + Send + Sync + 'w,
    node: impl Fn(&Selected<'_>) -> Option<Writer<'w, R>>,
) -> Option<Object<'w, R>> {
    selected.object(&[type_name], |name, selected| match name {
        "cursor" => Some(Box::new(cursor)),
        "node" => node(selected),
        _ => None,
    })
}

fn money<'w>(selected: &Selected<'_>) -> Option<Object<'w, Money>> {
    selected.object(&["Money"], |name, _| {
        Some(match name {
            "amount" => leaf(|money: &Money, out| plain(&money.amount, out)),
            "currency" => leaf(|money: &Money, out| text(&money.currency, out)),
            _ => return None,
        })
    })
}

fn stage<'w>(selected: &Selected<'_>) -> Option<Object<'w, Stage>> {
    selected.object(&["Stage"], |name, _| {
        Some(match name {
            "remoteId" => {
                leaf(|stage: &Stage, out| optional(stage.remote_id.as_deref(), text, out))
            }
            "label" => leaf(|stage: &Stage, out| text(&stage.label, out)),
            "color" => leaf(|stage: &Stage, out| optional(stage.color.as_deref(), text, out)),
            _ => return None,
        })
    })
}

fn moderation<'w>(selected: &Selected<'_>) -> Option<Object<'w, Moderation>> {
    selected.object(&["Moderation"], |name, _| {
        Some(match name {
            "status" => {
                leaf(|of: &Moderation, out| word(enums::ModerationProgress::from(of.status), out))
            }
            "referrer" => {
                leaf(|of: &Moderation, out| word(enums::ModerationStatus::from(of.referrer), out))
            }
            "referred" => {
                leaf(|of: &Moderation, out| word(enums::ModerationStatus::from(of.referred), out))
            }
            "moderatedAt" => leaf(|of: &Moderation, out| time(of.moderated_at, out)),
            _ => return None,
        })
    })
}

fn party<'w>(selected: &Selected<'_>) -> Option<impl Fn(&Party, &mut Vec<u8>) + Send + Sync + 'w> {
    let person = person(selected)?;
    let organization = organization(selected)?;
    Some(move |party: &Party, out: &mut Vec<u8>| match party {
        Party::Person(of) => person.write(of, out),
        Party::Organization(of) => organization.write(of, out),
    })
}

fn person<'w>(selected: &Selected<'_>) -> Option<Object<'w, Person>> {
    selected.object(&["Person", "Party"], |name, selected| {
        Some(match name {
            "remoteId" => leaf(|of: &Person, out| optional(of.remote_id(), text, out)),
            "name" => leaf(|of: &Person, out| words(of.words_of_name(), out)),
            "firstName" => leaf(|of: &Person, out| optional(of.first_name(), text, out)),
            "lastName" => leaf(|of: &Person, out| optional(of.last_name(), text, out)),
            "email" => leaf(|of: &Person, out| optional(of.email(), text, out)),
            "phone" => leaf(|of: &Person, out| optional(of.phone(), text, out)),
            "organization" => member(|of: &Person| of.organization(), organization(selected)?),
            _ => return None,
        })
    })
}

fn organization<'w>(selected: &Selected<'_>) -> Option<Object<'w, Organization>> {
    selected.object(&["Organization", "Party"], |name, _| {
        Some(match name {
            "remoteId" => leaf(|of: &Organization, out| optional(of.remote_id(), text, out)),
            "name" => leaf(|of: &Organization, out| optional(of.name(), text, out)),
            _ => return None,
        })
    })
}

fn leaf<'w, R: 'w>(write: fn(&R, &mut Vec<u8>)) -> Writer<'w, R> {
    Box::new(write)
}

fn member<'w, R: 'w, V: 'w>(get: fn(&R) -> Option<&V>, object: Object<'w, V>) -> Writer<'w, R> {
    Box::new(move |of, out| optional(get(of), |value, out| object.write(value, out), out))
}

fn optional<V>(value: Option<V>, write: impl FnOnce(V, &mut Vec<u8>), out: &mut Vec<u8>) {
    match value {
        Some(value) => write(value, out),
        None => out.extend_from_slice(b"null"),
    }
}

fn list<V>(values: &[V], write: impl Fn(&V, &mut Vec<u8>), out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(value, out);
    }
    out.push(b']');
}

fn text(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(out, text).expect("a text can be written to memory");
}

/// Appends one text from two parts. Lists name many people, and a text of its own for each would be most of the work.
fn words(parts: [Option<&str>; 2], out: &mut Vec<u8>) {
    let [Some(first), Some(second)] = parts else {
        let [first, second] = parts;
        return optional(first.or(second), text, out);
    };
    text(first, out);
    // The quote that ends the first makes room for the second, whose own becomes the space.
    out.pop();
    let between = out.len();
    text(second, out);
    out[between] = b' ';
}

/// Appends a text that needs no escapes.
fn bare(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Appends a value whose text needs no escapes: an id, a number.
pub fn plain(value: &impl Display, out: &mut Vec<u8>) {
    write!(out, "\"{value}\"").expect("a text can be written to memory");
}

fn word<E: EnumType>(value: E, out: &mut Vec<u8>) {
    let mut items = E::items().iter();
    let name = items.find(|item| item.value == value).map(|item| item.name);
    bare(name.unwrap_or_default(), out);
}

fn time(time: Option<DateTime>, out: &mut Vec<u8>) {
    let quoted = |time: DateTime, out: &mut Vec<u8>| {
        out.push(b'"');
        time.append_to(out);
        out.push(b'"');
    };
    optional(time, quoted, out);
}

fn truth(value: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn two_parts_are_written_as_the_text_that_they_make(first in any::<String>(), second in any::<String>()) {
            let mut out = b"[".to_vec();
            words([Some(&first), Some(&second)], &mut out);
            let whole = serde_json::to_string(&format!("{first} {second}")).unwrap();
            prop_assert_eq!(String::from_utf8(out).unwrap(), format!("[{whole}"));
        }
    }

    #[test]
    fn one_part_is_the_whole_text_and_none_is_null() {
        for (parts, written) in [
            ([Some("Ada"), None], "\"Ada\""),
            ([None, Some("Okoro")], "\"Okoro\""),
            ([None, None], "null"),
        ] {
            let mut out = Vec::new();
            words(parts, &mut out);
            assert_eq!(out, written.as_bytes());
        }
    }
}
