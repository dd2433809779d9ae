"""What annotators say of two responses, where an export keeps it in lists: the way to the first answer.

Argilla writes a question as a list of `{user_id, value, status}` (version 1; an object of lists after a way through
`datasets`), as a column `QUESTION.responses` (version 2), or leaves the texts in `fields` and the answers in
`responses` (its records as JSON).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefaudit.formats.twins import PROMPT_NAMES, twins
from prefaudit.sources.renamed import inside, way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.sources.base import Sample

_SCALAR = (str, int, float)


def way_to_answer(sample: Sample, name: str) -> str | None:
    """The way to the first annotator's answer in a column; None where there is no single value."""
    ways = [f"{name}.0.value", f"{name}.value.0", *([f"{name}.0"] if name.endswith(".responses") else [])]
    return next((one for one in ways if answers(sample, one)), None)


def along(sample: Sample, name: str) -> list[Any]:
    """What the rows hold at the end of a way."""
    root, steps = way(name, sample.columns)
    return [found for value in sample.values(root) if (found := inside(value, steps)) is not None]


def answers(sample: Sample, name: str) -> list[Any]:
    """The single values at the end of a way; of an object, what was selected."""
    found = (value.get("selected") if isinstance(value, dict) else value for value in along(sample, name))
    return [value for value in found if isinstance(value, _SCALAR)]


def holds_answers(sample: Sample, name: str) -> bool:
    """Whether a column holds answers of annotators, single values or others such as rankings."""
    return any(
        isinstance(one, dict) and "value" in one
        for value in sample.values(name)
        for one in (value if isinstance(value, list) else [value])
    )


def records(sample: Sample) -> dict[str, str] | None:
    """The ways into Argilla's records: prompt, two responses, and the first answer."""
    fields, responses = _first(sample, "fields"), _first(sample, "responses")
    found = inside(responses, ["0", "values"])
    if not isinstance(fields, dict) or not isinstance(found, dict):
        return None
    two = next(twins([name for name, value in fields.items() if isinstance(value, str)]), None)
    question = next((name for name in found if answers(sample, f"responses.0.values.{name}.value")), None)
    if two is None or question is None:
        return None
    prompt = [f"fields.{name}" for name in PROMPT_NAMES if name in fields][:1]
    sides = {"a": f"fields.{two[0]}", "b": f"fields.{two[1]}"}
    return dict(zip(["prompt"], prompt, strict=False)) | sides | {"label": f"responses.0.values.{question}.value"}


def _first(sample: Sample, name: str) -> Any:
    rows: list[Mapping[str, Any]] = [row for row in sample.rows if row.get(name)]
    return rows[0][name] if rows else None
