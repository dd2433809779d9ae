//! The fast ratio against the naive one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use prefaudit_core::parallel::Cancel;
use prefaudit_core::ratio::{self, Scratch, naive};

fuzz_target!(|input: (&str, &str, bool, u8)| {
    let (a, b, autojunk, cutoff) = input;
    let (cancel, cutoff) = (Cancel::default(), f64::from(cutoff) / 255.0);
    let mut scratch = Scratch::default();
    let expected = naive::ratio(a, b, autojunk);
    assert_eq!(ratio::ratio(&mut scratch, a, b, autojunk, 0.0, &cancel), Ok(expected));
    let cut = if expected >= cutoff { expected } else { 0.0 };
    assert_eq!(ratio::ratio(&mut scratch, a, b, autojunk, cutoff, &cancel), Ok(cut));
    let blocks = ratio::matching_blocks(&mut scratch, a, b, autojunk, &cancel).unwrap();
    let matched: usize = blocks.iter().map(|block| block.size).sum();
    assert_eq!(ratio::from_counts(matched, a.chars().count() + b.chars().count()), expected);
});
