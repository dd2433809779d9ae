//! The matching blocks of a window: the longest match, then left and right of it, without searching twice.
//!
//! A window is solved in levels. At level q all maximal diagonal runs of at least q equal symbols are listed
//! once; the recursion works on that list alone, clipped to each window and handed on to its two children.
//! Where a window holds no run of q symbols, the next lower level takes over, down to windows that a few
//! bit operations settle. Each level starts so high that its list stays short. A list that explodes all the
//! same (periodic text) is dropped for a higher level, and where there is none for one linear pass over the
//! blocks of the longest length.

use super::Match;
use super::bits::{self, Masks};
use super::index::Index;
use super::symbols::Symbol;
use crate::Error;
use crate::parallel::Cancel;

/// What happens to blocks as they are found, in any order.
pub(super) trait Sink {
    fn block(&mut self, i: usize, j: usize, size: usize);
}

/// Sums the sizes of blocks.
#[derive(Default)]
pub(super) struct Total(pub usize);

impl Sink for Total {
    #[inline(always)]
    fn block(&mut self, _: usize, _: usize, size: usize) {
        self.0 += size;
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

/// `size` equal symbols from `i` in `a` and `j` in `b`, which cannot be made longer.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub i: u32,
    pub j: u32,
    pub size: u32,
}

/// A window to be solved, in which every match is shorter than `below`.
struct Task {
    window: Window,
    below: usize,
}

/// A window of the recursion; its runs end the arena.
struct Frame {
    window: Window,
    first_run: usize,
}

/// Buffers that are reused from pair to pair.
#[derive(Default)]
pub(super) struct Work {
    pub(super) index: Index,
    pub(super) runs: Vec<Run>,
    pub(super) grams: Vec<u64>,
    candidates: Vec<u32>,
    left_runs: Vec<Run>,
    frames: Vec<Frame>,
    tasks: Vec<Task>,
    masks: Masks,
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

    /// Leaves a window for later, in which every match is shorter than `below`.
    #[inline(always)]
    pub(super) fn later(&mut self, window: Window, below: usize) {
        if !window.is_empty() {
            self.work.tasks.push(Task { window, below });
        }
    }

    /// Solves a window whose matches are too short for a list.
    #[inline(always)]
    fn solve_short(&mut self, window: Window, below: usize) -> Result<(), Error> {
        if JUNK {
            self.solve_junk(window);
            return Ok(());
        }
        match self.word_of_bits(window) {
            Some((a, b)) => {
                bits::blocks(&mut self.work.masks, a, b, (window.alo, window.blo), self.sink);
                Ok(())
            }
            None if below > 1 => self.pass(window, below - 1),
            None => Ok(()),
        }
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
    fn word_of_bits(&self, window: Window) -> Option<(&'e [u8], &'e [u8])> {
        if window.bhi - window.blo > bits::WIDTH {
            return None;
        }
        S::bytes(&self.a[window.alo..window.ahi]).zip(S::bytes(&self.b[window.blo..window.bhi]))
    }

    /// Solves a window by a list of its runs, at the level that suits its size.
    #[inline(always)]
    fn solve_level(&mut self, window: Window, below: usize) -> Result<(), Error> {
        let mut level = Self::SHORTEST_RUN;
        let (n, m) = (window.ahi - window.alo, window.bhi - window.blo);
        let mut suits = Self::lowest_level_suits();
        while n * m > suits * (n + m) && level * 2 < below {
            (level, suits) = (level * 2, suits * 4);
        }
        loop {
            if self.list_runs(window, level)? {
                self.recurse(window, level);
                return Ok(());
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
        400
    }

    /// Lists the runs of at least `level` symbols; false when there are too many.
    #[inline(always)]
    fn list_runs(&mut self, window: Window, level: usize) -> Result<bool, Error> {
        self.work.runs.clear();
        let [short, long] = S::GRAMS;
        // Grams are constants of the type, so each kind of symbol compiles the arms it has.
        match if level >= 2 * long { long } else if level >= short { short } else { 1 } {
            8 => self.list_runs_by::<8>(window, level),
            4 => self.list_runs_by::<4>(window, level),
            2 => self.list_runs_by::<2>(window, level),
            _ => self.list_runs_by::<1>(window, level),
        }
    }

    /// Lists runs through grams of `N` symbols: a run of `level` holds one that starts, in `b`, at a multiple
    /// of `level - N + 1`.
    #[inline(always)]
    fn list_runs_by<const N: usize>(&mut self, window: Window, level: usize) -> Result<bool, Error> {
        let (a, b) = (&self.keys_a[window.alo..window.ahi], &self.keys_b[window.blo..window.bhi]);
        let Work { index, runs, candidates, .. } = &mut *self.work;
        let stride = level - N.min(level) + 1;
        let most_runs = 64 + (a.len() + b.len()) / 2;
        let mut steps = 256 + 8 * (a.len() + b.len());
        index.fill::<S, N>(b, stride);
        index.candidates::<S, N>(a, candidates);
        for &i in &*candidates {
            let i = i as usize;
            let gram = S::gram::<N>(&a[i..]);
            for entry in index.entries(gram) {
                steps -= 1;
                if steps == 0 || runs.len() > most_runs {
                    self.cancel.check()?;
                    return Ok(false);
                }
                let j = entry * stride;
                if S::gram::<N>(&b[j..]) != gram {
                    continue;
                }
                let before = common_suffix(&a[..i], &b[..j], stride);
                if before == stride {
                    // The run also holds the entry before this one, and was found through it.
                    continue;
                }
                let size = before + N + S::common_prefix(&a[i + N..], &b[j + N..]);
                if size >= level {
                    let (i, j) = (window.alo + i - before, window.blo + j - before);
                    runs.push(Run { i: i as u32, j: j as u32, size: size as u32 });
                }
            }
        }
        Ok(true)
    }

    /// Finds the blocks of at least `level` symbols from the list of runs, and leaves what lies between them
    /// for later.
    #[inline(always)]
    pub(super) fn recurse(&mut self, window: Window, level: usize) {
        self.frame(window, 0, level);
        self.drain_frames(level);
    }

    #[inline(always)]
    fn drain_frames(&mut self, level: usize) {
        while let Some(Frame { window, first_run }) = self.work.frames.pop() {
            let longest = longest_run(&self.work.runs[first_run..]);
            let (mut i, mut j, mut size) = (longest.i as usize, longest.j as usize, longest.size as usize);
            if JUNK {
                let (before, after) = self.extension((i, j), size, window);
                (i, j, size) = (i - before, j - before, before + size + after);
            }
            self.sink.block(i, j, size);
            self.divide(window, first_run, Run { i: i as u32, j: j as u32, size: size as u32 }, level);
        }
    }

    /// Gives each side of a block the runs that lie in it, clipped; the left side is solved first, so its runs
    /// end the arena.
    #[inline(always)]
    fn divide(&mut self, window: Window, first_run: usize, block: Run, level: usize) {
        let (i, j, size) = (block.i as usize, block.j as usize, block.size as usize);
        let left = Window { ahi: i, bhi: j, ..window };
        let right = Window { alo: i + size, blo: j + size, ..window };
        let Work { runs, left_runs, .. } = &mut *self.work;
        let least = level as u32;
        left_runs.clear();
        let mut kept = first_run;
        for k in first_run..runs.len() {
            let run = runs[k];
            let before = run.size.min(block.i.saturating_sub(run.i)).min(block.j.saturating_sub(run.j));
            if before >= least {
                left_runs.push(Run { size: before, ..run });
            }
            let skip = (right.alo as u32).saturating_sub(run.i).max((right.blo as u32).saturating_sub(run.j));
            if run.size >= skip + least {
                runs[kept] = Run { i: run.i + skip, j: run.j + skip, size: run.size - skip };
                kept += 1;
            }
        }
        runs.truncate(kept);
        runs.extend_from_slice(left_runs);
        self.frame_between(right, first_run, kept, level);
        self.frame(left, kept, level);
    }

    /// Leaves a window for the recursion, or for a lower level when it has no runs.
    #[inline(always)]
    fn frame(&mut self, window: Window, first_run: usize, level: usize) {
        self.frame_between(window, first_run, self.work.runs.len(), level);
    }

    #[inline(always)]
    fn frame_between(&mut self, window: Window, first_run: usize, end: usize, level: usize) {
        if first_run < end {
            self.work.frames.push(Frame { window, first_run });
        } else {
            self.later(window, level);
        }
    }

    /// How far a block reaches, before and after, over texts that are equal but start no match.
    #[inline(always)]
    pub(super) fn extension(&self, (i, j): (usize, usize), size: usize, window: Window) -> (usize, usize) {
        if !JUNK {
            return (0, 0);
        }
        let before = common_suffix(&self.a[window.alo..i], &self.b[window.blo..j], usize::MAX);
        let after = S::common_prefix(&self.a[i + size..window.ahi], &self.b[j + size..window.bhi]);
        (before, after)
    }
}

/// The longest run; on a tie the least `i`, then the least `j`.
#[inline(always)]
fn longest_run(runs: &[Run]) -> Run {
    // One comparable number a run: longer first, then earlier in `a`, then in `b`.
    let rank = |run: &Run| u128::from(run.size) << 64 | u128::from(!run.i) << 32 | u128::from(!run.j);
    *runs.iter().max_by_key(|run| rank(run)).unwrap_or(&Run { i: 0, j: 0, size: 0 })
}

/// Symbols, `most` at most, that two texts share at their end.
#[inline(always)]
fn common_suffix<S: Symbol>(a: &[S], b: &[S], most: usize) -> usize {
    a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(x, y)| x == y).count()
}

/// Longest run of keys, ended by `end`, that are not junk: equal texts have equal keys exactly there.
fn straddling<S: Symbol>(keys: &[S], end: usize) -> usize {
    keys[..end].iter().rev().take_while(|&&key| key != S::JUNK_B).count()
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
    /// Finds all blocks of texts that share their first `prefix` symbols.
    ///
    /// If no run that ends behind the prefix is longer than the longest run inside it, the first block starts
    /// from that one, as any run inside the prefix of `a` lies on the diagonal too, and earlier; it is then
    /// extended to the whole prefix. Only the tails are left.
    #[inline(always)]
    pub(super) fn solve_from_prefix(&mut self, prefix: usize) -> Result<(), Error> {
        let (ahi, bhi) = (self.a.len(), self.b.len());
        let whole = Window { alo: 0, ahi, blo: 0, bhi };
        let start = prefix - straddling(self.keys_b, prefix);
        if prefix == 0 || !self.list_runs(Window { alo: start, ahi, blo: start, bhi }, 1)? {
            return self.solve(whole);
        }
        let longest = longest_run(&self.work.runs).size.max(1) as usize;
        if !holds_run(&self.keys_b[..prefix], longest) {
            return self.solve(whole);
        }
        self.work.frames.clear();
        self.divide(whole, 0, Run { i: 0, j: 0, size: prefix as u32 }, 1);
        self.sink.block(0, 0, prefix);
        self.drain_frames(1);
        self.finish()
    }
}
