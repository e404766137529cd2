//! Reads what a configuration has several of: named groups of sections, lists of tables, and tables from any text to
//! something.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;
use toml::{Table, Value};

use super::reader::{Key, Reader, Section, Source, object};
use super::told::Told;

impl Reader<'_> {
    /// Reads groups of sections by their names, `[workspaces.acme.introzy]`. No variable stands in for a key there. What
    /// a group may be called, `check` says.
    pub fn groups<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        check: impl Fn(&str) -> Result<(), &'static str>,
        mut read: impl FnMut(&mut Reader<'_>) -> T,
    ) -> Vec<(String, T)> {
        let source = Source {
            has_variables: false,
            ..self.source
        };
        let reader = |prefix: String, root: Table| Reader {
            source,
            prefix,
            root,
            problems: Vec::new(),
            sections: BTreeMap::new(),
            told: Told::default(),
        };
        let mut sample = reader(String::new(), Table::new());
        read(&mut sample);
        let group = json!({
            "type": "object", "additionalProperties": false, "properties": sample.sections,
        });
        let schema =
            json!({ "type": "object", "description": about, "additionalProperties": group });
        self.sections.insert(name, schema);
        let groups = match self.root.remove(name) {
            None => Table::new(),
            Some(Value::Table(groups)) => groups,
            Some(_) => {
                self.problem(format!("{name}: must hold sections, written [{name}.…]"));
                Table::new()
            }
        };
        let mut found = Vec::new();
        for (group, table) in groups {
            if let Err(problem) = check(&group) {
                self.problem(format!("{name}.{group}: {problem}"));
                continue;
            }
            let Value::Table(table) = table else {
                self.problem(format!("{name}.{group}: must hold sections"));
                continue;
            };
            let mut child = reader(format!("{name}.{group}."), table);
            let value = read(&mut child);
            self.told.take_over(std::mem::take(&mut child.told));
            self.problems.extend(child.finish());
            found.push((group, value));
        }
        found
    }
}

impl Section<'_> {
    /// Reads a list of tables, `[[callers.keys]]`.
    pub fn each<T>(&mut self, key: Key, mut read: impl FnMut(&mut Section<'_>) -> T) -> Vec<T> {
        let source = Source {
            has_variables: false,
            ..self.source
        };
        let mut properties = serde_json::Map::new();
        read(&mut Section {
            name: String::new(),
            table: Table::new(),
            source,
            problems: &mut Vec::new(),
            properties: &mut properties,
            told: &mut Told::default(),
        });
        let item = object(key.about, &properties);
        self.describe(key, json!({ "type": "array", "items": item }));
        let tables = match self.table.remove(key.name) {
            None => return Vec::new(),
            Some(Value::Array(tables)) => tables,
            Some(_) => {
                let how = format!("must be tables, written [[{}.{}]]", self.name, key.name);
                return self.problem(key, how).unwrap_or_default();
            }
        };
        let mut found = Vec::new();
        for (place, table) in tables.into_iter().enumerate() {
            let Value::Table(table) = table else {
                let how = format!("must be tables, written [[{}.{}]]", self.name, key.name);
                return self.problem(key, how).unwrap_or_default();
            };
            let mut section = Section {
                name: format!("{}.{}[{place}]", self.name, key.name),
                table,
                source,
                problems: &mut *self.problems,
                properties: &mut serde_json::Map::new(),
                // The list as a whole is noted.
                told: &mut Told::default(),
            };
            found.push(read(&mut section));
            section.refuse_the_rest();
        }
        found
    }

    /// A text that must be there.
    pub fn required(&mut self, key: Key) -> Option<String> {
        let had_it = self.table.contains_key(key.name);
        let text = self.text(key);
        if text.is_none() && !had_it {
            return self.problem(key, "is missing");
        }
        text
    }

    /// A moment, written as a text or as TOML writes it.
    pub fn moment(&mut self, key: Key) -> Option<Timestamp> {
        self.describe(key, json!({ "type": "string", "format": "date-time" }));
        let text = match self.table.remove(key.name)? {
            Value::String(text) => text,
            Value::Datetime(moment) => moment.to_string(),
            _ => String::new(),
        };
        let moment = text.parse().ok();
        moment.or_else(|| self.problem(key, "must be a time such as 2027-01-31T00:00:00Z"))
    }

    /// A list of texts, each read as something else; the error says what a text must be.
    pub fn list<T>(
        &mut self,
        key: Key,
        items: &serde_json::Value,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        self.describe(key, json!({ "type": "array", "items": items }));
        match self.table.remove(key.name) {
            None => Vec::new(),
            Some(value) => self.read_list(key, &value, &read),
        }
    }

    /// A table from any text to a text, or to a list of texts, each read as something else.
    pub fn lists_by_name<T>(
        &mut self,
        key: Key,
        items: &serde_json::Value,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<BTreeMap<String, Vec<T>>> {
        let one_or_more = json!({ "oneOf": [items, { "type": "array", "items": items }] });
        self.describe(
            key,
            json!({ "type": "object", "additionalProperties": one_or_more }),
        );
        let Value::Table(table) = self.table.remove(key.name)? else {
            return self.problem(key, "must be a table");
        };
        let lists = table
            .into_iter()
            .map(|(name, value)| (name, self.read_list(key, &value, &read)));
        Some(lists.collect())
    }

    fn read_list<T>(
        &mut self,
        key: Key,
        value: &Value,
        read: &impl Fn(&str) -> Result<T, String>,
    ) -> Vec<T> {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut found = Vec::new();
        for item in items {
            let Some(text) = item.as_str() else {
                return self.problem(key, "must be texts").unwrap_or_default();
            };
            match read(text) {
                Ok(value) => found.push(value),
                Err(problem) => {
                    self.problem::<()>(key, problem);
                }
            }
        }
        found
    }
}
