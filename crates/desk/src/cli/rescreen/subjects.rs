//! The subjects of a rescreening: streamed from a file of names, or read from a folder that holds their index, segment by segment. Memory holds a few
//! segments, never all subjects.
//!
//! Must not know how names are compared.

use crate::cli::screen::Rows;
use crate::cli::{cannot, make_folder, write_file};
use bonafide_facts::digest::hex;
use bonafide_facts::{Place, Trouble};
use bonafide_resolve::screen::Query;
use bonafide_resolve::screen::subject_index::{Asking, Segment, SegmentBuilder, made_with};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Name of the table of contents of an index; it is written last.
const CONTENTS: &str = "subjects.json";
/// Version of the form.
const SCHEMA: &str = "bonafide.subjects/1";

/// What an index holds.
#[derive(Debug, Serialize, Deserialize)]
struct Contents {
    schema: String,
    made_with: String,
    subjects: u64,
    segments: Vec<Part>,
}

/// One segment of it.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    file: String,
    /// The checksum that the segment ends with.
    checksum: String,
    subjects: u64,
}

/// Subjects that may be concerned: by key, with what is known of them; and how many there are in all.
pub type Near = (Vec<(String, Query)>, u64);

/// Streams the rows into segments and calls `each` with the bytes of every one.
fn segments(input: &str, each: &mut dyn FnMut(Vec<u8>, u64) -> Result<(), Trouble>) -> Result<u64, Trouble> {
    let mut rows = Rows::open(input)?;
    let (mut builder, mut all) = (SegmentBuilder::default(), 0);
    while let Some(subject) = rows.next() {
        builder.add(&subject.id, &subject.query);
        all += 1;
        if builder.is_full() {
            let whole = std::mem::take(&mut builder);
            let count = whole.len() as u64;
            each(whole.finish(), count)?;
        }
    }
    if !builder.is_empty() {
        let count = builder.len() as u64;
        each(builder.finish(), count)?;
    }
    rows.finish();
    Ok(all)
}

/// Builds the index of the subjects in a file. A folder that holds one already is refused: nothing is overwritten.
///
/// # Errors
/// When the input cannot be read, or the folder cannot be written or is in use.
pub fn build(input: &str, folder: &Path) -> Result<String, Trouble> {
    if folder.join(CONTENTS).exists() {
        let mend = "give another folder, or remove this one first";
        return Err(Trouble::error("in-use", Some(Place::file(folder.display().to_string())), "holds an index of subjects already", mend));
    }
    make_folder(folder)?;
    let mut parts = Vec::new();
    let mut bytes = 0_u64;
    let subjects = segments(input, &mut |segment, subjects| {
        let file = format!("segment-{:05}", parts.len());
        write_file(&folder.join(&file), &segment)?;
        bytes += segment.len() as u64;
        parts.push(Part { file, checksum: checksum(&segment), subjects });
        Ok(())
    })?;
    let contents = Contents { schema: SCHEMA.to_owned(), made_with: made_with(), subjects, segments: parts };
    let text = serde_json::to_vec_pretty(&contents).map_err(|error| torn(folder, &error.to_string()))?;
    write_file(&folder.join(CONTENTS), &text)?;
    Ok(format!("{subjects} subjects in {} segments, {bytes} bytes\n", contents.segments.len()))
}

fn checksum(segment: &[u8]) -> String {
    hex(&segment[segment.len().saturating_sub(32)..])
}

fn torn(path: &Path, what: &str) -> Trouble {
    let what = format!("this is no whole index of subjects: {what}");
    Trouble::error("torn-subjects", Some(Place::file(path.display().to_string())), what, "build it anew: bonafide rescreen SUBJECTS --build FOLDER")
}

/// The subjects near the entries asked for, from an index or straight from a file.
///
/// # Errors
/// When the input cannot be read, or an index is torn or was made by another version of the matcher.
pub fn near(input: &str, asking: &Asking) -> Result<Near, Trouble> {
    let folder = Path::new(input);
    if !folder.is_dir() {
        let mut found = Vec::new();
        let all = segments(input, &mut |segment, _| {
            found.extend(Segment::read(&segment)?.near(asking)?);
            Ok(())
        })?;
        return Ok((found, all));
    }
    let path = folder.join(CONTENTS);
    let text = std::fs::read(&path).map_err(|error| torn(&path, &error.to_string()))?;
    let contents: Contents = serde_json::from_slice(&text).map_err(|error| torn(&path, &error.to_string()))?;
    if contents.schema != SCHEMA {
        return Err(torn(&path, "it is of another version"));
    }
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(8);
    let (mut found, mut all) = (Vec::new(), 0);
    for parts in contents.segments.chunks(workers) {
        let answers: Vec<Result<Near, Trouble>> = std::thread::scope(|scope| {
            let threads: Vec<_> = parts.iter().map(|part| scope.spawn(move || one(folder, part, asking))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(torn(folder, "reading a segment stopped")))).collect()
        });
        for answer in answers {
            let (near, count) = answer?;
            found.extend(near);
            all += count;
        }
    }
    if all == contents.subjects { Ok((found, all)) } else { Err(torn(&path, "subjects are missing")) }
}

fn one(folder: &Path, part: &Part, asking: &Asking) -> Result<Near, Trouble> {
    // The name comes from a file: it stays within the folder.
    let name = Path::new(&part.file).file_name().unwrap_or_default();
    let path = folder.join(name);
    let bytes = std::fs::read(&path).map_err(|error| cannot("read", &path, &error))?;
    if checksum(&bytes) != part.checksum {
        return Err(torn(&path, "it is not the segment that the table of contents names"));
    }
    let at = |trouble: Trouble| Trouble { place: Some(Place::file(path.display().to_string())), ..trouble };
    let segment = Segment::read(&bytes).map_err(at)?;
    Ok((segment.near(asking).map_err(at)?, segment.len() as u64))
}
