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

/// `small * large / whole` by 256 bits, in two digits of 64: D. Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D.
#[inline]
fn wide(small: u128, large: u128, whole: u128) -> u128 {
    let shift = whole.leading_zeros();
    let divisor = whole << shift;
    let (high, low) = product(small << shift.min(small.leading_zeros()), large);
    let (high, low) = match shift.saturating_sub(small.leading_zeros()) {
        0 => (high, low),
        rest => (high << rest | low >> (128 - rest), low << rest),
    };
    let (first, rest) = digit(high, low >> 64, divisor);
    let (second, _) = digit(rest, low & MASK, divisor);
    first << 64 | second
}

const MASK: u128 = u64::MAX as u128;

/// 256 bits of a product: the upper and the lower 128.
#[inline]
fn product(a: u128, b: u128) -> (u128, u128) {
    let (a1, a0, b1, b0) = (a >> 64, a & MASK, b >> 64, b & MASK);
    let (middle, carry) = (a1 * b0).overflowing_add(a0 * b1);
    let (low, over) = (a0 * b0).overflowing_add(middle << 64);
    (a1 * b1 + (middle >> 64) + (u128::from(carry) << 64) + u128::from(over), low)
}

/// One digit of a quotient: `(rest · 2^64 + next) / divisor` and what is left; `rest < divisor`, whose top bit is set.
#[inline]
fn digit(rest: u128, next: u128, divisor: u128) -> (u128, u128) {
    let (d1, d0) = (divisor >> 64, divisor & MASK);
    let mut guess = if rest >> 64 >= d1 { MASK } else { rest / d1 };
    let mut left = rest - guess * d1;
    while left <= MASK && guess * d0 > (left << 64 | next) {
        guess -= 1;
        left += d1;
    }
    (guess, (rest << 64 | next).wrapping_sub(guess.wrapping_mul(divisor)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Schoolbook multiplication and division, a bit at a time.
    fn bit_by_bit(small: u128, large: u128, whole: u128) -> u128 {
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

    proptest! {
        #[test]
        fn digits_agree_with_bits(whole in 1_u128..MAX_TOTAL, a in any::<u128>(), b in any::<u128>(), narrow in 0..60_u32) {
            let whole = (whole >> narrow).max(2);
            let (a, b) = (a % whole, b % whole);
            prop_assert_eq!(wide(a.min(b), a.max(b), whole), bit_by_bit(a.min(b), a.max(b), whole));
        }

        #[test]
        fn digits_agree_with_the_processor(small in 0_u64.., large in 0_u64.., more in 1_u64..) {
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
