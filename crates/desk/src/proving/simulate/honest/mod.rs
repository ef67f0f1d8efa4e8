//! People who hide nothing and look as if they did: each shares one trait with a concealed story, for a reason of its own.
//!
//! Must not know any rule. Explanations were checked by somebody in about seven of ten cases, as in life.

pub mod sharing;
pub mod standing_out;

use super::clock::{END, START};
use super::person::{Dossier, Person};
use super::world::World;

impl World<'_> {
    /// Writes an honest person's ordinary life with the person's own hands; for stories that change only a trait.
    pub fn lives(&mut self, p: &Person, family: &str) {
        let d = self.dossier(p);
        self.settle(p, &d);
        let hands = self.own_hands(p);
        self.works(p, &hands, START, END);
        self.ordinary_calls(p, &hands);
        let payout = p.payout.clone();
        self.paid(p, &payout, START, END);
        self.tell(p, family, "", "", None);
    }

    /// Whether somebody looked into an odd thing and wrote down what it was.
    pub fn explained(&mut self) -> bool {
        self.dice.chance(0.7)
    }

    /// Engaged well before the watched time.
    pub fn settled_person(&mut self) -> Person {
        let place = self.anywhere();
        self.settled_person_in(place)
    }

    /// The same in a place.
    pub fn settled_person_in(&mut self, place: usize) -> Person {
        let mut p = self.person_in(place);
        if p.stage == "applicant" {
            p.stage = "contractor";
            p.volume = self.dice.bell(2.4, 0.7).exp().clamp(3.0, 120.0);
        }
        p.engaged = p.engaged.min(START - 30);
        p.created = p.created.min(p.engaged - 20);
        p
    }

    /// An ordinary person, with the small irregularities of ordinary lives.
    pub fn ordinary(&mut self) {
        if self.dice.chance(0.1) {
            return self.freelancer();
        }
        let mut p = self.person();
        let d = self.dossier(&p);
        if self.dice.chance(0.02) {
            // Paid into a husband's, wife's or parent's account.
            let (holder, _) = self.name();
            p.payout.holder = holder;
        }
        self.settle(&p, &d);
        let hands = self.own_hands(&p);
        if self.dice.chance(0.08) {
            self.travels(&p, &hands);
        } else {
            self.works(&p, &hands, START, END);
        }
        self.ordinary_calls(&p, &hands);
        self.ordinary_traces(&p, &d);
        let payout = p.payout.clone();
        self.paid(&p, &payout, START, END);
        if self.dice.chance(0.03) {
            let code = *self.dice.pick(&[
                "task_not_done",
                "unreachable_in_hours",
                "off_platform_requested",
                "local_question_failed",
                "low_quality_document",
                "contact_changed",
                "camera_refused",
                "cannot_work_agreed_hours",
                "own_device_requested",
                "pay_in_crypto_requested",
            ]);
            let day = self.dice.between(p.engaged.max(START), END + 1);
            // Seven times of ten once, else for a while.
            let times = if self.dice.chance(0.7) { 1 } else { self.dice.between(2, 5) };
            for time in 0..times {
                self.observed(&p, code, day + time * 8, "team lead");
            }
        }
        if self.dice.chance(0.05) {
            let phone = self.phone(p.place);
            let day = self.dice.between(p.engaged.max(START), END + 1);
            self.identified(&p, "phone", &phone, "hr_form", "", day);
        }
        self.tell(&p, "ordinary", "", "", None);
    }

    /// An ordinary freelancer on a platform: bids with words of their own, wins some, is rated by several clients.
    fn freelancer(&mut self) {
        let mut p = self.settled_person();
        p.stage = "contractor";
        "gigwell".clone_into(&mut p.service);
        "Gigwell marketplace".clone_into(&mut p.organisation);
        let mut d = self.dossier(&p);
        d.issued = false;
        self.settle(&p, &d);
        let mut hands = self.own_hands(&p);
        if self.dice.chance(0.3) {
            // What the platform's scan of ports finds on home lines: mostly a router's own page, now and then a remote desktop.
            hands.ports = *self.dice.pick(&["443", "80|443", "443", "8080", "443", "80", "443", "22|443", "443", "3389"]);
        }
        self.works(&p, &hands, START, END);
        let payout = p.payout.clone();
        self.paid(&p, &payout, START, END);
        // One in twenty is new there and writes offer after offer in vain; one in ten puts a mail address into each.
        let eager = self.dice.chance(0.05);
        let bids = if eager { self.dice.between(90, 260) } else { self.dice.between(4, 40) };
        let won = if eager { self.dice.between(0, 3) } else { self.dice.between(1, 1 + bids / 3) };
        let slot = if self.dice.chance(0.1) { "bidcontact" } else { "bid" };
        self.bids(&p, bids, won, START, slot);
        for _ in 0..self.dice.between(0, 5) {
            let day = self.dice.between(START, END);
            let at = self.clock.at(p.place, day, 12.0);
            let client = format!("cl-{:x}", self.dice.below(4000));
            let score = *self.dice.pick(&[5, 5, 5, 4, 4, 3]);
            self.sheets.row(super::sheets::Sheet::Reviews).word(&client).word(&p.id).time(at, 0).number(score);
        }
        self.tell(&p, "ordinary", "", "", None);
    }

    /// What ordinary people leave as well: skills in a résumé, a scan, small downloads, a tool to help one's parents with, a
    /// laptop that comes back late. The rates are assumptions.
    fn ordinary_traces(&mut self, p: &Person, d: &Dossier) {
        if d.resume.is_some() {
            self.skilled(p, 0.01);
        }
        self.scanned_now_and_then(p);
        if p.stage == "employee" && self.dice.chance(0.15) {
            let ip = p.home.ip.clone();
            for _ in 0..self.dice.between(3, 9) {
                let day = self.dice.between(p.engaged.max(START), END + 1);
                let at = self.clock.at(p.place, day, 14.0);
                let bytes = i64::from(self.dice.between(200_000, 60_000_000));
                self.audited(p, at, "git.clone", "core", &ip, bytes, "");
            }
        }
        if d.issued && self.dice.chance(0.01) {
            let at = self.clock.at(p.place, p.engaged + 30, 19.0);
            self.installed(&p.device, "TeamViewer", "TeamViewer", "C:\\Program Files\\TeamViewer\\TeamViewer.exe", at);
            if self.dice.chance(0.2) {
                self.installed(&p.device, "AnyDesk", "AnyDesk Software GmbH", "C:\\Program Files\\AnyDesk\\AnyDesk.exe", at + 86_400);
            }
        }
        if d.issued && self.dice.chance(0.02) {
            let at = self.clock.at(p.place, END - 2, 12.0);
            let status = if self.dice.chance(0.15) { "not_returned" } else { "returned" };
            let row =
                self.sheets.row(super::sheets::Sheet::Shipments).word(&p.id).time(at, 0).word("laptop").text(&p.address).text(&p.name);
            drop(row.word("back").word(status));
        }
    }

    /// A week or two somewhere else, told in advance six times of ten.
    fn travels(&mut self, p: &Person, hands: &super::person::Hands) {
        let away = self.anywhere();
        let from = self.dice.between(START + 10, END - 25);
        let to = from + self.dice.between(4, 14);
        self.works(p, hands, START, from - 1);
        let mut there = hands.clone();
        there.place = away;
        there.clock = if self.dice.chance(0.7) { away } else { p.place };
        there.code = there.clock;
        there.ways = vec![(self.home(away), 1.0), (self.exit(away, super::nets::Line::Mobile), 0.3)];
        self.works(p, &there, from + 1, to);
        self.works(p, hands, to + 2, END);
        if self.dice.chance(0.6) {
            let country = self.words.places[away].country.clone();
            self.claimed(p, "hr_form", "country", &country, from - 9);
            self.verified(p, "location", &country, "confirmed", from - 8);
        }
    }
}
