"""Trees of messages in which the answers to one message are ranked, as OpenAssistant has them."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from prefaudit.formats.messages import Message, checked_message, render
from prefaudit.formats.options import Option
from prefaudit.formats.values import (
    UnusableRow,
    checked_list,
    checked_object,
    flag,
    optional_number,
    optional_text,
    text,
    timestamp,
)
from prefaudit.sources.base import is_null

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from prefaudit.formats.rowwise import Pair

#: What can be chosen about any trees.
TREE_OPTIONS = {
    "pairs": Option(
        "all",
        "each two ranked answers, those next to each other, or the best against the worst",
        choices=("all", "adjacent", "best-worst"),
    ),
    "lang": Option(None, "only answers in this language, as en"),
    "synthetic": Option("keep", "what to do with messages that a model wrote", choices=("keep", "drop")),
    "trees": Option("ready_for_export", "only trees in this state, or any", choices=("ready_for_export", "any")),
}
_READY = "ready_for_export"
_TWO = 2


class Node(NamedTuple):
    """One message of a tree, and the index of the row in which it was found."""

    identity: str
    parent: str | None
    message: Message
    rank: float | None
    lang: str | None
    deleted: bool
    synthetic: bool
    created: datetime | None
    row: int


class Comparison(NamedTuple):
    """A pair, and the rows of the messages that it is made of: the better answer's first."""

    pair: Pair
    rows: list[int]


def nodes_of(message: Any, row: int = 0) -> list[Node]:
    """A message and all the messages in its `replies`, to any depth, each before those that answer it.

    Raises:
        UnusableRow: if one of them cannot be read.
    """
    found: list[Node] = []
    waiting: list[tuple[Any, str | None]] = [(message, None)]
    while waiting:
        value, parent = waiting.pop()
        one = checked_object(value, "replies" if found else "prompt")
        node = _node(one, parent, row)
        found.append(node)
        replies = [] if is_null(one.get("replies")) else checked_list(one["replies"], "replies")
        waiting += [(reply, node.identity) for reply in reversed(replies)]
    return found


def _node(value: Mapping[str, Any], parent: str | None, row: int) -> Node:
    said = {"role": value.get("role"), "content": text(value, "text")}
    return Node(
        identity=text(value, "message_id"),
        parent=parent if parent is not None else optional_text(value, "parent_id"),
        message=checked_message(said, "role"),
        rank=optional_number(value, "rank"),
        lang=optional_text(value, "lang"),
        deleted=_flag(value, "deleted"),
        synthetic=_flag(value, "synthetic"),
        created=timestamp(value, "created_date"),
        row=row,
    )


def _flag(value: Mapping[str, Any], name: str) -> bool:
    return not is_null(value.get(name)) and flag(value, name)


def check_state(row: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    """Let through the trees that were asked for, and those whose state is not recorded.

    Raises:
        UnusableRow: for the others.
    """
    state = optional_text(row, "tree_state")
    if options["trees"] != "any" and state not in {None, _READY}:
        raise UnusableRow(f"the tree is not {_READY}", f"column 'tree_state': {state}")


def comparisons(nodes: Mapping[str, Node], options: Mapping[str, Any]) -> Iterator[Comparison]:
    """The ranked answers to each message, paired, in the order of the messages.

    Left out are answers that are deleted or have no rank, and those to a message whose way to the root is not there.
    """
    choose = _CHOICES[options["pairs"]]
    for parent, answers in _ranked(nodes.values(), options).items():
        context = _context(parent, nodes, drop_synthetic=options["synthetic"] == "drop")
        if context is None:
            continue
        messages = [node.message for node in context]
        common = {"prompt": render(messages), "prompt_messages": messages, "prompt_id": parent}
        rows = [node.row for node in context]
        for better, worse in choose(answers):
            yield Comparison(common | _pair(*better, *worse), [better[1].row, worse[1].row, *rows])


_Ranked = tuple[float, Node]


def _ranked(nodes: Iterable[Node], options: Mapping[str, Any]) -> dict[str, list[_Ranked]]:
    """The answers with a rank by what they answer, the best (the lowest rank) first."""
    answers: dict[str, list[_Ranked]] = defaultdict(list)
    for node in nodes:
        wanted = options["lang"] in {None, node.lang} and not (node.synthetic and options["synthetic"] == "drop")
        if node.parent is None or node.rank is None or node.deleted or not wanted:
            continue
        if node.message["role"] == "assistant":
            answers[node.parent].append((node.rank, node))
    return {parent: sorted(found, key=lambda one: one[0]) for parent, found in answers.items() if len(found) >= _TWO}


def _context(last: str, nodes: Mapping[str, Node], *, drop_synthetic: bool) -> list[Node] | None:
    """The messages from the root to `last`; None where one is missing or deleted, or they go in a circle."""
    found: dict[str, Node] = {}
    identity: str | None = last
    while identity is not None:
        node = nodes.get(identity)
        if node is None or node.deleted or identity in found or (drop_synthetic and node.synthetic):
            return None
        found[identity] = node
        identity = node.parent
    return list(found.values())[::-1]


def _best_worst(answers: list[_Ranked]) -> Iterable[tuple[_Ranked, _Ranked]]:
    return [(answers[0], answers[-1])]


def _all(answers: list[_Ranked]) -> Iterable[tuple[_Ranked, _Ranked]]:
    return combinations(answers, 2)


_CHOICES: dict[str, Callable[[list[_Ranked]], Iterable[tuple[_Ranked, _Ranked]]]] = {
    "all": _all,
    "adjacent": pairwise,
    "best-worst": _best_worst,
}


def _pair(rank: float, better: Node, worse_rank: float, worse: Node) -> Pair:
    times = [node.created for node in (better, worse) if node.created]
    return {
        "chosen": better.message["content"],
        "rejected": worse.message["content"],
        "tie": rank == worse_rank,
        "strength": worse_rank - rank,
        "pair_id": "/".join(sorted((better.identity, worse.identity))),
        "domain": better.lang,
        "timestamp": max(times, default=None),
    }
