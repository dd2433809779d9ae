//! Texts as arrays of symbols, so that a code point is one array element.
//!
//! A pair with at most [`NARROW`] different characters beyond ASCII becomes bytes: ASCII stands for itself, the
//! others get numbers as they come. Any other pair becomes 32-bit numbers.

use super::prefix::common_prefix_words;

/// Characters beyond ASCII that fit into bytes; two bytes stay free for [`Symbol::JUNK_A`] and `JUNK_B`.
const NARROW: usize = 126;

/// Code points of a page of the table of numbers.
const PAGE: usize = 256;

/// An element of a text.
pub(super) trait Symbol: Copy + Ord {
    /// Stands in `a` for characters that start no match; equal to nothing in `b`.
    const JUNK_A: Self;
    /// Stands in `b` for characters that start no match; equal to nothing in `a`. The next after the other, and the
    /// last there is.
    const JUNK_B: Self;
    /// Shortest runs that exact matching collects into a list. What is shorter is found by passes.
    const SHORTEST_RUN: usize;

    /// The symbol as a number.
    fn code(self) -> usize;

    /// The symbol that is this number.
    fn from_code(code: usize) -> Self;

    /// A number above the codes of all symbols in two texts.
    fn most_symbols(a: &[Self], b: &[Self]) -> usize;

    /// Symbols of the grams through which runs of at least `level` are listed. Longer grams find fewer places in
    /// vain, shorter ones leave more of `b` out of the index.
    fn gram_length(level: usize) -> usize;

    /// `N` symbols in one number, where `N` is a [`Symbol::gram_length`].
    fn gram<const N: usize>(symbols: &[Self; N]) -> u64;

    /// Symbols that two texts share at their start.
    fn common_prefix(a: &[Self], b: &[Self]) -> usize;

    /// Whether the last `size` symbols of two texts, which have as many, are equal.
    #[inline(always)]
    fn same_end(a: &[Self], b: &[Self], size: usize) -> bool {
        a[a.len() - size..] == b[b.len() - size..]
    }

    /// Windows whose `b` side has at most 64 symbols can be matched on one word of bits.
    fn bytes(text: &[Self]) -> Option<&[u8]>;
}

impl Symbol for u8 {
    const JUNK_A: u8 = 254;
    const JUNK_B: u8 = 255;
    const SHORTEST_RUN: usize = 4;

    #[inline(always)]
    fn code(self) -> usize {
        usize::from(self)
    }

    #[inline(always)]
    fn from_code(code: usize) -> u8 {
        code as u8
    }

    #[inline(always)]
    fn most_symbols(_: &[u8], _: &[u8]) -> usize {
        256
    }

    #[inline(always)]
    fn gram_length(level: usize) -> usize {
        match level {
            0..4 => 1,
            4..8 => 4,
            8..16 => 6,
            _ => 8,
        }
    }

    #[inline(always)]
    fn gram<const N: usize>(symbols: &[u8; N]) -> u64 {
        let mut bytes = [0; 8];
        bytes[..N].copy_from_slice(symbols);
        u64::from_le_bytes(bytes)
    }

    #[inline(always)]
    fn common_prefix(a: &[u8], b: &[u8]) -> usize {
        common_prefix_words(a, b)
    }

    #[inline(always)]
    fn same_end(a: &[u8], b: &[u8], size: usize) -> bool {
        match (a.last_chunk(), b.last_chunk()) {
            // A word is compared at once; a call of `memcmp` would cost more than what it does.
            (Some(&x), Some(&y)) if (1..=8).contains(&size) => {
                (u64::from_le_bytes(x) ^ u64::from_le_bytes(y)) >> (64 - 8 * size) == 0
            }
            _ => a[a.len() - size..] == b[b.len() - size..],
        }
    }

    #[inline(always)]
    fn bytes(text: &[u8]) -> Option<&[u8]> {
        Some(text)
    }
}

impl Symbol for u32 {
    const JUNK_A: u32 = u32::MAX - 1;
    const JUNK_B: u32 = u32::MAX;
    const SHORTEST_RUN: usize = 2;

    #[inline(always)]
    fn code(self) -> usize {
        self as usize
    }

    #[inline(always)]
    fn from_code(code: usize) -> u32 {
        code as u32
    }

    fn most_symbols(a: &[u32], b: &[u32]) -> usize {
        a.iter().chain(b).max().map_or(0, |&symbol| symbol as usize + 1)
    }

    #[inline(always)]
    fn gram_length(level: usize) -> usize {
        level.min(2)
    }

    #[inline(always)]
    fn gram<const N: usize>(symbols: &[u32; N]) -> u64 {
        symbols.iter().fold(0, |gram, &symbol| gram << 32 | u64::from(symbol))
    }

    #[inline(always)]
    fn common_prefix(a: &[u32], b: &[u32]) -> usize {
        a.iter().zip(b).take_while(|(x, y)| x == y).count()
    }

    #[inline(always)]
    fn bytes(_: &[u32]) -> Option<&[u8]> {
        None
    }
}

/// Buffers for the symbols of one pair at a time.
#[derive(Default)]
pub(super) struct Decoder {
    narrow: [Vec<u8>; 2],
    wide: [Vec<u32>; 2],
    /// For each code point its number plus one, 0 where it has none yet; in pages, most of which stay empty.
    numbers: Vec<Vec<u32>>,
    /// The code points that have a number.
    numbered: Vec<u32>,
}

/// A pair of texts as symbols.
pub(super) enum Decoded<'a> {
    Narrow(&'a [u8], &'a [u8]),
    Wide(&'a [u32], &'a [u32]),
}

impl Decoder {
    /// The symbols of two texts; ASCII is not copied.
    #[inline(always)]
    pub(super) fn decode<'a>(&'a mut self, a: &'a str, b: &'a str) -> Decoded<'a> {
        if a.is_ascii() && b.is_ascii() {
            return Decoded::Narrow(a.as_bytes(), b.as_bytes());
        }
        self.decode_unicode(a, b)
    }

    fn decode_unicode(&mut self, a: &str, b: &str) -> Decoded<'_> {
        self.numbers.resize(char::MAX as usize / PAGE + 1, Vec::new());
        let narrow = self.decode_narrow(0, a) && self.decode_narrow(1, b);
        if !narrow {
            self.decode_wide(0, a);
            self.decode_wide(1, b);
        }
        for c in self.numbered.drain(..) {
            self.numbers[c as usize / PAGE][c as usize % PAGE] = 0;
        }
        if narrow {
            Decoded::Narrow(&self.narrow[0], &self.narrow[1])
        } else {
            Decoded::Wide(&self.wide[0], &self.wide[1])
        }
    }

    fn number(&mut self, c: char) -> usize {
        let page = &mut self.numbers[c as usize / PAGE];
        page.resize(PAGE, 0);
        let number = &mut page[c as usize % PAGE];
        if *number == 0 {
            self.numbered.push(c as u32);
            *number = self.numbered.len() as u32;
        }
        *number as usize - 1
    }

    /// Whether the text fitted into bytes.
    fn decode_narrow(&mut self, side: usize, text: &str) -> bool {
        let mut out = std::mem::take(&mut self.narrow[side]);
        out.clear();
        let mut rest = text;
        while !rest.is_empty() {
            let ascii = ascii_prefix(rest.as_bytes());
            out.extend_from_slice(&rest.as_bytes()[..ascii]);
            let Some(c) = rest[ascii..].chars().next() else { break };
            rest = &rest[ascii + c.len_utf8()..];
            let number = self.number(c);
            if number >= NARROW {
                break;
            }
            out.push(128 + number as u8);
        }
        self.narrow[side] = out;
        self.numbered.len() <= NARROW
    }

    fn decode_wide(&mut self, side: usize, text: &str) {
        let mut out = std::mem::take(&mut self.wide[side]);
        out.clear();
        out.extend(text.chars().map(|c| if c.is_ascii() { c as u32 } else { 128 + self.number(c) as u32 }));
        self.wide[side] = out;
    }
}

fn ascii_prefix(bytes: &[u8]) -> usize {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut at = 0;
    while let Some(&word) = bytes[at..].first_chunk() {
        let high = u64::from_le_bytes(word) & HIGH;
        if high != 0 {
            return at + high.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + bytes[at..].iter().take_while(|byte| byte.is_ascii()).count()
}
