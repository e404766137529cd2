//! `GET /v1.0/engagements/referrals`: options, pages and links to the next one:
//! <https://learn.microsoft.com/en-us/partner-center/developer/get-a-list-of-referrals>.

use std::collections::BTreeMap;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::filter::{self, PROPERTIES};
use super::json::Json;
use super::order::Order;
use super::{PartnerCenter, answer, no_such_path};

/// What a client asks the list for. The next page's link carries it whole, since the documented link has no parameter
/// but the token.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Query {
    filter: Option<String>,
    orderby: Option<String>,
    select: Option<String>,
    top: Option<usize>,
    skip: Option<usize>,
    count: Option<bool>,
    /// Where the last page ended: the key of its last row. A position in the order, not a number of rows, so rows that
    /// come and go meanwhile neither repeat nor hide others.
    after: Option<Vec<String>>,
}

/// A page and what is left.
struct Page {
    rows: Vec<Json>,
    total: usize,
    next: Option<Query>,
}

/// The list at its documented path.
pub(super) async fn referrals(
    State(app): State<PartnerCenter>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let mut notes = Vec::new();
    let answered = Query::read(uri.query().unwrap_or_default(), &mut notes).and_then(|query| {
        page(&app, query, &mut notes)
            .map(|(page, query)| envelope(&app, page, &query, &uri, &headers))
    });
    let mut response = match answered {
        Ok(envelope) => answer::json(StatusCode::OK, &envelope),
        Err(problem) => answer::error(
            &app.setup.switches,
            StatusCode::BAD_REQUEST,
            &problem,
            Some("referral"),
        ),
    };
    for note in notes {
        answer::note(&mut response, &note);
    }
    response
}

/// The list at the path that the documented sample of a next link has.
pub(super) async fn without_engagements(
    state: State<PartnerCenter>,
    uri: OriginalUri,
    headers: HeaderMap,
) -> Response {
    if !state.setup.switches.is("next_link", "no_engagements") {
        return no_such_path(state).await;
    }
    referrals(state, uri, headers).await
}

impl Query {
    fn read(text: &str, notes: &mut Vec<String>) -> Result<Self, String> {
        let mut query = Self::default();
        let mut token = None;
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            let value = value.into_owned();
            match name.as_ref() {
                "$filter" => query.filter = Some(value),
                "$orderby" => query.orderby = Some(value),
                "$select" => query.select = Some(value),
                "$top" => query.top = Some(number("$top", &value)?),
                "$skip" => query.skip = Some(number("$skip", &value)?),
                "$count" => query.count = Some(value.parse().map_err(|_| bad("$count", &value))?),
                "$expand" => notes.push(format!(
                    "$expand={value}: nothing that can be expanded is documented"
                )),
                "$skiptoken" => token = Some(value),
                other if other.starts_with('$') => {
                    return Err(format!("The query parameter '{other}' is not supported."));
                }
                other => notes.push(format!("query parameter {other} is not documented")),
            }
        }
        let Some(token) = token else {
            return Ok(query);
        };
        BASE64_URL_SAFE_NO_PAD
            .decode(&token)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| bad("$skiptoken", &token))
    }

    fn token(&self) -> String {
        let text = serde_json::to_vec(self).expect("a struct of text and numbers can be written");
        BASE64_URL_SAFE_NO_PAD.encode(text)
    }
}

fn number(name: &str, value: &str) -> Result<usize, String> {
    value.parse().map_err(|_| bad(name, value))
}

fn bad(name: &str, value: &str) -> String {
    format!("Invalid value '{value}' for {name} query option found.")
}

/// The page that the query asks for, and the query itself.
fn page(
    app: &PartnerCenter,
    query: Query,
    notes: &mut Vec<String>,
) -> Result<(Page, Query), String> {
    let switches = &app.setup.switches;
    if switches.get("top_max") == "100" && query.top.is_some_and(|top| top > 100) {
        return Err("The limit of '100' for Top query has been exceeded.".to_owned());
    }
    let order = Order::read(query.orderby.as_deref(), switches)?;
    let selected = query.select.as_deref().map(selection).transpose()?;
    let filter = query.filter.as_deref();
    let filter = filter
        .map(|filter| filter::read(filter, switches, notes))
        .transpose()?;
    let state = app.state();
    let rows = state.referrals.iter().filter(|row| app.shows(row));
    let rows = rows.filter(|row| {
        filter
            .as_ref()
            .is_none_or(|filter| filter.holds(row.json()))
    });
    let mut keyed: Vec<_> = rows.map(|row| (order.key(row), row)).collect();
    let total = keyed.len();
    keyed.sort_by(|(left, _), (right, _)| order.compare(left, right));
    if let Some(after) = &query.after {
        if after.len() != order.key_length() {
            return Err(bad("$skiptoken", "..."));
        }
        keyed.retain(|(key, _)| order.compare(key, after).is_gt());
    }
    keyed.drain(..query.skip.unwrap_or(0).min(keyed.len()));

    let page_size = switches.get("page_size").parse().unwrap_or(100);
    let top_is_page = switches.is("top", "page");
    let wanted = query.top.unwrap_or(usize::MAX);
    let length = if top_is_page && query.top.is_some() {
        wanted
    } else {
        wanted.min(page_size)
    };
    let more = keyed.len() > length;
    keyed.truncate(length);
    let left = if top_is_page {
        query.top
    } else {
        query.top.map(|top| top - keyed.len())
    };
    let next = keyed
        .last()
        .filter(|_| more && left != Some(0))
        .map(|(key, _)| Query {
            filter: query.filter.clone(),
            orderby: query.orderby.clone(),
            select: query.select.clone(),
            top: left,
            skip: None,
            count: query.count,
            after: Some(key.iter().map(|part| part.clone().into_owned()).collect()),
        });
    let rows = keyed
        .into_iter()
        .map(|(_, row)| select(app.rendered(row.json().clone()), selected.as_deref()))
        .collect();
    Ok((Page { rows, total, next }, query))
}

/// The top-level properties of a `$select`; of a path only the first segment counts.
fn selection(text: &str) -> Result<Vec<&'static str>, String> {
    text.split(',')
        .map(|path| {
            let name = path.trim().split('/').next().unwrap_or_default();
            PROPERTIES
                .into_iter()
                .find(|known| *known == name)
                .ok_or_else(|| {
                    format!("Could not find a property named '{name}' on type 'Referral'.")
                })
        })
        .collect()
}

fn select(row: Json, selected: Option<&[&str]>) -> Json {
    match (row, selected) {
        (Json::Object(members), Some(selected)) => Json::Object(
            members
                .into_iter()
                .filter(|(name, _)| selected.contains(&name.as_str()))
                .collect(),
        ),
        (row, _) => row,
    }
}

fn envelope(
    app: &PartnerCenter,
    page: Page,
    query: &Query,
    uri: &Uri,
    headers: &HeaderMap,
) -> Json {
    let switches = &app.setup.switches;
    let count = match switches.get("count") {
        _ if query.count == Some(false) => None,
        "page" => Some(page.rows.len()),
        "total" => Some(page.total),
        "on_request" if query.count == Some(true) => Some(page.total),
        _ => None,
    };
    let context = "http://api.partner.microsoft.com/v1.0/$metadata#Referrals";
    let mut envelope = BTreeMap::from([
        ("@odata.context".to_owned(), Json::from(context)),
        ("value".to_owned(), Json::List(page.rows)),
    ]);
    if let Some(count) = count {
        envelope.insert("@odata.count".to_owned(), Json::Number(count.to_string()));
    }
    if let Some(next) = page.next {
        let link = link(switches.get("next_link"), uri, headers, &next.token());
        envelope.insert("@odata.nextLink".to_owned(), Json::Text(link));
    }
    Json::Object(envelope)
}

/// The link to the next page. The vendor's sample is `http://api.partner.microsoft.com/v1.0/referrals?$skiptoken=...`:
/// the wrong scheme, and without the `engagements` segment.
fn link(form: &str, uri: &Uri, headers: &HeaderMap, token: &str) -> String {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
    };
    let host = text(header::HOST)
        .or(uri.authority().map(axum::http::uri::Authority::as_str))
        .unwrap_or("localhost");
    let forwarded = text(header::HeaderName::from_static("x-forwarded-proto"));
    let scheme = match form {
        "http_scheme" => "http",
        _ => forwarded.or(uri.scheme_str()).unwrap_or("http"),
    };
    let path = uri.path().trim_end_matches('/');
    let shortened = path.replace("/engagements/referrals", "/referrals");
    match form {
        "relative" => format!("{path}?$skiptoken={token}"),
        "no_engagements" => format!("{scheme}://{host}{shortened}?$skiptoken={token}"),
        "foreign_host" => {
            format!("http://api.partner.microsoft.com/v1.0/referrals?$skiptoken={token}")
        }
        _ => format!("{scheme}://{host}{path}?$skiptoken={token}"),
    }
}
