//! The bytes of a part: its addresses, then each column whole, little-endian; or the balances of a checkpoint.
//!
//! What a reader gave counts only after it has seen the whole file and its digest fits. Must not know the manifest's form.

use super::manifest::Listed;
use super::{broken, damaged};
use crate::segment::Segment;
use bonafide_facts::Trouble;
use bonafide_facts::digest::hex;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"BFPART01";
/// Cells of a column that are read or written at once.
const CELLS: usize = 8192;

/// Writes one file, hashing as it goes.
pub(super) struct Writer {
    path: PathBuf,
    name: String,
    out: BufWriter<File>,
    hasher: Sha256,
    bytes: u64,
}

impl Writer {
    pub(super) fn create(folder: &Path, name: &str) -> Result<Self, Trouble> {
        let path = folder.join(name);
        let file = File::create(&path).map_err(|error| broken(&path, &error))?;
        Ok(Self { path, name: name.to_owned(), out: BufWriter::with_capacity(1 << 20, file), hasher: Sha256::new(), bytes: 0 })
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    pub(super) fn column<T: Copy, const N: usize>(&mut self, cells: &[T], bytes: impl Fn(T) -> [u8; N]) -> std::io::Result<()> {
        let mut buffer = Vec::with_capacity(N * CELLS);
        for chunk in cells.chunks(CELLS) {
            buffer.clear();
            chunk.iter().for_each(|cell| buffer.extend(bytes(*cell)));
            self.put(&buffer)?;
        }
        Ok(())
    }

    /// A part with the addresses from `known` on and all transfers.
    pub(super) fn part(mut self, segment: &Segment, known: usize) -> Result<Listed, Trouble> {
        let write = |this: &mut Self| {
            let names: Vec<&str> = (known..segment.address_count()).map(|id| segment.address(id)).collect();
            this.put(MAGIC)?;
            for count in [known, names.len(), segment.len(), segment.usd.len()] {
                this.put(&(count as u64).to_le_bytes())?;
            }
            for name in names {
                this.put(&(name.len() as u64).to_le_bytes())?;
                this.put(name.as_bytes())?;
            }
            this.column(&segment.at, i64::to_le_bytes)?;
            this.column(&segment.block, i64::to_le_bytes)?;
            this.column(&segment.index, i64::to_le_bytes)?;
            this.column(&segment.transaction, u64::to_le_bytes)?;
            this.column(&segment.from, u32::to_le_bytes)?;
            this.column(&segment.to, u32::to_le_bytes)?;
            this.column(&segment.amount, u128::to_le_bytes)?;
            this.column(&segment.row, i64::to_le_bytes)?;
            this.column(&segment.usd, u128::to_le_bytes)
        };
        write(&mut self).map_err(|error| self.broken(&error))?;
        self.finish()
    }

    pub(super) fn broken(&self, error: &std::io::Error) -> Trouble {
        broken(&self.path, error)
    }

    /// A checkpoint.
    pub(super) fn balances(mut self, balances: &[u128]) -> Result<Listed, Trouble> {
        self.column(balances, u128::to_le_bytes).map_err(|error| broken(&self.path, &error))?;
        self.finish()
    }

    /// What the manifest says of it.
    pub(super) fn finish(mut self) -> Result<Listed, Trouble> {
        let synced = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        synced.map_err(|error| broken(&self.path, &error))?;
        Ok(Listed { name: self.name, bytes: self.bytes, sha256: hex(&self.hasher.finalize()) })
    }
}

/// A file while it is read, hashing as it goes. What it gave counts only once [`Reader::finish`] has found the digest to fit:
/// every public reading ends with it.
pub(super) struct Reader {
    path: PathBuf,
    file: BufReader<File>,
    hasher: Sha256,
    left: u64,
    sha256: String,
}

impl Reader {
    pub(super) fn open(folder: &Path, listed: &Listed) -> Result<Self, Trouble> {
        let path = listed.path(folder);
        let file = File::open(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => damaged(&path, "the file is missing"),
            _ => broken(&path, &error),
        })?;
        let size = file.metadata().map_or(0, |meta| meta.len());
        if size != listed.bytes {
            return Err(damaged(&path, &format!("the file has {size} bytes and should have {}", listed.bytes)));
        }
        let file = BufReader::with_capacity(1 << 20, file);
        Ok(Self { path, file, hasher: Sha256::new(), left: size, sha256: listed.sha256.clone() })
    }

    fn short(&self) -> Trouble {
        damaged(&self.path, "the file ends too early")
    }

    /// So many bytes, which the file must still have: a damaged count makes no room for what is not there.
    pub(super) fn take(&mut self, count: usize, into: &mut Vec<u8>) -> Result<(), Trouble> {
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| self.short())?;
        into.resize(count, 0);
        self.file.read_exact(into).map_err(|error| broken(&self.path, &error))?;
        self.hasher.update(into);
        Ok(())
    }

    pub(super) fn count(&mut self) -> Result<usize, Trouble> {
        let mut bytes = Vec::with_capacity(8);
        self.take(8, &mut bytes)?;
        let mut eight = [0; 8];
        eight.copy_from_slice(&bytes);
        usize::try_from(u64::from_le_bytes(eight)).map_err(|_| self.short())
    }

    /// A column of so many cells.
    pub(super) fn column<T, const N: usize>(
        &mut self,
        count: usize,
        into: &mut Vec<T>,
        read: impl Fn([u8; N]) -> T,
    ) -> Result<(), Trouble> {
        if count.checked_mul(N).is_none_or(|size| size as u64 > self.left) {
            return Err(self.short());
        }
        into.reserve(count);
        let (mut bytes, mut left) = (Vec::new(), count);
        while left > 0 {
            let cells = left.min(CELLS);
            self.take(cells * N, &mut bytes)?;
            into.extend(bytes.as_chunks::<N>().0.iter().map(|cell| read(*cell)));
            left -= cells;
        }
        Ok(())
    }

    /// Reads what is left; refuses a file whose digest does not fit.
    pub(super) fn finish(mut self) -> Result<(), Trouble> {
        let mut bytes = Vec::new();
        while self.left > 0 {
            self.take(usize::try_from(self.left.min(1 << 20)).unwrap_or(1 << 20), &mut bytes)?;
        }
        if hex(&self.hasher.finalize()) != self.sha256 {
            return Err(damaged(&self.path, "the file's digest does not fit"));
        }
        Ok(())
    }

    /// Adds the part's addresses; gives back the counts of transfers and prices.
    fn head(&mut self, segment: &mut Segment) -> Result<(usize, usize), Trouble> {
        let mut bytes = Vec::new();
        self.take(8, &mut bytes)?;
        if bytes != MAGIC {
            return Err(damaged(&self.path, "the file is no part of a ledger"));
        }
        let (known, names, transfers, prices) = (self.count()?, self.count()?, self.count()?, self.count()?);
        if known != segment.address_count() || prices != 0 && prices != transfers {
            return Err(damaged(&self.path, "the part does not follow the one before"));
        }
        for _ in 0..names {
            let length = self.count()?;
            self.take(length, &mut bytes)?;
            let name = std::str::from_utf8(&bytes).map_err(|_| self.short())?;
            segment.names.intern(name);
        }
        if segment.address_count() != known + names {
            return Err(damaged(&self.path, "an address is written twice"));
        }
        Ok((transfers, prices))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds the part's addresses to a segment; gives back how many transfers it has.
    pub(super) fn addresses_into(mut self, segment: &mut Segment) -> Result<u64, Trouble> {
        let (transfers, _) = self.head(segment)?;
        self.finish()?;
        Ok(transfers as u64)
    }

    /// Adds the part's addresses and transfers to a segment, which must be thrown away when this fails.
    pub(super) fn all_into(mut self, segment: &mut Segment) -> Result<(), Trouble> {
        let before = segment.len();
        let (transfers, prices) = self.head(segment)?;
        self.column(transfers, &mut segment.at, i64::from_le_bytes)?;
        self.column(transfers, &mut segment.block, i64::from_le_bytes)?;
        self.column(transfers, &mut segment.index, i64::from_le_bytes)?;
        self.column(transfers, &mut segment.transaction, u64::from_le_bytes)?;
        self.column(transfers, &mut segment.from, u32::from_le_bytes)?;
        self.column(transfers, &mut segment.to, u32::from_le_bytes)?;
        self.column(transfers, &mut segment.amount, u128::from_le_bytes)?;
        self.column(transfers, &mut segment.row, i64::from_le_bytes)?;
        // Prices are held for all transfers or for none.
        if prices > 0 && segment.usd.is_empty() {
            segment.usd = vec![Segment::NO_PRICE; before];
        } else if prices == 0 && !segment.usd.is_empty() {
            segment.usd.resize(before + transfers, Segment::NO_PRICE);
        }
        self.column(prices, &mut segment.usd, u128::from_le_bytes)?;
        let addresses = segment.address_count();
        let known = |ids: &[u32]| ids[before..].iter().all(|id| (*id as usize) < addresses);
        if !known(&segment.from) || !known(&segment.to) {
            return Err(damaged(&self.path, "a transfer names an address that is not there"));
        }
        self.finish()
    }

    /// The balances of a checkpoint.
    pub(super) fn balances(mut self, addresses: usize) -> Result<Vec<u128>, Trouble> {
        let mut balances = Vec::new();
        self.column(addresses, &mut balances, u128::from_le_bytes)?;
        self.finish()?;
        Ok(balances)
    }
}
