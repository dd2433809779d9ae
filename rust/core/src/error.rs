//! The one error type of the core.

use std::fmt;

/// Why a kernel did not finish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The caller raised the cancel flag.
    Interrupted,
    /// Two columns that belong together have different numbers of rows.
    Lengths {
        /// Rows of the first column.
        left: usize,
        /// Rows of the second column.
        right: usize,
    },
    /// A kernel panicked: a defect of prefaudit, carried out with its message instead of aborting.
    Panicked(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => f.write_str("interrupted"),
            Self::Lengths { left, right } => {
                write!(f, "the columns must be equally long, but have {left} and {right} rows")
            }
            Self::Panicked(message) => write!(f, "a kernel failed, which is a defect of prefaudit: {message}"),
        }
    }
}

impl std::error::Error for Error {}
