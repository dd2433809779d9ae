//! What stands in a text that should not: nothing at all, characters that were lost, what misread text and the
//! tokens of templates begin with, turns out of order.

use memchr::{memchr2_iter, memmem};

use crate::lengths::is_space;
use crate::parallel::{Cancel, RowKernel};
use crate::transcripts::{ASSISTANT, HUMAN};
use crate::{Error, Texts};

/// The text is empty, or nothing but whitespace.
pub const BLANK: u8 = 1;
/// It holds U+FFFD, which stands for bytes that could not be decoded.
pub const REPLACED: u8 = 2;
/// It holds what mojibake begins with: one of `Ã Â â ð ï`, as which UTF-8 is read in Latin-1 or Windows-1252.
pub const MISREAD: u8 = 4;
/// It holds what a special token begins with: an angle or a square bracket before a character of [`OPENINGS`].
pub const OPENED: u8 = 8;
/// Its turns, if it has any, do not go from a person to the assistant by turns up to the opening of the assistant's.
pub const DISORDERED: u8 = 16;

/// The byte that accented letters begin with, and the second bytes of those in [`MISREAD`].
const LATIN: u8 = 0xc3;
const MISREAD_SECONDS: [u8; 5] = [0x83, 0x82, 0xa2, 0xb0, 0xaf];
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// What follows an angle or a square bracket in a special token; 0xef begins the full-width bar.
pub const OPENINGS: [(u8, &[u8]); 2] = [(b'<', b"|/s<upbem\xef"), (b'[', b"I/PCSMU")];

/// The marks of one text, as bits.
///
/// ```
/// use prefaudit_core::marks::{DISORDERED, OPENED, marks};
/// assert_eq!(marks("a <|im_start|> b"), OPENED);
/// assert_eq!(marks("\n\nHuman: Hi\n\nHuman: Hi?\n\nAssistant:"), DISORDERED);
/// ```
#[must_use]
pub fn marks(text: &str) -> u8 {
    let bit = |mark: u8, holds: bool| if holds { mark } else { 0 };
    let mut found = bit(BLANK, text.chars().all(is_space));
    found |= bit(OPENED, opens_token(text.as_bytes()));
    found |= bit(DISORDERED, is_disordered(text));
    if !text.is_ascii() {
        found |= beyond_ascii(text.as_bytes());
    }
    found
}

fn opens_token(text: &[u8]) -> bool {
    let [(angle, _), (square, _)] = OPENINGS;
    memchr2_iter(angle, square, text).any(|at| {
        let after = OPENINGS[usize::from(text[at] == square)].1;
        text.get(at + 1).is_some_and(|next| after.contains(next))
    })
}

fn beyond_ascii(text: &[u8]) -> u8 {
    memchr2_iter(LATIN, REPLACEMENT[0], text).fold(0, |found, at| {
        if text[at] == LATIN {
            found | if MISREAD_SECONDS.contains(&text[at + 1]) { MISREAD } else { 0 }
        } else {
            found | if text[at..].starts_with(REPLACEMENT) { REPLACED } else { 0 }
        }
    })
}

/// Whether the turns that a transcript opens do not alternate, from a person's to the assistant's.
fn is_disordered(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut assistant_is_next) = (0, false);
    while let Some(found) = memmem::find(&bytes[at..], b"\n\n") {
        // Of many line feeds the last two belong to the mark.
        at += found + 2;
        at += bytes[at..].iter().take_while(|&&byte| byte == b'\n').count();
        let rest = &text[at - 2..];
        let (person, assistant) = (rest.starts_with(HUMAN), rest.starts_with(ASSISTANT));
        if person | assistant {
            if assistant != assistant_is_next {
                return true;
            }
            assistant_is_next = !assistant_is_next;
        }
    }
    assistant_is_next
}

/// The marks of each row, none of a null.
pub struct MarkRows<'a, T: ?Sized>(pub &'a T);

impl<T: Texts + ?Sized> RowKernel for MarkRows<'_, T> {
    type Scratch = ();
    type Out = u8;

    fn rows(&self) -> usize {
        self.0.len()
    }

    fn cost(&self, i: usize) -> u64 {
        60 + self.0.size(i) as u64 / 8
    }

    fn scratch(&self) {}

    fn row(&self, (): &mut (), i: usize, _: &Cancel) -> Result<u8, Error> {
        Ok(self.0.get(i).map_or(0, marks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_and_misread_characters() {
        assert_eq!(marks("a\u{fffd}b"), REPLACED);
        assert_eq!(marks("caf\u{c3}\u{a9} \u{fffd}"), REPLACED | MISREAD);
        assert_eq!(marks("caf\u{e9}, \u{fffc} \u{4e2d}"), 0);
    }

    #[test]
    fn blank_texts() {
        assert_eq!((marks(""), marks(" \u{3000}\n\u{1f}"), marks(" a ")), (BLANK, BLANK, 0));
    }

    #[test]
    fn openings_of_tokens() {
        for text in ["<|", "</s>", "a <<SYS>>", "[INST]", "<\u{ff5c}x"] {
            assert_eq!(marks(text), OPENED, "{text}");
        }
        for text in ["<", "a < b", "[1]", "<>", "[", "|<"] {
            assert_eq!(marks(text), 0, "{text}");
        }
    }

    #[test]
    fn turns_alternate() {
        let transcript = |roles: &str| -> String {
            roles.chars().map(|role| if role == 'H' { "\n\nHuman: x" } else { "\n\nAssistant: y" }).collect()
        };
        for (roles, mark) in [("", 0), ("HA", 0), ("HAHA", 0), ("H", 16), ("A", 16), ("HAA", 16), ("HHA", 16)] {
            let text = format!("a{}", transcript(roles));
            assert_eq!(marks(&text), mark, "{roles}");
        }
        assert_eq!(marks("\n\n\n\nHuman: a\n\n\nAssistant:"), 0);
        assert_eq!(marks("\n\nHuman: a\n\nAssistant: b\n\n\n\nAssistant:"), DISORDERED);
    }
}
