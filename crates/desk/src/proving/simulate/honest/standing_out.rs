//! Honest people whose hours, places, names, machines or history are unusual.
//!
//! Must not know any rule.

use super::super::clock::{END, START, day_of};
use super::super::nets::Line;
use super::super::person::Payout;
use super::super::world::World;

/// Travels for months and works through a VPN from cafés; tells whoever asks.
pub fn nomad(w: &mut World<'_>) {
    let p = w.settled_person();
    let d = w.dossier(&p);
    w.settle(&p, &d);
    let base = w.own_hands(&p);
    let told = w.explained();
    for leg in 0..3 {
        let place = if leg == 0 { p.place } else { w.anywhere() };
        let from = START + leg * 40;
        let mut hands = base.clone();
        (hands.place, hands.clock, hands.code) = (place, place, place);
        let tunnel = w.anywhere();
        let vpn = w.exit(tunnel, Line::Vpn);
        hands.ways = vec![(w.home(place), 1.0), (vpn, 0.8), (w.exit(place, Line::Mobile), 0.4)];
        w.works(&p, &hands, from + i32::from(leg > 0), from + 38);
        if told {
            let country = w.words.places[place].country.clone();
            w.claimed(&p, "hr_form", "country", &country, from - 5);
            w.verified(&p, "location", &country, "confirmed", from - 4);
        }
    }
    w.paid(&p, &p.payout.clone(), START, END);
    w.tell(&p, "nomad", "", "", None);
}

/// Works nights by agreement, because the day belongs to somebody who needs care.
pub fn night_shift(w: &mut World<'_>) {
    let mut p = w.settled_person();
    let night = (w.dice.range(20.0, 23.5).round(), 6.0 + w.dice.range(22.0, 24.0).round());
    let agreed = w.explained();
    if agreed {
        p.hours = night;
    }
    let d = w.dossier(&p);
    w.settle(&p, &d);
    let mut hands = w.own_hands(&p);
    hands.hours = night;
    w.works(&p, &hands, START, END);
    w.paid(&p, &p.payout.clone(), START, END);
    if agreed {
        w.claimed(&p, "hr_form", "work_hours", "22:00-06:00", p.engaged);
    }
    w.tell(&p, "night-shift", "", "", None);
}

/// An engineer with a rack at home and an IP-KVM for it, on the same network as the company's laptop.
pub fn home_lab(w: &mut World<'_>) {
    let mut p = w.settled_person();
    (p.role, p.stage) = ("systems engineer", "employee");
    let mut d = w.dossier(&p);
    d.issued = true;
    w.settle(&p, &d);
    let hands = w.own_hands(&p);
    w.works(&p, &hands, START, END);
    w.paid(&p, &p.payout.clone(), START, END);
    let at = w.clock.at(p.place, START + 20, 10.0);
    let name = *w.dice.pick(&["pikvm.local", "jetkvm.local", "nanokvm.local"]);
    let row = w
        .sheets
        .row(super::super::sheets::Sheet::Peripherals)
        .word(&p.device)
        .time(at, 0)
        .word("network")
        .none()
        .none()
        .none()
        .none()
        .none();
    drop(row.word("dc:a6:32:00:53:0c").word(name));
    if w.explained() {
        w.verified(&p, "device", "own rack shown on a call", "confirmed", START + 24);
        w.verified(&p, "location", "own rack shown on a call", "confirmed", START + 24);
    }
    w.tell(&p, "home-lab", "", "", None);
}

/// A second, declared job in the evening.
pub fn moonlighter(w: &mut World<'_>) {
    let p = w.settled_person();
    w.lives(&p, "moonlighter");
    let other = w.person();
    // Three of ten have two whole jobs, and both employers know.
    let hours = if w.dice.chance(0.3) { 32 } else { 10 };
    let from = w.clock.at(p.place, START - 90, 17.5);
    let row = w
        .sheets
        .row(super::super::sheets::Sheet::Engagements)
        .word(&p.id)
        .text(&other.organisation)
        .text("part-time developer")
        .time(from, 0)
        .none()
        .number(hours);
    drop(row.word(&w.words.places[p.place].zone).word("17:30").word("19:30"));
    let mut evening = p.clone();
    evening.volume = 8.0;
    evening.commits = 0.0;
    evening.service.clone_from(&other.service);
    evening.account = format!("a-{:x}", w.serial());
    let mut hands = w.own_hands(&evening);
    hands.hours = (17.6, 19.5);
    hands.device = format!("own-{:x}", w.serial());
    w.works(&evening, &hands, START, END);
    w.paid(&evening, &p.payout.clone(), START, END);
    if w.explained() {
        w.verified(&p, "employer", &other.organisation, "confirmed", START - 80);
    }
}

/// A new name after a wedding, a divorce or a change of one's own: papers bear two for a while.
pub fn name_change(w: &mut World<'_>) {
    let mut p = w.settled_person();
    let (other, _) = w.name();
    let given = p.name.split(' ').next().unwrap_or("").to_owned();
    let new = format!("{given} {}", other.rsplit(' ').next().unwrap_or(""));
    let day = START + w.dice.between(20, 80);
    let d = w.dossier(&p);
    w.settle(&p, &d);
    let mut hands = w.own_hands(&p);
    w.works(&p, &hands, START, day);
    w.paid(&p, &p.payout.clone(), START, day);
    for source in ["id_document", "hr_form", "payment_profile"] {
        w.claimed(&p, source, "name", &new, day);
    }
    let mail = w.email(&new);
    w.identified(&p, "email", &mail, "hr_form", &new, day);
    p.payout.holder.clone_from(&new);
    w.identified(&p, "bank_account", &p.payout.account.clone(), "payment_profile", &new, day + 9);
    hands.author = (new.clone(), mail);
    w.works(&p, &hands, day + 1, END);
    w.paid(&p, &p.payout.clone(), day + 1, END);
    if w.explained() {
        w.verified(&p, "identity", &new, "confirmed", day + 1);
        w.verified(&p, "bank", &p.payout.account.clone(), "confirmed", day + 10);
    }
    w.tell(&p, "name-change", "", "", None);
}

/// Just moved to another country: a number from before, a digital bank, two addresses in a year.
pub fn newcomer(w: &mut World<'_>) {
    let mut p = w.settled_person();
    p.payout.method = "wise";
    let before = w.anywhere();
    p.phone = w.phone(before);
    w.lives(&p, "newcomer");
    let country = w.words.places[before].country.clone();
    w.claimed(&p, "social_profile", "country", &country, p.created - 90);
    let phone = w.phone(p.place);
    w.identified(&p, "phone", &phone, "hr_form", &p.name.clone(), START + 20);
    let address = w.address(p.place);
    w.identified(&p, "address", &address, "hr_form", &p.name.clone(), START + 50);
    if w.dice.chance(0.2) {
        // A borrowed number, then a prepaid one, then a contract.
        for step in 0..2 {
            let phone = w.phone(p.place);
            w.identified(&p, "phone", &phone, "hr_form", &p.name.clone(), START + 26 + step * 9);
        }
    }
    if w.dice.chance(0.2) {
        for time in 0..3 {
            w.observed(&p, "low_quality_document", p.created + time, "onboarding");
        }
    }
    if w.explained() {
        w.verified(&p, "identity", "residence permit", "confirmed", START - 20);
        w.verified(&p, "address", &p.address.clone(), "confirmed", START - 20);
    }
}

/// An old code account, a pause of ten years, old work brought over from another system.
pub fn returning_hobbyist(w: &mut World<'_>) {
    let mut p = w.settled_person();
    p.commits = 25.0;
    let opened = START - w.dice.between(4000, 5400);
    let account = format!("c-{:x}", w.serial());
    let at = w.clock.at(p.place, opened, 12.0);
    w.sheets.row(super::super::sheets::Sheet::Accounts).word(&account).word(&p.id).word("gitea").word(&account).text(&p.name).time(at, 0);
    let hands = w.own_hands(&p);
    for index in 0..30 {
        // Some of it was written before the account was opened, and imported then.
        let at = w.clock.at(p.place, opened - 300 + index * 30, w.dice.range(18.0, 23.0));
        let later = if day_of(at) < opened { i64::from(opened - day_of(at) + 2) * 86_400 } else { 0 };
        let (tree, message) = (w.dice.hex(16), w.dice.hex(12));
        w.committed(&p, &hands, &format!("{account}/synth"), (&tree, &message), at, later, false);
    }
    w.lives(&p, "returning-hobbyist");
}

/// Keeps a copy of other people's repositories in the firm's own place, history and all.
pub fn mirror_keeper(w: &mut World<'_>) {
    let mut author = w.settled_person();
    author.commits = 20.0;
    let p = w.settled_person();
    let own = w.own_hands(&author);
    for _ in 0..20 {
        let (tree, message) = (w.dice.hex(16), w.dice.hex(12));
        let at = w.clock.at(author.place, START - w.dice.between(60, 500), w.dice.range(9.0, 20.0));
        w.committed(&author, &own, "quarry/parser", (&tree, &message), at, 0, false);
        // Rebased onto another branch by the keeper: the author stays the author, the committer is the keeper.
        let hands = w.own_hands(&p);
        let as_author = super::super::person::Hands { author: own.author.clone(), ..hands };
        w.committed(&author, &as_author, "mirror/parser", (&tree, &message), at, 4_000_000, false);
    }
    w.lives(&author, "mirror-keeper");
    w.lives(&p, "mirror-keeper");
}

/// Will not be on camera, for reasons that are nobody's business; and says so.
pub fn camera_shy(w: &mut World<'_>) {
    let p = w.settled_person();
    w.lives(&p, "camera-shy");
    for round in 0..3 {
        w.meets(&p, "work", START + 15 + round * 30, 11.0, (&p.home.clone(), &p.device.clone()), ("off", ""), &p.name.clone());
    }
    w.observed(&p, "camera_refused", START + 16, "team lead");
    if w.explained() {
        w.verified(&p, "liveness", "met in person", "confirmed", START + 30);
    }
}

/// Moved house while the laptop was on its way, so it went to a parent's address.
pub fn moved_house(w: &mut World<'_>) {
    let mut p = w.settled_person();
    p.engaged = START + w.dice.between(-20, 40);
    p.created = p.engaged - 25;
    let mut d = w.dossier(&p);
    d.issued = true;
    let parent = w.address(p.place);
    let (family, _) = w.name();
    d.ship = (parent, family);
    w.settle(&p, &d);
    let hands = w.own_hands(&p);
    w.works(&p, &hands, p.engaged, END);
    w.paid(&p, &p.payout.clone(), p.engaged, END);
    w.observed(&p, "ship_elsewhere_requested", p.engaged - 6, "it");
    if w.dice.chance(0.3) {
        w.observed(&p, "cannot_receive_at_address", p.engaged - 6, "it");
    }
    let address = w.address(p.place);
    w.identified(&p, "address", &address, "hr_form", &p.name.clone(), p.engaged + 20);
    if w.explained() {
        w.verified(&p, "address", &address, "confirmed", p.engaged + 25);
    }
    w.tell(&p, "moved-house", "", "", None);
}

/// A release engineer who moves more bytes in a night than others in a year.
pub fn build_engineer(w: &mut World<'_>) {
    let mut p = w.settled_person();
    (p.role, p.stage) = ("release engineer", "employee");
    w.lives(&p, "build-engineer");
    let ip = p.home.ip.clone();
    for step in 0..30 {
        let at = w.clock.at(p.place, START + 60, 22.0) + i64::from(step) * 300;
        let bytes = i64::from(w.dice.between(50_000_000, 900_000_000));
        w.audited(&p, at, "git.clone", "core", &ip, bytes, "");
    }
}

/// Sends most of the pay to the family in another country; some are paid straight into a relative's account there.
pub fn sends_pay_home(w: &mut World<'_>) {
    let mut p = w.settled_person();
    let home = w.anywhere();
    let (relative, _) = w.name();
    let account = Payout { account: w.bank(), holder: relative, method: "bank", place: home, via: "" };
    let straight = w.dice.chance(0.15);
    if straight {
        p.payout = account.clone();
    }
    let d = w.dossier(&p);
    w.settle(&p, &d);
    let hands = w.own_hands(&p);
    w.works(&p, &hands, START, END);
    let payout = p.payout.clone();
    let share = w.dice.range(0.2, 0.95);
    for (at, sum, _) in w.paid(&p, &payout, START, END) {
        if !straight {
            let after = i64::from(w.dice.between(4, 90)) * 3600;
            w.money(&p, "from_subject", (&payout.account, &account.account, &account.holder), (&account, sum * share), at + after, "");
        }
    }
    if w.explained() {
        let country = w.words.places[home].country.clone();
        w.claimed(&p, "hr_form", "family_country", &country, p.engaged.max(START));
        w.verified(&p, "bank", &account.account.clone(), "confirmed", START + 30);
    }
    w.tell(&p, "sends-pay-home", "", "", None);
}

/// Dresses up the past, as about one applicant in six does, and does the work alone: an employer or school denies it, a text or its
/// sentences are bought where others buy theirs, answers are read out.
pub fn embellisher(w: &mut World<'_>) {
    let mut p = w.person();
    p.stage = "applicant";
    let mut d = w.dossier(&p);
    if w.dice.chance(0.5) {
        d.checks.push((if w.dice.chance(0.6) { "employer" } else { "school" }, "denied"));
    }
    if w.dice.chance(0.3) {
        let bought = w.words.prose(&mut w.dice, "mill");
        d.resume = Some((format!("{}\n\n{bought}", p.name), p.name.clone(), "Microsoft Word", "modern.dotx"));
    }
    w.settle(&p, &d);
    let hands = w.own_hands(&p);
    w.works(&p, &hands, START, END);
    w.ordinary_calls(&p, &hands);
    for code in ["biography_mismatch", "reads_from_script", "local_question_failed"] {
        if w.dice.chance(0.15) {
            w.observed(&p, code, p.created + 5, "interviewer");
        }
    }
    w.tell(&p, "embellisher", "", "", None);
}
