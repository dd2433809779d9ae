//! 128-bit hashes of texts: names for prompts and pairs that are the same on every machine.

use xxhash_rust::xxh3::xxh3_128;

use crate::parallel::{Cancel, RowKernel};
use crate::{Error, Texts};

/// Hashes each row with XXH3-128, big-endian; a null hashes as the empty text does.
pub struct Hashes<'a, T: ?Sized>(pub &'a T);

impl<T: Texts + ?Sized> RowKernel for Hashes<'_, T> {
    type Scratch = ();
    type Out = [u8; 16];

    fn rows(&self) -> usize {
        self.0.len()
    }

    fn cost(&self, i: usize) -> u64 {
        20 + self.0.size(i) as u64 / 8
    }

    fn scratch(&self) {}

    fn row(&self, (): &mut (), i: usize, _: &Cancel) -> Result<[u8; 16], Error> {
        Ok(xxh3_128(self.0.get(i).unwrap_or_default().as_bytes()).to_be_bytes())
    }
}
