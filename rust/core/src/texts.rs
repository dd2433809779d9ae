//! How kernels see any column of text.

use crate::Error;
use crate::lengths::is_space;

/// A column of texts, some of which may be null.
pub trait Texts: Sync {
    /// Number of rows.
    fn len(&self) -> usize;

    /// The text of row `i`, None where it is null.
    fn get(&self, i: usize) -> Option<&str>;

    /// Whether the column has no rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of row `i`, 0 where it is null.
    fn size(&self, i: usize) -> usize {
        self.get(i).map_or(0, str::len)
    }
}

impl<S: AsRef<str> + Sync> Texts for [S] {
    fn len(&self) -> usize {
        <[S]>::len(self)
    }

    fn get(&self, i: usize) -> Option<&str> {
        Some(self[i].as_ref())
    }
}

impl<S: AsRef<str> + Sync> Texts for Vec<S> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn get(&self, i: usize) -> Option<&str> {
        Texts::get(self.as_slice(), i)
    }
}

/// A column without the whitespace around its texts, as Python's `str.strip` takes it away.
pub struct Stripped<'a, T: ?Sized>(pub &'a T);

impl<T: Texts + ?Sized> Texts for Stripped<'_, T> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, i: usize) -> Option<&str> {
        self.0.get(i).map(|text| text.trim_matches(is_space))
    }
}

/// The number of rows of two columns that belong together.
///
/// # Errors
/// [`Error::Lengths`] when they differ.
pub fn paired_len(a: &(impl Texts + ?Sized), b: &(impl Texts + ?Sized)) -> Result<usize, Error> {
    if a.len() == b.len() { Ok(a.len()) } else { Err(Error::Lengths { left: a.len(), right: b.len() }) }
}
