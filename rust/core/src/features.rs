//! What a reader who ignores the content sees of a response: lines, lists, code, questions, refusals,
//! digits, capitals, punctuation, and how much of it the prompt said already.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, Match, MatchKind, StartKind};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::lengths::is_space;
use crate::parallel::{Cancel, RowKernel};
use crate::terms::{self, each_term};
use crate::texts::paired_len;
use crate::{Error, Texts};

/// Counts of one text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Features {
    /// Lines, cut at line feeds, that hold more than whitespace.
    pub lines: u32,
    /// Lines that open with a bullet (`-`, `*`, `+`, `•`) or with up to three digits and `.` or `)`, then a blank.
    pub list_items: u32,
    /// Runs of backticks: each opens or closes code.
    pub code_marks: u32,
    /// Question marks, also the full-width and the Arabic one.
    pub questions: u32,
    /// Phrases of [`REFUSALS`].
    pub refusals: u32,
    /// Runs of letters, marks and digits; a letter of a script without spaces is a term of its own.
    pub terms: u32,
    /// Terms that the prompt holds too, whatever their case.
    pub prompt_terms: u32,
    /// ASCII digits.
    pub digits: u32,
    /// Upper-case letters.
    pub capitals: u32,
    /// ASCII punctuation and symbols, and Unicode's punctuation.
    pub punctuation: u32,
}

impl Features {
    /// Each count by its name.
    #[must_use]
    pub const fn named(&self) -> [(&'static str, u32); 10] {
        [
            ("lines", self.lines),
            ("list_items", self.list_items),
            ("code_marks", self.code_marks),
            ("questions", self.questions),
            ("refusals", self.refusals),
            ("terms", self.terms),
            ("prompt_terms", self.prompt_terms),
            ("digits", self.digits),
            ("capitals", self.capitals),
            ("punctuation", self.punctuation),
        ]
    }
}

/// Phrases of refusals and apologies, in any case; an apostrophe may be straight or curly.
pub const REFUSALS: &[&str] = &[
    "i'm sorry",
    "i am sorry",
    "i apologize",
    "i apologise",
    "my apologies",
    "i can't",
    "i cannot",
    "i can not",
    "i won't",
    "i will not",
    "i'm unable",
    "i am unable",
    "i'm not able to",
    "i am not able to",
    "i'm not comfortable",
    "i am not comfortable",
    "i don't feel comfortable",
    "as an ai",
    "as a language model",
    "as a large language model",
    "抱歉",
    "对不起",
    "我无法",
    "我不能",
    "作为一个人工智能",
];

static REFUSAL_FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let curly = REFUSALS.iter().filter(|phrase| phrase.contains('\'')).map(|phrase| phrase.replace('\'', "’"));
    let phrases = REFUSALS.iter().map(|&phrase| phrase.to_owned()).chain(curly);
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostFirst)
        .kind(Some(AhoCorasickKind::DFA))
        .start_kind(StartKind::Both)
        .build(phrases)
        .expect("a few short phrases make a small automaton")
});

/// The features of one response to `prompt`.
///
/// ```
/// let found = prefaudit_core::features::features("Which oak?", "1. The OAK?\n2. I can't say");
/// assert_eq!((found.lines, found.list_items, found.questions, found.refusals), (2, 2, 1, 1));
/// assert_eq!((found.terms, found.prompt_terms, found.digits, found.capitals), (8, 1, 2, 5));
/// ```
#[must_use]
pub fn features(prompt: &str, response: &str) -> Features {
    let mut terms = Terms::default();
    terms.fill(prompt);
    of_response(&terms, response)
}

#[inline(always)]
fn of_response(prompt: &Terms, text: &str) -> Features {
    let mut found = Features::default();
    count_lines(text, &mut found);
    count_ascii(text.as_bytes(), &mut found);
    each_term(text, |term, at| {
        found.terms += 1;
        found.prompt_terms += u32::from(prompt.has(term));
        found.refusals += u32::from(is_refusal(text, term, at.start));
    });
    if !text.is_ascii() {
        count_wide(text, &mut found);
        found.refusals = refusals(text);
    }
    found
}

/// Adds what ASCII characters are.
#[inline(always)]
fn count_ascii(bytes: &[u8], found: &mut Features) {
    let letters = count(bytes, |byte| (byte | 0x20).wrapping_sub(b'a') < 26);
    found.digits += count(bytes, |byte| byte.wrapping_sub(b'0') < 10);
    found.capitals += count(bytes, |byte| byte.wrapping_sub(b'A') < 26);
    found.punctuation += count(bytes, |byte| byte.wrapping_sub(b'!') < 94) - letters - found.digits;
    found.questions += count(bytes, |byte| byte == b'?');
    for at in memchr::memchr_iter(b'`', bytes) {
        found.code_marks += u32::from(at == 0 || bytes[at - 1] != b'`');
    }
}

/// How many bytes are so; a block of 128 fits its count into a byte, which keeps the loop as wide as the vector.
#[inline(always)]
fn count(bytes: &[u8], is: impl Fn(u8) -> bool) -> u32 {
    let block = |block: &[u8]| block.iter().map(|&byte| u8::from(is(byte))).sum::<u8>();
    bytes.chunks(128).map(|bytes| u32::from(block(bytes))).sum()
}

/// Adds what characters beyond ASCII are.
fn count_wide(text: &str, found: &mut Features) {
    for c in text.chars().filter(|c| !c.is_ascii()) {
        found.capitals += u32::from(c.is_uppercase());
        found.punctuation += u32::from(c.general_category_group() == GeneralCategoryGroup::Punctuation);
        found.questions += u32::from(matches!(c, '？' | '؟'));
    }
}

fn count_lines(text: &str, found: &mut Features) {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = &text[start..end];
        start = end + 1;
        found.lines += u32::from(line.chars().any(|c| !is_space(c)));
        found.list_items += u32::from(is_list_item(line));
    }
}

fn is_list_item(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t']);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = match digits {
        0 => line.strip_prefix(['-', '*', '+', '•']),
        1..=3 => line[digits..].strip_prefix(['.', ')']),
        _ => None,
    };
    rest.is_some_and(|rest| rest.starts_with([' ', '\t']))
}

/// Phrases of refusal that do not begin or end within a word.
fn refusals(text: &str) -> u32 {
    REFUSAL_FINDER.find_iter(text).filter(|phrase| is_whole(text.as_bytes(), phrase)).count() as u32
}

fn is_whole(text: &[u8], phrase: &Match) -> bool {
    let (start, end) = (phrase.start(), phrase.end());
    let in_word = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let begins_inside = start > 0 && in_word(start) && in_word(start - 1);
    let ends_inside = in_word(end - 1) && in_word(end);
    !begins_inside && !ends_inside
}

/// The terms that phrases of ASCII begin with. None of their other terms is one of these, so phrases do not overlap.
const OPENING_TERMS: [u64; 3] = [terms::hash(b"i"), terms::hash(b"as"), terms::hash(b"my")];

/// Whether a phrase of [`refusals`] begins at a term of an ASCII text.
#[inline(always)]
fn is_refusal(text: &str, term: u64, at: usize) -> bool {
    OPENING_TERMS.contains(&term)
        && REFUSAL_FINDER
            .find(Input::new(text).range(at..).anchored(Anchored::Yes))
            .is_some_and(|phrase| is_whole(text.as_bytes(), &phrase))
}

/// A set of terms: hashes in a table that is never more than half full. 0 marks an empty place.
#[derive(Default)]
pub struct Terms {
    slots: Vec<u64>,
    all: Vec<u64>,
}

impl Terms {
    /// Becomes the terms of `text`.
    #[inline(always)]
    fn fill(&mut self, text: &str) {
        self.all.clear();
        each_term(text, |term, _| self.all.push(term));
        self.slots.clear();
        self.slots.resize((2 * self.all.len() + 1).next_power_of_two(), 0);
        for at in 0..self.all.len() {
            let place = self.place(self.all[at]);
            self.slots[place] = self.all[at];
        }
    }

    #[inline(always)]
    fn has(&self, term: u64) -> bool {
        self.slots[self.place(term)] == term
    }

    /// Where `term` is, or would be.
    #[inline(always)]
    fn place(&self, term: u64) -> usize {
        let last = self.slots.len() - 1;
        let mut at = (term ^ (term >> 32)) as usize & last;
        while self.slots[at] != 0 && self.slots[at] != term {
            at = (at + 1) & last;
        }
        at
    }
}

/// The features of the two responses of each row; a null has none, and a null prompt is an empty one.
pub struct FeatureRows<'a, P: ?Sized, A: ?Sized, B: ?Sized> {
    prompts: &'a P,
    a: &'a A,
    b: &'a B,
}

impl<'a, P: Texts + ?Sized, A: Texts + ?Sized, B: Texts + ?Sized> FeatureRows<'a, P, A, B> {
    /// Joins three columns.
    ///
    /// # Errors
    /// [`Error::Lengths`] when they differ in length.
    pub fn new(prompts: &'a P, a: &'a A, b: &'a B) -> Result<Self, Error> {
        paired_len(prompts, a)?;
        paired_len(a, b)?;
        Ok(Self { prompts, a, b })
    }
}

impl<P: Texts + ?Sized, A: Texts + ?Sized, B: Texts + ?Sized> RowKernel for FeatureRows<'_, P, A, B> {
    type Scratch = Terms;
    type Out = [Features; 2];

    fn rows(&self) -> usize {
        self.a.len()
    }

    fn cost(&self, i: usize) -> u64 {
        100 + (self.prompts.size(i) + 3 * (self.a.size(i) + self.b.size(i))) as u64
    }

    fn scratch(&self) -> Terms {
        Terms::default()
    }

    #[inline(always)]
    fn row(&self, terms: &mut Terms, i: usize, _: &Cancel) -> Result<[Features; 2], Error> {
        terms.fill(self.prompts.get(i).unwrap_or_default());
        let of = |text: Option<&str>| text.map_or_else(Features::default, |text| of_response(terms, text));
        Ok([of(self.a.get(i)), of(self.b.get(i))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Features {
        features("", text)
    }

    #[test]
    fn lines_that_are_blank_do_not_count() {
        assert_eq!(of("").lines, 0);
        assert_eq!(of("a\n\n \u{3000}\nb\n").lines, 2);
    }

    #[test]
    fn list_items_need_a_mark_and_a_blank() {
        assert_eq!(of("- a\n\t* b\n 1. c\n12) d\n• e\n+ f").list_items, 6);
        assert_eq!(of("-a\n*\n1.c\n1234. d\n. e\n1 f\n— g").list_items, 0);
    }

    #[test]
    fn code_is_counted_by_its_marks() {
        assert_eq!(of("```py\nx\n``` and `y`").code_marks, 4);
    }

    #[test]
    fn refusals_are_whole_words_in_any_case() {
        assert_eq!(of("I’m sorry, but I CAN'T. As an AI, i can't").refusals, 4);
        assert_eq!(of("as an aide, Hawaii cannot").refusals, 0);
        assert_eq!(of("抱歉，我无法回答").refusals, 2);
    }

    #[test]
    fn characters_by_kind() {
        let found = of("ÀB c3？¿—$؟");
        assert_eq!((found.capitals, found.digits, found.questions, found.punctuation), (2, 1, 2, 5));
    }

    #[test]
    fn terms_of_the_prompt_in_any_case() {
        let found = features("The CAT, Straße 12", "cat's straße: cat 12 123");
        assert_eq!((found.terms, found.prompt_terms), (6, 4));
        assert_eq!(features("你好吗", "你不好ok").prompt_terms, 2);
        assert_eq!(features("你好吗", "你不好ok").terms, 4);
        assert_eq!(features("", "a b").prompt_terms, 0);
    }

    #[test]
    fn columns_of_unequal_length_are_an_error() {
        let (one, two) = (vec!["a"], vec!["a", "b"]);
        assert!(FeatureRows::new(&one, &two, &two).is_err());
        assert!(FeatureRows::new(&two, &two, &one).is_err());
    }
}
