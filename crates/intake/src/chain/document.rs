//! A JSON document (an explorer's answer: `{"status":"1","result":[{…},…]}`, or a bare list) as JSON Lines, so that one reader is enough.
//!
//! Each object of the list becomes one line, on the line where it began where that can be (later ones move down when several began on
//! one). Only the text is cut: nothing is parsed here. Must not know what the objects mean.

/// Names under which explorers give their list, the likeliest first.
const LISTS: [&str; 6] = ["result", "data", "token_transfers", "transfers", "items", "trc20_transfers"];

/// The text as JSON Lines. `None` when it is no single document: then it is JSON Lines already, or nothing that is known.
pub(super) fn lines(text: &str) -> Option<Result<String, String>> {
    let body = text.trim_start_matches('\u{feff}').trim_start();
    if body.starts_with('[') {
        return Some(cut(text, text.len() - body.len()));
    }
    if !body.starts_with('{') || is_lines(body) {
        return None;
    }
    let start = text.len() - body.len();
    let lists = lists_of(text, start);
    let chosen = LISTS.iter().find_map(|name| lists.iter().find(|(key, _)| key == name));
    Some(match chosen {
        Some((_, at)) => cut(text, *at),
        None => Err("the document holds no list of objects: it may be an error message of the explorer".to_owned()),
    })
}

/// Whether the first line is one whole object that holds no list of objects, as JSON Lines have it.
fn is_lines(body: &str) -> bool {
    let first = body.lines().next().unwrap_or("").trim();
    whole(first.as_bytes(), 0) == Some(first.len()) && (body.trim_end() != first || lists_of(first, 0).is_empty())
}

/// Where the object or list that begins at `start` ends (one past it); `None` when it does not.
fn whole(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The lists of objects of a known name that lie directly in the object that begins at `start`: (key, where the list begins).
fn lists_of(text: &str, start: usize) -> Vec<(String, usize)> {
    let bytes = text.as_bytes();
    let (mut found, mut key, mut at) = (Vec::new(), String::new(), start + 1);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = end_of_text(bytes, at);
                // A text before a colon is a key, any other a value.
                if bytes.get(end..).is_some_and(|rest| rest.trim_ascii_start().first() == Some(&b':')) {
                    key = text.get(at + 1..end.saturating_sub(1)).unwrap_or("").to_lowercase();
                }
                at = end;
                continue;
            }
            b'[' if LISTS.contains(&key.as_str())
                && bytes[at + 1..].trim_ascii_start().first().is_some_and(|next| matches!(next, b'{' | b']')) =>
            {
                found.push((key.clone(), at));
            }
            _ => {}
        }
        at = if matches!(byte, b'{' | b'[') { whole(bytes, at).unwrap_or(bytes.len()) } else { at + 1 };
    }
    found
}

/// One past the text that begins at `start`.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate().skip(start + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    bytes.len()
}

/// The objects of the list that begins at `start`, one a line.
fn cut(text: &str, start: usize) -> Result<String, String> {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut line, mut written) = (1 + bytes[..start].iter().filter(|byte| **byte == b'\n').count(), 1);
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => line += 1,
            b']' => return Ok(out),
            b'{' => {
                let Some(end) = whole(bytes, at) else {
                    return Err(format!("the document ends in the middle of the object that begins on line {line}"));
                };
                while written < line {
                    out.push('\n');
                    written += 1;
                }
                let object = text.get(at..end).unwrap_or("");
                out.extend(object.chars().map(|letter| if matches!(letter, '\n' | '\r') { ' ' } else { letter }));
                out.push('\n');
                written += 1;
                line += object.bytes().filter(|byte| *byte == b'\n').count();
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    Err("the document ends before its list does: it was cut off".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_keep_the_line_they_began_on() {
        let text = "{\"status\":\"1\",\n \"extra\": {\"a\": [{\"no\": 1}]},\n \"result\": [\n  {\"a\": \"}]\\\"\",\n   \"b\": 2},\n  {\"a\": 3}, {\"a\": 4}\n ]}";
        let lines = lines(text).unwrap().unwrap();
        let told: Vec<(usize, &str)> =
            lines.lines().enumerate().filter(|(_, text)| !text.is_empty()).map(|(at, text)| (at + 1, text)).collect();
        assert_eq!(told, [(4, "{\"a\": \"}]\\\"\",    \"b\": 2}"), (6, "{\"a\": 3}"), (7, "{\"a\": 4}")]);
    }

    #[test]
    fn lines_stay_lines_and_what_is_torn_is_said() {
        assert!(lines("{\"a\":1}\n{\"a\":2}\n").is_none());
        assert!(lines("{\"inputs\":[{\"a\":1}]}\n{\"inputs\":[{\"a\":2}]}\n").is_none(), "lists within JSON Lines are cells");
        assert_eq!(lines("[{\"a\":1},{\"a\":2}]").unwrap().unwrap(), "{\"a\":1}\n{\"a\":2}\n");
        assert_eq!(lines("[]").unwrap().unwrap(), "");
        for torn in ["{\"result\":[{\"a\":1},{\"a\":", "[{\"a\":1}", "{\"status\":\"0\",\n\"result\":\"Max rate limit reached\"}"] {
            assert!(lines(torn).unwrap().is_err(), "{torn}");
        }
        assert!(lines("hello").is_none());
    }
}
