//! Fuzzes the list readers at full speed: `cargo run --release -p bonafide-intake --example fuzz_lists -- RUNS [SEED] [FORM]`. Prints runs, panics, broken laws,
//! the slowest run and the most memory of each form. `--repeat FORM RUN [SEED]` does one run again and writes its files to `fuzz-FORM-RUN/`; `--grow [BYTES]` repeats
//! every piece of every form to that size and to a quarter of it, and names what takes more than its share of time. All times are the thread's own.
//!
//! Must not know any form: damage.rs makes the files and says what is forbidden.

#![allow(missing_docs)]
mod damage;
mod grown;

use cpu_time::ThreadTime;
use damage::{Dice, Form};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// What is being read, for the watch that ends a hang.
static FORM: AtomicUsize = AtomicUsize::new(0);
static RUN: AtomicU64 = AtomicU64::new(0);
/// A run that takes so long is a hang.
const HANG: Duration = Duration::from_secs(10);
/// Bytes of memory a run may take: so many for each byte of its files, above what every run takes (the buffers of CSV).
const FOR_EACH_BYTE: usize = 96;
const FOR_ALL: usize = 2 << 20;

#[derive(Default)]
struct Count {
    runs: u64,
    lists: u64,
    panics: u64,
    broken: u64,
    bytes: u64,
    slowest: (Duration, u64),
    memory: (usize, u64),
    spent: Duration,
}

fn main() -> std::process::ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lists");
    let forms = match damage::forms(&fixtures) {
        Ok(forms) => forms,
        Err(error) => return fail(&format!("{}: {error}", fixtures.display())),
    };
    let number = |at: usize, default: u64| words.get(at).and_then(|word| word.replace('_', "").parse().ok()).unwrap_or(default);
    let place = |name: Option<&String>| name.and_then(|name| forms.iter().position(|form| form.name == name));
    if words.first().is_some_and(|word| word == "--repeat") {
        let Some(which) = place(words.get(1)) else { return fail("no such form") };
        return repeat(&forms, which, number(2, 0), number(3, 1));
    }
    if words.first().is_some_and(|word| word == "--grow") {
        return grow(&forms, usize::try_from(number(1, 1 << 18)).unwrap_or(1 << 18));
    }
    let (runs, seed) = (number(0, 100_000), number(1, 1));
    let chosen: Vec<usize> = match (words.get(2), place(words.get(2))) {
        (Some(name), None) => {
            return fail(&format!("no form `{name}`: {}", forms.iter().map(|form| form.name).collect::<Vec<_>>().join(", ")));
        }
        (_, Some(one)) => vec![one],
        (None, None) => (0..forms.len()).collect(),
    };
    std::panic::set_hook(Box::new(|_| {}));
    watch(&forms.iter().map(|form| form.name).collect::<Vec<_>>());
    println!(
        "{:<14} {:>9} {:>9} {:>7} {:>7} {:>8} {:>9} {:>20} {:>22}",
        "form", "runs", "lists", "panics", "broken", "seconds", "runs/s", "slowest µs (run)", "most memory kB (run)"
    );
    let mut bad = 0;
    let all = chosen.len() as u64;
    for (nth, which) in chosen.iter().enumerate() {
        let share = runs / all + u64::from((nth as u64) < runs % all);
        let count = fuzz(&forms, *which, share, seed);
        bad += count.panics + count.broken;
        print(forms[*which].name, &count);
    }
    println!("{runs} runs, seed {seed}: {bad} panics and broken laws");
    std::process::ExitCode::from(u8::from(bad > 0))
}

fn fail(what: &str) -> std::process::ExitCode {
    eprintln!("{what}\n  mend: RUNS [SEED] [FORM], or --repeat FORM RUN [SEED]");
    std::process::ExitCode::from(2)
}

fn print(name: &str, count: &Count) {
    let seconds = count.spent.as_secs_f64();
    let rate = if seconds > 0.0 { count.runs as f64 / seconds } else { 0.0 };
    let (slowest, memory) =
        (format!("{} ({})", count.slowest.0.as_micros(), count.slowest.1), format!("{} ({})", count.memory.0 >> 10, count.memory.1));
    println!(
        "{name:<14} {:>9} {:>9} {:>7} {:>7} {seconds:>8.1} {rate:>9.0} {slowest:>20} {memory:>22}   mean {} bytes",
        count.runs,
        count.lists,
        count.panics,
        count.broken,
        count.bytes / count.runs.max(1)
    );
}

fn fuzz(forms: &[Form], which: usize, runs: u64, seed: u64) -> Count {
    let mut count = Count::default();
    FORM.store(which, Ordering::Relaxed);
    let began = ThreadTime::now();
    for run in 0..runs {
        RUN.store(run, Ordering::Relaxed);
        let mut dice = Dice::new(seed, which, run);
        let parts = damage::damaged(&forms[which], forms, &mut dice);
        let limits = damage::limits(&mut dice);
        let size: usize = parts.iter().map(|(_, bytes)| bytes.len()).sum();
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let start = ThreadTime::now();
        let answer = catch_unwind(AssertUnwindSafe(|| damage::read(&parts, &limits)));
        let took = start.elapsed();
        let memory = MEMORY.peak_usage().saturating_sub(before);
        count.runs += 1;
        count.bytes += size as u64;
        if took > count.slowest.0 {
            count.slowest = (took, run);
        }
        if memory > count.memory.0 {
            count.memory = (memory, run);
        }
        let Ok(answer) = answer else {
            count.panics += 1;
            say(forms[which].name, run, seed, "panic", count.panics);
            continue;
        };
        count.lists += u64::from(answer.is_ok());
        let mut broken = damage::broken_law(&parts, &limits, &answer);
        if memory > FOR_ALL + FOR_EACH_BYTE * size {
            broken = Some(format!("{memory} bytes of memory for {size}"));
        }
        if run % 64 == 0 && format!("{answer:?}") != format!("{:?}", damage::read(&parts, &limits)) {
            broken = Some("read twice, it answers differently".to_owned());
        }
        if let Some(what) = broken {
            count.broken += 1;
            say(forms[which].name, run, seed, &what, count.broken);
        }
    }
    count.spent = began.elapsed();
    count
}

fn say(form: &str, run: u64, seed: u64, what: &str, nth: u64) {
    if nth <= 5 {
        println!("  {form} run {run}: {what}; repeat with: --repeat {form} {run} {seed}");
    }
}

/// Ends the program when one run hangs, and says which.
fn watch(names: &[&'static str]) {
    let names = names.to_vec();
    std::thread::spawn(move || {
        let mut last = (0, 0);
        loop {
            std::thread::sleep(HANG);
            let now = (FORM.load(Ordering::Relaxed), RUN.load(Ordering::Relaxed));
            if now == last && now != (0, 0) {
                println!("  {} run {} hangs", names[now.0], now.1);
                std::process::exit(3);
            }
            last = now;
        }
    });
}

/// Time for a file and for one a quarter as large: near 4 where time grows with the bytes, near 16 where it grows with their square.
fn grow(forms: &[Form], size: usize) -> std::process::ExitCode {
    let limits = bonafide_intake::lists::ListLimits::default();
    let time = |parts: &[(String, Vec<u8>)]| {
        let start = ThreadTime::now();
        let answer = damage::read(parts, &limits);
        drop(answer);
        start.elapsed()
    };
    let mut bad = 0;
    // The last form holds the seeds of all the others.
    for form in forms.iter().filter(|form| form.name != "any") {
        let (mut count, mut slowest) = (0, (Duration::ZERO, String::new()));
        for ((piece, small), (_, large)) in grown::grown(form, size / 4).into_iter().zip(grown::grown(form, size)) {
            let (quarter, whole) = (time(&small), time(&large));
            count += 1;
            if whole > slowest.0 {
                slowest = (whole, piece.clone());
            }
            if whole > quarter * 9 && whole > Duration::from_millis(40) {
                bad += 1;
                println!(
                    "  {}: `{}` takes {} ms, a quarter of it {} ms",
                    form.name,
                    piece.escape_debug(),
                    whole.as_millis(),
                    quarter.as_millis()
                );
            }
        }
        println!("{:<14} {count} pieces, the slowest {} ms: `{}`", form.name, slowest.0.as_millis(), slowest.1.escape_debug());
    }
    std::process::ExitCode::from(u8::from(bad > 0))
}

fn repeat(forms: &[Form], which: usize, run: u64, seed: u64) -> std::process::ExitCode {
    let mut dice = Dice::new(seed, which, run);
    let parts = damage::damaged(&forms[which], forms, &mut dice);
    let limits = damage::limits(&mut dice);
    let folder = PathBuf::from(format!("fuzz-{}-{run}", forms[which].name));
    for (name, bytes) in &parts {
        if let Err(error) = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join(name), bytes)) {
            return fail(&format!("{}: {error}", folder.display()));
        }
    }
    println!("{} files in {}, limits {limits:?}", parts.len(), folder.display());
    let answer = damage::read(&parts, &limits);
    println!("{:?}", damage::broken_law(&parts, &limits, &answer));
    match answer {
        Ok(list) => println!("{} entries; {:?}", list.entries.len(), list.troubles),
        Err(trouble) => println!("{trouble}"),
    }
    std::process::ExitCode::SUCCESS
}
