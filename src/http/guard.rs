//! The guard before the parser, and the one before execution. A few kilobytes of nested brackets would overflow the
//! parser's stack and end the process, and a few hundred bytes of fragments would keep validation busy for minutes, so
//! every document passes here first: once over its bytes, then, parsed, once over its fragments with memory.

use std::collections::HashMap;
use std::fmt;

use async_graphql::Name;
use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet,
};
use async_graphql::{Positioned, Value};

/// How many bytes a document may have.
pub const MAX_BYTES: usize = 64 * 1024;
/// How many tokens a document may have, unless configured otherwise. The parser takes most of a microsecond for each.
pub const MAX_TOKENS: usize = 1_000;
/// How deep brackets of all kinds may nest.
pub const MAX_NESTING: usize = 64;
/// How deep selections may nest once fragments are spread.
pub const MAX_DEPTH: u64 = 20;
/// How many fields a document may select once fragments are spread.
pub const MAX_FIELDS: u64 = 5_000;
/// How many rows a document may ask for, its pages at their full size: a list in each row of a list multiplies them.
pub const MAX_ROWS: u64 = 20_000;
/// How many directives a document may apply once fragments are spread.
pub const MAX_DIRECTIVES: u64 = 200;
/// How many fields one selection set may have.
pub const MAX_WIDTH: usize = 300;

/// Why a document is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too many bytes.
    Bytes,
    /// Too many tokens; this many were allowed.
    Tokens(usize),
    /// Brackets nest too deeply.
    Nesting,
    /// Selections nest too deeply.
    Depth,
    /// Too many fields.
    Fields,
    /// Too many rows.
    Rows,
    /// Too many directives.
    Directives,
    /// Too many fields in one selection set.
    Width,
    /// A fragment spreads itself.
    Cycle,
}

impl Refusal {
    /// Whether it is a matter of size alone.
    pub fn is_size(self) -> bool {
        self == Self::Bytes
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes => write!(f, "The document has more than {MAX_BYTES} bytes."),
            Self::Tokens(max) => write!(f, "The document has more than {max} tokens."),
            Self::Nesting => write!(
                f,
                "The document's brackets nest more than {MAX_NESTING} deep."
            ),
            Self::Depth => write!(
                f,
                "The document's selections nest more than {MAX_DEPTH} deep."
            ),
            Self::Fields => write!(
                f,
                "The document selects more than {MAX_FIELDS} fields once its fragments are spread."
            ),
            Self::Rows => write!(
                f,
                "The document asks for more than {MAX_ROWS} rows: give its lists a smaller `first`."
            ),
            Self::Directives => write!(
                f,
                "The document applies more than {MAX_DIRECTIVES} directives."
            ),
            Self::Width => write!(
                f,
                "A selection of the document has more than {MAX_WIDTH} fields."
            ),
            Self::Cycle => write!(f, "A fragment of the document spreads itself."),
        }
    }
}

/// Looks at the text, once, before anything else does.
pub fn scan(document: &str, max_tokens: usize) -> Result<(), Refusal> {
    if document.len() > MAX_BYTES {
        return Err(Refusal::Bytes);
    }
    let bytes = document.as_bytes();
    let (mut at, mut tokens, mut nesting) = (0, 0_usize, 0_usize);
    while at < bytes.len() {
        at = match bytes[at] {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'"' => end_of_string(bytes, at),
            b'{' | b'(' | b'[' => {
                nesting += 1;
                at + 1
            }
            b'}' | b')' | b']' => {
                nesting = nesting.saturating_sub(1);
                at + 1
            }
            byte if is_word(byte) => {
                at + bytes[at..]
                    .iter()
                    .take_while(|byte| is_word(**byte))
                    .count()
            }
            _ => at + 1,
        };
        tokens += 1;
        if nesting > MAX_NESTING {
            return Err(Refusal::Nesting);
        }
        if tokens > max_tokens {
            return Err(Refusal::Tokens(max_tokens));
        }
    }
    Ok(())
}

/// Looks at the parsed document before validation and execution do: how large it grows when its fragments are spread,
/// each fragment counted once. Says roughly what it costs to execute.
pub fn measure(document: &ExecutableDocument) -> Result<u32, Refusal> {
    let mut measure = Measure {
        fragments: &document.fragments,
        known: HashMap::new(),
    };
    let mut all = Size::default();
    for (_, operation) in document.operations.iter() {
        let variables = operation
            .node
            .variable_definitions
            .iter()
            .map(|variable| variable.node.directives.len() as u64);
        all.directives = all
            .directives
            .saturating_add(operation.node.directives.len() as u64 + variables.sum::<u64>());
        all = all.beside(measure.selections(&operation.node.selection_set.node)?);
        all.check()?;
    }
    // Also those that nothing spreads: validation walks them all the same.
    for name in document.fragments.keys() {
        measure.fragment(name)?;
    }
    Ok(all.cost())
}

#[derive(Clone, Copy, Default)]
struct Size {
    depth: u64,
    fields: u64,
    rows: u64,
    directives: u64,
}

struct Measure<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// `None` while a fragment is being measured.
    known: HashMap<&'a Name, Option<Size>>,
}

impl Size {
    fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            fields: self.fields.saturating_add(other.fields),
            rows: self.rows.saturating_add(other.rows),
            directives: self.directives.saturating_add(other.directives),
        }
    }

    /// A fragment counts as a field even if there is none in it, or if it is not defined: the engine follows every spread
    /// before it finds that out.
    fn walked(self) -> Self {
        Self {
            fields: self.fields.saturating_add(1),
            ..self
        }
    }

    /// Rows count most: each is written with several fields.
    fn cost(self) -> u32 {
        let cost = self.rows.saturating_add(self.fields / 10).saturating_add(1);
        u32::try_from(cost).unwrap_or(u32::MAX)
    }

    fn check(self) -> Result<(), Refusal> {
        if self.depth > MAX_DEPTH {
            return Err(Refusal::Depth);
        }
        if self.fields > MAX_FIELDS {
            return Err(Refusal::Fields);
        }
        if self.rows > MAX_ROWS {
            return Err(Refusal::Rows);
        }
        if self.directives > MAX_DIRECTIVES {
            return Err(Refusal::Directives);
        }
        Ok(())
    }
}

impl<'a> Measure<'a> {
    fn selections(&mut self, set: &'a SelectionSet) -> Result<Size, Refusal> {
        if set.items.len() > MAX_WIDTH {
            return Err(Refusal::Width);
        }
        let mut size = Size::default();
        for selection in &set.items {
            let part = match &selection.node {
                Selection::Field(field) => {
                    let inner = self.selections(&field.node.selection_set.node)?;
                    with_directives(
                        Size {
                            depth: inner.depth + 1,
                            fields: inner.fields.saturating_add(1),
                            rows: rows(&field.node, inner.rows),
                            ..inner
                        },
                        &field.node.directives,
                    )
                }
                Selection::InlineFragment(inline) => with_directives(
                    self.selections(&inline.node.selection_set.node)?.walked(),
                    &inline.node.directives,
                ),
                Selection::FragmentSpread(spread) => with_directives(
                    self.fragment(&spread.node.fragment_name.node)?.walked(),
                    &spread.node.directives,
                ),
            };
            size = size.beside(part);
            size.check()?;
        }
        Ok(size)
    }

    fn fragment(&mut self, name: &Name) -> Result<Size, Refusal> {
        // One that is not defined is for validation to refuse.
        let Some((name, fragment)) = self.fragments.get_key_value(name) else {
            return Ok(Size::default());
        };
        match self.known.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => return Err(Refusal::Cycle),
            None => {}
        }
        self.known.insert(name, None);
        let inner = self.selections(&fragment.node.selection_set.node)?;
        let size = with_directives(inner, &fragment.node.directives);
        self.known.insert(name, Some(size));
        Ok(size)
    }
}

/// How many rows a field asks for, each with what it asks for below. What a variable will say is not known here: it
/// counts as the most that the argument takes.
fn rows(field: &Field, below: u64) -> u64 {
    // A value without variables, if the argument is given as one.
    let argument = |name: &str| {
        field
            .get_argument(name)
            .map(|value| value.node.clone().into_const())
    };
    let own = match field.name.node.as_str() {
        "referrals" | "connections" | "facilitators" | "notes" | "people" => {
            match argument("first") {
                None => 20,
                Some(Some(Value::Number(first))) => first.as_u64().unwrap_or(0).min(100),
                Some(_) => 100,
            }
        }
        "nodes" if !field.arguments.is_empty() => listed(argument("ids").flatten()),
        "_entities" => listed(argument("representations").flatten()),
        _ => return below,
    };
    own.saturating_mul(below.saturating_add(1))
}

fn listed(value: Option<Value>) -> u64 {
    match value {
        Some(Value::List(items)) => items.len() as u64,
        _ => 200,
    }
}

fn with_directives(size: Size, directives: &[Positioned<Directive>]) -> Size {
    Size {
        directives: size.directives.saturating_add(directives.len() as u64),
        ..size
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .map_or(bytes.len(), |at| from + at)
}

/// Just after a string or block string. The parser reads a block string that is not closed as an empty string and goes
/// on behind it, so nothing there may hide.
fn end_of_string(bytes: &[u8], from: usize) -> usize {
    if bytes[from..].starts_with(b"\"\"\"") {
        return end_of_block(bytes, from + 3).unwrap_or(from + 2);
    }
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if !matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => at += 2,
            b'"' | b'\n' | b'\r' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_block(bytes: &[u8], mut at: usize) -> Option<usize> {
    while at < bytes.len() {
        if bytes[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if bytes[at..].starts_with(b"\"\"\"") {
            return Some(at + 3);
        } else {
            at += 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(document: &str) -> Result<(), Refusal> {
        super::scan(document, 6_000)
    }

    fn judge(document: &str) -> Result<(), Refusal> {
        scan(document)?;
        measure(
            &async_graphql::parser::parse_query(document)
                .expect("the scan let a document through that does not parse"),
        )
        .map(drop)
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let brackets = "[".repeat(500);
        assert_eq!(
            scan(&format!("{{ a(b: \"{brackets}\") }} # {brackets}")),
            Ok(())
        );
        assert_eq!(
            scan(&format!(
                "{{ a(b: \"\"\"{brackets} \\\"\"\" {brackets}\"\"\") }}"
            )),
            Ok(())
        );
        assert_eq!(scan(&format!("{{ a(b: \"\\\"{brackets}\") }}")), Ok(()));
        assert_eq!(scan(&format!("{{ a(b: {brackets}")), Err(Refusal::Nesting));
    }

    #[test]
    fn a_string_that_is_not_closed_hides_nothing_after_its_line() {
        assert_eq!(
            scan(&format!("{{ a(b: \"\n{}", "[".repeat(500))),
            Err(Refusal::Nesting)
        );
    }

    #[test]
    fn fragments_are_counted_once_each_and_multiplied() {
        let mut bomb = "{ ...f0 }".to_owned();
        for level in 0..30 {
            let next = level + 1;
            bomb = format!("{bomb} fragment f{level} on Query {{ ...f{next} ...f{next} }}");
        }
        bomb.push_str(" fragment f30 on Query { vendors { vendor } }");
        assert_eq!(judge(&bomb), Err(Refusal::Fields));
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_refused() {
        assert_eq!(
            judge("{ ...a } fragment a on Query { ...b ...b } fragment b on Query { ...a ...a }"),
            Err(Refusal::Cycle)
        );
        assert_eq!(
            judge("{ vendors { vendor } } fragment unused on Query { ...unused }"),
            Err(Refusal::Cycle)
        );
    }

    #[test]
    fn depth_width_and_directives_have_their_bounds() {
        let deep = format!("{}{{ a }}{}", "{ a ".repeat(25), "}".repeat(25));
        assert_eq!(judge(&deep), Err(Refusal::Depth));
        assert_eq!(
            judge(&format!("{{ {} }}", "a ".repeat(MAX_WIDTH + 1))),
            Err(Refusal::Width)
        );
        assert_eq!(
            judge(&format!("{{ a {} }}", "@skip(if: true) ".repeat(201))),
            Err(Refusal::Directives)
        );
        assert_eq!(
            judge(&format!(
                "{{ ... {} {{ a }} }}",
                "@skip(if: true) ".repeat(201)
            )),
            Err(Refusal::Directives)
        );
    }

    /// How deep list and object values nest in a field's arguments.
    fn depth(field: &Field) -> usize {
        fn of(value: &Value) -> usize {
            match value {
                Value::List(items) => 1 + items.iter().map(of).max().unwrap_or(0),
                Value::Object(fields) => 1 + fields.values().map(of).max().unwrap_or(0),
                _ => 0,
            }
        }
        let values = field
            .arguments
            .iter()
            .filter_map(|(_, value)| value.node.clone().into_const());
        values.map(|value| of(&value)).max().unwrap_or(0)
    }

    proptest::proptest! {
        #[test]
        fn what_the_scan_lets_through_never_nests_deeper_than_it_may(
            pieces in proptest::collection::vec(
                "\"|\"\"\"|\\\\|\n|\r|#|,|\\[|\\]|x|\"x\"|\"\"",
                0..12,
            ),
            deep in 40_usize..90,
        ) {
            let (open, closed) = ("[".repeat(deep), "]".repeat(deep));
            let document = format!("{{ a(b: [{}{open}{closed}]) }}", pieces.concat());
            if scan(&document).is_ok()
                && let Ok(parsed) = async_graphql::parser::parse_query(&document)
                && let Some((_, operation)) = parsed.operations.iter().next()
            {
                for selection in &operation.node.selection_set.node.items {
                    if let Selection::Field(field) = &selection.node {
                        proptest::prop_assert!(depth(&field.node) < MAX_NESTING, "{document}");
                    }
                }
            }
        }
    }

    #[test]
    fn pages_inside_pages_multiply() {
        let nested = |first: &str| {
            format!(
                "{{ referrals({first}) {{ nodes {{ connection {{ referrals {{ nodes {{ \
                 facilitators {{ nodes {{ id }} }} }} }} }} }} }} }}"
            )
        };
        assert_eq!(judge(&nested("first: 20")), Ok(()));
        assert_eq!(judge(&nested("first: 100")), Err(Refusal::Rows));
        let twice = "query($n: Int) { referrals(first: $n) { nodes { connection { referrals(first: $n) { nodes { id } } } } } }";
        assert_eq!(judge(twice), Ok(()));
    }
}
