//! Words and characters, counted as Python counts them.

use crate::parallel::{Cancel, RowKernel};
use crate::{Error, Texts};

/// Whether Python's `str.isspace()` holds for `c`, which is where `str.split()` cuts.
///
/// These are the characters of bidirectional type WS, B or S or of category Zs; Rust's `is_whitespace`
/// lacks U+001C to U+001F.
#[must_use]
#[inline]
pub fn is_space(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r'
            | '\u{1c}'..='\u{1f}'
            | ' '
            | '\u{85}'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
    )
}

/// `len(text.split())`.
///
/// ```
/// assert_eq!(prefaudit_core::lengths::word_count(" two\u{3000}words\n"), 2);
/// ```
#[must_use]
#[inline(always)]
pub fn word_count(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut words = 0;
    let mut in_word = false;
    let mut at = 0;
    while at < bytes.len() {
        let ascii = ascii_prefix(&bytes[at..]);
        let (starts, ends_in_word) = ascii_word_starts(&bytes[at..at + ascii], in_word);
        words += starts;
        in_word = ends_in_word;
        at += ascii;
        let Some(c) = text[at..].chars().next() else { break };
        let space = is_space(c);
        words += usize::from(!space && !in_word);
        in_word = !space;
        at += c.len_utf8();
    }
    words
}

/// How many bytes of `bytes` come before the first that is not ASCII.
#[inline(always)]
fn ascii_prefix(bytes: &[u8]) -> usize {
    let mut at = 0;
    for block in bytes.chunks_exact(32) {
        if block.iter().fold(0, |all, &byte| all | byte) >= 0x80 {
            break;
        }
        at += 32;
    }
    at + bytes[at..].iter().take_while(|byte| byte.is_ascii()).count()
}

/// Places in ASCII text where a word starts, and whether the text ends inside a word.
///
/// Branch-free, so that the compiler can take 32 bytes at a time.
#[inline(always)]
fn ascii_word_starts(bytes: &[u8], in_word: bool) -> (usize, bool) {
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else {
        return (0, in_word);
    };
    let mut starts = usize::from(!in_word && !is_ascii_space(first));
    for (before, here) in bytes.chunks(128).zip(bytes[1..].chunks(128)) {
        // At most 128 starts a block: a byte holds the sum, and the loop stays as wide as the vector.
        let block: u8 = before.iter().zip(here).map(|(&x, &y)| u8::from(is_ascii_space(x) & !is_ascii_space(y))).sum();
        starts += usize::from(block);
    }
    (starts, !is_ascii_space(last))
}

#[inline(always)]
const fn is_ascii_space(byte: u8) -> bool {
    (byte == b' ') | (byte.wrapping_sub(b'\t') < 5) | (byte.wrapping_sub(0x1c) < 4)
}

/// `len(text)`: code points.
///
/// ```
/// assert_eq!(prefaudit_core::lengths::char_count("naïve"), 5);
/// ```
#[must_use]
#[inline(always)]
pub fn char_count(text: &str) -> usize {
    // A block of 128 fits its sum into a byte, which keeps the loop as wide as the vector.
    let starts = |block: &[u8]| usize::from(block.iter().map(|&byte| u8::from((byte as i8) >= -0x40)).sum::<u8>());
    text.as_bytes().chunks(128).map(starts).sum()
}

/// Counts the words of each row, as [`word_count`].
pub struct Words<'a, T: ?Sized>(pub &'a T);

/// Counts the code points of each row, as [`char_count`].
pub struct Chars<'a, T: ?Sized>(pub &'a T);

impl<T: Texts + ?Sized> RowKernel for Words<'_, T> {
    type Scratch = ();
    type Out = i64;

    fn rows(&self) -> usize {
        self.0.len()
    }

    fn cost(&self, i: usize) -> u64 {
        8 + self.0.size(i) as u64 / 8
    }

    fn scratch(&self) {}

    #[inline(always)]
    fn row(&self, (): &mut (), i: usize, _: &Cancel) -> Result<i64, Error> {
        Ok(self.0.get(i).map_or(0, |text| word_count(text) as i64))
    }
}

impl<T: Texts + ?Sized> RowKernel for Chars<'_, T> {
    type Scratch = ();
    type Out = i64;

    fn rows(&self) -> usize {
        self.0.len()
    }

    fn cost(&self, i: usize) -> u64 {
        8 + self.0.size(i) as u64 / 16
    }

    fn scratch(&self) {}

    #[inline(always)]
    fn row(&self, (): &mut (), i: usize, _: &Cancel) -> Result<i64, Error> {
        Ok(self.0.get(i).map_or(0, |text| char_count(text) as i64))
    }
}
