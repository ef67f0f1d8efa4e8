//! Where labelled coin lies after all transfers of a ledger, by haircut, kept beside it: a later day is counted on from there.
//!
//! A checkpoint holds for the roles it was made with. A label on an address that it knows, or another floor, makes it count for
//! nothing, and so does damage: the transfers are counted again. Must not know where labels come from.

use super::manifest::{Listed, SegmentLines};
use super::part::{Reader, Writer};
use super::{Store, damaged};
use crate::flow::{Direction, Role, roles, steps};
use crate::haircut::Haircut;
use crate::label::Labels;
use crate::segment::Segment;
use bonafide_facts::Trouble;
use sha2::{Digest as _, Sha256};

const MAGIC: &[u8; 8] = b"BFLANES1";

/// The haircut over one chain and asset.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// Chain.
    pub chain: String,
    /// Asset.
    pub asset: String,
    /// Addresses by the ids of `haircut`; it holds no transfers before those that were counted now.
    pub segment: Segment,
    /// The state after all transfers.
    pub haircut: Haircut,
    /// Transfers that had to be counted: only those after the checkpoint, when there was one that fits.
    pub counted: u64,
}

impl Store {
    /// Follows all labelled coin forward through the whole ledger, on from the last checkpoint, and keeps a new one. Shares below
    /// `floor` (10^-18) are not followed. In the order of the ledger's segments.
    ///
    /// # Errors
    /// When a part is torn or altered, or the checkpoint cannot be written.
    pub fn haircut(&mut self, labels: &Labels, floor: u128) -> Result<(Vec<Counted>, Vec<Trouble>), Trouble> {
        let (mut all, mut troubles, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        self.manifest.generation += 1;
        for place in 0..self.manifest.segments.len() {
            let lines = self.manifest.segments[place].clone();
            let counted = match self.go_on(&lines, labels, floor, &mut troubles)? {
                Some(counted) => counted,
                None => self.begin_again(&lines, labels, floor)?,
            };
            if counted.counted > 0 || lines.lanes.is_none() {
                let name = format!("{place:04}-{:06}.lanes", self.manifest.generation);
                let known = roles(&counted.segment, labels);
                let listed = Writer::create(&self.folder, &name)?.lanes(&counted.haircut, lines.transfers, &digest(&known, floor))?;
                gone.extend(self.manifest.segments[place].lanes.replace(listed));
            }
            all.push(counted);
        }
        self.manifest.write(&self.folder)?;
        self.remove(gone);
        Ok((all, troubles))
    }

    /// On from the checkpoint; `None` when there is none that fits.
    fn go_on(&self, lines: &SegmentLines, labels: &Labels, floor: u128, troubles: &mut Vec<Trouble>) -> Result<Option<Counted>, Trouble> {
        let Some(listed) = &lines.lanes else { return Ok(None) };
        let kept = match Reader::open(&self.folder, listed).and_then(Reader::lanes) {
            Ok(kept) => kept,
            Err(trouble) => {
                let what = format!("{}: the haircut was counted again from the parts", trouble.what);
                troubles.push(Trouble::note("checkpoint-rebuilt", trouble.place, what, "nothing; look at the disk if it happens again"));
                return Ok(None);
            }
        };
        let (mut segment, mut before) = (lines.empty(), 0);
        for part in &lines.parts {
            let reader = Reader::open(&self.folder, part)?;
            if before < kept.transfers {
                before += reader.addresses_into(&mut segment)?;
            } else {
                reader.all_into(&mut segment)?;
            }
        }
        let (known, mut haircut) = (roles(&segment, labels), kept.haircut);
        let fits =
            before == kept.transfers && haircut.addresses() <= known.len() && digest(&known[..haircut.addresses()], floor) == kept.digest;
        if !fits {
            return Ok(None);
        }
        haircut.grow(known.len());
        haircut.run(&known, steps(&segment, Direction::From, 0..segment.len()));
        Ok(Some(Counted::new(lines, segment, haircut)))
    }

    fn begin_again(&self, lines: &SegmentLines, labels: &Labels, floor: u128) -> Result<Counted, Trouble> {
        let segment = self.load_segment(lines)?;
        let mut haircut = Haircut::new(&vec![0; segment.address_count()], floor);
        haircut.run(&roles(&segment, labels), steps(&segment, Direction::From, 0..segment.len()));
        Ok(Counted::new(lines, segment, haircut))
    }
}

impl Counted {
    fn new(lines: &SegmentLines, segment: Segment, haircut: Haircut) -> Self {
        let counted = segment.len() as u64;
        Self { chain: lines.chain.clone(), asset: lines.asset.clone(), segment, haircut, counted }
    }
}

/// What a checkpoint holds for: the roles of the addresses it knows, and the floor.
fn digest(roles: &[Role], floor: u128) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(floor.to_le_bytes());
    for chunk in roles.chunks(4096) {
        let bytes: Vec<u8> = chunk.iter().flat_map(|role| [role.source, u8::from(role.absorbs)]).collect();
        hasher.update(&bytes);
    }
    hasher.finalize().into()
}

/// A checkpoint as it was read.
pub(super) struct Kept {
    transfers: u64,
    digest: [u8; 32],
    haircut: Haircut,
}

impl Writer {
    /// A checkpoint of lanes after so many transfers.
    fn lanes(mut self, haircut: &Haircut, transfers: u64, digest: &[u8; 32]) -> Result<Listed, Trouble> {
        let (balances, lanes, rows, sums) = haircut.state();
        let write = |this: &mut Self| {
            this.put(MAGIC)?;
            this.put(digest)?;
            for count in [transfers, balances.len() as u64, rows.len() as u64] {
                this.put(&count.to_le_bytes())?;
            }
            this.column(&sums, u128::to_le_bytes)?;
            this.column(&balances, u128::to_le_bytes)?;
            this.column(&lanes, u32::to_le_bytes)?;
            this.column(rows.as_flattened(), u128::to_le_bytes)
        };
        write(&mut self).map_err(|error| self.broken(&error))?;
        self.finish()
    }
}

impl Reader {
    fn lanes(mut self) -> Result<Kept, Trouble> {
        let mut bytes = Vec::new();
        self.take(8, &mut bytes)?;
        if bytes != MAGIC {
            return Err(damaged(self.path(), "the file is no checkpoint of lanes"));
        }
        self.take(32, &mut bytes)?;
        let mut digest = [0; 32];
        digest.copy_from_slice(&bytes);
        let (transfers, addresses, rows) = (self.count()? as u64, self.count()?, self.count()?);
        let (mut sums, mut balances, mut lanes, mut flat) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        self.column(Haircut::SUMS, &mut sums, u128::from_le_bytes)?;
        self.column(addresses, &mut balances, u128::from_le_bytes)?;
        self.column(addresses, &mut lanes, u32::from_le_bytes)?;
        self.column(rows.saturating_mul(8), &mut flat, u128::from_le_bytes)?;
        let path = self.path().to_owned();
        self.finish()?;
        let haircut = Haircut::of_state(&balances, &lanes, flat.as_chunks().0, &sums);
        haircut.map(|haircut| Kept { transfers, digest, haircut }).ok_or_else(|| damaged(&path, "its parts contradict each other"))
    }
}
