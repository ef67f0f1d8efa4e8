//! What the world knows: official lists, address ranges, remote tools, places, technologies.

use crate::table::tables;

tables! { "What the world knows", Reference;
    list_entries ListEntry "one entry of an official list" {
        entry_id: Text true = "`ofac-<uid>`, `un-<DATAID>`…",
        list: Text true = "list id: ofac-sdn, un-sc, eu-fsf, uk…",
        schema: Text = "person, company, vessel, aircraft or unknown",
        name: Text = "primary name as printed",
        listed_from: Time = "day of listing",
        listed_to: Time = "day of removal",
        remarks: Text = "as printed",
    }
    list_names ListName "names of list entries" {
        entry_id: Text true = "the entry",
        name: Text true = "as printed",
        role: Text = "primary, alias, former or original_script",
        strength: Text = "strong or weak",
    }
    list_identifiers ListIdentifier "identifiers of list entries" {
        entry_id: Text true = "the entry",
        kind: Text true = "wallet, document_number, tax_id, bic, imo, email, phone, website, registration…",
        value: Text true = "as printed",
        country: Country = "issuer",
        chain: Text = "chain of a wallet, from the address itself",
    }
    list_addresses ListAddress "addresses of list entries" {
        entry_id: Text true = "the entry",
        address: Text = "street line",
        city: Text = "city",
        country: Country = "country",
        kind: Text = "address, or birth_place",
    }
    list_programmes ListProgramme "programmes an entry is listed under" {
        entry_id: Text true = "the entry",
        programme: Text true = "as printed",
    }
    list_dates ListDate "dates of list entries" {
        entry_id: Text true = "the entry",
        what: Text = "birth, founded or other",
        earliest: Text = "YYYY-MM-DD",
        latest: Text = "YYYY-MM-DD",
        precision: Text = "day, month, year, circa or range",
    }
    ip_ranges IpRange "what is known of an address range" {
        first: Ip = "first address of the range",
        last: Ip = "last address",
        cidr: Text = "the range as a prefix, instead of first and last",
        country: Country = "country",
        asn: Integer = "autonomous system number",
        as_name: Text = "its name",
        kind: Text = "hosting, vpn, proxy, tor, residential, mobile, corporate or campus",
        service: Text = "name of the service",
        source: Text = "who says so",
        valid_to: Time = "until when it is known to hold",
    }
    remote_tools RemoteTool "programs and things that put another person at the keyboard or camera" {
        name: Text true = "product",
        kind: Text true = "rmm, kvm, virtual_camera, keep_awake or voice",
        process: Text = "file name of the program, lower case",
        domain: Text = "domain it talks to",
        usb: Text = "vendor:product in hex, and a manufacturer or serial after a space where the ids alone say little",
        mac: Text = "prefix of the hardware address",
        mdns: Text = "part of the announced name, lower case",
        source: Text = "who says so",
    }
    places Place "addresses that receive for others" {
        address: Text true = "the address",
        kind: Text = "forwarder, mail_drop, hotel, storage or coworking",
        source: Text = "who says so",
    }
    technologies Technology "when a technology was first released" {
        name: Text true = "as résumés write it, lower case",
        released_at: Time = "first public release",
        source: Text = "who says so",
    }
}
