"""The ratings by aspect as a matrix: which of the two responses each aspect favours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray


class AspectSigns(NamedTuple):
    """One row a pair, one column an aspect.

    Attributes:
        names: the aspects that are rated on both sides somewhere.
        signs: 1 where an aspect favours the chosen response, -1 where it favours the rejected one, else 0.
        rated: where both responses have a rating.
    """

    names: list[str]
    signs: NDArray[np.int64]
    rated: NDArray[np.bool_]


def aspect_signs(aspects: pa.ListArray) -> AspectSigns:
    """What each aspect favours; of an aspect that a pair names twice, what it favours more often.

    Example:
        >>> from prefaudit.pairs import SCHEMA
        >>> rows = [[{"name": "honesty", "chosen": 5, "rejected": 3}], None]
        >>> found = aspect_signs(pa.array(rows, SCHEMA.field("aspects").type))
        >>> found.names, found.signs.tolist()
        (['honesty'], [[1], [0]])
    """
    flat = pc.list_flatten(aspects)
    pairs = pc.list_parent_indices(aspects).to_numpy()
    chosen, rejected = (_numbers(pc.struct_field(flat, side)) for side in ("chosen", "rejected"))
    names = pc.struct_field(flat, "name")
    known = np.isfinite(chosen) & np.isfinite(rejected) & names.is_valid().to_numpy(zero_copy_only=False)
    coded = names.filter(pa.array(known)).dictionary_encode()
    at = (pairs[known], coded.indices.to_numpy())
    sums = np.zeros((len(aspects), len(coded.dictionary)), dtype=np.int64)
    rated = np.zeros(sums.shape, dtype=np.bool_)
    np.add.at(sums, at, np.sign(chosen[known] - rejected[known]).astype(np.int64))
    rated[at] = True
    return AspectSigns(coded.dictionary.to_pylist(), np.sign(sums), rated)


def _numbers(column: pa.DoubleArray) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    return numbers
