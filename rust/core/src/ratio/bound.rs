//! What a ratio cannot exceed, found without a search.

use super::from_counts;
use super::symbols::Symbol;

/// Whether two texts of `total` characters may reach `cutoff`, where `prefix` characters match and `a` and `b`
/// are what follows them: first by their lengths, then by the characters that they have in common.
///
/// `counts` is a buffer.
pub(super) fn may_reach<S: Symbol>(
    prefix: usize,
    a: &[S],
    b: &[S],
    total: usize,
    counts: &mut Vec<u32>,
    cutoff: f64,
) -> bool {
    from_counts(prefix + a.len().min(b.len()), total) >= cutoff
        && from_counts(prefix + characters_in_common(a, b, counts), total) >= cutoff
}

/// Characters that two texts have in common, repeats counted.
fn characters_in_common<S: Symbol>(a: &[S], b: &[S], counts: &mut Vec<u32>) -> usize {
    counts.clear();
    counts.resize(S::most_symbols(a, b), 0);
    for symbol in b {
        counts[symbol.code()] += 1;
    }
    let mut shared = 0;
    for symbol in a {
        let left = &mut counts[symbol.code()];
        shared += usize::from(*left > 0);
        *left = left.saturating_sub(1);
    }
    shared
}
