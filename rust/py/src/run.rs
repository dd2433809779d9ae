//! The one way out of Python: release the GIL, run, watch for Ctrl-C, turn failures into exceptions.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use prefaudit_core::Error;
use prefaudit_core::parallel::{self, Cancel, RowKernel};
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// How often a running kernel looks for Ctrl-C.
const POLL: Duration = Duration::from_millis(20);

/// Runs a kernel over its rows.
///
/// Python delivers signals to its main thread only, so Ctrl-C stops calls made from there.
pub fn map<K: RowKernel + Sync>(py: Python<'_>, kernel: &K, threads: Option<usize>) -> PyResult<Vec<K::Out>> {
    let threads = threads.unwrap_or_else(available_threads).max(1);
    let short = parallel::total_cost(kernel) < parallel::INLINE_COST;
    run(py, short, |cancel| parallel::map(kernel, threads, cancel))
}

/// Runs `work` without the GIL. Long work runs on a thread of its own while this one watches for Ctrl-C.
pub fn run<T: Send>(py: Python<'_>, short: bool, work: impl FnOnce(&Cancel) -> Result<T, Error> + Send) -> PyResult<T> {
    let cancel = Cancel::default();
    if short {
        return py.detach(|| work(&cancel)).map_err(|error| to_python(&error));
    }
    py.detach(|| {
        thread::scope(|scope| {
            let (done, finished) = channel();
            let cancel = &cancel;
            scope.spawn(move || done.send(work(cancel)));
            loop {
                match finished.recv_timeout(POLL) {
                    Ok(result) => return result.map_err(|error| to_python(&error)),
                    Err(RecvTimeoutError::Disconnected) => return Err(to_python(&Error::Panicked("no result".into()))),
                    Err(RecvTimeoutError::Timeout) => {
                        if let Some(interrupt) = Python::attach(|py| py.check_signals().err()) {
                            cancel.raise();
                            return Err(interrupt);
                        }
                    }
                }
            }
        })
    })
}

/// The results of a few pieces of work, each on a thread of its own unless one thread is all there is.
pub fn each<I: Send, T: Send>(
    threads: Option<usize>,
    items: impl IntoIterator<Item = I>,
    work: impl Fn(I) -> PyResult<T> + Sync,
) -> PyResult<Vec<T>> {
    if threads.unwrap_or_else(available_threads) <= 1 {
        return items.into_iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let running: Vec<_> = items.into_iter().map(|item| scope.spawn(move || work(item))).collect();
        let failed = |_| Err(to_python(&Error::Panicked("a thread did not finish".into())));
        running.into_iter().map(|thread| thread.join().unwrap_or_else(failed)).collect()
    })
}

/// The cores this process may use.
fn available_threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

pub fn to_python(error: &Error) -> PyErr {
    match error {
        Error::Interrupted => PyKeyboardInterrupt::new_err(()),
        Error::Lengths { .. } => PyValueError::new_err(error.to_string()),
        Error::Panicked(_) => PyRuntimeError::new_err(error.to_string()),
    }
}
