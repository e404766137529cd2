//! Which pages of other sites may ask in a browser: `[server] cors_origins`.

use url::Url;

use super::reader::{Section, key};

/// Which pages of other sites may ask.
#[derive(Clone, Debug, Default)]
pub struct Cors {
    /// Whose.
    pub origins: Origins,
    /// Whether browsers may send cookies and the like along.
    pub credentials: bool,
}

/// Whose pages may ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origins {
    /// Nobody's but our own.
    #[default]
    Own,
    /// Those of these origins.
    Listed(Vec<String>),
    /// Everybody's.
    Any,
}

impl Cors {
    /// Reads it.
    pub fn read(section: &mut Section<'_>) -> Self {
        let origins_key = key(
            "cors_origins",
            "Origins whose pages may ask /graphql in a browser, each exactly as the browser sends it, such as https://app.example.com; or \"*\" alone for all. None by default.",
        );
        let credentials_key = key(
            "cors_credentials",
            "Whether browsers may send cookies and the like with what those pages ask. Not together with \"*\".",
        );
        let texts = section.texts(origins_key);
        let credentials = section.flag_or(credentials_key, false);
        let any = texts.iter().any(|text| text == "*");
        if any && credentials {
            section.problem::<()>(credentials_key, "must not be true where server.cors_origins is \"*\": every site could act as its visitor");
        }
        if any && texts.len() > 1 {
            section.problem::<()>(origins_key, "must be \"*\" alone, or a list of origins");
        }
        for text in texts.iter().filter(|text| *text != "*" && !is_origin(text)) {
            section.problem::<()>(
                origins_key,
                format!("{text:?} must be an origin such as https://app.example.com: without path, slash at the end, capitals or usual port"),
            );
        }
        let origins = match (any, texts.is_empty()) {
            (true, _) => Origins::Any,
            (false, true) => Origins::Own,
            (false, false) => Origins::Listed(texts),
        };
        Self {
            origins,
            credentials,
        }
    }
}

/// Whether this is what a browser would send as `Origin`.
fn is_origin(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let is_exact = url.origin().ascii_serialization() == text && !text.contains('*');
    is_exact && matches!(url.scheme(), "http" | "https")
}
