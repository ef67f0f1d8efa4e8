//! Keccak-256 as Ethereum uses it (the padding of the contest, not of FIPS 202), for the capitals of an address.
//!
//! For texts shorter than 136 bytes only. Must not know what is hashed.

/// Keccak-256 of at most 135 bytes; `None` for more.
pub(super) fn keccak256(input: &[u8]) -> Option<[u8; 32]> {
    if input.len() > 135 {
        return None;
    }
    let mut block = [0_u8; 200];
    block[..input.len()].copy_from_slice(input);
    block[input.len()] ^= 1;
    block[135] ^= 0x80;
    let mut state = [0_u64; 25];
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<8>().0) {
        *lane = u64::from_le_bytes(*bytes);
    }
    permute(&mut state);
    let mut out = [0_u8; 32];
    for (bytes, lane) in out.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    Some(out)
}

/// The 24 rounds of Keccak-f[1600]; round constants from their shift register (Keccak reference, 1.2).
fn permute(state: &mut [u64; 25]) {
    let mut register = 1_u8;
    for _ in 0..24 {
        let parity: [u64; 5] = std::array::from_fn(|x| (0..5).fold(0, |all, y| all ^ state[x + 5 * y]));
        for (place, lane) in state.iter_mut().enumerate() {
            let x = place % 5;
            *lane ^= parity[(x + 4) % 5] ^ parity[(x + 1) % 5].rotate_left(1);
        }
        let (mut x, mut y, mut carried) = (1, 0, state[1]);
        for turn in 0..24_u32 {
            (x, y) = (y, (2 * x + 3 * y) % 5);
            let here = state[x + 5 * y];
            state[x + 5 * y] = carried.rotate_left((turn + 1) * (turn + 2) / 2 % 64);
            carried = here;
        }
        for row in state.as_chunks_mut::<5>().0 {
            let before = *row;
            for (x, lane) in row.iter_mut().enumerate() {
                *lane = before[x] ^ (!before[(x + 1) % 5] & before[(x + 2) % 5]);
            }
        }
        for power in 0..7 {
            if register & 1 == 1 {
                state[0] ^= 1 << ((1_u32 << power) - 1);
            }
            register = if register & 0x80 == 0 { register << 1 } else { register << 1 ^ 0x71 };
        }
    }
}
