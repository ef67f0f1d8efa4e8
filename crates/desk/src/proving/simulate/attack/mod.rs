//! Concealed stories: hidden hands that live somewhere else and work through personas, and the crews around them.
//!
//! Must not know any rule. What leaks follows from where the hands sit, whose machine they use and who is paid; how often it
//! leaks is one table of care ([`World::slips`]).

pub mod accounts;
pub mod hardware;
pub mod money;
pub mod people;
pub mod traces;
pub mod vendor;

use super::clock::START;
use super::nets::{Line, Way};
use super::person::{Dossier, Hands, Payout, Person};
use super::world::{Channel, World};

/// A pair of hidden hands: where they sit, with what, at which hours.
#[derive(Debug, Clone)]
pub struct Operator {
    /// Key in truth.csv.
    pub id: String,
    /// Where the body is.
    pub place: usize,
    /// Their line.
    pub home: Way,
    /// The rented exit they use first.
    pub exit: Way,
    /// Their own machine.
    pub device: String,
}

impl World<'_> {
    /// Hidden hands in one of the places from which published cases were worked.
    pub fn operator(&mut self, crew: &str) -> Operator {
        let place = self.behind();
        let home = self.home(place);
        let somewhere = self.anywhere();
        let line = if self.dice.chance(0.6) { Line::Vpn } else { Line::Hosting };
        let serial = self.serial();
        Operator { id: format!("{crew}/{serial:x}"), place, home, exit: self.exit(somewhere, line), device: format!("fp-{serial:x}") }
    }

    /// These hands behind this persona. Clock and exits betray them as far as they are careless; otherwise they keep the
    /// persona's hours and go out through a line in the persona's own place.
    pub fn hidden_hands(&mut self, p: &Person, operator: &Operator) -> Hands {
        let clock = self.slips(Channel::Clock);
        let session = self.slips(Channel::Session);
        let ways = if session {
            vec![(operator.exit.clone(), 0.75), (operator.home.clone(), if self.care == 0 { 0.25 } else { 0.03 })]
        } else {
            vec![(p.home.clone(), 1.0)]
        };
        let shown = if clock && self.dice.chance(0.7) { operator.place } else { p.place };
        Hands {
            place: if clock { operator.place } else { p.place },
            clock: shown,
            code: if clock { operator.place } else { p.place },
            hours: if clock { (self.dice.range(8.0, 10.0), self.dice.range(18.0, 21.0)) } else { p.hours },
            wander: self.dice.range(0.4, 1.5),
            weekend: if clock { 0.25 } else { 0.03 },
            ways,
            device: p.device.clone(),
            mfa: p.mfa.clone(),
            ports: "",
            rtt: if session { self.dice.range(140.0, 320.0) } else { self.dice.range(10.0, 60.0) },
            lag: if session { self.dice.range(140.0, 260.0) } else { self.dice.range(10.0, 35.0) },
            author: (p.name.clone(), p.email.clone()),
        }
    }

    /// A persona somebody will work: engaged shortly before or in the watched time.
    pub fn persona(&mut self, stage: &'static str) -> Person {
        let place = self.anywhere();
        self.persona_in(place, stage)
    }

    /// The same in a place.
    pub fn persona_in(&mut self, place: usize, stage: &'static str) -> Person {
        let mut p = self.person_in(place);
        p.stage = stage;
        p.engaged = super::clock::workday(self.dice.between(START - 60, START + 45));
        p.created = p.engaged - self.dice.between(10, 40);
        p.volume = self.dice.bell(2.6, 0.7).exp().clamp(4.0, 160.0);
        if stage == "applicant" {
            p.created = super::clock::workday(self.dice.between(START + 20, START + 95));
            p.engaged = p.created;
            p.volume = f64::from(self.dice.between(1, 4));
            p.commits = 0.0;
        }
        p
    }

    /// A persona's papers: checks that were made go wrong as far as the papers are careless.
    pub fn false_papers(&mut self, p: &Person) -> Dossier {
        let mut d = self.dossier(p);
        for (what, result) in &mut d.checks {
            if matches!(*what, "employer" | "school" | "reference") && self.slips(Channel::Paper) {
                *result = if self.dice.chance(0.5) { "denied" } else { "unreachable" };
            }
        }
        d
    }

    /// The stranger who receives a crew's pay.
    pub fn mule(&mut self, place: usize) -> Payout {
        let (holder, _) = self.name();
        Payout { account: self.bank(), holder, method: *self.dice.pick(&["bank", "payoneer", "wise"]), place, via: "" }
    }

    /// How somebody with something to hide behaves towards people, one kind each with the chance of a slip; what has a reason
    /// comes again (advisory 2022-05-16 says of most of these that they happen repeatedly).
    pub fn misbehaves(&mut self, p: &Person, codes: &[&str], day: i32) {
        for (index, code) in codes.iter().enumerate() {
            if self.slips(Channel::Conduct) && self.dice.chance(0.6) {
                for time in 0..self.dice.between(1, 5) {
                    self.observed(p, code, day + i32::try_from(index).unwrap_or(0) * 6 + time * 9, "team lead");
                }
            }
        }
    }
}
