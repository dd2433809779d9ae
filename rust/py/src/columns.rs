//! A column of text as it comes from Python, in any of Arrow's layouts, without copying it.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, DictionaryArray, LargeStringArray, StringArray, StringViewArray};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_pyarrow::ToPyArrow;
use arrow_schema::DataType;
use prefaudit_core::Texts;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;

use crate::import;

/// One Arrow array of text, checked once (layout and UTF-8) and then shared by any number of kernels.
#[pyclass(frozen, skip_from_py_object, module = "prefaudit._core")]
#[derive(Clone)]
pub struct TextColumn {
    layout: Layout,
    nulls: Option<NullBuffer>,
}

#[derive(Clone)]
enum Layout {
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
    /// Row `i` is `values[keys[i]]`.
    Dictionary {
        keys: Arc<[usize]>,
        values: Arc<TextColumn>,
    },
    /// Row `i` is one side of `whole[i]`, which is cut at byte `cuts[i]`.
    Part {
        whole: Arc<TextColumn>,
        cuts: Arc<[usize]>,
        side: Side,
    },
    /// A column without a single text.
    Nulls(usize),
}

/// A side of a cut.
#[derive(Clone, Copy)]
pub enum Side {
    Before,
    After,
}

#[pymethods]
impl TextColumn {
    #[new]
    fn new(array: &Bound<'_, PyAny>) -> PyResult<Self> {
        Self::from_array(&import::array(array)?)
    }

    fn __len__(&self) -> usize {
        self.len()
    }

    /// A copy of the texts as an array of strings.
    fn to_arrow<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let rows = (0..self.len()).map(|i| self.get(i));
        let array = py.detach(|| strings(rows))?;
        array.to_data().to_pyarrow(py)
    }
}

impl TextColumn {
    fn from_array(array: &ArrayRef) -> PyResult<Self> {
        let layout = match array.data_type() {
            DataType::Utf8 => Layout::Small(array.as_string().clone()),
            DataType::LargeUtf8 => Layout::Large(array.as_string().clone()),
            DataType::Utf8View => Layout::View(array.as_string_view().clone()),
            DataType::Null => Layout::Nulls(array.len()),
            DataType::Dictionary(key, _) => match **key {
                DataType::Int8 => dictionary(array.as_dictionary::<Int8Type>())?,
                DataType::Int16 => dictionary(array.as_dictionary::<Int16Type>())?,
                DataType::Int32 => dictionary(array.as_dictionary::<Int32Type>())?,
                DataType::Int64 => dictionary(array.as_dictionary::<Int64Type>())?,
                DataType::UInt8 => dictionary(array.as_dictionary::<UInt8Type>())?,
                DataType::UInt16 => dictionary(array.as_dictionary::<UInt16Type>())?,
                DataType::UInt32 => dictionary(array.as_dictionary::<UInt32Type>())?,
                DataType::UInt64 => dictionary(array.as_dictionary::<UInt64Type>())?,
                _ => return Err(not_text(array)),
            },
            _ => return Err(not_text(array)),
        };
        Ok(Self { layout, nulls: array.logical_nulls() })
    }

    /// One side of each text, which is left where it lies; null also where `found` is false.
    ///
    /// Each cut must lie within its text, on the border of a character.
    pub fn part(&self, cuts: Arc<[usize]>, side: Side, found: &NullBuffer) -> Self {
        let nulls = NullBuffer::union(self.nulls(), Some(found)).filter(|nulls| nulls.null_count() > 0);
        Self { layout: Layout::Part { whole: Arc::new(self.clone()), cuts, side }, nulls }
    }

    /// Which rows are null.
    pub fn nulls(&self) -> Option<&NullBuffer> {
        self.nulls.as_ref()
    }

    #[inline(always)]
    fn is_null(&self, i: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(i))
    }

    /// The text of a row that is not null.
    #[inline(always)]
    fn value(&self, i: usize) -> &str {
        match &self.layout {
            Layout::Small(array) => array.value(i),
            Layout::Large(array) => array.value(i),
            Layout::View(array) => array.value(i),
            Layout::Dictionary { keys, values } => values.value(keys[i]),
            Layout::Part { whole, cuts, side: Side::Before } => &whole.value(i)[..cuts[i]],
            Layout::Part { whole, cuts, side: Side::After } => &whole.value(i)[cuts[i]..],
            Layout::Nulls(_) => "",
        }
    }
}

fn dictionary<K: ArrowDictionaryKeyType>(array: &DictionaryArray<K>) -> PyResult<Layout> {
    let values = Arc::new(TextColumn::from_array(array.values())?);
    // A null has an arbitrary key; it is never looked up.
    let keys = array.keys().values().iter().map(|key| key.to_usize().unwrap_or(0)).collect();
    Ok(Layout::Dictionary { keys, values })
}

fn not_text(array: &ArrayRef) -> PyErr {
    PyTypeError::new_err(format!("expected a column of text, got Arrow type {}", array.data_type()))
}

impl Texts for TextColumn {
    fn len(&self) -> usize {
        match &self.layout {
            Layout::Small(array) => array.len(),
            Layout::Large(array) => array.len(),
            Layout::View(array) => array.len(),
            Layout::Dictionary { keys, .. } => keys.len(),
            Layout::Part { cuts, .. } => cuts.len(),
            Layout::Nulls(rows) => *rows,
        }
    }

    #[inline(always)]
    fn get(&self, i: usize) -> Option<&str> {
        (!self.is_null(i)).then(|| self.value(i))
    }

    /// Without a look at the text, which a cut takes: every kernel weighs all rows before it touches one.
    fn size(&self, i: usize) -> usize {
        match &self.layout {
            _ if self.is_null(i) => 0,
            Layout::Part { cuts, side: Side::Before, .. } => cuts[i],
            Layout::Part { whole, cuts, side: Side::After } => whole.size(i) - cuts[i],
            _ => self.value(i).len(),
        }
    }
}

/// An array of texts, written once.
///
/// # Errors
/// `OverflowError` for more text than the offsets of an array of strings can tell.
pub fn strings<'a>(rows: impl ExactSizeIterator<Item = Option<&'a str>> + Clone) -> PyResult<StringArray> {
    let bytes: usize = rows.clone().flatten().map(str::len).sum();
    if i32::try_from(bytes).is_err() {
        return Err(PyOverflowError::new_err("more than 2 GiB of text in one batch: pass it in smaller batches"));
    }
    let mut builder = StringBuilder::with_capacity(rows.len(), bytes);
    builder.extend(rows);
    Ok(builder.finish())
}
