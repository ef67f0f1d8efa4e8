//! The case folder's tables as CSV text in memory, and the cells that go into them.
//!
//! Must not know a story. A test holds every header against the declared tables.

use super::clock;

macro_rules! sheets {
    ($($variant:ident $name:literal [$($column:literal)*]),* $(,)?) => {
        /// A table the simulator writes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Sheet { $(#[doc = $name] $variant),* }
        /// Each table's name and the columns written, in the order of [`Sheet`].
        pub const SHEETS: &[(&str, &[&str])] = &[$(($name, &[$($column),*])),*];
    };
}

sheets! {
    Subjects "subjects" ["subject_id" "kind" "name" "stage" "organisation" "role" "claimed_country" "claimed_city" "claimed_timezone" "created_at" "engaged_at"],
    Claims "claims" ["subject_id" "source" "attribute" "value" "valid_from" "valid_to" "seen_at"],
    Identifiers "identifiers" ["subject_id" "kind" "value" "source" "holder_name" "valid_from" "verified"],
    Documents "documents" ["document_id" "subject_id" "kind" "text" "created_at" "author" "producer" "template" "perceptual_hash"],
    Verifications "verifications" ["subject_id" "what" "value" "result" "by" "at"],
    Observations "observations" ["subject_id" "code" "at" "by" "note"],
    Referrals "referrals" ["subject_id" "referred_id" "at"],
    Accounts "accounts" ["account_id" "subject_id" "service" "handle" "display_name" "created_at"],
    SignIns "sign_ins" ["subject_id" "account_id" "service" "at" "ended_at" "ip" "device_id" "mfa_device_id" "client_timezone" "outcome" "country" "latitude" "longitude" "open_ports" "rtt_ms" "input_lag_ms"],
    Meetings "meetings" ["subject_id" "at" "kind" "ip" "device_id" "camera_device" "display_name" "camera"],
    AuditEvents "audit_events" ["subject_id" "at" "service" "action" "object" "ip" "device_id" "bytes" "count" "destination"],
    Commits "commits" ["subject_id" "repository" "sha" "tree" "at" "committed_at" "author_name" "author_email" "committer_email" "message_hash"],
    Bids "bids" ["subject_id" "project_id" "at" "won" "document_id"],
    Reviews "reviews" ["client_id" "subject_id" "at" "score"],
    Engagements "engagements" ["subject_id" "organisation" "role" "from" "to" "weekly_hours" "hours_timezone" "hours_start" "hours_end"],
    Shipments "shipments" ["subject_id" "at" "item" "address" "receiver" "direction" "status"],
    Devices "devices" ["device_id" "subject_id" "issued_at" "first_seen" "serial" "hostname" "timezone" "managed"],
    Peripherals "peripherals" ["device_id" "at" "bus" "vendor_id" "product_id" "serial" "manufacturer" "product" "mac" "mdns_name"],
    Software "software" ["device_id" "name" "publisher" "path" "installed_at" "seen_at"],
    Payments "payments" ["payment_id" "subject_id" "at" "direction" "amount" "currency" "method" "payer_account" "payee_account" "payee_name" "country" "via" "reference" "transaction"],
    Transfers "transfers" ["chain" "at" "block" "transaction" "log_index" "from_address" "to_address" "asset" "amount" "amount_usd"],
    Labels "labels" ["chain" "address" "category" "name" "source" "seen_at"],
    IpRanges "ip_ranges" ["cidr" "country" "asn" "as_name" "kind" "service" "source"],
    Places "places" ["address" "kind" "source"],
}

/// The text of all tables of one block.
#[derive(Debug)]
pub struct Sheets {
    /// CSV without headers, in the order of [`SHEETS`].
    pub texts: Vec<Vec<u8>>,
}

impl Default for Sheets {
    fn default() -> Self {
        Self { texts: SHEETS.iter().map(|_| Vec::new()).collect() }
    }
}

impl Sheets {
    /// A new row; it ends when it is dropped.
    pub fn row(&mut self, sheet: Sheet) -> Row<'_> {
        Row { out: &mut self.texts[sheet as usize], cells: 0, columns: SHEETS[sheet as usize].1.len() }
    }
}

/// A row being written: its cells in the order of the header; those left out at the end stay empty.
#[derive(Debug)]
pub struct Row<'a> {
    out: &'a mut Vec<u8>,
    cells: usize,
    columns: usize,
}

impl Row<'_> {
    fn next(&mut self) {
        if self.cells > 0 {
            self.out.push(b',');
        }
        self.cells += 1;
        debug_assert!(self.cells <= self.columns, "a row has more cells than its header");
    }

    /// Text, quoted where CSV needs it.
    pub fn text(mut self, text: &str) -> Self {
        self.next();
        if text.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r')) {
            self.out.push(b'"');
            for b in text.bytes() {
                if b == b'"' {
                    self.out.push(b'"');
                }
                self.out.push(b);
            }
            self.out.push(b'"');
        } else {
            self.out.extend_from_slice(text.as_bytes());
        }
        self
    }

    /// Text that is known to need no quotes (keys, words, addresses of the network).
    pub fn word(mut self, text: &str) -> Self {
        self.next();
        self.out.extend_from_slice(text.as_bytes());
        self
    }

    /// An instant with an offset in minutes.
    pub fn time(mut self, instant: i64, offset: i32) -> Self {
        self.next();
        clock::write(self.out, instant, offset);
        self
    }

    /// An empty cell.
    pub fn none(mut self) -> Self {
        self.next();
        self
    }

    /// A whole number.
    pub fn number(mut self, n: i64) -> Self {
        self.next();
        digits(self.out, n);
        self
    }

    /// A number with two decimals.
    #[allow(clippy::cast_possible_truncation)]
    pub fn hundredths(mut self, n: f64) -> Self {
        self.next();
        let cents = (n * 100.0).round() as i64;
        if cents < 0 {
            self.out.push(b'-');
        }
        digits(self.out, cents.abs() / 100);
        self.out.push(b'.');
        self.out.push(b'0' + (cents.abs() / 10 % 10) as u8);
        self.out.push(b'0' + (cents.abs() % 10) as u8);
        self
    }

    /// true or false.
    pub fn flag(self, yes: bool) -> Self {
        self.word(if yes { "true" } else { "false" })
    }
}

impl Drop for Row<'_> {
    fn drop(&mut self) {
        for _ in self.cells..self.columns {
            if self.cells > 0 {
                self.out.push(b',');
            }
        }
        self.out.push(b'\n');
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn digits(out: &mut Vec<u8>, n: i64) {
    if n < 0 {
        out.push(b'-');
    }
    let mut buffer = [0_u8; 20];
    let mut at = buffer.len();
    let mut rest = n.unsigned_abs();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&buffer[at..]);
}
