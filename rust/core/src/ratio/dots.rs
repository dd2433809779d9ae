//! The runs of a window of two texts of bytes, listed through a dot plot: one row of bits for each place of `a`,
//! one bit for each place of `b`.
//!
//! Rows are striped: place j of `b` is bit j / W of word j % W. So a row that is shifted by one place is the same
//! words, read from the next word on, and the places where four symbols start are four loads and three ANDs over
//! whole vectors. The compiler makes the vector code, once for each instruction set. Where `b` fits into a row,
//! this is faster than an index of grams.

use super::blocks::Simd;
use super::runs::Run;
use super::symbols::Symbol;

/// Symbols of the shortest run.
pub(super) const SHORTEST: usize = 4;

/// Most symbols of `b`.
pub(super) const WIDTH: usize = 64 * 8;

/// Words of a row of W that are there a second time, shifted: one before the others and three behind them.
const SHIFTED: usize = 4;

/// Stands for a symbol that is nowhere.
const NONE: usize = 256;

/// Rows of a table.
const ROWS: usize = NONE + 1;

/// Buffers, reused from window to window.
#[derive(Default)]
pub(super) struct Dots {
    narrow: Table<{ 4 + SHIFTED }>,
    wide: Table<{ 8 + SHIFTED }>,
    /// The places of `a` where runs start.
    starts: Vec<u32>,
}

/// For each symbol its places in `b`, made when it is first needed; all empty between calls.
#[derive(Default)]
struct Table<const R: usize>(Vec<[u64; R]>);

impl<const R: usize> Table<R> {
    fn rows(&mut self) -> &mut [[u64; R]; ROWS] {
        self.0.resize(ROWS, [0; R]);
        self.0.first_chunk_mut().expect("there are so many rows")
    }
}

impl Dots {
    /// Lists the maximal runs of at least [`SHORTEST`] symbols, and gives their number; None when there are too
    /// many for `runs`. `origin` is where the two texts start in the whole pair.
    pub(super) fn list(
        &mut self,
        simd: Simd,
        a: &[u8],
        b: &[u8],
        origin: (u32, u32),
        runs: &mut [Run],
    ) -> Option<usize> {
        if a.len() < SHORTEST || b.len() < SHORTEST {
            return Some(0);
        }
        if self.starts.len() < a.len() {
            self.starts.resize(2 * a.len(), 0);
        }
        let Self { narrow, wide, starts } = self;
        if b.len() <= 64 * 4 {
            simd.0.dispatch(List::<4, { 4 + SHIFTED }> { table: narrow.rows(), starts, a, b, origin, runs })
        } else {
            simd.0.dispatch(List::<8, { 8 + SHIFTED }> { table: wide.rows(), starts, a, b, origin, runs })
        }
    }
}

/// The listing of one window in rows of `W` words, `R` with those that are shifted.
struct List<'l, const W: usize, const R: usize> {
    table: &'l mut [[u64; R]; ROWS],
    starts: &'l mut [u32],
    a: &'l [u8],
    b: &'l [u8],
    origin: (u32, u32),
    runs: &'l mut [Run],
}

impl<const W: usize, const R: usize> pulp::WithSimd for List<'_, W, R> {
    type Output = Option<usize>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(mut self, _: S) -> Option<usize> {
        self.fill();
        let found = self.find_starts();
        let listed = self.measure(found);
        let last = self.b.iter().fold(0, |last, &symbol| symbol.max(last));
        self.table[..=usize::from(last)].fill([0; R]);
        listed
    }
}

impl<const W: usize, const R: usize> List<'_, W, R> {
    #[inline(always)]
    fn fill(&mut self) {
        let (stripes, rest) = self.b.as_chunks::<W>();
        let mut bit = 1;
        for symbols in stripes {
            self.fill_stripe(bit, symbols);
            bit <<= 1;
        }
        self.fill_stripe(bit, rest);
    }

    #[inline(always)]
    fn fill_stripe(&mut self, bit: u64, symbols: &[u8]) {
        for (w, &symbol) in symbols.iter().enumerate() {
            let row = &mut self.table[usize::from(symbol)];
            row[1 + w % W] |= bit;
            if w < 3 {
                row[1 + W + w] |= bit >> 1;
            }
            if w == W - 1 {
                row[0] |= bit << 1;
            }
        }
    }

    /// The places of `b` where four symbols start, without those before which `before` stands.
    #[inline(always)]
    fn row(&self, before: usize, four: [u8; SHORTEST]) -> [u64; W] {
        let [s, t, u, v] = four;
        let [s, t, u, v] = [usize::from(s), usize::from(t), usize::from(u), usize::from(v)];
        let (s, t, u, v) = (&self.table[s], &self.table[t], &self.table[u], &self.table[v]);
        let before = &self.table[before];
        let mut row = [0; W];
        for w in 0..W {
            row[w] = s[1 + w] & t[2 + w] & u[3 + w] & v[4 + w] & !before[w];
        }
        row
    }

    /// Collects the places of `a` where runs start, and gives their number.
    #[inline(always)]
    fn find_starts(&mut self) -> usize {
        let mut found = 0;
        let mut before = NONE;
        for (i, &four) in self.a.array_windows().enumerate() {
            // Written always, kept by moving the cursor: no branch to mispredict.
            self.starts[found] = i as u32;
            found += usize::from(self.row(before, four).iter().fold(0, |any, word| any | word) != 0);
            before = usize::from(four[0]);
        }
        found
    }

    /// Lists the runs that start at the places found.
    #[inline(always)]
    fn measure(&mut self, found: usize) -> Option<usize> {
        let mut listed = 0;
        for &i in &self.starts[..found] {
            let i = i as usize;
            let before = if i == 0 { NONE } else { usize::from(self.a[i - 1]) };
            let row = self.row(before, *self.a[i..].first_chunk()?);
            let mut words = row.iter().enumerate().fold(0_u32, |words, (w, &word)| words | u32::from(word != 0) << w);
            while words != 0 {
                let w = words.trailing_zeros() as usize;
                words &= words - 1;
                let mut word = row[w % W];
                while word != 0 {
                    let j = W * word.trailing_zeros() as usize + w;
                    word &= word - 1;
                    let size = SHORTEST + u8::common_prefix(&self.a[i + SHORTEST..], &self.b[j + SHORTEST..]);
                    let (i, j) = (self.origin.0 + i as u32, self.origin.1 + j as u32);
                    *self.runs.get_mut(listed)? = Run { i, j, size: size as u32 };
                    listed += 1;
                }
            }
        }
        Some(listed)
    }
}
