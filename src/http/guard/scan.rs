//! The look at a document's bytes, before it is parsed: size, tokens, nesting, and what means nothing.

use std::borrow::Cow;

use async_graphql::Pos;

use super::{MAX_BYTES, MAX_NESTING, Refusal, Refused, SPACE_PER_LINE, SPACE_PER_TOKEN};

/// Looks at the text, once, before anything else does. Gives what is to be parsed: the same without its comments and the
/// white space at the ends of lines, for which the parser would take long. Everything else keeps its line and column.
pub fn scan(document: &str, max_tokens: usize) -> Result<Cow<'_, str>, Refused> {
    if document.len() > MAX_BYTES {
        return Err(Refusal::Bytes.into());
    }
    let bytes = document.as_bytes();
    let mut text = Thinned::new(document);
    let max_space = max_tokens.saturating_mul(SPACE_PER_TOKEN);
    let (mut at, mut tokens, mut nesting, mut space) = (0, 0_usize, 0_usize, 0_usize);
    // Where the last token or line ended.
    let mut behind = 0;
    while at < bytes.len() {
        let begin = at;
        at = match bytes[at] {
            b' ' | b'\t' | b',' => {
                at += 1;
                continue;
            }
            b'\n' | b'\r' => {
                text.leave_out(behind, at);
                at += 1;
                space += SPACE_PER_LINE;
                behind = at;
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
        space += begin - behind;
        behind = at;
        if nesting > MAX_NESTING {
            return Err(Refusal::Nesting.at(place(document, begin)));
        }
        if tokens > max_tokens {
            return Err(Refusal::Tokens(max_tokens).at(place(document, begin)));
        }
        if space > max_space {
            return Err(Refusal::Space(max_space).at(place(document, begin)));
        }
    }
    text.leave_out(behind, bytes.len());
    if space > max_space {
        return Err(Refusal::Space(max_space).into());
    }
    Ok(text.end())
}

/// A text of which some parts are left out; copied only if there are any.
struct Thinned<'a> {
    whole: &'a str,
    kept: String,
    /// Up to where it is copied or left out.
    done: usize,
}

impl<'a> Thinned<'a> {
    fn new(whole: &'a str) -> Self {
        Self {
            whole,
            kept: String::new(),
            done: 0,
        }
    }

    /// Leaves this part out, which comes after those before.
    fn leave_out(&mut self, from: usize, to: usize) {
        if from < to {
            self.kept.push_str(&self.whole[self.done..from]);
            self.done = to;
        }
    }

    fn end(mut self) -> Cow<'a, str> {
        if self.done == 0 {
            return self.whole.into();
        }
        self.kept.push_str(&self.whole[self.done..]);
        self.kept.into()
    }
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
