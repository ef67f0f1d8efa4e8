//! The families of stories, what each leaks and why, with the source. The guide prints this table.
//!
//! Must not know any rule.

use super::attack::{accounts, hardware, money, people, vendor};
use super::honest::{sharing, standing_out};
use super::world::World;

/// A family of stories.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// Id, as in truth.csv.
    pub id: &'static str,
    /// Whether its people hide who does the work.
    pub attack: bool,
    /// What leaks, and why.
    pub leaks: &'static str,
    /// Where that is known from.
    pub source: &'static str,
    /// Lets one crew or household of it live.
    pub live: fn(&mut World<'_>),
}

const ADVISORY: &str = "State/Treasury/FBI advisory 2022-05-16";
const OURS: &str = "assumption of this project";

macro_rules! families {
    ($($id:literal $attack:literal $live:path, $leaks:literal, $source:expr;)*) => {
        /// All families but the ordinary people.
        pub const FAMILIES: &[Family] = &[$(Family { id: $id, attack: $attack, leaks: $leaks, source: $source, live: $live }),*];
    };
}

families! {
    "laptop-farm" true hardware::laptop_farm, "one room receives and powers the laptops of several people: shared delivery address, receiver and line; an IP-KVM or remote tool in place of a keyboard; hours of another continent; pay into the host's account; one phone confirms for several, the machine is never shut and does not come back", "FBI PSA240516 2024-05-16; DOJ Chapman 2025-07-24; Mandiant UNC5267 2024-09-23";
    "reshipped-laptop" true hardware::reshipped_laptop, "the laptop goes to a forwarder and reports first from another country; then a VPN at home, several exits a day; nothing can be received at home; the machine is kept", "FBI PSA240516 2024-05-16; Unit 42 Wagemole 2024-11-13; FBI/ROK PSA231018";
    "rented-account" true accounts::rented_account, "device, line, clock and payout of an old account change within days; the owner is paid a share; remote desktop while it is handed over; exits change within a day; bids that lead off the platform; asks others for their accounts", "State/Treasury/FBI advisory 2022-05-16; Comparitech account market 2019";
    "resume-factory" true people::resume_factory, "one text, author and template under several names; interviews from one line and device; employers deny; each brings in the next; one mailbox, referee, picture and document image; a past that other sources tell differently; skills older than the thing", "FBI PSA250123; SentinelLABS 2025-05-15";
    "shared-payout-mule" true money::shared_payout_mule, "several people are paid into a stranger's account that moves the money on within a day or two through a company; phone numbers change", "State/Treasury/FBI advisory 2022-05-16; FBI PSA250723; Secureworks 2024-10-18";
    "dormant-code-account" true accounts::dormant_code_account, "an account silent for ten years, another name, another project's trees under a new author, years of commits dated before the account; one mailbox in several names' repositories; one portfolio", "SEAL frameworks dprk-it-workers 2026-05-11; gh-fake-analyzer 2025-09-15";
    "shell-vendor" true vendor::shell_vendor, "a supplier nobody can confirm; its people share a phone, an account, a server, machines built alike and invoices; mail drop; no register knows it", "FBI PSA240516; Sophos CISO playbook 2025-11-05; State/Treasury/FBI advisory 2022-05-16";
    "crypto-contributor" true money::crypto_contributor, "wallets of several people gather in one within a day, which deals with stolen or mixed coin two hops on; or it leaves by a bridge, a mixer or one-time addresses; fees from one another's wallets; several payrolls", "Chainalysis 2025-10-02; DOJ forfeiture 2025-06-05; ZachXBT 2025-07";
    "subcontractor-swap" true people::subcontractor_swap, "from one day another device, author and place do the work; most of the pay goes on; the laptop is redirected; several write by turns, day and night", ADVISORY;
    "stand-in-interviewee" true people::stand_in_interviewee, "fluent in interviews, never on camera at work; interviews of several people from one line; the machine wakes elsewhere; a broker is paid; edited papers, a virtual camera, a step refused", "FBI PSA250723; FBI/ROK PSA231018; KnowBe4 2024-07-23";
    "rating-ring" true accounts::rating_ring, "a client pays small sums to young accounts and praises each; they share its payout account and machines; one bid text hundreds of times, hardly one taken; the same invoice", ADVISORY;
    "extorting-leaver" true people::extorting_leaver, "payout changed twice, everything downloaded at night, small charges, threats after the end, the laptop comes back from elsewhere, wiped or not at all", "Secureworks 2024-10-18; FBI PSA250123; GTIG 2025-04-01";
    "shared-flat" false sharing::shared_flat, "a couple: one line, address, tablet and joint account", OURS;
    "staffing-agency" false sharing::staffing_agency, "an agency's account, phone, office and form for hours for all its people; it brought them in", OURS;
    "campus" false sharing::campus, "students behind three addresses, two at the library's machine", OURS;
    "coworking" false sharing::coworking, "desks in one house: one line, sometimes its address", OURS;
    "family-computer" false sharing::family_computer, "siblings at one machine, line and address; now and then a parent's phone confirms for both", OURS;
    "template-resume" false sharing::template_resume, "a school's template and sentences in several résumés", OURS;
    "stablecoin-contract" false sharing::stablecoin_contract, "paid in coin by contract, some by several projects; cashed at an exchange everybody uses or moved over a bridge; dust", OURS;
    "guest-house" false sharing::guest_house, "several from several countries some weeks on one house's line", OURS;
    "nomad" false standing_out::nomad, "several countries in four months, VPN exits, other clocks", OURS;
    "night-shift" false standing_out::night_shift, "works nights; agreed in seven of ten cases", OURS;
    "home-lab" false standing_out::home_lab, "an IP-KVM on the home network, for the owner's own rack", OURS;
    "moonlighter" false standing_out::moonlighter, "a second engagement (three of ten a whole job), account and machine in the evening", OURS;
    "name-change" false standing_out::name_change, "two names, two mail addresses, one account under both", OURS;
    "newcomer" false standing_out::newcomer, "a foreign number, a digital bank, two addresses, new numbers, poor pictures of papers, another country in an old profile", OURS;
    "returning-hobbyist" false standing_out::returning_hobbyist, "an old account, a ten-year pause, imported commits older than the account", OURS;
    "mirror-keeper" false standing_out::mirror_keeper, "the same trees in two repositories, authors kept", OURS;
    "camera-shy" false standing_out::camera_shy, "camera off in all calls, said so", OURS;
    "moved-house" false standing_out::moved_house, "laptop sent to a parent's address, new address soon after", OURS;
    "sends-pay-home" false standing_out::sends_pay_home, "a fifth to nearly all of each pay goes to a relative abroad, now and then the pay itself; named in seven of ten cases", OURS;
    "embellisher" false standing_out::embellisher, "an employer or school denies, bought sentences, answers read out; does the work alone", "assumption of this project, after its working figure of one applicant in six with some fraud";
    "build-engineer" false standing_out::build_engineer, "large downloads at night, as the job asks", OURS;
}

/// The families asked for by id.
///
/// # Errors
/// The first id that is no family.
pub fn chosen(ids: &[String]) -> Result<Vec<Family>, String> {
    if ids.is_empty() {
        return Ok(FAMILIES.to_vec());
    }
    ids.iter().map(|id| FAMILIES.iter().find(|family| family.id == *id).copied().ok_or_else(|| id.clone())).collect()
}
