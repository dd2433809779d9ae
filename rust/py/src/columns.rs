//! A column of text as it comes from Python, in any of Arrow's layouts, without copying it.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, DictionaryArray, LargeStringArray, StringArray, StringViewArray, make_array};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_data::ArrayData;
use arrow_pyarrow::FromPyArrow;
use arrow_schema::DataType;
use prefaudit_core::Texts;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// One Arrow array of text, checked once (layout and UTF-8) and then shared by any number of kernels.
#[pyclass(frozen, module = "prefaudit._core")]
pub struct TextColumn {
    layout: Layout,
    nulls: Option<NullBuffer>,
}

enum Layout {
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
    /// Row `i` is `values[keys[i]]`.
    Dictionary {
        keys: Vec<usize>,
        values: Arc<TextColumn>,
    },
    /// A column without a single text.
    Nulls(usize),
}

#[pymethods]
impl TextColumn {
    #[new]
    fn new(array: &Bound<'_, PyAny>) -> PyResult<Self> {
        let data = ArrayData::from_pyarrow_bound(array)?;
        Self::from_array(&make_array(data))
    }

    fn __len__(&self) -> usize {
        self.len()
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

    /// Which rows are null.
    pub fn nulls(&self) -> Option<&NullBuffer> {
        self.nulls.as_ref()
    }

    /// The text of a row that is not null.
    #[inline(always)]
    fn value(&self, i: usize) -> &str {
        match &self.layout {
            Layout::Small(array) => array.value(i),
            Layout::Large(array) => array.value(i),
            Layout::View(array) => array.value(i),
            Layout::Dictionary { keys, values } => values.value(keys[i]),
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
            Layout::Nulls(rows) => *rows,
        }
    }

    #[inline(always)]
    fn get(&self, i: usize) -> Option<&str> {
        let null = self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(i));
        (!null).then(|| self.value(i))
    }
}
