//! A supplier nobody can find, with several workers behind one rack.
//!
//! Must not know any rule.

use super::super::clock::{END, START};
use super::super::nets::Line;
use super::super::sheets::Sheet;
use super::super::world::{Channel, World};

/// A studio on paper sells developers who share a phone, an account and a server.
pub fn shell_vendor(w: &mut World<'_>) {
    let crew = w.crew("shell-vendor");
    let operator = w.operator(&crew);
    let mut v = w.persona("vendor");
    v.kind = "company";
    v.name = format!(
        "{} {} Studio",
        w.dice.pick(&["Bright", "Blue", "Silver", "Star", "Swift"]),
        w.dice.pick(&["Quay", "Harbour", "Pixel", "Bridge", "Field"])
    );
    v.commits = 0.0;
    let account = w.mule(v.place);
    v.payout = account.clone();
    let mut d = w.dossier(&v);
    d.resume = None;
    d.issued = false;
    d.past.clear();
    d.checks = vec![("bank", "mismatch"), ("reference", if w.slips(Channel::Paper) { "denied" } else { "unreachable" })];
    if w.slips(Channel::Place) {
        w.sheets.row(Sheet::Places).text(&v.address).word("mail_drop").word("simulated directory");
    }
    w.settle(&v, &d);
    w.misbehaves(
        &v,
        &["cold_contact_services", "prepayment_requested", "company_not_found", "website_defunct", "invoice_disputed"],
        v.created,
    );
    w.tell(&v, "shell-vendor", &operator.id, &crew, Some(v.created));
    let rack = w.exit(operator.place, Line::Hosting);
    let desk = w.desk();
    let invoice = w.words.prose(&mut w.dice, "resume");
    for number in 0..w.dice.between(2, 6) {
        let mut p = w.persona("contractor");
        p.organisation.clone_from(&v.name);
        if w.slips(Channel::Payment) {
            p.payout = account.clone();
        }
        if w.slips(Channel::Identity) {
            p.phone.clone_from(&v.phone);
        }
        let mut d = w.false_papers(&p);
        d.issued = false;
        w.settle(&p, &d);
        let mut hands = w.hidden_hands(&p, &operator);
        if w.slips(Channel::Session) {
            hands.ways = vec![(rack.clone(), 1.0)];
        }
        if w.slips(Channel::Place) {
            hands.ways = vec![(operator.home.clone(), 1.0)];
        }
        hands.device = if w.slips(Channel::Device) { operator.device.clone() } else { format!("fp-{:x}", w.serial()) };
        w.works(&p, &hands, p.engaged, END);
        let payout = p.payout.clone();
        w.paid(&p, &payout, p.engaged.max(START), END);
        if w.slips(Channel::Graph) {
            w.referred(&v.id.clone(), &p.id, p.place, p.created);
        }
        w.desk_contacts(&p, &desk);
        w.same_invoice(&p, &invoice);
        w.built_alike(&p, "studio-node", number);
        w.misbehaves(&p, &["own_device_requested", "camera_refused"], p.engaged + 5);
        w.tell(&p, "shell-vendor", &operator.id, &crew, Some(p.engaged));
    }
}
