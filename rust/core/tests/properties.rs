//! The fast kernel against the naive oracle, each of its paths by name.

use prefaudit_core::lengths::{char_count, is_space, word_count};
use prefaudit_core::parallel::{self, Cancel};
use prefaudit_core::ratio::{self, Match, Ratios, Scratch, naive};
use proptest::prelude::*;

/// Texts over few characters, in which ties, repeats and long matches are common.
fn text(alphabet: &'static str, size: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let letters: Vec<char> = alphabet.chars().collect();
    prop::collection::vec(prop::sample::select(letters), size).prop_map(String::from_iter)
}

/// A copy of a text with some stretches replaced.
fn edited(text: &str, edits: &[(usize, usize, String)]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for (at, size, put) in edits {
        let at = at % (letters.len() + 1);
        let end = (at + size).min(letters.len());
        letters.splice(at..end, put.chars());
    }
    letters.into_iter().collect()
}

fn edits(alphabet: &'static str, most: usize) -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    prop::collection::vec((any::<usize>(), 0_usize..12, text(alphabet, 0..9)), 0..most)
}

/// A text and an edited copy of it.
fn similar(alphabet: &'static str, size: std::ops::Range<usize>) -> impl Strategy<Value = (String, String)> {
    (text(alphabet, size), edits(alphabet, 8)).prop_map(|(a, edits)| {
        let b = edited(&a, &edits);
        (a, b)
    })
}

/// Two texts that have nothing to do with each other.
fn unrelated(alphabet: &'static str, size: std::ops::Range<usize>) -> impl Strategy<Value = (String, String)> {
    (text(alphabet, size.clone()), text(alphabet, size))
}

/// Both modes, both orders, ratio, blocks and cutoffs, with the best vector instructions and without, and with
/// buffers that other pairs have used.
fn check(a: &str, b: &str) -> Result<(), TestCaseError> {
    let (cancel, mut best, mut portable) = (Cancel::default(), Scratch::default(), Scratch::portable());
    for (a, b) in [(a, b), (b, a)] {
        for autojunk in [false, true] {
            let expected = naive::ratio(a, b, autojunk);
            let blocks = joined(a, b, autojunk);
            for round in 0..4 {
                let scratch = if round % 2 == 0 { &mut best } else { &mut portable };
                let found = ratio::ratio(scratch, a, b, autojunk, 0.0, &cancel);
                prop_assert_eq!(found, Ok(expected), "autojunk {}: {:?} {:?}", autojunk, a, b);
                for cutoff in [expected, (expected + 1e-9).min(1.0), 0.5] {
                    let found = ratio::ratio(scratch, a, b, autojunk, cutoff, &cancel);
                    prop_assert_eq!(found, Ok(if expected >= cutoff { expected } else { 0.0 }), "cutoff {}", cutoff);
                }
                let found = ratio::matching_blocks(scratch, a, b, autojunk, &cancel);
                prop_assert_eq!(found.as_ref(), Ok(&blocks), "autojunk {}: {:?} {:?}", autojunk, a, b);
            }
        }
    }
    Ok(())
}

/// The blocks of the oracle as `get_matching_blocks` lists them.
fn joined(a: &str, b: &str, autojunk: bool) -> Vec<Match> {
    let mut blocks: Vec<Match> = Vec::new();
    for next in naive::blocks(a, b, autojunk) {
        match blocks.last_mut() {
            Some(last) if (last.a + last.size, last.b + last.size) == (next.a, next.b) => last.size += next.size,
            _ => blocks.push(next),
        }
    }
    blocks.push(Match { a: a.chars().count(), b: b.chars().count(), size: 0 });
    blocks
}

const PROSE: &str = "eeeeettttaaooinshrdlu  ,.";
const CHINESE: &str = "我认为更长的回答并不一定更好因此需要检查数据中的偏差";

/// 180 characters beyond ASCII: more than fit into bytes.
fn many() -> &'static str {
    static MANY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    MANY.get_or_init(|| ('\u{4e00}'..).take(180).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn small_windows_of_one_word((a, b) in prop_oneof![similar("ab", 0..65), unrelated("abc", 0..65)]) {
        check(&a, &b)?;
    }

    #[test]
    fn windows_of_several_words((a, b) in prop_oneof![similar("abcd ", 60..260), unrelated("abcde", 60..260)]) {
        check(&a, &b)?;
    }

    #[test]
    fn ascii_and_a_few_others((a, b) in prop_oneof![similar("aé漢𝄞 ", 0..150), unrelated("a\u{301}é😀", 0..150)]) {
        check(&a, &b)?;
    }

    #[test]
    fn around_two_hundred_characters((a, b) in similar(PROSE, 190..212)) {
        check(&a, &b)?;
    }

    #[test]
    fn a_proven_prefix(prefix in text(PROSE, 100..240), (a, b) in unrelated(PROSE, 0..60)) {
        check(&format!("{prefix}{a}"), &format!("{prefix}{b}"))?;
    }

    #[test]
    fn a_prefix_of_many_bytes_a_character(prefix in text("𝄞漢é", 30..90), (a, b) in unrelated("ab𝄞 ", 0..120)) {
        check(&format!("{prefix}{a}"), &format!("{prefix}{b}"))?;
    }

    #[test]
    fn an_unproven_prefix(prefix in text("ab", 24..70), longer in text("ab", 60..130), (a, b) in unrelated("ab", 0..20)) {
        check(&format!("{prefix}x{a}{longer}"), &format!("{prefix}y{b}{longer}"))?;
    }

    #[test]
    fn a_shared_suffix(suffix in text(PROSE, 0..200), (a, b) in unrelated(PROSE, 0..80)) {
        check(&format!("{a}{suffix}"), &format!("{b}{suffix}"))?;
    }

    #[test]
    fn junk_in_a_shared_prefix(prefix in text(PROSE, 120..260), (a, b) in unrelated("eta xyz", 60..120)) {
        check(&format!("{prefix}{a}"), &format!("{prefix}{b}"))?;
    }

    #[test]
    fn periodic_texts_whose_list_of_runs_overflows(period in text("ab", 1..5), times in 1_usize..120, (a, b) in unrelated("abc", 0..9)) {
        let body = period.repeat(times);
        check(&format!("{a}{body}"), &format!("{body}{b}"))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn medium_windows((a, b) in prop_oneof![similar(PROSE, 400..900), unrelated(PROSE, 400..900)]) {
        check(&a, &b)?;
    }

    #[test]
    fn dot_plots_of_each_width(
        a in text(PROSE, 0..260),
        b in prop_oneof![text(PROSE, 250..262), text(PROSE, 506..518), text(PROSE, 800..1_030)],
        edits in edits(PROSE, 4),
    ) {
        check(&a, &b)?;
        let part: String = b.chars().skip(b.len() / 3).take(a.len()).collect();
        check(&edited(&part, &edits), &b)?;
    }

    #[test]
    fn probes_of_a_prefix_that_find_others(prefix in text("abc", 24..200), (a, b) in similar("abc", 60..200)) {
        check(&format!("{prefix}x{a}{prefix}"), &format!("{prefix}y{b}"))?;
    }

    #[test]
    fn spilled_ids((a, b) in prop_oneof![similar(many(), 300..700), unrelated(many(), 300..700)]) {
        check(&a, &b)?;
    }

    #[test]
    fn chinese((a, b) in prop_oneof![similar(CHINESE, 100..400), unrelated(CHINESE, 100..400)]) {
        check(&a, &b)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn large_windows((a, b) in prop_oneof![similar(PROSE, 1_500..2_600), unrelated(PROSE, 1_500..2_000)]) {
        check(&a, &b)?;
    }

    #[test]
    fn large_windows_of_spilled_ids((a, b) in similar(many(), 1_500..2_200)) {
        check(&a, &b)?;
    }
}

proptest! {
    #[test]
    fn a_column_on_any_number_of_threads(
        pairs in prop::collection::vec(similar(PROSE, 0..120), 0..60),
        threads in 1_usize..6,
        autojunk: bool,
    ) {
        let (a, b): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
        let kernel = Ratios::new(&a, &b, autojunk, 0.0).unwrap();
        let found = parallel::map(&kernel, threads, &Cancel::default(), &mut || ()).unwrap();
        let expected: Vec<f64> = a.iter().zip(&b).map(|(a, b)| naive::ratio(a, b, autojunk)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn words_are_what_lies_between_spaces(text in "[a é漢\u{3000}\u{1c}\u{85}\u{200b}\n]{0,200}|\\PC{0,80}") {
        prop_assert_eq!(word_count(&text), text.split(is_space).filter(|word| !word.is_empty()).count());
        prop_assert_eq!(char_count(&text), text.chars().count());
    }

    #[test]
    fn raised_before_it_starts(a in text(PROSE, 300..400), b in text(PROSE, 300..400)) {
        let cancel = Cancel::default();
        cancel.raise();
        let columns = (vec![a; 3], vec![b; 3]);
        let kernel = Ratios::new(&columns.0, &columns.1, false, 0.0).unwrap();
        prop_assert_eq!(parallel::map(&kernel, 2, &cancel, &mut || ()), Err(prefaudit_core::Error::Interrupted));
    }
}
