//! The one way out of Python: release the GIL, run, watch for Ctrl-C, turn failures into exceptions.

use std::thread;

use prefaudit_core::Error;
use prefaudit_core::parallel::{self, Cancel, RowKernel};
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// Runs a kernel over its rows.
pub fn map<K: RowKernel + Sync>(py: Python<'_>, kernel: &K, threads: Option<usize>) -> PyResult<Vec<K::Out>> {
    let threads = threads.unwrap_or_else(available_threads);
    detached(py, |cancel, watch| parallel::map(kernel, threads, cancel, watch))
}

/// Runs `work`; unless it is short, on a thread of its own while this one watches for Ctrl-C.
pub fn one<T: Send>(py: Python<'_>, short: bool, work: impl Fn(&Cancel) -> Result<T, Error> + Sync) -> PyResult<T> {
    detached(py, |cancel, watch| {
        if short {
            return work(cancel);
        }
        parallel::watched(1, || work(cancel), watch).map(|mut results| results.swap_remove(0))
    })
}

/// Runs `work` without the GIL, and hands it a way to look for Ctrl-C.
///
/// Python delivers signals to its main thread only, so Ctrl-C stops calls made from there.
fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&Cancel, &mut dyn FnMut()) -> Result<T, Error> + Send,
) -> PyResult<T> {
    py.detach(|| {
        let cancel = Cancel::default();
        let mut signal = None;
        let result = work(&cancel, &mut || {
            if let Some(interrupt) = Python::attach(|py| py.check_signals().err()) {
                cancel.raise();
                signal = Some(interrupt);
            }
        });
        signal.map_or_else(|| result.map_err(|error| to_python(&error)), Err)
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
