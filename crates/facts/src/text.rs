//! Hostile text made fit to show: nothing an input holds may move a cursor, colour a terminal or reorder a line.
//!
//! Must not know where the text is shown; HTML and CSV escaping belong to their writers.

/// Characters that change how their neighbours are shown (bidi controls, zero-width, tags, variation and interlinear
/// marks) or nothing visible at all. Source: Unicode 16, general categories Cc, Cf, Co, Cs and the Default_Ignorable blocks.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{E0FFF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// The text with every invisible or control character written as `\u{…}` (tab and line breaks as one space), cut at `limit`
/// characters with `… (N characters)` behind. Safe for a terminal and a one-line message.
#[must_use]
pub fn printable(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit + 16));
    for (shown, c) in text.chars().enumerate() {
        if shown == limit {
            out.push_str(&format!("… ({} characters)", text.chars().count()));
            break;
        }
        match c {
            '\t' | '\n' | '\r' => out.push(' '),
            c if is_invisible(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_or_hides_survives() {
        assert_eq!(printable("a\u{1b}[31mred\u{202e}txt\u{0}", 99), "a\\u{1b}[31mred\\u{202e}txt\\u{0}");
        assert_eq!(printable("two\nlines", 99), "two lines");
        assert_eq!(printable("김영철 é 👍", 99), "김영철 é 👍");
        assert_eq!(printable("abcdef", 3), "abc… (6 characters)");
    }
}
