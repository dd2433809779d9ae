//! The token ids of texts put together from those of their words.
//!
//! Most tokenizers cut a text into words first and then look at one word after the other. Where that is so, what a word
//! becomes has to be asked only once. [`Cuts`] says where a text may be cut, [`WordIds`] remembers what is known.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::parallel::{Cancel, RowKernel};
use crate::{Error, Texts};

/// Between which two characters a text may be cut.
#[derive(Debug, Clone)]
pub struct Cuts {
    /// `after[l]` has bit `r` set when a text may be cut between the ASCII characters `l` and `r`.
    after: [u128; 128],
    /// The same for all letters and digits `l` that are not ASCII.
    after_wide: u128,
    /// Characters before which a text may be cut at all.
    before: [bool; 256],
}

impl Default for Cuts {
    fn default() -> Self {
        Self { after: [0; 128], after_wide: 0, before: [false; 256] }
    }
}

impl Cuts {
    /// Allows cuts between each character of `left` and each of `right`; what is not ASCII is passed over.
    pub fn allow(&mut self, left: &str, right: &str) {
        let bits = self.allowed_before(right);
        for byte in left.bytes().filter(u8::is_ascii) {
            self.after[usize::from(byte)] |= bits;
        }
    }

    /// Allows cuts between a letter or digit that is not ASCII and each character of `right`.
    pub fn allow_after_wide(&mut self, right: &str) {
        self.after_wide |= self.allowed_before(right);
    }

    fn allowed_before(&mut self, right: &str) -> u128 {
        right.bytes().filter(u8::is_ascii).fold(0, |bits, byte| {
            self.before[usize::from(byte)] = true;
            bits | 1 << byte
        })
    }

    /// Whether the text that is `left` and `right` put together may be cut between them.
    #[must_use]
    pub fn between(&self, left: &str, right: &str) -> bool {
        let Some(&first) = right.as_bytes().first() else { return false };
        if !self.before[usize::from(first)] {
            return false;
        }
        let bits = match left.as_bytes().last() {
            Some(&last) if last.is_ascii() => self.after[usize::from(last)],
            Some(_) if left.chars().next_back().is_some_and(char::is_alphanumeric) => self.after_wide,
            _ => 0,
        };
        bits >> first & 1 == 1
    }

    /// The words of `text`: it is all of them put together.
    ///
    /// ```
    /// use prefaudit_core::words::Cuts;
    /// let mut cuts = Cuts::default();
    /// cuts.allow("abc", " ");
    /// assert_eq!(cuts.words("a b  c. a").collect::<Vec<_>>(), ["a", " b", "  c. a"]);
    /// ```
    pub fn words<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let mut start = 0;
        std::iter::from_fn(move || {
            let word = &text[start..self.word_end(text, start)];
            start += word.len();
            (!word.is_empty()).then_some(word)
        })
    }

    fn word_end(&self, text: &str, start: usize) -> usize {
        let bytes = text.as_bytes();
        (start + 1..bytes.len())
            .find(|&at| self.before[usize::from(bytes[at])] && self.between(&text[start..at], &text[at..]))
            .unwrap_or(bytes.len())
    }
}

/// Hashes a word in one go.
#[derive(Default)]
pub struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u8(&mut self, _: u8) {
        // What ends a `str`: a word is hashed alone, so that it says nothing.
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Words and their token ids.
#[derive(Debug, Default)]
pub struct WordIds {
    cuts: Cuts,
    known: HashMap<Box<str>, Range<u32>, BuildHasherDefault<WordHasher>>,
    ids: Vec<i32>,
    bytes: usize,
}

impl WordIds {
    /// No word is known yet.
    #[must_use]
    pub fn new(cuts: Cuts) -> Self {
        Self { cuts, ..Self::default() }
    }

    /// Where texts are cut.
    #[must_use]
    pub fn cuts(&self) -> &Cuts {
        &self.cuts
    }

    /// Adds a word that is not known yet.
    pub fn learn(&mut self, word: impl Into<Box<str>>, ids: &[i32]) {
        let word = word.into();
        let start = self.ids.len() as u32;
        self.ids.extend_from_slice(ids);
        self.bytes += word.len() + size_of_val(ids) + size_of::<(Box<str>, Range<u32>)>();
        self.known.insert(word, start..self.ids.len() as u32);
    }

    /// About how many bytes are taken.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Forgets all words.
    pub fn clear(&mut self) {
        *self = Self::new(std::mem::take(&mut self.cuts));
    }

    /// The ids of a word, if it is known.
    fn ids(&self, word: &str) -> Option<&[i32]> {
        self.known.get(word).map(|span| &self.ids[span.start as usize..span.end as usize])
    }

    /// Appends the ids of `text` to `out`. A word that is not known goes to `unknown`; its number there, below zero,
    /// stands for its ids.
    fn encode<'a>(&'a self, text: &'a str, out: &mut Vec<i32>, unknown: &mut Vec<&'a str>) {
        for word in self.cuts.words(text) {
            if let Some(ids) = self.ids(word) {
                out.extend_from_slice(ids);
            } else {
                unknown.push(word);
                out.push(-(unknown.len() as i32));
            }
        }
    }
}

/// The ids of one pair, and the words of it that are not known. If there are any, [`PairIds::fill`] puts theirs in.
#[derive(Debug, Clone, Default)]
pub struct PairIds {
    /// The ids of prompt and chosen text.
    pub chosen: Vec<i32>,
    /// The ids of prompt and rejected text.
    pub rejected: Vec<i32>,
    /// Words that are to be learned first.
    pub unknown: Vec<Box<str>>,
}

impl PairIds {
    /// Puts in the ids of the words that were not known, and by now are.
    pub fn fill(&mut self, words: &WordIds) {
        let unknown = std::mem::take(&mut self.unknown);
        if unknown.is_empty() {
            return;
        }
        let learned: Vec<&[i32]> = unknown.iter().map(|word| words.ids(word).unwrap_or_default()).collect();
        for ids in [&mut self.chosen, &mut self.rejected] {
            let mut filled = Vec::with_capacity(ids.len() + 4 * unknown.len());
            for id in ids.iter() {
                match usize::try_from(!id) {
                    Ok(number) => filled.extend_from_slice(learned[number]),
                    Err(_) => filled.push(*id),
                }
            }
            *ids = filled;
        }
    }
}

/// The ids of the texts prompt + chosen and prompt + rejected of each row. What both share is looked up once.
pub struct PairsOfIds<'a, P: ?Sized, C: ?Sized, R: ?Sized> {
    /// What is known.
    pub words: &'a WordIds,
    /// What both texts of a row begin with.
    pub prompts: &'a P,
    /// How one goes on.
    pub chosen: &'a C,
    /// How the other goes on.
    pub rejected: &'a R,
}

impl<P: Texts + ?Sized, C: Texts + ?Sized, R: Texts + ?Sized> RowKernel for PairsOfIds<'_, P, C, R> {
    type Scratch = ();
    type Out = PairIds;

    fn rows(&self) -> usize {
        self.prompts.len()
    }

    fn cost(&self, i: usize) -> u64 {
        500 + 8 * (self.prompts.size(i) + self.chosen.size(i) + self.rejected.size(i)) as u64
    }

    fn scratch(&self) {}

    fn row(&self, (): &mut (), i: usize, _: &Cancel) -> Result<PairIds, Error> {
        let prompt = self.prompts.get(i).unwrap_or_default();
        let (chosen, rejected) = (self.chosen.get(i).unwrap_or_default(), self.rejected.get(i).unwrap_or_default());
        let (cuts, mut found) = (self.words.cuts(), PairIds::default());
        // The response ends where the text does, but the prompt ends in the middle of it.
        if cuts.between(prompt, chosen) && cuts.between(prompt, rejected) {
            let mut unknown = Vec::new();
            self.words.encode(prompt, &mut found.chosen, &mut unknown);
            found.rejected.clone_from(&found.chosen);
            self.words.encode(chosen, &mut found.chosen, &mut unknown);
            self.words.encode(rejected, &mut found.rejected, &mut unknown);
            found.unknown = boxed(&unknown);
        } else {
            let whole = [chosen, rejected].map(|side| [prompt, side].concat());
            let mut unknown = Vec::new();
            self.words.encode(&whole[0], &mut found.chosen, &mut unknown);
            self.words.encode(&whole[1], &mut found.rejected, &mut unknown);
            found.unknown = boxed(&unknown);
        }
        Ok(found)
    }
}

fn boxed(words: &[&str]) -> Vec<Box<str>> {
    words.iter().map(|&word| word.into()).collect()
}

/// The unknown words of some rows, each once, in the order in which they came.
#[must_use]
pub fn unknown_words(rows: &[PairIds]) -> Vec<&str> {
    let mut seen: HashSet<&str, BuildHasherDefault<WordHasher>> = HashSet::default();
    rows.iter().flat_map(|row| row.unknown.iter().map(AsRef::as_ref)).filter(|word| seen.insert(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parallel::map;

    fn cuts() -> Cuts {
        let mut cuts = Cuts::default();
        cuts.allow("ab.", " \n");
        cuts.allow("ab", ".");
        cuts.allow_after_wide(" ");
        cuts
    }

    #[test]
    fn cuts_are_where_they_are_allowed() {
        let cuts = cuts();
        let words = |text| cuts.words(text).collect::<Vec<_>>();
        assert_eq!(words("a b.  a\n\nb ."), ["a", " b", ".", "  a", "\n\nb", " ."]);
        assert_eq!(words("é é\u{a0} \u{4f60} a.b"), ["é", " é\u{a0} \u{4f60}", " a", ".b"]);
        assert_eq!(words(""), Vec::<&str>::new());
        assert!(!cuts.between("", " a") && !cuts.between("a", "") && !cuts.between("a", "\u{301}"));
    }

    #[test]
    fn what_is_learned_is_found_and_what_is_not_is_named() {
        let mut words = WordIds::new(cuts());
        words.learn("a", &[1]);
        words.learn(" b", &[2, 3]);
        let (prompts, chosen, rejected) = (["a", "a "], [" b", "b"], [" b b", " a"]);
        let run = |words: &WordIds| {
            let kernel = PairsOfIds {
                words,
                prompts: prompts.as_slice(),
                chosen: chosen.as_slice(),
                rejected: rejected.as_slice(),
            };
            map(&kernel, 1, &Cancel::default(), &mut || {}).unwrap()
        };
        let mut found = run(&words);
        assert_eq!(unknown_words(&found), ["  a"]);
        assert_eq!((&found[0].chosen, &found[0].rejected), (&vec![1, 2, 3], &vec![1, 2, 3, 2, 3]));
        assert_eq!((&found[1].chosen, &found[1].rejected), (&vec![1, 2, 3], &vec![1, -1]));
        words.learn("  a", &[4, 0]);
        for pair in &mut found {
            pair.fill(&words);
        }
        assert_eq!((&found[1].chosen, &found[1].rejected), (&vec![1, 2, 3], &vec![1, 4, 0]));
        assert_eq!(run(&words)[1].rejected, [1, 4, 0]);
        assert!(words.bytes() > 0);
        words.clear();
        assert_eq!(unknown_words(&run(&words)), ["a", " b", "  a"]);
        assert_eq!(words.bytes(), 0);
    }
}
