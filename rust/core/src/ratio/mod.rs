//! tmp
pub mod naive;
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
pub fn from_counts(matched: usize, total: usize) -> f64 {
    if total == 0 { 1.0 } else { 2.0 * matched as f64 / total as f64 }
}

/// Bytes that `a` and `b` share at their start.
#[must_use]
#[inline(always)]
pub fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let mut at = 0;
    for (x, y) in a.chunks_exact(16).zip(b.chunks_exact(16)) {
        if x != y {
            break;
        }
        at += 16;
    }
    at + a[at..].iter().zip(&b[at..]).take_while(|(x, y)| x == y).count()
}
/// x
#[derive(Default)]
pub struct Scratch;
/// x
pub fn ratio(_: &mut Scratch, a: &str, b: &str, autojunk: bool, cutoff: f64, _: &Cancel) -> Result<f64, Error> {
    let r = naive::ratio(a, b, autojunk);
    Ok(if r < cutoff { 0.0 } else { r })
}
/// x
pub fn matching_blocks(_: &mut Scratch, a: &str, b: &str, autojunk: bool, _: &Cancel) -> Result<Vec<Match>, Error> {
    Ok(difflib_blocks(naive::blocks(a, b, autojunk), a.chars().count(), b.chars().count()))
}

/// Sorted blocks as `get_matching_blocks` gives them: neighbours joined, and an empty block at the end.
pub fn difflib_blocks(found: Vec<Match>, a_len: usize, b_len: usize) -> Vec<Match> {
    let mut blocks: Vec<Match> = Vec::with_capacity(found.len() + 1);
    for next in found {
        match blocks.last_mut() {
            Some(last) if last.a + last.size == next.a && last.b + last.size == next.b => last.size += next.size,
            _ => blocks.push(next),
        }
    }
    blocks.push(Match { a: a_len, b: b_len, size: 0 });
    blocks
}

/// x
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
        100 + 8 * (a + b) + a * b / 512
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
