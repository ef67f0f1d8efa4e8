//! Honest people who share a line, a machine, an account, an address or a text with others.
//!
//! Must not know any rule.

use super::super::attack::money::{BRIDGE, EXCHANGE, TREASURY};
use super::super::clock::{END, START};
use super::super::nets::{Line, way};
use super::super::person::Payout;
use super::super::world::World;

/// A couple in one flat: one line, one tablet, one joint account.
pub fn shared_flat(w: &mut World<'_>) {
    let a = w.settled_person();
    let mut b = w.settled_person_in(a.place);
    b.home = a.home.clone();
    b.address.clone_from(&a.address);
    b.organisation.clone_from(&a.organisation);
    b.service.clone_from(&a.service);
    let joint = Payout { holder: format!("{} and {}", a.name, b.name), ..a.payout.clone() };
    let tablet = format!("tab-{:x}", w.serial());
    let told = w.explained();
    for mut p in [a, b] {
        p.payout = joint.clone();
        w.lives(&p, "shared-flat");
        let mut hands = w.own_hands(&p);
        hands.device.clone_from(&tablet);
        let at = w.clock.at(p.place, START + w.dice.between(10, 90), 19.0);
        let home = p.home.clone();
        w.signs_in(&p, &hands, at, 0.4, &home);
        if told {
            w.verified(&p, "bank", &p.payout.account.clone(), "confirmed", START + 4);
            w.verified(&p, "address", &p.address.clone(), "confirmed", START + 4);
        }
    }
}

/// An agency pays its people from one account and lends them its phone and office.
pub fn staffing_agency(w: &mut World<'_>) {
    let mut v = w.settled_person();
    (v.kind, v.stage) = ("company", "vendor");
    v.name = format!("{} Talent Ltd", w.dice.pick(&["Oakmere", "Rushey", "Mallard", "Northgate", "Thistle"]));
    v.commits = 0.0;
    v.payout = Payout { holder: v.name.clone(), method: "bank", ..v.payout.clone() };
    let mut d = w.dossier(&v);
    d.resume = None;
    d.issued = false;
    d.past.clear();
    d.checks = vec![("bank", "confirmed"), ("address", "confirmed"), ("reference", "confirmed")];
    w.settle(&v, &d);
    w.tell(&v, "staffing-agency", "", "", None);
    let office = w.office(&v.name.clone(), v.place);
    // The agency's own form for hours worked.
    let form = w.words.prose(&mut w.dice, "resume");
    for _ in 0..w.dice.between(3, 8) {
        let mut p = w.settled_person_in(v.place);
        p.stage = "contractor";
        p.organisation.clone_from(&v.name);
        p.payout = v.payout.clone();
        if w.dice.chance(0.5) {
            p.phone.clone_from(&v.phone);
        }
        let mut d = w.dossier(&p);
        if w.explained() {
            d.checks.push(("bank", "confirmed"));
        }
        w.settle(&p, &d);
        let mut hands = w.own_hands(&p);
        hands.ways.push((office.clone(), 0.8));
        w.works(&p, &hands, START, END);
        w.paid(&p, &v.payout.clone(), START, END);
        w.referred(&v.id.clone(), &p.id, p.place, p.created);
        if w.dice.chance(0.3) {
            w.document(&p, "invoice", &format!("{}\n{form}", p.name), START + 30, (&v.name, "LibreOffice 24.8", "agency_hours.ott"));
        }
        w.tell(&p, "staffing-agency", "", "", None);
    }
}

/// Students behind a campus network; two of them once at the library's machine.
pub fn campus(w: &mut World<'_>) {
    let place = w.anywhere();
    let school = w.dice.below(40_000);
    let library = format!("lib-{:x}", w.serial());
    for index in 0..w.dice.between(3, 8) {
        let mut p = w.settled_person_in(place);
        (p.stage, p.role) = ("contractor", "student assistant");
        p.hours = (14.0, 19.0);
        w.lives(&p, "campus");
        let mut hands = w.own_hands(&p);
        hands.ways = (1..4).map(|exit| (way(w.words, place, Line::Campus, school, exit), 1.0)).collect();
        w.works(&p, &hands, START + 20, START + 70);
        if index < 2 {
            hands.device.clone_from(&library);
            let at = w.clock.at(place, START + 40 + index, 15.0);
            let exit = hands.ways[0].0.clone();
            w.signs_in(&p, &hands, at, 0.5, &exit);
        }
    }
}

/// Freelancers who rent desks in one house.
pub fn coworking(w: &mut World<'_>) {
    let place = w.anywhere();
    let house = way(w.words, place, Line::Office, w.dice.below(200_000) + 262_144, 1);
    let address = w.address(place);
    for _ in 0..w.dice.between(3, 7) {
        let mut p = w.settled_person_in(place);
        if w.dice.chance(0.3) {
            p.address.clone_from(&address);
        }
        let d = w.dossier(&p);
        w.settle(&p, &d);
        let mut hands = w.own_hands(&p);
        hands.ways.push((house.clone(), 1.5));
        w.works(&p, &hands, START, END);
        w.paid(&p, &p.payout.clone(), START, END);
        w.tell(&p, "coworking", "", "", None);
    }
}

/// Brothers and sisters at one family computer.
pub fn family_computer(w: &mut World<'_>) {
    let first = w.settled_person();
    let family = first.name.rsplit(' ').next().unwrap_or("").to_owned();
    // Now and then a parent's phone confirms for both.
    let parent = w.dice.chance(0.2);
    for index in 0..2 {
        let mut p = if index == 0 { first.clone() } else { w.settled_person_in(first.place) };
        if index > 0 {
            let given = p.name.split(' ').next().unwrap_or("").to_owned();
            p.name = format!("{given} {family}");
            p.payout.holder.clone_from(&p.name);
            p.home = first.home.clone();
            p.address.clone_from(&first.address);
            p.origin = first.origin;
        }
        p.device.clone_from(&first.device);
        if parent {
            p.mfa.clone_from(&first.mfa);
        }
        let mut d = w.dossier(&p);
        d.issued = false;
        w.settle(&p, &d);
        let hands = w.own_hands(&p);
        w.works(&p, &hands, START, END);
        w.paid(&p, &p.payout.clone(), START, END);
        w.tell(&p, "family-computer", "", "", None);
    }
}

/// Graduates of one evening school, with its template and its two sentences.
pub fn template_resume(w: &mut World<'_>) {
    let lead = w.words.prose(&mut w.dice, "academy");
    for _ in 0..w.dice.between(2, 6) {
        let mut p = w.person();
        p.stage = "applicant";
        p.created = START + w.dice.between(20, 100);
        p.engaged = p.created;
        (p.volume, p.commits) = (2.0, 0.0);
        let mut d = w.dossier(&p);
        let own = w.words.prose(&mut w.dice, "resume");
        d.resume = Some((
            format!("{}\n{lead}\n\n{own}", p.name),
            "Riverside Code Academy".to_owned(),
            "Microsoft Word for Microsoft 365",
            "riverside_graduate.dotx",
        ));
        d.past[0].1 = "Riverside Code Academy".to_owned();
        if w.explained() {
            d.checks.push(("school", "confirmed"));
        }
        w.settle(&p, &d);
        let hands = w.own_hands(&p);
        w.works(&p, &hands, START, END);
        w.ordinary_calls(&p, &hands);
        w.tell(&p, "template-resume", "", "", None);
    }
}

/// Paid in a stablecoin by contract, cashed at an exchange that thousands use.
pub fn stablecoin_contract(w: &mut World<'_>) {
    let mut p = w.settled_person();
    p.stage = "contractor";
    let wallet = w.wallet();
    p.payout = Payout { account: wallet.clone(), holder: p.name.clone(), method: "crypto", place: p.place, via: "" };
    let mut d = w.dossier(&p);
    if w.explained() {
        d.checks.push(("bank", "confirmed"));
    }
    w.settle(&p, &d);
    let hands = w.own_hands(&p);
    w.works(&p, &hands, START, END);
    let own = w.wallet();
    // Some are paid by several projects, some hold their coin on another chain, and anybody may be sent dust.
    let (several, bridges) = (w.dice.chance(0.15), w.dice.chance(0.15));
    if w.dice.chance(0.05) {
        let at = w.clock.at(p.place, START + 50, 3.0);
        w.moved(at, "", super::super::attack::money::MIXER, &wallet, 0.01);
    }
    for (at, sum, transaction) in w.paid(&p, &p.payout.clone(), START, END) {
        w.moved(at, &transaction, TREASURY, &wallet, sum);
        let later = at + i64::from(w.dice.between(30, 200)) * 3600;
        let to = if w.dice.chance(0.6) { EXCHANGE } else { own.as_str() };
        if several {
            let second = w.dice.hex(40);
            w.moved(at + 4000, "", &format!("0x{second}"), &wallet, 2400.0);
        }
        let to = if bridges { BRIDGE } else { to };
        let part = sum * w.dice.range(0.3, 0.9);
        w.moved(later, "", &wallet, to, part);
    }
    if w.dice.chance(0.5) {
        w.observed(&p, "pay_in_crypto_requested", p.engaged.max(START), "payroll");
    }
    w.tell(&p, "stablecoin-contract", "", "", None);
}

/// Freelancers from several countries who stay some weeks in one guest house, on its line.
pub fn guest_house(w: &mut World<'_>) {
    let place = w.anywhere();
    let house = w.home(place);
    let start = START + w.dice.between(0, 60);
    for _ in 0..w.dice.between(3, 6) {
        let p = w.settled_person();
        let d = w.dossier(&p);
        w.settle(&p, &d);
        let own = w.own_hands(&p);
        let (from, to) = (start + w.dice.between(0, 10), start + w.dice.between(14, 50));
        w.works(&p, &own, START, from);
        let mut away = w.own_hands(&p);
        away.ways = vec![(house.clone(), 1.0)];
        w.works(&p, &away, from + 1, to);
        w.works(&p, &own, to + 1, END);
        let payout = p.payout.clone();
        w.paid(&p, &payout, START, END);
        if w.explained() {
            let country = w.words.places[place].country.clone();
            w.claimed(&p, "hr_form", "country", &country, from - 3);
        }
        w.tell(&p, "guest-house", "", "", None);
    }
}
