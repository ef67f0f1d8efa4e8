//! What subjects did: accounts, sign-ins, meetings, commits, bids, engagements, shipments.

use crate::table::tables;

tables! { "What they did", Input;
    accounts Account "logins of a subject" {
        account_id: Text true = "the user's own key",
        subject_id: Text true = "the holder",
        service: Text = "platform or system",
        handle: Text = "user name",
        display_name: Text = "name shown",
        created_at: Time = "when it was opened",
        deleted_at: Time = "when it was closed",
    }
    sign_ins SignIn "sessions" {
        subject_id: Text true = "who holds the account",
        account_id: Text = "which account",
        service: Text = "platform or system",
        at: Time true = "start",
        ended_at: Time = "end",
        ip: Ip = "address it came from",
        device_id: Text = "device or browser fingerprint",
        mfa_device_id: Text = "second-factor device",
        user_agent: Text = "as sent",
        client_timezone: Zone = "zone of the browser or app clock",
        outcome: Text = "success or failure",
        country: Country = "of the address, when the source tells",
        latitude: Number = "degrees north of the address, when the source tells",
        longitude: Number = "degrees east",
        asn: Integer = "autonomous system number",
        open_ports: List = "ports seen open on the address",
        screen: Text = "width x height",
        rtt_ms: Number = "round-trip time, milliseconds",
        input_lag_ms: Number = "lag between key and screen, milliseconds",
    }
    meetings Meeting "interviews and work calls" {
        subject_id: Text true = "who took part",
        at: Time = "start",
        kind: Text = "interview or work",
        ip: Ip = "address the subject joined from",
        device_id: Text = "device the subject joined with",
        camera_device: Text = "name of the camera",
        display_name: Text = "name shown",
        camera: Text = "on, off, failed or refused",
    }
    audit_events AuditEvent "what an account did inside a system" {
        subject_id: Text true = "who",
        at: Time true = "when",
        service: Text = "system",
        action: Text = "as the system names it",
        object: Text = "what it was done to",
        ip: Ip = "address it came from",
        device_id: Text = "device",
        bytes: Integer = "bytes moved",
        count: Integer = "things moved",
        destination: Text = "where to",
    }
    commits Commit "entries of code history" {
        subject_id: Text true = "the author's account holder",
        repository: Text = "where",
        sha: Text = "commit id",
        tree: Text = "tree id (the content)",
        at: Time true = "author time with its offset",
        committed_at: Time = "committer time",
        author_name: Text = "as written",
        author_email: Text = "as written",
        committer_email: Text = "as written",
        message_hash: Text = "digest of the message",
        patch_id: Text = "digest of the change itself, when it was computed",
    }
    bids Bid "offers for work on a platform" {
        subject_id: Text true = "who bids",
        project_id: Text = "for what",
        at: Time = "when",
        won: Boolean = "whether it was won",
        document_id: Text = "the bid's text in documents",
    }
    reviews Review "ratings a client gave" {
        client_id: Text true = "who rates (a subject or an outside key)",
        subject_id: Text true = "who is rated",
        at: Time = "when",
        score: Number = "as the platform counts, 5 is best",
    }
    engagements Engagement "work for an organisation, as agreed" {
        subject_id: Text true = "who works",
        organisation: Text = "for whom",
        role: Text = "as what",
        from: Time = "since",
        to: Time = "until",
        weekly_hours: Number = "hours a week",
        hours_timezone: Zone = "zone the hours are agreed in",
        hours_start: Text = "agreed daily start, HH:MM in hours_timezone",
        hours_end: Text = "agreed daily end, HH:MM in hours_timezone",
    }
    shipments Shipment "equipment sent and returned" {
        subject_id: Text true = "for whom",
        at: Time = "when it was sent",
        item: Text = "what",
        address: Text = "where to",
        receiver: Text = "name of the receiver",
        direction: Text = "out or back",
        status: Text = "delivered, redirected, refused, returned…",
    }
}
