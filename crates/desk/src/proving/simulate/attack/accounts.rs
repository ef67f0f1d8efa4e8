//! Accounts that change hands: rented, bought, and praised by themselves.
//!
//! Must not know any rule.

use super::super::clock::{END, START, day_of};
use super::super::person::{Hands, Payout, Person};
use super::super::sheets::Sheet;
use super::super::world::{Channel, World};
use super::Operator;

/// A freelancer's years-old account is let to somebody else, who pays the owner a share.
pub fn rented_account(w: &mut World<'_>) {
    let crew = w.crew("rented-account");
    let operator = w.operator(&crew);
    let mule = w.mule(operator.place);
    for _ in 0..w.dice.between(1, 4) {
        let mut p = w.persona("contractor");
        "gigwell".clone_into(&mut p.service);
        "Gigwell marketplace".clone_into(&mut p.organisation);
        p.engaged = START - w.dice.between(300, 1500);
        p.created = p.engaged - 3;
        let mut d = w.dossier(&p);
        d.issued = false;
        w.settle(&p, &d);
        let turn = START + w.dice.between(30, 70);
        let owner = w.own_hands(&p);
        w.works(&p, &owner, START, turn - 1);
        let before = p.payout.clone();
        w.paid(&p, &before, START, turn);
        let mut hands = w.hidden_hands(&p, &operator);
        if w.slips(Channel::Device) {
            hands.device.clone_from(&operator.device);
        } else {
            hands.device = format!("fp-{:x}", w.serial());
        }
        if w.slips(Channel::Session) {
            hands.ports = "3389";
        }
        w.works(&p, &hands, turn, END);
        // The rent is paid from what comes in: either the account is changed to the worker's, or the owner passes it on.
        if w.slips(Channel::Payment) {
            w.identified(&p, "payment_account", &mule.account, "payment_profile", &mule.holder, turn);
            w.paid(&p, &mule, turn, END);
        } else {
            w.paid(&p, &before, turn, END);
        }
        if w.slips(Channel::Graph) {
            let at = w.clock.at(p.place, turn + 35, 15.0);
            w.money(&p, "from_subject", (&p.payout.account, &mule.account, &mule.holder), (&mule, 900.0), at, "");
        }
        w.restless(&p, &hands);
        if w.slips(Channel::Conduct) && w.dice.chance(0.4) {
            w.bids(&p, 40, 3, turn, "bidcontact");
        }
        w.misbehaves(&p, &["other_account_requested", "borrow_identity_requested", "off_platform_requested", "camera_refused"], turn + 10);
        w.tell(&p, "rented-account", &operator.id, &crew, Some(turn));
    }
}

/// A code account of long ago is bought, renamed, and another project's history is written under its name.
pub fn dormant_code_account(w: &mut World<'_>) {
    let crew = w.crew("dormant-code-account");
    let operator = w.operator(&crew);
    let mule = w.mule(operator.place);
    let desk = w.desk();
    let (portfolio, pen) = (w.words.prose(&mut w.dice, "resume"), w.email("pen"));
    let mut author = w.person();
    author.stage = "contractor";
    author.commits = 60.0;
    author.engaged = author.engaged.min(START - 200);
    let d = w.dossier(&author);
    w.settle(&author, &d);
    let own = w.own_hands(&author);
    let history: Vec<(String, String, i64)> = (0..30)
        .map(|_| (w.dice.hex(16), w.dice.hex(12), w.clock.at(author.place, START - w.dice.between(400, 900), w.dice.range(9.0, 22.0))))
        .collect();
    for (tree, message, at) in &history {
        w.committed(&author, &own, "tidewater/queue", (tree, message), *at, 0, false);
    }
    w.works(&author, &own, START, END);
    w.tell(&author, "ordinary", "", "", None);
    for _ in 0..w.dice.between(1, 3) {
        let mut p = w.persona("contractor");
        p.commits = 25.0;
        if w.slips(Channel::Payment) {
            p.payout = mule.clone();
        }
        let d = w.false_papers(&p);
        w.settle(&p, &d);
        rewrite(w, &p, &operator, &history, &pen);
        w.desk_contacts(&p, &desk);
        let text = if w.slips(Channel::Paper) { portfolio.clone() } else { w.words.prose(&mut w.dice, "resume") };
        w.document(&p, "portfolio", &text, p.created, ("", "static site", ""));
        let hands = w.hidden_hands(&p, &operator);
        w.works(&p, &hands, p.engaged, END);
        let payout = p.payout.clone();
        w.paid(&p, &payout, p.engaged, END);
        if w.slips(Channel::Graph) {
            w.referred(&author.id.clone(), &p.id, p.place, p.created);
        }
        w.misbehaves(&p, &["biography_mismatch", "local_question_failed"], p.created + 4);
        w.tell(&p, "dormant-code-account", &operator.id, &crew, Some(p.created));
    }
}

fn rewrite(w: &mut World<'_>, p: &Person, operator: &Operator, history: &[(String, String, i64)], pen: &str) {
    let opened = START - w.dice.between(3200, 5200);
    let (old, _) = w.name();
    let account = format!("c-{:x}", w.serial());
    let at = w.clock.at(p.place, opened, 12.0);
    w.sheets.row(Sheet::Accounts).word(&account).word(&p.id).word("gitea").word(&account).text(&old).time(at, 0);
    if w.slips(Channel::Code) {
        let pushed = w.clock.at(operator.place, p.created - 20, 20.0);
        let hands = w.own_hands(p);
        for (index, (tree, message, at)) in history.iter().enumerate().take(24) {
            let later = pushed + i64::try_from(index).unwrap_or(0) * 2 - at;
            w.committed(p, &hands, &format!("{account}/broker"), (tree, message), *at, later, false);
        }
        // Years of work written in an afternoon, dated before the account was opened (SEAL 2026-05-11).
        for _ in 0..w.dice.between(8, 40) {
            let made = w.clock.at(p.place, opened - w.dice.between(100, 900), 13.0);
            let (tree, message) = (w.dice.hex(16), w.dice.hex(12));
            w.committed(p, &hands, &format!("{account}/dotfiles"), (&tree, &message), made, pushed - made, false);
        }
    }
    if w.slips(Channel::Code) && w.dice.chance(0.4) {
        // One pen's mailbox in the repositories of all of the desk's names (SEAL 2026-05-11).
        let own = w.own_hands(p);
        let hands = Hands { author: (p.name.clone(), pen.to_owned()), ..own };
        for _ in 0..4 {
            let day = w.dice.between(p.engaged.max(START), END);
            let at = w.clock.at(operator.place, day, 21.0);
            w.commits(p, &hands, at);
        }
    }
    if w.slips(Channel::Identity) {
        let day = day_of(at).max(START - 400);
        w.claimed(p, "social_profile", "name", &old, day);
        let mail = w.email(&old);
        w.identified(p, "email", &mail, "gitea", &old, day);
    }
}

/// A client pays its own developers small sums and praises them.
pub fn rating_ring(w: &mut World<'_>) {
    let crew = w.crew("rating-ring");
    let operator = w.operator(&crew);
    let mut client = w.persona("client");
    "gigwell".clone_into(&mut client.service);
    client.role = "client";
    client.engaged = client.created;
    client.commits = 0.0;
    client.payout = Payout { method: "payoneer", ..w.mule(operator.place) };
    let mut d = w.dossier(&client);
    d.issued = false;
    d.resume = None;
    w.settle(&client, &d);
    let hands = w.hidden_hands(&client, &operator);
    w.works(&client, &hands, client.engaged, END);
    w.tell(&client, "rating-ring", &operator.id, &crew, Some(client.created));
    let first = client.engaged.max(START) + 10;
    let invoice = w.words.prose(&mut w.dice, "resume");
    for _ in 0..w.dice.between(2, 6) {
        let mut p = w.persona("contractor");
        "gigwell".clone_into(&mut p.service);
        "Gigwell marketplace".clone_into(&mut p.organisation);
        (p.created, p.engaged, p.commits) = (client.created + 1, client.engaged + 1, 0.0);
        if w.slips(Channel::Payment) {
            p.payout = client.payout.clone();
        }
        let mut d = w.dossier(&p);
        d.issued = false;
        w.settle(&p, &d);
        let mut own = w.hidden_hands(&p, &operator);
        if w.slips(Channel::Device) {
            own.device.clone_from(&operator.device);
        }
        w.works(&p, &own, p.engaged, END);
        for job in 0..w.dice.between(2, 5) {
            let at = w.clock.at(operator.place, first + job * 2, 12.0);
            w.sheets.row(Sheet::Reviews).word(&client.id).word(&p.id).time(at, 0).number(5);
            let payout = p.payout.clone();
            w.money(&p, "to_subject", (&client.payout.account, &payout.account, &payout.holder), (&payout, 60.0), at, "");
            if w.slips(Channel::Graph) {
                // The platform's ledger has the client's side as well.
                w.money(&client, "from_subject", (&client.payout.account, &payout.account, &payout.holder), (&payout, 60.0), at, "");
            }
        }
        let careless = w.slips(Channel::Paper);
        // Hundreds of offers, hardly one taken (advisory 2022-05-16: many bids, few accepted).
        let count = if careless { w.dice.between(60, 420) } else { 14 };
        w.bids(&p, count, 1, first, if careless { "bidmill" } else { "bid" });
        w.same_invoice(&p, &invoice);
        w.tell(&p, "rating-ring", &operator.id, &crew, Some(p.created));
    }
}

impl World<'_> {
    /// Offers for work, a few with their text.
    pub fn bids(&mut self, p: &Person, count: i32, won: i32, from: i32, slot: &str) {
        for index in 0..count {
            let day = self.dice.between(from, END);
            let at = self.clock.at(p.place, day, self.dice.range(8.0, 22.0));
            let text = if index % 30 == 0 { self.words.prose(&mut self.dice, slot) } else { String::new() };
            let document = if text.is_empty() { text } else { self.document(p, "bid", &text, day, ("", "", "")) };
            let project = format!("prj-{:x}", self.serial());
            drop(self.sheets.row(Sheet::Bids).word(&p.id).word(&project).time(at, 0).flag(index < won).word(&document));
        }
    }
}
