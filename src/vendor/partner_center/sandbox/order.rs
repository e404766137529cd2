//! The order of the list: `$orderby`, or what the API does without one, which no page says.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::row::Row;
use crate::sandbox::{Switches, world};

/// One field to sort by.
#[derive(Clone, Copy, Debug)]
struct Field {
    name: &'static str,
    descending: bool,
}

/// The order of a list. The id decides last, so that no two rows are equal.
#[derive(Debug)]
pub(super) struct Order(Vec<Field>);

/// The fields that a page sorts by.
const SORTABLE: [&str; 2] = ["createdDateTime", "updatedDateTime"];
/// Stands for an order that follows from nothing the client can see.
const UNORDERED: &str = "";

impl Order {
    /// From the text of `$orderby`.
    pub(super) fn read(text: Option<&str>, switches: &Switches) -> Result<Self, String> {
        let Some(text) = text else {
            return Ok(Self::default_of(switches));
        };
        text.split(',')
            .map(field)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn default_of(switches: &Switches) -> Self {
        let (name, descending) = match switches.get("default_order") {
            "newest" => ("createdDateTime", true),
            "oldest" => ("createdDateTime", false),
            _ => (UNORDERED, false),
        };
        Self(vec![Field { name, descending }])
    }

    /// Where the referral stands: one text per field, then the id.
    pub(super) fn key<'a>(&self, row: &'a Row) -> Vec<Cow<'a, str>> {
        let part = |field: &Field| match field.name {
            UNORDERED => Cow::Owned(world::id("partner-center/unordered", &row.id).to_string()),
            name => Cow::Borrowed(row.sortable(name)),
        };
        let id = Cow::Borrowed(row.id.as_str());
        self.0.iter().map(part).chain([id]).collect()
    }

    /// Compares two keys made by [`Order::key`].
    pub(super) fn compare<K: AsRef<str>>(&self, left: &[Cow<'_, str>], right: &[K]) -> Ordering {
        for (index, field) in self.0.iter().enumerate() {
            let ordering = (*left[index]).cmp(right[index].as_ref());
            if ordering != Ordering::Equal {
                return if field.descending {
                    ordering.reverse()
                } else {
                    ordering
                };
            }
        }
        let last = self.0.len();
        (*left[last]).cmp(right[last].as_ref())
    }

    /// How many parts a key has.
    pub(super) fn key_length(&self) -> usize {
        self.0.len() + 1
    }
}

fn field(text: &str) -> Result<Field, String> {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or_default();
    let Some(name) = SORTABLE.into_iter().find(|known| *known == name) else {
        return Err(format!(
            "The property '{name}' cannot be used in the $orderby query option."
        ));
    };
    let descending = match words.next() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(other) => return Err(format!("'{other}' is not a direction of $orderby.")),
    };
    match words.next() {
        None => Ok(Field { name, descending }),
        Some(other) => Err(format!("Unexpected '{other}' in $orderby.")),
    }
}
