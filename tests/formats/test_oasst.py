"""OpenAssistant's trees, whole and in messages."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from prefaudit.errors import FormatError
from prefaudit.formats import choose_format
from prefaudit.sources import Sample

if TYPE_CHECKING:
    from pathlib import Path


def said(identity: str, role: str, *replies: dict[str, Any], **more: Any) -> dict[str, Any]:
    message = {"message_id": identity, "text": f"text {identity}", "role": role, "lang": "en", "deleted": False}
    return {**message, "synthetic": False, "replies": list(replies), **more}


def tree(*answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "message_tree_id": "q",
        "tree_state": "ready_for_export",
        "prompt": said("q", "prompter", *answers, **more),
    }


def answer(identity: str, rank: float | None, *replies: dict[str, Any], **more: Any) -> dict[str, Any]:
    # The exporter leaves out keys that are null.
    return said(identity, "assistant", *replies, **({} if rank is None else {"rank": rank}), **more)


def flat(message: dict[str, Any], parent: str | None = None) -> list[dict[str, Any]]:
    rows = [{**{name: value for name, value in message.items() if name != "replies"}, "parent_id": parent}]
    return rows + [row for reply in message["replies"] for row in flat(reply, message["message_id"])]


# Written worst first: a is best, then b, then c; below b two more answers, to a second question.
SECOND = said("q2", "prompter", answer("e", 1), answer("d", 0))
TREE = tree(answer("c", 2), answer("b", 1, SECOND), answer("a", 0), answer("unranked", None))
MESSAGES = flat(TREE["prompt"])
ALL = {("a", "b"), ("a", "c"), ("b", "c"), ("d", "e")}


def sides(pairs: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(pair["chosen"].removeprefix("text "), pair["rejected"].removeprefix("text ")) for pair in pairs}


def test_told_from_the_rows() -> None:
    assert choose_format(Sample.of([TREE])).name == "oasst-trees"
    assert choose_format(Sample.of(MESSAGES)).name == "oasst-messages"
    assert choose_format(Sample.of([TREE["prompt"]])).name == "oasst-messages"


@pytest.mark.parametrize("rows", [[TREE], MESSAGES, MESSAGES[::-1], [TREE["prompt"]]])
def test_ranked_siblings(rows: list[dict[str, Any]], read_pairs: Any) -> None:
    pairs, accounting = read_pairs(rows)
    assert len(pairs) == len(ALL)
    assert sides(pairs) == ALL
    strengths = {pair["pair_id"]: pair["strength"] for pair in pairs}
    assert strengths == {"a/b": 1, "a/c": 2, "b/c": 1, "d/e": 1}
    (deeper,) = (pair for pair in pairs if pair["pair_id"] == "d/e")
    assert deeper["prompt"] == "\n\nHuman: text q\n\nAssistant: text b\n\nHuman: text q2"
    assert deeper["prompt_id"] == "q2"
    assert {pair["prompt"] for pair in pairs if pair["prompt_id"] == "q"} == {"text q"}
    assert {pair["domain"] for pair in pairs} == {"en"}
    assert accounting["pairs"] == len(ALL)


@pytest.mark.parametrize("rows", [[TREE], MESSAGES])
@pytest.mark.parametrize(
    ("choice", "expected"),
    [("all", ALL), ("adjacent", {("a", "b"), ("b", "c"), ("d", "e")}), ("best-worst", {("a", "c"), ("d", "e")})],
)
def test_which_pairs(rows: list[dict[str, Any]], choice: str, expected: set[Any], read_pairs: Any) -> None:
    pairs, _ = read_pairs(rows, options={"pairs": choice})
    assert sides(pairs) == expected


def test_rows_of_messages_are_counted_once(read_pairs: Any) -> None:
    pairs, accounting = read_pairs(MESSAGES)
    assert (accounting["rows_in"], accounting["rows_used"]) == (8, 7)
    assert accounting["rows_skipped"] == {"the message is in no comparison of ranked answers": 1}
    assert accounting["skipped_examples"][0]["detail"] == "message unranked"
    for pair in pairs:
        assert MESSAGES[pair["row"]]["text"] == pair["chosen"]


def test_ties(read_pairs: Any) -> None:
    (pair,), accounting = read_pairs([tree(answer("a", 0), answer("b", 0))])
    assert pair["tie"]
    assert accounting["ties"] == 1


def test_language(read_pairs: Any) -> None:
    row = tree(answer("a", 0), answer("b", 1, lang="de"), answer("c", 2))
    pairs, _ = read_pairs([row], options={"lang": "en"})
    assert sides(pairs) == {("a", "c")}


def test_synthetic(read_pairs: Any) -> None:
    row = tree(answer("a", 0), answer("b", 1, synthetic=True), answer("c", 2))
    pairs, _ = read_pairs([row], options={"synthetic": "drop"})
    assert sides(pairs) == {("a", "c")}
    everything, _ = read_pairs([row])
    assert sides(everything) == {("a", "b"), ("a", "c"), ("b", "c")}
    written = tree(answer("a", 0), answer("b", 1), synthetic=True)
    pairs, accounting = read_pairs([row, written], options={"synthetic": "drop"})
    assert sides(pairs) == {("a", "c")}
    assert accounting["rows_skipped"] == {"no two ranked answers to one message": 1}


def test_states(read_pairs: Any) -> None:
    row = {**TREE, "tree_state": "aborted_low_grade"}
    pairs, accounting = read_pairs([row, tree(answer("x", 0), answer("y", 1))])
    assert sides(pairs) == {("x", "y")}
    assert accounting["rows_skipped"] == {"the tree is not ready_for_export": 1}
    pairs, _ = read_pairs([row], options={"trees": "any"})
    assert sides(pairs) == ALL


def test_an_unknown_choice(read_pairs: Any) -> None:
    with pytest.raises(FormatError, match="the option pairs is one of all, adjacent, best-worst"):
        read_pairs([TREE], options={"pairs": "some"})


def test_deleted_messages_and_what_follows_them(read_pairs: Any) -> None:
    below = said("q2", "prompter", answer("e", 1), answer("d", 0))
    row = tree(answer("a", 0), answer("b", 1, below, deleted=True), answer("c", 2))
    pairs, _ = read_pairs([row])
    assert sides(pairs) == {("a", "c")}


def test_times(read_pairs: Any) -> None:
    row = tree(answer("a", 0, created_date="2023-02-05T14:23:50"), answer("b", 1, created_date="2023-02-04T00:00:00"))
    (pair,), _ = read_pairs([row])
    assert pair["timestamp"].isoformat() == "2023-02-05T14:23:50+00:00"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"prompt": None}, "'prompt' is null, not an object"),
        ({"prompt": "Hi"}, "'prompt' is text, not an object"),
        ({"prompt": {"message_id": "q"}}, "'text' is null or missing"),
        ({"prompt": said("q", "narrator")}, "'role' holds a message of unknown role"),
        ({"prompt": said("q", "prompter", 7)}, "'replies' is a number, not an object"),  # type: ignore[arg-type]
        ({"prompt": {**said("q", "prompter"), "replies": "none"}}, "'replies' is text, not a list"),
        ({"prompt": said("q", "prompter", deleted="maybe")}, "'deleted' is neither true nor false"),
        ({"prompt": said("q", "prompter", rank=[0])}, "'rank' is a list, not a number"),
        ({"prompt": said("q", "prompter", answer("q", 0))}, "a message is in the tree twice"),
        ({"prompt": said("q", "prompter", answer("a", 0))}, "no two ranked answers to one message"),
        ({"tree_state": []}, "'tree_state' is a list, not text"),
    ],
)
def test_bad_trees_are_skipped_and_counted(change: dict[str, Any], reason: str, read_pairs: Any) -> None:
    pairs, accounting = read_pairs([TREE, {**TREE, **change}, TREE])
    assert len(pairs) == 2 * len(ALL)
    assert accounting["rows_skipped"] == {reason: 1}
    assert accounting["rows_in"] == accounting["rows_used"] + 1 == 3


ALONE = "the message is in no comparison of ranked answers"


@pytest.mark.parametrize(
    ("place", "change", "skipped"),
    [
        # The answer c is lost.
        (1, {"text": None}, {ALONE: 1, "'text' is null or missing": 1}),
        (1, {"message_id": "a"}, {ALONE: 1, "a message with this id was there before": 1}),
        (1, {"message_id": 7}, {ALONE: 1, "'message_id' is a number, not text": 1}),
        (1, {"parent_id": "elsewhere"}, {ALONE: 2}),
        (1, {"parent_id": "c"}, {ALONE: 2}),
        # The root is lost, and with it all that follows.
        (0, {"text": 7}, {ALONE: 7, "'text' is a number, not text": 1}),
        # The way to the root is a circle.
        (0, {"parent_id": "q2"}, {ALONE: 8}),
    ],
)
def test_bad_messages_are_skipped_and_counted(
    place: int, change: dict[str, Any], skipped: dict[str, int], read_pairs: Any
) -> None:
    rows = [dict(row) for row in MESSAGES]
    rows[place] |= change
    rows += flat(said("z", "prompter", answer("x", 0), answer("y", 1)))
    pairs, accounting = read_pairs(rows)
    assert ("x", "y") in sides(pairs)
    assert accounting["rows_skipped"] == skipped
    assert accounting["rows_in"] == accounting["rows_used"] + sum(skipped.values()) == len(rows)


def test_a_tree_a_thousand_replies_deep(read_pairs: Any) -> None:
    rows = [said("0", "prompter") | {"parent_id": None}]
    rows += [said(str(n), ("prompter", "assistant")[n % 2]) | {"parent_id": str(n - 1)} for n in range(1, 3001)]
    rows += [answer(name, rank) | {"parent_id": "3000"} for rank, name in enumerate("ab")]
    (pair,), accounting = read_pairs(rows)
    assert len(pair["prompt_messages"]) == 3001
    assert accounting["rows_used"] == 3003


@pytest.mark.parametrize(("file", "rows"), [("en_100_tree.jsonl", 100), ("en_100_message.jsonl", 100)])
def test_real_trees(file: str, rows: int, data_dir: Path, read_pairs: Any) -> None:
    pairs, accounting = read_pairs(str(data_dir / "oasst" / file))
    assert (accounting["rows_in"], accounting["pairs"], accounting["ties"]) == (rows, 754, 0)
    assert accounting["rows_used"] + sum(accounting["rows_skipped"].values()) == rows
    kept, _ = read_pairs(str(data_dir / "oasst" / file), options={"synthetic": "drop"})
    assert len(pairs) - len(kept) == 22


def test_real_messages_in_any_order(data_dir: Path, read_pairs: Any) -> None:
    lines = (data_dir / "oasst" / "en_100_tree.jsonl").read_text(encoding="utf-8").splitlines()
    trees = [json.loads(line) for line in lines]
    rows = [row for one in trees for row in flat(one["prompt"])]
    assert len(rows) == 1167
    random.Random(5).shuffle(rows)
    pairs, accounting = read_pairs(rows)
    whole, _ = read_pairs(trees)
    assert len(pairs) == 754
    assert accounting["rows_used"] + sum(accounting["rows_skipped"].values()) == 1167

    def key(pair: dict[str, Any]) -> tuple[str, ...]:
        return pair["prompt"], pair["chosen"], pair["rejected"], pair["pair_id"]

    assert sorted(map(key, pairs)) == sorted(map(key, whole))
