"""Write the pages of docs from the docstrings, and the report in README.md from the demo: `python docs/generate.py`."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

from prefaudit.checks.registry import check_classes
from prefaudit.filters.registry import FILTERS
from prefaudit.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
README = FOLDER.parent / "README.md"
_REPORT = re.compile(r"(?<=<!-- prefaudit demo -->\n).*(?=<!-- end -->\n)", re.DOTALL)
#: Of the demo's report the parts between blank lines that README.md shows: the summary and the first chart.
_SHOWN = 5

_OWN_LAYOUT = """### A layout of your own

Name its columns on the command line, in Python, or in the configuration; a name with dots leads into a column:

```sh
prefaudit audit data.csv --columns prompt=question,chosen=good,rejected=bad
prefaudit audit data.jsonl --columns prompt=task.question,chosen=outputs.0,rejected=outputs.1
prefaudit audit ab.csv --columns prompt=question,a=answer_1,b=answer_2,label=winner --label-a 1 --label-tie 0
```

```python
prefaudit.load("ab.csv", columns={"a": "answer_1", "b": "answer_2", "label": "winner"}, options={"label_a": 1})
```

```toml
[tool.prefaudit]
columns = { prompt = "question", a = "answer_1", b = "answer_2", label = "winner" }
options = { label_a = 1, label_tie = 0 }
```

Beside the texts `generic`, `hh-rlhf`, `ab`, `trl` and `orca-dpo` carry every column that has a name of the record:
annotator, timestamp, score_chosen, score_rejected, domain, pair_id ...; `--columns annotator=worker` names one. A
column of which hardly a cell can be read is left aside, and the head of the report says so. Where no layout fits, the
message says what to write.

A package offers a layout as a subclass of `prefaudit.formats.Format` under an entry point; it is told from the rows and
listed as the built-in ones are:

```toml
[project.entry-points."prefaudit.formats"]
thumbs = "thumbs:Thumbs"
```

```python
from prefaudit.formats.rowwise import RowFormat
from prefaudit.formats.values import text


class Thumbs(RowFormat):
    \"\"\"`ask`, `up` and `down`: the answers that got a thumb up and a thumb down.\"\"\"

    name = "thumbs"
    needs = ("ask", "up", "down")

    @classmethod
    def fits(cls, sample):
        return all(sample.holds_text(name) for name in cls.needs)

    def pairs_of(self, row):
        return [{"prompt": text(row, "ask"), "chosen": text(row, "up"), "rejected": text(row, "down")}]
```"""


def pages() -> dict[str, str]:
    """The text of each page by its name."""
    return {
        "checks.md": _page("Checks", "`prefaudit explain CHECK` prints the same.", _checks()),
        "formats.md": _page(
            "Formats",
            "Layouts of preference data that are told from the first 32 rows; `prefaudit formats NAME` prints the "
            "same. JSON names its columns row by row: one that none of those rows has is not read."
            f"\n\n{_OWN_LAYOUT}",
            _formats(),
        ),
        "filters.md": _page(
            "Filters",
            "`prefaudit filter IN -o OUT --drop FILTER:first,name=value`; none of them changes a pair.",
            _filters(),
        ),
    }


def readme(text: str) -> str:
    """README.md with the beginning of the report that `prefaudit demo` prints."""
    from prefaudit.audit import audit
    from prefaudit.sources.demo import demo

    report = audit(demo(5000)).to_text(100)
    shown = "\n\n".join(report.split("\n\n")[:_SHOWN])
    return _REPORT.sub(lambda _: _block(f"$ prefaudit demo\n{shown}") + "\n", text)


def _page(title: str, introduction: str, sections: Iterator[tuple[str, str]]) -> str:
    written = "\n\n".join(f"## {name}\n\n{text}" for name, text in sections)
    return f"# {title}\n\nWritten by `python docs/generate.py`. {introduction}\n\n{written}\n"


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"


def _checks() -> Iterator[tuple[str, str]]:
    for one in check_classes():
        settings = "\n".join(f"    {one.id}.{name} = {value}" for name, value in one.defaults.items())
        yield one.id, _block(f"{inspect.getdoc(one)}\n\nSettings:\n{settings}")


def _formats() -> Iterator[tuple[str, str]]:
    for one in FORMATS:
        options = "".join(
            f"\n    --{name.replace('_', '-')} ({'|'.join(option.choices) or option.kind.__name__},"
            f" default {option.default}): {option.help}"
            for name, option in one.options.items()
        )
        told = f"Told from: {', '.join(one.needs) or 'what the first rows hold'}"
        yield one.name, _block(f"{inspect.getdoc(one)}\n\n{told}" + (f"\n\nOptions:{options}" if options else ""))


def _filters() -> Iterator[tuple[str, str]]:
    for one in FILTERS:
        yield one.id, _block(inspect.getdoc(one) or "")


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
