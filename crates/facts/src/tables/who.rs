//! Who is looked at, and what is said of them.

use crate::table::tables;

tables! { "Who", Input;
    subjects Subject "everybody who is looked at; the only table a case folder must have" {
        subject_id: Text true = "the user's own key",
        kind: Text = "person or company",
        name: Text = "as printed; compared with official lists and with the subject's own other statements, nothing else",
        stage: Text = "applicant, contractor, employee, vendor, client or former",
        organisation: Text = "who engages them",
        role: Text = "what they are engaged for",
        claimed_country: Country = "where they say they are",
        claimed_city: Text = "the place they say they are in",
        claimed_timezone: Zone = "the zone they say they work in",
        created_at: Time = "when the subject first appeared",
        engaged_at: Time = "when work began",
    }
    claims Claim "what somebody says of a subject" {
        subject_id: Text true = "who it is about",
        source: Text = "resume, platform_profile, social_profile, portfolio, id_document, payment_profile, interview, hr_form, reference, invoice…",
        attribute: Text true = "name, country, city, timezone, employer, school, degree, birth_date, phone, email, address, job, skill, work_hours…",
        value: Text = "as printed",
        valid_from: Time = "since when it is said to hold",
        valid_to: Time = "until when it is said to hold",
        seen_at: Time = "when it was said",
    }
    identifiers Identifier "values that can be shared between subjects" {
        subject_id: Text true = "who uses or names it",
        kind: Text true = "email, phone, address, document_number, tax_id, bank_account, payment_account, wallet, device, mfa_device, ssh_key, github, linkedin, telegram, website, machine_name, photo_hash…",
        value: Text true = "as printed",
        source: Text = "who asserted it: resume, payment_profile, sign_in, hr_form, id_document, reference, recruiter…",
        holder_name: Text = "the name the account or document is in",
        valid_from: Time = "since when",
        valid_to: Time = "until when",
        verified: Boolean = "whether control of it was shown (a mail answered, a document checked)",
    }
    documents Document "what they handed in or wrote" {
        document_id: Text true = "the user's own key",
        subject_id: Text true = "who handed it in",
        kind: Text = "resume, cover_letter, bid, message, id_scan, invoice, contract or portfolio",
        text: Text = "the text, when it was extracted",
        path: Text = "where the file lies",
        created_at: Time = "from the file's own metadata",
        modified_at: Time = "from the file's own metadata",
        author: Text = "from the file's own metadata",
        last_modified_by: Text = "from the file's own metadata",
        producer: Text = "the program that wrote it",
        template: Text = "template name or digest from the file's metadata",
        perceptual_hash: Text = "64-bit perceptual hash of the image, 16 hex digits",
        exif_hash: Text = "digest of camera serial and time from the image's metadata",
        counterparty: Text = "company an invoice or contract names",
        amount: Money = "amount an invoice asks for",
        currency: Text = "ISO 4217 or asset code of the amount",
    }
    verifications Verification "what was checked, by whom, with which result" {
        subject_id: Text true = "who was checked",
        what: Text true = "identity, employer, school, bank, address, liveness, reference, device, location or the id of a rule that was looked into",
        value: Text = "which value was checked",
        result: Text true = "confirmed, denied, mismatch or unreachable",
        by: Text = "who checked",
        at: Time = "when",
    }
    observations Observation "what a person saw, in controlled words (see `bonafide form`)" {
        subject_id: Text true = "who it is about",
        code: Text true = "controlled word: camera_refused, virtual_camera, local_question_failed, other_person_on_call, pay_in_crypto_requested, other_account_requested…",
        at: Time = "when",
        by: Text = "who saw it",
        note: Text = "free text, never read by a rule",
    }
    referrals Referral "who recommended whom" {
        subject_id: Text true = "who recommends",
        referred_id: Text true = "who is recommended",
        at: Time = "when",
    }
    face_matches FaceMatch "what a vendor's face comparison said of two subjects; no picture is read, and no look" {
        left_id: Text true = "the one subject",
        right_id: Text true = "the other",
        vendor: Text = "whose comparison",
        verdict: Text true = "same, different or unsure, as the vendor says; only `same` is evidence",
        score: Number = "as the vendor counts; shown, never weighed",
        left_document: Text = "document_id of the one picture",
        right_document: Text = "document_id of the other",
        at: Time = "when it was compared",
        reference: Text = "the vendor's own number of the comparison",
    }
    link_retractions LinkRetraction "a value that a person took back: it joins this subject to nobody, whoever says it again" {
        subject_id: Text true = "whose value",
        kind: Text true = "kind of the value, as in identifiers, or sign_in_ip, ship_to, payer, pays_to, device_serial",
        value: Text true = "the value, in any spelling",
        by: Text = "who took it back",
        at: Time = "when",
        why: Text = "the reason, one line",
    }
    link_decisions LinkDecision "what a person decided about two subjects; linking obeys it" {
        left_id: Text true = "the one subject",
        right_id: Text true = "the other",
        decision: Text true = "same or not_same",
        level: Text = "operator (when empty) or network",
        by: Text = "who decided",
        at: Time = "when",
        why: Text = "the reason, one line",
    }
}
