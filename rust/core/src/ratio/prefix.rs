//! The shared beginning of two texts, and a cheap proof that it is their longest match.
//!
//! Chat transcripts share their prompt, so that this settles most pairs and leaves two short tails.

/// Least bytes of a prefix worth a proof.
const SHORT: usize = 24;

/// A prefix shorter than this part of the longer text would take too many probes.
const PROBES: usize = 8;

/// Bytes that `a` and `b` share at their start.
#[must_use]
#[inline(always)]
pub fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let mut at = 0;
    for (x, y) in a.chunks_exact(32).zip(b.chunks_exact(32)) {
        if x != y {
            break;
        }
        at += 32;
    }
    at + common_prefix_words(&a[at..], &b[at..])
}

/// As [`common_prefix`], for texts that part soon: eight bytes at a time.
#[inline(always)]
pub(super) fn common_prefix_words(a: &[u8], b: &[u8]) -> usize {
    let mut at = 0;
    for (x, y) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        let differ = word(x) ^ word(y);
        if differ != 0 {
            return at + differ.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + a[at..].iter().zip(&b[at..]).take_while(|(x, y)| x == y).count()
}

#[inline(always)]
fn word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[..8]);
    u64::from_le_bytes(word)
}

/// Bytes of the shared prefix of whole characters.
#[inline(always)]
pub(super) fn common_text(a: &str, b: &str) -> usize {
    let mut at = common_prefix(a.as_bytes(), b.as_bytes());
    while !(a.is_char_boundary(at) && b.is_char_boundary(at)) {
        at -= 1;
    }
    at
}

/// Whether the shared prefix of `prefix` bytes is proven to be the first block that difflib finds.
///
/// It is, when no other match has more characters than it: on a tie the least start wins, which is its own.
/// A match of more than p characters has more than p bytes, so it holds the eight bytes of `b` at some
/// multiple of p - 6, and it starts in `a` at most `max(len) - p` bytes from where it starts in `b`. A handful
/// of such probes, each searched around its own place in `a` and extended where it is found, settle it. False
/// means not proven, not refuted.
#[inline(always)]
pub(super) fn is_longest_match(a: &[u8], b: &[u8], prefix: usize, characters: usize) -> bool {
    let longer = a.len().max(b.len());
    if characters < SHORT || characters * PROBES < longer {
        return false;
    }
    let reach = longer - characters;
    let stride = characters - 6;
    for j in (0..=b.len().saturating_sub(8)).step_by(stride) {
        let first = j.saturating_sub(reach);
        let last = (j + reach).min(a.len().saturating_sub(8));
        if first <= last && !no_longer_match(a, b, prefix, characters, j, first, last) {
            return false;
        }
    }
    true
}

/// Whether no match of more than `characters` characters holds `b[j..j + 8]` at a place of `a` in
/// `first..=last`, other than the shared prefix itself.
#[inline(always)]
fn no_longer_match(a: &[u8], b: &[u8], prefix: usize, characters: usize, j: usize, first: usize, last: usize) -> bool {
    const BLOCK: usize = 64;
    let probe = word(&b[j..]);
    let places = &a[first..last + 8];
    let longer = |at: usize, some: &[u8]| {
        let own = |at: usize| at == j && j + 8 <= prefix;
        let mut found = some.windows(8).enumerate().filter(|(_, place)| word(place) == probe);
        found.any(|(k, _)| !own(first + at + k) && match_length(a, b, first + at + k, j) > characters)
    };
    let Some(last_block) = places.len().checked_sub(BLOCK + 7) else {
        return !longer(0, places);
    };
    let mut at = 0;
    loop {
        let Some(block) = places[at..].first_chunk::<{ BLOCK + 7 }>() else { return true };
        if may_hold(block, probe.to_le_bytes()) && longer(at, block) {
            return false;
        }
        if at == last_block {
            return true;
        }
        // The last block overlaps the one before it.
        at = (at + BLOCK).min(last_block);
    }
}

/// Whether eight bytes may start at one of the first places of a block: three of them, compared at all places at
/// once, rule out nearly all blocks.
#[inline(always)]
fn may_hold<const N: usize>(block: &[u8; N], eight: [u8; 8]) -> bool {
    let mut hits = 0;
    for k in 0..N - 7 {
        let [first, middle, last] = [0, 4, 7].map(|at| u8::from(block[k + at] == eight[at]));
        hits |= first & middle & last;
    }
    hits != 0
}

/// Characters, or one more, of the longest match that holds `a[i..i + 8]` at `b[j..j + 8]`.
fn match_length(a: &[u8], b: &[u8], i: usize, j: usize) -> usize {
    let before = a[..i].iter().rev().zip(b[..j].iter().rev()).take_while(|(x, y)| x == y).count();
    let after = common_prefix(&a[i..], &b[j..]);
    a[i - before..i + after].iter().filter(|&&byte| byte as i8 >= -0x40).count()
}
