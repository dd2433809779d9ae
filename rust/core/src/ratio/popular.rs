//! Autojunk: the characters of a long text that difflib lets start no match.

use std::ops::Range;

use super::symbols::Symbol;

/// Texts `b` with fewer characters have no popular ones.
pub(super) const LEAST: usize = 200;

/// Buffers for the keys of one pair.
pub(super) struct Popular<S> {
    counts: Vec<u32>,
    /// The key of each symbol in `b`.
    table: Vec<S>,
    /// The texts with popular characters replaced by what equals nothing.
    pub keys_a: Vec<S>,
    pub keys_b: Vec<S>,
}

impl<S> Default for Popular<S> {
    fn default() -> Self {
        Self { counts: Vec::new(), table: Vec::new(), keys_a: Vec::new(), keys_b: Vec::new() }
    }
}

impl<S: Symbol> Popular<S> {
    /// Computes the keys of `b`. Popular is what makes up over 1% of it: `len(b) // 100 + 1` places.
    #[inline(always)]
    pub(super) fn mask_b(&mut self, a: &[S], b: &[S]) {
        let symbols = S::most_symbols(a, b);
        self.counts.clear();
        self.counts.resize(symbols, 0);
        let counts = &mut self.counts[..symbols];
        for symbol in b {
            counts[symbol.code()] += 1;
        }
        let most = (b.len() / 100 + 1) as u32;
        grow(&mut self.table, symbols);
        let table = &mut self.table[..symbols];
        for (code, (key, &count)) in table.iter_mut().zip(counts.iter()).enumerate() {
            // All bits are set in what equals nothing.
            *key = S::from_code(code | 0_usize.wrapping_sub(usize::from(count > most)));
        }
        grow(&mut self.keys_b, b.len());
        for (key, symbol) in self.keys_b.iter_mut().zip(b) {
            *key = table[symbol.code()];
        }
    }

    /// Computes the keys of `a` in a range, after those of `b`.
    #[inline(always)]
    pub(super) fn mask_a(&mut self, a: &[S], b: &[S], range: Range<usize>) {
        grow(&mut self.keys_a, a.len());
        let table = &self.table[..S::most_symbols(a, b)];
        let keys = &mut self.keys_a[range.clone()];
        for (key, symbol) in keys.iter_mut().zip(&a[range]) {
            *key = table[symbol.code()];
        }
        // The one junk becomes the other: a loop of its own, which needs no branch.
        for key in keys {
            *key = (*key).min(S::JUNK_A);
        }
    }
}

/// Makes a buffer so long; what it holds is overwritten.
#[inline(always)]
fn grow<S: Symbol>(buffer: &mut Vec<S>, size: usize) {
    buffer.resize(size, S::JUNK_A);
}
