//! Words and characters against their definitions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use prefaudit_core::lengths::{char_count, is_space, word_count};

fuzz_target!(|text: &str| {
    assert_eq!(word_count(text), text.split(is_space).filter(|word| !word.is_empty()).count());
    assert_eq!(char_count(text), text.chars().count());
});
