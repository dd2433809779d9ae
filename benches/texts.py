"""The texts that are measured: real ones where they are at hand, the built-in demo's otherwise."""

from __future__ import annotations

import gzip
import json
import os
import random
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeAlias

from benches import ROOT
from prefaudit import kernels
from prefaudit.sources.demo import demo_batches

_HH = "hh_rlhf/harmless-base_test.jsonl.gz"
_CHINESE = ("llama_factory/dpo_zh_demo.json", "medicalgpt/dpo_zh_500.jsonl")
_DEMO_ROWS = 2312

Pairs: TypeAlias = list[tuple[str, str]]


class Case(NamedTuple):
    """Pairs of texts that are measured together."""

    name: str
    pairs: Pairs

    @property
    def characters(self) -> int:
        """The mean length of a text."""
        return round(sum(len(a) + len(b) for a, b in self.pairs) / 2 / len(self.pairs))


def data_folder() -> Path | None:
    """The folder of real data: $PREFAUDIT_DATA, or shared/data beside the repository."""
    named = os.environ.get("PREFAUDIT_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder if (folder / _HH).exists() else None


def data_name() -> str:
    """What the texts are, in words."""
    return "HH-RLHF harmless-base test" if data_folder() else "the built-in demo"


@cache
def transcripts() -> Pairs:
    """Pairs of whole transcripts."""
    folder = data_folder()
    if folder is None:
        rows = [row for batch in demo_batches(_DEMO_ROWS) for row in batch.to_pylist()]
    else:
        with gzip.open(folder / _HH, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
    return [(row["chosen"], row["rejected"]) for row in rows]


@cache
def responses() -> Pairs:
    """The last turns of the transcripts."""
    cut = kernels.cut_transcripts(*map(list, zip(*transcripts(), strict=True)))
    sides = (cut.chosen.to_arrow().to_pylist(), cut.rejected.to_arrow().to_pylist())
    return [pair for *pair, status in zip(*sides, cut.status.to_pylist(), strict=True) if status == 0]


def dissimilar() -> Pairs:
    """The chosen text of each row against the rejected one of the next."""
    rows = transcripts()
    return [(a, b) for (a, _), (_, b) in pairwise(rows)]


def joined(rows: int, most: int) -> Pairs:
    """Long texts: the texts of `rows` consecutive rows put together, at most `most` pairs."""
    source = transcripts()
    starts = list(range(0, len(source) - rows + 1, rows))[:most]
    return [("".join(a for a, _ in source[k : k + rows]), "".join(b for _, b in source[k : k + rows])) for k in starts]


@cache
def chinese() -> Pairs:
    """Chinese responses; made up where no real ones are at hand."""
    folder = data_folder()
    if folder is None or not all((folder / name).exists() for name in _CHINESE):
        return _made_up_chinese(500)
    demo = json.loads((folder / _CHINESE[0]).read_text(encoding="utf-8"))
    pairs = [(row["chosen"]["value"], row["rejected"]["value"]) for row in demo]
    lines = (folder / _CHINESE[1]).read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    return pairs + [(row["chosen"], row["rejected"]) for row in rows]


def _made_up_chinese(rows: int) -> Pairs:
    """Random text over 3,000 characters with frequencies that fall off as those of a language do."""
    pick = random.Random(5)
    letters = [chr(0x4E00 + k) for k in range(3000)]
    weights = [1 / (k + 20) for k in range(len(letters))]

    def text() -> str:
        return "".join(pick.choices(letters, weights, k=pick.randrange(50, 700)))

    return [(text(), text()) for _ in range(rows)]


def kernel_cases(*, quick: bool) -> list[Case]:
    """The cases of the kernel table."""
    long, longer, longest = (60, 10, 3) if quick else (400, 60, 12)
    return [
        Case("full text", transcripts()),
        Case("responses", responses()),
        Case("dissimilar", dissimilar()),
        Case("2.6 K", joined(4, long)),
        Case("10 K", joined(16, longer)),
        Case("42 K", joined(65, longest)),
        Case("Chinese responses", chinese()[:200] if quick else chinese()),
    ]
