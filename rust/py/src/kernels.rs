//! The functions of `prefaudit._core`; `python/prefaudit/_core.pyi` says what each takes and gives.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, FixedSizeBinaryArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
    UInt8Array, UInt64Array,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer};
use arrow_pyarrow::{IntoPyArrow, ToPyArrow};
use arrow_schema::{DataType, Field, Schema};
use prefaudit_core::features::{FeatureRows, Features};
use prefaudit_core::hashes::Hashes;
use prefaudit_core::languages::LanguageRows;
use prefaudit_core::lengths::{Chars, Words};
use prefaudit_core::marks::MarkRows;
use prefaudit_core::prompts::{FactRows, SaidRows};
use prefaudit_core::ratio::{self as core_ratio, BothRatios, Ratios, Scratch};
use prefaudit_core::sameness::SamenessRows;
use prefaudit_core::scripts::{LetterRows, Letters};
use prefaudit_core::terms::TermRows;
use prefaudit_core::texts::Stripped;
use prefaudit_core::transcripts::Cuts;
use prefaudit_core::{Error, Texts};
use pyo3::prelude::*;

use crate::columns::{Side, TextColumn, strings};
use crate::run;

type Object<'py> = PyResult<Bound<'py, PyAny>>;

/// Texts that together are shorter than this are compared without starting a thread to watch for Ctrl-C.
const SHORT: usize = 20_000;

#[pyfunction]
pub fn ratio(py: Python<'_>, a: &str, b: &str, autojunk: bool) -> PyResult<f64> {
    run::one(py, a.len() + b.len() < SHORT, |cancel| {
        core_ratio::ratio(&mut Scratch::default(), a, b, autojunk, 0.0, cancel)
    })
}

#[pyfunction]
pub fn matching_blocks(py: Python<'_>, a: &str, b: &str, autojunk: bool) -> PyResult<Vec<(usize, usize, usize)>> {
    let blocks = run::one(py, a.len() + b.len() < SHORT, |cancel| {
        core_ratio::matching_blocks(&mut Scratch::default(), a, b, autojunk, cancel)
    })?;
    Ok(blocks.into_iter().map(|block| (block.a, block.b, block.size)).collect())
}

#[pyfunction]
pub fn ratios<'py>(
    py: Python<'py>,
    a: &TextColumn,
    b: &TextColumn,
    autojunk: bool,
    score_cutoff: f64,
    threads: Option<usize>,
) -> Object<'py> {
    let kernel = Ratios::new(a, b, autojunk, score_cutoff).map_err(|error| run::to_python(&error))?;
    let values = run::map(py, &kernel, threads)?;
    Float64Array::new(values.into(), NullBuffer::union(a.nulls(), b.nulls())).to_data().to_pyarrow(py)
}

#[pyfunction]
pub fn both_ratios<'py>(
    py: Python<'py>,
    a: &TextColumn,
    b: &TextColumn,
    strip: bool,
    threads: Option<usize>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let rows = if strip {
        let (a, b) = (Stripped(a), Stripped(b));
        run::map(py, &BothRatios::new(&a, &b).map_err(|error| run::to_python(&error))?, threads)?
    } else {
        run::map(py, &BothRatios::new(a, b).map_err(|error| run::to_python(&error))?, threads)?
    };
    let nulls = NullBuffer::union(a.nulls(), b.nulls());
    let column = |pick: fn(&core_ratio::Both) -> f64| {
        Float64Array::new(rows.iter().map(pick).collect(), nulls.clone()).to_data().to_pyarrow(py)
    };
    Ok((column(|row| row.exact)?, column(|row| row.autojunk)?))
}

#[pyfunction]
pub fn word_counts<'py>(py: Python<'py>, texts: &TextColumn, threads: Option<usize>) -> Object<'py> {
    counts(py, run::map(py, &Words(texts), threads)?, texts)
}

#[pyfunction]
pub fn char_counts<'py>(py: Python<'py>, texts: &TextColumn, threads: Option<usize>) -> Object<'py> {
    counts(py, run::map(py, &Chars(texts), threads)?, texts)
}

fn counts<'py>(py: Python<'py>, values: Vec<i64>, texts: &TextColumn) -> Object<'py> {
    Int64Array::new(values.into(), texts.nulls().cloned()).to_data().to_pyarrow(py)
}

#[pyfunction]
pub fn letter_counts(py: Python<'_>, texts: &TextColumn, threads: Option<usize>) -> PyResult<(u64, u64)> {
    let rows = run::map(py, &LetterRows(texts), threads)?;
    let letters = rows.into_iter().fold(Letters::default(), |sum, row| sum + row);
    Ok((letters.total, letters.unspaced))
}

#[pyfunction]
pub fn text_hashes<'py>(py: Python<'py>, texts: &TextColumn, threads: Option<usize>) -> Object<'py> {
    let hashes = run::map(py, &Hashes(texts), threads)?;
    let values = Buffer::from_vec(hashes.into_flattened());
    FixedSizeBinaryArray::new(16, values, texts.nulls().cloned()).to_data().to_pyarrow(py)
}

#[pyfunction]
pub fn text_marks<'py>(py: Python<'py>, texts: &TextColumn, threads: Option<usize>) -> Object<'py> {
    let marks = run::map(py, &MarkRows(texts), threads)?;
    UInt8Array::new(marks.into(), texts.nulls().cloned()).to_data().to_pyarrow(py)
}

#[pyfunction]
pub fn sameness<'py>(py: Python<'py>, a: &TextColumn, b: &TextColumn, threads: Option<usize>) -> Object<'py> {
    let kernel = SamenessRows::new(a, b).map_err(|error| run::to_python(&error))?;
    let values: Vec<u8> = run::map(py, &kernel, threads)?.into_iter().map(|kind| kind as u8).collect();
    UInt8Array::new(values.into(), NullBuffer::union(a.nulls(), b.nulls())).to_data().to_pyarrow(py)
}

#[pyfunction]
pub fn text_features<'py>(
    py: Python<'py>,
    prompts: &TextColumn,
    a: &TextColumn,
    b: &TextColumn,
    threads: Option<usize>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let kernel = FeatureRows::new(prompts, a, b).map_err(|error| run::to_python(&error))?;
    let rows = run::map(py, &kernel, threads)?;
    let side = |at: usize, texts: &TextColumn| {
        let names = Features::default().named().map(|(name, _)| name);
        let columns = (0..names.len()).map(|k| {
            let counts = rows.iter().map(|row| i64::from(row[at].named()[k].1)).collect();
            Arc::new(Int64Array::new(counts, texts.nulls().cloned())) as ArrayRef
        });
        record_batch(&names, columns.collect())?.into_pyarrow(py)
    };
    Ok((side(0, a)?, side(1, b)?))
}

#[pyfunction]
pub fn prompt_facts<'py>(py: Python<'py>, prompts: &TextColumn, threads: Option<usize>) -> Object<'py> {
    let rows = run::map(py, &FactRows(prompts), threads)?;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(rows.iter().map(|row| row.said).collect::<UInt64Array>()),
        Arc::new(rows.iter().map(|row| row.template).collect::<UInt64Array>()),
        Arc::new(rows.iter().map(|row| i64::from(row.words)).collect::<Int64Array>()),
        Arc::new(rows.iter().map(|row| row.script).collect::<StringArray>()),
    ];
    record_batch(&["said", "template", "words", "script"], columns)?.into_pyarrow(py)
}

#[pyfunction]
pub fn human_turns<'py>(py: Python<'py>, prompts: &TextColumn, threads: Option<usize>) -> Object<'py> {
    let rows = run::map(py, &SaidRows(prompts), threads)?;
    let said = rows.iter().enumerate().map(|(i, said)| prompts.get(i).map(|_| said.as_str()));
    strings(said)?.to_data().to_pyarrow(py)
}

#[pyfunction]
pub fn languages<'py>(py: Python<'py>, texts: &TextColumn, threads: Option<usize>) -> Object<'py> {
    let rows = run::map(py, &LanguageRows(texts), threads)?;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(rows.iter().map(|row| row.map(|found| found.script)).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| row.map(|found| found.code)).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| row.map(|found| found.confidence)).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|row| row.map(|found| i64::from(found.letters))).collect::<Int64Array>()),
    ];
    record_batch(&["script", "language", "confidence", "letters"], columns)?.into_pyarrow(py)
}

#[pyfunction]
pub fn term_counts<'py>(py: Python<'py>, texts: &TextColumn, threads: Option<usize>) -> Object<'py> {
    let rows = run::map(py, &TermRows(texts), threads)?;
    let offsets = OffsetBuffer::from_lengths(rows.iter().map(Vec::len));
    let terms = rows.concat();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(terms.iter().map(|one| one.term).collect::<UInt64Array>()),
        Arc::new(terms.iter().map(|one| i64::from(one.count)).collect::<Int64Array>()),
        Arc::new(terms.iter().map(|one| i64::from(one.start)).collect::<Int64Array>()),
        Arc::new(terms.iter().map(|one| i64::from(one.end)).collect::<Int64Array>()),
    ];
    let terms: StructArray = record_batch(&["term", "count", "start", "end"], columns)?.into();
    let item = Arc::new(Field::new("item", DataType::Struct(terms.fields().clone()), true));
    ListArray::try_new(item, offsets, Arc::new(terms), texts.nulls().cloned())
        .map_err(|error| run::to_python(&Error::Panicked(error.to_string())))?
        .to_data()
        .to_pyarrow(py)
}

/// Columns of equal length under their names.
fn record_batch(names: &[&str], columns: Vec<ArrayRef>) -> PyResult<RecordBatch> {
    let fields = names.iter().zip(&columns);
    let schema: Vec<_> = fields.map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(schema)), columns)
        .map_err(|error| run::to_python(&Error::Panicked(error.to_string())))
}

/// Status of a row of [`cut_transcripts`].
const CUT: u8 = 0;
const DIVERGED: u8 = 1;
const NO_TURN: u8 = 2;

/// The prompts, the chosen and the rejected responses as parts of the transcripts, and what became of each row.
type CutTranscripts<'py> = (TextColumn, TextColumn, TextColumn, Bound<'py, PyAny>);

#[pyfunction]
pub fn cut_transcripts<'py>(
    py: Python<'py>,
    chosen: &TextColumn,
    rejected: &TextColumn,
    threads: Option<usize>,
) -> PyResult<CutTranscripts<'py>> {
    let cuts = run::map(py, &Cuts::new(chosen, rejected).map_err(|error| run::to_python(&error))?, threads)?;
    let status = cuts.iter().map(|cut| cut.map_or(NO_TURN, |cut| if cut.diverged { DIVERGED } else { CUT }));
    let status = UInt8Array::new(status.collect(), NullBuffer::union(chosen.nulls(), rejected.nulls()));
    let found: NullBuffer = cuts.iter().map(Option::is_some).collect();
    let at: Arc<[usize]> = cuts.iter().map(|cut| cut.map_or(0, |cut| cut.at)).collect();
    let part = |texts: &TextColumn, side| texts.part(Arc::clone(&at), side, &found);
    Ok((
        part(chosen, Side::Before),
        part(chosen, Side::After),
        part(rejected, Side::After),
        status.to_data().to_pyarrow(py)?,
    ))
}
