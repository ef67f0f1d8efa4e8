//! What several concealed stories leave behind besides their own plot: a desk's shared papers and contacts, a second phone,
//! a machine that is never shut, coin that takes a detour. Each line names where the habit is known from.
//!
//! Must not know any rule.

use super::super::clock::{END, START};
use super::super::nets::Line;
use super::super::person::{Hands, Person};
use super::super::sheets::Sheet;
use super::super::world::{Channel, World};

/// What one desk uses for all of its personas.
#[derive(Debug, Clone)]
pub struct Desk {
    /// A mailbox behind several names.
    mailbox: String,
    /// Somebody who vouches for all, under whatever name is asked.
    referee: String,
    /// One picture of an identity document, its text exchanged.
    scan: String,
    /// One profile picture.
    picture: String,
    /// The name that its office program writes into files.
    pub writer: String,
}

impl World<'_> {
    /// A desk's things.
    pub fn desk(&mut self) -> Desk {
        let (referee, _) = self.name();
        let (writer, _) = self.name();
        Desk { mailbox: self.email(&writer), referee: self.email(&referee), scan: self.dice.hex(16), picture: self.dice.hex(16), writer }
    }

    /// Contacts a desk uses again: one mailbox and one picture behind several names, one referee for all (FBI PSA250123
    /// 2025-01-23: shared contact data; Mandiant UNC5267 2024-09-23: references that lead back; SEAL 2026-05-11: pictures).
    pub fn desk_contacts(&mut self, p: &Person, desk: &Desk) {
        if self.slips(Channel::Identity) && self.dice.chance(0.4) {
            self.identified(p, "email", &desk.mailbox, "platform_profile", "", p.created);
        }
        if self.slips(Channel::Identity) && self.dice.chance(0.4) {
            let (shown, _) = self.name();
            self.identified(p, "email", &desk.referee, "reference", &shown, p.created + 1);
        }
        if self.slips(Channel::Identity) && self.dice.chance(0.3) {
            self.identified(p, "photo_hash", &desk.picture, "platform_profile", "", p.created);
        }
    }

    /// Papers of a desk: one document image under several names, edited (advisory 2022-05-16: forged and altered documents;
    /// FBI PSA240516), poor on purpose, and a past that other sources tell differently (FBI/ROK PSA231018).
    pub fn desk_papers(&mut self, p: &Person, desk: &Desk) {
        if self.slips(Channel::Paper) && self.dice.chance(0.5) {
            let image = if self.dice.chance(0.5) { desk.scan.clone() } else { self.dice.hex(16) };
            let producer = if self.dice.chance(0.5) { "Adobe Photoshop 26.1" } else { "Canon iR-ADV" };
            self.scanned(p, &image, producer);
        } else {
            self.scanned_now_and_then(p);
        }
        if self.slips(Channel::Paper) && self.dice.chance(0.3) {
            let school = format!("{} Institute of Science", self.words.places[self.words.homes[0]].city);
            self.claimed(p, "social_profile", "school", &school, p.created - 30);
            let year = self.dice.between(1984, 2001);
            self.claimed(p, "social_profile", "birth_date", &format!("{year}-04-11"), p.created - 30);
            self.claimed(p, "id_document", "birth_date", &format!("{}-09-02", year - 4), p.created + 2);
        }
        let careless = self.slips(Channel::Paper);
        self.skilled(p, if careless { 0.25 } else { 0.01 });
        self.misbehaves(p, &["low_quality_document", "forged_document", "required_step_refused"], p.created + 3);
    }

    /// The second factor of several accounts on one phone, where somebody else keeps it (advisory 2022-05-16: accounts with
    /// shared recovery and factors; Mandiant UNC5267).
    pub fn one_phone(&mut self, hands: &mut Hands, phone: &str) {
        if self.slips(Channel::Identity) && self.dice.chance(0.5) {
            phone.clone_into(&mut hands.mfa);
        }
    }

    /// A machine that nobody ever shuts, because the hands are far from its lid (advisory 2022-05-16: signed in for one or more
    /// days without a break).
    pub fn never_shut(&mut self, p: &Person, hands: &Hands) {
        if !(self.slips(Channel::Session) && self.dice.chance(0.5)) {
            return;
        }
        for _ in 0..self.dice.between(2, 6) {
            let day = self.dice.between(p.engaged.max(START), END - 4);
            let at = self.clock.at(hands.place, day, hands.hours.0);
            let length = self.dice.range(26.0, 90.0);
            let way = hands.ways[0].0.clone();
            self.signs_in(p, hands, at, length, &way);
        }
    }

    /// Exits changed several times within a day (advisory 2022-05-16: several signings-in from various addresses in a short
    /// time, of different countries).
    pub fn restless(&mut self, p: &Person, hands: &Hands) {
        if !(self.slips(Channel::Session) && self.dice.chance(0.4)) {
            return;
        }
        for _ in 0..self.dice.between(2, 5) {
            let day = self.dice.between(p.engaged.max(START), END);
            for step in 0..self.dice.between(4, 7) {
                let place = self.anywhere();
                let line = if self.dice.chance(0.7) { Line::Vpn } else { Line::Hosting };
                let exit = self.exit(place, line);
                let at = self.clock.at(hands.place, day, 9.0 + f64::from(step) * 1.5);
                self.signs_in(p, hands, at, 0.8, &exit);
            }
        }
    }

    /// New numbers and mailboxes one after another once contact is made (advisory 2022-05-16: contact data that keeps changing).
    pub fn changes_contacts(&mut self, p: &Person) {
        if !(self.slips(Channel::Identity) && self.dice.chance(0.4)) {
            return;
        }
        let from = p.engaged.max(START);
        for step in 0..self.dice.between(2, 4) {
            let place = self.anywhere();
            let phone = self.phone(place);
            self.identified(p, "phone", &phone, "hr_form", "", from + 4 + step * 8);
        }
    }

    /// The machine comes back from elsewhere, wiped, or not at all (FBI PSA240516; Unit 42 2024-11-13).
    pub fn keeps_machine(&mut self, p: &Person, day: i32) {
        if !(self.slips(Channel::Place) && self.dice.chance(0.3)) {
            return;
        }
        let at = self.clock.at(p.place, day.min(END), 12.0);
        let status = *self.dice.pick(&["not_returned", "not_returned", "wiped", "returned_from_elsewhere"]);
        drop(
            self.sheets
                .row(Sheet::Shipments)
                .word(&p.id)
                .time(at, 0)
                .word("laptop")
                .text(&p.address)
                .text(&p.name)
                .word("back")
                .word(status),
        );
    }

    /// The same papers for money under several names (advisory 2022-05-16: copied invoices and contracts).
    pub fn same_invoice(&mut self, p: &Person, text: &str) {
        if self.slips(Channel::Paper) && self.dice.chance(0.5) {
            self.document(p, "invoice", &format!("{}\n{text}", p.name), p.engaged.max(START) + 20, ("", "LibreOffice 24.8", ""));
        }
    }

    /// Machines set up one like the other, one for each account (SEAL 2026-05-11; Mandiant UNC5267).
    pub fn built_alike(&mut self, p: &Person, pattern: &str, number: i32) {
        if self.slips(Channel::Device) {
            let seen = self.clock.at(p.place, p.engaged.max(START) + 1, 9.0);
            let device = format!("vm-{:x}", self.serial());
            let row = self.sheets.row(Sheet::Devices).word(&device).word(&p.id).none().time(seen, 0).none();
            drop(row.word(&format!("{pattern}-{number:02}")).none().flag(false));
        }
    }
}
