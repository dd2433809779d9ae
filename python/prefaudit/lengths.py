"""What a column of lengths looks like: its centre, its spread, its histogram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prefaudit.errors import TextValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LengthHistogram:
    """How many lengths fall between whole numbers: bin `k` holds `edges[k] <= length < edges[k + 1]`."""

    edges: tuple[int, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LengthStats:
    """The lengths of a column of texts.

    Attributes:
        unit: what is counted, "words" or "chars".
        count: texts that are there.
        nulls: texts that are missing.
        mean: the exact sum over the count; None without a text, as all that follow.
        median: the middle length, or the mean of the two in the middle.
        quantiles: the lengths at the fractions asked for, with linear interpolation between neighbours.
        min: the least length.
        max: the greatest length.
        histogram: equally wide bins from the least to the greatest length; no bins without a text.
    """

    unit: str
    count: int
    nulls: int
    mean: float | None
    median: float | None
    quantiles: dict[float, float | None]
    min: int | None
    max: int | None
    histogram: LengthHistogram


def summarize(lengths: pa.Int64Array, *, unit: str, quantiles: Sequence[float], bins: int) -> LengthStats:
    """The statistics of a column of lengths.

    Args:
        lengths: one length a text, null where the text is missing.
        unit: what was counted.
        quantiles: fractions between 0 and 1.
        bins: the most bins that the histogram may have.

    Raises:
        TextValueError: if a fraction is not between 0 and 1, or there is no bin.
    """
    import numpy as np

    outside = [q for q in quantiles if not 0 <= q <= 1]
    if outside:
        message = f"quantiles must be between 0 and 1, got {outside[0]!r}"
        raise TextValueError(message)
    if bins < 1:
        message = f"bins must be at least 1, got {bins!r}"
        raise TextValueError(message)
    found: NDArray[np.int64] = lengths.drop_null().to_numpy()
    nulls = int(lengths.null_count)
    if not len(found):
        nothing = LengthHistogram((), ())
        return LengthStats(unit, 0, nulls, None, None, dict.fromkeys(quantiles), None, None, nothing)
    return LengthStats(
        unit=unit,
        count=len(found),
        nulls=nulls,
        mean=int(found.sum()) / len(found),
        median=float(np.median(found)),
        quantiles={q: float(np.quantile(found, q)) for q in quantiles},
        min=int(found.min()),
        max=int(found.max()),
        histogram=_histogram(found, bins),
    )


def _histogram(lengths: NDArray[np.int64], bins: int) -> LengthHistogram:
    import numpy as np

    first, last = int(lengths.min()), int(lengths.max())
    width = -(-(last - first + 1) // bins)
    counts = np.bincount((lengths - first) // width)
    edges = range(first, first + width * len(counts) + 1, width)
    return LengthHistogram(tuple(edges), tuple(int(n) for n in counts))
