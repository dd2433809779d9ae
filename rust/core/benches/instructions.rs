//! Counts the instructions of the kernels on fixed texts, under valgrind; `python -m benches.instructions` runs
//! this and compares the counts with those on record.
//!
//! The kernels keep to the instructions that every machine has, so that what is counted does not depend on this one.
#![allow(missing_docs)]

mod texts;

use std::hint::black_box;

use gungraun::{library_benchmark, library_benchmark_group, main};
use prefaudit_core::lengths::word_count;
use prefaudit_core::parallel::Cancel;
use prefaudit_core::ratio::{Scratch, ratio};
use texts::Pair;

fn sum_of_ratios(pairs: &[Pair], autojunk: bool) -> f64 {
    let (mut scratch, cancel) = (Scratch::portable(), Cancel::default());
    pairs.iter().filter_map(|(a, b)| ratio(&mut scratch, a, b, autojunk, 0.0, &cancel).ok()).sum()
}

#[library_benchmark(setup = texts::case)]
#[benches::of(args = ["responses", "transcripts", "dissimilar", "long", "longest", "chinese"])]
fn exact(pairs: Vec<Pair>) -> f64 {
    black_box(sum_of_ratios(black_box(&pairs), false))
}

#[library_benchmark(setup = texts::case)]
#[benches::of(args = ["responses", "transcripts", "dissimilar", "long", "longest", "chinese"])]
fn autojunk(pairs: Vec<Pair>) -> f64 {
    black_box(sum_of_ratios(black_box(&pairs), true))
}

#[library_benchmark(setup = texts::case)]
#[benches::of(args = ["transcripts", "chinese"])]
fn words(pairs: Vec<Pair>) -> usize {
    black_box(black_box(&pairs).iter().map(|(a, b)| word_count(a) + word_count(b)).sum())
}

library_benchmark_group!(name = kernels, benchmarks = [exact, autojunk, words]);
main!(library_benchmark_groups = kernels);
