//! Who people are and say they are, before anything happens.
//!
//! Must not know any story: stories change what is drawn here.

use super::clock::{END, START, workday};
use super::nets::{Line, Way, way};
use super::world::World;

/// Where the money goes.
#[derive(Debug, Clone)]
pub struct Payout {
    /// Account.
    pub account: String,
    /// Name the account is in.
    pub holder: String,
    /// bank, wise, payoneer, paypal or crypto.
    pub method: &'static str,
    /// Place whose country the account is in.
    pub place: usize,
    /// Company in between.
    pub via: &'static str,
}

/// A subject as it presents itself.
#[derive(Debug, Clone)]
pub struct Person {
    /// Key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Naming tradition (goes into groups.csv only).
    pub origin: usize,
    /// Where they say they are.
    pub place: usize,
    /// person or company.
    pub kind: &'static str,
    /// applicant, contractor, employee, vendor, client.
    pub stage: &'static str,
    /// What they do.
    pub role: &'static str,
    /// Who engages them.
    pub organisation: String,
    /// Where they sign in.
    pub service: String,
    /// First seen.
    pub created: i32,
    /// Work began.
    pub engaged: i32,
    /// Mail address.
    pub email: String,
    /// Phone number.
    pub phone: String,
    /// Home.
    pub address: String,
    /// Identity document.
    pub document: String,
    /// Where they are paid.
    pub payout: Payout,
    /// The household's line.
    pub home: Way,
    /// Their machine.
    pub device: String,
    /// Their second factor.
    pub mfa: String,
    /// Account key.
    pub account: String,
    /// Agreed hours, local.
    pub hours: (f64, f64),
    /// Sign-ins in the watched time.
    pub volume: f64,
    /// Commits in the watched time; 0 = does not write code here.
    pub commits: f64,
}

/// Who is at the keyboard: usually the person, in a concealed story somebody else.
#[derive(Debug, Clone)]
pub struct Hands {
    /// Where the body is.
    pub place: usize,
    /// Zone the machine's clock shows.
    pub clock: usize,
    /// Zone the commits show.
    pub code: usize,
    /// Working hours where the body is.
    pub hours: (f64, f64),
    /// How far a start wanders, hours.
    pub wander: f64,
    /// Share of work on weekends.
    pub weekend: f64,
    /// Ways in and how often each is taken, relatively.
    pub ways: Vec<(Way, f64)>,
    /// Machine.
    pub device: String,
    /// Second factor.
    pub mfa: String,
    /// Open ports seen.
    pub ports: &'static str,
    /// Round trip, milliseconds.
    pub rtt: f64,
    /// Input lag, milliseconds.
    pub lag: f64,
    /// Name and mail on commits.
    pub author: (String, String),
}

/// What was checked and handed in when they came.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// Results of checks by what was checked; nothing = was not checked.
    pub checks: Vec<(&'static str, &'static str)>,
    /// Résumé: text, author, producer, template.
    pub resume: Option<(String, String, &'static str, &'static str)>,
    /// Where the machine is sent, and who receives it.
    pub ship: (String, String),
    /// Where the machine is first seen.
    pub first_seen: usize,
    /// Whether a managed machine is issued.
    pub issued: bool,
    /// Schools and employers as the résumé has them: attribute, value, from year.
    pub past: Vec<(&'static str, String, i32)>,
}

const ROLES: &[&str] = &[
    "backend developer",
    "frontend developer",
    "data engineer",
    "test engineer",
    "systems engineer",
    "mobile developer",
    "designer",
    "technical writer",
    "support engineer",
];
const ORGANISATIONS: &[&str] = &[
    "Fernhill Freight",
    "Cobaltine Health",
    "Larkspur Travel",
    "Otterbourne Energy",
    "Quayside Learning",
    "Tallow Lane Foods",
    "Umber Analytics",
    "Vireo Games",
    "Wicket Payments",
    "Yarrow Insurance",
    "Zephyrine Maps",
    "Alder Robotics",
    "Bramble Media",
    "Cinderford Steel",
    "Dovecot Homes",
    "Elmhurst Labs",
];
const STREETS: &[&str] = &[
    "Larkrise Lane",
    "Quillfeather Street",
    "Old Tannery Road",
    "Saltpan Way",
    "Mockernut Drive",
    "Candlewick Row",
    "Umberfield Close",
    "Threepenny Hill",
    "Juneberry Court",
    "Hollow Elm Avenue",
    "Rivet Street",
    "Pennymint Walk",
    "Damson Terrace",
    "Lanternfish Quay",
    "Bellfounder Street",
    "Gorsemoor Road",
];

impl World<'_> {
    /// An invented name and its tradition. Drawn with no regard to anything else, from dice of its own.
    pub fn name(&mut self) -> (String, usize) {
        let origin = self.names.below(self.words.origins.len());
        let lists = &self.words.origins[origin];
        let given = self.names.pick(&lists.given);
        let family = self.names.pick(&lists.family);
        let second = self.names.pick(&lists.given);
        let name = if self.names.chance(0.55) { format!("{given} {second} {family}") } else { format!("{given} {family}") };
        (name, origin)
    }

    /// A street address in a place.
    pub fn address(&mut self, place: usize) -> String {
        let number = self.dice.between(1, 900);
        let street = *self.dice.pick(STREETS);
        let post = 10_000 + self.serial() % 90_000;
        format!("{number} {street}, {} {post}", self.words.places[place].city)
    }

    /// A mail address for a name.
    pub fn email(&mut self, name: &str) -> String {
        let plain: String = name
            .to_lowercase()
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c
                } else if c == ' ' {
                    '.'
                } else {
                    'x'
                }
            })
            .collect();
        let serial = self.serial();
        format!("{plain}{serial}@example.{}", self.dice.pick(&["com", "org", "net"]))
    }

    /// A phone number that no network can assign: the part after the calling code begins with zeroes.
    pub fn phone(&mut self, place: usize) -> String {
        let serial = self.serial();
        format!("+{} 00{:02} {:06}", self.words.places[place].calling, serial / 1_000_000 % 100, serial % 1_000_000)
    }

    /// A bank account of nobody.
    pub fn bank(&mut self) -> String {
        format!("SIM{:04}-{:010}", self.dice.between(0, 9999), self.serial())
    }

    /// A wallet of nobody.
    pub fn wallet(&mut self) -> String {
        format!("0x{}", self.dice.hex(40))
    }

    /// A home line nobody else has.
    pub fn home(&mut self, place: usize) -> Way {
        let net = self.household();
        let host = self.dice.below(60_000) + 16;
        way(self.words, place, Line::Home, net, host)
    }

    /// An exit that many strangers share: a carrier's, a VPN's, a hosting firm's.
    pub fn exit(&mut self, place: usize, line: Line) -> Way {
        let pool = match line {
            Line::Mobile => 400,
            Line::Vpn => 120,
            _ => 3000,
        };
        let net = self.dice.below(pool);
        way(self.words, place, line, net, 1 + net % 7)
    }

    /// An ordinary person anywhere; nothing is written yet.
    pub fn person(&mut self) -> Person {
        let place = self.anywhere();
        self.person_in(place)
    }

    /// An ordinary person in a place; nothing is written yet.
    pub fn person_in(&mut self, place: usize) -> Person {
        let (name, origin) = self.name();
        let id = self.subject_id();
        let organisation = (*self.dice.pick(ORGANISATIONS)).to_owned();
        let stage = *self.dice.pick(&["contractor", "contractor", "contractor", "employee", "applicant"]);
        let (created, engaged) = if stage == "applicant" {
            let created = workday(self.dice.between(START + 20, END - 20));
            (created, created)
        } else {
            let engaged = workday(self.dice.between(START - 900, START + 60));
            (engaged - self.dice.between(14, 70), engaged)
        };
        let start = *self.dice.pick(&[7.0, 8.0, 8.0, 8.5, 9.0, 9.0, 9.0, 9.5, 10.0, 11.0]);
        let serial = self.serial();
        let service = format!("{}-sso", organisation.split(' ').next().unwrap_or("org").to_lowercase());
        let volume = (self.dice.bell(2.35, 0.75)).exp().clamp(2.0, 160.0);
        let codes = self.dice.chance(0.3);
        let commits = if codes { self.dice.bell(2.6, 1.0).exp().clamp(1.0, 300.0) } else { 0.0 };
        let account = self.bank();
        Person {
            email: self.email(&name),
            phone: self.phone(place),
            address: self.address(place),
            document: format!("{}{:08}", self.dice.pick(&["A", "C", "E", "L", "N", "X"]), serial % 100_000_000),
            payout: Payout {
                account,
                holder: name.clone(),
                method: *self
                    .dice
                    .pick(&["bank", "bank", "bank", "bank", "bank", "bank", "bank", "bank", "bank", "wise", "wise", "payoneer"]),
                place,
                via: "",
            },
            home: self.home(place),
            device: format!("LT-{serial:x}"),
            mfa: format!("ph-{serial:x}"),
            account: format!("a-{serial:x}"),
            hours: (start, start + 8.0),
            role: *self.dice.pick(ROLES),
            kind: "person",
            id,
            name,
            origin,
            place,
            stage,
            organisation,
            service,
            created,
            engaged,
            volume: if stage == "applicant" { (volume / 8.0).clamp(1.0, 4.0) } else { volume },
            commits: if stage == "applicant" { 0.0 } else { commits },
        }
    }

    /// The person at their own keyboard, with the habits real authors show: some flexible, a few by night, some on weekends.
    pub fn own_hands(&mut self, p: &Person) -> Hands {
        let wander = *self.dice.pick(&[0.4, 0.4, 0.6, 0.8, 1.5, 2.5]);
        let weekend = *self.dice.pick(&[0.0, 0.0, 0.03, 0.03, 0.1, 0.16, 0.3]);
        let mut ways = vec![(p.home.clone(), 1.0)];
        if self.dice.chance(0.3) {
            ways.push((self.exit(p.place, Line::Mobile), 0.12));
        }
        if self.dice.chance(0.2) {
            ways.push((self.office(&p.organisation, p.place), 0.6));
        }
        if self.dice.chance(0.08) {
            let exit = if self.dice.chance(0.6) { p.place } else { self.anywhere() };
            ways.push((self.exit(exit, Line::Vpn), 0.5));
        }
        Hands {
            place: p.place,
            clock: p.place,
            code: p.place,
            hours: p.hours,
            wander,
            weekend,
            ways,
            device: p.device.clone(),
            mfa: p.mfa.clone(),
            ports: "",
            rtt: self.dice.range(8.0, 60.0),
            lag: self.dice.range(8.0, 35.0),
            author: (p.name.clone(), p.email.clone()),
        }
    }

    /// An organisation's office in a place.
    pub fn office(&mut self, organisation: &str, place: usize) -> Way {
        let number = organisation.bytes().fold(7_usize, |sum, b| (sum * 31 + usize::from(b)) & 0x3FFFF);
        way(self.words, place, Line::Office, number, 1)
    }

    /// What an ordinary person brings. Rates of failed checks and of goods sent elsewhere are assumptions, told in the guide.
    pub fn dossier(&mut self, p: &Person) -> Dossier {
        let mut checks = Vec::new();
        for (what, asked, fails) in
            [("identity", 0.8, 0.01), ("bank", 0.6, 0.01), ("employer", 0.45, 0.08), ("school", 0.25, 0.1), ("reference", 0.3, 0.12)]
        {
            if self.dice.chance(asked) {
                let failed = if what == "identity" || what == "bank" { "mismatch" } else { "unreachable" };
                checks.push((what, if self.dice.chance(fails) { failed } else { "confirmed" }));
            }
        }
        let resume = (p.stage == "applicant" || self.dice.chance(0.25)).then(|| {
            let text = self.words.prose(&mut self.dice, "resume");
            let author = if self.dice.chance(0.7) { p.name.clone() } else { String::new() };
            let producer = *self.dice.pick(&[
                "LibreOffice 24.8",
                "Microsoft Word for Microsoft 365",
                "Google Docs Renderer",
                "pdfTeX-1.40.25",
                "Apple Pages 14",
                "WPS Writer",
            ]);
            (format!("{}\n{}\n\n{text}", p.name, self.words.places[p.place].city), author, producer, "")
        });
        let elsewhere = self.dice.chance(0.03);
        let to = if elsewhere { self.address(p.place) } else { p.address.clone() };
        let year = self.dice.between(2004, 2019);
        let school = format!(
            "{} {}",
            self.words.places[self.anywhere()].city,
            self.dice.pick(&["University", "Institute of Technology", "College", "Polytechnic"])
        );
        let employer =
            format!("{} {}", self.dice.pick(STREETS), self.dice.pick(&["Systems", "Software", "Studio", "Cooperative", "Group"]));
        Dossier {
            checks,
            resume,
            ship: (to, p.name.clone()),
            first_seen: p.place,
            issued: matches!(p.stage, "contractor" | "employee") && self.dice.chance(0.7),
            past: vec![("school", school, year), ("employer", employer, year + 3)],
        }
    }
}
