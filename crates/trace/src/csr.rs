//! Which transfers an address took part in, in order of time: compressed sparse rows, one way or the other.
//!
//! Must not know amounts or labels.

/// For each address the positions of its transfers, rising.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Csr {
    starts: Vec<u64>,
    transfers: Vec<u32>,
}

impl Csr {
    /// Rows by `ends` (sender ids for what went out, receiver ids for what came in), for `addresses` addresses. Positions
    /// beyond 2^32 - 1 are not held: a segment is split before.
    #[must_use]
    pub fn build(ends: &[u32], addresses: usize) -> Self {
        let mut starts = vec![0_u64; addresses + 1];
        for end in ends {
            starts[*end as usize + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let mut transfers = vec![0_u32; ends.len()];
        for (transfer, end) in (0_u32..).zip(ends) {
            let place = &mut next[*end as usize];
            transfers[*place as usize] = transfer;
            *place += 1;
        }
        Self { starts, transfers }
    }

    /// The transfers of an address, oldest first.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)] // both ends index `transfers`
    pub fn of(&self, address: usize) -> &[u32] {
        match (self.starts.get(address), self.starts.get(address + 1)) {
            (Some(start), Some(end)) => &self.transfers[*start as usize..*end as usize],
            _ => &[],
        }
    }
}
