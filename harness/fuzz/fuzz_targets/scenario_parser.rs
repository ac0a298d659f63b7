//! Any text as a file of scenarios, followed by any text as a profile.
//!
//! Held: nothing panics, and an error points into the text that it is about, at a place that can be
//! shown.

#![no_main]

use badpenny::scenario::{Catalogue, LoadError, Plan};
use badpenny_fuzz::changed;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};

/// Stands on a line of its own between the scenarios and the profile.
const SEPARATOR: &str = "\n%%%\n";

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(bytes) else { return Corpus::Reject };
    let (scenarios, profile) = match text.split_once(SEPARATOR) {
        Some((scenarios, profile)) => (scenarios, Some(profile)),
        None => (text, None),
    };
    let file = |text: &str| ("fuzz.toml".to_owned(), text.to_owned());
    match Catalogue::from_texts([file(scenarios)], profile.map(file)) {
        Ok(catalogue) => plan_everything(&catalogue),
        Err(error) => return look_at(&error),
    }
    Corpus::Keep
});

// Half of the changes are libFuzzer's own, of bytes; the other half mostly keep it TOML.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let text = std::str::from_utf8(&data[..size]).ok().filter(|_| seed.is_multiple_of(2));
    match text.map(|text| changed(text, seed)).filter(|text| !text.is_empty() && text.len() <= max_size) {
        Some(text) => {
            data[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        None => fuzzer_mutate(data, size, max_size),
    }
});

fn plan_everything(catalogue: &Catalogue) {
    for profile in catalogue.profiles() {
        let plan = Plan::new(catalogue, &profile.id, &[]).expect("a profile that is there, and no selector");
        for case in plan.all() {
            assert!(case.name().contains('@'));
            let _ = (case.sizes(), case.variant.uses("token"));
        }
    }
}

/// What is wrong before its first variant is tried, and kept as the ground of no further change: the
/// parser ends at the first mistake, so that nothing behind it would ever be reached.
fn look_at(error: &LoadError) -> Corpus {
    assert!(!error.to_string().is_empty());
    let LoadError::Unreadable { text, source, .. } = error else { return Corpus::Keep };
    if let Some(span) = &source.span {
        assert!(text.get(span.clone()).is_some(), "{span:?} lies outside of the text, or within a character");
        assert!(source.line_and_column(text).is_some());
    }
    if source.path.contains("variant[") { Corpus::Keep } else { Corpus::Reject }
}
