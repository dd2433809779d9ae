//! An Arrow array as it comes from Python, checked before anything looks at its values.

use arrow_array::{ArrayRef, OffsetSizeTrait, make_array};
use arrow_data::ArrayData;
use arrow_pyarrow::FromPyArrowUnchecked;
use arrow_schema::DataType;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The array behind a Python object, without a copy.
///
/// Its layout and its text are checked as by [`ArrayData::validate_full`]. That looks at UTF-8 with the standard
/// library, which for long columns takes longer than many a kernel; the same is first tried with SIMD, and only what
/// does not pass is left to arrow, which says what is wrong.
///
/// # Errors
/// `TypeError` for what is no Arrow array, `ValueError` for one that is not valid.
pub fn array(object: &Bound<'_, PyAny>) -> PyResult<ArrayRef> {
    // SAFETY: not a value of it is read before the checks below have passed.
    let data = unsafe { ArrayData::from_pyarrow_bound_unchecked(object) }?;
    let sound = match data.data_type() {
        DataType::Utf8 => holds_text::<i32>(&data),
        DataType::LargeUtf8 => holds_text::<i64>(&data),
        _ => false,
    };
    if !sound {
        data.validate_full().map_err(|error| PyValueError::new_err(error.to_string()))?;
    }
    Ok(make_array(data))
}

/// Whether an array of strings is valid.
fn holds_text<O: OffsetSizeTrait>(data: &ArrayData) -> bool {
    // The first of these finds that there is a buffer of offsets, and how long it is.
    data.validate().is_ok() && data.validate_nulls().is_ok() && is_utf8::<O>(data)
}

fn is_utf8<O: OffsetSizeTrait>(data: &ArrayData) -> bool {
    let [offsets, values] = data.buffers() else { return false };
    let Some(offsets) = offsets.typed_data::<O>().get(data.offset()..=data.offset() + data.len()) else { return false };
    let (first, last) = (offsets[0].as_usize(), offsets[data.len()].as_usize());
    let text = values.get(first..last).map(simdutf8::basic::from_utf8);
    matches!(text, Some(Ok(text)) if offsets.is_sorted()
        && offsets.iter().all(|end| text.is_char_boundary(end.as_usize() - first)))
}
