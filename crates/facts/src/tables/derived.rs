//! What the engine makes of the rest; never read from outside. Each can be dumped and queried.

use crate::table::tables;

tables! { "Derived", Derived;
    list_hits ListHit "a subject's name or identifier that scores against a list entry" {
        subject_id: Text true = "who",
        entry_id: Text true = "which entry",
        list: Text = "list id",
        score: Number = "0 to 1",
        matched_kind: Text = "name, or the kind of the identifier that is equal",
        matched_name: Text = "the listed name",
        matched_value: Text = "the subject's value",
        exact_identifier: Boolean = "an identifier (not a name) is exactly equal",
        programmes: List = "programmes of the entry",
        reasons: List = "one line each",
        listed_from: Text = "day of listing, YYYY-MM-DD",
        listed_to: Text = "day of removal, YYYY-MM-DD",
        list_digest: Text = "digest of the list",
        mark: Text = "digest of what was compared, subject and entry: what a decision in the allowlist names",
        again: Text = "who cleared this hit once, and what changed since; empty when nobody did",
        evidence: Rows = "rows of the subject",
    }
    quiet_hits QuietHit "a hit that the user's allowlist keeps quiet: shown, never counted, no rule reads it as a hit" {
        subject_id: Text true = "who",
        entry_id: Text true = "which entry",
        list: Text = "list id",
        score: Number = "0 to 1",
        matched_kind: Text = "name, or the kind of the identifier that is equal",
        matched_name: Text = "the listed name",
        matched_value: Text = "the subject's value",
        mark: Text = "digest of what was compared, subject and entry",
        said: Text = "who cleared it, when and why, until when, and where that is written",
        evidence: Rows = "rows of the subject",
    }
    links Link "two subjects that share evidence" {
        left_id: Text true = "the one (smaller id)",
        right_id: Text true = "the other",
        level: Text = "operator, network or person",
        weight_bits: Number = "bits for (or against) the same level",
        reasons: List = "one line each",
        joined: Text = "alone (one value joins them by itself), together (two or more independent kinds do), or no",
        kinds: List = "kinds of evidence that count: identifier, text, image, face, device, payment, payroll, place, turns, handover, rhythm, referral, decision, coin (shapes of payment on a chain)",
        shared_by: Integer = "how many subjects share the commonest value",
        evidence: Rows = "rows of both",
    }
    clusters Cluster "groups of subjects" {
        cluster_id: Text true = "stable over runs",
        subject_id: Text true = "member",
        level: Text = "operator, network or person",
        joined_by: Text = "the link that joined it, left|right",
        size: Integer = "members",
        evidence: Rows = "rows behind the join",
    }
    document_matches DocumentMatch "two subjects' documents that share text or image" {
        left_id: Text true = "the one subject (smaller id)",
        right_id: Text true = "the other",
        document_kind: Text = "kind of the left document",
        how: Text = "text (near-duplicate), contained (the shorter lies in the longer), sentence (rare shared sentences), image (perceptual hash), exif or template",
        similarity: Number = "0 to 1: Jaccard of word shingles after boilerplate is taken out; for contained the share of the shorter; for images 1 - distance / 64; for sentences the share of the shorter",
        shared_sentences: Integer = "rare sentences in common",
        shared_by: Integer = "how many subjects share the commonest of them",
        sample: Text = "the longest shared sentence, as printed",
        evidence: Rows = "rows of both documents",
    }
    exposures Exposure "coin that reaches or comes from a label" {
        subject_id: Text = "whose wallet",
        chain: Text = "chain",
        address: Text true = "the wallet",
        lane: Text = "listed_dprk, listed_other, law_enforcement, frozen, theft, mixer, bridge, exchange, service or community; `pattern` for a shape of payment",
        source_label: Text = "the label's name",
        source_address: Text = "the labelled address",
        method: Text = "poison, haircut or fifo; label for the wallet itself; deposit, gather, payer, gas, gas_shared, peel or pass_through in the lane pattern",
        direction: Text = "from or to",
        hops: Integer = "shortest",
        amount_usd: Money = "value",
        amount: Money = "in the asset",
        asset: Text = "asset",
        share: Number = "of all that came in (or went out), 0 to 1",
        lead_only: Boolean = "rests on unverified community labels",
        path: List = "addresses, in order",
        evidence: Rows = "rows of the transfers on the path",
    }
    findings FindingRow "what the rules found" {
        finding_id: Text true = "stable over runs",
        subject_id: Text true = "who",
        rule: Text true = "rule id",
        group: Text = "independence group",
        weight_bits: Number = "bits",
        says: Text = "the sentence",
        evidence: Rows = "the rows behind it",
        first_at: Time = "first time in the evidence",
        last_at: Time = "last time in the evidence",
        citation: Text = "first citation",
        innocent: List = "innocent explanations",
    }
    assessments AssessmentRow "what the findings amount to" {
        subject_id: Text true = "who",
        score_bits: Number = "sum of the contributions",
        band: Text = "clear, note, review or escalate",
        contributions: List = "rule=bits, largest first",
        next_steps: List = "what a person does next",
        pack_digest: Text = "digest of the pack",
        list_digests: List = "list=digest",
    }
}
