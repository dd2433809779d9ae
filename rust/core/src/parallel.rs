//! One way to run a kernel over rows.
//!
//! Scoped threads, made for the call and gone after it: a pool would hang in the children of a `fork`, which
//! is how `PyTorch` makes its workers. Rows are grouped into chunks of about equal cost, and the dearest chunk
//! is taken first, so that one huge row among small ones is started at once and leaves no core idle.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::Error;

/// Cost, in units of about a nanosecond, below which starting threads costs more than it saves.
pub const INLINE_COST: u64 = 200_000;

/// How often a calling thread that waits for others calls its `watch`.
pub const POLL: Duration = Duration::from_millis(20);

/// Chunks a thread gets on average: enough to even out errors of the cost estimate.
const CHUNKS_PER_THREAD: u64 = 16;

/// Tells kernels that the caller wants them to stop.
#[derive(Debug, Default)]
pub struct Cancel(AtomicBool);

impl Cancel {
    /// Asks every kernel that looks at this flag to stop.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Passes while the flag is down.
    ///
    /// # Errors
    /// [`Error::Interrupted`] once it was raised.
    #[inline]
    pub fn check(&self) -> Result<(), Error> {
        if self.0.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
    }
}

/// What is computed for each row of a column, or of several columns.
pub trait RowKernel: Sync {
    /// Buffers that rows of one thread share.
    type Scratch;
    /// The result for a row.
    type Out: Send + Clone + Default;

    /// Number of rows.
    fn rows(&self) -> usize;

    /// About how many nanoseconds row `i` takes.
    fn cost(&self, i: usize) -> u64;

    /// New buffers for one thread.
    fn scratch(&self) -> Self::Scratch;

    /// The result for row `i`.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when `cancel` was raised.
    fn row(&self, scratch: &mut Self::Scratch, i: usize, cancel: &Cancel) -> Result<Self::Out, Error>;
}

/// The cost of all rows of a kernel together.
#[must_use]
pub fn total_cost<K: RowKernel>(kernel: &K) -> u64 {
    (0..kernel.rows()).map(|i| kernel.cost(i)).sum()
}

/// The results of all rows, in order, computed by at most `threads` threads.
///
/// Where there is enough to do, the calling thread only waits, and calls `watch` every [`POLL`]; what that may do is
/// raise `cancel`.
///
/// # Errors
/// The first error of a row; [`Error::Panicked`] when a row panicked.
pub fn map<K: RowKernel>(
    kernel: &K,
    threads: usize,
    cancel: &Cancel,
    watch: &mut dyn FnMut(),
) -> Result<Vec<K::Out>, Error> {
    let mut out = vec![K::Out::default(); kernel.rows()];
    let total = total_cost(kernel);
    if total < INLINE_COST {
        caught(|| run_chunk(kernel, &mut kernel.scratch(), 0, &mut out, cancel))?;
        return Ok(out);
    }
    let threads = threads.max(1);
    let chunks = Mutex::new(chunks_by_cost(kernel, &mut out, total / (threads as u64 * CHUNKS_PER_THREAD)));
    let work = || {
        let mut scratch = kernel.scratch();
        loop {
            let Some(chunk) = chunks.lock().unwrap_or_else(PoisonError::into_inner).pop() else {
                return Ok(());
            };
            run_chunk(kernel, &mut scratch, chunk.first, chunk.out, cancel)?;
        }
    };
    watched(threads, work, watch)?;
    Ok(out)
}

/// What `work` gives on each of `threads` new threads, while the calling thread calls `watch` every [`POLL`].
///
/// The calling thread starts them all and takes no part. A thread that starts another and goes on working often
/// keeps it waiting on its own core for milliseconds, while the next core is idle.
///
/// # Errors
/// The first error of `work`; [`Error::Panicked`] when it panicked.
pub fn watched<T: Send>(
    threads: usize,
    work: impl Fn() -> Result<T, Error> + Sync,
    watch: &mut dyn FnMut(),
) -> Result<Vec<T>, Error> {
    thread::scope(|scope| {
        let (done, finished) = channel();
        for _ in 0..threads {
            let done = done.clone();
            let work = &work;
            scope.spawn(move || done.send(caught(work)));
        }
        drop(done);
        let mut results = Vec::with_capacity(threads);
        loop {
            match finished.recv_timeout(POLL) {
                Ok(result) => results.push(result),
                Err(RecvTimeoutError::Timeout) => watch(),
                Err(RecvTimeoutError::Disconnected) => return results.into_iter().collect(),
            }
        }
    })
}

struct Chunk<'a, T> {
    cost: u64,
    first: usize,
    out: &'a mut [T],
}

/// Consecutive rows, cut whenever their cost reaches `target`, and before a row that reaches it alone; the dearest
/// chunk last, where `pop` takes it.
fn chunks_by_cost<'a, K: RowKernel>(kernel: &K, mut out: &'a mut [K::Out], target: u64) -> Vec<Chunk<'a, K::Out>> {
    let mut chunks = Vec::new();
    let (mut first, mut cost) = (0, 0);
    let mut cut = |first: &mut usize, end: usize, cost: u64| {
        let (mine, rest) = std::mem::take(&mut out).split_at_mut(end - *first);
        chunks.push(Chunk { cost, first: *first, out: mine });
        (out, *first) = (rest, end);
    };
    for i in 0..kernel.rows() {
        let own = kernel.cost(i);
        if own >= target && first < i {
            cut(&mut first, i, cost);
            cost = 0;
        }
        cost += own;
        if cost >= target || i + 1 == kernel.rows() {
            cut(&mut first, i + 1, cost);
            cost = 0;
        }
    }
    chunks.sort_by_key(|chunk| chunk.cost);
    chunks
}

fn run_chunk<K: RowKernel>(
    kernel: &K,
    scratch: &mut K::Scratch,
    first: usize,
    out: &mut [K::Out],
    cancel: &Cancel,
) -> Result<(), Error> {
    pulp::Arch::new().dispatch(ChunkRows { kernel, scratch, first, out, cancel })
}

/// The loop over a chunk, compiled once for each level of SIMD and chosen when it runs.
struct ChunkRows<'a, K: RowKernel> {
    kernel: &'a K,
    scratch: &'a mut K::Scratch,
    first: usize,
    out: &'a mut [K::Out],
    cancel: &'a Cancel,
}

impl<K: RowKernel> pulp::WithSimd for ChunkRows<'_, K> {
    type Output = Result<(), Error>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _simd: S) -> Self::Output {
        for (k, out) in self.out.iter_mut().enumerate() {
            if k % 256 == 0 {
                self.cancel.check()?;
            }
            *out = self.kernel.row(self.scratch, self.first + k, self.cancel)?;
        }
        Ok(())
    }
}

fn caught<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(panicked(&*panic)))
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let message = panic.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
    Error::Panicked(message.unwrap_or("no message").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows with these costs.
    struct Costs(Vec<u64>);

    impl RowKernel for Costs {
        type Scratch = ();
        type Out = u8;

        fn rows(&self) -> usize {
            self.0.len()
        }

        fn cost(&self, i: usize) -> u64 {
            self.0[i]
        }

        fn scratch(&self) {}

        fn row(&self, (): &mut (), _: usize, _: &Cancel) -> Result<u8, Error> {
            Ok(0)
        }
    }

    #[test]
    fn a_dear_row_is_a_chunk_of_its_own_and_comes_first() {
        let kernel = Costs(vec![3, 3, 100, 5, 4, 4, 2]);
        let mut out = vec![0; 7];
        let chunks = chunks_by_cost(&kernel, &mut out, 8);
        let found: Vec<_> = chunks.iter().rev().map(|chunk| (chunk.first, chunk.out.len(), chunk.cost)).collect();
        assert_eq!(found, [(2, 1, 100), (3, 2, 9), (5, 2, 6), (0, 2, 6)]);
    }
}
