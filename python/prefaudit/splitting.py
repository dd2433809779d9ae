"""Split preference data by prompt."""

from __future__ import annotations

import math
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import numpy as np

import prefaudit
from prefaudit.accounting import Accounting
from prefaudit.checks.leakage import Leakage
from prefaudit.data import PreferenceData
from prefaudit.errors import ConfigError
from prefaudit.kept import Kept, Spooled
from prefaudit.load import load
from prefaudit.prompts import prompt_keys
from prefaudit.report.model import Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from prefaudit.report.model import Finding

#: Shares of the prompts.
FRACTIONS: Mapping[str, float] = {"train": 0.8, "validation": 0.1, "test": 0.1}


def split(
    data: Any, fractions: Mapping[str, float] | None = None, *, salt: str = "", **loading: Any
) -> dict[str, Kept]:
    """Split data by prompt: no prompt is on two sides.

    A prompt's side follows from a hash of the normalised prompt (`prefaudit.prompts`) and the salt alone. So it stays
    the same when rows are added, and the fractions are kept within binomial error, not to the row. Rows without a
    prompt go by their responses.

    Args:
        data: whatever `load` reads, or what it returned.
        fractions: the share of the prompts by the name of the side; they add up to 1. By default 80% train, 10%
            validation, 10% test.
        salt: another salt gives another split.
        **loading: arguments of `load`.

    Raises:
        ConfigError: if the fractions do not add up to 1.
        SourceError: if the data cannot be read to their end.
        FormatError: if they are in no format that is read.

    Example:
        >>> rows = [{"prompt": f"{at}?", "chosen": "a", "rejected": "b"} for at in range(100)]
        >>> {name: len(side) for name, side in split(rows, {"train": 0.5, "test": 0.5}).items()}
        {'train': 47, 'test': 53}
    """
    shares = _checked(FRACTIONS if fractions is None else fractions)
    source = data if isinstance(data, PreferenceData) else load(data, **loading)
    source = Spooled(source) if source.read_once else source
    sides = _sides(source, shares, salt)
    return {
        name: Kept(source, [batch == at for batch in sides], sum(int((batch == at).sum()) for batch in sides), name)
        for at, name in enumerate(shares)
    }


def leakage(parts: Mapping[str, Any], **loading: Any) -> Finding:
    """What the check `leakage` says of the parts, each of them whatever `load` reads, or what it returned.

    Example:
        >>> rows = [{"prompt": f"{at}?", "chosen": "a", "rejected": "b"} for at in range(100)]
        >>> leakage({"train": rows[:60], "test": rows[50:]}).estimate
        0.2
    """
    return leakage_report(
        {name: part if isinstance(part, PreferenceData) else load(part, **loading) for name, part in parts.items()}
    )["leakage"]


def leakage_report(parts: Mapping[str, PreferenceData]) -> Report:
    """The same as a report, in which the rows of all parts are accounted for."""
    check, accounting = Leakage(), Accounting()
    for name, data in parts.items():
        for batch in data.batches():
            check.add(name, batch)
        accounting.merge(data.accounting)
    formats = sorted({data.format for data in parts.values()})
    dataset = {
        "name": " and ".join(parts),
        "format": " and ".join(formats),
        "format_reason": "of each by itself",
        "limit": None,
        "prefaudit": prefaudit.__version__,
    }
    return Report(dataset, accounting.to_dict(), (check.result(),))


def _checked(fractions: Mapping[str, float]) -> dict[str, float]:
    shares = {str(name): float(share) for name, share in fractions.items()}
    if not shares or not all(0 < share <= 1 for share in shares.values()) or not math.isclose(sum(shares.values()), 1):
        written = ", ".join(f"{name}={share:g}" for name, share in shares.items())
        msg = f"the fractions are {written or 'none'}, but each must be above 0 and all must add up to 1"
        raise ConfigError(msg)
    return shares


def _sides(data: PreferenceData, shares: Mapping[str, float], salt: str) -> list[NDArray[np.uint8]]:
    """For each batch the number of the side that each pair is on."""
    # The last bound is left out: what is beyond the others is on the last side, whatever the rounding of the sum.
    bounds = np.cumsum(list(shares.values()))[:-1]
    with closing(cast("Any", data.batches())) as batches:
        return [
            np.searchsorted(bounds, prompt_keys(batch, salt) / 2.0**64, side="right").astype(np.uint8)
            for batch in batches
        ]
