//! A small share of the fuzzing of the list readers; the whole of it is `cargo run --release -p bonafide-intake --example fuzz_lists -- 10000000`.

#[path = "../../examples/fuzz_lists/damage.rs"]
mod damage;

use std::path::Path;

#[test]
fn damaged_lists_are_read_in_bounds() {
    let forms = damage::forms(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/lists")).unwrap();
    for (which, form) in forms.iter().enumerate() {
        for run in 0..1_500 {
            let mut dice = damage::Dice::new(1, which, run);
            let parts = damage::damaged(form, &forms, &mut dice);
            let limits = damage::limits(&mut dice);
            let answer = damage::read(&parts, &limits);
            assert_eq!(damage::broken_law(&parts, &limits, &answer), None, "{} run {run}", form.name);
        }
    }
}
