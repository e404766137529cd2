//! The look at a document's bytes, before it is parsed: size, tokens, nesting.

use async_graphql::Pos;

use super::{MAX_BYTES, MAX_NESTING, Refusal, Refused};

/// Looks at the text, once, before anything else does.
pub fn scan(document: &str, max_tokens: usize) -> Result<(), Refused> {
    if document.len() > MAX_BYTES {
        return Err(Refusal::Bytes.into());
    }
    let bytes = document.as_bytes();
    let (mut at, mut tokens, mut nesting) = (0, 0_usize, 0_usize);
    while at < bytes.len() {
        let begin = at;
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
            return Err(Refusal::Nesting.at(place(document, begin)));
        }
        if tokens > max_tokens {
            return Err(Refusal::Tokens(max_tokens).at(place(document, begin)));
        }
    }
    Ok(())
}

/// The line and column of a byte. It is looked for only once a document is refused.
fn place(document: &str, at: usize) -> Pos {
    let before = &document.as_bytes()[..at];
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let begin = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let column = String::from_utf8_lossy(&before[begin..]).chars().count() + 1;
    Pos { line, column }
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
