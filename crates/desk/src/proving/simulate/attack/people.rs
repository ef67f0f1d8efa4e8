//! People who are not who was met: the résumé factory, the sub-contractor, the stand-in, and the leaver who extorts.
//!
//! Must not know any rule.

use super::super::clock::{END, START};
use super::super::nets::Line;
use super::super::person::{Hands, Payout, Person};
use super::super::sheets::Sheet;
use super::super::world::{Channel, World};

/// One desk sends many applications under many names.
pub fn resume_factory(w: &mut World<'_>) {
    let crew = w.crew("resume-factory");
    let operator = w.operator(&crew);
    // Each desk has a text of its own, with the phrases that all of them use.
    let mill =
        format!("{} {} {}", w.words.prose(&mut w.dice, "mill"), w.words.prose(&mut w.dice, "resume"), w.words.prose(&mut w.dice, "resume"));
    let shared = w.desk();
    let desk = w.exit(operator.place, Line::Hosting);
    let mut last = String::new();
    let start = START + w.dice.between(20, 90);
    for index in 0..w.dice.between(4, 8) {
        let mut p = w.persona("applicant");
        p.created = super::super::clock::workday(start + index);
        p.engaged = p.created;
        let mut d = w.false_papers(&p);
        if w.slips(Channel::Paper) {
            d.resume = Some((
                format!("{}\n\n{mill}", p.name),
                if index % 2 == 0 { shared.writer.clone() } else { p.name.clone() },
                "WPS Writer",
                "fullstack_v9.dotx",
            ));
        }
        if w.slips(Channel::Paper) {
            d.checks.push(("employer", "denied"));
        }
        w.settle(&p, &d);
        let mut hands = w.hidden_hands(&p, &operator);
        if w.slips(Channel::Place) {
            hands.ways = vec![(operator.home.clone(), 1.0)];
        } else if w.slips(Channel::Session) {
            hands.ways = vec![(desk.clone(), 1.0)];
        }
        if w.slips(Channel::Device) {
            hands.device.clone_from(&operator.device);
        }
        w.works(&p, &hands, START, END);
        let browser = if w.slips(Channel::Device) { operator.device.clone() } else { format!("mt-{:x}", w.serial()) };
        let camera = if w.slips(Channel::Conduct) {
            ("failed", "")
        } else {
            ("on", if w.slips(Channel::Device) { "ManyCam Virtual Webcam" } else { "Integrated Camera" })
        };
        let way = hands.ways[0].0.clone();
        w.meets(&p, "interview", p.created + 4, 10.0, (&way, &browser), camera, &p.name);
        w.desk_contacts(&p, &shared);
        w.desk_papers(&p, &shared);
        w.misbehaves(&p, &["local_question_failed", "camera_refused", "biography_mismatch", "reads_from_script"], p.created + 4);
        if w.slips(Channel::Graph) && !last.is_empty() {
            w.referred(&last, &p.id, p.place, p.created);
        }
        last.clone_from(&p.id);
        w.tell(&p, "resume-factory", &operator.id, &crew, Some(p.created));
    }
}

/// The one who was engaged hands the work to somebody else and keeps a part.
pub fn subcontractor_swap(w: &mut World<'_>) {
    let crew = w.crew("subcontractor-swap");
    let operator = w.operator(&crew);
    let worker = w.mule(operator.place);
    for _ in 0..w.dice.between(1, 3) {
        let mut p = w.persona("contractor");
        p.commits = 20.0;
        let d = w.dossier(&p);
        w.settle(&p, &d);
        let turn = p.engaged.max(START) + w.dice.between(15, 40);
        let own = w.own_hands(&p);
        w.works(&p, &own, p.engaged, turn);
        let mut hands = w.hidden_hands(&p, &operator);
        if w.slips(Channel::Device) {
            hands.device.clone_from(&operator.device);
            hands.mfa = format!("ph-{:x}", w.serial());
        }
        if w.slips(Channel::Code) {
            let (other, _) = w.name();
            hands.author = (other.clone(), w.email(&other));
        }
        w.works(&p, &hands, turn + 1, END);
        w.in_shifts(&p, &hands, turn + 1);
        let payout = p.payout.clone();
        for (at, sum, _) in w.paid(&p, &payout, p.engaged, END) {
            if at > w.clock.at(p.place, turn, 0.0) && w.slips(Channel::Payment) {
                w.money(&p, "from_subject", (&payout.account, &worker.account, &worker.holder), (&worker, sum * 0.6), at + 90_000, "");
            }
        }
        if w.slips(Channel::Place) {
            let at = w.clock.at(p.place, turn, 12.0);
            let to = w.address(operator.place);
            w.sheets
                .row(Sheet::Shipments)
                .word(&p.id)
                .time(at, 0)
                .word("laptop")
                .text(&to)
                .text(&worker.holder)
                .word("out")
                .word("redirected");
        }
        w.misbehaves(&p, &["other_person_on_call", "unreachable_in_hours", "task_not_done", "cannot_work_agreed_hours"], turn + 8);
        w.tell(&p, "subcontractor-swap", &operator.id, &crew, Some(turn));
    }
}

/// A fluent stand-in passes the interviews; somebody else comes to work.
pub fn stand_in_interviewee(w: &mut World<'_>) {
    let crew = w.crew("stand-in-interviewee");
    let operator = w.operator(&crew);
    let broker = w.mule(operator.place);
    let (stand_in, _) = w.name();
    let far = w.anywhere();
    let talker = w.home(far);
    let desk = w.desk();
    for _ in 0..w.dice.between(1, 4) {
        let mut p = w.persona("contractor");
        if w.slips(Channel::Payment) {
            p.payout = broker.clone();
        }
        let mut d = w.false_papers(&p);
        if w.slips(Channel::Place) {
            d.first_seen = operator.place;
        }
        w.settle(&p, &d);
        let line = if w.slips(Channel::Place) { talker.clone() } else { p.home.clone() };
        let browser = format!("mt-{:x}", w.serial());
        let shown = if w.slips(Channel::Conduct) && w.dice.chance(0.3) { stand_in.clone() } else { p.name.clone() };
        for round in 0..2 {
            w.meets(&p, "interview", p.created + 4 + round * 4, 11.0, (&line, &browser), ("on", "Integrated Camera"), &shown);
        }
        let hands = w.hidden_hands(&p, &operator);
        let way = hands.ways[0].0.clone();
        for round in 0..3 {
            let camera =
                if w.slips(Channel::Conduct) { (*w.dice.pick(&["off", "failed", "refused"]), "") } else { ("on", "Integrated Camera") };
            w.meets(&p, "work", p.engaged.max(START) + 7 + round * 12, 10.0, (&way, &p.device), camera, &p.name);
        }
        w.works(&p, &hands, p.engaged, END);
        let payout = p.payout.clone();
        w.paid(&p, &payout, p.engaged, END);
        if w.slips(Channel::Conduct) {
            w.verified(&p, "liveness", "first day against the interview", "mismatch", p.engaged + 20);
        }
        w.desk_papers(&p, &desk);
        w.misbehaves(&p, &["virtual_camera", "reads_from_script"], p.created + 4);
        w.misbehaves(&p, &["other_person_on_call", "camera_refused"], p.engaged + 12);
        w.tell(&p, "stand-in-interviewee", &operator.id, &crew, Some(p.created));
    }
}

/// Takes the code before leaving, then asks for money.
pub fn extorting_leaver(w: &mut World<'_>) {
    let crew = w.crew("extorting-leaver");
    let operator = w.operator(&crew);
    let mut mule = w.mule(operator.place);
    let mut p = w.persona("contractor");
    let mut d = w.false_papers(&p);
    d.issued = true;
    if w.slips(Channel::Place) {
        d.ship.0 = w.address(p.place);
    }
    w.settle(&p, &d);
    let hands = w.hidden_hands(&p, &operator);
    let end = START + w.dice.between(70, 100);
    w.works(&p, &hands, p.engaged, end);
    let payout = p.payout.clone();
    w.paid(&p, &payout, p.engaged, end - 40);
    if w.slips(Channel::Payment) {
        for change in 0..2 {
            mule.account = w.bank();
            w.identified(&p, "bank_account", &mule.account, "payment_profile", &mule.holder, end - 30 + change * 9);
            let at = w.clock.at(p.place, end - 26 + change * 9, 12.0);
            w.money(&p, "to_subject", ("expenses", &mule.account, &mule.holder), (&mule, 420.0), at, "");
        }
        p.payout = Payout { ..mule.clone() };
    }
    let payout = p.payout.clone();
    w.paid(&p, &payout, end - 39, end);
    small_charges(w, &p, end);
    let ip = hands.ways[0].0.ip.clone();
    if w.slips(Channel::Session) {
        for step in 0..w.dice.between(8, 40) {
            let at = w.clock.at(operator.place, end - 9, 22.0) + i64::from(step) * 240;
            let bytes = i64::from(w.dice.between(50_000_000, 900_000_000));
            let (action, destination) = if step % 3 == 0 { ("file.upload", "personal-drive.example.net") } else { ("git.clone", "") };
            w.audited(&p, at, action, "core", &ip, bytes, destination);
        }
    }
    w.misbehaves(&p, &["asks_access_beyond_task", "coworker_data_requested"], end - 40);
    w.misbehaves(&p, &["threatens_disclosure", "pay_in_crypto_requested", "unreachable_in_hours"], end + 2);
    let back = w.clock.at(p.place, end + 6, 12.0);
    let far = w.address(operator.place);
    if w.slips(Channel::Place) {
        let status = *w.dice.pick(&["refused", "not_returned", "wiped", "returned_from_elsewhere"]);
        w.sheets.row(Sheet::Shipments).word(&p.id).time(back, 0).word("laptop").text(&far).text(&mule.holder).word("back").word(status);
    } else {
        w.sheets
            .row(Sheet::Shipments)
            .word(&p.id)
            .time(back, 0)
            .word("laptop")
            .text(&p.address)
            .text(&p.name)
            .word("back")
            .word("returned");
    }
    w.tell(&p, "extorting-leaver", &operator.id, &crew, Some(p.created));
}

/// Many small charges on a card of the firm before the end (advisory 2022-05-16: small unauthorised charges).
fn small_charges(w: &mut World<'_>, p: &Person, end: i32) {
    if !(w.slips(Channel::Payment) && w.dice.chance(0.3)) {
        return;
    }
    let card = Payout { method: "card", ..p.payout.clone() };
    for step in 0..w.dice.between(8, 24) {
        let at = w.clock.at(p.place, end - 45 + step * 2, 20.0);
        let sum = w.dice.range(60.0, 480.0);
        w.money(p, "to_subject", ("firm-card", "online shop", "online shop"), (&card, sum), at, "");
    }
    w.misbehaves(p, &["small_charge_disputed"], end - 20);
}

impl World<'_> {
    /// Several people write under one name by turns, so that no night is left (SentinelLABS 2025-05-15; advisory 2022-05-16: work
    /// around the clock).
    fn in_shifts(&mut self, p: &Person, hands: &Hands, from: i32) {
        if !(self.slips(Channel::Code) && self.dice.chance(0.4)) {
            return;
        }
        for _ in 0..self.dice.between(140, 260) {
            let day = self.dice.between(from, END);
            let at = self.clock.at(hands.place, day, self.dice.range(0.0, 24.0));
            self.commits(p, hands, at);
        }
    }
}
