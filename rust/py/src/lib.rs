//! `prefaudit._core`: Arrow in, core, Arrow out. Translation only; everything that decides is in
//! `prefaudit_core` or in Python.

mod columns;
mod import;
mod kernels;
mod run;
mod words;

use pyo3::prelude::*;

/// The text kernels of prefaudit.
#[pymodule]
mod _core {
    #[pymodule_export]
    use super::columns::TextColumn;
    #[pymodule_export]
    use super::kernels::{
        both_ratios, char_counts, cut_transcripts, human_turns, languages, letter_counts, matching_blocks,
        prompt_facts, ratio, ratios, sameness, term_counts, text_features, text_hashes, text_marks, word_counts,
    };
    #[pymodule_export]
    use super::words::WordIds;
}
