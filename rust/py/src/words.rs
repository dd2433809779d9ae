//! Texts to token ids by their words, for `prefaudit.tokens`.

use std::sync::{PoisonError, RwLock};

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, Int32Array, LargeListArray, make_array};
use arrow_buffer::OffsetBuffer;
use arrow_data::ArrayData;
use arrow_pyarrow::{FromPyArrow, ToPyArrow};
use arrow_schema::{DataType, Field};
use prefaudit_core::words::{Cuts, PairIds, PairsOfIds, WordIds as Known, unknown_words};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::columns::TextColumn;
use crate::run;

/// Words whose token ids are known.
#[pyclass(frozen, module = "prefaudit._core")]
pub struct WordIds(RwLock<Known>);

/// The ids of both texts of each row.
type Found<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

#[pymethods]
impl WordIds {
    #[new]
    fn new(cuts: Vec<(String, String)>, wide: &str) -> Self {
        let mut allowed = Cuts::default();
        for (left, right) in cuts {
            allowed.allow(&left, &right);
        }
        allowed.allow_after_wide(wide);
        Self(RwLock::new(Known::new(allowed)))
    }

    fn words(&self, text: &str) -> Vec<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).cuts().words(text).map(Into::into).collect()
    }

    fn bytes(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).bytes()
    }

    fn clear(&self, py: Python<'_>) {
        py.detach(|| self.0.write().unwrap_or_else(PoisonError::into_inner).clear());
    }

    /// The words that are not known yet are handed to `ask` in one list; it answers with the ids of each.
    fn encode<'py>(
        &self,
        py: Python<'py>,
        prompts: &TextColumn,
        chosen: &TextColumn,
        rejected: &TextColumn,
        ask: &Bound<'py, PyAny>,
        threads: Option<usize>,
    ) -> PyResult<Found<'py>> {
        let mut rows = {
            let words = &*self.0.read().unwrap_or_else(PoisonError::into_inner);
            run::map(py, &PairsOfIds { words, prompts, chosen, rejected }, threads)?
        };
        let unknown: Vec<String> = unknown_words(&rows).into_iter().map(Into::into).collect();
        if !unknown.is_empty() {
            let ids = answer(&ask.call1((&unknown,))?, unknown.len())?;
            py.detach(|| self.fill(&mut rows, unknown, &ids));
        }
        let [one, two] = py.detach(|| [lists(&rows, |row| &row.chosen), lists(&rows, |row| &row.rejected)]);
        Ok((one.to_data().to_pyarrow(py)?, two.to_data().to_pyarrow(py)?))
    }
}

impl WordIds {
    /// Learns some words and puts their ids into the rows, before anybody else could forget them. Called without the
    /// GIL: who holds the lock to read may be waiting for it.
    fn fill(&self, rows: &mut [PairIds], words: Vec<String>, ids: &LargeListArray) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let flat = ids.values().as_primitive::<Int32Type>().values();
        for (word, ends) in words.into_iter().zip(ids.value_offsets().windows(2)) {
            known.learn(word, &flat[ends[0] as usize..ends[1] as usize]);
        }
        for row in rows {
            row.fill(&known);
        }
    }
}

/// The ids of so many words.
fn answer(array: &Bound<'_, PyAny>, words: usize) -> PyResult<LargeListArray> {
    let found = make_array(ArrayData::from_pyarrow_bound(array)?);
    match found.as_list_opt::<i64>() {
        Some(ids) if ids.len() == words && ids.value_type() == DataType::Int32 => Ok(ids.clone()),
        _ => Err(PyTypeError::new_err(format!("not the int32 ids of {words} words: {}", found.data_type()))),
    }
}

fn lists(rows: &[PairIds], side: impl Fn(&PairIds) -> &[i32]) -> LargeListArray {
    let mut ids = Vec::with_capacity(rows.iter().map(|row| side(row).len()).sum());
    for row in rows {
        ids.extend_from_slice(side(row));
    }
    let field = Field::new_list_field(DataType::Int32, false);
    let lengths = OffsetBuffer::<i64>::from_lengths(rows.iter().map(|row| side(row).len()));
    LargeListArray::new(field.into(), lengths, std::sync::Arc::new(Int32Array::from(ids)), None)
}
