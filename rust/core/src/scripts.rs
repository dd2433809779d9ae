//! Which letters belong to scripts that are written without spaces, where words cannot be counted.

use std::ops::Add;

use crate::parallel::{Cancel, RowKernel};
use crate::{Error, Texts};

/// Letters of a text, and how many of them are Chinese, Japanese, Thai, Lao or Khmer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Letters {
    /// All letters.
    pub total: u64,
    /// Those of scripts without spaces between words.
    pub unspaced: u64,
}

impl Add for Letters {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { total: self.total + other.total, unspaced: self.unspaced + other.unspaced }
    }
}

/// Counts the letters of `text`.
#[must_use]
#[inline(always)]
pub fn letters(text: &str) -> Letters {
    // A block of 128 fits its sum into a byte, which keeps the loop as wide as the vector.
    let block = |bytes: &[u8]| bytes.iter().map(|byte| u8::from((byte | 0x20).wrapping_sub(b'a') < 26)).sum::<u8>();
    let ascii = text.as_bytes().chunks(128).map(|bytes| u64::from(block(bytes))).sum();
    let start = Letters { total: ascii, unspaced: 0 };
    if text.is_ascii() {
        return start;
    }
    text.chars()
        .filter(|c| !c.is_ascii() && c.is_alphabetic())
        .fold(start, |sum, c| sum + Letters { total: 1, unspaced: u64::from(is_unspaced(c)) })
}

/// Whether `c` belongs to a script that is written without spaces between words.
#[must_use]
pub fn is_unspaced(c: char) -> bool {
    matches!(
        c as u32,
        0x0e00..=0x0eff      // Thai, Lao
            | 0x1780..=0x17ff // Khmer
            | 0x19e0..=0x19ff // Khmer symbols
            | 0x3005..=0x3007 // iteration mark, closing mark, zero
            | 0x3021..=0x3029
            | 0x3031..=0x3035
            | 0x3041..=0x30ff // Hiragana, Katakana
            | 0x31f0..=0x31ff // Katakana extensions
            | 0x3400..=0x4dbf // CJK extension A
            | 0x4e00..=0x9fff // CJK
            | 0xf900..=0xfaff // CJK compatibility
            | 0xff66..=0xff9f // half-width Katakana
            | 0x1b000..=0x1b16f // Kana supplements
            | 0x20000..=0x3ffff // CJK extensions B and on
    )
}

/// Counts the letters of each row.
pub struct LetterRows<'a, T: ?Sized>(pub &'a T);

impl<T: Texts + ?Sized> RowKernel for LetterRows<'_, T> {
    type Scratch = ();
    type Out = Letters;

    fn rows(&self) -> usize {
        self.0.len()
    }

    fn cost(&self, i: usize) -> u64 {
        8 + self.0.size(i) as u64 / 4
    }

    fn scratch(&self) {}

    #[inline(always)]
    fn row(&self, (): &mut (), i: usize, _: &Cancel) -> Result<Letters, Error> {
        Ok(self.0.get(i).map_or(Letters::default(), letters))
    }
}
