//! The values that come with a document: how deep they nest, how many there are, and how large. A document's own literals
//! are bounded by its tokens; what its variables say is bounded here.

use std::fmt;

use serde_json::{Map, Value};

/// How deep lists and objects may nest in a variable.
pub const MAX_DEPTH: usize = 20;
/// How many bytes the texts of all variables may have together.
pub const MAX_BYTES: usize = 192 * 1024;
/// How many entries one list may have.
pub const MAX_LIST: usize = 1_000;
/// How many values all variables may have together, unless configured otherwise.
pub const MAX_VALUES: usize = 5_000;

/// Why variables are refused, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The variable's name; it is cut where it is long.
    pub name: String,
    /// Why.
    pub refusal: Refusal,
}

/// Why variables are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// They nest too deeply.
    Depth,
    /// There are too many values; this many were allowed.
    Values(usize),
    /// Their texts are too large.
    Bytes,
    /// A list has too many entries.
    List,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.refusal {
            Refusal::Depth => write!(f, "{name} nests more than {MAX_DEPTH} deep."),
            Refusal::Values(max) => write!(f, "With {name} there are more than {max} values."),
            Refusal::Bytes => write!(f, "With {name} the texts have more than {MAX_BYTES} bytes."),
            Refusal::List => write!(f, "A list in {name} has more than {MAX_LIST} entries."),
        }
    }
}

struct Count {
    values: usize,
    bytes: usize,
    max_values: usize,
}

/// Looks at all that came under one name, the variables or the extensions.
pub fn check(what: &str, values: &Map<String, Value>, max_values: usize) -> Result<(), Refused> {
    let mut count = Count {
        values: 0,
        bytes: 0,
        max_values,
    };
    for (name, value) in values {
        count
            .text(name)
            .and_then(|()| count.value(value, 0))
            .map_err(|refusal| {
                let name: String = name.chars().take(40).collect();
                Refused {
                    name: format!("{what}.{name}"),
                    refusal,
                }
            })?;
    }
    Ok(())
}

impl Count {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Refusal> {
        self.values += 1;
        if self.values > self.max_values {
            return Err(Refusal::Values(self.max_values));
        }
        if depth > MAX_DEPTH {
            return Err(Refusal::Depth);
        }
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) if items.len() > MAX_LIST => Err(Refusal::List),
            Value::Array(items) => items
                .iter()
                .try_for_each(|item| self.value(item, depth + 1)),
            Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
                self.text(name)?;
                self.value(value, depth + 1)
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Refusal> {
        self.bytes += text.len();
        if self.bytes > MAX_BYTES {
            return Err(Refusal::Bytes);
        }
        Ok(())
    }
}
