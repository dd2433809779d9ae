//! Autojunk: the characters of a long text that difflib lets start no match.

use super::symbols::Symbol;

/// Texts `b` with fewer characters have no popular ones.
pub(super) const LEAST: usize = 200;

/// Buffers for the keys of one pair.
pub(super) struct Popular<S> {
    counts: Vec<u32>,
    /// The key of each symbol in either text.
    table_a: Vec<S>,
    table_b: Vec<S>,
    /// The texts with popular characters replaced by what equals nothing.
    pub keys_a: Vec<S>,
    pub keys_b: Vec<S>,
}

impl<S> Default for Popular<S> {
    fn default() -> Self {
        let (table_a, table_b) = (Vec::new(), Vec::new());
        Self { counts: Vec::new(), table_a, table_b, keys_a: Vec::new(), keys_b: Vec::new() }
    }
}

impl<S: Symbol> Popular<S> {
    /// Computes the keys of both texts. Popular is what makes up over 1% of `b`: `len(b) // 100 + 1` places.
    pub(super) fn mask(&mut self, a: &[S], b: &[S]) {
        let symbols = S::most_symbols(a, b);
        self.counts.clear();
        self.counts.resize(symbols, 0);
        for symbol in b {
            self.counts[symbol.code()] += 1;
        }
        let most = (b.len() / 100 + 1) as u32;
        fill_table(&mut self.table_a, &self.counts, most, S::JUNK_A);
        fill_table(&mut self.table_b, &self.counts, most, S::JUNK_B);
        fill_keys(&mut self.keys_a, &self.table_a, a);
        fill_keys(&mut self.keys_b, &self.table_b, b);
    }
}

fn fill_table<S: Symbol>(table: &mut Vec<S>, counts: &[u32], most: u32, junk: S) {
    table.clear();
    table.extend(counts.iter().enumerate().map(|(code, &count)| if count > most { junk } else { S::from_code(code) }));
}

fn fill_keys<S: Symbol>(keys: &mut Vec<S>, table: &[S], text: &[S]) {
    keys.clear();
    keys.extend(text.iter().map(|symbol| table[symbol.code()]));
}
