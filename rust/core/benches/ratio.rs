//! Times the kernels on fixed texts: `cargo bench -p prefaudit-core --bench ratio`.
#![allow(missing_docs)]

mod texts;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use prefaudit_core::lengths::word_count;
use prefaudit_core::parallel::{self, Cancel};
use prefaudit_core::ratio::Ratios;

const CASES: &[&str] = &["responses", "transcripts", "dissimilar", "long", "longest", "chinese"];

fn ratios(criterion: &mut Criterion) {
    for (mode, autojunk) in [("exact", false), ("autojunk", true)] {
        let mut group = criterion.benchmark_group(mode);
        for name in CASES {
            let (a, b): (Vec<String>, Vec<String>) = texts::case(name).into_iter().unzip();
            let [a, b] = [&a, &b].map(|side| side.iter().map(String::as_str).collect::<Vec<_>>());
            group.throughput(Throughput::Elements(a.len() as u64));
            group.bench_function(*name, |bencher| {
                let kernel = Ratios::new(&a, &b, autojunk, 0.0).expect("equally many texts");
                bencher.iter(|| parallel::map(black_box(&kernel), 1, &Cancel::default(), &mut || ()));
            });
        }
    }
}

fn words(criterion: &mut Criterion) {
    let texts = texts::case("transcripts");
    criterion.bench_function("word_count", |bencher| {
        bencher.iter(|| texts.iter().map(|(a, _)| word_count(black_box(a))).sum::<usize>());
    });
}

criterion_group!(benches, ratios, words);
criterion_main!(benches);
