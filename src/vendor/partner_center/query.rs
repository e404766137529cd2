//! What of a filter and order the vendor serves itself, and where in a list one is.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::model::{
    Direction, Order, OrderDirection, OrderField, ReferralFilter, ReferralStatus, Vendor,
};
use crate::vendor::{Error, Kind, Native, Plan, Position, Result};

/// How many rows are asked for at once: more were never given.
pub(super) const TOP: u64 = 100;

/// The vendor's name for the time of the last change.
const UPDATED: &str = "updatedDateTime";

/// How the list is best read. The vendor orders by either time, so always page by page.
pub(super) fn plan(filter: &ReferralFilter, order: Order) -> Plan {
    let asks_for_what_is_not_here = filter.moderation.is_some()
        || filter.connection_id.is_some()
        || filter.status.as_ref().is_some_and(Vec::is_empty);
    if asks_for_what_is_not_here || !filter.may_include(Vendor::PartnerCenter) {
        return Plan::RuledOut;
    }
    let mut query = vec![("$orderby", order_by(order))];
    let (terms, status_is_exact) = terms(filter);
    if !terms.is_empty() {
        query.push(("$filter", terms.join(" and ")));
    }
    // The times of creation cannot be filtered by, and "any party" and "contains" cannot be said.
    let rest_is_exact = filter.created_after.is_none()
        && filter.created_before.is_none()
        && filter.email.is_none()
        && filter.search.is_none();
    Plan::Paged(Native {
        query,
        exact: status_is_exact && rest_is_exact,
    })
}

/// Every referral of an engagement.
pub(super) fn engagement(id: &str) -> Native {
    Native {
        query: vec![("$filter", engagement_term(id))],
        exact: true,
    }
}

/// Every referral that changed after this time, the newest first.
pub(super) fn changed_after(time: Timestamp) -> Native {
    let newest_first = order_by(Order {
        field: OrderField::CreatedAt,
        direction: OrderDirection::Desc,
    });
    Native {
        query: vec![
            ("$orderby", newest_first),
            ("$filter", format!("{UPDATED} gt {time}")),
        ],
        exact: true,
    }
}

/// The same query without the times that its filter ends with; `None` when it has none.
pub(super) fn without_times(native: &Native) -> Option<Native> {
    let mut native = native.clone();
    let index = native
        .query
        .iter()
        .position(|(name, _)| *name == "$filter")?;
    let filter = &native.query[index].1;
    let mut rest = filter.as_str();
    loop {
        let (before, last) = rest.rsplit_once(" and ").unwrap_or(("", rest));
        // A quote closes a text, and a text may read like anything.
        if !last.starts_with(UPDATED) || last.contains('\'') {
            break;
        }
        rest = before;
    }
    if rest.len() == filter.len() {
        return None;
    }
    let rest = rest.to_owned();
    if rest.is_empty() {
        native.query.remove(index);
    } else {
        native.query[index].1 = rest;
    }
    native.exact = false;
    Some(native)
}

fn order_by(order: Order) -> String {
    let field = match order.field {
        OrderField::CreatedAt => "createdDateTime",
        OrderField::UpdatedAt => UPDATED,
    };
    let direction = match order.direction {
        OrderDirection::Asc => "asc",
        OrderDirection::Desc => "desc",
    };
    format!("{field} {direction}")
}

/// The terms, the times last, and whether the wanted statuses are among them (or there are none).
fn terms(filter: &ReferralFilter) -> (Vec<String>, bool) {
    let mut terms = Vec::new();
    let mut status_is_exact = true;
    if let Some(wanted) = &filter.status {
        let (first, rest) = wanted
            .split_first()
            .map_or((None, wanted.as_slice()), |(first, rest)| {
                (Some(*first), rest)
            });
        let only = first.filter(|first| rest.iter().all(|other| other == first));
        match only.and_then(status_term) {
            Some(term) => terms.push(term.to_owned()),
            None => status_is_exact = false,
        }
    }
    if let Some(direction) = filter.direction {
        let word = match direction {
            Direction::Received => "Incoming",
            Direction::Sent => "Outgoing",
        };
        terms.push(format!("direction eq '{word}'"));
    }
    if let Some((_, id)) = &filter.engagement_id {
        terms.push(engagement_term(id));
    }
    if let Some(after) = filter.updated_after {
        terms.push(format!("{UPDATED} gt {after}"));
    }
    if let Some(before) = filter.updated_before {
        terms.push(format!("{UPDATED} lt {before}"));
    }
    (terms, status_is_exact)
}

fn status_term(status: ReferralStatus) -> Option<&'static str> {
    match status {
        ReferralStatus::Pending => Some("status eq 'New'"),
        ReferralStatus::Active => Some("status eq 'Active'"),
        ReferralStatus::Won => Some("substatus eq 'Won'"),
        ReferralStatus::Lost => Some("substatus eq 'Lost'"),
        ReferralStatus::Declined => Some("substatus eq 'Declined'"),
        ReferralStatus::Expired => Some("substatus eq 'Expired'"),
        ReferralStatus::Unrecognized => None,
    }
}

/// A quote within a text is written twice.
fn engagement_term(id: &str) -> String {
    format!("engagementId eq '{}'", id.replace('\'', "''"))
}

/// A place in the list: behind so many rows, and how to get there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// How many rows lie before it.
    pub(super) skip: u64,
    /// The vendor's own link to it.
    pub(super) link: Option<String>,
    /// Whether its first row is the last one of the page before.
    pub(super) repeats: bool,
}

impl Place {
    /// Reads a position; none is the beginning.
    pub(super) fn parse(position: Option<&Position>) -> Result<Self> {
        let Some(Position(text)) = position else {
            return Ok(Self {
                skip: 0,
                link: None,
                repeats: false,
            });
        };
        let place = match text.split_once(':') {
            Some((form @ ("skip" | "again"), skip)) => skip.parse().ok().map(|skip| Self {
                skip,
                link: None,
                repeats: form == "again",
            }),
            Some(("link", rest)) => rest.split_once(':').and_then(|(skip, link)| {
                Some(Self {
                    skip: skip.parse().ok()?,
                    link: Some(link.to_owned()),
                    repeats: false,
                })
            }),
            _ => None,
        };
        place.ok_or_else(|| {
            let detail = "no such position in this list";
            Error::new(
                Vendor::PartnerCenter,
                "list_referrals",
                Kind::Rejected,
                detail,
            )
        })
    }

    /// The position of this place by its link, else by the rows before it.
    pub(super) fn position(&self) -> Position {
        match &self.link {
            Some(link) => Position(Cow::Owned(format!("link:{}:{link}", self.skip))),
            None if self.repeats => Position(Cow::Owned(format!("again:{}", self.skip))),
            None => self.hint(),
        }
    }

    /// The position of this place by the rows before it: short, and right only as long as none is added or removed there.
    pub(super) fn hint(&self) -> Position {
        Position(Cow::Owned(format!("skip:{}", self.skip)))
    }
}
