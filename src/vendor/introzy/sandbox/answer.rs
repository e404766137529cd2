//! Introzy's envelopes: success, page, error.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Introzy;
use crate::sandbox::{Problems, Query, world};

/// An error on its way to the guard, which knows in what form errors are sent.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// Seconds.
    retry_after: Option<u32>,
}

/// `limit` and `offset` as asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paging {
    limit: usize,
    offset: usize,
}

/// One page: the rows under the name of the resource, and the pagination block beside them.
#[derive(Debug)]
pub(super) struct Page<T> {
    name: &'static str,
    rows: Vec<T>,
    total: usize,
    paging: Paging,
}

#[derive(Serialize)]
struct Envelope<T> {
    success: bool,
    data: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Value>,
}

impl Failure {
    /// An error; of the codes only `CONFLICT` is documented.
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after: None,
        }
    }

    /// The same with the time after which to come again.
    pub(super) fn with_retry_after(self, retry_after: Option<u32>) -> Self {
        Self {
            retry_after,
            ..self
        }
    }

    /// 400.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message)
    }

    /// 404.
    pub(super) fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            format!("{what} not found"),
        )
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl<T> Page<T> {
    /// Cuts a page out of all rows.
    pub(super) fn cut(name: &'static str, rows: Vec<T>, paging: Paging) -> Self {
        let total = rows.len();
        let page = rows.into_iter().skip(paging.offset).take(paging.limit);
        Self {
            name,
            rows: page.collect(),
            total,
            paging,
        }
    }

    /// The same page with its rows written out.
    pub(super) fn map<U>(self, render: impl FnMut(T) -> U) -> Page<U> {
        Page {
            name: self.name,
            rows: self.rows.into_iter().map(render).collect(),
            total: self.total,
            paging: self.paging,
        }
    }
}

impl<T: Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Paging { limit, offset } = self.paging;
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry(self.name, &self.rows)?;
        map.serialize_entry("total", &self.total)?;
        map.serialize_entry("limit", &limit)?;
        map.serialize_entry("offset", &offset)?;
        let has_more = offset.saturating_add(self.rows.len()) < self.total;
        map.serialize_entry("hasMore", &has_more)?;
        map.end()
    }
}

impl Introzy {
    /// 200 with the envelope.
    pub(super) fn success(&self, data: impl Serialize) -> Response {
        self.enveloped(StatusCode::OK, data, None)
    }

    /// What a write made or did, with a sentence beside the data.
    pub(super) fn done(
        &self,
        status: StatusCode,
        data: impl Serialize,
        message: &'static str,
    ) -> Response {
        self.enveloped(status, data, Some(message))
    }

    fn enveloped(
        &self,
        status: StatusCode,
        data: impl Serialize,
        message: Option<&'static str>,
    ) -> Response {
        let meta = self.is("meta", "present").then(|| self.meta());
        let envelope = Envelope {
            success: true,
            data,
            message,
            meta,
        };
        (status, Json(envelope)).into_response()
    }

    /// The error as sent.
    pub(super) fn failed(&self, failure: &Failure, path: &str) -> Response {
        let Failure {
            status,
            code,
            message,
            retry_after,
        } = failure;
        let code = match self.setup.switches.get("errors") {
            "other_codes" => format!("errors/{}", status.as_u16()),
            _ => (*code).to_owned(),
        };
        let is_unwrapped = path.starts_with("/api/pipeline-deals/")
            && self.is("pipeline_deals_errors", "unwrapped");
        let body = match self.setup.switches.get("errors") {
            "empty" => None,
            "code_only" => Some(json!({ "success": false, "error": { "code": code } })),
            _ if is_unwrapped => Some(json!({ "code": code, "message": message })),
            _ => Some(json!({
                "success": false,
                "error": { "code": code, "message": message },
                "meta": self.meta(),
            })),
        };
        let mut response = match body {
            None => Response::new(Body::empty()),
            Some(body) => Json(body).into_response(),
        };
        *response.status_mut() = *status;
        if let Some(seconds) = retry_after {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from(*seconds));
        }
        response
    }

    /// Notes, or refuses, parameters that the page of this operation does not list.
    pub(super) fn documented(
        &self,
        query: &Query,
        problems: &Problems,
        known: &[&str],
    ) -> Result<(), Failure> {
        for name in query.unknown(known) {
            problems.note(format!("undocumented query parameter {name:?}"));
            if self.is("strict_query", "on") {
                return Err(Failure::invalid(format!(
                    "Unrecognized query parameter: {name}"
                )));
            }
        }
        Ok(())
    }

    /// `limit` 1 to 100, default 50, and `offset`, default 0.
    pub(super) fn paging(&self, query: &Query) -> Result<Paging, Failure> {
        let number = |name: &str, default: i64, range: std::ops::RangeInclusive<i64>| {
            let sent = match query.get(name) {
                None => return Ok(default),
                Some(sent) => sent
                    .parse()
                    .map_err(|_| Failure::invalid(format!("{name} must be an integer")))?,
            };
            if range.contains(&sent) || self.is("paging_out_of_range", "clamp") {
                return Ok(sent.clamp(*range.start(), *range.end()));
            }
            Err(Failure::invalid(format!("{name} is out of range")))
        };
        let limit = number("limit", 50, 1..=100)?;
        let offset = number("offset", 0, 0..=i64::from(u32::MAX))?;
        Ok(Paging {
            limit: usize::try_from(limit).unwrap_or_default(),
            offset: usize::try_from(offset).unwrap_or_default(),
        })
    }

    /// Rows in the order of lists.
    pub(super) fn ordered<T>(&self, rows: &mut [T], key: impl Fn(&T) -> (Timestamp, Uuid)) {
        match self.setup.switches.get("order") {
            "oldest_first" => rows.sort_by_key(key),
            "shuffled" => rows.sort_by_key(|row| key(row).1),
            _ => rows.sort_by_key(|row| std::cmp::Reverse(key(row))),
        }
    }

    /// An id from a path.
    pub(super) fn id(&self, text: &str, what: &str) -> Result<Uuid, Failure> {
        match Uuid::parse_str(text) {
            Ok(id) => Ok(id),
            Err(_) if self.is("malformed_id", "not_found") => Err(Failure::not_found(what)),
            Err(_) => Err(Failure::invalid(format!("Invalid {what} id"))),
        }
    }

    fn meta(&self) -> Value {
        let now = self.setup.clock.now();
        let mut state = self.state();
        state.answers += 1;
        let request_id = world::id("introzy.request", &state.answers.to_string());
        json!({ "requestId": request_id, "timestamp": format!("{now:.3}") })
    }
}

/// 200 with the object at the root, as below `/api/pipeline-deals`.
pub(super) fn bare(data: &impl Serialize) -> Response {
    let body = serde_json::to_vec(data).expect("our own values are JSON");
    ([(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}
