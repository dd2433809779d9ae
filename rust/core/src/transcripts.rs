//! Cutting two transcripts of one conversation into the prompt they share and the two responses.

use memchr::memmem::{Finder, FinderRev};

use crate::parallel::{Cancel, RowKernel};
use crate::ratio::common_prefix;
use crate::texts::paired_len;
use crate::{Error, Texts};

/// What opens a turn of the assistant in a transcript.
pub const ASSISTANT: &str = "\n\nAssistant:";
/// What opens a turn of the person in a transcript.
pub const HUMAN: &str = "\n\nHuman:";

/// Where two transcripts part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Bytes of the shared prompt, which ends with the last shared [`ASSISTANT`].
    pub at: usize,
    /// Whether a further turn follows in either text: then they part before the last turn.
    pub diverged: bool,
}

/// Searches for turns, prepared once for many texts.
pub struct Turns {
    assistant: FinderRev<'static>,
    /// What every turn begins with; a search for so short a text is much faster.
    blank: Finder<'static>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { assistant: FinderRev::new(ASSISTANT), blank: Finder::new("\n\n") }
    }
}

impl Turns {
    /// Whether a turn opens somewhere in a response.
    fn open_in(&self, response: &str) -> bool {
        self.blank
            .find_iter(response.as_bytes())
            .any(|at| response[at..].starts_with(HUMAN) || response[at..].starts_with(ASSISTANT))
    }
}

/// Where `chosen` and `rejected` part, None when no turn of the assistant opens in what they share.
///
/// The cut is at the turn, never at the character where the texts part: answers that begin alike keep their
/// beginning.
///
/// ```
/// use prefaudit_core::transcripts::{Turns, cut};
/// let (chosen, rejected) = ("\n\nHuman: Hi\n\nAssistant: Hello!", "\n\nHuman: Hi\n\nAssistant: Hey");
/// let at = cut(&Turns::default(), chosen, rejected).unwrap().at;
/// assert_eq!((&chosen[at..], &rejected[at..]), (" Hello!", " Hey"));
/// ```
#[must_use]
pub fn cut(turns: &Turns, chosen: &str, rejected: &str) -> Option<Cut> {
    let shared = &chosen.as_bytes()[..common_prefix(chosen.as_bytes(), rejected.as_bytes())];
    let at = turns.assistant.rfind(shared)? + ASSISTANT.len();
    let diverged = turns.open_in(&chosen[at..]) || turns.open_in(&rejected[at..]);
    Some(Cut { at, diverged })
}

/// The cut of each row of two columns, None also where a text is null.
pub struct Cuts<'a, A: ?Sized, B: ?Sized> {
    chosen: &'a A,
    rejected: &'a B,
    rows: usize,
}

impl<'a, A: Texts + ?Sized, B: Texts + ?Sized> Cuts<'a, A, B> {
    /// Pairs up two columns.
    ///
    /// # Errors
    /// [`Error::Lengths`] when they differ in length.
    pub fn new(chosen: &'a A, rejected: &'a B) -> Result<Self, Error> {
        Ok(Self { chosen, rejected, rows: paired_len(chosen, rejected)? })
    }
}

impl<A: Texts + ?Sized, B: Texts + ?Sized> RowKernel for Cuts<'_, A, B> {
    type Scratch = Turns;
    type Out = Option<Cut>;

    fn rows(&self) -> usize {
        self.rows
    }

    fn cost(&self, i: usize) -> u64 {
        50 + (self.chosen.size(i) + self.rejected.size(i)) as u64 / 16
    }

    fn scratch(&self) -> Turns {
        Turns::default()
    }

    fn row(&self, turns: &mut Turns, i: usize, _: &Cancel) -> Result<Self::Out, Error> {
        Ok(self.chosen.get(i).zip(self.rejected.get(i)).and_then(|(chosen, rejected)| cut(turns, chosen, rejected)))
    }
}
