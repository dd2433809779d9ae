//! Where the grams of a text stand: a chained hash table in flat arrays, reused from pair to pair.

use super::symbols::Symbol;

/// Spreads the bits of a gram over the top of a word (Fibonacci hashing).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Positions of `b` by the hash of the gram that starts there.
pub(super) trait Index {
    /// Indexes the grams of `N` symbols at every multiple of `stride`; entry `e` stands at `e * stride`.
    fn fill<S: Symbol, const N: usize>(&mut self, text: &[S], stride: usize);

    /// The first entry whose gram may be `gram`, as a link.
    fn first(&self, gram: u64) -> Link;

    /// The entry after `entry` with the same hash, as a link.
    fn after(&self, entry: usize) -> Link;
}

/// An entry plus one; 0 ends a chain.
#[derive(Clone, Copy, Default)]
pub(super) struct Link(u32);

impl Link {
    /// Whether the chain goes on.
    #[inline(always)]
    pub(super) fn is_some(self) -> bool {
        self.0 != 0
    }

    /// The entry, None at the end of the chain.
    #[inline(always)]
    pub(super) fn entry(self) -> Option<usize> {
        (self.0 as usize).checked_sub(1)
    }
}

/// Bits of the hash for `entries`: a table two to four times as long.
#[inline(always)]
fn table_bits(entries: usize) -> u32 {
    usize::BITS - (entries * 2).leading_zeros()
}

/// An index of at most [`SmallIndex::MOST`] entries, which stays in the nearest cache.
pub(super) struct SmallIndex {
    heads: Box<[u16; Self::SLOTS]>,
    next: Box<[u16; Self::MOST]>,
    places: Box<[u16; Self::MOST]>,
    shift: u32,
}

impl SmallIndex {
    /// Most entries.
    pub(super) const MOST: usize = 1024;
    const SLOTS: usize = 4096;
}

impl Default for SmallIndex {
    fn default() -> Self {
        let (next, places) = (Box::new([0; Self::MOST]), Box::new([0; Self::MOST]));
        Self { heads: Box::new([0; Self::SLOTS]), next, places, shift: 63 }
    }
}

impl Index for SmallIndex {
    #[inline(always)]
    fn fill<S: Symbol, const N: usize>(&mut self, text: &[S], stride: usize) {
        let bits = table_bits(text.len() / stride + 1);
        self.shift = 64 - bits;
        self.heads[..1 << bits].fill(0);
        // The masks below change no value; they tell the compiler that every access is inside.
        let mut insert = |entry: usize, place: &[S; N]| {
            let slot = (S::gram(place).wrapping_mul(SPREAD) >> self.shift) as usize % Self::SLOTS;
            self.next[entry % Self::MOST] = self.heads[slot];
            self.heads[slot] = entry as u16 + 1;
        };
        let places = text.array_windows::<N>();
        if N == 1 && stride == 1 {
            // Most single symbols are junk. Written always, kept by moving the cursor.
            let mut found = 0;
            for (j, &symbol) in text.iter().enumerate() {
                self.places[found % Self::MOST] = j as u16;
                found += usize::from(symbol != S::JUNK_B);
            }
            for &j in &self.places[..found] {
                if let Some(place) = text[usize::from(j)..].first_chunk() {
                    insert(usize::from(j), place);
                }
            }
        } else if stride == 1 {
            // The common case, without the bookkeeping of `step_by`.
            places.enumerate().for_each(|(entry, place)| insert(entry, place));
        } else {
            places.step_by(stride).enumerate().for_each(|(entry, place)| insert(entry, place));
        }
    }

    #[inline(always)]
    fn first(&self, gram: u64) -> Link {
        let slot = (gram.wrapping_mul(SPREAD) >> self.shift) as usize % Self::SLOTS;
        Link(u32::from(self.heads[slot]))
    }

    #[inline(always)]
    fn after(&self, entry: usize) -> Link {
        Link(u32::from(self.next[entry % Self::MOST]))
    }
}

/// An index of any size.
#[derive(Default)]
pub(super) struct LargeIndex {
    heads: Vec<u32>,
    next: Vec<u32>,
    shift: u32,
}

impl LargeIndex {
    fn reset(&mut self, entries: usize) {
        let bits = table_bits(entries + 1);
        self.shift = 64 - bits;
        self.heads.clear();
        self.heads.resize(1 << bits, 0);
        self.next.clear();
        self.next.resize(entries, 0);
    }

    #[inline(always)]
    fn insert(&mut self, entry: usize, gram: u64) {
        let slot = (gram.wrapping_mul(SPREAD) >> self.shift) as usize;
        self.next[entry] = self.heads[slot];
        self.heads[slot] = entry as u32 + 1;
    }

    /// Indexes one entry for each gram, in such an order that the chains go forward in the text.
    pub(super) fn fill_forward(&mut self, grams: &[u64]) {
        self.reset(grams.len());
        for (entry, &gram) in grams.iter().enumerate().rev() {
            self.insert(entry, gram);
        }
    }

    /// As [`Index::first`], and forgets for good the entries before `from`: for scans that only move forward.
    pub(super) fn first_from(&mut self, gram: u64, from: usize) -> Link {
        let slot = (gram.wrapping_mul(SPREAD) >> self.shift) as usize;
        let mut link = Link(self.heads[slot]);
        while let Some(entry) = link.entry().filter(|&entry| entry < from) {
            link = self.after(entry);
        }
        self.heads[slot] = link.0;
        link
    }
}

impl Index for LargeIndex {
    #[inline(always)]
    fn fill<S: Symbol, const N: usize>(&mut self, text: &[S], stride: usize) {
        self.reset(text.len() / stride + 1);
        for (entry, place) in text.array_windows::<N>().step_by(stride).enumerate() {
            self.insert(entry, S::gram(place));
        }
    }

    #[inline(always)]
    fn first(&self, gram: u64) -> Link {
        Link(self.heads[(gram.wrapping_mul(SPREAD) >> self.shift) as usize])
    }

    #[inline(always)]
    fn after(&self, entry: usize) -> Link {
        Link(self.next[entry])
    }
}
