//! The look at a document's bytes, before it is parsed: size, tokens, nesting, and what means nothing.

use std::borrow::Cow;

use async_graphql::Pos;

use super::shape::Shape;
use super::{
    MAX_BYTES, MAX_TEXT, Refusal, Refused, SPACE_PER_LINE, SPACE_PER_TOKEN, TEXT_PER_TOKEN,
    WORD_PER_TOKEN,
};

/// Looks at the text, once, before anything else does. Gives what is to be parsed: the same without its comments and the
/// white space at the ends of lines, for which the parser would take long. Everything else keeps its line and column.
pub fn scan(document: &str, max_tokens: usize) -> Result<Cow<'_, str>, Refused> {
    if document.len() > MAX_BYTES {
        return Err(Refusal::Bytes.into());
    }
    let bytes = document.as_bytes();
    let mut thinned = Thinned::new(document);
    let mut shape = Shape::new();
    let mut amounts = Amounts::new(max_tokens);
    let mut at = 0;
    // Where the last token or line ended.
    let mut behind = 0;
    while at < bytes.len() {
        let begin = at;
        let refuse = |refusal: Refusal| refusal.at(place(document, begin));
        at = match bytes[at] {
            b' ' | b'\t' | b',' => {
                at += 1;
                continue;
            }
            b'\n' | b'\r' => {
                thinned.leave_out(behind, at);
                at += 1;
                amounts.space += SPACE_PER_LINE;
                behind = at;
                continue;
            }
            b'#' => {
                at = end_of_line(bytes, at);
                continue;
            }
            b'"' => {
                let (end, seen) = end_of_string(bytes, at);
                amounts.text += seen - at;
                end
            }
            byte if is_word(byte) => {
                let end = end_of_word(bytes, at);
                amounts.words += end - at;
                end
            }
            _ => at + 1,
        };
        amounts.tokens += 1;
        amounts.space += begin - behind;
        behind = at;
        shape.take(&bytes[begin..at]).map_err(refuse)?;
        amounts.check().map_err(refuse)?;
    }
    thinned.leave_out(behind, bytes.len());
    // That of the last lines is left.
    amounts.check()?;
    Ok(thinned.end())
}

/// How much there is so far of what the parser takes its time for.
struct Amounts {
    tokens: usize,
    text: usize,
    words: usize,
    space: usize,
    max_tokens: usize,
}

impl Amounts {
    fn new(max_tokens: usize) -> Self {
        Self {
            tokens: 0,
            text: 0,
            words: 0,
            space: 0,
            max_tokens,
        }
    }

    fn check(&self) -> Result<(), Refusal> {
        let max_words = self.max_tokens.saturating_mul(WORD_PER_TOKEN);
        let max_space = self.max_tokens.saturating_mul(SPACE_PER_TOKEN);
        if self.text > MAX_TEXT {
            return Err(Refusal::Text);
        }
        if self.tokens + self.text / TEXT_PER_TOKEN > self.max_tokens {
            return Err(Refusal::Tokens(self.max_tokens));
        }
        if self.words > max_words {
            return Err(Refusal::Words(max_words));
        }
        if self.space > max_space {
            return Err(Refusal::Space(max_space));
        }
        Ok(())
    }
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

fn end_of_word(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|byte| !is_word(*byte))
        .map_or(bytes.len(), |at| from + at)
}

/// Just after a string or block string, and up to where the parser looks to find that out: it looks for the end of a block
/// string that is not closed up to the end of the document, then reads an empty string and goes on behind that, so nothing
/// there may hide.
fn end_of_string(bytes: &[u8], from: usize) -> (usize, usize) {
    if bytes[from..].starts_with(b"\"\"\"") {
        return match end_of_block(bytes, from + 3) {
            Some(end) => (end, end),
            None => (from + 2, bytes.len()),
        };
    }
    let end = end_of_line_string(bytes, from);
    (end, end)
}

fn end_of_line_string(bytes: &[u8], from: usize) -> usize {
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
