//! The matching blocks of a window: the longest match, then left and right of it, without searching twice.
//!
//! A window is solved in levels. At level q all maximal diagonal runs of at least q equal symbols are listed
//! once; the recursion works on that list alone, clipped to each window and handed on to its two children.
//! Where a window holds no run of q symbols, the next lower level takes over, down to windows that a few
//! bit operations settle. Each level starts so high that its list stays short. A list that explodes all the
//! same (periodic text) is dropped for a higher level, and where there is none for one linear pass over the
//! blocks of the longest length.

use std::ops::Range;

use super::Match;
use super::bits::{self, Masks};
use super::dots::{self, Dots};
use super::index::{LargeIndex, SmallIndex};
use super::runs::{List, Lister, Places, Run, common_suffix, longest_run, most_runs};
use super::symbols::Symbol;
use crate::Error;
use crate::parallel::Cancel;

/// What happens to blocks as they are found, in any order.
pub(super) trait Sink {
    fn block(&mut self, i: usize, j: usize, size: usize);

    /// A block that may turn out not to be one; a sum needs no branch for it.
    #[inline(always)]
    fn block_if(&mut self, is_block: bool, i: usize, j: usize, size: usize) {
        if is_block {
            self.block(i, j, size);
        }
    }
}

/// Sums the sizes of blocks.
#[derive(Default)]
pub(super) struct Total(pub usize);

impl Sink for Total {
    #[inline(always)]
    fn block(&mut self, _: usize, _: usize, size: usize) {
        self.0 += size;
    }

    #[inline(always)]
    fn block_if(&mut self, is_block: bool, _: usize, _: usize, size: usize) {
        self.0 += usize::from(is_block) * size;
    }
}

impl Sink for Vec<Match> {
    fn block(&mut self, a: usize, b: usize, size: usize) {
        self.push(Match { a, b, size });
    }
}

/// `a[alo..ahi]` against `b[blo..bhi]`.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub alo: usize,
    pub ahi: usize,
    pub blo: usize,
    pub bhi: usize,
}

impl Window {
    fn is_empty(self) -> bool {
        self.alo >= self.ahi || self.blo >= self.bhi
    }

    /// The longest that a match in it can be.
    fn longest_possible(self) -> usize {
        (self.ahi - self.alo).min(self.bhi - self.blo)
    }
}

/// A window to be solved, in which every match is shorter than `below`.
struct Task {
    window: Window,
    below: usize,
}

/// A window of the recursion, and where its runs are in the arena.
struct Frame {
    window: Window,
    runs: Range<usize>,
}

/// The vector instructions that the inner loops are compiled for; the best of this machine by default.
#[derive(Clone, Copy)]
pub(super) struct Simd(pub pulp::Arch);

impl Default for Simd {
    fn default() -> Self {
        Self(pulp::Arch::new())
    }
}

/// Buffers that are reused from pair to pair.
#[derive(Default)]
pub(super) struct Work {
    pub(super) simd: Simd,
    pub(super) large: LargeIndex,
    pub(super) grams: Vec<u64>,
    small: SmallIndex,
    /// The arena of the recursion: frames own ranges of it, the last frame the last range.
    runs: Vec<Run>,
    places: Places,
    frames: Vec<Frame>,
    tasks: Vec<Task>,
    masks: Masks,
    dots: Dots,
}

impl Work {
    /// Forgets what an interrupted search left behind.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        self.frames.clear();
        self.tasks.clear();
    }

    /// Makes room for one run more than `most`.
    #[inline(always)]
    fn reserve_runs(&mut self, most: usize) {
        if self.runs.len() <= most {
            self.runs.resize(2 * most + 1, Run::default());
        }
    }
}

/// Finds the blocks of one pair of texts.
///
/// A match is a run of equal keys. With `JUNK` (autojunk) the keys of popular characters equal nothing, and
/// each block is then extended over equal texts on both sides.
pub(super) struct Engine<'e, S, K, const JUNK: bool> {
    pub a: &'e [S],
    pub b: &'e [S],
    pub keys_a: &'e [S],
    pub keys_b: &'e [S],
    pub work: &'e mut Work,
    pub sink: &'e mut K,
    pub cancel: &'e Cancel,
}

impl<'e, S: Symbol, K: Sink, const JUNK: bool> Engine<'e, S, K, JUNK> {
    /// The runs that the lowest level lists; shorter ones are found without a list.
    const SHORTEST_RUN: usize = if JUNK { 1 } else { S::SHORTEST_RUN };

    /// Finds all blocks of a window.
    #[inline(always)]
    pub(super) fn solve(&mut self, window: Window) -> Result<(), Error> {
        self.later(window, usize::MAX);
        self.finish()
    }

    /// Finds the blocks of all windows that were left for later.
    #[inline(always)]
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        while let Some(task) = self.work.tasks.pop() {
            self.cancel.check()?;
            let below = task.below.min(task.window.longest_possible() + 1);
            if below <= Self::SHORTEST_RUN {
                self.solve_short(task.window, below)?;
            } else {
                self.solve_level(task.window, below)?;
            }
        }
        Ok(())
    }

    /// Leaves a window for later, in which every match is shorter than `below`; what a few bit operations
    /// settle is settled now.
    #[inline(always)]
    pub(super) fn later(&mut self, window: Window, below: usize) {
        if window.is_empty() {
            return;
        }
        if below <= Self::SHORTEST_RUN {
            if JUNK {
                return self.solve_junk(window);
            }
            if let Some((a, b)) = self.words_of_bits(window) {
                return bits::blocks(self.work.simd, &mut self.work.masks, a, b, (window.alo, window.blo), self.sink);
            }
        }
        self.work.tasks.push(Task { window, below });
    }

    /// Solves a window whose matches are too short for a list, and that [`Engine::later`] did not solve at once.
    fn solve_short(&mut self, window: Window, below: usize) -> Result<(), Error> {
        if JUNK || below <= 1 { Ok(()) } else { self.pass(window, below - 1) }
    }

    /// Without a character to start from, difflib still extends the empty match at the window's corner.
    #[inline(always)]
    fn solve_junk(&mut self, window: Window) {
        let size = S::common_prefix(&self.a[window.alo..window.ahi], &self.b[window.blo..window.bhi]);
        if size > 0 {
            self.sink.block(window.alo, window.blo, size);
        }
    }

    #[inline(always)]
    fn words_of_bits(&self, window: Window) -> Option<(&'e [u8], &'e [u8])> {
        if window.bhi - window.blo > bits::WIDTH {
            return None;
        }
        S::bytes(&self.a[window.alo..window.ahi]).zip(S::bytes(&self.b[window.blo..window.bhi]))
    }

    /// Solves a window by a list of its runs, at the level that suits its size.
    fn solve_level(&mut self, window: Window, below: usize) -> Result<(), Error> {
        let mut level = Self::SHORTEST_RUN;
        let (n, m) = (window.ahi - window.alo, window.bhi - window.blo);
        let mut suits = Self::lowest_level_suits();
        while n * m > suits * (n + m) && level * 2 < below {
            (level, suits) = (level * 2, suits * 4);
        }
        loop {
            if let Some(runs) = self.list_runs(window, level)? {
                self.frame(window, 0..runs, level);
                return self.drain_frames(level);
            }
            if level * 2 >= below {
                break;
            }
            level *= 2;
        }
        let longest = self.longest(window, level, below)?;
        self.pass(window, longest)
    }

    /// Half the length of two texts that are best listed at the lowest level; measured.
    const fn lowest_level_suits() -> usize {
        200
    }

    /// Lists the runs of at least `level` symbols and gives their number; None when there are too many.
    fn list_runs(&mut self, window: Window, level: usize) -> Result<Option<usize>, Error> {
        let (n, m) = (window.ahi - window.alo, window.bhi - window.blo);
        self.work.reserve_runs(most_runs(n, m));
        if let Some((a, b)) = self.dots_of(window, level) {
            let origin = (window.alo as u32, window.blo as u32);
            return Ok(self.work.dots.list(self.work.simd, a, b, origin, &mut self.work.runs[..most_runs(n, m)]));
        }
        // Grams are constants of the type: each kind of symbol uses the arms it has.
        let listed = match S::gram_length(level) {
            8 => self.list_runs_by::<8>(window, level),
            6 => self.list_runs_by::<6>(window, level),
            4 => self.list_runs_by::<4>(window, level),
            2 => self.list_runs_by::<2>(window, level),
            _ => self.list_runs_by::<1>(window, level),
        };
        self.cancel.check()?;
        Ok(listed)
    }

    /// The texts of a window whose runs are best listed by a dot plot.
    fn dots_of(&self, window: Window, level: usize) -> Option<(&'e [u8], &'e [u8])> {
        if JUNK || level != dots::SHORTEST || window.bhi - window.blo > dots::WIDTH {
            return None;
        }
        S::bytes(&self.a[window.alo..window.ahi]).zip(S::bytes(&self.b[window.blo..window.bhi]))
    }

    /// Lists runs through grams of `N` symbols: a run of `level` holds one that starts, in `b`, at a multiple
    /// of `level - N + 1`.
    fn list_runs_by<const N: usize>(&mut self, window: Window, level: usize) -> Option<usize> {
        let stride = level - N.min(level) + 1;
        let Work { simd, small, large, runs, places, .. } = &mut *self.work;
        let mut lister = Lister::<S, N> {
            a: &self.keys_a[window.alo..window.ahi],
            b: &self.keys_b[window.blo..window.bhi],
            origin: (window.alo as u32, window.blo as u32),
            level,
            stride,
            runs,
            places,
            cancel: self.cancel,
        };
        if lister.b.len() / stride < SmallIndex::MOST {
            simd.0.dispatch(List(&mut lister, small))
        } else {
            simd.0.dispatch(List(&mut lister, large))
        }
    }

    /// Finds the blocks of at least `level` symbols from the lists of runs, and leaves what lies between them
    /// for later.
    fn drain_frames(&mut self, level: usize) -> Result<(), Error> {
        while let Some(Frame { window, runs }) = self.work.frames.pop() {
            self.cancel.check()?;
            let longest = longest_run(&self.work.runs[runs.clone()]);
            let (mut i, mut j, mut size) = (longest.i as usize, longest.j as usize, longest.size as usize);
            if JUNK {
                let (before, after) = self.extension((i, j), size, window);
                (i, j, size) = (i - before, j - before, before + size + after);
            }
            self.sink.block(i, j, size);
            if !JUNK && runs.len() == 1 {
                // The block is the run itself: nothing is left to hand on.
                self.later(Window { alo: i + size, blo: j + size, ..window }, level);
                self.later(Window { ahi: i, bhi: j, ..window }, level);
                continue;
            }
            self.divide(window, runs, Run { i: i as u32, j: j as u32, size: size as u32 }, level);
        }
        Ok(())
    }

    /// Gives each side of a block the runs that lie in it, clipped: the right side in place, the left side, which
    /// is solved first, at the end of the arena.
    #[inline(always)]
    fn divide(&mut self, window: Window, range: Range<usize>, block: Run, level: usize) {
        let Run { i, j, size } = block;
        let (end_i, end_j, least) = (i + size, j + size, level as u32);
        let first_left = range.end;
        self.work.reserve_runs(first_left + range.len());
        let (old, left) = self.work.runs.split_at_mut(first_left);
        let (old, left) = (&mut old[range.start..], &mut left[..range.len()]);
        let (mut lefts, mut rights) = (0, 0);
        for k in 0..old.len() {
            let run = old[k];
            // No run is longer than the block, so none reaches past both its ends; and the list is nearly in
            // order of `i`, so that the side is easy to predict. Which runs stay is not: they are written
            // always, and kept by moving a cursor.
            if run.i < i {
                let before = run.size.min(i - run.i).min(j.saturating_sub(run.j));
                left[lefts] = Run { size: before, ..run };
                lefts += usize::from(before >= least);
            } else {
                let skip = end_i.saturating_sub(run.i).max(end_j.saturating_sub(run.j));
                old[rights] = Run { i: run.i + skip, j: run.j + skip, size: run.size.saturating_sub(skip) };
                rights += usize::from(run.size >= skip.saturating_add(least));
            }
        }
        let right = Window { alo: end_i as usize, blo: end_j as usize, ..window };
        self.frame(right, range.start..range.start + rights, level);
        let left = Window { ahi: i as usize, bhi: j as usize, ..window };
        self.frame(left, first_left..first_left + lefts, level);
    }

    /// Leaves a window for the recursion, or for a lower level when it has no runs.
    #[inline(always)]
    fn frame(&mut self, window: Window, runs: Range<usize>, level: usize) {
        if runs.is_empty() {
            self.later(window, level);
        } else {
            self.work.frames.push(Frame { window, runs });
        }
    }

    /// How far a block reaches, before and after, over texts that are equal but start no match.
    #[inline(always)]
    pub(super) fn extension(&self, (i, j): (usize, usize), size: usize, window: Window) -> (usize, usize) {
        if !JUNK {
            return (0, 0);
        }
        let before = common_suffix(&self.a[window.alo..i], &self.b[window.blo..j]);
        let after = S::common_prefix(&self.a[i + size..window.ahi], &self.b[j + size..window.bhi]);
        (before, after)
    }
}

/// Longest run of keys, ended by `end`, that are not junk: equal texts have equal keys exactly there.
fn straddling<S: Symbol>(keys: &[S], end: usize) -> usize {
    keys[..end].iter().rev().take_while(|&&key| key != S::JUNK_B).count()
}

/// Where the tails start behind a shared prefix of that many symbols: a run that the prefix ends in belongs to them.
#[inline(always)]
pub(super) fn start_of_tails<S: Symbol>(keys: &[S], prefix: usize) -> usize {
    prefix - straddling(keys, prefix)
}

/// Whether `keys` hold `size` symbols in a row that are not junk.
fn holds_run<S: Symbol>(keys: &[S], size: usize) -> bool {
    let mut end = size;
    while end <= keys.len() {
        let run = straddling(keys, end).min(size);
        if run == size {
            return true;
        }
        end += size - run;
    }
    false
}

impl<S: Symbol, K: Sink> Engine<'_, S, K, true> {
    /// Finds all blocks of texts that share their first `prefix` symbols and whose tails start at `start`, unless
    /// the prefix turns out not to be the first block; whether it did.
    ///
    /// If no run that ends behind the prefix is longer than the longest run inside it, the first block starts
    /// from that one, as any run inside the prefix of `a` lies on the diagonal too, and earlier; it is then
    /// extended to the whole prefix. Only the tails are left.
    #[inline(always)]
    pub(super) fn solve_from_prefix(&mut self, prefix: usize, start: usize) -> Result<bool, Error> {
        let (ahi, bhi) = (self.a.len(), self.b.len());
        let Some(runs) = self.list_runs(Window { alo: start, ahi, blo: start, bhi }, 1)? else {
            return Ok(false);
        };
        let longest = longest_run(&self.work.runs[..runs]).size.max(1) as usize;
        if !holds_run(&self.keys_b[..prefix], longest) {
            return Ok(false);
        }
        self.sink.block(0, 0, prefix);
        let whole = Window { alo: 0, ahi, blo: 0, bhi };
        self.divide(whole, 0..runs, Run { i: 0, j: 0, size: prefix as u32 }, 1);
        self.drain_frames(1)?;
        self.finish()?;
        Ok(true)
    }
}
