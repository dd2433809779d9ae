"""Columns that rows may have beside their texts, under the names of `pairs.SCHEMA`: who, when, how good, about what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from prefaudit.formats import values
from prefaudit.pairs import SCHEMA
from prefaudit.sources.base import is_null
from prefaudit.sources.conform import ANYTHING, IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prefaudit.accounting import Accounting
    from prefaudit.sources.base import RawBatch, Sample

#: The columns that are carried; the others of the record say where a pair stands or are what the format makes.
_CARRIED = tuple(name for name in SCHEMA.names if name not in {"prompt", "chosen", "rejected", "source", "row"})

#: Whole numbers from here on do not fit 64 bits.
_LARGEST = 2**63
#: As many cells that cannot be read are no accident.
_SEVERAL = 3
_TRANSCRIPTS = ("chosen_full", "rejected_full")
#: Those that stand beside a pair which a format makes row by row.
BESIDE = ("tie", "pair_id", "prompt_id", "annotator", "session", "timestamp", "seconds", "first_shown", "score_chosen",
          "score_rejected", "strength", "domain", "split")  # fmt: skip
#: Other names under which published data sets keep the scores of both sides.
_SCORES = (
    ("chosen_score", "rejected_score"),
    ("chosen_rating", "rejected_rating"),
    ("chosen-rating", "rejected-rating"),
    ("rating_chosen", "rating_rejected"),
)


class Carried:
    """The optional columns of `pairs.SCHEMA` that a source has under their names.

    Numbers, moments, flags and identifiers may be written as text, as they are in CSV; identifiers may be whole
    numbers. A cell that cannot be read as what its column says costs its row, by name. Scores go by other names too.

    Args:
        sample: the first rows; a column is carried when what they hold in it can be read.
        wanted: the columns to look for.
    """

    def __init__(self, sample: Sample, wanted: Iterable[str] = _CARRIED) -> None:
        columns = {name: name for name in wanted if name in sample.columns}
        if "score_chosen" in wanted and not {"score_chosen", "score_rejected"} & columns.keys():
            columns |= _scores(sample)
        asked = {name: _asked_for(name, sample, column) for name, column in columns.items()}
        other = [columns[name] for name, field in asked.items() if field is None]
        if not all(asked.get(name) for name in _TRANSCRIPTS):
            asked |= dict.fromkeys(_TRANSCRIPTS)
        found = {name: field for name, field in asked.items() if field is not None}
        unread = {name: said for name, field in found.items() if (said := _unreadable(name, sample.values(field.name)))}
        #: Columns of which hardly a cell can be read, and what is in one: no reason to lose all rows.
        self.left_aside = [f"'{found[name].name}' is left aside ({said})" for name, said in unread.items()]
        self.left_aside += [f"'{column}' is left aside (it holds {sample.kind(column)})" for column in other]
        #: What to ask the source for, by its name in the record.
        self._fields = {name: field for name, field in found.items() if name not in unread}

    @property
    def fields(self) -> list[pa.Field]:
        """What to ask the source for."""
        return list(self._fields.values())

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def columns(self, raw: RawBatch, accounting: Accounting) -> tuple[RawBatch, dict[str, pa.Array]]:
        """The columns in the types of the record, and the batch without the rows in which one cannot be read."""
        if any(_cast(raw.column(field.name), name) is None for name, field in self._fields.items()):
            raw = self._readable(raw, accounting)
        found = {name: _read(raw.column(field.name), name) for name, field in self._fields.items()}
        return raw, {name: column for name, column in found.items() if column.null_count < len(column)}

    def values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The same of one row, as plain values.

        Raises:
            UnusableRow: if one cannot be read.
        """
        return {name: _value({name: row.get(field.name)}, name) for name, field in self._fields.items()}

    def _readable(self, raw: RawBatch, accounting: Accounting) -> RawBatch:
        bad = [False] * raw.records.num_rows
        rows = zip(*(raw.column(field.name).to_pylist() for field in self.fields), strict=True)
        for at, cells in enumerate(rows):
            try:
                self.values(dict(zip((field.name for field in self.fields), cells, strict=True)))
            except values.UnusableRow as problem:
                bad[at] = True
                accounting.skip(problem.reason, raw.source, raw.row_numbers[at].as_py(), problem.detail)
        return raw.without(pa.array(bad, type=pa.bool_()))


def _unreadable(name: str, cells: list[Any]) -> str | None:
    """What is wrong with most of the cells, if something is."""
    wrong: list[str] = []
    for cell in cells:
        try:
            _value({name: cell}, name)
        except values.UnusableRow as problem:
            wrong.append(problem.detail)
    return wrong[0] if len(wrong) >= _SEVERAL and 2 * len(wrong) > len(cells) else None


def _scores(sample: Sample) -> dict[str, str]:
    found = (names for names in _SCORES if set(names) <= set(sample.columns))
    return dict(zip(("score_chosen", "score_rejected"), next(found, ()), strict=False))


def _asked_for(name: str, sample: Sample, column: str) -> pa.Field | None:
    """As what to ask a source for a column; None for one that holds something else."""
    found = sample.values(column)
    wanted = SCHEMA.field(name).type
    if types.is_nested(wanted):
        return pa.field(column, wanted) if all(isinstance(value, list) for value in found) else None
    kinds = {_kind(value, wanted) for value in found}
    if None in kinds and 2 * sum(_kind(value, wanted) is None for value in found) >= len(found):
        return None
    kinds.discard(None)
    huge = any(isinstance(value, int) and abs(value) >= _LARGEST for value in found)
    if len(kinds) == 1 and not huge:
        kind = kinds.pop()
        names = types.is_string(wanted) and types.is_integer(kind)
        return pa.field(column, kind, metadata=IDENTIFIER if names else None)
    return pa.field(column, pa.string(), metadata=ANYTHING)  # several kinds, huge numbers, or nothing yet


def _kind(value: Any, wanted: pa.DataType) -> pa.DataType | None:
    """The Arrow type of a value, if something of it can stand in a column of the type that is wanted."""
    if isinstance(value, str):
        return pa.string()
    if isinstance(value, bool):
        return pa.bool_() if types.is_boolean(wanted) else None
    if isinstance(value, date):
        return wanted if types.is_timestamp(wanted) else None
    if isinstance(value, Decimal):
        return pa.float64() if types.is_floating(wanted) else None
    if not isinstance(value, int | float) or types.is_boolean(wanted):
        return None
    return pa.float64() if isinstance(value, float) or types.is_floating(wanted) else pa.int64()


def _cast(column: pa.Array, name: str) -> pa.Array | None:
    """The column as the record has it; None where that takes a look at each cell."""
    wanted = SCHEMA.field(name).type
    if name == "first_shown":
        others = pc.invert(pc.is_in(column, pa.array(["chosen", "rejected", None])))
        return None if pc.any(others).as_py() else column
    if types.is_floating(wanted) and types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
        return None if pc.any(pc.is_inf(column)).as_py() else column
    if types.is_string(wanted) and types.is_integer(column.type):
        return column.cast(wanted)
    if not column.type.equals(wanted):
        return None
    return column if name in _TRANSCRIPTS or not types.is_string(wanted) else _without_empty(column)


def _without_empty(column: pa.StringArray) -> pa.StringArray:
    """CSV has no nulls: an identifier without a letter is none."""
    return pc.if_else(pc.equal(column, ""), None, column)


def _read(column: pa.Array, name: str) -> pa.Array:
    cast = _cast(column, name)
    if cast is not None:
        return cast
    cells = [_value({name: cell}, name) for cell in column.to_pylist()]
    return pa.array(cells, type=SCHEMA.field(name).type)


def _value(row: Mapping[str, Any], name: str) -> Any:
    """One cell as the record has it."""
    if is_null(row[name]) or row[name] == "":
        return None
    if name == "first_shown":
        return _side(row)
    wanted = SCHEMA.field(name).type
    return row[name] if types.is_nested(wanted) else _READERS[wanted](row, name)


def _side(row: Mapping[str, Any]) -> str:
    shown = values.text(row, "first_shown")
    if shown not in {"chosen", "rejected"}:
        reason = "'first_shown' is neither 'chosen' nor 'rejected'"
        raise values.UnusableRow(reason, f"column 'first_shown': {shown!r}")
    return shown


def _identifier(row: Mapping[str, Any], name: str) -> str | None:
    """As text; a whole number has no decimals, also where a reader made it a float because others are missing."""
    value = row[name]
    whole = isinstance(value, float) and value.is_integer()
    return values.optional_text({name: int(value)} if whole else row, name)


_READERS: dict[pa.DataType, Callable[[Mapping[str, Any], str], Any]] = {
    pa.string(): _identifier,
    pa.float64(): values.optional_number,
    pa.bool_(): values.flag,
    SCHEMA.field("timestamp").type: values.timestamp,
}
