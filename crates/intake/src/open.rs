//! Opens one file as bytes: hashed as it lies on disk, unfolded when compressed, within limits.
//!
//! Must not know what the bytes mean.

use crate::options::ReadLimits;
use bonafide_facts::digest::hex;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::PathBuf;
use std::rc::Rc;

/// Where the bytes of a file come from.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// On disk.
    Path(PathBuf),
    /// In memory.
    Bytes(Cow<'static, [u8]>),
}

impl Content {
    /// The bytes as they lie, from the start.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(match self {
            Self::Path(path) => Box::new(File::open(path)?),
            Self::Bytes(Cow::Borrowed(bytes)) => Box::new(Cursor::new(*bytes)),
            Self::Bytes(Cow::Owned(bytes)) => Box::new(Cursor::new(bytes.clone())),
        })
    }

    /// Size in bytes as it lies; 0 when it cannot be told.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Path(path) => path.metadata().map_or(0, |meta| meta.len()),
            Self::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

/// How a file is compressed, from its first bytes (its name may lie).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folding {
    Plain,
    Gzip,
    Zstd,
}

/// Digest and size of what was read so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter {
    hasher: Rc<RefCell<Sha256>>,
    bytes: Rc<Cell<u64>>,
}

impl Meter {
    /// Bytes read so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.get()
    }

    /// SHA-256 of the bytes read so far.
    pub(crate) fn digest(&self) -> String {
        hex(&self.hasher.borrow().clone().finalize())
    }
}

struct Metered<R> {
    inner: R,
    meter: Meter,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.meter.hasher.borrow_mut().update(&buffer[..read]);
        self.meter.bytes.set(self.meter.bytes.get() + read as u64);
        Ok(read)
    }
}

/// Ends with an error when a compressed file unfolds to more than its limits.
struct Bounded<R> {
    inner: R,
    meter: Meter,
    unfolded: u64,
    limits: ReadLimits,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let limits = &self.limits;
        let by_ratio = self.meter.bytes().saturating_mul(limits.unfolded_times).max(limits.unfolded_free_bytes);
        if self.unfolded > limits.unfolded_bytes.min(by_ratio) {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it unfolds to more than {} bytes", self.unfolded)));
        }
        let read = self.inner.read(buffer)?;
        self.unfolded += read as u64;
        Ok(read)
    }
}

/// An opened file.
pub(crate) struct Opened {
    /// The unfolded bytes.
    pub reader: Box<dyn Read>,
    /// Digest and size of the file as it lies.
    pub meter: Meter,
    /// How it was compressed.
    pub folding: Folding,
    tail: Content,
}

/// Opens a file, looks at its first bytes, and unfolds it.
pub(crate) fn open(content: &Content, limits: &ReadLimits) -> io::Result<Opened> {
    let meter = Meter::default();
    let mut raw = Metered { inner: content.open()?, meter: meter.clone() };
    let mut head = [0_u8; 4];
    let mut filled = 0;
    while filled < head.len() {
        match raw.read(&mut head[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    let folding = match &head[..filled] {
        [0x1f, 0x8b, ..] => Folding::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] => Folding::Zstd,
        _ => Folding::Plain,
    };
    let whole = BufReader::with_capacity(1 << 16, Cursor::new(head[..filled].to_vec()).chain(raw));
    let bounded = |inner: Box<dyn Read>| Bounded { inner, meter: meter.clone(), unfolded: 0, limits: limits.clone() };
    let reader: Box<dyn Read> = match folding {
        Folding::Plain => Box::new(whole),
        Folding::Gzip => Box::new(bounded(Box::new(flate2::bufread::MultiGzDecoder::new(whole)))),
        Folding::Zstd => Box::new(bounded(Box::new(zstd::stream::read::Decoder::with_buffer(whole)?))),
    };
    Ok(Opened { reader, meter, folding, tail: content.clone() })
}

impl Opened {
    /// SHA-256 and size of the whole file, also when reading stopped early.
    pub(crate) fn finish(self) -> (String, u64) {
        if self.meter.bytes() == self.tail.len() {
            return (self.meter.digest(), self.meter.bytes());
        }
        digest(&self.tail).unwrap_or_else(|_| (self.meter.digest(), self.meter.bytes()))
    }
}

/// SHA-256 and size of a file as it lies.
pub(crate) fn digest(content: &Content) -> io::Result<(String, u64)> {
    let meter = Meter::default();
    let mut raw = Metered { inner: content.open()?, meter: meter.clone() };
    let mut buffer = vec![0_u8; 1 << 16];
    while raw.read(&mut buffer)? > 0 {}
    Ok((meter.digest(), meter.bytes()))
}
