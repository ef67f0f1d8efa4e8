//! Words, shingles and sentences of a text in one pass. A word is a run of letters and digits, folded (case, accents,
//! compatibility forms, invisible characters gone); a Han or kana character is a word of its own.
//!
//! Must not know what is compared with what.

use bonafide_facts::text::is_invisible;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Words in a shingle. Five is what near-duplicate studies use for prose (Broder 1997 took 10 for web pages, 4 to 5 for short texts).
pub const SHINGLE_WORDS: usize = 5;
/// Multiplier of the rolling hash: 2^64 / golden ratio, odd.
const ROLL: u64 = 0x9e37_79b9_7f4a_7c15;
const ROLL_OUT: u64 = ROLL.wrapping_mul(ROLL).wrapping_mul(ROLL).wrapping_mul(ROLL);

/// What a scan meets, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A word and where it stands in the text, in bytes.
    Word {
        /// Hash of the folded word.
        hash: u64,
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
    },
    /// The end of a sentence, line or list item.
    Break,
}

/// Spreads the bits of a hash (the finaliser of `SplitMix64`, public domain).
#[must_use]
pub fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

const fn ascii_classes() -> [u8; 128] {
    let mut table = [0_u8; 128];
    let mut byte = 0;
    while byte < 128 {
        let b = byte as u8;
        table[byte] = match b {
            b'0'..=b'9' | b'a'..=b'z' => b,
            b'A'..=b'Z' => b + 32,
            b'\n' | b'\r' | b';' | b'|' | b'!' | b'?' => BREAK,
            b'.' => DOT,
            b'\'' => JOINS,
            0..=31 | 127 if b != b'\t' => JOINS,
            _ => GAP,
        };
        byte += 1;
    }
    table
}
const GAP: u8 = 0;
const BREAK: u8 = 1;
const DOT: u8 = 2;
/// Neither part of a word nor its end: apostrophes and invisible characters.
const JOINS: u8 = 3;
static ASCII: [u8; 128] = ascii_classes();

/// Folds a byte of a word into its hash.
#[inline]
fn step(hash: u64, unit: u32) -> u64 {
    (hash ^ u64::from(unit)).wrapping_mul(0x0000_0100_0000_01b3)
}
const START: u64 = 0xcbf2_9ce4_8422_2325;

/// Calls `on` for each word and sentence end of the text, in order; a last [`Event::Break`] always comes.
pub fn scan(text: &str, mut on: impl FnMut(Event)) {
    let bytes = text.as_bytes();
    let (mut at, mut start, mut hash, mut inside) = (0, 0, START, false);
    while at < bytes.len() {
        let (class, width) = match bytes[at] {
            b if b < 128 => (ASCII[b as usize], 1),
            _ => {
                let c = text[at..].chars().next().unwrap_or(' ');
                let width = c.len_utf8();
                match class_of(c) {
                    Wide::Letter => {
                        if !inside {
                            (start, hash, inside) = (at, START, true);
                        }
                        hash = fold(hash, c);
                        at += width;
                        continue;
                    }
                    Wide::Alone => {
                        if inside {
                            on(Event::Word { hash: mix(hash), start, end: at });
                            inside = false;
                        }
                        on(Event::Word { hash: mix(fold(START, c)), start: at, end: at + width });
                        at += width;
                        continue;
                    }
                    Wide::Joins => (JOINS, width),
                    Wide::Break => (BREAK, width),
                    Wide::Gap => (GAP, width),
                }
            }
        };
        match class {
            GAP | BREAK | DOT => {
                if inside {
                    on(Event::Word { hash: mix(hash), start, end: at });
                    inside = false;
                }
                if class == BREAK || (class == DOT && bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace)) {
                    on(Event::Break);
                }
            }
            JOINS => {}
            letter => {
                if !inside {
                    (start, hash, inside) = (at, START, true);
                }
                hash = step(hash, u32::from(letter));
            }
        }
        at += width;
    }
    if inside {
        on(Event::Word { hash: mix(hash), start, end: bytes.len() });
    }
    on(Event::Break);
}

enum Wide {
    Letter,
    Alone,
    Joins,
    Break,
    Gap,
}

fn class_of(c: char) -> Wide {
    match c {
        '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}' => Wide::Alone,
        '\u{2028}' | '\u{2029}' | '•' | '▪' | '●' | '·' | '。' | '！' | '？' | '…' => Wide::Break,
        '’' | '‘' => Wide::Joins,
        c if is_invisible(c) || is_combining_mark(c) => Wide::Joins,
        c if c.is_alphanumeric() => Wide::Letter,
        _ => Wide::Gap,
    }
}

fn fold(mut hash: u64, c: char) -> u64 {
    decompose_compatible(c, |part| {
        if !is_combining_mark(part) {
            for lower in part.to_lowercase() {
                hash = step(hash, u32::from(lower));
            }
        }
    });
    hash
}

/// Words that make neither a shingle nor a sentence telling.
#[derive(Debug, Default)]
pub struct CommonWords {
    sorted: Vec<u64>,
    filter: Vec<u64>,
}

impl CommonWords {
    /// From the words as written.
    pub fn new<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut common = Self { sorted: Vec::new(), filter: vec![0; 1024] };
        words.for_each(|word| {
            scan(word, |event| {
                if let Event::Word { hash, .. } = event {
                    common.sorted.push(hash);
                }
            });
        });
        common.sorted.sort_unstable();
        for hash in &common.sorted {
            let (slot, bit) = Self::bit(*hash);
            common.filter[slot] |= bit;
        }
        common
    }

    fn bit(hash: u64) -> (usize, u64) {
        (usize::try_from((hash >> 6) & 1023).unwrap_or(0), 1 << (hash & 63))
    }

    /// Whether the word is one of them.
    #[inline]
    #[must_use]
    pub fn has(&self, hash: u64) -> bool {
        let (slot, bit) = Self::bit(hash);
        self.filter.get(slot).is_some_and(|bits| bits & bit != 0) && self.sorted.binary_search(&hash).is_ok()
    }
}

/// Turns a run of word hashes into hashes of [`SHINGLE_WORDS`] words in a row. Shingles run over sentence ends, so that
/// re-wrapped text stays equal.
#[derive(Debug, Default)]
pub struct Shingler {
    window: [u64; SHINGLE_WORDS],
    seen: usize,
    rolling: u64,
    telling: u32,
}

impl Shingler {
    /// Takes the next word; gives the shingle that ends with it once there are enough words and two of them are not common.
    #[inline]
    pub fn push(&mut self, word: u64, common: bool) -> Option<u64> {
        self.telling = ((self.telling << 1) | u32::from(!common)) & ((1 << SHINGLE_WORDS) - 1);
        let slot = self.seen % SHINGLE_WORDS;
        let out = self.window[slot];
        self.window[slot] = word;
        self.seen += 1;
        self.rolling = self.rolling.wrapping_sub(out.wrapping_mul(ROLL_OUT)).wrapping_mul(ROLL).wrapping_add(word);
        (self.seen >= SHINGLE_WORDS && self.telling.count_ones() >= 2).then(|| mix(self.rolling))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<u64> {
        let mut out = Vec::new();
        scan(text, |event| {
            if let Event::Word { hash, .. } = event {
                out.push(hash);
            }
        });
        out
    }

    fn shingles(text: &str) -> Vec<u64> {
        let mut shingler = Shingler::default();
        words(text).into_iter().filter_map(|word| shingler.push(word, false)).collect()
    }

    #[test]
    fn dress_does_not_change_a_word() {
        assert_eq!(words("Built API-Gateway"), words("built  api gateway"));
        assert_eq!(words("résumé"), words("re\u{301}sume\u{301}"));
        assert_eq!(words("pay\u{200b}ment"), words("payment"), "an invisible character does not split a word");
        assert_eq!(words("ｆｕｌｌ"), words("full"));
        assert_ne!(words("rust"), words("dust"));
        assert_eq!(words("開発者").len(), 3);
        assert_eq!(words("don’t"), words("don't"));
    }

    #[test]
    fn shingles_depend_on_their_five_words_only() {
        let long = shingles("one two three four five six seven");
        assert_eq!(long.len(), 3);
        assert_eq!(shingles("zero zero zero three four five six seven").last(), long.last());
        assert!(shingles("one two three four").is_empty());
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        let mut breaks = 0;
        scan("Uses node.js v3.5 daily. Likes it!", |event| breaks += usize::from(event == Event::Break));
        assert_eq!(breaks, 3, "after `daily.`, after `it!` and at the end");
    }
}
