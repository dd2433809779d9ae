//! Blocks of three characters and fewer, in a window whose `b` side fits a few words of bits.
//!
//! Below a known longest length there is no recursion: if the longest match has length k and its first
//! occurrence starts at i, nothing of length k lies left of i. So one forward pass finds all blocks of length
//! 3; in each gap before one, a pass finds those of length 2, and in their gaps one those of length 1.

use super::blocks::{Simd, Sink};

/// Most symbols of `b`.
pub(super) const WIDTH: usize = 64 * WIDEST;

/// Words for windows that one word cannot hold, and for those that this cannot hold either.
const WIDE: usize = 4;
const WIDEST: usize = 16;

/// Buffers for windows of one word and of several.
#[derive(Default)]
pub(super) struct Masks {
    one: Planes<1>,
    wide: Planes<WIDE>,
    widest: Planes<WIDEST>,
}

/// Finds the blocks of a window in which no match is longer than 3; `at` is where the window starts.
#[inline(always)]
pub(super) fn blocks<K: Sink>(simd: Simd, masks: &mut Masks, a: &[u8], b: &[u8], at: (usize, usize), sink: &mut K) {
    if b.len() <= 64 {
        simd.0.dispatch(Find { planes: &mut masks.one, a, b, at, sink });
    } else if b.len() <= 64 * WIDE {
        simd.0.dispatch(Find { planes: &mut masks.wide, a, b, at, sink });
    } else {
        simd.0.dispatch(Find { planes: &mut masks.widest, a, b, at, sink });
    }
}

/// The search in one window, compiled once for each level of SIMD.
struct Find<'f, K, const W: usize> {
    planes: &'f mut Planes<W>,
    a: &'f [u8],
    b: &'f [u8],
    at: (usize, usize),
    sink: &'f mut K,
}

impl<K: Sink, const W: usize> pulp::WithSimd for Find<'_, K, W> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { planes, a, b, at, sink } = self;
        let (pairs, triples) = planes.fill(a, b);
        Pass {
            singles: &planes.singles[..a.len()],
            pairs: &planes.pairs[..=a.len()],
            pair_starts: &planes.pair_starts[..pairs],
            triple_starts: &planes.triple_starts[..triples],
            at,
            sink,
        }
        .threes(b.len());
    }
}

/// For each place of `a` the places of `b` where the same symbol, and the same two symbols, start.
struct Planes<const W: usize> {
    /// For each symbol its places in `b`; all empty between calls.
    symbols: Box<[Bits<W>; 256]>,
    singles: Vec<Bits<W>>,
    pairs: Vec<Bits<W>>,
    /// The places of `a` whose pairs are somewhere in `b`, the last first, and so for triples.
    pair_starts: Vec<u32>,
    triple_starts: Vec<u32>,
}

impl<const W: usize> Default for Planes<W> {
    fn default() -> Self {
        Self {
            symbols: Box::new([Bits([0; W]); 256]),
            singles: Vec::new(),
            pairs: Vec::new(),
            pair_starts: Vec::new(),
            triple_starts: Vec::new(),
        }
    }
}

impl<const W: usize> Planes<W> {
    /// Fills the planes and gives the numbers of pair and triple starts.
    #[inline(always)]
    fn fill(&mut self, a: &[u8], b: &[u8]) -> (usize, usize) {
        self.reserve(a.len());
        for (word, symbols) in b.chunks(64).enumerate() {
            let mut bit = 1;
            for &symbol in symbols {
                self.symbols[usize::from(symbol)].0[word % W] |= bit;
                bit <<= 1;
            }
        }
        let starts = self.fill_planes(a);
        for &symbol in b {
            self.symbols[usize::from(symbol)] = Bits([0; W]);
        }
        starts
    }

    /// From the last place of `a` to the first, so that what is needed of the next place is at hand.
    #[inline(always)]
    fn fill_planes(&mut self, a: &[u8]) -> (usize, usize) {
        let size = a.len();
        let (singles, pairs) = (&mut self.singles[..size], &mut self.pairs[..=size]);
        pairs[size] = Bits([0; W]);
        let mut next = Bits([0; W]);
        let mut pair_count = 0;
        for i in (0..size).rev() {
            let single = self.symbols[usize::from(a[i])];
            let pair = single.and(next.down());
            next = single;
            singles[i] = single;
            pairs[i] = pair;
            // Written always, kept by moving the cursor: no branch to mispredict.
            self.pair_starts[pair_count] = i as u32;
            pair_count += usize::from(pair.any());
        }
        let mut triple_count = 0;
        for &i in &self.pair_starts[..pair_count] {
            self.triple_starts[triple_count] = i;
            triple_count += usize::from(triple(pairs, i as usize).any());
        }
        (pair_count, triple_count)
    }

    #[inline(always)]
    fn reserve(&mut self, size: usize) {
        if self.pair_starts.len() <= size {
            self.singles.resize(2 * size, Bits([0; W]));
            self.pairs.resize(2 * size + 1, Bits([0; W]));
            self.pair_starts.resize(2 * size + 1, 0);
            self.triple_starts.resize(2 * size + 1, 0);
        }
    }
}

/// The places of `b` where the three symbols from `i` start.
#[inline(always)]
fn triple<const W: usize>(pairs: &[Bits<W>], i: usize) -> Bits<W> {
    pairs[i].and(pairs[i + 1].down())
}

/// A set of places of `b`.
#[derive(Clone, Copy)]
struct Bits<const W: usize>([u64; W]);

impl<const W: usize> Bits<W> {
    /// As `array::from_fn`, which is not always inlined.
    #[inline(always)]
    fn of(mut word: impl FnMut(usize) -> u64) -> Self {
        let mut words = [0; W];
        for (k, each) in words.iter_mut().enumerate() {
            *each = word(k);
        }
        Self(words)
    }

    /// The places from `lo` up to, not including, `hi`.
    #[inline(always)]
    fn between(lo: usize, hi: usize) -> Self {
        if lo >= hi {
            return Self([0; W]);
        }
        if W == 1 {
            return Self([(u64::MAX >> (64 - hi)) & (u64::MAX << lo); W]);
        }
        let below = |end: usize, word: usize| {
            let end = end.saturating_sub(64 * word);
            if end >= 64 { u64::MAX } else { (1 << end) - 1 }
        };
        Self::of(|word| below(hi, word) & !below(lo, word))
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Self::of(|word| self.0[word] & other.0[word])
    }

    /// The set with every place moved down by one.
    #[inline(always)]
    fn down(self) -> Self {
        Self::of(|word| {
            let above = if word + 1 < W { self.0[word + 1] << 63 } else { 0 };
            self.0[word] >> 1 | above
        })
    }

    /// The set without the least place of `found` and those below it; the same set when there is none.
    #[inline(always)]
    fn above_least(self, found: Self) -> Self {
        // Subtracting one turns over the bits up to and including the lowest.
        let mut borrow = u64::from(found.any());
        Self::of(|word| {
            let (less, borrows) = found.0[word].overflowing_sub(borrow);
            borrow = u64::from(borrows);
            self.0[word] & !(found.0[word] ^ less)
        })
    }

    #[inline(always)]
    fn any(self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) != 0
    }

    /// The least place; 64 W when there is none.
    #[inline(always)]
    fn least(self) -> usize {
        let word = (0..W).find(|&word| self.0[word] != 0).unwrap_or(W - 1);
        64 * word + self.0[word].trailing_zeros() as usize
    }
}

struct Pass<'a, K, const W: usize> {
    singles: &'a [Bits<W>],
    pairs: &'a [Bits<W>],
    /// The starts that are still ahead, the nearest last; each pass goes forward only.
    pair_starts: &'a [u32],
    triple_starts: &'a [u32],
    at: (usize, usize),
    sink: &'a mut K,
}

impl<K: Sink, const W: usize> Pass<'_, K, W> {
    #[inline(always)]
    fn emit(&mut self, i: usize, j: usize, size: usize) {
        self.sink.block(self.at.0 + i, self.at.1 + j, size);
    }

    #[inline(always)]
    fn threes(&mut self, bhi: usize) {
        let (mut alo, mut blo) = (0, 0);
        while let Some((&i, ahead)) = self.triple_starts.split_last() {
            self.triple_starts = ahead;
            let i = i as usize;
            let found = triple(self.pairs, i).and(Bits::between(blo, bhi));
            if i >= alo && found.any() {
                let j = found.least();
                self.twos(alo, i, blo, j);
                self.emit(i, j, 3);
                (alo, blo) = (i + 3, j + 3);
            }
        }
        self.twos(alo, self.singles.len(), blo, bhi);
    }

    #[inline(always)]
    fn twos(&mut self, mut alo: usize, ahi: usize, mut blo: usize, bhi: usize) {
        if alo >= ahi || blo >= bhi {
            return;
        }
        while let Some((&i, ahead)) = self.pair_starts.split_last() {
            let i = i as usize;
            if i + 1 >= ahi {
                break;
            }
            self.pair_starts = ahead;
            let found = self.pairs[i].and(Bits::between(blo, bhi - 1));
            if i >= alo && found.any() {
                let j = found.least();
                self.ones(alo, i, blo, j);
                self.emit(i, j, 2);
                (alo, blo) = (i + 2, j + 2);
            }
        }
        self.ones(alo, ahi, blo, bhi);
    }

    #[inline(always)]
    fn ones(&mut self, alo: usize, ahi: usize, blo: usize, bhi: usize) {
        let mut window = Bits::between(blo, bhi);
        for (i, single) in (alo..ahi).zip(&self.singles[alo..ahi]) {
            let found = single.and(window);
            self.sink.block_if(found.any(), self.at.0 + i, self.at.1 + found.least(), 1);
            window = window.above_least(found);
            // A first match lies anywhere in the window, so that few are left room for.
            if !window.any() {
                break;
            }
        }
    }
}
