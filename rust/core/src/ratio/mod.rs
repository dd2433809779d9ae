//! The exact ratio of `difflib.SequenceMatcher`, both modes, to the last bit.
//!
//! `ratio = 2 M / (len(a) + len(b))`, where M sums the matching blocks: the longest block that both texts
//! share (on a tie the least start in `a`, then in `b`), then the same left and right of it. [`naive`] is that
//! definition in code; everything else is how to reach the same number sooner.

mod bits;
mod blocks;
mod bound;
mod dots;
mod index;
#[doc(hidden)]
pub mod naive;
mod passes;
mod popular;
mod prefix;
mod runs;
mod symbols;

use blocks::{Engine, Simd, Sink, Total, Window, Work};
use popular::Popular;
pub use prefix::common_prefix;
use symbols::{Decoded, Decoder, Symbol};

use crate::lengths::char_count;
use crate::parallel::{Cancel, RowKernel};
use crate::texts::paired_len;
use crate::{Error, Texts};

/// A block of equal text: `a[a..a + size] == b[b..b + size]`, in code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Where it starts in the first text.
    pub a: usize,
    /// Where it starts in the second text.
    pub b: usize,
    /// Its length.
    pub size: usize,
}

/// `2 * matched / total`, 1.0 where both texts are empty, in the order of operations of difflib.
#[must_use]
#[inline(always)]
pub fn from_counts(matched: usize, total: usize) -> f64 {
    if total == 0 { 1.0 } else { 2.0 * matched as f64 / total as f64 }
}

/// Buffers that ratios of one thread share.
#[derive(Default)]
pub struct Scratch {
    decoder: Decoder,
    search: Search,
}

impl Scratch {
    /// Buffers of a search that keeps to the instructions that every machine has, so that they can be counted.
    #[doc(hidden)]
    #[must_use]
    pub fn portable() -> Self {
        let mut scratch = Self::default();
        scratch.search.work.simd = Simd(pulp::Arch::Scalar);
        scratch
    }
}

#[derive(Default)]
struct Search {
    work: Work,
    narrow: Popular<u8>,
    wide: Popular<u32>,
    counts: Vec<u32>,
}

/// The ratio of two texts, or 0.0 where it is below `cutoff`.
///
/// # Errors
/// [`Error::Interrupted`] when `cancel` was raised.
///
/// ```
/// use prefaudit_core::{parallel::Cancel, ratio};
/// let mut scratch = ratio::Scratch::default();
/// assert_eq!(ratio::ratio(&mut scratch, "abxcd", "abcd", true, 0.0, &Cancel::default()), Ok(8.0 / 9.0));
/// ```
#[inline(always)]
pub fn ratio(
    scratch: &mut Scratch,
    a: &str,
    b: &str,
    autojunk: bool,
    cutoff: f64,
    cancel: &Cancel,
) -> Result<f64, Error> {
    let mut total = Total::default();
    let lengths = find_blocks(scratch, a, b, autojunk, cutoff, cancel, &mut total)?;
    let ratio = lengths.map_or(0.0, |(a, b)| from_counts(total.0, a + b));
    Ok(if ratio < cutoff { 0.0 } else { ratio })
}

/// The matching blocks of two texts as difflib's `get_matching_blocks` lists them: in order, neighbours joined,
/// and an empty block at the end of both texts.
///
/// # Errors
/// [`Error::Interrupted`] when `cancel` was raised.
pub fn matching_blocks(
    scratch: &mut Scratch,
    a: &str,
    b: &str,
    autojunk: bool,
    cancel: &Cancel,
) -> Result<Vec<Match>, Error> {
    let mut found = Vec::new();
    find_blocks(scratch, a, b, autojunk, 0.0, cancel, &mut found)?;
    found.sort_unstable_by_key(|block: &Match| block.a);
    let mut blocks: Vec<Match> = Vec::with_capacity(found.len() + 1);
    for next in found {
        match blocks.last_mut() {
            Some(last) if (last.a + last.size, last.b + last.size) == (next.a, next.b) => last.size += next.size,
            _ => blocks.push(next),
        }
    }
    blocks.push(Match { a: char_count(a), b: char_count(b), size: 0 });
    Ok(blocks)
}

/// Sends the blocks of two texts to `sink` and gives their lengths in characters, or None when bounds prove
/// that the ratio is below `cutoff`.
#[inline(always)]
fn find_blocks<K: Sink>(
    scratch: &mut Scratch,
    a: &str,
    b: &str,
    autojunk: bool,
    cutoff: f64,
    cancel: &Cancel,
    sink: &mut K,
) -> Result<Option<(usize, usize)>, Error> {
    let shared = prefix::common_text(a, b);
    let prefix = char_count(&a[..shared]);
    if shared == a.len() || shared == b.len() {
        // One text begins with the other, which is then the longest match there can be, and the first.
        sink.block_if(prefix > 0, 0, 0, prefix);
        return Ok(Some((prefix + char_count(&a[shared..]), prefix + char_count(&b[shared..]))));
    }
    scratch.search.work.clear();
    if autojunk && has_popular(b) {
        let mut search = JunkSearch { search: &mut scratch.search, prefix, cutoff, cancel, sink };
        return match scratch.decoder.decode(a, b) {
            Decoded::Narrow(a, b) => search.run(a, b, |search| &mut search.narrow),
            Decoded::Wide(a, b) => search.run(a, b, |search| &mut search.wide),
        };
    }
    let proven = prefix::is_longest_match(a.as_bytes(), b.as_bytes(), shared, prefix);
    let (done, skip) = if proven { (prefix, shared) } else { (0, 0) };
    if proven {
        sink.block(0, 0, prefix);
    }
    let mut search = ExactSearch { search: &mut scratch.search, done, cutoff, cancel, sink };
    match scratch.decoder.decode(&a[skip..], &b[skip..]) {
        Decoded::Narrow(a, b) => search.run(a, b),
        Decoded::Wide(a, b) => search.run(a, b),
    }
}

/// A search in which every character may start a match.
struct ExactSearch<'s, K> {
    search: &'s mut Search,
    /// Characters before the texts to be searched, which are a block.
    done: usize,
    cutoff: f64,
    cancel: &'s Cancel,
    sink: &'s mut K,
}

/// Blocks of tails, told where they stand in the whole texts.
struct Shifted<'s, K>(&'s mut K, usize);

impl<K: Sink> Sink for Shifted<'_, K> {
    #[inline(always)]
    fn block(&mut self, i: usize, j: usize, size: usize) {
        self.0.block(self.1 + i, self.1 + j, size);
    }

    #[inline(always)]
    fn block_if(&mut self, is_block: bool, i: usize, j: usize, size: usize) {
        self.0.block_if(is_block, self.1 + i, self.1 + j, size);
    }
}

impl<K: Sink> ExactSearch<'_, K> {
    #[inline(always)]
    fn run<S: Symbol>(&mut self, a: &[S], b: &[S]) -> Result<Option<(usize, usize)>, Error> {
        let lengths = (self.done + a.len(), self.done + b.len());
        if self.cutoff > 0.0 && !self.may_reach(a, b, lengths) {
            return Ok(None);
        }
        let window = Window { alo: 0, ahi: a.len(), blo: 0, bhi: b.len() };
        let mut sink = Shifted(self.sink, self.done);
        Engine::<S, _, false> {
            a,
            b,
            keys_a: a,
            keys_b: b,
            work: &mut self.search.work,
            sink: &mut sink,
            cancel: self.cancel,
        }
        .solve(window)?;
        Ok(Some(lengths))
    }

    fn may_reach<S: Symbol>(&mut self, a: &[S], b: &[S], lengths: (usize, usize)) -> bool {
        let total = lengths.0 + lengths.1;
        bound::may_reach(self.done, a, b, total, &mut self.search.counts, self.cutoff)
    }
}

/// A search in which the popular characters of `b` start no match.
struct JunkSearch<'s, K> {
    search: &'s mut Search,
    /// Characters that the texts share at their start.
    prefix: usize,
    cutoff: f64,
    cancel: &'s Cancel,
    sink: &'s mut K,
}

impl<K: Sink> JunkSearch<'_, K> {
    #[inline(always)]
    fn run<S: Symbol>(
        &mut self,
        a: &[S],
        b: &[S],
        keys: fn(&mut Search) -> &mut Popular<S>,
    ) -> Result<Option<(usize, usize)>, Error> {
        let total = a.len() + b.len();
        let prefix = self.prefix;
        if self.cutoff > 0.0
            && !bound::may_reach(prefix, &a[prefix..], &b[prefix..], total, &mut self.search.counts, self.cutoff)
        {
            return Ok(None);
        }
        let mut popular = std::mem::take(keys(self.search));
        let done = self.search_by(&mut popular, a, b);
        *keys(self.search) = popular;
        done?;
        Ok(Some((a.len(), b.len())))
    }

    /// Only the tails behind the shared prefix are searched, if it turns out to be the first block.
    #[inline(always)]
    fn search_by<S: Symbol>(&mut self, popular: &mut Popular<S>, a: &[S], b: &[S]) -> Result<(), Error> {
        popular.mask_b(a, b);
        let prefix = self.prefix;
        let start = blocks::start_of_tails(&popular.keys_b, prefix);
        let mut searched = a.len();
        // Where there is too little to gain, a list is not worth the risk that it has to be made again.
        if prefix * 4 >= a.len().max(b.len()) {
            popular.mask_a(a, b, start..a.len());
            if self.engine(popular, a, b).solve_from_prefix(prefix, start)? {
                return Ok(());
            }
            searched = start;
        }
        popular.mask_a(a, b, 0..searched);
        self.engine(popular, a, b).solve(Window { alo: 0, ahi: a.len(), blo: 0, bhi: b.len() })
    }

    #[inline(always)]
    fn engine<'e, S: Symbol>(&'e mut self, popular: &'e Popular<S>, a: &'e [S], b: &'e [S]) -> Engine<'e, S, K, true> {
        Engine {
            a,
            b,
            keys_a: &popular.keys_a,
            keys_b: &popular.keys_b,
            work: &mut self.search.work,
            sink: self.sink,
            cancel: self.cancel,
        }
    }
}

/// The ratio of each row of two columns; 0.0 where it is below the cutoff or where a text is null.
pub struct Ratios<'a, A: ?Sized, B: ?Sized> {
    a: &'a A,
    b: &'a B,
    rows: usize,
    autojunk: bool,
    cutoff: f64,
}

impl<'a, A: Texts + ?Sized, B: Texts + ?Sized> Ratios<'a, A, B> {
    /// Pairs up two columns.
    ///
    /// # Errors
    /// [`Error::Lengths`] when they differ in length.
    pub fn new(a: &'a A, b: &'a B, autojunk: bool, cutoff: f64) -> Result<Self, Error> {
        Ok(Self { a, b, rows: paired_len(a, b)?, autojunk, cutoff })
    }
}

impl<A: Texts + ?Sized, B: Texts + ?Sized> RowKernel for Ratios<'_, A, B> {
    type Scratch = Scratch;
    type Out = f64;

    fn rows(&self) -> usize {
        self.rows
    }

    fn cost(&self, i: usize) -> u64 {
        let (a, b) = (self.a.size(i) as u64, self.b.size(i) as u64);
        // Measured; where the recursion is deep it takes more.
        200 + 8 * (a + b) + a * b / 16_384
    }

    fn scratch(&self) -> Scratch {
        Scratch::default()
    }

    #[inline(always)]
    fn row(&self, scratch: &mut Scratch, i: usize, cancel: &Cancel) -> Result<f64, Error> {
        let Some((a, b)) = self.a.get(i).zip(self.b.get(i)) else { return Ok(0.0) };
        ratio(scratch, a, b, self.autojunk, self.cutoff, cancel)
    }
}

/// Both ratios of a pair.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Both {
    /// With autojunk off.
    pub exact: f64,
    /// With autojunk on.
    pub autojunk: f64,
}

/// Both ratios of each row of two columns; 0.0 where a text is null.
pub struct BothRatios<'a, A: ?Sized, B: ?Sized>(Ratios<'a, A, B>);

impl<'a, A: Texts + ?Sized, B: Texts + ?Sized> BothRatios<'a, A, B> {
    /// Pairs up two columns.
    ///
    /// # Errors
    /// [`Error::Lengths`] when they differ in length.
    pub fn new(a: &'a A, b: &'a B) -> Result<Self, Error> {
        Ratios::new(a, b, false, 0.0).map(Self)
    }
}

impl<A: Texts + ?Sized, B: Texts + ?Sized> RowKernel for BothRatios<'_, A, B> {
    type Scratch = Scratch;
    type Out = Both;

    fn rows(&self) -> usize {
        self.0.rows()
    }

    fn cost(&self, i: usize) -> u64 {
        2 * self.0.cost(i)
    }

    fn scratch(&self) -> Scratch {
        self.0.scratch()
    }

    fn row(&self, scratch: &mut Scratch, i: usize, cancel: &Cancel) -> Result<Both, Error> {
        let Some((a, b)) = self.0.a.get(i).zip(self.0.b.get(i)) else { return Ok(Both::default()) };
        let exact = ratio(scratch, a, b, false, 0.0, cancel)?;
        let autojunk = if has_popular(b) { ratio(scratch, a, b, true, 0.0, cancel)? } else { exact };
        Ok(Both { exact, autojunk })
    }
}

/// Whether a text `b` is long enough for autojunk to make a difference.
#[inline(always)]
fn has_popular(b: &str) -> bool {
    b.len() >= popular::LEAST && char_count(b) >= popular::LEAST
}
