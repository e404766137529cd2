//! What an emulator asks of a request beyond plain HTTP: its query in order, its own address, and a place to note what
//! the vendor does not document.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;

/// What an emulator found undocumented in a request. It ends up in the request log, where tests look for it.
#[derive(Clone, Debug, Default)]
pub struct Problems(Arc<Mutex<Vec<String>>>);

/// The address of this emulator as the client sees it, with the mount point and without a slash at the end: for links
/// to further pages.
#[derive(Clone, Debug)]
pub struct Base(pub String);

/// The query, decoded, in the order sent.
#[derive(Clone, Debug)]
pub struct Query(Vec<(String, String)>);

impl Problems {
    /// Notes one.
    pub fn note(&self, text: impl Into<String>) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.push(text.into());
    }

    /// All noted until now.
    pub fn all(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Query {
    /// Decodes a raw query string.
    pub fn parse(raw: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// The value of a parameter: the last one where it is given twice.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter().rev();
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// All pairs.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The names that are not among those known.
    pub fn unknown<'a>(&'a self, known: &[&str]) -> Vec<&'a str> {
        let names = self.0.iter().map(|(name, _)| name.as_str());
        names.filter(|name| !known.contains(name)).collect()
    }
}

impl<S: Sync> FromRequestParts<S> for Problems {
    type Rejection = Infallible;

    /// Without the sandbox around the emulator the notes go nowhere.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

impl<S: Sync> FromRequestParts<S> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(match parts.extensions.get::<Self>() {
            Some(base) => base.clone(),
            None => Self(origin(parts)),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query()))
    }
}

/// The origin that the client spoke to. The sandbox itself serves plain HTTP only.
pub(super) fn origin(parts: &Parts) -> String {
    let host = parts
        .headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| {
            parts
                .uri
                .authority()
                .map(axum::http::uri::Authority::as_str)
        });
    format!("http://{}", host.unwrap_or("localhost"))
}
