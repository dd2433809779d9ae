//! Where the grams of a text stand: a chained hash table in three flat arrays, reused from pair to pair.

use super::symbols::Symbol;

/// Positions of `b` by the hash of the gram that starts there.
#[derive(Default)]
pub(super) struct Index {
    /// For each hash the last entry plus one, 0 where there is none.
    heads: Vec<u32>,
    /// For each entry the entry before it with the same hash, plus one.
    next: Vec<u32>,
    /// Takes the top bits of a product as the hash.
    shift: u32,
}

/// Spreads the bits of a gram over the top of a word (Fibonacci hashing).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Index {
    /// Empties the index and makes room for `entries`.
    #[inline(always)]
    fn reset(&mut self, entries: usize) {
        let bits = (entries * 2 + 1).next_power_of_two().trailing_zeros().max(6);
        self.shift = 64 - bits;
        self.heads.clear();
        self.heads.resize(1 << bits, 0);
        self.next.clear();
    }

    #[inline(always)]
    fn slot(&self, gram: u64) -> usize {
        (gram.wrapping_mul(SPREAD) >> self.shift) as usize
    }

    /// Indexes the grams of `N` symbols at every multiple of `stride`; entry `e` stands at `e * stride`.
    #[inline(always)]
    pub(super) fn fill<S: Symbol, const N: usize>(&mut self, text: &[S], stride: usize) {
        self.reset(text.len() / stride + 1);
        let heads = &mut self.heads[..];
        for (entry, place) in text.windows(N).step_by(stride).enumerate() {
            let slot = (S::gram::<N>(place).wrapping_mul(SPREAD) >> self.shift) as usize;
            self.next.push(heads[slot]);
            heads[slot] = entry as u32 + 1;
        }
    }

    /// Indexes one entry for each gram, in such an order that the chains go forward in the text.
    pub(super) fn fill_forward(&mut self, grams: &[u64]) {
        self.reset(grams.len());
        self.next.resize(grams.len(), 0);
        for (entry, &gram) in grams.iter().enumerate().rev() {
            let slot = self.slot(gram);
            self.next[entry] = self.heads[slot];
            self.heads[slot] = entry as u32 + 1;
        }
    }

    /// Writes to `places` where `text` has a gram whose hash is in the index.
    #[inline(always)]
    pub(super) fn candidates<S: Symbol, const N: usize>(&self, text: &[S], places: &mut Vec<u32>) {
        places.clear();
        places.resize(text.len(), 0);
        // Written always, kept by moving the cursor: no branch to mispredict.
        let mut found = 0;
        for (i, place) in text.windows(N).enumerate() {
            places[found] = i as u32;
            found += usize::from(self.heads[self.slot(S::gram::<N>(place))] != 0);
        }
        places.truncate(found);
    }

    /// The entries whose grams may be `gram`.
    #[inline(always)]
    pub(super) fn entries(&self, gram: u64) -> Entries<'_> {
        Entries { next: &self.next, at: self.heads[self.slot(gram)] }
    }

    /// As [`Index::entries`], and forgets for good those before `from`: for scans that only move forward.
    #[inline(always)]
    pub(super) fn entries_from(&mut self, gram: u64, from: usize) -> Entries<'_> {
        let slot = self.slot(gram);
        let mut at = self.heads[slot];
        while at != 0 && (at as usize - 1) < from {
            at = self.next[at as usize - 1];
        }
        self.heads[slot] = at;
        Entries { next: &self.next, at }
    }
}

/// A chain of entries.
pub(super) struct Entries<'a> {
    next: &'a [u32],
    at: u32,
}

impl Iterator for Entries<'_> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        let entry = (self.at as usize).checked_sub(1)?;
        self.at = self.next[entry];
        Some(entry)
    }
}
