//! Pages of Introzy's lists, by offset.

use std::borrow::Cow;

use super::client::MAX_LIMIT;
use super::wire;
use crate::model::Vendor;
use crate::vendor::{Error, Kind, Next, Position, Result};

/// More pages than this are not listed beforehand: a vendor's word on how many rows it has must not fill the memory.
const MAX_LISTED_PAGES: u64 = 1_000;

/// A place in the list: from which row on, and whether the pages after it are already known.
pub(super) struct Place {
    pub(super) offset: u64,
    leads_on: bool,
}

impl Place {
    /// `200` for one of several pages known beforehand, `200+` for one that leads to the next.
    pub(super) fn at(position: Option<&Position>) -> Result<Self> {
        let Some(Position(text)) = position else {
            return Ok(Self {
                offset: 0,
                leads_on: true,
            });
        };
        let digits = text.trim_end_matches('+');
        let offset = digits.parse().map_err(|_| {
            let detail = "not a place in this list";
            Error::new(Vendor::Introzy, "list_referrals", Kind::Rejected, detail)
        })?;
        Ok(Self {
            offset,
            leads_on: digits.len() < text.len(),
        })
    }

    /// What follows a page of so many rows. The steps are as long as the page that came: the vendor may give fewer rows than asked for.
    pub(super) fn next(&self, list: &wire::List, got: u64) -> Next {
        let reached = self.offset.saturating_add(got);
        if !self.leads_on || !has_more(list, got, reached) {
            return Next::End;
        }
        let remaining = list
            .total
            .and_then(|total| u64::try_from(total).ok())
            .map(|total| total.saturating_sub(reached).div_ceil(got));
        match remaining {
            Some(pages) if self.offset == 0 && (1..=MAX_LISTED_PAGES).contains(&pages) => {
                let pages = (1..=pages).map(|page| {
                    // The last one leads on: rows may be added while the pages are read.
                    let sign = if page == pages { "+" } else { "" };
                    place(format!("{}{sign}", page * got))
                });
                Next::All(pages.collect())
            }
            _ => Next::Then(place(format!("{reached}+"))),
        }
    }
}

fn place(text: String) -> Position {
    Position(Cow::Owned(text))
}

/// Whether rows follow after the first `reached`, of which the last page brought `got`: if either their number or the flag says so, which only a sample
/// shows; without both, if the page is full.
pub(super) fn has_more(list: &wire::List, got: u64, reached: u64) -> bool {
    if got == 0 {
        return false;
    }
    let by_total = list
        .total
        .map(|total| u64::try_from(total).is_ok_and(|total| reached < total));
    if by_total.is_some() || list.has_more.is_some() {
        return by_total == Some(true) || list.has_more == Some(true);
    }
    let limit = list.limit.and_then(|limit| u64::try_from(limit).ok());
    got >= limit.unwrap_or(MAX_LIMIT as u64)
}
