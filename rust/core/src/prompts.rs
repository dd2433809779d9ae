//! What can be told of prompts without reading them: what the person said, how they begin, their length and script.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64;

use crate::languages::{head, script};
use crate::lengths::word_count;
use crate::parallel::{Cancel, RowKernel};
use crate::{Error, Texts};

/// Bytes of what the person said that count.
pub const SAID: usize = 4_000;
/// Tokens that make a template.
const TEMPLATE: usize = 5;
/// How turns open in a transcript, and whether the person speaks.
const ROLES: [(&str, bool); 4] = [("Human:", true), ("Assistant:", false), ("System:", false), ("Tool:", false)];

/// What the person said in `prompt`, a turn a line: the prompt itself where it is no transcript. At most [`SAID`] bytes.
///
/// ```
/// use prefaudit_core::prompts::human_turns;
/// assert_eq!(human_turns("\n\nHuman: Hi!\n\nAssistant: Hello.\n\nHuman: Why?\n\nAssistant:"), "Hi!\nWhy?");
/// assert_eq!(human_turns(" Which oak? "), "Which oak?");
/// ```
#[must_use]
pub fn human_turns(prompt: &str) -> Cow<'_, str> {
    let text = prompt.trim();
    let whole = Cow::Borrowed(head(text, SAID));
    let Some((mut start, mut speaks)) = opening(text) else { return whole };
    let mut said = String::new();
    for at in memchr::memchr_iter(b'\n', text.as_bytes()) {
        if at < start || !text[at + 1..].starts_with('\n') {
            continue;
        }
        let next = text[at..].trim_start_matches('\n');
        if let Some((name, human)) = opening(next) {
            say(&mut said, speaks, &text[start..at]);
            (start, speaks) = (text.len() - next.len() + name, human);
        }
    }
    say(&mut said, speaks, &text[start..]);
    said.truncate(head(&said, SAID).len());
    if said.is_empty() { whole } else { Cow::Owned(said) }
}

/// The bytes of the role that a turn opens with, and whether it is the person's.
fn opening(text: &str) -> Option<(usize, bool)> {
    ROLES.iter().find(|(name, _)| text.starts_with(name)).map(|(name, human)| (name.len(), *human))
}

fn say(said: &mut String, speaks: bool, turn: &str) {
    let turn = turn.trim();
    if speaks && !turn.is_empty() {
        if !said.is_empty() {
            said.push('\n');
        }
        said.push_str(turn);
    }
}

/// The first five tokens in lower case, runs of digits as `#`; None of a shorter text.
///
/// ```
/// use prefaudit_core::prompts::template;
/// assert_eq!(template("Write 12 lines about  oak3s and elms").as_deref(), Some("write # lines about oak#s"));
/// assert_eq!(template("Write 12 lines about"), None);
/// ```
#[must_use]
pub fn template(text: &str) -> Option<String> {
    let mut found = String::with_capacity(64);
    let mut tokens = text.split_whitespace();
    for place in 0..TEMPLATE {
        if place > 0 {
            found.push(' ');
        }
        for c in tokens.next()?.chars() {
            match c {
                '0'..='9' if found.ends_with('#') => {}
                '0'..='9' => found.push('#'),
                c if c.is_ascii() => found.push(c.to_ascii_lowercase()),
                c => found.extend(c.to_lowercase()),
            }
        }
    }
    Some(found)
}

/// Facts about one prompt; those of a text without anything but whitespace are the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PromptFacts {
    /// A hash of what the person said; 0 where that is nothing.
    pub said: u64,
    /// A hash of its template; 0 where it is too short to have one.
    pub template: u64,
    /// Words of the whole prompt.
    pub words: u32,
    /// The script of what the person said.
    pub script: Option<&'static str>,
}

/// The facts about `prompt`.
#[must_use]
pub fn facts(prompt: &str) -> PromptFacts {
    let said = human_turns(prompt);
    if said.is_empty() {
        return PromptFacts::default();
    }
    PromptFacts {
        said: xxh3_64(said.as_bytes()),
        template: template(&said).map_or(0, |template| xxh3_64(template.as_bytes())),
        words: word_count(prompt) as u32,
        script: script(&said),
    }
}

/// The facts of each row; those of a null are the default.
pub struct FactRows<'a, T: ?Sized>(pub &'a T);

impl<T: Texts + ?Sized> RowKernel for FactRows<'_, T> {
    type Scratch = ();
    type Out = PromptFacts;

    fn rows(&self) -> usize {
        self.0.len()
    }

    fn cost(&self, i: usize) -> u64 {
        300 + self.0.size(i) as u64
    }

    fn scratch(&self) {}

    fn row(&self, (): &mut (), i: usize, _: &Cancel) -> Result<PromptFacts, Error> {
        Ok(self.0.get(i).map_or_else(PromptFacts::default, facts))
    }
}

/// What the person said in each row; nothing in a null.
pub struct SaidRows<'a, T: ?Sized>(pub &'a T);

impl<T: Texts + ?Sized> RowKernel for SaidRows<'_, T> {
    type Scratch = ();
    type Out = String;

    fn rows(&self) -> usize {
        self.0.len()
    }

    fn cost(&self, i: usize) -> u64 {
        200 + self.0.size(i) as u64
    }

    fn scratch(&self) {}

    fn row(&self, (): &mut (), i: usize, _: &Cancel) -> Result<String, Error> {
        Ok(self.0.get(i).map_or_else(String::new, |prompt| human_turns(prompt).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_of_others_are_left_out() {
        let prompt =
            "\n\nSystem: Be brief.\n\nHuman: One\n\ntwo \n\n\nAssistant: Three\n\nTool: 4\n\nHuman:\n\nHuman: Five";
        assert_eq!(human_turns(prompt), "One\n\ntwo\nFive");
    }

    #[test]
    fn a_text_that_only_looks_like_a_transcript_stays() {
        assert_eq!(human_turns("System: what is that?"), "System: what is that?");
        assert_eq!(human_turns("Tell me.\n\nHuman: is a species"), "Tell me.\n\nHuman: is a species");
        assert_eq!(human_turns("Human: Hi\n\nAssistant:"), "Hi");
        assert_eq!(human_turns("Humanity"), "Humanity");
    }

    #[test]
    fn long_prompts_are_cut_between_characters() {
        let long = format!("\n\nHuman: {}\n\nAssistant: x\n\nHuman: y", "é".repeat(3_000));
        assert_eq!(human_turns(&long), "é".repeat(2_000));
        assert_eq!(human_turns(&"é".repeat(3_000)).len(), 4_000);
    }

    #[test]
    fn facts_of_prompts() {
        let one = facts("\n\nHuman: Name 3 trees of the north\n\nAssistant:");
        let two = facts("Name 17 trees of the South");
        assert_eq!((one.template, one.script, one.words), (two.template, Some("Latin"), 8));
        assert_ne!(one.said, two.said);
        assert_eq!(one.said, facts("Name 3 trees of the north ").said);
        assert_eq!(facts(" \n"), PromptFacts::default());
        assert_eq!(facts("oak").template, 0);
    }
}
