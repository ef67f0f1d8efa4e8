//! Machines that are not where they should be: the laptop farm and the laptop shipped on.
//!
//! Must not know any rule.

use super::super::clock::END;
use super::super::nets::Line;
use super::super::sheets::Sheet;
use super::super::world::{Channel, World};

const BOXES: [(&str, &str, &str, &str, &str); 4] = [
    ("1d6b", "0104", "CAFEBABE", "PiKVM", "PiKVM Composite KVM Device"),
    ("1d6b", "0104", "6b65796d696d6570690", "tinypilot", "Multifunction USB Device"),
    ("1d6b", "0104", "", "JetKVM", "JetKVM USB Emulation Device"),
    ("1d6b", "0104", "", "GL.iNet", "Comet KVM"),
];

/// A host keeps laptops of several workers in a spare room; the hands reach them over the network.
pub fn laptop_farm(w: &mut World<'_>) {
    let crew = w.crew("laptop-farm");
    let place = w.anywhere();
    let (host, _) = w.name();
    let room = w.address(place);
    let line = w.home(place);
    let mule = w.mule(place);
    let phone = format!("ph-{:x}", w.serial());
    for _ in 0..w.dice.between(3, 7) {
        let operator = w.operator(&crew);
        let home = w.near(place);
        let mut p = w.persona_in(home, "contractor");
        if w.slips(Channel::Payment) {
            p.payout = mule.clone();
        }
        let mut d = w.false_papers(&p);
        d.issued = true;
        let shared_room = w.slips(Channel::Place);
        if shared_room {
            d.ship = (room.clone(), if w.dice.chance(0.5) { host.clone() } else { p.name.clone() });
            p.home = line.clone();
            w.misbehaves(&p, &["ship_elsewhere_requested"], p.engaged - 7);
        }
        w.settle(&p, &d);
        let mut hands = w.hidden_hands(&p, &operator);
        hands.ways = vec![(p.home.clone(), 1.0)];
        hands.clock = p.place;
        hands.rtt = w.dice.range(10.0, 50.0);
        let day = w.clock.at(place, p.engaged, 10.0);
        if w.slips(Channel::Device) {
            let (vendor, product, serial, maker, name) = *w.dice.pick(&BOXES);
            w.plugged(&p.device, day, "usb", (vendor, product, serial), (maker, name));
        }
        if w.slips(Channel::Device) {
            let (name, publisher, path) = *w.dice.pick(&[
                ("AnyDesk", "AnyDesk Software GmbH", "C:\\Users\\Public\\AnyDesk.exe"),
                ("RustDesk", "RustDesk", "C:\\Users\\Public\\rustdesk.exe"),
                ("TeamViewer", "TeamViewer", "C:\\Program Files\\TeamViewer\\TeamViewer.exe"),
            ]);
            w.installed(&p.device, name, publisher, path, day + 3600);
            if w.dice.chance(0.4) {
                // A second way in, should the first one fail (Mandiant UNC5267: several remote tools on one machine).
                w.installed(&p.device, "Splashtop", "Splashtop Inc.", "C:\\Program Files\\Splashtop\\srmanager.exe", day + 7200);
            }
            if w.dice.chance(0.4) {
                w.installed(&p.device, "Caffeine", "Zhorn Software", "C:\\Users\\Public\\caffeine64.exe", day + 5400);
            }
        }
        w.one_phone(&mut hands, &phone);
        w.works(&p, &hands, p.engaged, END);
        w.never_shut(&p, &hands);
        let payout = p.payout.clone();
        w.paid(&p, &payout, p.engaged, END);
        w.misbehaves(&p, &["camera_refused", "unreachable_in_hours", "cannot_receive_at_address"], p.engaged + 15);
        w.keeps_machine(&p, END - 3);
        w.tell(&p, "laptop-farm", &operator.id, &crew, Some(p.engaged));
    }
}

/// The company's laptop goes to a forwarder and on to another country.
pub fn reshipped_laptop(w: &mut World<'_>) {
    let crew = w.crew("reshipped-laptop");
    let operator = w.operator(&crew);
    let place = w.anywhere();
    let shop = w.address(place);
    w.sheets.row(Sheet::Places).text(&shop).word("forwarder").word("simulated directory");
    let mule = w.mule(operator.place);
    for _ in 0..w.dice.between(1, 4) {
        let home = w.near(place);
        let mut p = w.persona_in(home, "contractor");
        if w.slips(Channel::Payment) {
            p.payout = mule.clone();
        }
        let mut d = w.false_papers(&p);
        d.issued = true;
        let forwarded = w.slips(Channel::Place);
        if forwarded {
            d.ship = (shop.clone(), format!("{} / Suite {}", p.name, w.dice.between(100, 4000)));
        }
        if w.slips(Channel::Place) {
            d.first_seen = operator.place;
        }
        w.settle(&p, &d);
        let mut hands = w.hidden_hands(&p, &operator);
        if d.first_seen == operator.place {
            // The machine goes through its first days on the line of the place it arrived at.
            let mut early = hands.clone();
            early.ways = vec![(operator.home.clone(), 1.0)];
            let at = w.clock.at(operator.place, p.engaged + 9, 10.0);
            w.signs_in(&p, &early, at, 6.0, &operator.home);
        }
        hands.ways.push((w.exit(p.place, Line::Vpn), if w.slips(Channel::Session) { 0.5 } else { 0.0 }));
        w.works(&p, &hands, p.engaged + 10, END);
        let payout = p.payout.clone();
        w.paid(&p, &payout, p.engaged, END);
        w.restless(&p, &hands);
        w.misbehaves(
            &p,
            &["ship_elsewhere_requested", "cannot_receive_at_address", "unreachable_in_hours", "task_not_done"],
            p.engaged + 3,
        );
        w.keeps_machine(&p, END - 5);
        w.tell(&p, "reshipped-laptop", &operator.id, &crew, Some(p.engaged));
    }
}
