//! The page and the picture hold nothing but what was asked, escaped.

use super::*;
use bonafide_facts::{Files, RawTransfer};
use bonafide_trace::answer::{Question, Ready, Shown};
use bonafide_trace::follow::{Bounds, Method};
use bonafide_trace::{Direction, Label, Labels, Lane, Ledger};

fn answer(name: &str) -> Answer {
    let coin = 1_000_000_000_000_000_000;
    let transfer = |row: i64, from: &'static str, to: &'static str, amount: i128| RawTransfer {
        chain: "ethereum",
        asset: "USDT",
        from,
        to,
        at: Some(row * 1_000_000),
        amount: amount * coin,
        row,
        ..RawTransfer::default()
    };
    let ledger = Ledger::build([transfer(1, "T", "A", 100), transfer(2, "A", "<b>W", 60), transfer(3, "<b>W", "X", 10)]);
    let mut labels = Labels::default();
    labels.add("T", Label { lane: Lane::Theft, name: name.to_owned(), ..Label::default() });
    let files = Files::default();
    let directions = vec![Direction::From, Direction::To];
    let question = Question {
        addresses: vec!["<b>W".into(), "nowhere".into()],
        directions,
        method: Method::Haircut,
        as_of: None,
        bounds: Bounds::default(),
        shown: Shown::default(),
    };
    Ready::new(&ledger, &labels, &files).ask(&question).0
}

#[test]
fn hostile_names_are_text_on_every_surface() {
    let answer = answer("<script>alert(1)</script>\u{1b}[31m\u{202e}\" ]; x -> y [");
    let page = page(&answer);
    assert!(!page.contains("<script") && !page.contains("<b>W") && page.contains("&lt;b&gt;W"));
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("src="), "nothing comes from elsewhere");
    for text in [page, table(&answer), dot(&answer)] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    }
    let graph = dot(&answer);
    assert!(graph.contains("\\\""), "quotes are escaped");
}

#[test]
fn an_address_in_no_transfer_is_not_found_and_never_clean() {
    let text = table(&answer("a theft"));
    assert!(text.contains("Not found in any of the 3 transfers"));
    assert!(text.contains("100.0% of its USDT came from theft"), "{text}");
    assert!(!text.to_lowercase().replace("not clean", "").contains("clean"));
}
