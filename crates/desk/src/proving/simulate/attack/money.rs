//! Money that meets again: one outsider's account for many workers, and wallets that gather before they touch stolen coin.
//!
//! Must not know any rule.

use super::super::clock::{END, START};
use super::super::person::Payout;
use super::super::world::{Channel, World};

/// Addresses with a label in every simulated world, invented: an exchange, a mixer, a theft.
pub const EXCHANGE: &str = "0x51a1e0c4e0000000000000000000000000000e01";
/// See [`EXCHANGE`].
pub const MIXER: &str = "0x51a1e0c4e0000000000000000000000000000e02";
/// See [`EXCHANGE`].
pub const THEFT: &str = "0x51a1e0c4e0000000000000000000000000000e03";
/// A bridge to another chain.
pub const BRIDGE: &str = "0x51a1e0c4e0000000000000000000000000000e05";
/// The treasury that pays in coin.
pub const TREASURY: &str = "0x51a1e0c4e0000000000000000000000000000e04";

/// Several workers are paid into one stranger's account; it moves the money on within a day or two.
pub fn shared_payout_mule(w: &mut World<'_>) {
    let crew = w.crew("shared-payout-mule");
    let place = w.anywhere();
    let mule = w.mule(place);
    let far = w.behind();
    let onward = Payout { via: "Sable Gate Trading", method: "payoneer", ..w.mule(far) };
    for _ in 0..w.dice.between(2, 6) {
        let operator = w.operator(&crew);
        let mut p = w.persona("contractor");
        let own = p.payout.clone();
        let turn = p.engaged.max(START) + w.dice.between(0, 40);
        let changes = w.slips(Channel::Payment);
        if changes && w.dice.chance(0.5) {
            p.payout = mule.clone();
        }
        let d = w.false_papers(&p);
        w.settle(&p, &d);
        let hands = w.hidden_hands(&p, &operator);
        w.works(&p, &hands, p.engaged, END);
        let to = if changes { mule.clone() } else { own.clone() };
        if changes && p.payout.account != mule.account {
            w.paid(&p, &own, p.engaged, turn);
            w.identified(&p, "bank_account", &mule.account, "payment_profile", &mule.holder, turn);
        }
        let on = w.slips(Channel::Graph);
        for (at, sum, _) in w.paid(&p, &to, if p.payout.account == to.account { p.engaged } else { turn }, END) {
            if on {
                let after = i64::from(w.dice.between(6, 40)) * 3600;
                let part = sum * w.dice.range(0.85, 0.97);
                w.money(&p, "from_subject", (&to.account, &onward.account, &onward.holder), (&onward, part), at + after, "");
            }
        }
        w.changes_contacts(&p);
        w.misbehaves(&p, &["unreachable_in_hours", "digital_payment_insisted", "contact_changed"], p.engaged + 20);
        w.tell(&p, "shared-payout-mule", &operator.id, &crew, Some(p.engaged));
    }
}

/// Contributors paid in coin; their wallets gather in one, which deals with stolen coin two hops on.
pub fn crypto_contributor(w: &mut World<'_>) {
    let crew = w.crew("crypto-contributor");
    let gather = w.wallet();
    let middle = w.wallet();
    let near = w.slips(Channel::Graph);
    let mut before = gather.clone();
    for _ in 0..w.dice.between(2, 5) {
        let operator = w.operator(&crew);
        let mut p = w.persona("contractor");
        p.commits = 25.0;
        let wallet = w.wallet();
        p.payout = Payout { account: wallet.clone(), holder: p.name.clone(), method: "crypto", place: p.place, via: "" };
        let mut d = w.false_papers(&p);
        d.issued = false;
        w.settle(&p, &d);
        let hands = w.hidden_hands(&p, &operator);
        w.works(&p, &hands, p.engaged, END);
        let payout = p.payout.clone();
        let gathers = w.slips(Channel::Graph);
        let detour = if w.slips(Channel::Graph) { *w.dice.pick(&["", "", "bridge", "peel", "mixer"]) } else { "" };
        w.opened_by(&wallet, &before, p.engaged.max(START));
        before.clone_from(&wallet);
        w.other_payrolls(&wallet, p.engaged);
        for (at, sum, transaction) in w.paid(&p, &payout, p.engaged, END) {
            w.moved(at, &transaction, TREASURY, &wallet, sum);
            let after = at + i64::from(w.dice.between(2, 30)) * 3600;
            if !detour.is_empty() {
                w.takes_detour(detour, after, &wallet, sum - 2.0);
            } else if gathers {
                w.moved(after, "", &wallet, &gather, sum - 2.0);
                let target = if near { middle.as_str() } else { EXCHANGE };
                w.moved(after + 40_000, "", &gather, target, sum - 5.0);
                if near {
                    let end = if w.dice.chance(0.5) { THEFT } else { MIXER };
                    w.moved(after + 60_000, "", &middle, end, sum - 8.0);
                }
            } else {
                w.moved(after, "", &wallet, EXCHANGE, sum - 2.0);
            }
        }
        w.misbehaves(&p, &["pay_in_crypto_requested", "camera_refused", "digital_payment_insisted"], p.created + 5);
        w.tell(&p, "crypto-contributor", &operator.id, &crew, Some(p.engaged));
    }
}

/// Two more treasuries that pay in coin, as other employers would.
const OTHER_TREASURIES: [&str; 2] = ["0x51a1e0c4e0000000000000000000000000000e06", "0x51a1e0c4e0000000000000000000000000000e07"];

impl World<'_> {
    /// The first coin for fees comes from the wallet of the one who was there before (ZachXBT 2025-07; Chainalysis 2025-10-02:
    /// wallets of one crew opened from another).
    fn opened_by(&mut self, wallet: &str, before: &str, day: i32) {
        if self.slips(Channel::Graph) && self.dice.chance(0.4) {
            let at = self.clock.at(0, day - 2, 9.0);
            self.coin(at, "", before, wallet, ("ETH", 0.02, 60.0));
        }
    }

    /// Pay of other employers in the same months (Chainalysis 2025-10-02: several payrolls into one wallet).
    fn other_payrolls(&mut self, wallet: &str, from: i32) {
        if !(self.slips(Channel::Graph) && self.dice.chance(0.3)) {
            return;
        }
        for month in 0..4 {
            let at = self.clock.at(0, START + 18 + month * 30, 10.0);
            for payer in OTHER_TREASURIES.iter().filter(|_| START + 18 + month * 30 > from) {
                let sum = f64::from(self.dice.between(2200, 5200));
                self.moved(at, "", payer, wallet, sum);
            }
        }
    }

    /// Pay goes on by a bridge, over one-time addresses, or through a mixer (Chainalysis 2025-10-02; DOJ forfeiture 2025-06-05:
    /// chain hopping, small amounts, mixing).
    pub fn takes_detour(&mut self, detour: &str, at: i64, wallet: &str, sum: f64) {
        match detour {
            "bridge" => self.moved(at, "", wallet, BRIDGE, sum),
            "mixer" => self.moved(at, "", wallet, MIXER, sum),
            _ => {
                let mut from = wallet.to_owned();
                let mut left = sum;
                for step in 0..7 {
                    let next = self.wallet();
                    self.moved(at + step * 900, "", &from, &next, left);
                    let small = self.wallet();
                    self.moved(at + step * 900 + 400, "", &next, &small, left * 0.04);
                    left *= 0.95;
                    from = next;
                }
            }
        }
    }
}
