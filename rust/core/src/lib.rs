//! Text kernels of prefaudit: exact `difflib` ratios and text statistics over whole columns.
//!
//! Nothing here knows Python or Arrow. A kernel sees a column through [`Texts`] and runs over its rows
//! through [`parallel::map`]; the scalar functions ([`ratio::ratio`], [`lengths::word_count`]) are the same
//! code on one row.

#![forbid(unsafe_code)]

pub mod error;
pub mod features;
pub mod hashes;
pub mod languages;
pub mod lengths;
pub mod marks;
pub mod parallel;
pub mod prompts;
pub mod ratio;
pub mod sameness;
pub mod scripts;
pub mod terms;
pub mod texts;
pub mod transcripts;
pub mod words;

pub use error::Error;
pub use texts::Texts;
