//! Exact arithmetic on amounts of coin: whole numbers of the smallest unit (10^-18), never floating point.
//!
//! Must not know what an amount stands for.

/// The largest sum of amounts one segment may hold, in 10^-18 of a coin: beyond it products could no longer be divided
/// exactly (1.7 × 10^38, as many digits as a decimal cell has).
pub const MAX_TOTAL: u128 = 1 << 126;

/// `part * times / whole`, rounded down, exact for all values up to [`MAX_TOTAL`]. `part` and `times` are at most `whole`;
/// a `whole` of zero gives zero.
#[must_use]
pub fn share_of(part: u128, times: u128, whole: u128) -> u128 {
    if part == 0 || times == 0 || whole == 0 {
        return 0;
    }
    if times == whole {
        return part;
    }
    if part == whole {
        return times;
    }
    if let Some(product) = part.checked_mul(times) {
        return product / whole;
    }
    wide(part.min(times), part.max(times), whole)
}

/// Schoolbook multiplication and division, a bit at a time: `small * large / whole` with both below `whole` ≤ 2^126.
fn wide(small: u128, large: u128, whole: u128) -> u128 {
    let (mut quotient, mut rest) = (0_u128, 0_u128);
    for bit in (0..128 - small.leading_zeros()).rev() {
        quotient <<= 1;
        rest <<= 1;
        if rest >= whole {
            rest -= whole;
            quotient += 1;
        }
        if small >> bit & 1 == 1 {
            rest += large;
            if rest >= whole {
                rest -= whole;
                quotient += 1;
            }
        }
    }
    quotient
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bit_by_bit_agrees_with_the_processor(small in 0_u64.., large in 0_u64.., more in 1_u64..) {
            let whole = u128::from(small.max(large)) + u128::from(more);
            let (small, large) = (u128::from(small), u128::from(large));
            prop_assert_eq!(wide(small, large, whole), small * large / whole);
        }

        #[test]
        fn a_share_never_exceeds_its_parts(whole in 1_u128..MAX_TOTAL, a in any::<u128>(), b in any::<u128>()) {
            let (a, b) = (a % (whole + 1), b % (whole + 1));
            let share = share_of(a, b, whole);
            prop_assert!(share <= a && share <= b);
            prop_assert!(a - share <= whole - b, "what stays fits into what is left");
        }
    }
}
