//! Autojunk: the characters of a long text that difflib lets start no match.

use super::symbols::Symbol;

/// Texts `b` with fewer characters have no popular ones.
pub(super) const LEAST: usize = 200;

/// Buffers for the keys of one pair.
pub(super) struct Popular<S> {
    counts: Vec<u32>,
    /// The texts with popular characters replaced by what equals nothing.
    pub keys_a: Vec<S>,
    pub keys_b: Vec<S>,
}

impl<S> Default for Popular<S> {
    fn default() -> Self {
        Self { counts: Vec::new(), keys_a: Vec::new(), keys_b: Vec::new() }
    }
}

impl<S: Symbol> Popular<S> {
    /// Computes the keys of both texts. Popular is what makes up over 1% of `b`: `len(b) // 100 + 1` places.
    #[inline(always)]
    pub(super) fn mask(&mut self, a: &[S], b: &[S]) {
        let symbols = a.iter().chain(b).map(|symbol| symbol.code()).max().unwrap_or(0) + 1;
        self.counts.clear();
        self.counts.resize(symbols.max(256), 0);
        for symbol in b {
            self.counts[symbol.code()] += 1;
        }
        let most = (b.len() / 100 + 1) as u32;
        let counts = &self.counts;
        let key = |junk: S| move |&symbol: &S| if counts[symbol.code()] > most { junk } else { symbol };
        self.keys_a.clear();
        self.keys_a.extend(a.iter().map(key(S::JUNK_A)));
        self.keys_b.clear();
        self.keys_b.extend(b.iter().map(key(S::JUNK_B)));
    }
}
