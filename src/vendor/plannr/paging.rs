//! Pages of Plannr's lists. Of a link only the number of its page is taken: the rest of the query is asked as before.

use std::borrow::Cow;

use url::form_urlencoded;

use super::wire;
use crate::model::Vendor;
use crate::vendor::{Error, Kind, Position, Result};

/// The page at this position; no position means the first.
pub(super) fn number(position: Option<&Position>, operation: &'static str) -> Result<u64> {
    let Some(Position(text)) = position else {
        return Ok(1);
    };
    let number = text.strip_prefix("page:").and_then(|n| n.parse().ok());
    number.filter(|number| *number > 0).ok_or_else(|| {
        let detail = "not a place in this list";
        Error::new(Vendor::Plannr, operation, Kind::Rejected, detail)
    })
}

/// The position of this page.
pub(super) fn position(number: u64) -> Position {
    Position(Cow::Owned(format!("page:{number}")))
}

/// The page after this one: the one that the link names, else the next one in number if there are more. A page
/// without rows is the last, whatever it says.
pub(super) fn next(
    list: &wire::List,
    count: u64,
    number: u64,
    is_own: impl FnOnce(&str) -> bool,
) -> Option<u64> {
    if count == 0 {
        return None;
    }
    let linked = list.links.next.as_deref().filter(|link| is_own(link));
    if let Some(next) = linked.and_then(page_of) {
        // A link that does not lead on would be followed for ever.
        return (next > number).then_some(next);
    }
    let last_page = u64::try_from(list.meta.last_page?).ok()?;
    (number < last_page).then_some(number + 1)
}

/// Whether a list says that it goes on after this page, be it by a link that cannot be followed.
pub(super) fn has_more(list: &wire::List, count: u64, number: u64) -> bool {
    let is_linked = list
        .links
        .next
        .as_deref()
        .is_some_and(|link| !link.trim().is_empty());
    let last_page = list
        .meta
        .last_page
        .and_then(|last| u64::try_from(last).ok());
    count > 0 && last_page.map_or(is_linked, |last| number < last)
}

fn page_of(link: &str) -> Option<u64> {
    let query = link.split_once('?')?.1.split('#').next()?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, page) = pairs.find(|(name, _)| name == "page")?;
    page.parse().ok()
}
