"""The preference layouts of LLaMA-Factory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from prefaudit.errors import FormatError
from prefaudit.formats import choose_format
from prefaudit.sources import Sample

if TYPE_CHECKING:
    from pathlib import Path

SHARE = {
    "conversations": [{"from": "human", "value": "Hi"}],
    "chosen": {"from": "gpt", "value": "Hello"},
    "rejected": {"from": "gpt", "value": "Go away"},
}
ALPACA = {"instruction": "Translate.", "input": "chat", "chosen": "cat", "rejected": "dog"}


def part(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": [{"type": "text", "value": text}], "loss_weight": 0.0}


V1 = {
    "chosen_messages": [part("system", "Be brief."), part("user", "Hi"), part("assistant", "Hello")],
    "rejected_messages": [part("system", "Be brief."), part("user", "Hi"), part("assistant", "Go away")],
}
OPEN_AI = {
    "messages": [{"role": "user", "content": "Hi"}],
    "chosen": {"role": "assistant", "content": "Hello"},
    "rejected": {"role": "assistant", "content": "Go away"},
}


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (SHARE, "llama-factory"),
        (OPEN_AI, "llama-factory"),
        ({**SHARE, "chosen": "Hello", "rejected": "Go away"}, "llama-factory"),
        (ALPACA, "llama-factory"),
        (V1, "llama-factory-v1"),
        ({**ALPACA, "prompt": "Translate."}, "generic"),
    ],
)
def test_told_from_the_rows(row: dict[str, Any], name: str) -> None:
    assert choose_format(Sample.of([row])).name == name


@pytest.mark.parametrize("row", [SHARE, OPEN_AI, {**SHARE, "chosen": "Hello", "rejected": "Go away"}])
def test_conversations(row: dict[str, Any], read_pairs: Any) -> None:
    (pair,), accounting = read_pairs([row])
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == ("Hi", "Hello", "Go away")
    assert pair["prompt_messages"] == [{"role": "user", "content": "Hi"}]
    assert accounting["rows_used"] == 1


def test_instructions(read_pairs: Any) -> None:
    pairs, _ = read_pairs([ALPACA, {**ALPACA, "input": ""}])
    assert [pair["prompt"] for pair in pairs] == ["Translate.\nchat", "Translate."]
    assert (pairs[0]["chosen"], pairs[0]["rejected"]) == ("cat", "dog")


def test_system_and_history_come_first(read_pairs: Any) -> None:
    (pair,), _ = read_pairs([{**ALPACA, "system": "You translate.", "history": [["Hi", "Hello"]]}])
    assert [message["role"] for message in pair["prompt_messages"]] == ["system", "user", "assistant", "user"]
    assert pair["prompt"] == ("\n\nSystem: You translate.\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Translate.\nchat")


def test_parts(read_pairs: Any) -> None:
    (pair,), _ = read_pairs([V1])
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == (
        "\n\nSystem: Be brief.\n\nHuman: Hi", "Hello", "Go away",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "change", "reason"),
    [
        (SHARE, {"chosen": None}, "'chosen' is null or missing"),
        (SHARE, {"chosen": ["Hello"]}, "'chosen' is a list, not text"),
        (SHARE, {"chosen": {"from": "human", "value": "x"}}, "an answer is not said by the assistant"),
        (SHARE, {"conversations": []}, "'conversations' holds no messages"),
        (SHARE, {"conversations": None}, "'instruction' is null or missing"),
        (SHARE, {"conversations": "Hi"}, "'conversations' is text, not a list of messages"),
        (ALPACA, {"instruction": 7}, "'instruction' is a number, not text"),
        (ALPACA, {"input": ["chat"]}, "'input' is a list, not text"),
        (ALPACA, {"history": [["alone"]]}, "'history' holds a turn that is not a question and an answer"),
        (ALPACA, {"history": "Hi"}, "'history' is text, not a list"),
        (ALPACA, {"history": [[None, 1]]}, "'history' is null or missing"),
        (V1, {"chosen_messages": V1["rejected_messages"][:2]}, "one conversation is the beginning of the other"),
        (
            V1,
            {"rejected_messages": [{"role": "user", "content": [{"type": "image", "value": "x"}]}]},
            "'rejected_messages' holds a part of a message that is not text",
        ),
    ],
)
def test_bad_rows_are_skipped_and_counted(
    row: dict[str, Any], change: dict[str, Any], reason: str, read_pairs: Any
) -> None:
    pairs, accounting = read_pairs([row, {**row, **change}, row])
    assert len(pairs) == 2
    assert accounting["rows_skipped"] == {reason: 1}
    assert accounting["rows_in"] == accounting["rows_used"] + 1 == 3


@pytest.mark.parametrize(
    ("file", "rows", "longer_wins"),
    [
        ("llama_factory/dpo_en_demo.json", 300, 0.438),
        ("llama_factory/dpo_zh_demo.json", 300, 0.624),
        ("medicalgpt/dpo_zh_500.jsonl", 500, 0.578),
        ("llama_factory/v1_dpo_demo.jsonl", 10, None),
    ],
)
def test_real_files(file: str, rows: int, longer_wins: float | None, data_dir: Path, read_pairs: Any) -> None:
    pairs, accounting = read_pairs(str(data_dir / file))
    assert (accounting["rows_in"], accounting["rows_used"], accounting["pairs"]) == (rows, rows, rows)
    lengths = [(len(pair["chosen"]), len(pair["rejected"])) for pair in pairs]
    unequal = [chosen > rejected for chosen, rejected in lengths if chosen != rejected]
    if longer_wins is not None:
        assert sum(unequal) / len(unequal) == pytest.approx(longer_wins, abs=0.0006)


def test_unpaired_rows_are_refused(data_dir: Path, read_pairs: Any) -> None:
    with pytest.raises(FormatError, match="unpaired data"):
        read_pairs(str(data_dir / "llama_factory" / "kto_en_demo.json"))
