//! Files in which one piece is repeated until it fills them: what takes more than its share of time shows in them.
//!
//! Must not know any form.

use crate::damage::{Form, Parts, TRAPS, grow, pieces};

/// Files in which one piece of the form is repeated to `size` bytes where it stands (or a trap at the end of a line): what must take time in proportion.
pub fn grown(form: &Form, size: usize) -> Vec<(String, Parts)> {
    let mut files = Vec::new();
    for seed in &form.seeds {
        for (nth, (_, bytes)) in seed.iter().enumerate() {
            for piece in pieces(bytes).iter().map(Vec::as_slice).chain(TRAPS).chain([
                &b"\"x\",\"\n"[..],
                b"1,\n",
                b"{\"a\":1}\n",
                b"\"\n",
                b"x,\"\n",
                b"a,",
            ]) {
                let found = bytes.windows(piece.len()).position(|part| part == piece);
                let at = found.or_else(|| bytes.iter().position(|byte| *byte == b'\n')).unwrap_or(bytes.len());
                let mut parts = seed.clone();
                grow(&mut parts[nth].1, at, piece, size);
                files.push((String::from_utf8_lossy(piece).chars().take(60).collect(), parts));
                if found.is_some_and(|at| at < 200 && !bytes.starts_with(b"<")) {
                    // A wide header, and many short rows below it.
                    let mut parts = seed.clone();
                    grow(&mut parts[nth].1, at, piece, size / 2);
                    let end = parts[nth].1.len();
                    grow(&mut parts[nth].1, end, b"1,\n", size / 2);
                    files.push((format!("wide: {}", String::from_utf8_lossy(piece).chars().take(60).collect::<String>()), parts));
                }
            }
        }
    }
    files
}
