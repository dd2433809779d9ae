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
    if text.is_ascii() || !has_wide_space(text.as_bytes()) {
        return byte_words(text.as_bytes());
    }
    let mut in_word = false;
    let starts = text.chars().filter(|&c| {
        let starts = !in_word && !is_space(c);
        in_word = !is_space(c);
        starts
    });
    starts.count()
}

/// Words of a text whose only whitespace is ASCII: places where a byte that is none follows one that is.
#[inline(always)]
fn byte_words(bytes: &[u8]) -> usize {
    let Some(&first) = bytes.first() else { return 0 };
    let mut words = usize::from(!is_ascii_space(first));
    let (before, here) = (&bytes[..bytes.len() - 1], &bytes[1..]);
    // A lane counts at most 255 blocks, which keeps the loop as wide as the vector.
    for (before, here) in before.chunks(LANES * 255).zip(here.chunks(LANES * 255)) {
        let (before, before_rest) = before.as_chunks::<LANES>();
        let (here, here_rest) = here.as_chunks::<LANES>();
        let mut lanes = [0_u8; LANES];
        for (x, y) in before.iter().zip(here) {
            for lane in 0..LANES {
                lanes[lane] += u8::from(is_ascii_space(x[lane]) & !is_ascii_space(y[lane]));
            }
        }
        words += lanes.iter().map(|&lane| usize::from(lane)).sum::<usize>();
        let rest = before_rest.iter().zip(here_rest);
        words += rest.map(|(&x, &y)| usize::from(is_ascii_space(x) & !is_ascii_space(y))).sum::<usize>();
    }
    words
}

/// Bytes that are looked at together.
const LANES: usize = 32;

/// Whether UTF-8 text holds whitespace beyond ASCII. Without a branch a byte, as hardly any text does.
#[inline(always)]
fn has_wide_space(bytes: &[u8]) -> bool {
    let (Some(y), Some(z)) = (bytes.get(1..), bytes.get(2..)) else { return ends_with_wide_space(bytes) };
    let (x, y) = (&bytes[..z.len()], &y[..z.len()]);
    let ((x, x_rest), (y, y_rest), (z, z_rest)) =
        (x.as_chunks::<LANES>(), y.as_chunks::<LANES>(), z.as_chunks::<LANES>());
    let mut lanes = [0; LANES];
    for ((x, y), z) in x.iter().zip(y).zip(z) {
        for lane in 0..LANES {
            lanes[lane] |= wide_space(x[lane], y[lane], z[lane]);
        }
    }
    let rest = x_rest.iter().zip(y_rest).zip(z_rest).fold(0, |found, ((&x, &y), &z)| found | wide_space(x, y, z));
    lanes.iter().fold(rest, |found, lane| found | lane) != 0 || ends_with_wide_space(bytes)
}

/// 1 where three bytes start with the UTF-8 of a space, 0 elsewhere.
#[inline(always)]
fn wide_space(x: u8, y: u8, z: u8) -> u8 {
    let latin = u8::from(x == 0xc2) & (u8::from(y == 0x85) | u8::from(y == 0xa0));
    let dashes = u8::from(z.wrapping_sub(0x80) <= 0x0a) | u8::from(z & 0xfe == 0xa8) | u8::from(z == 0xaf);
    let punctuation = (u8::from(y == 0x80) & dashes) | (u8::from(y == 0x81) & u8::from(z == 0x9f));
    let ogham = u8::from(x == 0xe1) & u8::from(y == 0x9a) & u8::from(z == 0x80);
    let ideographic = u8::from(x == 0xe3) & u8::from(y == 0x80) & u8::from(z == 0x80);
    latin | (u8::from(x == 0xe2) & punctuation) | ogham | ideographic
}

/// Whether the last two bytes are a space, which three bytes would not show.
#[inline(always)]
fn ends_with_wide_space(bytes: &[u8]) -> bool {
    matches!(bytes, [.., 0xc2, 0x85 | 0xa0])
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, one character at a time.
    fn split_whitespace(text: &str) -> usize {
        text.split(is_space).filter(|word| !word.is_empty()).count()
    }

    #[test]
    fn every_space_is_found_at_every_place() {
        for space in (0..=0x0010_ffff).filter_map(char::from_u32).filter(|&c| is_space(c)) {
            for padding in [0, 1, 31, 32, 33, 300] {
                let pad = "x".repeat(padding);
                for text in [format!("{pad}{space}b"), format!("{pad}{space}"), format!("{space}{pad}{space}{space}b")]
                {
                    assert_eq!(word_count(&text), split_whitespace(&text), "{space:?} after {padding}");
                }
            }
        }
    }

    #[test]
    fn characters_that_look_like_spaces_in_bytes_are_none() {
        for code in (0x80..0x3100).chain(0xf000..0x1_0000) {
            let Some(c) = char::from_u32(code) else { continue };
            let text = format!("a{c}b {c}");
            assert_eq!(word_count(&text), split_whitespace(&text), "{c:?}");
        }
    }

    #[test]
    fn long_texts_overflow_no_lane() {
        let text = "a ".repeat(100_000);
        assert_eq!((word_count(&text), char_count(&text)), (100_000, 200_000));
    }
}
