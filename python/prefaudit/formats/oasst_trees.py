"""OpenAssistant, a tree a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from prefaudit.formats.rowwise import Pair, RowFormat
from prefaudit.formats.trees import TREE_OPTIONS, check_state, comparisons, nodes_of
from prefaudit.formats.values import UnusableRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prefaudit.formats.options import Option
    from prefaudit.sources.base import Sample


class OasstTrees(RowFormat):
    """`message_tree_id`, `tree_state`, and `prompt`: a message with `replies`, which are messages with `replies`.

    Layout of the file `*_trees.jsonl.gz` on the data set cards of `OpenAssistant/oasst1` and `oasst2`, and of the
    exporter in the repository of Open-Assistant. The assistant's replies to one message are ranked, 0 for the best,
    and any two of them that have a rank are a pair; `strength` is the difference of the ranks, `domain` the
    language. Keys are left out where they are empty. Deleted messages, and what was said after them, are left out. A
    row in which one message cannot be read is skipped as a whole.
    """

    name: ClassVar[str] = "oasst-trees"
    needs: ClassVar[tuple[str, ...]] = ("message_tree_id", "prompt")
    reads: ClassVar[tuple[str, ...]] = ("tree_state",)
    options: ClassVar[Mapping[str, Option]] = TREE_OPTIONS

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """A message with an id in `prompt`."""
        return any(isinstance(value, dict) and "message_id" in value for value in sample.values("prompt"))

    def pairs_of(self, row: Mapping[str, Any]) -> list[Pair]:
        """The pairs of a tree."""
        check_state(row, self.chosen)
        nodes = nodes_of(row.get("prompt"))
        by_identity = {node.identity: node for node in nodes}
        if len(by_identity) < len(nodes):
            raise UnusableRow("a message is in the tree twice", f"{len(nodes)} messages, {len(by_identity)} ids")
        pairs = [found.pair for found in comparisons(by_identity, self.chosen)]
        if not pairs:
            raise UnusableRow("no two ranked answers to one message", f"{len(nodes)} messages")
        return pairs
