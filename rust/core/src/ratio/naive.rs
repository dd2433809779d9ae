//! The readable oracle: CPython's algorithm, line for line in its ideas, for tests only.

use std::collections::{HashMap, HashSet};

use super::Match;

/// All matching blocks of `a` and `b`, by increasing position, as difflib's recursion finds them (without the
/// joining of neighbours and the closing dummy of `get_matching_blocks`).
#[must_use]
pub fn blocks(a: &str, b: &str, autojunk: bool) -> Vec<Match> {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut places: HashMap<char, Vec<usize>> = HashMap::new();
    for (j, &c) in b.iter().enumerate() {
        places.entry(c).or_default().push(j);
    }
    if autojunk && b.len() >= 200 {
        let most = b.len() / 100 + 1;
        places.retain(|_, at| at.len() <= most);
    }
    let mut found = Vec::new();
    let mut windows = vec![(0, a.len(), 0, b.len())];
    while let Some((alo, ahi, blo, bhi)) = windows.pop() {
        let (i, j, size) = longest_match(&a, &b, &places, (alo, ahi, blo, bhi));
        if size > 0 {
            found.push(Match { a: i, b: j, size });
            windows.push((alo, i, blo, j));
            windows.push((i + size, ahi, j + size, bhi));
        }
    }
    found.sort_unstable_by_key(|m| m.a);
    found
}

type Window = (usize, usize, usize, usize);

fn longest_match(
    a: &[char],
    b: &[char],
    places: &HashMap<char, Vec<usize>>,
    (alo, ahi, blo, bhi): Window,
) -> (usize, usize, usize) {
    let (mut i, mut j, mut size) = (alo, blo, 0);
    let mut lengths: HashMap<usize, usize> = HashMap::new();
    for (x, c) in a.iter().enumerate().take(ahi).skip(alo) {
        let mut next = HashMap::new();
        for &y in places.get(c).map_or(&[][..], Vec::as_slice) {
            if y < blo || y >= bhi {
                continue;
            }
            let k = if y == 0 { 1 } else { lengths.get(&(y - 1)).map_or(1, |k| k + 1) };
            next.insert(y, k);
            if k > size {
                (i, j, size) = (x + 1 - k, y + 1 - k, k);
            }
        }
        lengths = next;
    }
    while i > alo && j > blo && a[i - 1] == b[j - 1] {
        (i, j, size) = (i - 1, j - 1, size + 1);
    }
    while i + size < ahi && j + size < bhi && a[i + size] == b[j + size] {
        size += 1;
    }
    (i, j, size)
}

/// The ratio of `a` and `b`.
#[must_use]
pub fn ratio(a: &str, b: &str, autojunk: bool) -> f64 {
    let matched = blocks(a, b, autojunk).iter().map(|m| m.size).sum();
    super::from_counts(matched, a.chars().count() + b.chars().count())
}

/// The number of characters, with repeats, that `a` and `b` have in common: never below what matches.
#[must_use]
pub fn shared_characters(a: &str, b: &str) -> usize {
    let kinds: HashSet<char> = a.chars().collect();
    kinds.into_iter().map(|c| a.chars().filter(|&x| x == c).count().min(b.chars().filter(|&x| x == c).count())).sum()
}
