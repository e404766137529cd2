//! Plannr's lists: filters, sorting, pages.
//!
//! <https://api-how-to.plannrcrm.com/basics/query-parameters>

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Plannr;
use super::answer::Failure;
use crate::sandbox::{Problems, Query};

/// Where a list's pages are.
#[derive(Clone, Debug)]
pub(super) struct Address<'a> {
    /// Origin and mount point.
    pub(super) base: &'a str,
    /// The documented path.
    pub(super) path: &'a str,
}

/// How a list is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    /// In pages of the size asked for.
    Paginated,
    /// In pages of the usual size.
    FixedPages,
    /// All rows.
    DataOnly,
}

/// What a list knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// Names within `filter[...]`, and the values that a filter takes where these are documented.
    pub(super) filters: &'static [(&'static str, &'static [&'static str])],
    /// Fields to sort by.
    pub(super) sorts: &'static [&'static str],
    /// The order when none is asked for.
    pub(super) default_sort: &'static str,
    /// More parameters.
    pub(super) others: &'static [&'static str],
}

/// A filter that holds a list of values, if it was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filter<'a>(Option<&'a str>);

/// By what a row stands before another. One list has keys of one kind.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SortKey<'a> {
    /// What has no time comes before what has one.
    Time(Option<Timestamp>),
    Word(&'a str),
    Text(String),
}

/// Ordinary page size, and the largest.
const PER_PAGE: (usize, usize) = (15, 500);

impl Known {
    /// Notes, or refuses, what is not documented for this list.
    pub(super) fn check(
        &self,
        app: &Plannr,
        query: &Query,
        problems: &Problems,
    ) -> Result<(), Failure> {
        let mut found = Vec::new();
        for (name, value) in query.pairs() {
            let Some(filter) = filter_name(name) else {
                if !["page", "per_page", "sort"].contains(&name.as_str())
                    && !self.others.contains(&name.as_str())
                {
                    found.push(format!("undocumented query parameter {name:?}"));
                }
                continue;
            };
            let Some((_, values)) = self.filters.iter().find(|(known, _)| *known == filter) else {
                found.push(format!("undocumented filter {filter:?}"));
                continue;
            };
            for one in value.split(',') {
                if !values.is_empty() && !values.contains(&one) {
                    found.push(format!("undocumented value {one:?} of filter {filter:?}"));
                }
            }
        }
        let field = query.get("sort").map(|sort| sort.trim_start_matches('-'));
        if let Some(field) = field
            && !self.sorts.contains(&field)
        {
            found.push(format!("undocumented sort {field:?}"));
        }
        for problem in &found {
            problems.note(problem.as_str());
        }
        match found.into_iter().next() {
            Some(problem) if app.is("strict_query", "on") => Err(Failure::bad_query(problem)),
            _ => Ok(()),
        }
    }

    /// The field to sort by, and whether the order is descending.
    fn sort<'a>(&self, query: &'a Query) -> (&'a str, bool) {
        let asked = query.get("sort").unwrap_or(self.default_sort);
        let is_known = self.sorts.contains(&asked.trim_start_matches('-'));
        let sort = if is_known { asked } else { self.default_sort };
        match sort.strip_prefix('-') {
            Some(field) => (field, true),
            None => (sort, false),
        }
    }

    /// Sorts rows, each by its key for the field; what is equal keeps its place.
    pub(super) fn order<'a, T>(
        &self,
        query: &Query,
        rows: &mut [&'a T],
        key: impl Fn(&'a T, &str) -> SortKey<'a>,
    ) {
        let (field, is_descending) = self.sort(query);
        if is_descending {
            rows.sort_by_cached_key(|row| std::cmp::Reverse(key(row, field)));
        } else {
            rows.sort_by_cached_key(|row| key(row, field));
        }
    }
}

impl<'a> Filter<'a> {
    /// The one of this name.
    pub(super) fn of(query: &'a Query, name: &str) -> Self {
        Self(query.get(&format!("filter[{name}]")))
    }

    /// Whether it is absent or names the value.
    pub(super) fn allows(&self, value: &str) -> bool {
        self.0
            .is_none_or(|wanted| wanted.split(',').any(|one| one == value))
    }

    /// As [`Filter::allows`], for an id.
    pub(super) fn allows_id(&self, id: Uuid) -> bool {
        self.0.is_none() || self.allows(&id.to_string())
    }
}

/// The body of a list, of which only the rows sent are written.
pub(super) fn body<T>(
    form: Form,
    query: &Query,
    address: &Address<'_>,
    rows: &[T],
    write: impl Fn(&T) -> Value,
) -> Value {
    if form == Form::DataOnly {
        let data: Vec<_> = rows.iter().map(write).collect();
        return json!({ "data": data });
    }
    let (usual, most) = PER_PAGE;
    let per_page = match form {
        Form::Paginated => number(query, "per_page").unwrap_or(usual).clamp(1, most),
        _ => usual,
    };
    let page = number(query, "page").unwrap_or(1).max(1);
    let total = rows.len();
    let last_page = total.div_ceil(per_page).max(1);
    let skipped = (page - 1).saturating_mul(per_page);
    let data: Vec<_> = rows
        .iter()
        .skip(skipped)
        .take(per_page)
        .map(write)
        .collect();
    let (from, to) = if data.is_empty() {
        (None, None)
    } else {
        (Some(skipped + 1), Some(skipped + data.len()))
    };
    let link = |page: usize| link(query, address, page);
    let previous = (page > 1).then(|| link(page - 1));
    let next = (page < last_page).then(|| link(page + 1));
    let mut buttons =
        vec![json!({ "url": previous, "label": "&laquo; Previous", "active": false })];
    buttons.extend((1..=last_page).map(|number| {
        json!({ "url": link(number), "label": number.to_string(), "active": number == page })
    }));
    buttons.push(json!({ "url": next, "label": "Next &raquo;", "active": false }));
    json!({
        "data": data,
        "links": { "first": link(1), "last": link(last_page), "prev": previous, "next": next },
        "meta": {
            "current_page": page,
            "from": from,
            "last_page": last_page,
            "links": buttons,
            "path": format!("{}{}", address.base, address.path),
            "per_page": per_page,
            "to": to,
            "total": total,
        },
    })
}

/// The same query on another page.
fn link(query: &Query, address: &Address<'_>, page: usize) -> String {
    let mut encoded = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.pairs().iter().filter(|(name, _)| name != "page") {
        encoded.append_pair(name, value);
    }
    encoded.append_pair("page", &page.to_string());
    format!("{}{}?{}", address.base, address.path, encoded.finish())
}

fn number(query: &Query, name: &str) -> Option<usize> {
    query.get(name)?.parse().ok()
}

fn filter_name(parameter: &str) -> Option<&str> {
    parameter.strip_prefix("filter[")?.strip_suffix(']')
}
