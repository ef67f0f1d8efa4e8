//! Tracing at size, by CPU time: `speed generate N FILE` makes an R-MAT world (a=.57 b=c=.19, log-normal amounts, in order of
//! time), `speed run FILE [WORK,…]` measures it and prints `name seconds transfers check`. `benches/trace/compare.py` runs both beside the
//! C reference and the peers. `speed index FILE FOLDER` writes it as a ledger on disk, a row at a time, and `speed trace FILE FOLDER`
//! reads that and follows its coin: worlds that are larger than memory would like. Without words (as `cargo test --benches` calls it) it does a small world of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use bonafide_facts::{Files, RawTransfer};
use bonafide_trace::answer::{Question, Ready, Shown};
use bonafide_trace::csr::Csr;
use bonafide_trace::disk::{Store, load};
use bonafide_trace::fifo::Fifo;
use bonafide_trace::flow::{Role, steps};
use bonafide_trace::follow::{Bounds, Method};
use bonafide_trace::haircut::{Haircut, Lanes};
use bonafide_trace::poison::Poison;
use bonafide_trace::rank::{Ranking, pagerank};
use bonafide_trace::{Builder, Direction, Label, Labels, Lane, Ledger, Segment};
use cpu_time::ProcessTime;
use std::io::{BufReader, BufWriter, Read as _, Write as _};

/// SplitMix64 (G. Steele et al., 2014): the same world on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }
}

/// The file: counts, then at, from, to, amount (two halves), then a role (source lanes, absorbs) for each address.
fn generate(transfers: usize, path: &str) {
    let scale = (transfers / 8).max(64).ilog2();
    let addresses = 1_usize << scale;
    let mut random = Random(7);
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(path).unwrap());
    let mut put = |bytes: &[u8]| out.write_all(bytes).unwrap();
    put(&(transfers as u64).to_le_bytes());
    put(&(addresses as u64).to_le_bytes());
    let mut at = 1_600_000_000_000_000_i64;
    for _ in 0..transfers {
        let (mut from, mut to) = (0_u32, 0_u32);
        for _ in 0..scale {
            let x = random.unit();
            let (down, right) = if x < 0.57 {
                (0, 0)
            } else if x < 0.76 {
                (0, 1)
            } else if x < 0.95 {
                (1, 0)
            } else {
                (1, 1)
            };
            from = from << 1 | down;
            to = to << 1 | right;
        }
        let normal = (-2.0 * random.unit().ln()).sqrt() * (std::f64::consts::TAU * random.unit()).cos();
        let amount = ((2.0 * normal).exp() * 1e18) as u128 + 1;
        at += (random.next() % 3_000_000) as i64;
        put(&at.to_le_bytes());
        put(&from.to_le_bytes());
        put(&to.to_le_bytes());
        put(&amount.to_le_bytes());
    }
    for address in 0..addresses {
        let draw = random.next() % 4096;
        let source = if draw < 16 { 1_u8 << (draw % 8) } else { 0 };
        put(&[source, u8::from(draw < 24 && address > 0)]);
    }
}

struct World {
    at: Vec<i64>,
    from: Vec<u32>,
    to: Vec<u32>,
    amount: Vec<u128>,
    roles: Vec<Role>,
}

/// The file behind its counts of transfers and addresses.
fn open(path: &str) -> (BufReader<std::fs::File>, usize, usize) {
    let mut file = BufReader::with_capacity(1 << 20, std::fs::File::open(path).unwrap());
    let mut eight = [0; 8];
    let mut count = || {
        file.read_exact(&mut eight).unwrap();
        u64::from_le_bytes(eight) as usize
    };
    let (transfers, addresses) = (count(), count());
    (file, transfers, addresses)
}

fn role(file: &mut impl std::io::Read) -> Role {
    let mut role = [0; 2];
    file.read_exact(&mut role).unwrap();
    Role { source: role[0], absorbs: role[1] == 1 }
}

fn read(path: &str) -> World {
    let (mut file, transfers, addresses) = open(path);
    let mut world = World {
        at: Vec::with_capacity(transfers),
        from: Vec::with_capacity(transfers),
        to: Vec::with_capacity(transfers),
        amount: Vec::with_capacity(transfers),
        roles: Vec::new(),
    };
    let mut row = [0; 32];
    for _ in 0..transfers {
        file.read_exact(&mut row).unwrap();
        world.at.push(i64::from_le_bytes(row[0..8].try_into().unwrap()));
        world.from.push(u32::from_le_bytes(row[8..12].try_into().unwrap()));
        world.to.push(u32::from_le_bytes(row[12..16].try_into().unwrap()));
        world.amount.push(u128::from_le_bytes(row[16..32].try_into().unwrap()));
    }
    world.roles = (0..addresses).map(|_| role(&mut file)).collect();
    world
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = ProcessTime::now();
    let value = work();
    (value, start.elapsed().as_secs_f64())
}

fn tell(name: &str, seconds: f64, count: usize, check: &str) {
    println!("{name} {seconds:.4} {count} {check}");
}

/// Addresses as text, the way a ledger gets them.
fn name(id: u32, text: &mut String) {
    text.clear();
    text.push_str("0x00000000000000000000000000000000");
    (0..8).rev().for_each(|digit| text.push(char::from(b"0123456789abcdef"[(id >> (4 * digit) & 15) as usize])));
}

/// The ledger of a world. Ids are by first appearance, so roles are brought to that order.
fn ledger(world: &World) -> (Ledger, Vec<Role>) {
    let (ledger, seconds) = timed(|| {
        let (mut builder, mut from, mut to) = (Builder::default(), String::new(), String::new());
        for place in 0..world.at.len() {
            name(world.from[place], &mut from);
            name(world.to[place], &mut to);
            builder.add(&RawTransfer {
                chain: "ethereum",
                asset: "",
                from: &from,
                to: &to,
                at: Some(world.at[place]),
                amount: i128::try_from(world.amount[place]).unwrap(),
                row: place as i64 + 1,
                ..RawTransfer::default()
            });
        }
        builder.finish()
    });
    tell("ledger", seconds, world.at.len(), "-");
    let roles = by_id(&ledger.segments[0], &world.roles);
    (ledger, roles)
}

fn by_id(segment: &Segment, roles: &[Role]) -> Vec<Role> {
    (0..segment.address_count()).map(|id| roles[usize::from_str_radix(&segment.address(id)[2..], 16).unwrap()]).collect()
}

fn methods(segment: &Segment, roles: &[Role]) {
    let count = segment.len();
    let ((out, into), seconds) = timed(|| (Csr::build(&segment.from, roles.len()), Csr::build(&segment.to, roles.len())));
    tell("csr", seconds, 2 * count, &format!("{}", out.of(0).len() + into.of(0).len()));
    let (poisoned, seconds) = timed(|| {
        let mut poison = Poison::new(roles.len());
        steps(segment, Direction::From, 0..count).map(|step| u64::from(poison.step(roles, step).count_ones())).sum::<u64>()
    });
    tell("poison", seconds, count, &poisoned.to_string());
    let (totals, seconds) = timed(|| {
        let mut haircut = Haircut::new(&vec![0; roles.len()], 1);
        haircut.run(roles, steps(segment, Direction::From, 0..count));
        haircut.totals()
    });
    let sum = |lanes: &Lanes| lanes.iter().map(u128::to_string).collect::<Vec<_>>().join(",");
    tell("haircut", seconds, count, &format!("{};{};{}", sum(&totals.absorbed), sum(&totals.held), sum(&totals.dropped)));
    let (totals, seconds) = timed(|| {
        let mut fifo = Fifo::new(&vec![0; roles.len()], usize::MAX);
        assert!(fifo.run(roles, steps(segment, Direction::From, 0..count)));
        fifo.totals(roles)
    });
    tell("fifo", seconds, count, &format!("{};{}", sum(&totals.absorbed), sum(&totals.held)));
    let (reached, seconds) = timed(|| reach(&out, segment, 4));
    tell("reach", seconds, count, &reached.to_string());
    if count > 50_000_000 {
        return; // 20 rounds over so much say nothing more
    }
    let (rank, seconds) =
        timed(|| pagerank(segment, &out, &[0], Direction::To, &Ranking { tolerance: 0.0, rounds: 20, ..Ranking::default() }));
    tell("pagerank", seconds, 20 * count, &format!("{:.9}", rank.iter().map(|value| value * value).sum::<f64>()));
}

/// The world as a ledger on disk.
fn index(path: &str, folder: &str) {
    let (mut file, transfers, _) = open(path);
    let ((), seconds) = timed(|| {
        let mut store = Store::open(folder.as_ref()).unwrap();
        let (mut builder, mut from, mut to, mut row) = (store.builder().unwrap(), String::new(), String::new(), [0; 32]);
        for place in 0..transfers {
            file.read_exact(&mut row).unwrap();
            name(u32::from_le_bytes(row[8..12].try_into().unwrap()), &mut from);
            name(u32::from_le_bytes(row[12..16].try_into().unwrap()), &mut to);
            builder.add(&RawTransfer {
                chain: "ethereum",
                from: &from,
                to: &to,
                at: Some(i64::from_le_bytes(row[0..8].try_into().unwrap())),
                amount: i128::from_le_bytes(row[16..32].try_into().unwrap()),
                row: place as i64 + 1,
                ..RawTransfer::default()
            });
        }
        store.add(builder.finish(), &Files::default()).unwrap();
    });
    tell("index", seconds, transfers, &peak());
}

/// Follows the coin of a ledger on disk; the roles are those of the world it was made from.
fn trace(path: &str, folder: &str) {
    let (mut file, transfers, addresses) = open(path);
    file.seek_relative(32 * transfers as i64).unwrap();
    let known: Vec<Role> = (0..addresses).map(|_| role(&mut file)).collect();
    let ((ledger, _), seconds) = timed(|| load(folder.as_ref()).unwrap());
    tell("load", seconds, transfers, &peak());
    let roles = by_id(&ledger.segments[0], &known);
    methods(&ledger.segments[0], &roles);
    wallets(&ledger, &roles, Bounds::default().work);
    println!("peak {}", peak());
}

/// The most memory held so far, as Linux tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map_or_else(String::new, |text| text.replace([' ', '\t'], ""))
}

/// How many addresses lie within so many steps of the first 16, time left aside: what the peers can answer too.
fn reach(out: &Csr, segment: &Segment, hops: usize) -> usize {
    let mut seen = vec![false; segment.address_count()];
    let mut here: Vec<u32> = (0..16.min(seen.len() as u32)).collect();
    here.iter().for_each(|id| seen[*id as usize] = true);
    let mut count = here.len();
    for _ in 0..hops {
        let mut next = Vec::new();
        for id in here {
            for transfer in out.of(id as usize) {
                let other = segment.to[*transfer as usize];
                if !std::mem::replace(&mut seen[other as usize], true) {
                    next.push(other);
                }
            }
        }
        count += next.len();
        here = next;
    }
    count
}

const WALLETS: usize = 400;

/// Reports on single wallets of a ledger made ready once.
fn wallets(ledger: &Ledger, roles: &[Role], work: usize) {
    let segment = &ledger.segments[0];
    let mut labels = Labels::default();
    for (id, role) in roles.iter().enumerate().filter(|(_, role)| role.absorbs) {
        let lane = if role.source == 0 { Lane::Exchange } else { Lane::ALL[role.source.trailing_zeros() as usize] };
        labels.add(segment.address(id), Label { lane, name: "invented".to_owned(), ..Label::default() });
    }
    let files = Files::default();
    let (ready, seconds) = timed(|| Ready::new(ledger, &labels, &files));
    tell("ready", seconds, segment.len(), "-");
    let mut random = Random(11);
    let mut millis: Vec<f64> = Vec::new();
    for _ in 0..WALLETS {
        let address = segment.address((random.next() % segment.address_count() as u64) as usize).to_owned();
        let question = Question {
            addresses: vec![address],
            directions: vec![Direction::From, Direction::To],
            method: Method::Haircut,
            as_of: None,
            bounds: Bounds { work, ..Bounds::default() },
            shown: Shown::default(),
        };
        let ((answer, _), seconds) = timed(|| ready.ask(&question));
        assert!(answer.wallets[0].found);
        millis.push(1000.0 * seconds);
    }
    millis.sort_by(f64::total_cmp);
    println!("one-wallet work={work} median_ms={:.2} p99_ms={:.2}", millis[WALLETS / 2], millis[WALLETS * 99 / 100]);
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", count, path] => generate(count.parse().unwrap(), path),
        ["index", path, folder] => index(path, folder),
        ["trace", path, folder] => trace(path, folder),
        ["run", path] => run(path, &[2_000, Bounds::default().work]),
        ["run", path, works] => run(path, &works.split(',').filter_map(|work| work.parse().ok()).collect::<Vec<_>>()),
        _ => {
            let path = std::env::temp_dir().join(format!("bonafide-trace-{}.bin", std::process::id()));
            let path = path.to_str().unwrap();
            generate(20_000, path);
            run(path, &[2_000]);
            std::fs::remove_file(path).unwrap();
        }
    }
}

fn run(path: &str, works: &[usize]) {
    let world = read(path);
    let (ledger, roles) = ledger(&world);
    drop(world);
    methods(&ledger.segments[0], &roles);
    for work in works {
        wallets(&ledger, &roles, *work);
    }
}
