//! All maximal diagonal runs of equal symbols of at least a given length, listed through an index of grams.

use super::index::{Index, Link};
use super::symbols::Symbol;
use crate::parallel::Cancel;

/// `size` equal symbols from `i` in `a` and `j` in `b`, which cannot be made longer.
#[derive(Clone, Copy, Default)]
pub(super) struct Run {
    pub i: u32,
    pub j: u32,
    pub size: u32,
}

/// The longest run; on a tie the least `i`, then the least `j`.
#[inline(always)]
pub(super) fn longest_run(runs: &[Run]) -> Run {
    let mut best = Run::default();
    for &run in runs {
        if run.size > best.size || (run.size == best.size && (run.i, run.j) < (best.i, best.j)) {
            best = run;
        }
    }
    best
}

/// Symbols that two texts share at their end.
#[inline(always)]
pub(super) fn common_suffix<S: Symbol>(a: &[S], b: &[S]) -> usize {
    a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count()
}

/// Lists the runs of two texts of at least `level` symbols through grams of `N`.
pub(super) struct Lister<'l, S, const N: usize> {
    pub a: &'l [S],
    pub b: &'l [S],
    /// Where the two texts start in the whole pair.
    pub origin: (u32, u32),
    pub level: usize,
    /// Every run of `level` symbols holds a gram that starts, in `b`, at a multiple of this.
    pub stride: usize,
    /// Holds one run more than [`most_runs`] allows.
    pub runs: &'l mut [Run],
    pub places: &'l mut Places,
    pub cancel: &'l Cancel,
}

/// The length of a list that is still worth a recursion over it, whose cost is the product of its length and
/// the number of blocks.
pub(super) fn most_runs(a: usize, b: usize) -> usize {
    64 + usize::midpoint(a, b).min(1 << 14)
}

/// Places of `a` that are looked at together.
const CHUNK: usize = 1024;

/// A place of a chunk of `a`, and the first entry of the index that may hold its gram.
#[derive(Clone, Copy, Default)]
struct Place {
    k: u16,
    first: Link,
}

/// Which places of a chunk of `a` have a gram that may be in `b`.
pub(super) struct Places(Box<[Place; CHUNK]>);

impl Default for Places {
    fn default() -> Self {
        Self(Box::new([Place::default(); CHUNK]))
    }
}

/// The listing through one index, compiled once for each level of SIMD.
pub(super) struct List<'o, 'l, S, I, const N: usize>(pub &'o mut Lister<'l, S, N>, pub &'o mut I);

impl<T: Symbol, I: Index, const N: usize> pulp::WithSimd for List<'_, '_, T, I, N> {
    type Output = Option<usize>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Option<usize> {
        self.0.list(self.1)
    }
}

impl<S: Symbol, const N: usize> Lister<'_, S, N> {
    /// Fills the list and gives its length; None when there are too many runs, or too many grams on the way, or
    /// when the caller has raised the cancel flag.
    #[inline(always)]
    fn list(&mut self, index: &mut impl Index) -> Option<usize> {
        let mut listed = 0;
        let mut steps = 256 + 8 * (self.a.len() + self.b.len());
        index.fill::<S, N>(self.b, self.stride);
        for first in (0..(self.a.len() + 1).saturating_sub(N)).step_by(CHUNK) {
            self.cancel.check().ok()?;
            let found = self.look_up(index, first);
            // Single symbols are mostly in several places; a stride leaves more to look at.
            let few = N > 1 && self.stride == 1;
            let (mut starts, chains) = if few { self.sort_out(index, first, found, listed)? } else { (listed, found) };
            for k in 0..chains {
                let Place { k, first: link } = self.places.0[k % CHUNK];
                starts = self.list_starts(index, first + usize::from(k), link, starts, &mut steps)?;
            }
            listed = self.measure(listed, starts, &mut steps)?;
        }
        Some(listed)
    }

    /// Collects the places of a chunk whose gram may be in `b`, and gives their number.
    #[inline(always)]
    fn look_up(&mut self, index: &impl Index, first: usize) -> usize {
        let end = (first + CHUNK + N - 1).min(self.a.len());
        // Written always, kept by moving the cursor: no branch to mispredict.
        let mut found = 0;
        for (k, place) in self.a[first..end].array_windows::<N>().enumerate() {
            let link = index.first(S::gram(place));
            self.places.0[found % CHUNK] = Place { k: k as u16, first: link };
            found += usize::from(link.is_some());
        }
        found
    }

    /// Lists the runs that start where the first entry is the only one, which are most, and gives the length
    /// of the list; the other places stay, and their number is the second that it gives.
    #[inline(always)]
    fn sort_out(
        &mut self,
        index: &impl Index,
        first: usize,
        found: usize,
        mut listed: usize,
    ) -> Option<(usize, usize)> {
        let mut chains = 0;
        for k in 0..found {
            let place = self.places.0[k % CHUNK];
            let (i, entry) = (first + usize::from(place.k), place.first.entry()?);
            let j = entry;
            let chain = usize::from(index.after(entry).is_some());
            let same = S::gram(self.a[i..].first_chunk::<N>()?) == S::gram(self.b[j..].first_chunk::<N>()?);
            let goes_on = i.min(j).min(1) & usize::from(self.a[i.max(1) - 1] == self.b[j.max(1) - 1]);
            *self.runs.get_mut(listed)? = Run { i: i as u32, j: j as u32, size: 0 };
            listed += usize::from(same) & (goes_on ^ 1) & (chain ^ 1);
            self.places.0[chains % CHUNK] = place;
            chains += chain;
        }
        Some((listed, chains))
    }

    /// Lists, after the `listed` ones, the runs that the gram at `a[i..]` is the first indexed one of, their size
    /// still unknown.
    #[inline(always)]
    fn list_starts(
        &mut self,
        index: &impl Index,
        i: usize,
        mut link: Link,
        mut listed: usize,
        steps: &mut usize,
    ) -> Option<usize> {
        let gram = S::gram(self.a[i..].first_chunk::<N>()?);
        while let Some(entry) = link.entry() {
            link = index.after(entry);
            *steps = steps.checked_sub(1)?;
            let j = entry * self.stride;
            let same = self.b[j..].first_chunk::<N>().is_some_and(|place| S::gram(place) == gram);
            // A run that holds the entry before this one as well was listed through that one.
            let goes_on = same & self.goes_back(i, j);
            *self.runs.get_mut(listed)? = Run { i: i as u32, j: j as u32, size: 0 };
            listed += usize::from(same) & usize::from(!goes_on);
        }
        Some(listed)
    }

    /// Whether the symbols before `a[i..]` and `b[j..]`, as many as one stride, are equal.
    #[inline(always)]
    fn goes_back(&self, i: usize, j: usize) -> bool {
        if i < self.stride || j < self.stride {
            return false;
        }
        if self.stride == 1 {
            return self.a[i - 1] == self.b[j - 1];
        }
        S::same_end(&self.a[..i], &self.b[..j], self.stride)
    }

    /// Makes the runs in `first..end` as long as they are and keeps those that are long enough.
    #[inline(always)]
    fn measure(&mut self, first: usize, end: usize, steps: &mut usize) -> Option<usize> {
        let mut kept = first;
        for k in first..end {
            let (i, j) = (self.runs[k].i as usize, self.runs[k].j as usize);
            // Before the gram lie fewer than `stride` equal symbols; with a stride of one there are none.
            let before = if self.stride == 1 { 0 } else { common_suffix(&self.a[..i], &self.b[..j]) };
            let size = before + N + S::common_prefix(&self.a[i + N..], &self.b[j + N..]);
            let (i, j) = (self.origin.0 + (i - before) as u32, self.origin.1 + (j - before) as u32);
            self.runs[kept] = Run { i, j, size: size as u32 };
            kept += usize::from(size >= self.level);
            // Long runs that overlap each other would otherwise cost the square of their length.
            *steps = steps.checked_sub(size / 16)?;
        }
        Some(kept)
    }
}
