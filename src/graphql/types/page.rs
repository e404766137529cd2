//! Pages: Relay's shape under our own names, since "connection" is a word of the domain.

use async_graphql::{Context, Error, Object, SimpleObject};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::graphql::error::bad_input;

/// The most rows that one page may have.
pub const MAX_FIRST: i32 = 100;

/// Where a page lies in its list.
// Other subgraphs have a type of this name and these fields, too: all must say that they share it.
#[derive(SimpleObject)]
#[graphql(shareable)]
pub struct PageInfo {
    /// Whether more rows follow this page.
    pub has_next_page: bool,
    /// Whether rows precede this page.
    pub has_previous_page: bool,
    /// The cursor of the first row; null on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of the last row, to be given as `after` for the next page; null on an empty page.
    pub end_cursor: Option<String>,
}

/// The checked `first` argument.
pub fn first(ctx: &Context<'_>, first: Option<i32>, default: usize) -> Result<usize, Error> {
    match first {
        None => Ok(default),
        Some(first) if (1..=MAX_FIRST).contains(&first) => {
            Ok(usize::try_from(first).unwrap_or(default))
        }
        Some(first) => Err(bad_input(
            ctx,
            format!("first is {first}, but must be from 1 to {MAX_FIRST}."),
        )),
    }
}

/// A page cut from a list that is known whole.
pub struct Slice<T> {
    /// The rows of the page.
    pub rows: Vec<T>,
    start: usize,
    total: usize,
}

impl<T> Slice<T> {
    /// Cuts the page after the cursor.
    pub fn cut(
        ctx: &Context<'_>,
        all: Vec<T>,
        first: usize,
        after: Option<&str>,
    ) -> Result<Self, Error> {
        let start = match after {
            None => 0,
            Some(cursor) => {
                let index = read(cursor)
                    .ok_or_else(|| bad_input(ctx, "after is not a cursor of this list."))?;
                index.saturating_add(1)
            }
        };
        let total = all.len();
        let rows = all.into_iter().skip(start).take(first).collect();
        Ok(Self {
            rows,
            start: start.min(total),
            total,
        })
    }

    /// The cursor of a row of this page.
    pub fn cursor(&self, index: usize) -> String {
        URL_SAFE_NO_PAD.encode(format!("row {}", self.start + index))
    }

    /// Where the page lies.
    pub fn info(&self) -> PageInfo {
        let end = self.start + self.rows.len();
        PageInfo {
            has_next_page: end < self.total,
            has_previous_page: self.start > 0,
            start_cursor: (!self.rows.is_empty()).then(|| self.cursor(0)),
            end_cursor: self.rows.len().checked_sub(1).map(|last| self.cursor(last)),
        }
    }

    /// How many rows the whole list has.
    pub fn total(&self) -> i32 {
        i32::try_from(self.total).unwrap_or(i32::MAX)
    }
}

fn read(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("row ")?.parse().ok()
}

/// Declares the page and edge types of a list that is known whole.
macro_rules! slice_page {
    ($(#[doc = $doc:literal])* $page:ident, $edge:ident, $node:ty) => {
        $(#[doc = $doc])*
        pub struct $page(pub Slice<$node>);

        $(#[doc = $doc])*
        #[Object]
        impl $page {
            /// The rows with their cursors.
            async fn edges(&self) -> Vec<$edge> {
                let edge = |(index, node): (usize, &$node)| $edge { cursor: self.0.cursor(index), node: node.clone() };
                self.0.rows.iter().enumerate().map(edge).collect()
            }

            /// The rows.
            async fn nodes(&self) -> &[$node] {
                &self.0.rows
            }

            /// Where this page lies in the list.
            async fn page_info(&self) -> PageInfo {
                self.0.info()
            }

            /// How many rows the whole list has.
            async fn total_count(&self) -> Option<i32> {
                Some(self.0.total())
            }
        }

        /// A row of a page with its cursor.
        #[derive(SimpleObject)]
        pub struct $edge {
            /// Give it as `after` to get the rows that follow this one.
            pub cursor: String,
            /// The row.
            pub node: $node,
        }
    };
}

slice_page!(
    /// A page of a referral's facilitators.
    FacilitatorPage, FacilitatorEdge, super::Facilitator
);
slice_page!(
    /// A page of a referral's notes, newest first.
    NotePage, NoteEdge, super::Note
);
