//! What people do: they sign in, write code, are paid, meet, are sent machines. Each act leaves the rows it would leave.
//!
//! Must not know whether anybody hides anything.

use super::clock::{END, START, day_of, is_weekend, workday};
use super::nets::Way;
use super::person::{Dossier, Hands, Payout, Person};
use super::sheets::Sheet;
use super::world::World;

impl World<'_> {
    /// Writes who somebody is, what was checked and what was issued.
    pub fn settle(&mut self, p: &Person, d: &Dossier) {
        self.enrol(p);
        self.hand_in(p, d);
        for (what, result) in &d.checks {
            let value = match *what {
                "identity" => p.document.clone(),
                "bank" => p.payout.account.clone(),
                "address" => p.address.clone(),
                _ => d.past.iter().find(|(attribute, ..)| attribute == what).map(|(_, value, _)| value.clone()).unwrap_or_default(),
            };
            self.verified(p, what, &value, result, p.created + 6);
        }
        if p.stage == "contractor" || p.stage == "employee" {
            self.engage(p);
        }
        if d.issued {
            self.issue(p, d);
        }
    }

    fn enrol(&mut self, p: &Person) {
        let place = &self.words.places[p.place];
        let created = self.clock.at(p.place, p.created, 11.0);
        let offset = self.clock.offset(p.place, p.created);
        let row = self.sheets.row(Sheet::Subjects).word(&p.id).word(p.kind).text(&p.name).word(p.stage).text(&p.organisation).text(p.role);
        let row = row.word(&place.country).text(&place.city).word(&place.zone).time(created, offset);
        if p.stage == "applicant" {
            drop(row);
        } else {
            drop(row.time(self.clock.at(p.place, p.engaged, 9.0), offset));
        }
        let source = if p.stage == "applicant" { "resume" } else { "hr_form" };
        self.identified(p, "email", &p.email, source, "", p.created);
        self.identified(p, "phone", &p.phone, source, "", p.created);
        self.identified(p, "address", &p.address, "hr_form", &p.name, p.created);
        self.identified(p, "document_number", &p.document, "id_document", &p.name, p.created);
        if p.stage != "applicant" {
            let kind = match p.payout.method {
                "crypto" => "wallet",
                "bank" => "bank_account",
                _ => "payment_account",
            };
            self.identified(p, kind, &p.payout.account, "payment_profile", &p.payout.holder, p.engaged);
        }
        let started = self.clock.at(p.place, p.engaged, 8.0);
        self.sheets.row(Sheet::Accounts).word(&p.account).word(&p.id).text(&p.service).word(&p.account[2..]).text(&p.name).time(started, 0);
    }

    fn hand_in(&mut self, p: &Person, d: &Dossier) {
        let source = if p.stage == "applicant" { "resume" } else { "hr_form" };
        self.claimed(p, source, "name", &p.name, p.created);
        self.claimed(p, "id_document", "name", &p.name, p.created + 2);
        for (attribute, value, year) in &d.past {
            let seen = self.clock.at(p.place, p.created, 12.0);
            let row = self.sheets.row(Sheet::Claims).word(&p.id).word("resume").word(attribute).text(value);
            drop(row.word(&format!("{year}-09-01")).none().time(seen, 0));
        }
        if let Some((text, author, producer, template)) = &d.resume {
            self.document(p, "resume", text, p.created - 2, (author, producer, template));
        }
    }

    /// A statement about somebody.
    pub fn claimed(&mut self, p: &Person, source: &str, attribute: &str, value: &str, day: i32) {
        let at = self.clock.at(p.place, day, 12.0);
        let row = self.sheets.row(Sheet::Claims).word(&p.id).word(source).word(attribute).text(value);
        drop(row.none().none().time(at, 0));
    }

    /// A value that others might share.
    pub fn identified(&mut self, p: &Person, kind: &str, value: &str, source: &str, holder: &str, day: i32) {
        let at = self.clock.at(p.place, day, 12.0);
        drop(self.sheets.row(Sheet::Identifiers).word(&p.id).word(kind).text(value).word(source).text(holder).time(at, 0));
    }

    /// A check and its result.
    pub fn verified(&mut self, p: &Person, what: &str, value: &str, result: &str, day: i32) {
        let at = self.clock.at(p.place, workday(day), 14.0);
        drop(self.sheets.row(Sheet::Verifications).word(&p.id).word(what).text(value).word(result).word("hr").time(at, 0));
    }

    /// What somebody saw a subject do.
    pub fn observed(&mut self, p: &Person, code: &str, day: i32, by: &str) {
        let at = self.clock.at(p.place, workday(day), 15.0);
        drop(self.sheets.row(Sheet::Observations).word(&p.id).word(code).time(at, 0).text(by));
    }

    /// A paper: `made` is author, producer, template.
    pub fn document(&mut self, p: &Person, kind: &str, text: &str, day: i32, made: (&str, &str, &str)) -> String {
        let id = format!("d{:x}", self.serial());
        let at = self.clock.at(p.place, day, 13.0);
        let offset = self.clock.offset(p.place, day);
        let row = self.sheets.row(Sheet::Documents).word(&id).word(&p.id).word(kind).text(text).time(at, offset);
        drop(row.text(made.0).text(made.1).text(made.2));
        id
    }

    /// A scan or picture of an identity document, as its program wrote it.
    pub fn scanned(&mut self, p: &Person, image: &str, producer: &str) {
        let id = format!("d{:x}", self.serial());
        let at = self.clock.at(p.place, p.created, 13.0);
        let row = self.sheets.row(Sheet::Documents).word(&id).word(&p.id).word("id_scan").none().time(at, 0);
        drop(row.none().text(producer).none().word(image));
    }

    /// An ordinary person's scan, when one was asked for; one in a hundred was cut to size with an image editor.
    pub fn scanned_now_and_then(&mut self, p: &Person) {
        if self.dice.chance(0.3) {
            let image = self.dice.hex(16);
            let edited = self.dice.chance(0.01);
            let usual = *self.dice.pick(&["Canon iR-ADV", "iOS Camera", "Adobe Scan", ""]);
            self.scanned(p, &image, if edited { "GIMP 3.0" } else { usual });
        }
    }

    /// Skills as the résumé dates them; with the chance `wrong` one is older than the thing itself.
    pub fn skilled(&mut self, p: &Person, wrong: f64) {
        const SINCE: [(&str, i32); 6] =
            [("react", 2014), ("kubernetes", 2016), ("flutter", 2019), ("typescript", 2013), ("rust", 2016), ("swift", 2015)];
        let early = self.dice.chance(wrong);
        for _ in 0..2 {
            let (skill, since) = *self.dice.pick(&SINCE);
            let year = if early { since - 5 } else { self.dice.between(since, 2025) };
            let seen = self.clock.at(p.place, p.created, 12.0);
            let row = self.sheets.row(Sheet::Claims).word(&p.id).word("resume").word("skill").word(skill);
            drop(row.word(&format!("{year}-03-01")).none().time(seen, 0));
        }
    }

    /// One person brought in another.
    pub fn referred(&mut self, from: &str, to: &str, place: usize, day: i32) {
        let at = self.clock.at(place, day, 10.0);
        drop(self.sheets.row(Sheet::Referrals).word(from).word(to).time(at, 0));
    }

    fn engage(&mut self, p: &Person) {
        let from = self.clock.at(p.place, p.engaged, p.hours.0);
        let offset = self.clock.offset(p.place, p.engaged);
        let row = self.sheets.row(Sheet::Engagements).word(&p.id).text(&p.organisation).text(p.role).time(from, offset).none().number(40);
        drop(row.word(&self.words.places[p.place].zone).word(&hour_text(p.hours.0)).word(&hour_text(p.hours.1)));
    }

    fn issue(&mut self, p: &Person, d: &Dossier) {
        let sent = self.clock.at(p.place, p.engaged - 5, 11.0);
        let seen = self.clock.at(d.first_seen, p.engaged, self.dice.range(8.5, 11.0));
        let zone = &self.words.places[d.first_seen].zone;
        let serial = self.dice.hex(8);
        let row = self.sheets.row(Sheet::Devices).word(&p.device).word(&p.id).time(sent, 0).time(seen, 0).word(&serial);
        drop(row.word(&format!("ws-{serial}")).word(zone).flag(true));
        let row = self.sheets.row(Sheet::Shipments).word(&p.id).time(sent, 0).word("laptop").text(&d.ship.0).text(&d.ship.1);
        drop(row.word("out").word("delivered"));
        let (vendor, product, name) = *self.dice.pick(&[
            ("046d", "c52b", "USB Receiver"),
            ("413c", "301a", "Dell MS116 Mouse"),
            ("17ef", "6099", "USB Keyboard"),
            ("0b0e", "2475", "Jabra Link"),
        ]);
        self.plugged(&p.device, seen + 3600, "usb", (vendor, product, ""), ("", name));
        if self.dice.chance(0.4) {
            let (name, publisher, path) = *self.dice.pick(&[
                ("Firefox", "Mozilla", "C:\\Program Files\\Mozilla Firefox\\firefox.exe"),
                ("7-Zip", "Igor Pavlov", "C:\\Program Files\\7-Zip\\7zFM.exe"),
                ("Zoom Workplace", "Zoom", "C:\\Program Files\\Zoom\\bin\\Zoom.exe"),
                ("Visual Studio Code", "Microsoft", "C:\\Program Files\\Microsoft VS Code\\Code.exe"),
            ]);
            self.installed(&p.device, name, publisher, path, seen + 7200);
        }
    }

    /// Something was plugged in or seen: ids are vendor, product, serial; names are manufacturer, product.
    pub fn plugged(&mut self, device: &str, at: i64, bus: &str, ids: (&str, &str, &str), names: (&str, &str)) {
        let row = self.sheets.row(Sheet::Peripherals).word(device).time(at, 0).word(bus).word(ids.0).word(ids.1).text(ids.2);
        drop(row.text(names.0).text(names.1));
    }

    /// A program was found on a machine.
    pub fn installed(&mut self, device: &str, name: &str, publisher: &str, path: &str, at: i64) {
        let row = self.sheets.row(Sheet::Software).word(device).text(name).text(publisher).text(path).time(at, 0);
        drop(row.time(at + 86_400, 0));
    }

    /// Signs in and commits over some days as these hands do.
    #[allow(clippy::cast_possible_truncation)]
    pub fn works(&mut self, p: &Person, hands: &Hands, from: i32, to: i32) {
        let (from, to) = (from.max(START).max(if p.stage == "applicant" { p.created } else { p.engaged }), to.min(END));
        if from > to {
            return;
        }
        let share = f64::from(to - from + 1) / f64::from(END - START + 1);
        let share = if p.stage == "applicant" { 1.0 } else { share };
        for _ in 0..(p.volume * share).round().max(1.0) as usize {
            let day = self.day(hands, from, to);
            let hour = self.dice.bell(hands.hours.0, hands.wander).clamp(0.0, 30.0);
            let at = self.clock.at(hands.place, day, hour);
            let way = self.choose(&hands.ways);
            let length = self.dice.range(0.3, 1.0) * (hands.hours.1 - hands.hours.0).abs().max(1.0);
            self.signs_in(p, hands, at, length, &way);
        }
        for _ in 0..(p.commits * share).round() as usize {
            let day = self.day(hands, from, to);
            let hour =
                self.dice.bell(f64::midpoint(hands.hours.0, hands.hours.1), (hands.hours.1 - hands.hours.0) / 3.2 + hands.wander * 0.5);
            let at = self.clock.at(hands.place, day, hour);
            self.commits(p, hands, at);
        }
    }

    fn day(&mut self, hands: &Hands, from: i32, to: i32) -> i32 {
        let day = self.dice.between(from, to + 1);
        if is_weekend(day) && !self.dice.chance(hands.weekend * 2.5) {
            let back = day - self.dice.between(2, 6);
            return if back < from { workday(day).min(to) } else { back };
        }
        day
    }

    fn choose(&mut self, ways: &[(Way, f64)]) -> Way {
        let total: f64 = ways.iter().map(|(_, weight)| weight).sum();
        let mut left = self.dice.unit() * total;
        for (way, weight) in ways {
            left -= weight;
            if left <= 0.0 {
                return way.clone();
            }
        }
        ways[0].0.clone()
    }

    /// One sign-in of `length` hours.
    #[allow(clippy::cast_possible_truncation)]
    pub fn signs_in(&mut self, p: &Person, hands: &Hands, at: i64, length: f64, way: &Way) {
        let exit = &self.words.places[way.place];
        let fails = self.dice.chance(0.02);
        let near = self.dice.range(-0.05, 0.05);
        let row = self.sheets.row(Sheet::SignIns).word(&p.id).word(&p.account).word(&p.service).time(at, 0);
        let row = if fails { row.none() } else { row.time(at + (length * 3600.0) as i64, 0) };
        let row = row.word(&way.ip).word(&hands.device).word(&hands.mfa).word(&self.words.places[hands.clock].zone);
        let row = row.word(if fails { "failure" } else { "success" }).word(&exit.country);
        let row = row.hundredths(exit.latitude + near).hundredths(exit.longitude + near).word(hands.ports);
        drop(row.hundredths(hands.rtt).hundredths(hands.lag));
    }

    /// One commit, with the habits measured in real authors: most are committed when written, one in seven later, one in
    /// eight through a web page that writes UTC.
    pub fn commits(&mut self, p: &Person, hands: &Hands, at: i64) {
        let tree = self.dice.hex(16);
        let message = self.dice.hex(12);
        let repository = format!("{}/{}", p.service.trim_end_matches("-sso"), self.dice.pick(&["core", "portal", "rates", "infra", "app"]));
        let later = if self.dice.chance(0.14) { i64::from(self.dice.between(60, 200_000)) } else { 0 };
        let web = p.serial_parity() && self.dice.chance(0.3);
        self.committed(p, hands, &repository, (&tree, &message), at, later, web);
    }

    /// One commit of a given tree and message.
    #[allow(clippy::too_many_arguments)]
    pub fn committed(&mut self, p: &Person, hands: &Hands, repository: &str, what: (&str, &str), at: i64, later: i64, web: bool) {
        let offset = if web { 0 } else { self.clock.offset(hands.code, day_of(at)) };
        let sha = self.dice.hex(16);
        let row =
            self.sheets.row(Sheet::Commits).word(&p.id).word(repository).word(&sha).word(what.0).time(at, offset).time(at + later, offset);
        drop(row.text(&hands.author.0).word(&hands.author.1).word(if web { "noreply@github.com" } else { &hands.author.1 }).word(what.1));
    }

    /// Monthly pay over some days; gives instant, amount and transaction of each.
    pub fn paid(&mut self, p: &Person, payout: &Payout, from: i32, to: i32) -> Vec<(i64, f64, String)> {
        let amount = f64::from(self.dice.between(1800, 7800));
        let mut made = Vec::new();
        for month in 0..4 {
            let day = START + 22 + month * 30;
            if day < from.max(p.engaged) || day > to || p.stage == "applicant" {
                continue;
            }
            let at = self.clock.at(p.place, workday(day), 12.0) + i64::from(self.dice.between(0, 7200));
            let sum = amount + f64::from(self.dice.between(-3, 4)) * 40.0;
            let transaction = if payout.method == "crypto" { format!("0x{}", self.dice.hex(64)) } else { String::new() };
            let payer = format!("{}-payroll", p.service);
            self.money(p, "to_subject", (&payer, &payout.account, &payout.holder), (payout, sum), at, &transaction);
            made.push((at, sum, transaction));
        }
        made
    }

    /// One payment row: `who` is payer account, payee account, payee name.
    pub fn money(&mut self, p: &Person, direction: &str, who: (&str, &str, &str), how: (&Payout, f64), at: i64, transaction: &str) {
        let id = format!("p{:x}", self.serial());
        let (payout, sum) = how;
        let row = self.sheets.row(Sheet::Payments).word(&id).word(&p.id).time(at, 0).word(direction).hundredths(sum);
        let row = row.word(if payout.method == "crypto" { "USDC" } else { "USD" }).word(payout.method).text(who.0).text(who.1).text(who.2);
        drop(row.word(&self.words.places[payout.place].country).text(payout.via).none().word(transaction));
    }

    /// A stablecoin moved.
    pub fn moved(&mut self, at: i64, transaction: &str, from: &str, to: &str, amount: f64) {
        self.coin(at, transaction, from, to, ("USDC", amount, amount));
    }

    /// Coin moved: asset, amount, value in USD.
    pub fn coin(&mut self, at: i64, transaction: &str, from: &str, to: &str, (asset, amount, usd): (&str, f64, f64)) {
        let block = 21_000_000 + (at - 1_760_000_000) / 12;
        let transaction = if transaction.is_empty() { format!("0x{}", self.dice.hex(64)) } else { transaction.to_owned() };
        let row = self
            .sheets
            .row(Sheet::Transfers)
            .word("ethereum")
            .time(at, 0)
            .number(block)
            .word(&transaction)
            .number(i64::from(self.dice.between(1, 200)));
        drop(row.word(from).word(to).word(asset).hundredths(amount).hundredths(usd));
    }

    /// A call: `camera` is on, off, failed or refused.
    #[allow(clippy::too_many_arguments)] // who, when, through what and how it looked
    pub fn meets(&mut self, p: &Person, kind: &str, day: i32, hour: f64, through: (&Way, &str), camera: (&str, &str), shown: &str) {
        let at = self.clock.at(p.place, workday(day), hour);
        let offset = self.clock.offset(p.place, day);
        let row = self.sheets.row(Sheet::Meetings).word(&p.id).time(at, offset).word(kind).word(&through.0.ip).word(through.1);
        drop(row.text(camera.1).text(shown).word(camera.0));
    }

    /// A few ordinary calls: an interview for newcomers and work calls now and then.
    pub fn ordinary_calls(&mut self, p: &Person, hands: &Hands) {
        if p.created > START - 60 {
            let browser = format!("mt-{:x}", self.serial());
            let camera = self.camera(0.04);
            self.meets(p, "interview", p.created + 5, 11.0, (&p.home, &browser), camera, &p.name);
        }
        if p.stage != "applicant" && self.dice.chance(0.4) {
            for _ in 0..self.dice.between(1, 4) {
                let day = self.dice.between(START.max(p.engaged), END);
                let camera = self.camera(0.2);
                self.meets(p, "work", day, p.hours.0 + 2.0, (&p.home, &hands.device), camera, &p.name);
            }
        }
    }

    fn camera(&mut self, off: f64) -> (&'static str, &'static str) {
        if self.dice.chance(off) {
            (*self.dice.pick(&["off", "off", "failed"]), "")
        } else {
            if self.dice.chance(0.02) {
                return ("on", "OBS Virtual Camera");
            }
            ("on", *self.dice.pick(&["Integrated Camera", "HD Webcam C270", "FaceTime HD Camera", "USB2.0 HD UVC WebCam"]))
        }
    }

    /// An event of an audit log.
    #[allow(clippy::too_many_arguments)]
    pub fn audited(&mut self, p: &Person, at: i64, action: &str, object: &str, ip: &str, bytes: i64, destination: &str) {
        let row =
            self.sheets.row(Sheet::AuditEvents).word(&p.id).time(at, 0).word(&p.service).word(action).text(object).word(ip).word(&p.device);
        drop(row.number(bytes).number(1).text(destination));
    }
}

impl Person {
    /// Every second person also edits code on a web page.
    #[must_use]
    pub fn serial_parity(&self) -> bool {
        self.account.bytes().last().is_some_and(|b| b & 1 == 1)
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn hour_text(hour: f64) -> String {
    let minutes = (hour.rem_euclid(24.0) * 60.0).round() as u32;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}
