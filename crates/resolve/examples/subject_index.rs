//! Measures the stored index of subjects: `subject_index FOLDER [SUBJECTS] [CHANGED]` builds an index of that many invented subjects (a million when not
//! said) in the folder, then asks that many changed entries (50) of it, and prints CPU seconds, bytes and the greatest memory.
//!
//! Must not hold more than a segment of subjects.

use bonafide_resolve::index::entry::{Days, Entry, EntryName, NameKind};
use bonafide_resolve::normal::Schema;
use bonafide_resolve::normal::wordlist::WORDLISTS;
use bonafide_resolve::screen::Query;
use bonafide_resolve::screen::subject_index::{Asking, Segment, SegmentBuilder};
use std::path::Path;

/// A 64-bit LCG (Knuth, TAOCP 2, 3.3.4).
struct Dice(u64);

impl Dice {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % below.max(1)
    }
}

/// Names as common as names are: two thirds of the parts from the wordlist, the common ones oftener; the rest made of syllables.
fn name(dice: &mut Dice, known: &[&str]) -> String {
    const SYLLABLES: [&str; 40] = [
        "ba", "ber", "bo", "chi", "da", "del", "do", "fa", "gor", "ha", "hen", "ig", "ja", "ka", "ko", "la", "len", "lo", "ma", "mir",
        "na", "nik", "no", "os", "pa", "per", "ra", "ri", "ro", "sa", "sen", "so", "ta", "ter", "to", "va", "vich", "wa", "yan", "zu",
    ];
    let parts = 2 + usize::from(dice.below(4) == 0);
    let part = |dice: &mut Dice| match dice.below(3) {
        0 => (0..2 + dice.below(3)).map(|_| SYLLABLES[dice.below(SYLLABLES.len())]).collect::<String>(),
        _ => {
            let (a, b) = (dice.below(known.len()), dice.below(known.len()));
            known[a.min(b)].to_owned()
        }
    };
    (0..parts).map(|_| part(dice)).collect::<Vec<_>>().join(" ")
}

fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap_or(0) / 1024
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: usize| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let Some(folder) = arguments.first().map(Path::new) else {
        println!("subject_index FOLDER [SUBJECTS] [CHANGED]");
        return Ok(());
    };
    let (subjects, changed) = (number(1, 1_000_000), number(2, 50));
    std::fs::create_dir_all(folder)?;
    let mut ranked: Vec<(&&str, &f32)> = WORDLISTS.commonness.iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(a.1).then(a.0.cmp(b.0)));
    let known: Vec<&str> = ranked.into_iter().map(|(name, _)| *name).collect();

    let (mut dice, mut builder, mut bytes, mut segments) = (Dice(7), SegmentBuilder::default(), 0, 0);
    let began = cpu_time::ProcessTime::now();
    for at in 0..subjects {
        let year = 1940 + dice.below(65);
        let birth = (dice.below(2) == 0).then(|| Days { earliest: format!("{year}-01-01"), latest: format!("{year}-12-31") });
        let query = Query { name: name(&mut dice, &known), schema: Schema::Person, birth, ..Query::default() };
        builder.add(&format!("s{at}"), &query);
        if builder.is_full() || at + 1 == subjects {
            let segment = std::mem::take(&mut builder).finish();
            bytes += segment.len();
            std::fs::write(folder.join(format!("segment-{segments:05}")), segment)?;
            segments += 1;
        }
    }
    println!(
        "built {subjects} subjects in {:.1} CPU s: {segments} segments, {bytes} bytes, peak {} MB",
        began.elapsed().as_secs_f64(),
        peak_megabytes()
    );

    // Changed entries: names of the same kind, each with a birth year and three aliases; five are subjects' own names.
    let mut own = Dice(7);
    let entries: Vec<Entry> = (0..changed)
        .map(|at| {
            let names = (0..4).map(|nth| {
                let printed = if at < 5 && nth == 0 {
                    let _ = (own.below(65), own.below(2));
                    name(&mut own, &known)
                } else {
                    name(&mut dice, &known)
                };
                EntryName { printed, kind: NameKind::Alias }
            });
            Entry { id: format!("e{at}"), list: "own".into(), schema: Schema::Person, names: names.collect(), ..Entry::default() }
        })
        .collect();
    let began = cpu_time::ProcessTime::now();
    let asking = Asking::within(entries, 0.5, 43_000);
    let mut near = 0;
    for at in 0..segments {
        let segment = std::fs::read(folder.join(format!("segment-{at:05}")))?;
        match Segment::read(&segment).and_then(|segment| segment.near(&asking)) {
            Ok(found) => near += found.len(),
            Err(trouble) => println!("{trouble}"),
        }
    }
    let spent = began.elapsed().as_secs_f64();
    println!(
        "asked {changed} changed entries: {near} subjects near, {spent:.2} CPU s, {:.0} subjects a CPU second, peak {} MB",
        subjects as f64 / spent,
        peak_megabytes()
    );
    Ok(())
}
