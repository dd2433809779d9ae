//! The terms of a text: runs of letters, marks and digits, whatever their case.

use std::ops::Range;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::parallel::{Cancel, RowKernel};
use crate::scripts::is_unspaced;
use crate::{Error, Texts};

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * EACH;
const LOWER: u64 = 0x20 * EACH;

/// Calls `seen` with a hash and the bytes of each term.
///
/// A letter of a script that is written without spaces is a term of its own. Runs of ASCII, which are nearly all, are
/// found and hashed eight bytes at a time.
#[inline(always)]
pub(crate) fn each_term(text: &str, mut seen: impl FnMut(u64, Range<usize>)) {
    let bytes = text.as_bytes();
    let (mut at, mut lower) = (0, Vec::new());
    while at < bytes.len() {
        let mut word = load(bytes, at);
        let gap = ((alphanumeric(word) | (word & HIGH)).trailing_zeros() / 8) as usize;
        if gap > 0 {
            at += gap;
            continue;
        }
        let (start, mut hash) = (at, 0);
        loop {
            let run = ((alphanumeric(word) ^ HIGH).trailing_zeros() / 8) as usize;
            at += run;
            if run < 8 {
                hash = stirred(hash, (word | LOWER) & !(u64::MAX << (8 * run)));
                break;
            }
            hash = stirred(hash, word | LOWER);
            word = load(bytes, at);
        }
        if bytes.get(at).is_some_and(|byte| !byte.is_ascii()) {
            let c = text[at..].chars().next().unwrap_or_default();
            if is_term_part(c) && (at == start || !is_unspaced(c)) {
                (hash, at) = wide_term(text, start, &mut lower);
            } else if at == start {
                at += c.len_utf8();
                continue;
            }
        }
        seen(hash, start..at);
    }
}

/// Eight bytes of a text, zeros behind its end.
#[inline(always)]
fn load(text: &[u8], at: usize) -> u64 {
    if let Some(word) = text[at..].first_chunk::<8>() {
        return u64::from_le_bytes(*word);
    }
    text[at..].iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// The high bit of each byte that is an ASCII letter or digit. Without the high bits no sum reaches the next byte.
#[inline(always)]
const fn alphanumeric(word: u64) -> u64 {
    let low = word & !HIGH;
    let lower = low | LOWER;
    let letters = (lower + (0x80 - b'a' as u64) * EACH) & !(lower + (0x7f - b'z' as u64) * EACH);
    let digits = (low + (0x80 - b'0' as u64) * EACH) & !(low + (0x7f - b'9' as u64) * EACH);
    (letters | digits) & !word & HIGH
}

#[inline(always)]
const fn stirred(hash: u64, word: u64) -> u64 {
    let mixed = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// The hash of a term, in lower case.
pub(crate) const fn hash(term: &[u8]) -> u64 {
    let (mut hash, mut at) = (0, 0);
    loop {
        let (mut word, mut k) = (0, 0);
        while k < 8 && at + k < term.len() {
            word |= (term[at + k] as u64) << (8 * k);
            k += 1;
        }
        hash = stirred(hash, word);
        if k < 8 {
            return hash;
        }
        at += 8;
    }
}

/// The hash and the end of the term at `start` of a text, one that holds more than ASCII.
#[inline(never)]
fn wide_term(text: &str, start: usize, lower: &mut Vec<u8>) -> (u64, usize) {
    lower.clear();
    let mut end = start;
    for c in text[start..].chars() {
        let alone = is_unspaced(c);
        if !is_term_part(c) || (alone && end > start) {
            break;
        }
        end += c.len_utf8();
        for c in c.to_lowercase() {
            lower.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        if alone {
            break;
        }
    }
    (hash(lower), end)
}

fn is_term_part(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        '\u{2000}'..='\u{206f}' => false, // quotation marks, dashes and dots, which are most of what is not ASCII
        _ => matches!(
            c.general_category_group(),
            GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark | GeneralCategoryGroup::Number
        ),
    }
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

    fn all(text: &str) -> Vec<(u64, usize)> {
        let mut found = Vec::new();
        each_term(text, |term, at| found.push((term, at.start)));
        found
    }

    /// The definition, for ASCII.
    fn plain(text: &str) -> Vec<(u64, usize)> {
        let mut found = Vec::new();
        let mut start = 0;
        for part in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
            let term = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if !term.is_empty() {
                found.push((hash(term.to_ascii_lowercase().as_bytes()), start));
            }
            start += part.len();
        }
        found
    }

    #[test]
    fn ascii_runs_of_every_length_at_every_place() {
        for size in 1..26 {
            for gap in 0..10 {
                let text =
                    format!("{}{}{}-x", "~ ".repeat(gap), "aZ09b".repeat(6)[..size].to_owned(), " @[`{/:".repeat(gap));
                assert_eq!(all(&text), plain(&text), "{text}");
            }
        }
    }

    #[test]
    fn every_ascii_byte() {
        for byte in 0..128_u8 {
            let text = format!("ab{}cd {}", char::from(byte), char::from(byte));
            assert_eq!(all(&text), plain(&text), "{byte}");
        }
    }

    #[test]
    fn a_term_is_the_same_beside_other_characters() {
        let alone = all("Internationalisation ab k");
        for (at, text) in ["internationalisation", "\u{e9} AB", "\u{212a}"].iter().enumerate() {
            assert_eq!(all(text).last().map(|term| term.0), Some(alone[at].0), "{text}");
        }
        assert_ne!(all("\u{e9}")[0].0, all("e")[0].0);
    }
}
