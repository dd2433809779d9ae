//! How alike two texts are once what does not count is taken away.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::lengths::is_space;
use crate::parallel::{Cancel, RowKernel};
use crate::texts::paired_len;
use crate::{Error, Texts};

/// The least that has to be taken away for two texts to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Sameness {
    /// They differ in more than the kinds below.
    #[default]
    Different = 0,
    /// Nothing: the bytes are the same.
    Bytes = 1,
    /// Unicode composition (NFC) and the amount of whitespace.
    Whitespace = 2,
    /// Case and punctuation as well.
    CasePunctuation = 3,
}

/// How alike `a` and `b` are.
///
/// ```
/// use prefaudit_core::sameness::{Sameness, sameness};
/// assert_eq!(sameness("Well, yes", "well  yes!"), Sameness::CasePunctuation);
/// ```
#[must_use]
pub fn sameness(a: &str, b: &str) -> Sameness {
    // What takes away most goes first: nearly all pairs differ even then, and in their first words.
    if !spaced(folded(a)).eq(spaced(folded(b))) {
        Sameness::Different
    } else if a == b {
        Sameness::Bytes
    } else if spaced(a.nfc()).eq(spaced(b.nfc())) {
        Sameness::Whitespace
    } else {
        Sameness::CasePunctuation
    }
}

/// The characters of `chars` with each run of whitespace as one space, and none at either end.
fn spaced(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut chars = chars.peekable();
    let mut started = false;
    std::iter::from_fn(move || {
        let mut space = false;
        while chars.next_if(|&c| is_space(c)).is_some() {
            space = true;
        }
        chars.peek()?;
        if space && started {
            return Some(' ');
        }
        started = true;
        chars.next()
    })
}

/// The characters of `text` composed, in lower case and without punctuation.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.nfc().filter(|c| c.general_category_group() != GeneralCategoryGroup::Punctuation).flat_map(char::to_lowercase)
}

/// The sameness of each row of two columns; rows with a null are [`Sameness::Different`].
pub struct SamenessRows<'a, A: ?Sized, B: ?Sized> {
    a: &'a A,
    b: &'a B,
    rows: usize,
}

impl<'a, A: Texts + ?Sized, B: Texts + ?Sized> SamenessRows<'a, A, B> {
    /// Pairs up two columns.
    ///
    /// # Errors
    /// [`Error::Lengths`] when they differ in length.
    pub fn new(a: &'a A, b: &'a B) -> Result<Self, Error> {
        Ok(Self { a, b, rows: paired_len(a, b)? })
    }
}

impl<A: Texts + ?Sized, B: Texts + ?Sized> RowKernel for SamenessRows<'_, A, B> {
    type Scratch = ();
    type Out = Sameness;

    fn rows(&self) -> usize {
        self.rows
    }

    fn cost(&self, i: usize) -> u64 {
        200 + (self.a.size(i) + self.b.size(i)) as u64 / 8
    }

    fn scratch(&self) {}

    fn row(&self, (): &mut (), i: usize, _: &Cancel) -> Result<Sameness, Error> {
        Ok(self.a.get(i).zip(self.b.get(i)).map_or(Sameness::Different, |(a, b)| sameness(a, b)))
    }
}
