//! The ledger's table of contents: which parts there are, how large, with which digest; its last line is its own digest.
//!
//! Must not know what a part holds.

use super::{broken, damaged};
use crate::segment::Segment;
use bonafide_facts::Trouble;
use bonafide_facts::digest::sha256;
use std::fmt::Write as _;
use std::path::Path;

/// Name of the file.
pub const MANIFEST: &str = "MANIFEST";
const HEAD: &str = "bonafide-ledger 1";

/// One file of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Listed {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SegmentLines {
    pub chain: String,
    pub asset: String,
    pub transfers: u64,
    pub addresses: usize,
    /// Sum of amounts, 10^-18.
    pub total: u128,
    pub last_at: i64,
    pub parts: Vec<Listed>,
    /// Balances after all parts.
    pub checkpoint: Option<Listed>,
    /// Lanes after some of the parts.
    pub lanes: Option<Listed>,
}

/// The whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Manifest {
    pub generation: u64,
    pub files: Vec<String>,
    pub segments: Vec<SegmentLines>,
}

/// A text that may hold anything as one word.
fn word(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'%' | 0..=b' ' | 0x7f.. => {
                let _ = write!(out, "%{byte:02x}");
            }
            _ => out.push(char::from(byte)),
        }
        out
    })
}

fn text(word: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = word.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(more.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8(bytes).ok()
}

impl SegmentLines {
    /// Its segment without addresses and transfers.
    pub(super) fn empty(&self) -> Segment {
        Segment { chain: self.chain.clone(), asset: self.asset.clone(), ..Segment::default() }
    }
}

impl Manifest {
    pub(super) fn read(folder: &Path) -> Result<Self, Trouble> {
        let path = folder.join(MANIFEST);
        let content = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => damaged(&path, "the manifest is no text"),
            _ => broken(&path, &error),
        })?;
        let bad = |what: &str| damaged(&path, what);
        let (body, last) = content.trim_end().rsplit_once('\n').ok_or_else(|| bad("the manifest is too short"))?;
        if last.strip_prefix("end ") != Some(sha256(format!("{body}\n").as_bytes()).as_str()) {
            return Err(bad("the manifest's own digest does not fit"));
        }
        let mut manifest = Self::default();
        let mut lines = body.lines();
        if lines.next() != Some(HEAD) {
            return Err(Trouble::error(
                "ledger-version",
                None,
                "the ledger was written by another version",
                "write it again with `bonafide trace index`",
            ));
        }
        for line in lines {
            manifest.line(line).ok_or_else(|| bad("a line of the manifest cannot be read"))?;
        }
        Ok(manifest)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["generation", number] => self.generation = number.parse().ok()?,
            ["file", name] => self.files.push(text(name)?),
            ["segment", chain, asset, transfers, addresses, total, last_at] => self.segments.push(SegmentLines {
                chain: text(chain)?,
                asset: text(asset)?,
                transfers: transfers.parse().ok()?,
                addresses: addresses.parse().ok()?,
                total: total.parse().ok()?,
                last_at: last_at.parse().ok()?,
                ..SegmentLines::default()
            }),
            [kind @ ("part" | "balances" | "lanes"), name, bytes, sha256] => {
                let name = text(name).filter(|name| !name.contains(['/', '\\']) && !name.starts_with('.'))?;
                let listed = Listed { name, bytes: bytes.parse().ok()?, sha256: (*sha256).to_owned() };
                let lines = self.segments.last_mut()?;
                match *kind {
                    "part" => lines.parts.push(listed),
                    "lanes" => lines.lanes = Some(listed),
                    _ => lines.checkpoint = Some(listed),
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Puts the manifest in place of the old one in one step.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Trouble> {
        let mut out = format!("{HEAD}\ngeneration {}\n", self.generation);
        for name in &self.files {
            let _ = writeln!(out, "file {}", word(name));
        }
        for lines in &self.segments {
            let SegmentLines { chain, asset, transfers, addresses, total, last_at, .. } = lines;
            let _ = writeln!(out, "segment {} {} {transfers} {addresses} {total} {last_at}", word(chain), word(asset));
            for listed in &lines.parts {
                let _ = writeln!(out, "part {} {} {}", word(&listed.name), listed.bytes, listed.sha256);
            }
            for (kind, listed) in [("balances", &lines.checkpoint), ("lanes", &lines.lanes)] {
                if let Some(listed) = listed {
                    let _ = writeln!(out, "{kind} {} {} {}", word(&listed.name), listed.bytes, listed.sha256);
                }
            }
        }
        let _ = writeln!(out, "end {}", sha256(out.as_bytes()));
        let (path, fresh) = (folder.join(MANIFEST), folder.join(format!("{MANIFEST}.new")));
        let written = std::fs::File::create(&fresh).and_then(|mut file| {
            std::io::Write::write_all(&mut file, out.as_bytes())?;
            file.sync_all()
        });
        written.and_then(|()| std::fs::rename(&fresh, &path)).map_err(|error| broken(&path, &error))
    }
}
