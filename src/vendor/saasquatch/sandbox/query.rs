//! Query parameters: pages, time ranges, and what is not documented.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::SaaSquatch;
use super::answer::Problem;

/// The parameters of one request.
pub(super) struct Query {
    values: BTreeMap<String, String>,
    /// What the request has beyond the pages.
    pub(super) notes: Vec<String>,
}

/// Times in milliseconds; both ends are part of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    from: i64,
    to: i64,
}

impl Query {
    /// Reads the query and notes parameters that are none of these.
    pub(super) fn read(text: Option<&str>, documented: &[&str]) -> Self {
        let values: BTreeMap<String, String> =
            url::form_urlencoded::parse(text.unwrap_or_default().as_bytes())
                .into_owned()
                .collect();
        let notes = values
            .keys()
            .filter(|name| !documented.contains(&name.as_str()))
            .map(|name| format!("query parameter {name} is not documented"))
            .collect();
        Self { values, notes }
    }

    /// The parameter as it was sent.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// A moderation status to filter by.
    pub(super) fn moderation(&self, app: &SaaSquatch, name: &str) -> Result<Option<&str>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        if ["PENDING", "APPROVED", "DENIED"].contains(&text) {
            return Ok(Some(text));
        }
        unreadable(app, name, text).map(|()| None)
    }

    /// An exact time or a range of times to filter by. The pages call it "an exact timestamp or a comma-separated
    /// range" and say no more: <https://docs.saasquatch.com/api/methods#list_referrals>.
    pub(super) fn range(&self, app: &SaaSquatch, name: &str) -> Result<Option<Range>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        match range(app, text) {
            Some(range) => Ok(Some(range)),
            None => unreadable(app, name, text).map(|()| None),
        }
    }

    /// The page of these rows that the query asks for, in the envelope of all lists. Only its rows are written.
    pub(super) fn page<T>(
        &self,
        app: &SaaSquatch,
        name: &str,
        rows: &[T],
        write: impl Fn(&T) -> Value,
    ) -> Result<Value, Problem> {
        let offset = self.number(app, "offset", 0)?;
        let mut limit = self.number(app, "limit", 10)?;
        let cap = app
            .setup
            .switches
            .get("limit_cap")
            .parse()
            .unwrap_or(usize::MAX);
        if limit > cap {
            if app.is("over_limit", "refused") {
                return Err(Problem::invalid(format!(
                    "limit must not be greater than {cap}."
                )));
            }
            limit = cap;
        }
        let total = rows.len();
        let page: Vec<_> = rows.iter().skip(offset).take(limit).map(write).collect();
        Ok(json!({"count": page.len(), "totalCount": total, name: page}))
    }

    fn number(&self, app: &SaaSquatch, name: &str, default: usize) -> Result<usize, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(default);
        };
        match text.parse() {
            Ok(number) => Ok(number),
            Err(_) if app.is("bad_paging", "default") => Ok(default),
            Err(_) => Err(Problem::invalid(format!(
                "{name} must be a number that is not negative."
            ))),
        }
    }
}

impl Range {
    /// Whether the range holds this time; a missing one is in no range.
    pub(super) fn holds(self, time: &Value) -> bool {
        time.as_i64()
            .is_some_and(|time| self.from <= time && time <= self.to)
    }
}

fn range(app: &SaaSquatch, text: &str) -> Option<Range> {
    let unit = if app.is("range_unit", "seconds") {
        1_000
    } else {
        1
    };
    let time = |text: &str| text.trim().parse::<i64>().ok()?.checked_mul(unit);
    let Some((from, to)) = text.split_once(',') else {
        // An exact second is all of its milliseconds.
        let from = time(text)?;
        return Some(Range {
            from,
            to: from.checked_add(unit - 1)?,
        });
    };
    let is_open = from.is_empty() || to.is_empty();
    if is_open && (from == to || app.is("open_ranges", "refused")) {
        return None;
    }
    let exclusive = i64::from(app.is("range_bounds", "end_exclusive"));
    Some(Range {
        from: if from.is_empty() {
            i64::MIN
        } else {
            time(from)?
        },
        to: if to.is_empty() {
            i64::MAX
        } else {
            time(to)?.checked_sub(exclusive)?
        },
    })
}

fn unreadable(app: &SaaSquatch, name: &str, text: &str) -> Result<(), Problem> {
    if app.is("bad_filter", "ignored") {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "{name} has the invalid value '{text}'."
    )))
}
