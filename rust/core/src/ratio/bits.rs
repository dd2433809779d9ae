//! Blocks of three characters and fewer, in a window whose `b` side fits a word of bits.
//!
//! Below a known longest length there is no recursion: if the longest match has length k and its first
//! occurrence starts at i, nothing of length k lies left of i. So one forward pass finds all blocks of length
//! 3; in each gap before one, a pass finds those of length 2, and in their gaps one those of length 1.

use super::blocks::Sink;

/// Most symbols of `b`.
pub(super) const WIDTH: usize = 64;

/// For each symbol the bits of its places in `b`; all zero between calls.
pub(super) struct Masks(Box<[u64; 256]>);

impl Default for Masks {
    fn default() -> Self {
        Self(Box::new([0; 256]))
    }
}

/// Finds the blocks of a window in which no match is longer than 3; `at` is where the window starts.
#[inline(always)]
pub(super) fn blocks<K: Sink>(masks: &mut Masks, a: &[u8], b: &[u8], at: (usize, usize), sink: &mut K) {
    for (j, &symbol) in b.iter().enumerate() {
        masks.0[usize::from(symbol)] |= 1 << j;
    }
    Pass { masks: &masks.0, a, at, sink }.threes(b.len());
    for &symbol in b {
        masks.0[usize::from(symbol)] = 0;
    }
}

struct Pass<'a, K> {
    masks: &'a [u64; 256],
    a: &'a [u8],
    at: (usize, usize),
    sink: &'a mut K,
}

/// The bits from `lo` up to, not including, `hi`.
#[inline(always)]
fn between(lo: usize, hi: usize) -> u64 {
    if lo >= hi { 0 } else { (u64::MAX >> (WIDTH - (hi - lo))) << lo }
}

impl<K: Sink> Pass<'_, K> {
    #[inline(always)]
    fn places(&self, i: usize) -> u64 {
        self.masks[usize::from(self.a[i])]
    }

    #[inline(always)]
    fn emit(&mut self, i: usize, j: usize, size: usize) {
        self.sink.block(self.at.0 + i, self.at.1 + j, size);
    }

    #[inline(always)]
    fn threes(&mut self, bhi: usize) {
        let (mut alo, mut blo, mut i) = (0, 0, 0);
        let ahi = self.a.len();
        'search: while i + 2 < ahi && blo + 2 < bhi {
            let window = between(blo, bhi - 2);
            let mut second = self.places(i + 1);
            let mut pair = self.places(i) & (second >> 1);
            loop {
                let third = self.places(i + 2);
                let found = pair & (third >> 2) & window;
                if found != 0 {
                    let j = found.trailing_zeros() as usize;
                    self.twos(alo, i, blo, j);
                    self.emit(i, j, 3);
                    i += 3;
                    (alo, blo) = (i, j + 3);
                    continue 'search;
                }
                i += 1;
                if i + 2 >= ahi {
                    break 'search;
                }
                pair = second & (third >> 1);
                second = third;
            }
        }
        self.twos(alo, ahi, blo, bhi);
    }

    #[inline(always)]
    fn twos(&mut self, mut alo: usize, ahi: usize, mut blo: usize, bhi: usize) {
        let mut i = alo;
        'search: while i + 1 < ahi && blo + 1 < bhi {
            let window = between(blo, bhi - 1);
            let mut first = self.places(i);
            loop {
                let second = self.places(i + 1);
                let found = first & (second >> 1) & window;
                if found != 0 {
                    let j = found.trailing_zeros() as usize;
                    self.ones(alo, i, blo, j);
                    self.emit(i, j, 2);
                    i += 2;
                    (alo, blo) = (i, j + 2);
                    continue 'search;
                }
                i += 1;
                if i + 1 >= ahi {
                    break 'search;
                }
                first = second;
            }
        }
        self.ones(alo, ahi, blo, bhi);
    }

    #[inline(always)]
    fn ones(&mut self, alo: usize, ahi: usize, blo: usize, bhi: usize) {
        let mut window = between(blo, bhi);
        for i in alo..ahi {
            if window == 0 {
                return;
            }
            let found = self.places(i) & window;
            if found != 0 {
                self.emit(i, found.trailing_zeros() as usize, 1);
                // Up to and including the lowest bit that was found.
                window &= !(found ^ (found - 1));
            }
        }
    }
}
