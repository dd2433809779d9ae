"""Load preference data: a source read through a format."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefaudit.data import PreferenceData
from prefaudit.errors import ConfigError, FormatError, PrefauditError, SourceError
from prefaudit.formats import choose_format
from prefaudit.loaded import Loaded
from prefaudit.sources import open_source
from prefaudit.sources.limited import Limited
from prefaudit.sources.renamed import Renamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from prefaudit.formats import Format
    from prefaudit.sources import Sample, Source


#: Columns that are never meant where another column was named.
_PLACES = ("prompt", "chosen", "rejected", "prompt_messages", "chosen_full", "rejected_full", "source", "row", "tie")


def load(
    source: Any,
    *,
    format: str | None = None,  # noqa: A002 - what everybody calls it
    columns: Mapping[str, str] | None = None,
    split: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    streaming: bool = True,
    limit: int | None = None,
    options: Mapping[str, Any] | None = None,
    strict: bool = False,
    threads: int | None = None,
) -> PreferenceData:
    """Open preference data and settle its format; the rows are read by `PreferenceData.batches`.

    Args:
        source: a path (.jsonl, .json, .csv, .tsv, .parquet, .arrow, .feather, .xlsx; also .gz, .bz2, .xz, .zst), a
            folder, a folder of `save_to_disk`, a glob, "-" for standard input; a list of files, read as one; a data
            set on the Hugging Face hub, as `owner/name` or `hf://datasets/owner/name[@revision][/path]`; a pyarrow,
            polars or pandas table; a `datasets` data set; anything with `__arrow_c_stream__`; an iterable of dicts.
            What `load`, `split` or `filter` returned is taken as it is, whatever else is asked for.
        format: the layout of the rows; None tells it from the first 32. A column of JSON or of dicts that none of those
            has is not read.
        columns: the data's names for the columns that the format reads, as in `{"chosen": "better"}`.
        split: the split of a data set; "all" for all of them.
        config: the configuration ("subset") of a data set on the hub.
        revision: its branch, tag or commit; by default the newest.
        streaming: read it from the hub bit by bit, so that its size does not matter; False downloads it first, to the
            cache of `datasets`, or takes what an earlier download left there.
        limit: read the first so many rows only; the report says so.
        options: choices that the format leaves to its user, as in `{"min_score_ratio": 2}`.
        strict: stop at the first row that cannot be used. By default it is skipped, counted and named.
        threads: threads for what is computed on each batch; None uses every core that this process may use.

    Raises:
        SourceError: if the data cannot be opened or holds no rows.
        FormatError: if the rows are in no format that is read, or in several.

    Example:
        >>> data = load([{"prompt": "Hi", "chosen": "Hello!", "rejected": "What?"}])
        >>> data.format, sum(len(batch) for batch in data.batches())
        ('generic', 1)
    """
    if (known := _read_already(source)) is not None:
        return known
    rows: Source = open_source(source, split=split, config=config, revision=revision, streaming=streaming)
    if columns:
        rows = Renamed(rows, columns)
    if limit is not None:
        rows = Limited(rows, _checked_limit(limit))
    sample = rows.sample()
    if not sample.rows:
        msg = f"{rows.name} holds no rows"
        raise SourceError(msg)
    try:
        chosen = choose_format(replace(sample, folder=_folder(source)), format, options)
    except FormatError as error:
        msg = f"{rows.name}: {error}"
        raise FormatError(msg) from None
    reason = "as asked for" if format else f"told from {_listed(chosen.needs)}the first rows"
    reason += "".join(f"; {name}={value}" for name, value in chosen.changed.items())
    reason += "".join(f"; {decision}" for decision in chosen.decisions)
    data = Loaded(rows, chosen, reason=reason, limit=limit, strict=strict, threads=threads)
    for name, own in (columns or {}).items():
        _refuse_unread(data, chosen, name, own)
    return data


def _read_already(source: Any) -> PreferenceData | None:
    """What `load` or `split` returned, or the pairs that `filter` kept."""
    found = getattr(source, "data", source)
    return found if isinstance(found, PreferenceData) else None


def _refuse_unread(data: PreferenceData, chosen: Format, name: str, own: str) -> None:
    """Raise a `FormatError` if what was named (also by --by) is nothing that the format looks at, or no slice."""
    kind = chosen.sample.kind(name)
    if name == "domain" and kind in {"a list", "an object"}:
        msg = (
            f"{data.name}: '{own}' holds {kind}, which is nothing to slice by: name the way to a text inside, as in"
            f" --columns domain={own}.{'0' if kind == 'a list' else 'NAME'} --by domain"
        )
        raise FormatError(msg)
    if name not in chosen.schema.names:
        msg = f"{data.name}: '{own}' was named as '{name}', but the format '{chosen.name}' reads no such column"
        raise FormatError(msg + _instead(data, chosen.sample, own))


def _instead(data: PreferenceData, sample: Sample, own: str) -> str:
    """The column of the record that holds the same, or those that there are."""
    try:
        pairs = data.head(len(sample.rows))
    except PrefauditError:  # a pass over the rows will say what is wrong with them
        return ""
    held = [column for column in (pairs[0] if pairs else {}) if column not in _PLACES]
    values = [sample.rows[pair["row"]].get(own) for pair in pairs]
    for column in held:
        if all(
            value is not None and str(pair[column]) == str(value) for pair, value in zip(pairs, values, strict=True)
        ):
            return f", since it makes '{column}' of it: use that (--by {column})"
    return f". What it makes of the rows beside texts is {', '.join(held)}: use one of those"


def _listed(columns: Iterable[str]) -> str:
    names = ", ".join(f"'{name}'" for name in columns)
    return f"{names} and " if names else ""


def _folder(source: Any) -> Path | None:
    """Where the files of `source` lie, if it is a path; what a glob matches is taken to lie in its own folder."""
    if not isinstance(source, str | os.PathLike) or os.fspath(source) == "-":
        return None
    path = Path(os.fspath(source))
    return path if path.is_dir() else path.parent


def _checked_limit(limit: int) -> int:
    if limit < 1:
        msg = f"limit is {limit}, but at least one row must be read"
        raise ConfigError(msg)
    return limit
