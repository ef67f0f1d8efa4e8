//! Names of syllables: Hangul, Chinese characters and every romanisation of one Korean or Chinese personal name come to the
//! same sequence of syllable sets.
//!
//! A reading is a way the letters can be read, not a statement about the bearer: it is compared with readings of other
//! names and used for nothing else.

use super::letters::Script;
use super::spellings::{cantonese_spellings, wade_giles};
use super::wordlist::WORDLISTS;
use super::{Role, Word};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

/// The system of syllables of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum System {
    /// Ids are Hangul syllables (offset from U+AC00) without initial r and n where the South drops them.
    Korean,
    /// Ids are numbers of pinyin syllables.
    Mandarin,
    /// Ids are numbers of Jyutping syllables.
    Cantonese,
    /// Ids are numbers of Sino-Vietnamese syllables without marks.
    Vietnamese,
    /// Ids are numbers of Hokkien syllables.
    Hokkien,
}

/// What one written syllable can be: (id, bits lost because the spelling is unusual), cheapest first.
pub type Options = Vec<(u16, u8)>;

/// A name as syllables: the family name first, then one to three syllables of the given name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Which syllables.
    pub system: System,
    /// Family name, then given name.
    pub parts: Vec<Options>,
    /// Number of the word that is the family name; `None` when all syllables are one word.
    pub family_at: Option<usize>,
}

impl Reading {
    /// Whether both can be the same syllables.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let common = |(x, y): (&Options, &Options)| x.iter().any(|(id, _)| y.iter().any(|(other, _)| id == other));
        self.system == other.system && self.parts.len() == other.parts.len() && self.parts.iter().zip(&other.parts).all(common)
    }
}

/// Readings of one name at most.
const READINGS: usize = 8;

/// All readings of the words as a personal name of syllables; empty when there is none.
#[must_use]
pub fn readings(words: &[Word]) -> Vec<Reading> {
    let parts: Vec<&Word> = words.iter().filter(|word| word.role != Role::Legal).collect();
    let mut found = Vec::new();
    match parts.as_slice() {
        [] => {}
        [one] if one.script == Script::Hangul => hangul(&[one], &mut found),
        [first, ..] if first.script == Script::Hangul => hangul(&parts, &mut found),
        [first, ..] if first.script == Script::Han => han(&parts, &mut found),
        _ if parts.len() <= 4
            && parts.iter().all(|word| word.script == Script::Letters && !word.text.bytes().any(|b| b.is_ascii_digit())) =>
        {
            latin(&parts, &mut found);
        }
        _ => {}
    }
    found.dedup();
    found.truncate(READINGS);
    found
}

fn hangul(words: &[&Word], found: &mut Vec<Reading>) {
    let syllables: Vec<char> = words.iter().flat_map(|word| word.text.chars()).collect();
    if !(2..=4).contains(&syllables.len()) || syllables.iter().any(|c| super::letters::script(*c) != Script::Hangul) {
        return;
    }
    let parts = syllables.iter().map(|c| vec![(canonical(*c), 0)]).collect();
    found.push(Reading { system: System::Korean, parts, family_at: (words.len() > 1).then_some(0) });
}

fn han(words: &[&Word], found: &mut Vec<Reading>) {
    let characters: Vec<char> = words.iter().flat_map(|word| word.text.chars()).collect();
    if !(2..=4).contains(&characters.len()) {
        return;
    }
    let read = |column: usize, id: &dyn Fn(&str) -> Option<u16>| -> Option<Vec<Options>> {
        let options = |c: &char| -> Options {
            let cell = WORDLISTS.han.get(c).map_or("", |row| row[column]);
            cell.split(' ').filter_map(id).enumerate().map(|(nth, id)| (id, u8::try_from(nth).unwrap_or(9))).collect()
        };
        let parts: Vec<Options> = characters.iter().map(options).collect();
        parts.iter().all(|options| !options.is_empty()).then_some(parts)
    };
    let tables = &*TABLES;
    let family_at = (words.len() > 1).then_some(0);
    if let Some(parts) = read(0, &|text| tables.pinyin.get(text).copied()) {
        found.push(Reading { system: System::Mandarin, parts, family_at });
    }
    if let Some(parts) = read(1, &|text| text.chars().next().map(canonical)) {
        found.push(Reading { system: System::Korean, parts, family_at });
    }
    if let Some(parts) = read(2, &|text| tables.jyutping.get(text).copied()) {
        found.push(Reading { system: System::Cantonese, parts, family_at });
    }
    if let Some(parts) = read(3, &|text| tables.vietnamese.get(text).copied()) {
        found.push(Reading { system: System::Vietnamese, parts, family_at });
    }
    let hokkien: Vec<Options> =
        characters.iter().map_while(|c| Some(vec![(*tables.hokkien.get(WORDLISTS.hokkien.get(c)?[0])?, 0)])).collect();
    if hokkien.len() == characters.len() {
        found.push(Reading { system: System::Hokkien, parts: hokkien, family_at });
    }
}

fn latin(words: &[&Word], found: &mut Vec<Reading>) {
    let tables = &*TABLES;
    let last = words.len() - 1;
    if words.len() < 2 {
        return;
    }
    for (system, families, spellings) in [
        (System::Korean, &tables.korean_families, &tables.korean),
        (System::Mandarin, &tables.mandarin_families, &tables.mandarin),
        (System::Cantonese, &tables.cantonese_families, &tables.cantonese),
        (System::Vietnamese, &tables.vietnamese_families, &tables.vietnamese_spellings),
        (System::Hokkien, &tables.hokkien_families, &tables.hokkien_spellings),
    ] {
        for family_at in [0, last] {
            let Some(family) = families.get(words[family_at].text.as_str()) else { continue };
            let given = words.iter().enumerate().filter(|(at, _)| *at != family_at).map(|(_, word)| word.text.as_str());
            let mut ways: Vec<Vec<Options>> = vec![Vec::new()];
            for word in given {
                let cuts = segment(word, spellings);
                ways = ways
                    .iter()
                    .flat_map(|way| cuts.iter().map(move |cut| [way.clone(), cut.clone()].concat()))
                    .filter(|way| way.len() <= 3)
                    .take(4)
                    .collect();
            }
            for way in ways.into_iter().filter(|way| !way.is_empty()) {
                let mut parts = vec![family.clone()];
                parts.extend(way);
                found.push(Reading { system, parts, family_at: Some(family_at) });
            }
        }
    }
}

/// All ways to cut a word into known syllables, three at most, fewest first.
fn segment(word: &str, spellings: &FxHashMap<String, Options>) -> Vec<Vec<Options>> {
    let mut done: Vec<Vec<Options>> = Vec::new();
    let mut open: Vec<(usize, Vec<Options>)> = vec![(0, Vec::new())];
    for _ in 0..3 {
        let mut next = Vec::new();
        for (at, way) in open {
            for end in (at + 1..=word.len().min(at + 6)).rev() {
                let Some(options) = word.get(at..end).and_then(|piece| spellings.get(piece)) else { continue };
                let longer = [way.clone(), vec![options.clone()]].concat();
                if end == word.len() { done.push(longer) } else { next.push((end, longer)) }
            }
        }
        open = next;
        open.truncate(16);
    }
    done.truncate(3);
    done
}

/// Id of a Hangul syllable, with r and n dropped before i and y as the South writes it (Ri = I, Ryong = Yong), and r as n
/// before other vowels.
fn canonical(syllable: char) -> u16 {
    let Some(offset) = u32::from(syllable).checked_sub(0xAC00).filter(|offset| *offset < 11_172) else { return u16::MAX };
    let (onset, nucleus, coda) = (offset / 588, offset % 588 / 28, offset % 28);
    // Positions of the Unicode Standard, section 3.12: onset 2 n, 5 r, 11 none; nucleus 2 ya, 6 yeo, 7 ye, 12 yo, 17 yu, 20 i.
    let soft = matches!(nucleus, 2 | 3 | 6 | 7 | 12 | 17 | 20);
    let onset = match onset {
        2 | 5 if soft => 11,
        5 => 2,
        other => other,
    };
    u16::try_from(onset * 588 + nucleus * 28 + coda).unwrap_or(u16::MAX)
}

/// Worth of a family name by its share of bearers, bits: census shares in Korea; in China by rank (a share of 7.5% for the first, falling with the
/// rank to the power 0.9).
#[must_use]
pub fn family_bits(system: System, id: u16) -> f32 {
    TABLES.family_bits.get(&(system, id)).copied().unwrap_or(9.0)
}

/// Share of bearers, per 100,000, of a Latin word that is a spelling of a family name of syllables, or of one syllable of given names (about one in 128);
/// `None` for other words.
#[must_use]
pub fn share(text: &str) -> Option<f32> {
    let tables = &*TABLES;
    let families = [
        (System::Korean, &tables.korean_families),
        (System::Mandarin, &tables.mandarin_families),
        (System::Cantonese, &tables.cantonese_families),
        (System::Vietnamese, &tables.vietnamese_families),
        (System::Hokkien, &tables.hokkien_families),
    ];
    let family = families.iter().filter_map(|(system, spellings)| {
        let least = spellings.get(text)?.iter().map(|(id, bits)| family_bits(*system, *id) + f32::from(*bits)).reduce(f32::min)?;
        Some(100_000.0 / least.exp2())
    });
    let syllable = [&tables.korean, &tables.mandarin].iter().any(|spellings| spellings.contains_key(text)).then_some(780.0);
    family.chain(syllable).reduce(f32::max)
}

struct Tables {
    family_bits: FxHashMap<(System, u16), f32>,
    korean: FxHashMap<String, Options>,
    korean_families: FxHashMap<String, Options>,
    mandarin: FxHashMap<String, Options>,
    mandarin_families: FxHashMap<String, Options>,
    cantonese: FxHashMap<String, Options>,
    cantonese_families: FxHashMap<String, Options>,
    pinyin: FxHashMap<&'static str, u16>,
    jyutping: FxHashMap<&'static str, u16>,
    vietnamese: FxHashMap<&'static str, u16>,
    vietnamese_spellings: FxHashMap<String, Options>,
    vietnamese_families: FxHashMap<String, Options>,
    hokkien: FxHashMap<&'static str, u16>,
    hokkien_spellings: FxHashMap<String, Options>,
    hokkien_families: FxHashMap<String, Options>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(Tables::build);

fn add(map: &mut FxHashMap<String, Options>, spelling: String, id: u16, bits: u8) {
    let options = map.entry(spelling).or_default();
    match options.iter_mut().find(|(known, _)| *known == id) {
        Some((_, cost)) => *cost = (*cost).min(bits),
        None => options.push((id, bits)),
    }
}

impl Tables {
    fn build() -> Self {
        let (korean, korean_families) = (korean_syllables(), korean_families());
        let number = |column: usize| -> FxHashMap<&'static str, u16> {
            let all: std::collections::BTreeSet<&str> =
                WORDLISTS.han.values().flat_map(|row| row[column].split(' ')).filter(|text| !text.is_empty()).collect();
            all.into_iter().zip(0..).collect()
        };
        let (pinyin, jyutping) = (number(0), number(2));
        let mut mandarin = FxHashMap::default();
        for (text, id) in &pinyin {
            add(&mut mandarin, (*text).to_owned(), *id, 0);
            for (spelling, bits) in wade_giles(text) {
                add(&mut mandarin, spelling, *id, bits);
            }
        }
        let mut cantonese = FxHashMap::default();
        for (text, id) in &jyutping {
            for (spelling, bits) in cantonese_spellings(text) {
                add(&mut cantonese, spelling, *id, bits);
            }
        }
        let vietnamese = number(3);
        let mut vietnamese_spellings = FxHashMap::default();
        vietnamese.iter().for_each(|(text, id)| add(&mut vietnamese_spellings, (*text).to_owned(), *id, 0));
        let named: std::collections::BTreeSet<&'static str> = WORDLISTS.hokkien.values().map(|spellings| spellings[0]).collect();
        let hokkien: FxHashMap<&'static str, u16> = named.into_iter().zip(0..).collect();
        let mut hokkien_spellings = FxHashMap::default();
        for spellings in WORDLISTS.hokkien.values() {
            spellings
                .iter()
                .zip(0_u8..)
                .for_each(|(text, nth)| add(&mut hokkien_spellings, (*text).to_owned(), hokkien[spellings[0]], nth.min(1)));
        }
        let mut family_bits: FxHashMap<(System, u16), f32> = FxHashMap::default();
        for row in &WORDLISTS.korean_surnames {
            let share = row.get(1).and_then(|share| share.parse::<f32>().ok()).unwrap_or(1.0);
            if let Some(id) = row.first().and_then(|text| text.chars().next()).map(canonical) {
                let bits = (100_000.0 / share.max(1.0)).log2();
                family_bits.entry((System::Korean, id)).and_modify(|known| *known = known.min(bits)).or_insert(bits);
            }
        }
        let mut mandarin_families = FxHashMap::default();
        let mut cantonese_families = FxHashMap::default();
        let (mut vietnamese_families, mut hokkien_families) = (FxHashMap::default(), FxHashMap::default());
        for (rank, family) in FAMILIES.chars().enumerate() {
            let Some(row) = WORDLISTS.han.get(&family) else { continue };
            #[allow(clippy::cast_precision_loss)]
            let bits = 3.7 + 0.9 * ((rank + 1) as f32 * 0.75).log2().max(0.0);
            if let Some(id) = row[3].split(' ').next().and_then(|text| vietnamese.get(text)) {
                family_bits.entry((System::Vietnamese, *id)).or_insert(bits);
                add(&mut vietnamese_families, row[3].split(' ').next().unwrap_or("").to_owned(), *id, 0);
            }
            if let Some(spellings) = WORDLISTS.hokkien.get(&family) {
                let id = hokkien[spellings[0]];
                family_bits.entry((System::Hokkien, id)).or_insert(bits);
                spellings.iter().zip(0_u8..).for_each(|(text, nth)| add(&mut hokkien_families, (*text).to_owned(), id, nth.min(1)));
            }
            for (column, syllables, families) in [(0, &mandarin, &mut mandarin_families), (2, &cantonese, &mut cantonese_families)] {
                let ids = if column == 0 { &pinyin } else { &jyutping };
                let system = if column == 0 { System::Mandarin } else { System::Cantonese };
                let wanted: FxHashSet<u16> = row[column].split(' ').take(1).filter_map(|text| ids.get(text).copied()).collect();
                for id in &wanted {
                    family_bits.entry((system, *id)).or_insert(bits);
                }
                let spelt = syllables.iter().flat_map(|(spelling, options)| options.iter().map(move |option| (spelling, option)));
                let chosen: Vec<(String, u16, u8)> =
                    spelt.filter(|(_, (id, _))| wanted.contains(id)).map(|(spelling, (id, bits))| (spelling.clone(), *id, *bits)).collect();
                chosen.into_iter().for_each(|(spelling, id, bits)| add(families, spelling, id, bits));
            }
        }
        let mut tables = Self {
            family_bits,
            korean,
            korean_families,
            mandarin,
            mandarin_families,
            cantonese,
            cantonese_families,
            pinyin,
            jyutping,
            vietnamese,
            vietnamese_spellings,
            vietnamese_families,
            hokkien,
            hokkien_spellings,
            hokkien_families,
        };
        for map in [
            &mut tables.korean,
            &mut tables.korean_families,
            &mut tables.mandarin,
            &mut tables.mandarin_families,
            &mut tables.cantonese,
            &mut tables.cantonese_families,
            &mut tables.vietnamese_spellings,
            &mut tables.vietnamese_families,
            &mut tables.hokkien_spellings,
            &mut tables.hokkien_families,
        ] {
            map.values_mut().for_each(|options| options.sort_by_key(|(id, bits)| (*bits, *id)));
        }
        tables
    }
}

/// The commonest Chinese family names. Source: Chinese Ministry of Public Security, report on surnames 2020 (the first
/// hundred), and those of Hong Kong and Taiwan in traditional characters.
const FAMILIES: &str = "王李張张劉刘陳陈楊杨黃黄趙赵吳吴周徐孫孙馬马朱胡郭何林高羅罗鄭郑梁謝谢宋唐許许韓韩鄧邓馮冯曹彭曾肖蕭田董潘袁蔡蔣蒋余於于杜葉叶程魏蘇苏呂吕丁任盧卢姚沈鍾钟姜崔譚谭陸陆范汪廖石金韋韦賈贾夏付傅方鄒邹熊白孟秦邱侯江尹薛閻阎段雷龍龙黎史陶賀贺毛郝顧顾龔龚邵萬万覃武錢钱戴嚴严莫孔向常湯汤溫温康施倪牛樊葛邢安齊齐易喬乔伍龐庞顏颜莊庄聶聂章魯鲁岳翟殷詹申歐欧耿關关蘭兰焦俞左柳甘祝包寧宁尚符舒阮柯紀纪梅童凌畢毕單单季裴霍塗涂成苗谷盛曲翁冉駱骆藍蓝路游辛靳管柴蒙鮑鲍華华喻祁蒲房滕屈饒饶解牟艾尤陽阳時时穆農农司卓古吉繆缪簡简車车項项連连蘆芦麥麦褚婁娄竇窦戚岑景黨党宮宫費费卜冷晏席衛卫米柏宗瞿桂全佟應应臧閔闵苟鄔邬邊边卞姬師师和仇欒栾隋商刁沙榮荣巫寇桑郎甄叢丛仲虞敖鞏巩明佘池查麻苑遲迟";

fn korean_syllables() -> FxHashMap<String, Options> {
    // Only syllables that Chinese characters have in Korean, and the native ones that names use.
    let mut used: FxHashSet<u16> =
        WORDLISTS.han.values().flat_map(|row| row[1].split(' ')).filter_map(|text| text.chars().next()).map(canonical).collect();
    used.extend("슬솔샘별빛꽃봄달돌쇠한솜찬".chars().map(canonical));
    let part = |name: &'static str| {
        WORDLISTS.korean_spellings.iter().filter(move |row| row.first() == Some(&name)).map(|row| {
            let spellings = row.get(2).copied().unwrap_or("");
            let letter = row.get(1).and_then(|text| text.chars().next());
            let parsed = spellings
                .split(' ')
                .filter_map(|cell| cell.split_once(':'))
                .filter_map(|(text, bits)| Some((text, bits.parse::<u8>().ok()?)));
            (letter, parsed.collect::<Vec<_>>())
        })
    };
    // Order of the letters within a syllable block: Unicode Standard, section 3.12.
    const CODAS: &str = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
    let coda_number = |letter: Option<char>| letter.and_then(|letter| CODAS.chars().position(|c| c == letter)).map_or(0, |at| at + 1);
    let mut map = FxHashMap::default();
    for (onset, (_, onsets)) in part("onset").enumerate() {
        for (nucleus, (_, nuclei)) in part("nucleus").enumerate() {
            for (letter, codas) in part("coda") {
                let Some(syllable) =
                    u32::try_from(onset * 588 + nucleus * 28 + coda_number(letter)).ok().and_then(|offset| char::from_u32(0xAC00 + offset))
                else {
                    continue;
                };
                let id = canonical(syllable);
                if !used.contains(&id) {
                    continue;
                }
                for (a, x) in &onsets {
                    for (b, y) in &nuclei {
                        for (c, z) in &codas {
                            if x + y + z <= 4 {
                                add(&mut map, format!("{a}{b}{c}"), id, x + y + z);
                            }
                        }
                    }
                }
            }
        }
    }
    map
}

fn korean_families() -> FxHashMap<String, Options> {
    let mut map = FxHashMap::default();
    for row in &WORDLISTS.korean_surnames {
        let Some(id) = row.first().and_then(|text| text.chars().next()).map(canonical) else { continue };
        for spelling in row.get(2).copied().unwrap_or("").split(' ') {
            add(&mut map, spelling.to_owned(), id, 0);
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::super::{Form, Schema};

    fn meet(left: &str, right: &str) -> bool {
        let (left, right) = (Form::read(left, Schema::Person), Form::read(right, Schema::Person));
        left.syllables.iter().any(|a| right.syllables.iter().any(|b| a.meets(b)))
    }

    #[test]
    fn one_name_in_many_spellings_meets() {
        for name in [
            "Lee Young-chul",
            "Ri Yong Chol",
            "RI, Yong Chol",
            "Yi Yongch'ol",
            "Rhee Yeongcheol",
            "리영철",
            "이영철",
            "李英哲",
            "Youngchul Lee",
        ] {
            assert!(meet("Ri Yong Chol", name), "{name}");
        }
        for (left, right) in [
            ("田寅寅", "TIAN, Yinyin"),
            ("金正恩", "Kim Jong Un"),
            ("习近平", "Xi Jinping"),
            ("Chang Hsiao-ming", "Zhang Xiaoming"),
            ("黃國偉", "Wong Kwok Wai"),
            ("陳德福", "Tan Teck Hock"),
            ("林文興", "Lim Boon Heng"),
            ("阮文明", "Nguyễn Văn Minh"),
            ("리영철", "Yi Yengchel"),
        ] {
            assert!(meet(left, right), "{left} / {right}");
        }
        for (left, right) in [("김영철", "Kim Yong Ho"), ("John Smith", "Jon Smyth"), ("田寅寅", "Tian Yun")] {
            assert!(!meet(left, right), "{left} / {right}");
        }
    }
}
