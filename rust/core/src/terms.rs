//! The terms of a text: runs of letters, marks and digits, whatever their case.

use std::ops::Range;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::parallel::{Cancel, RowKernel};
use crate::scripts::is_unspaced;
use crate::{Error, Texts};

const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

#[inline(always)]
const fn stirred(hash: u64, unit: u64) -> u64 {
    (hash ^ unit).wrapping_mul(PRIME)
}

/// Calls `seen` with a hash (FNV-1a over lower-case code points) and the bytes of each term.
///
/// A letter of a script that is written without spaces is a term of its own.
#[inline(always)]
pub(crate) fn each_term(text: &str, mut seen: impl FnMut(u64, Range<usize>)) {
    let bytes = text.as_bytes();
    let (mut hash, mut start, mut at) = (SEED, 0, 0);
    let mut end_term = |hash: &mut u64, range: Range<usize>| {
        if *hash != SEED {
            seen(*hash, range);
            *hash = SEED;
        }
    };
    while at < bytes.len() {
        let (here, byte) = (at, bytes[at]);
        if byte < 0x80 {
            at += 1;
            if byte.is_ascii_alphanumeric() {
                start = if hash == SEED { here } else { start };
                hash = stirred(hash, u64::from(byte.to_ascii_lowercase()));
                continue;
            }
        } else {
            let c = text[at..].chars().next().unwrap_or_default();
            at += c.len_utf8();
            if is_term_part(c) {
                if is_unspaced(c) {
                    end_term(&mut hash, start..here);
                }
                start = if hash == SEED { here } else { start };
                hash = c.to_lowercase().fold(hash, |hash, c| stirred(hash, u64::from(c)));
                if !is_unspaced(c) {
                    continue;
                }
                end_term(&mut hash, start..at);
            }
        }
        end_term(&mut hash, start..here);
    }
    end_term(&mut hash, start..at);
}

fn is_term_part(c: char) -> bool {
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark | GeneralCategoryGroup::Number
    )
}

/// A term of a text, and how often it comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TermCount {
    /// Its hash, the same in any case and on every machine.
    pub term: u64,
    /// How often it comes.
    pub count: u32,
    /// Where it comes first, in bytes.
    pub start: u32,
    /// Where it then ends.
    pub end: u32,
}

/// The terms of a text, by their hashes.
///
/// ```
/// let found = prefaudit_core::terms::term_counts("The cat, the CAT");
/// assert_eq!(found.iter().map(|term| (term.count, term.start)).collect::<Vec<_>>().len(), 2);
/// assert!(found.iter().all(|term| term.count == 2 && term.end - term.start == 3));
/// ```
#[must_use]
pub fn term_counts(text: &str) -> Vec<TermCount> {
    let mut found = Vec::new();
    each_term(text, |term, at| {
        found.push(TermCount { term, count: 1, start: at.start as u32, end: at.end as u32 });
    });
    found.sort_unstable_by_key(|one| (one.term, one.start));
    found.dedup_by(|next, first| {
        let same = next.term == first.term;
        first.count += u32::from(same);
        same
    });
    found
}

/// Counts the terms of each row; a null has none.
pub struct TermRows<'a, T: ?Sized>(pub &'a T);

impl<T: Texts + ?Sized> RowKernel for TermRows<'_, T> {
    type Scratch = ();
    type Out = Vec<TermCount>;

    fn rows(&self) -> usize {
        self.0.len()
    }

    fn cost(&self, i: usize) -> u64 {
        100 + 5 * self.0.size(i) as u64
    }

    fn scratch(&self) {}

    fn row(&self, (): &mut (), i: usize, _: &Cancel) -> Result<Vec<TermCount>, Error> {
        Ok(self.0.get(i).map_or_else(Vec::new, term_counts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<(&str, u32)> {
        let mut found = term_counts(text);
        found.sort_unstable_by_key(|one| one.start);
        found.iter().map(|one| (&text[one.start as usize..one.end as usize], one.count)).collect()
    }

    #[test]
    fn terms_stand_where_their_bytes_say() {
        assert_eq!(terms("The straße, the STRASSE: 12th!"), [("The", 2), ("straße", 1), ("STRASSE", 1), ("12th", 1)]);
        assert_eq!(terms("ok你好 你é"), [("ok", 1), ("你", 2), ("好", 1), ("é", 1)]);
        assert_eq!(terms(" .\n"), []);
        assert_eq!(terms(""), []);
    }

    #[test]
    fn case_makes_no_other_term() {
        assert_eq!(term_counts("ÀÉ"), term_counts("àé"));
        assert_ne!(term_counts("a")[0].term, term_counts("b")[0].term);
    }
}
