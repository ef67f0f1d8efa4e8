//! Measures a pack: many subjects at once, and one subject again and again in a warm engine. The data is made up from a seed, so
//! that two machines measure the same work.
//!
//! Must not know any rule. Nothing here is evidence of how good a rule is: the people are noise.

use crate::engine::Engine;
use bonafide_facts::cell::Time;
use bonafide_facts::tables::{did, money, used, who, world};
use bonafide_facts::{RowId, TableRow, Tables, Trouble, table};
use cpu_time::ProcessTime;
use datafusion::arrow::array::RecordBatch;
use std::fmt;

const PIECE: usize = 8192;
/// 2025-01-01T00:00:00Z.
const START: i64 = 1_735_689_600_000_000;
const YEAR_MINUTES: u64 = 365 * 24 * 60;

/// Places of sign-ins: country, latitude, longitude, IANA zone.
const PLACES: [(&str, f64, f64, &str); 6] = [
    ("US", 40.7, -74.0, "America/New_York"),
    ("DE", 52.5, 13.4, "Europe/Berlin"),
    ("IN", 12.9, 77.6, "Asia/Kolkata"),
    ("BR", -23.5, -46.6, "America/Sao_Paulo"),
    ("PL", 52.2, 21.0, "Europe/Warsaw"),
    ("PH", 14.6, 121.0, "Asia/Manila"),
];

/// Numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let index = usize::try_from(self.below(of.len() as u64)).unwrap_or(0);
        of.get(index).copied()
    }
}

fn text(value: impl Into<String>) -> Option<String> {
    Some(value.into())
}

fn number(value: u64) -> Option<i64> {
    i64::try_from(value).ok()
}

/// The `nth` of `count` events of a year, on the clock of a place.
fn when(nth: u64, count: u64, dice: &mut Dice, offset_minutes: i32) -> Option<Time> {
    let minute = nth * YEAR_MINUTES / count.max(1);
    let micros = START + i64::try_from(minute).unwrap_or(0) * 60_000_000 + i64::try_from(dice.below(60_000_000)).unwrap_or(0);
    Some(Time { micros, offset_minutes: Some(offset_minutes) })
}

struct Maker {
    tables: Tables,
    dice: Dice,
    subjects: u64,
}

impl Maker {
    fn subject(&mut self) -> u64 {
        self.dice.below(self.subjects)
    }

    fn add<R: TableRow>(
        &mut self,
        count: u64,
        mut row: impl FnMut(u64, &mut Self) -> R,
        mut place: impl FnMut(&mut R, i64),
    ) -> Result<(), Trouble> {
        let Some(declared) = table(R::TABLE.name) else { return Ok(()) };
        let file = self.tables.files.add(format!("{}.parquet", declared.name));
        let mut batches: Vec<RecordBatch> = Vec::new();
        let mut rows: Vec<R> = Vec::with_capacity(PIECE);
        for nth in 0..count {
            let mut made = row(nth, self);
            place(&mut made, RowId::new(file, nth + 1).0);
            rows.push(made);
            if rows.len() == PIECE || nth + 1 == count {
                let batch = R::to_batch(&rows).map_err(|error| Trouble::error("arrow", None, error.to_string(), "please report it"))?;
                batches.push(batch);
                rows.clear();
            }
        }
        self.tables.add(declared, declared.schema(), batches)
    }
}

macro_rules! add {
    ($maker:expr, $count:expr, $row:expr) => {
        $maker.add($count, $row, |row, id| row.row_id = id)?
    };
}

/// Made-up tables: `subjects` people and about `events` events of a year, in time order as logs are.
///
/// # Errors
/// A broken invariant only.
pub fn made_up(subjects: u64, events: u64, seed: u64) -> Result<Tables, Trouble> {
    let mut maker = Maker { tables: Tables::default(), dice: Dice(seed), subjects };
    people(&mut maker)?;
    let share = |percent: u64| events * percent / 100;
    sign_ins(&mut maker, share(45))?;
    work(&mut maker, share(25), share(18), share(3), share(3))?;
    paid(&mut maker, share(4))?;
    let rest = events.saturating_sub(share(45) + share(25) + share(18) + share(3) + share(3) + share(4));
    add!(maker, rest, |nth, maker: &mut Maker| {
        let subject = maker.subject();
        did::Meeting {
            subject_id: text(format!("s{subject}")),
            at: when(nth, rest, &mut maker.dice, 0),
            kind: text("work"),
            ip: text(home(subject)),
            camera: text("on"),
            ..Default::default()
        }
    });
    Ok(maker.tables)
}

fn home(subject: u64) -> String {
    format!("10.{}.{}.{}", subject / 62_500 % 250, subject / 250 % 250, subject % 250 + 1)
}

fn people(maker: &mut Maker) -> Result<(), Trouble> {
    let subjects = maker.subjects;
    add!(maker, subjects, |nth, maker: &mut Maker| {
        let place = PLACES[usize::try_from(nth).unwrap_or(0) % PLACES.len()];
        who::Subject {
            subject_id: text(format!("s{nth}")),
            kind: text("person"),
            name: text(format!("Person {} Number {nth}", maker.dice.below(5000))),
            stage: text(maker.dice.pick(&["applicant", "contractor", "employee"]).unwrap_or("applicant")),
            claimed_country: text(place.0),
            claimed_timezone: text(place.3),
            engaged_at: when(0, 1, &mut maker.dice, 0),
            ..Default::default()
        }
    });
    add!(maker, subjects * 4, |nth, maker: &mut Maker| {
        let subject = nth / 4;
        // one value in two hundred is somebody else's too
        let owner = if maker.dice.below(200) == 0 { maker.subject() } else { subject };
        let (kind, value) = match nth % 4 {
            0 => ("email", format!("person{owner}@example{}.org", owner % 50)),
            1 => ("phone", format!("+1415{owner:07}")),
            2 => ("address", format!("{owner} Main Street, Springfield")),
            _ => ("bank_account", format!("DE{owner:020}")),
        };
        who::Identifier {
            subject_id: text(format!("s{subject}")),
            kind: text(kind),
            value: text(value),
            source: text("resume"),
            ..Default::default()
        }
    });
    add!(maker, subjects * 6, |nth, _: &mut Maker| {
        let subject = nth / 6;
        let (attribute, value) = match nth % 6 {
            0 => ("name", format!("Person Number {subject}")),
            1 => ("city", format!("City {}", subject % 300)),
            2 => ("employer", format!("Company {}", subject % 900)),
            3 => ("school", format!("School {}", subject % 200)),
            4 => ("timezone", PLACES[usize::try_from(subject).unwrap_or(0) % PLACES.len()].3.to_owned()),
            _ => ("skill", format!("skill {}", subject % 40)),
        };
        who::Claim {
            subject_id: text(format!("s{subject}")),
            source: text(if nth % 2 == 0 { "resume" } else { "hr_form" }),
            attribute: text(attribute),
            value: text(value),
            ..Default::default()
        }
    });
    add!(maker, subjects, |nth, _: &mut Maker| used::Device {
        device_id: text(format!("d{nth}")),
        subject_id: text(format!("s{nth}")),
        serial: text(format!("SN{nth}")),
        hostname: text(format!("host-{nth}")),
        managed: Some(true),
        ..Default::default()
    });
    add!(maker, 2000, |nth, _: &mut Maker| world::IpRange {
        cidr: text(format!("172.{}.{}.0/24", nth / 250, nth % 250)),
        kind: text("vpn"),
        country: text("NL"),
        ..Default::default()
    });
    Ok(())
}

fn sign_ins(maker: &mut Maker, count: u64) -> Result<(), Trouble> {
    add!(maker, count, |nth, maker: &mut Maker| {
        let subject = maker.subject();
        let away = maker.dice.below(300) == 0;
        let place = PLACES[usize::try_from(if away { maker.dice.next() } else { subject }).unwrap_or(0) % PLACES.len()];
        let lent = if maker.dice.below(2000) == 0 { maker.subject() } else { subject };
        let ip = match maker.dice.below(20) {
            0 => format!("172.{}.{}.7", maker.dice.below(8), maker.dice.below(250)),
            1 => format!("100.64.0.{}", subject % 200),
            _ => home(subject),
        };
        did::SignIn {
            subject_id: text(format!("s{subject}")),
            account_id: text(format!("a{subject}")),
            service: text("platform"),
            at: when(nth, count, &mut maker.dice, 0),
            ip: text(ip),
            device_id: text(format!("d{lent}")),
            user_agent: text("Mozilla/5.0 (X11; Linux x86_64) Example/1.0"),
            client_timezone: text(place.3),
            outcome: text(if maker.dice.below(50) == 0 { "failure" } else { "success" }),
            country: text(place.0),
            latitude: Some(place.1),
            longitude: Some(place.2),
            rtt_ms: Some(31.5),
            ..Default::default()
        }
    });
    Ok(())
}

fn work(maker: &mut Maker, commits: u64, audits: u64, bids: u64, documents: u64) -> Result<(), Trouble> {
    add!(maker, commits, |nth, maker: &mut Maker| {
        let subject = maker.subject();
        let offset = [-300, 60, 330, -180, 60, 480][usize::try_from(subject).unwrap_or(0) % 6];
        let at = when(nth, commits, &mut maker.dice, offset);
        did::Commit {
            subject_id: text(format!("s{subject}")),
            repository: text(format!("r{}", subject % 3000)),
            sha: text(format!("{:016x}", maker.dice.next())),
            tree: text(format!("{:016x}", maker.dice.next())),
            at,
            committed_at: at,
            author_name: text(format!("Person Number {subject}")),
            author_email: text(format!("person{subject}@example{}.org", subject % 50)),
            committer_email: text(format!("person{subject}@example{}.org", subject % 50)),
            ..Default::default()
        }
    });
    add!(maker, audits, |nth, maker: &mut Maker| {
        let subject = maker.subject();
        did::AuditEvent {
            subject_id: text(format!("s{subject}")),
            at: when(nth, audits, &mut maker.dice, 0),
            service: text("code"),
            action: text(maker.dice.pick(&["clone", "read", "download", "login"]).unwrap_or("read")),
            object: text(format!("o{}", maker.dice.below(9000))),
            ip: text(home(subject)),
            bytes: number(maker.dice.below(1_000_000)),
            count: Some(1),
            ..Default::default()
        }
    });
    add!(maker, bids, |nth, maker: &mut Maker| did::Bid {
        subject_id: text(format!("s{}", maker.subject())),
        project_id: text(format!("p{nth}")),
        at: when(nth, bids, &mut maker.dice, 0),
        won: Some(nth % 5 == 0),
        ..Default::default()
    });
    add!(maker, documents, |nth, maker: &mut Maker| who::Document {
        document_id: text(format!("doc{nth}")),
        subject_id: text(format!("s{}", maker.subject())),
        kind: text("bid"),
        text: text(format!("A short text number {} about work {nth}", maker.dice.below(100_000))),
        author: text(format!("author {}", maker.dice.below(20_000))),
        created_at: when(nth, documents, &mut maker.dice, 0),
        ..Default::default()
    });
    Ok(())
}

fn paid(maker: &mut Maker, payments: u64) -> Result<(), Trouble> {
    add!(maker, payments, |nth, maker: &mut Maker| {
        let subject = maker.subject();
        money::Payment {
            payment_id: text(format!("pay{nth}")),
            subject_id: text(format!("s{subject}")),
            at: when(nth, payments, &mut maker.dice, 0),
            direction: text("to_subject"),
            amount: Some(i128::from(maker.dice.below(5000)) * 1_000_000_000_000_000_000),
            currency: text("USD"),
            method: text(maker.dice.pick(&["bank", "card", "crypto"]).unwrap_or("bank")),
            payee_account: text(format!("DE{subject:020}")),
            payee_name: text(format!("Person Number {subject}")),
            ..Default::default()
        }
    });
    Ok(())
}

/// What was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Rules that ran.
    pub rules: usize,
    /// Events in the large run.
    pub events: u64,
    /// CPU seconds of the large run.
    pub many_cpu_seconds: f64,
    /// Median CPU milliseconds of one subject's run in a warm engine.
    pub one_cpu_millis: f64,
    /// Largest resident memory of the process so far, bytes (0 where the system does not tell).
    pub peak_bytes: u64,
    /// CPU milliseconds of each rule in the large run, dearest first.
    pub dearest: Vec<(String, f64)>,
    /// Rules that were stopped or failed.
    pub failed: Vec<String>,
}

/// Runs the engine over `many` once and over `one` as often as `rounds` says (the first round only warms).
#[must_use]
pub fn measure(engine: &Engine, many: &Tables, one: &Tables, events: u64, rounds: usize) -> Measured {
    let started = ProcessTime::now();
    let outcome = engine.run(many, None);
    let many_cpu_seconds = started.elapsed().as_secs_f64();
    let mut millis: Vec<f64> = (0..rounds)
        .map(|_| {
            let started = ProcessTime::now();
            drop(engine.run(one, None));
            started.elapsed().as_secs_f64() * 1000.0
        })
        .skip(1)
        .collect();
    millis.sort_by(f64::total_cmp);
    #[allow(clippy::cast_precision_loss)]
    let mut dearest: Vec<(String, f64)> =
        outcome.per_rule.iter().map(|stats| (stats.rule.clone(), stats.cpu_micros as f64 / 1000.0)).collect();
    dearest.sort_by(|left, right| right.1.total_cmp(&left.1));
    Measured {
        rules: outcome.per_rule.len(),
        events,
        many_cpu_seconds,
        one_cpu_millis: millis.get(millis.len() / 2).copied().unwrap_or(0.0),
        peak_bytes: peak_bytes(),
        dearest,
        failed: outcome.troubles.iter().map(|trouble| trouble.what.clone()).collect(),
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[allow(clippy::cast_precision_loss)]
        let rate = self.events as f64 / self.many_cpu_seconds.max(1e-9);
        writeln!(f, "rules that ran                 {:>12}", self.rules)?;
        writeln!(f, "one subject, warm, median      {:>12.1} ms CPU", self.one_cpu_millis)?;
        writeln!(f, "many subjects, {:>9} events {:>10.1} s CPU", self.events, self.many_cpu_seconds)?;
        writeln!(f, "events per core-second         {rate:>12.0}")?;
        writeln!(f, "peak memory                    {:>12} MB", self.peak_bytes >> 20)?;
        for (rule, millis) in self.dearest.iter().take(15) {
            writeln!(f, "  {rule:<44} {millis:>8.0} ms CPU")?;
        }
        self.failed.iter().try_for_each(|what| writeln!(f, "  FAILED {what}"))
    }
}

/// Largest resident memory as Linux counts it.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).map_or(0, |kilobytes| kilobytes << 10)
}
