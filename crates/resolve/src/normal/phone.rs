//! A telephone number in its international form, by the numbering plans of wordlists/phone_plans.csv and the country its subject claims.
//!
//! Must not know who uses a number. A number that fits no plan keeps its digits: it still matches itself.

use bonafide_facts::identifier;
use std::sync::LazyLock;

/// The plan of one region.
#[derive(Debug)]
struct Plan {
    region: &'static str,
    code: &'static str,
    trunk: &'static str,
    abroad: &'static str,
    lengths: Vec<usize>,
}

static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| {
    let rows = include_str!("../../../../wordlists/phone_plans.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|line| {
        let mut cells = line.split(',');
        let (region, code, trunk, abroad) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
        Some(Plan { region, code, trunk, abroad, lengths: cells.next()?.split(' ').filter_map(|cell| cell.parse().ok()).collect() })
    })
    .collect()
});

impl Plan {
    fn fits(&self, national: &str) -> bool {
        self.lengths.contains(&national.len())
    }

    /// The number behind the calling code, without the trunk digit, when it has a length of the plan.
    fn national<'a>(&self, digits: &'a str) -> Option<&'a str> {
        // With the trunk digit gone first: "020 7946 0001" has ten digits behind it, and Germany's lengths allow almost any.
        let cut = digits.strip_prefix(self.trunk).filter(|rest| !self.trunk.is_empty() && self.fits(rest));
        cut.or_else(|| Some(digits).filter(|digits| self.fits(digits)))
    }
}

/// `+` and digits when the number is written internationally or fits the plan of `country` (ISO 3166-1 alpha-2); the digits as they are otherwise.
/// Extensions are cut. Whether the number is in service is not known.
#[must_use]
pub fn international(written: &str, country: Option<&str>) -> Option<String> {
    let form = identifier::canonical("phone", written)?;
    if let Some(digits) = form.strip_prefix('+') {
        return Some(abroad(digits).unwrap_or(form));
    }
    let plan = country.and_then(|country| PLANS.iter().find(|plan| plan.region.eq_ignore_ascii_case(country)));
    let Some(plan) = plan.filter(|_| form.bytes().all(|byte| byte.is_ascii_digit())) else { return Some(form) };
    if let Some(digits) = form.strip_prefix(plan.abroad).filter(|rest| !plan.abroad.is_empty() && abroad(rest).is_some()) {
        return abroad(digits);
    }
    let own = plan.national(&form).map(|national| format!("+{}{national}", plan.code));
    // The calling code written without its plus.
    own.or_else(|| form.strip_prefix(plan.code).filter(|rest| plan.fits(rest)).map(|rest| format!("+{}{rest}", plan.code))).or(Some(form))
}

/// A number behind its plus, in the form of the plan of its calling code; `None` when it fits none.
fn abroad(digits: &str) -> Option<String> {
    let of_code = PLANS.iter().filter(|plan| digits.starts_with(plan.code));
    let code = of_code.map(|plan| plan.code).max_by_key(|code| code.len())?;
    let rest = &digits[code.len()..];
    let plans = || PLANS.iter().filter(|plan| plan.code == code);
    if plans().any(|plan| plan.fits(rest)) {
        // A trunk digit inside is cut only where the number with it fits no plan: "+44 (0)20" is, "+39 06" is part of the number.
        return Some(format!("+{digits}"));
    }
    plans().find_map(|plan| plan.national(rest)).map(|national| format!("+{code}{national}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn national_forms_meet_the_international_one() {
        for (written, country, form) in [
            ("020 7946 0001", "GB", "+442079460001"),
            ("+44 (0)20 7946 0001", "", "+442079460001"),
            ("+44 020 7946 0001", "", "+442079460001"),
            ("44 20 7946 0001", "GB", "+442079460001"),
            ("(415) 555-0132 ext. 7", "US", "+14155550132"),
            ("+1 415 555 0132 #7", "", "+14155550132"),
            ("1-415-555-0132", "US", "+14155550132"),
            ("011 44 20 7946 0001", "US", "+442079460001"),
            ("030 901820", "DE", "+4930901820"),
            ("06 1234 5678", "IT", "+390612345678"),
            ("8 (495) 123-45-67", "RU", "+74951234567"),
            ("010-1234-5678", "KR", "+821012345678"),
            ("020 7946 0001", "US", "02079460001"),
            ("020 7946 0001", "", "02079460001"),
            ("0044 20 7946 0001", "", "+442079460001"),
        ] {
            assert_eq!(international(written, Some(country)).as_deref(), Some(form), "{written} {country}");
        }
        assert_eq!(international("n/a", Some("GB")), None);
        assert_eq!(international("+1 555", Some("US")).as_deref(), Some("+1555"), "fits no plan and stays itself");
    }

    #[test]
    fn every_plan_can_be_read() {
        assert!(PLANS.len() > 200);
        for plan in PLANS.iter() {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            assert!(digits(plan.code) && digits(plan.trunk) && digits(plan.abroad) && !plan.lengths.is_empty(), "{}", plan.region);
        }
    }

    proptest! {
        #[test]
        fn the_form_of_a_form_is_itself(written in "[+0-9 ()x#-]{0,20}", country in prop::sample::select(vec!["GB", "US", "DE", "IT", "RU", ""])) {
            if let Some(once) = international(&written, Some(country)).filter(|form| form.starts_with('+')) {
                prop_assert_eq!(international(&once, Some(country)), Some(once.clone()));
            }
        }

        #[test]
        fn no_text_ends_it(written in "\\PC{0,40}") {
            let _ = international(&written, Some("GB"));
        }
    }
}
