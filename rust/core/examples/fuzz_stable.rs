//! Fuzzes the kernels on stable Rust: seeded random texts against the naive oracle, for a number of seconds.
//!
//! `cargo run --release -p prefaudit-core --example fuzz_stable -- [SECONDS] [SEED]` prints the count of runs as JSON.
//! `rust/fuzz` holds the same comparison for cargo-fuzz, which needs a nightly compiler.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use prefaudit_core::lengths::{is_space, word_count};
use prefaudit_core::parallel::Cancel;
use prefaudit_core::ratio::{self, Scratch, naive};

/// xorshift64*.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 11) as usize % end.max(1)
    }

    /// Mostly small, at times near a border of the kernel, rarely large.
    fn size(&mut self) -> usize {
        const BORDERS: [usize; 8] = [64, 128, 200, 256, 512, 1024, 1100, 400];
        match self.below(16) {
            0..=6 => self.below(40),
            7..=10 => self.below(260),
            11..=13 => (BORDERS[self.below(BORDERS.len())] + self.below(5)).saturating_sub(2),
            14 => self.below(700),
            _ => self.below(1_500),
        }
    }

    fn text(&mut self, alphabet: &[char]) -> Vec<char> {
        let size = self.size();
        (0..size).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    fn alphabet(&mut self) -> Vec<char> {
        let pools: [&str; 5] = ["ab", "abc ", "etaoin shrdlu,.", "aé漢𝄞\u{301} ", " \u{1c}\u{85}\u{3000}a\nb"];
        if self.below(8) == 0 {
            let first = 0x4e00 + self.below(5_000) as u32;
            return (first..).filter_map(char::from_u32).take(1 + self.below(300)).collect();
        }
        pools[self.below(pools.len())].chars().collect()
    }

    fn edit(&mut self, text: &mut Vec<char>, alphabet: &[char]) {
        let at = self.below(text.len() + 1);
        let end = (at + self.below(20)).min(text.len());
        let put: Vec<char> = match self.below(3) {
            0 => text[self.below(at + 1)..at].iter().copied().take(60).collect(),
            _ => (0..self.below(8)).map(|_| alphabet[self.below(alphabet.len())]).collect(),
        };
        text.splice(at..end, put);
    }

    fn pair(&mut self) -> (String, String) {
        let alphabet = self.alphabet();
        let mut a = self.text(&alphabet);
        let mut b = if self.below(3) == 0 { self.text(&alphabet) } else { a.clone() };
        for _ in 0..self.below(12) {
            self.edit(&mut b, &alphabet);
        }
        if self.below(3) == 0 {
            let shared = self.text(&alphabet);
            a.splice(0..0, shared.iter().copied());
            b.splice(0..0, shared);
        }
        if self.below(4) == 0 {
            let shared = self.text(&alphabet);
            a.extend(&shared);
            b.extend(shared);
        }
        if self.below(8) == 0 && !a.is_empty() {
            let period: Vec<char> = a[..(1 + self.below(6)).min(a.len())].to_vec();
            a = period.iter().copied().cycle().take(self.size()).collect();
            b = period.into_iter().cycle().take(self.size()).collect();
        }
        (a.into_iter().collect(), b.into_iter().collect())
    }
}

/// What the fast kernel gives for a pair and the naive one does not.
fn difference(scratch: &mut Scratch, a: &str, b: &str, autojunk: bool, cutoff: f64) -> Option<String> {
    let cancel = Cancel::default();
    let expected = naive::ratio(a, b, autojunk);
    let found = ratio::ratio(scratch, a, b, autojunk, 0.0, &cancel);
    let cut = ratio::ratio(scratch, a, b, autojunk, cutoff, &cancel);
    let least = if expected >= cutoff { expected } else { 0.0 };
    let blocks = ratio::matching_blocks(scratch, a, b, autojunk, &cancel).unwrap_or_default();
    let matched: usize = blocks.iter().map(|block| block.size).sum();
    let whole = naive::blocks(a, b, autojunk).iter().map(|block| block.size).sum();
    let same = found == Ok(expected) && cut == Ok(least) && matched == whole;
    (!same).then(|| format!("autojunk={autojunk} cutoff={cutoff}: {expected} but {found:?}, {cut:?}\n{a:?}\n{b:?}"))
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let seconds = arguments.next().unwrap_or(10);
    let seed: u64 = arguments.next().unwrap_or(1);
    let mut random = Random(seed.max(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut scratch = Scratch::default();
    let (start, mut runs) = (Instant::now(), 0_u64);
    while start.elapsed() < Duration::from_secs(seconds) {
        let (a, b) = random.pair();
        let cutoff = random.below(1_001) as f64 / 1_000.0;
        for autojunk in [false, true] {
            if let Some(what) = difference(&mut scratch, &a, &b, autojunk, cutoff) {
                eprintln!("after {runs} runs, {what}");
                return ExitCode::FAILURE;
            }
        }
        if word_count(&a) != a.split(is_space).filter(|word| !word.is_empty()).count() {
            eprintln!("after {runs} runs, words of {a:?}");
            return ExitCode::FAILURE;
        }
        runs += 1;
    }
    println!("{{\"runs\": {runs}, \"seconds\": {seconds}, \"seed\": {seed}, \"failures\": 0}}");
    ExitCode::SUCCESS
}
