//! Blocks of one given length, by rolling hashes: linear in the window whatever the text, which is what
//! periodic texts and wide windows need.

use super::blocks::{Engine, Sink, Window, Work};
use super::index::Index;
use super::symbols::Symbol;
use crate::Error;

/// Multiplier of the polynomial hash; its collisions cost time, never exactness.
const BASE: u64 = 0x2545_f491_4f6c_dd1d;

/// How many places to go between two looks at the cancel flag.
const LOOK: usize = 1 << 16;

impl<S: Symbol, K: Sink, const JUNK: bool> Engine<'_, S, K, JUNK> {
    /// Finds all blocks whose match is `size` long in a window that has none longer; what lies between them is
    /// left for later.
    pub(super) fn pass(&mut self, window: Window, size: usize) -> Result<(), Error> {
        let Window { mut alo, ahi, mut blo, bhi } = window;
        let origin = blo;
        self.index_grams(window, size)?;
        let mut i = alo;
        let mut roll = Roll::start(&self.keys_a[i..ahi], size);
        while let Some(gram) = roll.hash() {
            if i.is_multiple_of(LOOK) {
                self.cancel.check()?;
            }
            let Some(j) = self.first_place(gram, i, size, origin, blo) else {
                i += 1;
                roll.step();
                continue;
            };
            let (before, after) = self.extension((i, j), size, Window { alo, ahi, blo, bhi });
            let (start_a, start_b) = (i - before, j - before);
            self.later(Window { alo, ahi: start_a, blo, bhi: start_b }, size);
            self.sink.block(start_a, start_b, before + size + after);
            (alo, blo) = (i + size + after, j + size + after);
            i = alo;
            roll = Roll::start(&self.keys_a[i..ahi], size);
        }
        self.later(Window { alo, ahi, blo, bhi }, size);
        Ok(())
    }

    /// The length of the longest match of a window, where it is known to be in `least..below`.
    pub(super) fn longest(&mut self, window: Window, least: usize, below: usize) -> Result<usize, Error> {
        let (mut least, mut below) = (least, below);
        while below - least > 1 {
            let middle = least + (below - least) / 2;
            if self.has_match(window, middle)? {
                least = middle;
            } else {
                below = middle;
            }
        }
        Ok(least)
    }

    fn has_match(&mut self, window: Window, size: usize) -> Result<bool, Error> {
        self.index_grams(window, size)?;
        let mut roll = Roll::start(&self.keys_a[window.alo..window.ahi], size);
        let mut i = window.alo;
        while let Some(gram) = roll.hash() {
            if i.is_multiple_of(LOOK) {
                self.cancel.check()?;
            }
            if self.first_place(gram, i, size, window.blo, window.blo).is_some() {
                return Ok(true);
            }
            i += 1;
            roll.step();
        }
        Ok(false)
    }

    /// Indexes every gram of `size` symbols of the `b` side of a window.
    fn index_grams(&mut self, window: Window, size: usize) -> Result<(), Error> {
        self.work.grams.clear();
        let mut roll = Roll::start(&self.keys_b[window.blo..window.bhi], size);
        while let Some(gram) = roll.hash() {
            if self.work.grams.len().is_multiple_of(LOOK) {
                self.cancel.check()?;
            }
            self.work.grams.push(gram);
            roll.step();
        }
        self.work.large.fill_forward(&self.work.grams);
        Ok(())
    }

    /// The first place of `b`, from `blo` on, that holds `a[i..i + size]`; entries count from `origin`.
    fn first_place(&mut self, gram: u64, i: usize, size: usize, origin: usize, blo: usize) -> Option<usize> {
        let Work { large, grams, .. } = &mut *self.work;
        let wanted = &self.keys_a[i..i + size];
        let mut link = large.first_from(gram, blo - origin);
        while let Some(entry) = link.entry() {
            let j = origin + entry;
            if grams[entry] == gram && &self.keys_b[j..j + size] == wanted {
                return Some(j);
            }
            link = large.after(entry);
        }
        None
    }
}

/// The hash of `size` symbols, moved along a text.
struct Roll<'a, S> {
    text: &'a [S],
    size: usize,
    at: usize,
    hash: u64,
    /// `BASE` to the power of `size`.
    leaving: u64,
}

impl<'a, S: Symbol> Roll<'a, S> {
    fn start(text: &'a [S], size: usize) -> Self {
        let grow = |hash: u64, symbol: &S| hash.wrapping_mul(BASE).wrapping_add(symbol.code() as u64 + 1);
        let hash = text.iter().take(size).fold(0, grow);
        let leaving = (0..size).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        Self { text, size, at: 0, hash, leaving }
    }

    /// The hash of the symbols at the current place, None past the last.
    fn hash(&self) -> Option<u64> {
        (self.at + self.size <= self.text.len()).then_some(self.hash)
    }

    fn step(&mut self) {
        if let Some(enters) = self.text.get(self.at + self.size) {
            let leaves = (self.text[self.at].code() as u64 + 1).wrapping_mul(self.leaving);
            let grown = self.hash.wrapping_mul(BASE).wrapping_add(enters.code() as u64 + 1);
            self.hash = grown.wrapping_sub(leaves);
        }
        self.at += 1;
    }
}
