"""OpenAssistant, a message a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from prefaudit.formats.base import Format
from prefaudit.formats.rowwise import Placed, assembled, checked, plain_rows
from prefaudit.formats.trees import TREE_OPTIONS, Node, check_state, comparisons, nodes_of
from prefaudit.formats.values import UnusableRow
from prefaudit.sources.base import Plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prefaudit.accounting import Accounting
    from prefaudit.formats.options import Option
    from prefaudit.pairs import PairBatch
    from prefaudit.sources.base import RawBatch, Sample

_ALONE = "the message is in no comparison of ranked answers"


class OasstMessages(Format):
    """`message_id`, `parent_id`, `text`, `role`, `rank`: the messages of all trees, in any order.

    Layout of the data set cards of `OpenAssistant/oasst1` (84,437 messages in `train`) and `oasst2`, and of the
    exporter in the repository of Open-Assistant, which can also write a root with all that follows in `replies`. The
    trees are put together from the whole source, so that it has to fit in memory. Then it is as `oasst-trees`: two
    ranked answers of the assistant to one message are a pair, at the row of the better one. A row is used when its
    message is in a pair or in the conversation before one; the others are skipped and counted.
    """

    name: ClassVar[str] = "oasst-messages"
    needs: ClassVar[tuple[str, ...]] = ("message_id", "text", "role")
    options: ClassVar[Mapping[str, Option]] = TREE_OPTIONS
    splittable: ClassVar[bool] = False

    @classmethod
    def fits(cls, sample: Sample) -> bool:
        """The roles are OpenAssistant's, and there is a way from message to message."""
        roles = {value for value in sample.values("role") if isinstance(value, str)}
        linked = "parent_id" in sample.columns or "replies" in sample.columns
        return linked and bool(roles) and roles <= {"prompter", "assistant"}

    @property
    def schema(self) -> Plain:
        """The columns to read, as plain values."""
        optional = ("parent_id", "replies", "rank", "lang", "deleted", "synthetic", "created_date", "tree_state")
        return Plain((*self.needs, *optional))

    def pairs(
        self, batches: Iterator[RawBatch], accounting: Accounting, *, threads: int | None = None
    ) -> Iterator[PairBatch]:
        """The pairs of all trees, once the last row is there."""
        yield from assembled(self._placed(batches, accounting), threads=threads)

    def _placed(self, batches: Iterator[RawBatch], accounting: Accounting) -> Iterator[Placed]:
        places: list[Placed] = []
        nodes: dict[str, Node] = {}
        for row in plain_rows(batches):
            try:
                found = self._nodes(row, nodes, len(places))
            except UnusableRow as problem:
                accounting.skip(problem.reason, row.source, row.row, problem.detail)
            else:
                nodes |= found
                places.append(row._replace(value=next(iter(found))))
        used = set()
        for comparison in comparisons(nodes, self.chosen):
            used.update(comparison.rows)
            yield places[comparison.rows[0]]._replace(value=checked(comparison.pair))
        for number, place in enumerate(places):
            if number not in used:
                accounting.skip(_ALONE, place.source, place.row, f"message {place.value}")

    def _nodes(self, row: Placed, known: Mapping[str, Node], number: int) -> dict[str, Node]:
        check_state(row.value, self.chosen)
        nodes = nodes_of(row.value, number)
        found = {node.identity: node for node in nodes}
        if len(found) < len(nodes) or not known.keys().isdisjoint(found):
            raise UnusableRow("a message with this id was there before", f"message {nodes[0].identity}")
        return found
