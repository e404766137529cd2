//! A call about to be made: whatever goes into its address is encoded.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use url::Url;

use crate::model::id::addresses_a_record;

/// What stays readable in a path segment or query; everything else is percent-encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A secret made of parts, in one place of the right size: nothing of it is left where a growing text was before.
pub fn secret_of(parts: &[&str]) -> SecretString {
    let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        text.push_str(part);
    }
    text.into()
}

/// A call about to be made.
#[derive(Clone)]
pub struct Request {
    pub(super) operation: &'static str,
    pub(super) method: Method,
    url: Option<Url>,
    headers: HeaderMap,
    body: Option<Bytes>,
    pub(super) is_made_again_when_unauthorized: bool,
}

impl Request {
    /// A call of the path made of these segments below the base address; each is encoded by itself.
    pub(super) fn new<'a>(
        operation: &'static str,
        method: Method,
        base: &Url,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut path = base.path().trim_end_matches('/').to_owned();
        let mut sound = true;
        for segment in segments {
            sound &= addresses_a_record(segment);
            path.push('/');
            path.extend(utf8_percent_encode(segment, ENCODED));
        }
        let mut url = base.clone();
        url.set_path(&path);
        Self::to(operation, method, sound.then_some(url))
    }

    /// A GET of a link, on the origin of the base address whatever the link's scheme. `None` for a link to anywhere else.
    pub(super) fn following(operation: &'static str, base: &Url, link: &str) -> Option<Self> {
        let target = base.join(link).ok()?;
        let default_ports = target.port().is_none() && base.port().is_none();
        let same_host = target.host_str() == base.host_str();
        if !same_host || !(default_ports || target.port() == base.port()) {
            return None;
        }
        let mut url = base.clone();
        url.set_path(target.path());
        url.set_query(target.query());
        Some(Self::to(operation, Method::GET, Some(url)))
    }

    fn to(operation: &'static str, method: Method, url: Option<Url>) -> Self {
        Self {
            operation,
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            is_made_again_when_unauthorized: false,
        }
    }

    /// Whether it only reads, so that making it twice does no harm.
    pub fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// Says that a 401 is no news of the vendor: the token may be an old one, and the call is made again with another.
    pub fn made_again_when_unauthorized(mut self) -> Self {
        self.is_made_again_when_unauthorized = true;
        self
    }

    /// As the HTTP library takes it; `None` when no record can have the address.
    pub(super) fn outgoing(&self) -> Option<reqwest::Request> {
        let mut outgoing = reqwest::Request::new(self.method.clone(), self.url.clone()?);
        *outgoing.headers_mut() = self.headers.clone();
        if self.body.is_none() && self.method == Method::POST {
            // Without it some servers wait for a body, or refuse the call with a 411.
            outgoing.headers_mut().insert(CONTENT_LENGTH, 0.into());
        }
        *outgoing.body_mut() = self.body.clone().map(reqwest::Body::from);
        Some(outgoing)
    }

    /// Adds a query parameter, both parts encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        if let Some(url) = &mut self.url {
            let pair = format!(
                "{}={}",
                utf8_percent_encode(name, ENCODED),
                utf8_percent_encode(value, ENCODED)
            );
            let query = match url.query() {
                Some(query) if !query.is_empty() => format!("{query}&{pair}"),
                _ => pair,
            };
            url.set_query(Some(&query));
        }
        self
    }

    /// The path, encoded, as it will be asked for.
    pub fn path(&self) -> Option<&str> {
        self.url.as_ref().map(Url::path)
    }

    /// Takes the whole query of another call, as it is written there.
    #[must_use]
    pub fn query_of(mut self, other: &Self) -> Self {
        if let (Some(url), Some(other)) = (&mut self.url, &other.url) {
            url.set_query(other.query());
        }
        self
    }

    /// Sets a header. A value that no header can carry sets nothing; configuration refuses such secrets beforehand.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// Sets a header that no log may show.
    pub fn secret_header(mut self, name: &'static str, value: &SecretString) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(value.expose_secret()) {
            value.set_sensitive(true);
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// Sets JSON as the body, written at once: on the way through a `serde_json::Value`, numbers would become floats.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        let json = serde_json::to_vec(body).expect("what vendors are sent has texts for keys");
        self.body = Some(Bytes::from(json));
        self.header("content-type", "application/json")
    }

    /// Sets a form as the body.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let pairs = fields.iter().map(|(name, value)| {
            format!(
                "{}={}",
                utf8_percent_encode(name, ENCODED),
                utf8_percent_encode(value, ENCODED)
            )
        });
        self.body = Some(Bytes::from(pairs.collect::<Vec<_>>().join("&")));
        self.header("content-type", "application/x-www-form-urlencoded")
    }
}
