//! Reads configuration from a TOML table and the environment. Every key is declared where it is read, so that the
//! checks, the messages and the published JSON Schema cannot drift apart; every problem is collected, none stops the rest.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use toml::{Table, Value};
use url::Url;
use zeroize::Zeroizing;

use super::told::Told;

/// Tells the value of an environment variable.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A configuration being read.
pub struct Reader<'a> {
    pub(super) source: Source<'a>,
    /// Before the names of its sections: empty, or `workspaces.acme.`.
    pub(super) prefix: String,
    pub(super) root: Table,
    pub(super) problems: Vec<String>,
    pub(super) sections: BTreeMap<&'static str, serde_json::Value>,
    pub(super) told: Told,
}

/// One section of it, `[introzy]`, or one of several tables of a section.
pub struct Section<'a> {
    pub(super) name: String,
    pub(super) table: Table,
    pub(super) source: Source<'a>,
    pub(super) problems: &'a mut Vec<String>,
    pub(super) properties: &'a mut serde_json::Map<String, serde_json::Value>,
    pub(super) told: &'a mut Told,
}

/// What is read beside the file.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) environment: Environment<'a>,
    /// Whether variables stand in for keys. They cannot where there are several of the same section.
    pub(super) has_variables: bool,
}

/// A key of a section.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As written in the file.
    pub name: &'static str,
    /// The variable that says the same and wins over the file.
    pub env: Option<&'static str>,
    /// What it means, for the reference.
    pub about: &'static str,
}

/// A key without a variable.
pub const fn key(name: &'static str, about: &'static str) -> Key {
    Key {
        name,
        env: None,
        about,
    }
}

/// A key that a variable may set.
pub const fn env_key(name: &'static str, env: &'static str, about: &'static str) -> Key {
    Key {
        name,
        env: Some(env),
        about,
    }
}

impl<'a> Reader<'a> {
    /// Starts with the file's text, if there is a file.
    pub fn new(file: Option<&str>, environment: Environment<'a>) -> Self {
        let mut problems = Vec::new();
        let root = file.map_or_else(Table::new, |text| {
            text.parse::<Table>().unwrap_or_else(|error| {
                problems.push(syntax_problem(text, &error));
                Table::new()
            })
        });
        Self {
            source: Source {
                environment,
                has_variables: true,
            },
            prefix: String::new(),
            root,
            problems,
            sections: BTreeMap::new(),
            told: Told::default(),
        }
    }

    /// Reads one section with `read`, then refuses the keys that it did not ask for.
    pub fn section<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        read: impl FnOnce(&mut Section<'_>) -> T,
    ) -> T {
        let table = match self.root.remove(name) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(_) => {
                let prefix = &self.prefix;
                self.problems.push(format!(
                    "{prefix}{name}: must be a section, written [{prefix}{name}]"
                ));
                Table::new()
            }
        };
        let mut properties = serde_json::Map::new();
        let full_name = format!("{}{name}", self.prefix);
        for (key, value) in &table {
            match value {
                Value::String(text) => self.told.note(&full_name, key, text),
                value => {
                    let text = Zeroizing::new(value.to_string());
                    self.told.note(&full_name, key, &text);
                }
            }
        }
        let mut section = Section {
            name: full_name,
            table,
            source: self.source,
            problems: &mut self.problems,
            properties: &mut properties,
            told: &mut self.told,
        };
        let value = read(&mut section);
        section.refuse_the_rest();
        self.sections.insert(name, object(about, &properties));
        value
    }

    /// Everything that was wrong, one line each.
    pub fn finish(mut self) -> Vec<String> {
        let known: Vec<&str> = self.sections.keys().copied().collect();
        for name in self.root.keys() {
            self.problems.push(format!(
                "{}{name}: no such section; there are: {}",
                self.prefix,
                known.join(", ")
            ));
        }
        self.problems
    }

    /// Notes a problem with no single key of it.
    pub fn problem(&mut self, what: impl Into<String>) {
        self.problems.push(what.into());
    }

    /// Whether anything was wrong so far.
    pub fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Whether the file has something of this name that was not read yet.
    pub fn has(&self, name: &str) -> bool {
        self.root.contains_key(name)
    }

    /// The JSON Schema of everything that was asked for.
    pub fn json_schema(&self) -> serde_json::Value {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "referral-gateway configuration",
            "type": "object",
            "additionalProperties": false,
            "properties": self.sections,
        })
    }
}

/// The JSON Schema of a table with these keys.
pub(super) fn object(
    about: &str,
    properties: &serde_json::Map<String, serde_json::Value>,
) -> serde_json::Value {
    json!({
        "type": "object", "description": about, "additionalProperties": false, "properties": properties,
    })
}

impl Section<'_> {
    /// A text.
    pub fn text(&mut self, key: Key) -> Option<String> {
        self.describe(key, json!({ "type": "string" }));
        self.string(key)
    }

    /// A text, or the default.
    pub fn text_or(&mut self, key: Key, default: &str) -> String {
        self.describe(key, json!({ "type": "string", "default": default }));
        self.string(key).unwrap_or_else(|| default.to_owned())
    }

    /// A secret: literally, or `{ env = "NAME" }`, or `{ file = "/path" }`. It is never printed.
    pub fn secret(&mut self, key: Key) -> Option<SecretString> {
        let reference = |name: &str| json!({ "type": "object", "additionalProperties": false, "required": [name], "properties": { name: { "type": "string" } } });
        self.describe(
            key,
            json!({ "oneOf": [{ "type": "string" }, reference("env"), reference("file")] }),
        );
        let text = match self.variable(key) {
            Some(text) => text,
            None => match self.table.remove(key.name)? {
                Value::String(text) => text,
                Value::Table(reference) => self.referenced_secret(key, &reference)?,
                _ => {
                    return self.problem(
                        key,
                        "must be a text, { env = \"NAME\" } or { file = \"/path\" }",
                    );
                }
            },
        };
        let text = Zeroizing::new(text);
        let text = text.trim();
        if text.is_empty() {
            return self.problem(key, "is empty");
        }
        if !text.chars().all(|c| c.is_ascii_graphic()) {
            return self.problem(key, "has a character that no HTTP header can carry");
        }
        self.told.note(&self.name, key.name, text);
        Some(text.into())
    }

    /// An `http` or `https` address.
    pub fn url_or(&mut self, key: Key, default: &str) -> Url {
        self.describe(
            key,
            json!({ "type": "string", "format": "uri", "default": default }),
        );
        let default = Url::parse(default).expect("defaults in the code are addresses");
        let Some(text) = self.string(key) else {
            return default;
        };
        match Url::parse(&text) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                self.problem::<()>(key, "must start with http:// or https://");
            }
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                self.problem::<()>(key, "must not contain a user or password");
            }
            Ok(url) if url.query().is_some() || url.fragment().is_some() => {
                self.problem::<()>(key, "must not contain a query or fragment");
            }
            Ok(url) => return url,
            Err(_) => {
                self.problem::<()>(key, "must be an address such as https://api.example.com");
            }
        }
        default
    }

    /// A duration such as `500ms`, `5s` or `2m`, within bounds.
    pub fn duration_or(
        &mut self,
        key: Key,
        default: Duration,
        bounds: RangeInclusive<Duration>,
    ) -> Duration {
        let written = |duration: Duration| format!("{duration:?}");
        let about = format!(
            "A duration such as 500ms, 5s or 2m; {} to {}.",
            written(*bounds.start()),
            written(*bounds.end())
        );
        self.describe(key, json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h)$", "default": written(default), "$comment": about }));
        let Some(text) = self.string(key) else {
            return default;
        };
        match duration(&text) {
            Some(duration) if bounds.contains(&duration) => duration,
            Some(_) => {
                let range = format!(
                    "must be {} to {}",
                    written(*bounds.start()),
                    written(*bounds.end())
                );
                self.problem(key, range).unwrap_or(default)
            }
            None => self
                .problem(key, "must be a duration such as 500ms, 5s or 2m")
                .unwrap_or(default),
        }
    }

    /// A whole number within bounds.
    pub fn number_or(&mut self, key: Key, default: u64, bounds: RangeInclusive<u64>) -> u64 {
        self.describe(key, json!({ "type": "integer", "minimum": bounds.start(), "maximum": bounds.end(), "default": default }));
        let number = match self.variable(key) {
            Some(text) => text.trim().parse().ok(),
            None => match self.table.remove(key.name) {
                None => return default,
                Some(value) => value
                    .as_integer()
                    .and_then(|number| u64::try_from(number).ok()),
            },
        };
        match number {
            Some(number) if bounds.contains(&number) => number,
            _ => {
                let range = format!(
                    "must be a whole number from {} to {}",
                    bounds.start(),
                    bounds.end()
                );
                self.problem(key, range).unwrap_or(default)
            }
        }
    }

    /// True or false.
    pub fn flag_or(&mut self, key: Key, default: bool) -> bool {
        self.describe(key, json!({ "type": "boolean", "default": default }));
        let flag = match self.variable(key) {
            Some(text) => text.trim().parse().ok(),
            None => match self.table.remove(key.name) {
                None => return default,
                Some(value) => value.as_bool(),
            },
        };
        flag.unwrap_or_else(|| {
            self.problem(key, "must be true or false")
                .unwrap_or(default)
        })
    }

    /// True or false, if it is said.
    pub fn flag(&mut self, key: Key) -> Option<bool> {
        self.describe(key, json!({ "type": "boolean" }));
        let flag = match self.variable(key) {
            Some(text) => text.trim().parse().ok(),
            None => self.table.remove(key.name)?.as_bool(),
        };
        flag.or_else(|| self.problem(key, "must be true or false"))
    }

    /// An address to listen on.
    pub fn socket_or(&mut self, key: Key, default: &str) -> SocketAddr {
        self.describe(key, json!({ "type": "string", "default": default }));
        let default = default
            .parse()
            .expect("defaults in the code are socket addresses");
        let Some(text) = self.string(key) else {
            return default;
        };
        let parsed = text.trim().parse();
        parsed.unwrap_or_else(|_| {
            self.problem(
                key,
                "must be an IP address and a port such as 127.0.0.1:4000",
            )
            .unwrap_or(default)
        })
    }

    /// A path.
    pub fn path(&mut self, key: Key) -> Option<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    /// A list of texts; in the variable, separated by commas.
    pub fn texts(&mut self, key: Key) -> Vec<String> {
        self.describe(
            key,
            json!({ "type": "array", "items": { "type": "string" }, "default": [] }),
        );
        if let Some(text) = self.variable(key) {
            return text
                .split(',')
                .map(|part| part.trim().to_owned())
                .filter(|part| !part.is_empty())
                .collect();
        }
        let Some(value) = self.table.remove(key.name) else {
            return Vec::new();
        };
        let texts = value.as_array().and_then(|list| {
            list.iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect()
        });
        texts.unwrap_or_else(|| {
            self.problem(key, "must be a list of texts")
                .unwrap_or_default()
        })
    }

    /// One of a few words.
    pub fn one_of<T: Copy>(&mut self, key: Key, words: &[(&str, T)]) -> T {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        self.describe(
            key,
            json!({ "type": "string", "enum": names, "default": names[0] }),
        );
        let default = words[0].1;
        let Some(text) = self.string(key) else {
            return default;
        };
        match words.iter().find(|(name, _)| *name == text) {
            Some((_, value)) => *value,
            None => self
                .problem(key, format!("must be one of: {}", names.join(", ")))
                .unwrap_or(default),
        }
    }

    /// A table from any text to one of a few words.
    pub fn words_by_name<T: Copy>(&mut self, key: Key, words: &[(&str, T)]) -> BTreeMap<String, T> {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        self.describe(
            key,
            json!({ "type": "object", "additionalProperties": { "enum": names } }),
        );
        let table = match self.table.remove(key.name) {
            None => return BTreeMap::new(),
            Some(Value::Table(table)) => table,
            Some(_) => return self.problem(key, "must be a table").unwrap_or_default(),
        };
        let mut found = BTreeMap::new();
        for (name, value) in table {
            let word = value
                .as_str()
                .and_then(|text| words.iter().find(|(word, _)| *word == text));
            match word {
                Some((_, value)) => {
                    found.insert(name, *value);
                }
                None => self
                    .problem::<()>(
                        key,
                        format!("{name:?} must be one of: {}", names.join(", ")),
                    )
                    .unwrap_or_default(),
            }
        }
        found
    }

    /// Notes a problem with a key; always `None`.
    pub fn problem<T>(&mut self, key: Key, what: impl Display) -> Option<T> {
        let env = key.env.filter(|_| self.source.has_variables);
        let env = env.map(|env| format!(" ({env})")).unwrap_or_default();
        self.problems
            .push(format!("{}.{}{env}: {what}", self.name, key.name));
        None
    }

    /// Says that a key is missing although others of its section are there; always `None`.
    pub fn missing<T>(&mut self, key: Key) -> Option<T> {
        self.problem(
            key,
            "is missing, although other credentials of this vendor are set",
        )
    }

    pub(super) fn describe(&mut self, key: Key, mut schema: serde_json::Value) {
        let env = key
            .env
            .filter(|_| self.source.has_variables)
            .map(|env| format!(" Read from {env} when that is set."))
            .unwrap_or_default();
        schema["description"] = format!("{}{env}", key.about).into();
        self.properties.insert(key.name.to_owned(), schema);
    }

    fn variable(&mut self, key: Key) -> Option<String> {
        let env = key.env.filter(|_| self.source.has_variables)?;
        let text = (self.source.environment)(env).filter(|text| !text.is_empty())?;
        self.table.remove(key.name);
        self.told.note(&self.name, key.name, &text);
        Some(text)
    }

    /// Notes what is in a file that a key names.
    pub(super) fn note_content(&mut self, key: Key, text: &str) {
        self.told.note_also(&self.name, key.name, text);
    }

    pub(super) fn string(&mut self, key: Key) -> Option<String> {
        if let Some(text) = self.variable(key) {
            return Some(text);
        }
        match self.table.remove(key.name)? {
            Value::String(text) if text.is_empty() => self.problem(key, "is empty"),
            Value::String(text) => Some(text),
            _ => self.problem(key, "must be a text"),
        }
    }

    fn referenced_secret(&mut self, key: Key, reference: &Table) -> Option<String> {
        let (Some((how, Value::String(place))), 1) = (reference.iter().next(), reference.len())
        else {
            return self.problem(
                key,
                "must be a text, { env = \"NAME\" } or { file = \"/path\" }",
            );
        };
        match how.as_str() {
            "env" => match (self.source.environment)(place) {
                Some(text) => Some(text),
                None => self.problem(key, format!("the environment variable {place} is not set")),
            },
            "file" => match std::fs::read_to_string(place) {
                Ok(text) => Some(text),
                Err(error) => self.problem(
                    key,
                    format!("the file {place} cannot be read: {}", error.kind()),
                ),
            },
            _ => self.problem(
                key,
                "must be a text, { env = \"NAME\" } or { file = \"/path\" }",
            ),
        }
    }

    pub(super) fn refuse_the_rest(self) {
        let known: Vec<&str> = self.properties.keys().map(String::as_str).collect();
        for name in self.table.keys() {
            self.problems.push(format!(
                "{}.{name}: no such key; there are: {}",
                self.name,
                known.join(", ")
            ));
        }
    }
}

/// Whether two secrets are the same, for telling whether one has changed.
pub fn same_secret(one: &SecretString, other: &SecretString) -> bool {
    use subtle::ConstantTimeEq as _;
    let (one, other) = (one.expose_secret(), other.expose_secret());
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// The error's own text shows the line, which may hold a secret: only its place and kind are kept.
fn syntax_problem(text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    format!(
        "line {line}: not TOML: {}",
        error.message().lines().next().unwrap_or("unreadable")
    )
}

fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    match &text[digits..] {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(3_600).map(Duration::from_secs),
        _ => None,
    }
}
