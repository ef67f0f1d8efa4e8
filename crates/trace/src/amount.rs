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

/// A part of a whole, ready to be taken of many numbers: what [`share_of`] gives, with one division for all of them.
#[derive(Debug, Clone, Copy)]
pub struct Ratio {
    times: u128,
    whole: u128,
    /// `times * 2^128 / whole`, rounded down.
    fraction: u128,
}

impl Ratio {
    /// `times / whole`; `times` must be below `whole`, and `whole` at most [`MAX_TOTAL`].
    #[must_use]
    #[inline]
    pub fn new(times: u128, whole: u128) -> Self {
        let shift = whole.leading_zeros();
        let divisor = whole << shift;
        let inverse = inverse(divisor);
        let (first, rest) = next_digit(times << shift, divisor, inverse);
        let (second, _) = next_digit(rest, divisor, inverse);
        Self { times, whole, fraction: u128::from(first) << 64 | u128::from(second) }
    }

    /// `part * times / whole`, rounded down; `part` is at most `whole`.
    #[must_use]
    #[inline]
    pub fn of(self, part: u128) -> u128 {
        // The fraction is short by less than 2^-128, the product by less than part / 2^128: only where adding that would carry
        // could the whole number be one more.
        let (share, rest) = product(part, self.fraction);
        if rest.overflowing_add(part).1 { share_of(part, self.times, self.whole) } else { share }
    }
}

/// The two halves.
#[allow(clippy::cast_possible_truncation)]
fn halves(value: u128) -> (u64, u64) {
    ((value >> 64) as u64, value as u64)
}

/// `(2^192 - 1) / divisor - 2^64` for a divisor whose top bit is set: N. Möller and T. Granlund, Improved division by invariant
/// integers (IEEE Transactions on Computers 60, 2011), algorithm 6.
#[inline]
fn inverse(divisor: u128) -> u64 {
    let (d1, d0) = halves(divisor);
    let (_, mut inverse) = halves((u128::from(!d1) << 64 | MASK) / u128::from(d1));
    let mut rest = d1.wrapping_mul(inverse).wrapping_add(d0);
    if rest < d0 {
        inverse = inverse.wrapping_sub(1);
        if rest >= d1 {
            inverse = inverse.wrapping_sub(1);
            rest = rest.wrapping_sub(d1);
        }
        rest = rest.wrapping_sub(d1);
    }
    let (t1, t0) = halves(u128::from(inverse).wrapping_mul(u128::from(d0)));
    let (rest, carry) = rest.overflowing_add(t1);
    if carry {
        inverse = inverse.wrapping_sub(1);
        if (u128::from(rest) << 64 | u128::from(t0)) >= divisor {
            inverse = inverse.wrapping_sub(1);
        }
    }
    inverse
}

/// One digit of a quotient: `rest · 2^64 / divisor` and what is left; `rest < divisor`. Algorithm 5 of the same.
#[inline]
fn next_digit(rest: u128, divisor: u128, inverse: u64) -> (u64, u128) {
    let ((d1, d0), (u2, u1)) = (halves(divisor), halves(rest));
    let (guess, below) = halves(u128::from(inverse).wrapping_mul(u128::from(u2)).wrapping_add(rest));
    let high = u1.wrapping_sub(guess.wrapping_mul(d1));
    let taken = u128::from(d0).wrapping_mul(u128::from(guess));
    let mut left = (u128::from(high) << 64).wrapping_sub(taken).wrapping_sub(divisor);
    let mut digit = guess.wrapping_add(1);
    if halves(left).0 >= below {
        digit = digit.wrapping_sub(1);
        left = left.wrapping_add(divisor);
    }
    if left >= divisor {
        digit = digit.wrapping_add(1);
        left = left.wrapping_sub(divisor);
    }
    (digit, left)
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
    let (middle, carry) = a1.wrapping_mul(b0).overflowing_add(a0.wrapping_mul(b1));
    let (low, over) = a0.wrapping_mul(b0).overflowing_add(middle << 64);
    let high = a1.wrapping_mul(b1).wrapping_add(middle >> 64).wrapping_add(u128::from(carry) << 64);
    (high.wrapping_add(u128::from(over)), low)
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
        fn a_ratio_taken_of_many_is_each_share(whole in 1_u128..MAX_TOTAL, a in any::<u128>(), b in any::<u128>(), narrow in 0..120_u32) {
            let whole = (whole >> narrow).max(2);
            let (times, part) = (a % whole, b % (whole + 1));
            let ratio = Ratio::new(times, whole);
            for part in [part, 0, 1, whole, whole - 1, part / 2] {
                prop_assert_eq!(ratio.of(part), share_of(part, times, whole));
            }
        }

        #[test]
        fn digits_by_the_inverse_agree_with_division(divisor in any::<u128>(), rest in any::<u128>(), narrow in 0..128_u32, near in 0..3_u128) {
            let divisor = (divisor >> narrow | 1) << (divisor >> narrow | 1).leading_zeros();
            for rest in [rest % divisor, divisor - 1 - near, divisor >> 64 << 64, near].into_iter().filter(|rest| *rest < divisor) {
                let (quotient, left) = next_digit(rest, divisor, inverse(divisor));
                prop_assert_eq!((u128::from(quotient), left), digit(rest, 0, divisor));
            }
        }

        #[test]
        fn a_ratio_that_comes_out_even_is_not_one_less(unit in 1_u128..1 << 40, times in 1_u128..1 << 40, more in 1_u128..1 << 40, part in 1_u128..1 << 40) {
            let whole = (times + more) * unit;
            let part = (part % (times + more) + 1) * unit;
            prop_assert_eq!(Ratio::new(times * unit, whole).of(part), share_of(part, times * unit, whole));
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
