//! Passing over JSON without reading it. What is passed over is not checked: whoever does it reads the same text afterwards.

use memchr::memchr2;

/// Whether lists and objects lie within each other more than so deeply.
pub(super) fn is_deeper_than(limit: usize, json: &[u8]) -> bool {
    // Counting is many times faster than following and settles it for nearly all. `|` makes a `{` of a `[`; in pieces that
    // a byte can count, the compiler does many at once.
    let opens =
        |piece: &[u8]| -> u8 { piece.iter().map(|byte| u8::from(byte | 0x20 == b'{')).sum() };
    let opened: usize = json
        .chunks(240)
        .map(|piece| usize::from(opens(piece)))
        .sum();
    if opened <= limit {
        return false;
    }
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        at += 1;
        match byte {
            b'"' => at = end_of_text(json, at),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

/// What follows the text whose first letter is here. Bodies are made of texts for the most part, so they are passed over in
/// leaps.
fn end_of_text(json: &[u8], mut at: usize) -> usize {
    while let Some(found) = json.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found + 1;
        if json[at - 1] == b'"' {
            return at;
        }
        at += 1;
    }
    json.len()
}

/// The next place that holds something.
pub(super) fn space(json: &[u8], mut at: usize) -> usize {
    while matches!(json.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// What follows the value that begins here.
fn value(json: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => {
                at = end_of_text(json, at + 1);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth == 1 => return at + 1,
            b']' | b'}' | b',' if depth == 0 => return at,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Where a list begins, behind its bracket: the value of the first member with one of these names, or of the first such
/// member within an object that is. `None` where there is none, or no JSON.
pub(super) fn to_list(json: &[u8], names: &[&str]) -> Option<usize> {
    let mut at = inside_object(json, space(json, 0))?;
    loop {
        if json.get(at) != Some(&b'"') {
            return None;
        }
        let behind = end_of_text(json, at + 1);
        let name = json.get(at + 1..behind.checked_sub(1)?)?;
        at = space(json, behind);
        if json.get(at) != Some(&b':') {
            return None;
        }
        at = space(json, at + 1);
        if names.iter().any(|known| known.as_bytes() == name) {
            if json.get(at) == Some(&b'[') {
                return Some(at + 1);
            }
            if let Some(inside) = inside_object(json, at) {
                at = inside;
                continue;
            }
        }
        at = space(json, value(json, at));
        if json.get(at) != Some(&b',') {
            return None;
        }
        at = space(json, at + 1);
    }
}

fn inside_object(json: &[u8], at: usize) -> Option<usize> {
    (json.get(at) == Some(&b'{')).then(|| space(json, at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_outside_of_texts_alone() {
        assert!(!is_deeper_than(3, br#"[{"a":"[[[\"[["},[],[{}]]"#));
        assert!(is_deeper_than(2, br#"[{"a":"[[[\"[["},[],[{}]]"#));
        assert!(is_deeper_than(1, br#"{"a\\":[]}"#));
        assert!(!is_deeper_than(0, br#""[\\\"[""#));
        for cut_off in [r#""["#, r#""[\"#, r#""[\""#] {
            assert!(!is_deeper_than(0, cut_off.as_bytes()), "{cut_off}");
        }
    }

    #[test]
    fn the_list_is_found_behind_whatever_stands_before_it() {
        for (json, behind) in [
            (r#"{"rows":[1]}"#, "1]}"),
            (r#" { "rows" : [ 1 ] } "#, " 1 ] } "),
            (r#"{"data":{"rows":[]}}"#, "]}}"),
            (
                r#"{"n":-1.5e3,"t":"\"rows\":[","l":[{"rows":[0]},"]"],"o":{"a":{"rows":[0]}},"u":null,"rows":[1]}"#,
                "1]}",
            ),
            (r#"{"rows":null,"data":{"total":1,"rows":[2]}}"#, "2]}}"),
        ] {
            let at = to_list(json.as_bytes(), &["data", "rows"]).unwrap();
            assert_eq!(&json[at..], behind, "{json}");
        }
    }

    #[test]
    fn there_is_no_list_in_what_is_none_or_no_json() {
        for json in [
            "",
            "{",
            "[",
            "[1]",
            "{}",
            r#"{"rows"#,
            r#"{"rows""#,
            r#"{"rows":"#,
            r#"{"rows":1}"#,
            r#"{"rows":{}}"#,
            r#"{"others":[1]}"#,
            r#"{"o":{"rows":[1]}}"#,
            r#"{"o":]"rows":[1]}"#,
            "{rows:[1]}",
            r#"{"o":1 "rows":[1]}"#,
        ] {
            assert_eq!(to_list(json.as_bytes(), &["rows"]), None, "{json}");
        }
    }
}
