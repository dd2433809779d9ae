"""The layout is told from the rows, or asked for, or refused with a reason and a way out."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any, ClassVar
from unittest.mock import patch

import pytest

from prefaudit.errors import FormatError
from prefaudit.formats import FORMATS, choose_format, formats, registry
from prefaudit.formats.generic import Generic
from prefaudit.load import load
from prefaudit.sources import Sample

if TYPE_CHECKING:
    from pathlib import Path

TRANSCRIPT = "\n\nHuman: Hi\n\nAssistant: "
PLAIN = {"prompt": "p", "chosen": "yes", "rejected": "no"}
HH = {"chosen": TRANSCRIPT + "yes", "rejected": TRANSCRIPT + "no"}


class Installed(Generic):
    """A format as another package would bring it."""

    name: ClassVar[str] = "installed"

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        return "mark" in sample.columns


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (PLAIN, "generic"),
        ({"chosen": "yes", "rejected": "no"}, "generic"),
        (HH, "hh-rlhf"),
        ({**HH, "prompt": TRANSCRIPT}, "generic"),
    ],
)
def test_told_from_the_rows(row: dict[str, str], name: str) -> None:
    assert choose_format(Sample.of([row] * 3)).name == name


def test_two_that_fit() -> None:
    sample = Sample.of([{**HH, "prompt": "Hi"}])
    with pytest.raises(FormatError, match=r"fit 'generic' and 'hh-rlhf': say which one is meant \(--format"):
        choose_format(sample)
    assert choose_format(sample, "hh-rlhf").name == "hh-rlhf"


def test_a_few_bad_rows_do_not_change_the_format() -> None:
    rows: list[dict[str, Any]] = [HH] * 5 + [{"chosen": 7}, {"chosen": None, "rejected": ["no"]}]
    assert choose_format(Sample.of(rows)).name == "hh-rlhf"


def test_unknown_name() -> None:
    with pytest.raises(FormatError, match=r"no format 'nonsense'; there are: .*generic, .*hh-rlhf"):
        choose_format(Sample.of([PLAIN]), "nonsense")


def test_missing_columns_say_what_is_there_and_what_would_fit() -> None:
    class Pickier(Generic):
        name: ClassVar[str] = "pickier"
        needs: ClassVar[tuple[str, ...]] = ("chosen", "rejected", "margin")

    with patch.object(registry, "FORMATS", (*FORMATS, Pickier)), pytest.raises(FormatError) as error:
        choose_format(Sample.of([PLAIN]), "pickier")
    assert "needs the column 'margin'" in str(error.value)
    assert "the columns are 'prompt', 'chosen', 'rejected'" in str(error.value)
    assert "format 'generic' would fit" in str(error.value)
    with pytest.raises(FormatError, match="format 'hh-rlhf' needs the column 'chosen', 'rejected'"):
        choose_format(Sample.of([{"text": "alone"}]), "hh-rlhf")


def test_formats_of_other_packages() -> None:
    entry = EntryPoint("installed", f"{__name__}:Installed", "prefaudit.formats")
    with patch.object(registry, "entry_points", lambda group: [entry] if group == "prefaudit.formats" else []):
        assert "installed" in formats()
        assert choose_format(Sample.of([{"chosen": "a", "rejected": "b", "prompt": [], "mark": 1}])).name == "installed"


MESSAGES = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
REFUSED = [
    ({"prompt": "p", "completion": "c", "label": True}, "unpaired data: one answer ('completion')"),
    ({"messages": MESSAGES, "kto_tag": False}, "unpaired data: one answer ('messages')"),
    ({"chosen": MESSAGES[1:], "rejected": MESSAGES[1:]}, "there is no prompt, neither in a column of its own nor"),
    ({"prompt": {"text": "p"}, "chosen": "a", "rejected": "b"}, "'prompt' holds objects (text), and only text and"),
    ({"prompt": "p", "chosen": [{"x": 1}], "rejected": [{"x": 2}]}, "'chosen' holds lists of objects (x), and only"),
    ({"question": "q", "chosen": "a", "rejected": "b"}, "--columns prompt=question"),
    ({"context": MESSAGES, "chosen": "a", "rejected": "b"}, "--columns prompt=context"),
    ({"chosen_response": "a", "rejected_response": "b"}, "--columns chosen=chosen_response,rejected=rejected_response"),
    ({"q": "q", "answer_a": "a", "answer_b": "b", "winner": "a"}, "'answer_a' and 'answer_b' look like two responses"),
    (
        {"query": "q", "answer_a": "a", "answer_b": "b", "rating_a": 1, "rating_b": 2},
        "--columns prompt=query,a=answer_a,b=answer_b,score_a=rating_a,score_b=rating_b.",
    ),
    (
        {"query": "q", "r_1": {"content": "a"}, "r_2": {"content": "b"}, "pref": "r_1"},
        "--columns prompt=query,a=r_1.content,b=r_2.content,label=pref.",
    ),
    (
        {"feedback_A": "f", "feedback_B": "g", "response_A": "a", "response_B": "b", "preference": "A"},
        "a=response_A,b=response_B,label=preference",
    ),
    ({"answer_a": MESSAGES, "answer_b": MESSAGES}, "no column says which one was preferred"),
    ({"answers": [{"text": "a"}, {"text": "b"}]}, "--columns chosen=answers.0.text,rejected=answers.1.text"),
    ({"prompt": "p", "completions": ["a", "b"], "labels": [True, False]}, "unpaired data: steps in 'completions'"),
    ({"prompt": "p", "response": "r", "is_safe": True}, "unpaired data: one answer ('response')"),
    ({"data": [{"prompt": "p", "chosen": "a", "rejected": "b"}]}, "jq -c '.data[]'"),
    ({"prompt": {"0": "p"}, "chosen": {"0": "a"}, "rejected": {"0": "b"}}, "orient='records'"),
    ({"model_a": "x", "model_b": "y", "winner": "model_a"}, "judgments without texts: 'model_a' and 'model_b'"),
    ({"item": "7", "winner": "left"}, "judgments without texts: a winner is named"),
    ({"prompt": "p", "response": "r", "helpfulness": 3}, "one text ('response') a row"),
    ({"id": "1", "name": "GPT", "org": "x"}, "no two columns hold responses"),
    ({f"word{n}": n for n in range(50)}, "as a vocabulary has"),
    ({"prompt": "p", "completions": [{"response": "a"}, {"response": "b"}]}, "'completions' holds several answers"),
    ({"chosen": 1, "rejected": 2}, "'chosen' holds a number"),
]


@pytest.mark.parametrize(("row", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_refused_by_name_and_reason(row: dict[str, Any], reason: str) -> None:
    with pytest.raises(FormatError) as error:
        choose_format(Sample.of([row]))
    assert reason in str(error.value)
    assert f"'{next(iter(row))}'" in str(error.value)


def test_every_real_file_is_read_or_refused(data_dir: Path) -> None:
    from prefaudit.errors import PrefauditError

    read, refused = [], []
    files = [path for path in sorted(data_dir.rglob("*")) if path.is_file() and path.suffix not in {".md", ".txt"}]
    for path in files:
        try:
            load(path)
        except PrefauditError as error:
            refused.append(path.name if path.name in str(error) else f"not named: {error}")
        else:
            read.append(path.name)
    assert {"harmless-base_test.jsonl.gz", "hhh_alignment_flat.jsonl"} <= set(read)
    assert {"kto_en_demo.json", "models.jsonl", "prompts.jsonl", "vocab.json", "answer_bard.jsonl"} <= set(refused)
    assert not [name for name in refused if name.startswith("not named")]
    assert len(read) + len(refused) > 25
